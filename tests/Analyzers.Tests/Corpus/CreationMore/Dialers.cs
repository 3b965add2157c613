// Outgoing connections as drivers, proxies and device clients open them: what happens when the connect does not succeed.
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Corpus.Creation.SocketHelpers;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.Dialers;

public sealed class BrokerTransport(Socket socket) : IDisposable
{
    public Stream Stream { get; } = new NetworkStream(socket, ownsSocket: true);
    public void Dispose() => Stream.Dispose();
}

public static class BrokerDialer
{
    public static async Task<BrokerTransport> OpenAsync(EndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        socket.NoDelay = true;
        await socket.ConnectAsync(remote, ct);
        return new BrokerTransport(socket);
    }

    // ok LCA1003: the catch closes what was created
    public static async Task<BrokerTransport> OpenOrCloseAsync(EndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(remote, ct);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return new BrokerTransport(socket);
    }

    public static Socket Open(EndPoint remote)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 5000 }; //! LCA1003
        socket.Connect(remote);
        return socket;
    }

    // ok LCA1003: a success flag decides in the finally
    public static Socket OpenFlagged(EndPoint remote)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 5000 };
        var opened = false;
        try
        {
            socket.Connect(remote);
            opened = true;
            return socket;
        }
        finally
        {
            if (!opened) socket.Close();
        }
    }

    // ok LCA1003: the local is cleared when ownership leaves
    public static async Task<Stream> OpenStreamAsync(EndPoint remote, CancellationToken ct)
    {
        Socket? socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(remote, ct);
            var stream = new NetworkStream(socket, ownsSocket: true);
            socket = null;
            return stream;
        }
        finally
        {
            socket?.Dispose();
        }
    }
}

public sealed record ServerAddress(string Host, int Port);

public sealed class TcpDialer(ILogger<TcpDialer> log)
{
    /// <summary>Closes on a refused connect, and leaks when the caller gives up.</summary>
    public async Task<TcpClient> DialAsync(ServerAddress server, CancellationToken ct)
    {
        var client = new TcpClient(); //! LCA1003
        try
        {
            await client.ConnectAsync(server.Host, server.Port, ct);
            return client;
        }
        catch (SocketException ex)
        {
            log.LogWarning(ex, "{Host} refused", server.Host);
            client.Dispose();
            throw;
        }
    }

