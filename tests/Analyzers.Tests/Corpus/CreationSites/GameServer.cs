// A game server's lobby: counts players, bounds joins, starts the loops of each session.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Unseen.Creation.GameServer;

public sealed class Lobby(ILogger<Lobby> log)
{
    private readonly ConcurrentDictionary<Guid, TcpClient> _members = new();
    private readonly SemaphoreSlim _joins = new(64);
    private int _players;
    private int _spectators;
    private int _bots;
    private long _frames;

    public int Players => Volatile.Read(ref _players);
    public int Spectators => Volatile.Read(ref _spectators);
    public int Bots => Volatile.Read(ref _bots);

    public async Task PlayAsync(TcpClient player, CancellationToken ct)
    {
        Interlocked.Increment(ref _players); //! LCA1007
        var stream = player.GetStream();
        await ReadFramesAsync(stream, ct);
        player.Close();
        Interlocked.Decrement(ref _players);
    }

    // ok LCA1007: down in the finally
    public async Task PlayCountedAsync(TcpClient player, CancellationToken ct)
    {
        Interlocked.Increment(ref _players);
        try
        {
            await ReadFramesAsync(player.GetStream(), ct);
        }
        finally
        {
            Interlocked.Decrement(ref _players);
            player.Dispose();
        }
    }

    /// <summary>The count goes down only if shutting down does not throw.</summary>
    public async Task SpectateAsync(TcpClient spectator, CancellationToken ct)
    {
        Interlocked.Increment(ref _spectators); //! LCA1007
        try
        {
            await ReadFramesAsync(spectator.GetStream(), ct);
        }
        finally
        {
            spectator.Client.Shutdown(SocketShutdown.Both);
            spectator.Close();
            Interlocked.Decrement(ref _spectators);
        }
    }

    public async Task JoinAsync(Guid id, TcpClient member, CancellationToken ct)
    {
        _members.TryAdd(id, member); //! LCA1007
        await ReadFramesAsync(member.GetStream(), ct);
        _members.TryRemove(id, out _);
    }

    // ok LCA1007: a finally removes
    public async Task JoinSafelyAsync(Guid id, TcpClient member, CancellationToken ct)
    {
        if (!_members.TryAdd(id, member)) return;
        try
        {
            await ReadFramesAsync(member.GetStream(), ct);
        }
        finally
        {
            _members.TryRemove(id, out _);
        }
    }

    /// <summary>A full lobby returns without giving the slot back.</summary>
    public async Task<bool> AdmitAsync(TcpClient player, CancellationToken ct)
    {
        await _joins.WaitAsync(ct); //! LCA1007
        if (_members.Count >= 1000)
        {
            player.Dispose();
            return false;
        }

        try
        {
            await ReadFramesAsync(player.GetStream(), ct);
        }
        finally
        {
            _joins.Release();
        }

        return true;
    }

    // ok LCA1007: whatever happens after the wait is in the try
    public async Task<bool> AdmitSafelyAsync(TcpClient player, CancellationToken ct)
    {
        await _joins.WaitAsync(ct);
        try
        {
            if (_members.Count >= 1000)
            {
                player.Dispose();
                return false;
            }

            await ReadFramesAsync(player.GetStream(), ct);
            return true;
        }
        finally
        {
            _joins.Release();
        }
    }

    private void BotArrived() => Interlocked.Increment(ref _bots); //! LCA1007

    private void BotLeft() => Interlocked.Decrement(ref _bots);

    public async Task HostBotAsync(Socket bot, CancellationToken ct)
    {
        BotArrived();
        var header = new byte[16];
        if (await bot.ReceiveAsync(header, ct) < header.Length)
        {
            bot.Dispose();
            return;
        }

        using var stream = new NetworkStream(bot, ownsSocket: true);
        await ReadFramesAsync(stream, ct);
        BotLeft();
    }

