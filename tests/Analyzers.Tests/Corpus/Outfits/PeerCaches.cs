// Caches in unusual outfits.
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Outfits.PeerCaches;

public enum PeerStatus { Connecting, Ready, Draining, Closed }
public abstract class RpcPeer : IAsyncDisposable
{
    public abstract PeerStatus Status { get; }
    public bool IsClosed => Status == PeerStatus.Closed;
    public abstract Task<T> InvokeAsync<T>(string method, object? arg, CancellationToken ct);
    public abstract void Post(string method, object? arg);
    public abstract void Close();
    public abstract ValueTask DisposeAsync();
}
public interface IPeerFactory { ValueTask<RpcPeer> ConnectAsync(string address, CancellationToken ct); RpcPeer Connect(string address); }

// 1 correct: upgradeable reader-writer lock
public sealed class RwPeers(IPeerFactory factory) : IDisposable
{
    private readonly ReaderWriterLockSlim _rw = new();
    private readonly Dictionary<string, RpcPeer> _peers = new();

    public void Post(string address, string method)
    {
        _rw.EnterUpgradeableReadLock();
        try
        {
            if (!_peers.TryGetValue(address, out var peer) || peer.IsClosed)
            {
                _rw.EnterWriteLock();
                try { _peers[address] = peer = factory.Connect(address); }
                finally { _rw.ExitWriteLock(); }
            }

            peer.Post(method, null);
        }
        finally
        {
            _rw.ExitUpgradeableReadLock();
        }
    }

    public void Dispose() => _rw.Dispose();
}

// 2 correct: list pattern over the survivors
public sealed class ListPattern(IPeerFactory factory, string address)
{
    private ImmutableArray<RpcPeer> _peers = [];

    public void Post(string method)
    {
        var usable = _peers.Where(p => p.Status is PeerStatus.Ready or PeerStatus.Connecting).ToList();
        if (usable is [var first, ..])
        {
            first.Post(method, null);
            return;
        }

        var fresh = factory.Connect(address);
        ImmutableInterlocked.Update(ref _peers, (all, p) => all.Add(p), fresh);
        fresh.Post(method, null);
    }
}

// 3 bug: list pattern over all
public sealed class BlindListPattern
{
    private readonly List<RpcPeer> _peers = [];
    public void Add(RpcPeer peer) => _peers.Add(peer);
    public void Post(string method)
    {
        if (_peers is [var first, ..]) first.Post(method, null); //! LCA3001
    }
}

// 4 correct: relational pattern over the enum
public sealed class Relational(IPeerFactory factory, string address)
{
    private RpcPeer? _peer;
    public void Post(string method)
    {
        var peer = _peer is { Status: < PeerStatus.Draining } ok ? ok : _peer = factory.Connect(address);
        peer.Post(method, null);
    }
}

// 5 correct: when filter in a switch statement
public sealed class SwitchWhen(IPeerFactory factory)
{
    private readonly ConcurrentDictionary<string, RpcPeer> _peers = new();
    public void Post(string address, string method)
    {
        switch (_peers.TryGetValue(address, out var peer))
        {
            case true when !peer!.IsClosed:
                peer.Post(method, null);
                break;
            default:
                (_peers[address] = factory.Connect(address)).Post(method, null);
                break;
        }
    }
}

// 6 correct: memory cache with a check, tuple key
public sealed class MemoryPeers(IMemoryCache cache, IPeerFactory factory)
{
    public async Task<int> CountAsync(string tenant, string address, CancellationToken ct)
    {
        if (cache.TryGetValue<RpcPeer>((tenant, address), out var peer) && peer is { IsClosed: false })
            return await peer.InvokeAsync<int>("count", null, ct);
        peer = await factory.ConnectAsync(address, ct);
        cache.Set((tenant, address), peer, new MemoryCacheEntryOptions().RegisterPostEvictionCallback(static (_, v, _, _) => (v as RpcPeer)?.Close()));
        return await peer.InvokeAsync<int>("count", null, ct);
    }
}

// 7 bug: memory cache unasked
public sealed class BlindMemoryPeers(IMemoryCache cache, IPeerFactory factory)
{
    public async Task<int> CountAsync(string address, CancellationToken ct)
    {
        var peer = await cache.GetOrCreateAsync(address, async e =>
        {
            e.SlidingExpiration = TimeSpan.FromMinutes(1);
            return await factory.ConnectAsync(address, ct);
        });
        return await peer!.InvokeAsync<int>("count", null, ct); //! LCA3001
    }
}

