// A bridge from MQTT to RabbitMQ to Redis: every handler stands before its connection opens. Nothing to report.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace Corpus.Creation.GoodBrokerBridge;

public sealed class BrokerBridge(
    MqttClientOptions mqttOptions,
    ConnectionFactory rabbit,
    string redisConfiguration,
    ILogger<BrokerBridge> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var connection = await rabbit.CreateConnectionAsync(stoppingToken);
        connection.ConnectionShutdownAsync += (_, e) =>
        {
            log.LogWarning("rabbit: {Reason}", e.ReplyText);
            return Task.CompletedTask;
        };
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
        channel.ChannelShutdownAsync += (_, e) =>
        {
            log.LogWarning("channel: {Reason}", e.ReplyText);
            return Task.CompletedTask;
        };

        using var redis = await ConnectionMultiplexer.ConnectAsync(redisConfiguration);
        redis.ConnectionFailed += OnRedisFailed;
        redis.InternalError += OnRedisInternalError;

        using var mqtt = new MqttFactory().CreateMqttClient();
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mqtt.DisconnectedAsync += e =>
        {
            log.LogError(e.Exception, "mqtt lost");
            lost.TrySetResult();
            return Task.CompletedTask;
        };
        mqtt.ApplicationMessageReceivedAsync += async e =>
        {
            var body = e.ApplicationMessage.PayloadSegment;
            try
            {
                if (channel.IsOpen) await channel.BasicPublishAsync("bridge", e.ApplicationMessage.Topic, body.AsMemory(), stoppingToken);
                await redis.GetDatabase().StringSetAsync("last:" + e.ApplicationMessage.Topic, DateTime.UtcNow.Ticks);
            }
            catch (Exception ex) when (ex is RabbitMQ.Client.Exceptions.AlreadyClosedException or RedisException)
            {
                log.LogWarning(ex, "{Topic} not bridged", e.ApplicationMessage.Topic);
            }
        };
        await mqtt.ConnectAsync(mqttOptions, stoppingToken);
        await lost.Task.WaitAsync(stoppingToken);
    }

    private void OnRedisFailed(object? sender, ConnectionFailedEventArgs e) => log.LogError(e.Exception, "redis: {Type}", e.FailureType);

    private void OnRedisInternalError(object? sender, InternalErrorEventArgs e) => log.LogError(e.Exception, "redis, internally: {Origin}", e.Origin);
}
