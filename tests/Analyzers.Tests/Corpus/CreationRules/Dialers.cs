// Who closes what failed to open.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.IO.Pipes;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Corpus.Creation.Dialers;

public sealed record Endpoint(string Host, int Port);

public sealed class Modem(Socket socket) : IDisposable
{
    public Socket Socket => socket;
    public void Dispose() => socket.Dispose();
}

public static class ModemDialer
{
    public static async Task<Modem> DialAsync(EndPoint remote, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }; //! LCA1003
        await socket.ConnectAsync(remote, stop);
        return new Modem(socket);
    }

    // ok LCA1003: closed on every exception
    public static async Task<Modem> DialSafelyAsync(EndPoint remote, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(remote, stop);
            return new Modem(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // ok LCA1003: a success flag read in the finally
    public static async Task<Modem> DialFlaggedAsync(EndPoint remote, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var connected = false;
        try
        {
            await socket.ConnectAsync(remote, stop);
            connected = true;
            return new Modem(socket);
        }
        finally
        {
            if (!connected) socket.Dispose();
        }
    }

    // ok LCA1003: the local is given up after success
    public static async Task<Modem> DialReleasedAsync(EndPoint remote, CancellationToken stop)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(remote, stop);
            var modem = new Modem(socket);
            socket = null;
            return modem;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    public static async Task<Modem?> TryDialAsync(EndPoint remote, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            await socket.ConnectAsync(remote, stop);
            return new Modem(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    public static async Task<Socket?> FirstReachableAsync(string host, int port, ILogger log, CancellationToken stop)
    {
        foreach (var address in await Dns.GetHostAddressesAsync(host, stop))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                await socket.ConnectAsync(address, port, stop);
                return socket;
            }
            catch (SocketException ex)
            {
                log.LogDebug(ex, "{Address} refused", address);
            }
        }
        return null;
    }

    // ok LCA1003: each attempt closes its own
    public static async Task<Socket?> FirstReachableSafeAsync(string host, int port, ILogger log, CancellationToken stop)
    {
        foreach (var address in await Dns.GetHostAddressesAsync(host, stop))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address, port, stop);
                return socket;
            }
            catch (Exception ex)
            {
                socket.Dispose();
                if (ex is not SocketException) throw;
                log.LogDebug(ex, "{Address} refused", address);
            }
        }
        return null;
    }

    public static Socket Bind(IPAddress address, int firstPort)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp); //! LCA1003
        socket.ExclusiveAddressUse = true;
        socket.Bind(new IPEndPoint(address, firstPort));
        return socket;
    }
}

public sealed class Vault(Endpoint endpoint)
{
    private SslStream? _stream;
    private TcpClient? _client;

    public async Task<SslStream> OpenAsync(CancellationToken stop)
    {
        var client = new TcpClient(); //! LCA1003
        await client.ConnectAsync(endpoint.Host, endpoint.Port, stop);
        var tls = new SslStream(client.GetStream()); //? LCA1003
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = endpoint.Host }, stop);
        return tls;
    }

    public async Task<SslStream> WrapAsync(TcpClient client, CancellationToken stop)
    {
        var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: true); //? LCA1003
        await tls.AuthenticateAsClientAsync(endpoint.Host);
        return tls;
    }

    // ok LCA1003: closing the outer stream closes the inner one, and the catch has both
    public async Task<SslStream> OpenSafelyAsync(CancellationToken stop)
    {
        var client = new TcpClient();
        SslStream? tls = null;
        try
        {
            await client.ConnectAsync(endpoint.Host, endpoint.Port, stop);
            tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = endpoint.Host }, stop);
            return tls;
        }
        catch (Exception)
        {
            tls?.Dispose();
            client.Close();
            throw;
        }
    }

    // ok LCA1003: the fields are closed in Close
    public async Task AttachAsync(CancellationToken stop)
    {
        _client = new TcpClient();
        await _client.ConnectAsync(endpoint.Host, endpoint.Port, stop);
        _stream = new SslStream(_client.GetStream());
        await _stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = endpoint.Host }, stop);
    }

    public void Close()
    {
        _stream?.Dispose();
        _client?.Dispose();
    }
}

public sealed class Beacon(Endpoint endpoint)
{
    private TcpClient? _client;

    public async Task OpenAsync(CancellationToken stop)
    {
        var client = new TcpClient { NoDelay = true }; //! LCA1003
        await client.ConnectAsync(endpoint.Host, endpoint.Port, stop);
        _client = client;
    }

    public Stream Stream => _client!.GetStream();

    public void Close() => _client?.Close();
}

public static class WebDialer
{
    // ok LCA1003: a web socket that could not connect has disposed itself
    public static async Task<ClientWebSocket> DialAsync(Uri uri, string token, CancellationToken stop)
    {
        var ws = new ClientWebSocket();
        ws.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await ws.ConnectAsync(uri, stop);
        return ws;
    }

    // ok LCA1003: a helper disposes on failure
    public static async Task<ClientWebSocket> DialSafelyAsync(Uri uri, CancellationToken stop)
    {
        var ws = new ClientWebSocket();
        try
        {
            await ws.ConnectAsync(uri, stop);
        }
        catch (Exception)
        {
            Discard(ws);
            throw;
        }
        return ws;
    }

    private static void Discard(WebSocket ws)
    {
        ws.Abort();
        ws.Dispose();
    }
}

public static class Pipes
{
    public static async Task<NamedPipeClientStream> OpenAsync(string name, CancellationToken stop)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous); //! LCA1003
        await pipe.ConnectAsync(5000, stop);
        return pipe;
    }

    // ok LCA1003
    public static async Task<int> AskAsync(string name, CancellationToken stop)
    {
        await using var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(5000, stop);
        return pipe.ReadByte();
    }
}

public sealed class Reports(string connectionString)
{
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken stop)
    {
        var connection = new NpgsqlConnection(connectionString); //? LCA1003
        await connection.OpenAsync(stop);
        return connection;
    }

    // ok LCA1003: the method only builds; the caller opens and closes
    public NpgsqlConnection Build() => new(connectionString);

    // ok LCA1003: await using
    public async Task<object?> CountAsync(CancellationToken stop)
    {
        await using var connection = Build();
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand("select count(*) from report", connection);
        return await command.ExecuteScalarAsync(stop);
    }

    public async Task<NpgsqlConnection> OpenBuiltAsync(CancellationToken stop)
    {
        var connection = Build(); //? LCA1003
        await connection.OpenAsync(stop);
        return connection;
    }
}

public static class Listening
{
    public static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Any, port); //! LCA1003
        listener.Start();
        return listener;
    }

    // ok LCA1003: the caught exception stops it
    public static TcpListener? TryListen(int port)
    {
        var listener = new TcpListener(IPAddress.Any, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch
        {
            listener.Stop();
            return null;
        }
    }

    // ok LCA1003: nothing that can throw runs on it
    public static UdpClient Unbound() => new();

    // ok LCA1003: the lease owns it before it opens
    public static async Task<Modem> OwnedAsync(EndPoint remote, CancellationToken stop)
    {
        var modem = new Modem(new Socket(SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await modem.Socket.ConnectAsync(remote, stop);
        }
        catch
        {
            modem.Dispose();
            throw;
        }
        return modem;
    }
}
