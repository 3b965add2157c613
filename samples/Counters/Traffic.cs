using System.Net;
using System.Net.Sockets;
using LifecycleAnalyzers.Runtime;
using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Samples.Counters;

/// <summary>Things that go well and things that do not.</summary>
public static class Traffic
{
    /// <summary>Eight callers for four connections to a server that hangs up, eight senders at a gate for four, and a server that is down.</summary>
    public static async Task RoundAsync(ILogger logger, Action look)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using var tracker = new ConnectionTracker(new ConnectionTrackerOptions { Name = "server", Logger = logger });
        await using var pool = new ConnectionPool<Socket>(
            async token => await SafeSocket.ConnectAsync(server.LocalEndpoint, token),
            new ConnectionPoolOptions<Socket> { Name = "clients", Logger = logger, MaxSize = 4 });
        var serving = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var client = await server.AcceptSocketAsync();
            using var tracked = tracker.Track(client);
            await client.ReceiveAsync(new byte[1]);
        }));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var lease = await pool.RentAsync();
            await lease.Connection.TrySendAsync(new byte[1]);
            await lease.Connection.ReceiveAsync(new byte[1]);
        }));
        await serving;

        using var down = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        down.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var backup = new SessionSlot<Socket>(
            async token => await SafeSocket.ConnectAsync(down.LocalEndPoint!, token),
            new SessionCacheOptions<Socket> { Name = "backup", Logger = logger });
        var asked = backup.GetAsync().AsTask();

        using var gate = new SendGate(new SendGateOptions { Name = "orders", Logger = logger, MaxWaiters = 4 });
        await using var held = await pool.RentAsync();
        using var open = tracker.Track(held.Connection);
        Task<SendResult>[] sends;
        using (await gate.EnterAsync())
        {
            sends = [.. Enumerable.Range(0, 8).Select(_ => gate.TrySendAsync(static _ => default).AsTask())];
        }

        await Task.WhenAll(sends);
        await Task.WhenAny(asked);
        asked.Observe(logger, "Asking the backup");
        look();
    }
}
