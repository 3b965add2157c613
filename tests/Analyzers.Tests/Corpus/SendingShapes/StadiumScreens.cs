// Score screens in a stadium: a generic hub of peers, base classes, records; sends from events through several hands.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace Shapes.Sending.StadiumScreens;

public abstract record Notice
{
    public sealed record Goal(string Team, int Minute) : Notice;
    public sealed record Card(string Player, bool Red) : Notice;
    public sealed record Clock(TimeSpan Left) : Notice;
}

public interface IScreen
{
    string Name { get; }
    bool CanShow(Notice notice);
    void Show(Notice notice);
}

public abstract class ScreenBase<TSocket>(string name, TSocket socket) : IScreen where TSocket : class, IDisposable
{
    protected readonly Lock Turn = new();

    public string Name => name;

    protected TSocket Socket => socket;

    public virtual bool CanShow(Notice notice) => notice is not Notice.Clock;

    public void Show(Notice notice)
    {
        lock (Turn) Put(JsonSerializer.SerializeToUtf8Bytes(notice));
    }

    protected abstract void Put(byte[] bytes);
}

public sealed class WebScreen(string name, WebSocket socket) : ScreenBase<WebSocket>(name, socket)
{
    // ok LCA2001: what cannot be shown is dropped where it would be sent
    protected override void Put(byte[] bytes)
    {
        if (Socket.State != WebSocketState.Open) return;
        Socket.SendAsync(bytes, WebSocketMessageType.Text, true, CancellationToken.None).GetAwaiter().GetResult();
    }
}

public sealed class WallScreen(string name, Socket socket) : ScreenBase<Socket>(name, socket)
{
    public override bool CanShow(Notice notice) => Socket.Connected && base.CanShow(notice); //? LCA2003

    protected override void Put(byte[] bytes)
    {
        try
        {
            Socket.Send(bytes);
        }
        catch (SocketException)
        {
            Socket.Dispose();
        }
        catch (ObjectDisposedException)
        {
        }
    }
}

public sealed class Match
{
    public event Action<Notice>? Noticed;
    public event EventHandler<Notice.Goal>? Scored;

    public void Raise(Notice notice)
    {
        Noticed?.Invoke(notice);
        if (notice is Notice.Goal goal) Scored?.Invoke(this, goal);
    }
}

public sealed class ScreenRoom
{
    private readonly ConcurrentDictionary<string, IScreen> _screens = new();
    private readonly Dictionary<Type, Action<Notice>> _routes;

    public ScreenRoom(Match match)
    {
        _routes = new()
        {
            [typeof(Notice.Goal)] = Everyone,
            [typeof(Notice.Card)] = Everyone,
        };
        match.Noticed += OnNoticed;
    }

    // ok LCA2001: both screens see to it themselves
    private void OnNoticed(Notice notice)
    {
        if (_routes.TryGetValue(notice.GetType(), out var route)) route(notice);
    }

    private void Everyone(Notice notice)
    {
        foreach (var screen in _screens.Values.Where(s => s.CanShow(notice)))
            screen.Show(notice);
    }
}

/// <summary>The horn blows when somebody scores.</summary>
public sealed class Horn
{
    private readonly Socket _horn;
    private readonly Func<Notice, byte[]?> _sound;

    public Horn(Match match, Socket horn)
    {
        _horn = horn;
        _sound = notice => notice switch
        {
            Notice.Goal { Minute: > 89 } => "LONG"u8.ToArray(),
            Notice.Goal => "SHORT"u8.ToArray(),
            _ => null,
        };
        match.Scored += OnScored;
        match.Noticed += n => Blow(_sound(n)); //! LCA2001
    }

    private void OnScored(object? sender, Notice.Goal goal)
    {
        if (_sound(goal) is { } sound)
            _horn.Send(sound); //! LCA2001
    }

    private void Blow(byte[]? sound)
    {
        if (sound is null or { Length: 0 }) return;
        _horn.Send(sound);
    }
}

/// <summary>Asks the socket, and then a friend.</summary>
public sealed class Ticker : IDisposable
{
    private readonly WebSocket _feed;
    private readonly Lock _turn = new();
    private readonly PeriodicTimer _period = new(TimeSpan.FromSeconds(1));
    private readonly System.Timers.Timer _left = new(1000), _right = new(1000);
    private bool _disposed;

    public Ticker(WebSocket feed)
    {
        _feed = feed;
        _left.Elapsed += (_, _) => Guarded(() => Write("left"));
        _right.Elapsed += (_, _) => Unguarded(() => Write("right")); //! LCA2001
    }

    // ok LCA2001: what is given runs only while the feed is open
    private void Guarded(Action write)
    {
        if (_feed.State == WebSocketState.Open) write();
    }

    private void Unguarded(Action write)
    {
        lock (_turn) write();
    }

    private void Write(string text)
    {
        lock (_turn)
            _feed.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default).Wait();
    }

    // ok LCA2001: a loop of one's own
    public async Task RunAsync()
    {
        while (await _period.WaitForNextTickAsync())
        {
            if (_disposed) break;
            Write("tick");
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _left.Dispose();
        _right.Dispose();
        _period.Dispose();
    }
}
