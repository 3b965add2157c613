// Outbound half of a mail relay: dials the next hop, speaks STARTTLS, hands the connection to the delivery queue.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Unseen.Creation.MailRelay;

public sealed record NextHop(string Host, int Port, bool ImplicitTls);

public sealed class Delivery(Stream stream, IDisposable owner) : IDisposable
{
    public Stream Stream { get; } = stream;
    public void Dispose()
    {
        Stream.Dispose();
        owner.Dispose();
    }
}

public sealed class HopDialer(ILogger<HopDialer> log, TimeSpan limit)
{
    public async Task<Delivery> DialAsync(NextHop hop, CancellationToken ct)
    {
        var tcp = new TcpClient { NoDelay = true }; //! LCA1003
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bounded.CancelAfter(limit);
        await tcp.ConnectAsync(hop.Host, hop.Port, bounded.Token);
        log.LogDebug("connected to {Host}", hop.Host);
        return new Delivery(tcp.GetStream(), tcp);
    }

    // ok LCA1003: whatever fails, the catch closes
    public async Task<Delivery> DialTlsAsync(NextHop hop, CancellationToken ct)
    {
        var tcp = new TcpClient { NoDelay = true };
        SslStream? tls = null;
        try
        {
            await tcp.ConnectAsync(hop.Host, hop.Port, ct);
            tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = hop.Host }, ct);
            return new Delivery(tls, tcp);
        }
        catch
        {
            tls?.Dispose();
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>Refused is foreseen; cancelled is not.</summary>
    public async Task<Socket?> TryDialAsync(EndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            await socket.ConnectAsync(remote, ct);
            return socket;
        }
        catch (SocketException ex)
        {
            log.LogInformation(ex, "{Remote} refuses", remote);
            socket.Dispose();
            return null;
        }
    }

    // ok LCA1003: both exceptions close it, the others are in the last clause
    public async Task<Socket?> TryDialSafelyAsync(EndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(remote, ct);
            return socket;
        }
        catch (SocketException ex)
        {
            log.LogInformation(ex, "{Remote} refuses", remote);
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Happy eyeballs of the poor: one after the other, and every refused attempt stays open.</summary>
    public Socket DialAny(IPAddress[] addresses, int port)
    {
        Exception? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                socket.Connect(new IPEndPoint(address, port));
                return socket;
            }
            catch (SocketException ex)
            {
                last = ex;
            }
        }

        throw new IOException("no address answers", last);
    }

    // ok LCA1003: the loop closes what failed, with a flag in the finally
    public async Task<Socket> DialAnyAsync(IPAddress[] addresses, int port, CancellationToken ct)
    {
        Exception? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            var connected = false;
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), ct);
                connected = true;
                return socket;
            }
            catch (SocketException ex)
            {
                last = ex;
            }
            finally
            {
                if (!connected) socket.Dispose();
            }
        }

        throw new IOException("no address answers", last);
    }

    // ok LCA1003 LCA1008: a using and a token
    public async Task<string> BannerAsync(NextHop hop, CancellationToken ct)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(hop.Host, hop.Port, ct);
        using var reader = new StreamReader(tcp.GetStream(), Encoding.ASCII);
        return await reader.ReadLineAsync(ct) ?? "";
    }

    public async Task<bool> IsReachableAsync(NextHop hop)
    {
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(hop.Host, hop.Port); //! LCA1008
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // ok LCA1008: a WaitAsync around it, and the using closes what was abandoned
    public async Task<bool> IsReachableWithinAsync(NextHop hop, TimeSpan patience)
    {
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(hop.Host, hop.Port).WaitAsync(patience);
            return true;
        }
        catch (Exception ex) when (ex is SocketException or TimeoutException)
        {
            log.LogDebug(ex, "{Host} not reachable", hop.Host);
            return false;
        }
    }
}

public sealed class SmartHost(string host, int port) : IDisposable
{
    private readonly TcpClient _tcp = new();
    private SslStream? _tls;

    // ok LCA1003: fields, and Dispose closes both
    public async Task OpenAsync(CancellationToken ct)
    {
        await _tcp.ConnectAsync(host, port, ct);
        _tls = new SslStream(_tcp.GetStream());
        await _tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
    }

    public void Dispose()
    {
        _tls?.Dispose();
        _tcp.Dispose();
    }
}

public sealed class SubmissionPort(IPAddress address, ILogger log)
{
    public TcpListener Listen(int port)
    {
        var listener = new TcpListener(address, port); //! LCA1003
        listener.Server.ExclusiveAddressUse = true;
        listener.Start(128);
        log.LogInformation("listening on {Port}", port);
        return listener;
    }

    // ok LCA1003: an address in use closes the listener
    public TcpListener ListenOrClose(int port)
    {
        var listener = new TcpListener(address, port);
        try
        {
            listener.Start(128);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        log.LogInformation("listening on {Port}", port);
        return listener;
    }

    public Socket BindQueryPort(int port)
    {
        var udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp); //! LCA1003
        udp.Bind(new IPEndPoint(address, port));
        return udp;
    }
}
