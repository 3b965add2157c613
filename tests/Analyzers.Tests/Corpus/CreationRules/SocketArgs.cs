// Acceptors and transfer loops on SocketAsyncEventArgs.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.SocketArgs;

public sealed class TelemetryAcceptor(IPEndPoint endpoint, ILogger<TelemetryAcceptor> log) : IDisposable
{
    private readonly Socket _listener = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

    public void Start()
    {
        _listener.Bind(endpoint);
        _listener.Listen(128);
        var args = new SocketAsyncEventArgs();
        args.Completed += OnAccepted;
        _listener.AcceptAsync(args); //! LCA1002
    }

    private void OnAccepted(object? sender, SocketAsyncEventArgs e)
    {
        log.LogInformation("accepted {Remote}", e.AcceptSocket?.RemoteEndPoint);
        e.AcceptSocket = null;
        Next(e); //? LCA1005
    }

    private void Next(SocketAsyncEventArgs e)
    {
        _ = _listener.AcceptAsync(e); //! LCA1002
    }

    public void Dispose() => _listener.Dispose();
}

// ok LCA1002: loops while the operation completes synchronously
public sealed class LoopingAcceptor(Socket listener)
{
    public void Start()
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += (_, e) => Loop(e);
        Loop(args);
    }

    private void Loop(SocketAsyncEventArgs e)
    {
        do
        {
            if (e.SocketError != SocketError.Success) return;
            e.AcceptSocket?.Dispose();
            e.AcceptSocket = null;
        }
        while (!listener.AcceptAsync(e));
    }
}

public sealed class FrameReceiver
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SocketAsyncEventArgs _send = new();
    public event Action<int>? Received;

    public FrameReceiver(Socket socket, byte[] buffer)
    {
        _socket = socket;
        _receive.SetBuffer(buffer, 0, buffer.Length);
        _receive.Completed += OnReceived;
        _send.Completed += (_, e) => { if (e.SocketError != SocketError.Success) Stop(); };
    }

    // ok LCA1002: handled at once
    public void Begin()
    {
        if (!_socket.ReceiveAsync(_receive)) OnReceived(_socket, _receive);
    }

    private void OnReceived(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success || e.BytesTransferred == 0) { Stop(); return; }
        Received?.Invoke(e.BytesTransferred);
        var pending = _socket.ReceiveAsync(e); //! LCA1002
        GC.KeepAlive(this);
    }

    public void Push(byte[] frame)
    {
        _send.SetBuffer(frame, 0, frame.Length);
        _socket.SendAsync(_send); //! LCA1002
    }

    // ok LCA1002: the answer travels to the caller
    public bool TryPush(byte[] frame)
    {
        _send.SetBuffer(frame, 0, frame.Length);
        return _socket.SendAsync(_send);
    }

    private void Stop() => _socket.Dispose();
}

public sealed class DialOut(ILogger log)
{
    public void Dial(EndPoint remote)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += (_, e) => log.LogInformation("dial: {Error}", e.SocketError);
        Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args); //! LCA1002
    }

    public void DialNumbered(EndPoint remote, int attempt)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote, UserToken = attempt };
        Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args); //! LCA1001 LCA1002
        args.Completed += (_, e) => log.LogInformation("attempt {N}: {Error}", e.UserToken, e.SocketError);
    }

    // ok LCA1001 LCA1002: a pending local, looked at before the method ends
    public void DialChecked(EndPoint remote)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        EventHandler<SocketAsyncEventArgs> done = (_, e) => log.LogInformation("dial: {Error}", e.SocketError);
        args.Completed += done;
        var pending = Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args);
        log.LogDebug("dialling {Remote}", remote);
        if (!pending) done(this, args);
    }

    public void DialTernary(EndPoint remote, bool v6)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += Dialled;
        var socket = new Socket(v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.ConnectAsync(args); //! LCA1002
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private void Dialled(object? sender, SocketAsyncEventArgs e) => log.LogInformation("dialled {Error}", e.SocketError);
}

public sealed class DatagramPump(Socket socket)
{
    private readonly ConcurrentQueue<SocketAsyncEventArgs> _spare = new();

    public void SendTo(byte[] packet, EndPoint to)
    {
        if (!_spare.TryDequeue(out var args))
        {
            args = new SocketAsyncEventArgs();
            args.Completed += (_, e) => _spare.Enqueue(e);
        }
        args.SetBuffer(packet, 0, packet.Length);
        args.RemoteEndPoint = to;
        bool unused = socket.SendToAsync(args); //! LCA1002
    }

    // ok LCA1002: given back when it completed synchronously
    public void SendToSafe(byte[] packet, EndPoint to)
    {
        if (!_spare.TryDequeue(out var args))
        {
            args = new SocketAsyncEventArgs();
            args.Completed += (_, e) => _spare.Enqueue(e);
        }
        args.SetBuffer(packet, 0, packet.Length);
        args.RemoteEndPoint = to;
        if (socket.SendToAsync(args)) return;
        _spare.Enqueue(args);
    }

    // ok LCA1002: the task-returning overloads are awaited
    public async Task RelayAsync(Socket other, CancellationToken stop)
    {
        var buffer = new byte[2048];
        var n = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop);
        await other.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, stop);
    }
}

public static class Disconnects
{
    public static void Drop(Socket socket, Action<Socket> gone)
    {
        var args = new SocketAsyncEventArgs { DisconnectReuseSocket = true };
        args.Completed += (s, _) => gone((Socket)s!);
        socket.DisconnectAsync(args); //! LCA1002
    }

    // ok LCA1002: a switch on the answer
    public static void DropSafe(Socket socket, Action<Socket> gone)
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += (s, _) => gone((Socket)s!);
        switch (socket.DisconnectAsync(args))
        {
            case false: gone(socket); break;
            case true: break;
        }
    }
}
