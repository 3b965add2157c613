// A chat service over ASP.NET Core web sockets: rooms raise events, members send what they hear.
using System;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SendingWorks.ChatService;

public sealed record ChatLine(string Author, string Text, DateTimeOffset At);

public sealed class Room
{
    public event EventHandler<ChatLine>? Posted;

    public void Raise(ChatLine line) => Posted?.Invoke(this, line);
}

public sealed class RoomMember
{
    private readonly WebSocket _socket;
    private readonly string _name;

    public RoomMember(WebSocket socket, string name, Room room)
    {
        _socket = socket;
        _name = name;
        room.Posted += OnPosted;
    }

    private async void OnPosted(object? sender, ChatLine line)
    {
        if (line.Author == _name) return;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line);
        await _socket.SendAsync(bytes, WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2001 LCA2004
    }
}

public sealed class GatedRoomMember
{
    private readonly WebSocket _socket;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1, 1);

    public GatedRoomMember(WebSocket socket, Room room, ILogger log)
    {
        (_socket, _log) = (socket, log);
        room.Posted += OnPosted;
    }

    // ok LCA2001 LCA2002 LCA2004: the state is read under the gate, and what the send throws is caught
    private async void OnPosted(object? sender, ChatLine line)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line);
        await _gate.WaitAsync();
        try
        {
            if (_socket.State != WebSocketState.Open) return;
            await _socket.SendAsync(bytes, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        catch (WebSocketException ex)
        {
            _log.LogDebug(ex, "member gone");
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA2004: the same gate
    public async Task WhisperAsync(string text, CancellationToken ct)
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
}

public sealed class Notifier(WebSocket socket)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task NotifyAsync(ChatLine line, CancellationToken ct)
    {
        if (socket.State != WebSocketState.Open) return;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line);
        await _gate.WaitAsync(ct);
        try
        {
            await socket.SendAsync(bytes, WebSocketMessageType.Text, true, ct); //! LCA2002
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA2002: asked after the wait
    public async Task NotifyCheckedAsync(ChatLine line, CancellationToken ct)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line);
        await _gate.WaitAsync(ct);
        try
        {
            if (socket is { State: WebSocketState.Open })
                await socket.SendAsync(bytes, WebSocketMessageType.Text, true, ct);
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class OutboxMember(WebSocket socket, Room room)
{
    private readonly Channel<ChatLine> _outbox = Channel.CreateBounded<ChatLine>(256);

    // ok LCA2001: only queues; the pump below sends
    public void Join() => room.Posted += (_, line) => _outbox.Writer.TryWrite(line);

    public async Task PumpAsync(CancellationToken ct)
    {
        while (socket.State == WebSocketState.Open)
        {
            var line = await _outbox.Reader.ReadAsync(ct);
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(line), WebSocketMessageType.Text, true, ct); //! LCA2002
        }
    }

    // ok LCA2002: the check follows the wait for the next line
    public async Task PumpCheckedAsync(CancellationToken ct)
    {
        await foreach (var line in _outbox.Reader.ReadAllAsync(ct))
        {
            if (socket.State != WebSocketState.Open) break;
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(line), WebSocketMessageType.Text, true, ct);
        }
    }

    // ok LCA2002: the loop asks again after each delay
    public async Task KeepAwakeAsync(CancellationToken ct)
    {
        while (socket.State == WebSocketState.Open)
        {
            await socket.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Text, true, ct);
            await Task.Delay(TimeSpan.FromSeconds(20), ct);
        }
    }
}

public static class ChatEndpoints
{
    private static readonly byte[] Goodbye = "{\"type\":\"goodbye\"}"u8.ToArray();

    public static void MapChat(this IEndpointRouteBuilder routes, IHostApplicationLifetime lifetime)
    {
        routes.Map("/echo", async (HttpContext http) =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            await EchoAsync(socket, http.RequestAborted);
        });
        routes.Map("/wall", async (HttpContext http) =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            using var stop = lifetime.ApplicationStopping.Register(() => SayGoodbye(socket)); //! LCA2001
            await DrainAsync(socket, http.RequestAborted);
        });
        routes.Map("/quietwall", async (HttpContext http) =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            // ok LCA2001: asks the socket
            using var stop = lifetime.ApplicationStopping.Register(() =>
            {
                if (socket.State == WebSocketState.Open) SayGoodbye(socket);
            });
            await DrainAsync(socket, http.RequestAborted);
        });
    }

    private static void SayGoodbye(WebSocket socket) =>
        socket.SendAsync(Goodbye, WebSocketMessageType.Text, true, CancellationToken.None).GetAwaiter().GetResult();

    // ok LCA2002: a receive that worked proves the socket open
    private static async Task EchoAsync(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[4096];
        while (socket.State == WebSocketState.Open)
        {
            var received = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), ct);
            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(new ArraySegment<byte>(buffer, 0, received.Count), received.MessageType, received.EndOfMessage, ct);
        }
    }

    private static async Task DrainAsync(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[512];
        while (socket.State == WebSocketState.Open)
            await socket.ReceiveAsync(new ArraySegment<byte>(buffer), ct);
    }
}
