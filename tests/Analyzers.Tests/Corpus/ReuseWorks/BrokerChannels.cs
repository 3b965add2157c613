// Publishers over RabbitMQ 7: the connection recovers by itself, a channel that the broker closed does not.
using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Works.Reuse.BrokerChannels;

public sealed record InvoiceIssued(Guid Id, string Customer, decimal Total);

/// <summary>One channel for the whole life of the process. A publish to an exchange that does not exist closes it.</summary>
public sealed class InvoiceEvents(IConnection connection, ILogger<InvoiceEvents> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IChannel? _channel;

    public async Task PublishAsync(InvoiceIssued invoice, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(invoice);
        await _gate.WaitAsync(ct);
        try
        {
            if (_channel == null)
            {
                _channel = await connection.CreateChannelAsync(cancellationToken: ct);
                _channel.ChannelShutdownAsync += OnShutdownAsync;
            }

            await _channel.BasicPublishAsync("billing", "invoice.issued", body, ct); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs e)
    {
        log.LogWarning("channel closed: {Reason}", e.ReplyText);
        return Task.CompletedTask;
    }
}

/// <summary>The same, with the question that the client offers.</summary>
public sealed class CheckedInvoiceEvents(IConnection connection, ILogger<CheckedInvoiceEvents> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IChannel? _channel;

    public async Task PublishAsync(InvoiceIssued invoice, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(invoice);
        await _gate.WaitAsync(ct);
        try
        {
            if (_channel is not { IsOpen: true })
            {
                if (_channel is not null) await _channel.DisposeAsync();
                _channel = await connection.CreateChannelAsync(cancellationToken: ct);
                _channel.ChannelShutdownAsync += OnShutdownAsync;
            }

            await _channel.BasicPublishAsync("billing", "invoice.issued", body, ct); // ok LCA3001: open, or just created
        }
        finally
        {
            _gate.Release();
        }
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs e)
    {
        log.LogWarning("channel closed: {Reason}", e.ReplyText);
        return Task.CompletedTask;
    }
}

/// <summary>A channel per tenant, found by name.</summary>
public sealed class TenantPublisher(IConnection connection)
{
    private readonly ConcurrentDictionary<string, IChannel> _byTenant = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task PublishAsync(string tenant, string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_byTenant.TryGetValue(tenant, out var channel))
            {
                channel = await connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
                _byTenant[tenant] = channel;
            }

            await channel.BasicPublishAsync("tenant." + tenant, key, body, ct); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task PublishCheckedAsync(string tenant, string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_byTenant.TryGetValue(tenant, out var channel) || channel.IsClosed)
            {
                channel = await connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
                _byTenant[tenant] = channel;
            }

            await channel.BasicPublishAsync("tenant." + tenant, key, body, ct); // ok LCA3001: a closed one is replaced
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task PublishEvictingAsync(string tenant, string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_byTenant.TryGetValue(tenant, out var channel))
            {
                channel = await connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
                _byTenant[tenant] = channel;
            }

            try
            {
                await channel.BasicPublishAsync("tenant." + tenant, key, body, ct); // ok LCA3001 LCA3002: whatever fails takes the channel out
            }
            catch (Exception)
            {
                _byTenant.TryRemove(tenant, out _);
                await channel.DisposeAsync();
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>Opens channels on a connection that is kept with the client's own recovery.</summary>
public sealed class RecoveringBroker(string uri)
{
    private readonly ConnectionFactory _factory = new() { Uri = new Uri(uri), ClientProvidedName = "billing" };
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;

    public async Task<uint> DepthAsync(string queue, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            _connection ??= await _factory.CreateConnectionAsync(ct); //? LCA1001
        }
        finally
        {
            _gate.Release();
        }

        await using var channel = await _connection.CreateChannelAsync(cancellationToken: ct); // ok LCA3001: recovers by itself
        var declared = await channel.QueueDeclarePassiveAsync(queue, ct);
        return declared.MessageCount;
    }
}

/// <summary>The same with recovery switched off: "we have our own". They do not, here.</summary>
public sealed class PlainBroker(string host)
{
    private readonly ConnectionFactory _factory = new() { HostName = host, AutomaticRecoveryEnabled = false };
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;

    public async Task<uint> DepthAsync(string queue, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            _connection ??= await _factory.CreateConnectionAsync(ct); //? LCA1001
        }
        finally
        {
            _gate.Release();
        }

        await using var channel = await _connection.CreateChannelAsync(cancellationToken: ct); //! LCA3001
        var declared = await channel.QueueDeclarePassiveAsync(queue, ct);
        return declared.MessageCount;
    }

    public async Task<uint> DepthCheckedAsync(string queue, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_connection is null || !_connection.IsOpen)
            {
                _connection?.Dispose();
                _connection = await _factory.CreateConnectionAsync(ct); //? LCA1001
            }

            await using var channel = await _connection.CreateChannelAsync(cancellationToken: ct); // ok LCA3001: IsOpen was asked
            var declared = await channel.QueueDeclarePassiveAsync(queue, ct);
            return declared.MessageCount;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>Opened when the service starts, used until it stops: no cache.</summary>
public sealed class AuditSink(IConnection connection, ILogger<AuditSink> log) : IHostedService
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IChannel _channel = null!;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        _channel.CallbackExceptionAsync += (_, e) =>
        {
            log.LogError(e.Exception, "audit channel");
            return Task.CompletedTask;
        };
        await _channel.QueueDeclareAsync("audit", durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellationToken);
    }

    public async Task WriteAsync(string line, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await _channel.BasicPublishAsync("", "audit", System.Text.Encoding.UTF8.GetBytes(line), ct); // ok LCA3001: opened in Start
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await _channel.DisposeAsync();
}

/// <summary>Channels are costly to open, so finished ones wait in a bag.</summary>
public sealed class ChannelPoolPublisher(IConnection connection)
{
    private readonly ConcurrentBag<IChannel> _idle = [];

    public async Task PublishAsync(string exchange, string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if (!_idle.TryTake(out var channel)) channel = await connection.CreateChannelAsync(cancellationToken: ct); //! LCA3004 //? LCA1001
        try
        {
            await channel.BasicPublishAsync(exchange, key, body, ct);
        }
        catch
        {
            await channel.DisposeAsync();
            throw;
        }

        _idle.Add(channel);
    }

    public async Task PublishCheckedAsync(string exchange, string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        IChannel? channel = null;
        while (channel is null && _idle.TryTake(out var candidate)) // ok LCA3004: the closed ones are discarded
        {
            if (candidate.IsOpen) channel = candidate;
            else await candidate.DisposeAsync();
        }

        channel ??= await connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
        try
        {
            await channel.BasicPublishAsync(exchange, key, body, ct);
        }
        catch (AlreadyClosedException)
        {
            await channel.DisposeAsync();
            throw;
        }

        _idle.Add(channel);
    }
}
