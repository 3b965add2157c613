// Sessions to ledger nodes: entries, records, lazies, tasks; what is kept and who looks at it.
using System.Collections.Concurrent;
using Acme.Wire;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;

namespace Fresh.Reuse.LedgerSessions;

public sealed record NodeEntry(string Node, IWireSession Session)
{
    public int Uses { get; set; }

    public bool IsUsable => !Session.IsClosed;
}

public sealed class LedgerNodes(IWireSessionFactory factory, ILogger<LedgerNodes> log)
{
    private readonly Dictionary<string, NodeEntry> _nodes = [];
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _opening = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<IWireSession>>> _lazy = new();

    public async Task<decimal> BalanceAsync(string node, string account, CancellationToken ct)
    {
        if (!_nodes.TryGetValue(node, out var entry))
        {
            entry = new NodeEntry(node, await factory.OpenAsync(node, ct));
            _nodes.Add(node, entry); //? LCA3002
        }

        entry.Uses++;
        return await entry.Session.RequestAsync<decimal>("balance", account, ct); //! LCA3001
    }

    // ok LCA3001: the entry is asked, and replaced
    public async Task<decimal> CheckedBalanceAsync(string node, string account, CancellationToken ct)
    {
        if (!_nodes.TryGetValue(node, out var entry) || !entry.IsUsable)
        {
            entry = new NodeEntry(node, await factory.OpenAsync(node, ct));
            _nodes[node] = entry; //? LCA3002
        }

        return await entry.Session.RequestAsync<decimal>("balance", account, ct);
    }

    public Task<IWireSession> OpenSharedAsync(string node, CancellationToken ct) =>
        _opening.GetOrAdd(node, n => factory.OpenAsync(n, ct)); //! LCA3002

    // ok LCA3002: a failed one is taken out again
    public async Task<IWireSession> OpenSharedOrForgetAsync(string node, CancellationToken ct)
    {
        var opening = _opening.GetOrAdd(node, n => factory.OpenAsync(n, CancellationToken.None)); //? LCA1008
        try
        {
            return await opening.WaitAsync(ct);
        }
        catch (Exception) when (opening.IsFaulted || opening.IsCanceled)
        {
            _opening.TryRemove(KeyValuePair.Create(node, opening));
            throw;
        }
    }

    public async Task<IWireSession> LazyAsync(string node)
    {
        var lazy = _lazy.GetOrAdd(node, n => new Lazy<Task<IWireSession>>(() => factory.OpenAsync(n, default))); //! LCA3002 LCA1008
        return await lazy.Value;
    }

    public async Task PublishAsync(string node, byte[] block, CancellationToken ct)
    {
        var session = _nodes[node].Session;
        try
        {
            if (session.IsClosed) return;
            await session.PublishAsync("blocks", block, ct);
        }
        catch (WireException e) //? LCA3002
        {
            log.LogWarning(e, "publish to {Node} failed", node);
        }
    }
}

public sealed class RateCache(IMemoryCache cache, IWireSessionFactory factory)
{
    public async Task<decimal> RateAsync(string pair, CancellationToken ct)
    {
        var session = await cache.GetOrCreate("rates", entry => //! LCA3002
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(10);
            return factory.OpenAsync("rates", ct);
        })!;
        if (session.Status != SessionStatus.Established) throw new InvalidOperationException("rates are away");
        return await session.RequestAsync<decimal>("rate", pair, ct);
    }

    // ok LCA3002: only a result is stored
    public async Task<decimal> RateOfResultAsync(string pair, CancellationToken ct)
    {
        var session = await cache.GetOrCreateAsync("rates2", _ => factory.OpenAsync("rates", ct));
        if (session is not { Status: SessionStatus.Established })
        {
            cache.Remove("rates2");
            throw new InvalidOperationException("rates are away");
        }

        return await session.RequestAsync<decimal>("rate", pair, ct);
    }
}

public sealed class AuditTrail(IWireSessionFactory factory) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private IWireSession? _session;

    private async ValueTask<IWireSession> SessionAsync(CancellationToken ct)
    {
        if (_session is { } session) return session;
        await _opening.WaitAsync(ct);
        try
        {
            return _session ??= await factory.OpenAsync("audit", ct);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async Task NoteAsync(byte[] what, CancellationToken ct)
    {
        var session = await SessionAsync(ct);
        await session.PublishAsync("audit", what, ct); //! LCA3001
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null) await _session.DisposeAsync();
        _opening.Dispose();
    }
}

public sealed class CheckedAuditTrail(IWireSessionFactory factory) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile IWireSession? _session;

    private async ValueTask<IWireSession> SessionAsync(CancellationToken ct)
    {
        if (_session is { IsClosed: false } session) return session;
        await _opening.WaitAsync(ct);
        try
        {
            if (_session is { IsClosed: false } other) return other;
            if (_session is { } old) await old.DisposeAsync();
            return _session = await factory.OpenAsync("audit", ct);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async Task NoteAsync(byte[] what, CancellationToken ct)
    {
        var session = await SessionAsync(ct);
        await session.PublishAsync("audit", what, ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session) await session.DisposeAsync();
        _opening.Dispose();
    }
}
