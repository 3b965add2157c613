namespace LifecycleAnalyzers.Runtime;

/// <summary>Sources of tokens that are used again, with all that they have allocated for timers and registrations.</summary>
internal static class SpareSources
{
#if NET
    // As many as are needed at once, as a rule; what is more is left to the garbage collector.
    private const int Most = 32;
    private static readonly ShortLock s_sync = new();
    private static readonly Stack<CancellationTokenSource> s_spares = new(Most);

    public static CancellationTokenSource Take()
    {
        using (s_sync.Take())
        {
            if (s_spares.TryPop(out var spare))
            {
                return spare;
            }
        }

        return new CancellationTokenSource();
    }

    /// <summary>Of one that nobody cancels any more, and of whose token everybody has let go.</summary>
    public static void GiveBack(CancellationTokenSource source)
    {
        // Not where it was cancelled, or its timer has come.
        if (source.TryReset())
        {
            using (s_sync.Take())
            {
                if (s_spares.Count < Most)
                {
                    s_spares.Push(source);
                    return;
                }
            }
        }

        source.Dispose();
    }
#else
    // What cannot be reset is new each time.
    public static CancellationTokenSource Take() => new();

    public static void GiveBack(CancellationTokenSource source) => source.Dispose();
#endif
}
