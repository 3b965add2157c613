// Caches that a reader recognises and a pattern does not: exchanges, initialisers, weak tables, lists, nested maps.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Acme.Wire;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;

namespace HeldOut.Reuse.OddCaches;

public interface IGaugeLink : IDisposable
{
    bool IsAlive { get; }
    event EventHandler? Closed;
    byte[] Execute(byte[] command);
    Task SendAsync(byte[] command, CancellationToken ct);
}

public sealed class ExchangedHolder(Func<IGaugeLink> open)
{
    private IGaugeLink? _link;
    private object? _lock;
    private bool _made;
    private IGaugeLink? _initialised;

    public byte[] Ask(byte[] command)
    {
        if (Volatile.Read(ref _link) is null)
        {
            var fresh = open();
            if (Interlocked.CompareExchange(ref _link, fresh, null) is not null) fresh.Dispose();
        }

        return _link!.Execute(command); //! LCA3001
    }

    public byte[] AskInitialised(byte[] command)
    {
        var link = LazyInitializer.EnsureInitialized(ref _initialised, ref _made, ref _lock, open);
        return link.Execute(command); //! LCA3001
    }

    // ok LCA3001: asked, whoever made it
    public byte[] AskInitialisedChecked(byte[] command)
    {
        var link = LazyInitializer.EnsureInitialized(ref _initialised, ref _made, ref _lock, open);
        if (!link.IsAlive) throw new IOException("gauge is gone");
        return link.Execute(command);
    }
}

public sealed class PropertyHolder(Func<IGaugeLink> open)
{
    private IGaugeLink Link => field ??= open();

    private IGaugeLink Live
    {
        get
        {
            if (field is { IsAlive: true }) return field;
            field?.Dispose();
            return field = open();
        }
    }

    public byte[] Ask(byte[] command) => Link.Execute(command); //! LCA3001

    // ok LCA3001: the accessor asks its own field
    public byte[] AskLive(byte[] command) => Live.Execute(command);
}

public sealed class PerOwner(Func<object, IGaugeLink> open)
{
    private readonly ConditionalWeakTable<object, IGaugeLink> _links = new();
    private readonly List<IGaugeLink> _list = [];
    private readonly Dictionary<string, Dictionary<int, IGaugeLink>> _nested = [];
    private ImmutableDictionary<string, IGaugeLink> _immutable = ImmutableDictionary<string, IGaugeLink>.Empty;

    public byte[] Ask(object owner, byte[] command) => _links.GetValue(owner, o => open(o)).Execute(command); //! LCA3001

    // ok LCA3001: out with the dead one
    public byte[] AskChecked(object owner, byte[] command)
    {
        if (_links.TryGetValue(owner, out var link) && !link.IsAlive)
        {
            link.Dispose();
            _links.Remove(owner);
        }

        return _links.GetValue(owner, o => open(o)).Execute(command);
    }

    public byte[] AskNested(string hall, int machine, byte[] command)
    {
        if (!_nested.TryGetValue(hall, out var byMachine)) _nested[hall] = byMachine = [];
        if (!byMachine.TryGetValue(machine, out var link)) byMachine[machine] = link = open(machine);
        return link.Execute(command); //! LCA3001
    }

    // ok LCA3001: a negated pattern with or
    public byte[] AskNestedChecked(string hall, int machine, byte[] command)
    {
        if (!_nested.TryGetValue(hall, out var byMachine)) _nested[hall] = byMachine = [];
        byMachine.TryGetValue(machine, out var link);
        if (link is null or { IsAlive: false }) byMachine[machine] = link = open(machine);
        return link.Execute(command);
    }

    public byte[] AskImmutable(string name, byte[] command)
    {
        var link = ImmutableInterlocked.GetOrAdd(ref _immutable, name, n => open(n));
        return link.Execute(command); //! LCA3001
    }

