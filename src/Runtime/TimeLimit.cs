namespace LifecycleAnalyzers.Runtime;

/// <summary>A token that is cancelled by the caller's token or after a time, whichever comes first.</summary>
internal readonly struct TimeLimit : IDisposable
{
#if NET
    // As many as connect at once, as a rule; what is more is left to the garbage collector.
    private const int MostSpares = 32;
    private static readonly ShortLock s_sync = new();
    private static readonly Stack<CancellationTokenSource> s_spares = new(MostSpares);
#endif
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly bool _isReused;

    public TimeLimit(TimeSpan limit, TimeProvider time, CancellationToken cancellation)
        : this(time.NewTimer(limit), cancellation, false)
    {
    }

    private TimeLimit(CancellationTokenSource source, CancellationToken cancellation, bool isReused)
    {
        _source = source;
        _isReused = isReused;
        _caller = cancellation.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>A limit whose source is used again: for operations that have let go of the token when they are through.</summary>
    public static TimeLimit OfSpares(TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
#if NET
        if (ReferenceEquals(time, TimeProvider.System))
        {
            CancellationTokenSource? spare;
            using (s_sync.Take())
            {
                s_spares.TryPop(out spare);
            }

            spare ??= new CancellationTokenSource();
            spare.CancelAfter(limit);
            return new TimeLimit(spare, cancellation, true);
        }
#endif
        return new TimeLimit(limit, time, cancellation);
    }

    public void Dispose()
    {
        // After this, neither the caller's token nor, once it is reset, the timer reaches the source any more.
        _caller.Dispose();
#if NET
        if (_isReused && _source.TryReset())
        {
            using (s_sync.Take())
            {
                if (s_spares.Count < MostSpares)
                {
                    s_spares.Push(_source);
                    return;
                }
            }
        }
#endif
        _source.Dispose();
    }
}
