// Bus adapters of a factory: MQTT sensors, Redis presence, RabbitMQ work orders, NATS metrics, a JSON-RPC tool host, websocket-sharp panels.
using System.IO.Pipes;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using NATS.Client.Core;
using RabbitMQ.Client;
using StackExchange.Redis;
using StreamJsonRpc;

namespace CreationWorks.BrokerGateways;

public sealed class SensorIntake(MqttClientOptions options, ILogger<SensorIntake> log) : IDisposable
{
    private readonly IMqttClient _client = new MqttFactory().CreateMqttClient();
    private readonly Queue<byte[]> _samples = new();

    public async Task StartAsync(CancellationToken stop)
    {
        _client.ApplicationMessageReceivedAsync += OnSampleAsync;
        await _client.ConnectAsync(options, stop); //! LCA1001
        _client.DisconnectedAsync += OnDisconnectedAsync;
    }

    private Task OnSampleAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        lock (_samples) _samples.Enqueue(e.ApplicationMessage.PayloadSegment.ToArray());
        return Task.CompletedTask;
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        log.LogWarning(e.Exception, "sensors offline");
        return Task.CompletedTask;
    }

    public void Dispose() => _client.Dispose();
}

public sealed class ActuatorOutlet : IDisposable
{
    private readonly IMqttClient _client;
    private readonly MqttClientOptions _options;

    public ActuatorOutlet(MqttFactory factory, MqttClientOptions options, ILogger log)
    {
        _options = options;
        _client = factory.CreateMqttClient();
        _client.DisconnectedAsync += e =>
        {
            log.LogWarning(e.Exception, "actuators offline");
            return Task.CompletedTask;
        };
    }

    // ok LCA1001: the constructor attached
    public async Task StartAsync(CancellationToken stop) => await _client.ConnectAsync(_options, stop);

    public Task SetAsync(string actuator, byte[] value, CancellationToken stop) =>
        _client.PublishAsync(new MqttApplicationMessage { Topic = $"act/{actuator}", PayloadSegment = value }, stop);

    public void Dispose() => _client.Dispose();
}

// Created open, kept, and nobody listens for its failures.
public sealed class PresenceStore : IDisposable
{
    private readonly ConnectionMultiplexer _redis;

    public PresenceStore(string configuration)
    {
        _redis = ConnectionMultiplexer.Connect(configuration); //! LCA1001
    }

    public Task<bool> SeenAsync(string badge) => _redis.GetDatabase().StringSetAsync("seen:" + badge, DateTime.UtcNow.Ticks);

    public void Dispose() => _redis.Dispose();
}

// Used before it is observed.
public sealed class ShiftStore(string configuration, ILogger log) : IDisposable
{
    private ConnectionMultiplexer? _redis;

    public async Task StartAsync()
    {
        _redis = await ConnectionMultiplexer.ConnectAsync(configuration); //! LCA1001
        var latency = await _redis.GetDatabase().PingAsync();
        log.LogInformation("redis answers in {Latency}", latency);
        _redis.ConnectionFailed += (_, e) => log.LogError(e.Exception, "redis lost");
    }

    public void Dispose() => _redis?.Dispose();
}

public sealed class OrderStore : IDisposable
{
    private readonly ConnectionMultiplexer _redis;

    private OrderStore(ConnectionMultiplexer redis) => _redis = redis;

    // ok LCA1001: attached to the fresh multiplexer before anybody uses it
    public static async Task<OrderStore> OpenAsync(string configuration, ILogger log)
    {
        var redis = await ConnectionMultiplexer.ConnectAsync(configuration);
        redis.ConnectionFailed += (_, e) => log.LogError(e.Exception, "redis lost");
        return new OrderStore(redis);
    }

    public Task<RedisValue> NextAsync() => _redis.GetDatabase().ListLeftPopAsync("orders");

    public void Dispose() => _redis.Dispose();
}

public sealed class WorkOrderBus(ConnectionFactory factory, ILogger log) : IAsyncDisposable
{
    private IConnection? _connection;
    private IChannel? _channel;

