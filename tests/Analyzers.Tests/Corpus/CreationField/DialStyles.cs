// One job, dialling a peer, written by a dozen hands: factories, out parameters, switch expressions, lambdas, wrappers.
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Field.Creation.DialStyles;

public sealed class Peer(Stream stream, IDisposable owner) : IDisposable
{
    public Stream Stream { get; } = stream;

    public void Dispose()
    {
        Stream.Dispose();
        owner.Dispose();
    }
}

public enum Scheme { Tcp, Tls, Pipe }

public sealed class Dialer(string host, int port)
{
    // ok LCA1003: the out parameter leaves only on success
    public bool TryDial([NotNullWhen(true)] out Socket? socket)
    {
        socket = null;
        var candidate = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            candidate.Connect(host, port);
        }
        catch (Exception)
        {
            candidate.Dispose();
            return false;
        }
        socket = candidate;
        return true;
    }

    public bool TryDialLeaky([NotNullWhen(true)] out Socket? socket)
    {
        socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            socket.Connect(host, port);
            return true;
        }
        catch (SocketException)
        {
            socket = null;
            return false;
        }
    }

    public Task<Peer> DialAsync(Scheme scheme, CancellationToken stop) => scheme switch
    {
        Scheme.Tcp => DialTcpAsync(stop),
        Scheme.Tls => DialTlsAsync(stop),
        Scheme.Pipe => DialPipeAsync(stop),
        _ => throw new ArgumentOutOfRangeException(nameof(scheme)),
    };

    // ok LCA1003: exception filter that closes and lets go
    private async Task<Peer> DialTcpAsync(CancellationToken stop)
    {
        var tcp = new TcpClient();
        try
        {
            await tcp.ConnectAsync(host, port, stop).ConfigureAwait(false);
        }
        catch (Exception) when (Close(tcp))
        {
            throw;
        }
        return new Peer(tcp.GetStream(), tcp);

        static bool Close(IDisposable it)
        {
            it.Dispose();
            return true;
        }
    }

    private async Task<Peer> DialTlsAsync(CancellationToken stop)
    {
        var inner = await DialTcpAsync(stop);
        var tls = new SslStream(inner.Stream); //! LCA1003
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
        return new Peer(tls, inner);
    }

    private async Task<Peer> DialPipeAsync(CancellationToken stop)
    {
        var pipe = new NamedPipeClientStream(".", host, PipeDirection.InOut, PipeOptions.Asynchronous); //! LCA1003
        await pipe.ConnectAsync(5000, stop);
        return new Peer(pipe, pipe);
    }

    // ok LCA1003: a using that is let go of on success
    public async Task<WebSocket> DialWebSocketAsync(Uri uri, CancellationToken stop)
    {
        ClientWebSocket? ws = new();
        try
        {
            await ws.ConnectAsync(uri, stop);
            var result = ws;
            ws = null;
            return result;
        }
        finally
        {
            ws?.Dispose();
        }
    }

    // ok LCA1003: a web socket that could not connect has disposed itself
    public async Task<WebSocket> DialWebSocketLeakyAsync(Uri uri, CancellationToken stop)
    {
        ClientWebSocket ws = new();
        ws.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        await ws.ConnectAsync(uri, stop);
        return ws;
    }

    // Retry: only the last one is closed.
    public async Task<TcpClient> DialWithRetryAsync(int attempts, CancellationToken stop)
    {
        for (var i = 0; ; i++)
        {
            var tcp = new TcpClient(); //! LCA1003
            try
            {
                await tcp.ConnectAsync(host, port, stop);
                return tcp;
            }
            catch (SocketException) when (i < attempts)
            {
                await Task.Delay(100 << i, stop);
            }
            catch
            {
                tcp.Dispose();
                throw;
            }
        }
    }

    // ok LCA1003: every attempt's failure closes
    public async Task<TcpClient> DialWithRetrySafeAsync(int attempts, CancellationToken stop)
    {
        for (var i = 0; ; i++)
        {
            var tcp = new TcpClient();
            try
            {
                await tcp.ConnectAsync(host, port, stop);
                return tcp;
            }
            catch
            {
                tcp.Dispose();
                if (i >= attempts) throw;
            }
            await Task.Delay(100 << i, stop);
        }
    }
}

public static class Openers
{
    private static Socket NewSocket() => new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    // Opens what a callee created and handed over as its own.
    public static async Task<NetworkStream> OpenAsync(EndPoint remote, CancellationToken stop)
    {
        var socket = NewSocket(); //! LCA1003
        await socket.ConnectAsync(remote, stop);
        return new NetworkStream(socket, ownsSocket: true);
    }

