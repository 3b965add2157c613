// A gateway to turnstiles and door controllers; this half holds the lines, the other half (TurnstileGateway.Commands.cs) uses them.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Works.Reuse.TurnstileGateway;

public enum LinkState { Opening, Ready, Closing, Closed }

/// <summary>A line to one controller; the shop's own.</summary>
public interface IDoorLink : IDisposable
{
    LinkState Status { get; }
    string Door { get; }
    void Transmit(ReadOnlySpan<byte> frame);
    Task<int> ExecuteAsync(DoorCommand command, CancellationToken ct);
}

public readonly record struct DoorCommand(byte Code, ushort Argument);

public interface IDoorNetwork
{
    IDoorLink Open(string door);
    Task<IDoorLink> OpenAsync(string door, CancellationToken ct);
}

public sealed partial class DoorGateway(IDoorNetwork network, ILogger<DoorGateway> log)
{
    private readonly Dictionary<string, IDoorLink> _links = new(StringComparer.OrdinalIgnoreCase);
    private readonly object _sync = new();

    /// <summary>Asks whether there is a line, not whether it is any good.</summary>
    private IDoorLink LinkFor(string door)
    {
        lock (_sync)
        {
            if (_links.TryGetValue(door, out var known)) return known;
            log.LogInformation("opening the line to {Door}", door);
            return _links[door] = network.Open(door);
        }
    }

    /// <summary>Asks both.</summary>
    private IDoorLink ReadyLinkFor(string door)
    {
        lock (_sync)
        {
            if (_links.TryGetValue(door, out var known))
            {
                if (known.Status == LinkState.Ready) return known;
                _links.Remove(door);
                known.Dispose();
            }

            return _links[door] = network.Open(door);
        }
    }
}

/// <summary>Where the check lives in a base class.</summary>
public abstract class DoorServiceBase(IDoorNetwork network)
{
    private IDoorLink? _line;
    private IDoorLink? _unasked;

    protected async Task<IDoorLink> ReadyAsync(string door, CancellationToken ct)
    {
        var line = _line;
        if (line?.Status is not LinkState.Ready)
        {
            line?.Dispose();
            _line = line = await network.OpenAsync(door, ct);
        }

        return line;
    }

    protected async Task<IDoorLink> AnyAsync(string door, CancellationToken ct) => _unasked ??= await network.OpenAsync(door, ct);
}

/// <summary>Disposed by one method, kept by all.</summary>
public class MaintenanceLine(IDoorNetwork network, string door)
{
    private IDoorLink? _line;

    protected IDoorLink Line => _line ??= network.Open(door);

    public void Disconnect() => _line?.Dispose();

    public void Reset(byte argument)
    {
        Span<byte> frame = [0x7E, 0x52, argument, 0x7E];
        Line.Transmit(frame); //! LCA3001
    }
}

/// <summary>Disposed and forgotten, and asked before each use.</summary>
public class ForgettingLine(IDoorNetwork network, string door)
{
    private IDoorLink? _line;

    public void Disconnect()
    {
        _line?.Dispose();
        _line = null;
    }

    public void Reset(byte argument)
    {
        Span<byte> frame = [0x7E, 0x52, argument, 0x7E];
        if (_line is not { Status: LinkState.Ready })
        {
            Disconnect();
            _line = network.Open(door);
        }

        _line.Transmit(frame); // ok LCA3001: ready, or just opened
    }
}
