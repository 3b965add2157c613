// A multiplayer lobby: its players' sessions, its rooms, its match service; and things that are called session or client and are none.
using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;

namespace Works.Reuse.GameLobby;

/// <summary>Abstract transport of the lobby; found by convention.</summary>
public abstract class MatchTransport : IDisposable
{
    public abstract bool IsAlive { get; }
    public abstract void Post(string queue, ReadOnlyMemory<byte> body);
    public abstract Task<byte[]> InvokeAsync(string method, ReadOnlyMemory<byte> argument, CancellationToken ct);
    public abstract void Abort();
    public abstract void Dispose();
}

public interface IMatchmaker
{
    MatchTransport Open(string region);
    Task<MatchTransport> OpenAsync(string region, CancellationToken ct);
}

/// <summary>Regions and their transports.</summary>
public sealed class LobbyService(IMatchmaker matchmaker)
{
    private readonly ConcurrentDictionary<string, MatchTransport> _regions = new();
    private MatchTransport? _global;

    public async Task<byte[]> FindAsync(string region, byte[] criteria, CancellationToken ct)
    {
        if (!_regions.TryGetValue(region, out var transport))
        {
            transport = await matchmaker.OpenAsync(region, ct);
            _regions[region] = transport;
        }

        return await transport.InvokeAsync("find", criteria, ct); //! LCA3001
    }

    public async Task<byte[]> FindAliveAsync(string region, byte[] criteria, CancellationToken ct)
    {
        var transport = _regions.GetValueOrDefault(region);
        if (transport is not { IsAlive: true })
        {
            transport?.Dispose();
            transport = await matchmaker.OpenAsync(region, ct);
            _regions[region] = transport;
        }

        return await transport.InvokeAsync("find", criteria, ct); // ok LCA3001: alive, or new
    }

    public async Task<byte[]> FindTwiceAsync(string region, byte[] criteria, CancellationToken ct)
    {
        if (!_regions.TryGetValue(region, out var transport) || !transport.IsAlive)
        {
            transport = await matchmaker.OpenAsync(region, ct);
            _regions[region] = transport;
        }

        await Task.Delay(TimeSpan.FromSeconds(2), ct);
        return await transport.InvokeAsync("find", criteria, ct); //! LCA3001
    }

    public void Announce(byte[] text)
    {
        if (_global == null)
        {
            _global = matchmaker.Open("global");
        }

        _global.Post("announce", text); //! LCA3001
    }

    public void AnnounceAlive(byte[] text)
    {
        if (_global == null || !_global.IsAlive)
        {
            _global?.Abort();
            _global = matchmaker.Open("global");
        }

        _global.Post("announce", text); // ok LCA3001: asked
    }

    public bool TryAnnounce(byte[] text)
    {
        _global ??= matchmaker.Open("global");
        if (!Usable(_global)) return false;
        _global.Post("announce", text); // ok LCA3001: a helper asks
        return true;
    }

    private static bool Usable(MatchTransport transport) => transport.IsAlive;
}

/// <summary>The memory cache holds the transport of a tenant for twenty minutes.</summary>
public sealed class TenantTransports(IMemoryCache cache, IMatchmaker matchmaker)
{
    public async Task<byte[]> AskAsync(string tenant, byte[] question, CancellationToken ct)
    {
        var transport = await cache.GetOrCreateAsync(tenant, async entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(20);
            return await matchmaker.OpenAsync(tenant, ct);
        });
        return await transport!.InvokeAsync("ask", question, ct); //! LCA3001
    }

    public async Task<byte[]> AskAliveAsync(string tenant, byte[] question, CancellationToken ct)
    {
        if (!cache.TryGetValue(tenant, out MatchTransport? transport) || transport is not { IsAlive: true })
        {
            transport = await matchmaker.OpenAsync(tenant, ct);
            cache.Set(tenant, transport, TimeSpan.FromMinutes(20));
        }

        return await transport.InvokeAsync("ask", question, ct); // ok LCA3001 LCA3002: asked; a result is stored, no task
    }
}

/// <summary>A transport that lives as long as its owner, opened by its constructor.</summary>
public sealed class Referee : IDisposable
{
    private readonly MatchTransport _transport;

    public Referee(IMatchmaker matchmaker) => _transport = matchmaker.Open("referee");

    public void Whistle() => _transport.Post("whistle", new byte[] { 1 }); // ok LCA3001: neither look-up nor lazy

    public void Dispose() => _transport.Dispose();
}

/// <summary>Two lines: where the first is dead, the second is opened.</summary>
public sealed class FallbackLobby(IMatchmaker matchmaker)
{
    private MatchTransport? _first;

    public void Tell(byte[] text)
    {
        _first ??= matchmaker.Open("first");
        try
        {
            _first.Post("tell", text); // ok LCA3001: replaced where it fails
        }
        catch (IOException)
        {
            _first.Dispose();
            _first = matchmaker.Open("second");
            throw;
        }
    }
}

/// <summary>A shopping session sends nothing anywhere.</summary>
public sealed class ShopSession
{
    public bool IsOpen { get; private set; } = true;
    public Dictionary<string, int> Cart { get; } = [];
    public void Put(string item) => Cart[item] = Cart.GetValueOrDefault(item) + 1;
    public void Close() => IsOpen = false;
}

public sealed class Shop
{
    private readonly ConcurrentDictionary<Guid, ShopSession> _sessions = new();
    private readonly ConcurrentBag<ShopSession> _spare = [];

    public void Buy(Guid player, string item)
    {
        var session = _sessions.GetOrAdd(player, _ => _spare.TryTake(out var spare) ? spare : new ShopSession()); // ok LCA3004: no connection
        session.Put(item); // ok LCA3001: no connection
    }

    public void Leave(Guid player)
    {
        if (_sessions.TryRemove(player, out var session)) _spare.Add(session);
    }
}

/// <summary>Ends in Client, and is a calculator of scores: it has no state and no end.</summary>
public sealed class ScoreClient
{
    public int Execute(int[] rounds) => rounds.Sum();
}

/// <summary>Ends in "link" in small letters only.</summary>
public sealed class Uplink
{
    public bool IsOpen => true;
    public void Send(byte[] data) => Console.WriteLine(data.Length);
    public void Close() => Console.WriteLine("closed");
}

public sealed class Scores
{
    private static Lazy<ScoreClient> s_client = new(() => new ScoreClient()); // ok LCA3002: no connection
    private readonly Dictionary<string, Uplink> _uplinks = [];

    public static int Total(int[] rounds) => s_client.Value.Execute(rounds); // ok LCA3001: no connection

    public void Tell(string team, byte[] data)
    {
        if (!_uplinks.TryGetValue(team, out var uplink)) _uplinks[team] = uplink = new Uplink();
        uplink.Send(data); // ok LCA3001: an Uplink is no Link
    }

    public static void Forget() => s_client = new Lazy<ScoreClient>(() => new ScoreClient()); // ok LCA3002: no connection
}
