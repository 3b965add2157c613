namespace LifecycleAnalyzers.Runtime;

public sealed partial class ConnectionPool<T>
{
    private readonly ShortLock _sync = new();

    // The last is the one that was used last: it is lent first, and the first is the first to get too old.
    private readonly List<PooledConnection<T>> _idle = [];
    private readonly ITimer _pruning;
    private bool _isPruning;
    private bool _disposed;
    private int _clears;

    /// <summary>The end of a lease, for the first that asks.</summary>
    internal ValueTask TakeBackAsync(PooledConnection<T> pooled, long lease)
    {
        if (!pooled.TryTakeBack(lease, out var completed))
        {
            return default;
        }

        var now = _clock.Now;
        var reason = completed ? WhyNotKept(pooled, now) : "incomplete";
        if (reason is null && TryKeepAndLeave(pooled, now))
        {
            return default;
        }

        return new ValueTask(CloseAndLeaveAsync(pooled.Connection, reason ?? "disposed"));
    }

    /// <summary>Under the lock.</summary>
    private PooledConnection<T>? TakeIdle()
    {
        if (_idle.Count == 0)
        {
            return null;
        }

        var last = _idle[_idle.Count - 1];
        _idle.RemoveAt(_idle.Count - 1);
        return last;
    }

    /// <summary>Lends the one that was taken, or the next one that is as it should be.</summary>
    private bool TryLend(PooledConnection<T>? pooled, out ConnectionLease<T> lease)
    {
        for (var now = _clock.Now; pooled is not null; pooled = NextIdle())
        {
            // Outside the lock: the check asks the operating system, or is somebody else's code.
            var reason = WhyNotKept(pooled, now) ?? (IsTooLongIdle(pooled, now) ? "idle" : IsUsable(pooled.Connection) ? null : "unusable");
            if (reason is null)
            {
                lease = pooled.Lend();
                return true;
            }

            // Its place is taken by the one that has the permit; it must not wait for the end of a dead one.
            _ = CloseAsync(pooled.Connection, reason);
        }

        lease = default;
        return false;
    }

    private PooledConnection<T>? NextIdle()
    {
        using (_sync.Take())
        {
            return TakeIdle();
        }
    }

    private bool TryKeepAndLeave(PooledConnection<T> pooled, long now)
    {
        bool begins;
        PermitQueue.Waiter? next;
        using (_sync.Take())
        {
            if (_disposed)
            {
                return false;
            }

            pooled.IdleSince = now;
            _idle.Add(pooled);
            next = _permits.Leave();
            begins = !_isPruning && _idleTimeout != Timeout.InfiniteTimeSpan;
            _isPruning |= begins;
        }

        next?.TrySetResult(PermitQueue.Answer.Permit);
        if (begins)
        {
            // Once, and not at each return: setting a timer costs more than all the rest. If it comes too early, it sets itself again.
            _pruning.Set(_idleTimeout);
        }

        return true;
    }

    /// <summary>Without a connection.</summary>
    private void Leave()
    {
        PermitQueue.Waiter? next;
        using (_sync.Take())
        {
            next = _permits.Leave();
        }

        next?.TrySetResult(PermitQueue.Answer.Permit);
    }

    private string? WhyNotKept(PooledConnection<T> pooled, long now)
    {
        if (_maxLifetime != Timeout.InfiniteTimeSpan && _clock.Between(pooled.Opened, now) >= _maxLifetime)
        {
            return "lifetime";
        }

        return pooled.Clears == Volatile.Read(ref _clears) ? null : "cleared";
    }

    private bool IsTooLongIdle(PooledConnection<T> pooled, long now) =>
        _idleTimeout != Timeout.InfiniteTimeSpan && _clock.Between(pooled.IdleSince, now) >= _idleTimeout;

    private bool IsUsable(T connection)
    {
        try
        {
            return _isUsable(connection);
        }
        catch (Exception e)
        {
            Log.PoolCheckFailed(_logger, Name, e);
            return false;
        }
    }

    /// <summary>The timer's: closes what has been idle too long, and comes again for the rest.</summary>
    private void Prune()
    {
        List<PooledConnection<T>> old = [];
        TimeSpan? left;
        var now = _clock.Now;
        using (_sync.Take())
        {
            while (_idle.Count > 0 && IsTooLongIdle(_idle[0], now))
            {
                old.Add(_idle[0]);
                _idle.RemoveAt(0);
            }

            left = _idle.Count > 0 ? _idleTimeout - _clock.Between(_idle[0].IdleSince, now) : null;
            _isPruning = left is not null;
        }

        if (left is { } time)
        {
            _pruning.Set(time);
        }

        foreach (var pooled in old)
        {
            _ = CloseAsync(pooled.Connection, "idle");
        }
    }

    private List<PooledConnection<T>> TakeAllIdle()
    {
        var all = new List<PooledConnection<T>>(_idle);
        _idle.Clear();
        return all;
    }

    /// <summary>Never throws: a failure is logged.</summary>
    private async Task CloseAsync(T connection, string reason)
    {
        Log.PoolClosed(_logger, Name, reason);
        LifecycleMetrics.PoolClosed(Name, reason);
        try
        {
            await _close(connection).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.PoolCloseFailed(_logger, Name, e);
        }
    }

    /// <summary>Closes, and only then gives its place to the next, so that there are never too many; but not for ever.</summary>
    private async Task CloseAndLeaveAsync(T connection, string reason)
    {
        var closing = CloseAsync(connection, reason);
        if (!closing.IsCompleted)
        {
            using var limit = new TimeLimit(_closeTimeout, _time, default);
            var over = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            using (limit.Token.Register(static s => ((TaskCompletionSource<bool>)s!).TrySetResult(true), over))
            {
                await Task.WhenAny(closing, over.Task).ConfigureAwait(false);
            }
        }

        Leave();
    }
}
