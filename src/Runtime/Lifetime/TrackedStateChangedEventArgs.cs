namespace LifecycleAnalyzers.Runtime;

/// <summary>A step in the life of a tracked connection.</summary>
/// <remarks>Immutable and therefore thread-safe.</remarks>
public sealed class TrackedStateChangedEventArgs : EventArgs
{
    internal TrackedStateChangedEventArgs(TrackedConnectionInfo connection, TrackedState? previous, Exception? exception)
    {
        Connection = connection;
        Previous = previous;
        Exception = exception;
    }

    /// <summary>Gets the connection, with its new state.</summary>
    public TrackedConnectionInfo Connection { get; }

    /// <summary>Gets the state before; <see langword="null"/> if the tracking began with this step.</summary>
    public TrackedState? Previous { get; }

    /// <summary>Gets the cause of a failure, if it was told.</summary>
    public Exception? Exception { get; }
}
