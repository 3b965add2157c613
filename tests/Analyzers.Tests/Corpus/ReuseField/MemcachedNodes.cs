// A memcached client by hand: one node per server, a few sockets per node, text protocol.
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Field.Memcached;

/// <summary>One socket with its buffered reader.</summary>
public sealed class NodeSocket : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    public NodeSocket(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public bool IsAlive
    {
        get
        {
            try
            {
                return !_socket.Poll(0, SelectMode.SelectRead);
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public DateTime LastUsed { get; private set; } = DateTime.UtcNow;

    public void WriteLine(string line)
    {
        LastUsed = DateTime.UtcNow;
        _stream.Write(Encoding.ASCII.GetBytes(line + "\r\n"));
    }

    public void Write(byte[] payload) => _stream.Write(payload, 0, payload.Length);

    public string ReadLine()
    {
        var line = new StringBuilder();
        for (int b; (b = _stream.ReadByte()) != '\n';)
        {
            if (b < 0) throw new EndOfStreamException();
            if (b != '\r') line.Append((char)b);
        }

        return line.ToString();
    }

    public byte[] ReadBlock(int length)
    {
        var block = new byte[length];
        _stream.ReadExactly(block);
        return block;
    }

    public void Dispose() => _stream.Dispose();
}

/// <summary>What most hand-written clients do: the first free socket is as good as any.</summary>
public sealed class TrustingNode(EndPoint address)
{
    private readonly ConcurrentStack<NodeSocket> _free = new();

    public byte[]? Get(string key)
    {
        var socket = Acquire();
        try
        {
            socket.WriteLine("get " + key);
            var header = socket.ReadLine();
            if (header == "END")
            {
                _free.Push(socket);
                return null;
            }

            var value = socket.ReadBlock(int.Parse(header[(header.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
            socket.ReadLine();
            socket.ReadLine();
            _free.Push(socket);
            return value;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private NodeSocket Acquire()
    {
        if (_free.TryPop(out var socket)) //! LCA3004
        {
            return socket;
        }

        return Servers.Open(address);
    }
}

/// <summary>Age is asked for, the socket is not.</summary>
public sealed class AgingNode(EndPoint address, TimeSpan maxIdle)
{
    private readonly Queue<NodeSocket> _free = new();

    public bool Delete(string key)
    {
        var socket = Take() ?? Servers.Open(address);
        bool deleted;
        try
        {
            socket.WriteLine($"delete {key}");
            deleted = socket.ReadLine() == "DELETED";
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }

        lock (_free)
            _free.Enqueue(socket);
        return deleted;
    }

    private NodeSocket? Take()
    {
        lock (_free)
        {
            while (_free.Count > 0)
            {
                var candidate = _free.Dequeue(); //! LCA3004
                if (DateTime.UtcNow - candidate.LastUsed < maxIdle) return candidate;
                candidate.Dispose();
            }
        }

        return null;
    }
}

/// <summary>Both: age, and what the socket says.</summary>
public sealed class ProbingNode(EndPoint address, TimeSpan maxIdle)
{
    private readonly Queue<NodeSocket> _free = new();

    public bool Touch(string key, int seconds)
    {
        var socket = Take() ?? Servers.Open(address);
        bool touched;
        try
        {
            socket.WriteLine($"touch {key} {seconds}");
            touched = socket.ReadLine() == "TOUCHED";
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }

        lock (_free) _free.Enqueue(socket);
        return touched;
    }

    private NodeSocket? Take()
    {
        lock (_free)
        {
            while (_free.Count > 0)
            {
                var candidate = _free.Dequeue(); // ok LCA3004: what is dead is thrown away
                if (DateTime.UtcNow - candidate.LastUsed < maxIdle && candidate.IsAlive) return candidate;
                candidate.Dispose();
            }
        }

        return null;
    }
}

/// <summary>A node of each server, made when first asked for; its single socket stays whatever happens.</summary>
public sealed class SingleSocketClient
{
    private readonly ConcurrentDictionary<string, Lazy<NodeSocket>> _nodes = new();
    private readonly Dictionary<string, NodeSocket> _pinned = new(StringComparer.OrdinalIgnoreCase);
    private readonly object _gate = new();

    public string Version(string server)
    {
        lock (_gate)
        {
            if (!_pinned.TryGetValue(server, out var socket))
            {
                socket = Servers.Open(Servers.Parse(server));
                _pinned[server] = socket;
            }

            socket.WriteLine("version"); //! LCA3001
            return socket.ReadLine();
        }
    }

    public string VersionOrReopen(string server)
    {
        lock (_gate)
        {
            if (!_pinned.TryGetValue(server, out var socket) || !socket.IsAlive)
            {
                socket?.Dispose();
                socket = Servers.Open(Servers.Parse(server));
                _pinned[server] = socket;
            }

            socket.WriteLine("version"); // ok LCA3001: asked before it is used
            return socket.ReadLine();
        }
    }

    public string VersionOrForget(string server)
    {
        lock (_gate)
        {
            if (!_pinned.TryGetValue(server, out var socket)) _pinned.Add(server, socket = Servers.Open(Servers.Parse(server)));
            try
            {
                socket.WriteLine("version"); // ok LCA3001: what fails is dropped
                return socket.ReadLine();
            }
            catch (IOException)
            {
                _pinned.Remove(server);
                socket.Dispose();
                throw;
            }
        }
    }

    public void FlushAll(string server)
    {
        var socket = _nodes.GetOrAdd(server, s => new Lazy<NodeSocket>(() => Servers.Open(Servers.Parse(s)))).Value; //! LCA3002
        lock (socket)
        {
            socket.WriteLine("flush_all"); //! LCA3001
            socket.ReadLine();
        }
    }

    public void FlushAllAlive(string server)
    {
        NodeSocket socket;
        lock (_gate)
        {
            _pinned.TryGetValue(server, out var kept);
            socket = kept is { IsAlive: true } ? kept : _pinned[server] = Servers.Open(Servers.Parse(server));
        }

        lock (socket)
        {
            socket.WriteLine("flush_all"); // ok LCA3001: a dead one was replaced above
            socket.ReadLine();
        }
    }
}

internal static class Servers
{
    public static EndPoint Parse(string server)
    {
        var colon = server.IndexOf(':');
        return colon < 0
            ? new DnsEndPoint(server, 11211)
            : new DnsEndPoint(server[..colon], int.Parse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    public static NodeSocket Open(EndPoint address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(address);
            return new NodeSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
