// Trading feeds over what the venues happen to offer: websocket-sharp, MQTT, SignalR, a vendor's session, Redis for the last values.
using Acme.Venue;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using StackExchange.Redis;
using WebSocketSharp;

namespace Unseen.Creation.MarketFeeds;

public sealed class DepthFeed : IDisposable
{
    private readonly WebSocket _ws;
    private readonly ILogger _log;
    private long _updates;

    public DepthFeed(string url, ILogger log)
    {
        _log = log;
        _ws = new WebSocket(url, "depth.v2");
        _ws.OnMessage += (_, _) => Interlocked.Increment(ref _updates);
    }

    public void Start()
    {
        _ws.Connect(); //! LCA1001
        _ws.OnError += OnError;
        _ws.OnClose += (_, e) => _log.LogWarning("depth closed: {Reason}", e.Reason);
    }

    private void OnError(object? sender, WebSocketSharp.ErrorEventArgs e) => _log.LogError(e.Exception, "depth: {Message}", e.Message);

    public long Updates => Interlocked.Read(ref _updates);

    public void Dispose() => _ws.Close();
}

public sealed class TradesFeed : IDisposable
{
    private readonly WebSocket _ws;

    // ok LCA1001: one of its error events is enough
    public TradesFeed(string url, ILogger log)
    {
        _ws = new WebSocket(url);
        _ws.OnClose += (_, e) => log.LogWarning("trades closed: {Reason}", e.Reason);
    }

    public void Start() => _ws.Connect();

    public void Dispose() => _ws.Close();
}

public abstract class VenueFeed(VenueSession session, ILogger log)
{
    protected VenueSession Session { get; } = session;

    protected void Watch() => Session.Faulted += (_, ex) => log.LogError(ex, "venue session faulted");
}

public sealed class AuctionFeed(string host, ILogger log) : VenueFeed(new VenueSession(host, 7002), log), IAsyncDisposable
{
    // ok LCA1001: the base class attaches
    public async Task OpenAsync(CancellationToken ct)
    {
        Watch();
        await Session.ConnectAsync(ct);
    }

    public ValueTask DisposeAsync() => Session.DisposeAsync();
}

public sealed class OrderFeed : IAsyncDisposable
{
    private readonly VenueSession _session;
    private int _executions;

    public OrderFeed(string host, int port)
    {
        _session = new VenueSession(host, port);
        _session.Received += (_, text) => { if (text.StartsWith("8=", StringComparison.Ordinal)) Interlocked.Increment(ref _executions); };
    }

    public int Executions => Volatile.Read(ref _executions);

    public async Task LogonAsync(string user, CancellationToken ct)
    {
        await _session.ConnectAsync(ct); //! LCA1001
        await _session.SendAsync("A|" + user, ct);
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();
}

public sealed class QuoteDesk(ILogger<QuoteDesk> log)
{
    // ok LCA1001: attached first
    public async Task StreamAsync(string host, Action<string> onQuote, CancellationToken ct)
    {
        await using var session = new VenueSession(host, 7001);
        session.Faulted += (_, ex) => log.LogError(ex, "quotes lost");
        session.Received += (_, text) => onQuote(text);
        await session.ConnectAsync(ct);
        await Task.Delay(Timeout.Infinite, ct);
    }

    public async Task StreamLateAsync(string host, Action<string> onQuote, CancellationToken ct)
    {
        await using var session = new VenueSession(host, 7001);
        session.Received += (_, text) => onQuote(text);
        await session.ConnectAsync(ct); //! LCA1001
        await session.SendAsync("SUBSCRIBE|*", ct);
        session.Faulted += (_, ex) => log.LogError(ex, "quotes lost");
        await Task.Delay(Timeout.Infinite, ct);
    }

    // ok LCA1001: created, awaited and disposed here; its failures arrive at the calls
    public async Task CancelAllAsync(string host, CancellationToken ct)
    {
        await using var session = new VenueSession(host, 7001);
        await session.ConnectAsync(ct);
        await session.SendAsync("CANCEL|*", ct);
        await session.CloseAsync();
    }

