// Pending operations and their buffers, by aliases, helpers and other APIs.
using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Second.Isolation.OddBuffers;

public sealed class Uploads(WebSocket socket, Stream stream, Socket raw)
{
    private readonly ArrayPool<byte> _own = ArrayPool<byte>.Create();

    public async Task PushAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        var buffer = _own.Rent(data.Length);
        data.CopyTo(buffer);
        var segment = new ArraySegment<byte>(buffer, 0, data.Length);
        var sending = socket.SendAsync(segment, WebSocketMessageType.Binary, true, ct);
        _own.Return(buffer); //! LCA4004
        await sending;
    }

    public async Task PushInOrderAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        var buffer = _own.Rent(data.Length);
        data.CopyTo(buffer);
        var segment = new ArraySegment<byte>(buffer, 0, data.Length);
        var sending = socket.SendAsync(segment, WebSocketMessageType.Binary, true, ct);
        await sending;
        _own.Return(buffer);
    }

    public ValueTask WriteThrough(int size)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(size);
        var memory = rented.AsMemory(0, size);
        try
        {
            return stream.WriteAsync(memory); //? LCA4004
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true); //! LCA4004
        }
    }

    public async Task PulseAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(64);
            try
            {
                var n = await raw.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, ct);
                if (n == 0) return;
                await raw.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, ct);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer); // ok LCA4004
            }
        }
    }

    public async Task<int> CancelThenWaitAsync(TimeSpan limit)
    {
        using var cts = new CancellationTokenSource();
        var buffer = ArrayPool<byte>.Shared.Rent(64);
        try
        {
            var receiving = raw.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, cts.Token).AsTask();
            if (await Task.WhenAny(receiving, Task.Delay(limit)) != receiving) //? LCA1004
            {
                await cts.CancelAsync();
            }

            return await receiving; // ok LCA4004: awaited on every path
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<int> SyncWaitAsync(TimeSpan limit)
    {
        await Task.Yield();
        var buffer = ArrayPool<byte>.Shared.Rent(64);
        var receiving = stream.ReadAsync(buffer, 0, 64); //? LCA1004
        if (!receiving.Wait(limit)) //? LCA1004
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
            return 0;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return receiving.Result;
    }

    public void Continue(int size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        stream.WriteAsync(buffer, 0, size).ContinueWith(t =>
        {
            if (t.IsFaulted) Console.Error.WriteLine(t.Exception!.Message);
            ArrayPool<byte>.Shared.Return(buffer); // ok LCA4004: given back when it has ended
        });
    }

    public async Task HandOverAsync(int size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        await SendAndReturnAsync(buffer, size);
    }

    private async Task SendAndReturnAsync(byte[] buffer, int size)
    {
        try
        {
            await stream.WriteAsync(buffer.AsMemory(0, size));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void FireAndReturn(int size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            _ = SendAsync(buffer, size); //? LCA1004
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    private async Task SendAsync(byte[] buffer, int size) => await stream.WriteAsync(buffer.AsMemory(0, size));

    public async Task<int> OwnerRacedAsync(CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(128); //! LCA4004
        var reading = raw.ReceiveAsync(owner.Memory, SocketFlags.None, ct).AsTask(); //? LCA1004
        var done = await Task.WhenAny(reading, Task.Delay(100, ct)); //? LCA1004
        if (done != reading) throw new TimeoutException(); //? LCA4004
        return await reading;
    }

    public void ArgsPending(int size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        var args = new SocketAsyncEventArgs();
        args.Completed += (_, e) => e.Dispose();
        args.SetBuffer(buffer, 0, size);
        if (!raw.SendAsync(args)) args.Dispose();
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }
}

/// <summary>A ring of buffers; a field that another method may still use.</summary>
public sealed class Frames : IDisposable
{
    private byte[] _frame = ArrayPool<byte>.Shared.Rent(256);
    private bool _disposed;

    public int Size => _frame.Length;

    public void Flush(Stream target)
    {
        target.Write(_frame);
        ArrayPool<byte>.Shared.Return(_frame);
        _frame = ArrayPool<byte>.Shared.Rent(256); // ok LCA4004: replaced
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        ArrayPool<byte>.Shared.Return(_frame); // ok LCA4004: once, by the flag
    }
}

public sealed class Window
{
    private readonly IMemoryOwner<byte> _owner = MemoryPool<byte>.Shared.Rent(256);

    public void Trim() => _owner.Dispose(); //? LCA4004

    public int Size => _owner.Memory.Length;
}

/// <summary>Not given to any operation that is pending.</summary>
public static class Hashing
{
    public static int Sum(ReadOnlySpan<byte> data)
    {
        var copy = ArrayPool<byte>.Shared.Rent(data.Length);
        try
        {
            data.CopyTo(copy);
            return copy.Take(data.Length).Sum(b => b);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    public static Task SaveAsync(Stream target, byte[] data)
    {
        var copy = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(copy, 0);
        target.Write(copy, 0, data.Length);
        ArrayPool<byte>.Shared.Return(copy);
        return target.FlushAsync();
    }
}
