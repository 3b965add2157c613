// Modern C# around callbacks.
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Outfits.ModernCallbacks;

public enum SessionState { None, Connected, Closing, Closed }

public abstract class SessionBase : IDisposable
{
    private SessionState _state = SessionState.Connected;
    public SessionState State { get => _state; protected set => _state = value; }

    [MemberNotNullWhen(true, nameof(Peer))]
    public virtual bool IsReady => State is SessionState.Connected && Peer is not null;

    public string? Peer { get; protected set; }
    public abstract void Send(string line);
    public event EventHandler<string>? Line;
    public event EventHandler? Idle;
    protected void RaiseLine(string l) => Line?.Invoke(this, l);
    protected void RaiseIdle() => Idle?.Invoke(this, EventArgs.Empty);

    public virtual void Dispose()
    {
        State = SessionState.Closed;
        GC.SuppressFinalize(this);
    }
}

public sealed class TelnetSession(Stream stream) : SessionBase
{
    private readonly StreamWriter _writer = new(stream) { AutoFlush = true };

    public override void Send(string line)
    {
        if (State is not SessionState.Connected) throw new InvalidOperationException();
        _writer.WriteLine(line);
    }

    public void Tick() { RaiseIdle(); RaiseLine(""); }
}

// 1. good: generic with constraint, virtual property asked
public sealed class Room<TSession> where TSession : SessionBase
{
    private readonly HashSet<TSession> _members = [];
    private readonly Lock _sync = new();

    public void Join(TSession session)
    {
        lock (_sync) _members.Add(session);
        session.Line += (sender, line) =>
        {
            TSession[] copy;
            lock (_sync) copy = [.. _members];
            foreach (var m in copy)
            {
                if (ReferenceEquals(m, sender) || !m.IsReady) continue;
                m.Send(line);
            }
        };
    }
}

// 2. bad: the question is about the sender, the send goes to all
public sealed class LeakyRoom<TSession> where TSession : SessionBase
{
    private readonly List<TSession> _members = [];

    public void Join(TSession session)
    {
        _members.Add(session);
        session.Line += OnLine;
    }

    private void OnLine(object? sender, string line)
    {
        if (sender is not TSession { IsReady: true } from) return;
        foreach (var m in _members)
            if (!ReferenceEquals(m, from)) m.Send(line); //! LCA2001
    }
}

// 3. good: guard clause throws, the callback catches it
public sealed class Strict(SessionBase session, ILogger log)
{
    private void ThrowIfDown([CallerMemberName] string? who = null)
    {
        if (!session.IsReady) throw new InvalidOperationException(who);
    }

    public void Wire() => session.Idle += (_, _) =>
    {
        try
        {
            ThrowIfDown();
            session.Send("idle");
        }
        catch (InvalidOperationException ex)
        {
            log.LogDebug(ex, "down");
        }
    };
}

// 4. bad: guard throws, nobody catches in the event
public sealed class Brusque(SessionBase session)
{
    public void Wire() => session.Idle += (_, _) => Say("idle"); //! LCA2001

    private void Say(string text)
    {
        ObjectDisposedException.ThrowIf(session.State is SessionState.Closed, session);
        session.Send(text);
    }
}

// 5. good: property pattern with nested member and relational, list pattern for the words
public sealed class Parser(SessionBase session)
{
    public void Wire() => session.Line += OnLine;

    private void OnLine(object? sender, string line)
    {
        var reply = (session, line.Split(' ')) switch
        {
            ({ State: SessionState.Connected }, ["who", ..]) => session.Peer,
            ({ State: SessionState.Connected }, ["echo", var what]) => what,
            _ => null,
        };
        if (reply is null) return;
        session.Send(reply);
    }
}

// 6. good: async stream consumer: not a callback
public sealed class Consumer(SessionBase session)
{
    public async Task RunAsync(ChannelReader<string> lines, CancellationToken ct)
    {
        await foreach (var l in lines.ReadAllAsync(ct)) session.Send(l);
    }

    public void Start(ChannelReader<string> lines) => Task.Run(async () =>
    {
        try { await RunAsync(lines, default); }
        catch (Exception ex) { Console.Error.WriteLine(ex); }
    });
}

