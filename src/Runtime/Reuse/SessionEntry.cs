namespace LifecycleAnalyzers.Runtime;

/// <summary>A session, or the creation of one for which some are waiting. All but <see cref="Session"/> is changed under the cache's lock.</summary>
internal sealed class SessionEntry<TKey, TSession>(TKey key, CancellationTokenSource timer)
    where TSession : class
{
    private volatile TSession? _session;

    public TKey Key { get; } = key;

    /// <summary>Ends the creation: at its time limit, when nobody waits any more, or with the cache.</summary>
    public CancellationTokenSource Timer { get; } = timer;

    public TaskCompletionSource<TSession> Creation { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The session once it is created; read without the lock.</summary>
    public TSession? Session
    {
        get => _session;
        set => _session = value;
    }

    /// <summary>How many wait for the creation.</summary>
    public int Waiters { get; set; }

    /// <summary>Whether it is decided what comes of the creation; what the factory says later changes nothing.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Cancels the factory; a creation that is over has no timer any more.</summary>
    public void Cancel()
    {
        try
        {
            Timer.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The creation ended by itself meanwhile.
        }
    }
}
