using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Telemetry.Echo;

/// <summary>A pool of operation objects.</summary>
public sealed class OperationPool
{
    private readonly ConcurrentStack<SocketAsyncEventArgs> _free = new();

    public SocketAsyncEventArgs Pop() => _free.TryPop(out var operation) ? operation : new SocketAsyncEventArgs();

    public void Push(SocketAsyncEventArgs operation)
    {
        operation.UserToken = null;
        operation.AcceptSocket = null;
        _free.Push(operation);
    }
}

/// <summary>Sends probes; the operation goes back before it has ended.</summary>
public sealed class ProbeSender(Socket socket, OperationPool pool)
{
    public void Probe(byte[] datagram)
    {
        var operation = pool.Pop();
        operation.SetBuffer(datagram, 0, datagram.Length);
        operation.Completed += OnSent;
        if (!socket.SendAsync(operation)) OnSent(socket, operation);
        pool.Push(operation); //! LCA4005
    }

    private void OnSent(object? sender, SocketAsyncEventArgs operation)
    {
        operation.Completed -= OnSent;
        if (operation.SocketError != SocketError.Success) Console.Error.WriteLine(operation.SocketError);
    }
}

/// <summary>Goes back where it has ended.</summary>
public sealed class CarefulProbeSender(Socket socket, OperationPool pool)
{
    public void Probe(byte[] datagram)
    {
        var operation = pool.Pop();
        operation.SetBuffer(datagram, 0, datagram.Length);
        operation.Completed += OnSent;
        if (!socket.SendAsync(operation)) OnSent(socket, operation);
    }

    private void OnSent(object? sender, SocketAsyncEventArgs operation)
    {
        operation.Completed -= OnSent;
        pool.Push(operation); // ok LCA4005: it has ended
    }
}

/// <summary>The peer's name is written into an operation that already runs.</summary>
public sealed class TaggedReceiver(Socket socket)
{
    private readonly SocketAsyncEventArgs _receive = new();

    public void Start(string peer, byte[] buffer)
    {
        _receive.SetBuffer(buffer, 0, buffer.Length);
        _receive.Completed += OnReceived;
        if (!socket.ReceiveAsync(_receive)) OnReceived(socket, _receive);
        _receive.UserToken = peer; //! LCA4005
    }

    private void OnReceived(object? sender, SocketAsyncEventArgs operation) => Console.WriteLine($"{operation.UserToken}: {operation.BytesTransferred}");
}

/// <summary>Written before it runs.</summary>
public sealed class CarefulTaggedReceiver(Socket socket)
{
    public void Start(string peer, byte[] buffer)
    {
        var receive = new SocketAsyncEventArgs { UserToken = peer }; // ok LCA4005: before it is given away
        receive.SetBuffer(buffer, 0, buffer.Length);
        receive.Completed += OnReceived;
        if (!socket.ReceiveAsync(receive)) OnReceived(socket, receive);
    }

    private static void OnReceived(object? sender, SocketAsyncEventArgs operation)
    {
        Console.WriteLine($"{operation.UserToken}: {operation.BytesTransferred}");
        operation.Dispose();
    }
}

/// <summary>A using around an operation that outlives its block.</summary>
public static class Dialer
{
    public static void Dial(EndPoint peer, Action<Socket?> connected)
    {
        using var operation = new SocketAsyncEventArgs { RemoteEndPoint = peer }; //! LCA4005
        operation.Completed += (_, done) => connected(done.ConnectSocket);
        if (!Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, operation)) connected(operation.ConnectSocket);
    }

    public static void DialKept(EndPoint peer, Action<Socket?> connected)
    {
        var operation = new SocketAsyncEventArgs { RemoteEndPoint = peer };
        operation.Completed += (_, done) =>
        {
            connected(done.ConnectSocket);
            done.Dispose(); // ok LCA4005: in its completion
        };
        if (Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, operation)) return;
        connected(operation.ConnectSocket);
        operation.Dispose(); // ok LCA4005: it completed at once
    }
}

/// <summary>One accept operation that is armed again after each client.</summary>
public sealed class Gatehouse(Socket listener)
{
    private readonly SocketAsyncEventArgs _accept = new();

    public event Action<Socket>? Entered;

    public void Open()
    {
        _accept.Completed += (_, _) => Enter();
        Arm();
    }

    private void Arm()
    {
        _accept.AcceptSocket = null; // ok LCA4005: the last one has ended
        if (!listener.AcceptAsync(_accept)) Enter();
    }

    private void Enter()
    {
        if (_accept.SocketError == SocketError.Success && _accept.AcceptSocket is { } socket) Entered?.Invoke(socket);
        Arm();
    }
}

/// <summary>Whatever happens the operation is disposed with the attempt, ended or not.</summary>
public sealed class Attempt(Socket socket)
{
    public bool Send(byte[] data, TimeSpan limit)
    {
        using var ended = new ManualResetEventSlim();
        var operation = new SocketAsyncEventArgs();
        operation.SetBuffer(data, 0, data.Length);
        operation.Completed += (_, _) => ended.Set();
        try
        {
            if (!socket.SendAsync(operation)) return true;
            return ended.Wait(limit);
        }
        finally
        {
            operation.Dispose(); //! LCA4005
        }
    }

    public bool SendToTheEnd(byte[] data)
    {
        using var ended = new ManualResetEventSlim();
        var operation = new SocketAsyncEventArgs();
        operation.SetBuffer(data, 0, data.Length);
        operation.Completed += (_, _) => ended.Set();
        if (socket.SendAsync(operation)) ended.Wait();
        var whole = operation.SocketError == SocketError.Success && operation.BytesTransferred == data.Length;
        operation.Dispose(); // ok LCA4005: waited for
        return whole;
    }
}

/// <summary>Two fields swap, and the one that is still under way is armed for a second send.</summary>
public sealed class DoubleSender(Socket socket)
{
    private readonly SocketAsyncEventArgs _send = new();

    public void SendBoth(byte[] head, byte[] body)
    {
        _send.Completed += (_, e) => Console.WriteLine(e.SocketError);
        _send.SetBuffer(head, 0, head.Length);
        if (!socket.SendAsync(_send)) Console.WriteLine(_send.SocketError);
        _send.BufferList = [new ArraySegment<byte>(body)]; //! LCA4005
        if (!socket.SendAsync(_send)) Console.WriteLine(_send.SocketError); //? LCA4005 LCA2004
    }
}
