// Game servers' heartbeats: singletons, timers, fleets of players.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using NetCoreServer;
using DotNetty.Transport.Channels;

namespace HeldOut.Sending.GameHeartbeats;

public sealed class PlayerLink(WebSocket socket, string name)
{
    public WebSocket Socket => socket;
    public string Name => name;
    public bool IsAlive => socket.State == WebSocketState.Open && !Kicked;
    public bool Kicked { get; private set; }

    public Task SendAsync(string text) =>
        socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None); //? LCA2004

    public void Kick()
    {
        Kicked = true;
        socket.Abort();
    }

    public void Close() => socket.Dispose();
}

public sealed class World
{
    public static World Instance { get; } = new();

    private readonly ConcurrentDictionary<string, PlayerLink> _players = new();
    private readonly System.Timers.Timer _tick = new(50);
    private readonly System.Timers.Timer _slowTick = new(1000);

    private World()
    {
        _tick.Elapsed += async (_, _) =>
        {
            foreach (var player in _players.Values)
                await player.SendAsync("tick"); //! LCA2001
        };
        _slowTick.Elapsed += async (_, _) => await SlowTickAsync();
    }

    // ok LCA2001: a LINQ filter picks the living, each asked again before its send
    private async Task SlowTickAsync()
    {
        foreach (var player in _players.Values.Where(p => p.IsAlive))
        {
            if (!player.IsAlive) continue;
            try
            {
                await player.SendAsync("slow tick");
            }
            catch (WebSocketException)
            {
                player.Kick();
            }
        }
    }

    public void Join(PlayerLink player) => _players[player.Name] = player;

    // ok LCA2001: called by the game loop, no callback
    public Task WhisperAsync(PlayerLink player, string text) => player.SendAsync(text);
}

public sealed class Zone(Action<string> trace)
{
    private Func<string, Task>? _send;
    private Timer? _timer;

    public void Bind(PlayerLink player)
    {
        _send = text => player.SendAsync(text);
        _timer = new Timer(OnTick, null, 0, 1000);
    }

    private void OnTick(object? state)
    {
        trace("zone tick");
        _send?.Invoke("zone").Wait(); //! LCA2001
    }

    public void Unbind() => _timer?.Dispose();
}

public sealed class GuardedZone
{
    private Func<string, Task>? _send;
    private Timer? _timer;

    // ok LCA2001: the delegate itself asks
    public void Bind(PlayerLink player)
    {
        _send = text => player.IsAlive ? player.SendAsync(text) : Task.CompletedTask;
        _timer = new Timer(_ => _send("zone").GetAwaiter().GetResult(), null, 0, 1000);
    }

    public void Unbind() => _timer?.Dispose();
}

public sealed class ArenaSession : TcpSession
{
    private readonly byte[] _pong = [1];

    // ok LCA2001: this Send answers with a count, it does not throw
    protected override void OnReceived(byte[] buffer, long offset, long size) => Send(_pong);

    protected override void OnDisconnected() => Arena.Forget(this);
}

public static class Arena
{
    private static readonly HashSet<TcpSession> s_sessions = [];

    public static void Forget(TcpSession session)
    {
        lock (s_sessions) s_sessions.Remove(session);
    }
}

public sealed class BackpressureHandler : ChannelHandlerAdapter
{
    private readonly Queue<object> _waiting = new();

    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        while (_waiting.TryDequeue(out var message)) context.WriteAndFlushAsync(message); //! LCA2001
    }

    // ok LCA2001: what is read proves the channel active, and the answer is this request's own
    public override void ChannelRead(IChannelHandlerContext context, object message)
    {
        if (!context.Channel.IsWritable) _waiting.Enqueue(message);
    }
}

public sealed class PoliteBackpressureHandler : ChannelHandlerAdapter
{
    private readonly Queue<object> _waiting = new();

    // ok LCA2001: active is asked for each
    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        while (context.Channel.Active && _waiting.TryDequeue(out var message)) context.WriteAndFlushAsync(message); //? LCA1004
    }

    public override void ChannelRead(IChannelHandlerContext context, object message)
    {
        if (!context.Channel.IsWritable) _waiting.Enqueue(message);
    }
}

public sealed class UdpBeacon : IDisposable
{
    private readonly UdpClient _udp = new();
    private readonly Timer _beacon;
    private bool _disposed;

    public UdpBeacon()
    {
        _beacon = new Timer(Beat, null, 1000, 1000);
    }

    private void Beat(object? _)
    {
        if (_disposed) return;
        _udp.Send([1, 2, 3], 3, "255.255.255.255", 7777); // ok LCA2001: the own flag of the object that owns it
    }

    public void Dispose()
    {
        _disposed = true;
        _beacon.Dispose();
        _udp.Dispose();
    }
}

public sealed class RawBeacon : IDisposable
{
    private readonly UdpClient _udp = new();
    private readonly Timer _beacon;

    public RawBeacon() => _beacon = new Timer(_ => _udp.Send([1, 2, 3], 3, "255.255.255.255", 7777), null, 1000, 1000); //! LCA2001

    public void Dispose()
    {
        _beacon.Dispose();
        _udp.Dispose();
    }
}
