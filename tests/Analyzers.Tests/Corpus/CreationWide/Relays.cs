// Proxies, tunnels and bridges: one connection in hand, a second one opened.
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Wide.Creation.Relays;

public sealed record Upstream(string Host, int Port);

// --- reported

public sealed class SocksServer(TcpListener listener, ILogger<SocksServer> log)
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _ = HandleAsync(client, ct); //? LCA1004
        }
    }

    private async Task HandleAsync(TcpClient client, CancellationToken ct)
    {
        var header = new byte[4];
        await client.GetStream().ReadExactlyAsync(header, ct);
        log.LogDebug("socks {Version}", header[0]);
        using var remote = new TcpClient();
        await remote.ConnectAsync("target", header[1], ct); //! LCA1006
        await Task.WhenAny(
            client.GetStream().CopyToAsync(remote.GetStream(), ct),
            remote.GetStream().CopyToAsync(client.GetStream(), ct)); //? LCA1004
        client.Close();
    }
}

public class PortForward
{
    private readonly Socket _listener;
    private readonly EndPoint _target;

    public PortForward(Socket listener, EndPoint target)
    {
        _listener = listener;
        _target = target;
    }

    public void Loop()
    {
        while (true)
        {
            Socket local = _listener.Accept();
            Socket remote = new Socket(SocketType.Stream, ProtocolType.Tcp); //? LCA1003
            try
            {
                remote.Connect(_target); //! LCA1006
            }
            catch (SocketException ex)
            {
                Console.WriteLine("target down: " + ex.Message);
                remote.Close();
                continue;
            }
            new Bridge(local, remote).Start();
        }
    }
}

public sealed class Bridge(Socket left, Socket right)
{
    public void Start()
    {
        ThreadPool.QueueUserWorkItem(_ => Copy(left, right));
        ThreadPool.QueueUserWorkItem(_ => Copy(right, left));
    }

