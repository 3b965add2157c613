// Using a lease gives back at its end, whatever happened in between.
using System.Collections.Concurrent;
using System.Net.Sockets;
using Acme.Wire;
using Npgsql;

namespace Second.Isolation.Leases;

public sealed class SocketPool
{
    private readonly ConcurrentBag<Socket> _idle = new();
    private readonly Func<Socket> _dial;

    public SocketPool(Func<Socket> dial) => _dial = dial;

    public PooledSocket Get()
    {
        while (_idle.TryTake(out var socket))
        {
            if (!socket.Poll(0, SelectMode.SelectRead)) return new PooledSocket(this, socket);
            socket.Dispose();
        }

        return new PooledSocket(this, _dial());
    }

    private void Return(Socket socket) => _idle.Add(socket);

    public sealed class PooledSocket(SocketPool owner, Socket socket) : IDisposable
    {
        private bool _broken;

        public ValueTask<int> SendAsync(ReadOnlyMemory<byte> data, CancellationToken ct) => socket.SendAsync(data, SocketFlags.None, ct);
        public ValueTask<int> ReceiveAsync(Memory<byte> data, CancellationToken ct) => socket.ReceiveAsync(data, SocketFlags.None, ct);

        public void Destroy()
        {
            _broken = true;
            socket.Dispose();
        }

        public void Dispose()
        {
            if (!_broken) owner.Return(socket);
        }
    }
}

public sealed class CacheNode(SocketPool pool)
{
    public async Task<int> GetAsync(byte[] command, byte[] reply, CancellationToken ct)
    {
        using var socket = pool.Get(); //! LCA4001
        await socket.SendAsync(command, ct);
        return await socket.ReceiveAsync(reply, ct);
    }

    public async Task<int> GetDestroyingAsync(byte[] command, byte[] reply, CancellationToken ct)
    {
        using var socket = pool.Get();
        try
        {
            await socket.SendAsync(command, ct);
            return await socket.ReceiveAsync(reply, ct);
        }
        catch
        {
            socket.Destroy(); // ok LCA4001
            throw;
        }
    }

    public async Task<int> GetBlockAsync(byte[] command, byte[] reply, CancellationToken ct)
    {
        using (var socket = pool.Get()) //! LCA4001
        {
            await socket.SendAsync(command, ct);
            var n = 0;
            while (n < reply.Length)
            {
                var got = await socket.ReceiveAsync(reply.AsMemory(n), ct);
                if (got == 0) throw new IOException("closed");
                n += got;
            }

            return n;
        }
    }
}

/// <summary>A lease that gives back only what was completed.</summary>
public sealed class CompletingPool(ConcurrentBag<WireConnection> idle, Func<CancellationToken, Task<WireConnection>> dial)
{
    public async Task<CompletingLease> LeaseAsync(CancellationToken ct)
    {
        while (idle.TryTake(out var known))
        {
            if (known.IsOpen) return new CompletingLease(idle, known);
            known.Dispose();
        }

        return new CompletingLease(idle, await dial(ct));
    }
}

public sealed class CompletingLease(ConcurrentBag<WireConnection> idle, WireConnection connection) : IDisposable
{
    private bool _complete;

    public WireConnection Connection => connection;

    public void Complete() => _complete = true;

    public void Dispose()
    {
        if (_complete) idle.Add(connection);
        else connection.Dispose();
    }
}

public sealed class CompletingUser(CompletingPool pool)
{
    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        using var lease = await pool.LeaseAsync(ct);
        await lease.Connection.SendAsync(question, ct);
        var answer = await lease.Connection.ReceiveAsync(ct);
        lease.Complete();
        return answer;
    }
}

/// <summary>A struct lease over the vendor's pool.</summary>
public readonly struct Borrowed(WirePool pool, WireConnection connection) : IAsyncDisposable
{
    public WireConnection Wire { get; } = connection;

    public ValueTask DisposeAsync()
    {
        pool.Return(Wire);
        return default;
    }
}

public sealed class BorrowingClient(WirePool pool)
{
    private async ValueTask<Borrowed> BorrowAsync(CancellationToken ct) => new(pool, await pool.RentAsync(ct));

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        await using var borrowed = await BorrowAsync(ct); //! LCA4001
        await borrowed.Wire.SendAsync(question, ct);
        return await borrowed.Wire.ReceiveAsync(ct);
    }
}

/// <summary>Database drivers break what was cancelled.</summary>
public sealed class Reports(NpgsqlDataSource source)
{
    public async Task<object?> ScalarAsync(string sql, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct); // ok LCA4001
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct);
    }
}

/// <summary>Borrow helpers: the return stands in the helper.</summary>
public sealed class Borrower(WirePool pool)
{
    public async Task<T> WithAsync<T>(Func<WireConnection, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            return await work(connection, ct);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    public async Task<T> WithDiscardAsync<T>(Func<WireConnection, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        T result;
        try
        {
            result = await work(connection, ct);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        pool.Return(connection);
        return result;
    }

    public Task<byte[]> PingAsync(CancellationToken ct) => WithAsync(async (connection, token) =>
    {
        await connection.SendAsync("ping"u8.ToArray(), token);
        return await connection.ReceiveAsync(token);
    }, ct);

    public Task<byte[]> EchoAsync(byte[] text, CancellationToken ct) => WithDiscardAsync(async (connection, token) =>
    {
        await connection.SendAsync(text, token);
        return await connection.ReceiveAsync(token);
    }, ct);
}

/// <summary>A template method.</summary>
public abstract class Command<TResult>(WirePool pool)
{
    protected abstract Task<TResult> ExchangeAsync(WireConnection connection, CancellationToken ct);

    public async Task<TResult> RunAsync(CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            return await ExchangeAsync(connection, ct);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }
}

public sealed class VersionCommand(WirePool pool) : Command<int>(pool)
{
    protected override async Task<int> ExchangeAsync(WireConnection connection, CancellationToken ct)
    {
        await connection.SendAsync("version"u8.ToArray(), ct);
        var answer = await connection.ReceiveAsync(ct);
        return answer[0];
    }
}