// 8 correct: TryRemove of what was closed in a local function
public sealed class LocalFunction(IPeerFactory factory)
{
    private readonly ConcurrentDictionary<string, RpcPeer> _peers = new();

    public Task<int> CountAsync(string address, CancellationToken ct)
    {
        return Usable().InvokeAsync<int>("count", null, ct);

        RpcPeer Usable()
        {
            var peer = _peers.GetOrAdd(address, factory.Connect);
            if (!peer.IsClosed) return peer;
            _peers.TryRemove(KeyValuePair.Create(address, peer));
            return _peers.GetOrAdd(address, factory.Connect);
        }
    }
}

// 9 correct: entry record with the health written by a helper
public sealed class Entries(IPeerFactory factory)
{
    private sealed record Entry(RpcPeer Peer, DateTimeOffset Born)
    {
        public bool Healthy => !Peer.IsClosed && DateTimeOffset.UtcNow - Born < TimeSpan.FromHours(1);
    }

    private readonly Dictionary<string, Entry> _entries = new();

    public void Post(string address, string method)
    {
        lock (_entries)
        {
            if (!_entries.TryGetValue(address, out var entry) || !entry.Healthy)
                _entries[address] = entry = new Entry(factory.Connect(address), DateTimeOffset.UtcNow);
            entry.Peer.Post(method, null);
        }
    }
}

// 10 bug: entry record, only age
public sealed class AgedEntries(IPeerFactory factory)
{
    private sealed record Entry(RpcPeer Peer, DateTimeOffset Born)
    {
        public bool Fresh => DateTimeOffset.UtcNow - Born < TimeSpan.FromHours(1);
    }

    private readonly Dictionary<string, Entry> _entries = new();

    public void Post(string address, string method)
    {
        lock (_entries)
        {
            if (!_entries.TryGetValue(address, out var entry) || !entry.Fresh)
                _entries[address] = entry = new Entry(factory.Connect(address), DateTimeOffset.UtcNow);
            entry.Peer.Post(method, null); //! LCA3001
        }
    }
}

// 11 correct: RemoveAll then First
public sealed class SweepThenFirst(IPeerFactory factory, string address)
{
    private readonly List<RpcPeer> _peers = [];
    public void Post(string method)
    {
        RpcPeer peer;
        lock (_peers)
        {
            _peers.RemoveAll(static p => p is { IsClosed: true });
            if (_peers.Count == 0) _peers.Add(factory.Connect(address));
            peer = _peers.First();
        }

        peer.Post(method, null); //? LCA3001
    }
}

// 12 correct: backwards loop that removes
public sealed class SweepBackwards(IPeerFactory factory, string address)
{
    private readonly List<RpcPeer> _peers = [];
    public void Post(string method)
    {
        lock (_peers)
        {
            for (var i = _peers.Count - 1; i >= 0; i--)
            {
                if (_peers[i].IsClosed) _peers.RemoveAt(i);
            }

            if (_peers.Count == 0) _peers.Add(factory.Connect(address));
            _peers[^1].Post(method, null);
        }
    }
}

// 13 correct: reduced with Where and assigned back
public sealed class SweepAssign(IPeerFactory factory, string address)
{
    private List<RpcPeer> _peers = [];
    public void Post(string method)
    {
        lock (this)
        {
            _peers = [.. _peers.Where(p => !p.IsClosed)];
            if (_peers is []) _peers.Add(factory.Connect(address));
            _peers[Random.Shared.Next(_peers.Count)].Post(method, null);
        }
    }
}

// 14 correct: a volatile snapshot with a generation
public sealed class Generational(IPeerFactory factory, string address)
{
    private sealed record Slot(RpcPeer Peer, int Generation);
    private volatile Slot? _slot;
    private readonly Lock _lock = new();

    private Slot Current()
    {
        if (_slot is { Peer.IsClosed: false } s) return s;
        lock (_lock)
        {
            if (_slot is { Peer.IsClosed: false } again) return again;
            return _slot = new Slot(factory.Connect(address), (_slot?.Generation ?? 0) + 1);
        }
    }

    public void Post(string method)
    {
        var (peer, generation) = Current();
        peer.Post(method, generation);
    }
}

// 15 correct: generations decide who replaced
public sealed class Replacing(IPeerFactory factory, string address)
{
    private readonly Lock _lock = new();
    private RpcPeer? _peer;
    private int _generation;

