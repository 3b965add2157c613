// MQTT bridges of an IoT gateway: a supervisor that replaces its client, a telemetry queue, last-will cleanup.
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;

namespace Silence.MqttBridges;

public sealed record Telemetry(string Topic, byte[] Payload);

public static class MqttClientSetup
{
    // ok LCA1001: the extension attaches before anybody opens
    public static IMqttClient Watched(this IMqttClient client, ILogger log, Func<MqttClientDisconnectedEventArgs, Task>? also = null)
    {
        client.DisconnectedAsync += args =>
        {
            log.LogWarning(args.Exception, "broker gone");
            return also is null ? Task.CompletedTask : also(args);
        };
        return client;
    }
}

public abstract class MqttWorker(ILogger log)
{
    protected ILogger Log { get; } = log;

    protected IMqttClient Create()
    {
        var client = new MqttFactory().CreateMqttClient();
        client.DisconnectedAsync += OnDisconnectedAsync;
        return client;
    }

    protected virtual Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs args)
    {
        Log.LogWarning(args.Exception, "disconnected");
        return Task.CompletedTask;
    }
}

public sealed class OneShotPublisher(MqttClientOptions options, ILogger<OneShotPublisher> log) : MqttWorker(log)
{
    // ok LCA1001: the base class attached it
    // ok LCA1003: in a using
    public async Task PublishOnceAsync(Telemetry telemetry, CancellationToken ct)
    {
        using var client = Create();
        await client.ConnectAsync(options, ct);
        await client.PublishAsync(new MqttApplicationMessage { Topic = telemetry.Topic, Payload = telemetry.Payload }, ct);
    }

    // ok LCA1001: a local, used through awaited calls of its own and disposed here
    public async Task ProbeAsync(CancellationToken ct)
    {
        using var client = new MqttFactory().CreateMqttClient();
        await client.ConnectAsync(options, ct);
        await client.DisconnectAsync(new MqttClientDisconnectOptions(), ct);
    }
}

/// <summary>Supervised: a loop connects, waits for the end, connects again; the queue survives.</summary>
public sealed class TelemetryBridge(MqttClientOptions options, ILogger<TelemetryBridge> log) : BackgroundService
{
    private readonly Channel<Telemetry> _queue = Channel.CreateBounded<Telemetry>(10_000);

    public ValueTask EnqueueAsync(Telemetry telemetry, CancellationToken ct) => _queue.Writer.WriteAsync(telemetry, ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = TimeSpan.FromSeconds(1);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunSessionAsync(stoppingToken);
                delay = TimeSpan.FromSeconds(1);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(e, "session failed, next in {Delay}", delay);
                await Task.Delay(delay, stoppingToken);
                delay = TimeSpan.FromSeconds(Math.Min(60, delay.TotalSeconds * 2));
            }
        }
    }

    // ok LCA1001: attached before the connect; it ends the session's own token
    // ok LCA3006: the handler acts on this session's local source alone
    private async Task RunSessionAsync(CancellationToken ct)
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var client = new MqttFactory().CreateMqttClient().Watched(log, _ => EndAsync(session));
        await client.ConnectAsync(options, session.Token);
        await foreach (var item in _queue.Reader.ReadAllAsync(session.Token))
        {
            if (!client.IsConnected) throw new IOException("lost before the publish");
            await client.PublishAsync(new MqttApplicationMessage { Topic = item.Topic, Payload = item.Payload }, session.Token);
        }
    }

    private static async Task EndAsync(CancellationTokenSource session)
    {
        try
        {
            await session.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // the session has ended already
        }
    }
}

