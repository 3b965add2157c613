// RabbitMQ 7: channel providers, consumers, an outbox with retry, a topology initialiser.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Silence.BrokerPublishers;

public sealed record Envelope(Guid Id, string Exchange, string Key, ReadOnlyMemory<byte> Body);

public interface IChannelProvider
{
    ValueTask<IChannel> GetAsync(CancellationToken ct);
}

/// <summary>One channel, renewed when it is closed, under the async lock of its users.</summary>
public sealed class ChannelProvider(IConnection connection) : IChannelProvider, IAsyncDisposable
{
    private readonly SemaphoreSlim _lock = new(1, 1);
    private IChannel? _channel;

    // ok LCA3001: an open one or a new one
    public async ValueTask<IChannel> GetAsync(CancellationToken ct)
    {
        if (_channel is { IsOpen: true } open) return open;
        await _lock.WaitAsync(ct);
        try
        {
            if (_channel is { IsOpen: true } other) return other;
            if (_channel is not null) await _channel.DisposeAsync();
            _channel = await connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
            return _channel;
        }
        finally
        {
            _lock.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        var channel = Interlocked.Exchange(ref _channel, null);
        if (channel is not null) await channel.DisposeAsync();
        _lock.Dispose();
    }
}

public sealed class EventPublisher(IChannelProvider channels)
{
    private readonly SemaphoreSlim _sends = new(1, 1);

    // ok LCA3001: validated by the provider, used at once
    public async Task PublishAsync(Envelope envelope, CancellationToken ct)
    {
        await _sends.WaitAsync(ct);
        try
        {
            var channel = await channels.GetAsync(ct);
            var properties = new BasicProperties { MessageId = envelope.Id.ToString("N"), Persistent = true };
            await channel.BasicPublishAsync(envelope.Exchange, envelope.Key, false, properties, envelope.Body, ct);
        }
        finally
        {
            _sends.Release();
        }
    }
}

/// <summary>Created once, looked at never.</summary>
public sealed class LazyPublisher(IConnection connection) : IAsyncDisposable
{
    private readonly SemaphoreSlim _sends = new(1, 1);
    private IChannel? _channel;

    public async Task PublishAsync(Envelope envelope, CancellationToken ct)
    {
        await _sends.WaitAsync(ct);
        try
        {
            _channel ??= await connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
            await _channel.BasicPublishAsync(envelope.Exchange, envelope.Key, false, new BasicProperties(), envelope.Body, ct); //! LCA3001
        }
        finally
        {
            _sends.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null) await _channel.DisposeAsync();
        _channel = null;
    }
}

/// <summary>Created once, looked at never, but thrown away when a publish fails.</summary>
public sealed class DiscardingPublisher(IConnection connection) : IAsyncDisposable
{
    private readonly SemaphoreSlim _sends = new(1, 1);
    private IChannel? _channel;

    // ok LCA3001 LCA3002: the catch evicts
    public async Task PublishAsync(Envelope envelope, CancellationToken ct)
    {
        await _sends.WaitAsync(ct);
        try
        {
            _channel ??= await connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
            await _channel.BasicPublishAsync(envelope.Exchange, envelope.Key, false, new BasicProperties(), envelope.Body, ct);
        }
        catch
        {
            await DropAsync();
            throw;
        }
        finally
        {
            _sends.Release();
        }
    }

    private async ValueTask DropAsync()
    {
        var channel = _channel;
        _channel = null;
        if (channel is not null) await channel.DisposeAsync();
    }

    public ValueTask DisposeAsync() => DropAsync();
}

/// <summary>A channel per exchange in a dictionary; closed ones are replaced through an extension that asks.</summary>
public static class ChannelExtensions
{
    public static bool Usable(this IChannel? channel) => channel is { IsOpen: true, CloseReason: null };
}

public sealed class ChannelPerExchange(IConnection connection)
{
    private readonly Dictionary<string, IChannel> _channels = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _lock = new(1, 1);

