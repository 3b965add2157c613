namespace LifecycleAnalyzers.Runtime;

/// <summary>A token that is cancelled by the caller's token or after a time, whichever comes first.</summary>
internal readonly struct TimeLimit : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly bool _isSpare;

    public TimeLimit(TimeSpan limit, TimeProvider time, CancellationToken cancellation)
        : this(time.NewTimer(limit), false, cancellation)
    {
    }

    private TimeLimit(CancellationTokenSource source, bool isSpare, CancellationToken cancellation)
    {
        _source = source;
        _isSpare = isSpare;
        _caller = cancellation.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>A limit whose source is used again: for an operation that has let go of the token when it is through.</summary>
    public static TimeLimit OfSpares(TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        if (!ReferenceEquals(time, TimeProvider.System))
        {
            return new TimeLimit(limit, time, cancellation);
        }

        var source = SpareSources.Take();
        source.CancelAfter(limit);
        return new TimeLimit(source, true, cancellation);
    }

    public void Dispose()
    {
        // After this, the caller's token does not reach the source any more.
        _caller.Dispose();
        if (_isSpare)
        {
            SpareSources.GiveBack(_source);
        }
        else
        {
            _source.Dispose();
        }
    }
}
