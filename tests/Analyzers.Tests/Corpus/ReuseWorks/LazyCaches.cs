// Caches of tasks and lazies of connections: what failed once fails until the process is restarted.
using System.Collections.Concurrent;
using Acme.Wire;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Works.Reuse.LazyCaches;

/// <summary>The helper that every code base has.</summary>
public sealed class AsyncLazy<T>(Func<Task<T>> factory) : Lazy<Task<T>>(() => Task.Run(factory))
{
    public System.Runtime.CompilerServices.TaskAwaiter<T> GetAwaiter() => Value.GetAwaiter();
}

public static class RedisHolder
{
    private static string s_configuration = "localhost";

    private static readonly Lazy<ConnectionMultiplexer> s_eager = new(() => ConnectionMultiplexer.Connect(s_configuration)); //! LCA3002 //? LCA1001

    private static readonly Lazy<ConnectionMultiplexer> s_retried = new(() => ConnectionMultiplexer.Connect(s_configuration), LazyThreadSafetyMode.PublicationOnly); // ok LCA3002: keeps no exception //? LCA1001

    private static readonly Lazy<ConnectionMultiplexer> s_once = new(() => ConnectionMultiplexer.Connect(s_configuration), LazyThreadSafetyMode.ExecutionAndPublication); //! LCA3002 //? LCA1001

    private static readonly Lazy<string> s_name = new(() => s_configuration.Split(',')[0]); // ok LCA3002: no connection

    public static void Configure(string configuration) => s_configuration = configuration;

    public static IDatabase Sessions => s_eager.Value.GetDatabase(0); // ok LCA3001: the multiplexer reconnects by itself

    public static IDatabase Carts => s_retried.Value.GetDatabase(1); // ok LCA3001: as above

    public static IDatabase Locks => s_once.Value.GetDatabase(2); // ok LCA3001: as above

    public static string Name => s_name.Value;
}

/// <summary>Sessions by authority, as tasks, so that two callers dial once.</summary>
public sealed class SessionDirectory(IWireSessionFactory factory, CancellationToken stopping)
{
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _sessions = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _evicting = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Lazy<Task<IWireSession>>> _lazy = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Task<IWireSession>> _locked = [];

    public Task<IWireSession> GetAsync(string authority) =>
        _sessions.GetOrAdd(authority, key => factory.OpenAsync(key, stopping)); //! LCA3002

    public async Task<IWireSession> GetEvictingAsync(string authority)
    {
        var pending = _evicting.GetOrAdd(authority, key => factory.OpenAsync(key, stopping)); // ok LCA3002: evicted on a fault
        try
        {
            return await pending;
        }
        catch
        {
            _evicting.TryRemove(new KeyValuePair<string, Task<IWireSession>>(authority, pending));
            throw;
        }
    }

    public Task<IWireSession> GetLazyAsync(string authority) =>
        _lazy.GetOrAdd(authority, key => new Lazy<Task<IWireSession>>(() => factory.OpenAsync(key, stopping))).Value; //! LCA3002

    public Task<IWireSession> GetLockedAsync(string authority)
    {
        lock (_locked)
        {
            if (!_locked.TryGetValue(authority, out var pending))
            {
                pending = factory.OpenAsync(authority, stopping);
                _locked[authority] = pending; //! LCA3002
            }

            return pending;
        }
    }
}

/// <summary>One session for all, as a lazy task.</summary>
public sealed class LazySession
{
    private readonly Lazy<Task<IWireSession>> _session;
    private readonly Lazy<Task<IWireSession>> _published;
    private readonly AsyncLazy<IWireSession> _async;

    public LazySession(IWireSessionFactory factory, string authority, CancellationToken stopping)
    {
        _session = new Lazy<Task<IWireSession>>(() => factory.OpenAsync(authority, stopping)); //! LCA3002
        _published = new Lazy<Task<IWireSession>>(() => factory.OpenAsync(authority, stopping), LazyThreadSafetyMode.PublicationOnly); //! LCA3002
        _async = new AsyncLazy<IWireSession>(() => factory.OpenAsync(authority, stopping)); //! LCA3002
    }

    public Task<IWireSession> GetAsync(bool published) => published ? _published.Value : _session.Value;

    public async Task<SessionStatus> StatusAsync() => (await _async).Status;
}

/// <summary>A field of a task, filled by the first caller.</summary>
public sealed class QuoteService(IWireSessionFactory factory, string authority)
{
    private readonly object _sync = new();
    private Task<IWireSession>? _session;
    private Task<IWireSession>? _guarded;

    public Task<IWireSession> SessionAsync(CancellationToken stopping)
    {
        lock (_sync) return _session ??= factory.OpenAsync(authority, stopping); //! LCA3002
    }

    public Task<IWireSession> GuardedAsync(CancellationToken stopping)
    {
        lock (_sync)
        {
            if (_guarded is null || _guarded.IsFaulted || _guarded.IsCanceled)
            {
                _guarded = factory.OpenAsync(authority, stopping); // ok LCA3002: a failed task is replaced by the next caller
            }

            return _guarded;
        }
    }
}

/// <summary>The memory cache knows how long to keep something, and nothing of what it is.</summary>
public sealed class CachedSessions(IMemoryCache cache, IWireSessionFactory factory, ILogger<CachedSessions> log)
{
    public Task<IWireSession> GetAsync(string authority, CancellationToken stopping) => cache.GetOrCreate(authority, entry => //! LCA3002
    {
        entry.SlidingExpiration = TimeSpan.FromMinutes(20);
        return factory.OpenAsync(authority, stopping);
    })!;

    public async Task<IWireSession> GetAwaitedAsync(string authority, CancellationToken ct)
    {
        var session = await cache.GetOrCreateAsync("a:" + authority, entry => // ok LCA3002: awaits its factory, stores a result alone
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(20);
            return factory.OpenAsync(authority, ct);
        });
        return session!;
    }

    public Task<IWireSession> WarmUpAsync(string authority, CancellationToken stopping)
    {
        if (cache.TryGetValue("w:" + authority, out Task<IWireSession>? known) && known is not null) return known;
        log.LogInformation("dialling {Authority}", authority);
        var pending = factory.OpenAsync(authority, stopping);
        cache.Set("w:" + authority, pending, TimeSpan.FromMinutes(20)); //! LCA3002
        return pending;
    }

    public async Task<string> TextAsync(string path, Func<string, Task<string>> read) =>
        await cache.GetOrCreate(path, _ => read(path))!; // ok LCA3002: a task of text is no connection
}

/// <summary>What fails is written down, kept, and fails again.</summary>
public sealed class TelemetrySender(IWireSessionFactory factory, ILogger<TelemetrySender> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IWireSession? _kept;
    private IWireSession? _dropped;

    public async Task SendAsync(string topic, byte[] body, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            _kept ??= await factory.OpenAsync("telemetry", ct); //! LCA3002
            await _kept.PublishAsync(topic, body, ct); //? LCA3001
        }
        catch (Exception e)
        {
            log.LogError(e, "telemetry is not delivered");
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task SendDroppingAsync(string topic, byte[] body, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            _dropped ??= await factory.OpenAsync("telemetry", ct); // ok LCA3002: the failure takes it away
            await _dropped.PublishAsync(topic, body, ct); // ok LCA3001: as above
        }
        catch (Exception e)
        {
            log.LogError(e, "telemetry is not delivered");
            if (_dropped is not null) await _dropped.DisposeAsync();
            _dropped = null;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }
}
