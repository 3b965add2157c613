// SocketAsyncEventArgs and their pools: who may touch one while the operation that took it is under way.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace Corpus.Isolation.OperationObjects;

public sealed class ArgsPool
{
    private readonly ConcurrentStack<SocketAsyncEventArgs> _free = new();

    public SocketAsyncEventArgs Pop() => _free.TryPop(out var args) ? args : new SocketAsyncEventArgs();

    public void Push(SocketAsyncEventArgs args)
    {
        args.UserToken = null;
        _free.Push(args);
    }
}

public sealed class Sender
{
    private readonly ArgsPool _pool;
    private readonly Socket _socket;
    private readonly EventHandler<SocketAsyncEventArgs> _completed;

    public Sender(Socket socket, ArgsPool pool)
    {
        (_socket, _pool) = (socket, pool);
        _completed = OnCompleted;
    }

    private SocketAsyncEventArgs Prepare(byte[] bytes)
    {
        var args = _pool.Pop();
        args.Completed += _completed;
        args.SetBuffer(bytes);
        return args;
    }

    private void OnCompleted(object? sender, SocketAsyncEventArgs e)
    {
        e.Completed -= _completed;
        _pool.Push(e);
    }

    public void Send(byte[] bytes)
    {
        var args = Prepare(bytes);
        if (!_socket.SendAsync(args)) OnCompleted(_socket, args);
        _pool.Push(args); //! LCA4005
    }

    // ok LCA4005: the completion handler gives it back, called or raised
    public void SendAndLeave(byte[] bytes)
    {
        var args = Prepare(bytes);
        if (!_socket.SendAsync(args)) OnCompleted(_socket, args);
    }

    public void SendInFinally(byte[] bytes)
    {
        var args = Prepare(bytes);
        try
        {
            if (!_socket.SendAsync(args)) Console.Out.WriteLine(args.BytesTransferred);
        }
        finally
        {
            _pool.Push(args); //! LCA4005
        }
    }

    // ok LCA4005: what throws has not started
    public void SendOrRecover(byte[] bytes)
    {
        var args = Prepare(bytes);
        try
        {
            if (!_socket.SendAsync(args)) OnCompleted(_socket, args);
        }
        catch (ObjectDisposedException)
        {
            OnCompleted(_socket, args);
        }
    }

    /// <summary>Pushes in the one case in which it must not.</summary>
    public void SendInverted(byte[] bytes)
    {
        var args = Prepare(bytes);
        if (_socket.SendAsync(args))
        {
            _pool.Push(args); //! LCA4005
            return;
        }
        OnCompleted(_socket, args);
    }

    // ok LCA4005: pushed only when nothing is pending
    public void SendStraight(byte[] bytes)
    {
        var args = Prepare(bytes);
        if (_socket.SendAsync(args)) return;
        args.Completed -= _completed;
        _pool.Push(args);
    }

    public void SendTagged(byte[] bytes, object next)
    {
        var args = Prepare(bytes);
        args.UserToken = bytes;
        if (!_socket.SendAsync(args)) OnCompleted(_socket, args);
        args.UserToken = next; //! LCA4005
    }

    // ok LCA4005: everything is set before it starts
    public void SendTaggedBefore(byte[] bytes, object tag)
    {
        var args = Prepare(bytes);
        args.UserToken = tag;
        if (!_socket.SendAsync(args)) OnCompleted(_socket, args);
    }
}

