using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using Acme.Wire;
using Microsoft.Extensions.ObjectPool;

namespace Clauses.GivenBack;

public sealed class KeyValueClient(WirePool pool)
{
    public async Task<byte[]> GetAsync(byte[] request, CancellationToken stop)
    {
        var connection = await pool.RentAsync(stop);
        try
        {
            await connection.SendAsync(request, stop);
            return await connection.ReceiveAsync(stop);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    public async Task<byte[]> GetKeptAsync(byte[] request, CancellationToken stop)
    {
        var connection = await pool.RentAsync(stop);
        var whole = false;
        try
        {
            await connection.SendAsync(request, stop);
            var answer = await connection.ReceiveAsync(stop);
            whole = true;
            return answer;
        }
        finally
        {
            if (whole) pool.Return(connection);
            else connection.Dispose();
        }
    }

    public async Task<byte[]?> GetTimedAsync(byte[] request, CancellationToken stop)
    {
        var connection = await pool.RentAsync(stop);
        byte[]? answer = null;
        try
        {
            await connection.SendAsync(request, stop);
            answer = await connection.ReceiveAsync(stop).WaitAsync(TimeSpan.FromSeconds(1), stop); //? LCA1004
        }
        catch (TimeoutException)
        {
        }

        pool.Return(connection); //! LCA4001
        return answer;
    }

    public async Task<byte[]> GetOrDropAsync(byte[] request, CancellationToken stop)
    {
        var connection = await pool.RentAsync(stop);
        try
        {
            await connection.SendAsync(request, stop);
            var answer = await connection.ReceiveAsync(stop);
            pool.Return(connection);
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

public sealed class WireLease(WireConnection connection, WirePool pool) : IDisposable
{
    public WireConnection Connection => connection;

    public void Dispose() => pool.Return(connection);
}

public sealed class LeasingClient(WirePool pool)
{
    public async Task<byte[]> AskAsync(byte[] request, CancellationToken stop)
    {
        using var lease = new WireLease(await pool.RentAsync(stop), pool); //! LCA4001
        await lease.Connection.SendAsync(request, stop);
        return await lease.Connection.ReceiveAsync(stop);
    }
}

public sealed class Borrower(WirePool pool)
{
    public async Task<T> WithAsync<T>(Func<WireConnection, Task<T>> work, CancellationToken stop)
    {
        var connection = await pool.RentAsync(stop);
        try
        {
            return await work(connection);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    public async Task<T> WithOrDropAsync<T>(Func<WireConnection, Task<T>> work, CancellationToken stop)
    {
        var connection = await pool.RentAsync(stop);
        T answer;
        try
        {
            answer = await work(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        pool.Return(connection);
        return answer;
    }
}

public sealed class InverterClient
{
    private readonly object _lock = new object();
    private readonly NetworkStream _stream;
    private readonly byte[] _answer = new byte[64];

    public InverterClient(NetworkStream stream)
    {
        _stream = stream;
        _stream.ReadTimeout = 500;
    }

    public int Read(byte[] request)
    {
        lock (_lock)
        {
            try
            {
                _stream.Write(request, 0, request.Length);
                return _stream.Read(_answer, 0, _answer.Length);
            }
            catch (IOException) //! LCA4001
            {
                return -1;
            }
        }
    }

    public int ReadOrClose(byte[] request)
    {
        lock (_lock)
        {
            try
            {
                _stream.Write(request, 0, request.Length);
                return _stream.Read(_answer, 0, _answer.Length);
            }
            catch (IOException)
            {
                _stream.Close();
                return -1;
            }
        }
    }
}

public sealed class StatsShouter
{
    private readonly ConcurrentQueue<UdpClient> _idle = new();

    public async Task ShoutAsync(byte[] datagram, CancellationToken stop)
    {
        if (!_idle.TryDequeue(out var udp)) udp = new UdpClient("stats", 8125);
        try
        {
            await udp.SendAsync(datagram, stop);
        }
        finally
        {
            _idle.Enqueue(udp);
        }
    }
}

public sealed class Rows(Npgsql.NpgsqlDataSource source)
{
    public async Task<object?> OneAsync(string sql, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(stop);
    }
}

public sealed class PooledSockets(ObjectPool<Socket> pool)
{
    public async Task<int> QueryAsync(byte[] request, byte[] answer, CancellationToken stop)
    {
        var socket = pool.Get(); //? LCA3004
        try
        {
            await socket.SendAsync(request, stop);
            return await socket.ReceiveAsync(answer, stop);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        finally
        {
            pool.Return(socket); //! LCA4001
        }
    }
}

public sealed class GatedWire(WireConnection connection)
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task<byte[]> AskAsync(byte[] request, CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            await connection.SendAsync(request, stop);
            return await connection.ReceiveAsync(stop);
        }
        finally
        {
            _one.Release(); //! LCA4001
        }
    }

    public async Task<byte[]> AskOrCloseAsync(byte[] request, CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            await connection.SendAsync(request, stop);
            return await connection.ReceiveAsync(stop);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        finally
        {
            _one.Release();
        }
    }
}
