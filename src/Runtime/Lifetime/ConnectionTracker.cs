using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Counts connections so that the count is right: each goes up once and down once, whatever happens in between.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>A connection counts as long as its handle is not disposed; a <see langword="using"/> is all it takes. Connects that failed are
/// counted apart from connections that were open.</item>
/// <item>Its state goes forward only (<see cref="TrackedState"/>); a step that may not follow is refused and logged, and changes nothing.</item>
/// <item>Every step is an event; counts, durations and failures are metrics (<see cref="LifecycleMetrics"/>).</item>
/// <item>On demand a sample of the handles is watched: one that is lost without having been disposed is logged with the call that opened
/// it.</item>
/// <item><see cref="DrainAsync"/> refuses new connections, waits for the others to end, and closes those that do not.</item>
/// </list>
/// <para>The tracker owns no connection before it drains, and does not keep one from being collected. Where nobody listens to its events,
/// tracking a connection allocates nothing once a few have come and gone. All members are thread-safe.</para>
/// </remarks>
/// <example>
/// <code>
/// using var client = await listener.AcceptTcpClientAsync(ct);
/// using var tracked = _tracker.Track(client);
/// await ServeAsync(client, ct); // whatever it throws, the count goes down
/// </code>
/// </example>
public sealed partial class ConnectionTracker : IDisposable, IAsyncDisposable
{
    private readonly ShortLock _sync = new();
    private readonly TrackedEntries _entries = new();
    private readonly int[] _counts = new int[6];
    private readonly int _sampleEvery;
    private readonly Func<object, ValueTask> _close;
    private readonly TimeProvider _time;
    private readonly CoarseClock _clock;
    private readonly DateTimeOffset _created;
    private readonly long _start;
    private readonly ILogger _logger;
    private long _ids;
    private long _opened;
    private long _failedConnects;
    private long _leaks;
    private bool _draining;
    private TaskCompletionSource<bool>? _empty;

    /// <summary>Creates a tracker.</summary>
    /// <param name="options">How it counts; the defaults if not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sampling is negative.</exception>
    /// <exception cref="ArgumentNullException">The options' time provider is <see langword="null"/>.</exception>
    public ConnectionTracker(ConnectionTrackerOptions? options = null)
    {
        options ??= new ConnectionTrackerOptions();
        if (options.LeakSampleEvery < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.LeakSampleEvery, "LeakSampleEvery is 0 or more.");
        }

