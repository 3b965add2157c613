// Transports of an RPC library: named pipes, Unix sockets, web sockets, TLS on whatever is below, QUIC.
using System.IO.Pipes;
using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Unseen.Creation.Transports;

public interface ITransportDialer
{
    Task<Stream> DialAsync(string address, CancellationToken ct);
}

public sealed class PipeDialer(string server) : ITransportDialer
{
    public async Task<Stream> DialAsync(string address, CancellationToken ct)
    {
        var pipe = new NamedPipeClientStream(server, address, PipeDirection.InOut, PipeOptions.Asynchronous); //! LCA1003
        await pipe.ConnectAsync(5_000, ct);
        pipe.ReadMode = PipeTransmissionMode.Byte;
        return pipe;
    }

    // ok LCA1008: bounded by milliseconds; ok LCA1003: closed by the catch
    public async Task<Stream> DialSafelyAsync(string address)
    {
        var pipe = new NamedPipeClientStream(server, address, PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            await pipe.ConnectAsync(5_000);
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }

        return pipe;
    }

    public async Task<int> VersionAsync(string address)
    {
        await using var pipe = new NamedPipeClientStream(server, address, PipeDirection.In, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(); //! LCA1008
        var version = new byte[1];
        await pipe.ReadExactlyAsync(version);
        return version[0];
    }
}

public sealed class UnixDialer : ITransportDialer
{
    public async Task<Stream> DialAsync(string address, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified); //! LCA1003
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(address), ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public static Socket Listen(string path, int backlog)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // ok LCA1003: bind and listen are in a try whose catch closes
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(backlog);
            return socket;
        }
        catch (Exception)
        {
            socket.Close();
            throw;
        }
    }

    public static async Task<bool> PingAsync(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)); //! LCA1008
        return true;
    }

    // ok LCA1008: nothing to pass to a synchronous connect
    public static bool Ping(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return true;
    }
}

public sealed class TlsUpgrade(ITransportDialer inner, SslClientAuthenticationOptions options)
{
    public async Task<SslStream> UpgradeAsync(Stream plain, CancellationToken ct)
    {
        var tls = new SslStream(plain, leaveInnerStreamOpen: false); //! LCA1003
        await tls.AuthenticateAsClientAsync(options, ct);
        return tls;
    }

    // ok LCA1003: ownership leaves only on success
    public async Task<SslStream> UpgradeOrCloseAsync(Stream plain, CancellationToken ct)
    {
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(options, ct);
            var result = tls;
            tls = null;
            return result;
        }
        finally
        {
            if (tls is not null) await tls.DisposeAsync();
        }
    }

    // ok LCA1003: what the inner dialer gives is open, and is closed when the handshake fails
    public async Task<SslStream> DialAsync(string address, CancellationToken ct)
    {
        var plain = await inner.DialAsync(address, ct);
        return await UpgradeOrCloseAsync(plain, ct);
    }
}

public sealed class WebSocketDialer(ILogger log)
{
    public async Task<WebSocket> DialAsync(Uri uri, string token, CancellationToken ct)
    {
        var ws = new ClientWebSocket(); // ok LCA1003: it disposes itself when it cannot connect
        ws.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await ws.ConnectAsync(uri, ct);
        return ws;
    }

    // ok LCA1003: the helper closes what fails
    public async Task<WebSocket?> TryDialAsync(Uri uri, CancellationToken ct)
    {
        var ws = new ClientWebSocket();
        if (await ConnectedAsync(ws, uri, ct)) return ws;
        return null;
    }

    private async Task<bool> ConnectedAsync(ClientWebSocket ws, Uri uri, CancellationToken ct)
    {
        try
        {
            await ws.ConnectAsync(uri, ct);
            return true;
        }
        catch (Exception ex)
        {
            log.LogInformation(ex, "{Uri} not reached", uri);
            ws.Dispose();
            return false;
        }
    }

    public static async Task<string?> ProtocolAsync(Uri uri, CancellationToken ct)
    {
        // ok LCA1003: a using
        using var ws = new ClientWebSocket();
        ws.Options.AddSubProtocol("rpc.v1");
        await ws.ConnectAsync(uri, ct);
        return ws.SubProtocol;
    }
}

[SupportedOSPlatform("linux")]
[SupportedOSPlatform("windows")]
[SupportedOSPlatform("macos")]
public static class QuicProbe
{
    public static async Task<EndPoint> RemoteAsync(QuicClientConnectionOptions options)
    {
        await using var quic = await QuicConnection.ConnectAsync(options); // ok LCA1008: the options have a handshake timeout, ten seconds by default
        return quic.RemoteEndPoint;
    }

    // ok LCA1008: the token bounds it
    public static async Task<EndPoint> RemoteAsync(QuicClientConnectionOptions options, CancellationToken ct)
    {
        await using var quic = await QuicConnection.ConnectAsync(options, ct);
        return quic.RemoteEndPoint;
    }
}

public sealed class BusTransport(ConnectionFactory factory, ILogger<BusTransport> log) : IAsyncDisposable
{
    private IConnection? _connection;

    // ok LCA1001: the broker client tells a late subscriber; ok LCA1008: it bounds its connect itself
    public async Task StartAsync()
    {
        _connection = await factory.CreateConnectionAsync();
        log.LogInformation("connected as {Name}", _connection.ClientProvidedName);
        _connection.ConnectionShutdownAsync += (_, e) =>
        {
            log.LogWarning("bus closed: {Reason}", e.ReplyText);
            return Task.CompletedTask;
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }
}
