// Workers on RabbitMQ.Client 7: channels that are kept, published on and replaced.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace HeldOut.Reuse.RabbitWorkers;

public sealed class LazyPublisher(IConnection connection)
{
    private IChannel? _channel;

    public async Task PublishAsync(string queue, byte[] body, CancellationToken ct)
    {
        _channel ??= await connection.CreateChannelAsync(cancellationToken: ct);
        await _channel.BasicPublishAsync("", queue, body, ct); //! LCA3001
    }

    // ok LCA3001: open, or made anew
    public async Task PublishOpenAsync(string queue, byte[] body, CancellationToken ct)
    {
        if (_channel is not { IsOpen: true })
        {
            if (_channel is not null) await _channel.DisposeAsync();
            _channel = await connection.CreateChannelAsync(cancellationToken: ct);
        }

        await _channel.BasicPublishAsync("", queue, body, ct);
    }

    // ok LCA3001: the catch throws it away, the next call makes another
    public async Task PublishEvictingAsync(string queue, byte[] body, CancellationToken ct)
    {
        var channel = _channel ??= await connection.CreateChannelAsync(cancellationToken: ct);
        try
        {
            await channel.BasicPublishAsync("", queue, body, ct);
        }
        catch
        {
            _channel = null;
            await channel.DisposeAsync();
            throw;
        }
    }
}

public sealed class ChannelPerTopic(IConnection connection, ILogger<ChannelPerTopic> log)
{
    private readonly ConcurrentDictionary<string, IChannel> _channels = new();
    private readonly SemaphoreSlim _gate = new(1, 1);

    private sealed record Slot(IChannel Channel, DateTime Since)
    {
        public bool Usable => Channel is { IsOpen: true };
    }

    private readonly Dictionary<string, Slot> _slots = [];

    public async Task SendAsync(string topic, byte[] body, CancellationToken ct)
    {
        if (!_channels.TryGetValue(topic, out var channel))
        {
            channel = await connection.CreateChannelAsync(cancellationToken: ct);
            _channels[topic] = channel;
        }

        await channel.BasicPublishAsync("topics", topic, body, ct); //! LCA3001
    }

    // ok LCA3001: the record's own property asks
    public async Task SendBySlotAsync(string topic, byte[] body, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_slots.TryGetValue(topic, out var slot) || !slot.Usable)
                _slots[topic] = slot = new Slot(await connection.CreateChannelAsync(cancellationToken: ct), DateTime.UtcNow);
            await slot.Channel.BasicPublishAsync("topics", topic, body, ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task SendBySlotAgeAsync(string topic, byte[] body, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_slots.TryGetValue(topic, out var slot) || DateTime.UtcNow - slot.Since > TimeSpan.FromHours(1))
                _slots[topic] = slot = new Slot(await connection.CreateChannelAsync(cancellationToken: ct), DateTime.UtcNow);
            await slot.Channel.BasicPublishAsync("topics", topic, body, ct); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: the getter validates under the gate and returns
    public async Task SendThroughGetterAsync(string topic, byte[] body, CancellationToken ct)
    {
        var channel = await GetAsync(topic, ct);
        await channel.BasicPublishAsync("topics", topic, body, ct);
    }

    private async Task<IChannel> GetAsync(string topic, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_channels.TryGetValue(topic, out var kept) && kept.IsOpen) return kept;
            var fresh = await connection.CreateChannelAsync(cancellationToken: ct);
            _channels[topic] = fresh;
            return fresh;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task RetryAsync(IChannel channel, byte[] body, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await channel.BasicPublishAsync("", "work", body, ct); //! LCA3005
                return;
            }
            catch (OperationInterruptedException ex) when (attempt < 3)
            {
                log.LogWarning(ex, "again");
            }
        }
    }
}

public sealed class Worker : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly ILogger _log;

    private Worker(IChannel channel, ILogger log) => (_channel, _log) = (channel, log);

    // ok LCA3001: opened when it starts, used as long as it lives
    public static async Task<Worker> StartAsync(IConnection connection, ILogger log, CancellationToken ct)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        var worker = new Worker(channel, log);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += worker.OnReceivedAsync;
        await channel.BasicConsumeAsync("work", autoAck: false, consumer, ct);
        return worker;
    }

    private async Task OnReceivedAsync(object sender, BasicDeliverEventArgs e)
    {
        if (!_channel.IsOpen) return;
        try
        {
            await _channel.BasicAckAsync(e.DeliveryTag, false);
        }
        catch (AlreadyClosedException ex)
        {
            _log.LogDebug(ex, "not acknowledged");
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();
}

public sealed class Topology(ConnectionFactory factory)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IConnection>>> _byHost = new();
    private static readonly ConcurrentDictionary<string, string> s_names = new();

    public async Task<IChannel> OpenAsync(string host, CancellationToken ct)
    {
        var lazy = _byHost.GetOrAdd(host, h => new Lazy<Task<IConnection>>(() => DialAsync(h))); //! LCA3002
        var connection = await lazy.Value;
        return await connection.CreateChannelAsync(cancellationToken: ct);
    }

    // ok LCA3002: a fault takes its entry away
    public async Task<IChannel> OpenEvictingAsync(string host, CancellationToken ct)
    {
        var lazy = _byHost.GetOrAdd(host, h => new Lazy<Task<IConnection>>(() => DialAsync(h)));
        try
        {
            var connection = await lazy.Value;
            return await connection.CreateChannelAsync(cancellationToken: ct);
        }
        catch
        {
            _byHost.TryRemove(KeyValuePair.Create(host, lazy));
            throw;
        }
    }

    private Task<IConnection> DialAsync(string host)
    {
        factory.HostName = host;
        return factory.CreateConnectionAsync();
    }

    // ok LCA3002: names, no connections
    public string NameOf(string host) => s_names.GetOrAdd(host, static h => h.ToUpperInvariant());
}
