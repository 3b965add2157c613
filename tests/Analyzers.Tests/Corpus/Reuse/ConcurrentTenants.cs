// Connections to shards and hosts in concurrent dictionaries.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.ConcurrentTenants;

/// <summary>One shard's connection, as this code base has it.</summary>
public abstract class ShardConnection : IDisposable
{
    public abstract bool IsAlive { get; }
    public abstract byte[] Execute(string command);
    public abstract Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken stop);
    public abstract void Close();

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }
}

public interface IShardDialer
{
    ShardConnection Dial(EndPoint shard);
    Task<ShardConnection> DialAsync(EndPoint shard, CancellationToken stop);
}

public sealed class Shards(IShardDialer dialer, ILogger log)
{
    private readonly ConcurrentDictionary<EndPoint, ShardConnection> _shards = new();

    public byte[] Get(EndPoint shard, string key) =>
        _shards.GetOrAdd(shard, dialer.Dial).Execute("GET " + key); //! LCA3001

    public byte[] Delete(EndPoint shard, string key)
    {
        var connection = _shards.GetOrAdd(shard, static (where, d) => d.Dial(where), dialer);
        log.LogDebug("deleting {Key} on {Shard}", key, shard);
        return connection.Execute("DEL " + key); //! LCA3001
    }

    // ok LCA3001: dead ones are taken out until a living one is found
    public byte[] GetAlive(EndPoint shard, string key)
    {
        for (; ; )
        {
            var connection = _shards.GetOrAdd(shard, dialer.Dial);
            if (connection.IsAlive) return connection.Execute("GET " + key);
            _shards.TryRemove(KeyValuePair.Create(shard, connection));
            connection.Dispose();
        }
    }

    // ok LCA3001: the failed connection leaves the dictionary
    public byte[] GetOrEvict(EndPoint shard, string key)
    {
        var connection = _shards.GetOrAdd(shard, dialer.Dial);
        try
        {
            return connection.Execute("GET " + key);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "{Shard} dropped", shard);
            Evict(shard, connection);
            throw;
        }
    }

    private void Evict(EndPoint shard, ShardConnection connection)
    {
        if (_shards.TryRemove(KeyValuePair.Create(shard, connection))) connection.Dispose();
    }

    // ok LCA3001: closes them all
    public void Clear()
    {
        foreach (var connection in _shards.Values) connection.Close();
        _shards.Clear();
    }
}

public sealed class AsyncShards(IShardDialer dialer)
{
    private readonly ConcurrentDictionary<EndPoint, ShardConnection> _shards = new();

    public async Task SendAsync(EndPoint shard, ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        if (!_shards.TryGetValue(shard, out var connection))
        {
            var dialled = await dialer.DialAsync(shard, stop);
            connection = _shards.GetOrAdd(shard, dialled);
            if (!ReferenceEquals(connection, dialled)) dialled.Dispose();
        }

        await connection.SendAsync(frame, stop); //! LCA3001
    }

    // ok LCA3001: asked right before each send
    public async Task SendAliveAsync(EndPoint shard, ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        if (_shards.TryGetValue(shard, out var connection) && connection.IsAlive)
        {
            await connection.SendAsync(frame, stop);
            return;
        }

        var dialled = await dialer.DialAsync(shard, stop);
        _shards[shard] = dialled;
        await dialled.SendAsync(frame, stop);
    }
}

public sealed class TaskShards(IShardDialer dialer)
{
    private readonly ConcurrentDictionary<EndPoint, Task<ShardConnection>> _shards = new();

    public async Task<byte[]> GetAsync(EndPoint shard, string key, CancellationToken stop)
    {
        var connection = await _shards.GetOrAdd(shard, where => dialer.DialAsync(where, CancellationToken.None)).WaitAsync(stop);
        return connection.Execute("GET " + key); //! LCA3001
    }

    // ok LCA3001: neither a failed dial nor a dead connection stays
    public async Task<byte[]> GetAliveAsync(EndPoint shard, string key, CancellationToken stop)
    {
        while (true)
        {
            var task = _shards.GetOrAdd(shard, where => dialer.DialAsync(where, CancellationToken.None));
            ShardConnection connection;
            try
            {
                connection = await task.WaitAsync(stop);
            }
            catch (IOException)
            {
                _shards.TryRemove(KeyValuePair.Create(shard, task));
                throw;
            }

            if (connection.IsAlive) return connection.Execute("GET " + key);
            _shards.TryRemove(KeyValuePair.Create(shard, task));
        }
    }
}

/// <summary>An immutable dictionary that is swapped as a whole is looked up like any other.</summary>
public sealed class SwappedShards(IShardDialer dialer)
{
    private ImmutableDictionary<EndPoint, ShardConnection> _shards = ImmutableDictionary<EndPoint, ShardConnection>.Empty;

    public byte[] Get(EndPoint shard, string key)
    {
        var connection = ImmutableInterlocked.GetOrAdd(ref _shards, shard, dialer.Dial);
        return connection.Execute("GET " + key); //! LCA3001
    }

    // ok LCA3001: what is not alive is dialled and put in its place
    public byte[] GetAlive(EndPoint shard, string key)
    {
        if (!_shards.TryGetValue(shard, out var connection) || !connection.IsAlive)
        {
            connection = dialer.Dial(shard);
            _shards = _shards.SetItem(shard, connection);
        }

        return connection.Execute("GET " + key);
    }
}
