// Sessions kept for the next caller: in dictionaries, fields, lazies and the memory cache.
using System.Collections.Concurrent;
using Acme.Wire;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;

namespace Sites.Reuse.SessionCaches;

public sealed record Quote(string Symbol, decimal Price);

/// <summary>A session per exchange, looked up and used.</summary>
public sealed class QuoteGateway(IWireSessionFactory factory, ILogger<QuoteGateway> log)
{
    private readonly Dictionary<string, IWireSession> _sessions = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _opening = new(1, 1);

    public async Task<Quote> AskAsync(string exchange, string symbol, CancellationToken ct)
    {
        var session = await GetAsync(exchange, ct);
        log.LogTrace("asking {Exchange}", exchange);
        return await session.RequestAsync<Quote>("/quote", symbol, ct); //! LCA3001
    }

    private async Task<IWireSession> GetAsync(string exchange, CancellationToken ct)
    {
        await _opening.WaitAsync(ct);
        try
        {
            if (!_sessions.TryGetValue(exchange, out var session))
                _sessions[exchange] = session = await factory.OpenAsync(exchange, ct);
            return session;
        }
        finally
        {
            _opening.Release();
        }
    }
}

/// <summary>The getter validates under its lock; its end is no gap.</summary>
public sealed class ValidatingQuoteGateway(IWireSessionFactory factory)
{
    private readonly Dictionary<string, IWireSession> _sessions = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim _opening = new(1, 1);

    // ok LCA3001: GetAsync hands out only what is established
    public async Task<Quote> AskAsync(string exchange, string symbol, CancellationToken ct)
    {
        var session = await GetAsync(exchange, ct);
        return await session.RequestAsync<Quote>("/quote", symbol, ct);
    }

    private async Task<IWireSession> GetAsync(string exchange, CancellationToken ct)
    {
        await _opening.WaitAsync(ct);
        try
        {
            if (_sessions.TryGetValue(exchange, out var session))
            {
                if (session.Status == SessionStatus.Established) return session;
                _sessions.Remove(exchange);
                await session.DisposeAsync();
            }

            session = await factory.OpenAsync(exchange, ct);
            _sessions.Add(exchange, session);
            return session;
        }
        finally
        {
            _opening.Release();
        }
    }
}

/// <summary>No check, but whatever fails leaves the cache.</summary>
public sealed class EvictingQuoteGateway(IWireSessionFactory factory)
{
    private readonly ConcurrentDictionary<string, IWireSession> _sessions = new();

    // ok LCA3001: the catch evicts
    public async Task<Quote> AskAsync(string exchange, string symbol, CancellationToken ct)
    {
        var session = _sessions.GetOrAdd(exchange, factory.Open);
        try
        {
            return await session.RequestAsync<Quote>("/quote", symbol, ct);
        }
        catch
        {
            _sessions.TryRemove(KeyValuePair.Create(exchange, session));
            await session.DisposeAsync();
            throw;
        }
    }
}

/// <summary>One session, made on demand. A null check tells nothing of its health.</summary>
public sealed class ReferenceData(IWireSessionFactory factory, string authority)
{
    private IWireSession? _session;

    public async Task<string> NameOfAsync(string symbol, CancellationToken ct)
    {
        if (_session == null) _session = await factory.OpenAsync(authority, ct);
        return await _session.RequestAsync<string>("/name", symbol, ct); //! LCA3001
    }

    // ok LCA3001: the condition asks the session too
    public async Task<string> NameOfCheckedAsync(string symbol, CancellationToken ct)
    {
        if (_session is null or { IsClosed: true }) _session = await factory.OpenAsync(authority, ct);
        return await _session.RequestAsync<string>("/name", symbol, ct);
    }

    public async Task<string> NameOfLateAsync(string symbol, Func<CancellationToken, Task<string>> tenant, CancellationToken ct)
    {
        if (_session is not { IsClosed: false }) _session = await factory.OpenAsync(authority, ct);
        var name = await tenant(ct);
        return await _session.RequestAsync<string>("/name/" + name, symbol, ct); //! LCA3001
    }

    // ok LCA3001: opened for this use alone
    public async Task<string> NameOfOnceAsync(string symbol, CancellationToken ct)
    {
        await using var session = await factory.OpenAsync(authority, ct);
        return await session.RequestAsync<string>("/name", symbol, ct);
    }
}

