// An own connection pool: leases, health checks, a slot count, an idle reaper; and the shapes it had on the way there.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Silence.LinkPools;

public sealed class CacheLink : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private CacheLink(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public long IdleSince { get; set; }

    public bool IsClosed { get; private set; }

    public bool IsUsable
    {
        get
        {
            if (IsClosed) return false;
            try
            {
                return !_socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    // ok LCA1003: closed on every failure
    public static async Task<CacheLink> OpenAsync(EndPoint endpoint, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, ct);
            return new CacheLink(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> request, CancellationToken ct) => _stream.WriteAsync(request, ct);

    public async ValueTask ReceiveAsync(Memory<byte> answer, CancellationToken ct) => await _stream.ReadExactlyAsync(answer, ct);

    public void Dispose()
    {
        IsClosed = true;
        _stream.Dispose();
    }
}

public sealed class PoolOptions
{
    public int MaxLinks { get; init; } = 16;
    public TimeSpan MaxIdle { get; init; } = TimeSpan.FromMinutes(2);
}

public interface ILinkPool
{
    ValueTask<LinkLease> RentAsync(CancellationToken ct);
}

/// <summary>Given back when Complete was called; otherwise the link is closed.</summary>
public sealed class LinkLease(CacheLink link, LeasedPool owner) : IDisposable
{
    private CacheLink? _link = link;
    private bool _complete;

    public CacheLink Link => _link ?? throw new ObjectDisposedException(nameof(LinkLease));

    public void Complete() => _complete = true;

    // ok LCA4001: only a finished exchange goes back
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _link, null) is not { } mine) return;
        owner.Settle(mine, keep: _complete);
    }
}

public sealed class LeasedPool(EndPoint endpoint, PoolOptions options, ILogger<LeasedPool> log) : ILinkPool, IDisposable
{
    private readonly Channel<CacheLink> _idle = Channel.CreateUnbounded<CacheLink>();
    private readonly SemaphoreSlim _slots = new(options.MaxLinks);

    // ok LCA3004: whatever comes out of the channel is asked before it leaves
    // ok LCA1007: the slot is given back when there is no link to lease
    public async ValueTask<LinkLease> RentAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            while (_idle.Reader.TryRead(out var idle))
            {
                if (Healthy(idle)) return new LinkLease(idle, this);
                idle.Dispose();
            }

            return new LinkLease(await CacheLink.OpenAsync(endpoint, ct), this);
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    private bool Healthy(CacheLink link)
    {
        if (Environment.TickCount64 - link.IdleSince > options.MaxIdle.TotalMilliseconds) return false;
        return link.IsUsable;
    }

    // ok LCA1007: the slot goes back even if closing fails
    internal void Settle(CacheLink link, bool keep)
    {
        try
        {
            if (!keep || link.IsClosed)
            {
                link.Dispose();
                return;
            }

            link.IdleSince = Environment.TickCount64;
            if (!_idle.Writer.TryWrite(link)) link.Dispose();
        }
        finally
        {
            _slots.Release();
        }
    }

    // ok LCA3004: taken out in order to be closed
    public void Dispose()
    {
        _idle.Writer.TryComplete();
        while (_idle.Reader.TryRead(out var link)) link.Dispose();
        log.LogDebug("pool closed");
    }
}

public sealed class CacheClient(ILinkPool pool)
{
    // ok LCA4001: an exception between the two leaves the lease incomplete
    public async Task<byte[]> GetAsync(ReadOnlyMemory<byte> request, int length, CancellationToken ct)
    {
        using var lease = await pool.RentAsync(ct);
        await lease.Link.SendAsync(request, ct);
        var answer = new byte[length];
        await lease.Link.ReceiveAsync(answer, ct);
        lease.Complete();
        return answer;
    }

    // ok LCA4001: the borrow helper completes after the work has returned
    public async Task<T> WithLinkAsync<T>(Func<CacheLink, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var lease = await pool.RentAsync(ct);
        var result = await work(lease.Link, ct);
        lease.Complete();
        return result;
    }
}

