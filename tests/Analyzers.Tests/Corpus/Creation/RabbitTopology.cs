// Publishers and consumers on RabbitMQ. Its shutdown events tell a late subscriber at once of what it missed.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Corpus.Creation.RabbitTopology;

public sealed class OrderConsumer(ConnectionFactory factory, ILogger<OrderConsumer> log) : BackgroundService
{
    // ok LCA1001: shutdown handlers that come late are called at once
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var connection = await factory.CreateConnectionAsync(stoppingToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
        await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false, cancellationToken: stoppingToken);
        connection.ConnectionShutdownAsync += OnConnectionShutdownAsync;
        channel.ChannelShutdownAsync += OnChannelShutdownAsync;

        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            log.LogInformation("order {Tag}", delivery.DeliveryTag);
            if (channel.IsOpen) await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, stoppingToken);
        };
        await channel.BasicConsumeAsync("orders", autoAck: false, consumer, stoppingToken);
        await Task.Delay(Timeout.Infinite, stoppingToken);
    }

    private Task OnConnectionShutdownAsync(object sender, ShutdownEventArgs e)
    {
        log.LogWarning("broker connection down: {Reason}", e.ReplyText);
        return Task.CompletedTask;
    }

    private Task OnChannelShutdownAsync(object sender, ShutdownEventArgs e)
    {
        log.LogWarning("channel down: {Reason}", e.ReplyText);
        return Task.CompletedTask;
    }
}

public sealed class OrderPublisher(ConnectionFactory factory, ILogger log) : IAsyncDisposable
{
    private IConnection? _connection;
    private IChannel? _channel;

    // ok LCA1001: the handlers come after the topology, and still hear everything
    public async Task StartAsync(CancellationToken stop)
    {
        _connection = await factory.CreateConnectionAsync(stop);
        _channel = await _connection.CreateChannelAsync(cancellationToken: stop);
        await _channel.ExchangeDeclareAsync("orders", ExchangeType.Topic, cancellationToken: stop);
        _connection.ConnectionShutdownAsync += (_, e) =>
        {
            log.LogWarning("connection: {Reason}", e.ReplyText);
            return Task.CompletedTask;
        };
        _channel.ChannelShutdownAsync += (_, e) =>
        {
            log.LogWarning("channel: {Reason}", e.ReplyText);
            return Task.CompletedTask;
        };
    }

    public async Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        if (_channel is not { IsOpen: true } channel) throw new InvalidOperationException("not started");
        await channel.BasicPublishAsync("orders", key, body, stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null) await _channel.DisposeAsync();
        if (_connection is not null) await _connection.DisposeAsync();
    }
}

/// <summary>Nobody ever listens to this one.</summary>
public sealed class AuditPublisher(ConnectionFactory factory) : IAsyncDisposable
{
    private IConnection? _connection;
    private IChannel? _channel;

    public async Task StartAsync(CancellationToken stop)
    {
        _connection = await factory.CreateConnectionAsync(stop); //? LCA1001
        _channel = await _connection.CreateChannelAsync(cancellationToken: stop); //? LCA1001
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null) await _channel.DisposeAsync();
        if (_connection is not null) await _connection.DisposeAsync();
    }
}

public static class Topology
{
    // ok LCA1001: created, used through awaited calls and disposed in one method
    public static async Task DeclareAsync(ConnectionFactory factory, IEnumerable<string> queues, CancellationToken stop)
    {
        await using var connection = await factory.CreateConnectionAsync(stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        foreach (var queue in queues)
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: stop);
        await channel.CloseAsync(stop);
        await connection.CloseAsync(stop);
    }
}
