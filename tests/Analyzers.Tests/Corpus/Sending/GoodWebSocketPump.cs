// A web socket endpoint in the usual shape: one reading loop, one writing loop, a bounded outbox between.
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.GoodWebSocketPump;

public sealed class Ticker
{
    public event EventHandler<byte[]>? Ticked;

    public void Tick(byte[] data) => Ticked?.Invoke(this, data);
}

public sealed class PumpMiddleware(RequestDelegate next, Ticker ticker, ILogger<PumpMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await new Pump(socket, ticker, log).RunAsync(context.RequestAborted);
    }
}

public sealed class Pump
{
    private readonly WebSocket _socket;
    private readonly Ticker _ticker;
    private readonly ILogger _log;
    private readonly Channel<byte[]> _outbox = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(128) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public Pump(WebSocket socket, Ticker ticker, ILogger log)
    {
        _socket = socket;
        _ticker = ticker;
        _log = log;
    }

    public async Task RunAsync(CancellationToken aborted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        _ticker.Ticked += OnTicked;
        var writing = WriteAsync(stop.Token);
        try
        {
            await ReadAsync(stop.Token);
        }
        finally
        {
            _ticker.Ticked -= OnTicked;
            _outbox.Writer.TryComplete();
            await stop.CancelAsync();
            await writing;
        }
    }

    private void OnTicked(object? sender, byte[] data) => _outbox.Writer.TryWrite(data);

    private async Task ReadAsync(CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (_socket.State == WebSocketState.Open)
        {
            var result = await _socket.ReceiveAsync(buffer, stop);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }
            await _outbox.Writer.WriteAsync(buffer.AsSpan(0, result.Count).ToArray(), stop);
        }
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var message in _outbox.Reader.ReadAllAsync(stop))
            {
                if (_socket.State != WebSocketState.Open) break;
                await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, stop);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (WebSocketException ex)
        {
            _log.LogDebug(ex, "peer went away");
        }
    }
}
