using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Maps.Tiles;

/// <summary>Sockets to one tile server, last in first out.</summary>
public sealed class TileSockets(EndPoint server)
{
    private readonly ConcurrentStack<Socket> _rested = new();

    public async ValueTask<Socket> RentAsync(CancellationToken token)
    {
        if (_rested.TryPop(out var socket)) return socket; //! LCA3004
        return await SocketMaker.DialAsync(server, token);
    }

    public void GiveBack(Socket socket) => _rested.Push(socket);
}

internal static class SocketMaker
{
    public static async Task<Socket> DialAsync(EndPoint server, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static bool HasHungUp(this Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }
}

/// <summary>Throws away what the server has hung up on.</summary>
public sealed class SoundTileSockets(EndPoint server)
{
    private readonly ConcurrentStack<Socket> _rested = new();

    public async ValueTask<Socket> RentAsync(CancellationToken token)
    {
        while (_rested.TryPop(out var socket)) // ok LCA3004: probed
        {
            if (!socket.HasHungUp()) return socket;
            socket.Dispose();
        }

        return await SocketMaker.DialAsync(server, token);
    }

    public void GiveBack(Socket socket) => _rested.Push(socket);
}

/// <summary>Only how long it has rested is asked: a server may close sooner.</summary>
public sealed class AgedTileSockets(EndPoint server, TimeProvider clock)
{
    private readonly record struct Rested(Socket Socket, long Since);
    private readonly Queue<Rested> _shelf = new();

    public async ValueTask<Socket> RentAsync(CancellationToken token) => TryFromShelf(out var socket) ? socket : await SocketMaker.DialAsync(server, token);

    private bool TryFromShelf([NotNullWhen(true)] out Socket? socket)
    {
        lock (_shelf)
        {
            while (_shelf.TryDequeue(out var rested)) //! LCA3004
            {
                if (clock.GetElapsedTime(rested.Since) < TimeSpan.FromSeconds(30))
                {
                    socket = rested.Socket;
                    return true;
                }

                rested.Socket.Dispose();
            }
        }

        socket = null;
        return false;
    }

    public void GiveBack(Socket socket)
    {
        lock (_shelf) _shelf.Enqueue(new Rested(socket, clock.GetTimestamp()));
    }
}

public interface ITileLink : IAsyncDisposable
{
    bool IsAlive { get; }
    ValueTask<byte[]> RequestAsync(int zoom, int x, int y, CancellationToken token);
}

/// <summary>A bounded channel as the pool.</summary>
public sealed class LinkRing
{
    private readonly Channel<ITileLink> _free = Channel.CreateBounded<ITileLink>(8);

    public async Task<byte[]> FetchAsync(int zoom, int x, int y, CancellationToken token)
    {
        var link = await _free.Reader.ReadAsync(token); //! LCA3004
        var whole = false;
        try
        {
            var tile = await link.RequestAsync(zoom, x, y, token);
            whole = true;
            return tile;
        }
        finally
        {
            if (whole) await _free.Writer.WriteAsync(link, CancellationToken.None);
            else await link.DisposeAsync();
        }
    }

    public ValueTask AddAsync(ITileLink link) => _free.Writer.WriteAsync(link);
}

/// <summary>The taking out is private, and whoever takes asks.</summary>
public sealed class AskingRing(Func<ITileLink> dial)
{
    private readonly ConcurrentBag<ITileLink> _free = [];

    private ITileLink? Take() => _free.TryTake(out var link) ? link : null; // ok LCA3004: both callers ask

    public async Task<byte[]> FetchAsync(int zoom, int x, int y, CancellationToken token)
    {
        var link = Take() switch
        {
            { IsAlive: true } alive => alive,
            { } dead => await ReplaceAsync(dead),
            null => dial(),
        };
        var tile = await link.RequestAsync(zoom, x, y, token);
        _free.Add(link);
        return tile;
    }

    public async Task WarmAsync(CancellationToken token)
    {
        var link = Take();
        if (link is null || !link.IsAlive) link = dial();
        await link.RequestAsync(0, 0, 0, token);
        _free.Add(link);
    }

    private async Task<ITileLink> ReplaceAsync(ITileLink dead)
    {
        await dead.DisposeAsync();
        return dial();
    }
}

/// <summary>A dead one fails at its first use; then the next is taken.</summary>
public sealed class RetakingRing
{
    private readonly ConcurrentQueue<ITileLink> _free = new();

    public async Task<byte[]?> FetchAsync(int zoom, int x, int y, CancellationToken token)
    {
        while (_free.TryDequeue(out var link)) // ok LCA3004: one that fails is discarded and another taken
        {
            try
            {
                var tile = await link.RequestAsync(zoom, x, y, token);
                _free.Enqueue(link);
                return tile;
            }
            catch (IOException)
            {
                await link.DisposeAsync();
            }
        }

        return null;
    }
}

/// <summary>Accepted sockets wait for a worker: a queue of work, no pool.</summary>
public sealed class Reception(TcpListener door)
{
    private readonly BlockingCollection<Socket> _waiting = new(64);

    public async Task AcceptAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested) _waiting.Add(await door.AcceptSocketAsync(token), token);
    }

    public void Serve(Action<Socket> serve, CancellationToken token)
    {
        foreach (var socket in _waiting.GetConsumingEnumerable(token)) // ok LCA3004: fresh ones
        {
            using (socket) serve(socket);
        }
    }
}
