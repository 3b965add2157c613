// Buffers given back while an operation may still fill them.
using System.Buffers;
using System.Net.Sockets;

namespace Second.Isolation.Buffers;

public sealed class FrameSender(NetworkStream stream, Socket socket)
{
    public Task SendUnawaited(ReadOnlySpan<byte> frame)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        try
        {
            frame.CopyTo(buffer);
            return stream.WriteAsync(buffer, 0, frame.Length); //? LCA4004
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    public async Task SendAwaitedAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        try
        {
            frame.CopyTo(buffer);
            await stream.WriteAsync(buffer.AsMemory(0, frame.Length), ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); // ok LCA4004
        }
    }

    public void SendDropped(ReadOnlySpan<byte> frame)
    {
        var rented = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(rented);
        _ = socket.SendAsync(rented.AsMemory(0, frame.Length), SocketFlags.None); //? LCA1004
        ArrayPool<byte>.Shared.Return(rented); //! LCA4004
    }

    public async Task<int> ReceiveWithinAsync(TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var receiving = socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None).AsTask(); //? LCA1004
            var first = await Task.WhenAny(receiving, Task.Delay(limit)); //? LCA1004
            return first == receiving ? await receiving : -1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    public async Task<int> ReceiveWaitAsync(TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            return await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None).AsTask().WaitAsync(limit); //? LCA1004
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    public async Task<int> ReceiveDroppingBufferAsync(TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        var receiving = socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None).AsTask(); //? LCA1004
        if (await Task.WhenAny(receiving, Task.Delay(limit)) != receiving) return -1; // ok LCA4004: not given back //? LCA1004
        var n = await receiving;
        ArrayPool<byte>.Shared.Return(buffer);
        return n;
    }

    public async Task<int> ReceiveCancellableAsync(TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            return await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, cts.Token); // ok LCA4004: it has ended when it throws
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task CopyBothAsync(Stream other, CancellationToken ct)
    {
        var up = ArrayPool<byte>.Shared.Rent(1024);
        var down = ArrayPool<byte>.Shared.Rent(1024);
        var reading = stream.ReadAsync(up.AsMemory(), ct).AsTask();
        var writing = other.WriteAsync(down.AsMemory(), ct).AsTask();
        await Task.WhenAll(reading, writing);
        ArrayPool<byte>.Shared.Return(up);
        ArrayPool<byte>.Shared.Return(down);
    }

    public async Task CopyRacedAsync(Stream other, CancellationToken ct)
    {
        var up = ArrayPool<byte>.Shared.Rent(1024);
        var reading = stream.ReadAsync(up.AsMemory(), ct).AsTask(); //? LCA1004
        var writing = other.WriteAsync(new byte[8], ct).AsTask(); //? LCA1004
        await Task.WhenAny(reading, writing); //? LCA1004 LCA1006
        ArrayPool<byte>.Shared.Return(up); //! LCA4004
    }
}

/// <summary>Memory owners.</summary>
public sealed class OwnerUser(Stream stream)
{
    public Task WriteAsync(ReadOnlyMemory<byte> data)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(data.Length); //! LCA4004
        data.CopyTo(owner.Memory);
        return stream.WriteAsync(owner.Memory[..data.Length]).AsTask(); //? LCA4004
    }

    public async Task WriteAwaitedAsync(ReadOnlyMemory<byte> data)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(owner.Memory);
        await stream.WriteAsync(owner.Memory[..data.Length]);
    }

    public async Task<int> ReadWithinAsync(TimeSpan limit)
    {
        var owner = MemoryPool<byte>.Shared.Rent(512);
        var reading = stream.ReadAsync(owner.Memory).AsTask(); //? LCA1004
        try
        {
            return await reading.WaitAsync(limit); //? LCA1004
        }
        catch (TimeoutException)
        {
            owner.Dispose(); //! LCA4004
            return 0;
        }
    }
}

/// <summary>A buffer in a field, given back and kept; given back twice.</summary>
public sealed class FieldBuffer(Stream stream) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);

    public async Task<int> FillAsync(CancellationToken ct) => await stream.ReadAsync(_buffer.AsMemory(), ct);

    public void Reset()
    {
        ArrayPool<byte>.Shared.Return(_buffer); //! LCA4004
    }

    public void Grow(int size)
    {
        var old = _buffer;
        _buffer = ArrayPool<byte>.Shared.Rent(size);
        ArrayPool<byte>.Shared.Return(old); // ok LCA4004: another one is in its place
    }

    public void Dispose()
    {
        var last = Interlocked.Exchange(ref _buffer, []);
        if (last.Length > 0) ArrayPool<byte>.Shared.Return(last);
    }
}

public sealed class ReleasingBuffer(Stream stream) : IDisposable
{
    private byte[]? _buffer;

    public async Task<int> FillAsync(CancellationToken ct)
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(4096);
        return await stream.ReadAsync(_buffer.AsMemory(), ct);
    }

    public void Release()
    {
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer); // ok LCA4004: the field is cleared
        _buffer = null;
    }

    public void Dispose() => Release();
}

/// <summary>An own struct whose Dispose gives back.</summary>
public struct RentedBuffer : IDisposable
{
    private byte[]? _array;

    public RentedBuffer(int size) => _array = ArrayPool<byte>.Shared.Rent(size);

    public readonly Memory<byte> Memory => _array;

    public void Dispose()
    {
        var array = _array;
        _array = null;
        if (array is not null) ArrayPool<byte>.Shared.Return(array);
    }
}

public sealed class RentedUser(Socket socket)
{
    public ValueTask<int> PeekAsync(CancellationToken ct)
    {
        using var rented = new RentedBuffer(16); //! LCA4004
        return socket.ReceiveAsync(rented.Memory, SocketFlags.Peek, ct);
    }

    public async ValueTask<int> PeekAwaitedAsync(CancellationToken ct)
    {
        using var rented = new RentedBuffer(16);
        return await socket.ReceiveAsync(rented.Memory, SocketFlags.Peek, ct);
    }
}

/// <summary>APM: the buffer goes back before the callback.</summary>
public sealed class ApmReader(Socket socket)
{
    public void Begin()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(256);
        socket.BeginReceive(buffer, 0, 256, SocketFlags.None, OnReceived, null);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    public void BeginFine()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(256);
        socket.BeginReceive(buffer, 0, 256, SocketFlags.None, result =>
        {
            try
            {
                socket.EndReceive(result);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                Console.Error.WriteLine(e.Message);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }, null);
    }

    private void OnReceived(IAsyncResult result)
    {
        try
        {
            socket.EndReceive(result);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>A shared buffer in a field that the next send overwrites.</summary>
public sealed class ReusingSender(Socket socket)
{
    private readonly byte[] _scratch = new byte[1024];

    public void Broadcast(IEnumerable<byte[]> frames)
    {
        foreach (var frame in frames)
        {
            frame.CopyTo(_scratch, 0); //? LCA4004
            _ = socket.SendAsync(_scratch.AsMemory(0, frame.Length), SocketFlags.None); //? LCA1004 LCA4004
        }
    }
}