    // ok LCA3001: picked among the living
    public byte[] AskAny(byte[] command)
    {
        var link = _list.FirstOrDefault(l => l.IsAlive);
        if (link is null) _list.Add(link = open(this));
        return link.Execute(command);
    }
}

public sealed class WrongQuestion(Func<string, IGaugeLink> open, ILogger<WrongQuestion> log)
{
    private readonly ConcurrentDictionary<string, IGaugeLink> _links = new();
    private readonly IMemoryCache _cache = new MemoryCache(new MemoryCacheOptions());

    // Another name's link is asked.
    public byte[] Mirror(string from, string to, byte[] command)
    {
        var source = _links.GetOrAdd(from, open);
        var target = _links.GetOrAdd(to, open);
        if (!source.IsAlive) throw new IOException("source is gone");
        source.Execute(command);
        return target.Execute(command); //! LCA3001
    }

    public byte[] Noted(string name, byte[] command)
    {
        var link = _links.GetOrAdd(name, open);
        var alive = link.IsAlive;
        log.LogDebug("{Name} alive: {Alive}", name, alive);
        return link.Execute(command); //! LCA3001
    }

    public async Task AwaitedAsync(string name, byte[] command, CancellationToken ct)
    {
        var link = _links.GetOrAdd(name, open);
        if (!link.IsAlive) return;
        await Task.Delay(50, ct);
        await link.SendAsync(command, ct); //! LCA3001
    }

    // ok LCA3001: the awaited is a send on it
    public async Task TwiceAsync(string name, byte[] command, CancellationToken ct)
    {
        var link = _links.GetOrAdd(name, open);
        if (!link.IsAlive) return;
        await link.SendAsync(command, ct);
        await link.SendAsync(command, ct);
    }

    public byte[]? Cached(string name, byte[] command)
    {
        if (!_cache.TryGetValue(name, out IGaugeLink? link))
        {
            link = open(name);
            _cache.Set(name, link);
        }

        return link?.Execute(command); //! LCA3001
    }

    // ok LCA3001: what is dead leaves the cache
    public byte[]? CachedChecked(string name, byte[] command)
    {
        var link = _cache.Get<IGaugeLink>(name);
        if (link is not { IsAlive: true }) _cache.Set(name, link = open(name));
        return link.Execute(command);
    }
}

public sealed class ListPool(Func<IGaugeLink> open)
{
    private readonly List<IGaugeLink> _free = [];
    private readonly LinkedList<IGaugeLink> _chain = new();

    public byte[] Ask(byte[] command)
    {
        IGaugeLink link;
        lock (_free)
        {
            if (_free.Count > 0)
            {
                link = _free[^1]; //? LCA3004
                _free.RemoveAt(_free.Count - 1);
            }
            else
            {
                link = open();
            }
        }

        var answer = link.Execute(command);
        lock (_free) _free.Add(link);
        return answer;
    }

    // ok LCA3004: looked at before it is used
    public byte[] AskChain(byte[] command)
    {
        IGaugeLink? link = null;
        while (_chain.First is { } first)
        {
            _chain.RemoveFirst();
            if (first.Value.IsAlive)
            {
                link = first.Value;
                break;
            }

            first.Value.Dispose();
        }

        link ??= open();
        var answer = link.Execute(command);
        _chain.AddLast(link);
        return answer;
    }
}

public sealed class AfterUse(Func<IGaugeLink> open)
{
    private readonly ConcurrentQueue<IGaugeLink> _free = new();

    // The question comes when the harm is done.
    public byte[] Ask(byte[] command)
    {
        if (!_free.TryDequeue(out var link)) link = open(); //! LCA3004
        var answer = link.Execute(command);
        if (link.IsAlive) _free.Enqueue(link);
        else link.Dispose();
        return answer;
    }

    // ok LCA3004: a conditional expression asks
    public byte[] AskFirst(byte[] command)
    {
        var link = _free.TryDequeue(out var pooled) && pooled.IsAlive ? pooled : open();
        var answer = link.Execute(command);
        _free.Enqueue(link);
        return answer;
    }
}
