// Numbers that follow the open connections.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Wide.Creation.Counters;

// --- reported

public sealed class SessionLimiter(int maximum)
{
    private readonly SemaphoreSlim _slots = new(maximum);
    private readonly byte[] _refuse = "busy"u8.ToArray();

    public async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        await _slots.WaitAsync(ct); //! LCA1007
        using (client)
        {
            await client.GetStream().CopyToAsync(Stream.Null, ct);
        }
        _slots.Release();
    }

    public async Task<bool> TryServeAsync(TcpClient client, CancellationToken ct)
    {
        if (!await _slots.WaitAsync(0, ct)) //! LCA1007
        {
            await client.GetStream().WriteAsync(_refuse, ct);
            client.Dispose();
            return false;
        }
        if (!client.Client.Poll(0, SelectMode.SelectRead))
        {
            client.Dispose();
            return false;
        }
        try
        {
            await client.GetStream().CopyToAsync(Stream.Null, ct);
        }
        finally
        {
            client.Dispose();
            _slots.Release();
        }
        return true;
    }
}

public class WorldServer
{
    private int players;
    private readonly Dictionary<int, Socket> sockets = new Dictionary<int, Socket>();
    private int nextId;

    public void OnPlayer(Socket socket)
    {
        players++; //! LCA1007
        byte[] hello = new byte[8];
        socket.Receive(hello);
        if (hello[0] != 0x7F)
        {
            socket.Close();
            return;
        }
        Play(socket);
        socket.Close();
        players--;
    }

    private void Play(Socket socket)
    {
        byte[] buffer = new byte[512];
        while (socket.Receive(buffer) > 0) { }
    }

    public void Register(Socket socket)
    {
        int id = ++nextId;
        sockets.Add(id, socket); //! LCA1007
        socket.Send(BitConverter.GetBytes(id));
        Play(socket);
        socket.Close();
        sockets.Remove(id);
    }

    public int Players
    {
        get { return players; }
    }
}

public sealed class LiveViews(RequestDelegate next)
{
    private static int s_live;
    private readonly ConcurrentDictionary<string, WebSocket> _views = new();

    public static int Live => s_live;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        Interlocked.Increment(ref s_live); //! LCA1007
        _views.TryAdd(context.TraceIdentifier, socket); //! LCA1007
        var buffer = new byte[1024];
        while (socket.State == WebSocketState.Open)
        {
            var result = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (result.CloseStatus is not null) break;
        }
        _views.TryRemove(context.TraceIdentifier, out _);
        Interlocked.Decrement(ref s_live);
    }
}

public sealed class TrackedConnection : IDisposable
{
    private static int s_open;
    private readonly Socket _socket;

    public TrackedConnection(Socket socket)
    {
        _socket = socket;
        Interlocked.Increment(ref s_open); //! LCA1007
    }

    public static int Open => s_open;

    public void Dispose()
    {
        _socket.Shutdown(SocketShutdown.Both);
        _socket.Close();
        Interlocked.Decrement(ref s_open);
    }
}

public sealed class EchoHandler(ILogger<EchoHandler> log) : ConnectionHandler
{
    private long _connections;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        Enter(connection.ConnectionId);
        while (true)
        {
            var result = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
            if (result.IsCompleted) break;
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
        }
        Leave();
    }

    private void Enter(string id)
    {
        var now = Interlocked.Increment(ref _connections); //! LCA1007
        log.LogInformation("{Id}: {Count} open", id, now);
    }

    private void Leave() => Interlocked.Decrement(ref _connections);
}

public sealed class UploadGate
{
    private readonly SemaphoreSlim _gate = new(4, 4);
    private int _active;

    public async Task<long> UploadAsync(string host, Stream content, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            Interlocked.Add(ref _active, 1); //! LCA1007
            using var client = new TcpClient();
            await client.ConnectAsync(host, 21, ct);
            await content.CopyToAsync(client.GetStream(), ct);
            Interlocked.Add(ref _active, -1);
            return content.Length;
        }
        finally
        {
            _gate.Release();
        }
    }
}

// --- silent

public sealed class CarefulLimiter(int maximum)
{
    private readonly SemaphoreSlim _slots = new(maximum);
    private readonly ConcurrentDictionary<Guid, Socket> _open = new();
    private int _active;
    private int _total;

    // ok LCA1007: finally
    public async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            using (client)
                await client.GetStream().CopyToAsync(Stream.Null, ct);
        }
        finally
        {
            _slots.Release();
        }
    }

    // ok LCA1007: nothing that can fail between
    public async Task CountedAsync(Socket socket, CancellationToken ct)
    {
        var id = Guid.NewGuid();
        Interlocked.Increment(ref _active);
        try
        {
            _open.TryAdd(id, socket);
            await socket.ReceiveAsync(new byte[1], SocketFlags.None, ct);
        }
        finally
        {
            _open.TryRemove(id, out _);
            Interlocked.Decrement(ref _active);
        }
    }

    // ok LCA1007: a total that is never lowered
    public async Task TotalAsync(Socket socket, CancellationToken ct)
    {
        _total++;
        await socket.ReceiveAsync(new byte[1], SocketFlags.None, ct);
        socket.Dispose();
    }

    // ok LCA1007: both ends of the try give it back
    public async Task<bool> BothAsync(Socket socket, CancellationToken ct)
    {
        Interlocked.Increment(ref _active);
        try
        {
            await socket.ReceiveAsync(new byte[1], SocketFlags.None, ct);
        }
        catch
        {
            Interlocked.Decrement(ref _active);
            throw;
        }
        Interlocked.Decrement(ref _active);
        return true;
    }

    // ok LCA1007: the lease goes down when it is disposed
    public async Task LeasedAsync(Socket socket, CancellationToken ct)
    {
        using var lease = new Lease(this);
        await socket.ReceiveAsync(new byte[1], SocketFlags.None, ct);
    }

    private readonly struct Lease : IDisposable
    {
        private readonly CarefulLimiter _owner;

        public Lease(CarefulLimiter owner)
        {
            _owner = owner;
            Interlocked.Increment(ref owner._active);
        }

        public void Dispose() => Interlocked.Decrement(ref _owner._active);
    }

    public int Total => _total;
}

public sealed class CarefulConnection : IDisposable
{
    private static int s_open;
    private readonly Socket _socket;

    public CarefulConnection(Socket socket)
    {
        _socket = socket;
        Interlocked.Increment(ref s_open);
    }

    public static int Open => s_open;

    // ok LCA1007: down even when closing throws
    public void Dispose()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
            _socket.Close();
        }
        finally
        {
            Interlocked.Decrement(ref s_open);
        }
    }
}

public sealed class Retries
{
    private int _failures;

    // ok LCA1007: counts failures, not connections
    public async Task<int> TryAsync(Socket socket, CancellationToken ct)
    {
        try
        {
            var n = await socket.ReceiveAsync(new byte[1], SocketFlags.None, ct);
            _failures = 0;
            return n;
        }
        catch (SocketException)
        {
            _failures++;
            return -1;
        }
    }
}
