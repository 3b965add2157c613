namespace LifecycleAnalyzers.Runtime;

/// <summary>A token that is cancelled by the caller's token or after a time, whichever comes first.</summary>
internal readonly struct TimeLimit : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource? _linked;

    public TimeLimit(TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        _timer = time.NewTimer(limit);
        _linked = cancellation.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, _timer.Token) : null;
    }

    public CancellationToken Token => (_linked ?? _timer).Token;

    public void Dispose()
    {
        _linked?.Dispose();
        _timer.Dispose();
    }
}
