// Redis pub/sub, a Kafka-like client and a gRPC-like one: caches of tasks and lazies.
using System.Net.Http;
using System.Collections.Concurrent;
using System.Net.Sockets;
using Acme.Wire;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace HeldOut.Reuse.BrokerCaches;

public sealed class RedisHolder(string configuration)
{
    private readonly Lazy<ConnectionMultiplexer> _plain = new(() => ConnectionMultiplexer.Connect(configuration)); //! LCA3002
    private readonly Lazy<ConnectionMultiplexer> _safe = new(() => ConnectionMultiplexer.Connect(configuration), LazyThreadSafetyMode.PublicationOnly); // ok LCA3002: this mode keeps no exception
    private readonly Lazy<Task<ConnectionMultiplexer>> _task = new(() => ConnectionMultiplexer.ConnectAsync(configuration), LazyThreadSafetyMode.PublicationOnly); //! LCA3002

    public IDatabase Plain => _plain.Value.GetDatabase();

    public IDatabase Safe => _safe.Value.GetDatabase();

    public async Task<ISubscriber> SubscriberAsync() => (await _task.Value).GetSubscriber();
}

public sealed class BrokerDirectory(IWireSessionFactory factory, ILogger<BrokerDirectory> log)
{
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _sessions = new();
    private Task<IWireSession>? _main;
    private Task<IWireSession>? _spare;

    public Task<IWireSession> GetAsync(string authority) =>
        _sessions.GetOrAdd(authority, a => factory.OpenAsync(a, CancellationToken.None)); //! LCA3002 //? LCA1008

    // ok LCA3002: a continuation evicts what failed or was cancelled
    public Task<IWireSession> GetWatchedAsync(string authority)
    {
        var task = _sessions.GetOrAdd(authority, a => factory.OpenAsync(a, CancellationToken.None)); //? LCA1008
        task.ContinueWith(t =>
        {
            if (t.IsCompletedSuccessfully) return;
            _sessions.TryRemove(KeyValuePair.Create(authority, t));
            log.LogWarning(t.Exception, "{Authority}", authority);
        }, TaskScheduler.Default);
        return task;
    }

    public Task<IWireSession> MainAsync() => _main ??= factory.OpenAsync("main", CancellationToken.None); //! LCA3002 //? LCA1008

    // ok LCA3002: a faulted task is replaced before it is given out again
    public Task<IWireSession> SpareAsync()
    {
        if (_spare is null or { IsFaulted: true } or { IsCanceled: true }) _spare = factory.OpenAsync("spare", CancellationToken.None); //? LCA1008
        return _spare;
    }
}

public sealed class MemoryCached(IMemoryCache cache, IWireSessionFactory factory)
{
    public Task<IWireSession> OfAsync(string authority) =>
        cache.GetOrCreate(authority, entry => factory.OpenAsync((string)entry.Key, CancellationToken.None))!; //! LCA3002 //? LCA1008

    // ok LCA3002: the factory is awaited, a failure is not stored
    public Task<IWireSession?> OfAwaitedAsync(string authority) =>
        cache.GetOrCreateAsync(authority, entry => factory.OpenAsync((string)entry.Key, CancellationToken.None)); //? LCA1008

    public async Task<IWireSession> SetAsync(string authority)
    {
        var opening = factory.OpenAsync(authority, CancellationToken.None); //? LCA1008
        cache.Set(authority, opening); //! LCA3002
        return await opening;
    }

    // ok LCA3002: the result is stored
    public async Task<IWireSession> SetOpenedAsync(string authority)
    {
        var session = await factory.OpenAsync(authority, CancellationToken.None); //? LCA1008
        cache.Set(authority, session);
        return session;
    }
}

public sealed class Reporter(IWireSessionFactory factory, ILogger<Reporter> log)
{
    private IWireSession? _session;
    private IWireSession? _audit;

    public async Task ReportAsync(ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if (_session is not { Status: SessionStatus.Established }) _session = await factory.OpenAsync("reports", ct); //? LCA3002
        try
        {
            await _session.PublishAsync("report", body, ct);
        }
        catch (WireException ex)
        {
            log.LogError(ex, "report lost");
            throw;
        }
    }

    // ok LCA3002: a helper drops it
    public async Task AuditAsync(ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if (_audit is not { Status: SessionStatus.Established }) _audit = await factory.OpenAsync("audit", ct);
        try
        {
            await _audit.PublishAsync("audit", body, ct);
        }
        catch (WireException ex)
        {
            log.LogError(ex, "audit lost");
            await DropAuditAsync();
            throw;
        }
    }

    private async ValueTask DropAuditAsync()
    {
        if (Interlocked.Exchange(ref _audit, null) is { } gone) await gone.DisposeAsync();
    }
}

public sealed class SocketLazies(string host)
{
    private readonly Lazy<TcpClient> _client = new(() => new TcpClient(host, 6379)); //! LCA3002
    private readonly Lazy<byte[]> _greeting = new(() => File.ReadAllBytes("greeting.bin")); // ok LCA3002: a file's bytes
    private readonly AsyncLocal<Task<string>?> _name = new();
    private static readonly Lazy<HttpClient> s_http = new(() => new HttpClient()); // ok LCA3002: nothing is dialled

    public NetworkStream Open() => _client.Value.GetStream();

    public byte[] Greeting => _greeting.Value;

    // ok LCA3002: a name for the current flow
    public Task<string> NameAsync() => _name.Value ??= s_http.Value.GetStringAsync("http://name/");
}
