using System.Buffers;
using System.Net.Sockets;

namespace Clauses.Buffers;

public sealed class BlockSender(NetworkStream stream, Socket socket)
{
    public Task SendAsync(ReadOnlySpan<byte> block)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(block.Length);
        try
        {
            block.CopyTo(buffer);
            return stream.WriteAsync(buffer, 0, block.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    public async Task SendAwaitedAsync(ReadOnlyMemory<byte> block, CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(block.Length);
        try
        {
            block.CopyTo(buffer);
            await stream.WriteAsync(buffer.AsMemory(0, block.Length), stop);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<int> ReceiveTimedAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None).WaitAsync(TimeSpan.FromSeconds(1)); //! LCA1004
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    public async Task<int> ReceiveRacedAsync(CancellationToken stop)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(4096); //! LCA4004
        var reading = socket.ReceiveAsync(owner.Memory, SocketFlags.None, stop).AsTask();
        await Task.WhenAny(reading, Task.Delay(500, stop)); //! LCA1004
        return reading.IsCompletedSuccessfully ? reading.Result : 0;
    }

    public async Task<int> ReceiveDroppingAsync(CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(1000);
        var count = await socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token);
        ArrayPool<byte>.Shared.Return(buffer);
        return count;
    }
}

public sealed class SampleWriter : IDisposable
{
    private byte[] _block = ArrayPool<byte>.Shared.Rent(1024);
    private int _used;

    public void Add(byte sample)
    {
        if (_used == _block.Length) Flush();
        _block[_used++] = sample;
    }

    public void Flush()
    {
        Console.WriteLine(_used);
        ArrayPool<byte>.Shared.Return(_block); //! LCA4004
        _used = 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_block);
}

public sealed class CarefulSampleWriter
{
    private byte[] _block = ArrayPool<byte>.Shared.Rent(1024);
    private int _used;

    public void Add(byte sample)
    {
        if (_used == _block.Length) Flush();
        _block[_used++] = sample;
    }

    public void Flush()
    {
        var full = _block;
        _block = ArrayPool<byte>.Shared.Rent(1024);
        _used = 0;
        ArrayPool<byte>.Shared.Return(full);
    }
}

public readonly struct Rented(int size) : IDisposable
{
    public byte[] Bytes { get; } = ArrayPool<byte>.Shared.Rent(size);

    public void Dispose() => ArrayPool<byte>.Shared.Return(Bytes);
}

public sealed class RentedSender(NetworkStream stream)
{
    public Task SendAsync(int count)
    {
        using var rented = new Rented(count); //! LCA4004
        return stream.WriteAsync(rented.Bytes, 0, count);
    }

    public async Task SendAwaitedAsync(int count)
    {
        using var rented = new Rented(count);
        await stream.WriteAsync(rented.Bytes, 0, count);
    }
}
