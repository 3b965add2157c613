// Orders and quotes over one web socket: who may write, and when.
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.TradingFeeds;

public readonly record struct Order(int Id, string Symbol, int Quantity, decimal Limit);

public sealed class OrderSocket : IAsyncDisposable
{
    private readonly ClientWebSocket _ws = new();
    private readonly Timer _ping;
    private readonly ILogger _log;

    public OrderSocket(ILogger log)
    {
        _log = log;
        _ping = new Timer(OnPing);
    }

    public async Task OpenAsync(Uri uri, CancellationToken ct)
    {
        await _ws.ConnectAsync(uri, ct);
        _ping.Change(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    }

    private async void OnPing(object? state)
    {
        if (_ws.State != WebSocketState.Open) return;
        try
        {
            await _ws.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, default); //! LCA2004
        }
        catch (WebSocketException ex)
        {
            _log.LogWarning(ex, "ping");
        }
    }

    public async Task PlaceAsync(Order order, CancellationToken ct)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(order);
        await _ws.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, ct); //? LCA2004
    }

    public async ValueTask DisposeAsync()
    {
        await _ping.DisposeAsync();
        _ws.Dispose();
    }
}

public sealed class GatedOrderSocket(ClientWebSocket ws, ILogger log) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<int, Order> _open = [];

    // ok LCA2004: a helper takes the semaphore for all
    public Task PlaceAsync(Order order, CancellationToken ct) => LockedAsync(() => WriteAsync(order, ct), ct);

    // ok LCA2004: the same helper
    public Task CancelAsync(int id, CancellationToken ct) => LockedAsync(() => WriteAsync(new Order(id, "", 0, 0), ct), ct);

    // ok LCA2001: inside the lock, after the wait
    private async Task WriteAsync(Order order, CancellationToken ct)
    {
        if (ws is not { State: WebSocketState.Open }) throw new InvalidOperationException("feed is down");
        _open[order.Id] = order;
        await ws.SendAsync(JsonSerializer.SerializeToUtf8Bytes(order), WebSocketMessageType.Text, true, ct);
    }

    private async Task LockedAsync(Func<Task> work, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await work();
        }
        finally
        {
            _one.Release();
        }

        log.LogTrace("{Count} open", _open.Count);
    }

    public void Dispose()
    {
        _one.Dispose();
        ws.Dispose();
    }
}

public sealed class OutboxSocket(WebSocket ws)
{
    private readonly Channel<ReadOnlyMemory<byte>> _outbox = Channel.CreateBounded<ReadOnlyMemory<byte>>(256);

    // ok LCA2004: everyone queues, one loop writes
    public ValueTask QueueAsync(ReadOnlyMemory<byte> frame, CancellationToken ct) => _outbox.Writer.WriteAsync(frame, ct);

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var frame in _outbox.Reader.ReadAllAsync(ct).ConfigureAwait(false))
        {
            await ws.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, ct);
        }
    }
}

public sealed class Snapshot(WebSocket ws)
{
    public Task SendAllAsync(IEnumerable<Order> orders, CancellationToken ct) =>
        Task.WhenAll(orders.Select(o => ws.SendAsync(JsonSerializer.SerializeToUtf8Bytes(o), WebSocketMessageType.Text, true, ct))); //! LCA2004

    public async Task SendBothAsync(byte[] bids, byte[] asks, CancellationToken ct)
    {
        var first = ws.SendAsync(bids, WebSocketMessageType.Binary, true, ct);
        var second = ws.SendAsync(asks, WebSocketMessageType.Binary, true, ct); //! LCA2004
        await Task.WhenAll(first, second);
    }

    // ok LCA2004: one after the other
    public async Task SendInTurnAsync(byte[] bids, byte[] asks, CancellationToken ct)
    {
        await ws.SendAsync(bids, WebSocketMessageType.Binary, true, ct);
        await ws.SendAsync(asks, WebSocketMessageType.Binary, true, ct);
    }

    // ok LCA2004: two sockets
    public static Task MirrorAsync(WebSocket left, WebSocket right, byte[] data, CancellationToken ct) => Task.WhenAll(
        left.SendAsync(data, WebSocketMessageType.Binary, true, ct),
        right.SendAsync(data, WebSocketMessageType.Binary, true, ct));

    // ok LCA2004: one send and one receive may be under way together
    public async Task AskAsync(byte[] question, Memory<byte> answer, CancellationToken ct)
    {
        var send = ws.SendAsync(question, WebSocketMessageType.Binary, true, ct);
        var receive = ws.ReceiveAsync(answer, ct).AsTask();
        await Task.WhenAll(send, receive);
    }
}

public sealed class FrameWriter(WebSocket ws)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // Each frame has the gate to itself, the message has not.
    public async Task SendLargeAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        for (var at = 0; at < message.Length; at += 1024)
        {
            var part = message[at..Math.Min(at + 1024, message.Length)];
            await _gate.WaitAsync(ct);
            try
            {
                await ws.SendAsync(part, WebSocketMessageType.Binary, at + 1024 >= message.Length, ct); //! LCA2004
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    // ok LCA2004: the gate around all frames
    public async Task SendLargeGatedAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            for (var at = 0; at < message.Length; at += 1024)
            {
                var part = message[at..Math.Min(at + 1024, message.Length)];
                await ws.SendAsync(part, WebSocketMessageType.Binary, at + 1024 >= message.Length, ct);
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}

public interface IQuotes
{
    event Action<string, decimal>? Bid;
    event Action<string, decimal>? Ask;
    event Action<string, decimal>? Last;
}

public sealed class QuoteRelay
{
    private readonly WebSocket _ws;
    private readonly Lock _lock = new();
    private readonly ILogger _log;

    public QuoteRelay(WebSocket ws, IQuotes quotes, ILogger log)
    {
        (_ws, _log) = (ws, log);
        quotes.Bid += (symbol, price) => Push("bid", symbol, price);
        quotes.Ask += (symbol, price) => Push("ask", symbol, price);
        quotes.Last += OnLast;
    }

    // Not awaited: the next quote's send starts while this one's is under way.
    private void Push(string kind, string symbol, decimal price)
    {
        if (_ws.State == WebSocketState.Open)
            _ = _ws.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { kind, symbol, price }), WebSocketMessageType.Text, true, default); //! LCA2004 //? LCA1004
    }

    // ok LCA2004: under the lock, and to its end
    private void OnLast(string symbol, decimal price)
    {
        lock (_lock)
        {
            if (_ws.State != WebSocketState.Open) return;
            try
            {
                _ws.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { symbol, price }), WebSocketMessageType.Text, true, default).GetAwaiter().GetResult(); //? LCA2004
            }
            catch (Exception ex)
            {
                _log.LogWarning(ex, "last");
            }
        }
    }
}
