// Pools and what they lend.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.ObjectPool;
using RabbitMQ.Client;

namespace Outfits.CachePools;

public sealed class CacheConnection : IDisposable
{
    public bool IsAlive { get; private set; } = true;
    public DateTime LastUsed { get; set; }
    public Task<string> SendCommandAsync(string line, CancellationToken ct) => Task.FromResult(line);
    public void Dispose() => IsAlive = false;
    public static Task<CacheConnection> OpenAsync(CancellationToken ct) => Task.FromResult(new CacheConnection());
}

// 1 bug
public sealed class BagPool
{
    private readonly ConcurrentBag<CacheConnection> _idle = new();

    public async ValueTask<CacheConnection> RentAsync(CancellationToken ct)
    {
        if (_idle.TryTake(out var connection)) return connection; //! LCA3004
        return await CacheConnection.OpenAsync(ct);
    }

    public void Return(CacheConnection connection) => _idle.Add(connection);
}

// 2 correct: loop that throws away
public sealed class CheckedBagPool
{
    private readonly ConcurrentBag<CacheConnection> _idle = new();

    public async ValueTask<CacheConnection> RentAsync(CancellationToken ct)
    {
        while (_idle.TryTake(out var connection))
        {
            if (connection is { IsAlive: true } && DateTime.UtcNow - connection.LastUsed < TimeSpan.FromMinutes(1)) return connection;
            connection.Dispose();
        }

        return await CacheConnection.OpenAsync(ct);
    }

    public void Return(CacheConnection connection)
    {
        if (connection.IsAlive) _idle.Add(connection);
        else connection.Dispose();
    }
}

// 3 bug: age alone
public sealed class AgedPool
{
    private readonly Stack<CacheConnection> _idle = new();

    public async ValueTask<CacheConnection> RentAsync(CancellationToken ct)
    {
        lock (_idle)
        {
            while (_idle.TryPop(out var connection)) //! LCA3004
            {
                if (DateTime.UtcNow - connection.LastUsed < TimeSpan.FromMinutes(1)) return connection;
                connection.Dispose();
            }
        }

        return await CacheConnection.OpenAsync(ct);
    }

    public void Return(CacheConnection connection)
    {
        connection.LastUsed = DateTime.UtcNow;
        lock (_idle) _idle.Push(connection);
    }
}

// 4 correct: channel pool with private Take, callers ask
public sealed class ChannelPool
{
    private readonly Channel<CacheConnection> _idle = Channel.CreateBounded<CacheConnection>(8);

    public async Task<string> RunAsync(string line, CancellationToken ct)
    {
        var connection = Take();
        if (connection is null || !connection.IsAlive)
        {
            connection?.Dispose();
            connection = await CacheConnection.OpenAsync(ct);
        }

        var ok = false;
        try
        {
            var answer = await connection.SendCommandAsync(line, ct);
            ok = true;
            return answer;
        }
        finally
        {
            if (!ok || !_idle.Writer.TryWrite(connection)) connection.Dispose();
        }
    }

    private CacheConnection? Take() => _idle.Reader.TryRead(out var connection) ? connection : null;
}

// 5 bug: channel pool
public sealed class BlindChannelPool
{
    private readonly Channel<CacheConnection> _idle = Channel.CreateBounded<CacheConnection>(8);

    public async Task<string> RunAsync(string line, CancellationToken ct)
    {
        var connection = await _idle.Reader.ReadAsync(ct); //! LCA3004
        try
        {
            return await connection.SendCommandAsync(line, ct);
        }
        finally
        {
            await _idle.Writer.WriteAsync(connection, CancellationToken.None); //? LCA4001
        }
    }
}

// 6 correct: object pool policy refuses the dead on return, the renter asks
public sealed class ChannelPolicy(IConnection connection) : PooledObjectPolicy<IChannel>
{
    public override IChannel Create() => connection.CreateChannelAsync().GetAwaiter().GetResult();
    public override bool Return(IChannel obj) => obj.IsOpen;
}

