// Caches of tasks and lazies.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Memory;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace Outfits.TaskCaches;

public interface IWireSession : IAsyncDisposable
{
    bool IsOpen { get; }
    Task<byte[]> ExecuteAsync(byte[] command, CancellationToken ct = default);
}
public interface IDialer
{
    Task<IWireSession> DialAsync(string host, CancellationToken ct = default);
    IWireSession Dial(string host);
}

// 1 bug
public sealed class TaskPerHost(IDialer dialer)
{
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _sessions = new();
    public Task<IWireSession> GetAsync(string host) => _sessions.GetOrAdd(host, h => dialer.DialAsync(h)); //! LCA3002 LCA1008
}

// 2 correct: evicts on fault
public sealed class EvictedTaskPerHost(IDialer dialer)
{
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _sessions = new();

    public async Task<IWireSession> GetAsync(string host)
    {
        while (true)
        {
            var task = _sessions.GetOrAdd(host, h => dialer.DialAsync(h)); //! LCA1008
            IWireSession session;
            try
            {
                session = await task.ConfigureAwait(false);
            }
            catch
            {
                _sessions.TryRemove(new KeyValuePair<string, Task<IWireSession>>(host, task));
                throw;
            }

            if (session.IsOpen) return session;
            _sessions.TryRemove(new KeyValuePair<string, Task<IWireSession>>(host, task));
        }
    }
}

// 3 correct: the stored task is looked at before it is handed out
public sealed class LookedAtTask(IDialer dialer, string host)
{
    private readonly object _sync = new();
    private Task<IWireSession>? _session;

    public Task<IWireSession> GetAsync()
    {
        lock (_sync)
        {
            if (_session is null or { IsFaulted: true } or { IsCanceled: true }) _session = dialer.DialAsync(host);
            return _session;
        }
    }
}

// 4 bug: ??= of a task
public sealed class KeptTask(IDialer dialer, string host)
{
    private Task<IWireSession>? _session;
    public Task<IWireSession> SessionAsync => _session ??= dialer.DialAsync(host); //! LCA3002 LCA1008
}

// 5 correct: publication only
public sealed class RedisHolder
{
    private static readonly Lazy<ConnectionMultiplexer> Shared =
        new(() => ConnectionMultiplexer.Connect("redis:6379"), LazyThreadSafetyMode.PublicationOnly);
    public static IDatabase Database => Shared.Value.GetDatabase();
}

// 6 bug: static lazy
public static class RedisStatic
{
    private static readonly Lazy<ConnectionMultiplexer> Shared = new(() => ConnectionMultiplexer.Connect("redis:6379")); //! LCA3002
    public static IDatabase Database => Shared.Value.GetDatabase();
}

// 7 bug: own AsyncLazy
public sealed class AsyncLazy<T>(Func<Task<T>> factory) : Lazy<Task<T>>(() => Task.Run(factory))
{
    public TaskAwaiter<T> GetAwaiter() => Value.GetAwaiter();
}

public sealed class AsyncLazyOwner(ConnectionFactory factory)
{
    private readonly AsyncLazy<IConnection> _connection = new(() => factory.CreateConnectionAsync()); //! LCA3002
    public async Task<IChannel> OpenChannelAsync()
    {
        var connection = await _connection;
        return await connection.CreateChannelAsync();
    }
}

// 8 correct: memory cache awaits
public sealed class MemoryCached(IMemoryCache cache, IDialer dialer)
{
    public async Task<byte[]> RunAsync(string host, byte[] command, CancellationToken ct)
    {
        var session = await cache.GetOrCreateAsync(host, entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(5);
            return dialer.DialAsync(host, ct);
        });
        if (session is not { IsOpen: true })
        {
            cache.Remove(host);
            throw new IOException("lost");
        }

        return await session.ExecuteAsync(command, ct);
    }
}

// 9 bug: memory cache keeps the task
public sealed class MemoryCachedTask(IMemoryCache cache, IDialer dialer)
{
    public Task<IWireSession> GetAsync(string host) =>
        cache.GetOrCreate(host, entry => //! LCA3002
        {
            entry.SetSlidingExpiration(TimeSpan.FromMinutes(5));
            return dialer.DialAsync(host); //! LCA1008
        })!;
}

// 10 correct: Lazy per key, replaced when it faulted
public sealed class LazyPerKey(IDialer dialer)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IWireSession>>> _all = new();

    public async Task<IWireSession> GetAsync(string host)
    {
        var lazy = _all.GetOrAdd(host, h => new Lazy<Task<IWireSession>>(() => dialer.DialAsync(h))); //! LCA1008
        try
        {
            return await lazy.Value;
        }
        catch (Exception) when (_all.TryRemove(KeyValuePair.Create(host, lazy)))
        {
            throw;
        }
    }
}

// 11 bug: the catch logs and rethrows, the session stays
public sealed class LoggedOnly(IDialer dialer, string host, Action<Exception> log)
{
    private IWireSession? _session;

    public async Task<byte[]> RunAsync(byte[] command)
    {
        if (_session is not { IsOpen: true }) _session = await dialer.DialAsync(host); //! LCA1008
        try
        {
            return await _session.ExecuteAsync(command);
        }
        catch (Exception e) //? LCA3002
        {
            log(e);
            throw;
        }
    }
}

// 12 correct: ContinueWith evicts
public sealed class ContinuedEviction(IDialer dialer)
{
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _sessions = new();

    public Task<IWireSession> GetAsync(string host) => _sessions.GetOrAdd(host, Start);

    private Task<IWireSession> Start(string host)
    {
        var task = dialer.DialAsync(host);
        task.ContinueWith(
            static (t, state) =>
            {
                var (all, key) = ((ConcurrentDictionary<string, Task<IWireSession>>, string))state!;
                all.TryRemove(KeyValuePair.Create(key, t));
            },
            (_sessions, host),
            CancellationToken.None,
            TaskContinuationOptions.NotOnRanToCompletion,
            TaskScheduler.Default);
        return task;
    }
}

// 13 bug: keyed by record, started in a helper
public sealed record Target(string Host, int Port);

public sealed class TargetCache(IDialer dialer)
{
    private readonly ConcurrentDictionary<Target, Task<IWireSession>> _sessions = new();

    public async Task<byte[]> RunAsync(Target target, byte[] command, CancellationToken ct)
    {
        var session = await _sessions.GetOrAdd(target, OpenAsync); //! LCA3002
        if (!session.IsOpen) throw new IOException("gone");
        return await session.ExecuteAsync(command, ct);
    }

    private async Task<IWireSession> OpenAsync(Target target) => await dialer.DialAsync($"{target.Host}:{target.Port}"); //! LCA1008
}

// 14 correct: reset by a public method that the failure calls
public sealed class ResetLazy(IDialer dialer, string host)
{
    private Lazy<Task<IWireSession>> _session = New(dialer, host);

    private static Lazy<Task<IWireSession>> New(IDialer dialer, string host) => new(() => dialer.DialAsync(host)); //! LCA1008

    public async Task<byte[]> RunAsync(byte[] command)
    {
        var seen = _session;
        try
        {
            var session = await seen.Value;
            return await session.ExecuteAsync(command);
        }
        catch
        {
            Interlocked.CompareExchange(ref _session, New(dialer, host), seen);
            throw;
        }
    }
}

// 15 correct: the retry happens inside, it never faults for good
public sealed class PatientTask(IDialer dialer, string host)
{
    private Task<IWireSession>? _session;

    public Task<IWireSession> GetAsync() => _session is { IsCompletedSuccessfully: false, IsCompleted: true } or null
        ? _session = dialer.DialAsync(host)
        : _session;
}
