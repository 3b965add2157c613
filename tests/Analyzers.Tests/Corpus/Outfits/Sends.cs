// Checks that grew stale, Connected, overlapping sends, silent catches.
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Outfits.Sends;

// 1. bad: Connected decides a send; good: it is only logged
public sealed class Telnet(TcpClient tcp, ILogger log)
{
    public void Say(byte[] text)
    {
        if (tcp is { Connected: true }) //! LCA2003
            tcp.GetStream().Write(text);
    }

    public void Report() => log.LogInformation("connected: {Up}", tcp.Connected);

    public bool IsUp => tcp.Connected;

    public void Stop()
    {
        if (tcp.Connected) tcp.Client.Shutdown(SocketShutdown.Both);
        tcp.Dispose();
    }

    public async Task PumpAsync(Stream to, CancellationToken ct)
    {
        var buffer = new byte[1024];
        while (tcp.Connected && !ct.IsCancellationRequested) //! LCA2003
        {
            var n = await tcp.GetStream().ReadAsync(buffer, ct);
            if (n == 0) break;
            await to.WriteAsync(buffer.AsMemory(0, n), ct);
        }
    }
}

// 2. bad: a timer and a public method write to one TLS stream
public sealed class TlsLine : IDisposable
{
    private readonly SslStream _tls;
    private readonly Timer _beat;

    public TlsLine(SslStream tls)
    {
        _tls = tls;
        _beat = new Timer(Beat, null, 1000, 1000);
    }

    private async void Beat(object? _)
    {
        try
        {
            await _tls.WriteAsync(new byte[] { 0 }); //! LCA2004
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    public ValueTask SayAsync(ReadOnlyMemory<byte> text, CancellationToken ct) => _tls.WriteAsync(text, ct);

    public void Dispose() { _beat.Dispose(); _tls.Dispose(); }
}

// 3. good: the same under an async lock of one's own with a using
public sealed class AsyncLock
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public async ValueTask<Releaser> EnterAsync(CancellationToken ct = default)
    {
        await _one.WaitAsync(ct).ConfigureAwait(false);
        return new(_one);
    }

    public readonly struct Releaser(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}

public sealed class LockedTlsLine : IDisposable
{
    private readonly SslStream _tls;
    private readonly AsyncLock _lock = new();
    private readonly Timer _beat;

    public LockedTlsLine(SslStream tls)
    {
        _tls = tls;
        _beat = new Timer(Beat, null, 1000, 1000);
    }

    private async void Beat(object? _)
    {
        try
        {
            await SayAsync(new byte[] { 0 }, default);
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    public async Task SayAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        using var _ = await _lock.EnterAsync(ct);
        await _tls.WriteAsync(text, ct);
    }

    public void Dispose() { _beat.Dispose(); _tls.Dispose(); }
}

// 4. bad: WhenAll of sends on one socket, good: on several
public sealed class Broadcaster(IReadOnlyList<WebSocket> all)
{
    public Task ToAllAsync(ReadOnlyMemory<byte> m, CancellationToken ct) =>
        Task.WhenAll(all.Select(w => w.SendAsync(m, WebSocketMessageType.Text, true, ct).AsTask()));

    public static async Task TwiceAsync(WebSocket ws, ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b, CancellationToken ct)
    {
        await Task.WhenAll(
            ws.SendAsync(a, WebSocketMessageType.Text, true, ct).AsTask(),
            ws.SendAsync(b, WebSocketMessageType.Text, true, ct).AsTask()); //! LCA2004
    }

    public static async Task DuplexAsync(WebSocket ws, ReadOnlyMemory<byte> a, Memory<byte> into, CancellationToken ct)
    {
        var receive = ws.ReceiveAsync(into, ct).AsTask();
        await Task.WhenAll(receive, ws.SendAsync(a, WebSocketMessageType.Text, true, ct).AsTask());
    }
}

// 5. bad: a catch-all that says nothing; good: narrow; good: it answers
public sealed class Gossip(Socket socket, ILogger log)
{
    public void Shout(byte[] m)
    {
        try { socket.Send(m); }
        catch { } //! LCA2005
    }

    public void Whisper(byte[] m)
    {
        try { socket.Send(m); }
        catch (SocketException) { }
        catch (ObjectDisposedException) { }
    }

    public bool Mutter(byte[] m)
    {
        try { return socket.Send(m) == m.Length; }
        catch (Exception) { return false; }
    }

    public void Murmur(byte[] m)
    {
        try { socket.Send(m); }
        catch (Exception ex) when (Log(ex)) { }
    }

    private bool Log(Exception ex) { log.LogDebug(ex, "murmur"); return true; }

    public void Mumble(byte[] m)
    {
        var failed = true;
        try { socket.Send(m); failed = false; }
        catch (Exception) { }
        finally { if (failed) socket.Dispose(); }
    }
}

// 6. good: single consumer writes the pipe; bad: two callers
public sealed class PipeOut(PipeWriter writer)
{
    private readonly Channel<byte[]> _queue = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });

    public void Enqueue(byte[] m) => _queue.Writer.TryWrite(m);

    public async Task DrainAsync(CancellationToken ct)
    {
        while (await _queue.Reader.WaitToReadAsync(ct))
        {
            while (_queue.Reader.TryRead(out var m)) writer.Write(m);
            if ((await writer.FlushAsync(ct)).IsCompleted) break;
        }
        await writer.CompleteAsync();
    }
}

file static class PipeWriterExtensions
{
    public static void Write(this PipeWriter writer, byte[] m)
    {
        m.CopyTo(writer.GetSpan(m.Length));
        writer.Advance(m.Length);
    }
}

// 7. LCA2002: lock released between, helper reopened, loop with delay
public sealed class Courier(WebSocket ws, Func<CancellationToken, Task> reopen)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    private bool Up => ws.State == WebSocketState.Open;

    public async Task DeliverAsync(byte[] m, CancellationToken ct)
    {
        if (!Up) throw new InvalidOperationException("down");
        await _gate.WaitAsync(ct);
        try
        {
            await ws.SendAsync(m, WebSocketMessageType.Binary, true, ct); //! LCA2002
        }
        finally { _gate.Release(); }
    }

    public async Task DeliverSafeAsync(byte[] m, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!Up) throw new InvalidOperationException("down");
            await ws.SendAsync(m, WebSocketMessageType.Binary, true, ct);
        }
        finally { _gate.Release(); }
    }

    private async Task EnsureOpenAsync(CancellationToken ct)
    {
        if (!Up) await reopen(ct);
    }

    public async Task DeliverOpenedAsync(byte[] m, CancellationToken ct)
    {
        await EnsureOpenAsync(ct);
        await ws.SendAsync(m, WebSocketMessageType.Binary, true, ct);
    }

    public async Task DripAsync(IAsyncEnumerable<byte[]> source, CancellationToken ct)
    {
        await foreach (var m in source.WithCancellation(ct))
        {
            if (!Up) break;
            await ws.SendAsync(m, WebSocketMessageType.Binary, true, ct);
        }
    }

    public async Task DripOnceCheckedAsync(IAsyncEnumerable<byte[]> source, CancellationToken ct)
    {
        if (!Up) return;
        await foreach (var m in source.WithCancellation(ct))
            await ws.SendAsync(m, WebSocketMessageType.Binary, true, ct); //! LCA2002
    }

    public async IAsyncEnumerable<int> CountAsync(byte[][] all, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (var i = 0; i < all.Length; i++)
        {
            if (!Up) yield break;
            await ws.SendAsync(all[i], WebSocketMessageType.Binary, true, ct);
            yield return i;
        }
    }
}
