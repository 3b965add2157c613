// One outbound channel type of a telemetry agent, and the many ways in which its users ask before they send.
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Silence.GuardStyles;

[Flags]
public enum LinkFlags { None = 0, Open = 1, Authenticated = 2, Closing = 4 }

public enum LinkState { Created, Connecting, Open, Closing, Closed }

public interface IAgentConnection : IDisposable
{
    LinkState State { get; }
    LinkFlags Status { get; }
    bool IsOpen { get; }
    void Send(ReadOnlySpan<byte> frame);
}

public interface IAgentEvents
{
    event EventHandler<byte[]>? Sampled;
    event Action? Flushing;
    event EventHandler? Shutdown;
}

public abstract class AgentPart
{
    private readonly IAgentConnection _connection;

    protected AgentPart(IAgentConnection connection, IAgentEvents events)
    {
        _connection = connection;
        events.Sampled += (_, sample) => OnSample(sample);
    }

    protected IAgentConnection Connection => _connection;

    protected abstract void OnSample(byte[] sample);

    protected bool Accepts() => Rank(_connection.State) > 0;

    private static int Rank(LinkState state) => state switch
    {
        LinkState.Open => 1,
        LinkState.Created or LinkState.Connecting => 0,
        LinkState.Closing or LinkState.Closed => -1,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    protected bool TryOpen([NotNullWhen(true)] out IAgentConnection? open)
    {
        open = _connection.IsOpen ? _connection : null;
        return open is not null;
    }
}

public sealed class EarlyReturnPart(IAgentConnection connection, IAgentEvents events) : AgentPart(connection, events)
{
    // ok LCA2001: an early return
    protected override void OnSample(byte[] sample)
    {
        if (Connection.State != LinkState.Open) return;
        Connection.Send(sample);
    }
}

public sealed class RankedPart(IAgentConnection connection, IAgentEvents events) : AgentPart(connection, events)
{
    // ok LCA2001: a helper over a switch expression
    protected override void OnSample(byte[] sample)
    {
        if (!Accepts()) return;
        Connection.Send(sample);
    }
}

public sealed class OutPart(IAgentConnection connection, IAgentEvents events) : AgentPart(connection, events)
{
    // ok LCA2001: the Try pattern hands out an open one or none
    protected override void OnSample(byte[] sample)
    {
        if (TryOpen(out var open)) open.Send(sample);
    }
}

public sealed class FlagsPart(IAgentConnection connection, IAgentEvents events) : AgentPart(connection, events)
{
    // ok LCA2001: bit flags
    protected override void OnSample(byte[] sample)
    {
        const LinkFlags needed = LinkFlags.Open | LinkFlags.Authenticated;
        if ((Connection.Status & (needed | LinkFlags.Closing)) != needed) return;
        Connection.Send(sample);
    }
}

public sealed class HasFlagPart(IAgentConnection connection, IAgentEvents events) : AgentPart(connection, events)
{
    // ok LCA2001: HasFlag and a conditional
    protected override void OnSample(byte[] sample)
    {
        var sent = Connection.Status.HasFlag(LinkFlags.Open) && SendNow(sample);
        if (!sent) GC.KeepAlive(sample);
    }

    private bool SendNow(byte[] sample)
    {
        Connection.Send(sample);
        return true;
    }
}

public sealed class SwitchPart(IAgentConnection connection, IAgentEvents events) : AgentPart(connection, events)
{
    private readonly Queue<byte[]> _early = new();

    // ok LCA2001: a switch over a tuple
    protected override void OnSample(byte[] sample)
    {
        switch (Connection.State, sample.Length)
        {
            case (LinkState.Open, > 0):
                Connection.Send(sample);
                break;
            case (LinkState.Created or LinkState.Connecting, _):
                _early.Enqueue(sample);
                break;
            default:
                break;
        }
    }
}

public sealed class ThrowingPart(IAgentConnection connection, IAgentEvents events, ILogger log) : AgentPart(connection, events)
{
    // ok LCA2001: the guard throws, and the callback catches
    protected override void OnSample(byte[] sample)
    {
        try
        {
            Open().Send(sample);
        }
        catch (InvalidOperationException e)
        {
            log.LogDebug(e, "not sent");
        }
    }

    private IAgentConnection Open() => Connection.IsOpen ? Connection : throw new InvalidOperationException("closed");
}

public sealed class CountingPart(IAgentConnection connection, IAgentEvents events, ILogger log) : AgentPart(connection, events)
{
    private int _sent;

