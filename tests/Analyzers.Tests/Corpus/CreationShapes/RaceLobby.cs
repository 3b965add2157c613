// Who is in the lobby of a racing game: counts of what is open, kept in several ways.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Shapes.Creation.RaceLobby;

public interface ISeats
{
    int Taken { get; }
}

public sealed class Grid : ISeats
{
    private readonly SemaphoreSlim _seats = new(16, 16);
    private readonly ConcurrentDictionary<Guid, WebSocket> _drivers = new();
    private readonly object _sync = new();
    private int _spectators;
    private int _pit;
    private long _everJoined;

    public int Taken => 16 - _seats.CurrentCount;

    // the seat stays taken when the handshake throws
    public async Task<bool> DriveAsync(WebSocket socket, CancellationToken stop)
    {
        await _seats.WaitAsync(stop); //! LCA1007
        if (!await HandshakeAsync(socket, stop)) return false;
        try
        {
            await RaceAsync(socket, stop);
            return true;
        }
        finally
        {
            _seats.Release();
        }
    }

    // ok LCA1007: every way passes the finally
    public async Task<bool> DriveFairlyAsync(WebSocket socket, CancellationToken stop)
    {
        await _seats.WaitAsync(stop);
        try
        {
            if (!await HandshakeAsync(socket, stop)) return false;
            await RaceAsync(socket, stop);
            return true;
        }
        finally
        {
            _seats.Release();
        }
    }

    // a dictionary of who is there; an aborted socket throws before the removal
    public async Task RegisterAsync(Guid id, WebSocket socket, CancellationToken stop)
    {
        if (!_drivers.TryAdd(id, socket)) return; //! LCA1007
        await RaceAsync(socket, stop);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, stop);
        _drivers.TryRemove(id, out _);
    }

    // ok LCA1007
    public async Task RegisterFairlyAsync(Guid id, WebSocket socket, CancellationToken stop)
    {
        if (!_drivers.TryAdd(id, socket)) return;
        using var leave = new Leave(() => _drivers.TryRemove(id, out _));
        await RaceAsync(socket, stop);
    }

    // ok LCA1007: how many there ever were
    public async Task CountedAsync(WebSocket socket, CancellationToken stop)
    {
        Interlocked.Increment(ref _everJoined);
        await RaceAsync(socket, stop);
    }

    public void Spectate(TcpClient client)
    {
        lock (_sync) _spectators++; //! LCA1007
        var stream = client.GetStream();
        var line = stream.ReadByte();
        while (line >= 0) line = stream.ReadByte();
        client.Close();
        lock (_sync) _spectators--;
    }

    // ok LCA1007: the count is taken back on both ways
    public void SpectateFairly(TcpClient client)
    {
        lock (_sync) _spectators++;
        try
        {
            var stream = client.GetStream();
            while (stream.ReadByte() >= 0) { }
            client.Close();
        }
        catch (IOException)
        {
            client.Close();
            lock (_sync) _spectators--;
            return;
        }
        catch
        {
            lock (_sync) _spectators--;
            throw;
        }
        lock (_sync) _spectators--;
    }

    // raised in a helper, skipped by this caller
    public async Task PitStopAsync(Socket crew, byte[] order, CancellationToken stop)
    {
        EnterPit();
        var n = await crew.ReceiveAsync(order, stop);
        if (n == 0) return;
        LeavePit();
    }

    private void EnterPit() => Interlocked.Increment(ref _pit); //! LCA1007

    private void LeavePit() => Interlocked.Decrement(ref _pit);

    private static async Task<bool> HandshakeAsync(WebSocket socket, CancellationToken stop)
    {
        var hello = new byte[16];
        var got = await socket.ReceiveAsync(hello, stop);
        return got.Count > 0;
    }

    private static async Task RaceAsync(WebSocket socket, CancellationToken stop)
    {
        var buffer = new byte[1024];
        while ((await socket.ReceiveAsync(buffer, stop)).MessageType != WebSocketMessageType.Close) { }
    }

    private sealed class Leave(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}

/// <summary>Counts by host address, as limits do.</summary>
public sealed class PerHostLimit
{
    private readonly Dictionary<string, int> _perHost = [];
    private readonly HashSet<Socket> _sockets = [];
    private readonly List<TcpClient> _admitted = [];

    // ok LCA1007: a method of its own; the owner calls Leave from its own finally
    public bool TryEnter(string host)
    {
        lock (_perHost)
        {
            _perHost.TryGetValue(host, out var n);
            if (n >= 4) return false;
            _perHost[host] = n + 1;
            return true;
        }
    }

    public void Leave(string host)
    {
        lock (_perHost)
        {
            if (--_perHost[host] == 0) _perHost.Remove(host);
        }
    }

    public void Serve(Socket socket, Func<Socket, bool> work)
    {
        lock (_sockets) _sockets.Add(socket); //! LCA1007
        while (work(socket)) { }
        socket.Shutdown(SocketShutdown.Both);
        socket.Close();
        lock (_sockets) _sockets.Remove(socket);
    }

    // ok LCA1007: the removal stands first in a finally
    public void ServeFairly(Socket socket, Func<Socket, bool> work)
    {
        lock (_sockets) _sockets.Add(socket);
        try
        {
            while (work(socket)) { }
            socket.Shutdown(SocketShutdown.Both);
        }
        finally
        {
            lock (_sockets) _sockets.Remove(socket);
            socket.Close();
        }
    }

    public async Task AdmitAsync(TcpClient client, CancellationToken stop)
    {
        _admitted.Add(client); //! LCA1007
        var stream = client.GetStream();
        var version = new byte[1];
        await stream.ReadExactlyAsync(version, stop);
        if (version[0] != 3)
        {
            client.Dispose();
            return;
        }
        while (await stream.ReadAsync(version, stop) > 0) { }
        client.Dispose();
        _admitted.Remove(client);
    }
}
