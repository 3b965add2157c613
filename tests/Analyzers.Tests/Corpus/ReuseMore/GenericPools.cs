// Pools written once for every kind of link: generics, base classes, leases, slots.
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Corpus.Reuse.GenericPools;

public interface IDeviceLink : IDisposable
{
    bool IsConnected { get; }
    void Send(ReadOnlySpan<byte> telegram);
    Task SendAsync(ReadOnlyMemory<byte> telegram, CancellationToken ct);
}

public sealed class ModemSession(string number) : IDisposable
{
    public string Number => number;
    public bool IsAlive { get; private set; } = true;
    public void Write(string command)
    {
        if (!IsAlive) throw new InvalidOperationException("hung up");
        Console.Out.Write(command);
    }

    public void Dispose() => IsAlive = false;
}

/// <summary>Generic over links, and never asks one.</summary>
public class LinkPool<TLink>(Func<TLink> open) where TLink : class, IDeviceLink
{
    private readonly ConcurrentQueue<TLink> _links = new();

    public TLink Acquire()
    {
        return _links.TryDequeue(out var link) ? link : open(); //! LCA3004
    }

    public void Release(TLink link) => _links.Enqueue(link);
}

/// <summary>Generic over links; a link that is not connected is no candidate.</summary>
public class CheckedLinkPool<TLink>(Func<TLink> open) where TLink : class, IDeviceLink
{
    private readonly ConcurrentQueue<TLink> _links = new();

    // ok LCA3004: the loop's condition asks
    public TLink Acquire()
    {
        while (_links.TryDequeue(out var link))
        {
            if (!link.IsConnected)
            {
                link.Dispose();
                continue;
            }

            return link;
        }

        return open();
    }

    public void Release(TLink link)
    {
        if (link.IsConnected) _links.Enqueue(link);
        else link.Dispose();
    }
}

public abstract class PoolBase
{
    private readonly Stack<ModemSession> _sessions = [];
    private readonly object _guard = new();

    protected abstract ModemSession Dial();

    protected virtual bool Accept(ModemSession session) => session.IsAlive;

    public ModemSession Rent()
    {
        lock (_guard)
        {
            if (_sessions.TryPop(out var session)) //! LCA3004
            {
                return session;
            }
        }

        return Dial();
    }

    // ok LCA3004: the subclass may say more, the base asks for IsAlive
    public ModemSession RentAccepted()
    {
        lock (_guard)
        {
            while (_sessions.TryPop(out var session))
            {
                if (Accept(session)) return session;
                session.Dispose();
            }
        }

        return Dial();
    }

    public void Return(ModemSession session)
    {
        lock (_guard) _sessions.Push(session);
    }
}

public sealed class LeasedPool(Func<CancellationToken, Task<IDeviceLink>> open, int size)
{
    private readonly ConcurrentStack<IDeviceLink> _idle = new();
    private readonly SemaphoreSlim _slots = new(size, size);

    public async Task<Lease> RentAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            if (_idle.TryPop(out var link)) //! LCA3004
                return new Lease(this, link);
            return new Lease(this, await open(ct));
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    // ok LCA3004: only a connected one becomes a lease
    public async Task<Lease> RentConnectedAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            while (TryTakeConnected(out var link)) return new Lease(this, link);
            return new Lease(this, await open(ct));
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    private bool TryTakeConnected([NotNullWhen(true)] out IDeviceLink? link)
    {
        while (_idle.TryPop(out link))
        {
            if (link.IsConnected) return true;
            link.Dispose();
        }

        return false;
    }

    private void GiveBack(IDeviceLink link)
    {
        _idle.Push(link);
        _slots.Release();
    }

    public sealed class Lease(LeasedPool pool, IDeviceLink link)
    {
        public IDeviceLink Link => link;
        public void Complete() => pool.GiveBack(link);
    }
}

/// <summary>The helper that takes out is in the pool, the check is in an extension in another class.</summary>
public sealed class StationPool(Func<IDeviceLink> open)
{
    private readonly ConcurrentBag<IDeviceLink> _links = [];

    // ok LCA3004: the extension asks for the state
    public void Send(byte[] telegram)
    {
        if (!_links.TryTake(out var link) || !link.IsUsable()) link = open();
        link.Send(telegram);
        _links.Add(link);
    }

    public void SendFirst(byte[] telegram)
    {
        IDeviceLink link = _links.TryTake(out var kept) switch //! LCA3004
        {
            true => kept!,
            false => open(),
        };
        link.Send(telegram);
        _links.Add(link);
    }

    public async Task SendManyAsync(IReadOnlyList<byte[]> telegrams, CancellationToken ct)
    {
        var taken = _links.TryTake(out var link); //! LCA3004
        if (!taken) link = open();
        foreach (var telegram in telegrams) await link!.SendAsync(telegram, ct);
        if (link is { IsConnected: true }) _links.Add(link);
    }

    // ok LCA3004: a property pattern in the condition
    public async Task SendManyCheckedAsync(IReadOnlyList<byte[]> telegrams, CancellationToken ct)
    {
        if (_links.TryTake(out var link) && link is { IsConnected: true })
        {
            foreach (var telegram in telegrams) await link.SendAsync(telegram, ct);
            _links.Add(link);
            return;
        }

        var fresh = open();
        foreach (var telegram in telegrams) await fresh.SendAsync(telegram, ct);
        _links.Add(fresh);
    }
}

public static class DeviceLinkExtensions
{
    public static bool IsUsable(this IDeviceLink link) => link.IsConnected;
}
