// Sessions reached by look-up: maps, arrays, memory caches, static holders.
using System.Collections.Concurrent;
using Acme.Wire;
using Microsoft.Extensions.Caching.Memory;

namespace Second.Reuse.LookedUpLines;

/// <summary>One uplink per gateway, found in a plain dictionary under a lock.</summary>
public sealed class GatewayDirectory(IWireSessionFactory factory)
{
    private readonly Dictionary<string, IWireSession> _byGateway = new();
    private readonly object _sync = new();

    public Task<string> PingAsync(string gateway, CancellationToken ct)
    {
        IWireSession? session;
        lock (_sync)
        {
            if (!_byGateway.TryGetValue(gateway, out session))
            {
                session = factory.Open(gateway);
                _byGateway.Add(gateway, session);
            }
        }

        return session.RequestAsync<string>("/ping", gateway, ct); //! LCA3001
    }

    public Task<string> PingOpenAsync(string gateway, CancellationToken ct)
    {
        IWireSession? session;
        lock (_sync)
        {
            if (!_byGateway.TryGetValue(gateway, out session) || session.IsClosed)
            {
                session = factory.Open(gateway);
                _byGateway[gateway] = session;
            }
        }

        return session.RequestAsync<string>("/ping", gateway, ct); // ok LCA3001: asked in the condition
    }

    public async Task TellAllAsync(string topic, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        foreach (var (gateway, session) in _byGateway)
        {
            if (session.Status != SessionStatus.Established) continue;
            await session.PublishAsync(topic, body, ct);
        }
    }

    public Task StoredStatusAsync(string gateway, CancellationToken ct) =>
        _byGateway[gateway] is { Status: SessionStatus.Established } usable
            ? usable.PublishAsync("status", default, ct)
            : Task.CompletedTask;
}

/// <summary>The memory cache keeps what it was given until the clock says otherwise.</summary>
public sealed class TenantConnections(IMemoryCache cache)
{
    public async Task<byte[]> AskAsync(string tenant, byte[] question, CancellationToken ct)
    {
        var connection = await cache.GetOrCreateAsync("wire:" + tenant, entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(5);
            return WireConnection.ConnectAsync(tenant, 7000, ct);
        });
        return await connection!.RequestAsync(question, ct); //! LCA3001
    }

    public async Task<byte[]> AskByGetAsync(string tenant, byte[] question, CancellationToken ct)
    {
        if (!cache.TryGetValue(tenant, out WireConnection? connection))
        {
            connection = await WireConnection.ConnectAsync(tenant, 7000, ct);
            cache.Set(tenant, connection, TimeSpan.FromMinutes(10));
        }

        return await connection!.RequestAsync(question, ct); //! LCA3001
    }

    public async Task<byte[]> AskCheckedAsync(string tenant, byte[] question, CancellationToken ct)
    {
        if (!cache.TryGetValue(tenant, out WireConnection? connection) || connection is not { IsOpen: true })
        {
            connection = await WireConnection.ConnectAsync(tenant, 7000, ct);
            cache.Set(tenant, connection, TimeSpan.FromMinutes(10));
        }

        return await connection.RequestAsync(question, ct);
    }

    public async Task<byte[]> AskEvictingAsync(string tenant, byte[] question, CancellationToken ct)
    {
        var connection = await cache.GetOrCreateAsync(tenant, _ => WireConnection.ConnectAsync(tenant, 7000, ct));
        try
        {
            return await connection!.RequestAsync(question, ct);
        }
        catch (Exception)
        {
            cache.Remove(tenant);
            throw;
        }
    }
}

/// <summary>A static holder behind a property.</summary>
public static class Backbone
{
    private static WireConnection? s_line;
    private static readonly object s_gate = new();

    public static WireConnection Line
    {
        get
        {
            lock (s_gate)
            {
                if (s_line == null) s_line = WireConnection.Connect("backbone", 4711, TimeSpan.FromSeconds(3));
                return s_line;
            }
        }
    }

    private static WireConnection? s_checked;

    public static WireConnection CheckedLine
    {
        get
        {
            lock (s_gate)
            {
                if (s_checked is null || !s_checked.IsOpen)
                {
                    s_checked?.Dispose();
                    s_checked = WireConnection.Connect("backbone", 4711, TimeSpan.FromSeconds(3));
                }

                return s_checked;
            }
        }
    }
}

public sealed class AuditTrail
{
    public void Write(ReadOnlySpan<byte> entry)
    {
        Backbone.Line.Send(entry); //! LCA3001
    }

    public void WriteChecked(ReadOnlySpan<byte> entry) => Backbone.CheckedLine.Send(entry);
}

/// <summary>Indexer, array slot, GetOrAdd with a state argument; a helper that finds; a helper that validates.</summary>
public sealed class ShardRouter
{
    private readonly ConcurrentDictionary<int, WireConnection> _shards = new();
    private readonly WireConnection?[] _slots = new WireConnection?[16];
    private readonly string _host;

    public ShardRouter(string host) => _host = host;

    public Task PutAsync(int shard, byte[] row)
    {
        var line = _shards.GetOrAdd(shard, static (key, host) => WireConnection.Connect(host, 9000 + key, TimeSpan.FromSeconds(1)), _host);
        return line.SendAsync(row); //! LCA3001
    }

    public void PutSlot(int slot, byte[] row)
    {
        _slots[slot] ??= WireConnection.Connect(_host, 9000 + slot, TimeSpan.FromSeconds(1));
        _slots[slot]!.Send(row); //! LCA3001
    }

    public void PutByFind(int shard, byte[] row)
    {
        var line = Find(shard);
        line.Send(row); //! LCA3001
    }

    public void PutValidated(int shard, byte[] row)
    {
        var line = FindUsable(shard);
        line.Send(row);
    }

    public bool TryPut(int shard, byte[] row)
    {
        var line = Find(shard);
        if (!IsUsable(line)) return false;
        line.Send(row);
        return true;
    }

    private static bool IsUsable(WireConnection line) => line.IsOpen;

    private WireConnection Find(int shard) =>
        _shards.TryGetValue(shard, out var known) ? known : _shards[shard] = WireConnection.Connect(_host, 9000 + shard, TimeSpan.FromSeconds(1));

    private WireConnection FindUsable(int shard)
    {
        for (; ; )
        {
            var line = Find(shard);
            if (line.IsOpen) return line;
            _shards.TryRemove(shard, out _);
            line.Dispose();
        }
    }
}
