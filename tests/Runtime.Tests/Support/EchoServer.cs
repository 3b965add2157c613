using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Support;

/// <summary>A real peer that sends back four bytes for four bytes, as soon as the test lets it.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private int _accepted;
    private int _received;

    public EchoServer(int port = 0)
    {
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(512);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        AcceptAsync().Observe(static _ => { });
    }

    public int Port { get; }

    public int Accepted => Volatile.Read(ref _accepted);

    public int Received => Volatile.Read(ref _received);

    /// <summary>Gets or sets what is awaited before an answer.</summary>
    public Task BeforeAnswer { get; set; } = Task.CompletedTask;

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
            Reset(socket);
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (ObjectDisposedException)
        {
            // Its peer has ended it in this moment: there is nothing left to reset.
        }

        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var socket = await _listener.AcceptAsync();
            socket.NoDelay = true;
            Interlocked.Increment(ref _accepted);
            _open[socket] = true;
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

                    Interlocked.Increment(ref _received);
                    await BeforeAnswer;
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
