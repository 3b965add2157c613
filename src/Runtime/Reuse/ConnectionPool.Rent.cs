namespace LifecycleAnalyzers.Runtime;

public sealed partial class ConnectionPool<T>
{
    private static ValueTask<ConnectionLease<T>> Failed(Exception exception) => new(Task.FromException<ConnectionLease<T>>(exception));

    private async ValueTask<ConnectionLease<T>> WaitAsync(PermitQueue.Waiter waiter, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var got = false;
        Exception? failure = null;
        try
        {
            using var limit = new TimeLimit(_waitTimeout, _time, cancellationToken);
            using (limit.Token.Register(static w => ((PermitQueue.Waiter)w!).Cancel(), waiter))
            {
                got = await waiter.Task.ConfigureAwait(false);
            }

            failure = got ? null : Disposed();
        }
        catch (OperationCanceledException)
        {
            failure = cancellationToken.IsCancellationRequested
                ? new OperationCanceledException(cancellationToken)
                : new TimeoutException($"{Name}: no connection came back within {_waitTimeout.TotalSeconds:0.###} s.");
        }

        LifecycleMetrics.PoolWaited(Name, _time.Since(start), failure);
        if (failure is not null)
        {
            throw failure;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            _permits.Leave();
            throw new OperationCanceledException(cancellationToken);
        }

        return TryTakeIdle(out var lease) ? lease : await OpenAsync(cancellationToken).ConfigureAwait(false);
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
        bool disposed;
        lock (_sync)
        {
            disposed = _disposed;
        }

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
                pool._permits.Leave();
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    private ObjectDisposedException Disposed() => new(Name);
}
