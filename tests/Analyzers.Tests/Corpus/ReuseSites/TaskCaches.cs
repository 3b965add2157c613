// What is kept is not the connection but the attempt: one failure is remembered for good.
using System.Collections.Concurrent;
using Acme.Wire;
using Grpc.Net.Client;
using Npgsql;
using StackExchange.Redis;

namespace Sites.Reuse.TaskCaches;

public sealed class BackendDirectory(IWireSessionFactory factory)
{
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _backends = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<IWireSession>>> _once = new();

    public Task<IWireSession> GetAsync(string name)
    {
        return _backends.GetOrAdd(name, n => factory.OpenAsync(n, CancellationToken.None)); //! LCA3002 //? LCA1008
    }

    public Task<IWireSession> GetOnceAsync(string name) =>
        _once.GetOrAdd(name, n => new Lazy<Task<IWireSession>>(() => factory.OpenAsync(n, CancellationToken.None), LazyThreadSafetyMode.PublicationOnly)).Value; //! LCA3002 //? LCA1008
}

public sealed class ForgivingBackendDirectory(IWireSessionFactory factory)
{
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _backends = new();

    // ok LCA3002: a failed attempt is taken out again
    public async Task<IWireSession> GetAsync(string name)
    {
        var opening = _backends.GetOrAdd(name, n => factory.OpenAsync(n, CancellationToken.None)); //? LCA1008
        try
        {
            return await opening;
        }
        catch
        {
            _backends.TryRemove(new KeyValuePair<string, Task<IWireSession>>(name, opening));
            throw;
        }
    }
}

public sealed class ReplacingBackendDirectory(IWireSessionFactory factory)
{
    private readonly Dictionary<string, Task<IWireSession>> _backends = new();

    // ok LCA3002: a faulted or cancelled attempt is replaced by the next caller
    public Task<IWireSession> GetAsync(string name)
    {
        lock (_backends)
        {
            if (_backends.TryGetValue(name, out var opening) && !opening.IsFaulted && !opening.IsCanceled) return opening;
            return _backends[name] = factory.OpenAsync(name, CancellationToken.None); //? LCA1008
        }
    }
}

public sealed class SingleBackend(IWireSessionFactory factory)
{
    private Task<IWireSession>? _opening;

    public Task<IWireSession> SessionAsync()
    {
        return _opening ??= factory.OpenAsync("backend", CancellationToken.None); //! LCA3002 //? LCA1008
    }
}

public sealed class ResettingBackend(IWireSessionFactory factory)
{
    private readonly object _sync = new();
    private Task<IWireSession>? _opening;

    // ok LCA3002: a failed attempt is made again
    public Task<IWireSession> SessionAsync()
    {
        lock (_sync)
        {
            if (_opening is null || _opening.IsFaulted || _opening.IsCanceled)
                _opening = factory.OpenAsync("backend", CancellationToken.None); //? LCA1008
            return _opening;
        }
    }
}

public sealed class LazyBackend
{
    private readonly Lazy<Task<IWireSession>> _session;

    public LazyBackend(IWireSessionFactory factory)
    {
        _session = new Lazy<Task<IWireSession>>(() => factory.OpenAsync("backend", CancellationToken.None)); //! LCA3002 //? LCA1008
    }

    public Task<IWireSession> Session => _session.Value;
}

public sealed class LedgerLink(string host)
{
    private readonly Lazy<WireConnection> _first = new(() => WireConnection.Connect(host, 9000, TimeSpan.FromSeconds(1))); //! LCA3002

    public WireConnection Connection => _first.Value;
}

public sealed class LedgerLinkOnce(string host)
{
    private readonly Lazy<WireConnection> _first = new(() => WireConnection.Connect(host, 9000, TimeSpan.FromSeconds(1)), isThreadSafe: true); //! LCA3002

    public WireConnection Connection => _first.Value;
}

public sealed class LedgerLinkPatient(string host)
{
    // ok LCA3002: PublicationOnly does not keep the exception
    private readonly Lazy<WireConnection> _first =
        new(() => WireConnection.Connect(host, 9000, TimeSpan.FromSeconds(1)), LazyThreadSafetyMode.PublicationOnly);

    public WireConnection Connection => _first.Value;
}

/// <summary>Lazies and caches of other things.</summary>
public sealed class Settings(string path)
{
    private readonly ConcurrentDictionary<string, Task<string>> _texts = new();

    // ok LCA3002: no connection is made in it
    private readonly Lazy<string[]> _lines = new(() => File.ReadAllLines(path));

    public int Count => _lines.Value.Length;

    // ok LCA3002: a cache of texts
    public Task<string> TextAsync(string name) => _texts.GetOrAdd(name, n => File.ReadAllTextAsync(Path.Combine(path, n)));
}

/// <summary>Redis: the multiplexer reconnects, the exception of its first connect does not go away.</summary>
public static class RedisHolder
{
    private static readonly Lazy<ConnectionMultiplexer> Kept = new(() => ConnectionMultiplexer.Connect("redis:6379")); //! LCA3002 //? LCA1001

    public static ConnectionMultiplexer Redis => Kept.Value;

    // ok LCA3001: the multiplexer reconnects by itself
    public static void Announce(string text) => Redis.GetSubscriber().Publish("news", text);
}

public static class PatientRedisHolder
{
    // ok LCA3002: tried again by the next caller
    private static readonly Lazy<ConnectionMultiplexer> Kept = new(() => ConnectionMultiplexer.Connect("redis:6379"), LazyThreadSafetyMode.PublicationOnly); //? LCA1001

    // ok LCA3001: the multiplexer reconnects by itself
    public static void Announce(string text) => Kept.Value.GetSubscriber().Publish("news", text);
}

/// <summary>Things that keep their own connections in order.</summary>
public sealed class SelfHealing(NpgsqlDataSource database, Uri address)
{
    private readonly ConcurrentDictionary<string, HttpClient> _clients = new();
    private GrpcChannel? _channel;

    // ok LCA3001: HttpClient has its own pool
    public Task<string> FetchAsync(string host, CancellationToken ct) =>
        _clients.GetOrAdd(host, h => new HttpClient { BaseAddress = new Uri("https://" + h) }).GetStringAsync("/", ct);

    // ok LCA3001: a gRPC channel reconnects
    public Grpc.Core.CallInvoker Invoker() => (_channel ??= GrpcChannel.ForAddress(address, new GrpcChannelOptions())).CreateCallInvoker();

    // ok LCA3001: a data source hands out checked connections
    public async Task<int> PruneAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand("delete from seen where at < now() - interval '1 day'");
        return await command.ExecuteNonQueryAsync(ct);
    }
}
