// Caches of sessions to many back ends: look-ups, lazies, eviction, validation behind wrappers and extensions.
using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;

namespace Silence.SessionCaches;

public enum LinkStatus { Connecting, Established, Draining, Closed }

public interface IBackendSession : IAsyncDisposable
{
    LinkStatus Status { get; }
    Task<byte[]> RequestAsync(string path, ReadOnlyMemory<byte> body, CancellationToken ct);
}

public interface IBackendConnector
{
    Task<IBackendSession> ConnectAsync(string authority, CancellationToken ct);
    IBackendSession Connect(string authority);
}

public static class BackendSessionExtensions
{
    public static bool IsUsable(this IBackendSession session) => session.Status switch
    {
        LinkStatus.Established => true,
        _ => false,
    };
}

public sealed class SessionRegistry(IBackendConnector connector, ILogger<SessionRegistry> log)
{
    private readonly ConcurrentDictionary<string, IBackendSession> _sessions = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _opening = new(1, 1);

    // ok LCA3001: a usable one, whatever it takes
    public async ValueTask<IBackendSession> GetAsync(string authority, CancellationToken ct)
    {
        if (TryGetUsable(authority, out var cached)) return cached;
        await _opening.WaitAsync(ct);
        try
        {
            if (TryGetUsable(authority, out cached)) return cached;
            var opened = await connector.ConnectAsync(authority, ct);
            if (_sessions.TryRemove(authority, out var stale)) await stale.DisposeAsync();
            _sessions[authority] = opened;
            log.LogDebug("{Authority} opened", authority);
            return opened;
        }
        finally
        {
            _opening.Release();
        }
    }

    // ok LCA3001: the Try pattern with an out parameter
    private bool TryGetUsable(string authority, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IBackendSession? session)
    {
        if (_sessions.TryGetValue(authority, out session) && session.IsUsable()) return true;
        session = null;
        return false;
    }

    // ok LCA3001 LCA2002: validated by the getter, used at once
    public async Task<byte[]> CallAsync(string authority, string path, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var session = await GetAsync(authority, ct);
        return await session.RequestAsync(path, body, ct);
    }

    // The health page asks what is in the dictionary.
    public async Task<bool> PingAsync(string authority, CancellationToken ct)
    {
        if (!_sessions.TryGetValue(authority, out var session)) return false;
        var pong = await session.RequestAsync("/ping", default, ct); //! LCA3001
        return pong.Length == 4;
    }

    // ok LCA3001: the pattern asks
    public async Task<bool> PingOpenAsync(string authority, CancellationToken ct)
    {
        if (!_sessions.TryGetValue(authority, out var session) || session is not { Status: LinkStatus.Established }) return false;
        return (await session.RequestAsync("/ping", default, ct)).Length == 4;
    }
}

