// Dialling code out of several teams' "Net" folders: sockets, TLS, pipes, web sockets, QUIC.
using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.IO.Pipes;
using Microsoft.Extensions.Logging;

namespace CreationWorks.Dialers;

public static class MarketDialer
{
    public static async Task<NetworkStream> DialAsync(DnsEndPoint venue, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }; //! LCA1003
        await socket.ConnectAsync(venue, ct).ConfigureAwait(false);
        return new NetworkStream(socket, ownsSocket: true);
    }

    // Every address that refuses leaves one socket behind.
    public static async Task<Socket> DialAnyAsync(string host, int port, ILogger log, CancellationToken ct)
    {
        Exception? last = null;
        foreach (var address in await Dns.GetHostAddressesAsync(host, ct))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), ct);
                return socket;
            }
            catch (SocketException ex)
            {
                log.LogDebug(ex, "{Address} refused", address);
                last = ex;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    // ok LCA1003: each refused socket is closed, and a cancelled one too
    public static async Task<Socket> DialAnyCleanAsync(string host, int port, CancellationToken ct)
    {
        Exception? last = null;
        foreach (var address in await Dns.GetHostAddressesAsync(host, ct))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), ct);
                return socket;
            }
            catch (Exception ex)
            {
                socket.Dispose();
                if (ex is not SocketException) throw;
                last = ex;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    // The refusal is cleaned up; the cancellation is not.
    public static async Task<Socket?> TryDialAsync(IPEndPoint venue, CancellationToken ct)
    {
        var socket = new Socket(venue.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            await socket.ConnectAsync(venue, ct);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    // ok LCA1003: a success flag, read in the finally
    public static async Task<Socket> DialFlaggedAsync(IPEndPoint venue, CancellationToken ct)
    {
        var socket = new Socket(venue.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var connected = false;
        try
        {
            await socket.ConnectAsync(venue, ct);
            connected = true;
            return socket;
        }
        finally
        {
            if (!connected) socket.Dispose();
        }
    }

    // ok LCA1003: synchronous, closed and rethrown; nothing to bound
    public static TcpClient DialBlocking(string host, int port)
    {
        var client = new TcpClient { SendTimeout = 2000, ReceiveTimeout = 2000 };
        try
        {
            client.Connect(host, port);
            return client;
        }
        catch
        {
            client.Close();
            throw;
        }
    }

    public static TcpClient DialBlockingBare(string host, int port)
    {
        var client = new TcpClient(); //! LCA1003
        client.LingerState = new LingerOption(true, 0);
        client.Connect(host, port);
        return client;
    }
}

public static class Tls
{
    public static async Task<SslStream> SecureAsync(Stream inner, string host, CancellationToken ct)
    {
        var tls = new SslStream(inner, leaveInnerStreamOpen: false); //! LCA1003
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
        return tls;
    }

    // ok LCA1003: closes the stream, and with it the inner one
    public static async Task<SslStream> SecureOrCloseAsync(Stream inner, string host, CancellationToken ct)
    {
        var tls = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }

        return tls;
    }

    // ok LCA1003: ownership leaves only at the end, through the nulled locals
    public static async Task<SslStream> DialAsync(string host, int port, CancellationToken ct)
    {
        TcpClient? client = null;
        SslStream? tls = null;
        try
        {
            client = new TcpClient();
            await client.ConnectAsync(host, port, ct);
            tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
            var result = tls;
            tls = null;
            client = null;
            return result;
        }
        finally
        {
            tls?.Dispose();
            client?.Dispose();
        }
    }
}

public static class LocalAgent
{
    public static async Task<NamedPipeClientStream> OpenAsync(string name, CancellationToken ct)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous); //! LCA1003
        await pipe.ConnectAsync(2000, ct);
        pipe.ReadMode = PipeTransmissionMode.Message;
        return pipe;
    }

    // ok LCA1003 LCA1008: bounded by the timeout, owned by the using
    public static async Task<string?> AskAsync(string name, string question)
    {
        await using var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(2000);
        await using var writer = new StreamWriter(pipe, leaveOpen: true) { AutoFlush = true };
        using var reader = new StreamReader(pipe, leaveOpen: true);
        await writer.WriteLineAsync(question);
        return await reader.ReadLineAsync();
    }
}

public sealed class FeedSocketFactory(ILogger<FeedSocketFactory> log)
{
    // ok LCA1003: a client web socket that cannot connect disposes itself
    public async Task<ClientWebSocket> OpenAsync(Uri feed, string token, CancellationToken ct)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        await socket.ConnectAsync(feed, ct);
        log.LogInformation("feed {Feed} open", feed);
        return socket;
    }

    // ok LCA1003: a helper of its own closes it before the exception goes on
    public async Task<ClientWebSocket> OpenCleanAsync(Uri feed, CancellationToken ct)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(feed, ct);
        }
        catch (Exception ex)
        {
            Abandon(socket, ex);
            throw;
        }

        return socket;
    }

    private void Abandon(ClientWebSocket socket, Exception ex)
    {
        log.LogWarning(ex, "feed not reachable");
        socket.Dispose();
    }

    // ok LCA1003: created by the connect itself, disposed with the method
    public static async Task<long> ProbeAsync(QuicClientConnectionOptions options, CancellationToken ct)
    {
        await using var connection = await QuicConnection.ConnectAsync(options, ct);
        await using var stream = await connection.OpenOutboundStreamAsync(QuicStreamType.Unidirectional, ct);
        await stream.WriteAsync(new byte[] { 1 }, completeWrites: true, ct);
        return stream.Id;
    }
}

public static class Listeners
{
    public static Socket Bind(IPEndPoint at)
    {
        var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(at);
        listener.Listen(128);
        return listener;
    }

    public static TcpListener Start(int port)
    {
        var listener = new TcpListener(IPAddress.IPv6Any, port); //! LCA1003
        listener.Server.DualMode = true;
        listener.Start();
        return listener;
    }

    // ok LCA1003: walks up the ports, and stops each listener that could not start
    public static TcpListener StartFrom(int port)
    {
        for (;; port++)
        {
            var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return listener;
            }
            catch (SocketException ex) when (ex.SocketErrorCode == SocketError.AddressAlreadyInUse && port < 65000)
            {
                listener.Dispose();
            }
            catch
            {
                listener.Dispose();
                throw;
            }
        }
    }

    // ok LCA1003: no operation here can fail, the caller opens it
    public static UdpClient Unbound() => new(AddressFamily.InterNetwork) { EnableBroadcast = true };
}

// ok LCA1003: a field, assigned before the bind, and closed by the type
public sealed class DiscoveryResponder : IDisposable
{
    private readonly Socket _socket;

    public DiscoveryResponder(int port)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(IPAddress.Any, port));
    }

    public async Task<EndPoint> NextAsync(Memory<byte> into, CancellationToken ct)
    {
        var received = await _socket.ReceiveFromAsync(into, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), ct);
        return received.RemoteEndPoint;
    }

    public void Dispose() => _socket.Dispose();
}

// What one callee made, another method opens and loses.
public sealed class TunnelDialer(EndPoint hop)
{
    private static Socket Prepare(AddressFamily family) =>
        new(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = 1 << 18 }; //? LCA1003

    public async Task<Stream> OpenAsync(CancellationToken ct)
    {
        var socket = Prepare(hop.AddressFamily); //! LCA1003
        await socket.ConnectAsync(hop, ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    // ok LCA1003: the same maker, with an owner
    public async Task<Stream> OpenOwnedAsync(CancellationToken ct)
    {
        var socket = Prepare(hop.AddressFamily);
        try
        {
            await socket.ConnectAsync(hop, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