public static class OneShots
{
    public static void SendAndDispose(Socket socket, byte[] bytes)
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += static (_, e) => Console.Out.WriteLine(e.SocketError);
        args.SetBuffer(bytes);
        if (!socket.SendAsync(args)) Console.Out.WriteLine(args.SocketError);
        args.Dispose(); //! LCA4005
    }

    // ok LCA4005: its own completion disposes it
    public static void SendAndDisposeLater(Socket socket, byte[] bytes)
    {
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(bytes);
        args.Completed += static (_, e) => e.Dispose();
        if (!socket.SendAsync(args)) args.Dispose();
    }

    public static void SendInUsing(Socket socket, byte[] bytes)
    {
        using var args = new SocketAsyncEventArgs(); //! LCA4005
        args.Completed += static (_, e) => Console.Out.WriteLine(e.SocketError);
        args.SetBuffer(bytes);
        if (!socket.SendAsync(args)) Console.Out.WriteLine(args.SocketError);
    }

    // ok LCA4005: the using ends after the completion
    public static async Task<int> ReceiveInUsingAsync(Socket socket, Memory<byte> buffer)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var args = new SocketAsyncEventArgs();
        args.SetBuffer(buffer);
        args.Completed += (_, _) => done.TrySetResult();
        if (socket.ReceiveAsync(args)) await done.Task;
        return args.BytesTransferred;
    }

    public static int ReceiveWithin(Socket socket, byte[] buffer, int milliseconds)
    {
        using var done = new ManualResetEventSlim();
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(buffer);
        args.Completed += (_, _) => done.Set();
        if (socket.ReceiveAsync(args) && !done.Wait(milliseconds))
        {
            args.Dispose(); //! LCA4005
            return -1;
        }
        return args.BytesTransferred;
    }

    // ok LCA4005: waits to the end
    public static int Receive(Socket socket, byte[] buffer)
    {
        using var done = new ManualResetEventSlim();
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(buffer);
        args.Completed += (_, _) => done.Set();
        if (socket.ReceiveAsync(args)) done.Wait();
        var received = args.BytesTransferred;
        args.Dispose();
        return received;
    }

    public static void ReceiveAndSend(Socket socket, byte[] buffer, EventHandler<SocketAsyncEventArgs> completed)
    {
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(buffer);
        args.Completed += completed;
        if (!socket.ReceiveAsync(args)) completed(socket, args);
        if (!socket.SendAsync(args)) completed(socket, args); //! LCA4005
    }

    // ok LCA4005: one for each direction
    public static void ReceiveAndSendApart(Socket socket, byte[] buffer, byte[] answer, EventHandler<SocketAsyncEventArgs> completed)
    {
        var receive = new SocketAsyncEventArgs();
        receive.SetBuffer(buffer);
        receive.Completed += completed;
        var send = new SocketAsyncEventArgs();
        send.SetBuffer(answer);
        send.Completed += completed;
        if (!socket.ReceiveAsync(receive)) completed(socket, receive);
        if (!socket.SendAsync(send)) completed(socket, send);
    }

    public static void Announce(Socket udp, byte[] text, IEnumerable<IPEndPoint> peers, EventHandler<SocketAsyncEventArgs> sent)
    {
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(text);
        args.Completed += sent;
        foreach (var peer in peers)
        {
            args.RemoteEndPoint = peer; //! LCA4005
            if (!udp.SendToAsync(args)) sent(udp, args);
        }
    }

    // ok LCA4005: a fresh one for each peer
    public static void AnnounceApart(Socket udp, byte[] text, IEnumerable<IPEndPoint> peers, EventHandler<SocketAsyncEventArgs> sent)
    {
        foreach (var peer in peers)
        {
            var args = new SocketAsyncEventArgs { RemoteEndPoint = peer };
            args.SetBuffer(text);
            args.Completed += sent;
            if (!udp.SendToAsync(args)) sent(udp, args);
        }
    }
}

public sealed class Acceptor(Socket listener, ILogger log)
{
    public void Start()
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += OnAccepted;
        if (!listener.AcceptAsync(args)) OnAccepted(listener, args);
        args.AcceptSocket = null; //! LCA4005
    }

    public void StartTwice()
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += OnAccepted;
        var first = listener.AcceptAsync(args);
        var second = listener.AcceptAsync(args); //! LCA4005
        log.LogDebug("{First} {Second}", first, second);
    }

    // ok LCA4005: again only from its own completion
    private void OnAccepted(object? sender, SocketAsyncEventArgs e)
    {
        try
        {
            do
            {
                log.LogInformation("{Remote}", e.AcceptSocket?.RemoteEndPoint);
                e.AcceptSocket?.Dispose();
                e.AcceptSocket = null;
            }
            while (!listener.AcceptAsync(e));
        }
        catch (Exception ex) when (ex is ObjectDisposedException or SocketException)
        {
            log.LogDebug(ex, "accepting ended");
            e.Dispose();
        }
    }
}

/// <summary>Gives away what it has just started again.</summary>
public sealed class Receiver
{
    private readonly Socket _socket;
    private readonly ObjectPool<SocketAsyncEventArgs> _pool;
    private readonly ConcurrentBag<SocketAsyncEventArgs> _bag = [];
    private long _bytes;

