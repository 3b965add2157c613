// Port tunnels: an accepted connection, an upstream, and what becomes of the first when the second fails.
using System.Net;
using System.Net.Sockets;

namespace Ways.Tunnels;

public sealed class TunnelOptions
{
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);
    public required string UpstreamHost { get; init; }
    public int UpstreamPort { get; init; } = 22;
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public void Deconstruct(out string host, out int port) => (host, port) = (UpstreamHost, UpstreamPort);
}

public sealed class StraightTunnel(TunnelOptions options)
{
    public async Task RunAsync(TcpListener listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var inbound = await listener.AcceptTcpClientAsync(stop);
            using TcpClient upstream = new();
            await upstream.ConnectAsync(options.UpstreamHost, options.UpstreamPort, stop); //! LCA1006
            await RelayAsync(inbound, upstream, stop);
            inbound.Close();
        }
    }

    public async Task RunOwningAsync(TcpListener listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var inbound = await listener.AcceptTcpClientAsync(stop);
            using TcpClient upstream = new();
            await upstream.ConnectAsync(options.UpstreamHost, options.UpstreamPort, stop);
            await RelayAsync(inbound, upstream, stop);
        }
    }

    private static async Task RelayAsync(TcpClient left, TcpClient right, CancellationToken stop)
    {
        var (l, r) = (left.GetStream(), right.GetStream());
        await Task.WhenAny(l.CopyToAsync(r, stop), r.CopyToAsync(l, stop));
        left.Close();
        right.Close();
    }
}

public sealed class SocketTunnel
{
    private readonly TunnelOptions _options;

    public SocketTunnel(TunnelOptions options) => _options = options;

    /// <summary>The refusal is swallowed, and the accepted socket with it.</summary>
    public async Task<bool> ServeAsync(Socket accepted, CancellationToken stop)
    {
        var (host, port) = _options;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_options.ConnectTimeout);
        var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await upstream.ConnectAsync(host, port, limit.Token); //! LCA1006
        }
        catch (Exception)
        {
            upstream.Dispose();
            return false;
        }

        await CopyAsync(accepted, upstream, stop);
        return true;
    }

    public async Task<bool> ServeClosingAsync(Socket accepted, CancellationToken stop)
    {
        var (host, port) = _options;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_options.ConnectTimeout);
        var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await upstream.ConnectAsync(host, port, limit.Token);
        }
        catch
        {
            foreach (var socket in new[] { upstream, accepted }) socket.Dispose();
            return false;
        }

        await CopyAsync(accepted, upstream, stop);
        return true;
    }

    /// <summary>Each direction ends by itself; the other waits for a peer that is gone.</summary>
    private static async Task CopyAsync(Socket a, Socket b, CancellationToken stop)
    {
        await using NetworkStream left = new(a, ownsSocket: true), right = new(b, ownsSocket: true);
        await Task.WhenAll(left.CopyToAsync(right, stop), right.CopyToAsync(left, stop)); //! LCA1006
    }

    /// <summary>Each direction's end ends the other.</summary>
    internal static Task CopyBothAsync(Socket a, Socket b, CancellationToken stop)
    {
        return Task.WhenAll(One(a, b), One(b, a));

        async Task One(Socket from, Socket to)
        {
            var buffer = new byte[8192];
            try
            {
                while (await from.ReceiveAsync(buffer, stop) is > 0 and var read)
                    for (var sent = 0; sent < read;)
                        sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), stop);
            }
            finally
            {
                from.Dispose();
                to.Dispose();
            }
        }
    }
}

public abstract class TunnelTemplate
{
    protected abstract ValueTask<Stream> OpenUpstreamAsync(CancellationToken cancel);

    public async Task HandleAsync(TcpClient client, CancellationToken cancel)
    {
        Stream? upstream = null;
        try
        {
            upstream = await OpenUpstreamAsync(cancel);
            await client.GetStream().CopyToAsync(upstream, cancel);
        }
        finally
        {
            if (upstream is not null) await upstream.DisposeAsync();
            client.Dispose();
        }
    }
}

public sealed class PipeTunnel(string pipe)
{
    public async Task HandleAsync(Socket accepted, CancellationToken cancel)
    {
        await using var upstream = new System.IO.Pipes.NamedPipeClientStream(".", pipe, System.IO.Pipes.PipeDirection.InOut, System.IO.Pipes.PipeOptions.Asynchronous);
        await upstream.ConnectAsync(5_000, cancel); //! LCA1006
        await using var stream = new NetworkStream(accepted, ownsSocket: true);
        await stream.CopyToAsync(upstream, cancel);
    }

    public async Task HandleOwnedAsync(Socket accepted, CancellationToken cancel)
    {
        await using var stream = new NetworkStream(accepted, ownsSocket: true);
        await using var upstream = new System.IO.Pipes.NamedPipeClientStream(".", pipe, System.IO.Pipes.PipeDirection.InOut, System.IO.Pipes.PipeOptions.Asynchronous);
        await upstream.ConnectAsync(5_000, cancel);
        await stream.CopyToAsync(upstream, cancel);
    }
}
