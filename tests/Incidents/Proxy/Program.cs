// The scenario: clients of a target that works, which all goes well, then clients of a target that refuses.
// The accounts are printed at the end or, when the process dies of an error nobody handled, at that moment.
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace Incidents.Proxy;

public static class Program
{
    private const int Clients = 5;

    public static async Task<int> Main()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(8));

        using var echo = new TcpListener(IPAddress.Loopback, 0);
        echo.Start();
        var echoing = EchoAsync(echo, deadline.Token);
        var working = await ServeClientsAsync((IPEndPoint)echo.LocalEndpoint, speak: true, deadline.Token);
        Console.WriteLine("target working");
        working.Print();
        echo.Stop();
        await echoing;

        // bound, but not listening: the port is ours and refuses
        using var refusing = new Socket(SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Console.WriteLine("target refusing");
        var refused = await ServeClientsAsync((IPEndPoint)refusing.LocalEndPoint!, speak: false, deadline.Token);
        refused.Print();

        var healthy = working == new Account(Sent: Clients, Received: Clients, Closed: Clients, Active: 0, OpenSockets: 0)
            && refused == new Account(Sent: 0, Received: 0, Closed: Clients, Active: 0, OpenSockets: 0);
        Console.WriteLine(healthy ? "RESULT ok" : "RESULT failed");
        return healthy ? 0 : 1;
    }

    /// <summary>What was sent and came back, how many clients saw their connection end, and what the proxy then still holds.</summary>
    private sealed record Account(int Sent, int Received, int Closed, int Active, int OpenSockets)
    {
        public void Print()
        {
            Console.WriteLine($"sent {Sent}");
            Console.WriteLine($"received {Received}");
            Console.WriteLine($"closed {Closed}");
            Console.WriteLine($"active {Active}");
            Console.WriteLine($"open-sockets {OpenSockets}");
        }
    }

    private static async Task<Account> ServeClientsAsync(IPEndPoint target, bool speak, CancellationToken stop)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var proxy = new TcpProxy(target, listener);
        UnhandledExceptionEventHandler dying = (_, _) =>
        {
            Console.WriteLine($"active {proxy.Active}");
            Console.WriteLine($"open-sockets {OpenSockets(port)}");
            Console.Out.Flush();
        };
        AppDomain.CurrentDomain.UnhandledException += dying;

        var running = proxy.RunAsync(stop);
        int sent = 0, received = 0, closed = 0;
        for (var id = 1; id <= Clients; id++)
        {
            var client = await TalkAsync(port, speak ? $"message {id}" : null, stop);
            sent += client.Sent ? 1 : 0;
            received += client.Received ? 1 : 0;
            closed += client.Closed ? 1 : 0;
        }

        var open = OpenSockets(port);
        for (var wait = 0; wait < 50 && (open > 0 || proxy.Active > 0); wait++, open = OpenSockets(port)) await Task.Delay(20, stop);
        listener.Stop();
        await running;
        AppDomain.CurrentDomain.UnhandledException -= dying;
        return new Account(sent, received, closed, proxy.Active, open);
    }

    /// <summary>One client: says its message, if it has one, wants it back, and waits for the proxy to end the connection.</summary>
    private static async Task<(bool Sent, bool Received, bool Closed)> TalkAsync(int port, string? message, CancellationToken stop)
    {
        bool sent = false, received = false;
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // a proxy that gives up at once can reset the connection before this side has seen it open
            await client.ConnectAsync(IPAddress.Loopback, port, stop);
            var answer = new byte[64];
            if (message is not null)
            {
                var bytes = Encoding.ASCII.GetBytes(message);
                sent = await client.SendAsync(bytes, stop) == bytes.Length;
                var count = await client.ReceiveAsync(answer, stop);
                received = answer.AsSpan(0, count).SequenceEqual(bytes);
                client.Shutdown(SocketShutdown.Send);
            }

            return (sent, received, await client.ReceiveAsync(answer, stop) == 0);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionReset)
        {
            return (sent, received, true);
        }
    }

    private static async Task EchoAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var peer = await listener.AcceptSocketAsync(stop);
                var data = new byte[64];
                for (var count = await peer.ReceiveAsync(data, stop); count > 0; count = await peer.ReceiveAsync(data, stop))
                {
                    await peer.SendAsync(data.AsMemory(0, count), stop);
                }
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Log.Trace("the echo target stops");
        }
    }

    /// <summary>Connections to the proxy's port that the operating system still knows as open on the proxy's side.</summary>
    private static int OpenSockets(int port) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(connection =>
            connection.LocalEndPoint.Port == port
            && connection.State is TcpState.Established or TcpState.CloseWait);
}
