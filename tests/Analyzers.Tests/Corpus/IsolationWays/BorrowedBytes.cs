// Rented buffers of a telemetry sender, and the operations that still read from them.
using System.Buffers;
using System.Net.Sockets;

namespace Ways.Bytes;

public sealed class Sender(Stream stream, Socket socket)
{
    private static ArrayPool<byte> Pool => ArrayPool<byte>.Shared;

    public Task SendAsync(int length, CancellationToken cancel)
    {
        var buffer = Pool.Rent(length);
        try
        {
            return stream.WriteAsync(buffer, 0, length, cancel);
        }
        finally
        {
            Pool.Return(buffer); //! LCA4004
        }
    }

    public async Task SendAwaitedAsync(int length, CancellationToken cancel)
    {
        var buffer = Pool.Rent(length);
        try
        {
            await stream.WriteAsync(buffer, 0, length, cancel).ConfigureAwait(false);
        }
        finally
        {
            Pool.Return(buffer, clearArray: true);
        }
    }

    public async ValueTask<bool> SendWithinAsync(int length, TimeSpan limit)
    {
        var buffer = Pool.Rent(length);
        try
        {
            await stream.WriteAsync(buffer.AsMemory(0, length)).AsTask().WaitAsync(limit);
            return true;
        }
        catch (TimeoutException)
        {
            stream.Dispose();
            return false;
        }
        finally
        {
            Pool.Return(buffer); //! LCA4004
        }
    }

    public async ValueTask<bool> SendWithinOrDropAsync(int length, TimeSpan limit)
    {
        var buffer = Pool.Rent(length);
        try
        {
            await stream.WriteAsync(buffer.AsMemory(0, length)).AsTask().WaitAsync(limit);
            Pool.Return(buffer);
            return true;
        }
        catch (TimeoutException)
        {
            stream.Dispose();
            return false;
        }
    }

    public ValueTask<int> SendOwnedAsync(int length)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(length); //! LCA4004
        return socket.SendAsync(owner.Memory[..length]);
    }

    public async ValueTask<int> SendOwnedAwaitedAsync(int length)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(length);
        return await socket.SendAsync(owner.Memory[..length]);
    }

    public async Task<int> ReceiveAsync(Func<ReadOnlyMemory<byte>, int> parse, CancellationToken cancel)
    {
        byte[] head = Pool.Rent(4), body = Pool.Rent(4096);
        try
        {
            await socket.ReceiveAsync(head, SocketFlags.None, cancel);
            var receive = socket.ReceiveAsync(body, SocketFlags.None, cancel).AsTask();
            await Task.WhenAll(receive, Task.CompletedTask);
            return parse(body.AsMemory(0, await receive));
        }
        finally
        {
            Pool.Return(head);
            Pool.Return(body);
        }
    }

    public async Task<int> ReceiveFirstAsync(CancellationToken cancel)
    {
        var buffer = Pool.Rent(4096);
        var receive = socket.ReceiveAsync(buffer, SocketFlags.None, cancel).AsTask();
        var done = await Task.WhenAny(receive, Task.Delay(1000, cancel));
        if (done != receive) socket.Dispose();
        Pool.Return(buffer); //! LCA4004
        return done == receive ? await receive : 0;
    }

    public async Task<int> ReceiveFirstObservedAsync(CancellationToken cancel)
    {
        var buffer = Pool.Rent(4096);
        var receive = socket.ReceiveAsync(buffer, SocketFlags.None, cancel).AsTask();
        if (await Task.WhenAny(receive, Task.Delay(1000, cancel)) != receive) socket.Dispose();
        try
        {
            return await receive;
        }
        catch (SocketException)
        {
            return 0;
        }
        finally
        {
            Pool.Return(buffer);
        }
    }

    public async Task SendScopedAsync(int length, CancellationToken cancel)
    {
        using var rented = new Rented(length);
        await stream.WriteAsync(rented.Memory, cancel);
    }

    public Task SendScopedTooLateAsync(int length, CancellationToken cancel)
    {
        using var rented = new Rented(length); //! LCA4004
        return stream.WriteAsync(rented.Memory, cancel).AsTask();
    }

    private readonly struct Rented(int length) : IDisposable
    {
        private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(length);

        public Memory<byte> Memory => _bytes.AsMemory(0, length);

        public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
    }
}

public class FieldBuffer : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1024);

    public void Grow(int length)
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(length);
    }

    public void Trim()
    {
        ArrayPool<byte>.Shared.Return(_buffer); //! LCA4004
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer is { Length: > 0 }) ArrayPool<byte>.Shared.Return(buffer);
        GC.SuppressFinalize(this);
    }
}

public static class Relay
{
    public static async Task CopyAsync(Stream from, Stream to, CancellationToken cancel)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(8192);
        for (int read; (read = await from.ReadAsync(owner.Memory, cancel)) > 0;)
            await to.WriteAsync(owner.Memory[..read], cancel);
    }

    public static void CopyDropping(Stream from, Stream to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(8192);
        var read = from.Read(buffer);
        to.WriteAsync(buffer, 0, read).ContinueWith(static t => Console.Error.WriteLine(t.Exception), TaskContinuationOptions.OnlyOnFaulted);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    public static void CopyThenReturn(Stream from, Stream to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(8192);
        var read = from.Read(buffer);
        to.WriteAsync(buffer, 0, read).ContinueWith(static (t, state) =>
        {
            if (t.Exception is { } error) Console.Error.WriteLine(error);
            ArrayPool<byte>.Shared.Return((byte[])state!);
        }, buffer);
    }
}