    // ok LCA1001: it leaves before it opens
    public VenueSession Prepare(string host)
    {
        var session = new VenueSession(host, 7001);
        session.Received += (_, text) => log.LogTrace("{Text}", text);
        return session;
    }

    public Task UnboundedAsync(VenueSession session) => session.ConnectAsync(); //! LCA1008

    // ok LCA1008: bounded by a linked token
    public async Task BoundedAsync(VenueSession session, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        await session.ConnectAsync(limit.Token);
    }
}

public sealed class TickerBridge(MqttFactory factory, MqttClientOptions options, ILogger<TickerBridge> log) : BackgroundService
{
    private readonly IMqttClient _mqtt = factory.CreateMqttClient();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _mqtt.ApplicationMessageReceivedAsync += e =>
        {
            log.LogTrace("{Topic}", e.ApplicationMessage.Topic);
            return Task.CompletedTask;
        };
        await _mqtt.ConnectAsync(options, stoppingToken); //! LCA1001
        _mqtt.DisconnectedAsync += OnDisconnectedAsync;
        await Task.Delay(Timeout.Infinite, stoppingToken);
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        log.LogWarning(e.Exception, "ticker bridge lost its broker");
        return Task.CompletedTask;
    }

    public override void Dispose()
    {
        _mqtt.Dispose();
        base.Dispose();
    }
}

public sealed class NewsBridge : BackgroundService
{
    private readonly IMqttClient _mqtt;
    private readonly MqttClientOptions _options;

    // ok LCA1001: the constructor attaches
    public NewsBridge(MqttFactory factory, MqttClientOptions options, ILogger<NewsBridge> log)
    {
        _options = options;
        _mqtt = factory.CreateMqttClient();
        _mqtt.DisconnectedAsync += e => { log.LogWarning(e.Exception, "news bridge lost its broker"); return Task.CompletedTask; };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _mqtt.ConnectAsync(_options, stoppingToken);
        await Task.Delay(Timeout.Infinite, stoppingToken);
    }

    public override void Dispose()
    {
        _mqtt.Dispose();
        base.Dispose();
    }
}

public sealed class LastValues : IDisposable
{
    private readonly ConnectionMultiplexer _redis;

    public LastValues(string configuration)
    {
        _redis = ConnectionMultiplexer.Connect(configuration); //! LCA1001
    }

    public string? Last(string symbol) => _redis.GetDatabase().StringGet("last:" + symbol);

    public void Dispose() => _redis.Dispose();
}

public sealed class LastTrades : IDisposable
{
    private readonly ConnectionMultiplexer _redis;

    // ok LCA1001: attached right after the creation
    public LastTrades(string configuration, ILogger log)
    {
        _redis = ConnectionMultiplexer.Connect(configuration);
        _redis.ConnectionFailed += (_, e) => log.LogError(e.Exception, "redis {EndPoint} failed", e.EndPoint);
    }

    public string? Last(string symbol) => _redis.GetDatabase().StringGet("trade:" + symbol);

    public void Dispose() => _redis.Dispose();
}

public sealed class RiskConsole(string url, ILogger log) : IAsyncDisposable
{
    private HubConnection? _hub;

    public async Task OpenAsync(CancellationToken ct)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        _hub = hub;
        hub.On<string>("breach", text => log.LogWarning("limit breached: {Text}", text));
        await hub.StartAsync(ct); //! LCA1001
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
    }
}

public static class HubWatch
{
    public static HubConnection Watched(this HubConnection hub, ILogger log)
    {
        hub.Closed += ex =>
        {
            log.LogError(ex, "hub closed");
            return Task.CompletedTask;
        };
        return hub;
    }
}

public sealed class MarginConsole(string url, ILogger log) : IAsyncDisposable
{
    private readonly HubConnection _hub = new HubConnectionBuilder().WithUrl(url).Build().Watched(log);

    // ok LCA1001: the extension attached the handler
    public Task OpenAsync(CancellationToken ct) => _hub.StartAsync(ct);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}
