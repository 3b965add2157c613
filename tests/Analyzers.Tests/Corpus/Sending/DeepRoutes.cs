// A toll road's lanes: from a sensor's event to the gate's socket over three types and four calls.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.DeepRoutes;

public sealed class LaneSensor
{
    public event EventHandler<string>? VehicleEntered;
    public event EventHandler<string>? VehicleLeft;
    public event EventHandler? Blocked;

    public void Enter(string plate) => VehicleEntered?.Invoke(this, plate);

    public void Leave(string plate) => VehicleLeft?.Invoke(this, plate);

    public void Block() => Blocked?.Invoke(this, EventArgs.Empty);
}

public class Gate(TcpClient tcp)
{
    private readonly NetworkStream _stream = tcp.GetStream();

    public bool Reachable => tcp.Connected;

    public async Task RaiseAsync(CancellationToken cancellation) => await CommandAsync(0x01, cancellation);

    public async Task LowerAsync(CancellationToken cancellation)
    {
        if (!Reachable) return;
        await CommandAsync(0x02, cancellation);
    }

    protected virtual async ValueTask CommandAsync(byte command, CancellationToken cancellation) =>
        await _stream.WriteAsync(new[] { command }, cancellation);
}

public sealed class LoggedGate(TcpClient tcp, ILogger log) : Gate(tcp)
{
    protected override async ValueTask CommandAsync(byte command, CancellationToken cancellation)
    {
        log.LogInformation("gate command {Command}", command);
        await base.CommandAsync(command, cancellation);
    }
}

public sealed class Cashier(Gate gate)
{
    public async Task PaidAsync(string plate, CancellationToken cancellation)
    {
        if (plate.Length == 0) return;
        await Task.Delay(200, cancellation);
        await gate.RaiseAsync(cancellation);
    }

    public Task GoneAsync(CancellationToken cancellation) => gate.LowerAsync(cancellation);
}

public static class Tariffs
{
    public static async Task<decimal> ChargeAsync(Cashier cashier, string plate, CancellationToken cancellation)
    {
        var price = plate.StartsWith('X') ? 0m : 2.50m;
        await cashier.PaidAsync(plate, cancellation);
        return price;
    }
}

public sealed class Lane
{
    private readonly Cashier _cashier;
    private readonly Gate _gate;
    private readonly ILogger _log;
    private decimal _takings;

    public Lane(LaneSensor sensor, Cashier cashier, Gate gate, ILogger log)
    {
        (_cashier, _gate, _log) = (cashier, gate, log);
        sensor.VehicleEntered += OnEntered;
        sensor.VehicleLeft += OnLeft;
        sensor.Blocked += async (_, _) => await OnBlockedAsync();
    }

    private async void OnEntered(object? sender, string plate)
    {
        _takings += await Tariffs.ChargeAsync(_cashier, plate, CancellationToken.None); //! LCA2001
    }

    // ok LCA2001: Lower asks whether the gate can be reached
    private async void OnLeft(object? sender, string plate)
    {
        _log.LogDebug("{Plate} left", plate);
        await _cashier.GoneAsync(CancellationToken.None);
    }

    // ok LCA2001: what the gate's stream throws ends here
    private async Task OnBlockedAsync()
    {
        try
        {
            await _gate.RaiseAsync(CancellationToken.None);
        }
        catch (Exception ex)
        {
            _log.LogError(ex, "gate cannot be raised, lane {Takings} closed", _takings);
        }
    }

    public void OpenManually() => _gate.RaiseAsync(CancellationToken.None).GetAwaiter().GetResult();
}

/// <summary>Its handler is a method of another type.</summary>
public sealed class Siren(Socket socket)
{
    public void Sound(object? sender, EventArgs e) => socket.Send([0xFF]); //! LCA2001

    // ok LCA2001: asks before it sounds
    public void SoundIfConnected(object? sender, EventArgs e)
    {
        if (socket.Connected) socket.Send([0xFF]);
    }
}

public static class LaneSetup
{
    public static void Wire(LaneSensor sensor, Siren siren, Siren second)
    {
        sensor.Blocked += siren.Sound;
        sensor.Blocked += second.SoundIfConnected;
    }
}
