// Operations over SocketAsyncEventArgs: false means that it is done already and that no event will tell.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.SyncCompletions;

public sealed class SaeaListener
{
    private readonly Socket _listener;
    private readonly ILogger _log;

    public SaeaListener(Socket listener, ILogger log)
    {
        _listener = listener;
        _log = log;
    }

    private SocketAsyncEventArgs NewArgs()
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += OnAccepted;
        return args;
    }

    public void Start()
    {
        var args = NewArgs();
        _listener.AcceptAsync(args); //! LCA1002
    }

    public void StartMany(int backlog)
    {
        for (var i = 0; i < backlog; i++) _listener.AcceptAsync(NewArgs()); //! LCA1002
    }

    // ok LCA1002: a synchronous accept is handled here
    public void StartHandled()
    {
        var args = NewArgs();
        if (!_listener.AcceptAsync(args)) OnAccepted(_listener, args);
    }

    // ok LCA1002: the accepts that are done already go through the loop
    public void StartLooping()
    {
        var args = NewArgs();
        while (!_listener.AcceptAsync(args))
        {
            Take(args);
            args.AcceptSocket = null;
        }
    }

    // ok LCA1002: the same with its sides exchanged
    public void StartReturning()
    {
        var args = NewArgs();
        if (_listener.AcceptAsync(args)) return;
        ThreadPool.QueueUserWorkItem(_ => OnAccepted(this, args));
    }

    private void Take(SocketAsyncEventArgs e)
    {
        _log.LogInformation("{Error}", e.SocketError);
        e.AcceptSocket?.Dispose();
    }

    private void OnAccepted(object? sender, SocketAsyncEventArgs e) => Take(e);
}

public sealed class SaeaRelistener
{
    private readonly Socket _listener;
    private readonly ILogger _log;

    public SaeaRelistener(Socket listener, ILogger log) => (_listener, _log) = (listener, log);

    public void Attach(SocketAsyncEventArgs args) => args.Completed += OnAccepted;

    private void OnAccepted(object? sender, SocketAsyncEventArgs e)
    {
        try
        {
            e.AcceptSocket?.Dispose();
            e.AcceptSocket = null;
            _listener.AcceptAsync(e); //! LCA1002
        }
        catch (Exception ex) when (ex is ObjectDisposedException or SocketException)
        {
            _log.LogDebug(ex, "listener closed");
        }
    }
}

public sealed class SaeaPeer
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SocketAsyncEventArgs _send = new();
    private bool _pending;
    private int _bytes;

    public SaeaPeer(Socket socket)
    {
        _socket = socket;
        _receive.SetBuffer(new byte[2048]);
        _receive.Completed += (_, e) => _bytes += e.BytesTransferred;
        _send.Completed += (_, e) => _bytes += e.BytesTransferred;
    }

    public int Bytes => _bytes;
    public bool Pending => _pending;

    public void Receive() => _socket.ReceiveAsync(_receive); //! LCA1002

    public void ReceiveDiscarded()
    {
        _ = _socket.ReceiveAsync(_receive); //! LCA1002
    }

    public void ReceiveInLocal()
    {
        var pending = _socket.ReceiveAsync(_receive); //! LCA1002
        _bytes = 0;
    }

    // ok LCA1002: the local decides
    public void ReceiveDecided()
    {
        var pending = _socket.ReceiveAsync(_receive);
        if (!pending) _bytes += _receive.BytesTransferred;
    }

    // ok LCA1002: the field is read by whoever asks
    public void ReceiveRemembered() => _pending = _socket.ReceiveAsync(_receive);

    // ok LCA1002: the caller learns it
    public bool ReceiveTold() => _socket.ReceiveAsync(_receive);

    // ok LCA1002: a condition among others
    public int ReceiveMaybe(bool wanted) => wanted && !_socket.ReceiveAsync(_receive) ? _receive.BytesTransferred : 0;

    // ok LCA1002: handed to the one who handles it
    public void ReceiveHanded() => Handle(_socket.ReceiveAsync(_receive));

    private void Handle(bool pending)
    {
        if (!pending) _bytes += _receive.BytesTransferred;
    }

    // ok LCA1002: a switch over it
    public string ReceiveNamed() => _socket.ReceiveAsync(_receive) switch { true => "pending", false => "done" };

    public void Send(byte[] bytes)
    {
        _send.SetBuffer(bytes); //? LCA4005
        _socket.SendAsync(_send); //! LCA1002
    }

    // ok LCA1002: until an operation is really pending
    public void SendAll(Queue<byte[]> frames)
    {
        do
        {
            if (!frames.TryDequeue(out var frame)) return;
            _send.SetBuffer(frame); //? LCA4005
        }
        while (!_socket.SendAsync(_send));
    }

    public void Leave()
    {
        var args = new SocketAsyncEventArgs { DisconnectReuseSocket = true };
        args.Completed += (_, e) => e.Dispose();
        _socket.DisconnectAsync(args); //! LCA1002
    }

    // ok LCA1002: disposed in both cases
    public void LeaveHandled()
    {
        var args = new SocketAsyncEventArgs { DisconnectReuseSocket = true };
        args.Completed += (_, e) => e.Dispose();
        if (!_socket.DisconnectAsync(args)) args.Dispose();
    }

    public void SendFile(string path)
    {
        var args = new SocketAsyncEventArgs { SendPacketsElements = [new SendPacketsElement(path)] };
        args.Completed += (_, e) => e.Dispose();
        _socket.SendPacketsAsync(args); //! LCA1002
    }
}

