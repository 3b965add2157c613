// Pooled SocketAsyncEventArgs of a game relay.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HeldOut.Isolation.OperationPools;

public sealed class ArgsPool
{
    private readonly ConcurrentStack<SocketAsyncEventArgs> _free = new();

    public SocketAsyncEventArgs Get() => _free.TryPop(out var args) ? args : new SocketAsyncEventArgs();

    public void Put(SocketAsyncEventArgs args) => _free.Push(args);
}

public sealed class RelaySender(Socket socket, ArgsPool pool)
{
    public void Send(byte[] data)
    {
        var args = pool.Get();
        args.SetBuffer(data);
        args.Completed += OnSent;
        if (!socket.SendAsync(args)) OnSent(socket, args);
        pool.Put(args); //! LCA4005
    }

    // ok LCA4005: put back by the handler, or here when it is already done
    public void SendPooled(byte[] data)
    {
        var args = pool.Get();
        args.SetBuffer(data);
        args.Completed += OnSentAndBack;
        if (!socket.SendAsync(args)) OnSentAndBack(socket, args);
    }

    private void OnSent(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success) socket.Close();
    }

    private void OnSentAndBack(object? sender, SocketAsyncEventArgs e)
    {
        e.Completed -= OnSentAndBack;
        if (e.SocketError != SocketError.Success) socket.Close();
        pool.Put(e);
    }

    public void SendTagged(byte[] data, object tag)
    {
        var args = pool.Get();
        args.SetBuffer(data);
        args.Completed += OnSentAndBack;
        if (!socket.SendAsync(args))
        {
            OnSentAndBack(socket, args);
            return;
        }

        args.UserToken = tag; //! LCA4005
    }

    // ok LCA4005: tagged before it starts
    public void SendTaggedFirst(byte[] data, object tag)
    {
        var args = pool.Get();
        args.SetBuffer(data);
        args.UserToken = tag;
        args.Completed += OnSentAndBack;
        if (!socket.SendAsync(args)) OnSentAndBack(socket, args);
    }

    public bool TrySend(byte[] data)
    {
        using var args = new SocketAsyncEventArgs();
        args.SetBuffer(data);
        return socket.SendAsync(args); //? LCA4005 LCA1001
    }
}

public sealed class RelayListener
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly SocketAsyncEventArgs _accept = new();
    private readonly BlockingCollection<Socket> _accepted = [];

    public RelayListener() => _accept.Completed += (_, e) => Took(e);

    public void Bind(IPEndPoint endpoint)
    {
        _listener.Bind(endpoint);
        _listener.Listen();
    }

    public void Next()
    {
        if (_listener.AcceptAsync(_accept)) _accept.AcceptSocket = null; //! LCA4005
        else Took(_accept);
    }

    // ok LCA4005: cleared before the next accept
    public void NextCleared()
    {
        _accept.AcceptSocket = null;
        if (!_listener.AcceptAsync(_accept)) Took(_accept);
    }

    private void Took(SocketAsyncEventArgs e)
    {
        if (e.SocketError == SocketError.Success && e.AcceptSocket is { } socket) _accepted.Add(socket);
    }

    public void StopNow()
    {
        if (_listener.AcceptAsync(_accept))
        {
            _accept.Dispose(); //! LCA4005
            return;
        }

        Took(_accept);
    }

    // ok LCA4005: nothing is pending on the path that disposes
    public void StopAfter()
    {
        if (_listener.AcceptAsync(_accept)) return;
        Took(_accept);
        _accept.Dispose();
    }
}

public sealed class ConnectRace(Socket left, Socket right)
{
    public void Both(EndPoint a, EndPoint b, EventHandler<SocketAsyncEventArgs> done)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = a };
        args.Completed += done;
        if (!left.ConnectAsync(args)) done(left, args);
        if (!right.ConnectAsync(args)) done(right, args); //! LCA4005
        GC.KeepAlive(b);
    }

    // ok LCA4005: each has its own
    public void BothOwn(EndPoint a, EndPoint b, EventHandler<SocketAsyncEventArgs> done)
    {
        var first = new SocketAsyncEventArgs { RemoteEndPoint = a };
        var second = new SocketAsyncEventArgs { RemoteEndPoint = b };
        first.Completed += done;
        second.Completed += done;
        if (!left.ConnectAsync(first)) done(left, first);
        if (!right.ConnectAsync(second)) done(right, second);
    }

    // ok LCA4005: Cancel is there for a pending one
    public void Cancel(EndPoint a, EventHandler<SocketAsyncEventArgs> done)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = a };
        args.Completed += done;
        if (left.ConnectAsync(args)) Socket.CancelConnectAsync(args);
        else done(left, args);
    }

    public void Drop(EndPoint a, EventHandler<SocketAsyncEventArgs> done)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = a };
        args.Completed += done;
        try
        {
            if (!left.ConnectAsync(args)) done(left, args);
        }
        finally
        {
            args.Dispose(); //! LCA4005
        }
    }
}

// A sheet of paper that is reused, and no operation.
public sealed class ScoreSheet
{
    private readonly Stack<object> _sheets = new();

    public void Put(object sheet) => _sheets.Push(sheet);
}
