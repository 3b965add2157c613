// Buffers given back, and the operations that still hold them.
using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Wide.Isolation.BorrowedBuffers;

public static class FrameWriter
{
    public static Task WriteAsync(Stream stream, ReadOnlySpan<byte> payload, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length + 4);
        try
        {
            BitConverter.TryWriteBytes(buffer, payload.Length);
            payload.CopyTo(buffer.AsSpan(4));
            return stream.WriteAsync(buffer, 0, payload.Length + 4, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    public static async Task WriteAwaitedAsync(Stream stream, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length + 4);
        try
        {
            payload.CopyTo(buffer.AsMemory(4));
            await stream.WriteAsync(buffer.AsMemory(0, payload.Length + 4), ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

public sealed class LogShipper(Socket socket)
{
    public void Ship(string line)
    {
        var length = Encoding.UTF8.GetMaxByteCount(line.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var n = Encoding.UTF8.GetBytes(line, rented);
        _ = socket.SendAsync(rented.AsMemory(0, n), SocketFlags.None);
        ArrayPool<byte>.Shared.Return(rented); //! LCA4004
    }

    public async Task<int> ReceiveWithinAsync(Func<ReadOnlyMemory<byte>, int> parse, TimeSpan limit)
    {
        var rented = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            var receiving = socket.ReceiveAsync(rented.AsMemory(), SocketFlags.None).AsTask();
            if (await Task.WhenAny(receiving, Task.Delay(limit)) != receiving) return 0;
            return parse(rented.AsMemory(0, await receiving));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented); //! LCA4004
        }
    }

    public async Task<int> ReceiveWaitAsync(TimeSpan limit)
    {
        var rented = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            return await socket.ReceiveAsync(rented.AsMemory()).AsTask().WaitAsync(limit);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented); //! LCA4004
        }
    }

    /// <summary>A token that ends the operation itself.</summary>
    public async Task<int> ReceiveTokenAsync(TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        var rented = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            return await socket.ReceiveAsync(rented.AsMemory(), cts.Token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Given back only when the operation is over; lost otherwise.</summary>
    public async Task<int> ReceiveOrDropAsync(TimeSpan limit)
    {
        var rented = ArrayPool<byte>.Shared.Rent(8192);
        var receiving = socket.ReceiveAsync(rented.AsMemory()).AsTask();
        if (await Task.WhenAny(receiving, Task.Delay(limit)) != receiving)
        {
            socket.Dispose();
            return 0;
        }

        var n = await receiving;
        ArrayPool<byte>.Shared.Return(rented);
        return n;
    }

    /// <summary>The operation gives it back itself when it ends.</summary>
    public void ShipAndReturnLater(byte[] line)
    {
        var rented = ArrayPool<byte>.Shared.Rent(line.Length);
        line.CopyTo(rented, 0);
        socket.SendAsync(rented.AsMemory(0, line.Length), SocketFlags.None).AsTask()
            .ContinueWith((_, state) => ArrayPool<byte>.Shared.Return((byte[])state!), rented, TaskScheduler.Default);
    }

    public void ShipSynchronously(string line)
    {
        var rented = ArrayPool<byte>.Shared.Rent(256);
        var n = Encoding.UTF8.GetBytes(line, rented);
        socket.Send(rented, 0, n, SocketFlags.None);
        ArrayPool<byte>.Shared.Return(rented);
    }
}

public sealed class PacketReader(ClientWebSocket socket) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);

    public async Task<int> ReadAsync(CancellationToken ct)
    {
        var result = await socket.ReceiveAsync(_buffer, ct);
        return result.Count;
    }

    /// <summary>Given back between two messages: the next read uses what is somebody else's.</summary>
    public void Pause() => ArrayPool<byte>.Shared.Return(_buffer); //! LCA4004

    /// <summary>The object's own end: nobody reads after it.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer); //? LCA4004
}

public sealed class TidyPacketReader(ClientWebSocket socket) : IDisposable
{
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(4096);

    public async Task<int> ReadAsync(CancellationToken ct)
    {
        var buffer = _buffer ?? throw new ObjectDisposedException(nameof(TidyPacketReader));
        var result = await socket.ReceiveAsync(buffer, ct);
        return result.Count;
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, null);
        if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
    }
}

public sealed class OwnerSender(SslStream tls)
{
    public async Task SendBothAsync(string head, string body, CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(4096);
        var n = Encoding.UTF8.GetBytes(head, owner.Memory.Span);
        await tls.WriteAsync(owner.Memory[..n], ct);
        n = Encoding.UTF8.GetBytes(body, owner.Memory.Span);
        await tls.WriteAsync(owner.Memory[..n], ct);
    }

