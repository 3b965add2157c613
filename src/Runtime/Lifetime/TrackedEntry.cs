namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// What the tracker keeps of a connection. It does not hold the connection or its handle: a handle that nobody holds any more must be
/// collected, or no leak would ever be seen.
/// </summary>
internal sealed class TrackedEntry(long id, Type connectionType, string? name, CallSite openedBy, DateTimeOffset since, long start)
{
    private WeakReference<object>? _connection;

    public long Id { get; } = id;

    public Type ConnectionType { get; private set; } = connectionType;

    public string? Name { get; } = name;

    public CallSite OpenedBy { get; } = openedBy;

    public DateTimeOffset Since { get; } = since;

    public long Start { get; } = start;

    /// <summary>Gets or sets the state; belongs to the lock of the tracker, like the places in its list.</summary>
    public TrackedState State { get; set; }

    /// <summary>Gets or sets when it was open, for the duration; the beginning of the tracking where it was open from the start.</summary>
    public long OpenSince { get; set; } = start;

    public TrackedEntry? Previous { get; set; }

    public TrackedEntry? Next { get; set; }

    public object? Connection => Volatile.Read(ref _connection) is { } reference && reference.TryGetTarget(out var connection) ? connection : null;

    public void Attach(object connection)
    {
        ConnectionType = connection.GetType();
        Volatile.Write(ref _connection, new WeakReference<object>(connection));
    }
}
