// Ships log records in batches; every buffer is rented, and not every one is given back at the right moment.
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace Works.Isolation.LogShipper;

public sealed record LogRecord(DateTimeOffset At, string Source, string Text);

public sealed class BatchSender(NetworkStream collector, ILogger<BatchSender> log)
{
    private readonly ArrayPool<byte> _pool = ArrayPool<byte>.Shared;

    /// <summary>No await: the array is back in the pool before the stream has looked at it.</summary>
    public Task ShipAsync(LogRecord record, CancellationToken ct)
    {
        var buffer = _pool.Rent(Encoding.UTF8.GetMaxByteCount(record.Text.Length) + 4);
        try
        {
            var n = Encode(record, buffer);
            return collector.WriteAsync(buffer, 0, n, ct);
        }
        finally
        {
            _pool.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: awaited inside the try
    public async Task ShipAwaitedAsync(LogRecord record, CancellationToken ct)
    {
        var buffer = _pool.Rent(Encoding.UTF8.GetMaxByteCount(record.Text.Length) + 4);
        try
        {
            var n = Encode(record, buffer);
            await collector.WriteAsync(buffer.AsMemory(0, n), ct);
        }
        finally
        {
            _pool.Return(buffer);
        }
    }

    // ok LCA4004: synchronous, done when it returns
    public void Ship(LogRecord record)
    {
        var buffer = _pool.Rent(Encoding.UTF8.GetMaxByteCount(record.Text.Length) + 4);
        try
        {
            var n = Encode(record, buffer);
            collector.Write(buffer, 0, n);
        }
        finally
        {
            _pool.Return(buffer);
        }
    }

    public async Task<bool> ShipWithinAsync(IReadOnlyList<LogRecord> batch, TimeSpan limit)
    {
        var buffer = _pool.Rent(64 * 1024);
        try
        {
            var n = 0;
            foreach (var record in batch) n += Encode(record, buffer.AsSpan(n));
            await collector.WriteAsync(buffer, 0, n).WaitAsync(limit); //? LCA1004
            return true;
        }
        catch (TimeoutException)
        {
            log.LogWarning("{Count} records not confirmed within {Limit}", batch.Count, limit);
            return false;
        }
        finally
        {
            _pool.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: the token ends the write itself, and the await sees its end
    public async Task<bool> ShipCancellableAsync(IReadOnlyList<LogRecord> batch, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        var buffer = _pool.Rent(64 * 1024);
        try
        {
            var n = 0;
            foreach (var record in batch) n += Encode(record, buffer.AsSpan(n));
            await collector.WriteAsync(buffer.AsMemory(0, n), cts.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("{Count} records not confirmed within {Limit}", batch.Count, limit);
            collector.Close();
            return false;
        }
        finally
        {
            _pool.Return(buffer);
        }
    }

    // ok LCA4004: on a timeout the buffer is dropped, the collector of garbage takes it when the write lets go
    public async Task<bool> ShipOrDropAsync(IReadOnlyList<LogRecord> batch, TimeSpan limit)
    {
        var buffer = _pool.Rent(64 * 1024);
        var n = 0;
        foreach (var record in batch) n += Encode(record, buffer.AsSpan(n));
        try
        {
            await collector.WriteAsync(buffer, 0, n).WaitAsync(limit); //? LCA1004
        }
        catch (TimeoutException)
        {
            collector.Close();
            return false;
        }

        _pool.Return(buffer);
        return true;
    }

    private static int Encode(LogRecord record, Span<byte> target)
    {
        var n = Encoding.UTF8.GetBytes(record.Text, target[4..]);
        BinaryPrimitives.WriteInt32BigEndian(target, n);
        return n + 4;
    }
}

/// <summary>Syslog over TCP to several collectors at once.</summary>
public sealed class SyslogFanout(IReadOnlyList<Socket> collectors, ILogger<SyslogFanout> log)
{
    public async Task BroadcastAsync(string line)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(line.Length));
        var n = Encoding.UTF8.GetBytes(line, buffer);
        var sends = new List<Task>();
        foreach (var collector in collectors) sends.Add(collector.SendAsync(buffer.AsMemory(0, n), SocketFlags.None).AsTask());
        var all = Task.WhenAll(sends);
        if (await Task.WhenAny(all, Task.Delay(2000)) != all) //? LCA1004
        {
            log.LogWarning("not every collector has taken the line");
        }

        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    // ok LCA4004: all of them have ended
    public async Task BroadcastToAllAsync(string line)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(line.Length));
        try
        {
            var n = Encoding.UTF8.GetBytes(line, buffer);
            var sends = new List<Task>();
            foreach (var collector in collectors) sends.Add(collector.SendAsync(buffer.AsMemory(0, n), SocketFlags.None).AsTask());
            await Task.WhenAll(sends);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Urgent(Socket collector, string line)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(2048);
        var n = Encoding.UTF8.GetBytes(line, buffer);
        _ = collector.SendAsync(buffer.AsMemory(0, n), SocketFlags.None); //? LCA1004
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    // ok LCA4004: nothing rented, nothing given back; ok LCA1004: the fault is looked at
    public void UrgentOwned(Socket collector, string line) => collector
        .SendAsync(Encoding.UTF8.GetBytes(line).AsMemory(), SocketFlags.None)
        .AsTask()
        .ContinueWith(t => log.LogWarning(t.Exception, "urgent line lost"), TaskContinuationOptions.OnlyOnFaulted);
}

/// <summary>UDP and the APM, from the agent's first version.</summary>
public sealed class LegacyAgent
{
    private readonly Socket _socket;
    private readonly EndPoint _collector;

    public LegacyAgent(Socket socket, EndPoint collector)
    {
        _socket = socket;
        _collector = collector;
    }

    public void Send(string line)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1432);
        int n = Encoding.ASCII.GetBytes(line, 0, Math.Min(line.Length, 1400), buffer, 0);
        _socket.BeginSendTo(buffer, 0, n, SocketFlags.None, _collector, OnSent, null);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    // ok LCA4004: the completion gives it back
    public void SendAndKeep(string line)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1432);
        int n = Encoding.ASCII.GetBytes(line, 0, Math.Min(line.Length, 1400), buffer, 0);
        _socket.BeginSendTo(buffer, 0, n, SocketFlags.None, _collector, OnSentGiveBack, buffer);
    }

    // ok LCA4004: a blocking send
    public void SendNow(string line)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1432);
        int n = Encoding.ASCII.GetBytes(line, 0, Math.Min(line.Length, 1400), buffer, 0);
        _socket.SendTo(buffer, 0, n, SocketFlags.None, _collector);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void OnSent(IAsyncResult ar)
    {
        try
        {
            _socket.EndSendTo(ar);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    private void OnSentGiveBack(IAsyncResult ar)
    {
        try
        {
            _socket.EndSendTo(ar);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return((byte[])ar.AsyncState!);
        }
    }
}

/// <summary>The buffer goes to another reader as a copy; it is I/O's no longer when it is given back.</summary>
public sealed class Spool(ChannelWriter<byte[]> queue, Stream file)
{
    // ok LCA4004
    public async Task AppendAsync(Stream source, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            int n;
            while ((n = await source.ReadAsync(buffer, ct)) > 0)
            {
                await file.WriteAsync(buffer.AsMemory(0, n), ct);
                queue.TryWrite(buffer.AsSpan(0, n).ToArray());
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // ok LCA4004: the pack is in a stream of its own
    public static async Task<long> PackAsync(byte[] batch, Stream target, CancellationToken ct)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(batch.Length);
        batch.CopyTo(scratch, 0);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(scratch, 0, batch.Length);
        ArrayPool<byte>.Shared.Return(scratch);
        packed.Position = 0;
        await packed.CopyToAsync(target, ct);
        return packed.Length;
    }
}
