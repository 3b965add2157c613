// A game lobby counts who is connected; the number decides whether the next player gets in.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Creation.LobbyCounts;

public sealed record Seat(int Number);

public sealed class Lobby
{
    public static Lobby Instance { get; } = new();

    private int _players;
    private int _matches;
    private readonly ConcurrentDictionary<int, TcpClient> _seats = new();

    public int Players => _players;

    public async Task PlayAsync(TcpClient player, CancellationToken ct)
    {
        _players++; //! LCA1007
        using (player)
        {
            await LoopAsync(player.GetStream(), ct);
        }
        _players--;
    }

    // ok LCA1007: down in finally, whatever the loop throws
    public async Task PlayCountedAsync(TcpClient player, CancellationToken ct)
    {
        Interlocked.Increment(ref _players);
        try
        {
            using (player) await LoopAsync(player.GetStream(), ct);
        }
        finally
        {
            Interlocked.Decrement(ref _players);
        }
    }

    // A full lobby leaves by an early return, and the seat stays taken.
    public async Task<bool> SitAsync(Seat seat, TcpClient player, CancellationToken ct)
    {
        if (!_seats.TryAdd(seat.Number, player)) return false; //! LCA1007
        if (_players >= 64)
        {
            player.Close();
            return false;
        }

        try
        {
            await LoopAsync(player.GetStream(), ct);
            return true;
        }
        finally
        {
            _seats.TryRemove(seat.Number, out _);
            player.Close();
        }
    }

    // ok LCA1007: the refusal comes before the seat is taken
    public async Task<bool> SitOrRefuseAsync(Seat seat, TcpClient player, CancellationToken ct)
    {
        if (_players >= 64 || !_seats.TryAdd(seat.Number, player))
        {
            player.Close();
            return false;
        }

        try
        {
            await LoopAsync(player.GetStream(), ct);
        }
        finally
        {
            _seats.TryRemove(seat.Number, out _);
            player.Close();
        }

        return true;
    }

    private static async Task LoopAsync(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[256];
        while (await stream.ReadAsync(buffer, ct) is var n and > 0)
            await stream.WriteAsync(buffer.AsMemory(0, n), ct);
    }

    // ok LCA1007: a tally that only rises is a statistic
    public void MatchFound() => Interlocked.Increment(ref _matches);

    public int Matches => _matches;
}

public sealed class SpectatorGate(ILogger<SpectatorGate> log)
{
    private readonly SemaphoreSlim _slots = new(100);

    public async Task WatchAsync(WebSocket socket, Func<WebSocket, CancellationToken, Task> stream, CancellationToken ct)
    {
        await _slots.WaitAsync(ct); //! LCA1007
        log.LogInformation("spectator in");
        await stream(socket, ct);
        _slots.Release();
    }

    // ok LCA1007: the wait outside, the rest inside the try
    public async Task WatchReleasedAsync(WebSocket socket, Func<WebSocket, CancellationToken, Task> stream, CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            log.LogInformation("spectator in");
            await stream(socket, ct);
        }
        finally
        {
            _slots.Release();
        }
    }

    // ok LCA1007: no slot was taken when the wait timed out
    public async Task<bool> TryWatchAsync(WebSocket socket, Func<WebSocket, CancellationToken, Task> stream, CancellationToken ct)
    {
        if (!await _slots.WaitAsync(TimeSpan.FromSeconds(1), ct)) return false;
        try
        {
            await stream(socket, ct);
            return true;
        }
        finally
        {
            _slots.Release();
        }
    }
}

public sealed class CountedPeer : IDisposable
{
    private static int s_live;
    private readonly Socket _socket;

    public CountedPeer(Socket socket)
    {
        _socket = socket;
        Interlocked.Increment(ref s_live); //! LCA1007
    }

    public static int Live => Volatile.Read(ref s_live);

    public void Dispose()
    {
        _socket.Shutdown(SocketShutdown.Both);
        _socket.Dispose();
        Interlocked.Decrement(ref s_live);
    }
}

public sealed class TrackedPeer : IDisposable
{
    private static int s_live;
    private readonly Socket _socket;

    // ok LCA1007: Dispose gives it back whatever closing throws
    public TrackedPeer(Socket socket)
    {
        _socket = socket;
        Interlocked.Increment(ref s_live);
    }

    public static int Live => Volatile.Read(ref s_live);

    public void Dispose()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        finally
        {
            _socket.Dispose();
            Interlocked.Decrement(ref s_live);
        }
    }
}

public sealed class Matchmaker(ILogger log)
{
    private int _open;
    private readonly HashSet<string> _names = [];

    // Raised in a helper, and the caller's exception never reaches the way down.
    public async Task JoinAsync(TcpClient client, string name, CancellationToken ct)
    {
        Enter(name);
        var greeting = System.Text.Encoding.UTF8.GetBytes($"welcome {name}\n");
        await client.GetStream().WriteAsync(greeting, ct);
        await client.GetStream().CopyToAsync(Stream.Null, ct);
        Leave(name);
        client.Dispose();
    }

    private void Enter(string name)
    {
        Interlocked.Increment(ref _open); //! LCA1007
        log.LogInformation("{Name} joined", name);
    }

    private void Leave(string name)
    {
        Interlocked.Decrement(ref _open);
        log.LogInformation("{Name} left", name);
    }

    // ok LCA1007: names are counted, no connections
    public void Reserve(string name)
    {
        lock (_names) _names.Add(name);
    }

    public void Release(string name)
    {
        lock (_names) _names.Remove(name);
    }
}