    // ok LCA1003: the caller's own, it closes
    public static async Task<NetworkStream> OpenGivenAsync(Socket socket, EndPoint remote, CancellationToken stop)
    {
        await socket.ConnectAsync(remote, stop);
        return new NetworkStream(socket);
    }

    // ok LCA1003: generic helper that disposes on failure
    public static async Task<T> OrDisposeAsync<T>(T value, Func<T, ValueTask> open) where T : IDisposable
    {
        try
        {
            await open(value);
            return value;
        }
        catch
        {
            value.Dispose();
            throw;
        }
    }

    // ok LCA1003: through the generic helper
    public static Task<Socket> OpenThroughAsync(EndPoint remote, CancellationToken stop) =>
        OrDisposeAsync(NewSocket(), socket => socket.ConnectAsync(remote, stop));

    // ok LCA1003: a continuation closes what failed
    public static Task<Socket> OpenContinuedAsync(EndPoint remote)
    {
        var socket = NewSocket();
        return socket.ConnectAsync(remote).ContinueWith(t => //? LCA1008
        {
            if (t.Exception is { } failed)
            {
                socket.Dispose();
                throw failed;
            }
            return socket;
        });
    }

    // ok LCA1003: registered with a list that its owner closes
    public static async Task OpenManyAsync(IEnumerable<EndPoint> remotes, List<Socket> owned, CancellationToken stop)
    {
        foreach (var remote in remotes)
        {
            var socket = NewSocket();
            owned.Add(socket);
            await socket.ConnectAsync(remote, stop);
        }
    }

    public static UdpClient Broadcast(int port)
    {
        var udp = new UdpClient { EnableBroadcast = true }; //! LCA1003
        udp.Connect(IPAddress.Broadcast, port);
        return udp;
    }

    public static (TcpListener Listener, int Port) Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0); // ok LCA1003: whatever port is free, nobody else can have it
        listener.Start(10);
        return (listener, ((IPEndPoint)listener.LocalEndpoint).Port);
    }

    // ok LCA1003: an async iterator with using
    public static async IAsyncEnumerable<byte> ReadAllAsync(EndPoint remote)
    {
        using var socket = NewSocket();
        await socket.ConnectAsync(remote); //! LCA1008
        var one = new byte[1];
        while (await socket.ReceiveAsync(one) == 1) yield return one[0];
    }

    // ok LCA1003: AddressFamily decides which, both are closed by the one finally
    public static void Ping(IPAddress address)
    {
        Socket? socket = null;
        try
        {
            socket = address.AddressFamily == AddressFamily.InterNetworkV6
                ? new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(address, 7);
            socket.Send([0]);
        }
        finally
        {
            socket?.Close();
        }
    }
}

public abstract class ClientBase : IDisposable
{
    protected Socket? Socket { get; set; }

    public void Dispose() => Socket?.Dispose();
}

public sealed class EchoClient : ClientBase
{
    // ok LCA1003: the base class closes the property
    public async Task OpenAsync(EndPoint remote, CancellationToken stop)
    {
        Socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Socket.ConnectAsync(remote, stop);
    }
}

public sealed class ForgetfulClient
{
    private Socket? _socket;

    public async Task OpenAsync(EndPoint remote, CancellationToken stop)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await _socket.ConnectAsync(remote, stop);
    }

    public int Send(byte[] data) => _socket?.Send(data) ?? 0;
}

public readonly record struct Bound(TimeSpan Limit)
{
    // ok LCA1008: CancelAfter
    public async Task ConnectAsync(ClientWebSocket ws, Uri uri)
    {
        using var cts = new CancellationTokenSource();
        cts.CancelAfter(Limit);
        await ws.ConnectAsync(uri, cts.Token);
    }

    public async Task ConnectUnboundAsync(ClientWebSocket ws, Uri uri) => await ws.ConnectAsync(uri, CancellationToken.None); //! LCA1008

    public async Task ConnectDefaultAsync(ClientWebSocket ws, Uri uri) => await ws.ConnectAsync(uri, default); //! LCA1008

    // ok LCA1008: WhenAny with a delay, and the socket is aborted
    public async Task<bool> ConnectRacedAsync(TcpClient tcp, string host)
    {
        var connect = tcp.ConnectAsync(host, 80);
        var won = await Task.WhenAny(connect, Task.Delay(Limit)) == connect;
        if (!won) tcp.Dispose();
        return won;
    }
}