/// <summary>As it was before leases: a bag, a Return in finally.</summary>
public sealed class FirstPool(EndPoint endpoint)
{
    private readonly ConcurrentBag<CacheLink> _idle = new();

    public async ValueTask<CacheLink> RentAsync(CancellationToken ct)
    {
        if (_idle.TryTake(out var link)) return link; //! LCA3004
        return await CacheLink.OpenAsync(endpoint, ct);
    }

    public void Return(CacheLink link) => _idle.Add(link); //? LCA3004 LCA4001

    public async Task<byte[]> AskAsync(ReadOnlyMemory<byte> request, int length, CancellationToken ct)
    {
        var link = await RentAsync(ct);
        try
        {
            await link.SendAsync(request, ct);
            var answer = new byte[length];
            await link.ReceiveAsync(answer, ct);
            return answer;
        }
        finally
        {
            Return(link); //! LCA4001
        }
    }
}

/// <summary>The second one looks at a link's age, which says nothing about its peer; but it closes what failed.</summary>
public sealed class AgedPool(EndPoint endpoint, PoolOptions options)
{
    private readonly ConcurrentStack<CacheLink> _idle = new();

    private async ValueTask<CacheLink> RentAsync(CancellationToken ct)
    {
        while (_idle.TryPop(out var link)) //! LCA3004
        {
            if (Environment.TickCount64 - link.IdleSince < options.MaxIdle.TotalMilliseconds) return link;
            link.Dispose();
        }

        return await CacheLink.OpenAsync(endpoint, ct);
    }

    // ok LCA4001: given back on the way that read everything, closed on every other
    public async Task<byte[]> AskAsync(ReadOnlyMemory<byte> request, int length, CancellationToken ct)
    {
        var link = await RentAsync(ct);
        var clean = false;
        try
        {
            await link.SendAsync(request, ct);
            var answer = new byte[length];
            await link.ReceiveAsync(answer, ct);
            clean = true;
            return answer;
        }
        finally
        {
            if (clean) GiveBack(link);
            else link.Dispose();
        }
    }

    private void GiveBack(CacheLink link)
    {
        link.IdleSince = Environment.TickCount64;
        _idle.Push(link);
    }
}

/// <summary>The private take leaves the question to its callers, and both ask.</summary>
public sealed class CallerChecksPool(EndPoint endpoint)
{
    private readonly Stack<CacheLink> _idle = new();

    // ok LCA3004: private, and every caller checks
    private CacheLink? Take()
    {
        lock (_idle) return _idle.TryPop(out var link) ? link : null;
    }

    public async ValueTask<CacheLink> RentAsync(CancellationToken ct)
    {
        while (Take() is { } link)
        {
            if (link.IsUsable) return link;
            link.Dispose();
        }

        return await CacheLink.OpenAsync(endpoint, ct);
    }

    public CacheLink? TryRent()
    {
        var link = Take();
        if (link is null or { IsUsable: true }) return link;
        link.Dispose();
        return null;
    }

    // ok LCA4001: this gives back what the caller has finished with, unless it is closed
    public void Return(CacheLink link)
    {
        if (link.IsClosed)
        {
            link.Dispose();
            return;
        }

        lock (_idle) _idle.Push(link);
    }
}

/// <summary>A work queue that happens to hold links: each is taken once and closed.</summary>
public sealed class DrainQueue
{
    private readonly ConcurrentQueue<CacheLink> _leaving = new();

    public void Add(CacheLink link) => _leaving.Enqueue(link);

    public async Task DrainAsync(ReadOnlyMemory<byte> farewell, CancellationToken ct)
    {
        while (_leaving.TryDequeue(out var link)) //? LCA3004
        {
            using (link)
            {
                await link.SendAsync(farewell, ct);
            }
        }
    }
}
