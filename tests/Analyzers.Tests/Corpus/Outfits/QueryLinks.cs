// Own link type, cached in the ways people cache.
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Outfits.QueryLinks;

public enum LinkState { Connecting, Open, Closed }
public readonly record struct Endpoint(string Host, int Port);
public interface IQueryLink : IAsyncDisposable, IDisposable
{
    LinkState State { get; }
    Task<string> RequestAsync(string query, CancellationToken ct = default);
    void Send(string line);
    Task CloseAsync();
}
public interface ILinkFactory
{
    Task<IQueryLink> OpenAsync(Endpoint endpoint, CancellationToken ct = default);
    IQueryLink Open(Endpoint endpoint);
}

// 1 correct: tuple key, property pattern, the dead one replaced
public sealed class TenantLinks(ILinkFactory factory)
{
    private readonly ConcurrentDictionary<(string Tenant, Endpoint Endpoint), IQueryLink> _links = new();

    public async Task<string> AskAsync(string tenant, Endpoint endpoint, string query, CancellationToken ct)
    {
        var key = (tenant, endpoint);
        if (!_links.TryGetValue(key, out var link) || link is not { State: LinkState.Open })
        {
            link = await factory.OpenAsync(endpoint, ct);
            _links.AddOrUpdate(key, link, (_, old) => { old.Dispose(); return link; });
        }

        return await link.RequestAsync(query, ct);
    }
}

// 2 bug: looked up, never asked
public sealed class BlindTenantLinks(ILinkFactory factory)
{
    private readonly ConcurrentDictionary<(string Tenant, Endpoint Endpoint), IQueryLink> _links = new();

    public async Task<string> AskAsync(string tenant, Endpoint endpoint, string query, CancellationToken ct)
    {
        if (!_links.TryGetValue((tenant, endpoint), out var link))
        {
            var fresh = await factory.OpenAsync(endpoint, ct);
            link = _links.GetOrAdd((tenant, endpoint), fresh);
            if (!ReferenceEquals(link, fresh)) await fresh.DisposeAsync();
        }

        return await link.RequestAsync(query, ct); //! LCA3001
    }
}

// 3 correct: the closed ones are thrown out before the look-up
public sealed class RoundRobin(ILinkFactory factory, Endpoint endpoint)
{
    private readonly List<IQueryLink> _all = [];
    private int _next;

    public void Tell(string line)
    {
        lock (_all)
        {
            _all.RemoveAll(l => l.State == LinkState.Closed);
            if (_all.Count == 0) _all.Add(factory.Open(endpoint));
            _all[_next++ % _all.Count].Send(line);
        }
    }
}

// 4 bug: what is thrown out is something else
public sealed class RoundRobinByAge(ILinkFactory factory, Endpoint endpoint)
{
    private readonly List<(IQueryLink Link, DateTime Born)> _all = [];

    public void Tell(string line)
    {
        lock (_all)
        {
            _all.RemoveAll(l => l.Born < DateTime.UtcNow.AddHours(-1));
            if (_all.Count == 0) _all.Add((factory.Open(endpoint), DateTime.UtcNow));
            _all[0].Link.Send(line); //! LCA3001
        }
    }
}

