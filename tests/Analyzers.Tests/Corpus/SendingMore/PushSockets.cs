// Server pushes over System.Net.WebSockets: one send at a time is all that a web socket allows.
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.PushSockets;

/// <summary>A ping timer that does not care whether the last ping has left.</summary>
public sealed class PingingClient : IDisposable
{
    private static readonly byte[] Ping = "ping"u8.ToArray();
    private readonly ClientWebSocket _socket;
    private readonly Timer _timer;

    public PingingClient(ClientWebSocket socket, ILogger log)
    {
        _socket = socket;
        _timer = new Timer(async _ =>
        {
            try
            {
                await _socket.SendAsync(Ping, WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004
            }
            catch (Exception ex) when (ex is WebSocketException or InvalidOperationException)
            {
                log.LogDebug(ex, "ping not sent");
            }
        }, null, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>The same, with a gate that every sender takes.</summary>
public sealed class GatedPingingClient : IDisposable
{
    private static readonly byte[] Ping = "ping"u8.ToArray();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ClientWebSocket _socket;
    private readonly Timer _timer;

    // ok LCA2004: the timer's send holds the gate
    public GatedPingingClient(ClientWebSocket socket)
    {
        _socket = socket;
        _timer = new Timer(async _ =>
        {
            await _gate.WaitAsync();
            try
            {
                if (_socket.State == WebSocketState.Open)
                    await _socket.SendAsync(Ping, WebSocketMessageType.Text, true, CancellationToken.None);
            }
            finally
            {
                _gate.Release();
            }
        }, null, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    // ok LCA2004: so does the other sender
    public async Task SayAsync(string text, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed record Tick(string Symbol, decimal Price);

public sealed class TickSource
{
    public event EventHandler<Tick>? Ticked;
    public event EventHandler? SessionEnded;

    public void Publish(Tick tick) => Ticked?.Invoke(this, tick);
    public void End() => SessionEnded?.Invoke(this, EventArgs.Empty);
}

/// <summary>Forwards each tick and does not wait.</summary>
public sealed class TickForwarder
{
    private readonly WebSocket _ws;

    public TickForwarder(WebSocket ws, TickSource source)
    {
        _ws = ws;
        source.Ticked += OnTicked;
    }

    private void OnTicked(object? sender, Tick tick)
    {
        if (_ws.State != WebSocketState.Open) return;
        _ = _ws.SendAsync(JsonSerializer.SerializeToUtf8Bytes(tick), WebSocketMessageType.Text, true, default); //! LCA2004 //? LCA1004
    }
}

/// <summary>Forwards each tick in an async void handler: the next tick comes while the last one is on its way.</summary>
public sealed class AsyncVoidForwarder(WebSocket ws, ILogger<AsyncVoidForwarder> log)
{
    public void Attach(TickSource source) => source.Ticked += ForwardAsync;

    private async void ForwardAsync(object? sender, Tick tick)
    {
        try
        {
            await ws.SendAsync(JsonSerializer.SerializeToUtf8Bytes(tick), WebSocketMessageType.Text, true, default).ConfigureAwait(false); //! LCA2004
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "tick {Symbol} lost", tick.Symbol);
        }
    }
}

/// <summary>The handler only queues; one loop sends.</summary>
public sealed class QueueingForwarder
{
    private readonly Channel<Tick> _ticks = Channel.CreateBounded<Tick>(new BoundedChannelOptions(512) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
    private readonly WebSocket _ws;

    public QueueingForwarder(WebSocket ws, TickSource source)
    {
        _ws = ws;
        source.Ticked += (_, tick) => _ticks.Writer.TryWrite(tick);
        source.SessionEnded += (_, _) => _ticks.Writer.TryComplete();
    }

    // ok LCA2004: the channel's one reader sends
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var tick in _ticks.Reader.ReadAllAsync(ct))
        {
            await _ws.SendAsync(JsonSerializer.SerializeToUtf8Bytes(tick), WebSocketMessageType.Text, true, ct);
        }
    }
}

/// <summary>Two frames of one greeting, started together.</summary>
public sealed class Greeter(WebSocket ws)
{
    public Task GreetAsync(string name, string motd, CancellationToken ct) =>
        Task.WhenAll(
            ws.SendAsync(Encoding.UTF8.GetBytes($"hello {name}"), WebSocketMessageType.Text, true, ct),
            ws.SendAsync(Encoding.UTF8.GetBytes(motd), WebSocketMessageType.Text, true, ct)); //! LCA2004

    public async Task GreetInLocalsAsync(string name, string motd, CancellationToken ct)
    {
        var hello = ws.SendAsync(Encoding.UTF8.GetBytes($"hello {name}"), WebSocketMessageType.Text, true, ct);
        var news = ws.SendAsync(Encoding.UTF8.GetBytes(motd), WebSocketMessageType.Text, true, ct); //! LCA2004
        await Task.WhenAll(hello, news);
    }

    // ok LCA2004: one after the other
    public async Task GreetInOrderAsync(string name, string motd, CancellationToken ct)
    {
        await ws.SendAsync(Encoding.UTF8.GetBytes($"hello {name}"), WebSocketMessageType.Text, true, ct);
        await ws.SendAsync(Encoding.UTF8.GetBytes(motd), WebSocketMessageType.Text, true, ct);
    }

    public async Task ReplayAsync(IReadOnlyList<byte[]> backlog, CancellationToken ct)
    {
        await Task.WhenAll(backlog.Select(line => ws.SendAsync(line, WebSocketMessageType.Binary, true, ct))); //! LCA2004
    }

    // ok LCA2004: the backlog goes out line by line
    public async Task ReplayInOrderAsync(IReadOnlyList<byte[]> backlog, CancellationToken ct)
    {
        foreach (var line in backlog)
            await ws.SendAsync(line, WebSocketMessageType.Binary, true, ct);
    }

    // ok LCA2004: one send and one receive may be outstanding together
    public async Task<int> AskAsync(byte[] question, byte[] answer, CancellationToken ct)
    {
        var receiving = ws.ReceiveAsync(new ArraySegment<byte>(answer), ct);
        var sending = ws.SendAsync(new ArraySegment<byte>(question), WebSocketMessageType.Binary, true, ct);
        await Task.WhenAll(sending, receiving);
        return (await receiving).Count;
    }
}

public sealed class Room
{
    private readonly List<WebSocket> _members = [];

    // ok LCA2004: each task sends on a socket of its own
    public Task BroadcastAsync(byte[] line, CancellationToken ct)
    {
        WebSocket[] members;
        lock (_members) members = _members.Where(m => m.State == WebSocketState.Open).ToArray();
        return Task.WhenAll(members.Select(m => m.SendAsync(line, WebSocketMessageType.Text, true, ct))); //? LCA2002
    }

    // ok LCA2004: two sockets, one send each
    public static Task MirrorAsync(WebSocket left, WebSocket right, ReadOnlyMemory<byte> line, CancellationToken ct) =>
        Task.WhenAll(
            left.SendAsync(line, WebSocketMessageType.Text, true, ct).AsTask(),
            right.SendAsync(line, WebSocketMessageType.Text, true, ct).AsTask());

    public void Join(WebSocket member)
    {
        lock (_members) _members.Add(member);
    }
}

/// <summary>Large snapshots in frames; the gate is given up between two frames of one message.</summary>
public sealed class SnapshotPusher
{
    private const int FrameSize = 16 * 1024;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly WebSocket _ws;
    private readonly ILogger _log;

    public SnapshotPusher(WebSocket ws, TickSource source, ILogger log)
    {
        (_ws, _log) = (ws, log);
        source.Ticked += async (_, tick) => await PushAsync(JsonSerializer.SerializeToUtf8Bytes(tick));
        source.SessionEnded += async (_, _) => await PushWholeAsync("end"u8.ToArray());
    }

    private async Task PushAsync(byte[] snapshot)
    {
        try
        {
            for (var at = 0; at < snapshot.Length; at += FrameSize)
            {
                var frame = snapshot.AsMemory(at, Math.Min(FrameSize, snapshot.Length - at));
                await _gate.WaitAsync();
                try
                {
                    await _ws.SendAsync(frame, WebSocketMessageType.Binary, at + FrameSize >= snapshot.Length, CancellationToken.None); //! LCA2004
                }
                finally
                {
                    _gate.Release();
                }
            }
        }
        catch (Exception ex) when (ex is WebSocketException or InvalidOperationException)
        {
            _log.LogInformation(ex, "snapshot cut short");
        }
    }

    // ok LCA2004: the gate is held from the first frame to the last
    private async Task PushWholeAsync(byte[] snapshot)
    {
        await _gate.WaitAsync();
        try
        {
            for (var at = 0; at < snapshot.Length; at += FrameSize)
            {
                var frame = snapshot.AsMemory(at, Math.Min(FrameSize, snapshot.Length - at));
                await _ws.SendAsync(frame, WebSocketMessageType.Binary, at + FrameSize >= snapshot.Length, CancellationToken.None);
            }
        }
        catch (Exception ex) when (ex is WebSocketException or InvalidOperationException)
        {
            _log.LogInformation(ex, "snapshot cut short");
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>The method takes the gate, the timer forgot it.</summary>
public sealed class HalfGatedSession : IAsyncDisposable
{
    private readonly SemaphoreSlim _sendGate = new(1);
    private readonly WebSocket _peer;
    private readonly System.Timers.Timer _keepAlive = new(TimeSpan.FromSeconds(20));

    public HalfGatedSession(WebSocket peer)
    {
        _peer = peer;
        _keepAlive.Elapsed += OnKeepAlive;
        _keepAlive.Start();
    }

    // ok LCA2001: an early return on the state
    private async void OnKeepAlive(object? sender, System.Timers.ElapsedEventArgs e)
    {
        if (_peer is not { State: WebSocketState.Open })
        {
            _keepAlive.Stop();
            return;
        }

        await _peer.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Binary, true, CancellationToken.None); //! LCA2004
    }

    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        await _sendGate.WaitAsync(ct);
        try
        {
            await _peer.SendAsync(message, WebSocketMessageType.Binary, true, ct); //? LCA2004
        }
        finally
        {
            _sendGate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _keepAlive.Dispose();
        await _peer.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
}
