// Buffers and the operations that use them.
using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Outfits.RentedBuffers;

// 1 bug
public static class EagerReturn
{
    public static Task SendAsync(Stream stream, ReadOnlySpan<byte> data)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        try
        {
            data.CopyTo(buffer);
            return stream.WriteAsync(buffer, 0, data.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }
}

// 2 correct
public static class AwaitedReturn
{
    public static async Task SendAsync(Stream stream, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        try
        {
            data.CopyTo(buffer);
            await stream.WriteAsync(buffer.AsMemory(0, data.Length), ct).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

// 3 bug: WaitAsync walks away
public sealed class ImpatientReader(Socket socket)
{
    public async Task<int> ReadAsync(TimeSpan patience)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(4096); //! LCA4004
        return await socket.ReceiveAsync(owner.Memory).AsTask().WaitAsync(patience); //! LCA1004
    }
}

// 4 correct: the token stops the operation itself
public sealed class PatientReader(Socket socket)
{
    public async Task<int> ReadAsync(TimeSpan patience)
    {
        using var cts = new CancellationTokenSource(patience);
        using var owner = MemoryPool<byte>.Shared.Rent(4096);
        return await socket.ReceiveAsync(owner.Memory, cts.Token);
    }
}

// 5 correct: on timeout the buffer is dropped
public sealed class DroppingReader(Socket socket)
{
    public async Task<int> ReadAsync(TimeSpan patience)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        var receive = socket.ReceiveAsync(buffer.AsMemory()).AsTask();
        if (await Task.WhenAny(receive, Task.Delay(patience)) != receive)
        {
            socket.Dispose();
            _ = receive.ContinueWith(static (t, b) => { _ = t.Exception; ArrayPool<byte>.Shared.Return((byte[])b!); }, buffer, TaskScheduler.Default);
            throw new TimeoutException();
        }

        var n = await receive;
        ArrayPool<byte>.Shared.Return(buffer);
        return n;
    }
}

// 6 bug: field returned and kept
public sealed class FrameReader(Stream stream)
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1024);

    public async Task<byte> FirstAsync(CancellationToken ct)
    {
        await stream.ReadExactlyAsync(_buffer.AsMemory(0, 1), ct);
        return _buffer[0];
    }

    public void Reset() => ArrayPool<byte>.Shared.Return(_buffer); //! LCA4004
}

// 7 correct: field replaced
public sealed class ReplacingReader(Stream stream) : IDisposable
{
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(1024);

    public async Task<byte> FirstAsync(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        await stream.ReadExactlyAsync(_buffer.AsMemory(0, 1), ct);
        return _buffer[0];
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer) ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }
}

// 8 bug: own struct at its using
public readonly struct Rented(int size) : IDisposable
{
    public byte[] Array { get; } = ArrayPool<byte>.Shared.Rent(size);
    public void Dispose() => ArrayPool<byte>.Shared.Return(Array);
}

public static class RentedUser
{
    public static Task SendAsync(WebSocket socket, CancellationToken ct)
    {
        using var rented = new Rented(128); //! LCA4004
        return socket.SendAsync(rented.Array.AsMemory(0, 10), WebSocketMessageType.Binary, true, ct).AsTask();
    }

    public static async Task SendAwaitedAsync(WebSocket socket, CancellationToken ct)
    {
        using var rented = new Rented(128);
        await socket.SendAsync(rented.Array.AsMemory(0, 10), WebSocketMessageType.Binary, true, ct);
    }
}

// 9 correct: WhenAll
public static class Broadcast
{
    public static async Task ToAllAsync(IReadOnlyCollection<Stream> streams, ReadOnlyMemory<byte> data)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        try
        {
            data.CopyTo(buffer);
            await Task.WhenAll(streams.Select(s => s.WriteAsync(buffer.AsMemory(0, data.Length)).AsTask()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

// 10 bug: not awaited at all
public static class Forgotten
{
    public static void Send(Stream stream, int n)
    {
        var owner = MemoryPool<byte>.Shared.Rent(n);
        owner.Memory.Span.Fill(1);
        _ = stream.WriteAsync(owner.Memory[..n]); //? LCA1004
        owner.Dispose(); //! LCA4004
    }
}

// 11 correct: fast path of a ValueTask
public static class FastPath
{
    public static ValueTask SendAsync(Stream stream, ReadOnlyMemory<byte> data)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(buffer);
        var write = stream.WriteAsync(buffer.AsMemory(0, data.Length));
        if (!write.IsCompletedSuccessfully) return Slow(write, buffer);
        write.GetAwaiter().GetResult();
        ArrayPool<byte>.Shared.Return(buffer);
        return default;

        static async ValueTask Slow(ValueTask write, byte[] buffer)
        {
            try
            {
                await write.ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
