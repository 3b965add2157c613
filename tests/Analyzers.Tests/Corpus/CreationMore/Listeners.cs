// Servers that bind and listen, and owners that keep their connection in a field.
using System.Net;
using System.Net.Sockets;
using Corpus.Creation.SocketHelpers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.Listeners;

public static class Binding
{
    public static Socket Listen(IPEndPoint local, int backlog)
    {
        var listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(local);
        listener.Listen(backlog);
        return listener;
    }

    // ok LCA1003: the port may be taken, the socket does not stay
    public static Socket ListenOrClose(IPEndPoint local, int backlog)
    {
        var listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(local);
            listener.Listen(backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public static TcpListener Start(int port)
    {
        var listener = new TcpListener(IPAddress.Any, port); //! LCA1003
        listener.Start(128);
        return listener;
    }

    // ok LCA1003: stopped when the port is taken
    public static TcpListener? TryStart(int port)
    {
        var listener = new TcpListener(IPAddress.Any, port);
        try
        {
            listener.Start(128);
            return listener;
        }
        catch (Exception ex)
        {
            Console.Error.WriteLine(ex.Message);
            listener.Stop();
            return null;
        }
    }

    /// <summary>When the second port is taken, the first one stays bound.</summary>
    public static (TcpListener V4, TcpListener V6) StartBoth(int port)
    {
        var v4 = new TcpListener(IPAddress.Any, port); //! LCA1003
        v4.Start();
        var v6 = new TcpListener(IPAddress.IPv6Any, port); //? LCA1003
        v6.Start();
        return (v4, v6);
    }

    public static int FreeUdpPort(out Socket reserved)
    {
        var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp); //! LCA1003
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        reserved = probe;
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    // ok LCA1003: the port number leaves, the socket does not
    public static int FreeTcpPort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}

public sealed class EchoHost(IPEndPoint local, ILogger<EchoHost> log) : BackgroundService
{
    // ok LCA1003: the using covers Start as well
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = new TcpListener(local);
        listener.Start();
        log.LogInformation("listening on {Local}", listener.LocalEndpoint);
        while (!stoppingToken.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(stoppingToken);
            await client.GetStream().CopyToAsync(client.GetStream(), stoppingToken);
        }
    }
}

public sealed class LineServer(int port) : IDisposable
{
    private TcpListener? _listener;

    // ok LCA1003: in its field before it starts, and Dispose stops it
    public void Start()
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
    }

    public void Dispose() => _listener?.Stop();
}

/// <summary>Reaches the field only when all went well; until then nobody knows the socket.</summary>
public sealed class GatewayLink : IDisposable
{
    private Socket? _socket;

    public async Task ConnectAsync(EndPoint gateway, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await socket.ConnectAsync(gateway, ct);
        _socket = socket;
    }

    public void Dispose() => _socket?.Dispose();
}

/// <summary>In the field at once; whoever disposes the link closes it, opened or not.</summary>
public sealed class OwnedGatewayLink : IDisposable
{
    private Socket? _socket;

    // ok LCA1003: the field is closed by Dispose
    public async Task ConnectAsync(EndPoint gateway, CancellationToken ct)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await _socket.ConnectAsync(gateway, ct);
    }

    public void Dispose() => _socket?.Dispose();
}

/// <summary>In the field at once, but no member of the type ever closes the field.</summary>
public sealed class ForgetfulUplink(string host)
{
    private TcpClient? _client;

    public async Task<Stream> ConnectAsync(CancellationToken ct)
    {
        _client = new TcpClient(); //! LCA1003
        await _client.ConnectAsync(host, 8883, ct);
        return _client.GetStream();
    }
}

public abstract class FieldLink : IDisposable
{
    protected Socket? Wire { get; set; }

    public virtual void Dispose()
    {
        Quiet.Close(Wire);
        Wire = null;
        GC.SuppressFinalize(this);
    }
}

public sealed class MeterFieldLink : FieldLink
{
    // ok LCA1003: the base class closes the property
    public async Task ConnectAsync(EndPoint meter, CancellationToken ct)
    {
        Wire = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Wire.ConnectAsync(meter, ct);
    }
}

public sealed partial class SplitUplink(EndPoint remote)
{
    private TcpClient? _tcp;

    // ok LCA1003: closed in the other part of the class
    public async Task OpenAsync(CancellationToken ct)
    {
        _tcp = new TcpClient();
        await _tcp.Client.ConnectAsync(remote, ct);
    }
}

public sealed partial class SplitUplink : IDisposable
{
    public void Dispose()
    {
        _tcp?.Close();
        _tcp = null;
    }
}

/// <summary>All attempts under way are on a list, and the list is closed as a whole.</summary>
public sealed class RacingDialer : IDisposable
{
    private readonly List<Socket> _attempts = [];

    // ok LCA1003: owned by the list before the connect begins
    public async Task<Socket> AttemptAsync(EndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        lock (_attempts) _attempts.Add(socket);
        await socket.ConnectAsync(remote, ct);
        return socket;
    }

    public void Dispose()
    {
        lock (_attempts)
        {
            foreach (var socket in _attempts) socket.Dispose();
            _attempts.Clear();
        }
    }
}

public abstract class ProbeBase<TResult>
{
    protected abstract Task<TResult> ReadAsync(Socket socket, CancellationToken ct);

    /// <summary>Closed after the reading, but not when connecting or reading throws.</summary>
    public async Task<TResult> RunAsync(EndPoint target, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await socket.ConnectAsync(target, ct);
        var result = await ReadAsync(socket, ct);
        socket.Close();
        return result;
    }
}

public abstract class FinallyProbeBase<TResult>
{
    protected abstract Task<TResult> ReadAsync(Socket socket, CancellationToken ct);

    // ok LCA1003: closed in any case
    public async Task<TResult> RunAsync(EndPoint target, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target, ct);
            return await ReadAsync(socket, ct);
        }
        finally
        {
            socket.Close();
        }
    }
}
