// Head-end of a metering network: one link to a concentrator, frames acknowledged and meters polled over it.
using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace SendingWorks.Metering;

public enum LinkState { Dialing, Established, Closing, Closed }

public sealed class FrameEventArgs(byte[] frame) : EventArgs
{
    public byte[] Frame { get; } = frame;
    public bool NeedsAck => Frame.Length > 1 && (Frame[1] & 0x80) != 0;
    public byte Sequence => Frame[0];
}

public interface IConcentratorLink : IDisposable
{
    LinkState State { get; }
    string Name { get; }
    event EventHandler<FrameEventArgs>? FrameReceived;
    event EventHandler? Connected;
    void Transmit(ReadOnlySpan<byte> frame);
}

public sealed partial class MeterGateway : IDisposable
{
    private static readonly byte[] Hello = [0x00, 0x68, 0x10];

    private readonly IConcentratorLink _link;
    private readonly ILogger<MeterGateway> _log;
    private readonly Timer _pollTimer;
    private readonly Timer _clockTimer;
    private readonly object _sync = new();
    private readonly Queue<uint> _meters = new();
    private int _lastSequence;

    public MeterGateway(IConcentratorLink link, IEnumerable<uint> meters, ILogger<MeterGateway> log)
    {
        _link = link;
        _log = log;
        foreach (var meter in meters) _meters.Enqueue(meter);
        _link.FrameReceived += OnFrameReceived;
        _link.Connected += OnConnected;
        _pollTimer = new Timer(OnPollDue, null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2));
        _clockTimer = new Timer(_ => BroadcastClock(DateTimeOffset.UtcNow), null, 0, 3_600_000); //! LCA2001
    }

    public event EventHandler<FrameEventArgs>? ReadingArrived;

    private void OnFrameReceived(object? sender, FrameEventArgs e)
    {
        _log.LogTrace("frame {Sequence} from {Link}", e.Sequence, _link.Name);
        if (_lastSequence == e.Sequence)
        {
            _log.LogDebug("duplicate of {Sequence}", e.Sequence);
            return;
        }
        _lastSequence = e.Sequence;
        if (e.NeedsAck) Acknowledge(e.Sequence); //! LCA2001
        ReadingArrived?.Invoke(this, e);
    }

    // ok LCA2001: Connected proves that the link is there
    private void OnConnected(object? sender, EventArgs e) => _link.Transmit(Hello);

    // ok LCA2001: no callback, the operator's request hears of a closed link
    public void ReadNow(uint meter) => _link.Transmit(PollFrame(meter));

    public void Dispose()
    {
        // detaching is not enough: a frame may be on its way through OnFrameReceived
        _link.FrameReceived -= OnFrameReceived;
        _link.Connected -= OnConnected;
        _pollTimer.Dispose();
        _clockTimer.Dispose();
        _link.Dispose();
    }
}

/// <summary>The same gateway after the review: every way to the link asks first.</summary>
public sealed partial class ReviewedMeterGateway : IDisposable
{
    private readonly IConcentratorLink _link;
    private readonly ILogger _log;
    private readonly Timer _pollTimer;
    private readonly Timer _clockTimer;
    private readonly Timer _tariffTimer;
    private volatile bool _closing;

    public ReviewedMeterGateway(IConcentratorLink link, ILogger log)
    {
        _link = link;
        _log = log;
        _link.FrameReceived += OnFrameReceived;
        _pollTimer = new Timer(OnPollDue, null, 5_000, 2_000);
        // ok LCA2001: a helper property returns the check
        _clockTimer = new Timer(_ => { if (CanReachMeters) BroadcastClock(); }, null, 0, 3_600_000);
        // ok LCA2001: the callee asks at its head, and returns
        _tariffTimer = new Timer(_ => SendTariffTable(), null, 0, 86_400_000);
    }

    private bool CanReachMeters => _link.State == LinkState.Established;

    // ok LCA2001: the gateway owns the link, and its own closing flag decides
    private void OnFrameReceived(object? sender, FrameEventArgs e)
    {
        if (_closing)
        {
            _log.LogTrace("frame {Sequence} while closing", e.Sequence);
            return;
        }
        if (e.NeedsAck) _link.Transmit([e.Sequence, 0x06]);
    }

    public void Dispose()
    {
        _closing = true;
        _pollTimer.Dispose();
        _clockTimer.Dispose();
        _tariffTimer.Dispose();
        _link.Dispose();
    }
}