    public Receiver(Socket socket, ObjectPool<SocketAsyncEventArgs> pool) => (_socket, _pool) = (socket, pool);

    public long Bytes => _bytes;

    public void Start(byte[] buffer)
    {
        var args = _pool.Get();
        args.SetBuffer(buffer);
        //? LCA1001
        if (!_socket.ReceiveAsync(args)) _bytes += args.BytesTransferred;
        _pool.Return(args); //! LCA4005
    }

    // ok LCA4005: given back when it did not start to wait; else the subscriber of Completed does
    public void StartKept(byte[] buffer)
    {
        var args = _pool.Get();
        args.SetBuffer(buffer);
        if (_socket.ReceiveAsync(args)) return; //? LCA1001
        _bytes += args.BytesTransferred;
        _pool.Return(args);
    }

    public void StartFromBag(byte[] buffer)
    {
        if (!_bag.TryTake(out var args)) args = new SocketAsyncEventArgs();
        args.SetBuffer(buffer);
        var pending = _socket.ReceiveAsync(args); //? LCA1001
        if (!pending) _bytes += args.BytesTransferred;
        _bag.Add(args); //! LCA4005
    }

    // ok LCA4005: the local says whether it may go back
    public void StartFromBagKept(byte[] buffer)
    {
        if (!_bag.TryTake(out var args)) args = new SocketAsyncEventArgs();
        args.SetBuffer(buffer);
        var pending = _socket.ReceiveAsync(args); //? LCA1001
        if (pending) return;
        _bytes += args.BytesTransferred;
        _bag.Add(args);
    }

    public void OnCompleted(object? sender, SocketAsyncEventArgs e)
    {
        try
        {
            _bytes += e.BytesTransferred;
            if (!_socket.ReceiveAsync(e)) _bytes += e.BytesTransferred;
        }
        catch (Exception ex) when (ex is ObjectDisposedException or SocketException)
        {
            Console.Error.WriteLine(ex.Message);
        }
        Recycle(e); //! LCA4005
    }

    private void Recycle(SocketAsyncEventArgs e) => _pool.Return(e);

    // ok LCA4005: the operation is over, the next one takes another
    public void OnCompletedOnce(object? sender, SocketAsyncEventArgs e)
    {
        _bytes += e.BytesTransferred;
        Recycle(e);
    }
}

/// <summary>Operations of ours, awaited through a task; the object goes back when the task is done.</summary>
public sealed class TaskArgs : SocketAsyncEventArgs
{
    private TaskCompletionSource<int> _done = new();

    protected override void OnCompleted(SocketAsyncEventArgs e) => _done.TrySetResult(BytesTransferred);

    public Task<int> ReceiveAsync(Socket socket)
    {
        _done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        return socket.ReceiveAsync(this) ? _done.Task : Task.FromResult(BytesTransferred);
    }
}

public sealed class TaskReceiver(Socket socket)
{
    private readonly ConcurrentQueue<TaskArgs> _free = new();

    public async Task<int> ReceiveAsync(Memory<byte> buffer, TimeSpan limit)
    {
        var args = _free.TryDequeue(out var free) ? free : new TaskArgs();
        args.SetBuffer(buffer);
        try
        {
            return await args.ReceiveAsync(socket).WaitAsync(limit); //? LCA1004
        }
        finally
        {
            _free.Enqueue(args); //! LCA4005
        }
    }

    // ok LCA4005: awaited, then given back
    public async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        var args = _free.TryDequeue(out var free) ? free : new TaskArgs();
        args.SetBuffer(buffer);
        var received = await args.ReceiveAsync(socket);
        _free.Enqueue(args);
        return received;
    }

    // ok LCA4005: on a timeout the object is left to its operation
    public async Task<int> ReceiveOrDropAsync(Memory<byte> buffer, TimeSpan limit)
    {
        var args = _free.TryDequeue(out var free) ? free : new TaskArgs();
        args.SetBuffer(buffer);
        try
        {
            var received = await args.ReceiveAsync(socket).WaitAsync(limit); //? LCA1004
            _free.Enqueue(args);
            return received;
        }
        catch (TimeoutException)
        {
            socket.Close();
            return -1;
        }
    }
}
