// SocketAsyncEventArgs and their like: in flight, and already taken for something else.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Second.Isolation.Operations;

public sealed class ArgsPool
{
    private readonly ConcurrentStack<SocketAsyncEventArgs> _free = new();

    public SocketAsyncEventArgs Pop() => _free.TryPop(out var args) ? args : new SocketAsyncEventArgs();

    public void Push(SocketAsyncEventArgs args) => _free.Push(args);
}

public sealed class ArgsSender
{
    private readonly ArgsPool _pool = new();
    private readonly Socket _socket;

    public ArgsSender(Socket socket) => _socket = socket;

    public void SendAndPush(byte[] data)
    {
        var args = _pool.Pop();
        args.SetBuffer(data);
        _socket.SendAsync(args); //? LCA1002 LCA1001
        _pool.Push(args); //! LCA4005
    }

    public void SendAndDispose(byte[] data)
    {
        using var args = new SocketAsyncEventArgs(); //? LCA4005
        args.SetBuffer(data);
        if (!_socket.SendAsync(args)) Console.WriteLine("sent at once"); //? LCA1001 //? LCA4005
    } //? LCA4005

    public void SendAndDisposeExplicitly(byte[] data)
    {
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(data);
        if (!_socket.SendAsync(args)) Console.WriteLine("sent at once"); //? LCA1001
        args.Dispose(); //! LCA4005
    }

    public void SendProperly(byte[] data)
    {
        var args = _pool.Pop();
        args.SetBuffer(data);
        args.Completed += OnSent;
        if (!_socket.SendAsync(args)) OnSent(_socket, args);
    }

    private void OnSent(object? sender, SocketAsyncEventArgs e)
    {
        e.Completed -= OnSent;
        _pool.Push(e); // ok LCA4005: complete
    }

    public void SendSyncAware(byte[] data)
    {
        var args = _pool.Pop();
        args.SetBuffer(data);
        args.Completed += OnSent;
        var pending = _socket.SendAsync(args);
        if (pending) return;
        args.Completed -= OnSent;
        _pool.Push(args); // ok LCA4005: complete on this path
    }

    public void SendTwo(byte[] first, byte[] second)
    {
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(first);
        _socket.SendAsync(args); //? LCA1002 LCA1001
        args.UserToken = second; //! LCA4005
        Console.WriteLine(second.Length);
    }

    public void PushInFinally(byte[] data)
    {
        var args = _pool.Pop();
        try
        {
            args.SetBuffer(data);
            if (!_socket.SendAsync(args)) Console.WriteLine(args.BytesTransferred);
        }
        finally
        {
            _pool.Push(args); //! LCA4005
        }
    }

    public void PushOnFailure(byte[] data)
    {
        var args = _pool.Pop();
        args.Completed += OnSent;
        try
        {
            args.SetBuffer(data);
            if (!_socket.SendAsync(args)) OnSent(_socket, args);
        }
        catch (ObjectDisposedException)
        {
            args.Completed -= OnSent;
            _pool.Push(args); // ok LCA4005: it did not start
        }
    }
}

/// <summary>Accept loops.</summary>
public sealed class Acceptor(Socket listener)
{
    private readonly SocketAsyncEventArgs _accept = new();

    public void Start()
    {
        _accept.Completed += (_, e) => Accepted(e); //? LCA1005
        Arm();
    }

    private void Arm()
    {
        _accept.AcceptSocket = null; // ok LCA4005: armed again after completion only
        if (!listener.AcceptAsync(_accept)) Accepted(_accept); //? LCA1005
    }

    private void Accepted(SocketAsyncEventArgs e)
    {
        e.AcceptSocket?.Dispose();
        Arm();
    }

    public void Hurry()
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += (_, e) => e.AcceptSocket?.Close();
        if (!listener.AcceptAsync(args)) args.AcceptSocket?.Close();
        args.AcceptSocket = null; //! LCA4005
    }

    public void HurryProperly()
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += (_, e) => e.AcceptSocket?.Close();
        if (listener.AcceptAsync(args)) return;
        args.AcceptSocket?.Close();
        args.AcceptSocket = null;
        args.Dispose();
    }
}

/// <summary>Connect with a time-out that disposes the pending object.</summary>
public sealed class Connector
{
    public static bool TryConnect(EndPoint endpoint, int milliseconds)
    {
        using var done = new ManualResetEventSlim();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var args = new SocketAsyncEventArgs { RemoteEndPoint = endpoint };
        args.Completed += (_, _) => done.Set();
        if (!socket.ConnectAsync(args)) done.Set();
        var connected = done.Wait(milliseconds);
        args.Dispose(); //! LCA4005
        if (!connected) socket.Dispose(); //? LCA1003
        return connected;
    }

    public static bool TryConnectWaiting(EndPoint endpoint)
    {
        using var done = new ManualResetEventSlim();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var args = new SocketAsyncEventArgs { RemoteEndPoint = endpoint };
        args.Completed += (_, _) => done.Set();
        if (!socket.ConnectAsync(args)) done.Set();
        done.Wait();
        var ok = args.SocketError == SocketError.Success;
        args.Dispose(); // ok LCA4005: it waited for the end
        if (!ok) socket.Dispose();
        return ok;
    }
}

/// <summary>One object for receive and send.</summary>
public sealed class DuplexArgs
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _args = new();
    private readonly SocketAsyncEventArgs _sendArgs = new();

    public DuplexArgs(Socket socket)
    {
        _socket = socket;
        _args.Completed += (_, _) => { };
        _sendArgs.Completed += (_, _) => { };
    }

    public void ReceiveThenReply(byte[] buffer, byte[] reply)
    {
        _args.SetBuffer(buffer);
        if (!_socket.ReceiveAsync(_args)) Console.WriteLine(_args.BytesTransferred);
        _args.SetBuffer(reply); //? LCA4005
        if (!_socket.SendAsync(_args)) Console.WriteLine("replied"); //! LCA4005
    }

    public void ReceiveAndReply(byte[] buffer, byte[] reply)
    {
        _args.SetBuffer(buffer);
        if (!_socket.ReceiveAsync(_args)) Console.WriteLine(_args.BytesTransferred);
        _sendArgs.SetBuffer(reply); // ok LCA4005: another object
        if (!_socket.SendAsync(_sendArgs)) Console.WriteLine("replied");
    }
}
