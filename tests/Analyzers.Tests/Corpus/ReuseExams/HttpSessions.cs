// Cached HTTP/2-like sessions in new clothes: a document gateway asks for one more stream in a stream's end callback.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HeldOut.Reuse.HttpSessions;

public enum LinkState { Opening, Ready, GoingAway, Gone }

public interface IExchangeStream : IDisposable
{
    event Action<IExchangeStream>? Ended;
    bool HasEnded { get; }
}

public interface IMuxSession : IAsyncDisposable
{
    event EventHandler? Closed;
    LinkState State { get; }
    IExchangeStream Request(string verb, string path);
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct);
}

internal sealed class MuxSession : IMuxSession
{
    public event EventHandler? Closed;

    public LinkState State { get; private set; } = LinkState.Ready;

    public IExchangeStream Request(string verb, string path)
    {
        if (State != LinkState.Ready) throw new InvalidOperationException("session is going away");
        throw new NotSupportedException();
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        State = LinkState.Gone;
        Closed?.Invoke(this, EventArgs.Empty);
        return ValueTask.CompletedTask;
    }
}

public sealed class SessionEntry(IMuxSession session)
{
    public IMuxSession Session { get; } = session;

    public int Streams;

    public bool Dead => Session.State is LinkState.GoingAway or LinkState.Gone;
}

public sealed class DocumentGateway(Func<string, IMuxSession> connect, ILogger<DocumentGateway> log)
{
    private readonly Dictionary<string, SessionEntry> _entries = [];
    private readonly ConcurrentQueue<(string Origin, string Path)> _backlog = new();
    private readonly Lock _sync = new();

    public void Fetch(string origin, string path)
    {
        SessionEntry? entry;
        lock (_sync)
        {
            if (!_entries.TryGetValue(origin, out entry))
            {
                entry = new SessionEntry(connect(origin));
                entry.Session.Closed += (_, _) => Forget(origin);
                _entries.Add(origin, entry);
            }
        }

        Interlocked.Increment(ref entry.Streams);
        entry.Session.Request("GET", path).Ended += OnEnded; //! LCA3001
    }

    // ok LCA3001: the entry's own property asks its session
    public void FetchChecked(string origin, string path)
    {
        lock (_sync)
        {
            if (!_entries.TryGetValue(origin, out var entry) || entry.Dead)
                _entries[origin] = entry = new SessionEntry(connect(origin));
            entry.Session.Request("GET", path).Ended += OnEnded;
        }
    }

    private void OnEnded(IExchangeStream stream)
    {
        if (!_backlog.TryDequeue(out var next)) return;
        log.LogDebug("next: {Path}", next.Path);
        Fetch(next.Origin, next.Path); //? LCA2001 LCA3001
    }

    private void Forget(string origin)
    {
        lock (_sync) _entries.Remove(origin);
    }
}

public sealed class SingleOrigin(Func<IMuxSession> connect)
{
    private IMuxSession? _session;

    private IMuxSession Current => _session ??= connect();

    private IMuxSession Usable
    {
        get
        {
            if (_session is { State: LinkState.Ready } ready) return ready;
            return _session = connect();
        }
    }

    public IExchangeStream Get(string path) => Current.Request("GET", path); //! LCA3001

    // ok LCA3001: the property validates
    public IExchangeStream GetUsable(string path) => Usable.Request("GET", path);

    public async Task PingAsync(Func<Task> before, CancellationToken ct)
    {
        if (_session is not { State: LinkState.Ready }) _session = connect();
        await before();
        await _session.SendAsync("PING"u8.ToArray(), ct); //! LCA3001
    }

    // ok LCA3001: asked after the await
    public async Task PingAskedAsync(Func<Task> before, CancellationToken ct)
    {
        await before();
        if (_session is not { State: LinkState.Ready }) _session = connect();
        await _session.SendAsync("PING"u8.ToArray(), ct);
    }
}

public static class SharedSession
{
    private static volatile IMuxSession? s_session;
    private static readonly object s_lock = new();

    public static IMuxSession Get(Func<IMuxSession> connect)
    {
        var session = s_session;
        if (session != null) return session;
        lock (s_lock)
        {
            return s_session ??= connect();
        }
    }

    public static void Drop()
    {
        lock (s_lock)
        {
            _ = s_session?.DisposeAsync().AsTask(); //? LCA1004
            s_session = null;
        }
    }
}

public sealed class SharedUser(Func<IMuxSession> connect)
{
    public IExchangeStream Head(string path) => SharedSession.Get(connect).Request("HEAD", path); //! LCA3001

    // ok LCA3001: what comes out of the holder is looked at first
    public IExchangeStream? HeadChecked(string path)
    {
        var session = SharedSession.Get(connect);
        switch (session.State)
        {
            case LinkState.Ready:
                return session.Request("HEAD", path);
            default:
                SharedSession.Drop();
                return null;
        }
    }
}

public abstract class Repository<TSession>
    where TSession : class, IMuxSession
{
    private TSession? _session;

    protected abstract TSession Connect();

    protected TSession Session
    {
        get
        {
            if (_session is null || !IsUsable(_session)) _session = Connect();
            return _session;
        }
    }

    protected virtual bool IsUsable(TSession session) => session.State == LinkState.Ready;
}

public sealed class DocumentRepository(Func<IMuxSession> connect) : Repository<IMuxSession>
{
    protected override IMuxSession Connect() => connect();

    // ok LCA3001: the generic base validates through a virtual method
    public IExchangeStream Load(string path) => Session.Request("GET", path);
}

// A cache of plain data beside it.
public sealed class DocumentCache
{
    private readonly Dictionary<string, byte[]> _documents = [];

    public byte[] Get(string path) => _documents.TryGetValue(path, out var bytes) ? bytes : _documents[path] = File.ReadAllBytes(path);
}
