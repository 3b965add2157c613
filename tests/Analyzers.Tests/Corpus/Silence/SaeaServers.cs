// A SocketAsyncEventArgs server: accept and receive loops, an argument pool, per-connection tokens.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Silence.SaeaServers;

public sealed class ArgsPool(int size, EventHandler<SocketAsyncEventArgs> completed)
{
    private readonly ConcurrentStack<SocketAsyncEventArgs> _free = new();

    // ok LCA1001: Completed is attached where the object is made
    // ok LCA3004: operation objects, no connections
    public SocketAsyncEventArgs Rent()
    {
        if (_free.TryPop(out var args)) return args;
        var fresh = new SocketAsyncEventArgs();
        fresh.Completed += completed;
        fresh.SetBuffer(new byte[size]);
        return fresh;
    }

    public void Return(SocketAsyncEventArgs args)
    {
        args.UserToken = null;
        args.AcceptSocket = null;
        _free.Push(args);
    }
}

public sealed class ConnectionToken(Socket socket)
{
    public Socket Socket { get; } = socket;

    public long Received { get; set; }
}

public interface IFrameSink
{
    void OnBytes(ConnectionToken token, ReadOnlySpan<byte> bytes);
    void OnEnd(ConnectionToken token, SocketError error);
}

public sealed class SaeaServer : IDisposable
{
    private readonly ArgsPool _receives;
    private readonly IFrameSink _sink;
    private readonly ILogger _log;
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly SocketAsyncEventArgs _accept = new();
    private int _open;

    public SaeaServer(IFrameSink sink, ILogger log)
    {
        (_sink, _log) = (sink, log);
        _receives = new ArgsPool(8192, OnReceiveCompleted);
        _accept.Completed += OnAcceptCompleted;
    }

    public int OpenConnections => Volatile.Read(ref _open);

    // ok LCA1003: a field that Dispose closes
    public void Start(IPEndPoint local)
    {
        _listener.Bind(local);
        _listener.Listen(512);
        AcceptNext();
    }

    // ok LCA1002: the loop goes on for as long as accepts complete at once
    // ok LCA4005: AcceptSocket is cleared when nothing is pending
    private void AcceptNext()
    {
        try
        {
            do
            {
                _accept.AcceptSocket = null;
                if (_listener.AcceptAsync(_accept)) return;
            }
            while (TakeAccepted(_accept));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _log.LogDebug(e, "listener closed");
        }
    }

    private void OnAcceptCompleted(object? sender, SocketAsyncEventArgs e)
    {
        if (TakeAccepted(e)) AcceptNext();
    }

    private bool TakeAccepted(SocketAsyncEventArgs e)
    {
        if (e.SocketError == SocketError.OperationAborted) return false;
        if (e.SocketError != SocketError.Success || e.AcceptSocket is not { } socket)
        {
            _log.LogWarning("accept failed: {Error}", e.SocketError);
            return true;
        }

        Interlocked.Increment(ref _open); //? LCA1007
        var args = _receives.Rent();
        args.UserToken = new ConnectionToken(socket);
        ReceiveNext(args);
        return true;
    }

    // ok LCA1002 LCA1005: false is handled by the loop, a disposed socket by the catch
    private void ReceiveNext(SocketAsyncEventArgs args)
    {
        var token = (ConnectionToken)args.UserToken!;
        try
        {
            do
            {
                if (token.Socket.ReceiveAsync(args)) return;
            }
            while (Process(token, args));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            End(token, args, SocketError.OperationAborted);
        }
    }

    private void OnReceiveCompleted(object? sender, SocketAsyncEventArgs e)
    {
        if (Process((ConnectionToken)e.UserToken!, e)) ReceiveNext(e);
    }

    private bool Process(ConnectionToken token, SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
        {
            End(token, e, e.SocketError);
            return false;
        }

        token.Received += e.BytesTransferred;
        _sink.OnBytes(token, e.MemoryBuffer.Span[..e.BytesTransferred]);
        return true;
    }

    // ok LCA4005: given back in the completion, when nothing is under way
    private void End(ConnectionToken token, SocketAsyncEventArgs args, SocketError error)
    {
        Interlocked.Decrement(ref _open);
        token.Socket.Dispose();
        _receives.Return(args);
        _sink.OnEnd(token, error);
    }

    public void Dispose()
    {
        _listener.Dispose();
    }
}

public sealed class SaeaSender
{
    private readonly ArgsPool _pool;
    private readonly ILogger _log;

    public SaeaSender(ILogger log)
    {
        _log = log;
        _pool = new ArgsPool(1, (_, e) => Sent(e));
    }

    // ok LCA1002: completed at once means the handler is called by hand
    public void Post(Socket socket, ReadOnlyMemory<byte> frame)
    {
        var args = _pool.Rent();
        args.SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(frame));
        args.UserToken = socket;
        if (!socket.SendAsync(args)) Sent(args);
    }

    public void PostAndForget(Socket socket, ReadOnlyMemory<byte> frame)
    {
        var args = _pool.Rent();
        args.SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(frame));
        args.UserToken = socket;
        socket.SendAsync(args); //! LCA1002
    }

    // The pool gets it back while the kernel still has it.
    public void PostEager(Socket socket, ReadOnlyMemory<byte> frame)
    {
        var args = _pool.Rent();
        try
        {
            args.SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(frame));
            args.UserToken = socket;
            if (!socket.SendAsync(args)) _log.LogTrace("sent at once"); //? LCA1002
        }
        finally
        {
            _pool.Return(args); //! LCA4005
        }
    }

    private void Sent(SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success) _log.LogDebug("send failed: {Error}", e.SocketError);
        _pool.Return(e);
    }
}

public sealed class SaeaConnector(ILogger log)
{
    // ok LCA1003 LCA1008: a failed attempt closes its socket; a pending one can be cancelled by the token
    public async Task<Socket> ConnectAsync(EndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var done = new TaskCompletionSource<SocketError>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var args = new SocketAsyncEventArgs { RemoteEndPoint = remote }; //? LCA4005
        // ok LCA1005: the error becomes a result, nothing is thrown in here
        args.Completed += (_, e) => done.TrySetResult(e.SocketError);
        try
        {
            if (!socket.ConnectAsync(args)) done.TrySetResult(args.SocketError); //? LCA1008
            await using (ct.Register(() => Socket.CancelConnectAsync(args)))
            {
                var error = await done.Task;
                if (error != SocketError.Success) throw new SocketException((int)error);
            }

            return socket;
        }
        catch (Exception e)
        {
            log.LogDebug(e, "{Remote} refused", remote);
            socket.Dispose();
            throw;
        }
    }

    // The same in a hurry: what the handler throws, nobody catches.
    public void ConnectInBackground(EndPoint remote, Action<Socket> ready)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += OnConnected;
        args.UserToken = ready;
        if (!Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args)) OnConnected(null, args); //? LCA1008
    }

    private void OnConnected(object? sender, SocketAsyncEventArgs e)
    {
        log.LogTrace("{Remote}: {Error}", e.RemoteEndPoint, e.SocketError);
        if (e.SocketError != SocketError.Success) throw new SocketException((int)e.SocketError); //! LCA1005
        ((Action<Socket>)e.UserToken!)(e.ConnectSocket!);
    }
}
