// A back end that keeps a session for each tenant in a plain dictionary, in all the ways one can write that.
using System.Runtime.InteropServices;

namespace Corpus.Reuse.TenantSessions;

public enum SessionState { Opening, Established, Draining, Closed }

public interface ITenantSession : IAsyncDisposable
{
    string Tenant { get; }
    SessionState State { get; }
    Task<byte[]> RequestAsync(string path, CancellationToken stop);
    Task PublishAsync(string topic, byte[] body, CancellationToken stop);
    Task CloseAsync();
}

public delegate Task<ITenantSession> SessionOpener(string tenant, CancellationToken stop);

public sealed class ByTryGet(SessionOpener open)
{
    private readonly Dictionary<string, ITenantSession> _sessions = new(StringComparer.Ordinal);

    public async Task<byte[]> GetAsync(string tenant, string path, CancellationToken stop)
    {
        if (!_sessions.TryGetValue(tenant, out var session))
        {
            session = await open(tenant, stop);
            _sessions.Add(tenant, session);
        }

        return await session.RequestAsync(path, stop); //! LCA3001
    }

    // ok LCA3001: present and established, or opened anew
    public async Task<byte[]> GetEstablishedAsync(string tenant, string path, CancellationToken stop)
    {
        if (!_sessions.TryGetValue(tenant, out var session) || session.State != SessionState.Established)
        {
            session = await open(tenant, stop);
            _sessions[tenant] = session;
        }

        return await session.RequestAsync(path, stop);
    }
}

public sealed class ByIndexer(SessionOpener open)
{
    private readonly Dictionary<string, ITenantSession> _sessions = [];

    public async Task PublishAsync(string tenant, string topic, byte[] body, CancellationToken stop)
    {
        if (_sessions.GetValueOrDefault(tenant) == null) _sessions[tenant] = await open(tenant, stop);
        await _sessions[tenant].PublishAsync(topic, body, stop); //! LCA3001
    }

    // ok LCA3001: the state is read from the entry itself, right before its use
    public async Task PublishEstablishedAsync(string tenant, string topic, byte[] body, CancellationToken stop)
    {
        if (_sessions.GetValueOrDefault(tenant) is not { State: SessionState.Established }) _sessions[tenant] = await open(tenant, stop);
        await _sessions[tenant].PublishAsync(topic, body, stop);
    }
}

public sealed class ByRecordKey(SessionOpener open)
{
    private readonly record struct Key(string Tenant, string Region);

    private readonly Dictionary<Key, ITenantSession> _sessions = [];
    private readonly SemaphoreSlim _gate = new(1, 1);

    private async Task<ITenantSession> SessionAsync(string tenant, string region, CancellationToken stop)
    {
        var key = new Key(tenant, region);
        await _gate.WaitAsync(stop);
        try
        {
            if (_sessions.TryGetValue(key, out var known)) return known;
            var opened = await open($"{tenant}.{region}", stop);
            _sessions[key] = opened;
            return opened;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<int> SizeAsync(string tenant, string region, CancellationToken stop)
    {
        var session = await SessionAsync(tenant, region, stop);
        var answer = await session.RequestAsync("size", stop); //! LCA3001
        return answer.Length;
    }

    // ok LCA3001: what drains or is closed is replaced by a new one
    public async Task<int> SizeEstablishedAsync(string tenant, string region, CancellationToken stop)
    {
        var session = await SessionAsync(tenant, region, stop);
        if (session.State is SessionState.Draining or SessionState.Closed) session = await ReplaceAsync(tenant, region, session, stop);
        var answer = await session.RequestAsync("size", stop);
        return answer.Length;
    }

    private async Task<ITenantSession> ReplaceAsync(string tenant, string region, ITenantSession old, CancellationToken stop)
    {
        await old.DisposeAsync();
        var opened = await open($"{tenant}.{region}", stop);
        _sessions[new Key(tenant, region)] = opened;
        return opened;
    }
}

public sealed class ByRef(Func<string, ITenantSession> open)
{
    private readonly Dictionary<string, ITenantSession> _sessions = [];

    public Task<byte[]> GetAsync(string tenant, string path, CancellationToken stop)
    {
        ref var session = ref CollectionsMarshal.GetValueRefOrAddDefault(_sessions, tenant, out var exists);
        if (!exists) session = open(tenant);
        return session!.RequestAsync(path, stop); //! LCA3001
    }

    // ok LCA3001: the same reference, asked for its state
    public Task<byte[]> GetEstablished(string tenant, string path, CancellationToken stop)
    {
        ref var session = ref CollectionsMarshal.GetValueRefOrAddDefault(_sessions, tenant, out _);
        if (session is not { State: SessionState.Established }) session = open(tenant);
        return session.RequestAsync(path, stop);
    }
}

/// <summary>Throws sessions away by their age, which says nothing about their peers.</summary>
public sealed class ByAge(Func<string, ITenantSession> open, TimeProvider clock)
{
    private sealed record Entry(ITenantSession Session, DateTimeOffset Opened);

    private readonly Dictionary<string, Entry> _entries = [];

    public Task<byte[]> GetAsync(string tenant, string path, CancellationToken stop)
    {
        if (!_entries.TryGetValue(tenant, out var entry) || clock.GetUtcNow() - entry.Opened > TimeSpan.FromMinutes(10))
            _entries[tenant] = entry = new Entry(open(tenant), clock.GetUtcNow());
        return entry.Session.RequestAsync(path, stop); //! LCA3001
    }

    // ok LCA3001: young enough and established
    public Task<byte[]> GetEstablished(string tenant, string path, CancellationToken stop)
    {
        if (!_entries.TryGetValue(tenant, out var entry)
            || clock.GetUtcNow() - entry.Opened > TimeSpan.FromMinutes(10)
            || entry.Session.State != SessionState.Established)
        {
            _entries[tenant] = entry = new Entry(open(tenant), clock.GetUtcNow());
        }

        return entry.Session.RequestAsync(path, stop);
    }
}
