// Kept mail sessions, channels, sockets and database connections.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using SocketIOClient;
using Npgsql;

namespace Outfits.MailSessions;

public interface IMailSession : IAsyncDisposable
{
    bool IsConnected { get; }
    bool IsAuthenticated { get; }
    Task ConnectAsync(string host, CancellationToken ct);
    Task NoOpAsync(CancellationToken ct);
    Task<string> SendAsync(string message, CancellationToken ct);
    Task DisconnectAsync(bool quit, CancellationToken ct);
}
public interface IMailSessionFactory { IMailSession Create(); }

// 1 correct: NoOp probe in a try, reconnect on failure
public sealed class ProbedMailer(IMailSessionFactory factory, string host)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IMailSession? _session;

    public async Task<string> SendAsync(string message, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var session = await EnsureAsync(ct);
            return await session.SendAsync(message, ct);
        }
        finally { _gate.Release(); }
    }

    private async Task<IMailSession> EnsureAsync(CancellationToken ct)
    {
        if (_session is not null)
        {
            try
            {
                await _session.NoOpAsync(ct);
                return _session;
            }
            catch (IOException)
            {
                await _session.DisposeAsync();
                _session = null;
            }
        }

        var fresh = factory.Create();
        await fresh.ConnectAsync(host, ct);
        return _session = fresh;
    }
}

// 2 correct: two flags
public sealed class TwoFlags(IMailSessionFactory factory, string host)
{
    private IMailSession? _session;
    public async Task<string> SendAsync(string message, CancellationToken ct)
    {
        if (!(_session is { IsConnected: true, IsAuthenticated: true }))
        {
            _session = factory.Create();
            await _session.ConnectAsync(host, ct);
        }
        return await _session.SendAsync(message, ct);
    }
}

// 3 bug: lookup by message's tenant in FrozenDictionary-like immutable map, unasked
public sealed class Immutable(IMailSessionFactory factory)
{
    private ImmutableDictionary<string, IMailSession> _all = ImmutableDictionary<string, IMailSession>.Empty;
    public async Task<string> SendAsync(string tenant, string message, CancellationToken ct)
    {
        var session = ImmutableInterlocked.GetOrAdd(ref _all, tenant, static (_, f) => f.Create(), factory);
        return await session.SendAsync(message, ct); //! LCA3001
    }
}

// 4 correct: the same, asked by ensure
public sealed class ImmutableAsked(IMailSessionFactory factory, string host)
{
    private ImmutableDictionary<string, IMailSession> _all = ImmutableDictionary<string, IMailSession>.Empty;
    public async Task<string> SendAsync(string tenant, string message, CancellationToken ct)
    {
        var session = ImmutableInterlocked.GetOrAdd(ref _all, tenant, static (_, f) => f.Create(), factory);
        if (!session.IsConnected) await session.ConnectAsync(host, ct);
        return await session.SendAsync(message, ct);
    }
}

// 5 correct: consumer acknowledges on its own channel
public sealed class OrderConsumer(IConnection connection) : IHostedService
{
    private IChannel? _channel;
    public async Task StartAsync(CancellationToken ct)
    {
        _channel = await connection.CreateChannelAsync(cancellationToken: ct);
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += async (_, e) => await _channel.BasicAckAsync(e.DeliveryTag, false); //? LCA2001
        await _channel.BasicConsumeAsync("orders", false, consumer, ct);
    }
    public async Task StopAsync(CancellationToken ct)
    {
        if (_channel is { IsOpen: true }) await _channel.CloseAsync(ct);
    }
}

// 6 correct: health check asks
public sealed class BrokerHealth(IConnection connection) : IHealthCheck
{
    private IChannel? _probe;
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken ct = default)
    {
        if (_probe?.IsOpen is not true) _probe = await connection.CreateChannelAsync(cancellationToken: ct);
        await _probe.QueueDeclarePassiveAsync("orders", ct);
        return HealthCheckResult.Healthy();
    }
}

// 7 bug: channels per routing key
public sealed class PerKey(IConnection connection)
{
    private readonly ConcurrentDictionary<string, IChannel> _channels = new();
    public async ValueTask PublishAsync(string key, ReadOnlyMemory<byte> body)
    {
        if (!_channels.ContainsKey(key)) _channels[key] = await connection.CreateChannelAsync();
        await _channels[key].BasicPublishAsync("x", key, body); //! LCA3001
    }
}

// 8 correct: channels per routing key
public sealed class PerKeyAsked(IConnection connection)
{
    private readonly ConcurrentDictionary<string, IChannel> _channels = new();
    public async ValueTask PublishAsync(string key, ReadOnlyMemory<byte> body)
    {
        var channel = _channels.TryGetValue(key, out var known) && known.IsOpen
            ? known
            : _channels[key] = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync("x", key, body);
    }
}

// 9 correct: Socket.IO comes back by itself
public sealed class Push
{
    private SocketIOClient.SocketIO? _client;
    public async Task EmitAsync(string name, object data)
    {
        _client ??= new SocketIOClient.SocketIO("http://x");
        if (!_client.Connected) await _client.ConnectAsync(); //! LCA1001
        await _client.EmitAsync(name, data);
    }
}

// 10 bug: ClientWebSocket by url with a null check
public sealed class Sockets
{
    private readonly Dictionary<Uri, ClientWebSocket> _sockets = [];
    public async Task SendAsync(Uri uri, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        var socket = _sockets.GetValueOrDefault(uri);
        if (socket is null)
        {
            socket = new ClientWebSocket();
            await socket.ConnectAsync(uri, ct); //? LCA1003
            _sockets[uri] = socket;
        }
        await socket.SendAsync(data, WebSocketMessageType.Text, true, ct); //! LCA3001
    }
}

