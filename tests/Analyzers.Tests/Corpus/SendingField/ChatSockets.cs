// WebSockets in ASP.NET Core: rooms, broadcasts, presence.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Field.Sending.ChatSockets;

public sealed class Member(string name, WebSocket socket)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public string Name { get; } = name;

    public WebSocket Socket { get; } = socket;

    // ok LCA2004: one send at a time
    public async Task SendAsync(string text, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (Socket.State != WebSocketState.Open) return;
            await Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, stop);
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class Room
{
    private readonly ConcurrentDictionary<string, WebSocket> _sockets = new();

    public event Action<string>? Left;

    public async Task JoinAsync(HttpContext context, string name)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        _sockets[name] = socket;
        var buffer = new byte[4096];
        try
        {
            // ok LCA2002: the receive worked on this very connection
            while (socket.State == WebSocketState.Open)
            {
                var result = await socket.ReceiveAsync(buffer, context.RequestAborted);
                if (result.MessageType == WebSocketMessageType.Close) break;
                await socket.SendAsync(buffer.AsMemory(0, result.Count), WebSocketMessageType.Text, true, context.RequestAborted);
            }
        }
        finally
        {
            _sockets.TryRemove(name, out _);
            Left?.Invoke(name);
        }
    }

    // From every member's own request at once.
    public async Task BroadcastAsync(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var socket in _sockets.Values)
        {
            try
            {
                await socket.SendAsync(bytes, WebSocketMessageType.Text, true, default); // ok LCA3001: enumerated, not looked up
            }
            catch //! LCA2005
            {
            }
        }
    }
}

public sealed class Presence : IDisposable
{
    private readonly WebSocket _socket;
    private readonly System.Timers.Timer _timer = new(10_000);
    private int _sequence;

    public Presence(WebSocket socket)
    {
        _socket = socket;
        _timer.Elapsed += async (_, _) =>
        {
            if (_socket.State != WebSocketState.Open) return;
            await _socket.SendAsync(BitConverter.GetBytes(++_sequence), WebSocketMessageType.Binary, true, CancellationToken.None); //! LCA2004
        };
        _timer.Start();
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class GatedPresence : IDisposable
{
    private readonly WebSocket _socket;
    private readonly SemaphoreSlim _one = new(1);
    private readonly System.Timers.Timer _timer = new(10_000);

    // ok LCA2001 LCA2004: gate, check and catch
    public GatedPresence(WebSocket socket, ILogger log)
    {
        _socket = socket;
        _timer.Elapsed += async (_, _) =>
        {
            await _one.WaitAsync();
            try
            {
                if (_socket.State == WebSocketState.Open)
                    await _socket.SendAsync(new byte[1], WebSocketMessageType.Binary, true, CancellationToken.None);
            }
            catch (WebSocketException ex)
            {
                log.LogDebug(ex, "presence");
            }
            finally
            {
                _one.Release();
            }
        };
        _timer.Start();
    }

    public void Dispose() => _timer.Dispose();
}

// Sends leave through a channel; one loop writes.
public sealed class Outbox
{
    private readonly Channel<byte[]> _queue = Channel.CreateBounded<byte[]>(100);

    public Outbox(Room room) => room.Left += name => _queue.Writer.TryWrite(Encoding.UTF8.GetBytes(name));

    // ok LCA2004: the only writer
    public async Task PumpAsync(WebSocket socket, CancellationToken stop)
    {
        await foreach (var item in _queue.Reader.ReadAllAsync(stop))
        {
            if (socket.State != WebSocketState.Open) return;
            await socket.SendAsync(item, WebSocketMessageType.Text, true, stop);
        }
    }
}

public sealed class Frames(WebSocket socket)
{
    // Two frames of a message, and nothing around them; both callers come from their own events.
    public void Wire(Room room, IObservable<byte[]> images)
    {
        room.Left += async name =>
        {
            if (socket.State != WebSocketState.Open) return;
            await socket.SendAsync(Encoding.UTF8.GetBytes(name), WebSocketMessageType.Text, true, default); //! LCA2004
        };
        images.Subscribe(new ImageSender(socket));
    }

    public Task BothAsync(byte[] left, byte[] right, CancellationToken stop) => Task.WhenAll(
        socket.SendAsync(left, WebSocketMessageType.Binary, true, stop),
        socket.SendAsync(right, WebSocketMessageType.Binary, true, stop)); //! LCA2004

    // ok LCA2004: one after the other
    public async Task InTurnAsync(byte[] left, byte[] right, CancellationToken stop)
    {
        await socket.SendAsync(left, WebSocketMessageType.Binary, false, stop);
        await socket.SendAsync(right, WebSocketMessageType.Binary, true, stop);
    }

    private sealed class ImageSender(WebSocket socket) : IObserver<byte[]>
    {
        public void OnNext(byte[] value) => socket.SendAsync(value, WebSocketMessageType.Binary, true, default).Wait(); //! LCA2001

        public void OnError(Exception error) { }

        public void OnCompleted() { }
    }
}

public static class Endpoints
{
    public static void MapEcho(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }
        using var ws = await context.WebSockets.AcceptWebSocketAsync();
        // ok LCA2001: created inside the callback itself
        await ws.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, context.RequestAborted);
        await context.Response.CompleteAsync();
    });

    public static async Task GreetAsync(WebSocket ws, Func<string, Task<string>> translate, CancellationToken stop)
    {
        if (ws.State is not WebSocketState.Open) return;
        var text = await translate("welcome");
        await ws.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, stop); //! LCA2002
    }
}
