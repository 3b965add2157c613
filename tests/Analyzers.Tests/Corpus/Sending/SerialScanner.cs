// Bar code scanners and scales on serial ports.
using System.IO.Ports;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.SerialScanner;

public sealed class Scanner : IDisposable
{
    private readonly SerialPort _port;
    private readonly SerialPort _display;
    private int _frames;

    public Scanner(string scanner, string display)
    {
        _port = new SerialPort(scanner, 9600);
        _display = new SerialPort(display, 9600);
        _port.DataReceived += OnData;
        _port.PinChanged += (_, e) =>
        {
            if (e.EventType == SerialPinChange.DsrChanged) _display.WriteLine("SCANNER?"); //! LCA2001
        };
        _port.ErrorReceived += OnError;
    }

    // ok LCA2001: the program's own call
    public void Open()
    {
        _port.Open();
        _display.Open(); //! LCA1001
        _display.WriteLine("READY");
    }

    private void OnData(object sender, SerialDataReceivedEventArgs e)
    {
        if (e.EventType == SerialData.Eof) return;
        var code = _port.ReadExisting();
        _frames++;
        _port.Write("\x06"); //! LCA2001
        if (!_display.IsOpen) return;
        _display.WriteLine(code);
    }

    // ok LCA2001: resets the count, sends nothing
    private void OnError(object sender, SerialErrorReceivedEventArgs e) => _frames = 0;

    public void Dispose()
    {
        _port.Dispose();
        _display.Dispose();
    }
}

public sealed class Scale : IDisposable
{
    private readonly SerialPort _port;
    private readonly Timer _poll;
    private readonly ILogger _log;

    public Scale(string name, ILogger log)
    {
        _log = log;
        _port = new SerialPort(name, 4800, Parity.Even, 7, StopBits.One);
        _port.DataReceived += OnData;
        _poll = new Timer(_ => Poll(), null, 1000, 250);
    }

    // ok LCA2001: only on an open port
    private void Poll()
    {
        if (_port is not { IsOpen: true, CtsHolding: true }) return;
        _port.Write("W\r");
    }

    // ok LCA2001: a port that closes throws InvalidOperationException, which is caught
    private void OnData(object sender, SerialDataReceivedEventArgs e)
    {
        var port = (SerialPort)sender;
        try
        {
            var line = port.ReadLine();
            if (line.StartsWith('?')) port.Write("Z\r");
        }
        catch (Exception ex) when (ex is InvalidOperationException or IOException or TimeoutException)
        {
            _log.LogWarning(ex, "scale {Port} is gone", port.PortName);
        }
    }

    public void Dispose()
    {
        _poll.Dispose();
        _port.Dispose();
    }
}

public sealed class Tare : IDisposable
{
    private readonly SerialPort _port;
    private readonly System.Timers.Timer _zero = new(3_600_000);

    public Tare(SerialPort port)
    {
        _port = port;
        _zero.Elapsed += (sender, e) =>
        {
            try
            {
                _port.Write("T\r"); //! LCA2001
            }
            catch (TimeoutException)
            {
                _port.DiscardInBuffer();
            }
        };
    }

    public void Dispose() => _zero.Dispose();
}
