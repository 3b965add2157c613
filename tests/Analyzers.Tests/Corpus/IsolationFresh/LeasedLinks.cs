// Leases of the shop's own: structs, classes, await using, and helpers that go several levels deep.
using System.Collections.Concurrent;
using Acme.Wire;

namespace Fresh.Isolation.LeasedLinks;

/// <summary>Disposing gives back, whatever has happened.</summary>
public readonly struct LinkLease(WirePool pool, WireConnection link) : IDisposable
{
    public WireConnection Link => link;

    public void Dispose() => pool.Return(link);
}

/// <summary>Disposing gives back only what has been completed.</summary>
public sealed class HonestLease(WirePool pool, WireConnection link) : IAsyncDisposable
{
    private bool _completed;

    public WireConnection Link => link;

    public void Complete() => _completed = true;

    public async ValueTask DisposeAsync()
    {
        if (_completed) pool.Return(link);
        else await link.DisposeAsync();
    }
}

public sealed class AsyncLease : IAsyncDisposable
{
    private readonly ConcurrentQueue<WireConnection> _home;

    public AsyncLease(ConcurrentQueue<WireConnection> home, WireConnection link)
    {
        _home = home;
        Link = link;
    }

    public WireConnection Link { get; }

    public ValueTask DisposeAsync()
    {
        _home.Enqueue(Link);
        return ValueTask.CompletedTask;
    }
}

public sealed class MeterClient(WirePool pool)
{
    private async Task<LinkLease> LeaseAsync(CancellationToken ct) => new(pool, await pool.RentAsync(ct));

    private async Task<HonestLease> HonestAsync(CancellationToken ct) => new(pool, await pool.RentAsync(ct));

    /// <summary>The token ends the wait, the answer comes all the same.</summary>
    public async Task<byte[]> ReadAsync(byte[] question, CancellationToken ct)
    {
        using var lease = await LeaseAsync(ct); //! LCA4001
        await lease.Link.SendAsync(question, ct);
        return await lease.Link.ReceiveAsync(ct);
    }

    public async Task<byte[]> ReadHonestlyAsync(byte[] question, CancellationToken ct)
    {
        await using var lease = await HonestAsync(ct);
        await lease.Link.SendAsync(question, ct);
        var answer = await lease.Link.ReceiveAsync(ct);
        lease.Complete();
        return answer;
    }

    public async Task<byte[]> ReadDeepAsync(byte[] question, CancellationToken ct)
    {
        var link = await pool.RentAsync(ct);
        try
        {
            return await ExchangeAsync(link, question, ct);
        }
        finally
        {
            Release(link); //! LCA4001
        }
    }

    private static async Task<byte[]> ExchangeAsync(WireConnection link, byte[] question, CancellationToken ct)
    {
        await AskAsync(link, question, ct);
        return await HearAsync(link, ct);
    }

    private static Task AskAsync(WireConnection link, byte[] question, CancellationToken ct) => link.SendAsync(question, ct);

    private static Task<byte[]> HearAsync(WireConnection link, CancellationToken ct) => link.ReceiveAsync(ct);

    private void Release(WireConnection link) => pool.Return(link);

    // ok LCA4001: discarded unless it came to its end
    public async Task<byte[]> ReadDeepOrDiscardAsync(byte[] question, CancellationToken ct)
    {
        var link = await pool.RentAsync(ct);
        byte[]? answer = null;
        try
        {
            answer = await ExchangeAsync(link, question, ct);
            return answer;
        }
        finally
        {
            if (answer is null) link.Dispose();
            else Release(link);
        }
    }
}

public sealed class QueueClient(Func<CancellationToken, Task<WireConnection>> dial)
{
    private readonly ConcurrentQueue<WireConnection> _idle = new();

    private async Task<AsyncLease> TakeAsync(CancellationToken ct)
    {
        while (_idle.TryDequeue(out var link))
        {
            if (link.IsOpen) return new AsyncLease(_idle, link);
            await link.DisposeAsync();
        }

        return new AsyncLease(_idle, await dial(ct));
    }

    public async Task<int> CountAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(500);
        await using var lease = await TakeAsync(ct); //! LCA4001
        await lease.Link.SendAsync("COUNT"u8.ToArray(), limit.Token);
        var answer = await lease.Link.ReceiveAsync(limit.Token);
        return answer[0];
    }

    /// <summary>A borrow helper: whoever borrows decides how far the exchange gets.</summary>
    public async Task<T> WithAsync<T>(Func<WireConnection, Task<T>> work, CancellationToken ct)
    {
        var link = await FreshOrIdleAsync(ct);
        try
        {
            return await work(link);
        }
        finally
        {
            _idle.Enqueue(link); //! LCA4001
        }
    }

    // ok LCA4001: what went wrong is not given back
    public async Task<T> WithCareAsync<T>(Func<WireConnection, Task<T>> work, CancellationToken ct)
    {
        var link = await FreshOrIdleAsync(ct);
        T result;
        try
        {
            result = await work(link);
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }

        _idle.Enqueue(link);
        return result;
    }

    private async Task<WireConnection> FreshOrIdleAsync(CancellationToken ct)
    {
        while (_idle.TryDequeue(out var link))
        {
            if (link.IsOpen) return link;
            link.Dispose();
        }

        return await dial(ct);
    }

    public Task<byte[]> VersionAsync(CancellationToken ct) => WithAsync(async link =>
    {
        await link.SendAsync("VERSION"u8.ToArray(), ct);
        return await link.ReceiveAsync(ct);
    }, ct);
}
