// Channels of RabbitMQ, version 6 and 7, kept for the next message. A connection recovers; a channel that the broker closed does not.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Corpus.Reuse.ModelHolders;

public sealed class AuditTrail(IConnection connection) : IDisposable
{
    private IModel? _model;

    private IModel Model => _model ??= connection.CreateModel();

    public void Record(string what)
    {
        var body = System.Text.Encoding.UTF8.GetBytes(what);
        Model.BasicPublish("audit", "event", basicProperties: null, body: body); //! LCA3001
    }

    public void Dispose() => _model?.Dispose();
}

public sealed class ValidatedAuditTrail(IConnection connection) : IDisposable
{
    private readonly object _sync = new();
    private IModel? _model;

    private IModel OpenModel()
    {
        if (_model is { IsOpen: true }) return _model;
        _model?.Dispose();
        return _model = connection.CreateModel();
    }

    // ok LCA3001: the getter validates
    public void Record(string what)
    {
        lock (_sync) OpenModel().BasicPublish("audit", "event", basicProperties: null, body: System.Text.Encoding.UTF8.GetBytes(what));
    }

    // ok LCA3001: asked here, in the opposite sense
    public void RecordIfOpen(string what)
    {
        lock (_sync)
        {
            if (_model is null || _model.IsClosed) return;
            _model.BasicPublish("audit", "event", basicProperties: null, body: System.Text.Encoding.UTF8.GetBytes(what));
        }
    }

    public void Dispose() => _model?.Dispose();
}

public sealed class EventPublisher(ConnectionFactory factory) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;
    private IChannel? _channel;

    public async Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_channel == null)
            {
                _connection ??= await factory.CreateConnectionAsync(stop);
                _channel = await _connection.CreateChannelAsync(cancellationToken: stop);
            }

            await _channel.BasicPublishAsync("events", key, body, stop); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null) await _channel.DisposeAsync();
        if (_connection is not null) await _connection.DisposeAsync();
    }
}

public sealed class ValidatedEventPublisher(ConnectionFactory factory, ILogger log) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;
    private IChannel? _channel;

    // ok LCA3001: the channel is asked, the connection recovers by itself
    public async Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_channel is not { IsOpen: true })
            {
                if (_channel is not null) await _channel.DisposeAsync();
                _connection ??= await factory.CreateConnectionAsync(stop);
                _channel = await _connection.CreateChannelAsync(cancellationToken: stop);
                log.LogInformation("channel {Number} opened", _channel.ChannelNumber);
            }

            await _channel.BasicPublishAsync("events", key, body, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: the catch replaces what the broker closed
    public async Task PublishOrReplaceAsync(string key, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        _connection ??= await factory.CreateConnectionAsync(stop);
        _channel ??= await _connection.CreateChannelAsync(cancellationToken: stop);
        try
        {
            await _channel.BasicPublishAsync("events", key, body, stop);
        }
        catch (AlreadyClosedException ex)
        {
            log.LogWarning(ex, "channel replaced");
            _channel = await _connection.CreateChannelAsync(cancellationToken: stop);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null) await _channel.DisposeAsync();
        if (_connection is not null) await _connection.DisposeAsync();
    }
}

public sealed class ChannelPerExchange(IConnection connection)
{
    private readonly ConcurrentDictionary<string, IModel> _models = new();

    public void Publish(string exchange, string key, byte[] body)
    {
        var model = _models.GetOrAdd(exchange, _ => connection.CreateModel());
        lock (model) model.BasicPublish(exchange, key, mandatory: false, basicProperties: null, body); //! LCA3001
    }

    // ok LCA3001: closed ones are replaced before use
    public void PublishValidated(string exchange, string key, byte[] body)
    {
        var model = _models.AddOrUpdate(exchange, _ => connection.CreateModel(), (_, old) => old.IsOpen ? old : connection.CreateModel());
        lock (model)
        {
            if (model.IsOpen) model.BasicPublish(exchange, key, mandatory: false, basicProperties: null, body);
        }
    }
}

/// <summary>A connection whose recovery was switched off is as mortal as a channel.</summary>
public sealed class UnrecoveredBroker(Uri uri)
{
    private readonly ConnectionFactory _factory = new() { Uri = uri, AutomaticRecoveryEnabled = false };
    private IConnection? _connection;

    public async Task DeclareAsync(string queue, CancellationToken stop)
    {
        _connection ??= await _factory.CreateConnectionAsync(stop);
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: stop); //! LCA3001
        await channel.QueueDeclareAsync(queue, cancellationToken: stop);
    }
}

public sealed class RecoveredBroker(Uri uri)
{
    private readonly ConnectionFactory _factory = new() { Uri = uri };
    private IConnection? _connection;

    // ok LCA3001: it recovers by default, and the channel is new each time
    public async Task DeclareAsync(string queue, CancellationToken stop)
    {
        _connection ??= await _factory.CreateConnectionAsync(stop);
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: stop);
        await channel.QueueDeclareAsync(queue, cancellationToken: stop);
    }
}
