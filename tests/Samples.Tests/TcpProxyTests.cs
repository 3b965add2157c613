using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using LifecycleAnalyzers.Samples.TcpProxy;

namespace LifecycleAnalyzers.Samples.Tests;

public sealed class TcpProxyTests
{
    [Fact]
    public async Task Hundreds_of_clients_get_what_is_theirs_and_nothing_stays_open()
    {
        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        var echoing = EchoAllAsync(upstream);
        var log = new ConcurrentQueue<string>();
        var proxy = new Proxy(new IPEndPoint(IPAddress.Loopback, 0), "127.0.0.1", ((IPEndPoint)upstream.LocalEndpoint).Port, TimeSpan.FromSeconds(10), log.Enqueue);
        var port = proxy.Port;
        using var stop = new CancellationTokenSource();
        var running = proxy.RunAsync(stop.Token);

        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, Loopback.Stop);
            var bytes = new byte[100 + i * 37];
            new Random(i).NextBytes(bytes);
            var stream = client.GetStream();
            await stream.WriteAsync(bytes, Loopback.Stop);
            if (i % 5 == 0)
            {
                // Some go without a word.
                client.Client.LingerState = new LingerOption(true, 0);
                return;
            }

            client.Client.Shutdown(SocketShutdown.Send);
            using var all = new MemoryStream();
            await stream.CopyToAsync(all, Loopback.Stop);
            Assert.Equal(bytes, all.ToArray());
        })).Soon();

        await Loopback.Until(() => proxy.Connections is { Open: 0, TotalOpened: 300 }, "all relays have ended");
        Assert.Equal(240, log.Count(static l => l.Contains("Completed by First", StringComparison.Ordinal)));
        await stop.CancelAsync();
        await running.Soon();
        upstream.Stop();
        await echoing.Soon();
    }

    [Fact]
    public async Task When_the_upstream_refuses_the_client_sees_the_end()
    {
        using var refusing = Loopback.Refusing(out var upstream);
        var log = new ConcurrentQueue<string>();
        var proxy = new Proxy(new IPEndPoint(IPAddress.Loopback, 0), "127.0.0.1", upstream, TimeSpan.FromSeconds(10), log.Enqueue);
        var port = proxy.Port;
        using var stop = new CancellationTokenSource();
        var running = proxy.RunAsync(stop.Token);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Loopback.Stop);

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Loopback.Stop).AsTask().Soon());

        // The count is down a moment before the line is written.
        await Loopback.Until(() => log.Any(static l => l.Contains("refused", StringComparison.OrdinalIgnoreCase)), "the refusal is logged");
        Assert.Equal(0, proxy.Connections.Open);
        await stop.CancelAsync();
        await running.Soon();
    }

    [Fact]
    public async Task At_shutdown_what_does_not_end_is_closed()
    {
        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        var log = new ConcurrentQueue<string>();
        var proxy = new Proxy(new IPEndPoint(IPAddress.Loopback, 0), "127.0.0.1", ((IPEndPoint)upstream.LocalEndpoint).Port, TimeSpan.FromMilliseconds(50), log.Enqueue);
        var port = proxy.Port;
        using var stop = new CancellationTokenSource();
        var running = proxy.RunAsync(stop.Token);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Loopback.Stop);
        using var server = await upstream.AcceptTcpClientAsync(Loopback.Stop);

        await stop.CancelAsync();
        await running.Soon();

        Assert.Contains(log, static l => l.StartsWith("Closed at shutdown: ", StringComparison.Ordinal));
        await AssertEndedAsync(client);
        await AssertEndedAsync(server);
        Assert.Equal(0, proxy.Connections.Open);
    }

    private static async Task AssertEndedAsync(TcpClient client)
    {
        try
        {
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Loopback.Stop).AsTask().Soon());
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // Ended, too.
        }
    }

    private static async Task EchoAllAsync(TcpListener listener)
    {
        var all = new List<Task>();
        try
        {
            while (true)
            {
                all.Add(EchoAsync(await listener.AcceptTcpClientAsync()));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(all);
        }

        static async Task EchoAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    await client.GetStream().CopyToAsync(client.GetStream());
                }
                catch (IOException)
                {
                    // The client has gone.
                }
            }
        }
    }
}
