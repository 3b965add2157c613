// Proxies and gateways: a client is here, its upstream has to be opened, and then bytes go both ways.
using System.Collections.Concurrent;
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Corpus.Creation.SocketHelpers;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.Upstreams;

public sealed record Upstream(string Host, int Port);

public abstract class ProxyBase(Upstream upstream, ILogger log)
{
    protected Upstream Upstream { get; } = upstream;
    protected ILogger Log { get; } = log;

    /// <summary>Copies until one side ends, then closes both.</summary>
    protected static async Task RelayAsync(TcpClient left, TcpClient right, CancellationToken ct)
    {
        await Task.WhenAny(
            left.GetStream().CopyToAsync(right.GetStream(), ct),
            right.GetStream().CopyToAsync(left.GetStream(), ct));
        left.Close();
        right.Close();
    }
}

public sealed class PlainProxy(Upstream upstream, ILogger log) : ProxyBase(upstream, log)
{
    public async Task HandleAsync(TcpClient client, CancellationToken ct)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(Upstream.Host, Upstream.Port, ct); //! LCA1006
        await RelayAsync(client, server, ct);
    }

    // ok LCA1006: both in a using
    public async Task HandleInUsingAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(Upstream.Host, Upstream.Port, ct);
            await RelayAsync(client, server, ct);
        }
    }

    public async Task HandleLoggedAsync(TcpClient client, CancellationToken ct)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(Upstream.Host, Upstream.Port, ct); //! LCA1006
        }
        catch (SocketException ex)
        {
            Log.LogWarning(ex, "{Upstream} not reachable", Upstream);
            return;
        }
        await RelayAsync(client, server, ct);
    }

    // ok LCA1006: the catch closes the client, for every reason
    public async Task HandleLoggedOrCloseAsync(TcpClient client, CancellationToken ct)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(Upstream.Host, Upstream.Port, ct);
        }
        catch (Exception ex)
        {
            Log.LogWarning(ex, "{Upstream} not reachable", Upstream);
            client.Close();
            return;
        }
        await RelayAsync(client, server, ct);
    }

    /// <summary>Both victims at once.</summary>
    public async Task HandleNakedAsync(TcpClient client, CancellationToken ct)
    {
        var server = new TcpClient { NoDelay = true }; //! LCA1003
        await server.ConnectAsync(Upstream.Host, Upstream.Port, ct).ConfigureAwait(false); //! LCA1006
        await RelayAsync(client, server, ct).ConfigureAwait(false);
    }

    // ok LCA1003 LCA1006: a finally for both
    public async Task HandleInFinallyAsync(TcpClient client, CancellationToken ct)
    {
        TcpClient? server = null;
        try
        {
            server = new TcpClient();
            await server.ConnectAsync(Upstream.Host, Upstream.Port, ct);
            await RelayAsync(client, server, ct);
        }
        finally
        {
            server?.Dispose();
            client.Dispose();
        }
    }

    public async Task AcceptAsync(TcpListener listener, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            using var server = new TcpClient();
            await server.ConnectAsync(Upstream.Host, Upstream.Port, ct); //! LCA1006
            await RelayAsync(client, server, ct);
        }
    }

    // ok LCA1006: the accepted one belongs to the loop's using
    public async Task AcceptInUsingAsync(TcpListener listener, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(ct);
            await HandleOwnedAsync(client, ct);
        }
    }

    // ok LCA1006: its only caller closes the client
    private async Task HandleOwnedAsync(TcpClient client, CancellationToken ct)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(Upstream.Host, Upstream.Port, ct);
        await RelayAsync(client, server, ct);
    }

    public void ServeBlocking(TcpListener listener)
    {
        var client = listener.AcceptTcpClient();
        using var server = new TcpClient(Upstream.Host, Upstream.Port); //! LCA1006
        client.GetStream().CopyTo(server.GetStream());
        client.Close();
    }

    // ok LCA1006: the client is closed whatever the constructor throws
    public void ServeBlockingInUsing(TcpListener listener)
    {
        using var client = listener.AcceptTcpClient();
        using var server = new TcpClient(Upstream.Host, Upstream.Port);
        client.GetStream().CopyTo(server.GetStream());
    }

    // ok LCA1006: the upstream is open before there is a client
    public async Task ServePreconnectedAsync(TcpListener listener, CancellationToken ct)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(Upstream.Host, Upstream.Port, ct);
        using var client = await listener.AcceptTcpClientAsync(ct);
        await RelayAsync(client, server, ct);
    }
}

public sealed class BalancingProxy(IReadOnlyList<EndPoint> servers, ILogger log)
{
    public async Task HandleAsync(Socket client, CancellationToken ct)
    {
        foreach (var endpoint in servers)
        {
            try
            {
                using var server = await Sockets.DialAsync(endpoint, ct); //! LCA1006
                using var down = new NetworkStream(client, ownsSocket: true);
                using var up = new NetworkStream(server, ownsSocket: false);
                await down.CopyToAsync(up, ct);
                return;
            }
            catch (SocketException ex)
            {
                log.LogDebug(ex, "{Server} is down", endpoint);
            }
        }
        log.LogError("no server is up");
    }

