// Leases, iterators and channels: many ways to give a line back too early.
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Acme.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace HeldOut.Isolation.StreamedReplies;

public sealed class Lease(WirePool pool, WireConnection connection) : IAsyncDisposable
{
    private bool _broken;

    public WireConnection Connection => connection;

    public void Break() => _broken = true;

    public ValueTask DisposeAsync()
    {
        if (_broken) return connection.DisposeAsync();
        pool.Return(connection);
        return ValueTask.CompletedTask;
    }
}

public sealed class EagerLease(WirePool pool, WireConnection connection) : IAsyncDisposable
{
    public WireConnection Connection => connection;

    public ValueTask DisposeAsync()
    {
        pool.Return(connection);
        return ValueTask.CompletedTask;
    }
}

public sealed class RowReader(WirePool pool, ILogger<RowReader> log)
{
    private readonly Channel<WireConnection> _lines = Channel.CreateBounded<WireConnection>(8);

    // Whoever breaks off the foreach leaves the rest of the rows in the line.
    public async IAsyncEnumerable<byte[]> RowsAsync(byte[] query, [EnumeratorCancellation] CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(query, ct);
            while (true)
            {
                var row = await connection.ReceiveAsync(ct);
                if (row.Length == 0) break;
                yield return row;
            }
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    // ok LCA4001: only the last row gives the line back
    public async IAsyncEnumerable<byte[]> WholeRowsAsync(byte[] query, [EnumeratorCancellation] CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        var complete = false;
        try
        {
            await connection.SendAsync(query, ct);
            while (true)
            {
                var row = await connection.ReceiveAsync(ct);
                if (row.Length == 0) break;
                yield return row;
            }

            complete = true;
        }
        finally
        {
            if (complete) pool.Return(connection);
            else connection.Dispose();
        }
    }

    public async Task<byte[]> OneAsync(byte[] query, CancellationToken ct)
    {
        await using var lease = new EagerLease(pool, await pool.RentAsync(ct)); //! LCA4001
        await lease.Connection.SendAsync(query, ct);
        return await lease.Connection.ReceiveAsync(ct);
    }

    // ok LCA4001: broken unless it came to its end
    public async Task<byte[]> OneLeasedAsync(byte[] query, CancellationToken ct)
    {
        await using var lease = new Lease(pool, await pool.RentAsync(ct));
        try
        {
            await lease.Connection.SendAsync(query, ct);
            return await lease.Connection.ReceiveAsync(ct);
        }
        catch
        {
            lease.Break();
            throw;
        }
    }

    public async Task<byte[]?> ThroughChannelAsync(byte[] query, CancellationToken ct)
    {
        var line = await _lines.Reader.ReadAsync(ct); //? LCA3004
        try
        {
            await line.SendAsync(query, ct);
            return await line.ReceiveAsync(ct);
        }
        catch (OperationCanceledException)
        {
            log.LogInformation("gave up");
            return null;
        }
        finally
        {
            _lines.Writer.TryWrite(line); //! LCA4001
        }
    }

    // ok LCA4001: the line that was cut is replaced in the channel
    public async Task<byte[]> ThroughChannelRenewedAsync(byte[] query, CancellationToken ct)
    {
        var line = await _lines.Reader.ReadAsync(ct); //? LCA3004
        try
        {
            await line.SendAsync(query, ct);
            var answer = await line.ReceiveAsync(ct);
            _lines.Writer.TryWrite(line);
            return answer;
        }
        catch
        {
            line.Dispose();
            _lines.Writer.TryWrite(await WireConnection.ConnectAsync("db", 7000, CancellationToken.None)); //? LCA1008
            throw;
        }
    }

    public async Task<int> BatchAsync(IReadOnlyList<byte[]> questions, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        var n = 0;
        try
        {
            foreach (var question in questions) await connection.SendAsync(question, ct);
            foreach (var _ in questions)
            {
                var answer = await connection.ReceiveAsync(ct);
                if (answer.Length == 0) return n;
                n++;
            }
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }

        return n;
    }
}

public sealed class WirePolicy : PooledObjectPolicy<WireConnection>
{
    public override WireConnection Create() => WireConnection.ConnectAsync("db", 7000, CancellationToken.None).GetAwaiter().GetResult(); //? LCA1008

    public override bool Return(WireConnection obj) => obj.IsOpen;
}

public sealed class ObjectPoolUser(ObjectPool<WireConnection> pool)
{
    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        var connection = pool.Get(); //? LCA3004
        try
        {
            await connection.SendAsync(question, ct);
            return await connection.ReceiveAsync(ct);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    // ok LCA4001: the policy asks IsOpen, and what was cut short is closed
    public async Task<byte[]> AskClosedAsync(byte[] question, CancellationToken ct)
    {
        var connection = pool.Get(); //? LCA3004
        try
        {
            await connection.SendAsync(question, ct);
            return await connection.ReceiveAsync(ct);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        finally
        {
            pool.Return(connection);
        }
    }
}

public sealed class DoorDevice(WireConnection door, ILogger<DoorDevice> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _timeouts;

    public async Task<bool> OpenAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await door.SendAsync("OPEN"u8.ToArray(), ct);
            var answer = await door.ReceiveAsync(ct).WaitAsync(TimeSpan.FromSeconds(2), ct); //? LCA1004
            return answer is [1, ..];
        }
        catch (TimeoutException) //! LCA4001
        {
            _timeouts++;
            return false;
        }
        finally
        {
            _gate.Release(); //? LCA4001
        }
    }

    // ok LCA4001: answers carry the number of their question
    public async Task<byte[]> AskNumberedAsync(byte id, byte[] body, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await door.SendAsync((byte[])[id, .. body], ct);
            while (true)
            {
                var answer = await door.ReceiveAsync(ct);
                if (answer[0] == id) return answer;
                log.LogDebug("answer {Id} of an earlier question", answer[0]);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public int Timeouts => _timeouts;
}
