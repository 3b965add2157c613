using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Support;

/// <summary>A real peer that sends back four bytes for four bytes, after a while.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private readonly TimeSpan _pause;
    private int _accepted;
    private int _mostOpen;

    public EchoServer(TimeSpan pause, int port = 0)
    {
        _pause = pause;
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(512);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        AcceptAsync().Observe(static _ => { });
    }

    public int Port { get; }

    public int Accepted => Volatile.Read(ref _accepted);

    public int MostOpen => Volatile.Read(ref _mostOpen);

    public ConnectionPool<Socket> Pool(Action<ConnectionPoolOptions<Socket>>? configure = null)
    {
        var options = new ConnectionPoolOptions<Socket>();
        configure?.Invoke(options);
        return new ConnectionPool<Socket>(async token => await SafeSocket.ConnectAsync("127.0.0.1", Port, token), options);
    }

    /// <summary>Killed: no more connections, and those that are open are reset.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        foreach (var socket in _open.Keys)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var socket = await _listener.AcceptAsync();
            socket.NoDelay = true;
            Interlocked.Increment(ref _accepted);
            _open[socket] = true;
            _mostOpen = Math.Max(_mostOpen, _open.Count);
            EchoAsync(socket).Observe(static _ => { });
        }
    }

    private async Task EchoAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var buffer = new byte[4];
                while (true)
                {
                    for (var read = 0; read < 4;)
                    {
                        var count = await socket.ReceiveAsync(buffer.AsMemory(read));
                        if (count == 0)
                        {
                            return;
                        }

                        read += count;
                    }

                    if (_pause > TimeSpan.Zero)
                    {
                        await Task.Delay(_pause);
                    }

                    await socket.SendAsync(buffer.AsMemory());
                }
            }
            finally
            {
                _open.TryRemove(socket, out _);
            }
        }
    }
}
