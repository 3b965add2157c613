// Zero-copy senders and receivers over rented memory.
using System.Buffers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Unseen.Isolation.Buffers;

public sealed class FrameSender(NetworkStream stream, Socket socket, ILogger<FrameSender> log)
{
    public Task SendHeaderAsync(int kind, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64);
        try
        {
            BitConverter.TryWriteBytes(buffer, kind);
            return stream.WriteAsync(buffer, 0, 4, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: awaited inside the try
    public async Task SendHeaderSafelyAsync(int kind, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64);
        try
        {
            BitConverter.TryWriteBytes(buffer, kind);
            await stream.WriteAsync(buffer.AsMemory(0, 4), ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<bool> SendWithinAsync(ReadOnlyMemory<byte> payload, TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(buffer);
        try
        {
            await stream.WriteAsync(buffer, 0, payload.Length).WaitAsync(limit); //? LCA1004
            return true;
        }
        catch (TimeoutException ex)
        {
            log.LogWarning(ex, "payload not sent in {Limit}", limit);
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: a token ends the write itself, and the await ends with it
    public async Task<bool> SendCancelledAsync(ReadOnlyMemory<byte> payload, TimeSpan limit)
    {
        using var cancel = new CancellationTokenSource(limit);
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(buffer);
        try
        {
            await stream.WriteAsync(buffer.AsMemory(0, payload.Length), cancel.Token);
            return true;
        }
        catch (OperationCanceledException ex)
        {
            log.LogWarning(ex, "payload not sent in {Limit}", limit);
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<int> ReceiveFirstAsync(Memory<byte> target, TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(2048);
        var receive = socket.ReceiveAsync(buffer, SocketFlags.None); //? LCA1004
        var count = -1;
        if (await Task.WhenAny(receive, Task.Delay(limit)) == receive) //? LCA1004
        {
            count = await receive;
            buffer.AsSpan(0, count).CopyTo(target.Span);
        }

        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        return count;
    }

    // ok LCA4004: on a timeout the buffer is dropped, and the socket closed
    public async Task<int> ReceiveOrDropAsync(Memory<byte> target, TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(2048);
        var receive = socket.ReceiveAsync(buffer, SocketFlags.None);
        if (await Task.WhenAny(receive, Task.Delay(limit)) != receive)
        {
            socket.Dispose();
            return -1;
        }

        var count = await receive;
        buffer.AsSpan(0, count).CopyTo(target.Span);
        ArrayPool<byte>.Shared.Return(buffer);
        return count;
    }

    public void Post(ReadOnlySpan<byte> frame)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(buffer);
        _ = stream.WriteAsync(buffer, 0, frame.Length); //? LCA1004
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    // ok LCA4004 LCA1004: kept until the write has ended, and its failure logged
    public Task PostAsync(ReadOnlySpan<byte> frame)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(buffer);
        return FinishAsync(buffer, frame.Length);
    }

    private async Task FinishAsync(byte[] buffer, int length)
    {
        try
        {
            await stream.WriteAsync(buffer.AsMemory(0, length));
        }
        catch (IOException ex)
        {
            log.LogWarning(ex, "frame lost");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public Task SendOwnedAsync(int length, CancellationToken ct)
    {
        var owner = MemoryPool<byte>.Shared.Rent(length);
        try
        {
            owner.Memory.Span[..length].Clear();
            return socket.SendAsync(owner.Memory[..length], ct).AsTask();
        }
        finally
        {
            owner.Dispose(); //! LCA4004
        }
    }

    // ok LCA4004: the using ends after the await
    public async Task SendOwnedSafelyAsync(int length, CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(length);
        owner.Memory.Span[..length].Clear();
        await socket.SendAsync(owner.Memory[..length], ct);
    }

    // ok LCA4004: synchronous
    public void SendNow(ReadOnlySpan<byte> frame)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        try
        {
            frame.CopyTo(buffer);
            stream.Write(buffer, 0, frame.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void SendOld(byte[] frame)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(buffer, 0);
        socket.BeginSend(buffer, 0, frame.Length, SocketFlags.None, OnSent, null);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    private void OnSent(IAsyncResult ar)
    {
        try
        {
            log.LogTrace("{Length} sent", socket.EndSend(ar));
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogDebug(ex, "send failed");
        }
    }

    // ok LCA4004: the callback gives back what the send was given
    public void SendOldSafely(byte[] frame)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(buffer, 0);
        socket.BeginSend(buffer, 0, frame.Length, SocketFlags.None, OnSentGiveBack, buffer);
    }

    private void OnSentGiveBack(IAsyncResult ar)
    {
        try
        {
            log.LogTrace("{Length} sent", socket.EndSend(ar));
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogDebug(ex, "send failed");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return((byte[])ar.AsyncState!);
        }
    }
}

public readonly struct Scratch : IDisposable
{
    private readonly byte[] _array;

    public Scratch(int size) => _array = ArrayPool<byte>.Shared.Rent(size);

    public byte[] Array => _array;

    public void Dispose() => ArrayPool<byte>.Shared.Return(_array); //? LCA4004
}

public sealed class ScratchSender(NetworkStream stream)
{
    public Task SendAsync(ReadOnlySpan<byte> text, CancellationToken ct)
    {
        using var scratch = new Scratch(text.Length); //! LCA4004
        text.CopyTo(scratch.Array);
        return stream.WriteAsync(scratch.Array, 0, text.Length, ct);
    }

    // ok LCA4004: awaited before the struct is disposed
    public async Task SendSafelyAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        using var scratch = new Scratch(text.Length);
        text.Span.CopyTo(scratch.Array);
        await stream.WriteAsync(scratch.Array.AsMemory(0, text.Length), ct);
    }
}

public sealed class Accumulator
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1024);
    private int _count;

    public void Append(byte value) => _buffer[_count++] = value;

    public void Flush(Stream target)
    {
        target.Write(_buffer, 0, _count);
        _count = 0;
    }

    public void Release()
    {
        _count = 0;
        ArrayPool<byte>.Shared.Return(_buffer); //! LCA4004
    }

    // ok LCA4004: the field lets go of it first
    public void ReleaseOnce()
    {
        var buffer = _buffer;
        _buffer = [];
        _count = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    // ok LCA4004: replaced by a larger one
    public void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _count).CopyTo(larger);
        var old = _buffer;
        _buffer = larger;
        ArrayPool<byte>.Shared.Return(old);
    }
}
