// Caches of connects: what stays in them when the first connect fails.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using Fjord.Telemetry;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace Wide.Reuse.TaskHolders;

public sealed class ShardConnections(Func<string, CancellationToken, Task<TelemetryConnection>> open)
{
    private readonly ConcurrentDictionary<string, Task<TelemetryConnection>> _shards = new();

    public Task<TelemetryConnection> Of(string shard) => _shards.GetOrAdd(shard, s => open(s, CancellationToken.None)); //! LCA3002

    public async Task<TelemetryConnection> OfOrRetry(string shard)
    {
        var task = _shards.GetOrAdd(shard, s => open(s, CancellationToken.None));
        try
        {
            return await task;
        }
        catch
        {
            _shards.TryRemove(new(shard, task));
            throw;
        }
    }

    /// <summary>A continuation that removes what failed.</summary>
    public Task<TelemetryConnection> OfOrForget(string shard)
    {
        var task = _shards.GetOrAdd(shard, s => open(s, CancellationToken.None));
        task.ContinueWith((t, key) => _shards.TryRemove(new((string)key!, t)), shard, CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion, TaskScheduler.Default);
        return task;
    }
}

public sealed class LazyShards
{
    private readonly ConcurrentDictionary<string, Lazy<Task<TelemetryConnection>>> _shards = new();

    public async Task<byte[]> AskAsync(string shard, byte[] question, CancellationToken ct)
    {
        var link = await _shards.GetOrAdd(shard, s => new Lazy<Task<TelemetryConnection>>(() => TelemetryConnection.OpenAsync(s))).Value; //! LCA3002
        if (!link.IsConnected) throw new InvalidOperationException("shard is down");
        return await link.RequestAsync(question, ct);
    }

    public async Task<byte[]> AskEvictingAsync(string shard, byte[] question, CancellationToken ct)
    {
        var lazy = _shards.GetOrAdd(shard, s => new Lazy<Task<TelemetryConnection>>(() => TelemetryConnection.OpenAsync(s)));
        TelemetryConnection link;
        try
        {
            link = await lazy.Value;
        }
        catch (Exception)
        {
            _shards.TryRemove(KeyValuePair.Create(shard, lazy));
            throw;
        }

        if (!link.IsConnected) throw new InvalidOperationException("shard is down");
        return await link.RequestAsync(question, ct);
    }
}

public static class RedisStore
{
    private static readonly Lazy<ConnectionMultiplexer> Shared = new(() => ConnectionMultiplexer.Connect("redis:6379")); //! LCA3002 //? LCA1001

    private static readonly Lazy<ConnectionMultiplexer> Retried = new(() => ConnectionMultiplexer.Connect("redis:6379"), LazyThreadSafetyMode.PublicationOnly); //? LCA1001

    public static IDatabase Database => Shared.Value.GetDatabase();

    public static IDatabase Other => Retried.Value.GetDatabase();
}

/// <summary>The mode keeps no exception of the factory, but the factory throws none: it returns a task.</summary>
public sealed class BrokerHolder
{
    private readonly Lazy<Task<IConnection>> _connection;

    public BrokerHolder(ConnectionFactory factory)
    {
        _connection = new Lazy<Task<IConnection>>(() => factory.CreateConnectionAsync(), LazyThreadSafetyMode.PublicationOnly); //! LCA3002
    }

    public Task<IConnection> Connection => _connection.Value;
}

/// <summary>A task in a field, made by the first caller.</summary>
public sealed class SharedLine(string endpoint)
{
    private Task<TelemetryConnection>? _opening;

    public async Task SendAsync(byte[] frame, CancellationToken ct)
    {
        var link = await (_opening ??= TelemetryConnection.OpenAsync(endpoint, CancellationToken.None)); //! LCA3002
        if (link.IsConnected) await link.SendAsync(frame, ct);
    }
}

/// <summary>Asks the task whether it failed.</summary>
public sealed class ReopenedLine(string endpoint)
{
    private readonly Lock _sync = new();
    private Task<TelemetryConnection>? _opening;

