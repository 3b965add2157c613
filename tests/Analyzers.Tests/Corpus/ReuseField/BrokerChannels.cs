// RabbitMQ channels kept by exchange, tenant and thread.
using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Field.Broker;

public interface IEventPublisher
{
    Task PublishAsync(string exchange, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}

/// <summary>One channel for the process, made at the first event.</summary>
internal sealed class LazyChannelPublisher(IConnection connection) : IEventPublisher, IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IChannel? _channel;

    public async Task PublishAsync(string exchange, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _channel ??= await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await _channel.BasicPublishAsync(exchange, "", body, cancellationToken); //! LCA3001
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null) await _channel.DisposeAsync();
    }
}

/// <summary>The same, with the channel asked for its state.</summary>
internal sealed class CheckedChannelPublisher(IConnection connection) : IEventPublisher
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IChannel? _channel;

    public async Task PublishAsync(string exchange, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var channel = await ChannelAsync(cancellationToken);
            await channel.BasicPublishAsync(exchange, "", body, cancellationToken); // ok LCA3001: the getter asked
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<IChannel> ChannelAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open) return open;
        if (_channel is not null) await _channel.DisposeAsync();
        return _channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
    }
}

/// <summary>A channel for every tenant, kept for an hour, in the memory cache of the host.</summary>
public class TenantOutbox
{
    private readonly IMemoryCache _cache;
    private readonly IConnection _connection;
    private readonly ILogger<TenantOutbox> _logger;

    public TenantOutbox(IMemoryCache cache, IConnection connection, ILogger<TenantOutbox> logger)
    {
        _cache = cache;
        _connection = connection;
        _logger = logger;
    }

    public async Task SendAsync(string tenant, byte[] body)
    {
        var channel = await _cache.GetOrCreateAsync("channel:" + tenant, async entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromHours(1);
            return await _connection.CreateChannelAsync();
        });
        await channel!.BasicPublishAsync("tenants", tenant, body); //! LCA3001
    }

    public async Task SendCheckedAsync(string tenant, byte[] body)
    {
        if (!_cache.TryGetValue<IChannel>("channel:" + tenant, out var channel) || channel!.IsClosed)
        {
            channel = await _connection.CreateChannelAsync();
            _cache.Set("channel:" + tenant, channel, TimeSpan.FromHours(1));
        }

        await channel.BasicPublishAsync("tenants", tenant, body); // ok LCA3001: closed ones are replaced
    }

    public async Task SendCachedTaskAsync(string tenant, byte[] body)
    {
        var opening = _cache.GetOrCreate("opening:" + tenant, entry => _connection.CreateChannelAsync())!; //! LCA3002
        var channel = await opening;
        if (!channel.IsOpen) return;
        await channel.BasicPublishAsync("tenants", tenant, body);
    }

    public async Task SendCachedTaskEvictingAsync(string tenant, byte[] body)
    {
        var key = "opening:" + tenant;
        var opening = _cache.GetOrCreate(key, entry => _connection.CreateChannelAsync())!; // ok LCA3002: a failed one is removed
        try
        {
            var channel = await opening;
            await channel.BasicPublishAsync("tenants", tenant, body); // ok LCA3001: its failure evicts
        }
        catch (Exception e)
        {
            _cache.Remove(key);
            _logger.LogError(e, "publish for {Tenant} failed", tenant);
            throw;
        }
    }
}

/// <summary>A pool after the manner of the framework's object pool; the policy looks at what comes back.</summary>
public sealed class ChannelPolicy(IConnection connection) : PooledObjectPolicy<IChannel>
{
    public override IChannel Create() => connection.CreateChannelAsync().GetAwaiter().GetResult();

    public override bool Return(IChannel obj)
    {
        if (obj.IsOpen) return true;
        obj.Dispose();
        return false;
    }
}

public sealed class PooledPublisher(ObjectPool<IChannel> pool)
{
    public async Task PublishAsync(string queue, byte[] body)
    {
        var channel = pool.Get(); //! LCA3004
        try
        {
            await channel.BasicPublishAsync("", queue, body);
        }
        finally
        {
            pool.Return(channel);
        }
    }

