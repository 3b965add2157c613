// Who counts the connections? Limits, gauges and registries of a proxy, a driver pool, a game lobby and a chat endpoint.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CreationWorks.Tallies;

public sealed class ProxyGauge(ILogger log)
{
    private int _open;
    private int _served;

    public int Open => Volatile.Read(ref _open);

    public async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        Interlocked.Increment(ref _open); //! LCA1007
        using (client)
        {
            var request = new byte[256];
            var n = await client.GetStream().ReadAsync(request, ct);
            log.LogDebug("{Bytes} bytes", n);
        }

        Interlocked.Decrement(ref _open);
    }

    // ok LCA1007: down in the finally; the other number counts what was ever served and never goes down
    public async Task ServeCountedAsync(TcpClient client, CancellationToken ct)
    {
        Interlocked.Increment(ref _open);
        try
        {
            Interlocked.Increment(ref _served);
            var request = new byte[256];
            await client.GetStream().ReadExactlyAsync(request, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            client.Dispose();
        }
    }

    public int Served => _served;
}

public sealed class TenantLimit(int most, ILogger log)
{
    private readonly object _sync = new();
    private int _connected;

    // A tenant whose greeting is refused stays counted for ever.
    public async Task AdmitAsync(TcpClient tenant, Func<TcpClient, Task> serve, CancellationToken ct)
    {
        lock (_sync)
        {
            if (_connected >= most)
            {
                tenant.Dispose();
                return;
            }

            _connected++; //! LCA1007
        }

        using var owned = tenant;
        var greeting = new byte[4];
        await tenant.GetStream().ReadExactlyAsync(greeting, ct);
        if (greeting[0] != 'T')
        {
            log.LogWarning("not a tenant");
            return;
        }

        await serve(tenant);
        lock (_sync) _connected--;
    }

    public int Connected
    {
        get { lock (_sync) return _connected; }
    }
}

public sealed class StrictTenantLimit(int most)
{
    private readonly object _sync = new();
    private int _connected;

    // ok LCA1007: raised only when there is room, lowered whatever happens then
    public async Task<bool> AdmitAsync(TcpClient tenant, Func<TcpClient, Task> serve)
    {
        lock (_sync)
        {
            if (_connected >= most) return false;
            _connected++;
        }

        try
        {
            await serve(tenant);
            return true;
        }
        finally
        {
            lock (_sync) _connected--;
        }
    }
}

/// <summary>A driver's slots: at most so many connections to the historian.</summary>
public sealed class HistorianSlots(EndPoint historian, int most) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(most, most);

    // A historian that refuses takes one slot with it, each time.
    public async Task<HistorianLease> RentAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct); //! LCA1007
        var socket = new Socket(historian.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(historian, ct);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new HistorianLease(socket, this);
    }

    // ok LCA1003 LCA1007: the failed connect gives back socket and slot
    public async Task<HistorianLease> RentSafeAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        Socket? socket = null;
        try
        {
            socket = new Socket(historian.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(historian, ct);
            return new HistorianLease(socket, this);
        }
        catch
        {
            socket?.Dispose();
            _slots.Release();
            throw;
        }
    }

    internal void GiveBack() => _slots.Release();

    public void Dispose() => _slots.Dispose();
}

public sealed class HistorianLease(Socket socket, HistorianSlots slots) : IDisposable
{
    public async Task<int> ReadAsync(Memory<byte> into, CancellationToken ct) => await socket.ReceiveAsync(into, SocketFlags.None, ct);

    public void Dispose()
    {
        try
        {
            socket.Dispose();
        }
        finally
        {
            slots.GiveBack();
        }
    }
}

public sealed class ChatEndpoint(ILogger<ChatEndpoint> log)
{
    private readonly ConcurrentDictionary<Guid, WebSocket> _online = new();

