// An MQTT agent that reconnects with a growing delay and publishes from one loop.
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using MQTTnet.Exceptions;

namespace Corpus.Sending.GoodMqttAgent;

public interface ISensorBus
{
    event EventHandler<MqttApplicationMessage>? Published;
}

public sealed class MqttAgent : BackgroundService
{
    private readonly IMqttClient _client;
    private readonly MqttClientOptions _options;
    private readonly ISensorBus _bus;
    private readonly ILogger<MqttAgent> _log;
    private readonly Channel<MqttApplicationMessage> _pending = Channel.CreateUnbounded<MqttApplicationMessage>();
    private readonly SemaphoreSlim _lost = new(0);

    public MqttAgent(IMqttClient client, MqttClientOptions options, ISensorBus bus, ILogger<MqttAgent> log)
    {
        (_client, _options, _bus, _log) = (client, options, bus, log);
        _client.DisconnectedAsync += OnDisconnectedAsync;
        _client.ConnectedAsync += OnConnectedAsync;
        _client.ApplicationMessageReceivedAsync += OnMessageAsync;
        _bus.Published += OnPublished;
    }

    private void OnPublished(object? sender, MqttApplicationMessage message) => _pending.Writer.TryWrite(message);

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        _log.LogWarning(e.Exception, "disconnected");
        _lost.Release();
        return Task.CompletedTask;
    }

    private async Task OnConnectedAsync(MqttClientConnectedEventArgs e) =>
        await _client.PublishAsync(new MqttApplicationMessage { Topic = "agent/online" });

    private Task OnMessageAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        _pending.Writer.TryWrite(new MqttApplicationMessage { Topic = "seen/" + e.ApplicationMessage.Topic });
        return Task.CompletedTask;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(KeepConnectedAsync(stoppingToken), PublishAsync(stoppingToken));

    private async Task KeepConnectedAsync(CancellationToken stop)
    {
        var delay = TimeSpan.FromSeconds(1);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (!_client.IsConnected) await _client.ConnectAsync(_options, stop);
                delay = TimeSpan.FromSeconds(1);
                await _lost.WaitAsync(stop);
            }
            catch (MqttCommunicationException ex)
            {
                _log.LogWarning(ex, "connecting failed, next try in {Delay}", delay);
                await Task.Delay(delay, stop);
                delay = TimeSpan.FromSeconds(Math.Min(60, delay.TotalSeconds * 2));
            }
        }
    }

    private async Task PublishAsync(CancellationToken stop)
    {
        await foreach (var message in _pending.Reader.ReadAllAsync(stop))
        {
            try
            {
                await _client.PublishAsync(message, stop);
            }
            catch (MqttCommunicationException ex)
            {
                _log.LogDebug(ex, "kept for later");
                _pending.Writer.TryWrite(message);
                await Task.Delay(500, stop);
            }
        }
    }
}
