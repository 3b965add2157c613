// Sockets, streams and clients that are lost when opening them fails.
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Wide.Creation.LeakyConnects;

public sealed record Endpoint(string Host, int Port, bool Tls);

public interface IDuplexLine : IAsyncDisposable
{
    Stream Stream { get; }
}

public sealed class TcpLine(TcpClient client, Stream stream) : IDuplexLine
{
    public Stream Stream => stream;

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        client.Dispose();
    }
}

// --- reported

public sealed class LineFactory(ILogger<LineFactory> log)
{
    public async Task<IDuplexLine> OpenAsync(Endpoint endpoint, CancellationToken ct)
    {
        log.LogDebug("opening {Endpoint}", endpoint);
        var client = new TcpClient { NoDelay = true }; //! LCA1003
        await client.ConnectAsync(endpoint.Host, endpoint.Port, ct);
        Stream stream = client.GetStream();
        if (endpoint.Tls)
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = endpoint.Host }, ct);
            stream = tls;
        }
        return new TcpLine(client, stream);
    }

    public static Socket Listen(int port) =>
        CreateListener(new IPEndPoint(IPAddress.Any, port));

    private static Socket CreateListener(IPEndPoint local)
    {
        var listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(local);
        listener.Listen(64);
        return listener;
    }
}

public static class HappyEyeballs
{
    public static async Task<Socket> ConnectAnyAsync(string host, int port, CancellationToken ct)
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
                last = ex;
            }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    public static async Task<Socket?> ConnectFirstAsync(IPEndPoint[] endPoints, CancellationToken ct)
    {
        for (var i = 0; i < endPoints.Length; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                await socket.ConnectAsync(endPoints[i], ct);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }
        return null;
    }
}

// .NET Framework style: mail over a raw socket.
public class Pop3Client
{
    private StreamReader reader;
    private StreamWriter writer;
    private bool authenticated;

    public Pop3Client()
    {
        reader = StreamReader.Null;
        writer = StreamWriter.Null;
    }

    public string Login(string server, int port, string user, string password)
    {
        TcpClient tcp = new TcpClient(); //! LCA1003
        tcp.ReceiveTimeout = 30000;
        tcp.Connect(server, port);
        NetworkStream ns = tcp.GetStream();
        reader = new StreamReader(ns);
        writer = new StreamWriter(ns);
        string greeting = reader.ReadLine() ?? "";
        if (!greeting.StartsWith("+OK"))
        {
            throw new ApplicationException("unexpected greeting: " + greeting);
        }
        writer.WriteLine("USER " + user);
        writer.WriteLine("PASS " + password);
        writer.Flush();
        authenticated = true;
        return greeting;
    }

    public bool IsAuthenticated
    {
        get { return authenticated; }
    }
}

public sealed class PipeLauncher
{
    public static async Task<Stream> AttachAsync(string name, CancellationToken ct)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous); //! LCA1003
        await pipe.ConnectAsync(2000, ct);
        return pipe;
    }
}

public sealed class FeedDialer(Uri url, ILogger log)
{
    // ok LCA1003: a web socket that could not connect has disposed itself
    public async Task<WebSocket> DialAsync(CancellationToken ct)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
        try
        {
            await socket.ConnectAsync(url, ct);
        }
        catch (WebSocketException ex)
        {
            log.LogWarning(ex, "dial failed");
            throw;
        }
        return socket;
    }
}

public sealed class TlsUpgrade
{
    private static Socket NewSocket() => new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static Stream Connect(EndPoint remote)
    {
        var socket = NewSocket(); //! LCA1003
        socket.Connect(remote);
        return new NetworkStream(socket, ownsSocket: true);
    }
}

public sealed class Watchdog
{
    // the flag is set too early: a failing handshake leaves the client open
    public static async Task<SslStream> HandshakeAsync(string host, CancellationToken ct)
    {
        TcpClient? client = new(); //! LCA1003
        var owned = true;
        try
        {
            await client.ConnectAsync(host, 443, ct);
            owned = false;
            var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(host);
            return tls;
        }
        finally
        {
            if (owned) client.Dispose();
        }
    }
}

