// Writers that share a pen: pipe writers, raw streams, several loops on one socket.
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Fresh.Sending.SharedPens;

public sealed class PipePen
{
    private readonly PipeWriter _writer;
    private readonly ILogger _log;
    private readonly Timer _beat;

    public PipePen(PipeWriter writer, ILogger log)
    {
        (_writer, _log) = (writer, log);
        _beat = new Timer(_ => BeatAsync(), null, 1000, 1000);
    }

    private async void BeatAsync()
    {
        try
        {
            await _writer.WriteAsync(new byte[] { 0 }); //! LCA2004
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            _log.LogDebug(e, "beat");
        }
    }

    public async Task SayAsync(ReadOnlyMemory<byte> text, CancellationToken ct) => await _writer.WriteAsync(text, ct);

    public void Stop() => _beat.Dispose();
}

/// <summary>Two loops, started side by side, write to one socket.</summary>
public sealed class TwoLoops(ClientWebSocket socket, ChannelReader<byte[]> orders)
{
    public async Task RunAsync(CancellationToken ct)
    {
        var orderLoop = OrdersAsync(ct);
        var beatLoop = BeatsAsync(ct);
        await Task.WhenAny(orderLoop, beatLoop);
    }

    private async Task OrdersAsync(CancellationToken ct)
    {
        while (await orders.WaitToReadAsync(ct))
            while (orders.TryRead(out var order))
                await socket.SendAsync(order, WebSocketMessageType.Text, true, ct);
    }

    private async Task BeatsAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(5000, ct);
            await socket.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Text, true, ct); //! LCA2004
        }
    }
}

public sealed class TwoTasks(SslStream tls, ILogger log)
{
    private readonly SemaphoreSlim _pen = new(1, 1);

    public Task StartAsync(Stream left, Stream right, CancellationToken ct) => Task.WhenAll(
        Task.Run(() => CopyAsync(left, ct), ct),
        Task.Run(() => CopyAsync(right, ct), ct));

    private async Task CopyAsync(Stream from, CancellationToken ct)
    {
        var buffer = new byte[1024];
        for (int n; (n = await from.ReadAsync(buffer, ct)) > 0;)
            await tls.WriteAsync(buffer.AsMemory(0, n), ct); //? LCA2004
        log.LogDebug("done");
    }

    // ok LCA2004: the pen is passed from one to the other
    public Task StartInTurnAsync(Stream left, Stream right, CancellationToken ct) => Task.WhenAll(CopyInTurnAsync(left, ct), CopyInTurnAsync(right, ct));

    private async Task CopyInTurnAsync(Stream from, CancellationToken ct)
    {
        var buffer = new byte[1024];
        for (int n; (n = await from.ReadAsync(buffer, ct)) > 0;)
        {
            await _pen.WaitAsync(ct);
            try
            {
                await tls.WriteAsync(buffer.AsMemory(0, n), ct);
            }
            finally
            {
                _pen.Release();
            }
        }
    }
}

public sealed class FanOut(IReadOnlyList<WebSocket> sockets)
{
    // ok LCA2004: to each its own
    public Task ToAllAsync(byte[] text, CancellationToken ct) =>
        Task.WhenAll(sockets.Select(socket => socket.SendAsync(text, WebSocketMessageType.Text, true, ct)));

    public async Task ToFirstAsync(IEnumerable<byte[]> texts, CancellationToken ct)
    {
        var first = sockets[0];
        await Task.WhenAll(texts.Select(text => first.SendAsync(text, WebSocketMessageType.Text, true, ct))); //! LCA2004
    }

    public async Task ToFirstInParallelAsync(IEnumerable<byte[]> texts, CancellationToken ct)
    {
        var first = sockets[0];
        await Parallel.ForEachAsync(texts, ct, async (text, token) => await first.SendAsync(text, WebSocketMessageType.Text, true, token)); //! LCA2004
    }

    // ok LCA2004: each socket once
    public Task ToEachInParallelAsync(byte[] text, CancellationToken ct) =>
        Parallel.ForEachAsync(sockets, ct, async (socket, token) => await socket.SendAsync(text, WebSocketMessageType.Text, true, token));
}
