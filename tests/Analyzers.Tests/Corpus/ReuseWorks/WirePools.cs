// Pools of request connections: queues, stacks, channels and object pools of a log shipper, a print server and a search gateway.
using System.Collections.Concurrent;
using System.Threading.Channels;
using Acme.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace Works.Reuse.WirePools;

/// <summary>Log shipper: idle connections in a queue, oldest first.</summary>
public sealed class LogShipper(string host, ILogger<LogShipper> log)
{
    private readonly ConcurrentQueue<WireConnection> _idle = new();

    public async Task ShipAsync(ReadOnlyMemory<byte> batch, CancellationToken ct)
    {
        if (!_idle.TryDequeue(out var connection)) //! LCA3004
        {
            log.LogDebug("nothing idle, dialling");
            connection = await WireConnection.ConnectAsync(host, 5044, ct);
        }

        try
        {
            await connection.RequestAsync(batch, ct);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        _idle.Enqueue(connection);
    }

    public async Task ShipCheckedAsync(ReadOnlyMemory<byte> batch, CancellationToken ct)
    {
        WireConnection? connection;
        while (_idle.TryDequeue(out connection) && !connection.IsOpen) connection.Dispose(); // ok LCA3004: the closed ones go
        connection ??= await WireConnection.ConnectAsync(host, 5044, ct);
        try
        {
            await connection.RequestAsync(batch, ct);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        _idle.Enqueue(connection);
    }

    /// <summary>Whatever fails is discarded and the next one tried, a fresh one last.</summary>
    public async Task ShipTryingAsync(ReadOnlyMemory<byte> batch, CancellationToken ct)
    {
        while (_idle.TryDequeue(out var connection)) // ok LCA3004: a dead one costs one round
        {
            try
            {
                await connection.SendAsync(batch, ct); //? LCA3005
                _idle.Enqueue(connection);
                return;
            }
            catch (WireException e)
            {
                log.LogDebug(e, "stale connection discarded");
                connection.Dispose();
            }
        }

        var fresh = await WireConnection.ConnectAsync(host, 5044, ct);
        try
        {
            await fresh.SendAsync(batch, ct); //? LCA3005
            _idle.Enqueue(fresh);
        }
        catch
        {
            fresh.Dispose();
            throw;
        }
    }
}

/// <summary>A pool class of its own with Rent and Return.</summary>
public sealed class SearchPool(string host) : IDisposable
{
    private readonly Stack<WireConnection> _free = new();

    public async ValueTask<WireConnection> RentAsync(CancellationToken ct)
    {
        lock (_free)
        {
            if (_free.TryPop(out var free)) return free; //! LCA3004
        }

        return await WireConnection.ConnectAsync(host, 9300, ct);
    }

    public async ValueTask<WireConnection> RentCheckedAsync(CancellationToken ct)
    {
        lock (_free)
        {
            while (_free.TryPop(out var free)) // ok LCA3004: asked before it leaves
            {
                if (free.IsOpen) return free;
                free.Dispose();
            }
        }

        return await WireConnection.ConnectAsync(host, 9300, ct);
    }

    public void Return(WireConnection connection)
    {
        lock (_free)
        {
            if (_free.Count < 16)
            {
                _free.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    public void Dispose()
    {
        lock (_free)
        {
            while (_free.TryPop(out var free)) free.Dispose(); // ok LCA3004: taken out to be closed
        }
    }
}

/// <summary>Age is all that is asked.</summary>
public sealed class AgedPool(string host)
{
    private static readonly TimeSpan s_maxIdle = TimeSpan.FromSeconds(60);
    private readonly ConcurrentStack<(WireConnection Connection, long Since)> _idle = new();

    public async Task<byte[]> AskAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        WireConnection? connection = null;
        while (connection is null && _idle.TryPop(out var entry)) //! LCA3004
        {
            if (TimeProvider.System.GetElapsedTime(entry.Since) < s_maxIdle) connection = entry.Connection;
            else entry.Connection.Dispose();
        }

        connection ??= await WireConnection.ConnectAsync(host, 7000, ct);
        try
        {
            var answer = await connection.RequestAsync(question, ct);
            _idle.Push((connection, TimeProvider.System.GetTimestamp()));
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public async Task<byte[]> AskAgedAndOpenAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        WireConnection? connection = null;
        while (connection is null && _idle.TryPop(out var entry)) // ok LCA3004: age and state
        {
            if (TimeProvider.System.GetElapsedTime(entry.Since) < s_maxIdle && entry.Connection.IsOpen) connection = entry.Connection;
            else entry.Connection.Dispose();
        }

        connection ??= await WireConnection.ConnectAsync(host, 7000, ct);
        try
        {
            var answer = await connection.RequestAsync(question, ct);
            _idle.Push((connection, TimeProvider.System.GetTimestamp()));
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

/// <summary>A bounded channel as a pool: filled when it is made, so that waiting for one bounds the number.</summary>
public sealed class BoundedPool
{
    private readonly Channel<WireConnection> _slots = Channel.CreateBounded<WireConnection>(8);
    private readonly string _host;

    private BoundedPool(string host) => _host = host;

    public static async Task<BoundedPool> OpenAsync(string host, CancellationToken ct)
    {
        var pool = new BoundedPool(host);
        for (var i = 0; i < 8; i++) await pool._slots.Writer.WriteAsync(await WireConnection.ConnectAsync(host, 6100, ct), ct);
        return pool;
    }

    public async Task<byte[]> AskAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        var connection = await _slots.Reader.ReadAsync(ct); //! LCA3004
        try
        {
            return await connection.RequestAsync(question, ct);
        }
        finally
        {
            _slots.Writer.TryWrite(connection); //? LCA4001
        }
    }

    public async Task<byte[]> AskCheckedAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        var connection = await _slots.Reader.ReadAsync(ct); // ok LCA3004: asked in the next line
        if (!connection.IsOpen)
        {
            connection.Dispose();
            connection = await WireConnection.ConnectAsync(_host, 6100, ct);
        }

        try
        {
            return await connection.RequestAsync(question, ct);
        }
        finally
        {
            _slots.Writer.TryWrite(connection); //? LCA4001
        }
    }
}

public sealed class WirePolicy(string host) : PooledObjectPolicy<WireConnection>
{
    public override WireConnection Create() => WireConnection.Connect(host, 515, TimeSpan.FromSeconds(3));

    public override bool Return(WireConnection obj) => true;
}

/// <summary>Print jobs over an ObjectPool.</summary>
public sealed class PrintServer(ObjectPool<WireConnection> printers)
{
    public void Print(byte[] job)
    {
        var connection = printers.Get(); //! LCA3004
        connection.Send(job);
        printers.Return(connection);
    }

    public void PrintChecked(byte[] job)
    {
        var connection = printers.Get(); // ok LCA3004: a closed one is not used
        if (!connection.IsOpen)
        {
            connection.Dispose();
            connection = WireConnection.Connect("printer", 515, TimeSpan.FromSeconds(3));
        }

        connection.Send(job);
        printers.Return(connection);
    }
}

/// <summary>Private taking out; each of the callers asks.</summary>
public sealed class MetricsSink(string host)
{
    private readonly ConcurrentBag<WireConnection> _bag = [];

    private WireConnection? Take() => _bag.TryTake(out var connection) ? connection : null; // ok LCA3004: private, and both callers ask

    public void Count(byte[] line)
    {
        var connection = Take();
        if (connection is not { IsOpen: true }) connection = WireConnection.Connect(host, 2003, TimeSpan.FromSeconds(1));
        connection.Send(line);
        _bag.Add(connection);
    }

    public void Gauge(byte[] line)
    {
        var connection = Take();
        if (connection is null || !connection.IsOpen) connection = WireConnection.Connect(host, 2003, TimeSpan.FromSeconds(1));
        connection.Send(line);
        _bag.Add(connection);
    }
}

/// <summary>Private taking out; one of the callers forgot.</summary>
public sealed class ForgetfulSink(string host)
{
    private readonly ConcurrentBag<WireConnection> _bag = [];

    private WireConnection? Take() => _bag.TryTake(out var connection) ? connection : null; //! LCA3004

    public void Count(byte[] line)
    {
        var connection = Take();
        if (connection is not { IsOpen: true }) connection = WireConnection.Connect(host, 2003, TimeSpan.FromSeconds(1));
        connection.Send(line);
        _bag.Add(connection);
    }

    public void Gauge(byte[] line)
    {
        var connection = Take() ?? WireConnection.Connect(host, 2003, TimeSpan.FromSeconds(1));
        connection.Send(line);
        _bag.Add(connection);
    }
}

/// <summary>A queue of jobs, each with the connection that asked for it: each goes through it once.</summary>
public sealed class AnswerQueue
{
    private readonly ConcurrentQueue<(WireConnection Asker, byte[] Answer)> _answers = new();

    public void Post(WireConnection asker, byte[] answer) => _answers.Enqueue((asker, answer));

    public async Task DrainAsync(CancellationToken ct)
    {
        while (_answers.TryDequeue(out var job)) // ok LCA3004: jobs, nothing comes back
        {
            try
            {
                await job.Asker.SendAsync(job.Answer, ct);
            }
            catch (WireException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
    }
}