    public async Task SendAsync(byte[] frame, CancellationToken ct)
    {
        Task<TelemetryConnection> opening;
        lock (_sync)
        {
            if (_opening is null || _opening.IsFaulted || _opening.IsCanceled) _opening = TelemetryConnection.OpenAsync(endpoint, CancellationToken.None);
            opening = _opening;
        }

        var link = await opening;
        if (link.IsConnected) await link.SendAsync(frame, ct);
    }
}

/// <summary>An asynchronous lazy of one's own.</summary>
public sealed class AsyncLazy<T>(Func<Task<T>> factory) : Lazy<Task<T>>(() => Task.Run(factory))
{
    public System.Runtime.CompilerServices.TaskAwaiter<T> GetAwaiter() => Value.GetAwaiter();
}

public sealed class StationClient
{
    private readonly AsyncLazy<TelemetryConnection> _link = new(() => TelemetryConnection.OpenAsync("station")); //! LCA3002

    private readonly AsyncLazy<string> _manual = new(() => File.ReadAllTextAsync("manual.txt"));

    public async Task<bool> PingAsync(CancellationToken ct)
    {
        var link = await _link;
        return link.IsConnected && await link.PingAsync(ct);
    }

    public async Task<string> ManualAsync() => await _manual;
}

/// <summary>Entries of a memory cache.</summary>
public sealed class CachedUplinks(IMemoryCache cache)
{
    public Task<TelemetryConnection> Of(string site) =>
        cache.GetOrCreate(site, entry => //! LCA3002
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(5);
            return TelemetryConnection.OpenAsync(site);
        })!;

    public Task<TelemetryConnection> Put(string site)
    {
        if (cache.TryGetValue(site, out Task<TelemetryConnection>? known)) return known!;
        var opening = TelemetryConnection.OpenAsync(site);
        return cache.Set(site, opening, TimeSpan.FromMinutes(5)); //! LCA3002
    }

    /// <summary>Awaits its factory and keeps a result only.</summary>
    public async Task<TelemetryConnection?> ResultOf(string site)
    {
        var link = await cache.GetOrCreateAsync(site, entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(5);
            return TelemetryConnection.OpenAsync(site);
        });
        return link is { IsConnected: true } ? link : null;
    }
}

/// <summary>A plain dictionary of tasks under a lock.</summary>
public class NodeDirectory
{
    private readonly object _sync = new();
    private readonly Dictionary<int, Task<ClientWebSocket>> _nodes = new();

    public Task<ClientWebSocket> NodeAsync(int id)
    {
        lock (_sync)
        {
            Task<ClientWebSocket>? node;
            if (!_nodes.TryGetValue(id, out node))
            {
                node = DialAsync(id);
                _nodes.Add(id, node); //! LCA3002
            }

            return node;
        }
    }

