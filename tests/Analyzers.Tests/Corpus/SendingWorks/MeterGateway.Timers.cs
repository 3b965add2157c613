// The timers' half of the gateways.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace SendingWorks.Metering;

public sealed partial class MeterGateway
{
    private readonly Dictionary<uint, ushort> _shortAddresses = new();

    private void OnPollDue(object? state)
    {
        uint meter;
        lock (_sync)
        {
            if (_meters.Count == 0) return;
            meter = _meters.Dequeue();
            _meters.Enqueue(meter);
        }
        try
        {
            _link.Transmit(PollFrame(meter)); //! LCA2001
        }
        catch (KeyNotFoundException)
        {
            _log.LogWarning("meter {Meter} has no short address yet", meter);
        }
    }

    private void Acknowledge(byte sequence)
    {
        Span<byte> ack = stackalloc byte[2];
        ack[0] = sequence;
        ack[1] = 0x06;
        _link.Transmit(ack);
    }

    private void BroadcastClock(DateTimeOffset now)
    {
        var frame = new byte[11];
        frame[0] = 0xFF;
        frame[1] = 0x20;
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(2), now.ToUnixTimeSeconds());
        frame[10] = Checksum(frame.AsSpan(0, 10));
        _link.Transmit(frame);
    }

    private byte[] PollFrame(uint meter)
    {
        var frame = new byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(1), _shortAddresses[meter]);
        frame[3] = Checksum(frame.AsSpan(0, 3));
        return frame;
    }

    private static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (var b in bytes) sum += b;
        return sum;
    }
}

public sealed partial class ReviewedMeterGateway
{
    private byte[] _tariffs = [];

    public void UseTariffs(byte[] tariffs) => Interlocked.Exchange(ref _tariffs, tariffs);

    // ok LCA2001: whatever the link throws is caught and told
    private void OnPollDue(object? state)
    {
        try
        {
            _link.Transmit([0x01, 0x5B]);
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "poll over {Link} failed", _link.Name);
        }
    }

    private void BroadcastClock() =>
        _link.Transmit(BitConverter.GetBytes(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));

    private void SendTariffTable()
    {
        var table = _tariffs;
        if (table.Length == 0 || _link is not { State: LinkState.Established }) return;
        for (var offset = 0; offset < table.Length; offset += 64)
            _link.Transmit(table.AsSpan(offset, Math.Min(64, table.Length - offset)));
    }
}
