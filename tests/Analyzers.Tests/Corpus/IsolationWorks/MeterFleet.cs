// Head-end of a meter reading system: concentrators answer one telegram at a time over TCP. The borrowing half is in MeterFleet.Borrow.cs.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace Works.Isolation.MeterFleet;

public readonly record struct Reading(int Meter, decimal KilowattHours, DateTimeOffset At);

public sealed partial class MeterFleet
{
    private readonly string _concentrator;
    private readonly ILogger<MeterFleet> _log;

    public MeterFleet(string concentrator, ILogger<MeterFleet> log)
    {
        _concentrator = concentrator;
        _log = log;
    }

    public Task<Reading> ReadAsync(int meter, CancellationToken ct) => WithClientAsync(
        async client =>
        {
            var reply = await ExchangeAsync(client, Telegram(0x01, meter), ct);
            return new Reading(meter, BinaryPrimitives.ReadInt32BigEndian(reply) / 100m, DateTimeOffset.UtcNow);
        },
        ct);

    public Task<Reading> ReadCarefullyAsync(int meter, CancellationToken ct) => WithClientOrCloseAsync(
        async client =>
        {
            var reply = await ExchangeAsync(client, Telegram(0x01, meter), ct);
            return new Reading(meter, BinaryPrimitives.ReadInt32BigEndian(reply) / 100m, DateTimeOffset.UtcNow);
        },
        ct);

    public async Task<IReadOnlyList<Reading>> SweepAsync(IEnumerable<int> meters, CancellationToken ct)
    {
        var readings = new List<Reading>();
        var client = await BorrowAsync(ct);
        try
        {
            foreach (var meter in meters)
            {
                var reply = await ExchangeAsync(client, Telegram(0x01, meter), ct);
                readings.Add(new Reading(meter, BinaryPrimitives.ReadInt32BigEndian(reply) / 100m, DateTimeOffset.UtcNow));
            }
        }
        catch (OperationCanceledException)
        {
            _log.LogInformation("sweep stopped after {Count} meters", readings.Count);
        }

        GiveBack(client); //! LCA4001
        return readings;
    }

    // ok LCA4001: the client comes back from the sweep only when the last answer is in
    public async Task<IReadOnlyList<Reading>> SweepWholeAsync(IEnumerable<int> meters, CancellationToken ct)
    {
        var readings = new List<Reading>();
        var client = await BorrowAsync(ct);
        try
        {
            foreach (var meter in meters)
            {
                var reply = await ExchangeAsync(client, Telegram(0x01, meter), ct);
                readings.Add(new Reading(meter, BinaryPrimitives.ReadInt32BigEndian(reply) / 100m, DateTimeOffset.UtcNow));
            }
        }
        catch (OperationCanceledException)
        {
            client.Dispose();
            _log.LogInformation("sweep stopped after {Count} meters", readings.Count);
            return readings;
        }
        catch
        {
            client.Dispose();
            throw;
        }

        GiveBack(client);
        return readings;
    }

    public async Task<DateTimeOffset?> ReadClockAsync(int meter)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var client = await BorrowAsync(limit.Token);
        DateTimeOffset? clock = null;
        try
        {
            var reply = await ExchangeAsync(client, Telegram(0x07, meter), limit.Token);
            clock = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(reply));
        }
        catch (OperationCanceledException)
        {
            _log.LogWarning("meter {Meter} does not tell its clock", meter);
        }
        finally
        {
            GiveBack(client); //! LCA4001
        }

        return clock;
    }

    // ok LCA4001: `using` closes this client; it belongs to no pool
    public async Task<byte[]> ReadFirmwareAsync(int meter, CancellationToken ct)
    {
        using var client = await DialAsync(ct);
        return await ExchangeAsync(client, Telegram(0x20, meter), ct);
    }

    private static byte[] Telegram(byte function, int meter)
    {
        var telegram = new byte[6];
        telegram[0] = 0x68;
        telegram[1] = function;
        BinaryPrimitives.WriteInt32BigEndian(telegram.AsSpan(2), meter);
        return telegram;
    }

    private static async Task<byte[]> ExchangeAsync(TcpClient client, byte[] telegram, CancellationToken ct)
    {
        var stream = client.GetStream();
        await stream.WriteAsync(telegram, ct);
        var head = new byte[2];
        await stream.ReadExactlyAsync(head, ct);
        var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        await stream.ReadExactlyAsync(body, ct);
        return body;
    }
}