    public ValueTask SendAsync(string text, CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(4096); //! LCA4004
        var n = Encoding.UTF8.GetBytes(text, owner.Memory.Span);
        return tls.WriteAsync(owner.Memory[..n], ct);
    }

    public async Task SendThenDisposeAsync(string text)
    {
        var owner = MemoryPool<byte>.Shared.Rent(4096);
        var n = Encoding.UTF8.GetBytes(text, owner.Memory.Span);
        var writing = tls.WriteAsync(owner.Memory[..n]).AsTask();
        if (text.Length > 100)
        {
            owner.Dispose(); //! LCA4004
            return;
        }

        await writing;
        owner.Dispose();
    }
}

/// <summary>A struct that gives back at the end of its scope.</summary>
public readonly struct Rented(int size) : IDisposable
{
    public byte[] Array { get; } = ArrayPool<byte>.Shared.Rent(size);

    public void Dispose() => ArrayPool<byte>.Shared.Return(Array);
}

public static class RentedUser
{
    public static Task SendAsync(NetworkStream stream, int value)
    {
        using var rented = new Rented(16); //! LCA4004
        BitConverter.TryWriteBytes(rented.Array, value);
        return stream.WriteAsync(rented.Array, 0, 4);
    }

    public static async Task SendAwaitedAsync(NetworkStream stream, int value)
    {
        using var rented = new Rented(16);
        BitConverter.TryWriteBytes(rented.Array, value);
        await stream.WriteAsync(rented.Array.AsMemory(0, 4));
    }
}

/// <summary>One buffer for everything, filled again while the last send goes on.</summary>
public sealed class SharedScratch(Stream stream)
{
    private readonly byte[] _scratch = new byte[1024];

    public async Task SendAllAsync(IReadOnlyList<string> lines, CancellationToken ct)
    {
        foreach (var line in lines)
        {
            var n = Encoding.UTF8.GetBytes(line, _scratch);
            await stream.WriteAsync(_scratch.AsMemory(0, n), ct);
        }
    }

    public async Task RelayAsync(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(81920);
        try
        {
            int n;
            while ((n = await from.ReadAsync(buffer, ct)) > 0) await to.WriteAsync(buffer.AsMemory(0, n), ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task SendTogetherAsync(Stream other, byte[] data, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(buffer, 0);
        try
        {
            await Task.WhenAll(stream.WriteAsync(buffer, 0, data.Length, ct), other.WriteAsync(buffer, 0, data.Length, ct));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>Begin with a buffer that is given back before the End.</summary>
public class ApmReader
{
    private readonly Stream _stream;

    public ApmReader(Stream stream) => _stream = stream;

    public void Start()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(512);
        _stream.BeginRead(buffer, 0, 512, OnRead, buffer);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    public void StartAndReturnAtEnd()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(512);
        _stream.BeginRead(buffer, 0, 512, OnReadReturn, buffer);
    }

    private void OnRead(IAsyncResult ar)
    {
        try
        {
            Console.WriteLine(_stream.EndRead(ar));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Console.WriteLine(e.Message);
        }
    }

    private void OnReadReturn(IAsyncResult ar)
    {
        try
        {
            Console.WriteLine(_stream.EndRead(ar));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Console.WriteLine(e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return((byte[])ar.AsyncState!);
        }
    }
}

/// <summary>The operation's object holds the buffer, not the call.</summary>
public sealed class SaeaSender(Socket socket)
{
    public void Send(byte[] data, SocketAsyncEventArgs args)
    {
        var rented = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(rented, 0);
        args.SetBuffer(rented, 0, data.Length);
        if (!socket.SendAsync(args)) Console.WriteLine("sent");
        ArrayPool<byte>.Shared.Return(rented); //! LCA4004
    }

    public void SendAndReturnAtEnd(byte[] data)
    {
        var args = new SocketAsyncEventArgs();
        var rented = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(rented, 0);
        args.SetBuffer(rented, 0, data.Length);
        args.Completed += OnCompleted;
        if (!socket.SendAsync(args)) OnCompleted(socket, args);
    }

    private static void OnCompleted(object? sender, SocketAsyncEventArgs e)
    {
        ArrayPool<byte>.Shared.Return(e.Buffer!);
        e.Dispose();
    }
}

/// <summary>A local function starts what nobody awaits.</summary>
public sealed class Mirror(NetworkStream primary, NetworkStream mirror)
{
    public async Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        var copy = ArrayPool<byte>.Shared.Rent(data.Length);
        try
        {
            data.CopyTo(copy);
            var mirrored = mirror.WriteAsync(copy, 0, data.Length, ct);
            await primary.WriteAsync(copy.AsMemory(0, data.Length), ct);
            if (ct.IsCancellationRequested) return;
            await mirrored;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy); //! LCA4004
        }
    }
}
