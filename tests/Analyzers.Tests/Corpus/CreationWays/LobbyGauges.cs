// A game lobby: how many players are connected, and the paths on which the number stays up.
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Ways.Lobby;

public readonly record struct PlayerId(Guid Value)
{
    public static PlayerId New() => new(Guid.NewGuid());
}

public sealed class Lobby
{
    private readonly ConcurrentDictionary<PlayerId, TcpClient> _players = new();
    private readonly SemaphoreSlim _seats = new(initialCount: 64, maxCount: 64);
    private int _connected;

    public int Connected => Volatile.Read(ref _connected);

    public async Task PlayAsync(TcpClient player, CancellationToken stop)
    {
        Interlocked.Increment(ref _connected); //! LCA1007
        using (player)
        {
            await player.GetStream().CopyToAsync(Stream.Null, stop);
        }

        Interlocked.Decrement(ref _connected);
    }

    public async Task PlayCountedAsync(TcpClient player, CancellationToken stop)
    {
        Interlocked.Increment(ref _connected);
        try
        {
            using (player)
            {
                await player.GetStream().CopyToAsync(Stream.Null, stop);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _connected);
        }
    }

    public async Task ListAsync(TcpClient player, CancellationToken stop)
    {
        var id = PlayerId.New();
        if (!_players.TryAdd(id, player)) return; //! LCA1007
        var name = new byte[16];
        if (await player.GetStream().ReadAsync(name, stop) is 0)
        {
            player.Close();
            return;
        }

        try
        {
            await player.GetStream().CopyToAsync(Stream.Null, stop);
        }
        finally
        {
            _players.TryRemove(id, out _);
            player.Close();
        }
    }

    public async Task ListAndUnlistAsync(TcpClient player, CancellationToken stop)
    {
        var id = PlayerId.New();
        if (!_players.TryAdd(id, player)) return;
        using var listed = new Unlister(this, id);
        var name = new byte[16];
        if (await player.GetStream().ReadAsync(name, stop) is not 0)
            await player.GetStream().CopyToAsync(Stream.Null, stop);
    }

    public async Task<bool> SeatAsync(TcpClient player, CancellationToken stop)
    {
        await _seats.WaitAsync(stop); //! LCA1007
        var hello = new byte[1];
        var read = await player.GetStream().ReadAsync(hello, stop);
        if (read == 0) return false;
        try { await player.GetStream().CopyToAsync(Stream.Null, stop); }
        finally { _seats.Release(); }
        return true;
    }

    public async Task<bool> SeatSafelyAsync(TcpClient player, CancellationToken stop)
    {
        await _seats.WaitAsync(stop);
        try
        {
            var hello = new byte[1];
            var read = await player.GetStream().ReadAsync(hello, stop);
            if (read is > 0 and < 2)
                await player.GetStream().CopyToAsync(Stream.Null, stop);
            return read > 0;
        }
        finally
        {
            _seats.Release();
        }
    }

    private readonly struct Unlister(Lobby lobby, PlayerId id) : IDisposable
    {
        public void Dispose()
        {
            if (lobby._players.TryRemove(id, out var player)) player.Close();
        }
    }
}

public sealed class MatchServer
{
    private long _matches;

    /// <summary>Total since the start: it never goes down and need not.</summary>
    public long Served { get; private set; }

    public void Host(Socket player)
    {
        Served++;
        _matches++; //! LCA1007
        var buffer = new byte[1024];
        while (player.Receive(buffer) is > 0 and int read)
        {
            if (buffer[..read] is [0x7F, ..])
            {
                player.Close();
                return;
            }
        }

        player.Close();
        _matches--;
    }

    public void HostSafely(Socket player)
    {
        Served++;
        _matches++;
        try
        {
            var buffer = new byte[1024];
            while (player.Receive(buffer) is > 0 and int read && buffer[..read] is not [0x7F, ..]) { }
        }
        finally
        {
            try { player.Close(); }
            finally { _matches--; }
        }
    }

    public override string ToString() => $"{_matches} running, {Served} served";
}

public sealed class RoomGauge<TRoom> where TRoom : notnull
{
    private readonly Dictionary<TRoom, int> _open = [];
    private readonly Lock _sync = new();
    private int _all;

    private void Enter(TRoom room)
    {
        lock (_sync)
        {
            _open[room] = _open.GetValueOrDefault(room) + 1;
            _all++; //! LCA1007
        }
    }

    private void Leave(TRoom room)
    {
        lock (_sync)
        {
            _open[room]--;
            _all--;
        }
    }

    public async ValueTask ServeAsync(TRoom room, NetworkStream stream, Func<Stream, Task> play)
    {
        Enter(room);
        await play(stream).ConfigureAwait(false);
        Leave(room);
    }

    public int All => _all;
}

public sealed class SafeRoomGauge<TRoom> where TRoom : notnull
{
    private int _all;

    private int Enter() => ++_all;

    private int Leave() => --_all;

    public async ValueTask ServeAsync(TRoom room, NetworkStream stream, Func<TRoom, Stream, Task> play)
    {
        _ = Enter();
        try { await play(room, stream).ConfigureAwait(false); }
        finally { _ = Leave(); }
    }
}
