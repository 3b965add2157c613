// A weighing and labelling bench: scale, label printer and signal lamp on serial lines.
using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Ports;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace SendingWorks.SerialBench;

public readonly record struct Weight(decimal Kilograms, bool Stable);

public sealed class ScaleTerminal : IDisposable
{
    private const string Acknowledge = "\u0006";
    private readonly SerialPort _port;
    private readonly ILogger<ScaleTerminal> _log;
    private readonly StringBuilder _line = new();
    private readonly object _sync = new();
    private readonly Timer _request;

    public ScaleTerminal(SerialPort port, ILogger<ScaleTerminal> log)
    {
        _port = port;
        _log = log;
        _port.DataReceived += OnDataReceived;
        _request = new Timer(RequestWeight, null, 500, 250);
    }

    public event EventHandler<Weight>? Weighed;

    private void OnDataReceived(object sender, SerialDataReceivedEventArgs e)
    {
        _line.Append(_port.ReadExisting());
        var text = _line.ToString();
        if (!text.EndsWith("\r\n", StringComparison.Ordinal)) return;
        _line.Clear();
        _port.Write(Acknowledge); //! LCA2001
        if (decimal.TryParse(text.AsSpan(2), out var kilograms)) Weighed?.Invoke(this, new Weight(kilograms, text[0] == 'S'));
    }

    private void RequestWeight(object? state)
    {
        lock (_sync)
        {
            _log.LogTrace("asking {Port}", _port.PortName);
            _port.Write("W\r\n"); //! LCA2001
        }
    }

    public void Dispose()
    {
        _port.DataReceived -= OnDataReceived;
        _request.Dispose();
        _port.Close();
    }
}

/// <summary>The terminal with the port's own state asked on every way.</summary>
public sealed class CheckedScaleTerminal : IDisposable
{
    private readonly SerialPort _port;
    private readonly object _sync = new();
    private readonly Timer _request;

    public CheckedScaleTerminal(SerialPort port)
    {
        _port = port;
        _port.DataReceived += OnDataReceived;
        _request = new Timer(RequestWeight, null, 500, 250);
    }

    // ok LCA2001: IsOpen decides
    private void OnDataReceived(object sender, SerialDataReceivedEventArgs e)
    {
        if (!_port.IsOpen) return;
        var text = _port.ReadExisting();
        if (text.Length > 0) _port.Write("\u0006");
    }

    // ok LCA2001 LCA2002: check and write under one lock
    private void RequestWeight(object? state)
    {
        lock (_sync)
        {
            if (_port.IsOpen) _port.Write("W\r\n");
        }
    }

    public void Dispose()
    {
        lock (_sync)
        {
            _request.Dispose();
            _port.Close();
        }
    }
}

/// <summary>RS-485 has to be keyed: the line is driven, settles, and is written.</summary>
public sealed class KeyedLine(SerialPort port)
{
    private readonly object _sync = new();
    private readonly List<byte[]> _history = new();

    public void WriteKeyed(byte[] telegram)
    {
        if (!port.IsOpen) return;
        port.RtsEnable = true;
        Thread.Sleep(3);
        port.Write(telegram, 0, telegram.Length); //! LCA2002
        port.RtsEnable = false;
    }

    // ok LCA2002: keyed and settled before it asks
    public void WriteKeyedChecked(byte[] telegram)
    {
        port.RtsEnable = true;
        Thread.Sleep(3);
        if (port.IsOpen) port.Write(telegram, 0, telegram.Length);
        port.RtsEnable = false;
    }

    public bool WriteRecorded(byte[] telegram)
    {
        bool open;
        lock (_sync)
        {
            open = port.IsOpen;
            if (open) _history.Add(telegram);
        }
        if (open) port.Write(telegram, 0, telegram.Length); //! LCA2002
        return open;
    }

    // ok LCA2002: the gap is in a try that catches what a closed port throws
    public bool TryWriteRecorded(byte[] telegram)
    {
        lock (_sync)
        {
            if (!port.IsOpen) return false;
            _history.Add(telegram);
        }
        try
        {
            port.Write(telegram, 0, telegram.Length);
            return true;
        }
        catch (Exception ex) when (ex is InvalidOperationException or IOException)
        {
            return false;
        }
    }
}

/// <summary>The lamp shows what the bench is doing; buttons and the emergency stop come from elsewhere.</summary>
public sealed class SignalLamp
{
    private readonly SerialPort _lamp;
    private readonly ILogger<SignalLamp> _log;
    private readonly SynchronizationContext _panel;
    private readonly RegisteredWaitHandle _stopWait;
    private readonly RegisteredWaitHandle _doorWait;

    public SignalLamp(SerialPort lamp, ScaleTerminal scale, EventWaitHandle stop, EventWaitHandle door, SynchronizationContext panel, ILogger<SignalLamp> log)
    {
        _lamp = lamp;
        _log = log;
        _panel = panel;
        scale.Weighed += (_, weight) => Colour(weight.Stable ? "GREEN" : "AMBER"); //! LCA2001
        _stopWait = ThreadPool.RegisterWaitForSingleObject(stop, (_, _) => Colour("RED"), null, Timeout.Infinite, false); //! LCA2001
        // ok LCA2001: TryColour says whether it was sent
        _doorWait = ThreadPool.RegisterWaitForSingleObject(door, (_, timedOut) =>
        {
            if (!TryColour("BLUE")) _log.LogWarning("lamp is off, door open");
        }, null, Timeout.Infinite, false);
    }

    private void Colour(string name)
    {
        _log.LogTrace("lamp {Colour}", name);
        _lamp.WriteLine("C " + name);
    }

    private bool TryColour(string name)
    {
        if (!_lamp.IsOpen) return false;
        _lamp.WriteLine("C " + name);
        return true;
    }

    public void BlinkFromPanel()
    {
        _panel.Post(_ => _lamp.WriteLine("BLINK"), null); //! LCA2001
    }

    // ok LCA2001: asked in the posted work
    public void SteadyFromPanel() => _panel.Post(static state => { if (state is SerialPort { IsOpen: true } lamp) lamp.WriteLine("STEADY"); }, _lamp);

    public void TestLater()
    {
        ThreadPool.QueueUserWorkItem(_ => SelfTest()); //! LCA2001
    }

    private void SelfTest()
    {
        foreach (var colour in new[] { "RED", "AMBER", "GREEN" }) Colour(colour);
    }

    // ok LCA2001: a flow of one's own, awaited by the caller
    public Task TestNowAsync() => Task.Run(SelfTest);

    public void Stop()
    {
        _stopWait.Unregister(null);
        _doorWait.Unregister(null);
    }
}
