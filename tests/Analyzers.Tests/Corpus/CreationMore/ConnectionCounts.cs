// Counts, slots and registers of open connections, and the paths on which they stay up.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Corpus.Creation.SocketHelpers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.ConnectionCounts;

public sealed class EchoServer(ILogger log)
{
    private int _active;
    private long _total;

    public int Active => Volatile.Read(ref _active);
    public long Total => Interlocked.Read(ref _total);

    private static async Task EchoAsync(Socket socket, CancellationToken ct)
    {
        var buffer = new byte[4096];
        int n;
        while ((n = await socket.ReceiveAsync(buffer, SocketFlags.None, ct)) > 0)
            await socket.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, ct);
    }

    public async Task ServeAsync(Socket socket, CancellationToken ct)
    {
        Interlocked.Increment(ref _active); //! LCA1007
        await EchoAsync(socket, ct);
        socket.Close();
        Interlocked.Decrement(ref _active);
    }

    // ok LCA1007: the way down is in the finally
    public async Task ServeInFinallyAsync(Socket socket, CancellationToken ct)
    {
        Interlocked.Increment(ref _active);
        try
        {
            await EchoAsync(socket, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
            socket.Dispose();
        }
    }

    /// <summary>A reset is expected and counted; a cancellation is not.</summary>
    public async Task ServeUntilResetAsync(Socket socket, CancellationToken ct)
    {
        using var owned = socket;
        Interlocked.Increment(ref _active); //! LCA1007
        try
        {
            await EchoAsync(owned, ct);
            Interlocked.Decrement(ref _active);
        }
        catch (SocketException ex)
        {
            log.LogDebug(ex, "reset");
            Interlocked.Decrement(ref _active);
        }
    }

    // ok LCA1007: the catch takes everything, so the line behind it is always reached
    public async Task ServeSwallowingAsync(Socket socket, CancellationToken ct)
    {
        using var owned = socket;
        Interlocked.Increment(ref _active);
        try
        {
            await EchoAsync(owned, ct);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "ended");
        }
        Interlocked.Decrement(ref _active);
    }

    /// <summary>Asks the socket something between the way up and the try.</summary>
    public async Task ServeLoggedAsync(Socket socket, CancellationToken ct)
    {
        Interlocked.Increment(ref _active); //! LCA1007
        log.LogInformation("serving {Remote}", socket.RemoteEndPoint);
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await stream.CopyToAsync(stream, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    // ok LCA1007: over the limit it goes down at once, else in the finally
    public async Task ServeLimitedAsync(Socket socket, int limit, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _active) > limit)
        {
            Interlocked.Decrement(ref _active);
            socket.Dispose();
            return;
        }
        try
        {
            await EchoAsync(socket, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
            socket.Dispose();
        }
    }

    public async Task ServeRefusingAsync(Socket socket, Func<EndPoint?, bool> allowed, CancellationToken ct)
    {
        using var owned = socket;
        var remote = owned.RemoteEndPoint;
        Interlocked.Increment(ref _active); //! LCA1007
        if (!allowed(remote)) return;
        try
        {
            await EchoAsync(owned, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    // ok LCA1007: a statistic that never goes down
    public async Task ServeCountedAsync(Socket socket, CancellationToken ct)
    {
        using var owned = socket;
        Interlocked.Increment(ref _total);
        await EchoAsync(owned, ct);
    }

    // ok LCA1007: the continuation of the session takes it down
    public void ServeInBackground(Socket socket, CancellationToken ct)
    {
        Interlocked.Increment(ref _active);
        EchoAsync(socket, ct).ContinueWith(t =>
        {
            Interlocked.Decrement(ref _active);
            if (t.Exception is { } failure) log.LogDebug(failure, "ended");
            socket.Dispose();
        }, TaskScheduler.Default);
    }
}

public sealed class HalfClosedProxy
{
    private int _relays;

    public int Relays => _relays;

    /// <summary>Goes down when both directions ended by themselves; the failure of one ends neither count nor relay.</summary>
    public async Task RelayAsync(TcpClient inner, TcpClient outer, CancellationToken ct)
    {
        Interlocked.Increment(ref _relays); //! LCA1007
        var open = 2;
        await Task.WhenAll(CopyAsync(inner, outer), CopyAsync(outer, inner)); //! LCA1006

        async Task CopyAsync(TcpClient from, TcpClient to)
        {
            await from.GetStream().CopyToAsync(to.GetStream(), ct);
            if (Interlocked.Decrement(ref open) > 0) return;
            Interlocked.Decrement(ref _relays);
            from.Dispose();
            to.Dispose();
        }
    }

    // ok LCA1007: one way down, whoever ended
    public async Task RelayCountedAsync(TcpClient inner, TcpClient outer, CancellationToken ct)
    {
        Interlocked.Increment(ref _relays);
        try
        {
            using (inner)
            using (outer)
            {
                await Task.WhenAny(
                    inner.GetStream().CopyToAsync(outer.GetStream(), ct),
                    outer.GetStream().CopyToAsync(inner.GetStream(), ct));
            }
        }
        finally
        {
            Interlocked.Decrement(ref _relays);
        }
    }
}

public sealed class SessionRegister
{
    private readonly ConcurrentDictionary<Guid, WebSocket> _sockets = new();
    private readonly HashSet<string> _peers = [];
    private readonly object _sync = new();
    private int _open;

    public int Count => _sockets.Count;
    public bool Knows(string peer) { lock (_sync) return _peers.Contains(peer); }
    public int Open { get { lock (_sync) return _open; } }

    private static async Task PumpAsync(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), ct)).MessageType != WebSocketMessageType.Close) { }
    }

    public async Task AttachAsync(WebSocket socket, CancellationToken ct)
    {
        var id = Guid.NewGuid();
        _sockets.TryAdd(id, socket); //! LCA1007
        await PumpAsync(socket, ct);
        _sockets.TryRemove(id, out _);
    }

    // ok LCA1007: removed in the finally
    public async Task AttachInFinallyAsync(WebSocket socket, CancellationToken ct)
    {
        var id = Guid.NewGuid();
        _sockets[id] = socket;
        try
        {
            await PumpAsync(socket, ct);
        }
        finally
        {
            _sockets.TryRemove(id, out _);
        }
    }

    public async Task<bool> AttachPeerAsync(string peer, WebSocket socket, CancellationToken ct)
    {
        lock (_sync)
        {
            if (!_peers.Add(peer)) return false; //! LCA1007
        }
        await PumpAsync(socket, ct);
        lock (_sync) _peers.Remove(peer);
        return true;
    }

    // ok LCA1007: the peer is known exactly as long as its pump runs
    public async Task<bool> AttachPeerInFinallyAsync(string peer, WebSocket socket, CancellationToken ct)
    {
        lock (_sync)
        {
            if (!_peers.Add(peer)) return false;
        }
        try
        {
            await PumpAsync(socket, ct);
            return true;
        }
        finally
        {
            lock (_sync) _peers.Remove(peer);
        }
    }

    public async Task<string> RunAsync(WebSocket socket, CancellationToken ct)
    {
        lock (_sync) _open++; //! LCA1007
        var result = await socket.ReceiveAsync(Memory<byte>.Empty, ct);
        switch (result.MessageType)
        {
            case WebSocketMessageType.Close:
                return "closed";
            case WebSocketMessageType.Binary:
                throw new NotSupportedException("text only");
        }
        lock (_sync) _open--;
        return "text";
    }

    // ok LCA1007: every way out passes the finally
    public async Task<string> RunInFinallyAsync(WebSocket socket, CancellationToken ct)
    {
        lock (_sync) _open++;
        try
        {
            var result = await socket.ReceiveAsync(Memory<byte>.Empty, ct);
            return result.MessageType == WebSocketMessageType.Close ? "closed" : "text";
        }
        finally
        {
            lock (_sync) _open--;
        }
    }
}

