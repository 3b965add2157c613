// A game server on several stacks: NetCoreServer sessions, DotNetty handlers, websocket-sharp lobbies, and a raw TCP gateway.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using DotNetty.Transport.Channels;
using Microsoft.Extensions.Logging;
using NetCoreServer;
using WebSocketSharp;
using WebSocketSharp.Server;

namespace Silence.GameServers;

public interface IWorld
{
    event EventHandler<string>? Happened;
    event EventHandler? Ended;
    string Describe(string command);
}

/// <summary>Sends here answer with bool or a count and throw nothing.</summary>
public sealed class PlayerSession(IWorld world, ILogger log) : TcpSession
{
    // ok LCA2001: SendAsync of NetCoreServer answers with bool
    protected override void OnConnected() => SendAsync(Encoding.UTF8.GetBytes("welcome\n"));

    // ok LCA2001: the same
    protected override void OnReceived(byte[] buffer, long offset, long size)
    {
        var command = Encoding.UTF8.GetString(buffer, (int)offset, (int)size);
        if (!SendAsync(Encoding.UTF8.GetBytes(world.Describe(command)))) log.LogDebug("{Id} is gone", Id);
    }

    // ok LCA2001: nothing is sent any more
    protected override void OnDisconnected() => log.LogInformation("{Id} left", Id);
}

public sealed class WorldHandler(IWorld world, ILogger log) : ChannelHandlerAdapter
{
    private readonly ConcurrentQueue<string> _backlog = new();

    // ok LCA2001: the channel is asked
    public override void ChannelRead(IChannelHandlerContext context, object message)
    {
        var answer = world.Describe((string)message);
        if (context.Channel.Active) Observe(context.WriteAndFlushAsync(answer));
        else _backlog.Enqueue(answer);
    }

    // ok LCA2001: writable is asked for before every line
    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        while (context.Channel.IsWritable && _backlog.TryDequeue(out var line)) Observe(context.WriteAndFlushAsync(line));
    }

    // ok LCA2001: closing only
    public override void ExceptionCaught(IChannelHandlerContext context, Exception exception)
    {
        log.LogWarning(exception, "channel failed");
        Observe(context.CloseAsync());
    }

    // ok LCA1004: the continuation looks at the fault
    private void Observe(Task task) => task.ContinueWith(t => log.LogDebug(t.Exception, "write failed"), TaskContinuationOptions.OnlyOnFaulted);
}

public sealed class WorldBroadcaster : IDisposable
{
    private readonly IWorld _world;
    private readonly IChannel _channel;
    private readonly ILogger _log;

    public WorldBroadcaster(IWorld world, IChannel channel, ILogger log)
    {
        (_world, _channel, _log) = (world, channel, log);
        _world.Happened += OnHappened;
        _world.Ended += OnEnded;
    }

    // ok LCA2001: an active and writable channel
    private async void OnHappened(object? sender, string what)
    {
        if (_channel is not { Active: true, IsWritable: true }) return;
        try
        {
            await _channel.WriteAndFlushAsync(what);
        }
        catch (Exception e)
        {
            _log.LogDebug(e, "not told");
        }
    }

    // "Somebody should tell them that it is over."
    private async void OnEnded(object? sender, EventArgs e)
    {
        _log.LogInformation("world ended");
        await _channel.WriteAndFlushAsync("*** the world has ended ***"); //! LCA2001
    }

    public void Dispose()
    {
        _world.Happened -= OnHappened;
        _world.Ended -= OnEnded;
    }
}

public abstract class LobbyBase : WebSocketBehavior
{
    // ok LCA2001: the choke point of the lobby
    protected void Say(string text)
    {
        if (ConnectionState == WebSocketState.Open) Send(text);
    }
}

public sealed class LobbyService : LobbyBase
{
    private readonly List<string> _said = [];

    // ok LCA2001: through the base class
    protected override void OnMessage(MessageEventArgs e)
    {
        _said.Add(e.Data);
        Say($"{_said.Count}: {e.Data}");
    }

    // ok LCA2001: through the base class; ok LCA2001: sent to the others
    protected override void OnClose(CloseEventArgs e) => Say("bye");

