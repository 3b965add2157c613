// Less usual shapes of creation and opening.
using System.IO.Ports;
using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using Renci.SshNet;

namespace Corpus.Creation.HardDials;

public static class Secure
{
    public static SslStream Dial(string host)
    {
        var client = new TcpClient(host, 443); //! LCA1003
        var tls = new SslStream(client.GetStream()); //? LCA1003
        tls.AuthenticateAsClient(host);
        return tls;
    }

    // ok LCA1003: nothing can throw between
    public static NetworkStream DialPlain(string host)
    {
        var client = new TcpClient(host, 80);
        return client.GetStream();
    }

    public static async Task<Stream> UpgradeAsync(Socket socket, string host, CancellationToken stop)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        SslStream tls = new(stream, leaveInnerStreamOpen: false); //? LCA1003
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
        return tls;
    }

    // ok LCA1003: catch by a general handler that disposes and rethrows
    public static async Task<Stream> UpgradeSafelyAsync(Stream stream, string host, CancellationToken stop)
    {
        SslStream? tls = new(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
            var result = tls;
            tls = null;
            return result;
        }
        finally
        {
            if (tls is not null) await tls.DisposeAsync();
        }
    }
}

public sealed class Factories
{
    private readonly Func<EndPoint, CancellationToken, ValueTask<Socket>> _dial = async (remote, stop) =>
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await socket.ConnectAsync(remote, stop);
        return socket;
    };

    private readonly Func<EndPoint, CancellationToken, ValueTask<Socket>> _dialSafely;

    public Factories()
    {
        // ok LCA1003
        _dialSafely = async (remote, stop) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(remote, stop);
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
    }

    public SocketsHttpHandler Handler() => new()
    {
        ConnectCallback = async (context, stop) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }; //! LCA1003
            await socket.ConnectAsync(context.DnsEndPoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    public ValueTask<Socket> DialAsync(EndPoint remote, bool safe, CancellationToken stop) =>
        safe ? _dialSafely(remote, stop) : _dial(remote, stop);
}

public sealed class HandedDown(ILogger log)
{
    private static Socket Make(bool v6)
    {
        var socket = new Socket(v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        return socket;
    }

    public async Task<Socket> DialAsync(IPEndPoint remote, CancellationToken stop)
    {
        var socket = Make(remote.AddressFamily == AddressFamily.InterNetworkV6); //! LCA1003
        log.LogDebug("dialling {Remote}", remote);
        await socket.ConnectAsync(remote, stop);
        return socket;
    }

    // ok LCA1003: the same with a guard
    public async Task<Socket> DialSafelyAsync(IPEndPoint remote, CancellationToken stop)
    {
        var socket = Make(remote.AddressFamily == AddressFamily.InterNetworkV6);
        try
        {
            await socket.ConnectAsync(remote, stop);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "{Remote}", remote);
            socket.Close();
            throw new IOException("no route", ex);
        }
        return socket;
    }

    public async Task<Socket> DialLoggingAsync(IPEndPoint remote, CancellationToken stop)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            await socket.ConnectAsync(remote, stop);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "{Remote}", remote);
            throw;
        }
        return socket;
    }

    public Socket? DialRetrying(IPEndPoint remote)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                socket.Connect(remote);
                return socket;
            }
            catch (SocketException) when (attempt < 2)
            {
                Thread.Sleep(100);
            }
        }
        return null;
    }

    // ok LCA1003: the attempt's own socket is closed in the finally unless kept
    public Socket? DialRetryingSafely(IPEndPoint remote)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            Socket? socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(remote);
                var kept = socket;
                socket = null;
                return kept;
            }
            catch (SocketException ex)
            {
                log.LogDebug(ex, "attempt {N}", attempt);
            }
            finally
            {
                socket?.Dispose();
            }
        }
        return null;
    }
}

public sealed class InConstructor
{
    private readonly TcpClient _client;

    // nobody closes the field
    public InConstructor(string host)
    {
        _client = new TcpClient(); //! LCA1003
        _client.Connect(host, 21);
    }

    public int Read() => _client.GetStream().ReadByte();
}

public sealed class InConstructorClosed : IDisposable
{
    private readonly TcpClient _client;

    // ok LCA1003: Dispose closes the field
    public InConstructorClosed(string host)
    {
        _client = new TcpClient();
        _client.Connect(host, 21);
    }

    public void Dispose() => _client.Dispose();
}

public sealed class Commands
{
    public static SshClient Open(string host, string user, string password)
    {
        var ssh = new SshClient(host, 22, user, password); //! LCA1003
        //? LCA1001
        ssh.Connect(); //? LCA1001
        return ssh;
    }

    public static async Task<IMqttClient> OpenAsync(MqttClientOptions options, Func<Exception?, Task> gone, CancellationToken stop)
    {
        var mqtt = new MqttFactory().CreateMqttClient(); //! LCA1003
        mqtt.DisconnectedAsync += e => gone(e.Exception);
        await mqtt.ConnectAsync(options, stop);
        return mqtt;
    }

    public static SerialPort OpenPort(string name, SerialErrorReceivedEventHandler failed)
    {
        var port = new SerialPort(name, 115200); //! LCA1003
        port.ErrorReceived += failed;
        port.Open();
        return port;
    }

    // ok LCA1003: pattern with a disposable guard of our own
    public static Socket OpenGuarded(EndPoint remote)
    {
        using var guard = new SocketGuard(new Socket(SocketType.Stream, ProtocolType.Tcp));
        guard.Socket.Connect(remote);
        return guard.Release();
    }

    private sealed class SocketGuard(Socket socket) : IDisposable
    {
        private Socket? _socket = socket;
        public Socket Socket => _socket!;
        public Socket Release() { var s = _socket!; _socket = null; return s; }
        public void Dispose() => _socket?.Dispose();
    }
}

public sealed class Quick
{
    // ok LCA1003: the static connect owns what it makes
    public static async Task<QuicConnection> DialAsync(QuicClientConnectionOptions options, CancellationToken stop) =>
        await QuicConnection.ConnectAsync(options, stop);

    public static async Task<UdpClient> JoinAsync(IPAddress group, int port, CancellationToken stop)
    {
        var udp = new UdpClient(AddressFamily.InterNetwork); //! LCA1003
        udp.Client.Bind(new IPEndPoint(IPAddress.Any, port));
        udp.JoinMulticastGroup(group);
        await Task.Yield();
        return udp;
    }

    public static async Task<WebSocket> ServeAsync(NamedListener listener, CancellationToken stop)
    {
        var stream = await listener.AcceptAsync(stop);
        return WebSocket.CreateFromStream(stream, isServer: true, null, TimeSpan.FromSeconds(30));
    }
}

public sealed class NamedListener(string path) : IDisposable
{
    private Socket? _socket;

    public void Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified); //! LCA1003
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        _socket = socket;
    }

    // ok LCA1003: into the field first
    public void ListenField()
    {
        _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.Listen();
    }

    public async Task<Stream> AcceptAsync(CancellationToken stop) => new NetworkStream(await _socket!.AcceptAsync(stop), ownsSocket: true);

    public void Dispose() => _socket?.Dispose();
}
