// A LIMS gateway that keeps its sessions: look-up, lazy fields and what is asked before the use.
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Caching.Memory;

namespace Ways.Lims;

public enum SessionState { Connecting, Open, Closed }

public interface ILimsSession : IAsyncDisposable
{
    SessionState State { get; }

    event EventHandler? Ended;

    Task<string> RequestAsync(string order, CancellationToken cancel);

    void Send(string order);
}

public interface ILimsFactory
{
    Task<ILimsSession> OpenAsync(string site, CancellationToken cancel);

    ILimsSession Open(string site);
}

public sealed class SiteBook(ILimsFactory factory)
{
    private readonly ConcurrentDictionary<string, ILimsSession> _sites = new(StringComparer.OrdinalIgnoreCase);

    public Task<string> AskAsync(string site, string order, CancellationToken cancel) =>
        _sites.GetOrAdd(site, static (s, f) => f.Open(s), factory).RequestAsync(order, cancel); //! LCA3001

    public async Task<string> AskValidAsync(string site, string order, CancellationToken cancel)
    {
        if (!_sites.TryGetValue(site, out var session) || session is not { State: SessionState.Open })
            _sites[site] = session = await factory.OpenAsync(site, cancel);
        return await session.RequestAsync(order, cancel);
    }

    public async Task<string?> AskKnownAsync(string site, string order, CancellationToken cancel) => _sites.TryGetValue(site, out var known)
        ? await known.RequestAsync(order, cancel) //! LCA3001
        : null;

    public async Task<string?> AskKnownValidAsync(string site, string order, CancellationToken cancel) => _sites.GetValueOrDefault(site) switch
    {
        { State: SessionState.Open } open => await open.RequestAsync(order, cancel),
        _ => null,
    };

    public async Task<string> AskEvictingAsync(string site, string order, CancellationToken cancel)
    {
        var session = _sites.GetOrAdd(site, factory.Open);
        try
        {
            return await session.RequestAsync(order, cancel);
        }
        catch
        {
            _sites.TryRemove(KeyValuePair.Create(site, session));
            await session.DisposeAsync();
            throw;
        }
    }

    public async Task BroadcastAsync(string order, CancellationToken cancel)
    {
        foreach (var (_, session) in _sites.Where(static s => s.Value.State == SessionState.Open))
            await session.RequestAsync(order, cancel);
    }

    private bool TryGetOpen(string site, [NotNullWhen(true)] out ILimsSession? session) =>
        _sites.TryGetValue(site, out session) && session.State is SessionState.Open;

    public void Post(string site, string order)
    {
        if (TryGetOpen(site, out var session)) session.Send(order);
    }

    private bool TryGet(string site, [NotNullWhen(true)] out ILimsSession? session) => _sites.TryGetValue(site, out session);

    public void PostBlindly(string site, string order)
    {
        if (TryGet(site, out var session))
            session.Send(order); //! LCA3001
    }
}

public sealed class LazySession(ILimsFactory factory, string site)
{
    private ILimsSession? _session;
    private readonly Lock _gate = new();

    private ILimsSession Session => _session ??= factory.Open(site);

    private ILimsSession OpenSession
    {
        get
        {
            lock (_gate)
            {
                if (_session is { State: SessionState.Open } open) return open;
                return _session = factory.Open(site);
            }
        }
    }

    public void Send(string order) => Session.Send(order); //! LCA3001

    public void SendValid(string order) => OpenSession.Send(order);

    public void SendChecked(string order)
    {
        var session = _session;
        if (session is null or { State: not SessionState.Open })
            _session = session = factory.Open(site);
        session.Send(order);
    }

    public async Task SendLaterAsync(string order, Func<CancellationToken, Task> prepare, CancellationToken cancel)
    {
        var session = Session;
        if (session.State is not SessionState.Open) return;
        await prepare(cancel);
        session.Send(order); //! LCA3001
    }
}

public class FieldBacked
{
    private readonly ILimsFactory _factory;

    public FieldBacked(ILimsFactory factory) => _factory = factory;

    public ILimsSession Main => field ??= _factory.Open("main");

    public ILimsSession Backup
    {
        get
        {
            if (field is not { State: SessionState.Open }) field = _factory.Open("backup");
            return field;
        }
    }

    public void SendMain(string order)
    {
        Main.Send(order); //! LCA3001
    }

    public void SendBackup(string order)
    {
        Backup.Send(order);
    }
}

/// <summary>Opened at the start and used as long as its owner lives: no look-up, nothing lazy.</summary>
public sealed class Station : IAsyncDisposable
{
    private readonly ILimsSession _session;

    public Station(ILimsFactory factory) => _session = factory.Open("station");

    public Task<string> AskAsync(string order, CancellationToken cancel) => _session.RequestAsync(order, cancel);

    public ValueTask DisposeAsync() => _session.DisposeAsync();
}

public sealed class MemoryBook(IMemoryCache cache, ILimsFactory factory)
{
    public async ValueTask<string> AskAsync(string site, string order, CancellationToken cancel)
    {
        var session = await cache.GetOrCreateAsync(site, _ => factory.OpenAsync(site, cancel));
        return await session!.RequestAsync(order, cancel); //! LCA3001
    }

    public async ValueTask<string> AskValidAsync(string site, string order, CancellationToken cancel)
    {
        if (cache.Get<ILimsSession>(site) is not { State: SessionState.Open } session)
            cache.Set(site, session = await factory.OpenAsync(site, cancel), TimeSpan.FromMinutes(5));
        return await session.RequestAsync(order, cancel);
    }
}