    // ok LCA1003: logs the narrow one and closes on all of them
    public async Task<TcpClient> DialCarefullyAsync(ServerAddress server, CancellationToken ct)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(server.Host, server.Port, ct);
            return client;
        }
        catch (Exception ex)
        {
            if (ex is SocketException) log.LogWarning(ex, "{Host} refused", server.Host);
            client.Dispose();
            throw;
        }
    }

    public async Task<(TcpClient Client, NetworkStream Stream)> DialPairAsync(ServerAddress server, CancellationToken ct)
    {
        TcpClient client = new(AddressFamily.InterNetworkV6) { NoDelay = true }; //! LCA1003
        await client.ConnectAsync(server.Host, server.Port, ct).ConfigureAwait(false);
        return (client, client.GetStream());
    }

    public bool TryDial(ServerAddress server, out TcpClient? client)
    {
        var candidate = new TcpClient(); //! LCA1003
        try
        {
            candidate.Connect(server.Host, server.Port);
            client = candidate;
            return true;
        }
        catch (SocketException ex)
        {
            log.LogDebug(ex, "{Server} not reachable", server);
            client = null;
            return false;
        }
    }

    // ok LCA1003: the attempt that failed is closed by the helper of another file
    public bool TryDialAndClose(ServerAddress server, out TcpClient? client)
    {
        var candidate = new TcpClient();
        try
        {
            candidate.Connect(server.Host, server.Port);
            client = candidate;
            return true;
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "{Server} not reachable", server);
            Quiet.Close(candidate);
            client = null;
            return false;
        }
    }

    // ok LCA1003: the constructor that connects closes its own socket when it throws
    public Stream DialInConstructor(ServerAddress server) => new TcpClient(server.Host, server.Port).GetStream();

    // ok LCA1003: lives and ends in this method
    public async Task<bool> ProbeAsync(ServerAddress server, CancellationToken ct)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(server.Host, server.Port, ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The timeout walks away from the connect and from the client.</summary>
    public async Task<TcpClient> DialWithinAsync(ServerAddress server, TimeSpan limit)
    {
        var client = new TcpClient(); //! LCA1003
        await client.ConnectAsync(server.Host, server.Port).WaitAsync(limit); //! LCA1004
        return client;
    }

    // ok LCA1003 LCA1004: a timeout closes the client, which ends the connect
    public async Task<TcpClient> DialWithinOrCloseAsync(ServerAddress server, TimeSpan limit)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(server.Host, server.Port).WaitAsync(limit);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

public static class HappyEyeballs
{
    public static async Task<Socket> ConnectAnyAsync(string host, int port, CancellationToken ct)
    {
        SocketException? last = null;
        foreach (var address in await Dns.GetHostAddressesAsync(host, ct))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                await socket.ConnectAsync(address, port, ct);
                return socket;
            }
            catch (SocketException ex)
            {
                last = ex;
            }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    // ok LCA1003: every attempt that failed is closed, and so is the cancelled one
    public static async Task<Socket> ConnectAnyOrCloseAsync(string host, int port, CancellationToken ct)
    {
        Exception? last = null;
        foreach (var address in await Dns.GetHostAddressesAsync(host, ct))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address, port, ct);
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

    public static Socket? ConnectFirst(IReadOnlyList<IPEndPoint> candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            var last = i == candidates.Count - 1;
            var socket = new Socket(candidates[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                socket.Connect(candidates[i]);
                return socket;
            }
            catch
            {
                if (last) throw;
            }
        }
        return null;
    }

    // ok LCA1003: the finally of each round closes what did not become the result
    public static Socket? ConnectFirstOrClose(IReadOnlyList<IPEndPoint> candidates)
    {
        Socket? result = null;
        for (var i = 0; i < candidates.Count && result is null; i++)
        {
            var socket = new Socket(candidates[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(candidates[i]);
                result = socket;
            }
            catch (SocketException ex)
            {
                Console.Error.WriteLine($"{candidates[i]}: {ex.SocketErrorCode}");
            }
            finally
            {
                if (!ReferenceEquals(result, socket)) socket.Dispose();
            }
        }
        return result;
    }
}

public static class TlsDialer
{
    /// <summary>Guards the handshake and forgets the connect.</summary>
    public static async Task<SslStream> OpenAsync(string host, int port, CancellationToken ct)
    {
        var tcp = new TcpClient(); //! LCA1003
        await tcp.ConnectAsync(host, port, ct);
        var tls = new SslStream(tcp.GetStream());
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

    /// <summary>Guards the connect and forgets the handshake.</summary>
    public static async Task<Stream> OpenSecureAsync(string host, int port, CancellationToken ct)
    {
        var tcp = new TcpClient(); //! LCA1003
        try
        {
            await tcp.ConnectAsync(host, port, ct);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
        var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false); //? LCA1003
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
        return tls;
    }

    // ok LCA1003: one catch for both steps
    public static async Task<Stream> OpenOrCloseAsync(string host, int port, bool secure, CancellationToken ct)
    {
        var tcp = new TcpClient();
        SslStream? tls = null;
        try
        {
            await tcp.ConnectAsync(host, port, ct);
            if (!secure) return tcp.GetStream();
            tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
            return tls;
        }
        catch
        {
            tls?.Dispose();
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>Takes the plain stream over and gives it back in no form when the handshake fails.</summary>
    public static async Task<Stream> UpgradeAsync(Stream plain, string host, CancellationToken ct)
    {
        var tls = new SslStream(plain, leaveInnerStreamOpen: false); //! LCA1003
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
        return tls;
    }

    // ok LCA1003: closed when the handshake fails
    public static async Task<Stream> UpgradeOrCloseAsync(Stream plain, string host, CancellationToken ct)
    {
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
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
}

public static class HttpHandlers
{
    public static SocketsHttpHandler Tuned() => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }; //! LCA1003
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    // ok LCA1003: the callback closes
    public static SocketsHttpHandler Unix(string path) => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    // ok LCA1003: a socket from a method that closes on failure
    public static SocketsHttpHandler Shared() => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectCallback = async (context, ct) => new NetworkStream(await Sockets.DialAsync(context.DnsEndPoint, ct), ownsSocket: true),
    };
}

public static class Factories
{
    /// <summary>Only opens what the other method made for it.</summary>
    public static async Task<Socket> OpenPreparedAsync(IPEndPoint remote, CancellationToken ct)
    {
        var socket = Sockets.NewTcp(remote.AddressFamily); //! LCA1003
        await socket.ConnectAsync(remote, ct);
        return socket;
    }

    // ok LCA1003: made elsewhere, closed here
    public static async Task<Socket> OpenPreparedOrCloseAsync(IPEndPoint remote, CancellationToken ct)
    {
        var socket = Sockets.NewTcp(remote.AddressFamily);
        try
        {
            await socket.ConnectAsync(remote, ct);
            return socket;
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    // ok LCA1003: the socket is the caller's
    public static async Task<NetworkStream> AttachAsync(Socket socket, EndPoint remote, CancellationToken ct)
    {
        await socket.ConnectAsync(remote, ct);
        return new NetworkStream(socket, ownsSocket: false);
    }

    public static async Task<Socket> OpenByKindAsync(EndPoint remote, CancellationToken ct)
    {
        var socket = remote is UnixDomainSocketEndPoint ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await socket.ConnectAsync(remote, ct);
        return socket;
    }

    public static async Task<Socket> OpenOldStyleAsync(EndPoint remote)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await Task.Factory.FromAsync(socket.BeginConnect, socket.EndConnect, remote, null); //? LCA1008
        return socket;
    }

    // ok LCA1003: a web socket that could not connect has disposed itself
    public static async Task<ClientWebSocket> OpenFeedAsync(Uri uri, string token, CancellationToken ct)
    {
        var ws = new ClientWebSocket();
        ws.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await ws.ConnectAsync(uri, ct);
        return ws;
    }

    // ok LCA1003: a local function does the guarded opening
    public static async Task<ClientWebSocket> OpenFeedGuardedAsync(Uri uri, CancellationToken ct)
    {
        var ws = new ClientWebSocket();
        await OpenAsync();
        return ws;

        async Task OpenAsync()
        {
            try
            {
                await ws.ConnectAsync(uri, ct);
            }
            catch
            {
                ws.Dispose();
                throw;
            }
        }
    }

    public static async Task<Stream> OpenPipeAsync(string name, CancellationToken ct)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous); //! LCA1003
        await pipe.ConnectAsync(ct);
        return pipe;
    }

    // ok LCA1003: ends with the method
    public static async Task<int> AskPipeAsync(string name, byte[] answer, CancellationToken ct)
    {
        await using var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(ct);
        return await pipe.ReadAsync(answer, ct);
    }

    public static UdpClient OpenSyslog(string host)
    {
        var udp = new UdpClient(); //! LCA1003
        udp.Connect(host, 514);
        return udp;
    }

    // ok LCA1003: the caller sees either an open one or none
    public static UdpClient OpenSyslogOrClose(string host)
    {
        var udp = new UdpClient();
        try
        {
            udp.Connect(host, 514);
            return udp;
        }
        catch
        {
            udp.Close();
            throw;
        }
    }
}
