// Head end of a metering network, begun in 2006: Begin/End everywhere, one process for forty thousand meters.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CreationWorks.MeterHeadEnd;

public sealed class ConcentratorListener : IDisposable
{
    private readonly TcpListener _listener;
    private readonly ILogger _log;

    public ConcentratorListener(int port, ILogger log)
    {
        _log = log;
        _listener = new TcpListener(IPAddress.Any, port);
    }

    public void Start()
    {
        _listener.Start();
        _listener.BeginAcceptTcpClient(OnAccept, null);
    }

    private void OnAccept(IAsyncResult ar)
    {
        var client = _listener.EndAcceptTcpClient(ar); //! LCA1005
        _log.LogInformation("concentrator {EndPoint}", client.Client.RemoteEndPoint);
        new ConcentratorReader(client, _log).Begin();
        _listener.BeginAcceptTcpClient(OnAccept, null);
    }

    public void Dispose() => _listener.Stop();
}

public sealed class ConcentratorReader(TcpClient client, ILogger log)
{
    private readonly byte[] _buffer = new byte[4096];

    public void Begin() => client.GetStream().BeginRead(_buffer, 0, _buffer.Length, OnRead, null);

    // Only the network's own exception; Close() from the watchdog brings the other one.
    private void OnRead(IAsyncResult ar)
    {
        try
        {
            var n = client.GetStream().EndRead(ar); //! LCA1005
            if (n == 0)
            {
                client.Close();
                return;
            }

            log.LogTrace("{Bytes} bytes from the concentrator", n);
            Begin();
        }
        catch (IOException ex)
        {
            log.LogWarning(ex, "concentrator lost");
            client.Close();
        }
    }
}

// The listener that survives: stopped, it ends quietly; a broken accept is logged and the next one taken.
public sealed class SurvivingListener : IDisposable
{
    private readonly TcpListener _listener;
    private readonly ILogger _log;

    public SurvivingListener(int port, ILogger log)
    {
        _log = log;
        _listener = new TcpListener(IPAddress.Any, port);
    }

    public void Start()
    {
        _listener.Start();
        _listener.BeginAcceptTcpClient(OnAccept, null);
    }

    // ok LCA1005: both exceptions, at each step
    private void OnAccept(IAsyncResult ar)
    {
        TcpClient? client = null;
        try
        {
            client = _listener.EndAcceptTcpClient(ar);
            new SurvivingReader(client, _log).Begin();
            _listener.BeginAcceptTcpClient(OnAccept, null);
        }
        catch (ObjectDisposedException)
        {
            client?.Close();
            _log.LogInformation("listener stopped");
        }
        catch (Exception ex) when (ex is SocketException or IOException)
        {
            client?.Close();
            _log.LogWarning(ex, "accept failed");
        }
    }

    public void Dispose() => _listener.Stop();
}

public sealed class SurvivingReader(TcpClient client, ILogger log)
{
    private readonly byte[] _buffer = new byte[4096];

    public void Begin() => client.GetStream().BeginRead(_buffer, 0, _buffer.Length, OnRead, null);

    // ok LCA1005: the filter names them both
    private void OnRead(IAsyncResult ar)
    {
        try
        {
            var n = client.GetStream().EndRead(ar);
            if (n > 0)
            {
                log.LogTrace("{Bytes} bytes", n);
                Begin();
                return;
            }
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
        {
            log.LogDebug(ex, "reader ends");
        }

        client.Close();
    }
}

public sealed class MeterPoller : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[512];
    private readonly Action<ArraySegment<byte>> _reading;

    public MeterPoller(Action<ArraySegment<byte>> reading) => _reading = reading;

    public void Start(IPEndPoint meter) => _socket.BeginConnect(meter, OnConnected, null); //? LCA1008

    private void OnConnected(IAsyncResult ar)
    {
        _socket.EndConnect(ar); //! LCA1005
        _socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, null);
    }

    private void OnReceived(IAsyncResult ar)
    {
        int n;
        try
        {
            n = _socket.EndReceive(ar);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            return;
        }

        if (n == 0) return;
        _reading(new ArraySegment<byte>(_buffer, 0, n));
        Rearm(); //! LCA1005
    }

    private void Rearm() => _socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, null);

    public void Dispose() => _socket.Dispose();
}

// ok LCA1005: the meter that may be switched off at any time
public sealed class PatientPoller : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[512];
    private readonly ILogger _log;

    public PatientPoller(ILogger log) => _log = log;

    public void Start(IPEndPoint meter) => _socket.BeginConnect(meter, OnConnected, _socket); //? LCA1008

    private void OnConnected(IAsyncResult ar)
    {
        try
        {
            ((Socket)ar.AsyncState!).EndConnect(ar);
            Receive();
        }
        catch (Exception ex)
        {
            Fail(ex);
        }
    }

    private void Receive() => _socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, ar =>
    {
        try
        {
            var n = _socket.EndReceive(ar, out var error);
            if (error != SocketError.Success || n == 0) return;
            _log.LogTrace("{Bytes} bytes", n);
            Receive();
        }
        catch (ObjectDisposedException ex)
        {
            Fail(ex);
        }
        catch (SocketException ex)
        {
            Fail(ex);
        }
    }, null);

    private void Fail(Exception ex)
    {
        _log.LogWarning(ex, "meter gone");
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();
}

public sealed class TrapReceiver : IDisposable
{
    private readonly UdpClient _udp = new(162);
    private readonly List<byte[]> _traps = [];

    public void Start() => _udp.BeginReceive(OnTrap, null);

    // ICMP "port unreachable" to an earlier answer comes out here as a SocketException.
    private void OnTrap(IAsyncResult ar)
    {
        IPEndPoint? from = null;
        var trap = _udp.EndReceive(ar, ref from); //! LCA1005
        lock (_traps) _traps.Add(trap);
        _udp.BeginReceive(OnTrap, null);
    }

    public void Dispose() => _udp.Dispose();
}

public static class SyncBridge
{
    // ok LCA1005: FromAsync carries the exception into the task that is awaited
    public static async Task<int> ReadAsync(Socket socket, byte[] buffer) =>
        await Task.Factory.FromAsync(
            (callback, state) => socket.BeginReceive(buffer, 0, buffer.Length, SocketFlags.None, callback, state),
            socket.EndReceive,
            null);

    // ok LCA1005 LCA1008: waited for here, with a limit, and ended here
    public static void Connect(Socket socket, EndPoint meter, TimeSpan limit)
    {
        var pending = socket.BeginConnect(meter, null, null);
        if (!pending.AsyncWaitHandle.WaitOne(limit))
        {
            socket.Close();
            throw new TimeoutException($"{meter} does not answer");
        }

        socket.EndConnect(pending);
    }
}
