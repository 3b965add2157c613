// Caches of tasks and lazies: the first failure stays for good, or it does not.
using System.Collections.Concurrent;
using Acme.Wire;
using Microsoft.Extensions.Caching.Memory;
using StackExchange.Redis;

namespace Corpus.Reuse.TaskCaches;

internal static class Wire
{
    public static async Task<WireConnection> DialAsync(string host)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        return await WireConnection.ConnectAsync(host, 7007, timeout.Token);
    }

    public static WireConnection Dial(string host) => WireConnection.Connect(host, 7007, TimeSpan.FromSeconds(5));
}

/// <summary>One task per host, and a host that was down once is down for ever.</summary>
public sealed class TaskPerHost
{
    private readonly ConcurrentDictionary<string, Task<WireConnection>> _connections = new();

    public Task<WireConnection> GetAsync(string host) => _connections.GetOrAdd(host, Wire.DialAsync); //! LCA3002

    public async Task<WireConnection> GetAwaitedAsync(string host)
    {
        var task = _connections.GetOrAdd(host, static key => Wire.DialAsync(key)); //! LCA3002
        return await task.ConfigureAwait(false);
    }

    public void Forget(string host) => _connections.TryRemove(host, out _);
}

public sealed class EvictingTaskPerHost
{
    private readonly ConcurrentDictionary<string, Task<WireConnection>> _connections = new();

    // ok LCA3002: a failed task is removed by whoever sees it fail
    public async Task<WireConnection> GetAsync(string host)
    {
        var task = _connections.GetOrAdd(host, static key => Wire.DialAsync(key));
        try
        {
            return await task.ConfigureAwait(false);
        }
        catch
        {
            _connections.TryRemove(new KeyValuePair<string, Task<WireConnection>>(host, task));
            throw;
        }
    }
}

public sealed class SelfEvictingTaskPerHost
{
    private readonly ConcurrentDictionary<string, Task<WireConnection>> _connections = new();

    // ok LCA3002: what fills the cache empties it again
    public Task<WireConnection> GetAsync(string host) => _connections.GetOrAdd(host, DialOrForgetAsync);

    private async Task<WireConnection> DialOrForgetAsync(string host)
    {
        await Task.Yield();
        try
        {
            return await Wire.DialAsync(host);
        }
        catch
        {
            _connections.TryRemove(host, out _);
            throw;
        }
    }
}

public sealed class ContinuationEvictor
{
    private readonly ConcurrentDictionary<string, Task<WireConnection>> _connections = new();

    // ok LCA3002: a continuation removes what did not succeed
    public Task<WireConnection> GetAsync(string host)
    {
        return _connections.GetOrAdd(host, key =>
        {
            var dialing = Wire.DialAsync(key);
            dialing.ContinueWith(
                failed => { _ = failed.Exception; _connections.TryRemove(key, out var gone); },
                CancellationToken.None,
                TaskContinuationOptions.NotOnRanToCompletion,
                TaskScheduler.Default);
            return dialing;
        });
    }
}

/// <summary>A dictionary under a lock that keeps the task.</summary>
public sealed class LockedTaskMap
{
    private readonly Dictionary<(string Host, int Shard), Task<WireConnection>> _map = new();

    public Task<WireConnection> For(string host, int shard)
    {
        lock (_map)
        {
            if (!_map.TryGetValue((host, shard), out var task))
            {
                _map[(host, shard)] = task = Wire.DialAsync($"{host}-{shard}"); //! LCA3002
            }

            return task;
        }
    }

    // ok LCA3002: a task that failed or was cancelled is replaced
    public Task<WireConnection> ForHealthy(string host, int shard)
    {
        lock (_map)
        {
            if (!_map.TryGetValue((host, shard), out var task) || task.IsFaulted || task.IsCanceled)
            {
                _map[(host, shard)] = task = Wire.DialAsync($"{host}-{shard}");
            }

            return task;
        }
    }
}

/// <summary>One task in a field.</summary>
public sealed class SingleTask(string host)
{
    private Task<WireConnection>? _connection;
    private Task<WireConnection>? _other;

    public Task<WireConnection> Connection => _connection ??= Wire.DialAsync(host); //! LCA3002

    public async ValueTask<WireConnection> GetOtherAsync()
    {
        if (_other == null)
        {
            _other = Wire.DialAsync(host); //! LCA3002
        }

        return await _other;
    }
}

public sealed class HealthySingleTask(string host)
{
    private Task<WireConnection>? _connection;

    // ok LCA3002: a failed task does not count as one
    public Task<WireConnection> Connection =>
        _connection is null or { IsFaulted: true } or { IsCanceled: true }
            ? _connection = Wire.DialAsync(host)
            : _connection;

    // ok LCA3002: the catch empties the field
    public async Task<WireConnection> GetAsync()
    {
        try
        {
            return await (_connection ??= Wire.DialAsync(host));
        }
        catch (Exception)
        {
            _connection = null;
            throw;
        }
    }
}

/// <summary>Lazies keep their exception in every mode but one.</summary>
public static class RedisHolder
{
    private static readonly Lazy<ConnectionMultiplexer> Keeping = new(() => ConnectionMultiplexer.Connect("redis:6379")); //! LCA3002 //? LCA1001

