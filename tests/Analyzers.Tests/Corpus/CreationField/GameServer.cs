// A game server's socket layer with SocketAsyncEventArgs, as one writes it for few allocations.
using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Field.Creation.GameServer;

public sealed class PlayerConnection
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SocketAsyncEventArgs _send = new();
    private readonly Action<ArraySegment<byte>> _packet;
    private bool _closed;

    public PlayerConnection(Socket socket, Action<ArraySegment<byte>> packet)
    {
        _socket = socket;
        _packet = packet;
        _receive.SetBuffer(new byte[4096], 0, 4096);
        _receive.Completed += (_, e) => OnReceived(e);
        _send.Completed += OnSent;
    }

    // ok LCA1002: the synchronous completion is handled
    public void Begin()
    {
        if (!_socket.ReceiveAsync(_receive)) OnReceived(_receive);
    }

    private void OnReceived(SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
        {
            Close();
            return;
        }
        _packet(new ArraySegment<byte>(e.Buffer!, 0, e.BytesTransferred));
        try
        {
            _socket.ReceiveAsync(e); //! LCA1002
        }
        catch (ObjectDisposedException)
        {
            Close();
        }
        catch (SocketException)
        {
            Close();
        }
    }

    public void Send(byte[] data)
    {
        _send.SetBuffer(data, 0, data.Length);
        _ = _socket.SendAsync(_send); //! LCA1002
    }

    private void OnSent(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success) Close();
    }

    public void Close()
    {
        if (_closed) return;
        _closed = true;
        _socket.Dispose();
    }
}

public sealed class GameListener : IDisposable
{
    private readonly Socket _listener;
    private readonly ConcurrentDictionary<EndPoint, PlayerConnection> _players = new();
    private volatile bool _stopping;

    public GameListener(IPEndPoint local)
    {
        _listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(local);
        _listener.Listen(200);
    }

    public void Start()
    {
        var accept = new SocketAsyncEventArgs();
        accept.Completed += OnAccepted;
        Accept(accept);
    }

    // ok LCA1002: a loop takes what is already complete
    private void Accept(SocketAsyncEventArgs e)
    {
        bool pending;
        do
        {
            e.AcceptSocket = null;
            try
            {
                pending = _listener.AcceptAsync(e);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                return;
            }
            if (!pending) Take(e);
        } while (!pending && !_stopping);
    }

    private void OnAccepted(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success)
            throw new SocketException((int)e.SocketError);
        Take(e); //! LCA1005
        Accept(e);
    }

    private void Take(SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success || e.AcceptSocket is not { RemoteEndPoint: { } remote } socket) return;
        var player = new PlayerConnection(socket, _ => { });
        _players[remote] = player;
        player.Begin();
    }

    public void Dispose()
    {
        _stopping = true;
        _listener.Dispose();
    }
}

// Waits for one operation at a time; the result is turned into a task.
public sealed class Awaitable : IDisposable
{
    private readonly SocketAsyncEventArgs _args = new();
    private TaskCompletionSource<int>? _done;

    public Awaitable() => _args.Completed += (_, e) => Complete(e);

    // ok LCA1002: a ternary asks
    public Task<int> ReceiveAsync(Socket socket, byte[] buffer)
    {
        _done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _args.SetBuffer(buffer, 0, buffer.Length);
        return socket.ReceiveAsync(_args) ? _done.Task : Task.FromResult(_args.BytesTransferred);
    }

    public Task<int> SendAsync(Socket socket, byte[] buffer)
    {
        _done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _args.SetBuffer(buffer, 0, buffer.Length);
        socket.SendAsync(_args); //! LCA1002
        return _done.Task;
    }

    public Task<int> ConnectAsync(Socket socket, EndPoint remote)
    {
        _done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _args.RemoteEndPoint = remote; //? LCA4005
        var pending = socket.ConnectAsync(_args); //! LCA1002
        return _done.Task;
    }

    // ok LCA1005: the caller's task gets the failure, nothing is thrown here
    private void Complete(SocketAsyncEventArgs e)
    {
        if (e.SocketError == SocketError.Success) _done!.TrySetResult(e.BytesTransferred);
        else _done!.TrySetException(new SocketException((int)e.SocketError));
    }

    public void Dispose() => _args.Dispose();
}

// The lobby talks UDP: one args for all.
public sealed class LobbySocket
{
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public LobbySocket(int port) => _udp.Bind(new IPEndPoint(IPAddress.Any, port));

    public void Listen()
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = new IPEndPoint(IPAddress.Any, 0) };
        args.SetBuffer(ArrayPool<byte>.Shared.Rent(1500));
        args.Completed += OnDatagram;
        if (_udp.ReceiveFromAsync(args) == false) ThreadPool.QueueUserWorkItem(_ => OnDatagram(_udp, args)); //! LCA1005
    }

    private void OnDatagram(object? sender, SocketAsyncEventArgs e)
    {
        Span<byte> head = stackalloc byte[4];
        e.MemoryBuffer.Span[..4].CopyTo(head);
        _udp.ReceiveFromAsync(e); //! LCA1002 LCA1005
    }

    public void Close() => _udp.Close();
}
