using System.Net;
using System.Net.Sockets;

namespace Clauses.SyncCompletion;

public sealed class AcceptPump
{
    private readonly Socket _listener;
    private readonly SocketAsyncEventArgs _accept = new();

    public AcceptPump(Socket listener)
    {
        _listener = listener;
        _accept.Completed += (_, e) => Next(e);
    }

    public void Start() => _listener.AcceptAsync(_accept); //! LCA1002

    private void Next(SocketAsyncEventArgs e)
    {
        e.AcceptSocket?.Dispose();
        e.AcceptSocket = null;
        try
        {
            while (!_listener.AcceptAsync(e))
            {
                e.AcceptSocket?.Dispose();
                e.AcceptSocket = null;
            }
        }
        catch (ObjectDisposedException)
        {
        }
    }
}

public sealed class FrameReceiver
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new();
    private int _frames;

    public FrameReceiver(Socket socket)
    {
        _socket = socket;
        _receive.SetBuffer(new byte[8192], 0, 8192);
        _receive.Completed += OnReceived;
    }

    public void Begin()
    {
        var pending = _socket.ReceiveAsync(_receive);
        if (pending) return;
        OnReceived(this, _receive);
    }

    public bool TryBegin() => _socket.ReceiveAsync(_receive);

    private void OnReceived(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError == SocketError.Success) _frames++;
    }

    public int Frames => _frames;
}

public sealed class UdpResponder
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _args = new();

    public UdpResponder(Socket socket)
    {
        _socket = socket;
        _args.Completed += OnCompleted;
        _args.SetBuffer(new byte[1500], 0, 1500);
        _args.RemoteEndPoint = new IPEndPoint(IPAddress.Any, 0);
    }

    public void Listen()
    {
        _ = _socket.ReceiveFromAsync(_args); //! LCA1002
    }

    private void OnCompleted(object? sender, SocketAsyncEventArgs e)
    {
        Console.WriteLine(e.BytesTransferred);
    }
}

public static class StaticDial
{
    public static void Dial(EndPoint to, Action<Socket?> done)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = to };
        args.Completed += (_, e) => done(e.ConnectSocket);
        bool waiting = Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args); //! LCA1002
    }

    public static void DialRight(EndPoint to, Action<Socket?> done)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = to };
        args.Completed += (_, e) => done(e.ConnectSocket);
        bool waiting = Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args);
        if (!waiting) done(args.ConnectSocket);
    }
}

public sealed class FileSender
{
    public void Send(Socket socket, string path, SocketAsyncEventArgs args)
    {
        args.SendPacketsElements = new[] { new SendPacketsElement(path) };
        try
        {
            socket.SendPacketsAsync(args); //! LCA1002
        }
        catch (ObjectDisposedException)
        {
            Console.WriteLine("closed before " + path);
        }
    }

    public void Leave(Socket socket, SocketAsyncEventArgs args)
    {
        Action leave = () => socket.DisconnectAsync(args); //! LCA1002
        leave();
    }

    public void LeaveRight(Socket socket, SocketAsyncEventArgs args, Action<SocketAsyncEventArgs> left)
    {
        switch (socket.DisconnectAsync(args))
        {
            case false:
                left(args);
                break;
        }
    }

    public void SendAll(Socket socket, Queue<SocketAsyncEventArgs> ready, Action<SocketAsyncEventArgs> sent)
    {
        while (ready.TryDequeue(out var next))
        {
            var completed = !socket.SendAsync(next);
            if (completed) sent(next);
        }
    }
}