public static class ListenerProgram
{
    public static async Task<int> RunAsync(int port, Func<TcpClient, Task> serve)
    {
        var listener = new TcpListener(IPAddress.Loopback, port); //! LCA1003
        listener.Start();
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            await serve(client);
        }
    }
}

// --- silent

public sealed class SafeLineFactory
{
    // ok LCA1003: catch-all disposes and rethrows
    public async Task<IDuplexLine> OpenAsync(Endpoint endpoint, CancellationToken ct)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(endpoint.Host, endpoint.Port, ct);
            return new TcpLine(client, client.GetStream());
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    // ok LCA1003: the flag is set when everything stands
    public async Task<Stream> HandshakeAsync(string host, CancellationToken ct)
    {
        var client = new TcpClient();
        var done = false;
        try
        {
            await client.ConnectAsync(host, 443, ct);
            var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
            done = true;
            return tls;
        }
        finally
        {
            if (!done) client.Dispose();
        }
    }

    // ok LCA1003: the local is nulled when ownership has moved
    public static Stream OpenClassic(EndPoint remote)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(remote);
            var stream = new NetworkStream(socket, true);
            socket = null;
            return stream;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    // ok LCA1003: a helper disposes in a filtered and an unfiltered catch
    public static async Task<Socket> OpenFilteredAsync(EndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(remote, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Discard(socket);
            throw;
        }
        catch (Exception ex)
        {
            Discard(socket);
            throw new IOException("cannot connect", ex);
        }
        return socket;
    }

    private static void Discard(Socket socket)
    {
        try { socket.Shutdown(SocketShutdown.Both); }
        catch (SocketException) { }
        socket.Dispose();
    }
}

public sealed class OwnerOfField : IDisposable
{
    private Socket? _socket;

    // ok LCA1003: a field that Dispose closes
    public void Open(EndPoint remote)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _socket.Connect(remote);
    }

    public void Dispose() => _socket?.Dispose();
}

public static class QuickProbe
{
    // ok LCA1003: using declaration
    public static async Task<bool> ProbeAsync(string host, int port, CancellationToken ct)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // ok LCA1003: disposed in a finally below
    public static string Banner(string host)
    {
        TcpClient client = new TcpClient();
        try
        {
            client.Connect(host, 22);
            using (var reader = new StreamReader(client.GetStream()))
                return reader.ReadLine() ?? "";
        }
        finally
        {
            client.Close();
        }
    }

    // ok LCA1003: nothing that can throw runs before it leaves
    public static Socket Fresh() => new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    // ok LCA1003: the parameter is not ours
    public static Task ReopenAsync(ClientWebSocket socket, Uri url, CancellationToken ct) => socket.ConnectAsync(url, ct);

    // ok LCA1003: every attempt closes its own
    public static Socket? FirstReachable(IEnumerable<EndPoint> candidates)
    {
        foreach (var candidate in candidates)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(candidate);
                return socket;
            }
            catch (Exception ex) when (ex is SocketException or ObjectDisposedException or System.Security.SecurityException)
            {
                socket.Close();
            }
            catch
            {
                socket.Close();
                throw;
            }
        }
        return null;
    }
}

// ok LCA1003: an iterator with a using around each
public static class Sweeper
{
    public static async IAsyncEnumerable<(string Host, bool Up)> SweepAsync(IEnumerable<string> hosts)
    {
        foreach (var host in hosts)
        {
            var up = false;
            using (var client = new TcpClient())
            {
                try
                {
                    await client.ConnectAsync(host, 502).WaitAsync(TimeSpan.FromSeconds(1));
                    up = true;
                }
                catch (Exception ex) when (ex is SocketException or TimeoutException)
                {
                }
            }
            yield return (host, up);
        }
    }
}
