// One MQTT client for everybody who publishes. The plain client stays down when it went down.
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;

namespace Corpus.Reuse.MqttShared;

public sealed class Telemetry(MqttClientOptions options, ILogger log) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IMqttClient? _client;

    public async Task PublishAsync(string topic, byte[] payload, CancellationToken stop)
    {
        var message = new MqttApplicationMessage { Topic = topic, PayloadSegment = payload };
        if (_client == null) await ConnectAsync(stop);
        await _client!.PublishAsync(message, stop); //! LCA3001
    }

    private async Task ConnectAsync(CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_client != null) return;
            var client = new MqttFactory().CreateMqttClient();
            client.DisconnectedAsync += e =>
            {
                log.LogWarning(e.Exception, "broker gone");
                return Task.CompletedTask;
            };
            await client.ConnectAsync(options, stop);
            _client = client;
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: asked in the condition
    public async Task PublishValidatedAsync(string topic, byte[] payload, CancellationToken stop)
    {
        var message = new MqttApplicationMessage { Topic = topic, PayloadSegment = payload };
        if (_client is not { IsConnected: true }) await ReconnectAsync(stop);
        await _client!.PublishAsync(message, stop);
    }

    private async Task ReconnectAsync(CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_client is { IsConnected: true }) return;
            _client?.Dispose();
            var client = new MqttFactory().CreateMqttClient();
            client.DisconnectedAsync += e =>
            {
                log.LogWarning(e.Exception, "broker gone");
                return Task.CompletedTask;
            };
            await client.ConnectAsync(options, stop);
            _client = client;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _gate.Dispose();
    }
}

public sealed class SitePublisher(Func<string, MqttClientOptions> optionsOf)
{
    private readonly Dictionary<string, IMqttClient> _sites = [];

    /// <summary>Several messages over what the dictionary has.</summary>
    public async Task PublishAllAsync(string site, IEnumerable<MqttApplicationMessage> messages, CancellationToken stop)
    {
        if (!_sites.TryGetValue(site, out var client))
        {
            client = new MqttFactory().CreateMqttClient();
            await client.ConnectAsync(optionsOf(site), stop); //! LCA1001
            _sites.Add(site, client);
        }

        foreach (var message in messages) await client.PublishAsync(message, stop); //! LCA3001
    }

    // ok LCA3001: asked once; each publish that comes back keeps what was learnt
    public async Task PublishAllValidatedAsync(string site, IEnumerable<MqttApplicationMessage> messages, CancellationToken stop)
    {
        if (!_sites.TryGetValue(site, out var client))
        {
            client = new MqttFactory().CreateMqttClient();
            _sites.Add(site, client);
        }

        if (!client.IsConnected) await client.ConnectAsync(optionsOf(site), stop);
        foreach (var message in messages) await client.PublishAsync(message, stop);
    }

    // ok LCA3001: the loop asks before each message
    public async Task<int> PublishWhileConnectedAsync(string site, Queue<MqttApplicationMessage> messages, CancellationToken stop)
    {
        var sent = 0;
        if (!_sites.TryGetValue(site, out var client)) return sent;
        while (client.IsConnected && messages.TryDequeue(out var message))
        {
            await client.PublishAsync(message, stop);
            sent++;
        }

        return sent;
    }
}

/// <summary>Opens in Start and keeps that client as long as it lives.</summary>
public sealed class OwnedTelemetry(MqttClientOptions options) : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttFactory().CreateMqttClient();

    public Task StartAsync(CancellationToken stop)
    {
        _client.DisconnectedAsync += _ => Task.CompletedTask;
        return _client.ConnectAsync(options, stop);
    }

    // ok LCA3001: neither looked up nor lazily opened
    public Task PublishAsync(string topic, CancellationToken stop) =>
        _client.PublishAsync(new MqttApplicationMessage { Topic = topic }, stop);

    public async ValueTask DisposeAsync()
    {
        await _client.DisconnectAsync(new MqttClientDisconnectOptions());
        _client.Dispose();
    }
}