// 5 correct: a switch expression decides
public sealed class SwitchedLink(ILinkFactory factory, Endpoint endpoint)
{
    private IQueryLink? _link;
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<string> AskAsync(string query, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var link = _link switch
            {
                { State: LinkState.Open } live => live,
                var old => await ReplaceAsync(old, ct),
            };
            return await link.RequestAsync(query, ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IQueryLink> ReplaceAsync(IQueryLink? old, CancellationToken ct)
    {
        if (old is not null) await old.DisposeAsync();
        return _link = await factory.OpenAsync(endpoint, ct);
    }
}

// 6 correct: semi-automatic property
public sealed class FieldProperty(ILinkFactory factory, Endpoint endpoint)
{
    private IQueryLink Link => field is { State: LinkState.Open } ? field : field = factory.Open(endpoint);

    public void Tell(string line) => Link.Send(line);
}

// 7 bug: semi-automatic property
public sealed class BlindFieldProperty(ILinkFactory factory, Endpoint endpoint)
{
    private IQueryLink Link => field ??= factory.Open(endpoint);

    public void Tell(string line) => Link.Send(line); //! LCA3001
}

// 8 correct: compare and exchange
public sealed class ExchangedLink(ILinkFactory factory, Endpoint endpoint)
{
    private IQueryLink? _current;

    public async Task<string> AskAsync(string query, CancellationToken ct)
    {
        var link = await CurrentAsync(ct);
        return await link.RequestAsync(query, ct);
    }

    private async ValueTask<IQueryLink> CurrentAsync(CancellationToken ct)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _current);
            if (seen is { State: LinkState.Open }) return seen;
            var fresh = await factory.OpenAsync(endpoint, ct);
            if (ReferenceEquals(Interlocked.CompareExchange(ref _current, fresh, seen), seen))
            {
                if (seen is not null) await seen.DisposeAsync();
                return fresh;
            }

            await fresh.DisposeAsync();
        }
    }
}

// 9 correct: somebody else has replaced what was seen broken
public sealed class ReplacedMeanwhile(ILinkFactory factory, Endpoint endpoint)
{
    private readonly object _sync = new();
    private volatile IQueryLink? _link;

    public void Tell(string line)
    {
        var link = _link;
        if (link is null || link.State != LinkState.Open) link = Reopen(link);
        link.Send(line);
    }

    private IQueryLink Reopen(IQueryLink? seen)
    {
        lock (_sync)
        {
            if (!ReferenceEquals(seen, _link)) return _link!;
            seen?.Dispose();
            return _link = factory.Open(endpoint);
        }
    }
}

// 10 correct: double-checked, the second look by a property of a base class
public abstract class LinkOwner(ILinkFactory factory, Endpoint endpoint)
{
    private readonly Lock _lock = new();
    private IQueryLink? _link;

    [MemberNotNullWhen(true, nameof(_link))]
    private bool Usable => _link is { State: LinkState.Open };

    protected IQueryLink Link
    {
        get
        {
            if (Usable) return _link;
            lock (_lock)
            {
                if (Usable) return _link;
                _link?.Dispose();
                _link = factory.Open(endpoint);
                return _link;
            }
        }
    }
}

public sealed class Reporter(ILinkFactory f, Endpoint e) : LinkOwner(f, e)
{
    public void Report(string line) => Link.Send(line);
}

// 11 bug: double-checked for null alone
public abstract class BlindLinkOwner(ILinkFactory factory, Endpoint endpoint)
{
    private readonly Lock _lock = new();
    private IQueryLink? _link;

    protected IQueryLink Link
    {
        get
        {
            if (_link is not null) return _link;
            lock (_lock) return _link ??= factory.Open(endpoint);
        }
    }
}

public sealed class BlindReporter(ILinkFactory f, Endpoint e) : BlindLinkOwner(f, e)
{
    public void Report(string line)
    {
        var link = Link;
        link.Send(line); //! LCA3001
    }
}

// 12 correct: TryUpdate with the one that was seen
public sealed class UpdatedLinks(ILinkFactory factory)
{
    private readonly ConcurrentDictionary<Endpoint, IQueryLink> _links = [];

    public async Task<string> AskAsync(Endpoint endpoint, string query, CancellationToken ct)
    {
        var link = _links.GetOrAdd(endpoint, static (e, f) => f.Open(e), factory);
        if (link.State is LinkState.Closed)
        {
            var fresh = await factory.OpenAsync(endpoint, ct);
            if (_links.TryUpdate(endpoint, fresh, link))
            {
                await link.DisposeAsync();
                link = fresh;
            }
            else
            {
                await fresh.DisposeAsync();
                throw new InvalidOperationException("busy, try again");
            }
        }

        return await link.RequestAsync(query, ct);
    }
}