    protected override void OnError(WebSocketSharp.ErrorEventArgs e)
    {
        Send($"error: {e.Message}"); //! LCA2001
    }
}

public sealed class SpectatorFeed : IDisposable
{
    private readonly WebSocket _socket;
    private readonly IWorld _world;

    // ok LCA1001: both attached before the connect
    public SpectatorFeed(string url, IWorld world, ILogger log)
    {
        _world = world;
        _socket = new WebSocket(url);
        _socket.OnError += (_, e) => log.LogWarning(e.Exception, "spectator feed");
        _socket.OnClose += (_, e) => log.LogInformation("closed: {Code}", e.Code);
        _socket.OnOpen += (_, _) => _socket.Send("subscribe"); // ok LCA2001: Open proves the state
        _world.Happened += OnHappened;
    }

    public void Start() => _socket.Connect();

    // ok LCA2001: a conditional expression decides
    private void OnHappened(object? sender, string what) => _ = _socket.ReadyState == WebSocketState.Open ? Forward(what) : 0;

    private int Forward(string what)
    {
        _socket.Send(what);
        return what.Length;
    }

    public void Dispose()
    {
        _world.Happened -= OnHappened;
        _socket.Close();
    }
}

public sealed class LateSpectatorFeed(string url, ILogger log)
{
    private WebSocket? _socket;

    public void Start()
    {
        _socket = new WebSocket(url);
        _socket.OnMessage += (_, e) => log.LogInformation("{Data}", e.Data);
        _socket.Connect(); //! LCA1001
        _socket.OnError += (_, e) => log.LogWarning(e.Exception, "spectator feed");
    }

    public void Stop()
    {
        _socket?.Close();
        _socket = null;
    }
}

/// <summary>Lobby members in memory, each with its own client; left by whoever fails.</summary>
public sealed class TcpLobby(ILogger<TcpLobby> log)
{
    private readonly ConcurrentDictionary<string, TcpClient> _members = new();

    // ok LCA1007: out again in the finally
    public async Task ServeAsync(string name, TcpClient client, CancellationToken ct)
    {
        using var owned = client;
        if (!_members.TryAdd(name, client)) return;
        try
        {
            using var reader = new StreamReader(client.GetStream(), leaveOpen: true);
            while (await reader.ReadLineAsync(ct) is { } line) log.LogDebug("{Name}: {Line}", name, line);
        }
        catch (IOException e)
        {
            log.LogDebug(e, "{Name} lost", name);
        }
        finally
        {
            _members.TryRemove(name, out _);
        }
    }

    // The gate of the tournament: whoever loses the game, or the line, stays in the table for ever.
    public async Task ServeTournamentAsync(string name, TcpClient client, Func<TcpClient, Task<bool>> play, CancellationToken ct)
    {
        using var owned = client;
        if (!_members.TryAdd(name, client)) return; //! LCA1007
        await client.GetStream().WriteAsync("go\n"u8.ToArray(), ct);
        if (await play(client)) _members.TryRemove(name, out _);
    }
}

public sealed class TickBroadcaster : IDisposable
{
    private readonly ConcurrentDictionary<int, NetworkStream> _players = new();
    private readonly Timer _timer;
    private readonly ILogger _log;
    private int _tick, _busy;

    public TickBroadcaster(ILogger log)
    {
        _log = log;
        _timer = new Timer(_ => Tick(), null, 50, 50);
    }

    public bool Join(int id, NetworkStream stream) => _players.TryAdd(id, stream);

    public void Leave(int id) => _players.TryRemove(id, out _);

    // ok LCA2001: each write in a try, and who fails is taken out
    // ok LCA2004: the busy flag lets one tick in at a time
    private void Tick()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0) return;
        try
        {
            var frame = BitConverter.GetBytes(++_tick);
            foreach (var (id, stream) in _players)
            {
                try
                {
                    stream.Write(frame);
                }
                catch (Exception e) when (e is IOException or ObjectDisposedException)
                {
                    _log.LogDebug(e, "{Id} lost", id);
                    Leave(id);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    public void Dispose() => _timer.Dispose();
}
