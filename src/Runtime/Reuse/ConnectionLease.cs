namespace LifecycleAnalyzers.Runtime;

/// <summary>A connection that is rented from a <see cref="ConnectionPool{T}"/>, until this is disposed.</summary>
/// <remarks>
/// <para>The connection goes back to the pool only after <see cref="Complete"/>; otherwise, after an exception, a cancellation, a timeout or
/// an early return, it is closed: nobody knows what is still on the wire.</para>
/// <para>All copies are the same lease: it ends once, and a copy that is used afterwards throws, even if the connection is rented again by
/// then. Thread-safe, but the connection may be not.</para>
/// </remarks>
/// <typeparam name="T">The type of the connection.</typeparam>
public readonly struct ConnectionLease<T> : IDisposable, IAsyncDisposable
    where T : class
{
    private readonly PooledConnection<T>? _pooled;
    private readonly long _lease;

    internal ConnectionLease(PooledConnection<T> pooled, long lease)
    {
        _pooled = pooled;
        _lease = lease;
    }

    /// <summary>Gets the connection. Do not keep it beyond the lease, and do not dispose it.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended, or there never was one.</exception>
    public T Connection => Pooled.Connection;

    private PooledConnection<T> Pooled =>
        _pooled is not null && _pooled.IsLentAs(_lease) ? _pooled : throw new ObjectDisposedException(nameof(ConnectionLease<T>));

    /// <summary>Says that the exchange is through, request and answer, so that the connection may be used again.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended, or there never was one.</exception>
    public void Complete() => Pooled.Complete(_lease);

    /// <summary>Ends the lease: back to the pool after <see cref="Complete"/>, otherwise closed, without waiting for that.</summary>
    /// <remarks>May be called more than once. A failure to close is logged, not thrown.</remarks>
    public void Dispose() => _pooled?.Pool.TakeBackAsync(_pooled, _lease);

    /// <summary>Ends the lease: back to the pool after <see cref="Complete"/>, otherwise closed.</summary>
    /// <returns>A task that completes when the connection is back or closed.</returns>
    /// <remarks>May be called more than once. A failure to close is logged, not thrown.</remarks>
    public ValueTask DisposeAsync() => _pooled?.Pool.TakeBackAsync(_pooled, _lease) ?? default;
}