    private static async Task<ClientWebSocket> DialAsync(int id)
    {
        using var limit = new CancellationTokenSource(5000);
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(new Uri($"wss://node{id}/"), limit.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Asks the stored task first.</summary>
public class CheckedNodeDirectory
{
    private readonly object _sync = new();
    private readonly Dictionary<int, Task<TelemetryConnection>> _nodes = new();

    public Task<TelemetryConnection> NodeAsync(int id)
    {
        lock (_sync)
        {
            if (_nodes.TryGetValue(id, out var node) && !node.IsFaulted && !node.IsCanceled) return node;
            return _nodes[id] = TelemetryConnection.OpenAsync($"node{id}");
        }
    }
}

/// <summary>The synchronous lazy with the mode that keeps the exception.</summary>
public sealed class ScannerHolder(string host)
{
    private readonly Lazy<TcpClient> _scanner = new(() => new TcpClient(host, 5000), LazyThreadSafetyMode.ExecutionAndPublication); //! LCA3002

    private readonly Lazy<TcpClient> _idle = new(() => new TcpClient());

    private readonly Lazy<HttpClient> _http = new(() => new HttpClient());

    private readonly Lazy<NpgsqlDataSource> _data = new(() => NpgsqlDataSource.Create("Host=pg"));

    public EndPointInfo Describe() => new(_scanner.IsValueCreated, _idle.IsValueCreated, _http.IsValueCreated, _data.IsValueCreated);

    public sealed record EndPointInfo(bool Scanner, bool Idle, bool Http, bool Data);
}

public static class BrokerRegistration
{
    public static IServiceCollection AddBroker(this IServiceCollection services, string uri) =>
        services.AddSingleton(new Lazy<Task<IConnection>>(() => new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync())); //! LCA3002

    public static IServiceCollection AddRedis(this IServiceCollection services, string configuration) =>
        services.AddSingleton(new Lazy<ConnectionMultiplexer>(() => ConnectionMultiplexer.Connect(configuration), LazyThreadSafetyMode.PublicationOnly)); //? LCA1001
}

/// <summary>A cached link whose failing use is only written down.</summary>
public sealed class LoggedFailures(ILogger<LoggedFailures> log)
{
    private TelemetryConnection? _link;

    public async Task SendAsync(byte[] frame, CancellationToken ct)
    {
        _link ??= await TelemetryConnection.OpenAsync("tcp://edge", ct); //! LCA3002 //? LCA1001
        try
        {
            await _link.SendAsync(frame, ct); //? LCA3001
        }
        catch (IOException e)
        {
            log.LogError(e, "send failed");
            throw;
        }
    }
}

public sealed class EvictedFailures(ILogger<EvictedFailures> log)
{
    private TelemetryConnection? _link;

    public async Task SendAsync(byte[] frame, CancellationToken ct)
    {
        _link ??= await TelemetryConnection.OpenAsync("tcp://edge", ct); //? LCA1001
        try
        {
            await _link.SendAsync(frame, ct);
        }
        catch (Exception e)
        {
            log.LogError(e, "send failed");
            await DropAsync();
            throw;
        }
    }

    private async ValueTask DropAsync()
    {
        if (Interlocked.Exchange(ref _link, null) is { } old) await old.DisposeAsync();
    }
}

/// <summary>Owner that opens in its constructor; its failures are the supervisor's.</summary>
public sealed class OwnedLink(string endpoint, ILogger log) : IDisposable
{
    private readonly TelemetryConnection _link = TelemetryConnection.Open(endpoint); //? LCA1001

    public void Send(byte[] frame)
    {
        try
        {
            _link.Send(frame);
        }
        catch (IOException e)
        {
            log.LogError(e, "send failed");
            throw;
        }
    }

    public void Dispose() => _link.Dispose();
}

/// <summary>Results of downloads: no connection is kept.</summary>
public sealed class Documents(HttpClient http)
{
    private readonly ConcurrentDictionary<string, Task<byte[]>> _documents = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _pages = new();

    public Task<byte[]> Get(string path) => _documents.GetOrAdd(path, p => http.GetByteArrayAsync(p));

    public Task<string> Page(string path) => _pages.GetOrAdd(path, p => new Lazy<Task<string>>(() => http.GetStringAsync(p))).Value;
}

/// <summary>A failed lazy is replaced by a new one.</summary>
public sealed class ReplacedLazy(ConnectionFactory factory)
{
    private Lazy<Task<IConnection>> _connection = new(() => factory.CreateConnectionAsync());

    public async Task<IConnection> GetAsync()
    {
        var current = _connection;
        try
        {
            return await current.Value;
        }
        catch
        {
            Interlocked.CompareExchange(ref _connection, new Lazy<Task<IConnection>>(() => factory.CreateConnectionAsync()), current);
            throw;
        }
    }
}

/// <summary>A failed statement is written down; the self-mending client stays, rightly.</summary>
public sealed class PriceStore(ILogger<PriceStore> log)
{
    private ConnectionMultiplexer? _redis;

    public async Task PutAsync(string sku, string price)
    {
        _redis ??= await ConnectionMultiplexer.ConnectAsync("redis"); //? LCA1001
        try
        {
            await _redis.GetDatabase().StringSetAsync(sku, price);
        }
        catch (RedisConnectionException e)
        {
            log.LogWarning(e, "price not stored");
        }
    }
}

/// <summary>The whole lot in a static class with a getter.</summary>
internal static class Ledger
{
    private static Task<NpgsqlConnection>? s_connection;

    internal static Task<NpgsqlConnection> Connection
    {
        get
        {
            if (s_connection == null)
            {
                s_connection = OpenAsync(); //! LCA3002
            }

            return s_connection;
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection("Host=pg");
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
