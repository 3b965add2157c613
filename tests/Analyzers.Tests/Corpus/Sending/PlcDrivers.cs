// Drivers of programmable controllers: the driver's own methods throw when it is offline.
using System.IO.Ports;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.PlcDrivers;

public sealed class PlcOfflineException() : InvalidOperationException("the controller is offline");

/// <summary>No name of a connection; its methods say what they require.</summary>
public sealed class ModbusMaster(SerialPort port, byte unit) : IDisposable
{
    public bool IsConnected { get; private set; }

    public void Connect()
    {
        port.Open();
        IsConnected = true;
    }

    public void WriteCoil(ushort address, bool value)
    {
        if (!IsConnected) throw new PlcOfflineException();
        byte[] frame = [unit, 5, (byte)(address >> 8), (byte)address, value ? (byte)0xFF : (byte)0, 0];
        port.Write(frame, 0, frame.Length);
    }

    // reaches WriteCoil without a check: requires the same of its callers
    public void WriteCoils(ushort first, params bool[] values)
    {
        for (var i = 0; i < values.Length; i++) WriteCoil((ushort)(first + i), values[i]);
    }

    public bool TryWriteCoil(ushort address, bool value)
    {
        if (!IsConnected) return false;
        WriteCoil(address, value);
        return true;
    }

    public void Dispose()
    {
        IsConnected = false;
        port.Dispose();
    }
}

public sealed class SafetyDoor
{
    public event EventHandler? Swung;
    public event EventHandler? Unlatched;

    public void Simulate()
    {
        Unlatched?.Invoke(this, EventArgs.Empty);
        Swung?.Invoke(this, EventArgs.Empty);
    }
}

public sealed class ConveyorControl
{
    private readonly ModbusMaster _master;

    public ConveyorControl(ModbusMaster master, SafetyDoor door)
    {
        _master = master;
        door.Unlatched += StopBelt;
        door.Swung += (_, _) => _master.WriteCoils(16, false, false, true); //! LCA2001
    }

    private void StopBelt(object? sender, EventArgs e)
    {
        _master.WriteCoil(7, false); //! LCA2001
        _master.WriteCoil(8, true);
    }

    // ok LCA2001: the operator's button handler is a method others call
    public void StartBelt() => _master.WriteCoil(7, true);
}

public sealed class CheckedConveyorControl
{
    private readonly ModbusMaster _master;
    private readonly ILogger _log;
    private readonly Timer _watchdog;

    public CheckedConveyorControl(ModbusMaster master, SafetyDoor door, ILogger log)
    {
        (_master, _log) = (master, log);
        door.Unlatched += StopBelt;
        door.Swung += OnSwung;
        _watchdog = new Timer(Kick, null, 500, 500);
    }

    // ok LCA2001: a Try guard says whether it was sent
    private void StopBelt(object? sender, EventArgs e)
    {
        if (!_master.TryWriteCoil(7, false)) _log.LogError("belt not stopped, controller offline");
    }

    // ok LCA2001: the exception of an offline controller is caught
    private void OnSwung(object? sender, EventArgs e)
    {
        try
        {
            _master.WriteCoils(16, false, false, true);
        }
        catch (PlcOfflineException ex)
        {
            _log.LogError(ex, "lamps not set");
        }
        catch (IOException ex)
        {
            _log.LogError(ex, "cable pulled?");
        }
    }

    // ok LCA2001: asked first
    private void Kick(object? state)
    {
        if (_master.IsConnected && !_halted) _master.WriteCoil(99, true);
    }

    private bool _halted;

    public void Halt()
    {
        _halted = true;
        _watchdog.Dispose();
    }
}
