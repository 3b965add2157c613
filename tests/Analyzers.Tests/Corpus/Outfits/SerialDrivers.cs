// Serial and field-bus drivers.
using System.IO.Ports;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Outfits.SerialDrivers;

// 1. bad: acknowledges from the data event
public sealed class BarcodeScanner : IDisposable
{
    private readonly SerialPort _port;
    private readonly Action<string> _scanned;

    public BarcodeScanner(string name, Action<string> scanned, ILogger<BarcodeScanner> log)
    {
        _scanned = scanned;
        _port = new SerialPort(name, 9600) { ReadTimeout = 500 };
        _port.ErrorReceived += (_, e) => log.LogWarning("serial error {Type}", e.EventType);
        _port.DataReceived += OnData;
    }

    public void Open() => _port.Open();

    private void OnData(object sender, SerialDataReceivedEventArgs e)
    {
        if (e.EventType == SerialData.Eof) return;
        var code = _port.ReadExisting().Trim();
        if (code.Length == 0) return;
        _scanned(code);
        _port.WriteLine("ACK"); //! LCA2001
    }

    public void Dispose() => _port.Dispose();
}

// 2. good: sender pattern decides
public sealed class Scale : IDisposable
{
    private readonly SerialPort _port;

    public Scale(string name, ILogger<Scale> log)
    {
        _port = new SerialPort(name, 19200);
        _port.ErrorReceived += (_, e) => log.LogWarning("serial error {Type}", e.EventType);
        _port.DataReceived += static (sender, _) =>
        {
            if (sender is not SerialPort { IsOpen: true } port) return;
            var line = port.ReadExisting();
            if (line.EndsWith('?')) port.Write("R\r\n");
        };
    }

    public void Start() => _port.Open();
    public void Dispose() => _port.Dispose();
}

// 3. good: a base class template whose hook answers whether the line is up
public abstract class LineDriver(SerialPort port, ILogger log) : IDisposable
{
    private int _stopping;
    protected ILogger Log { get; } = log;

    protected bool IsStopping => Volatile.Read(ref _stopping) != 0;

    public void Start(TimeSpan poll)
    {
        port.ErrorReceived += (_, e) => Log.LogWarning("line error {Type}", e.EventType);
        port.Open();
        _timer = new Timer(static s => ((LineDriver)s!).Tick(), this, poll, poll);
    }

    private Timer? _timer;

    private void Tick()
    {
        if (IsStopping || !port.IsOpen) return;
        try
        {
            var frame = BuildPoll();
            port.Write(frame, 0, frame.Length);
        }
        catch (Exception ex) when (ex is IOException or InvalidOperationException or TimeoutException)
        {
            Log.LogWarning(ex, "poll failed");
        }
    }

    protected abstract byte[] BuildPoll();

    public void Dispose()
    {
        Interlocked.Exchange(ref _stopping, 1);
        _timer?.Dispose();
        port.Dispose();
    }
}

// 4. bad: the timer of a generic poller reaches the write through a generic base
public abstract class Poller<TRequest>(TimeSpan every) where TRequest : notnull
{
    private Timer? _timer;

    public void Start() => _timer = new Timer(_ => Poll(), null, TimeSpan.Zero, every); //! LCA2001

    private void Poll()
    {
        var request = Next();
        Transmit(request);
    }

    protected abstract TRequest Next();
    protected abstract void Transmit(TRequest request);
    protected void Stop() => _timer?.Dispose();
}

public sealed class ModbusPoller(Socket socket, byte unit) : Poller<ushort>(TimeSpan.FromSeconds(1))
{
    private ushort _address;
    protected override ushort Next() => _address++;

    protected override void Transmit(ushort request)
    {
        Span<byte> pdu = [unit, 3, (byte)(request >> 8), (byte)request, 0, 1];
        socket.Send(pdu);
    }
}

// 5. good: the only override asks
public abstract class SafePoller<TRequest>(TimeSpan every) where TRequest : struct
{
    private Timer? _timer;
    public void Start() => _timer = new Timer(_ => Transmit(Next()), null, TimeSpan.Zero, every);
    protected abstract TRequest Next();
    protected abstract void Transmit(TRequest request);
    protected void Stop() => _timer?.Dispose();
}

public sealed class AsciiPoller(SerialPort port) : SafePoller<int>(TimeSpan.FromSeconds(2))
{
    private int _n;
    protected override int Next() => ++_n;

    protected override void Transmit(int request)
    {
        if (port is { IsOpen: false }) { Stop(); return; }
        port.WriteLine($":{request:X4}");
    }
}

// 6. good: a hosted service with its own loop is no callback
public sealed class PlcHeartbeat(SerialPort port, ILogger<PlcHeartbeat> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            port.WriteLine("HB");
            log.LogTrace("heartbeat");
        }
    }
}

// 7. bad: TimeProvider timer, delegate kept in a field
public sealed class Watchdog : IDisposable
{
    private readonly SerialPort _port;
    private readonly TimerCallback _kick;
    private readonly ITimer _timer;

    public Watchdog(SerialPort port, TimeProvider time)
    {
        _port = port;
        _kick = Kick;
        _timer = time.CreateTimer(_kick, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private void Kick(object? state) => _port.Write([0x55], 0, 1); //! LCA2001

    public void Dispose() => _timer.Dispose();
}

// 8. good: the guard is a delegate given to the helper
public sealed class GuardedWatchdog(SerialPort port, TimeProvider time) : IDisposable
{
    private readonly ITimer _timer = time.CreateTimer(
        static s => { var (p, alive) = ((SerialPort, Func<SerialPort, bool>))s!; if (alive(p)) p.Write("K"); },
        (port, new Func<SerialPort, bool>(p => p.IsOpen)), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    public void Dispose() => _timer.Dispose();
}

// 9. good: a record with own words for its state, changed by `with`
public enum BusPhase { Down, Probing, Up, Draining }
public sealed record BusView(BusPhase Phase, int Errors);

public sealed class CanBus(Socket socket, ILogger log)
{
    private BusView _view = new(BusPhase.Down, 0);

    public event Action? Tick;

    public void Attach()
    {
        Tick += OnTick;
        _view = _view with { Phase = BusPhase.Up };
    }

    private void OnTick()
    {
        if (_view is not { Phase: BusPhase.Up }) return;
        socket.Send("t1"u8);
    }

    public void Close()
    {
        _view = _view with { Phase = BusPhase.Draining };
        socket.Dispose();
        _view = _view with { Phase = BusPhase.Down, Errors = 0 };
        log.LogInformation("bus down");
    }

    public void Raise() => Tick?.Invoke();
}