/// <summary>Opened in StartAsync, used as long as its owner lives: no look-up, no laziness.</summary>
public sealed class Announcements(IWireSessionFactory factory) : Microsoft.Extensions.Hosting.IHostedService
{
    private IWireSession _session = null!;

    public async Task StartAsync(CancellationToken cancellationToken) => _session = await factory.OpenAsync("announce", cancellationToken);

    // ok LCA3001: an owner with a start and an end
    public Task SayAsync(byte[] text, CancellationToken ct) => _session.PublishAsync("say", text, ct);

    public async Task StopAsync(CancellationToken cancellationToken) => await _session.DisposeAsync();
}

/// <summary>The memory cache keeps it for ten minutes, whatever becomes of it.</summary>
public sealed class TenantSessions(IMemoryCache cache, IWireSessionFactory factory)
{
    public async Task PublishAsync(string tenant, byte[] body, CancellationToken ct)
    {
        var session = cache.GetOrCreate(tenant, entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(10);
            return factory.Open(tenant);
        })!;
        await session.PublishAsync("events", body, ct); //! LCA3001
    }

    // ok LCA3001: taken only when it is not closed
    public async Task PublishCheckedAsync(string tenant, byte[] body, CancellationToken ct)
    {
        if (!cache.TryGetValue(tenant, out IWireSession? session) || session is not { IsClosed: false })
        {
            session = await factory.OpenAsync(tenant, ct);
            cache.Set(tenant, session, TimeSpan.FromMinutes(10));
        }

        await session.PublishAsync("events", body, ct);
    }

    public Task<IWireSession> ForAsync(string tenant) =>
        cache.GetOrCreate(tenant, _ => factory.OpenAsync(tenant, CancellationToken.None))!; //! LCA3002 //? LCA1008

    // ok LCA3002: GetOrCreateAsync stores only a result
    public Task<IWireSession?> ForSafelyAsync(string tenant, CancellationToken ct) =>
        cache.GetOrCreateAsync(tenant, _ => factory.OpenAsync(tenant, ct));

    public Task<IWireSession> WarmAsync(string tenant)
    {
        var opening = factory.OpenAsync(tenant, CancellationToken.None); //? LCA1008
        return cache.Set(tenant, opening, TimeSpan.FromHours(1)); //! LCA3002
    }
}

/// <summary>The static holder that everybody reaches.</summary>
public static class PeopleDirectory
{
    private static readonly object Sync = new();
    private static WireConnection? _current;

    public static string Host { get; set; } = "directory.local";

    private static WireConnection Current
    {
        get
        {
            lock (Sync) return _current ??= WireConnection.Connect(Host, 389, TimeSpan.FromSeconds(5));
        }
    }

    private static WireConnection Usable
    {
        get
        {
            lock (Sync)
            {
                if (_current is { IsOpen: true }) return _current;
                _current?.Dispose();
                return _current = WireConnection.Connect(Host, 389, TimeSpan.FromSeconds(5));
            }
        }
    }

    public static Task<byte[]> FindAsync(byte[] filter, CancellationToken ct)
    {
        return Current.RequestAsync(filter, ct); //! LCA3001
    }

    // ok LCA3001: the getter validates
    public static Task<byte[]> FindCheckedAsync(byte[] filter, CancellationToken ct) => Usable.RequestAsync(filter, ct);
}

/// <summary>Closing throws the connection away but keeps the reference; the getter asks only for null.</summary>
public sealed class Thermostat(string host) : IDisposable
{
    private WireConnection? _connection;

    private WireConnection Connection => _connection ??= WireConnection.Connect(host, 4001, TimeSpan.FromSeconds(2));

    public void Set(byte degrees)
    {
        Connection.Send([0x10, degrees]); //! LCA3001
    }

    public void Disconnect() => _connection?.Dispose();

    public void Dispose() => Disconnect();
}

/// <summary>A lazy that does not keep the exception, and yet keeps a connection that may long be dead.</summary>
public sealed class PriceBoard(string host)
{
    private readonly Lazy<WireConnection> _board =
        new(() => WireConnection.Connect(host, 7000, TimeSpan.FromSeconds(3)), LazyThreadSafetyMode.PublicationOnly);

    public void Show(byte[] line)
    {
        if (line.Length > 80) throw new ArgumentException("too long", nameof(line));
        _board.Value.Send(line); //! LCA3001
    }

    // ok LCA3001: asks before it writes
    public bool TryShow(byte[] line)
    {
        var board = _board.Value;
        if (!board.IsOpen) return false;
        board.Send(line);
        return true;
    }
}
