namespace LifecycleAnalyzers.Runtime;

/// <summary>A connection that a <see cref="ConnectionTracker"/> counts, until this is disposed.</summary>
/// <remarks>
/// <para>Disposing it ends the counting, once, whatever has happened; it does not close the connection, whose owner the caller stays.
/// Dispose it after the connection was closed: declare it before the connection's own <see langword="using"/>, or in the same place.</para>
/// <para>All copies are the same handle. All members are thread-safe.</para>
/// </remarks>
/// <typeparam name="T">The type of the connection.</typeparam>
public readonly struct TrackedConnection<T> : IDisposable
    where T : class
{
    private readonly ConnectionTracker? _tracker;
    private readonly TrackedEntry _entry;
    private readonly T _connection;
    private readonly LeakSentinel? _sentinel;

    internal TrackedConnection(ConnectionTracker tracker, TrackedEntry entry, long id, T connection, LeakSentinel? sentinel)
    {
        _tracker = tracker;
        _entry = entry;
        _sentinel = sentinel;
        _connection = connection;
        Id = id;
    }

    /// <summary>Gets the connection.</summary>
    /// <exception cref="InvalidOperationException">This is <see langword="default"/>, and no handle.</exception>
    public T Connection => _tracker is null ? throw NoHandle() : _connection;

    /// <summary>Gets the number of the connection, from 1, unique within its tracker.</summary>
    public long Id { get; }

    /// <summary>Gets the state.</summary>
    /// <exception cref="InvalidOperationException">This is <see langword="default"/>, and no handle.</exception>
    public TrackedState State => (_tracker ?? throw NoHandle()).StateOf(_entry, Id);

    /// <summary>Moves on to another state, if that may follow the present one; see <see cref="TrackedState"/>.</summary>
    /// <param name="state">The new state.</param>
    /// <param name="exception">The cause, where there is one.</param>
    /// <returns>Whether this call made the step; if not, nothing has changed.</returns>
    /// <exception cref="InvalidOperationException">This is <see langword="default"/>, and no handle.</exception>
    public bool TryMoveTo(TrackedState state, Exception? exception = null)
    {
        var moved = (_tracker ?? throw NoHandle()).TryMove(_entry, Id, state, exception);
        if (moved && state >= TrackedState.Closed)
        {
            _sentinel?.Disarm();
        }

        return moved;
    }

    /// <summary>Moves on to <see cref="TrackedState.Faulted"/>, if the connection has not ended yet.</summary>
    /// <param name="exception">The failure; it is in the event and the metrics.</param>
    /// <returns>Whether this call ended it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="exception"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">This is <see langword="default"/>, and no handle.</exception>
    public bool Fail(Exception exception)
    {
        Check.NotNull(exception);
        return TryMoveTo(TrackedState.Faulted, exception);
    }

    /// <summary>Ends the counting: <see cref="TrackedState.Closed"/>, unless the connection has ended before. May be called more than once.</summary>
    public void Dispose()
    {
        _sentinel?.Disarm();
        _tracker?.End(_entry, Id);
    }

    private static InvalidOperationException NoHandle() => new("The default is no handle of a tracker.");
}
