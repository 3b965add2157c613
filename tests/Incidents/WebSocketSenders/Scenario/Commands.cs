// The scenario: a server that ends the first connection, sends its commands on the second, and begins to read only
// when all three senders are at work; then the client says goodbye while its timer runs. The server counts what
// arrives, by message, and ends the connection on the first one that has something of another message in it.
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Incidents.WebSocketSenders;

public static class Commands
{
    private const int Count = 20;
    private const int Subscriptions = 5;
    private const int Snapshots = 10;

    /// <summary>Runs the client through them, and says what became of its messages.</summary>
    /// <param name="scheme">"ws", or "wss" for TLS below.</param>
    /// <param name="make">Makes the client.</param>
    public static async Task<int> RunAsync(string scheme, Func<Device> make)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(50));
        var stop = deadline.Token;
        var server = new CommandServer(Count);
        using var certificate = scheme == "wss" ? SelfSigned() : null;
        await using var app = server.Build(certificate);
        await app.StartAsync(stop);
        var address = new UriBuilder(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) { Scheme = scheme }.Uri;

        string[] sent, sentBefore;
        await using (var client = make())
        {
            await client.RunAsync(address, stop);
            Console.WriteLine("the server ended the first connection");

            var running = client.RunAsync(address, stop);
            await UntilAsync(() => client.Begun >= Count + 3 && client.Snapshots >= 3, stop);
            server.Read();
            await UntilAsync(() => server.Has("done") >= Count && server.Has("subscribe") >= Subscriptions && server.Has("snapshot") >= Snapshots, stop);
            Console.WriteLine("the server has read them all");

            // What is on its way while the goodbye is said may lie behind it on the wire, and a web socket calls it sent.
            sentBefore = [.. client.Sent];
            await client.CloseAsync(stop);
            var snapshots = client.Snapshots;
            await UntilAsync(() => client.Snapshots >= snapshots + 5, stop);
            server.SayGoodbye();
            await running;
            await client.DisposeAsync();
            sent = [.. client.Sent];
        }

        await server.Ended.WaitAsync(stop);
        var sockets = await OpenSocketsAsync(address.Port, stop);
        await app.StopAsync(stop);

        string[] received = [.. server.Whole];
        string[] acknowledged = [.. received.Where(message => message.StartsWith("done", StringComparison.Ordinal))];
        string[] subscribed = [.. received.Where(message => message.StartsWith("subscribe", StringComparison.Ordinal))];
        var inOrder = acknowledged.SequenceEqual(Enumerable.Range(1, Count).Select(number => $"done command {number}"))
            && subscribed.SequenceEqual(Enumerable.Range(1, Subscriptions).Select(number => $"subscribe {number}"));
        var twice = received.Length - received.Distinct().Count();
        var lost = sentBefore.Except(received).Count();
        var unreported = received.Except(sent).Count();
        Console.WriteLine($"torn {server.Torn}");
        Console.WriteLine($"in order {(inOrder ? 1 : 0)}");
        Console.WriteLine($"twice {twice}");
        Console.WriteLine($"lost {lost}");
        Console.WriteLine($"unreported {unreported}");
        Console.WriteLine($"open-sockets {sockets}");

        var healthy = server.Torn == 0 && inOrder && sent.Length >= Count + Subscriptions + Snapshots && twice == 0 && lost == 0 && unreported == 0 && sockets == 0;
        Console.WriteLine(healthy ? "RESULT ok" : "RESULT failed");
        return healthy ? 0 : 1;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task UntilAsync(Func<bool> reached, CancellationToken stop)
    {
        while (!reached()) await Task.Delay(5, stop);
    }

    /// <summary>Connections to the server's port that the operating system still knows as open, on either side, once it settled.</summary>
    private static async Task<int> OpenSocketsAsync(int port, CancellationToken stop)
    {
        var open = Open();
        for (var wait = 0; wait < 100 && open > 0; wait++, open = Open()) await Task.Delay(20, stop);
        return open;

        int Open() => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(connection =>
            (connection.LocalEndPoint.Port == port || connection.RemoteEndPoint.Port == port)
            && connection.State is TcpState.Established or TcpState.CloseWait or TcpState.SynSent or TcpState.SynReceived);
    }
}
