// Two connections, one of which may fail.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.Bridges;

public sealed class MailBridge(string upstream, ILogger log)
{
    public async Task ServeAsync(TcpListener listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop);
            _ = HandleAsync(client, stop); //? LCA1004
        }
    }

    private async Task HandleAsync(TcpClient client, CancellationToken stop)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(upstream, 25, stop); //! LCA1006
        using (client)
        {
            var up = client.GetStream().CopyToAsync(server.GetStream(), stop);
            var down = server.GetStream().CopyToAsync(client.GetStream(), stop);
            await Task.WhenAny(up, down);
            client.Close();
            server.Close();
        }
    }

    // ok LCA1006: using first
    private async Task HandleUsingAsync(TcpClient client, CancellationToken stop)
    {
        using var owned = client;
        using var server = new TcpClient();
        await server.ConnectAsync(upstream, 25, stop);
        await Task.WhenAny(
            owned.GetStream().CopyToAsync(server.GetStream(), stop),
            server.GetStream().CopyToAsync(owned.GetStream(), stop));
    }

    private async Task HandleCaughtAsync(TcpClient client, CancellationToken stop)
    {
        TcpClient server;
        try
        {
            server = new TcpClient(); //? LCA1003
            await server.ConnectAsync(upstream, 25, stop); //! LCA1006
        }
        catch (SocketException ex)
        {
            log.LogWarning(ex, "{Upstream} refused", upstream);
            return;
        }
        using (client)
        using (server)
            await client.GetStream().CopyToAsync(server.GetStream(), stop);
    }

    // ok LCA1006: refused means closed
    private async Task HandleRefusedAsync(TcpClient client, CancellationToken stop)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(upstream, 25, stop);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "{Upstream} refused", upstream);
            client.Dispose();
            return;
        }
        using (client)
            await client.GetStream().CopyToAsync(server.GetStream(), stop);
    }

    public async Task AcceptOneAsync(TcpListener listener, CancellationToken stop)
    {
        var client = await listener.AcceptTcpClientAsync(stop);
        using var server = new TcpClient();
        await server.ConnectAsync(upstream, 25, stop); //! LCA1006
        await client.GetStream().CopyToAsync(server.GetStream(), stop);
        client.Close();
    }
}

public sealed class Socks(ILogger log)
{
    public void Serve(Socket listener)
    {
        while (true)
        {
            var client = listener.Accept();
            try
            {
                Connect(client, new DnsEndPoint("target", 80));
            }
            catch (SocketException ex)
            {
                log.LogWarning(ex, "socks");
                client.Close();
            }
        }
    }

    // ok LCA1006: the only caller closes it
    private static void Connect(Socket client, EndPoint target)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        server.Connect(target);
        var buffer = new byte[4096];
        int n;
        while ((n = server.Receive(buffer)) > 0) client.Send(buffer, n, SocketFlags.None);
        client.Close();
    }

    public void ServeLoose(Socket listener, EndPoint target)
    {
        while (true)
        {
            var client = listener.Accept();
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp); //? LCA1003
            try
            {
                server.Connect(target); //! LCA1006
            }
            catch (SocketException ex)
            {
                log.LogWarning(ex, "target down");
                server.Dispose();
                continue;
            }
            new Thread(() => Relay(client, server)).Start();
        }
    }

    private static void Relay(Socket a, Socket b)
    {
        try
        {
            var buffer = new byte[4096];
            int n;
            while ((n = a.Receive(buffer)) > 0) b.Send(buffer, n, SocketFlags.None);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            a.Dispose();
            b.Dispose();
        }
    }
}

public static class Relays
{
    public static async Task BothWaysAsync(NetworkStream left, NetworkStream right, CancellationToken stop)
    {
        await Task.WhenAll( //! LCA1006
            left.CopyToAsync(right, stop),
            right.CopyToAsync(left, stop));
        left.Dispose();
        right.Dispose();
    }

    // ok LCA1006: the first end closes both
    public static async Task FirstEndAsync(NetworkStream left, NetworkStream right, CancellationToken stop)
    {
        var up = left.CopyToAsync(right, stop);
        var down = right.CopyToAsync(left, stop);
        await Task.WhenAny(up, down);
        left.Close();
        right.Close();
    }

    // ok LCA1006: each direction half-closes the other side
    public static Task HalfCloseAsync(Socket left, Socket right, CancellationToken stop)
    {
        return Task.WhenAll(CopyAsync(left, right), CopyAsync(right, left));

        async Task CopyAsync(Socket from, Socket to)
        {
            var buffer = new byte[8192];
            try
            {
                int n;
                while ((n = await from.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop)) > 0)
                    await to.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, stop);
            }
            finally
            {
                to.Shutdown(SocketShutdown.Send);
            }
        }
    }

    public static async Task LoopsAsync(Socket left, Socket right, CancellationToken stop)
    {
        var tasks = new[] { CopyAsync(left, right, stop), CopyAsync(right, left, stop) };
        await Task.WhenAll(tasks); //! LCA1006
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken stop)
    {
        var buffer = new byte[8192];
        int n;
        while ((n = await from.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop)) > 0)
            await to.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, stop);
    }

    public static async Task WebToTcpAsync(WebSocket web, TcpClient tcp, CancellationToken stop)
    {
        var toTcp = WebPartAsync();
        var toWeb = TcpPartAsync();
        await Task.WhenAll(toTcp, toWeb); //! LCA1006

        async Task WebPartAsync()
        {
            var buffer = new byte[4096];
            while (true)
            {
                var got = await web.ReceiveAsync(buffer.AsMemory(), stop);
                if (got.MessageType == WebSocketMessageType.Close) return;
                await tcp.GetStream().WriteAsync(buffer.AsMemory(0, got.Count), stop);
            }
        }

        async Task TcpPartAsync()
        {
            var buffer = new byte[4096];
            int n;
            while ((n = await tcp.GetStream().ReadAsync(buffer, stop)) > 0)
                await web.SendAsync(buffer.AsMemory(0, n), WebSocketMessageType.Binary, true, stop);
        }
    }

    // ok LCA1006: two sends to unrelated peers are no relay
    public static Task FanOutAsync(NetworkStream a, NetworkStream b, byte[] data, CancellationToken stop) =>
        Task.WhenAll(a.WriteAsync(data, stop).AsTask(), b.WriteAsync(data, stop).AsTask());

    // ok LCA1006: a linked token ends the other direction
    public static async Task LinkedAsync(NetworkStream left, NetworkStream right, CancellationToken stop)
    {
        using var cts = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAll(PartAsync(left, right), PartAsync(right, left));

        async Task PartAsync(Stream from, Stream to)
        {
            try
            {
                await from.CopyToAsync(to, cts.Token);
            }
            finally
            {
                cts.Cancel();
            }
        }
    }
}

public sealed class TlsTerminator(string host, int port)
{
    public async Task OnClientAsync(Socket accepted, CancellationToken stop)
    {
        using var backend = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await backend.ConnectAsync(host, port, stop); //! LCA1006
        try
        {
            var buffer = new byte[1024];
            var n = await accepted.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop);
            await backend.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, stop);
        }
        finally
        {
            accepted.Dispose();
        }
    }

    // ok LCA1006: a parameter that is only written to is not owned
    public async Task MirrorAsync(Socket source, CancellationToken stop)
    {
        using var mirror = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await mirror.ConnectAsync(host, port, stop);
        await mirror.SendAsync(new byte[] { 1 }.AsMemory(), SocketFlags.None, stop);
    }
}
