// Rented buffers, and the operations that still write into them.
using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Field.Buffers;

public sealed class FrameSender(NetworkStream stream, Socket udp)
{
    private readonly EndPoint _collector = new IPEndPoint(IPAddress.Loopback, 4739);

    /// <summary>The write goes on while the next tenant fills the array.</summary>
    public Task SendAsync(string text)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var n = Encoding.UTF8.GetBytes(text, buffer);
            return stream.WriteAsync(buffer, 0, n);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    public async Task SendAwaitedAsync(string text)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var n = Encoding.UTF8.GetBytes(text, buffer);
            await stream.WriteAsync(buffer.AsMemory(0, n));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); // ok LCA4004: awaited before
        }
    }

    /// <summary>Fire and forget, with the buffer.</summary>
    public void Export(ReadOnlySpan<byte> record)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(record.Length);
        record.CopyTo(rented);
        _ = udp.SendToAsync(rented.AsMemory(0, record.Length), SocketFlags.None, _collector).AsTask();
        ArrayPool<byte>.Shared.Return(rented); //! LCA4004
    }

    public void ExportAtOnce(ReadOnlySpan<byte> record)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(record.Length);
        record.CopyTo(rented);
        udp.SendTo(rented, 0, record.Length, SocketFlags.None, _collector);
        ArrayPool<byte>.Shared.Return(rented); // ok LCA4004: a synchronous send has ended
    }

    /// <summary>The continuation returns what the send has done with.</summary>
    public void ExportThenReturn(ReadOnlySpan<byte> record)
    {
        var rented = ArrayPool<byte>.Shared.Rent(record.Length);
        record.CopyTo(rented);
        _ = SendAndReturnAsync(rented, record.Length); // ok LCA4004: returned after its send, over there
    }

    private async Task SendAndReturnAsync(byte[] rented, int count)
    {
        try
        {
            await udp.SendToAsync(rented.AsMemory(0, count), SocketFlags.None, _collector);
        }
        catch (SocketException e)
        {
            Console.Error.WriteLine(e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

public sealed class FrameReader(NetworkStream stream)
{
    /// <summary>A timeout ends the wait and not the read.</summary>
    public async Task<int?> PeekAsync(TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4);
        try
        {
            var read = stream.ReadAsync(buffer, 0, 4);
            if (await Task.WhenAny(read, Task.Delay(limit)) != read) return null;
            await read;
            return BinaryPrimitives.ReadInt32BigEndian(buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    public async Task<int> PeekWaitAsync(TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4);
        try
        {
            await stream.ReadExactlyAsync(buffer, 0, 4).AsTask().WaitAsync(limit);
            return BinaryPrimitives.ReadInt32BigEndian(buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    /// <summary>The array is dropped where the read may still go on.</summary>
    public async Task<int?> PeekOrDropAsync(TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4);
        var read = stream.ReadAsync(buffer, 0, 4);
        if (await Task.WhenAny(read, Task.Delay(limit)) != read) return null; // ok LCA4004: dropped
        await read;
        var value = BinaryPrimitives.ReadInt32BigEndian(buffer);
        ArrayPool<byte>.Shared.Return(buffer); // ok LCA4004: the read has ended
        return value;
    }

    /// <summary>Cancelled, and awaited all the same.</summary>
    public async Task<int?> PeekCancelledAsync(TimeSpan limit)
    {
        using var cancellation = new CancellationTokenSource();
        var buffer = ArrayPool<byte>.Shared.Rent(4);
        try
        {
            var read = stream.ReadAsync(buffer, 0, 4, cancellation.Token);
            if (await Task.WhenAny(read, Task.Delay(limit)) != read) cancellation.Cancel();
            await read;
            return BinaryPrimitives.ReadInt32BigEndian(buffer);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); // ok LCA4004: whatever came, the read has ended
        }
    }

    public async Task<byte[]> CopyAsync(int length)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(length);
        var memory = owner.Memory[..length];
        await stream.ReadExactlyAsync(memory);
        return memory.ToArray(); // ok LCA4004: copied, and read before
    }

    /// <summary>The owner is disposed at the end of the using, the read is still under way.</summary>
    public ValueTask<int> FillAsync(int length)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(length); //! LCA4004
        return stream.ReadAsync(owner.Memory[..length]);
    }
}

/// <summary>A struct that returns what it rented.</summary>
public readonly struct Rented(int size) : IDisposable
{
    public byte[] Array { get; } = ArrayPool<byte>.Shared.Rent(size);

    public void Dispose() => ArrayPool<byte>.Shared.Return(Array);
}

public sealed class ChatSocket(WebSocket socket) : IDisposable
{
    private byte[] _scratch = ArrayPool<byte>.Shared.Rent(4096);
    private byte[]? _spare = ArrayPool<byte>.Shared.Rent(4096);

    public Task SayAsync(string text)
    {
        using var rented = new Rented(Encoding.UTF8.GetMaxByteCount(text.Length)); //! LCA4004
        var n = Encoding.UTF8.GetBytes(text, rented.Array);
        return socket.SendAsync(new ArraySegment<byte>(rented.Array, 0, n), WebSocketMessageType.Text, true, CancellationToken.None);
    }

    public async Task SayAwaitedAsync(string text)
    {
        using var rented = new Rented(Encoding.UTF8.GetMaxByteCount(text.Length)); // ok LCA4004: awaited below
        var n = Encoding.UTF8.GetBytes(text, rented.Array);
        await socket.SendAsync(new ArraySegment<byte>(rented.Array, 0, n), WebSocketMessageType.Text, true, CancellationToken.None);
    }

    public async Task<string> HearAsync(CancellationToken ct)
    {
        var got = await socket.ReceiveAsync(_scratch.AsMemory(), ct);
        return Encoding.UTF8.GetString(_scratch, 0, got.Count);
    }

    public void Release()
    {
        ArrayPool<byte>.Shared.Return(_scratch); //! LCA4004
    }

    public void ReleaseSpare()
    {
        var spare = _spare;
        _spare = null;
        if (spare != null) ArrayPool<byte>.Shared.Return(spare); // ok LCA4004: the field forgot it first
    }

    public void Dispose()
    {
        var scratch = _scratch;
        _scratch = [];
        if (scratch.Length > 0) ArrayPool<byte>.Shared.Return(scratch); // ok LCA4004: the field forgot it first
    }
}

public static class Fan
{
    /// <summary>All sends, one buffer, none awaited when the first is done.</summary>
    public static async Task FirstOfAsync(IReadOnlyList<Stream> streams, ReadOnlyMemory<byte> message)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(buffer);
        var sends = streams.Select(s => s.WriteAsync(buffer, 0, message.Length)).ToArray();
        await Task.WhenAny(sends);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    public static async Task AllOfAsync(IReadOnlyList<Stream> streams, ReadOnlyMemory<byte> message)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(buffer);
        var sends = streams.Select(s => s.WriteAsync(buffer, 0, message.Length)).ToArray();
        await Task.WhenAll(sends);
        ArrayPool<byte>.Shared.Return(buffer); // ok LCA4004: all of them have ended
    }

    public static async Task RelayAsync(PipeReader from, NetworkStream to, CancellationToken ct)
    {
        while (true)
        {
            var result = await from.ReadAsync(ct);
            foreach (var part in result.Buffer)
            {
                var copy = ArrayPool<byte>.Shared.Rent(part.Length);
                part.CopyTo(copy);
                var write = to.WriteAsync(copy.AsMemory(0, part.Length), ct);
                if (!write.IsCompletedSuccessfully) await write;
                ArrayPool<byte>.Shared.Return(copy); // ok LCA4004: done at once, or awaited
            }

            from.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }
}
