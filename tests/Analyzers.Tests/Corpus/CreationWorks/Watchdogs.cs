// Timers, work items, threads and async void around device connections.
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CreationWorks.Watchdogs;

// A modem that is dialled again by a timer; the tick that fails takes the process along.
public sealed class ModemRedialer : IDisposable
{
    private readonly string _host;
    private readonly Timer _timer;
    private TcpClient? _line;

    public ModemRedialer(string host)
    {
        _host = host;
        _timer = new Timer(Redial, null, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private void Redial(object? state)
    {
        _line?.Dispose();
        _line = new TcpClient { ReceiveTimeout = 3000 };
        _line.Connect(_host, 4001); //! LCA1005
    }

    public void Dispose()
    {
        _timer.Dispose();
        _line?.Dispose();
    }
}

// ok LCA1005: the same, with the failure logged
public sealed class CalmRedialer : IDisposable
{
    private readonly string _host;
    private readonly ILogger _log;
    private readonly Timer _timer;
    private TcpClient? _line;

    public CalmRedialer(string host, ILogger log)
    {
        (_host, _log) = (host, log);
        _timer = new Timer(Redial, null, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private void Redial(object? state)
    {
        try
        {
            _line?.Dispose();
            _line = new TcpClient { ReceiveTimeout = 3000 };
            _line.Connect(_host, 4001);
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "{Host} does not answer", _host);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _line?.Dispose();
    }
}

public sealed class FlowSampler : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly ILogger _log;
    private readonly Timer _timer;
    private long _total;

    public FlowSampler(NetworkStream stream, ILogger log)
    {
        (_stream, _log) = (stream, log);
        _timer = new Timer(_ => Sample(), null, 1000, Timeout.Infinite); //! LCA1005
    }

    private void Sample()
    {
        try
        {
            Span<byte> sample = stackalloc byte[8];
            _stream.ReadExactly(sample);
            _total += BitConverter.ToInt64(sample);
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException)
        {
            _log.LogDebug(ex, "no sample");
        }
        finally
        {
            _timer.Change(1000, Timeout.Infinite);
        }
    }

    public long Total => Interlocked.Read(ref _total);

    public void Dispose()
    {
        _timer.Dispose();
        _stream.Dispose();
    }
}

public sealed class PressureSampler : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly ILogger _log;
    private readonly Timer _timer;

    public PressureSampler(NetworkStream stream, ILogger log)
    {
        (_stream, _log) = (stream, log);
        _timer = new Timer(Sample, null, 1000, Timeout.Infinite);
    }

    // ok LCA1005: reading and re-arming both end quietly once the sampler is disposed
    private void Sample(object? _)
    {
        try
        {
            var sample = new byte[8];
            _stream.ReadExactly(sample);
            _log.LogTrace("pressure {Value}", BitConverter.ToDouble(sample));
            _timer.Change(1000, Timeout.Infinite);
        }
        catch (IOException ex)
        {
            _log.LogWarning(ex, "pressure sensor lost");
        }
        catch (ObjectDisposedException)
        {
            _log.LogDebug("sampler disposed");
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _stream.Dispose();
    }
}

public sealed class HeartbeatMonitor : IDisposable
{
    private readonly Timer _timer;
    private readonly Func<int> _missed;

    public HeartbeatMonitor(Func<int> missed)
    {
        _missed = missed;
        _timer = new Timer(Check, null, 5000, 5000);
    }

    private void Check(object? state)
    {
        var missed = _missed();
        if (missed > 3)
            throw new TimeoutException($"{missed} heartbeats missed"); //! LCA1005
    }

    public void Dispose() => _timer.Dispose();
}

// ok LCA1005: System.Timers.Timer swallows what a synchronous handler throws
public sealed class TankLevel : IDisposable
{
    private readonly System.Timers.Timer _timer = new(2000);
    private readonly Socket _probe;
    private int _level;

    public TankLevel(Socket probe)
    {
        _probe = probe;
        _timer.Elapsed += (_, _) =>
        {
            var answer = new byte[2];
            _probe.Receive(answer);
            _level = answer[0] << 8 | answer[1];
        };
        _timer.Start();
    }

    public int Level => Volatile.Read(ref _level);

    public void Dispose()
    {
        _timer.Dispose();
        _probe.Dispose();
    }
}

// The asynchronous handler is another matter.
public sealed class ValvePosition : IDisposable
{
    private readonly System.Timers.Timer _timer = new(2000);
    private readonly NetworkStream _stream;
    private readonly byte[] _answer = new byte[2];

    public ValvePosition(NetworkStream stream)
    {
        _stream = stream;
        _timer.Elapsed += async (_, _) => await _stream.ReadExactlyAsync(_answer); //! LCA1005
        _timer.Start();
    }

    public int Position => _answer[0];

    public void Dispose()
    {
        _timer.Dispose();
        _stream.Dispose();
    }
}

public sealed class RoamingClient : IDisposable
{
    private readonly string _host;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpClient _client = new();

    public RoamingClient(string host, ILogger log, bool careful)
    {
        (_host, _log) = (host, log);
        if (careful) NetworkChange.NetworkAvailabilityChanged += OnAvailabilityCareful;
        else NetworkChange.NetworkAvailabilityChanged += OnAvailability;
    }

    private async void OnAvailability(object? sender, NetworkAvailabilityEventArgs e)
    {
        if (!e.IsAvailable) return;
        await Task.Delay(500);
        await _client.ConnectAsync(_host, 5060, _stop.Token); //! LCA1005
        _log.LogInformation("back on the net");
    }

    // ok LCA1005: an async void with the whole of its work in a try
    private async void OnAvailabilityCareful(object? sender, NetworkAvailabilityEventArgs e)
    {
        try
        {
            if (e.IsAvailable) await _client.ConnectAsync(_host, 5060, _stop.Token);
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "still off the net");
        }
    }

    public void Dispose()
    {
        NetworkChange.NetworkAvailabilityChanged -= OnAvailability;
        NetworkChange.NetworkAvailabilityChanged -= OnAvailabilityCareful;
        _stop.Cancel();
        _client.Dispose();
    }
}

public sealed class BarcodeGun : IDisposable
{
    private readonly Socket _socket;
    private readonly Thread _reader;
    private readonly Queue<string> _codes = new();

    public BarcodeGun(Socket socket)
    {
        _socket = socket;
        _reader = new Thread(ReadCodes) { IsBackground = true, Name = "barcode" };
        _reader.Start();
    }

    private void ReadCodes()
    {
        var buffer = new byte[64];
        int n;
        while ((n = _socket.Receive(buffer)) > 0) //! LCA1005
        {
            lock (_codes) _codes.Enqueue(System.Text.Encoding.ASCII.GetString(buffer, 0, n));
        }
    }

    public void Dispose() => _socket.Dispose();
}

// ok LCA1005: closing the socket is how this thread is told to end
public sealed class LabelGun(Socket socket, ILogger log) : IDisposable
{
    public void Start() => new Thread(ReadLabels) { IsBackground = true }.Start();

    private void ReadLabels()
    {
        var buffer = new byte[64];
        try
        {
            while (socket.Receive(buffer) is > 0 and var n) log.LogTrace("{Bytes} bytes", n);
        }
        catch (SocketException ex)
        {
            log.LogWarning(ex, "gun lost");
        }
        catch (ObjectDisposedException)
        {
            log.LogDebug("gun closed");
        }
    }

    public void Dispose() => socket.Dispose();
}

public sealed class TurnstileServer(ILogger log)
{
    public void Serve(Socket turnstile) => ThreadPool.QueueUserWorkItem(_ => Handle(turnstile)); //! LCA1005

    // ok LCA1005: the work item catches what its reader throws
    public void ServeCarefully(Socket turnstile) => ThreadPool.QueueUserWorkItem(_ =>
    {
        try
        {
            Handle(turnstile);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogInformation(ex, "turnstile gone");
        }
    });

    private void Handle(Socket turnstile)
    {
        using (turnstile)
        {
            var ticket = new byte[16];
            while (turnstile.Receive(ticket) == ticket.Length) log.LogInformation("ticket {Ticket}", Convert.ToHexString(ticket));
        }
    }

    public RegisteredWaitHandle Watch(WaitHandle dataReady, NetworkStream gate) =>
        ThreadPool.RegisterWaitForSingleObject(dataReady, (_, timedOut) =>
        {
            if (timedOut) return;
            var passed = gate.ReadByte(); //! LCA1005
            log.LogInformation("passed {Count}", passed);
        }, null, Timeout.Infinite, executeOnlyOnce: false);

    // ok LCA1005: what this callback throws reaches whoever cancels
    public CancellationTokenRegistration CloseOn(CancellationToken stop, Socket turnstile) =>
        stop.Register(() => turnstile.Shutdown(SocketShutdown.Both));
}