public sealed class EvictingCaller(IBackendConnector connector)
{
    private readonly Dictionary<string, IBackendSession> _sessions = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    // ok LCA3001 LCA3002: the catch throws the session out
    public async Task<byte[]> CallAsync(string authority, string path, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (!_sessions.TryGetValue(authority, out var session)) _sessions[authority] = session = await connector.ConnectAsync(authority, ct);
            try
            {
                return await session.RequestAsync(path, default, ct);
            }
            catch (Exception)
            {
                _sessions.Remove(authority);
                await session.DisposeAsync();
                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}

public sealed class TaskCache(IBackendConnector connector)
{
    private readonly ConcurrentDictionary<string, Task<IBackendSession>> _tasks = new();

    // ok LCA3002: a task that failed is removed, and only that one
    // ok LCA3001: its status decides
    public async Task<byte[]> CallAsync(string authority, string path, CancellationToken ct)
    {
        while (true)
        {
            var task = _tasks.GetOrAdd(authority, key => connector.ConnectAsync(key, CancellationToken.None)); //? LCA1008
            IBackendSession session;
            try
            {
                session = await task.WaitAsync(ct); //? LCA1004
            }
            catch when (task.IsFaulted || task.IsCanceled)
            {
                _tasks.TryRemove(new KeyValuePair<string, Task<IBackendSession>>(authority, task));
                throw;
            }

            if (session.IsUsable()) return await session.RequestAsync(path, default, ct);
            _tasks.TryRemove(new KeyValuePair<string, Task<IBackendSession>>(authority, task));
            await session.DisposeAsync();
        }
    }
}

public sealed class StickyTaskCache(IBackendConnector connector)
{
    private readonly ConcurrentDictionary<string, Task<IBackendSession>> _tasks = new();

    public async Task<byte[]> CallAsync(string authority, string path, CancellationToken ct)
    {
        //? LCA1008
        var session = await _tasks.GetOrAdd(authority, key => connector.ConnectAsync(key, CancellationToken.None)); //! LCA3002
        if (!session.IsUsable()) throw new IOException($"{authority} is {session.Status}");
        return await session.RequestAsync(path, default, ct);
    }
}

public sealed class LazySessions(IBackendConnector connector)
{
    // ok LCA3002: PublicationOnly keeps no exception
    private readonly Lazy<IBackendSession> _primary = new(() => connector.Connect("primary"), LazyThreadSafetyMode.PublicationOnly);

    private readonly Lazy<IBackendSession> _standby = new(() => connector.Connect("standby")); //! LCA3002

    // ok LCA3001: asked before it is used
    public Task<byte[]> PrimaryAsync(string path, CancellationToken ct) =>
        _primary.Value.IsUsable() ? _primary.Value.RequestAsync(path, default, ct) : Task.FromException<byte[]>(new IOException("primary is gone"));

    // ok LCA3001: asked in a pattern
    public async Task<byte[]> StandbyAsync(string path, CancellationToken ct)
    {
        if (_standby.Value is not { Status: LinkStatus.Established } session) throw new IOException("standby is gone");
        return await session.RequestAsync(path, default, ct);
    }
}

public sealed class ResettableLazy<T>(Func<T> factory) where T : class
{
    private readonly object _sync = new();
    private T? _value;

    public T Get(Predicate<T> valid)
    {
        lock (_sync)
        {
            if (_value is { } value && valid(value)) return value;
            return _value = factory();
        }
    }
}

public sealed class ReportingClient
{
    private readonly ResettableLazy<IBackendSession> _session;

    public ReportingClient(IBackendConnector connector) => _session = new ResettableLazy<IBackendSession>(() => connector.Connect("reports"));

    // ok LCA3001: the wrapper is given the question
    public Task<byte[]> ReportAsync(string path, CancellationToken ct) =>
        _session.Get(static s => s.Status == LinkStatus.Established).RequestAsync(path, default, ct);
}

public sealed class MemoryCached(IMemoryCache cache, IBackendConnector connector)
{
    // ok LCA3002: GetOrCreateAsync stores results only
    // ok LCA3001: asked, and thrown out if it is not usable
    public async Task<byte[]> CallAsync(string authority, string path, CancellationToken ct)
    {
        var session = await cache.GetOrCreateAsync(authority, entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(5);
            return connector.ConnectAsync(authority, ct);
        });
        if (session is not { Status: LinkStatus.Established })
        {
            cache.Remove(authority);
            throw new IOException($"{authority} is gone");
        }

        return await session.RequestAsync(path, default, ct);
    }

    public async Task<byte[]> CallStickyAsync(string authority, string path, CancellationToken ct)
    {
        //? LCA1008
        var task = cache.GetOrCreate(authority, _ => connector.ConnectAsync(authority, CancellationToken.None)); //! LCA3002
        var session = await task!;
        if (session.Status != LinkStatus.Established) throw new IOException($"{authority} is gone");
        return await session.RequestAsync(path, default, ct);
    }
}

/// <summary>Opens in Start, lives as long as its connection.</summary>
public sealed class OwnedSession(IBackendConnector connector) : IAsyncDisposable
{
    private IBackendSession _session = null!;

    public async Task StartAsync(string authority, CancellationToken ct) => _session = await connector.ConnectAsync(authority, ct);

    // ok LCA3001: opened in Start, no look-up and no lazy creation
    public Task<byte[]> AskAsync(string path, CancellationToken ct) => _session.RequestAsync(path, default, ct);

    public ValueTask DisposeAsync() => _session.DisposeAsync();
}

public sealed class ClosingHolder(IBackendConnector connector) : IAsyncDisposable
{
    private IBackendSession? _session;

    private IBackendSession Current(string authority) => _session ??= connector.Connect(authority);

    public Task<byte[]> AskAsync(string authority, string path, CancellationToken ct)
    {
        return Current(authority).RequestAsync(path, default, ct); //! LCA3001
    }

    public async Task ResetAsync()
    {
        if (_session is not null) await _session.DisposeAsync();
    }

    public ValueTask DisposeAsync() => new(ResetAsync());
}