    // ok LCA3001: the extension is the check
    public async Task PublishAsync(Envelope envelope, CancellationToken ct)
    {
        await _lock.WaitAsync(ct);
        try
        {
            if (!_channels.TryGetValue(envelope.Exchange, out var channel) || !channel.Usable())
            {
                if (channel is not null) await channel.DisposeAsync();
                _channels[envelope.Exchange] = channel = await connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
            }

            await channel.BasicPublishAsync(envelope.Exchange, envelope.Key, false, new BasicProperties(), envelope.Body, ct);
        }
        finally
        {
            _lock.Release();
        }
    }

    // The path for audits was added later, by somebody else.
    public async Task AuditAsync(Envelope envelope, CancellationToken ct)
    {
        await _lock.WaitAsync(ct);
        try
        {
            if (!_channels.TryGetValue("audit", out var channel))
            {
                _channels["audit"] = channel = await connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
            }

            await channel.BasicPublishAsync("audit", envelope.Key, false, new BasicProperties(), envelope.Body, ct); //! LCA3001
        }
        finally
        {
            _lock.Release();
        }
    }
}

public sealed class OrderConsumer(IConnection connection, ILogger<OrderConsumer> log) : IAsyncDisposable
{
    private IChannel? _channel;

    // ok LCA1001: the shutdown event tells a late subscriber at once
    public async Task StartAsync(Func<ReadOnlyMemory<byte>, Task> handle, CancellationToken ct)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        _channel = channel;
        channel.ChannelShutdownAsync += (_, args) =>
        {
            log.LogWarning("consumer channel closed: {Reason}", args.ReplyText);
            return Task.CompletedTask;
        };
        var consumer = new AsyncEventingBasicConsumer(channel);
        // ok LCA2001: acknowledged only while the channel is open, and its failure is caught
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            await handle(delivery.Body);
            try
            {
                if (channel.IsOpen) await channel.BasicAckAsync(delivery.DeliveryTag, false);
            }
            catch (Exception e) when (e is AlreadyClosedException or OperationInterruptedException or ObjectDisposedException)
            {
                log.LogDebug(e, "not acknowledged, it will come again");
            }
        };
        await channel.BasicConsumeAsync("orders", autoAck: false, consumer, ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _channel, null) is { } channel) await channel.DisposeAsync();
    }
}

public sealed class OutboxRelay(EventPublisher publisher, ILogger<OutboxRelay> log)
{
    // ok LCA3005: a channel refused before anything was written is the only failure that is repeated
    public async Task RelayAsync(Envelope envelope, IConnection connection, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (connection.IsOpen)
            {
                await publisher.PublishAsync(envelope, ct);
                return;
            }

            if (attempt == 10) throw new TimeoutException("the broker stayed away");
            log.LogDebug("waiting for the broker, attempt {Attempt}", attempt);
            await Task.Delay(TimeSpan.FromSeconds(attempt), ct);
        }
    }
}

public sealed class TopologyCache
{
    private readonly ConcurrentDictionary<string, Lazy<Task<QueueDeclareOk>>> _declared = new();

    // ok LCA3002: a cache of facts about queues, no connections
    public Task<QueueDeclareOk> EnsureAsync(IChannel channel, string queue) =>
        _declared.GetOrAdd(queue, name => new Lazy<Task<QueueDeclareOk>>(() => channel.QueueDeclareAsync(name, true, false, false))).Value;
}

public sealed class ConnectionHolder(IConnectionFactory factory)
{
    private Task<IConnection>? _connection;

    // As the first version was: a broker that is down at the first call stays down for this process.
    public Task<IConnection> GetStickyAsync(CancellationToken ct) =>
        //? LCA1001
        _connection ??= factory.CreateConnectionAsync(ct); //! LCA3002
}

public sealed class EvictingConnectionHolder(IConnectionFactory factory)
{
    private readonly object _sync = new();
    private Task<IConnection>? _connection;

    // ok LCA3002: what has failed or was cancelled is asked for again
    public Task<IConnection> GetAsync(CancellationToken ct)
    {
        lock (_sync)
        {
            if (_connection is null or { IsFaulted: true } or { IsCanceled: true }) _connection = factory.CreateConnectionAsync(ct); //? LCA1001
            return _connection;
        }
    }
}
