namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// What the tracker keeps of a connection, used again for others: its number tells whose it is now. It does not hold the connection or its
/// handle: a handle that nobody holds any more must be collected, or no leak would ever be seen. Belongs to the lock of the tracker.
/// </summary>
internal sealed class TrackedEntry
{
    private WeakReference<object>? _connection;

    public TrackedEntry() => Node = new LinkedListNode<TrackedEntry>(this);

    /// <summary>Gets its place in the list, which is used again with it.</summary>
    public LinkedListNode<TrackedEntry> Node { get; }

    /// <summary>Gets the number of the connection; 0 where it is nobody's.</summary>
    public long Id { get; private set; }

    public Type ConnectionType { get; private set; } = typeof(object);

    public string? Name { get; private set; }

    public CallSite OpenedBy { get; private set; }

    /// <summary>Gets when the tracking began, by the coarse clock.</summary>
    public long Start { get; private set; }

    public TrackedState State { get; set; }

    /// <summary>Gets or sets when it was open, for the duration; 0 where nobody measured then.</summary>
    public long OpenSince { get; set; }

    public object? Connection => _connection is { } reference && reference.TryGetTarget(out var connection) ? connection : null;

    public void Begin(long id, TrackedState state, Type connectionType, string? name, CallSite openedBy, long start)
    {
        Id = id;
        State = state;
        ConnectionType = connectionType;
        Name = name;
        OpenedBy = openedBy;
        OpenSince = 0;
        Start = start;
    }

    /// <summary>Of what is still to be opened; what the entry had before is another's.</summary>
    public void Detach() => _connection?.SetTarget(null!);

    public void Attach(object connection)
    {
        ConnectionType = connection.GetType();
        if (_connection is null)
        {
            _connection = new WeakReference<object>(connection);
        }
        else
        {
            _connection.SetTarget(connection);
        }
    }

    /// <summary>Nobody's from now on. What it was for a drain that has it in its hands stays: closed.</summary>
    public void Free()
    {
        Id = 0;
        Name = null;
    }
}
