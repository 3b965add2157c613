// Buffers from the pool under sends and receives that may not have ended.
using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Isolation.RentedMemory;

public readonly struct RentedFrame(int size) : IDisposable
{
    public byte[] Array { get; } = ArrayPool<byte>.Shared.Rent(size);

    public Memory<byte> Memory => Array.AsMemory(0, size);

    public void Dispose() => ArrayPool<byte>.Shared.Return(Array);
}

public sealed class CameraUplink(NetworkStream stream, ILogger<CameraUplink> log)
{
    public Task PushAsync(ReadOnlySpan<byte> frame)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        try
        {
            frame.CopyTo(buffer);
            return stream.WriteAsync(buffer, 0, frame.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: awaited inside the try
    public async Task PushAwaitedAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        try
        {
            frame.CopyTo(buffer);
            await stream.WriteAsync(buffer.AsMemory(0, frame.Length), ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<int> PullAsync(TimeSpan limit)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(4096); //? LCA4004
        var read = stream.ReadAsync(owner.Memory).AsTask();
        if (await Task.WhenAny(read, Task.Delay(limit)) != read) //? LCA1004
        {
            owner.Dispose(); //! LCA4004
            return -1;
        }

        return await read;
    }

    // ok LCA4004: the token ends the read, and the read is awaited before the memory goes
    public async Task<int> PullCancelledAsync(TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        using var owner = MemoryPool<byte>.Shared.Rent(4096);
        try
        {
            return await stream.ReadAsync(owner.Memory, cts.Token);
        }
        catch (OperationCanceledException)
        {
            return -1;
        }
    }

    public async Task PushWithinAsync(byte[] frame, TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        try
        {
            frame.CopyTo(buffer, 0);
            await stream.WriteAsync(buffer.AsMemory(0, frame.Length)).AsTask().WaitAsync(limit); //? LCA1004
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: after a timeout the buffer is dropped
    public async Task PushWithinDroppedAsync(byte[] frame, TimeSpan limit)
    {
        byte[]? buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        try
        {
            frame.CopyTo(buffer, 0);
            await stream.WriteAsync(buffer.AsMemory(0, frame.Length)).AsTask().WaitAsync(limit); //? LCA1004
        }
        catch (TimeoutException)
        {
            log.LogWarning("the write goes on, its buffer is left to the collector");
            buffer = null;
            throw;
        }
        finally
        {
            if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public Task PushFramed(byte[] frame)
    {
        using var rented = new RentedFrame(frame.Length + 4); //! LCA4004
        frame.CopyTo(rented.Array, 4);
        return stream.WriteAsync(rented.Array, 0, frame.Length + 4);
    }

    // ok LCA4004: awaited before the struct's end
    public async Task PushFramedAwaited(byte[] frame)
    {
        using var rented = new RentedFrame(frame.Length + 4);
        frame.CopyTo(rented.Array, 4);
        await stream.WriteAsync(rented.Memory);
    }
}

public sealed class PcmWriter(WebSocket socket) : IDisposable
{
    private byte[] _block = ArrayPool<byte>.Shared.Rent(1024);
    private byte[] _spare = ArrayPool<byte>.Shared.Rent(1024);
    private int _used;

    public void Write(ReadOnlySpan<byte> samples)
    {
        samples.CopyTo(_block.AsSpan(_used));
        _used += samples.Length;
    }

    public void Advance()
    {
        ArrayPool<byte>.Shared.Return(_block); //! LCA4004
        _used = 0;
    }

    // ok LCA4004: the field gets another array at once
    public void AdvanceReplaced()
    {
        var old = _spare;
        _spare = ArrayPool<byte>.Shared.Rent(1024);
        ArrayPool<byte>.Shared.Return(old);
    }

    public void FlushAndForget(CancellationToken ct)
    {
        var copy = ArrayPool<byte>.Shared.Rent(_used);
        _block.AsSpan(0, _used).CopyTo(copy);
        var pending = socket.SendAsync(copy.AsMemory(0, _used), WebSocketMessageType.Binary, true, ct).AsTask(); //? LCA1004
        ArrayPool<byte>.Shared.Return(copy); //! LCA4004
        pending.ContinueWith(t => Console.Error.WriteLine(t.Exception?.Message), TaskContinuationOptions.OnlyOnFaulted);
    }

    // ok LCA4004: given back when the send has ended
    public void FlushAndReturnLater(CancellationToken ct)
    {
        var copy = ArrayPool<byte>.Shared.Rent(_used);
        _block.AsSpan(0, _used).CopyTo(copy);
        socket.SendAsync(copy.AsMemory(0, _used), WebSocketMessageType.Binary, true, ct).AsTask().ContinueWith(t =>
        {
            ArrayPool<byte>.Shared.Return(copy);
            if (t.Exception is { } failure) Console.Error.WriteLine(failure.Message);
        }, CancellationToken.None);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_block); //? LCA4004
        ArrayPool<byte>.Shared.Return(_spare); //? LCA4004
    }
}

public sealed class FileHasher
{
    // ok LCA4004: synchronous, and a file
    public int Hash(FileStream file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            var n = file.Read(buffer, 0, 8192);
            return HashCode.Combine(n, buffer[0]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

public sealed class Gatherer(Socket socket)
{
    private readonly byte[] _shared = new byte[2048];

    public async Task<int> TwoAsync(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b, CancellationToken ct)
    {
        a.CopyTo(_shared);
        var first = socket.SendAsync(_shared.AsMemory(0, a.Length), ct).AsTask();
        b.CopyTo(_shared); //? LCA4004
        var second = socket.SendAsync(_shared.AsMemory(0, b.Length), ct).AsTask();
        await Task.WhenAll(first, second);
        return first.Result + second.Result;
    }

    public async Task<int> ReceiveSomeAsync(CancellationToken ct)
    {
        var owner = MemoryPool<byte>.Shared.Rent(512);
        ValueTask<int> receive = socket.ReceiveAsync(owner.Memory, ct);
        if (!receive.IsCompleted)
        {
            owner.Dispose(); //! LCA4004
            return 0;
        }

        var n = await receive;
        owner.Dispose();
        return n;
    }
}