// 7. bad: SynchronizationContext.Post
public sealed class SessionViewModel(SessionBase session)
{
    private readonly SynchronizationContext _ui = SynchronizationContext.Current ?? new();

    public void OnEnterPressed(string text) => _ui.Post(static s =>
    {
        var (self, t) = ((SessionViewModel, string))s!;
        self.Session.Send(t); //! LCA2001
    }, (this, text));

    public SessionBase Session { get; } = session;

    // good twin
    public void OnEscape() => _ui.Post(_ => { if (Session is { IsReady: true } s) s.Send("bye"); }, null);
}

// 8. good: null-conditional and coalescing
public sealed class Holder : IDisposable
{
    private volatile SessionBase? _current;
    private readonly Timer _timer;

    public Holder(TimeSpan every) => _timer = new Timer(_ =>
    {
        var s = _current;
        if (s?.IsReady ?? false) s.Send("tick");
    }, null, every, every);

    public SessionBase? Current { get => _current; set => _current = value; }
    public void Dispose() => _timer.Dispose();
}

// 9. good: `field` keyword state with closing flag
public sealed class Meter : IDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _closing = new();
    private readonly System.Timers.Timer _timer = new(1000);

    public Meter(Socket socket)
    {
        _socket = socket;
        _timer.Elapsed += OnElapsed;
    }

    public bool Active { get => field && !_closing.IsCancellationRequested; private set; } = true;

    private void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e)
    {
        if (!Active) return;
        _socket.Send([1]);
    }

    public void Dispose()
    {
        Active = false;
        _closing.Cancel();
        _timer.Dispose();
        _socket.Dispose();
    }
}

// 10. good: try with when filter, async void
public sealed class Pusher(ClientWebSocket ws, SemaphoreSlim gate)
{
    public event Action<byte[]>? Frame;

    public void Wire()
    {
        Frame += OnFrame;

        async void OnFrame(byte[] m)
        {
            using var limit = new CancellationTokenSource(1000);
            try
            {
                await gate.WaitAsync(limit.Token);
                try { await ws.SendAsync(m, WebSocketMessageType.Binary, true, limit.Token); }
                finally { gate.Release(); }
            }
            catch (Exception e) when (IsExpected(e)) { }
        }
    }

    private static bool IsExpected(Exception e) => e is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException;
    public void Raise() => Frame?.Invoke([]);
}

// 11. bad: filter does not cover what closing throws
public sealed class HalfPusher(ClientWebSocket ws)
{
    public event Func<byte[], Task>? Frame;

    public void Wire() => Frame += async m =>
    {
        try
        {
            await ws.SendAsync(m, WebSocketMessageType.Binary, true, default); //! LCA2001
        }
        catch (TimeoutException)
        {
            ws.Abort();
        }
    };

    public Task Raise() => Frame?.Invoke([]) ?? Task.CompletedTask;
}

// 12. good: a `when`-guarded helper that returns an enum answer of its own
public enum Delivery { Sent, Dropped }

public static class SessionSends
{
    extension(SessionBase session)
    {
        public Delivery Deliver(string line)
        {
            if (session is not { State: SessionState.Connected }) return Delivery.Dropped;
            session.Send(line);
            return Delivery.Sent;
        }
    }
}

public sealed class Notifier(ILogger log)
{
    public void Watch(SessionBase session, FileSystemWatcher files)
    {
        files.Error += (_, e) => log.LogError(e.GetException(), "watch");
        files.Changed += (_, e) =>
        {
            if (session.Deliver("changed " + e.Name) is Delivery.Dropped) log.LogDebug("nobody listens");
        };
        files.EnableRaisingEvents = true;
    }
}

// 13. bad: FileSystemWatcher handler sends
public sealed class BluntNotifier
{
    private readonly SessionBase _session;

    public BluntNotifier(SessionBase session, FileSystemWatcher files, ILogger log)
    {
        _session = session;
        files.Error += (_, e) => log.LogError(e.GetException(), "watch");
        files.Created += Tell("new");
        files.EnableRaisingEvents = true;
    }

    private FileSystemEventHandler Tell(string what) => (_, e) => _session.Send($"{what} {e.Name}"); //! LCA2001
}