    // ok LCA1001 LCA1008: RabbitMQ tells a late subscriber at once, and bounds its connect itself
    public async Task StartAsync()
    {
        _connection = await factory.CreateConnectionAsync();
        _channel = await _connection.CreateChannelAsync();
        await _channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false);
        _connection.ConnectionShutdownAsync += (_, e) =>
        {
            log.LogWarning("bus closed: {Reason}", e.ReplyText);
            return Task.CompletedTask;
        };
        _channel.ChannelShutdownAsync += (_, e) =>
        {
            log.LogWarning("channel closed: {Reason}", e.ReplyText);
            return Task.CompletedTask;
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null) await _channel.DisposeAsync();
        if (_connection is not null) await _connection.DisposeAsync();
    }
}

public sealed class MetricsOutlet(string url) : IAsyncDisposable
{
    private readonly NatsConnection _nats = new(new NatsOpts { Url = url });

    public async Task StartAsync()
    {
        //? LCA1008
        await _nats.ConnectAsync(); //! LCA1001
    }

    public ValueTask DisposeAsync() => _nats.DisposeAsync();
}

public sealed class AlarmOutlet : IAsyncDisposable
{
    private readonly NatsConnection _nats;

    // ok LCA1001: one handler of any of its error events is enough
    public AlarmOutlet(NatsOpts options, ILogger log)
    {
        _nats = new NatsConnection(options);
        _nats.ConnectionDisconnected += (_, e) =>
        {
            log.LogWarning("alarms offline: {Message}", e.Message);
            return default;
        };
    }

    public ValueTask StartAsync() => _nats.ConnectAsync(); //? LCA1008

    public ValueTask DisposeAsync() => _nats.DisposeAsync();
}

public sealed class ToolHost(ILogger<ToolHost> log)
{
    // ok LCA1001: the session is already listening, but a handler that comes after its end is told of it at once
    public async Task<string> RunToolAsync(NamedPipeServerStream pipe, CancellationToken stop)
    {
        await pipe.WaitForConnectionAsync(stop);
        using var rpc = JsonRpc.Attach(pipe, this);
        var version = await rpc.InvokeAsync<string>("version");
        rpc.Disconnected += (_, e) => log.LogWarning(e.Exception, "tool gone: {Why}", e.Description);
        await rpc.Completion;
        return version;
    }

    // ok LCA1001: attached between construction and StartListening
    public async Task<string> RunWatchedToolAsync(NamedPipeServerStream pipe, CancellationToken stop)
    {
        await pipe.WaitForConnectionAsync(stop);
        using var rpc = new JsonRpc(pipe);
        rpc.AddLocalRpcTarget(this);
        rpc.Disconnected += (_, e) => log.LogWarning(e.Exception, "tool gone: {Why}", e.Description);
        rpc.StartListening();
        var version = await rpc.InvokeAsync<string>("version");
        await rpc.Completion;
        return version;
    }
}

public sealed class PanelSocket : IDisposable
{
    private readonly WebSocketSharp.WebSocket _socket;
    private readonly ILogger _log;

    public PanelSocket(string url, ILogger log)
    {
        _log = log;
        _socket = new WebSocketSharp.WebSocket(url);
        _socket.OnMessage += (_, e) => _log.LogDebug("panel: {Data}", e.Data);
        _socket.Connect(); //! LCA1001
        _socket.OnError += (_, e) => _log.LogError(e.Exception, "panel failed");
        _socket.OnClose += (_, e) => _log.LogWarning("panel closed {Code}", e.Code);
    }

    public void Dispose() => _socket.Close();
}

public sealed class WatchedPanelSocket : IDisposable
{
    private readonly WebSocketSharp.WebSocket _socket;

    // ok LCA1001: an error handler, then the connect
    public WatchedPanelSocket(string url, ILogger log)
    {
        _socket = new WebSocketSharp.WebSocket(url);
        _socket.OnError += (_, e) => log.LogError(e.Exception, "panel failed");
        _socket.Connect();
        _socket.OnMessage += (_, e) => log.LogDebug("panel: {Data}", e.Data);
    }

    public void Dispose() => _socket.Close();
}
