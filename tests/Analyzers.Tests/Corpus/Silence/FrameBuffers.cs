// Framing over pooled buffers: who owns an array, for how long, and what a timeout does to it.
using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Silence.FrameBuffers;

public interface IFrameWriter
{
    ValueTask WriteFrameAsync(ReadOnlyMemory<byte> payload, CancellationToken ct);
}

/// <summary>Owns an array of the pool until it is disposed.</summary>
public sealed class RentedFrame(int length) : IDisposable
{
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(length);

    public Memory<byte> Memory => (_array ?? throw new ObjectDisposedException(nameof(RentedFrame))).AsMemory(0, length);

    // ok LCA4004: taken out of the field before it is returned
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array) ArrayPool<byte>.Shared.Return(array);
    }
}

public sealed class LengthPrefixedWriter(Stream stream) : IFrameWriter
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // ok LCA4004: awaited in the try
    // ok LCA2004: one frame at a time
    public async ValueTask WriteFrameAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        var frame = ArrayPool<byte>.Shared.Rent(payload.Length + 4);
        try
        {
            BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
            payload.CopyTo(frame.AsMemory(4));
            await _gate.WaitAsync(ct);
            try
            {
                await stream.WriteAsync(frame.AsMemory(0, payload.Length + 4), ct);
            }
            finally
            {
                _gate.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}

/// <summary>The shortcut somebody took to save a state machine.</summary>
public sealed class ShortcutWriter(NetworkStream stream) : IFrameWriter
{
    public ValueTask WriteFrameAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        var frame = ArrayPool<byte>.Shared.Rent(payload.Length + 4);
        try
        {
            BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
            payload.CopyTo(frame.AsMemory(4));
            return stream.WriteAsync(frame.AsMemory(0, payload.Length + 4), ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame); //! LCA4004
        }
    }
}

/// <summary>Completes synchronously when it can; only then the array goes back here.</summary>
public sealed class FastPathWriter(Stream stream) : IFrameWriter
{
    // ok LCA4004: returned here when the write has completed, by the awaiting helper otherwise
    public ValueTask WriteFrameAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        var frame = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(frame);
        var write = stream.WriteAsync(frame.AsMemory(0, payload.Length), ct);
        if (!write.IsCompletedSuccessfully) return AwaitAsync(write, frame);
        write.GetAwaiter().GetResult();
        ArrayPool<byte>.Shared.Return(frame);
        return default;
    }

    private static async ValueTask AwaitAsync(ValueTask write, byte[] frame)
    {
        try
        {
            await write;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}

public sealed class DeadlineReader(NetworkStream stream, ILogger<DeadlineReader> log)
{
    // ok LCA4004: the token ends the read, and the read is awaited
    public async Task<int?> ReadLengthAsync(TimeSpan limit, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(limit);
        var head = ArrayPool<byte>.Shared.Rent(4);
        try
        {
            await stream.ReadExactlyAsync(head.AsMemory(0, 4), deadline.Token);
            return BinaryPrimitives.ReadInt32BigEndian(head);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            log.LogInformation(e, "no frame within {Limit}", limit);
            stream.Dispose();
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(head);
        }
    }

    // WaitAsync stops the waiting, not the reading.
    public async Task<int> ReadLengthImpatientlyAsync(TimeSpan limit, CancellationToken ct)
    {
        var head = ArrayPool<byte>.Shared.Rent(4);
        try
        {
            await stream.ReadExactlyAsync(head.AsMemory(0, 4), ct).AsTask().WaitAsync(limit, ct); //? LCA1004
            return BinaryPrimitives.ReadInt32BigEndian(head);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(head); //! LCA4004
        }
    }

    // ok LCA4004: on a timeout the array is left to the collector, and the stream is closed
    // ok LCA1004: closing ends the read, whose failure is looked at
    public async Task<int?> ReadLengthOrDropAsync(TimeSpan limit)
    {
        var head = ArrayPool<byte>.Shared.Rent(4);
        var read = stream.ReadExactlyAsync(head.AsMemory(0, 4)).AsTask();
        if (await Task.WhenAny(read, Task.Delay(limit)) != read)
        {
            _ = read.ContinueWith(t => log.LogDebug(t.Exception, "read ended late"), TaskScheduler.Default);
            stream.Dispose();
            return null;
        }

        await read;
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        ArrayPool<byte>.Shared.Return(head);
        return length;
    }
}

public sealed class MemoryOwnerSender(Socket socket)
{
    // ok LCA4004: the using outlives the awaited sends
    public async Task SendAllAsync(ReadOnlySequence<byte> data, CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(16 * 1024);
        while (!data.IsEmpty)
        {
            var n = (int)Math.Min(owner.Memory.Length, data.Length);
            data.Slice(0, n).CopyTo(owner.Memory.Span);
            var rest = (ReadOnlyMemory<byte>)owner.Memory[..n];
            while (!rest.IsEmpty) rest = rest[await socket.SendAsync(rest, ct)..];
            data = data.Slice(n);
        }
    }

    // The owner ends with the method, the send does not.
    public Task<int> SendOneAsync(ReadOnlySpan<byte> data)
    {
        var owner = MemoryPool<byte>.Shared.Rent(data.Length);
        try
        {
            data.CopyTo(owner.Memory.Span);
            return socket.SendAsync((ReadOnlyMemory<byte>)owner.Memory[..data.Length]).AsTask();
        }
        finally
        {
            owner.Dispose(); //! LCA4004
        }
    }

    // ok LCA4004: an own holder, awaited inside its using
    public async Task SendFrameAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        using var frame = new RentedFrame(payload.Length + 1);
        frame.Memory.Span[0] = (byte)payload.Length;
        payload.CopyTo(frame.Memory[1..]);
        ReadOnlyMemory<byte> rest = frame.Memory;
        while (!rest.IsEmpty) rest = rest[await socket.SendAsync(rest, ct)..];
    }
}

