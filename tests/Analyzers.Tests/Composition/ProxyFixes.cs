namespace LifecycleAnalyzers.Tests.Composition;

/// <summary>One failing connect of a proxy has several victims: the new socket, the accepted one, the count, the process.</summary>
public class ProxyFixes
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Of_an_async_void_handler(bool runtime) => FixOrders.EndSilentAsync("""
        using System.Net;
        using System.Net.Sockets;

        namespace Proxies;

        public sealed class Proxy
        {
            private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
            private readonly EndPoint _upstream = new IPEndPoint(IPAddress.Loopback, 9);
            private int _active;

            public int Active => _active;

            public async Task RunAsync(CancellationToken stop)
            {
                _listener.Start();
                while (!stop.IsCancellationRequested)
                {
                    var client = await _listener.AcceptSocketAsync(stop);
                    Handle(client, stop);
                }
            }

            private async void Handle(Socket client, CancellationToken stop)
            {
                Interlocked.Increment(ref _active);
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                // the other side may be away
                await server.ConnectAsync(_upstream, stop);
                await RelayAsync(client, server);
                server.Dispose();
                client.Dispose();
                Interlocked.Decrement(ref _active);
            }

            private static async Task RelayAsync(Socket client, Socket server)
            {
                using var a = new NetworkStream(client);
                using var b = new NetworkStream(server);
                await a.CopyToAsync(b);
            }
        }
        """, runtime, "LCA1003", "LCA1005", "LCA1006", "LCA1007");

    [Fact]
    public Task Of_an_accept_callback() => FixOrders.EndSilentAsync("""
        using System.Net;
        using System.Net.Sockets;

        namespace Proxies;

        public sealed class Proxy
        {
            private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly EndPoint _upstream = new IPEndPoint(IPAddress.Loopback, 9);
            private int _connections;

            public int Connections => _connections;

            public void Start() => _listener.BeginAccept(OnAccept, null);

            private void OnAccept(IAsyncResult result)
            {
                var client = _listener.EndAccept(result);
                _connections++;
                // the other side
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                server.Connect(_upstream);

                client.Close();
                server.Close();
                _connections--;
            }
        }
        """, true, "LCA1003", "LCA1005", "LCA1006", "LCA1007");

    [Fact]
    public Task Of_a_timer_that_binds_before_it_connects() => FixOrders.EndSilentAsync("""
        using System.Net;
        using System.Net.Sockets;

        namespace Proxies;

        public sealed class Gateway(Socket listener, EndPoint upstream)
        {
            private Timer? _timer;
            private long _open;

            public long Open => _open;

            public void Start(TimeSpan period) => _timer = new Timer(_ => Tick(), null, period, period);

            public void Stop() => _timer?.Dispose();

            private void Tick()
            {
                var accepted = listener.Accept();
                var tunnel = new Socket(upstream.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                Interlocked.Increment(ref _open);
                tunnel.Bind(new IPEndPoint(IPAddress.Any, 0));
                tunnel.Connect(upstream);
                accepted.Close();
                tunnel.Close();
                Interlocked.Decrement(ref _open);
            }
        }
        """, true, "LCA1003", "LCA1005", "LCA1006", "LCA1007");

    [Fact]
    public Task Of_an_awaited_handler_and_its_relay() => FixOrders.EndSilentAsync("""
        using System.Net.Sockets;

        namespace Proxies;

        public sealed class Proxy(string host, int port)
        {
            private int _active;

            public int Active => _active;

            public async Task HandleAsync(TcpClient client, CancellationToken stop)
            {
                Interlocked.Increment(ref _active);
                var upstream = new TcpClient();
                await upstream.ConnectAsync(host, port, stop);
                await Task.WhenAll(client.GetStream().CopyToAsync(upstream.GetStream(), stop), upstream.GetStream().CopyToAsync(client.GetStream(), stop));
                client.Close();
                upstream.Close();
                Interlocked.Decrement(ref _active);
            }
        }
        """, true, "LCA1003", "LCA1006", "LCA1007");
}