    private static void Copy(Socket from, Socket to)
    {
        var buffer = new byte[4096];
        try
        {
            int n;
            while ((n = from.Receive(buffer)) > 0) to.Send(buffer, n, SocketFlags.None);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}

public sealed class WebSocketGate(Uri backend)
{
    public async Task AcceptAsync(Socket accepted, CancellationToken ct)
    {
        using var upstream = new ClientWebSocket();
        await upstream.ConnectAsync(backend, ct); //! LCA1006
        var buffer = new byte[1024];
        int read;
        while ((read = await accepted.ReceiveAsync(buffer, SocketFlags.None, ct)) > 0)
            await upstream.SendAsync(buffer.AsMemory(0, read), WebSocketMessageType.Binary, true, ct);
        accepted.Dispose();
    }
}

public sealed class PipeToTcp(string pipeName)
{
    public async Task ServeOneAsync(TcpListener listener, CancellationToken ct)
    {
        var client = await listener.AcceptTcpClientAsync(ct);
        await using var pipe = new NamedPipeClientStream(".", pipeName, PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(ct); //! LCA1006
        using (client)
        {
            var stream = client.GetStream();
            await Task.WhenAny(stream.CopyToAsync(pipe, ct), pipe.CopyToAsync(stream, ct)); //? LCA1004
        }
    }
}

public static class Splice
{
    public static async Task SpliceAsync(NetworkStream left, NetworkStream right, CancellationToken ct)
    {
        var up = left.CopyToAsync(right, ct);
        var down = right.CopyToAsync(left, ct);
        await Task.WhenAll(up, down); //! LCA1006
        left.Dispose();
        right.Dispose();
    }

    public static async Task JoinAsync(TcpClient left, TcpClient right)
    {
        using (left)
        using (right)
        {
            await Task.WhenAll(PumpAsync(left, right), PumpAsync(right, left)); //! LCA1006
        }

        static async Task PumpAsync(TcpClient from, TcpClient to)
        {
            var buffer = new byte[8192];
            int n;
            while ((n = await from.GetStream().ReadAsync(buffer)) > 0)
                await to.GetStream().WriteAsync(buffer.AsMemory(0, n));
        }
    }
}

public abstract class TunnelBase
{
    protected abstract Task<Socket> OpenUpstreamAsync(CancellationToken ct);

    public async Task TunnelAsync(Socket accepted, CancellationToken ct)
    {
        var upstream = await OpenUpstreamAsync(ct); //! LCA1006
        try
        {
            using var a = new NetworkStream(accepted, false);
            using var b = new NetworkStream(upstream, false);
            await Task.WhenAny(a.CopyToAsync(b, ct), b.CopyToAsync(a, ct)); //? LCA1004
        }
        finally
        {
            accepted.Dispose();
            upstream.Dispose();
        }
    }
}

public sealed class DirectTunnel(Upstream upstream) : TunnelBase
{
    protected override async Task<Socket> OpenUpstreamAsync(CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(upstream.Host, upstream.Port, ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

// --- silent

public sealed class SafeSocks(Upstream upstream, ILogger log)
{
    // ok LCA1006: using on the first, before the second opens
    public async Task HandleAsync(TcpClient client, CancellationToken ct)
    {
        using var owned = client;
        using var remote = new TcpClient();
        await remote.ConnectAsync(upstream.Host, upstream.Port, ct);
        await Task.WhenAny(
            client.GetStream().CopyToAsync(remote.GetStream(), ct),
            remote.GetStream().CopyToAsync(client.GetStream(), ct)); //? LCA1004
    }

    // ok LCA1006: the catch closes both
    public async Task HandleCaughtAsync(Socket client, CancellationToken ct)
    {
        var remote = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await remote.ConnectAsync(upstream.Host, upstream.Port, ct);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "upstream");
            remote.Dispose();
            client.Dispose();
            return;
        }
        new Bridge(client, remote).Start();
    }

    // ok LCA1006: connects first, accepts then
    public async Task ReverseAsync(TcpListener listener, CancellationToken ct)
    {
        using var remote = new TcpClient();
        await remote.ConnectAsync(upstream.Host, upstream.Port, ct);
        using var client = await listener.AcceptTcpClientAsync(ct);
        await client.GetStream().CopyToAsync(remote.GetStream(), ct);
    }

    // ok LCA1006: the framework owns the request's context
    public async Task ProxyAsync(HttpContext context)
    {
        using var remote = new TcpClient();
        await remote.ConnectAsync(upstream.Host, upstream.Port, context.RequestAborted);
        await context.Request.Body.CopyToAsync(remote.GetStream(), context.RequestAborted);
    }

    // ok LCA1006: the caller keeps its socket in a using around the call
    public async Task ServeAsync(TcpListener listener, CancellationToken ct)
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(ct);
            await ForwardAsync(client, ct);
        }
    }

    private async Task ForwardAsync(TcpClient client, CancellationToken ct)
    {
        using var remote = new TcpClient();
        await remote.ConnectAsync(upstream.Host, upstream.Port, ct);
        await client.GetStream().CopyToAsync(remote.GetStream(), ct);
    }

    // ok LCA1006: each direction half-closes the other
    public static async Task JoinAsync(Socket left, Socket right, CancellationToken ct)
    {
        using (left)
        using (right)
            await Task.WhenAll(HalfAsync(left, right, ct), HalfAsync(right, left, ct));
    }

    private static async Task HalfAsync(Socket from, Socket to, CancellationToken ct)
    {
        var buffer = new byte[8192];
        try
        {
            int n;
            while ((n = await from.ReceiveAsync(buffer, SocketFlags.None, ct)) > 0)
                await to.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, ct);
        }
        finally
        {
            to.Shutdown(SocketShutdown.Send);
            from.Dispose();
        }
    }

    // ok LCA1006: try/finally around everything
    public async Task FinallyAsync(Socket client, CancellationToken ct)
    {
        Socket? remote = null;
        try
        {
            remote = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await remote.ConnectAsync(upstream.Host, upstream.Port, ct);
            await Task.WhenAny(HalfAsync(client, remote, ct), HalfAsync(remote, client, ct)); //? LCA1004
        }
        finally
        {
            client.Dispose();
            remote?.Dispose();
        }
    }

    // ok LCA1006: a fan-out of one's own, nothing accepted
    public async Task MirrorAsync(Upstream second, byte[] data, CancellationToken ct)
    {
        using var a = new TcpClient();
        await a.ConnectAsync(upstream.Host, upstream.Port, ct);
        using var b = new TcpClient();
        await b.ConnectAsync(second.Host, second.Port, ct);
        await a.GetStream().WriteAsync(data, ct);
        await b.GetStream().WriteAsync(data, ct);
    }
}
