// Pools of bare sockets and TCP clients, of the cache client and the SMPP gateway, in the style of ten years ago and of today.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Works.Reuse.SocketPools;

internal static class Sockets
{
    public static Socket Dial(EndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendTimeout = 2000, ReceiveTimeout = 2000 };
        try
        {
            socket.Connect(server);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task<TcpClient> DialAsync(string host, int port, CancellationToken ct)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public static bool LooksAlive(Socket socket)
    {
        try
        {
            return !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public static void ReceiveAll(Socket socket, byte[] into)
    {
        var n = 0;
        while (n < into.Length)
        {
            var got = socket.Receive(into, n, into.Length - n, SocketFlags.None);
            if (got == 0) throw new IOException("the server closed the connection");
            n += got;
        }
    }
}

/// <summary>Cache client: idle sockets in a queue under a lock.</summary>
public class CacheNode
{
    private readonly Queue<Socket> _idle = new Queue<Socket>();
    private readonly EndPoint _server;

    public CacheNode(EndPoint server)
    {
        _server = server;
    }

    public byte[] Get(string key)
    {
        Socket socket = Acquire();
        try
        {
            socket.Send(Encoding.ASCII.GetBytes("get " + key + "\r\n"));
            var value = new byte[1024];
            Sockets.ReceiveAll(socket, value);
            Release(socket);
            return value;
        }
        catch (Exception)
        {
            socket.Close();
            throw;
        }
    }

    protected Socket Acquire()
    {
        lock (_idle)
        {
            if (_idle.Count > 0)
            {
                return _idle.Dequeue(); //! LCA3004
            }
        }

        return Sockets.Dial(_server);
    }

    protected void Release(Socket socket)
    {
        lock (_idle)
        {
            _idle.Enqueue(socket);
        }
    }
}

/// <summary>The same; the FIN of a server that was restarted is seen here.</summary>
public class ProbingCacheNode
{
    private readonly Queue<Socket> _idle = new Queue<Socket>();
    private readonly EndPoint _server;

    public ProbingCacheNode(EndPoint server)
    {
        _server = server;
    }

    public byte[] Get(string key)
    {
        Socket socket = Acquire();
        try
        {
            socket.Send(Encoding.ASCII.GetBytes("get " + key + "\r\n"));
            var value = new byte[1024];
            Sockets.ReceiveAll(socket, value);
            lock (_idle) _idle.Enqueue(socket);
            return value;
        }
        catch (Exception)
        {
            socket.Close();
            throw;
        }
    }

    private Socket Acquire()
    {
        lock (_idle)
        {
            while (_idle.Count > 0)
            {
                Socket candidate = _idle.Dequeue(); // ok LCA3004: probed
                if (Sockets.LooksAlive(candidate)) return candidate;
                candidate.Close();
            }
        }

        return Sockets.Dial(_server);
    }
}

/// <summary>Connected is a check here, and a poor one.</summary>
public sealed class SmppGateway(string host)
{
    private readonly ConcurrentBag<TcpClient> _binds = new();

    public async Task SubmitAsync(byte[] pdu, CancellationToken ct)
    {
        TcpClient? client = null;
        while (client is null && _binds.TryTake(out var candidate)) // ok LCA3004: Connected was asked
        {
            if (candidate.Connected) client = candidate; //! LCA2003
            else candidate.Dispose();
        }

        client ??= await Sockets.DialAsync(host, 2775, ct);
        try
        {
            await client.GetStream().WriteAsync(pdu, ct);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        _binds.Add(client);
    }

    public async Task SubmitUncheckedAsync(byte[] pdu, CancellationToken ct)
    {
        var client = _binds.TryTake(out var bound) ? bound : await Sockets.DialAsync(host, 2775, ct); //! LCA3004
        try
        {
            await client.GetStream().WriteAsync(pdu, ct);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        _binds.Add(client);
    }

    public async Task SubmitProbedAsync(byte[] pdu, CancellationToken ct)
    {
        TcpClient? client = null;
        while (client is null && _binds.TryTake(out var candidate)) // ok LCA3004: polled
        {
            if (Sockets.LooksAlive(candidate.Client)) client = candidate;
            else candidate.Dispose();
        }

        client ??= await Sockets.DialAsync(host, 2775, ct);
        try
        {
            await client.GetStream().WriteAsync(pdu, ct);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        _binds.Add(client);
    }
}

/// <summary>A generic pool of the shop's own; T is whatever has a line to somewhere.</summary>
public interface IPooledLink : IDisposable
{
    bool IsConnected { get; }
    void Send(ReadOnlySpan<byte> frame);
}

public sealed class LinkPool<TLink>(Func<TLink> dial) where TLink : class, IPooledLink
{
    private readonly ConcurrentStack<TLink> _free = new();

    public TLink Rent()
    {
        if (_free.TryPop(out var link)) return link; //! LCA3004
        return dial();
    }

    public TLink RentConnected()
    {
        while (_free.TryPop(out var link)) // ok LCA3004: asked here
        {
            if (link.IsConnected) return link;
            link.Dispose();
        }

        return dial();
    }

    public void Return(TLink link) => _free.Push(link);
}

/// <summary>Buffers and jobs come out of stacks too.</summary>
public sealed class FrameBuffers
{
    private readonly ConcurrentStack<byte[]> _free = new();
    private readonly ConcurrentQueue<Action<Socket>> _jobs = new();

    public byte[] Rent() => _free.TryPop(out var buffer) ? buffer : new byte[4096]; // ok LCA3004: no connection

    public void Return(byte[] buffer) => _free.Push(buffer);

    public void Later(Action<Socket> job) => _jobs.Enqueue(job);

    public void RunOne(Socket socket)
    {
        if (_jobs.TryDequeue(out var job)) job(socket); // ok LCA3004: a job
    }
}

/// <summary>Accepted sockets waiting for a worker: each is taken once and closed.</summary>
public sealed class WaitingRoom(Socket listener)
{
    private readonly BlockingCollection<Socket> _waiting = new(100);

    public void Accept()
    {
        while (!_waiting.IsAddingCompleted)
        {
            var socket = listener.Accept();
            if (!_waiting.TryAdd(socket)) socket.Dispose(); //? LCA1007
        }
    }

    public void Serve()
    {
        while (_waiting.TryTake(out var socket, TimeSpan.FromSeconds(1))) // ok LCA3004: a hand-over, no pool
        {
            using (socket)
            {
                socket.Send("* OK ready\r\n"u8);
            }
        }
    }
}
