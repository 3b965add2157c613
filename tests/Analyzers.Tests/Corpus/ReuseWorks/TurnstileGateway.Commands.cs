// The other half of the gateway: what the lines are used for.
using Microsoft.Extensions.Logging;

namespace Works.Reuse.TurnstileGateway;

public sealed partial class DoorGateway
{
    public async Task<bool> UnlockAsync(string door, TimeSpan duration, CancellationToken ct)
    {
        var link = LinkFor(door);
        var answer = await link.ExecuteAsync(new DoorCommand(0x10, (ushort)duration.TotalSeconds), ct); //! LCA3001
        if (answer != 0) log.LogWarning("{Door} answered {Answer}", door, answer);
        return answer == 0;
    }

    public async Task<bool> LockAsync(string door, CancellationToken ct)
    {
        var link = ReadyLinkFor(door);
        return await link.ExecuteAsync(new DoorCommand(0x11, 0), ct) == 0; // ok LCA3001: the look-up asks
    }

    public void Ring(string door) => LinkFor(door).Transmit([0x07]); //! LCA3001

    public void RingReady(string door) => ReadyLinkFor(door).Transmit([0x07]); // ok LCA3001: the look-up asks

    public bool TryRing(string door)
    {
        var link = LinkFor(door);
        switch (link.Status)
        {
            case LinkState.Ready:
                link.Transmit([0x07]); // ok LCA3001: the switch decides
                return true;
            default:
                return false;
        }
    }

    /// <summary>Takes away what failed and answers with the failure.</summary>
    public async Task<int> AskAsync(string door, byte code, CancellationToken ct)
    {
        var link = LinkFor(door);
        try
        {
            return await link.ExecuteAsync(new DoorCommand(code, 0), ct); // ok LCA3001 LCA3002: evicted by the catch
        }
        catch (Exception e)
        {
            log.LogWarning(e, "{Door} is given up", door);
            lock (_sync) _links.Remove(door);
            link.Dispose();
            throw;
        }
    }
}

public sealed class VisitorService(IDoorNetwork network) : DoorServiceBase(network)
{
    public async Task<int> AdmitAsync(string door, ushort visitor, CancellationToken ct)
    {
        var line = await ReadyAsync(door, ct);
        return await line.ExecuteAsync(new DoorCommand(0x20, visitor), ct); // ok LCA3001: the base class asks
    }

    public async Task<int> DismissAsync(string door, ushort visitor, CancellationToken ct)
    {
        var line = await AnyAsync(door, ct);
        return await line.ExecuteAsync(new DoorCommand(0x21, visitor), ct); //! LCA3001
    }
}

public sealed class NightMaintenance(IDoorNetwork network, string door) : MaintenanceLine(network, door)
{
    public void Sweep(IEnumerable<byte> arguments)
    {
        foreach (var argument in arguments) Line.Transmit([0x7E, argument]); //! LCA3001
    }

    public void SweepReady(IEnumerable<byte> arguments)
    {
        foreach (var argument in arguments)
        {
            var line = Line;
            if (line.Status != LinkState.Ready) return;
            line.Transmit([0x7E, argument]); // ok LCA3001: asked each time
        }
    }
}
