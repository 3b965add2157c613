// Telemetry over MQTT: meters publish, a backend listens.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;

namespace Corpus.Creation.MqttTelemetry;

public sealed class MeterPublisher : IDisposable
{
    private readonly IMqttClient _client = new MqttFactory().CreateMqttClient();
    private readonly MqttClientOptions _options;

    public MeterPublisher(MqttClientOptions options) => _options = options;

    public async Task StartAsync(CancellationToken stop)
    {
        await _client.ConnectAsync(_options, stop); //! LCA1001
    }

    public Task PublishAsync(string topic, byte[] payload, CancellationToken stop) =>
        _client.PublishAsync(new MqttApplicationMessage { Topic = topic, PayloadSegment = payload }, stop);

    public void Dispose() => _client.Dispose();
}

public sealed class WatchedMeterPublisher : IDisposable
{
    private readonly IMqttClient _client = new MqttFactory().CreateMqttClient();
    private readonly MqttClientOptions _options;
    private readonly ILogger _log;

    public WatchedMeterPublisher(MqttClientOptions options, ILogger log)
    {
        _options = options;
        _log = log;
        _client.DisconnectedAsync += OnDisconnectedAsync;
    }

    // ok LCA1001: DisconnectedAsync is how this client tells that it failed
    public async Task StartAsync(CancellationToken stop)
    {
        await _client.ConnectAsync(_options, stop);
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        _log.LogWarning(e.Exception, "broker gone");
        return Task.CompletedTask;
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>A hosted listener: what it hears before the handler is there is lost.</summary>
public sealed class MeterListener(MqttClientOptions options, ILogger<MeterListener> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = new MqttFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += e =>
        {
            log.LogInformation("{Topic}", e.ApplicationMessage.Topic);
            return Task.CompletedTask;
        };
        await client.ConnectAsync(options, stoppingToken); //! LCA1001
        client.DisconnectedAsync += e =>
        {
            log.LogError(e.Exception, "listener cut off");
            return Task.CompletedTask;
        };
        await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
    }
}

public sealed class WatchedMeterListener(MqttClientOptions options, ILogger<WatchedMeterListener> log) : BackgroundService
{
    // ok LCA1001: the loop reconnects from its own handler, attached first
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = new MqttFactory().CreateMqttClient();
        client.DisconnectedAsync += async e =>
        {
            log.LogWarning(e.Exception, "listener cut off, again in five seconds");
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(5), stoppingToken);
                await client.ConnectAsync(options, stoppingToken);
            }
            catch (Exception ex) when (ex is not OperationCanceledException)
            {
                log.LogError(ex, "reconnect failed");
            }
        };
        await client.ConnectAsync(options, stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
    }
}

public static class MeterCommands
{
    // ok LCA1001: one command, awaited, and the client is gone again
    public static async Task<bool> RebootAsync(string meter, MqttClientOptions options, CancellationToken stop)
    {
        using var client = new MqttFactory().CreateMqttClient();
        await client.ConnectAsync(options, stop);
        var result = await client.PublishAsync(new MqttApplicationMessage { Topic = $"meters/{meter}/reboot" }, stop);
        await client.DisconnectAsync(new MqttClientDisconnectOptions(), stop);
        return result.IsSuccess;
    }

    // ok LCA1001: it leaves unopened, whoever connects it will watch it
    public static IMqttClient Create() => new MqttFactory().CreateMqttClient();

    // ok LCA1001: somebody else's client
    public static Task OpenAsync(IMqttClient client, MqttClientOptions options, CancellationToken stop) => client.ConnectAsync(options, stop);
}

public sealed class MeterSimulator(MqttClientOptions options) : IAsyncDisposable
{
    private readonly List<IMqttClient> _meters = [];

    public async Task StartAsync(int count, CancellationToken stop)
    {
        for (var i = 0; i < count; i++)
        {
            var meter = MeterCommands.Create();
            _meters.Add(meter);
            await meter.ConnectAsync(options, stop); //! LCA1001
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var meter in _meters)
        {
            if (meter.IsConnected) await meter.DisconnectAsync(new MqttClientDisconnectOptions());
            meter.Dispose();
        }
    }
}
