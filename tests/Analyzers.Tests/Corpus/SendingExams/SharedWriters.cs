// Writers of one connection that can overlap, and locks that do not lock.
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.SharedWriters;

public sealed class Broadcaster(WebSocket ws, ILogger<Broadcaster> log)
{
    private readonly SemaphoreSlim _wide = new(4);
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _lock = new();

    // A semaphore of four lets four in.
    public Task WideAsync(IEnumerable<byte[]> frames, CancellationToken ct) => Task.WhenAll(frames.Select(async frame =>
    {
        await _wide.WaitAsync(ct);
        try
        {
            await ws.SendAsync(frame, WebSocketMessageType.Binary, true, ct); //! LCA2004
        }
        finally
        {
            _wide.Release();
        }
    }));

    // ok LCA2004: a semaphore of one
    public Task NarrowAsync(IEnumerable<byte[]> frames, CancellationToken ct) => Task.WhenAll(frames.Select(async frame =>
    {
        await _one.WaitAsync(ct);
        try
        {
            await ws.SendAsync(frame, WebSocketMessageType.Binary, true, ct);
        }
        finally
        {
            _one.Release();
        }
    }));

    public Task ParallelAsync(IEnumerable<byte[]> frames, CancellationToken ct) =>
        Parallel.ForEachAsync(frames, ct, async (frame, token) =>
            await ws.SendAsync(frame, WebSocketMessageType.Binary, true, token)); //! LCA2004

    // The lock is left before the send has ended.
    public void Fire(IEnumerable<byte[]> frames)
    {
        var sends = new List<Task>();
        foreach (var frame in frames)
        {
            lock (_lock)
            {
                sends.Add(ws.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None)); //! LCA2004
            }
        }

        Task.WhenAll(sends).ContinueWith(t => log.LogWarning(t.Exception, "frames"), TaskContinuationOptions.OnlyOnFaulted);
    }

    // ok LCA2004: each is awaited in turn
    public async Task InTurnAsync(IAsyncEnumerable<byte[]> frames)
    {
        await foreach (var frame in frames)
        {
            await ws.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None);
        }
    }
}

public sealed class TlsRelay
{
    private readonly SslStream _tls;
    private readonly Timer _heartbeat;
    private readonly ILogger _log;

    public TlsRelay(SslStream tls, ILogger log)
    {
        (_tls, _log) = (tls, log);
        _heartbeat = new Timer(Beat, null, 1000, 1000);
    }

    private void Beat(object? state)
    {
        try
        {
            _tls.Write("HB"u8); //! LCA2004
        }
        catch (IOException ex)
        {
            _log.LogDebug(ex, "heartbeat");
        }
        catch (ObjectDisposedException)
        {
            _heartbeat.Dispose();
        }
    }

    public async Task RelayAsync(Stream source, CancellationToken ct)
    {
        var buffer = new byte[4096];
        int n;
        while ((n = await source.ReadAsync(buffer, ct)) > 0) await _tls.WriteAsync(buffer.AsMemory(0, n), ct); //? LCA2004
    }
}

public sealed class LockedTlsRelay : IDisposable
{
    private readonly SslStream _tls;
    private readonly Timer _heartbeat;
    private readonly object _writing = new();

    public LockedTlsRelay(SslStream tls)
    {
        _tls = tls;
        _heartbeat = new Timer(_ => Put("HB"u8), null, 1000, 1000);
    }

    // ok LCA2004: everyone writes here, under the lock
    public bool Put(ReadOnlySpan<byte> data)
    {
        lock (_writing)
        {
            try
            {
                _tls.Write(data);
                return true;
            }
            catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
            {
                return false;
            }
        }
    }

    public void Dispose()
    {
        _heartbeat.Dispose();
        _tls.Dispose();
    }
}

public sealed class PipeProducer(PipeWriter output)
{
    public Task BothAsync(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b, CancellationToken ct)
    {
        var first = output.WriteAsync(a, ct);
        var second = output.WriteAsync(b, ct); //! LCA2004
        return Task.WhenAll(first.AsTask(), second.AsTask());
    }

    // ok LCA2004: the second starts when the first has ended
    public async Task OneByOneAsync(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b, CancellationToken ct)
    {
        var first = output.WriteAsync(a, ct);
        await first;
        var second = output.WriteAsync(b, ct);
        await second;
    }

    // ok LCA2004: bytes in memory
    public static Task CopiesAsync(MemoryStream left, byte[] data) => Task.WhenAll(left.WriteAsync(data, 0, 1), left.WriteAsync(data, 1, 1));
}

public sealed class SwallowingSender(Socket socket, ILogger<SwallowingSender> log)
{
    private int _failures;

    public void Send(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (Exception) //! LCA2005
        {
            return;
        }
    }

    // ok LCA2005: counted
    public void SendCounted(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _failures);
        }
    }

    // ok LCA2005: logged
    public void SendLogged(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "send");
        }
    }

    // The only clause for what a send throws is empty, behind a narrow one that speaks.
    public void SendHalf(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (SocketException ex) when (ex.SocketErrorCode == SocketError.ConnectionReset)
        {
            log.LogDebug("reset");
        }
        catch //! LCA2005
        {
            ;
        }
    }

    public int Failures => _failures;
}
