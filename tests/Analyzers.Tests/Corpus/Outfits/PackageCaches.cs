// Packages' connections, cached.
using System.Collections.Concurrent;
using System.Data;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using Npgsql;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace Outfits.PackageCaches;

// 1 correct: channel asked, replaced under a gate
public sealed class OrderPublisher(IConnection connection) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IChannel? _channel;

    public async Task PublishAsync(ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_channel is not { IsOpen: true })
            {
                if (_channel is not null) await _channel.DisposeAsync();
                _channel = await connection.CreateChannelAsync(cancellationToken: ct);
            }

            await _channel.BasicPublishAsync("orders", "new", body, ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null) await _channel.DisposeAsync();
    }
}

// 2 bug: ??= of a channel
public sealed class AuditPublisher(IConnection connection)
{
    private IChannel? _channel;

    public async ValueTask PublishAsync(string line)
    {
        _channel ??= await connection.CreateChannelAsync();
        await _channel.BasicPublishAsync("audit", "", Encoding.UTF8.GetBytes(line)); //! LCA3001
    }
}

// 3 correct: the multiplexer reconnects by itself
public sealed class Counter(Lazy<ConnectionMultiplexer> redis)
{
    public Task<long> NextAsync(string name) => redis.Value.GetDatabase().StringIncrementAsync(name);
}

// 4 correct: Npgsql connection per call, from a data source that is cached by tenant
public sealed class TenantData
{
    private readonly ConcurrentDictionary<string, NpgsqlDataSource> _sources = new();

    public async Task<int> CountAsync(string tenant, CancellationToken ct)
    {
        var source = _sources.GetOrAdd(tenant, static t => NpgsqlDataSource.Create($"Host=db;Database={t}"));
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("select count(*) from orders", connection);
        return (int)(long)(await command.ExecuteScalarAsync(ct))!;
    }
}

// 5 bug: a DbConnection kept and never looked at
public sealed class KeptConnection(string connectionString)
{
    private NpgsqlConnection? _connection;

    public async Task<object?> ScalarAsync(string sql, CancellationToken ct)
    {
        if (_connection is null)
        {
            _connection = new NpgsqlConnection(connectionString);
            await _connection.OpenAsync(ct);
        }

        await using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(ct); //! LCA3001
    }
}

// 6 correct: DbConnection with its full state asked, relational pattern
public sealed class CheckedConnection(string connectionString)
{
    private NpgsqlConnection? _connection;

    public async Task<object?> ScalarAsync(string sql, CancellationToken ct)
    {
        var connection = await EnsureAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct);
    }

    private async Task<NpgsqlConnection> EnsureAsync(CancellationToken ct)
    {
        if (_connection is { State: not (ConnectionState.Closed or ConnectionState.Broken) } c) return c;
        if (_connection is not null) await _connection.DisposeAsync();
        var fresh = new NpgsqlConnection(connectionString);
        try
        {
            await fresh.OpenAsync(ct);
        }
        catch
        {
            await fresh.DisposeAsync();
            throw;
        }

        return _connection = fresh;
    }
}

// 7 correct: web socket per room, state by pattern in LINQ
public sealed class Rooms
{
    private readonly ConcurrentDictionary<Guid, WebSocket> _members = new();

    public async Task SayAsync(Guid to, string text, CancellationToken ct)
    {
        if (_members.TryGetValue(to, out var socket) && socket.State is WebSocketState.Open)
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct);
        else
            _members.TryRemove(to, out _);
    }
}

// 8 bug: web socket by id
public sealed class BlindRooms
{
    private readonly ConcurrentDictionary<Guid, WebSocket> _members = new();

    public void Join(Guid id, WebSocket socket) => _members[id] = socket;

    public async Task SayAsync(Guid to, string text, CancellationToken ct)
    {
        if (!_members.TryGetValue(to, out var socket)) return;
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct); //! LCA3001
    }
}

// 9 correct: ClientWebSocket with a failure that replaces
public sealed class Feed(Uri uri)
{
    private ClientWebSocket? _socket;

    public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        var socket = _socket ??= await DialAsync(ct);
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, ct);
        }
        catch (WebSocketException)
        {
            socket.Dispose();
            _socket = null;
            throw;
        }
    }

    private async Task<ClientWebSocket> DialAsync(CancellationToken ct)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(uri, ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

// 10 bug: keyed service, lazily made socket
public sealed class Device([FromKeyedServices("plc")] Func<string, TcpClient> dial)
{
    private readonly Dictionary<string, TcpClient> _clients = new();
    private readonly object _sync = new();

    public void Write(string host, ReadOnlySpan<byte> frame)
    {
        lock (_sync)
        {
            if (!_clients.TryGetValue(host, out var client)) _clients.Add(host, client = dial(host));
            client.GetStream().Write(frame); //! LCA3001
        }
    }
}

// 11 correct: probed
public sealed class ProbedDevice(Func<string, TcpClient> dial)
{
    private readonly Dictionary<string, TcpClient> _clients = new();
    private readonly object _sync = new();

    public void Write(string host, ReadOnlySpan<byte> frame)
    {
        lock (_sync)
        {
            if (!_clients.TryGetValue(host, out var client) || IsGone(client))
            {
                client?.Dispose();
                _clients[host] = client = dial(host);
            }

            client.GetStream().Write(frame);
        }
    }

    private static bool IsGone(TcpClient client) =>
        client is not { Connected: true } || client.Client.Poll(TimeSpan.Zero, SelectMode.SelectRead) && client.Client.Available == 0;
}

// 12 correct: MQTT client asked
public sealed class Telemetry(IMqttClient client, MqttClientOptions options)
{
    public async Task TellAsync(string topic, string payload, CancellationToken ct)
    {
        if (!client.IsConnected) await client.ConnectAsync(options, ct);
        var message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).Build();
        await client.PublishAsync(message, ct);
    }
}

// 13 correct: extension member asks
public static class ChannelExtensions
{
    extension(IChannel? channel)
    {
        public bool IsFit => channel is { IsOpen: true, CloseReason: null };
    }
}

public sealed class FitPublisher(IConnection connection)
{
    private IChannel? _channel;

    public async Task PublishAsync(ReadOnlyMemory<byte> body)
    {
        if (!_channel.IsFit) _channel = await connection.CreateChannelAsync();
        await _channel!.BasicPublishAsync("x", "y", body);
    }
}

// 14 correct: channel pool by thread, asked by IsClosed
public sealed class PerThread(IConnection connection)
{
    private readonly ThreadLocal<IChannel?> _channel = new();

    public async Task PublishAsync(ReadOnlyMemory<byte> body)
    {
        var channel = _channel.Value;
        if (channel is null || channel.IsClosed) _channel.Value = channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync("x", "y", body);
    }
}
