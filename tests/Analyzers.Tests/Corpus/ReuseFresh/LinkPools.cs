// Pools: generic ones, ones with entry objects, and one that hides behind an interface.
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Fresh.Reuse.LinkPools;

public interface IPooledLink : IDisposable
{
    bool IsAlive { get; }
    DateTimeOffset LastUsed { get; }
    void Send(ReadOnlySpan<byte> request);
    int Receive(Span<byte> answer);
}

/// <summary>Hands out what it has, as it is.</summary>
public sealed class LinkPool<TLink>(Func<TLink> dial) where TLink : class, IPooledLink
{
    private readonly ConcurrentStack<TLink> _idle = [];

    public TLink Rent() => _idle.TryPop(out var link) ? link : dial(); //! LCA3004

    public void Return(TLink link) => _idle.Push(link);
}

public sealed class CheckedLinkPool<TLink>(Func<TLink> dial, int keep) where TLink : class, IPooledLink
{
    private readonly ConcurrentStack<TLink> _idle = [];

    public TLink Rent()
    {
        while (_idle.TryPop(out var link))
        {
            if (link.IsAlive) return link;
            link.Dispose();
        }

        return dial();
    }

    public void Return(TLink link)
    {
        if (_idle.Count < keep && link.IsAlive) _idle.Push(link);
        else link.Dispose();
    }
}

/// <summary>The age of an entry says nothing about the other side.</summary>
public sealed class AgeingPool(Func<TcpClient> dial, TimeProvider time)
{
    private sealed record Entry(TcpClient Client, long Since);

    private readonly Queue<Entry> _idle = new();
    private readonly Lock _sync = new();

    public TcpClient Rent()
    {
        lock (_sync)
        {
            while (_idle.TryDequeue(out var entry)) //! LCA3004
            {
                if (time.GetElapsedTime(entry.Since) < TimeSpan.FromSeconds(30)) return entry.Client;
                entry.Client.Dispose();
            }
        }

        return dial();
    }

    public void Return(TcpClient client)
    {
        lock (_sync) _idle.Enqueue(new Entry(client, time.GetTimestamp()));
    }
}

public sealed class ProbingPool(Func<TcpClient> dial, TimeProvider time)
{
    private readonly record struct Entry(TcpClient Client, long Since)
    {
        public bool IsFit(TimeProvider time)
        {
            if (time.GetElapsedTime(Since) > TimeSpan.FromSeconds(30)) return false;
            try
            {
                return !Client.Client.Poll(0, SelectMode.SelectRead);
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }

    private readonly Queue<Entry> _idle = new();

    // ok LCA3004: the entry looks at its socket
    public TcpClient Rent()
    {
        lock (_idle)
        {
            while (_idle.TryDequeue(out var entry))
            {
                if (entry.IsFit(time)) return entry.Client;
                entry.Client.Dispose();
            }
        }

        return dial();
    }

    public void Return(TcpClient client)
    {
        lock (_idle) _idle.Enqueue(new Entry(client, time.GetTimestamp()));
    }
}

public interface ILinkStore<T>
{
    bool TryTake([MaybeNullWhen(false)] out T link);
    void Put(T link);
}

public sealed class PerHostStore : ILinkStore<IPooledLink>
{
    private readonly BlockingCollection<IPooledLink> _links = [];

    public bool TryTake([MaybeNullWhen(false)] out IPooledLink link) => _links.TryTake(out link); //! LCA3004

    public void Put(IPooledLink link) => _links.Add(link);
}

public sealed class HostClients(Func<string, IPooledLink> dial)
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<IPooledLink>> _idle = new();
    private readonly ConcurrentDictionary<string, (IPooledLink Link, DateTimeOffset At)> _single = new();

    public int Ask(string host, byte[] request, byte[] answer)
    {
        var bag = _idle.GetOrAdd(host, static _ => []);
        if (!bag.TryTake(out var link)) link = dial(host); //! LCA3004
        var done = false;
        try
        {
            link.Send(request);
            var n = link.Receive(answer);
            done = true;
            return n;
        }
        finally
        {
            if (done) bag.Add(link);
            else link.Dispose();
        }
    }

    public int AskAlive(string host, byte[] request, byte[] answer)
    {
        var link = TakeAlive(host);
        var done = false;
        try
        {
            link.Send(request);
            var n = link.Receive(answer);
            done = true;
            return n;
        }
        finally
        {
            if (done) _idle.GetOrAdd(host, static _ => []).Add(link);
            else link.Dispose();
        }
    }

    private IPooledLink TakeAlive(string host)
    {
        if (_idle.TryGetValue(host, out var bag))
        {
            while (bag.TryTake(out var candidate))
            {
                if (candidate is { IsAlive: true }) return candidate;
                candidate.Dispose();
            }
        }

        return dial(host);
    }

    public void Tell(string host, byte[] request)
    {
        var (link, _) = _single.GetOrAdd(host, h => (dial(h), DateTimeOffset.UtcNow));
        link.Send(request); //! LCA3001
    }

    // ok LCA3001: replaced when it is not alive any more
    public void TellAlive(string host, byte[] request)
    {
        var entry = _single.GetOrAdd(host, h => (dial(h), DateTimeOffset.UtcNow));
        if (!entry.Link.IsAlive)
        {
            entry.Link.Dispose();
            entry = _single[host] = (dial(host), DateTimeOffset.UtcNow);
        }

        entry.Link.Send(request);
    }
}
