// PLC and OPC bridges: own types with a state, base classes, timers, inference.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Field.Sending.PlcLinks;

public enum LinkState { Idle, Connected, Closing, Closed }

public class LinkClosedException(string link) : InvalidOperationException($"link {link} is closed");

public interface IPlcLink : IDisposable
{
    LinkState State { get; }

    event EventHandler<ushort>? WatchdogExpired;

    event EventHandler? Opened;

    void Send(ReadOnlySpan<byte> telegram);
}

public abstract class PlcLink(string name) : IPlcLink
{
    public string Name { get; } = name;

    public LinkState State { get; protected set; }

    public event EventHandler<ushort>? WatchdogExpired;

    public event EventHandler? Opened;

    // Requires Connected of its callers.
    public void Send(ReadOnlySpan<byte> telegram)
    {
        if (State != LinkState.Connected) throw new LinkClosedException(Name);
        Transmit(telegram);
    }

    protected abstract void Transmit(ReadOnlySpan<byte> telegram);

    protected void Raise(ushort word) => WatchdogExpired?.Invoke(this, word);

    protected void RaiseOpened() => Opened?.Invoke(this, EventArgs.Empty);

    public virtual void Dispose() => State = LinkState.Closed;
}

public sealed class IsoTcpLink(string name, Socket socket) : PlcLink(name)
{
    protected override void Transmit(ReadOnlySpan<byte> telegram) => socket.Send(telegram);

    public override void Dispose()
    {
        State = LinkState.Closing;
        socket.Dispose();
        base.Dispose();
    }
}

public sealed class WatchdogAnswerer
{
    private readonly IPlcLink _link;

    public WatchdogAnswerer(IPlcLink link)
    {
        _link = link;
        _link.WatchdogExpired += OnExpired;
        _link.Opened += OnOpened;
    }

    private void OnExpired(object? sender, ushort word)
    {
        Span<byte> answer = stackalloc byte[2];
        BitConverter.TryWriteBytes(answer, word);
        _link.Send(answer); //! LCA2001
    }

    // ok LCA2001: Opened proves it
    private void OnOpened(object? sender, EventArgs e) => _link.Send([1, 0, 0, 1]);
}

public sealed class CarefulAnswerer
{
    private readonly IPlcLink _link;
    private readonly ILogger _log;

    public CarefulAnswerer(IPlcLink link, ILogger log)
    {
        (_link, _log) = (link, log);
        _link.WatchdogExpired += (_, word) => Answer(word);
        _link.WatchdogExpired += (_, word) => AnswerOrLog(word);
        _link.WatchdogExpired += (_, word) => AnswerBySwitch(word);
    }

    // ok LCA2001: early return
    private void Answer(ushort word)
    {
        if (_link.State is LinkState.Closing or LinkState.Closed) return;
        _link.Send(BitConverter.GetBytes(word));
    }

    // ok LCA2001: the base of what it throws is caught
    private void AnswerOrLog(ushort word)
    {
        try
        {
            _link.Send(BitConverter.GetBytes(word));
        }
        catch (InvalidOperationException ex)
        {
            _log.LogDebug(ex, "no answer");
        }
    }

    // ok LCA2001: a switch expression decides
    private void AnswerBySwitch(ushort word)
    {
        var sendable = _link.State switch
        {
            LinkState.Connected => true,
            _ => false,
        };
        if (!sendable) return;
        _link.Send(BitConverter.GetBytes(word));
    }
}

// The owner's own closing flag on the same object.
public sealed class CyclicReader : IDisposable
{
    private readonly PlcLink _link;
    private readonly Timer _cycle;
    private volatile bool _disposed;

    public CyclicReader(PlcLink link)
    {
        _link = link;
        _cycle = new Timer(Cycle, null, 100, 100);
    }

    // ok LCA2001: the owner's own flag
    private void Cycle(object? _)
    {
        if (_disposed) return;
        _link.Send([0x03, 0x00]);
    }

    public void Dispose()
    {
        _disposed = true;
        _cycle.Dispose();
        _link.Dispose();
    }
}

public abstract class CyclicTask
{
    private readonly System.Timers.Timer _timer;

    protected CyclicTask(double period)
    {
        _timer = new System.Timers.Timer(period);
        _timer.Elapsed += (_, _) => Execute(); //! LCA2001
    }

    protected abstract void Execute();

    public void Start() => _timer.Start();
}

public sealed class PollTask(IPlcLink link) : CyclicTask(50)
{
    protected override void Execute() => link.Send([0x04]);
}

public abstract class GuardedCyclicTask
{
    private readonly IPlcLink _link;

    protected GuardedCyclicTask(IPlcLink link, System.Timers.Timer timer)
    {
        _link = link;
        timer.Elapsed += (_, _) =>
        {
            if (_link.State == LinkState.Connected) Execute(_link);
        };
    }

    protected abstract void Execute(IPlcLink link);
}

public sealed class PingTask(IPlcLink link, System.Timers.Timer timer) : GuardedCyclicTask(link, timer)
{
    // ok LCA2001: the base class asked
    protected override void Execute(IPlcLink link) => link.Send([0x05]);
}

// The wrong one of the two is asked.
public sealed class Redundant
{
    private readonly PlcLink _active, _standby;

    public Redundant(PlcLink active, PlcLink standby)
    {
        _active = active;
        _standby = standby;
        _active.WatchdogExpired += (_, _) =>
        {
            if (_active.State == LinkState.Connected) _standby.Send([0x10]); //! LCA2001
        };
        _standby.WatchdogExpired += delegate
        {
            while (_standby.State == LinkState.Connected)
            {
                _standby.Send([0x11]); // ok LCA2001: the loop asks every time
                if (_standby.Name.Length == 0) break;
            }
        };
    }
}

public sealed class Recipe(PlcLink link, object sync)
{
    public event Action<int>? StepDone;

    public void Download(byte[][] steps)
    {
        lock (sync)
        {
            if (link.State != LinkState.Connected) return;
        }
        for (var i = 0; i < steps.Length; i++)
            link.Send(steps[i]); //! LCA2002
    }

    // ok LCA2002: check and sends under the lock
    public void DownloadLocked(byte[][] steps)
    {
        lock (sync)
        {
            if (link.State != LinkState.Connected) return;
            foreach (var step in steps) link.Send(step);
        }
    }

    public void DownloadTold(byte[] step)
    {
        if (link.State != LinkState.Connected) return;
        StepDone?.Invoke(step.Length);
        link.Send(step); //! LCA2002
    }

    public bool DownloadSlow(byte[] step)
    {
        var up = link.State == LinkState.Connected;
        Thread.Sleep(50);
        if (up) link.Send(step); //! LCA2002
        return up;
    }

    // ok LCA2002: asked after the sleep
    public bool DownloadSlowSafe(byte[] step)
    {
        Thread.Sleep(50);
        var up = link.State == LinkState.Connected;
        if (up) link.Send(step);
        return up;
    }
}

// An extension that answers; a Try helper of the type's user.
public static class LinkExtensions
{
    public static bool IsUsable(this IPlcLink link) => link.State == LinkState.Connected;

    public static bool TrySend(this IPlcLink link, ReadOnlySpan<byte> telegram)
    {
        if (!link.IsUsable()) return false;
        link.Send(telegram);
        return true;
    }
}

public sealed class Lamp
{
    // ok LCA2001: the guard sends
    public Lamp(IPlcLink link, IPlcLink button)
    {
        button.WatchdogExpired += (_, word) => link.TrySend([(byte)word]);
        button.Opened += (_, _) =>
        {
            if (link.IsUsable()) link.Send([0xFF]);
        };
    }
}
