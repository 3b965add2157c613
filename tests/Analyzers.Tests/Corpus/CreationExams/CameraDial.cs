// RTSP cameras: everything between "new" and a stream that somebody owns.
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Creation.CameraDial;

public sealed record CameraAddress(string Host, int Port, bool Tls);

public sealed class CameraSession(TcpClient client, Stream stream) : IDisposable
{
    public string? Describe { get; private set; }

    public async Task DescribeAsync(CancellationToken ct)
    {
        await stream.WriteAsync("DESCRIBE rtsp://camera/main RTSP/1.0\r\nCSeq: 1\r\n\r\n"u8.ToArray(), ct); //? LCA4006
        var buffer = new byte[2048];
        var n = await stream.ReadAsync(buffer, ct);
        Describe = System.Text.Encoding.ASCII.GetString(buffer, 0, n);
    }

    public void Dispose()
    {
        stream.Dispose();
        client.Dispose();
    }
}

public sealed class CameraDialer(ILogger<CameraDialer> log)
{
    public async Task<CameraSession> OpenAsync(CameraAddress address, CancellationToken ct)
    {
        var client = new TcpClient { NoDelay = true }; //! LCA1003
        await client.ConnectAsync(address.Host, address.Port, ct);
        return new CameraSession(client, client.GetStream());
    }

    // The plain connect is covered, the handshake after it is not.
    public async Task<CameraSession> OpenTlsAsync(CameraAddress address, CancellationToken ct)
    {
        var client = new TcpClient(); //! LCA1003
        try
        {
            await client.ConnectAsync(address.Host, address.Port, ct);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false); //? LCA1003
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, ct);
        return new CameraSession(client, tls);
    }

    // ok LCA1003: null once the session owns it, disposed when it is not null
    public async Task<CameraSession> OpenOwnedAsync(CameraAddress address, CancellationToken ct)
    {
        TcpClient? client = null;
        SslStream? tls = null;
        try
        {
            client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, ct);
            Stream stream = client.GetStream();
            if (address.Tls)
            {
                tls = new SslStream(stream);
                await tls.AuthenticateAsClientAsync(address.Host, null, checkCertificateRevocation: true).WaitAsync(ct);
                stream = tls;
            }

            var session = new CameraSession(client, stream);
            client = null;
            tls = null;
            return session;
        }
        finally
        {
            tls?.Dispose();
            client?.Dispose();
        }
    }

    // Disposed on what the network throws, left behind when the caller cancels.
    public async Task<Socket?> TryDialAsync(IPEndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            await socket.ConnectAsync(remote, ct).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException ex)
        {
            log.LogWarning(ex, "{Remote} refused", remote);
            socket.Dispose();
            return null;
        }
    }

    // ok LCA1003: the filter lets both through, and the flag decides
    public async Task<Socket> DialFlaggedAsync(IPEndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var success = false;
        try
        {
            await socket.ConnectAsync(remote, ct).ConfigureAwait(false);
            socket.NoDelay = true;
            success = true;
            return socket;
        }
        finally
        {
            if (!success) socket.Dispose();
        }
    }

    public async Task<Socket> DialAnyAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken ct)
    {
        Exception? last = null;
        foreach (var address in addresses)
        {
            var attempt = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                await attempt.ConnectAsync(address, port, ct);
                return attempt;
            }
            catch (SocketException ex)
            {
                last = ex;
            }
        }

        throw new IOException("no address answers", last);
    }

    // ok LCA1003: each attempt is closed before the next one
    public bool TryDialAny(IEnumerable<IPEndPoint> endpoints, [NotNullWhen(true)] out Socket? connected)
    {
        foreach (var endpoint in endpoints)
        {
            var attempt = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                attempt.Connect(endpoint);
                connected = attempt;
                return true;
            }
            catch (Exception ex)
            {
                log.LogDebug(ex, "{Endpoint} does not answer", endpoint);
                attempt.Close();
            }
        }

        connected = null;
        return false;
    }

    public void OpenPair(IPEndPoint rtp, IPEndPoint rtcp, out (Socket Rtp, Socket Rtcp) pair)
    {
        var media = Bound(rtp);
        var control = Bound(rtcp); // may throw while 'media' is bound
        pair = (media, control);
    }

    private static Socket Bound(IPEndPoint local)
    {
        var socket = new Socket(SocketType.Dgram, ProtocolType.Udp); //! LCA1003
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(local);
        return socket;
    }
}

public sealed class RtpReceiver : IDisposable
{
    private readonly UdpClient _udp;
    private readonly MemoryStream _frame = new();

    // ok LCA1003: a datagram client without an opening call, in a field that Dispose closes
    public RtpReceiver(int port) => _udp = new UdpClient(port);

    public async Task<int> ReceiveAsync(CancellationToken ct)
    {
        var packet = await _udp.ReceiveAsync(ct);
        await _frame.WriteAsync(packet.Buffer, ct);
        return packet.Buffer.Length;
    }

    public void Dispose() => _udp.Dispose();
}
