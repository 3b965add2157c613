// Sessions in IMemoryCache: an entry's expiry is not its session's.
using Microsoft.Extensions.Caching.Memory;

namespace Corpus.Reuse.MemoryCached;

public interface ILedgerSession : IDisposable
{
    bool IsClosed { get; }
    Task<string> RequestAsync(string query, CancellationToken stop);
    Task SendAsync(string entry, CancellationToken stop);
}

public interface ILedger
{
    ILedgerSession Open(string book);
    Task<ILedgerSession> OpenAsync(string book);
}

public sealed class CachedLedger(IMemoryCache cache, ILedger ledger)
{
    public async Task<string> BalanceAsync(string book, CancellationToken stop)
    {
        var session = cache.GetOrCreate("ledger:" + book, entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(5);
            entry.RegisterPostEvictionCallback(static (_, value, _, _) => (value as IDisposable)?.Dispose());
            return ledger.Open(book);
        });
        return await session!.RequestAsync("balance", stop); //! LCA3001
    }

    public async Task EnterAsync(string book, string text, CancellationToken stop)
    {
        var session = await cache.GetOrCreateAsync("ledger:" + book, entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(30);
            return ledger.OpenAsync(book);
        });
        await session!.SendAsync(text, stop); //! LCA3001
    }

    public async Task<string> HistoryAsync(string book, CancellationToken stop)
    {
        if (!cache.TryGetValue("ledger:" + book, out ILedgerSession? session) || session is null)
        {
            session = await ledger.OpenAsync(book);
            cache.Set("ledger:" + book, session, TimeSpan.FromMinutes(5));
        }

        return await session.RequestAsync("history", stop); //! LCA3001
    }
}

public sealed class ValidatedLedger(IMemoryCache cache, ILedger ledger)
{
    private async Task<ILedgerSession> SessionAsync(string book)
    {
        var key = ("ledger", book);
        if (cache.TryGetValue(key, out ILedgerSession? session) && session is { IsClosed: false }) return session;
        session?.Dispose();
        session = await ledger.OpenAsync(book);
        return cache.Set(key, session, TimeSpan.FromMinutes(5));
    }

    // ok LCA3001: the one place that looks up validates
    public async Task<string> BalanceAsync(string book, CancellationToken stop)
    {
        var session = await SessionAsync(book);
        return await session.RequestAsync("balance", stop);
    }

    // ok LCA3001: the catch takes the entry out
    public async Task EnterAsync(string book, string text, CancellationToken stop)
    {
        var session = cache.GetOrCreate(book, _ => ledger.Open(book))!;
        try
        {
            await session.SendAsync(text, stop);
        }
        catch (IOException)
        {
            cache.Remove(book);
            session.Dispose();
            throw;
        }
    }

    // ok LCA3001: what lies in this cache is text
    public async Task<string> CachedBalanceAsync(string book, CancellationToken stop) =>
        await cache.GetOrCreateAsync(("balance", book), async entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(10);
            using var session = await ledger.OpenAsync(book);
            return await session.RequestAsync("balance", stop);
        }) ?? "";
}
