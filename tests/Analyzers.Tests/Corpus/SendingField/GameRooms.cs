// Rooms of a browser game: websocket-sharp behaviours, NetCoreServer sessions, DotNetty handlers.
using System.Collections.Concurrent;
using DotNetty.Transport.Channels;
using NetCoreServer;
using WebSocketSharp;
using WebSocketSharp.Server;

namespace Field.Sending.GameRooms;

public sealed class Lobby
{
    public event Action<string>? Chat;

    public void Say(string text) => Chat?.Invoke(text);
}

public sealed class PlayerBehavior : WebSocketBehavior
{
    private readonly Lobby _lobby;

    public PlayerBehavior(Lobby lobby) => _lobby = lobby;

    protected override void OnOpen() => _lobby.Chat += OnChat;

    protected override void OnMessage(MessageEventArgs e) => _lobby.Say(e.Data);

    protected override void OnClose(CloseEventArgs e) => _lobby.Chat -= OnChat;

    // Detaching does not count: the event may be on its way.
    private void OnChat(string text) => Send(text); //! LCA2001
}

public sealed class SafePlayerBehavior(Lobby lobby) : WebSocketBehavior
{
    private volatile bool _closing;

    protected override void OnOpen() => lobby.Chat += OnChat;

    protected override void OnClose(CloseEventArgs e)
    {
        _closing = true;
        lobby.Chat -= OnChat;
    }

    // ok LCA2001: the own closing flag of the object
    private void OnChat(string text)
    {
        if (!_closing) Send(text);
    }
}

// ok LCA2001: this library's sends answer with bool
public sealed class ArenaSession : TcpSession
{
    protected override void OnReceived(byte[] buffer, long offset, long size) => SendAsync(buffer[(int)offset..(int)(offset + size)]);

    protected override void OnDisconnected() => Send([0]);
}

public sealed class FlushHandler : ChannelHandlerAdapter
{
    private readonly ConcurrentQueue<object> _pending = new();

    public override void ChannelRead(IChannelHandlerContext context, object message) => _pending.Enqueue(message);

    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        while (_pending.TryDequeue(out var next))
            context.WriteAndFlushAsync(next).Wait(); //! LCA2001
    }
}

public sealed class SafeFlushHandler : ChannelHandlerAdapter
{
    private readonly ConcurrentQueue<object> _pending = new();

    public override void ChannelRead(IChannelHandlerContext context, object message) => _pending.Enqueue(message);

    // ok LCA2001: the channel is asked for each
    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        while (context.Channel.IsWritable && context.Channel.Active && _pending.TryDequeue(out var next))
            context.WriteAndFlushAsync(next).Wait();
    }
}

public sealed class Scoreboard : IDisposable
{
    private readonly WebSocket _feed;
    private readonly Timer _timer;

    public Scoreboard(string url)
    {
        _feed = new WebSocket(url);
        _feed.OnError += (_, e) => Console.Error.WriteLine(e.Message);
        _timer = new Timer(static state => ((Scoreboard)state!).Tick(), this, 1000, 1000); //! LCA2001
        _feed.Connect();
    }

    private void Tick()
    {
        if (DateTime.Now.Second % 10 != 0) return;
        _feed.Send("score?");
    }

    public void Dispose()
    {
        _timer.Dispose();
        _feed.Close();
    }
}

public sealed class ScoreboardSafe : IDisposable
{
    private readonly WebSocket _feed;
    private readonly Timer _timer;

    public ScoreboardSafe(string url)
    {
        _feed = new WebSocket(url);
        _feed.OnClose += (_, e) => Console.Error.WriteLine(e.Reason);
        _timer = new Timer(static state => ((ScoreboardSafe)state!).Tick(), this, 1000, 1000);
        _feed.Connect();
    }

    // ok LCA2001: one of two operands of && asks
    private void Tick()
    {
        if (DateTime.Now.Second % 10 == 0 && _feed.IsAlive) _feed.Send("score?");
    }

    public void Dispose()
    {
        _timer.Dispose();
        _feed.Close();
    }
}

// Only raises another event; the final handler is reported.
public sealed class Repeater
{
    public event EventHandler<string>? Repeated;

    public Repeater(Lobby lobby) => lobby.Chat += text => Repeated?.Invoke(this, text);
}

public sealed class RepeaterSink
{
    private readonly WebSocket _socket;

    public RepeaterSink(Repeater repeater, WebSocket socket)
    {
        _socket = socket;
        repeater.Repeated += HandleRepeated;
    }

    private void HandleRepeated(object? sender, string text)
    {
        switch (text)
        {
            case "":
                return;
            case { Length: > 100 }:
                text = text[..100];
                break;
        }
        _socket.Send(text); //! LCA2001
    }
}

public sealed class Starter(WebSocket socket)
{
    // ok LCA2001: a flow of one's own is no callback
    public void Begin() => Task.Run(() => socket.Send("go")); //! LCA1004

    // ok LCA2001: nor is a thread, whose failure ends the process
    public void BeginOnThread() => new Thread(() => socket.Send("go")).Start(); //! LCA1005

    public void BeginQueued() => ThreadPool.QueueUserWorkItem(_ => socket.Send("go")); //! LCA2001

    public Task BeginAfter(Task first) => first.ContinueWith(_ => socket.Send("after")); //! LCA2001

    // ok LCA2001: the state decides
    public Task BeginAfterSafe(Task first) => first.ContinueWith(_ =>
    {
        if (socket.ReadyState == WebSocketState.Open) socket.Send("after");
    });
}
