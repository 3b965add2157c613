// Publishing domain events through RabbitMQ 7: a channel that is opened once, and one that is looked after.
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fresh.Reuse.EventPublisher;

public interface IEventBus
{
    Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken ct);
}

public sealed class OnceOpenedBus(IConnection connection) : IEventBus
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IChannel? _channel;

    /// <summary>A channel that the broker has closed does not come back.</summary>
    public async Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_channel is null) _channel = await connection.CreateChannelAsync(cancellationToken: ct);
            await _channel.BasicPublishAsync("events", key, body, ct); //! LCA3001
        }
        finally
        {
            _turn.Release();
        }
    }
}

public sealed class WatchedBus(IConnection connection, ILogger<WatchedBus> log) : IEventBus
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IChannel? _channel;

    public async Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var channel = await ChannelAsync(ct);
            await channel.BasicPublishAsync("events", key, body, ct);
        }
        catch (AlreadyClosedException e)
        {
            log.LogWarning(e, "publish of {Key} failed", key);
            _channel = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IChannel> ChannelAsync(CancellationToken ct)
    {
        if (_channel is { IsOpen: true } open) return open;
        if (_channel is not null) await _channel.DisposeAsync();
        return _channel = await connection.CreateChannelAsync(cancellationToken: ct);
    }
}

/// <summary>The connection itself recovers; the dictionary of channels does not.</summary>
public sealed class ChannelPerExchange(IConnection connection)
{
    private readonly Dictionary<string, IChannel> _channels = new(StringComparer.Ordinal);

    private async Task<IChannel> For(string exchange)
    {
        if (_channels.TryGetValue(exchange, out var known)) return known;
        var created = await connection.CreateChannelAsync();
        await created.ExchangeDeclareAsync(exchange, ExchangeType.Topic);
        _channels[exchange] = created;
        return created;
    }

    public async Task SendAsync(string exchange, string key, byte[] body)
    {
        var channel = await For(exchange);
        await channel.BasicPublishAsync(exchange, key, body); //! LCA3001
    }

    // ok LCA3001: asked after it was looked up
    public async Task SendCheckedAsync(string exchange, string key, byte[] body)
    {
        var channel = await For(exchange);
        if (channel.IsClosed)
        {
            _channels.Remove(exchange);
            channel = await For(exchange);
        }

        await channel.BasicPublishAsync(exchange, key, body);
    }
}

public static class Connections
{
    private static readonly ConnectionFactory Factory = new() { HostName = "broker" };

    private static readonly Lazy<Task<IConnection>> Shared = new(() => Factory.CreateConnectionAsync()); //! LCA3002

    private static Task<IConnection>? _second;

    public static Task<IConnection> GetAsync() => Shared.Value;

    public static Task<IConnection> SecondAsync() => _second ??= Factory.CreateConnectionAsync(); //! LCA3002

    private static Task<IConnection>? _third;

    // ok LCA3002: a failed one is not asked again
    public static Task<IConnection> ThirdAsync()
    {
        var third = _third;
        if (third is null || third.IsFaulted || third.IsCanceled) _third = third = Factory.CreateConnectionAsync();
        return third;
    }
}