    // ok LCA2001: the local function is guarded where it is called
    protected override void OnSample(byte[] sample)
    {
        if (sample is [] or null) return;
        if (Connection is { IsOpen: true }) SendCounted();

        void SendCounted()
        {
            Connection.Send(sample);
            if (++_sent % 1000 == 0) log.LogInformation("{Sent} samples", _sent);
        }
    }
}

/// <summary>Own closing flag of the owner: Dispose sets it before it closes.</summary>
public sealed class ClosingFlagOwner : IDisposable
{
    private readonly IAgentConnection _connection;
    private readonly CancellationTokenRegistration _registration;
    private volatile bool _closing;

    public ClosingFlagOwner(IAgentConnection connection, IAgentEvents events, CancellationToken stop)
    {
        _connection = connection;
        events.Flushing += Flush;
        // ok LCA2001: it closes and sends nothing
        _registration = stop.Register(Dispose);
    }

    // ok LCA2001: the owner's own flag
    private void Flush()
    {
        if (_closing) return;
        _connection.Send("flush"u8);
    }

    public void Dispose()
    {
        if (_closing) return;
        _closing = true;
        _registration.Unregister();
        _connection.Dispose();
    }
}

public sealed class ShutdownNotice : IDisposable
{
    private readonly IAgentConnection _connection;
    private readonly ILogger _log;
    private readonly IDisposable _reload;

    public ShutdownNotice(IAgentConnection connection, IAgentEvents events, Func<IChangeToken> changes, ILogger log)
    {
        (_connection, _log) = (connection, log);
        events.Shutdown += OnShutdown;
        events.Sampled += OnSampled;
        _reload = ChangeToken.OnChange(changes, Reload);
    }

    // Everything is going down at this moment, this connection too.
    private void OnShutdown(object? sender, EventArgs e)
    {
        _log.LogInformation("shutting down");
        Announce("bye"u8); //! LCA2001
    }

    // The state is read for the log, and then not asked.
    private void OnSampled(object? sender, byte[] sample)
    {
        _log.LogTrace("sample while {State}", _connection.State);
        _connection.Send(sample); //! LCA2001
    }

    // ok LCA2001: a returning guard two calls down
    private void Reload() => IfOpen("reload"u8);

    private void IfOpen(ReadOnlySpan<byte> text)
    {
        if (_connection.State is LinkState.Created or LinkState.Connecting or LinkState.Closing or LinkState.Closed) return;
        Announce(text);
    }

    private void Announce(ReadOnlySpan<byte> text) => _connection.Send(text);

    public void Dispose() => _reload.Dispose();
}

public sealed class MirroredAgent
{
    private readonly IAgentConnection _primary, _mirror;
    private readonly ILogger _log;

    public MirroredAgent(IAgentConnection primary, IAgentConnection mirror, IAgentEvents events, ILogger log)
    {
        (_primary, _mirror, _log) = (primary, mirror, log);
        events.Sampled += OnSampled;
    }

    // The mirror was added in a hurry: the question is about the other one.
    private void OnSampled(object? sender, byte[] sample)
    {
        if (!_primary.IsOpen)
        {
            _log.LogDebug("primary closed");
            return;
        }

        _primary.Send(sample);
        _mirror.Send(sample); //! LCA2001
    }
}

public sealed class FanOut
{
    private readonly IReadOnlyDictionary<string, IAgentConnection> _targets;
    private readonly ILogger _log;

    public FanOut(IReadOnlyDictionary<string, IAgentConnection> targets, IAgentEvents events, ILogger log)
    {
        (_targets, _log) = (targets, log);
        events.Sampled += OnSampled;
    }

    // ok LCA2001 LCA3001: each target is asked by itself
    private void OnSampled(object? sender, byte[] sample)
    {
        foreach (var (name, target) in _targets)
        {
            if (target is not { State: LinkState.Open, Status: var flags } || flags.HasFlag(LinkFlags.Closing))
            {
                _log.LogTrace("{Name} skipped", name);
                continue;
            }

            target.Send(sample);
        }
    }

    // ok LCA2001: a filtering query; ok LCA2001: what a closing one throws is caught
    public void Subscribe(IAgentEvents events) => events.Flushing += () =>
    {
        foreach (var target in _targets.Values.Where(static t => t.IsOpen))
        {
            try
            {
                target.Send("flush"u8);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                _log.LogDebug(e, "not flushed");
            }
        }
    };
}
