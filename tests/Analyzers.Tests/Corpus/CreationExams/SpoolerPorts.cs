// A printer spooler: raw port 9100, LPR, and an USB-serial line; timers, async void and thread-pool waits.
using System.IO.Ports;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Creation.SpoolerPorts;

public sealed class PrinterStatusPoller : IDisposable
{
    private readonly TcpClient _printer;
    private readonly ILogger _log;
    private readonly System.Threading.Timer _timer;
    private readonly System.Timers.Timer _slow = new(60_000);

    public PrinterStatusPoller(TcpClient printer, ILogger log)
    {
        (_printer, _log) = (printer, log);
        _timer = new System.Threading.Timer(_ => ReadStatus(), null, 0, 5000); //! LCA1005
        _slow.Elapsed += (_, _) => ReadStatus(); // ok LCA1005: this timer swallows what a synchronous handler throws
        _slow.Elapsed += async (_, _) =>
        {
            var status = new byte[4];
            await _printer.GetStream().ReadExactlyAsync(status); //! LCA1005
            _log.LogInformation("{Paper}", status[2]);
        };
    }

    private void ReadStatus()
    {
        var status = _printer.GetStream().ReadByte();
        _log.LogInformation("status {Status}", status);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _slow.Dispose();
        _printer.Dispose();
    }
}

public sealed class QuietStatusPoller : IDisposable
{
    private readonly TcpClient _printer;
    private readonly ILogger _log;
    private readonly Timer _timer;

    public QuietStatusPoller(TcpClient printer, ILogger log)
    {
        (_printer, _log) = (printer, log);
        _timer = new Timer(static state => ((QuietStatusPoller)state!).Tick(), this, 0, 5000);
    }

    // ok LCA1005: a helper runs the work and catches for it
    private void Tick() => Protected(() =>
    {
        var status = _printer.GetStream().ReadByte();
        _log.LogInformation("status {Status}", status);
    });

    private void Protected(Action work)
    {
        try
        {
            work();
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "printer");
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _printer.Dispose();
    }
}

public sealed class LprQueue(ILogger log)
{
    private readonly ManualResetEvent _arrived = new(false);
    private Socket? _socket;

    public void Watch(Socket socket)
    {
        _socket = socket;
        ThreadPool.RegisterWaitForSingleObject(_arrived, (_, timedOut) =>
        {
            if (timedOut) return;
            var buffer = new byte[16];
            var n = _socket.Receive(buffer); //! LCA1005
            log.LogDebug("{Count} bytes", n);
        }, null, 1000, executeOnlyOnce: false);
    }

    // ok LCA1005: a Register callback's failure reaches whoever cancels
    public void CloseOn(CancellationToken stop) => stop.Register(() => _socket?.Receive(new byte[1]));

    public async void Drain()
    {
        if (_socket is null) return;
        var buffer = new byte[512];
        try
        {
            while (await _socket.ReceiveAsync(buffer) > 0) { } //! LCA1005
        }
        catch (OperationCanceledException)
        {
            log.LogDebug("drained");
        }
    }

    // ok LCA1005: async Task, and the caller awaits
    public async Task DrainAsync(CancellationToken ct)
    {
        if (_socket is null) return;
        var buffer = new byte[512];
        while (await _socket.ReceiveAsync(buffer, ct) > 0) { }
    }

    // ok LCA1005: two clauses, one for the network and one for the closing
    public async void DrainQuietly()
    {
        try
        {
            await DrainAsync(CancellationToken.None);
        }
        catch (SocketException ex)
        {
            log.LogDebug(ex, "drained");
        }
        catch (ObjectDisposedException)
        {
            log.LogDebug("closed");
        }
    }
}

public sealed class LabelPrinter : IDisposable
{
    private readonly SerialPort _port;

    public LabelPrinter(string name, ILogger log)
    {
        _port = new SerialPort(name, 9600);
        _port.Open(); //! LCA1001
        _port.ErrorReceived += (_, e) => log.LogWarning("serial: {Error}", e.EventType);
    }

    public void Dispose() => _port.Dispose();
}

public sealed class WatchedLabelPrinter : IDisposable
{
    private readonly SerialPort _port;
    private readonly ILogger _log;

    // ok LCA1001: wired in the initialiser's own method before it opens
    public WatchedLabelPrinter(string name, ILogger log)
    {
        _log = log;
        _port = Wired(new SerialPort(name, 9600));
        _port.Open();
    }

    private SerialPort Wired(SerialPort port)
    {
        port.ErrorReceived += OnError;
        return port;
    }

    private void OnError(object sender, SerialErrorReceivedEventArgs e) => _log.LogWarning("serial: {Error}", e.EventType);

    public void Dispose() => _port.Dispose();
}

public sealed class SpoolFolder : IDisposable
{
    private readonly FileSystemWatcher _jobs;

    // ok LCA1001: both events are attached before the watcher is let loose
    public SpoolFolder(string path, Action<string> enqueue, ILogger log)
    {
        _jobs = new FileSystemWatcher(path, "*.spl");
        _jobs.Created += (_, e) => enqueue(e.FullPath);
        _jobs.Error += (_, e) => log.LogError(e.GetException(), "watch");
        _jobs.EnableRaisingEvents = true;
    }

    public void Dispose() => _jobs.Dispose();
}

public delegate void PrinterFault(string reason);

/// <summary>The spooler's own connection: convention finds it.</summary>
public sealed class PrinterConnection(IPEndPoint endpoint) : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    public event PrinterFault? Faulted;

    public bool IsOpen { get; private set; }

    public void Open()
    {
        _socket.Connect(endpoint);
        IsOpen = true;
    }

    public void Send(byte[] page)
    {
        if (_socket.Send(page) < page.Length) Faulted?.Invoke("short write");
    }

    public void Dispose()
    {
        IsOpen = false;
        _socket.Dispose();
    }
}

public sealed class PrintJob(IPEndPoint printer, ILogger log)
{
    private PrinterConnection? _connection;

    public void Begin(byte[] firstPage)
    {
        _connection = new PrinterConnection(printer);
        _connection.Open(); //! LCA1001
        _connection.Send(firstPage);
        _connection.Faulted += reason => log.LogWarning("{Reason}", reason);
    }

    // ok LCA1001: attached first
    public void BeginWatched(byte[] firstPage)
    {
        var connection = new PrinterConnection(printer); //? LCA1003
        connection.Faulted += reason => log.LogWarning("{Reason}", reason);
        connection.Open();
        connection.Send(firstPage);
        _connection = connection;
    }

    // ok LCA1001: one page, one method, one using
    public static void PrintOnce(IPEndPoint printer, byte[] page)
    {
        using var connection = new PrinterConnection(printer);
        connection.Open();
        connection.Send(page);
    }

    public void End() => _connection?.Dispose();
}
