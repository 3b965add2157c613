// A game lobby: players come over web sockets and raw TCP, seats are counted, sessions are tracked.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fresh.Creation.LobbyServer;

public sealed record Player(Guid Id, string Name);

public sealed class SeatCounter(int seats)
{
    private readonly SemaphoreSlim _seats = new(seats);
    private readonly SemaphoreSlim _fairSeats = new(seats);

    /// <summary>A player whose greeting fails keeps the seat for ever.</summary>
    public async Task<bool> SitAsync(TcpClient player, CancellationToken ct)
    {
        using var owned = player;
        if (!await _seats.WaitAsync(TimeSpan.FromSeconds(2), ct)) return false; //! LCA1007
        var stream = player.GetStream();
        await stream.WriteAsync("HELLO\n"u8.ToArray(), ct);
        var answer = new byte[16];
        if (await stream.ReadAsync(answer, ct) == 0) return false;
        await PlayAsync(stream, ct);
        _seats.Release();
        return true;
    }

    // ok LCA1007: released wherever it was taken
    public async Task<bool> SitFairlyAsync(TcpClient player, CancellationToken ct)
    {
        using var owned = player;
        if (!await _fairSeats.WaitAsync(TimeSpan.FromSeconds(2), ct)) return false;
        try
        {
            var stream = player.GetStream();
            await stream.WriteAsync("HELLO\n"u8.ToArray(), ct);
            var answer = new byte[16];
            if (await stream.ReadAsync(answer, ct) == 0) return false;
            await PlayAsync(stream, ct);
            return true;
        }
        finally
        {
            _fairSeats.Release();
        }
    }

    private static async Task PlayAsync(NetworkStream stream, CancellationToken ct)
    {
        var move = new byte[4];
        while (await stream.ReadAtLeastAsync(move, 4, throwOnEndOfStream: false, ct) == 4)
            await stream.WriteAsync(move, ct);
    }
}

public sealed class Lobby(ILogger<Lobby> log)
{
    private readonly ConcurrentDictionary<Guid, WebSocket> _present = new();
    private readonly ConcurrentDictionary<Guid, WebSocket> _watched = new();

    public int Present => _present.Count + _watched.Count;

    public void Map(WebApplication app)
    {
        app.Map("/lobby", async (HttpContext http) =>
        {
            if (!http.WebSockets.IsWebSocketRequest) return Results.BadRequest();
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            await HostAsync(new Player(Guid.NewGuid(), http.Request.Query["name"].ToString()), socket, http.RequestAborted);
            return Results.Empty;
        });
        app.Map("/watch", async (HttpContext http) =>
        {
            if (!http.WebSockets.IsWebSocketRequest) return Results.BadRequest();
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            await WatchAsync(Guid.NewGuid(), socket, http.RequestAborted);
            return Results.Empty;
        });
    }

    private async Task HostAsync(Player player, WebSocket socket, CancellationToken ct)
    {
        if (!_present.TryAdd(player.Id, socket)) return; //! LCA1007
        log.LogInformation("{Name} came", player.Name);
        await DrainAsync(socket, ct);
        _present.TryRemove(player.Id, out _);
    }

    // ok LCA1007: removed in the finally
    private async Task WatchAsync(Guid id, WebSocket socket, CancellationToken ct)
    {
        _watched[id] = socket;
        try
        {
            await DrainAsync(socket, ct);
        }
        finally
        {
            _watched.TryRemove(id, out _);
        }
    }

    private static async Task DrainAsync(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[1024];
        while (socket.State == WebSocketState.Open)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), ct);
            if (got.MessageType == WebSocketMessageType.Close) return;
        }
    }
}

public sealed class VoiceDoor(TcpListener listener, ILogger<VoiceDoor> log) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task? _loop;

    // The listener's failure is nobody's: the field is never read.
    public void OpenQuickly()
    {
        Task.Run(() => AcceptAsync(_stop.Token)); //! LCA1004
    }

    public void Open() => _loop = AcceptAsync(_stop.Token);

    public async Task CloseAsync()
    {
        _stop.Cancel();
        if (_loop is { } loop)
        {
            try
            {
                await loop;
            }
            catch (OperationCanceledException)
            {
                log.LogDebug("closed");
            }
        }
    }

    private async Task AcceptAsync(CancellationToken ct)
    {
        listener.Start();
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _ = GreetAsync(client, ct); //! LCA1004
            _ = GreetSafelyAsync(client, ct);
        }
    }

    private static async Task GreetAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
            await client.GetStream().WriteAsync("VOICE/1\n"u8.ToArray(), ct);
    }

    // ok LCA1004: nothing comes out of it
    private async Task GreetSafelyAsync(TcpClient client, CancellationToken ct)
    {
        try
        {
            using (client)
                await client.GetStream().WriteAsync("VOICE/1\n"u8.ToArray(), ct);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "greeting failed");
        }
    }

    public async Task<string?> ProbeAsync(TcpClient client)
    {
        var buffer = new byte[8];
        var read = client.GetStream().ReadAsync(buffer, 0, 8);
        if (await Task.WhenAny(read, Task.Delay(500)) != read) return null; //! LCA1004
        return System.Text.Encoding.ASCII.GetString(buffer, 0, await read);
    }

    public async Task<string?> ProbeOrCloseAsync(TcpClient client)
    {
        var buffer = new byte[8];
        var read = client.GetStream().ReadAsync(buffer, 0, 8);
        if (await Task.WhenAny(read, Task.Delay(500)) != read)
        {
            client.Dispose();
            _ = read.ContinueWith(t => log.LogDebug(t.Exception, "late"), TaskScheduler.Default);
            return null;
        }

        return System.Text.Encoding.ASCII.GetString(buffer, 0, await read);
    }

    public void Dispose() => _stop.Dispose();
}