/// <summary>A ring in a field: the array goes back once, when the reader ends.</summary>
public sealed class BufferedReader(NetworkStream stream) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _start, _end;

    public async ValueTask<int> ReadByteAsync(CancellationToken ct)
    {
        if (_start == _end)
        {
            _start = 0;
            _end = await stream.ReadAsync(_buffer.AsMemory(), ct);
            if (_end == 0) return -1;
        }

        return _buffer[_start++];
    }

    // ok LCA4004: replaced by a larger one, the old one leaves the field first
    public void Grow(int length)
    {
        var old = _buffer;
        var larger = ArrayPool<byte>.Shared.Rent(length);
        old.AsSpan(_start, _end - _start).CopyTo(larger);
        (_end, _start) = (_end - _start, 0);
        _buffer = larger;
        ArrayPool<byte>.Shared.Return(old);
    }

    // ok LCA4004: swapped for the empty array
    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }
}

public sealed class SampleBatcher(NetworkStream stream)
{
    private byte[] _batch = ArrayPool<byte>.Shared.Rent(1024);
    private int _used;

    public void Add(byte sample)
    {
        if (_used < _batch.Length) _batch[_used++] = sample;
    }

    public async Task FlushAsync(CancellationToken ct)
    {
        var length = _used;
        _used = 0;
        await stream.WriteAsync(_batch.AsMemory(0, length), ct);
    }

    // A second call, or an Add that comes late, has an array that belongs to somebody else.
    public void Release() => ArrayPool<byte>.Shared.Return(_batch); //! LCA4004
}

public sealed class PipeFramer(PipeReader reader, PipeWriter writer)
{
    private readonly SemaphoreSlim _writes = new(1, 1);

    // ok LCA2004: the gate is around GetMemory, Advance and Flush
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        await _writes.WaitAsync(ct);
        try
        {
            BinaryPrimitives.WriteInt32BigEndian(writer.GetSpan(4), payload.Length);
            writer.Advance(4);
            await writer.WriteAsync(payload, ct);
        }
        finally
        {
            _writes.Release();
        }
    }

    // ok LCA1004: the caller awaits it; the reader is completed with what ended it
    public async Task ReadAsync(Func<ReadOnlySequence<byte>, ValueTask> handle, CancellationToken ct)
    {
        Exception? reason = null;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(ct);
                await handle(result.Buffer);
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }
        }
        catch (Exception e)
        {
            reason = e;
            throw;
        }
        finally
        {
            await reader.CompleteAsync(reason);
        }
    }

    // Two headers at once: the second one interleaves with the first.
    public Task AnnounceAsync(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> version, CancellationToken ct) =>
        Task.WhenAll(
            writer.WriteAsync(name, ct).AsTask(),
            writer.WriteAsync(version, ct).AsTask()); //! LCA2004
}
