// Bridges between MQTT, RabbitMQ (7, and 6 in the old plant), Redis and Socket.IO.
using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using SocketIOClient;
using StackExchange.Redis;

namespace SendingWorks.BusBridges;

public interface ITopicMap
{
    string RoutingKey(string topic);
    Task<string?> TopicAsync(string routingKey, CancellationToken ct);
}

/// <summary>MQTT to AMQP and back.</summary>
public sealed class AmqpMqttBridge
{
    private readonly IMqttClient _mqtt;
    private readonly IChannel _channel;
    private readonly ITopicMap _map;

    public AmqpMqttBridge(IMqttClient mqtt, IChannel channel, AsyncEventingBasicConsumer consumer, ITopicMap map)
    {
        (_mqtt, _channel, _map) = (mqtt, channel, map);
        _mqtt.ApplicationMessageReceivedAsync += OnMqttMessageAsync;
        _mqtt.DisconnectedAsync += OnMqttDisconnectedAsync;
        _mqtt.ConnectedAsync += OnMqttConnectedAsync;
        consumer.ReceivedAsync += OnAmqpMessageAsync;
    }

    private async Task OnMqttMessageAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        var key = _map.RoutingKey(e.ApplicationMessage.Topic);
        await _channel.BasicPublishAsync("telemetry", key, e.ApplicationMessage.PayloadSegment.ToArray()); //! LCA2001
    }

    private Task OnMqttDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        if (!e.ClientWasConnected) return Task.CompletedTask;
        return SayAsync("offline"); //! LCA2001
    }

    // ok LCA2001: Connected proves the state
    private Task OnMqttConnectedAsync(MqttClientConnectedEventArgs e) => SayAsync("online");

    private Task SayAsync(string what) =>
        _mqtt.PublishAsync(new MqttApplicationMessage { Topic = "bridge/status", PayloadSegment = Encoding.UTF8.GetBytes(what) });

    private async Task OnAmqpMessageAsync(object sender, BasicDeliverEventArgs e)
    {
        if (!_mqtt.IsConnected) return;
        var body = e.Body.ToArray();
        var topic = await _map.TopicAsync(e.RoutingKey, e.CancellationToken);
        if (topic is null) return;
        await _mqtt.PublishAsync(new MqttApplicationMessage { Topic = topic, PayloadSegment = body }); //! LCA2002
    }
}

/// <summary>The bridge that asks, right before it publishes.</summary>
public sealed class AskingBridge
{
    private readonly IMqttClient _mqtt;
    private readonly IChannel _channel;
    private readonly ILogger<AskingBridge> _log;

    public AskingBridge(IMqttClient mqtt, IChannel channel, AsyncEventingBasicConsumer consumer, ITopicMap map, ILogger<AskingBridge> log)
    {
        (_mqtt, _channel, _log) = (mqtt, channel, log);
        // ok LCA2001: IsOpen of the channel that publishes
        _mqtt.ApplicationMessageReceivedAsync += async e =>
        {
            if (!_channel.IsOpen)
            {
                _log.LogWarning("{Topic} dropped", e.ApplicationMessage.Topic);
                return;
            }
            await _channel.BasicPublishAsync("telemetry", map.RoutingKey(e.ApplicationMessage.Topic), e.ApplicationMessage.PayloadSegment.ToArray());
        };
        // ok LCA2001 LCA2002: the topic first, then the check
        consumer.ReceivedAsync += async (_, e) =>
        {
            var body = e.Body.ToArray();
            var topic = await map.TopicAsync(e.RoutingKey, e.CancellationToken);
            if (topic is { Length: > 0 } && _mqtt.IsConnected)
                await _mqtt.PublishAsync(new MqttApplicationMessage { Topic = topic, PayloadSegment = body });
        };
    }
}

/// <summary>Alarms from Redis go to a Socket.IO wall and to MQTT.</summary>
public sealed class AlarmFanOut
{
    private readonly SocketIOClient.SocketIO _wall;
    private readonly IMqttClient _mqtt;

    public AlarmFanOut(ISubscriber alarms, SocketIOClient.SocketIO wall, IMqttClient mqtt, ILogger log)
    {
        _wall = wall;
        _mqtt = mqtt;
        alarms.Subscribe("alarms", (channel, value) => Publish(channel, value)); //! LCA2001
        // ok LCA2001: asked
        alarms.Subscribe("all-clear", (_, value) => { if (_mqtt.IsConnected) Publish("all-clear", value); });
        // ok LCA2001: connected when this runs
        _wall.OnConnected += async (_, _) => await _wall.EmitAsync("join", "alarms");
        _wall.On("replay", async response => await _wall.EmitAsync("alarm", response.GetValue<string>())); //! LCA2001
        // ok LCA2001: Connected of Socket.IO, asked with a conditional expression
        _wall.On("status", async _ => await (_wall.Connected ? _wall.EmitAsync("status", "ok") : Task.CompletedTask));
        _wall.OnError += (_, text) => log.LogWarning("wall: {Text}", text);
    }

    private void Publish(string topic, string? payload)
    {
        var message = new MqttApplicationMessage { Topic = topic, PayloadSegment = Encoding.UTF8.GetBytes(payload ?? "") };
        _mqtt.PublishAsync(message).GetAwaiter().GetResult();
    }
}

public sealed record Measurement(string Tag, double Value);

/// <summary>RabbitMQ 6: a channel must not be used by two publishers at once.</summary>
public sealed class PlantPublisher : IDisposable
{
    private readonly IModel _channel;
    private readonly Timer _status;
    private readonly Func<IReadOnlyList<Measurement>> _read;

    public PlantPublisher(IModel channel, Func<IReadOnlyList<Measurement>> read)
    {
        _channel = channel;
        _read = read;
        _status = new Timer(PublishStatus, null, 1000, 1000);
    }

    private void PublishStatus(object? state)
    {
        foreach (var measurement in _read())
        {
            if (!_channel.IsOpen) return;
            _channel.BasicPublish("plant", measurement.Tag, null, BitConverter.GetBytes(measurement.Value)); //! LCA2004
        }
    }

    public void Dispose()
    {
        _status.Dispose();
        _channel.Close();
    }
}

/// <summary>The same channel, its publishers under one lock.</summary>
public sealed class LockedPlantPublisher : IDisposable
{
    private readonly IModel _channel;
    private readonly object _publishing = new();
    private readonly Timer _status;

    public LockedPlantPublisher(IModel channel, Func<IReadOnlyList<Measurement>> read)
    {
        _channel = channel;
        // ok LCA2004: the lock is held while it publishes
        _status = new Timer(_ =>
        {
            var measurements = read();
            lock (_publishing)
            {
                if (_channel.IsClosed) return;
                foreach (var m in measurements) _channel.BasicPublish("plant", m.Tag, null, BitConverter.GetBytes(m.Value));
            }
        }, null, 1000, 1000);
    }

    // ok LCA2004: the same lock
    public void Publish(Measurement measurement)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(measurement);
        lock (_publishing) _channel.BasicPublish("plant", measurement.Tag, null, body);
    }

    public void Dispose()
    {
        _status.Dispose();
        lock (_publishing) _channel.Close();
    }
}
