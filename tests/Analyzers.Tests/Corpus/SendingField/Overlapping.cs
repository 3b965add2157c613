// Two writers, one wire.
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Field.Sending.Overlapping;

public sealed class TwoTimers : IDisposable
{
    private readonly NegotiateStream _stream;
    private readonly Timer _fast, _slow;

    public TwoTimers(NegotiateStream stream)
    {
        _stream = stream;
        _fast = new Timer(_ => Tell("fast"), null, 10, 10);
        _slow = new Timer(_ => Tell("slow"), null, 1000, 1000);
    }

    private void Tell(string text)
    {
        try
        {
            _stream.Write(System.Text.Encoding.UTF8.GetBytes(text)); //! LCA2004
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Lost = ex;
        }
    }

    public Exception? Lost { get; private set; }

    public void Dispose()
    {
        _fast.Dispose();
        _slow.Dispose();
    }
}

public sealed class TwoTimersLocked : IDisposable
{
    private readonly NegotiateStream _stream;
    private readonly Timer _fast, _slow;
    private readonly Lock _lock = new();

    // ok LCA2004: the lock
    public TwoTimersLocked(NegotiateStream stream)
    {
        _stream = stream;
        _fast = new Timer(_ => Tell("fast"), null, 10, 10);
        _slow = new Timer(_ => Tell("slow"), null, 1000, 1000);
    }

    private void Tell(string text)
    {
        lock (_lock)
        {
            try
            {
                _stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            }
            catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
            {
                Lost = ex;
            }
        }
    }

    public Exception? Lost { get; private set; }

    public void Dispose()
    {
        _fast.Dispose();
        _slow.Dispose();
    }
}

// The gate is around one frame, not around the message.
public sealed class Chunks(WebSocket ws, ILogger log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public void Wire(FileSystemWatcher watcher)
    {
        watcher.Created += async (_, e) => await SendFileAsync(e.FullPath);
        watcher.Error += (_, e) => log.LogError(e.GetException(), "watch");
    }

    private async Task SendFileAsync(string path)
    {
        try
        {
            foreach (var chunk in (await File.ReadAllBytesAsync(path)).Chunk(1000))
            {
                await _gate.WaitAsync();
                try
                {
                    await ws.SendAsync(chunk, WebSocketMessageType.Binary, false, default); //! LCA2004
                }
                finally
                {
                    _gate.Release();
                }
            }
            await ws.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Binary, true, default);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "{Path} not sent", path);
        }
    }
}

public sealed class ChunksGated(WebSocket ws, ILogger log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public void Wire(FileSystemWatcher watcher)
    {
        watcher.Created += async (_, e) => await SendFileAsync(e.FullPath);
        watcher.Error += (_, e) => log.LogError(e.GetException(), "watch");
    }

    // ok LCA2004: the gate is around the whole message
    private async Task SendFileAsync(string path)
    {
        await _gate.WaitAsync();
        try
        {
            foreach (var chunk in (await File.ReadAllBytesAsync(path)).Chunk(1000))
                await ws.SendAsync(chunk, WebSocketMessageType.Binary, false, default);
            await ws.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Binary, true, default);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "{Path} not sent", path);
        }
        finally
        {
            _gate.Release();
        }
    }
}

public static class Together
{
    public static async Task SendTwoAsync(SslStream tls, byte[] head, byte[] body)
    {
        var first = tls.WriteAsync(head).AsTask();
        var second = tls.WriteAsync(body).AsTask(); //! LCA2004
        await Task.WhenAll(first, second);
    }

    // ok LCA2004: two streams
    public static async Task SendTwinAsync(SslStream left, SslStream right, byte[] data) =>
        await Task.WhenAll(left.WriteAsync(data).AsTask(), right.WriteAsync(data).AsTask());

    public static Task SendManyAsync(WebSocket ws, IEnumerable<byte[]> items) =>
        Task.WhenAll(items.Select(item => ws.SendAsync(item, WebSocketMessageType.Binary, true, default))); //! LCA2004

    // ok LCA2004: one per socket
    public static Task SendEachAsync(IEnumerable<WebSocket> sockets, byte[] item) =>
        Task.WhenAll(sockets.Select(ws => ws.SendAsync(item, WebSocketMessageType.Binary, true, default)));

    // ok LCA2004: send and receive may run together
    public static async Task BothWaysAsync(WebSocket ws, byte[] item, byte[] buffer)
    {
        var receive = ws.ReceiveAsync(buffer.AsMemory(), default).AsTask();
        await ws.SendAsync(item, WebSocketMessageType.Binary, true, default);
        await receive;
    }
}

public sealed class Consumer(WebSocket ws, ChannelReader<byte[]> reader, ChannelWriter<byte[]> writer)
{
    // ok LCA2004: the timer only queues, one loop writes
    public Timer Start() => new(_ => writer.TryWrite([0]), null, 0, 1000);

    public async Task RunAsync(CancellationToken stop)
    {
        while (await reader.WaitToReadAsync(stop))
            while (reader.TryRead(out var item))
                await ws.SendAsync(item, WebSocketMessageType.Binary, true, stop);
    }
}

public sealed class HalfGated : IDisposable
{
    private readonly WebSocket _ws;
    private readonly Lock _sync = new();
    private readonly PeriodicTimer _timer = new(TimeSpan.FromSeconds(1));
    private readonly SemaphoreSlim _gate = new(1);

    public HalfGated(WebSocket ws, AppDomain domain)
    {
        _ws = ws;
        domain.ProcessExit += (_, _) =>
        {
            if (_ws.State != WebSocketState.Open) return;
            _ws.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, true, default).GetAwaiter().GetResult(); //! LCA2004
        };
    }

    public async Task SendAsync(byte[] data, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            await _ws.SendAsync(data, WebSocketMessageType.Binary, true, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class BusyFlag
{
    private readonly SslStream _tls;
    private int _busy;

    // ok LCA2004: a flag turns away who comes second
    public BusyFlag(SslStream tls, System.Timers.Timer timer)
    {
        _tls = tls;
        timer.Elapsed += async (_, _) =>
        {
            if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) return;
            try
            {
                await _tls.WriteAsync(new byte[1]);
            }
            catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
            {
                timer.Stop();
            }
            finally
            {
                Volatile.Write(ref _busy, 0);
            }
        };
    }
}
