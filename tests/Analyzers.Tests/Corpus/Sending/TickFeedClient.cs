// A client of an exchange's tick feed: heartbeats, resubscription, sequence gaps.
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.TickFeedClient;

public sealed class TickFeed : IAsyncDisposable
{
    private readonly ClientWebSocket _ws = new();
    private readonly Timer _heartbeat;
    private readonly List<string> _symbols = [];

    public TickFeed()
    {
        _heartbeat = new Timer(async _ => await _ws.SendAsync("{\"op\":\"ping\"}"u8.ToArray(), WebSocketMessageType.Text, true, default), null, Timeout.Infinite, Timeout.Infinite); //! LCA2001
    }

    // ok LCA2001: no callback
    public async Task StartAsync(Uri uri, CancellationToken stop)
    {
        await _ws.ConnectAsync(uri, stop);
        await SubscribeAllAsync(stop);
        _heartbeat.Change(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15));
    }

    public void WatchGaps(GapDetector gaps, CancellationToken stop)
    {
        gaps.GapFound += async (_, gap) =>
        {
            _symbols.Add(gap.Symbol);
            await SubscribeAllAsync(stop); //! LCA2001
        };
    }

    private async Task SubscribeAllAsync(CancellationToken stop)
    {
        foreach (var symbol in _symbols)
            await SendTextAsync($"{{\"op\":\"sub\",\"s\":\"{symbol}\"}}", stop);
    }

    private Task SendTextAsync(string text, CancellationToken stop) =>
        _ws.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, stop);

    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync();
        _ws.Dispose();
    }
}

public sealed record Gap(string Symbol, long From, long To);

public sealed class GapDetector
{
    private long _next;

    public event EventHandler<Gap>? GapFound;

    public void Accept(string symbol, long sequence)
    {
        if (sequence != _next) GapFound?.Invoke(this, new Gap(symbol, _next, sequence));
        _next = sequence + 1;
    }
}

public sealed class GuardedTickFeed : IAsyncDisposable
{
    private readonly ClientWebSocket _ws = new();
    private readonly Timer _heartbeat;
    private readonly ILogger _log;

    // ok LCA2001: the beat is sent only while the socket is open
    public GuardedTickFeed(ILogger log)
    {
        _log = log;
        _heartbeat = new Timer(async _ =>
        {
            if (_ws.State == WebSocketState.Open)
                await _ws.SendAsync("{\"op\":\"ping\"}"u8.ToArray(), WebSocketMessageType.Text, true, default);
        }, null, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15));
    }

    // ok LCA2001: the failure of a closing socket is caught on the way
    public void WatchGaps(GapDetector gaps, CancellationToken stop)
    {
        gaps.GapFound += async (_, gap) => await ResubscribeAsync(gap.Symbol, stop);
    }

    private async Task ResubscribeAsync(string symbol, CancellationToken stop)
    {
        try
        {
            var text = Encoding.UTF8.GetBytes($"{{\"op\":\"sub\",\"s\":\"{symbol}\"}}");
            await _ws.SendAsync(text, WebSocketMessageType.Text, true, stop);
        }
        catch (Exception ex) when (ex is WebSocketException or InvalidOperationException or OperationCanceledException)
        {
            _log.LogInformation(ex, "feed is closing, {Symbol} stays unsubscribed", symbol);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync();
        _ws.Dispose();
    }
}
