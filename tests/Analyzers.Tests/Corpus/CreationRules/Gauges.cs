// Counts of open connections.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.Gauges;

public sealed class Turnstile
{
    private int _inside;

    public async Task ServeAsync(Socket visitor, CancellationToken stop)
    {
        Interlocked.Increment(ref _inside); //! LCA1007
        await PumpAsync(visitor, stop);
        visitor.Close();
        Interlocked.Decrement(ref _inside);
    }

    // ok LCA1007
    public async Task ServeSafeAsync(Socket visitor, CancellationToken stop)
    {
        Interlocked.Increment(ref _inside);
        try
        {
            await PumpAsync(visitor, stop);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
            visitor.Close();
        }
    }

    private static async Task PumpAsync(Socket visitor, CancellationToken stop)
    {
        var buffer = new byte[512];
        while (await visitor.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop) > 0) { }
    }

    public int Inside => _inside;
}

public sealed class Gatekeeper(int most)
{
    private readonly SemaphoreSlim _slots = new(most);

    public async Task<bool> AdmitAsync(TcpClient client, CancellationToken stop)
    {
        await _slots.WaitAsync(stop); //! LCA1007
        var greeting = new byte[4];
        if (await client.GetStream().ReadAsync(greeting, stop) < 4) return false;
        try
        {
            await client.GetStream().WriteAsync(greeting, stop);
            return true;
        }
        finally
        {
            _slots.Release();
        }
    }

    // ok LCA1007: wait, then try at once
    public async Task<bool> AdmitSafeAsync(TcpClient client, CancellationToken stop)
    {
        await _slots.WaitAsync(stop);
        try
        {
            var greeting = new byte[4];
            if (await client.GetStream().ReadAsync(greeting, stop) < 4) return false;
            await client.GetStream().WriteAsync(greeting, stop);
            return true;
        }
        finally
        {
            _slots.Release();
        }
    }
}

public sealed class Roster(ILogger log)
{
    private readonly ConcurrentDictionary<Guid, WebSocket> _members = new();

    public async Task JoinAsync(WebSocket member, CancellationToken stop)
    {
        var id = Guid.NewGuid();
        _members.TryAdd(id, member); //! LCA1007
        var buffer = new byte[1024];
        while (true)
        {
            var got = await member.ReceiveAsync(buffer.AsMemory(), stop);
            if (got.MessageType == WebSocketMessageType.Close) break;
        }
        _members.TryRemove(id, out _);
        log.LogInformation("{Id} left", id);
    }

    // ok LCA1007: removed whatever happens
    public async Task JoinSafeAsync(WebSocket member, CancellationToken stop)
    {
        var id = Guid.NewGuid();
        _members.TryAdd(id, member);
        try
        {
            var buffer = new byte[1024];
            while ((await member.ReceiveAsync(buffer.AsMemory(), stop)).MessageType != WebSocketMessageType.Close) { }
        }
        finally
        {
            _members.TryRemove(id, out _);
        }
    }

    // ok LCA1007: one catch for everything, then the removal
    public async Task JoinCaughtAsync(WebSocket member, CancellationToken stop)
    {
        var id = Guid.NewGuid();
        _members[id] = member;
        try
        {
            var buffer = new byte[1024];
            while ((await member.ReceiveAsync(buffer.AsMemory(), stop)).MessageType != WebSocketMessageType.Close) { }
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "{Id} failed", id);
        }
        _members.TryRemove(id, out _);
    }
}

public sealed class TurnServer
{
    private int _open;
    private readonly object _sync = new();
    private readonly List<TcpClient> _clients = new();

    public void Handle(TcpClient client)
    {
        _open++; //! LCA1007
        var first = client.GetStream().ReadByte();
        if (first < 0)
        {
            client.Close();
            return;
        }
        client.GetStream().WriteByte((byte)first);
        client.Close();
        _open--;
    }

    public async Task KeepAsync(TcpClient client, CancellationToken stop)
    {
        lock (_sync) _clients.Add(client); //! LCA1007
        await client.GetStream().CopyToAsync(Stream.Null, stop);
        lock (_sync) _clients.Remove(client);
        client.Dispose();
    }

    // ok LCA1007: finally under the lock
    public async Task KeepSafeAsync(TcpClient client, CancellationToken stop)
    {
        lock (_sync) _clients.Add(client);
        try
        {
            await client.GetStream().CopyToAsync(Stream.Null, stop);
        }
        finally
        {
            lock (_sync) _clients.Remove(client);
            client.Dispose();
        }
    }

    private long _total;

    // ok LCA1007: a statistic that only grows
    public void Count() => Interlocked.Increment(ref _total);
    public long Total => _total;
}

public sealed class Pooler(Func<CancellationToken, Task<Socket>> dial)
{
    private readonly SemaphoreSlim _slots = new(8);
    private readonly ConcurrentBag<Socket> _idle = new();

    public async Task<Socket> RentAsync(CancellationToken stop)
    {
        await _slots.WaitAsync(stop); //! LCA1007
        return await dial(stop);
    }

    // ok LCA1007: the slot goes with the socket, and comes back when dialling fails
    public async Task<Socket> RentSafeAsync(CancellationToken stop)
    {
        await _slots.WaitAsync(stop);
        try
        {
            return await dial(stop);
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    public void Return(Socket socket)
    {
        socket.Dispose();
        _slots.Release();
    }
}

public sealed class Tracked : IDisposable
{
    private static int s_live;
    private readonly Socket _socket;

    // ok LCA1007: up in the constructor's last statement, down in Dispose
    public Tracked(Socket socket)
    {
        _socket = socket;
        Interlocked.Increment(ref s_live);
    }

    public static int Live => s_live;

    public void Dispose()
    {
        Interlocked.Decrement(ref s_live);
        _socket.Dispose();
    }
}

public sealed class TrackedLate : IDisposable
{
    private static int s_live;
    private readonly TcpClient _client;

    public TrackedLate(TcpClient client)
    {
        _client = client;
        Interlocked.Increment(ref s_live); //! LCA1007
    }

    public static int Live => s_live;

    public void Dispose()
    {
        _client.GetStream().Flush();
        _client.Close();
        Interlocked.Decrement(ref s_live);
    }
}

public sealed class CountingConnectionHandler : ConnectionHandler
{
    private int _active;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        Enter(); 
        await EchoAsync(connection);
        Leave();
    }

    private void Enter() => Interlocked.Increment(ref _active); //! LCA1007

    private void Leave() => Interlocked.Decrement(ref _active);

    private static async Task EchoAsync(ConnectionContext connection)
    {
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync();
            if (read.IsCompleted) return;
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
    }
}

public sealed class SafeCountingConnectionHandler : ConnectionHandler
{
    private int _active;

    // ok LCA1007: the helpers stand around a try
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        Enter();
        try
        {
            await connection.Transport.Input.CopyToAsync(Stream.Null);
        }
        finally
        {
            Leave();
        }
    }

    private void Enter() => Interlocked.Increment(ref _active);

    private void Leave() => Interlocked.Decrement(ref _active);
}

public sealed class ProxyCount(string host, int port)
{
    private int _pairs;

    public async Task RunAsync(TcpClient client, CancellationToken stop)
    {
        Interlocked.Increment(ref _pairs); //! LCA1007
        using var owned = client;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(host, port, stop);
        }
        catch (SocketException)
        {
            return;
        }
        try
        {
            await owned.GetStream().CopyToAsync(server.GetStream(), stop);
        }
        finally
        {
            Interlocked.Decrement(ref _pairs);
        }
    }

    public int Pairs => _pairs;
}
