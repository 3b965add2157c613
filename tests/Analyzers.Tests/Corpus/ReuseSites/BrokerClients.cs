// Brokers, hubs and the database behind a shop: what is opened once and asked for again.
using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Text;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;

namespace Sites.Reuse.BrokerClients;

/// <summary>The connection recovers by itself; a channel that the broker closed does not.</summary>
public sealed class OrderPublisher(IConnection connection, ILogger<OrderPublisher> log)
{
    private IChannel? _channel;

    public async Task PublishAsync(byte[] order, CancellationToken ct)
    {
        _channel ??= await OpenAsync(ct);
        await _channel.BasicPublishAsync("orders", "new", order, ct); //! LCA3001
    }

    // ok LCA3001: asks the channel
    public async Task PublishCheckedAsync(byte[] order, CancellationToken ct)
    {
        if (_channel is not { IsOpen: true }) _channel = await OpenAsync(ct);
        await _channel.BasicPublishAsync("orders", "new", order, ct);
    }

    // ok LCA3001: a channel for this message alone, from a connection that recovers
    public async Task PublishOnceAsync(byte[] order, CancellationToken ct)
    {
        await using var channel = await OpenAsync(ct);
        await channel.BasicPublishAsync("orders", "new", order, ct);
    }

    private async Task<IChannel> OpenAsync(CancellationToken ct)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
        channel.ChannelShutdownAsync += (_, e) =>
        {
            log.LogWarning("channel closed: {Reason}", e.ReplyText);
            return Task.CompletedTask;
        };
        return channel;
    }
}

/// <summary>A version 6 channel per exchange.</summary>
public sealed class ModelPerExchange(Func<string, IModel> create)
{
    private readonly ConcurrentDictionary<string, IModel> _models = new();

    public void Publish(string exchange, string text)
    {
        var model = _models.GetOrAdd(exchange, create); //? LCA1001
        lock (model)
        {
            model.BasicPublish(exchange, "", null, Encoding.UTF8.GetBytes(text)); //! LCA3001
        }
    }

    // ok LCA3001: a closed model is replaced before it is used
    public void PublishChecked(string exchange, string text)
    {
        var model = _models.AddOrUpdate(exchange, create, (key, old) => old.IsOpen ? old : create(key)); //? LCA1001
        if (model.IsClosed) return;
        lock (model) model.BasicPublish(exchange, "", null, Encoding.UTF8.GetBytes(text));
    }
}

/// <summary>MQTT on demand.</summary>
public sealed class ShadowUpdater(MqttFactory factory, MqttClientOptions options, ILogger log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IMqttClient? _client;

    public async Task UpdateAsync(string thing, byte[] shadow, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_client == null)
                _client = await ConnectAsync(ct);
            await _client.PublishAsync(new MqttApplicationMessage { Topic = $"{thing}/shadow", Payload = shadow }, ct); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: IsConnected decides whether to connect again
    public async Task UpdateCheckedAsync(string thing, byte[] shadow, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_client is { IsConnected: false })
            {
                _client.Dispose();
                _client = null;
            }

            _client ??= await ConnectAsync(ct);
            await _client.PublishAsync(new MqttApplicationMessage { Topic = $"{thing}/shadow", Payload = shadow }, ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: a failed publish throws the client away
    public async Task UpdateOrForgetAsync(string thing, byte[] shadow, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            _client ??= await ConnectAsync(ct);
            await _client.PublishAsync(new MqttApplicationMessage { Topic = $"{thing}/shadow", Payload = shadow }, ct);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "shadow of {Thing} not updated", thing);
            _client?.Dispose();
            _client = null;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IMqttClient> ConnectAsync(CancellationToken ct)
    {
        var client = factory.CreateMqttClient();
        client.DisconnectedAsync += e =>
        {
            log.LogInformation(e.Exception, "disconnected");
            return Task.CompletedTask;
        };
        try
        {
            await client.ConnectAsync(options, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

/// <summary>Two hub clients: one was built to reconnect, one was not.</summary>
public sealed class Dashboards(string url, ILogger log)
{
    private HubConnection? _plain, _healing;

    public async Task PushAsync(double value, CancellationToken ct)
    {
        if (_plain is null)
        {
            var hub = new HubConnectionBuilder().WithUrl(url).Build();
            hub.Closed += OnClosed;
            try
            {
                await hub.StartAsync(ct);
            }
            catch
            {
                await hub.DisposeAsync();
                throw;
            }

            _plain = hub;
        }

        await _plain.SendAsync("push", value, ct); //! LCA3001
    }

    // ok LCA3001: built with automatic reconnect
    public async Task PushHealingAsync(double value, CancellationToken ct)
    {
        if (_healing is null)
        {
            var hub = new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();
            hub.Closed += OnClosed;
            try
            {
                await hub.StartAsync(ct);
            }
            catch
            {
                await hub.DisposeAsync();
                throw;
            }

            _healing = hub;
        }

        await _healing.SendAsync("push", value, ct);
    }

    private Task OnClosed(Exception? e)
    {
        log.LogInformation(e, "hub closed");
        return Task.CompletedTask;
    }
}

/// <summary>A database connection per tenant, kept beside the driver's own pool.</summary>
public sealed class TenantDatabases(Func<string, DbConnection> open)
{
    private readonly Dictionary<string, DbConnection> _connections = new();

    public int MarkSeen(string tenant, int id)
    {
        lock (_connections)
        {
            if (!_connections.TryGetValue(tenant, out var connection))
            {
                connection = open(tenant); //? LCA1001
                _connections.Add(tenant, connection);
            }

            using var command = connection.CreateCommand();
            command.CommandText = "update items set seen = true where id = " + id;
            return command.ExecuteNonQuery(); //! LCA3001
        }
    }

    // ok LCA3001: the state is asked, and a broken one replaced
    public int MarkSeenChecked(string tenant, int id)
    {
        lock (_connections)
        {
            if (!_connections.TryGetValue(tenant, out var connection) || connection.State != ConnectionState.Open)
            {
                connection?.Dispose();
                _connections[tenant] = connection = open(tenant); //? LCA1001
            }

            using var command = connection.CreateCommand();
            command.CommandText = "update items set seen = true where id = " + id;
            return command.ExecuteNonQuery();
        }
    }

    // ok LCA3001: closing needs no check
    public void CloseAll()
    {
        lock (_connections)
        {
            foreach (var connection in _connections.Values) connection.Dispose();
            _connections.Clear();
        }
    }
}
