// A game server's socket layer on SocketAsyncEventArgs.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Creation.GameSockets;

public sealed class GameListener
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly SocketAsyncEventArgs _accept = new();
    private readonly ILogger _log;
    private volatile bool _stopping;

    public GameListener(ILogger log)
    {
        _log = log;
        _accept.Completed += OnAccepted;
    }

    public void Start(IPEndPoint endpoint)
    {
        _listener.Bind(endpoint);
        _listener.Listen(128);
        _listener.AcceptAsync(_accept); //! LCA1002
    }

    // ok LCA1002: the loop handles what completes at once
    public void StartLooped(IPEndPoint endpoint)
    {
        _listener.Bind(endpoint);
        _listener.Listen(128);
        AcceptNext();
    }

    private void AcceptNext()
    {
        while (!_stopping)
        {
            _accept.AcceptSocket = null;
            bool pending;
            try
            {
                pending = _listener.AcceptAsync(_accept);
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            if (pending) return;
            Take(_accept);
        }
    }

    private void OnAccepted(object? sender, SocketAsyncEventArgs e)
    {
        Take(e);
        AcceptNext();
    }

    private void Take(SocketAsyncEventArgs e)
    {
        if (e.SocketError == SocketError.Success && e.AcceptSocket is { } socket)
            new GamePeer(socket, _log).Receive();
        else
            _log.LogWarning("accept: {Error}", e.SocketError);
    }

    public void Stop()
    {
        _stopping = true;
        _listener.Close();
        _accept.Dispose();
    }
}

public sealed class GamePeer
{
    private readonly Socket _socket;
    private readonly ILogger _log;
    private readonly SocketAsyncEventArgs _receive = new();

    public GamePeer(Socket socket, ILogger log)
    {
        (_socket, _log) = (socket, log);
        _receive.SetBuffer(new byte[1024]);
        _receive.Completed += (_, e) => Process(e);
    }

    public void Receive()
    {
        if (!_socket.ReceiveAsync(_receive)) Process(_receive);
    }

    private void Process(SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
        {
            _log.LogInformation("peer gone: {Error}", e.SocketError);
            _socket.Dispose();
            e.Dispose();
            return;
        }

        try
        {
            Receive();
        }
        catch (ObjectDisposedException)
        {
            e.Dispose();
        }
    }
}

public sealed class MatchServerLink
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ready => _ready.Task;

    public void Connect(EndPoint remote)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += (_, e) =>
        {
            if (e.SocketError != SocketError.Success)
                throw new SocketException((int)e.SocketError); //! LCA1005
            _ready.TrySetResult();
        };
        if (_socket.ConnectAsync(args)) return;
        if (args.SocketError == SocketError.Success) _ready.TrySetResult();
        else _ready.TrySetException(new SocketException((int)args.SocketError));
    }

    // ok LCA1002 LCA1005: one method for both ways, and the failure goes to the one who waits
    public void ConnectTold(EndPoint remote)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += Told;
        if (!_socket.ConnectAsync(args)) Told(_socket, args);
    }

    private void Told(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError == SocketError.Success) _ready.TrySetResult();
        else _ready.TrySetException(new SocketException((int)e.SocketError));
        e.Dispose();
    }

    public void Hello(byte[] hello)
    {
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(hello, 0, hello.Length);
        args.Completed += (_, e) => e.Dispose();
        _ = _socket.SendAsync(args); //! LCA1002
    }

    // ok LCA1002: a conditional expression hands on both answers
    public bool HelloNow(byte[] hello)
    {
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(hello, 0, hello.Length);
        args.Completed += (_, e) => e.Dispose();
        return _socket.SendAsync(args) || Finished(args);
    }

    private static bool Finished(SocketAsyncEventArgs args)
    {
        var good = args.SocketError == SocketError.Success;
        args.Dispose();
        return good;
    }

    public void Leave()
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += OnLeft;
        var pending = _socket.DisconnectAsync(args); //! LCA1002
    }

    private void OnLeft(object? sender, SocketAsyncEventArgs e) => e.Dispose();
}

public sealed class SendQueue(Socket socket)
{
    private readonly ConcurrentQueue<byte[]> _queue = new();

    // ok LCA1002: the whole pump turns round the answer
    public void Pump(SocketAsyncEventArgs args)
    {
        do
        {
            if (!_queue.TryDequeue(out var next)) return;
            args.SetBuffer(next);
        }
        while (!socket.SendAsync(args));
    }

    public void Push(SocketAsyncEventArgs args, byte[] data)
    {
        args.SetBuffer(data);
        var connected = socket.RemoteEndPoint is not null;
        if (connected) socket.SendAsync(args); //! LCA1002
    }
}

// A mailbox whose SendAsync answers bool, with no peer behind it.
public sealed class Mailbox
{
    private readonly ConcurrentQueue<object> _letters = new();

    public bool SendAsync(object letter)
    {
        _letters.Enqueue(letter);
        return true;
    }
}

public sealed class LobbyNotices(Mailbox mailbox)
{
    // ok LCA1002: no operation on a socket
    public void Announce(string text) => mailbox.SendAsync(text);
}
