// Scales, scanners and displays on serial ports.
using System.IO.Ports;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.SerialScales;

public sealed class FloorScale : IDisposable
{
    private readonly SerialPort _port;
    private string _last = "";

    public FloorScale(string name)
    {
        _port = new SerialPort(name, 9600, Parity.Even, 7, StopBits.One) { NewLine = "\r\n", ReadTimeout = 500 };
        _port.DataReceived += OnData;
    }

    public void Start()
    {
        _port.Open(); //! LCA1001
        _port.WriteLine("CONT");
    }

    private void OnData(object sender, SerialDataReceivedEventArgs e) => _last = _port.ReadExisting();

    public string Last => _last;

    public void Dispose() => _port.Dispose();
}

public sealed class WatchedFloorScale : IDisposable
{
    private readonly SerialPort _port;
    private readonly ILogger _log;
    private string _last = "";

    public WatchedFloorScale(string name, ILogger log)
    {
        _log = log;
        _port = new SerialPort(name, 9600, Parity.Even, 7, StopBits.One) { NewLine = "\r\n", ReadTimeout = 500 };
        _port.DataReceived += OnData;
        _port.ErrorReceived += OnError;
    }

    // ok LCA1001: overruns and framing errors are heard from the first byte on
    public void Start()
    {
        _port.Open();
        _port.WriteLine("CONT");
    }

    private void OnData(object sender, SerialDataReceivedEventArgs e) => _last = _port.ReadExisting();

    private void OnError(object sender, SerialErrorReceivedEventArgs e) => _log.LogWarning("scale line: {Error}", e.EventType);

    public string Last => _last;

    public void Dispose() => _port.Dispose();
}

public sealed class BarcodeScanner(ILogger log) : IDisposable
{
    private SerialPort? _port;

    public event Action<string>? Scanned;

    /// <summary>The handler for line errors comes when the line has long been open.</summary>
    public void Attach(string name)
    {
        var port = new SerialPort(name, 115200);
        port.DataReceived += (_, _) => Scanned?.Invoke(port.ReadExisting());
        port.Open(); //! LCA1001
        port.DiscardInBuffer();
        port.ErrorReceived += (_, e) => log.LogWarning("scanner: {Error}", e.EventType);
        _port = port;
    }

    // ok LCA1001: the same with the lines in the right order
    public void AttachWatched(string name)
    {
        var port = new SerialPort(name, 115200);
        port.ErrorReceived += (_, e) => log.LogWarning("scanner: {Error}", e.EventType);
        port.DataReceived += (_, _) => Scanned?.Invoke(port.ReadExisting());
        port.Open();
        port.DiscardInBuffer();
        _port = port;
    }

    // ok LCA1001: a local function attaches, and it is called before the port opens
    public void AttachLocally(string name)
    {
        var port = new SerialPort(name, 57600);
        Watch();
        port.Open();
        _port = port;

        void Watch()
        {
            port.ErrorReceived += (_, e) => log.LogWarning("scanner: {Error}", e.EventType);
            port.DataReceived += (_, _) => Scanned?.Invoke(port.ReadExisting());
        }
    }

    public void Dispose() => _port?.Dispose();
}

public sealed class CustomerDisplay(string name)
{
    /// <summary>Only to show a line; what fails throws here.</summary>
    public void ShowOnce(string line)
    {
        using var port = new SerialPort(name, 9600);
        port.Open(); //? LCA1001
        port.WriteLine(line);
    }
}

public abstract class LineDevice : IDisposable
{
    protected LineDevice(string name, int baud) => Port = new SerialPort(name, baud);

    protected SerialPort Port { get; }

    protected void Watch(ILogger log) => Port.ErrorReceived += (_, e) => log.LogError("{Port}: {Error}", Port.PortName, e.EventType);

    public void Dispose() => Port.Dispose();
}

public sealed class LabelPrinter : LineDevice
{
    public LabelPrinter(string name, ILogger log) : base(name, 19200) => Watch(log);

    // ok LCA1001: the constructor called the base class's helper
    public void On() => Port.Open();
}

public sealed class ReceiptPrinter(string name) : LineDevice(name, 19200)
{
    /// <summary>The helper is there; nobody calls it for this device.</summary>
    public void On() => Port.Open(); //? LCA1001
}