// 13 correct: evicted on failure
public sealed class EvictingLinks(ILinkFactory factory, ILogger<EvictingLinks> log)
{
    private readonly ConcurrentDictionary<Endpoint, IQueryLink> _links = [];

    public async Task<string?> AskAsync(Endpoint endpoint, string query, CancellationToken ct)
    {
        var link = _links.GetOrAdd(endpoint, factory.Open);
        try
        {
            return await link.RequestAsync(query, ct);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            log.LogWarning(e, "Link to {Endpoint} failed", endpoint);
            if (_links.TryRemove(KeyValuePair.Create(endpoint, link))) await link.DisposeAsync();
            return null;
        }
    }
}

// 14 bug: the check lies before an await
public sealed class StaleCheck(ILinkFactory factory, Endpoint endpoint, Func<Task<string>> prepare)
{
    private IQueryLink? _link;

    public async Task SendPreparedAsync()
    {
        if (_link is not { State: LinkState.Open }) _link = await factory.OpenAsync(endpoint); //! LCA1008
        var line = await prepare();
        _link.Send(line); //! LCA3001
    }
}

// 15 correct: generic holder with a constraint and a probe given as delegate
public sealed class Kept<T>(Func<T> open, Func<T, bool> isUsable) where T : class, IDisposable
{
    private T? _value;
    private readonly object _gate = new();

    public T Get()
    {
        lock (_gate)
        {
            if (_value is { } v && isUsable(v)) return v;
            _value?.Dispose();
            return _value = open();
        }
    }
}

public sealed class KeptUser(ILinkFactory factory, Endpoint endpoint)
{
    private readonly Kept<IQueryLink> _kept = new(() => factory.Open(endpoint), l => l.State == LinkState.Open);
    public void Tell(string line) => _kept.Get().Send(line);
}

// 16 bug: disposed by Reset, never nulled
public sealed class ResettableLink(ILinkFactory factory, Endpoint endpoint)
{
    private IQueryLink? _link;

    public void Reset() => _link?.Dispose();

    public void Tell(string line)
    {
        if (_link == null) _link = factory.Open(endpoint);
        _link.Send(line); //! LCA3001
    }
}

// 17 correct: opened in the constructor and used as long as it lives
public sealed class OwnedLink : IDisposable
{
    private readonly IQueryLink _link;
    public OwnedLink(ILinkFactory factory, Endpoint endpoint) => _link = factory.Open(endpoint);
    public void Tell(string line) => _link.Send(line);
    public void Dispose() => _link.Dispose();
}

// 18 correct: nullable flow with a Try method and NotNullWhen
public sealed class TryLinks
{
    private readonly Dictionary<string, IQueryLink> _links = new(StringComparer.Ordinal);

    private bool TryFindOpen(string name, [NotNullWhen(true)] out IQueryLink? link)
    {
        lock (_links)
        {
            if (_links.TryGetValue(name, out link) && link.State == LinkState.Open) return true;
            link = null;
            return false;
        }
    }

    public bool Tell(string name, string line)
    {
        if (!TryFindOpen(name, out var link)) return false;
        link.Send(line);
        return true;
    }
}

// 19 correct: health check helper refreshes before the look-up
public sealed class SweptLinks(ILinkFactory factory)
{
    private readonly Dictionary<Endpoint, IQueryLink> _links = [];

    public void Tell(Endpoint endpoint, string line)
    {
        lock (_links)
        {
            DropDead();
            if (!_links.TryGetValue(endpoint, out var link)) _links[endpoint] = link = factory.Open(endpoint);
            link.Send(line);
        }
    }

    private void DropDead()
    {
        foreach (var (endpoint, link) in _links.Where(p => p.Value.State == LinkState.Closed).ToArray())
        {
            _links.Remove(endpoint);
            link.Dispose();
        }
    }
}

// 20 correct: first open of many
public sealed class FirstOpen(IReadOnlyList<IQueryLink> links)
{
    public void Tell(string line)
    {
        var link = links.FirstOrDefault(static l => l is { State: LinkState.Open }) ?? throw new InvalidOperationException("no link");
        link.Send(line);
    }
}
