namespace LifecycleAnalyzers.Runtime.Tests.Support;

/// <summary>A session that counts how often it was ended.</summary>
internal sealed class Session(int number) : IAsyncDisposable
{
    private int _ends;

    public int Number { get; } = number;

    public bool IsOpen { get; set; } = true;

    /// <summary>Gets or sets what happens while it ends.</summary>
    public Func<Task> OnEnd { get; set; } = static () => Task.CompletedTask;

    public int Ends => Volatile.Read(ref _ends);

    public async ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _ends);
        IsOpen = false;
        await OnEnd();
    }
}
