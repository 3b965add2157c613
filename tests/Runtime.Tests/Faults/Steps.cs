namespace LifecycleAnalyzers.Runtime.Tests.Faults;

/// <summary>
/// The awaits of a scenario, counted: everything that the scenario gives to a guard (factories, sends, closings) goes through
/// <see cref="NextAsync"/>, and at the chosen one the fault happens, before the awaiting code goes on.
/// </summary>
internal sealed class Steps(int faultAt, Action fault)
{
    private int _passed;

    /// <summary>Gets whether the scenario came as far as the chosen await.</summary>
    public bool Reached => Volatile.Read(ref _passed) >= faultAt;

    /// <summary>An await: what follows it runs on another thread of the pool, as after any network operation.</summary>
    public async Task NextAsync()
    {
        if (Interlocked.Increment(ref _passed) == faultAt) fault();
        await Task.Yield();
    }

    /// <summary>Runs the scenario with the fault at the first await, at the second, and so on, until it has passed them all.</summary>
    public static async Task<int> AtEveryOneAsync(Func<int, Task<Steps>> scenario)
    {
        for (var at = 1; at < 1000; at++)
        {
            var steps = await scenario(at).Soon();
            if (!steps.Reached) return at - 1;
        }

        throw new InvalidOperationException("The scenario never ends.");
    }
}
