namespace LifecycleAnalyzers.Runtime;

/// <summary>Reachable only from a handle; when it is finalized, the handle is gone and was never disposed.</summary>
internal sealed class LeakSentinel(ConnectionTracker tracker, TrackedEntry entry)
{
    ~LeakSentinel()
    {
        // Elsewhere: loggers and handlers of the program must not hold up the thread of the finalizers.
        ThreadPool.UnsafeQueueUserWorkItem(
            static s =>
            {
                var (tracker, entry) = ((ConnectionTracker, TrackedEntry))s!;
                tracker.Leaked(entry);
            },
            (tracker, entry));
    }

    public void Disarm() => GC.SuppressFinalize(this);
}
