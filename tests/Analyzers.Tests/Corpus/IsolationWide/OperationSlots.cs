// Operation objects that are still under way.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.ObjectPool;

namespace Wide.Isolation.OperationSlots;

public sealed class SendPool(Socket socket)
{
    private readonly ConcurrentStack<SocketAsyncEventArgs> _free = new();

    public void Send(byte[] frame)
    {
        if (!_free.TryPop(out var args))
        {
            args = new SocketAsyncEventArgs();
            args.Completed += OnCompleted;
        }

        args.SetBuffer(frame, 0, frame.Length);
        if (!socket.SendAsync(args)) OnCompleted(socket, args);
    }

    public void SendTooEager(byte[] frame)
    {
        if (!_free.TryPop(out var args)) args = new SocketAsyncEventArgs();
        args.SetBuffer(frame, 0, frame.Length);
        try
        {
            socket.SendAsync(args); //? LCA1002
        }
        finally
        {
            _free.Push(args); //! LCA4005
        }
    }

    private void OnCompleted(object? sender, SocketAsyncEventArgs e)
    {
        e.SetBuffer(null, 0, 0);
        _free.Push(e);
    }
}

public class Acceptor
{
    private readonly Socket _listener;
    private readonly SocketAsyncEventArgs _accept = new SocketAsyncEventArgs();

    public Acceptor(Socket listener)
    {
        _listener = listener;
        _accept.Completed += (s, e) => Accepted(e);
    }

    public void Start()
    {
        _accept.AcceptSocket = null;
        if (!_listener.AcceptAsync(_accept)) Accepted(_accept);
    }

    public void StartAndForget(object tag)
    {
        if (!_listener.AcceptAsync(_accept)) Accepted(_accept);
        _accept.UserToken = tag; //! LCA4005
    }

    private void Accepted(SocketAsyncEventArgs e)
    {
        var socket = e.AcceptSocket;
        Console.WriteLine(socket?.RemoteEndPoint);
        socket?.Dispose();
        Start();
    }
}

public static class OneShot
{
    public static void Connect(Socket socket, EndPoint server, Action<SocketError> done)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = server };
        args.Completed += (_, e) =>
        {
            done(e.SocketError);
            e.Dispose();
        };
        if (!socket.ConnectAsync(args))
        {
            done(args.SocketError);
            args.Dispose();
        }
    }

    public static void ConnectUsing(Socket socket, EndPoint server, Action<SocketError> done)
    {
        using var args = new SocketAsyncEventArgs { RemoteEndPoint = server }; //! LCA4005
        args.Completed += (_, e) => done(e.SocketError);
        if (!socket.ConnectAsync(args)) done(args.SocketError);
    }

    public static void ConnectAndDispose(Socket socket, EndPoint server)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = server };
        args.Completed += (_, e) => Console.WriteLine(e.SocketError);
        var pending = socket.ConnectAsync(args);
        Console.WriteLine(pending ? "under way" : args.SocketError.ToString());
        args.Dispose(); //! LCA4005
    }

    /// <summary>Waited for before it goes.</summary>
    public static SocketError ConnectBlocking(Socket socket, EndPoint server)
    {
        using var done = new ManualResetEventSlim();
        using var args = new SocketAsyncEventArgs { RemoteEndPoint = server };
        args.Completed += (_, _) => done.Set();
        if (socket.ConnectAsync(args)) done.Wait();
        return args.SocketError;
    }

    /// <summary>Cancelled at the timeout; the object is left to its completion.</summary>
    public static bool ConnectWithin(Socket socket, EndPoint server, int milliseconds)
    {
        var done = new ManualResetEventSlim();
        var args = new SocketAsyncEventArgs { RemoteEndPoint = server };
        args.Completed += (_, _) => done.Set();
        if (!socket.ConnectAsync(args)) return args.SocketError == SocketError.Success;
        if (!done.Wait(milliseconds))
        {
            Socket.CancelConnectAsync(args);
            return false;
        }

        return args.SocketError == SocketError.Success;
    }

    public static bool ConnectWithinAndDispose(Socket socket, EndPoint server, int milliseconds)
    {
        var done = new ManualResetEventSlim();
        var args = new SocketAsyncEventArgs { RemoteEndPoint = server };
        args.Completed += (_, _) => done.Set();
        try
        {
            if (!socket.ConnectAsync(args)) return true;
            return done.Wait(milliseconds);
        }
        finally
        {
            args.Dispose(); //! LCA4005
        }
    }
}

