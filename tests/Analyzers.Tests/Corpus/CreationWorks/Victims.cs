// One failing connect, several victims: a port forwarder in the old style, one in the new style, and both repaired.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CreationWorks.Victims;

public sealed class OldForwarder : IDisposable
{
    private readonly Socket _listener;
    private readonly EndPoint _target;
    private readonly ILogger _log;
    private int _pairs;

    public OldForwarder(IPEndPoint at, EndPoint target, ILogger log)
    {
        (_target, _log) = (target, log);
        _listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(at);
        _listener.Listen(100);
    }

    public void Start() => _listener.BeginAccept(OnAccept, null);

    // The accept is guarded, the connect is not: process, client, new socket and count, all at once.
    private void OnAccept(IAsyncResult ar)
    {
        Socket client;
        try
        {
            client = _listener.EndAccept(ar);
            _listener.BeginAccept(OnAccept, null);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _log.LogInformation(ex, "forwarder ends");
            return;
        }

        Interlocked.Increment(ref _pairs); //! LCA1007
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        server.Connect(_target); //! LCA1005 LCA1006
        Shuttle(client, server);
        Interlocked.Decrement(ref _pairs);
    }

    private void Shuttle(Socket client, Socket server)
    {
        try
        {
            var buffer = new byte[4096];
            int n;
            while ((n = server.Receive(buffer)) > 0) client.Send(buffer, 0, n, SocketFlags.None);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _log.LogDebug(ex, "pair ends");
        }
        finally
        {
            client.Close();
            server.Close();
        }
    }

    public void Dispose() => _listener.Dispose();
}

public sealed class RepairedForwarder : IDisposable
{
    private readonly Socket _listener;
    private readonly EndPoint _target;
    private readonly ILogger _log;
    private int _pairs;

    public RepairedForwarder(IPEndPoint at, EndPoint target, ILogger log)
    {
        (_target, _log) = (target, log);
        _listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(at);
        _listener.Listen(100);
    }

    public void Start() => _listener.BeginAccept(OnAccept, null);

    // ok LCA1003 LCA1005 LCA1006 LCA1007: one try about the pair
    private void OnAccept(IAsyncResult ar)
    {
        Socket client;
        try
        {
            client = _listener.EndAccept(ar);
            _listener.BeginAccept(OnAccept, null);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _log.LogInformation(ex, "forwarder ends");
            return;
        }

        Interlocked.Increment(ref _pairs);
        try
        {
            using (client)
            {
                using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                server.Connect(_target);
                var buffer = new byte[4096];
                int n;
                while ((n = server.Receive(buffer)) > 0) client.Send(buffer, 0, n, SocketFlags.None);
            }
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _log.LogDebug(ex, "pair ends");
        }
        finally
        {
            Interlocked.Decrement(ref _pairs);
        }
    }

    public int Pairs => Volatile.Read(ref _pairs);

    public void Dispose() => _listener.Dispose();
}

public sealed class NewForwarder(EndPoint target, ILogger log)
{
    private int _pairs;

    public int Pairs => Volatile.Read(ref _pairs);

    public async Task ForwardAsync(Socket client)
    {
        _pairs++; //! LCA1007
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await server.ConnectAsync(target); //! LCA1006 LCA1008
        using (client)
        using (server)
        {
            using var near = new NetworkStream(client);
            using var far = new NetworkStream(server);
            await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
        }

        _pairs--;
    }

    // ok LCA1003 LCA1006 LCA1007 LCA1008
    public async Task ForwardSafelyAsync(Socket client, CancellationToken ct)
    {
        Interlocked.Increment(ref _pairs);
        try
        {
            using var near = new NetworkStream(client, ownsSocket: true);
            using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(5000);
            await server.ConnectAsync(target, limit.Token);
            using var far = new NetworkStream(server);
            await Task.WhenAny(near.CopyToAsync(far, ct), far.CopyToAsync(near, ct));
        }
        catch (Exception ex) when (ex is SocketException or OperationCanceledException)
        {
            log.LogWarning(ex, "{Target} not reachable", target);
        }
        finally
        {
            Interlocked.Decrement(ref _pairs);
        }
    }
}

// Two upstreams for one client: the mirror that fails must not strand the other two.
public sealed class Mirror(EndPoint primary, EndPoint shadow)
{
    public async Task MirrorAsync(TcpClient client, CancellationToken ct)
    {
        using var first = new TcpClient();
        using var second = new TcpClient();
        try
        {
            await first.ConnectAsync(((IPEndPoint)primary).Address, ((IPEndPoint)primary).Port, ct);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        await second.ConnectAsync(((IPEndPoint)shadow).Address, ((IPEndPoint)shadow).Port, ct); //! LCA1006
        using (client) await CopyAsync(client, first, second, ct);
    }

    // ok LCA1006: the client is in the outermost using
    public async Task MirrorOwnedAsync(TcpClient client, CancellationToken ct)
    {
        using var owned = client;
        using var first = new TcpClient();
        using var second = new TcpClient();
        await first.ConnectAsync(((IPEndPoint)primary).Address, ((IPEndPoint)primary).Port, ct);
        await second.ConnectAsync(((IPEndPoint)shadow).Address, ((IPEndPoint)shadow).Port, ct);
        await CopyAsync(owned, first, second, ct);
    }

    private static async Task CopyAsync(TcpClient from, TcpClient first, TcpClient second, CancellationToken ct)
    {
        var buffer = new byte[8192];
        int n;
        while ((n = await from.GetStream().ReadAsync(buffer, ct)) > 0)
        {
            await first.GetStream().WriteAsync(buffer.AsMemory(0, n), ct);
            await second.GetStream().WriteAsync(buffer.AsMemory(0, n), ct);
        }
    }
}
