// Callbacks that ask the cached session for one more thing, at the moment when it may already be ending.
using System.Collections.Concurrent;
using Microsoft.Extensions.Primitives;

namespace Works.Reuse.CallbackReuse;

public enum MuxState { Connecting, Open, Draining, Closed }

public interface IMuxStream
{
    event EventHandler? Ended;
    int Id { get; }
}

/// <summary>Many streams over one transport; a stream's Ended is raised before the session's own Closed.</summary>
public interface IMuxSession : IDisposable
{
    event EventHandler? Closed;
    MuxState State { get; }
    bool IsClosed { get; }
    IMuxStream Request(string path);
    void Send(int stream, byte[] data);
    void Close();
}

public delegate IMuxSession MuxDialer(string authority);

/// <summary>A gateway that starts the next request when a stream has ended.</summary>
public sealed class ChainedGateway(MuxDialer dial)
{
    private readonly ConcurrentDictionary<string, IMuxSession> _sessions = new();
    private readonly ConcurrentQueue<string> _todo = new();

    public string Authority { get; init; } = "backend:8443";

    public void Start(string path)
    {
        var session = _sessions.GetOrAdd(Authority, Dial);
        if (session.IsClosed)
        {
            _sessions.TryRemove(new KeyValuePair<string, IMuxSession>(Authority, session));
            _sessions[Authority] = session = Dial(Authority);
        }

        session.Request(path).Ended += OnEnded; // ok LCA3001: asked; a closed one was replaced
    }

    public void Enqueue(string path) => _todo.Enqueue(path);

    private IMuxSession Dial(string authority)
    {
        var session = dial(authority);
        session.Closed += (_, _) => _sessions.TryRemove(authority, out var gone);
        return session;
    }

    private void OnEnded(object? sender, EventArgs e)
    {
        if (_todo.TryDequeue(out var path) && _sessions.TryGetValue(Authority, out var session))
        {
            session.Request(path).Ended += OnEnded; //! LCA3001
        }
    }
}

/// <summary>The same chain through a method of its own, and with the question asked.</summary>
public sealed class AskingGateway(MuxDialer dial)
{
    private readonly ConcurrentDictionary<string, IMuxSession> _sessions = new();
    private readonly ConcurrentQueue<string> _todo = new();

    public void Enqueue(string path) => _todo.Enqueue(path);

    public void Start(string authority) => Next(_sessions.GetOrAdd(authority, a => dial(a)));

    private void Next(IMuxSession session)
    {
        if (session.State != MuxState.Open) return;
        if (!_todo.TryDequeue(out var path)) return;
        var stream = session.Request(path); // ok LCA3001 LCA2001: the head of the method asks
        stream.Ended += (_, _) => Next(session);
    }
}

/// <summary>Configuration reload: the change callback speaks to the session of yesterday.</summary>
public sealed class ReloadingAgent : IDisposable
{
    private readonly Lazy<IMuxSession> _session;
    private readonly IDisposable _registration;

    public ReloadingAgent(MuxDialer dial, Func<IChangeToken> changes)
    {
        _session = new Lazy<IMuxSession>(() => dial("control:7000"), LazyThreadSafetyMode.PublicationOnly); // ok LCA3002: PublicationOnly
        _registration = ChangeToken.OnChange(changes, OnChanged);
    }

    private void OnChanged()
    {
        if (_session.IsValueCreated)
        {
            _session.Value.Send(0, [1]); //! LCA3001
        }
    }

    public void Dispose() => _registration.Dispose();
}

public sealed class CheckingAgent : IDisposable
{
    private readonly Lazy<IMuxSession> _session;
    private readonly IDisposable _registration;

    public CheckingAgent(MuxDialer dial, Func<IChangeToken> changes)
    {
        _session = new Lazy<IMuxSession>(() => dial("control:7000"), LazyThreadSafetyMode.PublicationOnly); // ok LCA3002: PublicationOnly
        _registration = ChangeToken.OnChange(changes, OnChanged);
    }

    private void OnChanged()
    {
        if (_session is { IsValueCreated: true, Value: { State: MuxState.Open } session })
        {
            session.Send(0, [1]); // ok LCA3001 LCA2001: the pattern asks
        }
    }

    public void Dispose() => _registration.Dispose();
}

/// <summary>An observer of sensor readings that forwards over the session of its site.</summary>
public sealed class ReadingForwarder(MuxDialer dial) : IObserver<KeyValuePair<string, byte[]>>
{
    private readonly Dictionary<string, IMuxSession> _bySite = new();

    public void OnNext(KeyValuePair<string, byte[]> value)
    {
        lock (_bySite)
        {
            if (!_bySite.TryGetValue(value.Key, out var session)) _bySite[value.Key] = session = dial(value.Key);
            session.Send(1, value.Value); //! LCA3001
        }
    }

    public void OnError(Exception error)
    {
        lock (_bySite)
        {
            foreach (var session in _bySite.Values) session.Dispose();
            _bySite.Clear();
        }
    }

    public void OnCompleted() => OnError(new OperationCanceledException());
}

public sealed class CheckedForwarder(MuxDialer dial) : IObserver<KeyValuePair<string, byte[]>>
{
    private readonly Dictionary<string, IMuxSession> _bySite = new();

    public void OnNext(KeyValuePair<string, byte[]> value)
    {
        lock (_bySite)
        {
            if (!_bySite.TryGetValue(value.Key, out var session) || session.IsClosed)
            {
                _bySite[value.Key] = session = dial(value.Key);
            }

            session.Send(1, value.Value); // ok LCA3001 LCA2001: a closed one is replaced
        }
    }

    public void OnError(Exception error) => Console.Error.WriteLine(error.Message);

    public void OnCompleted() => _bySite.Clear();
}

/// <summary>One static session of the process, as a singleton holder.</summary>
public static class ControlPlane
{
    private static readonly object s_sync = new();
    private static IMuxSession? s_session;

    public static MuxDialer Dialer { get; set; } = null!;

    private static IMuxSession Session
    {
        get
        {
            if (s_session == null)
            {
                lock (s_sync)
                {
                    s_session ??= Dialer("control:7000");
                }
            }

            return s_session;
        }
    }

    private static IMuxSession OpenSession
    {
        get
        {
            lock (s_sync)
            {
                if (s_session?.State == MuxState.Open) return s_session;
                s_session?.Dispose();
                return s_session = Dialer("control:7000");
            }
        }
    }

    public static void Report(byte[] status) => Session.Send(2, status); //! LCA3001

    public static void ReportOpen(byte[] status) => OpenSession.Send(2, status); // ok LCA3001: the getter validates under its lock

    public static void ReportIfOpen(byte[] status)
    {
        var session = Session;
        if (session.State == MuxState.Open) session.Send(2, status); // ok LCA3001: asked here
    }
}

/// <summary>A session opened for one batch is nobody's cache.</summary>
public sealed class BatchRunner(MuxDialer dial)
{
    public void Run(string authority, IEnumerable<byte[]> batch)
    {
        using var session = dial(authority);
        foreach (var item in batch) session.Send(3, item); // ok LCA3001: opened for this
    }
}
