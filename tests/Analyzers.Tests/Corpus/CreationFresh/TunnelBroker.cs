// A tunnel broker: every accepted client gets an upstream, dialled by a helper or by another class.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Fresh.Creation.TunnelBroker;

public interface IUpstreamSource
{
    Task<Socket> OpenAsync(string tenant, CancellationToken ct);
}

public sealed class UpstreamSource(IReadOnlyDictionary<string, DnsEndPoint> tenants) : IUpstreamSource
{
    public async Task<Socket> OpenAsync(string tenant, CancellationToken ct)
    {
        var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await upstream.ConnectAsync(tenants[tenant], ct).ConfigureAwait(false);
        }
        catch
        {
            upstream.Dispose();
            throw;
        }

        return upstream;
    }
}

internal static class Plumbing
{
    public static async Task<string> ReadTenantAsync(Socket client, CancellationToken ct)
    {
        var buffer = new byte[64];
        var n = await client.ReceiveAsync(buffer, ct).ConfigureAwait(false);
        return System.Text.Encoding.ASCII.GetString(buffer, 0, n).Trim();
    }

    public static async Task CopyAsync(Socket from, Socket to, CancellationToken ct)
    {
        var buffer = new byte[8192];
        int n;
        while ((n = await from.ReceiveAsync(buffer, ct).ConfigureAwait(false)) > 0)
            await to.SendAsync(buffer.AsMemory(0, n), ct).ConfigureAwait(false);
    }
}

public sealed class TunnelServer(TcpListener listener, IUpstreamSource upstreams, UpstreamSource direct, ILogger<TunnelServer> log)
{
    private int _open;

    public int Open => Volatile.Read(ref _open);

    public async Task AcceptAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptSocketAsync(ct).ConfigureAwait(false);
            _ = Task.Run(async () =>
            {
                try
                {
                    await ServeOpenlyAsync(client, ct);
                }
                catch (Exception ex)
                {
                    log.LogWarning(ex, "tunnel failed");
                }
            }, CancellationToken.None);
        }
    }

    // The caller above logs and goes on; the client's socket stays where it is.
    private async Task ServeOpenlyAsync(Socket client, CancellationToken ct)
    {
        var tenant = await Plumbing.ReadTenantAsync(client, ct);
        var upstream = await direct.OpenAsync(tenant, ct); //! LCA1006
        try
        {
            await Task.WhenAny(Plumbing.CopyAsync(client, upstream, ct), Plumbing.CopyAsync(upstream, client, ct));
        }
        finally
        {
            client.Dispose();
            upstream.Dispose();
        }
    }

    // ok LCA1006: the client belongs to a using before the upstream is asked for
    private async Task ServeAsync(Socket accepted, CancellationToken ct)
    {
        using var client = accepted;
        var tenant = await Plumbing.ReadTenantAsync(client, ct);
        using var upstream = await upstreams.OpenAsync(tenant, ct);
        await Task.WhenAny(Plumbing.CopyAsync(client, upstream, ct), Plumbing.CopyAsync(upstream, client, ct));
    }

    public async Task ServeOneAsync(CancellationToken ct)
    {
        var client = await listener.AcceptTcpClientAsync(ct);
        var upstream = new TcpClient();
        try
        {
            await upstream.ConnectAsync("head.local", 7000, ct); //! LCA1006
        }
        catch (Exception ex) when (ex is SocketException or OperationCanceledException)
        {
            log.LogError(ex, "head end is away");
            upstream.Dispose();
            return;
        }
        catch
        {
            upstream.Dispose();
            throw;
        }

        using (client)
        using (upstream)
            await client.GetStream().CopyToAsync(upstream.GetStream(), ct);
    }

    /// <summary>The count goes up in a helper, and comes down only on the sunny side.</summary>
    public async Task CountedAsync(Socket accepted, CancellationToken ct)
    {
        using var client = accepted;
        Enter();
        var tenant = await Plumbing.ReadTenantAsync(client, ct);
        using var upstream = await upstreams.OpenAsync(tenant, ct);
        await Plumbing.CopyAsync(client, upstream, ct);
        Leave();
    }

    public async Task CountedOnEveryPathAsync(Socket accepted, CancellationToken ct)
    {
        using var client = accepted;
        EnterQuietly();
        try
        {
            var tenant = await Plumbing.ReadTenantAsync(client, ct);
            using var upstream = await upstreams.OpenAsync(tenant, ct);
            await Plumbing.CopyAsync(client, upstream, ct);
        }
        finally
        {
            LeaveQuietly();
        }
    }

    private int _quiet;

    private void Enter()
    {
        var now = Interlocked.Increment(ref _open); //! LCA1007
        log.LogDebug("{Count} tunnels", now);
    }

    private void Leave() => Interlocked.Decrement(ref _open);

    private void EnterQuietly() => Interlocked.Increment(ref _quiet);

    private void LeaveQuietly() => Interlocked.Decrement(ref _quiet);

    /// <summary>One direction's end leaves the other one waiting for ever.</summary>
    public async Task JoinAsync(Socket left, Socket right, CancellationToken ct)
    {
        await Task.WhenAll(Plumbing.CopyAsync(left, right, ct), Plumbing.CopyAsync(right, left, ct)); //! LCA1006
        left.Dispose();
        right.Dispose();
    }

    // ok LCA1006: each direction ends the other one
    public async Task JoinProperlyAsync(Socket left, Socket right, CancellationToken ct)
    {
        using (left)
        using (right)
            await Task.WhenAll(HalfAsync(left, right), HalfAsync(right, left));

        async Task HalfAsync(Socket from, Socket to)
        {
            try
            {
                await Plumbing.CopyAsync(from, to, ct);
            }
            finally
            {
                from.Close();
                to.Close();
            }
        }
    }
}