    // ok LCA1006: closed when no server is left, and when cancelled
    public async Task HandleOrCloseAsync(Socket client, CancellationToken ct)
    {
        try
        {
            foreach (var endpoint in servers)
            {
                try
                {
                    using var server = await Sockets.DialAsync(endpoint, ct);
                    using var down = new NetworkStream(client, ownsSocket: false);
                    using var up = new NetworkStream(server, ownsSocket: false);
                    await down.CopyToAsync(up, ct);
                    return;
                }
                catch (SocketException ex)
                {
                    log.LogDebug(ex, "{Server} is down", endpoint);
                }
            }
        }
        finally
        {
            client.Dispose();
        }
    }

    public async Task HandleFirstAsync(Socket client, CancellationToken ct)
    {
        using var server = await Sockets.DialAsync(servers[0], ct); //! LCA1006
        await using var down = new NetworkStream(client, ownsSocket: true);
        await using var up = new NetworkStream(server, ownsSocket: false);
        await down.CopyToAsync(up, ct);
    }

    private async Task<Socket?> TryDialAsync(CancellationToken ct)
    {
        try
        {
            return await Sockets.DialAsync(servers[0], ct);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "not reachable");
            return null;
        }
    }

    // ok LCA1006: null means that it failed, and then the client is closed
    public async Task HandleTriedAsync(Socket client, CancellationToken ct)
    {
        if (await TryDialAsync(ct) is not { } server)
        {
            client.Dispose();
            return;
        }
        await using var up = new NetworkStream(server, ownsSocket: true);
        await using var down = new NetworkStream(client, ownsSocket: true);
        await down.CopyToAsync(up, ct);
    }

    public async Task HandleUntriedAsync(Socket client, CancellationToken ct)
    {
        var server = await TryDialAsync(ct); //! LCA1006
        if (server is null) return;
        await using var up = new NetworkStream(server, ownsSocket: true);
        await using var down = new NetworkStream(client, ownsSocket: true);
        await down.CopyToAsync(up, ct);
    }
}

public sealed class SocksHandler(ILogger log)
{
    private static readonly byte[] Refused = [5, 5, 0, 1, 0, 0, 0, 0, 0, 0];

    /// <summary>Tells the client that the target refused, and then leaves it alone with its open socket.</summary>
    public async Task ConnectAsync(TcpClient client, string host, int port, CancellationToken ct)
    {
        using var target = new TcpClient();
        try
        {
            await target.ConnectAsync(host, port, ct); //! LCA1006
        }
        catch (Exception ex)
        {
            log.LogInformation(ex, "{Host} refused", host);
            await client.GetStream().WriteAsync(Refused, ct);
            return;
        }
        using (client) await client.GetStream().CopyToAsync(target.GetStream(), ct);
    }

    // ok LCA1006: the refusal is written, then the client is closed
    public async Task ConnectOrCloseAsync(TcpClient client, string host, int port, CancellationToken ct)
    {
        using var target = new TcpClient();
        try
        {
            await target.ConnectAsync(host, port, ct);
            await client.GetStream().CopyToAsync(target.GetStream(), ct);
        }
        catch (SocketException ex)
        {
            log.LogInformation(ex, "{Host} refused", host);
            await client.GetStream().WriteAsync(Refused, ct);
        }
        finally
        {
            client.Close();
        }
    }

    // ok LCA1006: handed on to the page that closes it
    public async Task ConnectOrExplainAsync(TcpClient client, string host, int port, CancellationToken ct)
    {
        using var target = new TcpClient();
        try
        {
            await target.ConnectAsync(host, port, ct);
        }
        catch (Exception ex)
        {
            await ExplainAsync(client, ex.Message);
            return;
        }
        using (client) await client.GetStream().CopyToAsync(target.GetStream(), ct);
    }

    private static async Task ExplainAsync(TcpClient client, string reason)
    {
        using (client) await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(reason));
    }
}

public sealed class TlsGateway(string host, int port)
{
    public async Task HandleAsync(SslStream client, CancellationToken ct)
    {
        using var plain = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await plain.ConnectAsync(new DnsEndPoint(host, port), ct); //! LCA1006
        await using var server = new NetworkStream(plain);
        await using (client) await client.CopyToAsync(server, ct);
    }

    // ok LCA1006: a catch around the connect disposes the stream of the client
    public async Task HandleOrCloseAsync(SslStream client, CancellationToken ct)
    {
        using var plain = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await plain.ConnectAsync(new DnsEndPoint(host, port), ct);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
        await using var server = new NetworkStream(plain);
        await using (client) await client.CopyToAsync(server, ct);
    }

