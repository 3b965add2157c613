// SOCKS, port-forward and WebSocket-to-TCP relays.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Unseen.Creation.ProxyRelays;

public sealed class SocksHandler(ILogger<SocksHandler> log)
{
    private static readonly byte[] Granted = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];

    /// <summary>A target that refuses leaves the caller's socket in CLOSE_WAIT.</summary>
    public async Task HandleAsync(Socket client, EndPoint target, CancellationToken ct)
    {
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await upstream.ConnectAsync(target, ct); //! LCA1006
        }
        catch (SocketException ex)
        {
            log.LogInformation(ex, "{Target} refused", target);
            return;
        }

        using (client)
        {
            await client.SendAsync(Granted, ct);
            await Relay.BothAsync(client, upstream, ct);
        }
    }

    // ok LCA1006: owned from the first line on
    public async Task HandleOwnedAsync(Socket client, EndPoint target, CancellationToken ct)
    {
        using var owned = client;
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await upstream.ConnectAsync(target, ct);
        }
        catch (SocketException ex)
        {
            log.LogInformation(ex, "{Target} refused", target);
            return;
        }

        await owned.SendAsync(Granted, ct);
        await Relay.BothAsync(owned, upstream, ct);
    }

    // ok LCA1006: refused or cancelled, both are closed
    public async Task HandleWithCatchAsync(Socket client, EndPoint target, CancellationToken ct)
    {
        var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await upstream.ConnectAsync(target, ct);
            await client.SendAsync(Granted, ct);
            await Relay.BothAsync(client, upstream, ct);
        }
        catch (Exception ex) when (ex is SocketException or IOException or ObjectDisposedException)
        {
            log.LogInformation(ex, "relay to {Target} ended", target);
        }
        finally
        {
            upstream.Dispose();
            client.Dispose();
        }
    }
}

public static class Relay
{
    // ok LCA1006: the first end closes both
    public static async Task BothAsync(Socket left, Socket right, CancellationToken ct)
    {
        using var l = new NetworkStream(left, ownsSocket: true);
        using var r = new NetworkStream(right, ownsSocket: true);
        await Task.WhenAny(l.CopyToAsync(r, ct), r.CopyToAsync(l, ct));
        left.Close();
        right.Close();
    }
}

public sealed class PortForward(TcpListener listener, string host, int port, ILogger<PortForward> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        listener.Start();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stoppingToken);
                _ = ForwardAsync(client, stoppingToken);
            }
        }
        finally
        {
            listener.Stop();
        }
    }

    private async Task ForwardAsync(TcpClient client, CancellationToken ct)
    {
        try
        {
            using var target = new TcpClient();
            await target.ConnectAsync(host, port, ct); //! LCA1006
            using (client)
            {
                var a = client.GetStream();
                var b = target.GetStream();
                await Task.WhenAll(a.CopyToAsync(b, ct), b.CopyToAsync(a, ct)); //! LCA1006
            }
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "forward to {Host}:{Port} failed", host, port);
        }
    }
}

public sealed class SafePortForward(TcpListener listener, string host, int port, ILogger<SafePortForward> log) : BackgroundService
{
    private int _open;

    public int Open => Volatile.Read(ref _open);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        listener.Start();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stoppingToken);
                _ = ForwardAsync(client, stoppingToken);
            }
        }
        finally
        {
            listener.Stop();
        }
    }

    // ok LCA1006 LCA1007: a using, a finally, and each direction's end closes both
    private async Task ForwardAsync(TcpClient client, CancellationToken ct)
    {
        Interlocked.Increment(ref _open);
        try
        {
            using var owned = client;
            using var target = new TcpClient();
            await target.ConnectAsync(host, port, ct);
            await Task.WhenAll(OneWayAsync(owned, target), OneWayAsync(target, owned));
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "forward to {Host}:{Port} failed", host, port);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }

        async Task OneWayAsync(TcpClient from, TcpClient to)
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

public sealed class OneShotTunnel(IPEndPoint inside, IPEndPoint outside)
{
    private int _tunnels;

    public int Tunnels => _tunnels;

    public async Task ServeOneAsync(Socket listener, CancellationToken ct)
    {
        var client = await listener.AcceptAsync(ct);
        var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await upstream.ConnectAsync(inside, ct); //! LCA1006
        await Relay.BothAsync(client, upstream, ct);
    }

    // ok LCA1003 LCA1006: the catch closes what there is
    public async Task ServeOneSafelyAsync(Socket listener, CancellationToken ct)
    {
        var client = await listener.AcceptAsync(ct);
        Socket? upstream = null;
        try
        {
            upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await upstream.ConnectAsync(inside, ct);
            await Relay.BothAsync(client, upstream, ct);
        }
        finally
        {
            upstream?.Dispose();
            client.Dispose();
        }
    }

    public async Task CountedAsync(Socket client, CancellationToken ct)
    {
        _tunnels++; //! LCA1007
        using var owned = client;
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await upstream.ConnectAsync(outside, ct);
        await Relay.BothAsync(owned, upstream, ct);
        _tunnels--;
    }

    // ok LCA1006: whoever calls it owns the client and closes it
    private async Task TunnelAsync(Socket client, CancellationToken ct)
    {
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await upstream.ConnectAsync(outside, ct);
        await Relay.BothAsync(client, upstream, ct);
    }

    public async Task AcceptAndTunnelAsync(Socket listener, CancellationToken ct)
    {
        using var client = await listener.AcceptAsync(ct);
        await TunnelAsync(client, ct);
    }
}

public sealed class ConsoleBridge(RequestDelegate next, ILogger<ConsoleBridge> log)
{
    // ok LCA1006: the web socket is in a using before the console is dialled
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }

        using var browser = await context.WebSockets.AcceptWebSocketAsync();
        using var console = new TcpClient();
        try
        {
            await console.ConnectAsync("console.internal", 2323, context.RequestAborted);
        }
        catch (SocketException ex)
        {
            log.LogWarning(ex, "console not reachable");
            await browser.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "console", context.RequestAborted);
            return;
        }

        var stream = console.GetStream();
        var buffer = new byte[2048];
        while (true)
        {
            var message = await browser.ReceiveAsync(buffer, context.RequestAborted);
            if (message.MessageType == WebSocketMessageType.Close) return;
            await stream.WriteAsync(buffer.AsMemory(0, message.Count), context.RequestAborted);
        }
    }
}
