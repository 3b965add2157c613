// Port forwarding: accept, open the far side, pump. The relay shapes, and who closes whom.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Field.Creation.SshTunnels;

public sealed record Forward(IPEndPoint Local, DnsEndPoint Remote);

public sealed class LocalForwarder(Forward forward, ILogger log)
{
    private int _open;

    public int Open => Volatile.Read(ref _open);

    public async Task RunAsync(CancellationToken stop)
    {
        using var listener = new TcpListener(forward.Local);
        listener.Start();
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop);
            _ = ForwardAsync(client, stop); //! LCA1004
        }
    }

    private async Task ForwardAsync(TcpClient client, CancellationToken stop)
    {
        Interlocked.Increment(ref _open); //! LCA1007
        var far = new TcpClient(); //! LCA1003
        await far.ConnectAsync(forward.Remote.Host, forward.Remote.Port, stop); //! LCA1006
        log.LogDebug("forwarding {Remote}", client.Client.RemoteEndPoint);
        var up = client.GetStream().CopyToAsync(far.GetStream(), stop);
        var down = far.GetStream().CopyToAsync(client.GetStream(), stop);
        try
        {
            await Task.WhenAny(up, down);
        }
        finally
        {
            far.Dispose();
            client.Dispose();
        }
        Interlocked.Decrement(ref _open);
    }
}

public sealed class CarefulForwarder(Forward forward, ILogger log)
{
    private int _open;

    public async Task RunAsync(CancellationToken stop)
    {
        using var listener = new TcpListener(forward.Local);
        listener.Start();
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop);
            _ = ForwardAsync(client, stop);
        }
    }

    // ok LCA1003 LCA1004 LCA1006 LCA1007: nothing gets out, all is closed, the count goes down in finally
    private async Task ForwardAsync(TcpClient client, CancellationToken stop)
    {
        Interlocked.Increment(ref _open);
        TcpClient? far = null;
        try
        {
            far = new TcpClient();
            await far.ConnectAsync(forward.Remote.Host, forward.Remote.Port, stop);
            await Task.WhenAny(
                client.GetStream().CopyToAsync(far.GetStream(), stop),
                far.GetStream().CopyToAsync(client.GetStream(), stop));
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "forward ended");
        }
        finally
        {
            far?.Dispose();
            client.Dispose();
            Interlocked.Decrement(ref _open);
        }
    }
}

public static class SocksRelay
{
    // Both directions are copied; the end of one leaves the other waiting.
    public static async Task RelayAsync(Socket client, EndPoint target, CancellationToken stop)
    {
        using var owned = client;
        using var remote = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await remote.ConnectAsync(target, stop);
        await using var near = new NetworkStream(client);
        await using var far = new NetworkStream(remote);
        await Task.WhenAll(near.CopyToAsync(far, stop), far.CopyToAsync(near, stop)); //! LCA1006
    }

    // ok LCA1006: whichever ends first, both are closed
    public static async Task RelayAnyAsync(Socket client, EndPoint target, CancellationToken stop)
    {
        using var owned = client;
        using var remote = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await remote.ConnectAsync(target, stop);
        await using var near = new NetworkStream(client);
        await using var far = new NetworkStream(remote);
        await Task.WhenAny(near.CopyToAsync(far, stop), far.CopyToAsync(near, stop));
    }

    public static async Task<(Socket Near, Socket Far)> PairAsync(Socket listener, EndPoint target, CancellationToken stop)
    {
        var near = await listener.AcceptAsync(stop);
        var far = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await far.ConnectAsync(target, stop); //! LCA1006
        }
        catch
        {
            far.Dispose();
            throw;
        }
        return (near, far);
    }

    // ok LCA1006 LCA1003: the catch closes both
    public static async Task<(Socket Near, Socket Far)> PairSafeAsync(Socket listener, EndPoint target, CancellationToken stop)
    {
        var near = await listener.AcceptAsync(stop);
        var far = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await far.ConnectAsync(target, stop);
            return (near, far);
        }
        catch
        {
            far.Dispose();
            near.Dispose();
            throw;
        }
    }
}

public abstract class TunnelHandler(ILogger log)
{
    protected ILogger Log { get; } = log;

    protected abstract Task<Stream> OpenUpstreamAsync(CancellationToken stop);

    // ok LCA1006: the accepted one is in a using
    public async Task HandleAsync(TcpClient accepted, CancellationToken stop)
    {
        using var client = accepted;
        await using var upstream = await OpenUpstreamAsync(stop);
        await client.GetStream().CopyToAsync(upstream, stop);
    }
}

public sealed class TlsTunnelHandler(DnsEndPoint target, ILogger log) : TunnelHandler(log)
{
    protected override async Task<Stream> OpenUpstreamAsync(CancellationToken stop)
    {
        var tcp = new TcpClient(); //! LCA1003
        await tcp.ConnectAsync(target.Host, target.Port, stop);
        var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = target.Host }, stop);
        Log.LogDebug("tunnel up");
        return tls;
    }
}

public sealed class SafeTlsTunnelHandler(DnsEndPoint target, ILogger log) : TunnelHandler(log)
{
    // ok LCA1003: local helper closes what it was given when the work throws
    protected override Task<Stream> OpenUpstreamAsync(CancellationToken stop)
    {
        return OrDispose(new TcpClient(), async tcp =>
        {
            await tcp.ConnectAsync(target.Host, target.Port, stop);
            return tcp.GetStream();
        });

        static async Task<Stream> OrDispose(TcpClient tcp, Func<TcpClient, Task<Stream>> work)
        {
            try
            {
                return await work(tcp);
            }
            catch
            {
                tcp.Dispose();
                throw;
            }
        }
    }
}
