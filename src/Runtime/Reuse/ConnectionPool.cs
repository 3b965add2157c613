using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Lends connections that are used by one at a time, and takes back only those whose exchange is known to be complete.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>A connection is checked on its way out (<see cref="ConnectionPoolOptions{T}.IsUsable"/>): one that its peer has ended or reset, or on
/// which an answer lies that nobody has read, is closed, and the next one is tried.</item>
/// <item>It comes back only after <see cref="ConnectionLease{T}.Complete"/>; whatever else ends the lease closes it. So a request that was
/// cancelled or timed out never leaves its answer to the next one.</item>
/// <item>The connection used last is lent first; those that lie idle too long or get too old are closed.</item>
/// <item>There are never more than <see cref="ConnectionPoolOptions{T}.MaxSize"/>. Who comes when all are lent waits, first in first out, for a
/// bounded time and in a bounded queue; one that is closed or could not be opened makes room for the next.</item>
/// </list>
/// <para>All members are thread-safe. Renting a connection that is there allocates nothing.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var lease = await pool.RentAsync(ct);
/// await SendAsync(lease.Connection, request, ct);
/// var answer = await ReadAsync(lease.Connection, ct);
/// lease.Complete(); // reached only if all went well
/// </code>
/// </example>
/// <typeparam name="T">The type of the connections.</typeparam>
public sealed partial class ConnectionPool<T> : IDisposable, IAsyncDisposable, ICountedPool
    where T : class
{
    private readonly Func<CancellationToken, ValueTask<T>> _create;
    private readonly Func<T, bool> _isUsable;
    private readonly Func<T, ValueTask> _close;
    private readonly PermitQueue _permits;
    private readonly int _maxWaiters;
    private readonly TimeSpan _waitTimeout;
    private readonly TimeSpan _creationTimeout;
    private readonly TimeSpan _idleTimeout;
    private readonly TimeSpan _maxLifetime;
    private readonly TimeSpan _closeTimeout;
    private readonly TimeProvider _time;
    private readonly CoarseClock _clock;
    private readonly ILogger _logger;

    /// <summary>Creates an empty pool.</summary>
    /// <param name="create">
    /// The factory: opens a connection. The token is cancelled when the one that rents gives up or when it takes too long; a connection that it
    /// returns after that is closed. If it throws, it has to leave nothing open behind it.
    /// </param>
    /// <param name="options">How connections and waits are treated; the defaults if not given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> or the options' time provider is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ConnectionPool(Func<CancellationToken, ValueTask<T>> create, ConnectionPoolOptions<T>? options = null)
    {
        Check.NotNull(create);
        options ??= new ConnectionPoolOptions<T>();
        Check.TimeLimit(options.WaitTimeout, nameof(options.WaitTimeout));
        Check.TimeLimit(options.CreationTimeout, nameof(options.CreationTimeout));
        Check.TimeLimit(options.IdleTimeout, nameof(options.IdleTimeout));
        Check.TimeLimit(options.MaxLifetime, nameof(options.MaxLifetime));
        Check.TimeLimit(options.CloseTimeout, nameof(options.CloseTimeout));
        if (options.MaxSize <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxSize, "MaxSize is 1 or more.");
        }

        if (options.MaxWaiters < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxWaiters, "MaxWaiters is 0 or more.");
        }

        _create = create;
        _isUsable = options.IsUsable ?? Usability.LooksUsable;
        _close = options.Close ?? Disposal.DisposeAsync;
        _maxWaiters = options.MaxWaiters;
        _waitTimeout = options.WaitTimeout;
        _creationTimeout = options.CreationTimeout;
        _idleTimeout = options.IdleTimeout;
        _maxLifetime = options.MaxLifetime;
        _closeTimeout = options.CloseTimeout;
        _time = options.TimeProvider ?? throw new ArgumentNullException(nameof(options.TimeProvider));
        _clock = new CoarseClock(_time);
        _permits = new PermitQueue(_sync, options.MaxSize, options.MaxWaiters, options.WaitTimeout, _time);
        _logger = options.Logger is null ? NullLogger.Instance : new QuietLogger(options.Logger);
        Name = options.Name ?? typeof(T).Name;
        _pruning = _time.CreateTimer(static pool => ((ConnectionPool<T>)pool!).Prune(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        LifecycleMetrics.Pooling(this);
    }

    /// <summary>Gets the name of the pool in exceptions, logs and metrics.</summary>
    public string Name { get; }

    /// <summary>Gets how many connections lie idle now; out of date as soon as it is read.</summary>
    public int Idle
    {
        get
        {
            using (_sync.Take())
            {
                return _idle.Count;
            }
        }
    }

    /// <summary>Gets how many connections are lent, being opened or being closed now; out of date as soon as it is read.</summary>
    public int Used => _permits.Used;

    /// <summary>Gets how many wait for a connection now; out of date as soon as it is read.</summary>
    public int Waiting => _permits.Waiting;

    /// <summary>Rents a connection: the idle one used last that is usable, or a fresh one, or the next that makes room.</summary>
    /// <param name="cancellationToken">Ends the wait or cancels the opening.</param>
    /// <returns>The lease. Dispose it; call <see cref="ConnectionLease{T}.Complete"/> before if the exchange is through.</returns>
    /// <exception cref="ObjectDisposedException">The pool is disposed, or was while waiting.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="TimeoutException">No connection came back in time, or opening one took too long.</exception>
    /// <exception cref="NotSentException">Too many wait, or the fresh connection was not usable.</exception>
    /// <remarks>An exception of the factory comes out, for the one that rents.</remarks>
    public ValueTask<ConnectionLease<T>> RentAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return new ValueTask<ConnectionLease<T>>(Task.FromCanceled<ConnectionLease<T>>(cancellationToken));
        }

        PooledConnection<T>? idle = null;
        bool entered;
        using (_sync.Take())
        {
            entered = _permits.TryEnter();
            if (entered)
            {
                idle = TakeIdle();
            }
        }

        return !entered ? QueueAsync(cancellationToken)
            : TryLend(idle, out var lease) ? new ValueTask<ConnectionLease<T>>(lease)
            : OpenAsync(cancellationToken);
    }

    /// <summary>Closes the connections that lie idle now, for example after the server has changed.</summary>
    /// <returns>A task that completes when they are closed. Failures are logged, not thrown.</returns>
    /// <remarks>Connections that are lent now are not touched; they are closed when they come back.</remarks>
    public async ValueTask ClearAsync()
    {
        List<PooledConnection<T>> idle;
        using (_sync.Take())
        {
            idle = TakeAllIdle();
            _clears++;
        }

        await Task.WhenAll(idle.Select(c => CloseAsync(c.Connection, "cleared"))).ConfigureAwait(false);
    }

    /// <summary>Does as <see cref="DisposeAsync()"/> does, but does not wait for it: for owners that cannot, such as a container that is disposed synchronously.</summary>
    public void Dispose() => DisposeAsync().Observe(static _ => { });

    /// <summary>Refuses further rents, ends the waits, and closes the idle connections; those that are lent are closed when they come back.</summary>
    /// <returns>A task that completes when the idle ones are closed. Failures are logged, not thrown. May be called more than once.</returns>
    public async ValueTask DisposeAsync()
    {
        List<PooledConnection<T>> idle;
        PermitQueue.Waiter[] waiters;
        using (_sync.Take())
        {
            _disposed = true;
            idle = TakeAllIdle();
            waiters = _permits.Close();
        }

        foreach (var waiter in waiters)
        {
            waiter.TrySetResult(PermitQueue.Answer.Closed);
        }

        await Task.WhenAll(idle.Select(c => CloseAsync(c.Connection, "disposed"))).ConfigureAwait(false);
        await _pruning.DisposeAsync().ConfigureAwait(false);
        await _permits.DisposeAsync().ConfigureAwait(false);
        Gauges.Pools.Remove(this);
    }
}
