// SocketAsyncEventArgs, given back and reused.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Outfits.OperationObjects;

public sealed class ArgsPool
{
    private readonly ConcurrentBag<SocketAsyncEventArgs> _free = [];
    public SocketAsyncEventArgs Rent() => _free.TryTake(out var e) ? e : new SocketAsyncEventArgs();
    public void Return(SocketAsyncEventArgs e) { e.UserToken = null; _free.Add(e); }
}

// 1 correct: given back in completion
public sealed class Sender(Socket socket, ArgsPool pool)
{
    public void Send(ReadOnlyMemory<byte> data)
    {
        var e = pool.Rent();
        e.SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(data));
        e.Completed += OnSent;
        if (!socket.SendAsync(e)) OnSent(socket, e);
    }

    private void OnSent(object? sender, SocketAsyncEventArgs e)
    {
        e.Completed -= OnSent;
        pool.Return(e);
    }
}

// 2 bug: given back at once
public sealed class EagerSender(Socket socket, ArgsPool pool)
{
    public void Send(byte[] data)
    {
        var e = pool.Rent();
        e.SetBuffer(data, 0, data.Length);
        try
        {
            socket.SendAsync(e); //? LCA1002
        }
        finally
        {
            pool.Return(e); //! LCA4005
        }
    }
}

// 3 correct: given back only when it did not pend
public sealed class Acceptor(Socket listener, ArgsPool pool, Action<Socket> accepted)
{
    public void Start()
    {
        var e = pool.Rent();
        e.Completed += Done;
        if (listener.AcceptAsync(e)) return;
        Done(listener, e);
    }

    private void Done(object? sender, SocketAsyncEventArgs e)
    {
        do
        {
            if (e.SocketError == SocketError.Success) accepted(e.AcceptSocket!);
            e.AcceptSocket = null;
            if (e.SocketError == SocketError.OperationAborted)
            {
                pool.Return(e);
                return;
            }
        }
        while (!listener.AcceptAsync(e));
    }
}

// 4 bug: token of the pending one changed
public sealed class Dialer
{
    private readonly SocketAsyncEventArgs _args = new();

    public Dialer() => _args.Completed += (_, e) => ((Action<SocketError>)e.UserToken!)(e.SocketError);

    public void Dial(Socket socket, EndPoint where, Action<SocketError> done)
    {
        _args.RemoteEndPoint = where;
        if (!socket.ConnectAsync(_args)) done(_args.SocketError);
        _args.UserToken = done; //! LCA4005
    }
}

// 5 bug: disposed by using
public static class UsingArgs
{
    public static void Send(Socket socket, byte[] data)
    {
        using var e = new SocketAsyncEventArgs(); //! LCA4005
        e.SetBuffer(data);
        e.Completed += static (_, args) => Console.WriteLine(args.BytesTransferred);
        if (!socket.SendAsync(e)) Console.WriteLine(e.BytesTransferred);
    }
}

// 6 correct: awaited through a source
public sealed class AwaitedArgs(Socket socket)
{
    public async Task<int> SendAsync(byte[] data)
    {
        var done = new TaskCompletionSource<SocketError>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var e = new SocketAsyncEventArgs();
        e.SetBuffer(data);
        e.Completed += (_, args) => done.TrySetResult(args.SocketError);
        var error = socket.SendAsync(e) ? await done.Task : e.SocketError;
        return error == SocketError.Success ? e.BytesTransferred : throw new SocketException((int)error);
    }
}
