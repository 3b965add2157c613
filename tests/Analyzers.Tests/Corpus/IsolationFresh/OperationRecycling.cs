// SocketAsyncEventArgs and where they go while the kernel still has them.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fresh.Isolation.OperationRecycling;

public sealed class ArgsPool
{
    private readonly ConcurrentBag<SocketAsyncEventArgs> _free = [];

    public SocketAsyncEventArgs Take() => _free.TryTake(out var e) ? e : new SocketAsyncEventArgs();

    public void Give(SocketAsyncEventArgs e) => _free.Add(e);
}

public sealed class HastySender(Socket socket, ArgsPool pool)
{
    /// <summary>Back in the pool while the send may still be under way.</summary>
    public void Send(byte[] frame)
    {
        var e = pool.Take();
        e.SetBuffer(frame, 0, frame.Length);
        e.Completed += OnSent;
        if (!socket.SendAsync(e)) OnSent(socket, e);
        pool.Give(e); //! LCA4005
    }

    private void OnSent(object? sender, SocketAsyncEventArgs e) => e.Completed -= OnSent;
}

public sealed class PatientSender(Socket socket, ArgsPool pool)
{
    public void Send(byte[] frame)
    {
        var e = pool.Take();
        e.SetBuffer(frame, 0, frame.Length);
        e.Completed += OnSent;
        if (!socket.SendAsync(e)) OnSent(socket, e);
    }

    // ok LCA4005: it is over when this runs
    private void OnSent(object? sender, SocketAsyncEventArgs e)
    {
        e.Completed -= OnSent;
        e.SetBuffer(null, 0, 0);
        pool.Give(e);
    }
}

public sealed class Acceptor : IDisposable
{
    private readonly Socket _listener;
    private readonly SocketAsyncEventArgs _accept = new();
    private readonly Action<Socket> _serve;

    public Acceptor(Socket listener, Action<Socket> serve)
    {
        (_listener, _serve) = (listener, serve);
        _accept.Completed += OnAccepted;
    }

    public void Start()
    {
        _accept.AcceptSocket = null;
        if (!_listener.AcceptAsync(_accept)) OnAccepted(_listener, _accept);
    }

    public void Restart()
    {
        var pending = _listener.AcceptAsync(_accept);
        _accept.UserToken = DateTime.UtcNow; //! LCA4005
        if (!pending) OnAccepted(_listener, _accept);
    }

    private void OnAccepted(object? sender, SocketAsyncEventArgs e)
    {
        if (e is { SocketError: SocketError.Success, AcceptSocket: { } accepted }) _serve(accepted);
    }

    public void Dispose() => _accept.Dispose();
}

public sealed class OneShotConnect(EndPoint remote)
{
    public void Connect(Socket socket, Action<SocketError> done)
    {
        using var e = new SocketAsyncEventArgs { RemoteEndPoint = remote }; //! LCA4005
        e.Completed += (_, args) => done(args.SocketError);
        if (!socket.ConnectAsync(e)) done(e.SocketError);
    }

    // ok LCA4005: disposed where it is over
    public void ConnectAndDispose(Socket socket, Action<SocketError> done)
    {
        var e = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        e.Completed += (_, args) => Finish(args);
        if (!socket.ConnectAsync(e)) Finish(e);

        void Finish(SocketAsyncEventArgs args)
        {
            var error = args.SocketError;
            args.Dispose();
            done(error);
        }
    }

    public void ConnectWithin(Socket socket, TimeSpan limit)
    {
        using var over = new ManualResetEventSlim();
        var e = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        e.Completed += (_, _) => over.Set();
        if (socket.ConnectAsync(e) && !over.Wait(limit))
        {
            e.Dispose(); //! LCA4005
            throw new TimeoutException();
        }

        e.Dispose();
    }

    // ok LCA4005: cancelled, waited for, and then disposed
    public void ConnectWithinCleanly(Socket socket, TimeSpan limit)
    {
        var over = new ManualResetEventSlim();
        var e = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        e.Completed += (_, _) => over.Set();
        if (socket.ConnectAsync(e) && !over.Wait(limit))
        {
            Socket.CancelConnectAsync(e);
            over.Wait();
        }

        e.Dispose();
        over.Dispose();
    }
}

public sealed class ReceiveLoop(Socket socket, Action<ReadOnlyMemory<byte>> got) : IDisposable
{
    private readonly SocketAsyncEventArgs _receive = new();

    public void Start()
    {
        _receive.SetBuffer(new byte[4096]);
        _receive.Completed += (_, _) => Loop();
        Pump();
    }

    private void Pump()
    {
        while (!socket.ReceiveAsync(_receive))
            if (!Take()) return;
    }

    private void Loop()
    {
        if (Take()) Pump();
    }

    private bool Take()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0) return false;
        got(_receive.MemoryBuffer[.._receive.BytesTransferred]);
        return true;
    }

    public void Dispose()
    {
        socket.Dispose();
        _receive.Dispose(); //? LCA4005
    }
}
