// Everything that stands between two sockets: a mail relay, a SOCKS server, a database bastion, a console bridge, a web socket gateway.
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CreationWorks.Relays;

public sealed class MailRelay(TcpListener listener, string smarthost, ILogger<MailRelay> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var sender = await listener.AcceptTcpClientAsync(stoppingToken);
            _ = RunAsync(sender, stoppingToken);
        }
    }

    private async Task RunAsync(TcpClient sender, CancellationToken ct)
    {
        try
        {
            await RelayAsync(sender, ct);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "relaying failed");
        }
    }

    // The smarthost is down for maintenance: every sender hangs until its own timeout.
    private async Task RelayAsync(TcpClient sender, CancellationToken ct)
    {
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(smarthost, 25, ct); //! LCA1006
        try
        {
            var up = sender.GetStream().CopyToAsync(upstream.GetStream(), ct);
            var down = upstream.GetStream().CopyToAsync(sender.GetStream(), ct);
            await Task.WhenAny(up, down);
        }
        finally
        {
            sender.Close();
        }
    }
}

public sealed class CleanMailRelay(string smarthost, ILogger log)
{
    // ok LCA1006: the sender is closed with the failed upstream
    public async Task RelayAsync(TcpClient sender, CancellationToken ct)
    {
        var upstream = new TcpClient();
        try
        {
            await upstream.ConnectAsync(smarthost, 25, ct);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "{Host} not reachable", smarthost);
            upstream.Dispose();
            sender.Dispose();
            return;
        }

        using (sender)
        using (upstream)
        {
            await Task.WhenAny(
                sender.GetStream().CopyToAsync(upstream.GetStream(), ct),
                upstream.GetStream().CopyToAsync(sender.GetStream(), ct));
        }
    }
}

