// Sessions that are replaced while their events still come in.
using Acme.Wire;
using Microsoft.Extensions.Logging;

namespace Fresh.Reuse.SessionSwaps;

public interface IDialer
{
    WireConnection Dial(string host);
}

/// <summary>A late Closed of the old connection throws the new one away.</summary>
public sealed class Reconnector(IDialer dialer, string host, ILogger<Reconnector> log)
{
    private WireConnection? _current;

    public void Reconnect()
    {
        var fresh = dialer.Dial(host);
        fresh.Closed += OnClosed;
        _current = fresh; //! LCA3006
        log.LogInformation("connected to {Host}", host);
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        log.LogWarning("closed");
        _current?.Dispose();
        _current = null;
    }
}

public sealed class IdentityReconnector(IDialer dialer, string host)
{
    private WireConnection? _current;

    public void Reconnect()
    {
        var fresh = dialer.Dial(host);
        fresh.Closed += OnClosed;
        _current = fresh;
    }

    // ok LCA3006: only its own end counts
    private void OnClosed(object? sender, EventArgs e)
    {
        if (!ReferenceEquals(sender, _current)) return;
        _current?.Dispose();
        _current = null;
    }
}

public sealed class Promoter(IDialer dialer)
{
    private (WireConnection? Active, WireConnection? Standby) _pair;
    private WireConnection? _active;
    private WireConnection? _standby;
    private int _generation;

    public void Prepare(string host)
    {
        _standby = dialer.Dial(host);
        _standby.Closed += (_, _) => Fail();
    }

    /// <summary>The standby takes over; the one that was active may still have something to say.</summary>
    public void Promote() => (_active, _standby) = (_standby, null); //! LCA3006

    private void Fail()
    {
        _active?.Dispose();
        _active = null;
    }

    public void Swap(string host)
    {
        var generation = ++_generation;
        var fresh = dialer.Dial(host);
        fresh.Closed += (_, _) =>
        {
            if (generation != Volatile.Read(ref _generation)) return;
            _pair = (null, _pair.Standby);
        };
        _pair = (fresh, _pair.Active); // ok LCA3006: a number tells the generations apart
    }
}

public sealed class Exchanger(IDialer dialer, string host, ILogger log) : IDisposable
{
    private WireConnection? _line;
    private WireConnection? _spare;

    public void Renew()
    {
        var fresh = dialer.Dial(host);
        fresh.Closed += LineClosed;
        var old = Interlocked.Exchange(ref _line, fresh); //! LCA3006
        log.LogDebug("{Old} goes", old?.Host);
    }

    private void LineClosed(object? sender, EventArgs e) => Interlocked.Exchange(ref _line, null)?.Dispose();

    // ok LCA3006: the old one is closed, its handler taken off first
    public void RenewSpare()
    {
        var fresh = dialer.Dial(host);
        fresh.Closed += SpareClosed;
        var old = Interlocked.Exchange(ref _spare, fresh);
        if (old is null) return;
        old.Closed -= SpareClosed;
        old.Dispose();
    }

    private void SpareClosed(object? sender, EventArgs e) => Interlocked.Exchange(ref _spare, null)?.Dispose();

    public void Dispose()
    {
        _line?.Dispose();
        _spare?.Dispose();
    }
}

public sealed class StatusBoard(IDialer dialer)
{
    private WireConnection? _line;

    public event Action<string>? Changed;

    // ok LCA3006: the handler only tells
    public void Connect(string host)
    {
        _line = dialer.Dial(host);
        _line.Closed += (_, _) => Changed?.Invoke(_line?.IsOpen == true ? "open" : "closed");
    }

    public void Publish(byte[] frame)
    {
        if (_line is { IsOpen: true } line) line.Send(frame);
    }
}
