// Operation objects of a telemetry receiver and its senders.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.SocketArgs;

public sealed class DatagramIntake(Socket socket, Action<ReadOnlyMemory<byte>> deliver, ILogger log)
{
    /// <summary>Completed is attached when the operation may already be over.</summary>
    public void Begin()
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = new IPEndPoint(IPAddress.Any, 0) };
        args.SetBuffer(new byte[2048]);
        var pending = socket.ReceiveFromAsync(args); //! LCA1001
        args.Completed += OnCompleted;
        if (!pending) OnCompleted(socket, args);
    }

    // ok LCA1001: attached before the operation starts
    public void BeginWatched()
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = new IPEndPoint(IPAddress.Any, 0) };
        args.SetBuffer(new byte[2048]);
        args.Completed += OnCompleted;
        if (!socket.ReceiveFromAsync(args)) OnCompleted(socket, args);
    }

    private void OnCompleted(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success)
        {
            log.LogWarning("receive failed: {Error}", e.SocketError);
            e.Dispose();
            return;
        }

        deliver(e.MemoryBuffer[..e.BytesTransferred]);
        e.Dispose();
    }
}

/// <summary>Overrides OnCompleted: it needs no event.</summary>
internal sealed class ReceiveOperation : SocketAsyncEventArgs
{
    private readonly Action<ReceiveOperation> _done;

    public ReceiveOperation(Action<ReceiveOperation> done, int size)
    {
        _done = done;
        SetBuffer(new byte[size]);
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => _done(this);
}

public sealed class StreamIntake(Socket socket, ILogger log)
{
    // ok LCA1001: the operation's own class hears of its end
    public void Begin()
    {
        var operation = new ReceiveOperation(Done, 4096);
        if (!socket.ReceiveAsync(operation)) Done(operation);
    }

    private void Done(ReceiveOperation operation)
    {
        log.LogDebug("{Count} bytes, {Error}", operation.BytesTransferred, operation.SocketError);
        operation.Dispose();
    }
}

public sealed class Dialer(ILogger log)
{
    private readonly SocketAsyncEventArgs _connect = new();
    private Socket? _socket;

    /// <summary>The field's operation never gets a handler, whoever looks for the result.</summary>
    public bool Dial(EndPoint server)
    {
        _connect.RemoteEndPoint = server;
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var pending = _socket.ConnectAsync(_connect); //! LCA1001
        log.LogInformation("dialling {Server}: {Pending}", server, pending);
        return pending;
    }

    public bool Connected => _connect.ConnectSocket is not null && _connect.SocketError == SocketError.Success;
}

public sealed class WatchedDialer : IDisposable
{
    private readonly SocketAsyncEventArgs _connect = new();
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource<Socket> _ready = new();

    public WatchedDialer() => _connect.Completed += (_, e) => Finish(e);

    // ok LCA1001: the constructor attached it
    public Task<Socket> DialAsync(EndPoint server)
    {
        _connect.RemoteEndPoint = server;
        if (!_socket.ConnectAsync(_connect)) Finish(_connect);
        return _ready.Task;
    }

    private void Finish(SocketAsyncEventArgs e)
    {
        if (e.SocketError == SocketError.Success) _ready.TrySetResult(_socket);
        else _ready.TrySetException(new SocketException((int)e.SocketError));
    }

    public void Dispose()
    {
        _connect.Dispose();
        _socket.Dispose();
    }
}

public sealed class SenderSlots
{
    private readonly Stack<SocketAsyncEventArgs> _free = new();

    public SenderSlots(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var args = new SocketAsyncEventArgs();
            args.Completed += OnSent;
            _free.Push(args);
        }
    }

    // ok LCA1001: every slot got its handler when it was made
    public bool TrySend(Socket socket, Memory<byte> payload)
    {
        SocketAsyncEventArgs? args;
        lock (_free)
        {
            if (!_free.TryPop(out args)) return false;
        }

        args.SetBuffer(payload);
        if (!socket.SendAsync(args)) OnSent(socket, args);
        return true;
    }

    private void OnSent(object? sender, SocketAsyncEventArgs e)
    {
        e.SetBuffer(default(Memory<byte>));
        lock (_free) _free.Push(e);
    }
}