/// <summary>Way up and way down are helpers; what is between them is the callers' business.</summary>
public sealed class Gatekeeper
{
    private int _inside;

    public int Inside => _inside;

    private void Enter() => Interlocked.Increment(ref _inside); //! LCA1007

    private void Leave() => Interlocked.Decrement(ref _inside);

    public async Task AdmitAsync(TcpClient client, CancellationToken ct)
    {
        Enter();
        var banner = new byte[64];
        await client.GetStream().ReadExactlyAsync(banner, ct);
        client.Close();
        Leave();
    }
}

public sealed class CarefulGatekeeper
{
    private int _inside;

    public int Inside => _inside;

    // ok LCA1007: its callers leave in a finally
    private void Enter() => Interlocked.Increment(ref _inside);

    private void Leave() => Interlocked.Decrement(ref _inside);

    public async Task AdmitAsync(TcpClient client, CancellationToken ct)
    {
        Enter();
        try
        {
            await client.GetStream().ReadExactlyAsync(new byte[64], ct);
        }
        finally
        {
            client.Dispose();
            Leave();
        }
    }

    private readonly struct Visit(CarefulGatekeeper keeper) : IDisposable
    {
        public void Dispose() => keeper.Leave();
    }

    private Visit Begin()
    {
        Enter();
        return new Visit(this);
    }

    public async Task AdmitLeasedAsync(TcpClient client, CancellationToken ct)
    {
        using var visit = Begin();
        using var owned = client;
        await owned.GetStream().ReadExactlyAsync(new byte[64], ct);
    }
}

