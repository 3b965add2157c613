// SocketAsyncEventArgs: what happens when the operation is complete at once.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Wide.Creation.SyncCompletion;

// A game server in the style of 2012.
public class GameListener
{
    private readonly Socket _listener;
    private readonly SocketAsyncEventArgs _acceptArgs;
    private int _accepted;

    public GameListener(IPEndPoint endPoint)
    {
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(endPoint);
        _listener.Listen(100);
        _acceptArgs = new SocketAsyncEventArgs();
        _acceptArgs.Completed += new EventHandler<SocketAsyncEventArgs>(AcceptCompleted);
    }

    public void Start()
    {
        Console.WriteLine("listening");
        _listener.AcceptAsync(_acceptArgs); //! LCA1002
    }

    private void AcceptCompleted(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError == SocketError.Success)
        {
            Interlocked.Increment(ref _accepted);
            e.AcceptSocket?.Dispose();
        }
        e.AcceptSocket = null;
        _listener.AcceptAsync(e); //! LCA1002 LCA1005
    }

    public void Stop() => _listener.Close();
}

public sealed class UserConnection(Socket socket)
{
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SocketAsyncEventArgs _send = new();
    private readonly ConcurrentQueue<byte[]> _outbox = new();
    private bool _pending;

    public void Begin()
    {
        _receive.SetBuffer(new byte[8192], 0, 8192);
        _receive.Completed += OnReceived;
        _send.Completed += OnSent;
        _ = socket.ReceiveAsync(_receive); //! LCA1002
    }

    private void OnReceived(object? sender, SocketAsyncEventArgs e)
    {
        if (e.BytesTransferred == 0 || e.SocketError != SocketError.Success) return;
        var pending = socket.ReceiveAsync(e); //! LCA1002
    }

    public void Push(byte[] packet)
    {
        _outbox.Enqueue(packet);
        if (_outbox.TryDequeue(out var next))
        {
            _send.SetBuffer(next, 0, next.Length);
            _pending = true;
            socket?.SendAsync(_send); //! LCA1002
        }
    }

    private void OnSent(object? sender, SocketAsyncEventArgs e) => _pending = false;

    public bool Busy => _pending;
}

public static class Dialer
{
    public static void Dial(EndPoint remote, Action<Socket?> connected)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += (_, e) => connected(e.SocketError == SocketError.Success ? e.ConnectSocket : null);
        Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args); //! LCA1002
    }

    public static void Hangup(Socket socket)
    {
        var args = new SocketAsyncEventArgs { DisconnectReuseSocket = true };
        args.Completed += (_, e) => e.Dispose();
        Action go = () => socket.DisconnectAsync(args); //! LCA1002
        go();
    }
}

public class DatagramPump
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public void Arm(SocketAsyncEventArgs e) => _socket.ReceiveFromAsync(e); //! LCA1002

    public void Reply(SocketAsyncEventArgs e, byte[] data)
    {
        e.SetBuffer(data);
        try
        {
            _socket.SendToAsync(e); //! LCA1002
        }
        catch (ObjectDisposedException)
        {
        }
    }

    public void Either(SocketAsyncEventArgs e, bool peek)
    {
        if (peek)
            _socket.ReceiveMessageFromAsync(e); //! LCA1002
        else if (!_socket.ReceiveFromAsync(e))
            Handle(e);
    }

    private void Handle(SocketAsyncEventArgs e) => Console.WriteLine(e.BytesTransferred);
}

// --- silent

public sealed class CarefulListener(Socket listener)
{
    private readonly SocketAsyncEventArgs _args = new();

    // ok LCA1002: the usual loop
    public void Accept(SocketAsyncEventArgs e)
    {
        bool pending;
        do
        {
            e.AcceptSocket = null;
            pending = listener.AcceptAsync(e);
            if (!pending) Process(e);
        }
        while (!pending);
    }

    // ok LCA1002: negated in the while itself
    public void Drain(Socket socket, SocketAsyncEventArgs e)
    {
        while (!socket.ReceiveAsync(e))
        {
            if (e.BytesTransferred == 0) break;
            Process(e);
        }
    }

    // ok LCA1002: compared with false
    public void ReceiveOnce(Socket socket, SocketAsyncEventArgs e)
    {
        if (socket.ReceiveAsync(e) == false)
        {
            Process(e);
        }
    }

    // ok LCA1002: the caller decides
    public bool TryReceive(Socket socket, SocketAsyncEventArgs e) => socket.ReceiveAsync(e);

    // ok LCA1002: a field keeps the answer, read below
    public void Send(Socket socket)
    {
        _pending = socket.SendAsync(_args);
        if (!_pending) Process(_args);
    }

    // ok LCA1002: conditional expression
    public string Describe(Socket socket, SocketAsyncEventArgs e) => socket.SendAsync(e) ? "pending" : Finish(e);

    // ok LCA1002: returned from a lambda that the helper asks
    public void ViaHelper(Socket socket, SocketAsyncEventArgs e) => Run(() => socket.ConnectAsync(e), e);

    // ok LCA1002: the task-based overload has no such answer
    public async Task ModernAsync(Socket socket, EndPoint remote, CancellationToken ct)
    {
        await socket.ConnectAsync(remote, ct);
        await socket.SendAsync(new byte[1], SocketFlags.None, ct);
    }

    // ok LCA1002: a switch on the answer
    public void Switch(Socket socket, SocketAsyncEventArgs e)
    {
        switch (socket.ReceiveFromAsync(e))
        {
            case false:
                Process(e);
                break;
        }
    }

    // ok LCA1002: `is false`
    public void Pattern(Socket socket, SocketAsyncEventArgs e)
    {
        if (socket.DisconnectAsync(e) is false) Process(e);
    }

    private bool _pending;

    private void Run(Func<bool> start, SocketAsyncEventArgs e)
    {
        if (!start()) Process(e);
    }

    private string Finish(SocketAsyncEventArgs e)
    {
        Process(e);
        return "done";
    }

    private void Process(SocketAsyncEventArgs e) => Console.WriteLine(e.LastOperation);
}
