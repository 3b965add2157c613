namespace LifecycleAnalyzers.Runtime;

/// <summary>The times of a <see cref="TimeProvider"/> in a form that both targets have.</summary>
internal static class Times
{
    /// <summary>A source that is cancelled after the given time; <see cref="Timeout.InfiniteTimeSpan"/> means never.</summary>
    public static CancellationTokenSource NewTimer(this TimeProvider time, TimeSpan limit) =>
#if NET
        new(limit, time);
#else
        time.CreateCancellationTokenSource(limit);
#endif

    /// <summary>Sets a timer to come once, not sooner than it can tell apart; nothing where it was disposed just now.</summary>
    public static void Set(this ITimer timer, TimeSpan time)
    {
        try
        {
            timer.Change(new TimeSpan(Math.Max(time.Ticks, TimeSpan.TicksPerMillisecond)), Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Where the base library still says that in this way.
        }
    }

    /// <summary>The time that has passed; none where the clock has gone backwards, as that of a machine that was moved may.</summary>
    public static TimeSpan Since(this TimeProvider time, long start) => time.Between(start, time.GetTimestamp());

    /// <summary>The time between two moments, or none; see <see cref="Since"/>.</summary>
    public static TimeSpan Between(this TimeProvider time, long start, long end) => end <= start ? TimeSpan.Zero : time.GetElapsedTime(start, end);

#if !NET
    public static CancellationTokenRegistration UnsafeRegister(this CancellationToken token, Action<object?> callback, object? state) =>
        token.Register(callback, state);

    /// <summary>
    /// Stops waiting when the token is cancelled; the task goes on, and its failure, which nobody waits for any more, is seen here.
    /// </summary>
    public static async Task<T> WaitAsync<T>(this Task<T> task, CancellationToken cancellationToken)
    {
        if (!task.IsCompleted && cancellationToken.CanBeCanceled)
        {
            var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            using (cancellationToken.Register(static s => ((TaskCompletionSource<bool>)s!).TrySetResult(true), cancelled))
            {
                if (await Task.WhenAny(task, cancelled.Task).ConfigureAwait(false) != task)
                {
                    task.Observe(static _ => { });
                    throw new OperationCanceledException(cancellationToken);
                }
            }
        }

        return await task.ConfigureAwait(false);
    }
#endif
}
