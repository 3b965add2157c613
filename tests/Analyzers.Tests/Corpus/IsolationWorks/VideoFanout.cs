// Camera frames: read from the camera's stream, sent to viewers; buffers from pools, in fields, and in a struct of our own.
using System;
using System.Buffers;
using System.IO;
using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;

namespace Works.Isolation.VideoFanout;

/// <summary>Disposing gives the array back.</summary>
public readonly struct FrameBuffer : IDisposable
{
    private readonly byte[] _array;

    public FrameBuffer(int size) => _array = ArrayPool<byte>.Shared.Rent(size);

    public Memory<byte> Memory => _array;

    public void Dispose() => ArrayPool<byte>.Shared.Return(_array);
}

public sealed class Viewer(SslStream stream)
{
    private const int HeaderSize = 12;

    public Task SendKeyFrameAsync(ReadOnlySpan<byte> frame, CancellationToken ct)
    {
        using var buffer = new FrameBuffer(frame.Length + HeaderSize); //! LCA4004
        frame.CopyTo(buffer.Memory.Span[HeaderSize..]);
        return stream.WriteAsync(buffer.Memory[..(frame.Length + HeaderSize)], ct).AsTask();
    }

    // ok LCA4004: awaited before the struct is disposed
    public async Task SendFrameAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        using var buffer = new FrameBuffer(frame.Length + HeaderSize);
        frame.CopyTo(buffer.Memory[HeaderSize..]);
        await stream.WriteAsync(buffer.Memory[..(frame.Length + HeaderSize)], ct);
    }

    public async Task SendOwnedAsync(IMemoryOwner<byte> frame, CancellationToken ct)
    {
        var write = stream.WriteAsync(frame.Memory, ct);
        frame.Dispose(); //! LCA4004
        await write;
    }

    // ok LCA4004
    public async Task SendOwnedInOrderAsync(IMemoryOwner<byte> frame, CancellationToken ct)
    {
        try
        {
            await stream.WriteAsync(frame.Memory, ct);
        }
        finally
        {
            frame.Dispose();
        }
    }
}

public sealed class CameraReader : IDisposable
{
    private readonly NetworkStream _camera;
    private readonly Action<ReadOnlyMemory<byte>> _onFrame;
    private byte[] _frame = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private byte[] _audio = ArrayPool<byte>.Shared.Rent(4 * 1024);

    public CameraReader(NetworkStream camera, Action<ReadOnlyMemory<byte>> onFrame)
    {
        _camera = camera;
        _onFrame = onFrame;
    }

    /// <summary>The field keeps what the pool already lends to somebody else.</summary>
    public async Task<int> ReadFrameAsync(int length, CancellationToken ct)
    {
        await _camera.ReadExactlyAsync(_frame.AsMemory(0, length), ct);
        _onFrame(_frame.AsMemory(0, length));
        if (length > 1024) ArrayPool<byte>.Shared.Return(_frame); //! LCA4004
        return length;
    }

    // ok LCA4004: what is returned leaves the field first
    public void Grow(int size)
    {
        if (_audio.Length >= size) return;
        var old = _audio;
        _audio = ArrayPool<byte>.Shared.Rent(size);
        ArrayPool<byte>.Shared.Return(old);
    }

    // ok LCA4004: empty afterwards
    public void Mute()
    {
        var audio = _audio;
        _audio = [];
        if (audio.Length > 0) ArrayPool<byte>.Shared.Return(audio);
    }

    public async Task<byte[]?> SnapshotAsync(TimeSpan patience)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            var read = _camera.ReadAsync(buffer, 0, buffer.Length); //? LCA1004
            var first = await Task.WhenAny(read, Task.Delay(patience)); //? LCA1004
            if (first != read) return null;
            return buffer.AsSpan(0, await read).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }

    // ok LCA4004: the read is cancelled and its end awaited, whichever way it went
    public async Task<byte[]?> SnapshotOrCancelAsync(TimeSpan patience)
    {
        using var cts = new CancellationTokenSource(patience);
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            var n = await _camera.ReadAsync(buffer, cts.Token);
            return buffer.AsSpan(0, n).ToArray();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _camera.Dispose();
}

/// <summary>Pushes thumbnails to a browser and recordings to the archive's pipe.</summary>
public sealed class Thumbnails(ClientWebSocket browser, NamedPipeClientStream archive)
{
    public ValueTask PushAsync(ReadOnlySpan<byte> picture, CancellationToken ct)
    {
        var owner = MemoryPool<byte>.Shared.Rent(picture.Length);
        try
        {
            picture.CopyTo(owner.Memory.Span);
            return browser.SendAsync(owner.Memory[..picture.Length], WebSocketMessageType.Binary, true, ct);
        }
        finally
        {
            owner.Dispose(); //! LCA4004
        }
    }

    // ok LCA4004: an async method, the owner lives until the send has ended
    public async ValueTask PushAwaitedAsync(ReadOnlyMemory<byte> picture, CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(picture.Length);
        picture.CopyTo(owner.Memory);
        await browser.SendAsync(owner.Memory[..picture.Length], WebSocketMessageType.Binary, true, ct);
    }

    public async Task ArchiveAsync(ReadOnlyMemory<byte> recording, CancellationToken ct)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(recording.Length);
        recording.CopyTo(chunk);
        var pending = archive.WriteAsync(chunk, 0, recording.Length, ct);
        try
        {
            await pending.WaitAsync(TimeSpan.FromSeconds(5), ct); //? LCA1004
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk); //! LCA4004
        }
    }

    // ok LCA4004: returned only where the write has ended by itself
    public async Task ArchiveOrLeakAsync(ReadOnlyMemory<byte> recording, CancellationToken ct)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(recording.Length);
        recording.CopyTo(chunk);
        var pending = archive.WriteAsync(chunk, 0, recording.Length, ct);
        try
        {
            await pending.WaitAsync(TimeSpan.FromSeconds(5), CancellationToken.None); //? LCA1004
        }
        finally
        {
            if (pending.IsCompleted) ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    // ok LCA4004: the array is rented, filled and hashed; no operation was ever given it
    public static int Fingerprint(ReadOnlySpan<byte> picture)
    {
        var copy = ArrayPool<byte>.Shared.Rent(picture.Length);
        try
        {
            picture.CopyTo(copy);
            var hash = new HashCode();
            hash.AddBytes(copy.AsSpan(0, picture.Length));
            return hash.ToHashCode();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