/// <summary>One object for reading and writing alike.</summary>
public sealed class DuplexLine(Socket socket)
{
    private readonly SocketAsyncEventArgs _args = new();

    public void Exchange(byte[] request, byte[] response)
    {
        _args.SetBuffer(request, 0, request.Length);
        if (!socket.SendAsync(_args)) Console.WriteLine("sent at once");
        if (!socket.ReceiveAsync(_args)) Console.WriteLine("received at once"); //! LCA4005
        Console.WriteLine(response.Length);
    }
}

public sealed class TwoObjects(Socket socket)
{
    private readonly SocketAsyncEventArgs _sending = new();
    private readonly SocketAsyncEventArgs _receiving = new();

    public void Exchange()
    {
        if (!socket.ReceiveAsync(_receiving)) Console.WriteLine("received at once");
        if (!socket.SendAsync(_sending)) Console.WriteLine("sent at once");
    }
}

public sealed class Datagrams(Socket socket, ObjectPool<SocketAsyncEventArgs> pool)
{
    public void Tell(EndPoint peer, string text)
    {
        var args = pool.Get();
        args.RemoteEndPoint = peer;
        args.SetBuffer(Encoding.UTF8.GetBytes(text));
        if (!socket.SendToAsync(args)) Console.WriteLine(args.BytesTransferred);
        pool.Return(args); //! LCA4005
    }

    public void TellProperly(EndPoint peer, string text)
    {
        var args = pool.Get();
        args.RemoteEndPoint = peer;
        args.SetBuffer(Encoding.UTF8.GetBytes(text));
        args.Completed += Finish;
        if (!socket.SendToAsync(args)) Finish(socket, args);
    }

    private void Finish(object? sender, SocketAsyncEventArgs e)
    {
        e.Completed -= Finish;
        pool.Return(e);
    }
}

/// <summary>The completion handler starts the next, and puts the object back all the same.</summary>
public sealed class Receiver(Socket socket)
{
    private readonly ConcurrentQueue<SocketAsyncEventArgs> _free = new();

    public SocketAsyncEventArgs Rent() => _free.TryDequeue(out var args) ? args : new SocketAsyncEventArgs();

    public void OnCompleted(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
        {
            _free.Enqueue(e);
            return;
        }

        if (!socket.ReceiveAsync(e)) ThreadPool.QueueUserWorkItem(_ => OnCompleted(socket, e));
    }

    public void OnCompletedWrong(object? sender, SocketAsyncEventArgs e)
    {
        if (e.BytesTransferred > 0 && !socket.ReceiveAsync(e)) OnCompletedWrong(socket, e);
        _free.Enqueue(e); //! LCA4005
    }
}

/// <summary>A loop with one object: the next accept begins before the last is over.</summary>
public sealed class AcceptLoop(Socket listener)
{
    public void Run(int times)
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += (_, e) => Console.WriteLine(e.AcceptSocket?.RemoteEndPoint);
        for (var i = 0; i < times; i++)
        {
            args.AcceptSocket = null; //! LCA4005
            if (!listener.AcceptAsync(args)) Console.WriteLine("at once");
        }
    }

    public void RunFresh(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var args = new SocketAsyncEventArgs();
            args.Completed += (_, e) => Console.WriteLine(e.AcceptSocket?.RemoteEndPoint);
            if (!listener.AcceptAsync(args)) Console.WriteLine("at once");
        }
    }

    public void RunSynchronous()
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += (_, e) => Process(e);
        while (!listener.AcceptAsync(args))
        {
            Process(args);
            args.AcceptSocket = null;
        }
    }

    private static void Process(SocketAsyncEventArgs e) => e.AcceptSocket?.Dispose();
}
