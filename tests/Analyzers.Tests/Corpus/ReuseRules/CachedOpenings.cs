// Caches of tasks and lazies: what failed once stays failed, unless something evicts it.
using System.Collections.Concurrent;
using Acme.Wire;
using Microsoft.Extensions.Caching.Memory;
using StackExchange.Redis;

namespace Second.Reuse.CachedOpenings;

public sealed class RegionLines(IWireSessionFactory factory)
{
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _opening = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<IWireSession>>> _lazy = new();

    public Task<IWireSession> GetAsync(string region) =>
        _opening.GetOrAdd(region, key => factory.OpenAsync(key, CancellationToken.None)); //! LCA3002 //? LCA1008

    public Task<IWireSession> GetLazyAsync(string region) =>
        _lazy.GetOrAdd(region, key => new Lazy<Task<IWireSession>>(() => factory.OpenAsync(key, CancellationToken.None))).Value; //! LCA3002 //? LCA1008

    public async Task<IWireSession> GetEvictingAsync(string region)
    {
        var task = _opening.GetOrAdd(region, key => factory.OpenAsync(key, CancellationToken.None)); //? LCA1008
        try
        {
            return await task;
        }
        catch
        {
            _opening.TryRemove(new KeyValuePair<string, Task<IWireSession>>(region, task));
            throw;
        }
    }

    public Task<IWireSession> GetWithContinuationAsync(string region) => _opening.GetOrAdd(region, key =>
    {
        var task = factory.OpenAsync(key, CancellationToken.None); //? LCA1008
        task.ContinueWith(t => _opening.TryRemove(key, out _), CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion, TaskScheduler.Default);
        return task;
    });

    public Task<IWireSession> GetUnlessFaultedAsync(string region)
    {
        if (_opening.TryGetValue(region, out var known) && !known.IsFaulted && !known.IsCanceled) return known;
        return _opening[region] = factory.OpenAsync(region, CancellationToken.None); //? LCA1008
    }
}

public sealed class SingleLine(string host)
{
    private readonly Lazy<Task<WireConnection>> _line = new(() => WireConnection.ConnectAsync(host, 1, default)); //! LCA3002 //? LCA1008
    private readonly Lazy<Task<WireConnection>> _alsoKept = new(() => WireConnection.ConnectAsync(host, 1, default), LazyThreadSafetyMode.PublicationOnly); //! LCA3002 //? LCA1008
    private readonly Lazy<WireConnection> _sync = new(() => WireConnection.Connect(host, 1, TimeSpan.FromSeconds(1))); //! LCA3002
    private readonly Lazy<WireConnection> _safe = new(() => WireConnection.Connect(host, 1, TimeSpan.FromSeconds(1)), LazyThreadSafetyMode.PublicationOnly);
    private readonly Lazy<byte[]> _greeting = new(() => "hello"u8.ToArray());

    public Task<WireConnection> Line => _line.Value;
    public Task<WireConnection> Other => _alsoKept.Value;
    public bool Ready => _sync.Value.IsOpen && _safe.Value.IsOpen && _greeting.Value.Length > 0;
}

public static class RedisHolder
{
    private static readonly Lazy<ConnectionMultiplexer> s_default = new(() => ConnectionMultiplexer.Connect("redis"), isThreadSafe: true); //! LCA3002
    private static readonly Lazy<ConnectionMultiplexer> s_mode = new(Open, LazyThreadSafetyMode.ExecutionAndPublication); //! LCA3002
    private static readonly Lazy<ConnectionMultiplexer> s_retrying = new(Open, LazyThreadSafetyMode.PublicationOnly);

    public static IDatabase First => s_default.Value.GetDatabase();
    public static IDatabase Second => s_mode.Value.GetDatabase();
    public static IDatabase Third => s_retrying.Value.GetDatabase();

    private static ConnectionMultiplexer Open()
    {
        return ConnectionMultiplexer.Connect("redis:6379,abortConnect=true");
    }
}

public sealed class LazyTaskField(IWireSessionFactory factory)
{
    private Task<IWireSession>? _task;
    private Task<IWireSession>? _guarded;
    private Task<string>? _motd;

