// Operation objects in loops, queues and wrappers.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Second.Isolation.OddOperations;

public sealed class Broadcaster
{
    private readonly Stack<SocketAsyncEventArgs> _pool = new();
    private readonly SocketAsyncEventArgs _shared = new();

    public Broadcaster() => _shared.Completed += (_, _) => { };

    public void ToAll(IEnumerable<Socket> peers, byte[] data)
    {
        _shared.SetBuffer(data);
        foreach (var peer in peers)
        {
            if (!peer.SendAsync(_shared)) Console.WriteLine("at once"); //! LCA4005
        }
    }

    public void ToAllProperly(IEnumerable<Socket> peers, byte[] data)
    {
        foreach (var peer in peers)
        {
            SocketAsyncEventArgs args;
            lock (_pool) args = _pool.Count > 0 ? _pool.Pop() : Create();
            args.SetBuffer(data);
            if (!peer.SendAsync(args)) Recycle(peer, args);
        }
    }

    private SocketAsyncEventArgs Create()
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += Recycle;
        return args;
    }

    private void Recycle(object? sender, SocketAsyncEventArgs args)
    {
        lock (_pool) _pool.Push(args);
    }

    public void ToOne(Socket peer, byte[] data)
    {
        SocketAsyncEventArgs args;
        lock (_pool) args = _pool.Count > 0 ? _pool.Pop() : Create();
        args.SetBuffer(data);
        var pending = peer.SendAsync(args);
        Console.WriteLine(pending);
        lock (_pool) _pool.Push(args); //! LCA4005
    }

    public void ToOneIfDone(Socket peer, byte[] data)
    {
        var args = Create();
        args.SetBuffer(data);
        var pending = peer.SendAsync(args);
        if (!pending)
        {
            args.UserToken = null;
            Recycle(peer, args); // ok LCA4005
        }
    }
}

/// <summary>Chained: connect, then send with the same object, in the handler of each.</summary>
public sealed class Chain
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    public void Run(EndPoint endpoint, byte[] hello)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = endpoint, UserToken = hello };
        args.Completed += OnCompleted;
        if (!_socket.ConnectAsync(args)) OnCompleted(_socket, args);
    }

    private void OnCompleted(object? sender, SocketAsyncEventArgs args)
    {
        switch (args.LastOperation)
        {
            case SocketAsyncOperation.Connect when args.SocketError == SocketError.Success:
                args.SetBuffer((byte[])args.UserToken!); // ok LCA4005: the connect is over
                if (!_socket.SendAsync(args)) OnCompleted(sender, args); //? LCA2001
                break;
            default:
                args.Dispose();
                break;
        }
    }
}

/// <summary>The handler starts the next one and goes on with the object.</summary>
public sealed class Receiver(Socket socket, Action<byte[]> deliver)
{
    private readonly ConcurrentBag<SocketAsyncEventArgs> _spare = new();

    public void Start()
    {
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(new byte[256]);
        args.Completed += OnReceived;
        if (!socket.ReceiveAsync(args)) OnReceived(socket, args);
    }

    private void OnReceived(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
        {
            e.Dispose();
            return;
        }

        deliver(e.MemoryBuffer[..e.BytesTransferred].ToArray());
        if (!socket.ReceiveAsync(e)) OnReceived(sender, e); //? LCA1005
    }

    private void OnReceivedHastily(object? sender, SocketAsyncEventArgs e)
    {
        var pending = socket.ReceiveAsync(e); //? LCA1005
        if (!pending) Console.WriteLine(e.BytesTransferred);
        _spare.Add(e); //! LCA4005
    }

    public void StartHasty()
    {
        if (!_spare.TryTake(out var args)) args = new SocketAsyncEventArgs();
        args.SetBuffer(new byte[256]);
        args.Completed += OnReceivedHastily;
        if (!socket.ReceiveAsync(args)) OnReceivedHastily(socket, args);
    }
}

/// <summary>Disposed after a time-out, though the accept is pending; cancelled first.</summary>
public sealed class Patience(Socket listener)
{
    public Socket? AcceptWithin(TimeSpan limit)
    {
        using var done = new ManualResetEventSlim();
        using var args = new SocketAsyncEventArgs(); //! LCA4005
        args.Completed += (_, _) => done.Set();
        if (listener.AcceptAsync(args) && !done.Wait(limit)) return null; //? LCA4005
        return args.AcceptSocket;
    }

    public Socket? AcceptToTheEnd()
    {
        using var done = new ManualResetEventSlim();
        using var args = new SocketAsyncEventArgs();
        args.Completed += (_, _) => done.Set();
        if (listener.AcceptAsync(args)) done.Wait();
        return args.AcceptSocket;
    }
}