public sealed class PooledPublisher(ObjectPool<IChannel> pool)
{
    public async Task PublishAsync(ReadOnlyMemory<byte> body)
    {
        var channel = pool.Get();
        while (!channel.IsOpen)
        {
            await channel.DisposeAsync();
            channel = pool.Get();
        }

        try
        {
            await channel.BasicPublishAsync("x", "y", body);
        }
        finally
        {
            pool.Return(channel);
        }
    }
}

// 7 bug: object pool, never asked
public sealed class BlindPooledPublisher(ObjectPool<IChannel> pool)
{
    public async Task PublishAsync(ReadOnlyMemory<byte> body)
    {
        var channel = pool.Get(); //! LCA3004
        try
        {
            await channel.BasicPublishAsync("x", "y", body);
        }
        finally
        {
            pool.Return(channel);
        }
    }
}

// 8 correct: freshly accepted sockets, jobs of a server
public sealed class AcceptQueue(TcpListener listener)
{
    private readonly BlockingCollection<Socket> _accepted = new();

    public async Task AcceptAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested) _accepted.Add(await listener.AcceptSocketAsync(ct), ct);
    }

    public void Work()
    {
        foreach (var socket in _accepted.GetConsumingEnumerable())
        {
            using (socket)
            {
                try
                {
                    socket.Send("hello"u8);
                }
                catch (SocketException)
                {
                    // gone
                }
            }
        }
    }
}

// 9 correct: SAEA pool holds no connections
public sealed class ArgsPool
{
    private readonly ConcurrentStack<SocketAsyncEventArgs> _free = new();
    public SocketAsyncEventArgs Rent() => _free.TryPop(out var e) ? e : new SocketAsyncEventArgs();
    public void Return(SocketAsyncEventArgs e)
    {
        e.AcceptSocket = null;
        _free.Push(e);
    }
}

// 10 correct: discards and takes another on failure
public sealed class TryingPool
{
    private readonly ConcurrentQueue<CacheConnection> _idle = new();

    public async Task<string> GetAsync(string key, CancellationToken ct)
    {
        while (_idle.TryDequeue(out var pooled))
        {
            try
            {
                var answer = await pooled.SendCommandAsync("get " + key, ct);
                _idle.Enqueue(pooled);
                return answer;
            }
            catch (IOException)
            {
                pooled.Dispose();
            }
            catch
            {
                pooled.Dispose();
                throw;
            }
        }

        var fresh = await CacheConnection.OpenAsync(ct);
        try
        {
            var answer = await fresh.SendCommandAsync("get " + key, ct);
            _idle.Enqueue(fresh);
            return answer;
        }
        catch
        {
            fresh.Dispose();
            throw;
        }
    }
}

// 11 correct: LINQ-free linked list, validated by out param helper
public sealed class LinkedPool
{
    private readonly LinkedList<CacheConnection> _idle = new();
    private readonly Lock _lock = new();

    private bool TryTakeAlive(out CacheConnection? connection)
    {
        lock (_lock)
        {
            while (_idle.First is { } node)
            {
                _idle.RemoveFirst();
                if (node.Value.IsAlive)
                {
                    connection = node.Value;
                    return true;
                }

                node.Value.Dispose();
            }
        }

        connection = null;
        return false;
    }

    public async Task<string> GetAsync(string key, CancellationToken ct)
    {
        if (!TryTakeAlive(out var connection)) connection = await CacheConnection.OpenAsync(ct);
        var answer = await connection!.SendCommandAsync(key, ct);
        lock (_lock) _idle.AddLast(connection);
        return answer;
    }
}

// 12 bug: array of slots
public sealed class StackPool(int size)
{
    private readonly ConcurrentStack<CacheConnection> _idle = new();
    private readonly SemaphoreSlim _slots = new(size, size);

    public async Task<string> RunAsync(string line, CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        CacheConnection? connection = null;
        try
        {
            if (!_idle.TryPop(out connection)) connection = await CacheConnection.OpenAsync(ct); //! LCA3004
            var answer = await connection.SendCommandAsync(line, ct);
            _idle.Push(connection);
            connection = null;
            return answer;
        }
        finally
        {
            connection?.Dispose();
            _slots.Release();
        }
    }
}