    private static readonly Lazy<ConnectionMultiplexer> KeepingToo =
        new Lazy<ConnectionMultiplexer>(() => ConnectionMultiplexer.Connect("redis:6379"), LazyThreadSafetyMode.ExecutionAndPublication); //! LCA3002 //? LCA1001

    // ok LCA3002: this mode forgets the exception
    private static readonly Lazy<ConnectionMultiplexer> Forgetting =
        new(() => ConnectionMultiplexer.Connect("redis:6379"), LazyThreadSafetyMode.PublicationOnly); //? LCA1001

    // ok LCA3002: no connection at all
    private static readonly Lazy<string> Banner = new(() => File.ReadAllText("banner.txt"));

    public static IDatabase Database => Keeping.Value.GetDatabase();
    public static IDatabase OtherDatabase => KeepingToo.Value.GetDatabase();
    public static IDatabase SafeDatabase => Forgetting.Value.GetDatabase();
    public static string Text => Banner.Value;
}

public sealed class LazyWires
{
    private readonly Lazy<Task<WireConnection>> _task;
    private readonly Lazy<Task<WireConnection>> _published = new(() => Wire.DialAsync("b"), LazyThreadSafetyMode.PublicationOnly); //! LCA3002
    private readonly Lazy<WireConnection> _unsynchronised = new(() => Wire.Dial("c"), isThreadSafe: false); //! LCA3002
    private readonly ConcurrentDictionary<string, Lazy<WireConnection>> _byHost = new();

    public LazyWires(string host)
    {
        _task = new Lazy<Task<WireConnection>>(() => Wire.DialAsync(host)); //! LCA3002
    }

    public Task<WireConnection> First => _task.Value;
    public Task<WireConnection> Second => _published.Value;
    public WireConnection Third => _unsynchronised.Value;

    public WireConnection ByHost(string host) =>
        _byHost.GetOrAdd(host, key => new Lazy<WireConnection>(() => Wire.Dial(key))).Value; //! LCA3002

    // ok LCA3002: the lazy in the dictionary forgets its exception
    public WireConnection ByHostForgetting(string host) =>
        _byHost.GetOrAdd("safe/" + host, key => new Lazy<WireConnection>(() => Wire.Dial(key), LazyThreadSafetyMode.PublicationOnly)).Value;
}

/// <summary>A lazy that its owner replaces when it failed.</summary>
public sealed class ReplacedLazy
{
    private readonly string _host;
    private Lazy<Task<WireConnection>> _lazy;

    public ReplacedLazy(string host)
    {
        _host = host;
        _lazy = Create();
    }

    // ok LCA3002: the catch puts a new lazy in place
    public async Task<WireConnection> GetAsync()
    {
        var current = Volatile.Read(ref _lazy);
        try
        {
            return await current.Value;
        }
        catch
        {
            Interlocked.CompareExchange(ref _lazy, Create(), current);
            throw;
        }
    }

    private Lazy<Task<WireConnection>> Create() => new(() => Wire.DialAsync(_host));
}

public sealed class AsyncLazy<T>(Func<Task<T>> factory) : Lazy<Task<T>>(() => Task.Run(factory))
{
    public System.Runtime.CompilerServices.TaskAwaiter<T> GetAwaiter() => Value.GetAwaiter();
}

public sealed class AsyncLazyOwner
{
    private readonly AsyncLazy<WireConnection> _connection = new(() => Wire.DialAsync("d")); //! LCA3002

    // ok LCA3002: what is kept is a text
    private readonly AsyncLazy<string> _motd = new(() => File.ReadAllTextAsync("motd.txt"));

    public async Task<WireConnection> GetAsync() => await _connection;

    public async Task<string> MotdAsync() => await _motd;
}

/// <summary>A memory cache of tasks, and one of results.</summary>
public sealed class CachedWires(IMemoryCache cache)
{
    public Task<WireConnection> GetTaskAsync(string host) =>
        cache.GetOrCreate(host, entry => //! LCA3002
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(10);
            return Wire.DialAsync(host);
        })!;

    public async Task<WireConnection> GetSetAsync(string host)
    {
        if (cache.TryGetValue<Task<WireConnection>>(host, out var known)) return await known!;
        var dialing = cache.Set(host, Wire.DialAsync(host)); //! LCA3002
        return await dialing;
    }

    // ok LCA3002: stores only a result
    public Task<WireConnection?> GetResultAsync(string host) =>
        cache.GetOrCreateAsync(host, entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(10);
            return Wire.DialAsync(host);
        });

    // ok LCA3002: awaited before it is stored
    public async Task<WireConnection> GetAwaitedAsync(string host)
    {
        if (cache.TryGetValue<WireConnection>(host, out var known)) return known!;
        var connection = await Wire.DialAsync(host);
        return cache.Set(host, connection);
    }
}

/// <summary>Tasks of other things may fail as they like.</summary>
public sealed class ThumbnailCache
{
    private readonly ConcurrentDictionary<string, Task<byte[]>> _thumbnails = new();

    // ok LCA3002: no connections
    public Task<byte[]> GetAsync(string path) => _thumbnails.GetOrAdd(path, static p => File.ReadAllBytesAsync(p));
}
