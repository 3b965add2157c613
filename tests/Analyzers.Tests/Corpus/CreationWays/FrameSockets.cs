// Frames over SocketAsyncEventArgs: the answer of XxxAsync(e), heeded and not.
using System.Net;
using System.Net.Sockets;

namespace Ways.Frames;

public abstract class FrameEndpoint
{
    protected readonly Socket _socket;
    protected readonly SocketAsyncEventArgs _receive = new();

    protected FrameEndpoint(Socket socket)
    {
        _socket = socket;
        _receive.Completed += OnIo;
        _receive.SetBuffer(new byte[4096], 0, 4096);
    }

    protected int Frames { get; set; }

    protected SocketAsyncEventArgs Carrying(byte[] frame, EndPoint? to = null)
    {
        SocketAsyncEventArgs e = new() { RemoteEndPoint = to };
        e.Completed += OnIo;
        e.SetBuffer(frame, 0, frame.Length);
        return e;
    }

    private void OnIo(object? sender, SocketAsyncEventArgs e) => Complete(e);

    protected bool Complete(SocketAsyncEventArgs e)
    {
        (Frames, var ok) = (Frames + 1, e is { SocketError: SocketError.Success, BytesTransferred: > 0 });
        return ok;
    }
}

public sealed class HeedlessEndpoint(Socket socket) : FrameEndpoint(socket)
{
    public void Arm() => _socket.ReceiveAsync(_receive); //! LCA1002

    public void ArmQuietly() => _ = _socket.ReceiveAsync(_receive); //! LCA1002

    public void Reply(byte[] frame)
    {
        var pending = _socket.SendAsync(Carrying(frame)); //! LCA1002
        Frames++;
    }

    public Action Arming() => () => _socket.ReceiveFromAsync(_receive); //! LCA1002

    public void Reply(byte[] frame, EndPoint end)
    {
        switch (end)
        {
            case IPEndPoint { Port: > 0 }:
                _socket?.SendToAsync(Carrying(frame, end)); //! LCA1002
                break;
            default:
                throw new ArgumentException("no port", nameof(end));
        }
    }
}

public sealed class HeedingEndpoint(Socket socket) : FrameEndpoint(socket)
{
    public bool Arm() => _socket.ReceiveAsync(_receive) || Complete(_receive);

    public void ArmOrComplete()
    {
        _ = _socket.ReceiveAsync(_receive) || Complete(_receive);
    }

    public void Reply(byte[] frame)
    {
        var e = Carrying(frame);
        switch (_socket.SendAsync(e))
        {
            case false: Complete(e); break;
        }
    }

    public void ReplyTold(byte[] frame)
    {
        var e = Carrying(frame);
        var bWillRaise = _socket.SendAsync(e);
        if (bWillRaise) return;
        Complete(e);
    }

    /// <summary>The caller asks.</summary>
    public bool BeginReceive() => _socket.ReceiveAsync(_receive);

    public void ByDelegate()
    {
        Func<SocketAsyncEventArgs, bool> start = _socket.ReceiveAsync;
        if (start(_receive) is false) Complete(_receive);
    }

    public void Drain()
    {
        while (!_socket.ReceiveAsync(_receive))
        {
            if (!Complete(_receive)) break;
        }
    }

    public string Describe() => _socket.ReceiveAsync(_receive) ? "pending" : Complete(_receive) ? "done" : "failed";
}

public sealed class FrameListener : IDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Queue<Socket> _accepted = new();

    public void Start(int port)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Any, port));
        _listener.Listen();
        var args = new SocketAsyncEventArgs();
        args.Completed += (_, e) => Store(e);
        if (port is 0)
            _listener.AcceptAsync(args); //! LCA1002
        else if (_listener.AcceptAsync(args) == false)
            Store(args);
    }

    private void Store(SocketAsyncEventArgs e)
    {
        lock (_accepted)
            if (e.AcceptSocket is { } socket) _accepted.Enqueue(socket);
    }

    public void Dispose() => _listener.Dispose();
}