    public async Task PublishOpenAsync(string queue, byte[] body)
    {
        var channel = pool.Get(); // ok LCA3004: a closed one is not used
        while (channel.IsClosed)
        {
            channel.Dispose();
            channel = pool.Get();
        }

        try
        {
            await channel.BasicPublishAsync("", queue, body);
        }
        finally
        {
            pool.Return(channel);
        }
    }
}

/// <summary>Confirmed publishing; what the retry does with an event that the broker may have taken already.</summary>
public sealed class ConfirmingPublisher(Func<CancellationToken, Task<IChannel>> channels, ILogger logger)
{
    public async Task PublishAsync(string exchange, byte[] body, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var channel = await channels(ct);
            try
            {
                await channel.BasicPublishAsync(exchange, "", body, ct); //! LCA3005
                return;
            }
            catch (OperationInterruptedException e) when (attempt < 3)
            {
                logger.LogWarning(e, "attempt {Attempt}", attempt);
            }
        }
    }

    /// <summary>Only opening the channel is tried again.</summary>
    public async Task PublishOnceAsync(string exchange, byte[] body, CancellationToken ct)
    {
        IChannel? channel = null;
        for (var attempt = 1; channel is null; attempt++)
        {
            try
            {
                channel = await channels(ct);
            }
            catch (BrokerUnreachableException e) when (attempt < 3)
            {
                logger.LogWarning(e, "attempt {Attempt}", attempt);
            }
        }

        await using (channel)
        {
            await channel.BasicPublishAsync(exchange, "", body, ct); // ok LCA3005: sent once
        }
    }
}

/// <summary>A consumer whose connection is replaced after a shutdown; recovery is switched off.</summary>
public sealed class ReplacingConsumer(ConnectionFactory factory, ILogger logger)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IConnection? _connection;

    public async Task StartAsync(CancellationToken ct)
    {
        var connection = await factory.CreateConnectionAsync(ct);
        connection.ConnectionShutdownAsync += OnShutdownAsync;
        _connection = connection; //! LCA3006
    }

    private async Task OnShutdownAsync(object sender, ShutdownEventArgs e)
    {
        await _turn.WaitAsync();
        try
        {
            logger.LogWarning("connection lost: {Text}", e.ReplyText);
            _connection = null;
            await StartAsync(CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>The same; an event of a connection that was replaced meanwhile is none of its business.</summary>
public sealed class CarefulConsumer(ConnectionFactory factory, ILogger logger)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IConnection? _connection;

    public async Task StartAsync(CancellationToken ct)
    {
        var connection = await factory.CreateConnectionAsync(ct);
        connection.ConnectionShutdownAsync += OnShutdownAsync;
        _connection = connection; // ok LCA3006: the handler asks whose event it is
    }

    private async Task OnShutdownAsync(object sender, ShutdownEventArgs e)
    {
        await _turn.WaitAsync();
        try
        {
            if (!ReferenceEquals(sender, _connection)) return;
            logger.LogWarning("connection lost: {Text}", e.ReplyText);
            await _connection!.DisposeAsync();
            await StartAsync(CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>Consumers by queue; the failed task of one queue's channel stays for good.</summary>
public sealed class ConsumerDirectory(IConnection connection)
{
    private readonly ConcurrentDictionary<string, Task<IChannel>> _byQueue = new();
    private readonly ConcurrentDictionary<string, Task<IChannel>> _evicting = new();

    public async Task<uint> DepthAsync(string queue)
    {
        var channel = await _byQueue.GetOrAdd(queue, _ => connection.CreateChannelAsync()); //! LCA3002
        return channel.IsOpen ? await channel.MessageCountAsync(queue) : 0;
    }

    public async Task<uint> DepthOrForgetAsync(string queue)
    {
        var task = _evicting.GetOrAdd(queue, _ => connection.CreateChannelAsync()); // ok LCA3002: evicted below
        try
        {
            var channel = await task;
            return await channel.MessageCountAsync(queue);
        }
        catch
        {
            _evicting.TryRemove(KeyValuePair.Create(queue, task));
            throw;
        }
    }
}