    public async Task JoinAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var id = Guid.NewGuid();
        _online.TryAdd(id, socket); //! LCA1007
        await ListenAsync(socket, context.RequestAborted);
        _online.TryRemove(id, out _);
        log.LogInformation("{Id} left", id);
    }

    // ok LCA1007: removed in the finally
    public async Task JoinSafelyAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var id = Guid.NewGuid();
        _online.TryAdd(id, socket);
        try
        {
            await ListenAsync(socket, context.RequestAborted);
        }
        finally
        {
            _online.TryRemove(id, out _);
        }
    }

    private static async Task ListenAsync(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), ct)).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    public int Online => _online.Count;
}

public sealed class LobbyDoor(ILogger log)
{
    private int _players;

    // Shutdown throws on a connection that was reset, and the player is counted for ever.
    public async Task HostAsync(Socket player, CancellationToken ct)
    {
        Interlocked.Increment(ref _players); //! LCA1007
        try
        {
            var buffer = new byte[512];
            while (await player.ReceiveAsync(buffer, SocketFlags.None, ct) > 0) log.LogTrace("moved");
        }
        finally
        {
            player.Shutdown(SocketShutdown.Both);
            player.Close();
            Interlocked.Decrement(ref _players);
        }
    }

    // ok LCA1007: counted down first, then closed
    public async Task HostOrderlyAsync(Socket player, CancellationToken ct)
    {
        Interlocked.Increment(ref _players);
        try
        {
            var buffer = new byte[512];
            while (await player.ReceiveAsync(buffer, SocketFlags.None, ct) > 0) log.LogTrace("moved");
        }
        finally
        {
            Interlocked.Decrement(ref _players);
            player.Close();
        }
    }

    public int Players => _players;
}

public sealed class AgentRegistry(ILogger log)
{
    private readonly HashSet<EndPoint> _agents = [];

    private void Enter(EndPoint agent)
    {
        lock (_agents) _agents.Add(agent); //! LCA1007
    }

    private void Leave(EndPoint agent)
    {
        lock (_agents) _agents.Remove(agent);
    }

    public async Task ServeAsync(Socket agent, CancellationToken ct)
    {
        var who = agent.RemoteEndPoint!;
        Enter(who);
        using (agent)
        {
            var buffer = new byte[128];
            while (await agent.ReceiveAsync(buffer, SocketFlags.None, ct) > 0) log.LogTrace("{Agent} reports", who);
        }

        Leave(who);
    }
}

public sealed class SafeAgentRegistry(ILogger log)
{
    private readonly HashSet<EndPoint> _agents = [];

    // ok LCA1007: raised in a helper, lowered by what the helper answers
    public async Task ServeAsync(Socket agent, CancellationToken ct)
    {
        using var entered = Enter(agent.RemoteEndPoint!);
        using var owned = agent;
        var buffer = new byte[128];
        while (await agent.ReceiveAsync(buffer, SocketFlags.None, ct) > 0) log.LogTrace("agent reports");
    }

    private Entry Enter(EndPoint agent)
    {
        lock (_agents) _agents.Add(agent);
        return new Entry(this, agent);
    }

    private sealed class Entry(SafeAgentRegistry registry, EndPoint agent) : IDisposable
    {
        public void Dispose()
        {
            lock (registry._agents) registry._agents.Remove(agent);
        }
    }
}

public sealed class UploadGate(EndPoint store) : IDisposable
{
    private readonly SemaphoreSlim _uploads = new(4);

    // An upload that finds the store gone returns without its permit.
    public async Task<bool> UploadAsync(ReadOnlyMemory<byte> blob, CancellationToken ct)
    {
        await _uploads.WaitAsync(ct); //! LCA1007
        using var socket = new Socket(store.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(store, ct);
        }
        catch (SocketException)
        {
            return false;
        }

        await socket.SendAsync(blob, SocketFlags.None, ct);
        _uploads.Release();
        return true;
    }

    // ok LCA1007: the finally gives the permit back on each of the paths
    public async Task<bool> UploadSafelyAsync(ReadOnlyMemory<byte> blob, CancellationToken ct)
    {
        await _uploads.WaitAsync(ct);
        try
        {
            using var socket = new Socket(store.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(store, ct);
            await socket.SendAsync(blob, SocketFlags.None, ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        finally
        {
            _uploads.Release();
        }
    }

    public void Dispose() => _uploads.Dispose();
}
