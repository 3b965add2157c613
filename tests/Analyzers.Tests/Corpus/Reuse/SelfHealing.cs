// Cached clients that reconnect by themselves, and say so. No mark here.
using System.Collections.Concurrent;
using Grpc.Net.Client;
using Microsoft.AspNetCore.SignalR.Client;
using Npgsql;
using RabbitMQ.Client;
using SocketIOClient;
using StackExchange.Redis;

namespace Corpus.Reuse.SelfHealing;

public sealed class RedisPrices(string configuration)
{
    private readonly Lazy<ConnectionMultiplexer> _redis = new(() => ConnectionMultiplexer.Connect(configuration), LazyThreadSafetyMode.PublicationOnly);

    // ok LCA3001: the multiplexer reconnects
    public Task<bool> SetAsync(string symbol, decimal price) => _redis.Value.GetDatabase().StringSetAsync(symbol, price.ToString());

    // ok LCA3001: its subscriber too
    public Task<long> AnnounceAsync(string symbol) => _redis.Value.GetSubscriber().PublishAsync("prices", symbol);
}

public sealed class TenantSources(Func<string, string> connectionStringOf)
{
    private readonly ConcurrentDictionary<string, NpgsqlDataSource> _sources = new();

    // ok LCA3001: a data source is a pool of its own
    public async Task<int> ExecuteAsync(string tenant, string sql, CancellationToken stop)
    {
        var source = _sources.GetOrAdd(tenant, t => NpgsqlDataSource.Create(connectionStringOf(t)));
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync(stop);
    }
}

public sealed class TenantHttp
{
    private readonly ConcurrentDictionary<string, HttpClient> _clients = new();

    // ok LCA3001: an HttpClient has no connection to lose
    public Task<HttpResponseMessage> PostAsync(string tenant, string path, HttpContent content, CancellationToken stop)
    {
        var client = _clients.GetOrAdd(tenant, static t => new HttpClient { BaseAddress = new Uri($"https://{t}.example.test/") });
        return client.PostAsync(path, content, stop);
    }
}

public sealed class GrpcChannels
{
    private readonly Dictionary<Uri, GrpcChannel> _channels = [];

    // ok LCA3001: the channel goes through its states by itself
    public Grpc.Core.CallInvoker For(Uri address)
    {
        if (!_channels.TryGetValue(address, out var channel)) _channels[address] = channel = GrpcChannel.ForAddress(address.ToString());
        return channel.CreateCallInvoker();
    }
}

public sealed class Broker(ConnectionFactory factory)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;

    private async Task<IConnection> ConnectionAsync(CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            return _connection ??= await factory.CreateConnectionAsync(stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: the connection recovers, and the channel is of this call
    public async Task PublishAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        var connection = await ConnectionAsync(stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        await channel.BasicPublishAsync("", queue, body, stop);
    }
}

public sealed class Dashboards
{
    private readonly ConcurrentDictionary<string, HubConnection> _hubs = new();

    private static HubConnection Build(string board) =>
        new HubConnectionBuilder().WithUrl($"https://boards.example.test/{board}").WithAutomaticReconnect().Build();

    // ok LCA3001: built to reconnect, in the helper that builds
    public async Task RefreshAsync(string board, CancellationToken stop)
    {
        if (!_hubs.TryGetValue(board, out var hub))
        {
            hub = Build(board);
            hub.Closed += static _ => Task.CompletedTask;
            await hub.StartAsync(stop);
            _hubs[board] = hub;
        }

        await hub.InvokeAsync("Refresh", board, stop);
    }
}

public sealed class Rooms(string url)
{
    private SocketIO? _io;

    // ok LCA3001: Socket.IO reconnects
    public async Task SayAsync(string room, string text)
    {
        if (_io is null)
        {
            _io = new SocketIO(url);
            _io.OnError += static (_, message) => Console.Error.WriteLine(message);
            await _io.ConnectAsync();
        }

        await _io.EmitAsync("say", room, text);
    }
}
