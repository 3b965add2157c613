namespace LifecycleAnalyzers.Runtime;

public sealed partial class ConnectionPool<T>
{
    private static ValueTask<ConnectionLease<T>> Failed(Exception exception) => new(Task.FromException<ConnectionLease<T>>(exception));

    /// <summary>For one that has found no place free.</summary>
    private ValueTask<ConnectionLease<T>> QueueAsync(CancellationToken cancellationToken) => _permits.Enter(out var waiter) switch
    {
        PermitQueue.Entry.Entered => TryLend(NextIdle(), out var lease) ? new ValueTask<ConnectionLease<T>>(lease) : OpenAsync(cancellationToken),
        PermitQueue.Entry.Waits => WaitAsync(waiter!, cancellationToken),
        PermitQueue.Entry.Full => Failed(new NotSentException($"{Name}: all connections are lent, and {_maxWaiters} wait already.")),
        _ => Failed(Disposed()),
    };

    private async ValueTask<ConnectionLease<T>> WaitAsync(PermitQueue.Waiter waiter, CancellationToken cancellationToken)
    {
        PermitQueue.Answer answer;
        using (cancellationToken.UnsafeRegister(static w => ((PermitQueue.Waiter)w!).Cancel(), waiter))
        {
            answer = await waiter.Task.ConfigureAwait(false);
        }

        Exception? failure = answer switch
        {
            PermitQueue.Answer.Permit => null,
            PermitQueue.Answer.Canceled => new OperationCanceledException(cancellationToken),
            PermitQueue.Answer.Overdue => new TimeoutException($"{Name}: no connection came back within {_waitTimeout.TotalSeconds:0.###} s."),
            _ => Disposed(),
        };
        LifecycleMetrics.PoolWaited(Name, waiter.Waited(_time.GetTimestamp()), failure);
        if (failure is not null)
        {
            throw failure;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            Leave();
            throw new OperationCanceledException(cancellationToken);
        }

        return TryLend(NextIdle(), out var lease) ? lease : await OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a connection for the one that has the permit; without a connection it gives the permit back.</summary>
    private async ValueTask<ConnectionLease<T>> OpenAsync(CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var (opened, clears) = (_clock.Now, Volatile.Read(ref _clears));
        var opening = StartOpening(cancellationToken, out var limit);
        T connection;
        using (limit)
        {
            try
            {
                connection = await opening.WaitAsync(limit.Token).ConfigureAwait(false)
                    ?? throw new InvalidOperationException($"{Name}: the factory returned null.");
            }
            catch (Exception e)
            {
                LeaveAfter(opening);
                var failure = e is OperationCanceledException && limit.Token.IsCancellationRequested && !cancellationToken.IsCancellationRequested
                    ? new TimeoutException($"{Name}: no connection was opened within {_creationTimeout.TotalSeconds:0.###} s.", e)
                    : e;
                LifecycleMetrics.PoolCreated(Name, _time.Since(start), failure);
                Log.PoolOpenFailed(_logger, Name, failure);
                if (ReferenceEquals(failure, e))
                {
                    throw;
                }

                throw failure;
            }
        }

        LifecycleMetrics.PoolCreated(Name, _time.Since(start), null);
        Log.PoolOpened(_logger, Name);
        var usable = IsUsable(connection);
        var disposed = Volatile.Read(ref _disposed);
        if (usable && !disposed)
        {
            return new PooledConnection<T>(this, connection, opened, clears).Lend();
        }

        await CloseAndLeaveAsync(connection, disposed ? "disposed" : "unusable").ConfigureAwait(false);
        throw disposed ? Disposed() : new NotSentException($"{Name}: the connection was not usable right after it was opened.");
    }

    private Task<T> StartOpening(CancellationToken cancellationToken, out TimeLimit limit)
    {
        limit = new TimeLimit(_creationTimeout, _time, cancellationToken);
        try
        {
            return _create(limit.Token).AsTask();
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }

    /// <summary>
    /// The factory has failed, or has not heeded its token: then its place stays taken until it returns, for it may be holding a connection.
    /// </summary>
    private void LeaveAfter(Task<T> opening) =>
        opening.ContinueWith(
            static (opened, s) =>
            {
                var pool = (ConnectionPool<T>)s!;
                if (opened.Status == TaskStatus.RanToCompletion && opened.Result is { } connection)
                {
                    _ = pool.CloseAndLeaveAsync(connection, "late");
                    return;
                }

                // Seen, so that it is not reported as unobserved.
                _ = opened.Exception;
                pool.Leave();
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    private ObjectDisposedException Disposed() => new(Name);
}