// 11 correct: the same with the state and an out helper
public sealed class SocketsAsked
{
    private readonly Dictionary<Uri, ClientWebSocket> _sockets = [];
    public async Task SendAsync(Uri uri, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        if (!TryOpen(uri, out var socket)) socket = await DialAsync(uri, ct);
        await socket.SendAsync(data, WebSocketMessageType.Text, true, ct);
    }
    private bool TryOpen(Uri uri, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ClientWebSocket? socket) =>
        _sockets.TryGetValue(uri, out socket) && socket.State == WebSocketState.Open;
    private async Task<ClientWebSocket> DialAsync(Uri uri, CancellationToken ct)
    {
        var socket = new ClientWebSocket();
        try { await socket.ConnectAsync(uri, ct); }
        catch { socket.Dispose(); throw; }
        return _sockets[uri] = socket;
    }
}

// 12 correct: what was found broken is replaced, in a loop with attempts
public sealed class Attempts(Func<CancellationToken, Task<IMailSession>> dial)
{
    private IMailSession? _session;
    public async Task<string> SendAsync(string message, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            var session = _session ??= await dial(ct);
            try
            {
                return await session.SendAsync(message, ct);
            }
            catch (IOException) when (attempt == 0)
            {
                Interlocked.CompareExchange(ref _session, null, session);
            }
        }
    }
}

// 13 correct: static holder, asked in one expression
public static class StaticAsked
{
    private static NpgsqlConnection? s_connection;
    private static readonly Lock s_lock = new();
    public static int Run(string sql)
    {
        lock (s_lock)
        {
            if (s_connection?.FullState.HasFlag(System.Data.ConnectionState.Open) != true)
            {
                s_connection?.Dispose();
                s_connection = new NpgsqlConnection("Host=db");
                s_connection.Open(); //? LCA1003
            }
            using var command = s_connection!.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteNonQuery();
        }
    }
}

// 14 correct: keyed singleton opened by its factory for good
public static class Registration
{
    public static void Add(IServiceCollection services)
    {
        services.AddKeyedSingleton<NpgsqlDataSource>("main", (_, _) => NpgsqlDataSource.Create("Host=db"));
        services.AddSingleton<Func<string, NpgsqlDataSource>>(sp => name => sp.GetRequiredKeyedService<NpgsqlDataSource>(name));
    }
}

// 15 correct: the session disposes, nulls in a property setter
public sealed class SetterHeld(Func<IMailSession> create)
{
    private IMailSession? _held;
    private IMailSession? Held
    {
        get => _held is { IsConnected: true } ? _held : null;
        set { _held = value; }
    }
    public async Task<string> SendAsync(string message, CancellationToken ct)
    {
        var session = Held ?? (Held = create());
        return await session!.SendAsync(message, ct);
    }
}

// 16 bug: getter asks only for null although Reset disposes
public sealed class NullOnly(Func<TcpClient> dial)
{
    private TcpClient? _client;
    private NetworkStream Stream => (_client ??= dial()).GetStream();
    public void Reset() => _client?.Dispose();
    public void Write(byte[] data) => Stream.Write(data); //! LCA3001
}

// 17 correct: nulling in Reset with exchange and probing in the getter
public sealed class NullAndProbe(Func<TcpClient> dial)
{
    private TcpClient? _client;
    private NetworkStream Stream
    {
        get
        {
            if (_client is { } c && !(c.Client.Poll(0, SelectMode.SelectRead) && c.Available == 0)) return c.GetStream();
            Reset();
            _client = dial();
            return _client.GetStream();
        }
    }
    public void Reset() => Interlocked.Exchange(ref _client, null)?.Dispose();
    public void Write(byte[] data) => Stream.Write(data);
}

// 18 correct: goto-style with a labelled retry
public sealed class GotoRetry(ConcurrentDictionary<string, IMailSession> all, Func<string, IMailSession> create)
{
    public Task<string> SendAsync(string key, string message, CancellationToken ct)
    {
    again:
        var session = all.GetOrAdd(key, create);
        if (!session.IsConnected && all.TryRemove(KeyValuePair.Create(key, session))) goto again;
        return session.IsConnected ? session.SendAsync(message, ct) : Task.FromException<string>(new IOException("lost"));
    }
}

// 19 correct: actor style, all in one loop
public sealed class Actor(Func<CancellationToken, Task<IMailSession>> dial, System.Threading.Channels.ChannelReader<string> messages)
{
    public async Task RunAsync(CancellationToken ct)
    {
        IMailSession? session = null;
        await foreach (var message in messages.ReadAllAsync(ct))
        {
            if (session is not { IsConnected: true })
            {
                if (session is not null) await session.DisposeAsync();
                session = await dial(ct);
            }
            await session.SendAsync(message, ct);
        }
    }
}

// 20 correct: a record struct slot with the state in it
public readonly record struct Slot(IMailSession? Session)
{
    public bool IsUsable => Session is { IsConnected: true };
}
public sealed class Slots(Func<IMailSession> create)
{
    private Slot _slot;
    public Task<string> SendAsync(string message, CancellationToken ct)
    {
        if (!_slot.IsUsable) _slot = new Slot(create());
        return _slot.Session!.SendAsync(message, ct);
    }
}
