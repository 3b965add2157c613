// Rented buffers under sends and receives: who still writes into the array when the pool hands it to the next one?
using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Corpus.Isolation.RentedBuffers;

public static class LineWriter
{
    public static Task WriteLineAsync(Stream stream, string line, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(line.Length));
        try
        {
            var length = Encoding.UTF8.GetBytes(line, buffer);
            return stream.WriteAsync(buffer, 0, length, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: the write has ended when the finally runs
    public static async Task WriteLineAwaitedAsync(Stream stream, string line, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(line.Length));
        try
        {
            var length = Encoding.UTF8.GetBytes(line, buffer);
            await stream.WriteAsync(buffer.AsMemory(0, length), ct).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // ok LCA4004: a synchronous write is over when it returns
    public static void WriteLine(Stream stream, string line)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(line.Length));
        try
        {
            stream.Write(buffer, 0, Encoding.UTF8.GetBytes(line, buffer));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static ValueTask WriteOwnedAsync(Stream stream, int value, CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(4); //! LCA4004
        BinaryPrimitives.WriteInt32BigEndian(owner.Memory.Span, value);
        return stream.WriteAsync(owner.Memory[..4], ct);
    }

    // ok LCA4004: async, so the using ends after the write
    public static async ValueTask WriteOwnedAwaitedAsync(Stream stream, int value, CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(4);
        BinaryPrimitives.WriteInt32BigEndian(owner.Memory.Span, value);
        await stream.WriteAsync(owner.Memory[..4], ct);
    }

    // ok LCA4004: returned at once when the write is complete, else after it was awaited
    public static ValueTask WriteFastAsync(Stream stream, ReadOnlySpan<byte> payload, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(buffer);
        var write = stream.WriteAsync(buffer.AsMemory(0, payload.Length), ct);
        if (write.IsCompletedSuccessfully)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return default;
        }
        return FinishAsync(write, buffer);

        static async ValueTask FinishAsync(ValueTask write, byte[] buffer)
        {
            try
            {
                await write;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}

public static class DatagramSender
{
    public static void Post(Socket socket, ReadOnlySpan<byte> payload)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(buffer);
        _ = socket.SendAsync(buffer.AsMemory(0, payload.Length), SocketFlags.None); //? LCA1004
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    // ok LCA4004: the continuation returns it, whatever became of the send
    public static void PostAndReturnLater(Socket socket, ReadOnlySpan<byte> payload)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(buffer);
        socket.SendAsync(buffer.AsMemory(0, payload.Length), SocketFlags.None).AsTask().ContinueWith(t =>
        {
            if (t.Exception is { } failure) Console.Error.WriteLine(failure.GetBaseException().Message);
            ArrayPool<byte>.Shared.Return(buffer);
        }, TaskScheduler.Default);
    }

    // ok LCA4004: what is sent is a copy
    public static Task PostCopyAsync(Socket socket, int value, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16);
        try
        {
            BinaryPrimitives.WriteInt32BigEndian(buffer, value);
            var copy = buffer.AsSpan(0, 4).ToArray();
            return socket.SendAsync(copy, SocketFlags.None, ct).AsTask();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static void PostOldStyle(Socket socket, int value, AsyncCallback sent)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16);
        BinaryPrimitives.WriteInt32BigEndian(buffer, value);
        socket.BeginSend(buffer, 0, 4, SocketFlags.None, sent, socket);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    // ok LCA4004: the completion callback returns it
    public static void PostOldStyleAndReturnLater(Socket socket, int value)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16);
        BinaryPrimitives.WriteInt32BigEndian(buffer, value);
        socket.BeginSend(buffer, 0, 4, SocketFlags.None, ar =>
        {
            try
            {
                socket.EndSend(ar);
            }
            catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
            {
                Console.Error.WriteLine(ex.Message);
            }
            ArrayPool<byte>.Shared.Return(buffer);
        }, null);
    }

    public static async Task SendEarlyReturnAsync(Socket socket, byte[] payload, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length + 4);
        BinaryPrimitives.WriteInt32BigEndian(buffer, payload.Length);
        payload.CopyTo(buffer, 4);
        var sending = SendAllAsync(socket, buffer.AsMemory(0, payload.Length + 4), ct);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        await sending;
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, ct)..];
    }

    // ok LCA4004: the return comes after the await
    public static async Task SendThenReturnAsync(Socket socket, byte[] payload, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length + 4);
        BinaryPrimitives.WriteInt32BigEndian(buffer, payload.Length);
        payload.CopyTo(buffer, 4);
        var sending = SendAllAsync(socket, buffer.AsMemory(0, payload.Length + 4), ct);
        await sending;
        ArrayPool<byte>.Shared.Return(buffer);
    }

    public static async Task SendMaybeFlushedAsync(Socket socket, byte[] payload, bool wait, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(buffer, 0);
        var sending = socket.SendAsync(buffer.AsMemory(0, payload.Length), SocketFlags.None, ct).AsTask(); //? LCA1004
        if (wait) await sending;
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    // ok LCA4004: both sends are awaited together before the return
    public static async Task SendToBothAsync(Socket left, Socket right, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        try
        {
            payload.CopyTo(buffer);
            await Task.WhenAll(
                left.SendAsync(buffer.AsMemory(0, payload.Length), ct).AsTask(),
                right.SendAsync(buffer.AsMemory(0, payload.Length), ct).AsTask());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static async Task SendToFastestAsync(Socket left, Socket right, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        try
        {
            payload.CopyTo(buffer);
            await Task.WhenAny( //? LCA1004
                left.SendAsync(buffer.AsMemory(0, payload.Length), ct).AsTask(),
                right.SendAsync(buffer.AsMemory(0, payload.Length), ct).AsTask());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    public static void PostOnPool(Socket socket, byte[] payload)
    {
        var owner = MemoryPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(owner.Memory);
        var sending = socket.SendAsync(owner.Memory[..payload.Length], SocketFlags.None); //? LCA1004
        if (!sending.IsCompleted) Console.Error.WriteLine("slow receiver");
        owner.Dispose(); //! LCA4004
    }
}

public static class TimedReader
{
    public static async Task<int> ReadHeaderAsync(Stream stream, TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(8);
        try
        {
            await stream.ReadExactlyAsync(buffer, 0, 8).AsTask().WaitAsync(limit); //? LCA1004
            return BinaryPrimitives.ReadInt32BigEndian(buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: the token ends the read, and the read is awaited to its end
    public static async Task<int> ReadHeaderCancelledAsync(Stream stream, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        var buffer = ArrayPool<byte>.Shared.Rent(8);
        try
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 8), cts.Token);
            return BinaryPrimitives.ReadInt32BigEndian(buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static async Task<byte[]?> ReadOrNullAsync(Stream stream, TimeSpan limit, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1024);
        try
        {
            var read = stream.ReadAsync(buffer, 0, 1024, ct);
            var first = await Task.WhenAny(read, Task.Delay(limit, ct)); //? LCA1004
            return first == read ? buffer[..await read] : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: a late read keeps its buffer
    public static async Task<byte[]?> ReadOrDropAsync(Stream stream, TimeSpan limit, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1024);
        var read = stream.ReadAsync(buffer, 0, 1024, ct);
        if (await Task.WhenAny(read, Task.Delay(limit, ct)) != read)
        {
            stream.Close();
            return null;
        }
        var result = buffer[..await read];
        ArrayPool<byte>.Shared.Return(buffer);
        return result;
    }

    // ok LCA4004: cancelled and waited for, then returned
    public static async Task<int> ReadOrCancelAsync(Socket socket, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource();
        var buffer = ArrayPool<byte>.Shared.Rent(2048);
        try
        {
            var receive = socket.ReceiveAsync(buffer, SocketFlags.None, cts.Token).AsTask();
            if (await Task.WhenAny(receive, Task.Delay(limit)) != receive) await cts.CancelAsync();
            return await receive;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static int Read(Socket socket, Span<byte> target, int milliseconds)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(target.Length);
        try
        {
            var receive = socket.ReceiveAsync(buffer.AsMemory(0, target.Length), SocketFlags.None).AsTask();
            if (!receive.Wait(milliseconds)) return 0; //? LCA1004
            buffer.AsSpan(0, receive.Result).CopyTo(target);
            return receive.Result;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: on a timeout the buffer is left to the collector
    public static async Task<int> ReadIntAsync(Stream stream, TimeSpan limit)
    {
        byte[]? buffer = ArrayPool<byte>.Shared.Rent(4);
        try
        {
            await stream.ReadExactlyAsync(buffer, 0, 4).AsTask().WaitAsync(limit);
            return BinaryPrimitives.ReadInt32BigEndian(buffer);
        }
        catch (TimeoutException)
        {
            buffer = null;
            stream.Dispose();
            throw;
        }
        finally
        {
            if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static async Task<string> ReadTextAsync(Socket socket, TimeSpan limit)
    {
        using (var owner = MemoryPool<byte>.Shared.Rent(256)) //! LCA4004
        {
            var length = await socket.ReceiveAsync(owner.Memory, SocketFlags.None).AsTask().WaitAsync(limit); //? LCA1004
            return Encoding.UTF8.GetString(owner.Memory.Span[..length]);
        }
    }
}

/// <summary>A rented array in a struct: disposing it returns the array.</summary>
public readonly struct PooledArray(int length) : IDisposable
{
    public byte[] Bytes { get; } = ArrayPool<byte>.Shared.Rent(length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(Bytes);
}

public static class StructUsers
{
    public static Task SendAsync(Stream stream, long value, CancellationToken ct)
    {
        using var array = new PooledArray(8); //! LCA4004
        BinaryPrimitives.WriteInt64BigEndian(array.Bytes, value);
        return stream.WriteAsync(array.Bytes, 0, 8, ct);
    }

    // ok LCA4004: awaited inside the using
    public static async Task SendAwaitedAsync(Stream stream, long value, CancellationToken ct)
    {
        using var array = new PooledArray(8);
        BinaryPrimitives.WriteInt64BigEndian(array.Bytes, value);
        await stream.WriteAsync(array.Bytes.AsMemory(0, 8), ct);
    }

    public static async Task<long> ReceiveAsync(Stream stream, TimeSpan limit)
    {
        using var array = new PooledArray(8); //! LCA4004
        await stream.ReadExactlyAsync(array.Bytes, 0, 8).AsTask().WaitAsync(limit); //? LCA1004
        return BinaryPrimitives.ReadInt64BigEndian(array.Bytes);
    }
}

/// <summary>Accumulates frames in a rented buffer and returns it between two messages, again and again.</summary>
public sealed class FrameAccumulator
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    public byte[] Complete()
    {
        var message = _buffer[.._length];
        ArrayPool<byte>.Shared.Return(_buffer); //! LCA4004
        _length = 0;
        return message;
    }
}

public sealed class SafeFrameAccumulator : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;

    // ok LCA4004: the old array goes back, the field holds a new one
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _buffer.Length)
        {
            var old = _buffer;
            _buffer = ArrayPool<byte>.Shared.Rent((_length + bytes.Length) * 2);
            old.AsSpan(0, _length).CopyTo(_buffer);
            ArrayPool<byte>.Shared.Return(old);
        }
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    // ok LCA4004: returned, then replaced
    public byte[] Complete()
    {
        var message = _buffer[.._length];
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(4096);
        _length = 0;
        return message;
    }

    // ok LCA4004: taken out of the field before it goes back
    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }
}

public sealed class PcmWriter(Stream output)
{
    private byte[]? _packet;

    public async Task WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken ct)
    {
        _packet ??= ArrayPool<byte>.Shared.Rent(3840);
        pcm.CopyTo(_packet);
        await output.WriteAsync(_packet.AsMemory(0, pcm.Length), ct);
    }

    /// <summary>Called at the end of every talk spurt.</summary>
    public void EndSpurt()
    {
        if (_packet is null) return;
        ArrayPool<byte>.Shared.Return(_packet); //! LCA4004
    }
}

public sealed class SafePcmWriter(Stream output)
{
    private byte[]? _packet;

    public async Task WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken ct)
    {
        _packet ??= ArrayPool<byte>.Shared.Rent(3840);
        pcm.CopyTo(_packet);
        await output.WriteAsync(_packet.AsMemory(0, pcm.Length), ct);
    }

    // ok LCA4004: the field forgets it
    public void EndSpurt()
    {
        if (_packet is null) return;
        ArrayPool<byte>.Shared.Return(_packet);
        _packet = null;
    }
}