/// <summary>Keeps a client, replaces it in Reconnect; its handler knows which client it hangs on.</summary>
public sealed class ReplacingBridge(MqttClientOptions options, ILogger<ReplacingBridge> log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IMqttClient? _client;
    private int _lost;

    public int Lost => _lost;

    // ok LCA3006: the old one is disposed, and the handler asks whether it still is the one
    public async Task ReconnectAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var fresh = new MqttFactory().CreateMqttClient();
            fresh.DisconnectedAsync += args =>
            {
                if (!ReferenceEquals(Volatile.Read(ref _client), fresh)) return Task.CompletedTask;
                log.LogWarning(args.Exception, "current client lost");
                Interlocked.Increment(ref _lost);
                Interlocked.CompareExchange(ref _client, null, fresh)?.Dispose();
                return Task.CompletedTask;
            };
            try
            {
                await fresh.ConnectAsync(options, ct);
            }
            catch
            {
                fresh.Dispose();
                throw;
            }

            Interlocked.Exchange(ref _client, fresh)?.Dispose();
        }
        finally
        {
            _turn.Release();
        }
    }

    // ok LCA3001: the state decides
    public async Task<bool> TryPublishAsync(Telemetry telemetry, CancellationToken ct)
    {
        if (_client is not { IsConnected: true } client) return false;
        await client.PublishAsync(new MqttApplicationMessage { Topic = telemetry.Topic, Payload = telemetry.Payload }, ct);
        return true;
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _client, null)?.Dispose();
        _turn.Dispose();
    }
}

/// <summary>The same idea; the handler clears whatever client is there when it runs.</summary>
public sealed class ConfusedBridge(MqttClientOptions options, ILogger<ConfusedBridge> log)
{
    private IMqttClient? _client;

    public async Task ReconnectAsync(CancellationToken ct)
    {
        var fresh = new MqttFactory().CreateMqttClient();
        fresh.DisconnectedAsync += OnDisconnectedAsync;
        try
        {
            await fresh.ConnectAsync(options, ct);
        }
        catch
        {
            fresh.Dispose();
            throw;
        }

        _client = fresh; //! LCA3006
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs args)
    {
        log.LogWarning(args.Exception, "broker gone");
        _client?.Dispose();
        _client = null;
        return Task.CompletedTask;
    }

    // ok LCA3001: the state decides
    public Task PublishAsync(Telemetry telemetry, CancellationToken ct) => _client is { IsConnected: true } client
        ? client.PublishAsync(new MqttApplicationMessage { Topic = telemetry.Topic, Payload = telemetry.Payload }, ct)
        : Task.CompletedTask;
}

public interface ISensorBus
{
    event EventHandler<Telemetry>? Measured;
}

public sealed class SensorForwarder
{
    private readonly IMqttClient _client;
    private readonly ILogger _log;

    public SensorForwarder(ISensorBus bus, IMqttClient client, ILogger log)
    {
        (_client, _log) = (client, log);
        bus.Measured += (_, telemetry) => Forward(telemetry);
        bus.Measured += OnMeasuredLoud;
    }

    // ok LCA2001: the guard is two calls down, returning
    private void Forward(Telemetry telemetry) => _ = ForwardAsync(telemetry);

    private async Task ForwardAsync(Telemetry telemetry)
    {
        try
        {
            if (!Ready()) return;
            await _client.PublishAsync(new MqttApplicationMessage { Topic = telemetry.Topic, Payload = telemetry.Payload });
        }
        catch (Exception e)
        {
            _log.LogDebug(e, "{Topic} not forwarded", telemetry.Topic);
        }
    }

    private bool Ready() => _client.IsConnected;

    private async void OnMeasuredLoud(object? sender, Telemetry telemetry)
    {
        var message = new MqttApplicationMessage { Topic = "loud/" + telemetry.Topic, Payload = telemetry.Payload };
        if (telemetry.Payload.Length > 0) await _client.PublishAsync(message); //! LCA2001
    }
}

/// <summary>Attaches when it is already too late.</summary>
public sealed class StatusReporter(MqttClientOptions options, ILogger<StatusReporter> log) : IDisposable
{
    private readonly IMqttClient _client = new MqttFactory().CreateMqttClient();

    public async Task StartAsync(CancellationToken ct)
    {
        await _client.ConnectAsync(options, ct); //! LCA1001
        _client.DisconnectedAsync += args =>
        {
            log.LogWarning(args.Exception, "reporter disconnected");
            return Task.CompletedTask;
        };
    }

    public void Dispose() => _client.Dispose();
}