    public async Task<int> CountAsync(CancellationToken ct)
    {
        RpcPeer peer;
        lock (_lock)
        {
            if (_peer is null || _peer.IsClosed)
            {
                _peer = factory.Connect(address);
                _generation++;
            }

            peer = _peer;
        }

        return await peer.InvokeAsync<int>("count", null, ct);
    }
}

// 16 bug: DI singleton with a lazily connected property
public sealed class PeerHolder(IPeerFactory factory, IOptions<PeerOptions> options)
{
    private RpcPeer? _peer;
    public RpcPeer Peer => _peer ?? (_peer = factory.Connect(options.Value.Address));
}
public sealed class PeerOptions { public string Address { get; set; } = ""; }
public sealed class PeerUser(PeerHolder holder)
{
    public Task<int> CountAsync(CancellationToken ct) => holder.Peer.InvokeAsync<int>("count", null, ct); //! LCA3001
}

// 17 correct: extension asks
public static class PeerExtensions
{
    extension([NotNullWhen(true)] RpcPeer? peer)
    {
        public bool IsUsable() => peer is { Status: PeerStatus.Ready };
    }

    public static RpcPeer OrNew(this RpcPeer? peer, Func<RpcPeer> create) => peer is { IsClosed: false } ? peer : create();
}
public sealed class ExtensionUser(IPeerFactory factory, string address)
{
    private RpcPeer? _a;
    private RpcPeer? _b;
    public void Post(string method)
    {
        if (!_a.IsUsable()) _a = factory.Connect(address);
        _a.Post(method, null);
        _b = _b.OrNew(() => factory.Connect(address));
        _b.Post(method, null);
    }
}

// 18 correct: throws when closed
public sealed class Throwing
{
    private readonly FrozenDictionary<string, RpcPeer> _peers;
    public Throwing(IEnumerable<(string, RpcPeer)> peers) => _peers = peers.ToFrozenDictionary(p => p.Item1, p => p.Item2);
    public void Post(string name, string method)
    {
        var peer = _peers[name];
        ObjectDisposedException.ThrowIf(peer.IsClosed, peer);
        peer.Post(method, null);
    }
}

// 19 bug: static holder set once
public static class Global
{
    private static RpcPeer? s_peer;
    public static RpcPeer Get(IPeerFactory factory)
    {
        if (s_peer is not null) return s_peer;
        return s_peer = factory.Connect("main");
    }
    public static void Tell(IPeerFactory factory) => Get(factory).Post("hello", null); //! LCA3001
}

// 20 correct: retries on a dead one and takes it out
public sealed class LoopUntilUsable(IPeerFactory factory)
{
    private readonly ConcurrentDictionary<string, Lazy<RpcPeer>> _peers = new();
    public void Post(string address, string method)
    {
        for (; ; )
        {
            var lazy = _peers.GetOrAdd(address, a => new Lazy<RpcPeer>(() => factory.Connect(a), LazyThreadSafetyMode.PublicationOnly));
            if (lazy.Value.IsClosed)
            {
                _peers.TryRemove(new(address, lazy));
                continue;
            }

            lazy.Value.Post(method, null);
            return;
        }
    }
}

// 21 correct: failure of any kind evicts in a helper
public sealed class HelperEvicts(IPeerFactory factory)
{
    private readonly ConcurrentDictionary<string, RpcPeer> _peers = new();

    public async Task<int> CountAsync(string address, CancellationToken ct)
    {
        var peer = _peers.GetOrAdd(address, factory.Connect);
        try
        {
            return await peer.InvokeAsync<int>("count", null, ct);
        }
        catch (Exception e)
        {
            await DropAsync(address, peer, e);
            throw;
        }
    }

    private async ValueTask DropAsync(string address, RpcPeer peer, Exception cause)
    {
        if (cause is ArgumentException) return;
        if (_peers.TryRemove(new(address, peer))) await peer.DisposeAsync();
    }
}

// 22 correct: socket by endpoint, replaced via TryUpdate or thrown away
public sealed class SocketByKey(Func<string, Socket> dial)
{
    private readonly ConcurrentDictionary<string, Socket> _sockets = new();
    private static bool Dead(Socket s) => s.Poll(0, SelectMode.SelectRead) && s.Available is 0;

    public int Send(string host, ReadOnlySpan<byte> data)
    {
        var socket = _sockets.AddOrUpdate(host, dial, (h, old) =>
        {
            if (!Dead(old)) return old;
            old.Dispose();
            return dial(h);
        });
        return socket.Send(data);
    }
}
