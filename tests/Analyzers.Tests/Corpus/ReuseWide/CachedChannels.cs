// Connections kept for the next use: brokers, data bases, telemetry, web sockets.
using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Fjord.Telemetry;
using MailKit.Net.Smtp;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace Wide.Reuse.CachedChannels;

public sealed record OrderPlaced(Guid Id, decimal Total);

public interface IOrderEvents
{
    ValueTask PublishAsync(OrderPlaced order, CancellationToken ct);
}

/// <summary>The channel is made at first use and never looked at again; the broker closes it on the first protocol error.</summary>
public sealed class OrderEvents(IConnection broker, ILogger<OrderEvents> log) : IOrderEvents, IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IChannel? _channel;

    public async ValueTask PublishAsync(OrderPlaced order, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            _channel ??= await broker.CreateChannelAsync(cancellationToken: ct);
            var body = JsonSerializer.SerializeToUtf8Bytes(order);
            await _channel.BasicPublishAsync("orders", "placed", body, ct); //! LCA3001
            log.LogDebug("published {Id}", order.Id);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null) await _channel.DisposeAsync();
        _gate.Dispose();
    }
}

/// <summary>The same with the pattern that asks the channel itself.</summary>
public sealed class CheckedOrderEvents(IConnection broker) : IOrderEvents
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IChannel? _channel;

    public async ValueTask PublishAsync(OrderPlaced order, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_channel is not { IsOpen: true })
            {
                if (_channel is not null) await _channel.DisposeAsync();
                _channel = await broker.CreateChannelAsync(cancellationToken: ct);
            }

            await _channel.BasicPublishAsync("orders", "placed", JsonSerializer.SerializeToUtf8Bytes(order), ct);
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>A connection with its default recovery comes back by itself.</summary>
public sealed class LazyBroker(ConnectionFactory factory)
{
    private IConnection? _connection;

    public async Task<IChannel> OpenAsync(CancellationToken ct)
    {
        _connection ??= await factory.CreateConnectionAsync(ct);
        return await _connection.CreateChannelAsync(cancellationToken: ct);
    }
}

/// <summary>Recovery is switched off: nobody brings this one back.</summary>
public sealed class ManualBroker
{
    private readonly ConnectionFactory _factory = new() { HostName = "mq", AutomaticRecoveryEnabled = false };
    private IConnection? _connection;

    public async Task<uint> CountAsync(string queue, CancellationToken ct)
    {
        _connection ??= await _factory.CreateConnectionAsync(ct);
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: ct); //! LCA3001
        return await channel.MessageCountAsync(queue, ct);
    }
}

/// <summary>Recovery is off, and the owner asks.</summary>
public sealed class ManualCheckedBroker
{
    private readonly ConnectionFactory _factory = new() { HostName = "mq", AutomaticRecoveryEnabled = false };
    private IConnection? _connection;

    public async Task<uint> CountAsync(string queue, CancellationToken ct)
    {
        if (_connection is null || !_connection.IsOpen) _connection = await _factory.CreateConnectionAsync(ct);
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: ct);
        return await channel.MessageCountAsync(queue, ct);
    }
}

/// <summary>Web sockets by device, looked up and used as they are.</summary>
public class DeviceSockets
{
    private readonly Dictionary<string, ClientWebSocket> _byDevice = new();

    public async Task TellAsync(string device, string text, CancellationToken ct)
    {
        if (!_byDevice.TryGetValue(device, out var socket))
        {
            socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri($"wss://devices/{device}"), ct); //? LCA1003
            _byDevice[device] = socket;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        await socket.SendAsync(bytes, WebSocketMessageType.Text, true, ct); //! LCA3001
    }