public sealed class SaeaDatagrams(Socket? udp, IPEndPoint group)
{
    private readonly ConcurrentQueue<SocketAsyncEventArgs> _done = new();

    private SocketAsyncEventArgs NewArgs()
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = group };
        args.SetBuffer(new byte[1500]);
        args.Completed += (_, e) => _done.Enqueue(e);
        return args;
    }

    public int Done => _done.Count;

    public void Listen()
    {
        var args = NewArgs();
        udp?.ReceiveFromAsync(args); //! LCA1002
    }

    // ok LCA1002: null or done already
    public void ListenHandled()
    {
        var args = NewArgs();
        if (udp?.ReceiveFromAsync(args) != true) _done.Enqueue(args);
    }

    public void ListenWithInfo() => udp!.ReceiveMessageFromAsync(NewArgs()); //! LCA1002

    public Action Announcer(byte[] text)
    {
        return () =>
        {
            var args = NewArgs();
            args.SetBuffer(text);
            udp!.SendToAsync(args); //! LCA1002
        };
    }

    // ok LCA1002: every lambda looks
    public Action AnnouncerHandled(byte[] text)
    {
        return () =>
        {
            var args = NewArgs();
            args.SetBuffer(text);
            if (!udp!.SendToAsync(args)) _done.Enqueue(args);
        };
    }
}

public static class SaeaConnect
{
    public static void Begin(Socket socket, EndPoint remote, EventHandler<SocketAsyncEventArgs> connected)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += connected;
        socket.ConnectAsync(args); //! LCA1002 //? LCA1008
    }

    public static void BeginAny(EndPoint remote, EventHandler<SocketAsyncEventArgs> connected)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += connected;
        Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args); //! LCA1002 //? LCA1008
    }

    // ok LCA1002: calls the handler itself
    public static void BeginHandled(EndPoint remote, EventHandler<SocketAsyncEventArgs> connected)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += connected;
        if (!Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args)) connected(null, args); //? LCA1008
    }

    // ok LCA1002: the overload that returns a task
    public static Task BeginTask(Socket socket, EndPoint remote, CancellationToken ct) => socket.ConnectAsync(remote, ct).AsTask();

    // ok LCA1002: turned into a task, done or pending
    public static Task<int> ReceiveTask(Socket socket, Memory<byte> buffer)
    {
        var result = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(buffer);
        args.Completed += (_, e) => Finish(e);
        if (!socket.ReceiveAsync(args)) Finish(args);
        return result.Task;

        void Finish(SocketAsyncEventArgs e)
        {
            if (e.SocketError == SocketError.Success) result.TrySetResult(e.BytesTransferred);
            else result.TrySetException(new SocketException((int)e.SocketError));
        }
    }

    public static TaskCompletionSource ReceiveOnce(Socket socket, SocketAsyncEventArgs args)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        args.Completed += (_, _) => done.TrySetResult();
        try
        {
            socket.ReceiveAsync(args); //! LCA1002
        }
        catch (ObjectDisposedException ex)
        {
            done.TrySetException(ex);
        }
        return done;
    }
}

public sealed class FrameArgs : EventArgs { public byte[] Frame { get; init; } = []; }

public sealed class OwnTransport
{
    private readonly Queue<FrameArgs> _queue = new();

    /// <summary>Its own kind of arguments; the result tells whether the queue was empty.</summary>
    public bool SubmitAsync(FrameArgs args)
    {
        _queue.Enqueue(args);
        return _queue.Count == 1;
    }

    // ok LCA1002: not a socket's operation
    public void Submit(byte[] frame) => SubmitAsync(new FrameArgs { Frame = frame });
}
