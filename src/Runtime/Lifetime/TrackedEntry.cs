namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// What the tracker keeps of a connection, used again for others: its number tells whose it is now. It does not hold the connection or its
/// handle: a handle that nobody holds any more must be collected, or no leak would ever be seen. Belongs to the lock of the tracker.
/// </summary>
internal sealed class TrackedEntry
{
    private readonly WeakReference<object> _connection = new(null!);

    /// <summary>Gets or sets where it stands among the entries.</summary>
    public int Place { get; set; }

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

    /// <summary>Gets or sets the connection; <see langword="null"/> as long as it is still to be opened, or when it was collected.</summary>
    public object? Connection
    {
        get => _connection.TryGetTarget(out var connection) ? connection : null;
        set
        {
            _connection.SetTarget(value!);
            ConnectionType = value?.GetType() ?? ConnectionType;
        }
    }

    public void Begin(long id, TrackedState state, Type connectionType, object? connection, string? name, CallSite openedBy, long start)
    {
        Id = id;
        State = state;
        ConnectionType = connectionType;
        _connection.SetTarget(connection!);
        Name = name;
        OpenedBy = openedBy;
        OpenSince = 0;
        Start = start;
    }

    /// <summary>Nobody's from now on. What it was for a drain that has it in its hands stays: closed.</summary>
    public void Free()
    {
        Id = 0;
        Name = null;
    }
}
