// How connections come to be.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.IO.Pipes;
using System.IO.Ports;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Outfits.Dialers;

// 1. good: success flag in finally
public static class Dialer
{
    public static async Task<Stream> DialTlsAsync(DnsEndPoint where, SslClientAuthenticationOptions options, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? tls = null;
        var done = false;
        try
        {
            await socket.ConnectAsync(where, ct).ConfigureAwait(false);
            tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(options, ct).ConfigureAwait(false);
            done = true;
            return tls;
        }
        finally
        {
            if (!done)
            {
                tls?.Dispose();
                socket.Dispose();
            }
        }
    }

    // 2. bad: handshake outside the try
    public static async Task<Stream> DialTlsLeakyAsync(DnsEndPoint where, SslClientAuthenticationOptions options, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await socket.ConnectAsync(where, ct).ConfigureAwait(false);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(options, ct).ConfigureAwait(false);
        return tls;
    }

    // 3. bad: only SocketException closes
    public static async Task<TcpClient?> TryDialAsync(IPEndPoint where, CancellationToken ct)
    {
        var client = new TcpClient(where.AddressFamily); //! LCA1003
        try
        {
            await client.ConnectAsync(where, ct);
            return client;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.TimedOut)
        {
            client.Dispose();
            return null;
        }
    }

    // 4. good: every kind of end is caught
    public static async Task<TcpClient?> DialOrNullAsync(IPEndPoint where, CancellationToken ct)
    {
        TcpClient? client = new(where.AddressFamily);
        try
        {
            await client.ConnectAsync(where, ct);
            (var result, client) = (client, null);
            return result;
        }
        catch (SocketException)
        {
            return null;
        }
        finally
        {
            client?.Dispose();
        }
    }

    // 5. good: happy eyeballs, losers disposed by a local function
    public static async Task<Socket> RaceAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken ct)
    {
        List<Exception>? failures = null;
        foreach (var address in addresses)
        {
            var attempt = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
                limit.CancelAfter(TimeSpan.FromSeconds(3));
                await attempt.ConnectAsync(address, port, limit.Token);
                return attempt;
            }
            catch (Exception ex)
            {
                Discard(attempt);
                ct.ThrowIfCancellationRequested();
                (failures ??= []).Add(ex);
            }
        }
        throw new AggregateException(failures ?? []);

        static void Discard(Socket s) => s.Close(0);
    }

    // 6. bad: the iterator forgets the socket that failed
    public static IEnumerable<Socket> DialAll(IEnumerable<IPEndPoint> all)
    {
        foreach (var ep in all)
        {
            Socket s = new(ep.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try { s.Connect(ep); }
            catch (SocketException) { continue; }
            yield return s;
        }
    }
}

// 7. good: wrapper struct takes it at once
public sealed class Line(Socket socket) : IDisposable
{
    public static Line To(EndPoint ep)
    {
        var line = new Line(new Socket(SocketType.Stream, ProtocolType.Tcp));
        try
        {
            line.Open(ep);
        }
        catch
        {
            line.Dispose();
            throw;
        }
        return line;
    }

    private void Open(EndPoint ep) => socket.Connect(ep);
    public void Dispose() => socket.Dispose();
}

// 8. good: field, and the type closes it
public sealed class PipeAgent(string name) : IAsyncDisposable
{
    private NamedPipeClientStream? _pipe;

    public async Task OpenAsync(CancellationToken ct)
    {
        _pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await _pipe.ConnectAsync(5000, ct);
    }

    public ValueTask DisposeAsync() => _pipe?.DisposeAsync() ?? default;
}

// 9. bad: TcpListener.Start may throw (port in use) and nobody stops it
public static class Ports
{
    public static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        try
        {
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        finally
        {
            listener.Stop();
        }
    }

    public static TcpListener Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp); //! LCA1003
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Close();
        var listener = new TcpListener(IPAddress.Any, port);
        return listener;
    }
}

// 10. bad: no handler at all, in a field
public sealed class Mill
{
    private readonly SerialPort _port = new("COM3", 115200);

    public void Start()
    {
        _port.Open(); //! LCA1001
        _port.WriteLine("G28");
    }

    public void Stop() => _port.Close();
}

// 11. good: the handler stands in the other half of the partial class
public sealed partial class Lathe
{
    private readonly SerialPort _port = new("COM4", 115200);

    public void Start()
    {
        Wire();
        _port.Open();
    }

    public void Stop() => _port.Close();
}

public sealed partial class Lathe
{
    public event Action<SerialError>? Broken;
    private void Wire() => _port.ErrorReceived += (_, e) => Broken?.Invoke(e.EventType);
}

// 12. good: extension method wires what it is given
public static class HubWatch
{
    public static HubConnection Watched(this HubConnection hub, ILogger log)
    {
        hub.Closed += async ex => { await Task.Yield(); log.LogError(ex, "hub closed"); };
        return hub;
    }

    public static async Task<HubConnection> OpenAsync(string url, ILogger log, CancellationToken ct)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build().Watched(log);
        try
        {
            await hub.StartAsync(ct);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    // 13. bad: attached after the start
    public static async Task<HubConnection> OpenLateAsync(string url, ILogger log, CancellationToken ct)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        try
        {
            await hub.StartAsync(ct); //! LCA1001
        }
        catch (Exception)
        {
            await hub.DisposeAsync();
            throw;
        }
        return hub.Watched(log);
    }
}

// 14. bad: connects without a bound; good twin with WaitAsync
public sealed class Probe
{
    public async Task<bool> ReachAsync(string host, int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port); //! LCA1008
        return true;
    }

    public async Task<bool> ReachSoonAsync(string host, int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port).WaitAsync(TimeSpan.FromSeconds(2));
            return true;
        }
        catch (Exception ex) when (ex is SocketException or TimeoutException)
        {
            return false;
        }
    }

    public async Task<ClientWebSocket> UpgradeAsync(Uri uri)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var ws = new ClientWebSocket();
        ws.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        try
        {
            await ws.ConnectAsync(uri, limit.Token);
        }
        catch
        {
            ws.Dispose();
            throw;
        }
        return ws;
    }
}

// 15. good: SslProtocols chosen, ownership in a tuple return
public static class Pairs
{
    public static async Task<(TcpClient Client, SslStream Stream)> OpenAsync(string host, CancellationToken ct)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, 443, ct);
            var tls = new SslStream(client.GetStream(), false);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, EnabledSslProtocols = SslProtocols.Tls13 }, ct);
            return (client, tls);
        }
        catch (Exception) when (Dispose(client))
        {
            throw;
        }

        static bool Dispose(IDisposable d) { d.Dispose(); return false; }
    }
}
