// What Connected is asked for.
using System.Net.Sockets;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.ConnectedProofs;

public sealed class LabelPrinter(TcpClient client, ILogger log)
{
    public void Print(byte[] label)
    {
        if (client.Connected) //! LCA2003
            client.GetStream().Write(label);
    }

    public async Task ReadLoopAsync(CancellationToken stop)
    {
        var buffer = new byte[128];
        while (client.Connected && !stop.IsCancellationRequested) //! LCA2003
        {
            var n = await client.GetStream().ReadAsync(buffer, stop);
            if (n == 0) break;
        }
    }

    // ok LCA2003: logged
    public void Status() => log.LogInformation("connected: {Connected}", client.Connected);

    // ok LCA2003: asserted
    public void Check() => Debug.Assert(client.Connected, "opened by the caller");

    // ok LCA2003: merely handed on
    public bool IsConnected => client.Connected;

    // ok LCA2003: decides about closing only
    public void Close()
    {
        if (client.Connected) client.Client.Shutdown(SocketShutdown.Both);
        client.Close();
    }

    // ok LCA2003: decides what is logged
    public void Explain()
    {
        if (!client.Connected) log.LogWarning("printer is gone");
        else log.LogInformation("printer is there");
    }

    public bool TryPrint(byte[] label)
    {
        if (!client.Connected) return false; //! LCA2003
        client.GetStream().Write(label);
        return true;
    }

    public void PrintOrThrow(byte[] label)
    {
        if (client is not { Connected: true }) throw new InvalidOperationException("printer off"); //! LCA2003
        client.GetStream().Write(label);
    }

    public void PrintWhenAny(byte[] label)
    {
        var alive = client.Connected; //! LCA2003
        log.LogDebug("alive {Alive}", alive);
        if (alive) client.Client.Send(label);
    }
}

public sealed class Reader(Socket socket, string host, int port)
{
    private Socket _socket = socket;
    private NetworkStream? _stream;

    public Socket Get()
    {
        if (_socket.Connected) return _socket; //! LCA2003
        _socket.Dispose();
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _socket.Connect(host, port);
        return _socket;
    }

    public void Listen()
    {
        var buffer = new byte[64];
        do
        {
            if (_socket.Receive(buffer) == 0) return;
        }
        while (_socket.Connected); //! LCA2003
    }

    public void Push(byte[] data)
    {
        _stream ??= new NetworkStream(_socket);
        if (_stream.Socket.Connected) _stream.Write(data); //! LCA2003
    }

    public int Ask(byte[] data) => _socket.Connected ? _socket.Send(data) : 0; //! LCA2003

    // ok LCA2003: asks the peer with a poll
    public bool Alive()
    {
        try
        {
            return !(_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // ok LCA2003: together with a poll that asks the peer
    public void PushPolled(byte[] data)
    {
        if (_socket.Connected && !(_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0))
            _socket.Send(data);
    }

    // ok LCA2003: told in a message
    public override string ToString() => $"{host}:{port} ({(_socket.Connected ? "up" : "down")})";
}

public sealed class PooledLine(TcpClient client)
{
    private readonly Stack<TcpClient> _idle = new();

    public TcpClient Rent()
    {
        lock (_idle)
            while (_idle.TryPop(out var c))
            {
                if (c.Connected) return c; //! LCA2003
                c.Dispose();
            }
        return client;
    }

    // ok LCA2003: only thrown away by it
    public void Sweep()
    {
        lock (_idle)
            foreach (var c in _idle)
                if (!c.Connected) c.Dispose();
    }

    // ok LCA2003: the result of connecting just now
    public static bool TryOpen(TcpClient fresh, string host, int port)
    {
        try { fresh.Connect(host, port); }
        catch (SocketException) { return false; }
        return fresh.Connected;
    }
}

public sealed class OwnClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    // an own type's member of that name is not the socket's
    public bool Connected { get; private set; }

    // ok LCA2003
    public void Send(byte[] data)
    {
        if (!Connected) return;
        _socket.Send(data);
    }

    public void Dispose()
    {
        Connected = false;
        _socket.Dispose();
    }
}

public sealed class Scanner(TcpClient client)
{
    public void Scan()
    {
        using var reader = new StreamReader(client.GetStream());
        for (; client.Connected;) //! LCA2003
        {
            var line = reader.ReadLine();
            if (line is null) return;
        }
    }

    public void Reconnect(string host, int port)
    {
        if (!client.Connected) //! LCA2003
            client.Connect(host, port);
        client.GetStream().WriteByte(1);
    }
}
