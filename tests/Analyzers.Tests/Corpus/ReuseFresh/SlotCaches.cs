// Caches that are no dictionary: slots, thread statics, compare-exchange, own lazies, weak tables.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Acme.Wire;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.ObjectPool;

namespace Fresh.Reuse.SlotCaches;

public static class ThreadWire
{
    [ThreadStatic]
    private static WireConnection? t_wire;

    public static void Send(byte[] frame)
    {
        t_wire ??= WireConnection.Connect("hub", 4000, TimeSpan.FromSeconds(1));
        t_wire.Send(frame); //! LCA3001
    }

    public static void SendChecked(byte[] frame)
    {
        if (t_wire is not { IsOpen: true })
        {
            t_wire?.Dispose();
            t_wire = WireConnection.Connect("hub", 4000, TimeSpan.FromSeconds(1));
        }

        t_wire.Send(frame);
    }
}

public sealed class RaceWire(string host)
{
    private WireConnection? _wire;
    private WireConnection? _second;

    private WireConnection Wire
    {
        get
        {
            var wire = Volatile.Read(ref _wire);
            if (wire is not null) return wire;
            var fresh = WireConnection.Connect(host, 4000, TimeSpan.FromSeconds(1));
            wire = Interlocked.CompareExchange(ref _wire, fresh, null);
            if (wire is null) return fresh;
            fresh.Dispose();
            return wire;
        }
    }

    public void Send(byte[] frame) => Wire.Send(frame); //! LCA3001

    public Task<byte[]> AskAsync(byte[] frame, CancellationToken ct) =>
        LazyInitializer.EnsureInitialized(ref _second, () => WireConnection.Connect(host, 4001, TimeSpan.FromSeconds(1))).RequestAsync(frame, ct); //! LCA3001
}

/// <summary>A lazy of one's own: it keeps what its first call came to.</summary>
public sealed class AsyncOnce<T>(Func<Task<T>> make)
{
    private readonly Lazy<Task<T>> _value = new(() => Task.Run(make));

    public Task<T> Value => _value.Value;

    public TaskAwaiter<T> GetAwaiter() => Value.GetAwaiter();
}

public sealed class OnceUser(IWireSessionFactory factory)
{
    private readonly AsyncOnce<IWireSession> _session = new(() => factory.OpenAsync("once", CancellationToken.None)); //! LCA3002 LCA1008

    public async Task PublishAsync(byte[] body, CancellationToken ct)
    {
        var session = await _session;
        if (session.IsClosed) throw new InvalidOperationException("closed");
        await session.PublishAsync("t", body, ct);
    }
}

public sealed class WeakSessions(IWireSessionFactory factory)
{
    private readonly ConditionalWeakTable<object, IWireSession> _byOwner = [];
    private readonly IWireSession?[] _slots = new IWireSession?[4];

    public Task PublishAsync(object owner, byte[] body, CancellationToken ct)
    {
        var session = _byOwner.GetValue(owner, _ => factory.Open("weak"));
        return session.PublishAsync("t", body, ct); //? LCA3001
    }

    public Task PublishBySlotAsync(int slot, byte[] body, CancellationToken ct)
    {
        ref var session = ref _slots[slot];
        session ??= factory.Open("slot");
        return session.PublishAsync("t", body, ct); //! LCA3001
    }

    public Task PublishByCheckedSlotAsync(int slot, byte[] body, CancellationToken ct)
    {
        ref var session = ref _slots[slot];
        if (session is null || session.IsClosed) session = factory.Open("slot");
        return session.PublishAsync("t", body, ct);
    }
}

public sealed class MemoryCached(IMemoryCache cache, IWireSessionFactory factory)
{
    public async Task PublishAsync(string tenant, byte[] body, CancellationToken ct)
    {
        if (!cache.TryGetValue<IWireSession>(tenant, out var session) || session is null)
        {
            session = await factory.OpenAsync(tenant, ct);
            cache.Set(tenant, session, TimeSpan.FromMinutes(5));
        }

        await session.PublishAsync("t", body, ct); //! LCA3001
    }

    // ok LCA3001: the catch takes it out
    public async Task PublishOrForgetAsync(string tenant, byte[] body, CancellationToken ct)
    {
        if (!cache.TryGetValue<IWireSession>(tenant, out var session) || session is null)
        {
            session = await factory.OpenAsync(tenant, ct);
            cache.Set(tenant, session, TimeSpan.FromMinutes(5));
        }

        try
        {
            await session.PublishAsync("t", body, ct);
        }
        catch (WireException)
        {
            cache.Remove(tenant);
            await session.DisposeAsync();
            throw;
        }
    }
}

/// <summary>One spare connection is kept for the next caller.</summary>
public sealed class SpareSlot(string host) : IDisposable
{
    private WireConnection? _spare;
    private WireConnection? _goodSpare;

    public void Send(byte[] frame)
    {
        var wire = Interlocked.Exchange(ref _spare, null) ?? WireConnection.Connect(host, 4000, TimeSpan.FromSeconds(1)); //? LCA3004
        wire.Send(frame); //? LCA3001
        if (Interlocked.CompareExchange(ref _spare, wire, null) is not null) wire.Dispose();
    }

    public void SendChecked(byte[] frame)
    {
        var wire = Interlocked.Exchange(ref _goodSpare, null);
        if (wire is { IsOpen: false })
        {
            wire.Dispose();
            wire = null;
        }

        wire ??= WireConnection.Connect(host, 4000, TimeSpan.FromSeconds(1));
        wire.Send(frame);
        if (Interlocked.CompareExchange(ref _goodSpare, wire, null) is not null) wire.Dispose();
    }

    public void Dispose()
    {
        _spare?.Dispose();
        _goodSpare?.Dispose();
    }
}

public sealed class PooledSender(ObjectPool<WireConnection> pool, List<WireConnection> rack)
{
    public void Send(byte[] frame)
    {
        var wire = pool.Get(); //! LCA3004
        wire.Send(frame);
        pool.Return(wire);
    }

    public void SendFromRack(byte[] frame)
    {
        WireConnection wire;
        lock (rack)
        {
            wire = rack[^1];
            rack.RemoveAt(rack.Count - 1); //? LCA3004
        }

        wire.Send(frame);
        lock (rack) rack.Add(wire);
    }
}
