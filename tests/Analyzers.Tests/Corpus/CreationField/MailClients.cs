// SMTP, IMAP and POP clients by hand: connect, greeting, STARTTLS, log on.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Field.Creation.MailClients;

public sealed class SmtpTransport : IAsyncDisposable
{
    private readonly TcpClient _tcp;
    private readonly Stream _stream;
    private readonly StreamReader _reader;

    private SmtpTransport(TcpClient tcp, Stream stream)
    {
        _tcp = tcp;
        _stream = stream;
        _reader = new StreamReader(stream, Encoding.ASCII);
    }

    public static async Task<SmtpTransport> ConnectAsync(string host, int port, CancellationToken stop)
    {
        var tcp = new TcpClient { NoDelay = true }; //! LCA1003
        await tcp.ConnectAsync(host, port, stop);
        var transport = new SmtpTransport(tcp, tcp.GetStream());
        await transport.ExpectAsync("220", stop);
        return transport;
    }

    // ok LCA1003: whatever fails, both are closed
    public static async Task<SmtpTransport> ConnectTlsAsync(string host, int port, CancellationToken stop)
    {
        var tcp = new TcpClient();
        SslStream? tls = null;
        try
        {
            await tcp.ConnectAsync(host, port, stop);
            tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
            return new SmtpTransport(tcp, tls);
        }
        catch
        {
            tls?.Dispose();
            tcp.Dispose();
            throw;
        }
    }

    // A cancellation is no SocketException.
    public static async Task<SmtpTransport?> TryConnectAsync(string host, int port, CancellationToken stop)
    {
        var tcp = new TcpClient(AddressFamily.InterNetwork); //! LCA1003
        try
        {
            await tcp.ConnectAsync(host, port, stop);
        }
        catch (SocketException)
        {
            tcp.Close();
            return null;
        }
        return new SmtpTransport(tcp, tcp.GetStream());
    }

    private async Task ExpectAsync(string code, CancellationToken stop)
    {
        var line = await _reader.ReadLineAsync(stop);
        if (line?.StartsWith(code, StringComparison.Ordinal) != true) throw new IOException($"expected {code}, got {line}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }
}

public sealed class ImapClient : IDisposable
{
    private TcpClient? _tcp;
    private Stream? _stream;

    // ok LCA1003: both are fields that Dispose closes
    public void Connect(string host, bool ssl)
    {
        _tcp = new TcpClient();
        _tcp.Connect(host, ssl ? 993 : 143);
        _stream = _tcp.GetStream();
        if (!ssl) return;
        var tls = new SslStream(_stream);
        _stream = tls;
        tls.AuthenticateAsClient(host);
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _tcp?.Dispose();
    }
}

public static class MailSockets
{
    // One socket per address, the failed ones stay.
    public static Socket ConnectAny(IPAddress[] addresses, int port)
    {
        Exception? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                socket.Connect(address, port);
                return socket;
            }
            catch (SocketException ex)
            {
                last = ex;
            }
        }
        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    // ok LCA1003: a success flag in finally
    public static Socket ConnectFirst(IEnumerable<IPAddress> addresses, int port)
    {
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            var connected = false;
            try
            {
                socket.Connect(address, port);
                connected = true;
                return socket;
            }
            catch (SocketException)
            {
                continue;
            }
            finally
            {
                if (!connected) socket.Dispose();
            }
        }
        throw new SocketException((int)SocketError.HostUnreachable);
    }

    public static async Task<SslStream> OpenTlsAsync(string host)
    {
        var tcp = new TcpClient(); //! LCA1003
        try
        {
            await tcp.ConnectAsync(host, 465); //! LCA1008
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
        var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(host);
        return tls;
    }

    // ok LCA1003 LCA1008: using and a timeout
    public static async Task<string?> BannerAsync(string host, int port)
    {
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        using TcpClient tcp = new();
        await tcp.ConnectAsync(host, port, cts.Token);
        using var reader = new StreamReader(tcp.GetStream(), Encoding.ASCII);
        return await reader.ReadLineAsync(cts.Token);
    }

    // ok LCA1008: WaitAsync bounds it
    public static async Task<bool> ReachableAsync(string host, int port)
    {
        using var tcp = new TcpClient();
        try
        {
            await tcp.ConnectAsync(host, port).WaitAsync(TimeSpan.FromSeconds(3));
            return true;
        }
        catch (Exception ex) when (ex is SocketException or TimeoutException)
        {
            return false;
        }
    }

    // ok LCA1008: a synchronous connect takes no token
    public static Socket Plain(EndPoint remote)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try { socket.Connect(remote); }
        catch { socket.Dispose(); throw; }
        return socket;
    }
}

public sealed class PopSession(string host) : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    public Task OpenAsync() => _socket.ConnectAsync(new DnsEndPoint(host, 110)); //! LCA1008

    // ok LCA1008: the caller bounds it
    public ValueTask OpenAsync(CancellationToken stop) => _socket.ConnectAsync(new DnsEndPoint(host, 110), stop);

    public bool IsConnected => _socket.Connected;

    public int Send(byte[] line) => _socket.Send(line);

    public void Dispose() => _socket.Dispose();
}

// An own type whose overload takes a token.
public sealed class MailboxPoller(string host)
{
    public async Task PollAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using (var session = new PopSession(host))
            {
                await session.OpenAsync(); //! LCA1008
            }
            await Task.Delay(TimeSpan.FromMinutes(1), stop);
        }
    }
}
