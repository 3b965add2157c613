using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Clauses.Counts;

public sealed class LimitedServer
{
    private int _open;
    private readonly SemaphoreSlim _slots = new(100);
    private readonly ConcurrentDictionary<Guid, WebSocket> _sockets = new();
    private readonly HashSet<TcpClient> _clients = [];

    public int Open => _open;

    public async Task HandleAsync(TcpClient client, CancellationToken stop)
    {
        Interlocked.Increment(ref _open); //! LCA1007
        await TalkAsync(client, stop);
        client.Close();
        Interlocked.Decrement(ref _open);
    }

    public async Task HandleFinallyAsync(TcpClient client, CancellationToken stop)
    {
        Interlocked.Increment(ref _open);
        try
        {
            await TalkAsync(client, stop);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            client.Close();
        }
    }

    public async Task HandleClosingFirstAsync(Socket socket, NetworkStream stream, CancellationToken stop)
    {
        Interlocked.Increment(ref _open); //! LCA1007
        try
        {
            await stream.CopyToAsync(Stream.Null, stop);
        }
        finally
        {
            socket.Shutdown(SocketShutdown.Both);
            Interlocked.Decrement(ref _open);
        }
    }

    public async Task<bool> SlotAsync(TcpClient client, CancellationToken stop)
    {
        await _slots.WaitAsync(stop); //! LCA1007
        if (client.Available == 0) return false;
        try
        {
            await TalkAsync(client, stop);
            return true;
        }
        finally
        {
            _slots.Release();
        }
    }

    public async Task<bool> SlotGivenBackAsync(TcpClient client, CancellationToken stop)
    {
        await _slots.WaitAsync(stop);
        try
        {
            if (client.Available == 0) return false;
            await TalkAsync(client, stop);
            return true;
        }
        finally
        {
            _slots.Release();
        }
    }

    public async Task JoinAsync(Guid id, WebSocket socket, CancellationToken stop)
    {
        if (!_sockets.TryAdd(id, socket)) return; //! LCA1007
        var buffer = new byte[1024];
        while (socket.State == WebSocketState.Open)
        {
            var got = await socket.ReceiveAsync(buffer, stop);
            if (got.MessageType == WebSocketMessageType.Close) break;
        }

        _sockets.TryRemove(id, out _);
    }

    public async Task JoinSafelyAsync(Guid id, WebSocket socket, CancellationToken stop)
    {
        if (!_sockets.TryAdd(id, socket)) return;
        try
        {
            var buffer = new byte[1024];
            while (socket.State == WebSocketState.Open)
            {
                var got = await socket.ReceiveAsync(buffer, stop);
                if (got.MessageType == WebSocketMessageType.Close) break;
            }
        }
        finally
        {
            _sockets.TryRemove(id, out _);
        }
    }

    public void Serve(TcpClient client)
    {
        lock (_clients) _clients.Add(client); //! LCA1007
        var stream = client.GetStream();
        var buffer = new byte[256];
        while (stream.Read(buffer, 0, buffer.Length) > 0)
        {
        }

        lock (_clients) _clients.Remove(client);
        client.Dispose();
    }

    private static async Task TalkAsync(TcpClient client, CancellationToken stop)
    {
        var stream = client.GetStream();
        await stream.CopyToAsync(stream, stop);
    }
}

public class CountedTransport
{
    private static int s_active;
    private readonly Socket _socket;

    public CountedTransport(Socket socket)
    {
        _socket = socket;
        s_active++; //! LCA1007
    }

    public static int Active
    {
        get { return s_active; }
    }

    public void Close()
    {
        _socket.Shutdown(SocketShutdown.Both);
        _socket.Close();
        s_active--;
    }
}

public class CarefulTransport
{
    private static int s_active;
    private readonly Socket _socket;

    public CarefulTransport(Socket socket)
    {
        _socket = socket;
        Interlocked.Increment(ref s_active);
    }

    public static int Active
    {
        get { return s_active; }
    }

    public void Close()
    {
        Interlocked.Decrement(ref s_active);
        _socket.Close();
    }
}

public sealed class HelperCounted
{
    private int _count;

    public async Task RunAsync(TcpClient client, CancellationToken stop)
    {
        Enter();
        await client.GetStream().WriteAsync(new byte[] { 1 }, stop);
        Leave(client);
    }

    private void Enter() => _count++; //! LCA1007

    private void Leave(TcpClient client)
    {
        _count--;
        client.Dispose();
    }

    public override string ToString() => _count + " open";
}

// Not connections: what was served is counted once and for all.
public sealed class Served
{
    private long _served;

    public async Task HandleAsync(TcpClient client, CancellationToken stop)
    {
        using (client)
        {
            Interlocked.Increment(ref _served);
            await client.GetStream().CopyToAsync(Stream.Null, stop);
        }
    }

    public long Total => _served;
}
