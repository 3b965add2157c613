using System.Buffers;
using System.IO.Pipelines;
using System.Net.Quic;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Video.Relay;

/// <summary>Relays frames; each method treats its rented buffer in another way.</summary>
public sealed class FrameRelay(Stream upstream, WebSocket viewer)
{
    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Shared;

    /// <summary>Hands the write out and the buffer back at once.</summary>
    public Task ForwardAsync(ReadOnlySpan<byte> frame, CancellationToken token)
    {
        var copy = Pool.Rent(frame.Length);
        try
        {
            frame.CopyTo(copy);
            return upstream.WriteAsync(copy, 0, frame.Length, token);
        }
        finally
        {
            Pool.Return(copy); //! LCA4004
        }
    }

    /// <summary>Awaited before the buffer goes back.</summary>
    public async Task ForwardAwaitedAsync(ReadOnlyMemory<byte> frame, CancellationToken token)
    {
        var copy = Pool.Rent(frame.Length);
        try
        {
            frame.CopyTo(copy);
            await upstream.WriteAsync(copy.AsMemory(0, frame.Length), token);
        }
        finally
        {
            Pool.Return(copy); // ok LCA4004: awaited
        }
    }

    /// <summary>Stops waiting; the receive does not stop.</summary>
    public async Task<int> ReadWithinAsync(TimeSpan limit, Action<ReadOnlyMemory<byte>> show)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(4096); //! LCA4004
        var read = upstream.ReadAsync(owner.Memory).AsTask();
        if (await Task.WhenAny(read, Task.Delay(limit)) != read) return 0; //? LCA1004
        var count = await read;
        show(owner.Memory[..count]);
        return count;
    }

    /// <summary>On the other outcome the buffer is dropped for the collector.</summary>
    public async Task<int> ReadWithinOrDropAsync(TimeSpan limit, Action<ReadOnlyMemory<byte>> show)
    {
        var buffer = Pool.Rent(4096);
        var read = upstream.ReadAsync(buffer, 0, buffer.Length);
        if (await Task.WhenAny(read, Task.Delay(limit)) != read) //? LCA1004
        {
            await upstream.DisposeAsync();
            return 0;
        }

        var count = await read;
        show(buffer.AsMemory(0, count));
        Pool.Return(buffer); // ok LCA4004: only what has ended
        return count;
    }

    public async Task<bool> PushAsync(ReadOnlyMemory<byte> frame)
    {
        var copy = Pool.Rent(frame.Length);
        frame.CopyTo(copy);
        try
        {
            await viewer.SendAsync(new ArraySegment<byte>(copy, 0, frame.Length), WebSocketMessageType.Binary, true, CancellationToken.None)
                .WaitAsync(TimeSpan.FromSeconds(5)); //? LCA1004
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            Pool.Return(copy); //! LCA4004
        }
    }

    /// <summary>The limit cancels the send itself, and its end is awaited.</summary>
    public async Task<bool> PushCancelledAsync(ReadOnlyMemory<byte> frame)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var copy = Pool.Rent(frame.Length);
        frame.CopyTo(copy);
        try
        {
            await viewer.SendAsync(copy.AsMemory(0, frame.Length), WebSocketMessageType.Binary, true, limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Pool.Return(copy); // ok LCA4004: awaited to its end
        }
    }
}

/// <summary>A rented buffer that a using gives back.</summary>
public readonly struct Rental(int size) : IDisposable
{
    public byte[] Array { get; } = ArrayPool<byte>.Shared.Rent(size);

    public void Dispose() => ArrayPool<byte>.Shared.Return(Array);
}

/// <summary>Writes a chunk of pictures into a QUIC stream.</summary>
public sealed class ChunkWriter(QuicStream stream)
{
    public ValueTask WriteAsync(ReadOnlySpan<byte> chunk, CancellationToken token)
    {
        using var rental = new Rental(chunk.Length); //! LCA4004
        chunk.CopyTo(rental.Array);
        return stream.WriteAsync(rental.Array.AsMemory(0, chunk.Length), token);
    }

    public async ValueTask WriteAwaitedAsync(ReadOnlyMemory<byte> chunk, CancellationToken token)
    {
        using var rental = new Rental(chunk.Length); // ok LCA4004: awaited inside
        chunk.CopyTo(rental.Array);
        await stream.WriteAsync(rental.Array.AsMemory(0, chunk.Length), token);
    }
}

/// <summary>A writer whose buffer is a field that stays after it was returned.</summary>
public sealed class GrowingWriter : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(256);
    private int _used;

    public void Append(ReadOnlySpan<byte> data)
    {
        if (_used + data.Length > _buffer.Length) Grow(_used + data.Length);
        data.CopyTo(_buffer.AsSpan(_used));
        _used += data.Length;
    }

    private void Grow(int wanted)
    {
        var larger = ArrayPool<byte>.Shared.Rent(wanted * 2);
        _buffer.AsSpan(0, _used).CopyTo(larger);
        var old = _buffer;
        _buffer = larger;
        ArrayPool<byte>.Shared.Return(old); // ok LCA4004: the field holds another
    }

    public void Reset()
    {
        ArrayPool<byte>.Shared.Return(_buffer); //! LCA4004
        _used = 0;
    }

    public void Dispose()
    {
        var old = Interlocked.Exchange(ref _buffer!, []);
        if (old.Length > 0) ArrayPool<byte>.Shared.Return(old); // ok LCA4004: exchanged
    }
}

/// <summary>Sends to many viewers from one buffer.</summary>
public sealed class Broadcaster(IReadOnlyList<Socket> viewers)
{
    public async Task BroadcastAsync(ReadOnlyMemory<byte> frame, CancellationToken token)
    {
        var shared = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(shared);
        var sends = viewers.Select(v => v.SendAsync(shared.AsMemory(0, frame.Length), token).AsTask()).ToArray();
        await Task.WhenAny(Task.WhenAll(sends), Task.Delay(1000, token)); //? LCA1004
        ArrayPool<byte>.Shared.Return(shared); //! LCA4004
    }

    public async Task BroadcastAllAsync(ReadOnlyMemory<byte> frame, CancellationToken token)
    {
        var shared = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(shared);
        var sends = viewers.Select(v => v.SendAsync(shared.AsMemory(0, frame.Length), token).AsTask()).ToArray();
        try
        {
            await Task.WhenAll(sends);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(shared); // ok LCA4004: WhenAll waits for every one
        }
    }
}
