// A cache client: one pool of sockets per node, requests in a text protocol, answers in the order of the requests.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Acme.Wire;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Unseen.Isolation.Memcached;

/// <summary>What the pool hands out; disposing it gives it back.</summary>
public sealed class PooledSocket(Socket socket, SocketPool pool) : IDisposable
{
    public bool IsAlive => !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    public async Task WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        while (frame.Length > 0) frame = frame[await socket.SendAsync(frame, ct)..];
    }

    public async Task ReadAsync(Memory<byte> frame, CancellationToken ct)
    {
        while (frame.Length > 0)
        {
            var n = await socket.ReceiveAsync(frame, ct);
            if (n == 0) throw new IOException("node closed");
            frame = frame[n..];
        }
    }

    public void Destroy() => socket.Dispose();

    public void Dispose() => pool.Return(this);
}

public sealed class SocketPool(EndPoint node)
{
    private readonly ConcurrentStack<PooledSocket> _idle = new();

    public async Task<PooledSocket> GetAsync(CancellationToken ct)
    {
        while (_idle.TryPop(out var idle))
        {
            if (idle.IsAlive) return idle;
            idle.Destroy();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(node, ct);
            return new PooledSocket(socket, this);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Return(PooledSocket socket) => _idle.Push(socket);
}

public sealed class MemcachedNode(SocketPool pool, ILogger<MemcachedNode> log)
{
    /// <summary>The using gives the socket back, answered or not.</summary>
    public async Task<byte[]> GetAsync(string key, CancellationToken ct)
    {
        using var socket = await pool.GetAsync(ct); //! LCA4001
        await socket.WriteAsync(Encoding.ASCII.GetBytes("mg " + key + " v\r\n"), ct);
        var length = new byte[4];
        await socket.ReadAsync(length, ct);
        var value = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await socket.ReadAsync(value, ct);
        return value;
    }

    // ok LCA4001: only an exchange that finished gives it back
    public async Task<byte[]> GetOrDestroyAsync(string key, CancellationToken ct)
    {
        var socket = await pool.GetAsync(ct);
        var whole = false;
        try
        {
            await socket.WriteAsync(Encoding.ASCII.GetBytes("mg " + key + " v\r\n"), ct);
            var length = new byte[4];
            await socket.ReadAsync(length, ct);
            var value = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
            await socket.ReadAsync(value, ct);
            whole = true;
            return value;
        }
        finally
        {
            if (whole) socket.Dispose();
            else socket.Destroy();
        }
    }

    public async Task<bool> TouchAsync(string key, TimeSpan patience, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        var socket = await pool.GetAsync(ct);
        try
        {
            var answer = new byte[2];
            await socket.WriteAsync(Encoding.ASCII.GetBytes("mn " + key + "\r\n"), limit.Token);
            await socket.ReadAsync(answer, limit.Token);
            pool.Return(socket);
            return answer[0] == 'O';
        }
        catch (OperationCanceledException ex)
        {
            log.LogWarning(ex, "touch of {Key} gave up", key);
            pool.Return(socket); //! LCA4001
            return false;
        }
        catch
        {
            socket.Destroy();
            throw;
        }
    }

    // ok LCA4001: given up means destroyed
    public async Task<bool> TouchOrDestroyAsync(string key, TimeSpan patience, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        var socket = await pool.GetAsync(ct);
        try
        {
            var answer = new byte[2];
            await socket.WriteAsync(Encoding.ASCII.GetBytes("mn " + key + "\r\n"), limit.Token);
            await socket.ReadAsync(answer, limit.Token);
            pool.Return(socket);
            return answer[0] == 'O';
        }
        catch (OperationCanceledException ex)
        {
            log.LogWarning(ex, "touch of {Key} gave up", key);
            socket.Destroy();
            return false;
        }
        catch
        {
            socket.Destroy();
            throw;
        }
    }
}

public sealed class WireBorrower(WirePool pool)
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

    // ok LCA4001: what the work left behind is closed when it throws
    public async Task<T> WithFreshAsync<T>(Func<WireConnection, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        T result;
        try
        {
            result = await work(connection, ct);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        pool.Return(connection);
        return result;
    }

    public Task<byte[]> VersionAsync(CancellationToken ct) => WithFreshAsync(async (c, t) =>
    {
        await c.SendAsync("version"u8.ToArray(), t);
        return await c.ReceiveAsync(t);
    }, ct);
}

public abstract class WireCommand<TResult>(WirePool pool)
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

public sealed class StatsCommand(WirePool pool) : WireCommand<int>(pool)
{
    protected override async Task<int> ExchangeAsync(WireConnection connection, CancellationToken ct)
    {
        await connection.SendAsync("stats"u8.ToArray(), ct);
        var answer = await connection.ReceiveAsync(ct);
        return answer.Length;
    }
}

/// <summary>A lease that is discarded unless it was completed.</summary>
public sealed class WireLease(WirePool pool, WireConnection connection) : IAsyncDisposable
{
    private bool _complete;

    public WireConnection Connection => connection;

    public void Complete() => _complete = true;

    public async ValueTask DisposeAsync()
    {
        if (_complete) pool.Return(connection);
        else await connection.DisposeAsync();
    }
}

public sealed class LeasedClient(WirePool pool)
{
    // ok LCA4001: an exchange that did not finish never calls Complete
    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        await using var lease = new WireLease(pool, await pool.RentAsync(ct));
        await lease.Connection.SendAsync(question, ct);
        var answer = await lease.Connection.ReceiveAsync(ct);
        lease.Complete();
        return answer;
    }
}

public sealed class SqlKeys(string connectionString)
{
    // ok LCA4001: the driver breaks its connection itself when a command is cancelled
    public async Task<long> CountAsync(CancellationToken ct)
    {
        await using DbConnection connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from keys";
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
