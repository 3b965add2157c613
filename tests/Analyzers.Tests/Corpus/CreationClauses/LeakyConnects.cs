using System.IO.Pipes;
using System.IO.Ports;
using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Clauses.LeakyConnects;

public record struct Target(string Host, int Port);

public static class Dialers
{
    public static async Task<Socket> TcpAsync(Target target, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }; //! LCA1003
        await socket.ConnectAsync(target.Host, target.Port, stop);
        return socket;
    }

    public static async Task<Socket> TcpSafeAsync(Target target, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target.Host, target.Port, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task<Socket> TcpFlaggedAsync(Target target, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var connected = false;
        try
        {
            await socket.ConnectAsync(target.Host, target.Port, stop);
            connected = true;
            return socket;
        }
        finally
        {
            if (!connected) socket.Dispose();
        }
    }

    public static async Task<Socket?> TcpOrNullAsync(Target target, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            await socket.ConnectAsync(target.Host, target.Port, stop);
            return socket;
        }
        catch (SocketException)
        {
            socket.Close();
            return null;
        }
    }

    public static async Task<NamedPipeClientStream> PipeAsync(string name, CancellationToken stop)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous); //! LCA1003
        await pipe.ConnectAsync(5000, stop);
        pipe.ReadMode = PipeTransmissionMode.Message;
        return pipe;
    }

    public static async Task<SslStream> TlsAsync(NetworkStream inner, string host, CancellationToken stop)
    {
        var tls = new SslStream(inner, leaveInnerStreamOpen: false); //! LCA1003
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
        return tls;
    }

    public static async Task<WebSocket> WebAsync(Uri uri, string token, CancellationToken stop)
    {
        var web = new ClientWebSocket();
        web.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await web.ConnectAsync(uri, stop);
        return web;
    }

    public static SerialPort Serial(string name)
    {
        var port = new SerialPort(name, 115200); //! LCA1003
        port.ErrorReceived += (_, e) => Console.Error.WriteLine(e.EventType);
        port.Open();
        return port;
    }

    public static UdpClient Udp(IPEndPoint group)
    {
        var udp = new UdpClient { ExclusiveAddressUse = false }; //! LCA1003
        udp.Client.Bind(new IPEndPoint(IPAddress.Any, group.Port));
        udp.JoinMulticastGroup(group.Address);
        return udp;
    }

    public static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port); //! LCA1003
        listener.Start(128);
        return listener;
    }

    public static TcpListener ListenOrClose(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start(128);
        }
        catch (Exception)
        {
            listener.Stop();
            throw;
        }

        return listener;
    }

    public static async Task<Socket> FirstOfAsync(IPAddress[] addresses, int port, CancellationToken stop)
    {
        Exception? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), stop);
                return socket;
            }
            catch (SocketException e)
            {
                last = e;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    public static async Task<Socket> FirstOfSafeAsync(IPAddress[] addresses, int port, CancellationToken stop)
    {
        List<Exception> failures = [];
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), stop);
                return socket;
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is not SocketException) throw;
                failures.Add(e);
            }
        }

        throw new AggregateException(failures);
    }
}

public sealed class Opener
{
    private static TcpClient Make() => new() { NoDelay = true, SendTimeout = 5000 };

    public async Task<TcpClient> OpenAsync(Target target, CancellationToken stop)
    {
        var client = Make(); //! LCA1003
        await client.ConnectAsync(target.Host, target.Port, stop);
        return client;
    }

    public async Task<TcpClient> OpenSafeAsync(Target target, CancellationToken stop)
    {
        TcpClient? client = Make();
        try
        {
            await client.ConnectAsync(target.Host, target.Port, stop);
            var opened = client;
            client = null;
            return opened;
        }
        finally
        {
            client?.Dispose();
        }
    }
}

public sealed class KeptDialer : IDisposable
{
    private TcpClient? _client;

    public async Task ConnectAsync(Target target, CancellationToken stop)
    {
        _client = new TcpClient();
        await _client.ConnectAsync(target.Host, target.Port, stop);
    }

    public void Dispose() => _client?.Dispose();
}

public sealed class LostDialer
{
    private TcpClient? _client;

    public async Task ConnectAsync(Target target, CancellationToken stop)
    {
        _client = new TcpClient(); //! LCA1003
        await _client.ConnectAsync(target.Host, target.Port, stop);
    }

    public Stream Stream => _client!.GetStream();
}

public sealed class MailBox
{
    public async Task<MailKit.Net.Imap.ImapClient> LogInAsync(string host, string user, string password, CancellationToken stop)
    {
        var imap = new MailKit.Net.Imap.ImapClient(); //! LCA1003
        imap.Disconnected += (_, e) => Console.WriteLine(e.Host);
        await imap.ConnectAsync(host, 993, MailKit.Security.SecureSocketOptions.SslOnConnect, stop);
        await imap.AuthenticateAsync(user, password, stop);
        return imap;
    }
}

public sealed class QuicDialer(QuicClientConnectionOptions options)
{
    public async Task<QuicStream> ControlAsync(CancellationToken stop)
    {
        await using var connection = await QuicConnection.ConnectAsync(options, stop);
        return await connection.OpenOutboundStreamAsync(QuicStreamType.Bidirectional, stop);
    }
}

internal sealed record Uplink(string Host, int Port)
{
    public async Task<(TcpClient Client, SslStream Tls)> SecureAsync(CancellationToken stop)
    {
        var client = new TcpClient(); //! LCA1003
        await client.ConnectAsync(Host, Port, stop);
        var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Host }, stop);
        }
        catch
        {
            tls.Dispose();
            throw;
        }

        return (client, tls);
    }

    public async Task<(TcpClient Client, SslStream Tls)> SecureAndCloseAsync(CancellationToken stop)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(Host, Port, stop);
            var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Host }, stop);
            return (client, tls);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

public static class OldStyle
{
    public static Socket Connect(string host, int port)
    {
        Socket socket = null;
        try
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(host, port);
            return socket;
        }
        catch (Exception)
        {
            if (socket != null) socket.Close();
            throw;
        }
    }

    public static Socket ConnectAndForget(string host, int port)
    {
        Socket socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            socket.Connect(host, port);
        }
        catch (SocketException)
        {
            Console.WriteLine("cannot reach " + host);
            throw;
        }
        return socket;
    }
}
