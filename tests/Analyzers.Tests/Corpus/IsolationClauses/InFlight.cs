using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Clauses.InFlight;

public sealed class ArgsPool
{
    private readonly ConcurrentStack<SocketAsyncEventArgs> _free = new();

    public SocketAsyncEventArgs Rent() => _free.TryPop(out var args) ? args : new SocketAsyncEventArgs();

    public void Push(SocketAsyncEventArgs args) => _free.Push(args);
}

public sealed class DatagramSender
{
    private readonly ArgsPool _pool = new();
    private readonly Socket _socket;

    public DatagramSender(Socket socket)
    {
        _socket = socket;
    }

    public void Send(byte[] datagram)
    {
        var args = _pool.Rent();
        args.SetBuffer(datagram, 0, datagram.Length);
        args.Completed += Sent;
        if (!_socket.SendAsync(args)) Sent(this, args);
        _pool.Push(args); //! LCA4005
    }

    private void Sent(object? sender, SocketAsyncEventArgs e)
    {
        e.Completed -= Sent;
        Console.WriteLine(e.SocketError);
    }
}

public sealed class ReturningSender
{
    private readonly ArgsPool _pool = new();
    private readonly Socket _socket;

    public ReturningSender(Socket socket)
    {
        _socket = socket;
    }

    public void Send(byte[] datagram)
    {
        var args = _pool.Rent();
        args.SetBuffer(datagram, 0, datagram.Length);
        args.Completed += Sent;
        if (!_socket.SendAsync(args)) Sent(this, args);
    }

    private void Sent(object? sender, SocketAsyncEventArgs e)
    {
        e.Completed -= Sent;
        _pool.Push(e);
    }
}

public sealed class OneAccept
{
    private readonly SocketAsyncEventArgs _accept = new();
    private readonly Socket _listener;

    public OneAccept(Socket listener)
    {
        _listener = listener;
        _accept.Completed += (_, e) => Accepted(e);
    }

    public void Begin()
    {
        if (!_listener.AcceptAsync(_accept)) Accepted(_accept);
        _accept.UserToken = DateTime.UtcNow; //! LCA4005
    }

    public void BeginRight()
    {
        _accept.UserToken = DateTime.UtcNow;
        if (!_listener.AcceptAsync(_accept)) Accepted(_accept);
    }

    private void Accepted(SocketAsyncEventArgs e)
    {
        e.AcceptSocket?.Dispose();
        e.AcceptSocket = null;
    }
}

public sealed class UsingArgs
{
    public void Connect(Socket socket, System.Net.EndPoint to)
    {
        using var args = new SocketAsyncEventArgs { RemoteEndPoint = to }; //! LCA4005
        args.Completed += (_, e) => Console.WriteLine(e.SocketError);
        if (!socket.ConnectAsync(args)) Console.WriteLine(args.SocketError);
    }

    public void ConnectAndWait(Socket socket, System.Net.EndPoint to)
    {
        using var done = new ManualResetEventSlim();
        using var args = new SocketAsyncEventArgs { RemoteEndPoint = to };
        args.Completed += (_, _) => done.Set();
        if (socket.ConnectAsync(args)) done.Wait();
        Console.WriteLine(args.SocketError);
    }
}
