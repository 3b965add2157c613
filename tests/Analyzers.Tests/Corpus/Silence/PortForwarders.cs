// A port forwarder: accept loop, upstream selection, relays, live counters, drain on shutdown.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Silence.PortForwarders;

public interface IUpstreamSelector
{
    EndPoint? Next();
    void Report(EndPoint endpoint, bool reachable);
}

public sealed class LiveCount
{
    private int _live;
    private long _total;

    public int Live => Volatile.Read(ref _live);

    public long Total => Interlocked.Read(ref _total);

    // ok LCA1007: the lease brings it down, whoever disposes it
    public Lease Enter()
    {
        Interlocked.Increment(ref _live);
        Interlocked.Increment(ref _total);
        return new Lease(this);
    }

    public sealed class Lease(LiveCount owner) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) Interlocked.Decrement(ref owner._live);
        }
    }
}

public static class Relay
{
    // ok LCA1006: WhenAny, and then both are closed
    public static async Task RunAsync(Socket left, Socket right, CancellationToken ct)
    {
        using var up = new NetworkStream(left);
        using var down = new NetworkStream(right);
        try
        {
            await Task.WhenAny(up.CopyToAsync(down, ct), down.CopyToAsync(up, ct));
        }
        finally
        {
            left.Dispose();
            right.Dispose();
        }
    }

    // ok LCA1006: each direction's end closes both
    public static Task RunBothAsync(Socket left, Socket right, CancellationToken ct) =>
        Task.WhenAll(OneWayAsync(left, right, ct), OneWayAsync(right, left, ct));

    private static async Task OneWayAsync(Socket from, Socket to, CancellationToken ct)
    {
        var buffer = new byte[8192];
        try
        {
            int n;
            while ((n = await from.ReceiveAsync(buffer.AsMemory(), ct)) > 0)
            {
                var rest = buffer.AsMemory(0, n);
                while (!rest.IsEmpty) rest = rest[await to.SendAsync(rest, ct)..];
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // the other side's end ends this one
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}

public sealed class Forwarder(IUpstreamSelector upstreams, LiveCount count, ILogger<Forwarder> log)
{
    // ok LCA1003 LCA1006: the upstream is null when it failed, and the client is closed by the using
    // ok LCA1007: a lease in a using
    public async Task ServeAsync(Socket accepted, CancellationToken ct)
    {
        using var client = accepted;
        using var lease = count.Enter();
        if (upstreams.Next() is not { } endpoint) return;
        using var upstream = await TryDialAsync(endpoint, ct);
        if (upstream is null) return;
        await Relay.RunBothAsync(client, upstream, ct);
    }

    // ok LCA1003 LCA1008: closed unless it is the answer; the deadline is in the linked token
    private async Task<Socket?> TryDialAsync(EndPoint endpoint, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(3000);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, deadline.Token);
            upstreams.Report(endpoint, true);
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            upstreams.Report(endpoint, false);
            log.LogWarning(e, "{Endpoint} not reachable", endpoint);
            return null;
        }
    }
}

/// <summary>A second handler, for a legacy tenant, copied from an old branch.</summary>
public sealed class LegacyForwarder(EndPoint upstreamEndpoint, ILogger<LegacyForwarder> log)
{
    private readonly ConcurrentDictionary<int, Socket> _open = new();
    private int _lastId;

    public int Open => _open.Count;

    public async Task ServeAsync(Socket client, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _lastId);
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await upstream.ConnectAsync(upstreamEndpoint, ct); //! LCA1006
        _open.TryAdd(id, client); //? LCA1007
        log.LogDebug("{Id} open", id);
        await Relay.RunBothAsync(client, upstream, ct);
        client.Close();
        _open.TryRemove(id, out _);
    }

    // ok LCA1006 LCA1007: try around everything, both sockets and the entry go in the finally
    public async Task ServeSafelyAsync(Socket client, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _lastId);
        Socket? upstream = null;
        _open.TryAdd(id, client);
        try
        {
            upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await upstream.ConnectAsync(upstreamEndpoint, ct);
            await Relay.RunBothAsync(client, upstream, ct);
        }
        catch (SocketException e)
        {
            log.LogWarning(e, "{Id}: upstream failed", id);
        }
        finally
        {
            _open.TryRemove(id, out _);
            upstream?.Dispose();
            client.Dispose();
        }
    }
}

public sealed class ForwarderHost(IPEndPoint local, Forwarder forwarder, ILogger<ForwarderHost> log) : BackgroundService
{
    private readonly ConcurrentDictionary<Task, byte> _running = new();

    // ok LCA1003: the listener is in a try whose finally stops it
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listener = new TcpListener(local);
        try
        {
            listener.Start(512);
            while (!stoppingToken.IsCancellationRequested)
            {
                var socket = await listener.AcceptSocketAsync(stoppingToken);
                // ok LCA1004: it is observed, and waited for below
                var serving = ServeGuardedAsync(socket, stoppingToken);
                _running.TryAdd(serving, 0);
                Forget(serving);
            }
        }
        finally
        {
            listener.Stop();
            await Task.WhenAll(_running.Keys);
        }
    }

    private void Forget(Task serving) =>
        serving.ContinueWith(done =>
        {
            _running.TryRemove(done, out _);
            if (done.Exception is { } failure) log.LogError(failure, "a forwarder failed");
        }, TaskScheduler.Default);

    private async Task ServeGuardedAsync(Socket socket, CancellationToken ct)
    {
        try
        {
            await forwarder.ServeAsync(socket, ct);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "forwarding ended");
        }
    }
}

public sealed class AdminListener(int port, ILogger<AdminListener> log)
{
    private readonly SemaphoreSlim _clients = new(4);

    // ok LCA1004: the handler catches everything; ok LCA1007: it releases in its finally what was taken here
    public async Task RunAsync(CancellationToken ct)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _ = HandleAsync(client, ct);
        }
    }

    private async Task HandleAsync(TcpClient client, CancellationToken ct)
    {
        try
        {
            using (client)
            {
                await _clients.WaitAsync(ct);
                try
                {
                    await client.GetStream().WriteAsync("ready\n"u8.ToArray(), ct);
                }
                finally
                {
                    _clients.Release();
                }
            }
        }
        catch (Exception e)
        {
            log.LogDebug(e, "admin client");
        }
    }

    // The metrics port: nobody hears of a loop that has died.
    public void StartMetrics(TcpListener listener, CancellationToken ct)
    {
        _ = Task.Run(() => AcceptMetricsAsync(listener, ct), ct); //! LCA1004
    }

    private async Task AcceptMetricsAsync(TcpListener listener, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(ct);
            await client.GetStream().WriteAsync("0\n"u8.ToArray(), ct);
        }
    }

    // A throttle whose slot is lost with every client that fails before it is served.
    public async Task ServeThrottledAsync(TcpClient client, Func<TcpClient, Task> serve, CancellationToken ct)
    {
        using var owned = client;
        await _clients.WaitAsync(ct); //! LCA1007
        await client.GetStream().WriteAsync("220 hello\r\n"u8.ToArray(), ct);
        await serve(client);
        _clients.Release();
    }
}