    public async Task FromPipeAsync(NamedPipeServerStream pipe, CancellationToken ct)
    {
        await pipe.WaitForConnectionAsync(ct);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(host, port, ct); //! LCA1006
        await pipe.CopyToAsync(tcp.GetStream(), ct);
        pipe.Disconnect();
        await pipe.DisposeAsync();
    }

    // ok LCA1006: the pipe is disposed by its await using
    public async Task FromOwnPipeAsync(string name, CancellationToken ct)
    {
        await using var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        await pipe.WaitForConnectionAsync(ct);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(host, port, ct);
        await pipe.CopyToAsync(tcp.GetStream(), ct);
    }
}

/// <summary>Keeps its clients in a register that closes them.</summary>
public sealed class RegisteredGateway(EndPoint remote) : IDisposable
{
    private readonly ConcurrentDictionary<Socket, byte> _clients = new();

    // ok LCA1006: in the register before the dial, and taken out and closed in the finally
    public async Task HandleAsync(Socket client, CancellationToken ct)
    {
        _clients.TryAdd(client, 0);
        try
        {
            using var server = await Sockets.DialAsync(remote, ct);
            await server.SendAsync("HELLO"u8.ToArray(), ct);
        }
        finally
        {
            if (_clients.TryRemove(client, out _)) client.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.Keys) client.Dispose();
    }
}

public static class Relays
{
    /// <summary>The client went away, the server does not speak: both stay open.</summary>
    public static async Task BothAsync(TcpClient left, TcpClient right, CancellationToken ct)
    {
        using (left)
        using (right)
        {
            await Task.WhenAll( //! LCA1006
                left.GetStream().CopyToAsync(right.GetStream(), ct),
                right.GetStream().CopyToAsync(left.GetStream(), ct));
        }
    }

    public static async Task BothInLocalsAsync(Socket left, Socket right, ILogger log)
    {
        await using var a = new NetworkStream(left, ownsSocket: true);
        await using var b = new NetworkStream(right, ownsSocket: true);
        var there = a.CopyToAsync(b);
        var back = b.CopyToAsync(a);
        await Task.WhenAll(there, back); //! LCA1006
        log.LogDebug("relay ended");
    }

    public static async Task FirstAsync(TcpClient left, TcpClient right, ILogger log, CancellationToken ct)
    {
        await Task.WhenAny( //! LCA1006 //? LCA1004
            left.GetStream().CopyToAsync(right.GetStream(), ct),
            right.GetStream().CopyToAsync(left.GetStream(), ct));
        log.LogDebug("one direction ended");
    }

    // ok LCA1006: when one ends, both are closed
    public static async Task FirstThenCloseAsync(TcpClient left, TcpClient right, CancellationToken ct)
    {
        try
        {
            await Task.WhenAny(
                left.GetStream().CopyToAsync(right.GetStream(), ct),
                right.GetStream().CopyToAsync(left.GetStream(), ct));
        }
        finally
        {
            left.Dispose();
            right.Dispose();
        }
    }

    // ok LCA1006: each direction passes its end on
    public static async Task BothShuttingDownAsync(Socket left, Socket right, CancellationToken ct)
    {
        using (left)
        using (right)
            await Task.WhenAll(DirectionAsync(left, right, ct), DirectionAsync(right, left, ct));

        static async Task DirectionAsync(Socket from, Socket to, CancellationToken ct)
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
                from.Close();
                to.Close();
            }
        }
    }

    // ok LCA1006: the first one that ends cancels the other
    public static async Task BothCancellingAsync(TcpClient left, TcpClient right, CancellationToken ct)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using (left)
        using (right)
        {
            var there = CopyAsync(left.GetStream(), right.GetStream());
            var back = CopyAsync(right.GetStream(), left.GetStream());
            await Task.WhenAll(there, back);
        }

        async Task CopyAsync(Stream from, Stream to)
        {
            try
            {
                await from.CopyToAsync(to, linked.Token);
            }
            finally
            {
                await linked.CancelAsync();
            }
        }
    }

    /// <summary>A pump that swallows its errors and tells nobody.</summary>
    public static async Task PumpedAsync(NetworkStream left, SslStream right, ILogger log, CancellationToken ct)
    {
        await Task.WhenAll(PumpAsync(left, right), PumpAsync(right, left)); //! LCA1006
        await left.DisposeAsync();
        await right.DisposeAsync();

        async Task PumpAsync(Stream from, Stream to)
        {
            try
            {
                await from.CopyToAsync(to, 81920, ct);
            }
            catch (IOException ex)
            {
                log.LogDebug(ex, "direction ended");
            }
        }
    }

    // ok LCA1006: two downloads, no relay
    public static async Task BothDownAsync(Stream left, Stream right, Stream file1, Stream file2, CancellationToken ct)
    {
        await Task.WhenAll(left.CopyToAsync(file1, ct), right.CopyToAsync(file2, ct));
    }
}