        _sampleEvery = options.LeakSampleEvery;
        _close = options.Close ?? Disposal.DisposeAsync;
        _time = options.TimeProvider ?? throw new ArgumentNullException(nameof(options.TimeProvider));
        _clock = new CoarseClock(_time);
        (_created, _start) = (_time.GetUtcNow(), _clock.Now);
        _logger = options.Logger is null ? NullLogger.Instance : new QuietLogger(options.Logger);
        Name = options.Name ?? "connections";
        LifecycleMetrics.Tracking(this);
    }

    /// <summary>Raised after every step of a connection, also its first and last.</summary>
    /// <remarks>
    /// Called on the thread that made the step, under no lock; steps made on different threads may be told in another order than they were
    /// made in. An exception out of a handler is logged and keeps neither the step nor the other handlers back.
    /// </remarks>
    public event EventHandler<TrackedStateChangedEventArgs>? StateChanged;

    /// <summary>Gets the name of the tracker in logs and metrics.</summary>
    public string Name { get; }

    /// <summary>Gets how many connections are open now: <see cref="TrackedState.Open"/>, <see cref="TrackedState.HalfClosed"/> or <see cref="TrackedState.Closing"/>.</summary>
    public int Open
    {
        get
        {
            using (_sync.Take())
            {
                return _counts[(int)TrackedState.Open] + _counts[(int)TrackedState.HalfClosed] + _counts[(int)TrackedState.Closing];
            }
        }
    }

    /// <summary>Gets how many connections are being opened now.</summary>
    public int Connecting => Count(TrackedState.Connecting);

    /// <summary>Gets how many connections have ever been open.</summary>
    public long TotalOpened => Read(ref _opened);

    /// <summary>Gets how many connects have failed.</summary>
    public long TotalFailedConnects => Read(ref _failedConnects);

    /// <summary>Gets how many of the watched handles were lost without having been disposed.</summary>
    public long TotalLeaks => Read(ref _leaks);

    /// <summary>Counts a connection.</summary>
    /// <typeparam name="T">The type of the connection.</typeparam>
    /// <param name="connection">The connection; it stays the caller's.</param>
    /// <param name="state"><see cref="TrackedState.Open"/>, or <see cref="TrackedState.Connecting"/> where it is still to be opened.</param>
    /// <param name="name">What the snapshot calls it, usually its endpoint.</param>
    /// <param name="member">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>The handle; dispose it when the connection has ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="state"/> is neither of the two.</exception>
    /// <exception cref="ObjectDisposedException">The tracker is draining; the connection was not counted.</exception>
    public TrackedConnection<T> Track<T>(
        T connection,
        TrackedState state = TrackedState.Open,
        string? name = null,
        [CallerMemberName] string member = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
        where T : class
    {
        Check.NotNull(connection);
        if (state is not (TrackedState.Open or TrackedState.Connecting))
        {
            throw new ArgumentOutOfRangeException(nameof(state), state, "A connection begins its life connecting or open.");
        }

        var entry = Begin(connection.GetType(), connection, state, name, new CallSite(member, file, line), out var id);
        return Handle(entry, id, connection);
    }

    /// <summary>Opens a connection and counts it; a failure counts as a failed connect.</summary>
    /// <typeparam name="T">The type of the connection.</typeparam>
    /// <param name="connect">Opens the connection; gets the token. If it throws, it has to leave nothing open behind it.</param>
    /// <param name="name">What the snapshot calls it, usually its endpoint.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <param name="member">Filled in by the compiler.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>The handle, open; dispose it when the connection has ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="connect"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The tracker is draining; a connection that was opened is closed again.</exception>
    /// <remarks>Whatever <paramref name="connect"/> throws comes out.</remarks>
    public async ValueTask<TrackedConnection<T>> ConnectAsync<T>(
        Func<CancellationToken, ValueTask<T>> connect,
        string? name = null,
        CancellationToken cancellationToken = default,
        [CallerMemberName] string member = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
        where T : class
    {
        Check.NotNull(connect);

        var entry = Begin(typeof(T), null, TrackedState.Connecting, name, new CallSite(member, file, line), out var id);
        T connection;
        try
        {
            connection = await connect(cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The factory of a connection returned null.");
        }
        catch (Exception e)
        {
            TryMove(entry, id, TrackedState.Faulted, e);
            throw;
        }

        using (_sync.Take())
        {
            entry.Connection = connection;
        }

        if (!TryMove(entry, id, TrackedState.Open, null))
        {
            // The drain has given up this connect.
            await CloseAsync(id, connection).ConfigureAwait(false);
            throw new ObjectDisposedException(Name);
        }

        return Handle(entry, id, connection);
    }

    /// <summary>Tells what is being tracked now.</summary>
    /// <returns>All connections that have not ended, in the order in which they came.</returns>
    public IReadOnlyList<TrackedConnectionInfo> GetSnapshot()
    {
        return Left().ConvertAll(static left => left.Info);
    }

    /// <summary>Refuses new connections from now on, waits for the others to end, and closes those that are left.</summary>
    /// <param name="limit">How long to wait; zero for not at all, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait: what is left is closed at once.</param>
    /// <returns>The connections that had to be closed, as they were before; empty if all ended by themselves.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is negative or too long for a timer.</exception>
    /// <remarks>
    /// What is left ends as <see cref="TrackedState.Closed"/> after it was closed, so that the counts are zero afterwards. A failure to close
    /// is logged. A connect under way is given up: its connection is closed as soon as there is one. May be called more than once.
    /// </remarks>
    public async Task<IReadOnlyList<TrackedConnectionInfo>> DrainAsync(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        if (limit != TimeSpan.Zero)
        {
            Check.TimeLimit(limit);
        }

        Task empty;
        using (_sync.Take())
        {
            _draining = true;
            _empty ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_entries.Count == 0)
            {
                _empty.TrySetResult(true);
            }

            empty = _empty.Task;
        }

        if (limit != TimeSpan.Zero && !empty.IsCompleted)
        {
            using var time = new TimeLimit(limit, _time, cancellationToken);
            var over = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            using (time.Token.Register(static s => ((TaskCompletionSource<bool>)s!).TrySetResult(true), over))
            {
                await Task.WhenAny(empty, over.Task).ConfigureAwait(false);
            }
        }

        var left = Left();
        await Task.WhenAll(left.Select(l => CloseLeftAsync(l.Entry, l.Info))).ConfigureAwait(false);
        return left.ConvertAll(static l => l.Info);
    }

    /// <summary>Does as <see cref="DisposeAsync()"/> does, but does not wait for it: for owners that cannot, such as a container that is disposed synchronously.</summary>
    public void Dispose() => DisposeAsync().Observe(static _ => { });

    /// <summary>Refuses new connections and closes all that are tracked, without waiting; <see cref="DrainAsync"/> waits.</summary>
    /// <returns>A task that completes when they are closed. Failures are logged, not thrown.</returns>
    public async ValueTask DisposeAsync()
    {
        await DrainAsync(TimeSpan.Zero).ConfigureAwait(false);
        Gauges.Trackers.Remove(this);
    }

    /// <summary>The number of connections in a state, for the gauges.</summary>
    internal int Count(TrackedState state)
    {
        using (_sync.Take())
        {
            return _counts[(int)state];
        }
    }

    /// <summary>Under the lock, under which it is written: half of a number of 64 bits is none.</summary>
    private long Read(ref long count)
    {
        using (_sync.Take())
        {
            return count;
        }
    }

    private TrackedEntry Begin(Type type, object? connection, TrackedState state, string? name, CallSite openedBy, out long id)
    {
        var start = _clock.Now;
        var now = Look(state);
        TrackedEntry entry;
        TrackedConnectionInfo? told;
        using (_sync.Take())
        {
            if (_draining)
            {
                throw new ObjectDisposedException(Name);
            }

            entry = _entries.Take();
            entry.Begin(id = ++_ids, state, type, connection, name, openedBy, start);
            Count(entry, now);
            told = now.IsHeard ? Info(entry, start) : null;
        }

        if (told is not null)
        {
            Raise(told, null, null);
        }

        return entry;
    }

    private TrackedConnection<T> Handle<T>(TrackedEntry entry, long id, T connection)
        where T : class =>
        new(this, entry, id, connection, _sampleEvery > 0 && id % _sampleEvery == 0 ? new LeakSentinel(this, entry) : null);

    private List<(TrackedEntry Entry, TrackedConnectionInfo Info)> Left()
    {
        var now = _clock.Now;
        var all = new List<(TrackedEntry Entry, TrackedConnectionInfo Info)>();
        using (_sync.Take())
        {
            for (var i = 0; i < _entries.Count; i++)
            {
                all.Add((_entries[i], Info(_entries[i], now)));
            }
        }

        all.Sort(static (a, b) => a.Info.Id.CompareTo(b.Info.Id));
        return all;
    }

    private async Task CloseLeftAsync(TrackedEntry entry, TrackedConnectionInfo left)
    {
        object? connection;
        using (_sync.Take())
        {
            if (entry.Id != left.Id || entry.State >= TrackedState.Closed)
            {
                // Ended just now, by its owner, who may have handed the connection on.
                return;
            }

            connection = entry.Connection;
        }

        if (connection is not null)
        {
            if (left.State is TrackedState.Open or TrackedState.HalfClosed)
            {
                TryMove(entry, left.Id, TrackedState.Closing, null);
            }

            await CloseAsync(left.Id, connection).ConfigureAwait(false);
        }

        End(entry, left.Id);
    }

    private async Task CloseAsync(long id, object connection)
    {
        try
        {
            await _close(connection).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.TrackedCloseFailed(_logger, Name, id, e);
        }
    }

    private TrackedConnectionInfo Info(TrackedEntry entry, long now) =>
        new(entry, _created + _clock.Between(_start, entry.Start), _clock.Between(entry.Start, now));
}