public static class Bastion
{
    public static async Task AdmitOneAsync(TcpListener listener, EndPoint database, CancellationToken ct)
    {
        var client = await listener.AcceptSocketAsync(ct);
        var server = new Socket(database.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await server.ConnectAsync(database, ct); //! LCA1006
        using var near = new NetworkStream(client, ownsSocket: true);
        using var far = new NetworkStream(server, ownsSocket: true);
        await Task.WhenAny(near.CopyToAsync(far, ct), far.CopyToAsync(near, ct));
    }

    // ok LCA1003 LCA1006: both in a using from the moment they exist
    public static async Task AdmitOneOwnedAsync(TcpListener listener, EndPoint database, CancellationToken ct)
    {
        using var client = await listener.AcceptSocketAsync(ct);
        using var server = new Socket(database.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await server.ConnectAsync(database, ct);
        using var near = new NetworkStream(client);
        using var far = new NetworkStream(server);
        await Task.WhenAny(near.CopyToAsync(far, ct), far.CopyToAsync(near, ct));
    }

    // One side hangs up; the other copy waits for a byte that never comes.
    public static async Task JoinAsync(TcpClient client, TcpClient server, CancellationToken ct)
    {
        using (client)
        using (server)
        {
            var near = client.GetStream();
            var far = server.GetStream();
            await Task.WhenAll(near.CopyToAsync(far, ct), far.CopyToAsync(near, ct)); //! LCA1006
        }
    }

    // ok LCA1006: a direction that ends closes the other
    public static async Task JoinClosingAsync(TcpClient client, TcpClient server, CancellationToken ct)
    {
        await Task.WhenAll(CopyAsync(client, server, ct), CopyAsync(server, client, ct));

        static async Task CopyAsync(TcpClient from, TcpClient to, CancellationToken ct)
        {
            try
            {
                await from.GetStream().CopyToAsync(to.GetStream(), ct);
            }
            finally
            {
                from.Close();
                to.Close();
            }
        }
    }
}

public sealed class SocksServer(ILogger log)
{
    public void Accept(Socket client)
    {
        var worker = new Thread(() =>
        {
            try
            {
                Serve(client);
            }
            catch (Exception ex)
            {
                log.LogInformation(ex, "request failed");
            }
        });
        worker.IsBackground = true;
        worker.Start();
    }

    private void Serve(Socket client)
    {
        var request = new byte[10];
        client.ReceiveTimeout = 5000;
        if (client.Receive(request) < request.Length)
        {
            client.Close();
            return;
        }

        var target = new IPEndPoint(new IPAddress(request.AsSpan(4, 4)), request[8] << 8 | request[9]);
        using var remote = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        remote.Connect(target); //! LCA1006
        Exchange(client, remote);
        client.Close();
    }

    // ok LCA1006: refused, the client is answered for and closed
    private void ServePolitely(Socket client, IPEndPoint target)
    {
        Socket? remote = null;
        try
        {
            remote = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            remote.Connect(target);
            Exchange(client, remote);
        }
        catch (SocketException ex)
        {
            log.LogInformation(ex, "{Target} refused", target);
        }
        finally
        {
            remote?.Dispose();
            client.Dispose();
        }
    }

    public void AcceptPolitely(Socket client, IPEndPoint target) => ServePolitely(client, target);

    private static void Exchange(Socket left, Socket right)
    {
        var buffer = new byte[8192];
        int n;
        while ((n = left.Receive(buffer)) > 0)
        {
            right.Send(buffer, 0, n, SocketFlags.None);
            n = right.Receive(buffer);
            if (n == 0) break;
            left.Send(buffer, 0, n, SocketFlags.None);
        }
    }
}

public sealed class ConsoleBridge(string host, int port)
{
    // ok LCA1003 LCA1006: a local console over a pipe; the pipe is in a using
    public async Task BridgeAsync(string name, CancellationToken ct)
    {
        await using var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        await pipe.WaitForConnectionAsync(ct);
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, ct);
        var network = client.GetStream();
        await Task.WhenAny(pipe.CopyToAsync(network, ct), network.CopyToAsync(pipe, ct));
    }

    public async Task PumpBothAsync(Stream pipe, NetworkStream network, CancellationToken ct)
    {
        await Task.WhenAll(PumpAsync(pipe, network, ct), PumpAsync(network, pipe, ct)); //! LCA1006
    }

    private static async Task PumpAsync(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = new byte[16 * 1024];
        int n;
        while ((n = await from.ReadAsync(buffer, ct)) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, n), ct);
            await to.FlushAsync(ct);
        }
    }
}

public sealed class TlsTerminator(X509Certificate2 certificate, EndPoint plain, ILogger log)
{
    // ok LCA1006: the caller, the only one, keeps the client in a using
    public async Task AcceptAsync(TcpListener listener, CancellationToken ct)
    {
        using var client = await listener.AcceptTcpClientAsync(ct);
        try
        {
            await TerminateAsync(client, ct);
        }
        catch (Exception ex) when (ex is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            log.LogWarning(ex, "termination failed");
        }
    }

    private async Task TerminateAsync(TcpClient client, CancellationToken ct)
    {
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, ct);
        using var server = new Socket(plain.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await server.ConnectAsync(plain, ct);
        await using var far = new NetworkStream(server);
        await Task.WhenAny(tls.CopyToAsync(far, ct), far.CopyToAsync(tls, ct));
    }
}

public sealed class SocketGateway(Uri upstream)
{
    // ok LCA1006: the browser's socket is disposed whatever the upstream does
    public async Task InvokeAsync(HttpContext context)
    {
        using var browser = await context.WebSockets.AcceptWebSocketAsync();
        using var server = new ClientWebSocket();
        await server.ConnectAsync(upstream, context.RequestAborted);
        await Task.WhenAny(
            ShovelAsync(browser, server, context.RequestAborted),
            ShovelAsync(server, browser, context.RequestAborted));
    }

    private static async Task ShovelAsync(WebSocket from, WebSocket to, CancellationToken ct)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var part = await from.ReceiveAsync(buffer.AsMemory(), ct);
            if (part.MessageType == WebSocketMessageType.Close) return;
            await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, ct);
        }
    }
}
