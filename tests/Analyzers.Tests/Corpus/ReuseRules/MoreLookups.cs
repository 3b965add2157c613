// Conventions, inference, and own drivers that no catalogue knows.
using System.Collections.Concurrent;

namespace Second.Reuse.MoreLookups;

public enum LinkState { Down, Connecting, Ready, Faulted }

/// <summary>An own driver: found by its shape.</summary>
public sealed class CraneLink : IDisposable
{
    public LinkState State { get; private set; } = LinkState.Ready;
    public void Transmit(byte[] telegram) => Console.WriteLine(telegram.Length);
    public Task<byte[]> ExecuteAsync(byte[] telegram, CancellationToken ct) => Task.FromResult(telegram);
    public void Dispose() => State = LinkState.Down;
}

public sealed class CraneYard(Func<string, CraneLink> open)
{
    private readonly SortedDictionary<string, CraneLink> _cranes = new();

    public void Lift(string crane, byte[] telegram)
    {
        Get(crane).Transmit(telegram); //! LCA3001
    }

    public void LiftReady(string crane, byte[] telegram)
    {
        var link = Get(crane);
        switch (link.State)
        {
            case LinkState.Ready:
                link.Transmit(telegram);
                break;
            default:
                throw new InvalidOperationException(crane + " is " + link.State);
        }
    }

    public async Task<byte[]?> AskAsync(string crane, byte[] telegram, CancellationToken ct)
    {
        var link = Get(crane);
        return link.State == LinkState.Ready ? await link.ExecuteAsync(telegram, ct) : null;
    }

    private CraneLink Get(string crane)
    {
        if (!_cranes.ContainsKey(crane)) _cranes[crane] = open(crane);
        return _cranes[crane];
    }
}

/// <summary>A shop's session sends nothing: it is none of this.</summary>
public sealed class ShopSession
{
    public bool IsOpen { get; set; }
    public void Add(string item) => Console.WriteLine(item);
    public void Close() => IsOpen = false;
}

public sealed class Shops
{
    private readonly ConcurrentDictionary<string, ShopSession> _sessions = new();

    public void Put(string customer, string item)
    {
        var session = _sessions.GetOrAdd(customer, _ => new ShopSession());
        session.Add(item); // ok LCA3001
    }
}

/// <summary>A connection kept in a record, next to other things.</summary>
public sealed record Endpoint(string Host, CraneLink Link);

public sealed class EndpointTable(Func<string, CraneLink> open)
{
    private readonly Dictionary<string, Endpoint> _endpoints = new();

    public void Send(string host, byte[] frame)
    {
        if (!_endpoints.TryGetValue(host, out var endpoint))
        {
            endpoint = new Endpoint(host, open(host));
            _endpoints[host] = endpoint;
        }

        endpoint.Link.Transmit(frame); //! LCA3001
    }

    public void SendReady(string host, byte[] frame)
    {
        if (!_endpoints.TryGetValue(host, out var endpoint) || endpoint.Link.State != LinkState.Ready)
        {
            endpoint = new Endpoint(host, open(host));
            _endpoints[host] = endpoint;
        }

        endpoint.Link.Transmit(frame);
    }
}

/// <summary>An own closing flag next to the cached link.</summary>
public sealed class FlaggedYard : IDisposable
{
    private readonly Func<CraneLink> _open;
    private CraneLink? _link;
    private bool _broken;

    public FlaggedYard(Func<CraneLink> open) => _open = open;

    public void Lift(byte[] telegram)
    {
        if (_link is null || _broken)
        {
            _link?.Dispose();
            _link = _open();
            _broken = false;
        }

        try
        {
            _link.Transmit(telegram);
        }
        catch (IOException)
        {
            _broken = true;
            throw;
        }
    }

    public void Dispose() => _link?.Dispose();
}

/// <summary>Thread-static and async-local holders.</summary>
public static class PerThread
{
    [ThreadStatic]
    private static CraneLink? t_link;

    private static readonly ThreadLocal<CraneLink> s_local = new(() => new CraneLink());

    public static void Push(byte[] frame)
    {
        t_link ??= new CraneLink();
        t_link.Transmit(frame); //! LCA3001
    }

    public static void PushLocal(byte[] frame) => s_local.Value!.Transmit(frame); //? LCA3001

    public static void PushReady(byte[] frame)
    {
        if (t_link?.State != LinkState.Ready) t_link = new CraneLink();
        t_link.Transmit(frame);
    }
}

/// <summary>Created for this use, though it goes into a map: fresh is not cached.</summary>
public sealed class Dialogue(Func<string, CraneLink> open)
{
    private readonly ConcurrentDictionary<string, CraneLink> _active = new();

    public async Task<byte[]> TalkAsync(string name, byte[] hello, CancellationToken ct)
    {
        var link = open(name);
        _active[name] = link;
        try
        {
            return await link.ExecuteAsync(hello, ct); // ok LCA3001: just opened
        }
        finally
        {
            _active.TryRemove(name, out _);
            link.Dispose();
        }
    }
}
