// Single-writer connections of a game server: what two hands write at once.
using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Ways.Writers;

public sealed class Spectator(WebSocket socket)
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly Channel<ReadOnlyMemory<byte>> _outbox = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new() { SingleReader = true });

    public Task SendBothAsync(byte[] map, byte[] units, CancellationToken cancel) => Task.WhenAll(
        socket.SendAsync(map, WebSocketMessageType.Binary, true, cancel),
        socket.SendAsync(units, WebSocketMessageType.Binary, true, cancel)); //! LCA2004

    public async Task SendInOrderAsync(byte[] map, byte[] units, CancellationToken cancel)
    {
        await socket.SendAsync(map, WebSocketMessageType.Binary, true, cancel);
        await socket.SendAsync(units, WebSocketMessageType.Binary, true, cancel);
    }

    public async Task SendStartedAsync(byte[] map, byte[] units, CancellationToken cancel)
    {
        var first = socket.SendAsync(map, WebSocketMessageType.Binary, true, cancel);
        var second = socket.SendAsync(units, WebSocketMessageType.Binary, true, cancel); //! LCA2004
        await first;
        await second;
    }

    public Task SendGatedAsync(byte[] map, byte[] units, CancellationToken cancel)
    {
        return Task.WhenAll(new[] { map, units }.Select(Gated));

        async Task Gated(byte[] frame)
        {
            await _one.WaitAsync(cancel);
            try { await socket.SendAsync(frame, WebSocketMessageType.Binary, true, cancel); }
            finally { _one.Release(); }
        }
    }

    public Task SendEachAsync(IEnumerable<byte[]> frames, CancellationToken cancel) =>
        Task.WhenAll(frames.Select(frame => socket.SendAsync(frame, WebSocketMessageType.Binary, true, cancel))); //! LCA2004

    public Task SendParallelAsync(IEnumerable<byte[]> frames, CancellationToken cancel) =>
        Parallel.ForEachAsync(frames, cancel, async (frame, token) =>
            await socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, token)); //! LCA2004

    public bool Post(ReadOnlyMemory<byte> frame) => _outbox.Writer.TryWrite(frame);

    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var frame in _outbox.Reader.ReadAllAsync(stop))
            await socket.SendAsync(frame, WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, stop);
    }
}

/// <summary>Fan-out over many sockets: one send on each.</summary>
public static class Arena
{
    public static Task BroadcastAsync(IReadOnlyList<WebSocket> sockets, byte[] frame, CancellationToken cancel) =>
        Task.WhenAll(from s in sockets where s.State == WebSocketState.Open select s.SendAsync(frame, WebSocketMessageType.Binary, true, cancel));

    public static Task BroadcastPairAsync(WebSocket red, WebSocket blue, byte[] frame, CancellationToken cancel) => Task.WhenAll(
        red.SendAsync(frame, WebSocketMessageType.Binary, true, cancel),
        blue.SendAsync(frame, WebSocketMessageType.Binary, true, cancel));
}

public sealed class SecureConsole : IAsyncDisposable
{
    private readonly SslStream _tls;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Timer _beat;

    public SecureConsole(SslStream tls)
    {
        _tls = tls;
        _beat = new(Beat, null, 1000, 1000);
    }

    private async void Beat(object? _)
    {
        try
        {
            await _tls.WriteAsync(new byte[] { 0 }); //! LCA2004
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            await _beat.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _beat.DisposeAsync();
        await _tls.DisposeAsync();
        _gate.Dispose();
    }
}

public sealed class GatedConsole : IAsyncDisposable
{
    private readonly SslStream _tls;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Timer _beat;

    public GatedConsole(SslStream tls) => (_tls, _beat) = (tls, new Timer(static self => ((GatedConsole)self!).Beat(), this, Timeout.Infinite, Timeout.Infinite));

    private async void Beat()
    {
        if (!await _gate.WaitAsync(0)) return;
        try
        {
            await _tls.WriteAsync(new byte[] { 0 });
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _beat.Dispose();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _beat.DisposeAsync();
        await _tls.DisposeAsync();
    }
}

public sealed class StatePipe(PipeWriter writer)
{
    public async Task WriteTwiceAsync(byte[] left, byte[] right)
    {
        ValueTask<FlushResult> one = writer.WriteAsync(left), two = writer.WriteAsync(right); //! LCA2004
        await one;
        await two;
    }

    public async Task WriteOnceAsync(byte[] left, byte[] right)
    {
        writer.Write(left);
        writer.Write(right);
        await writer.FlushAsync();
    }
}
