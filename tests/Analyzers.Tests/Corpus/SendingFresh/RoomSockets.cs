// Chat rooms over ASP.NET Core's web sockets.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Fresh.Sending.RoomSockets;

public sealed record Line(string From, string Text);

/// <summary>Two readers' loops call Say at the same time; nothing keeps their sends apart.</summary>
public sealed class Room
{
    private readonly ConcurrentDictionary<Guid, WebSocket> _members = new();

    public void Enter(Guid id, WebSocket socket) => _members[id] = socket;

    public void Leave(Guid id) => _members.TryRemove(id, out _);

    public async Task SayAsync(Line line, CancellationToken ct)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line);
        foreach (var socket in _members.Values)
        {
            if (socket.State != WebSocketState.Open) continue;
            await socket.SendAsync(bytes, WebSocketMessageType.Text, true, ct); //? LCA2004 LCA2002 LCA3001
        }
    }
}

public sealed class Member(WebSocket socket) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task TellAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (socket.State == WebSocketState.Open)
                await socket.SendAsync(text, WebSocketMessageType.Text, true, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}

public sealed class Whisperer(WebSocket socket, ILogger log) : IDisposable
{
    private readonly Timer _ping = null!;
    private readonly SemaphoreSlim _turn = new(1, 1);

    public Whisperer(WebSocket socket, ILogger log, TimeSpan every) : this(socket, log) =>
        _ping = new Timer(OnPing, null, every, every);

    // The timer does not wait for the answer of the slow peer.
    private async void OnPing(object? state)
    {
        try
        {
            if (socket.State == WebSocketState.Open)
                await socket.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004
        }
        catch (WebSocketException e)
        {
            log.LogDebug(e, "ping failed");
        }
    }

    public Task BothAsync(byte[] header, byte[] body, CancellationToken ct)
    {
        var first = socket.SendAsync(header, WebSocketMessageType.Binary, false, ct);
        var second = socket.SendAsync(body, WebSocketMessageType.Binary, true, ct); //! LCA2004
        return Task.WhenAll(first, second);
    }

    // ok LCA2004: one after the other, under the same turn as everybody
    public async Task BothInOrderAsync(byte[] header, byte[] body, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await socket.SendAsync(header, WebSocketMessageType.Binary, false, ct);
            await socket.SendAsync(body, WebSocketMessageType.Binary, true, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _ping.Dispose();
        _turn.Dispose();
    }
}

public static class RoomEndpoints
{
    public static void MapRooms(this IEndpointRouteBuilder routes)
    {
        var room = new Room();
        routes.Map("/room", async (HttpContext http, ILogger<Room> log) =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            var id = Guid.NewGuid();
            room.Enter(id, socket);
            try
            {
                await ListenAsync(room, socket, http.RequestAborted);
            }
            finally
            {
                room.Leave(id);
                log.LogInformation("{Id} left", id);
            }
        });
        routes.Map("/echo", EchoAsync);
        routes.Map("/clock", ClockAsync);
    }

    // ok LCA2002: a receive that completed proves it
    private static async Task EchoAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[2048];
        while (socket.State == WebSocketState.Open)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), http.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, http.RequestAborted);
        }
    }

    private static async Task ClockAsync(HttpContext http, TimeProvider time)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        while (socket.State == WebSocketState.Open)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, http.RequestAborted);
            var now = System.Text.Encoding.ASCII.GetBytes(time.GetUtcNow().ToString("O"));
            await socket.SendAsync(now, WebSocketMessageType.Text, true, http.RequestAborted); //! LCA2002
        }
    }

    private static async Task ListenAsync(Room room, WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[2048];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), ct);
            if (got.MessageType == WebSocketMessageType.Close) return;
            var line = JsonSerializer.Deserialize<Line>(buffer.AsSpan(0, got.Count));
            if (line is not null) await room.SayAsync(line, ct);
        }
    }
}