/// <summary>A pool with a bounded number of sockets: a slot is taken before the dial.</summary>
public sealed class SlottedPool(EndPoint remote, int size)
{
    private readonly SemaphoreSlim _slots = new(size, size);

    public async Task<Socket> OpenAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct); //! LCA1007
        return await Sockets.DialAsync(remote, ct);
    }

    // ok LCA1007: the dial that failed gives its slot back
    public async Task<Socket> OpenOrReleaseAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            return await Sockets.DialAsync(remote, ct);
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    private Socket? TryOpen()
    {
        try
        {
            return Binding(remote);
        }
        catch (SocketException)
        {
            return null;
        }

        static Socket Binding(EndPoint remote)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(remote);
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    public async Task<Socket?> TryOpenAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct); //! LCA1007
        var socket = TryOpen();
        if (socket is null) return null;
        socket.NoDelay = true;
        return socket;
    }

    // ok LCA1007: no socket, no slot
    public async Task<Socket?> TryOpenOrReleaseAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        Socket? socket = null;
        try
        {
            socket = TryOpen();
            return socket;
        }
        finally
        {
            if (socket is null) _slots.Release();
        }
    }

    public void Close(Socket socket)
    {
        Quiet.Close(socket);
        _slots.Release();
    }
}

/// <summary>Counted from construction to Dispose; Shutdown of a reset socket throws.</summary>
public sealed class CountedSocket : IDisposable
{
    private static int s_alive;
    private readonly Socket _socket;

    public CountedSocket(Socket socket)
    {
        _socket = socket;
        Interlocked.Increment(ref s_alive); //! LCA1007
    }

    public static int Alive => s_alive;

    public void Dispose()
    {
        _socket.Shutdown(SocketShutdown.Both);
        _socket.Close();
        Interlocked.Decrement(ref s_alive);
    }
}

public sealed class CountedOnceSocket : IDisposable
{
    private static int s_alive;
    private readonly Socket _socket;

    // ok LCA1007: Dispose takes it down in a finally
    public CountedOnceSocket(Socket socket)
    {
        _socket = socket;
        Interlocked.Increment(ref s_alive);
    }

    public static int Alive => s_alive;

    public void Dispose()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
            _socket.Close();
        }
        finally
        {
            Interlocked.Decrement(ref s_alive);
        }
    }
}

public sealed class SocketMiddleware(RequestDelegate next)
{
    private static int s_sockets;

    public static int Sockets => s_sockets;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }
        Interlocked.Increment(ref s_sockets); //! LCA1007
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (!(await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted)).MessageType.Equals(WebSocketMessageType.Close)) { }
        Interlocked.Decrement(ref s_sockets);
    }
}

public sealed class CountingConnectionHandler : ConnectionHandler
{
    private int _connections;

    public int Connections => _connections;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _connections++; //! LCA1007
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }
        _connections--;
    }
}

public sealed class FinallyConnectionHandler : ConnectionHandler
{
    private int _connections;

    public int Connections => _connections;

    // ok LCA1007: raised inside the try whose finally lowers it
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        try
        {
            Interlocked.Increment(ref _connections);
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) break;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }
}

public sealed class PresenceHub : Hub
{
    private static int s_online;

    // ok LCA1007: the framework calls the other one for every connection that ends
    public override Task OnConnectedAsync()
    {
        Interlocked.Increment(ref s_online);
        return base.OnConnectedAsync();
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        Interlocked.Decrement(ref s_online);
        return base.OnDisconnectedAsync(exception);
    }

    public int Online() => s_online;
}

/// <summary>Counters that count no connections, and registers with a life of their own.</summary>
public sealed class FrameParser
{
    private readonly ConcurrentDictionary<string, EndPoint> _known = new();
    private int _depth;
    private int _sequence;

    // ok LCA1007: nesting depth is no connection
    public int Parse(ReadOnlySpan<byte> frame)
    {
        _depth++;
        if (_depth > 32) throw new InvalidDataException("too deep");
        var count = frame.Length > 1 && frame[0] == '(' ? 1 + Parse(frame[1..]) : 0;
        _depth--;
        return count;
    }

    // ok LCA1007: a sequence number
    public async Task SendAsync(Socket socket, byte[] frame, CancellationToken ct)
    {
        frame[0] = (byte)Interlocked.Increment(ref _sequence);
        await socket.SendAsync(frame, SocketFlags.None, ct);
    }

    // ok LCA1007: known until somebody says otherwise
    public void Learn(string name, EndPoint where) => _known.TryAdd(name, where);

    public void Forget(string name) => _known.TryRemove(name, out _);
}