    private async Task ReadFramesAsync(Stream stream, CancellationToken ct)
    {
        var frame = new byte[512];
        while (await stream.ReadAsync(frame, ct) > 0)
        {
            // ok LCA1007: counts frames, and nothing counts them down
            Interlocked.Increment(ref _frames);
        }

        log.LogDebug("{Frames} frames so far", Interlocked.Read(ref _frames));
    }
}

public sealed class SessionLease : IDisposable
{
    private readonly StrongCount _count;

    // ok LCA1007: raised in the constructor, lowered in Dispose
    public SessionLease(StrongCount count)
    {
        _count = count;
        count.Up();
    }

    public void Dispose() => _count.Down();
}

public sealed class StrongCount
{
    private int _value;
    public void Up() => Interlocked.Increment(ref _value);
    public void Down() => Interlocked.Decrement(ref _value);
    public int Value => Volatile.Read(ref _value);
}

public sealed class Gate(TcpListener listener, Lobby lobby, StrongCount sessions, ILogger<Gate> log)
{
    private readonly Channel<Socket> _bots = Channel.CreateBounded<Socket>(32);
    private Task _loop = Task.CompletedTask;

    public void Start(CancellationToken ct)
    {
        _ = AcceptLoopAsync(ct); //! LCA1004
    }

    public void StartOnPool(CancellationToken ct)
    {
        Task.Run(() => AcceptLoopAsync(ct), ct); //! LCA1004
    }

    // ok LCA1004: kept, and awaited when stopping
    public void StartKept(CancellationToken ct) => _loop = AcceptLoopAsync(ct);

    public Task StopAsync()
    {
        listener.Stop();
        return _loop;
    }

    // ok LCA1004: the continuation looks at the fault
    public void StartObserved(CancellationToken ct) =>
        AcceptLoopAsync(ct).ContinueWith(t => log.LogError(t.Exception, "gate failed"), TaskContinuationOptions.OnlyOnFaulted);

    private async Task AcceptLoopAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var player = await listener.AcceptTcpClientAsync(ct);
            // ok LCA1004: its whole body is in a try
            _ = ServeAsync(player, ct);
        }
    }

    private async Task ServeAsync(TcpClient player, CancellationToken ct)
    {
        try
        {
            using var owned = player;
            using var lease = new SessionLease(sessions);
            await lobby.PlayCountedAsync(owned, ct);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "player session failed");
        }
    }

    public async Task ServeBotsAsync(CancellationToken ct)
    {
        await foreach (var bot in _bots.Reader.ReadAllAsync(ct))
        {
            lobby.HostBotAsync(bot, ct); //! LCA1004
        }
    }

    // ok LCA1004: all are awaited together
    public async Task ServeBotsTogetherAsync(CancellationToken ct)
    {
        var running = new List<Task>();
        await foreach (var bot in _bots.Reader.ReadAllAsync(ct))
        {
            running.Add(lobby.HostBotAsync(bot, ct));
        }

        await Task.WhenAll(running);
    }

    public void Drain(Socket bot)
    {
        Task.Factory.StartNew(() => //! LCA1004
        {
            var buffer = new byte[1024];
            while (bot.Receive(buffer) > 0) log.LogTrace("drained");
        }, TaskCreationOptions.LongRunning);
    }

    // ok LCA1004: the loop's failures stay in the loop
    public void DrainQuietly(Socket bot)
    {
        _ = Task.Run(() =>
        {
            try
            {
                var buffer = new byte[1024];
                while (bot.Receive(buffer) > 0) log.LogTrace("drained");
            }
            catch (Exception ex)
            {
                log.LogDebug(ex, "bot gone");
            }
        });
    }

    // ok LCA1004: no connection in it
    public void Warm() => _ = Task.Run(() => log.LogInformation("{Count} sessions", sessions.Value));

    public static async Task<Socket> DialShardAsync(EndPoint shard, TimeSpan patience, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await socket.ConnectAsync(shard).WaitAsync(patience, ct); //? LCA1004
        return socket;
    }
}
