// Buffers on loan: when a pool gets them back, and what is still under way then.
using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Fresh.Isolation.LoanedBuffers;

/// <summary>Its Dispose gives the array back.</summary>
public readonly struct Loan(int size) : IDisposable
{
    private readonly byte[] _array = ArrayPool<byte>.Shared.Rent(size);

    public Memory<byte> Memory => _array;

    public void Dispose() => ArrayPool<byte>.Shared.Return(_array);
}

public sealed class FrameSender(Stream stream, Socket socket)
{
    public Task SendUnawaitedAsync(ReadOnlySpan<byte> frame)
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
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<int> ReceiveWithinAsync(TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(2048);
        try
        {
            return await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None).AsTask().WaitAsync(limit); //! LCA1004
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: the token ends the operation itself
    public async Task<int> ReceiveCancelledAsync(TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(2048);
        try
        {
            using var stop = new CancellationTokenSource(limit);
            return await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop.Token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<bool> RaceAsync(CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(512); //! LCA4004
        var receive = socket.ReceiveAsync(owner.Memory, SocketFlags.None, CancellationToken.None).AsTask();
        var first = await Task.WhenAny(receive, Task.Delay(1000, ct));
        return first == receive && await receive > 0;
    }

    // ok LCA4004: it is waited for on both ways
    public async Task<bool> RaceToTheEndAsync(CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(512);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var receive = socket.ReceiveAsync(owner.Memory, SocketFlags.None, stop.Token).AsTask();
        if (await Task.WhenAny(receive, Task.Delay(1000, ct)) != receive) stop.Cancel();
        try
        {
            return await receive > 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public Task<int> LoanedAsync()
    {
        using var loan = new Loan(256); //! LCA4004
        return socket.ReceiveAsync(loan.Memory, SocketFlags.None).AsTask();
    }

    public async Task<int> LoanedAwaitedAsync()
    {
        using var loan = new Loan(256);
        return await socket.ReceiveAsync(loan.Memory, SocketFlags.None);
    }

    // ok LCA4004: on a time-out the array is left to the collector
    public async Task<int> ReceiveOrDropAsync(TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(2048);
        var n = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None).AsTask().WaitAsync(limit); //! LCA1004
        ArrayPool<byte>.Shared.Return(buffer);
        return n;
    }
}

public sealed class Accumulator : IDisposable
{
    private byte[] _block = ArrayPool<byte>.Shared.Rent(4096);
    private byte[] _page = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;

    public void Add(byte value)
    {
        _block[_length++] = value;
        _page[0] = value;
    }

    public void Flush(Stream stream)
    {
        stream.Write(_block, 0, _length);
        ArrayPool<byte>.Shared.Return(_block); //! LCA4004
        _length = 0;
    }

    public void FlushPage(Stream stream)
    {
        stream.Write(_page, 0, _page.Length);
        var page = _page;
        _page = ArrayPool<byte>.Shared.Rent(4096);
        ArrayPool<byte>.Shared.Return(page);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_page);
        _page = [];
    }
}

public sealed class Datagrams(UdpClient udp)
{
    public async Task BroadcastAsync(IReadOnlyList<IPEndPoint> peers, ReadOnlyMemory<byte> text)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(text.Length);
        text.CopyTo(buffer);
        var sends = new List<Task>();
        foreach (var peer in peers) sends.Add(udp.SendAsync(buffer, text.Length, peer));
        await Task.WhenAny(sends);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    public async Task BroadcastToAllAsync(IReadOnlyList<IPEndPoint> peers, ReadOnlyMemory<byte> text)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(text.Length);
        text.CopyTo(buffer);
        var sends = new List<Task>();
        foreach (var peer in peers) sends.Add(udp.SendAsync(buffer, text.Length, peer));
        await Task.WhenAll(sends);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
