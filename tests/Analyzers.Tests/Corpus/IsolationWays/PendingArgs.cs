// Operation objects of a game server: what is done to them while they are on their way.
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Ways.Pending;

public sealed class ArgsPool
{
    private readonly ConcurrentStack<SocketAsyncEventArgs> _free = new();

    public SocketAsyncEventArgs Rent() => _free.TryPop(out var args) ? args : Fresh();

    public void Return(SocketAsyncEventArgs args) => _free.Push(args);

    private SocketAsyncEventArgs Fresh()
    {
        SocketAsyncEventArgs args = new();
        args.Completed += (_, e) => Return(e);
        return args;
    }
}

public sealed class Player(Socket socket, ArgsPool pool)
{
    public void Send(byte[] frame)
    {
        var args = pool.Rent();
        args.SetBuffer(frame);
        if (socket.SendAsync(args)) pool.Return(args); //! LCA4005
    }

    public void SendRight(byte[] frame)
    {
        var args = pool.Rent();
        args.SetBuffer(frame);
        if (!socket.SendAsync(args)) pool.Return(args);
    }

    public void SendFinally(byte[] frame)
    {
        var args = pool.Rent();
        try
        {
            args.SetBuffer(frame);
            if (socket.SendAsync(args)) return;
            Told(args);
        }
        finally
        {
            pool.Return(args); //! LCA4005
        }
    }

    public void SendFailing(byte[] frame)
    {
        var args = pool.Rent();
        try
        {
            args.SetBuffer(frame);
            if (socket.SendAsync(args)) return;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            pool.Return(args);
            return;
        }

        Told(args);
        pool.Return(args);
    }

    public void SendUsing(byte[] frame)
    {
        using SocketAsyncEventArgs args = new(); //! LCA4005
        args.Completed += (_, e) => Told(e);
        args.SetBuffer(frame);
        if (!socket.SendAsync(args)) Told(args);
    }

    public void SendDisposing(byte[] frame)
    {
        SocketAsyncEventArgs args = new();
        args.Completed += Done;
        args.SetBuffer(frame);
        if (!socket.SendAsync(args)) Done(socket, args);

        void Done(object? sender, SocketAsyncEventArgs e)
        {
            Told(e);
            e.Dispose();
        }
    }

    public void SendTwice(byte[] first, object second)
    {
        var args = pool.Rent();
        args.SetBuffer(first);
        args.UserToken = first;
        var pending = socket.SendAsync(args);
        args.UserToken = second; //! LCA4005
        if (!pending) pool.Return(args);
    }

    public void SendWaiting(byte[] frame)
    {
        using var args = new SocketAsyncEventArgs();
        using var done = new ManualResetEventSlim();
        args.Completed += (_, _) => done.Set();
        args.SetBuffer(frame);
        if (socket.SendAsync(args)) done.Wait();
        Told(args);
    }

    private int _sent;

    private void Told(SocketAsyncEventArgs args) => _sent += args switch
    {
        { SocketError: SocketError.Success, BytesTransferred: var bytes } => bytes,
        _ => 0,
    };
}

public sealed class Acceptor
{
    private readonly Socket _listener;
    private readonly SocketAsyncEventArgs _args = new();

    public event Action<Socket>? Accepted;

    public Acceptor(Socket listener)
    {
        _listener = listener;
        _args.Completed += (_, e) => Next(e);
    }

    public void Start()
    {
        try
        {
            if (_listener.AcceptAsync(_args) is false) Next(_args);
        }
        catch (ObjectDisposedException) { }
    }

    public void StartHasty()
    {
        var pending = _listener.AcceptAsync(_args);
        _args.AcceptSocket = null; //! LCA4005
        if (!pending) Next(_args);
    }

    private void Next(SocketAsyncEventArgs e)
    {
        (var socket, e.AcceptSocket) = (e.AcceptSocket, null);
        if (socket is not null) Accepted?.Invoke(socket);
    }
}