    public Task<IWireSession> SessionAsync(CancellationToken ct)
    {
        return _task ??= factory.OpenAsync("one", ct); //! LCA3002
    }

    public Task<IWireSession> GuardedAsync(CancellationToken ct)
    {
        if (_guarded is null || _guarded.IsFaulted || _guarded.IsCanceled) _guarded = factory.OpenAsync("one", ct);
        return _guarded;
    }

    public async Task<IWireSession> ResettingAsync(CancellationToken ct)
    {
        try
        {
            return await (_guarded ??= factory.OpenAsync("one", ct));
        }
        catch
        {
            _guarded = null;
            throw;
        }
    }

    public Task<string> MessageOfTheDayAsync() => _motd ??= File.ReadAllTextAsync("motd"); // ok LCA3002: no connection
}

public sealed class MemoryCached(IMemoryCache cache)
{
    public Task<WireConnection> GetTaskAsync(string host) =>
        cache.GetOrCreate(host, entry => WireConnection.ConnectAsync(host, 1, CancellationToken.None))!; //! LCA3002 //? LCA1008

    public Task<WireConnection?> GetResultAsync(string host) =>
        cache.GetOrCreateAsync(host, entry => WireConnection.ConnectAsync(host, 1, CancellationToken.None)); // ok LCA3002: awaits, stores a result //? LCA1008

    public Task<WireConnection> SetTask(string host)
    {
        if (cache.TryGetValue(host, out Task<WireConnection>? known)) return known!;
        var task = WireConnection.ConnectAsync(host, 1, CancellationToken.None); //? LCA1008
        cache.Set(host, task, TimeSpan.FromMinutes(1)); //! LCA3002
        return task;
    }

    public async Task<WireConnection> SetResultAsync(string host)
    {
        if (cache.TryGetValue(host, out WireConnection? known)) return known!;
        var connection = await WireConnection.ConnectAsync(host, 1, CancellationToken.None); //? LCA1008
        cache.Set(host, connection, TimeSpan.FromMinutes(1));
        return connection;
    }
}

/// <summary>A task cache written by hand, in a loop over a lock.</summary>
public sealed class HandWrittenTasks(IWireSessionFactory factory)
{
    private readonly Dictionary<string, Task<IWireSession>> _tasks = new();

    public Task<IWireSession> GetAsync(string key)
    {
        lock (_tasks)
        {
            if (!_tasks.TryGetValue(key, out var task))
            {
                task = OpenAsync(key);
                _tasks.Add(key, task); //! LCA3002
            }

            return task;
        }
    }

    private async Task<IWireSession> OpenAsync(string key)
    {
        await Task.Yield();
        return await factory.OpenAsync(key, CancellationToken.None); //? LCA1008
    }
}

public sealed class HandWrittenTasksEvicting(IWireSessionFactory factory)
{
    private readonly Dictionary<string, Task<IWireSession>> _tasks = new();

    public Task<IWireSession> GetAsync(string key)
    {
        lock (_tasks)
        {
            if (_tasks.TryGetValue(key, out var task)) return task;
            return _tasks[key] = OpenAsync(key);
        }
    }

    private async Task<IWireSession> OpenAsync(string key)
    {
        await Task.Yield();
        try
        {
            return await factory.OpenAsync(key, CancellationToken.None); //? LCA1008
        }
        catch
        {
            lock (_tasks) _tasks.Remove(key);
            throw;
        }
    }
}

/// <summary>The common home-made AsyncLazy.</summary>
public sealed class AsyncLazy<T>(Func<Task<T>> factory) : Lazy<Task<T>>(() => Task.Run(factory))
{
    public System.Runtime.CompilerServices.TaskAwaiter<T> GetAwaiter() => Value.GetAwaiter();
}

public sealed class ReplicaSet(string host)
{
    private readonly AsyncLazy<WireConnection> _primary = new(() => WireConnection.ConnectAsync(host, 27017, CancellationToken.None)); //! LCA3002 //? LCA1008
    private readonly AsyncLazy<string> _banner = new(() => File.ReadAllTextAsync("banner"));

    public async Task<bool> IsUpAsync() => (await _primary).IsOpen && (await _banner).Length > 0;
}