    public async Task TellLiveAsync(string device, string text, CancellationToken ct)
    {
        if (!_byDevice.TryGetValue(device, out var socket) || socket.State != WebSocketState.Open)
        {
            socket?.Dispose();
            socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri($"wss://devices/{device}"), ct); //? LCA1003
            _byDevice[device] = socket;
        }

        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct);
    }

    /// <summary>Looked up, not asked, and every failure throws the old one away.</summary>
    public async Task TellOrForgetAsync(string device, string text, CancellationToken ct)
    {
        if (!_byDevice.TryGetValue(device, out var socket)) return;
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct);
        }
        catch (Exception)
        {
            _byDevice.Remove(device);
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A meter reading service over an in-house protocol.</summary>
public sealed class MeterConnection : IDisposable
{
    private readonly TcpClient _tcp;

    public MeterConnection(string host)
    {
        _tcp = new TcpClient();
        try
        {
            _tcp.Connect(host, 4059);
        }
        catch
        {
            _tcp.Dispose();
            throw;
        }
    }

    public bool IsOpen { get; private set; } = true;

    public void Write(byte[] pdu) => _tcp.GetStream().Write(pdu);

    public byte[] Request(byte[] pdu)
    {
        Write(pdu);
        var answer = new byte[256];
        var n = _tcp.GetStream().Read(answer);
        return answer[..n];
    }

    public void Close()
    {
        IsOpen = false;
        _tcp.Dispose();
    }

    public void Dispose() => Close();
}

public static class Meters
{
    private static readonly ConcurrentDictionary<string, MeterConnection> Open = new();

    public static byte[] Read(string host, byte[] register) => Open.GetOrAdd(host, static h => new MeterConnection(h)).Request(register); //! LCA3001

    public static byte[] ReadChecked(string host, byte[] register)
    {
        var meter = Open.GetOrAdd(host, static h => new MeterConnection(h));
        if (!meter.IsOpen)
        {
            Open.TryRemove(host, out _);
            meter = Open.GetOrAdd(host, static h => new MeterConnection(h));
        }

        return meter.Request(register);
    }
}

/// <summary>A data base connection under a cache key.</summary>
public sealed class TenantDatabase(IMemoryCache cache, string template)
{
    public async Task<long> CountOrdersAsync(string tenant, CancellationToken ct)
    {
        if (!cache.TryGetValue($"db:{tenant}", out NpgsqlConnection? connection) || connection is null)
        {
            connection = new NpgsqlConnection(string.Format(template, tenant));
            await connection.OpenAsync(ct); //? LCA1003
            cache.Set($"db:{tenant}", connection, TimeSpan.FromMinutes(10));
        }

        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from orders";
        return (long)(await command.ExecuteScalarAsync(ct))!; //! LCA3001
    }

    public async Task<long> CountUsersAsync(string tenant, CancellationToken ct)
    {
        var connection = cache.Get<NpgsqlConnection>($"db:{tenant}");
        if (connection is null or not { State: ConnectionState.Open })
        {
            connection = new NpgsqlConnection(string.Format(template, tenant));
            await connection.OpenAsync(ct); //? LCA1003
            cache.Set($"db:{tenant}", connection);
        }

        await using var command = new NpgsqlCommand("select count(*) from users", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}

/// <summary>A repository in the style of long ago: one connection, opened by whoever comes first.</summary>
public class AuditRepository
{
    private readonly string _connectionString;
    private NpgsqlConnection _connection = null!;

    public AuditRepository(string connectionString)
    {
        _connectionString = connectionString;
    }

    public void Insert(string user, string action)
    {
        if (_connection == null)
        {
            _connection = new NpgsqlConnection(_connectionString);
            _connection.Open(); //? LCA1003
        }

        using (var command = new NpgsqlCommand("insert into audit(who, what) values (@who, @what)", _connection))
        {
            command.Parameters.AddWithValue("who", user);
            command.Parameters.AddWithValue("what", action);
            command.ExecuteNonQuery(); //! LCA3001
        }
    }
}

/// <summary>The same with a look at the state.</summary>
public class CheckedAuditRepository
{
    private readonly string _connectionString;
    private DbConnection? _connection;

    public CheckedAuditRepository(string connectionString) => _connectionString = connectionString;

    public void Purge(DateTime before)
    {
        var connection = EnsureOpen();
        using var command = connection.CreateCommand();
        command.CommandText = "delete from audit where at < now()";
        command.ExecuteNonQuery();
    }

    private DbConnection EnsureOpen()
    {
        if (_connection != null && _connection.State == ConnectionState.Open) return _connection;
        _connection?.Dispose();
        _connection = new NpgsqlConnection(_connectionString);
        _connection.Open(); //? LCA1003
        return _connection;
    }
}

/// <summary>One holder for the process; its users trust it.</summary>
public static class TelemetryHolder
{
    private static TelemetryConnection? _current;
    private static readonly Lock Sync = new();

    public static TelemetryConnection Current
    {
        get
        {
            lock (Sync)
            {
                return _current ??= TelemetryConnection.Open("tcp://telemetry:7000"); //? LCA1001
            }
        }
    }

    public static TelemetryConnection Live
    {
        get
        {
            lock (Sync)
            {
                if (_current is { IsConnected: true }) return _current;
                _current?.Dispose();
                return _current = TelemetryConnection.Open("tcp://telemetry:7000"); //? LCA1001
            }
        }
    }
}

public sealed class EngineSensor(string name)
{
    public void Report(double celsius) => TelemetryHolder.Current.Send(BitConverter.GetBytes(celsius)); //! LCA3001

    public void ReportLive(double celsius) => TelemetryHolder.Live.Send(BitConverter.GetBytes(celsius));

    public override string ToString() => name;
}

/// <summary>Closed without being forgotten: the getter sees a field that is not null.</summary>
public class LabelPrinter
{
    private readonly string _host;
    private Socket? _socket;

    public LabelPrinter(string host) => _host = host;

    private Socket Line => _socket ??= Dial();

    public void Print(string zpl) => Line.Send(Encoding.ASCII.GetBytes(zpl)); //! LCA3001

    public void Disconnect()
    {
        _socket?.Shutdown(SocketShutdown.Both);
        _socket?.Dispose();
    }

    private Socket Dial()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(_host, 9100);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Checked, and then an answer from elsewhere is awaited.</summary>
public sealed class RateFeed(HttpClient rates)
{
    private TelemetryConnection? _link;

    public async Task PushAsync(string currency, CancellationToken ct)
    {
        if (_link is not { IsConnected: true }) _link = await TelemetryConnection.OpenAsync("tcp://rates:1", ct); //? LCA1001
        var rate = await rates.GetByteArrayAsync($"/rates/{currency}", ct);
        await _link.SendAsync(rate, ct); //! LCA3001
    }

    public async Task PushFreshAsync(string currency, CancellationToken ct)
    {
        var rate = await rates.GetByteArrayAsync($"/rates/{currency}", ct);
        if (_link is not { IsConnected: true }) _link = await TelemetryConnection.OpenAsync("tcp://rates:1", ct); //? LCA1001
        await _link.SendAsync(rate, ct);
    }
}

/// <summary>The Closed event evicts, some time after the first failing call.</summary>
public sealed class RegionalLinks
{
    private readonly ConcurrentDictionary<string, TelemetryConnection> _links = new(StringComparer.OrdinalIgnoreCase);

    public async Task<byte[]> AskAsync(string region, ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        if (_links.TryGetValue(region, out var link)) return await link.RequestAsync(question, ct); //! LCA3001

        link = await TelemetryConnection.OpenAsync($"tcp://{region}:7000", ct);
        link.Closed += (_, _) => _links.TryRemove(region, out _);
        _links[region] = link;
        return await link.RequestAsync(question, ct);
    }
}

/// <summary>A heartbeat over whatever the dictionary holds.</summary>
public sealed class Heartbeats : IDisposable
{
    private readonly ConcurrentDictionary<int, TelemetryConnection> _links = [];
    private readonly Timer _timer;

    public Heartbeats() => _timer = new Timer(Beat, null, 1000, 1000);

    public void Add(int id, TelemetryConnection link) => _links[id] = link;

    public void Dispose() => _timer.Dispose();

    private void Beat(object? state)
    {
        if (_links.TryGetValue(0, out var primary)) primary.Send([0]); //! LCA3001
    }
}

/// <summary>No automatic reconnect was asked for.</summary>
public sealed class PlainHub
{
    private HubConnection? _hub;

    public async Task<int> AskAsync(string what, CancellationToken ct)
    {
        if (_hub is null)
        {
            var hub = new HubConnectionBuilder().WithUrl("https://hub/prices").Build();
            await hub.StartAsync(ct); //? LCA1001 LCA1003
            _hub = hub;
        }

        return await _hub.InvokeAsync<int>("Price", what, ct); //! LCA3001
    }
}

public sealed class SelfHealingHub
{
    private HubConnection? _hub;

    public async Task<int> AskAsync(string what, CancellationToken ct)
    {
        if (_hub is null)
        {
            var hub = new HubConnectionBuilder().WithUrl("https://hub/prices").WithAutomaticReconnect().Build();
            await hub.StartAsync(ct); //? LCA1001 LCA1003
            _hub = hub;
        }

        return await _hub.InvokeAsync<int>("Price", what, ct);
    }
}

/// <summary>The base class fills the field, the derived one uses it.</summary>
public abstract class TelemetryClientBase(string endpoint)
{
    private TelemetryConnection? _connection;

    protected TelemetryConnection Connection => _connection ??= TelemetryConnection.Open(endpoint); //? LCA1001
}

public sealed class PumpClient(string endpoint) : TelemetryClientBase(endpoint)
{
    public Task<byte[]> StatusAsync(CancellationToken ct) => Connection.RequestAsync(new byte[] { 0x01 }, ct); //! LCA3001
}

public abstract class CheckedTelemetryClientBase(string endpoint)
{
    private TelemetryConnection? _connection;

    protected TelemetryConnection Connection
    {
        get
        {
            if (_connection is null || _connection.State is not LinkState.Connected)
            {
                _connection?.Dispose();
                _connection = TelemetryConnection.Open(endpoint); //? LCA1001
            }

            return _connection;
        }
    }
}

public sealed class ValveClient(string endpoint) : CheckedTelemetryClientBase(endpoint)
{
    public Task<byte[]> StatusAsync(CancellationToken ct) => Connection.RequestAsync(new byte[] { 0x02 }, ct);
}

/// <summary>A switch expression chooses between the kept and a new one.</summary>
public sealed class TurbineClient
{
    private TelemetryConnection? _kept;

    public async Task StopAsync(int turbine, CancellationToken ct)
    {
        var link = _kept switch
        {
            null => _kept = await TelemetryConnection.OpenAsync("tcp://park:7000", ct), //? LCA1001
            var kept => kept,
        };
        await link.SendAsync(new[] { (byte)turbine, (byte)0xFF }, ct); //! LCA3001
    }

    public async Task StartAsync(int turbine, CancellationToken ct)
    {
        var link = _kept switch
        {
            { State: LinkState.Connected } kept => kept,
            _ => _kept = await TelemetryConnection.OpenAsync("tcp://park:7000", ct), //? LCA1001
        };
        await link.SendAsync(new[] { (byte)turbine, (byte)0x01 }, ct);
    }
}

/// <summary>Extension methods over the dictionary.</summary>
public static class LinkDictionaryExtensions
{
    public static TelemetryConnection OpenOrGet(this ConcurrentDictionary<string, TelemetryConnection> links, string key)
    {
        if (links.TryGetValue(key, out var found)) return found;
        return links[key] = TelemetryConnection.Open(key); //? LCA1001
    }

    public static bool TryGetLive(this ConcurrentDictionary<string, TelemetryConnection> links, string key, [NotNullWhen(true)] out TelemetryConnection? live)
        => links.TryGetValue(key, out live) && live.IsConnected;
}

public sealed class FleetDispatcher
{
    private readonly ConcurrentDictionary<string, TelemetryConnection> _links = new();

    public void Order(string truck, byte[] order) => _links.OpenOrGet(truck).Send(order); //! LCA3001

    public bool TryOrder(string truck, byte[] order)
    {
        if (!_links.TryGetLive(truck, out var link)) return false;
        link.Send(order);
        return true;
    }
}

/// <summary>Opened when the service starts and used as long as it lives.</summary>
public sealed class StartedUplinkService : Microsoft.Extensions.Hosting.IHostedService
{
    private TelemetryConnection _connection = null!;

    public async Task StartAsync(CancellationToken cancellationToken) => _connection = await TelemetryConnection.OpenAsync("tcp://uplink", cancellationToken); //? LCA1001

    public Task StopAsync(CancellationToken cancellationToken) => _connection.DisposeAsync().AsTask();

    public Task PushAsync(byte[] data, CancellationToken ct) => _connection.SendAsync(data, ct);
}

/// <summary>A flag that the failing use raises is as good as the connection's own state.</summary>
public sealed class FlaggedGateway(string endpoint)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private TelemetryConnection? _connection;
    private bool _broken;

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_connection is null || _broken)
            {
                _connection?.Dispose();
                _connection = await TelemetryConnection.OpenAsync(endpoint, ct); //? LCA1001
                _broken = false;
            }

            try
            {
                return await _connection.RequestAsync(question, ct);
            }
            catch
            {
                _broken = true;
                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>The Closed event lowers a flag that the next user reads.</summary>
public sealed class EventFlagGateway(string endpoint)
{
    private TelemetryConnection? _connection;
    private volatile bool _alive;

    public void Push(byte[] data)
    {
        if (!_alive)
        {
            var fresh = TelemetryConnection.Open(endpoint);
            fresh.Closed += (_, _) => _alive = false;
            _connection = fresh;
            _alive = true;
        }

        _connection!.Send(data);
    }
}

/// <summary>A mail client proves itself with NOOP before each message.</summary>
public sealed class Mailer(string host)
{
    private SmtpClient? _client;

    public async Task<string> SendAsync(object message, CancellationToken ct)
    {
        _client = await ProbedAsync(ct);
        return await _client.SendAsync(message, ct);
    }

    public async Task<string> SendBlindAsync(object message, CancellationToken ct)
    {
        if (_client == null)
        {
            var client = new SmtpClient();
            await client.ConnectAsync(host, 465, true, ct); //? LCA1001 LCA1003
            _client = client;
        }

        return await _client.SendAsync(message, ct); //! LCA3001
    }

    private async Task<SmtpClient> ProbedAsync(CancellationToken ct)
    {
        if (_client is { IsConnected: true })
        {
            try
            {
                await _client.NoOpAsync(ct);
                return _client;
            }
            catch (IOException)
            {
                _client.Dispose();
            }
        }

        var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(host, 465, true, ct); //? LCA1001
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

/// <summary>Types that mend themselves.</summary>
public sealed class SelfMending
{
    private readonly ConcurrentDictionary<string, HttpClient> _clients = new();
    private ConnectionMultiplexer? _redis;
    private NpgsqlDataSource? _data;

    public Task<string> GetAsync(string host, CancellationToken ct) =>
        _clients.GetOrAdd(host, static h => new HttpClient { BaseAddress = new Uri(h) }).GetStringAsync("/", ct);

    public async Task<bool> SetAsync(string key, string value)
    {
        _redis ??= await ConnectionMultiplexer.ConnectAsync("redis:6379"); //? LCA1001
        return await _redis.GetDatabase().StringSetAsync(key, value);
    }

    public async Task<int> ExecuteAsync(string sql, CancellationToken ct)
    {
        _data ??= NpgsqlDataSource.Create("Host=pg");
        await using var command = _data.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>A local function hides the look-up.</summary>
public sealed class Broadcast
{
    private readonly Dictionary<int, TelemetryConnection> _zones = new();

    public void Announce(IEnumerable<int> zones, string text)
    {
        var frame = Encoding.UTF8.GetBytes(text);
        foreach (var zone in zones)
        {
            LinkOf(zone).Send(frame); //! LCA3001
        }

        TelemetryConnection LinkOf(int zone)
        {
            if (!_zones.TryGetValue(zone, out var link)) _zones.Add(zone, link = TelemetryConnection.Open($"zone{zone}")); //? LCA1001
            return link;
        }
    }

    public void AnnounceLive(IEnumerable<int> zones, string text)
    {
        var frame = Encoding.UTF8.GetBytes(text);
        foreach (var zone in zones)
        {
            LinkOf(zone).Send(frame);
        }

        TelemetryConnection LinkOf(int zone)
        {
            if (_zones.TryGetValue(zone, out var link) && link.IsConnected) return link;
            link?.Dispose();
            return _zones[zone] = TelemetryConnection.Open($"zone{zone}"); //? LCA1001
        }
    }
}
