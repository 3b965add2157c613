namespace LifecycleAnalyzers.Runtime;

/// <summary>A connection of a pool. It is lent again and again; each lease has a number of its own, so that an old one can do nothing.</summary>
internal sealed class PooledConnection<T>(ConnectionPool<T> pool, T connection, long opened, int clears)
    where T : class
{
    private long _lastLease;
    private long _lease;
    private long _completed;

    public ConnectionPool<T> Pool { get; } = pool;

    public T Connection { get; } = connection;

    public long Opened { get; } = opened;

    /// <summary>Gets how often the pool had been cleared when this one began to be opened.</summary>
    public int Clears { get; } = clears;

    /// <summary>Gets or sets since when it lies idle; belongs to the lock of the pool.</summary>
    public long IdleSince { get; set; }

    /// <summary>Called by who has taken it out of the pool.</summary>
    public ConnectionLease<T> Lend()
    {
        var lease = ++_lastLease;
        Volatile.Write(ref _lease, lease);
        return new ConnectionLease<T>(this, lease);
    }

    public bool IsLentAs(long lease) => Volatile.Read(ref _lease) == lease;

    public void Complete(long lease) => Volatile.Write(ref _completed, lease);

    /// <summary>Ends a lease, for the first that asks.</summary>
    public bool TryTakeBack(long lease, out bool completed)
    {
        var mine = Interlocked.CompareExchange(ref _lease, 0, lease) == lease;
        completed = mine && Volatile.Read(ref _completed) == lease;
        return mine;
    }
}
