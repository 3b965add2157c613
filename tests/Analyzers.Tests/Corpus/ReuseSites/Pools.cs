// Pools of many kinds; what has lain in one for a while may be dead.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;
using Acme.Wire;
using Microsoft.Extensions.ObjectPool;

namespace Sites.Reuse.Pools;

/// <summary>Memcached over a bag.</summary>
public sealed class MemcachedPool(Func<WireConnection> dial)
{
    private readonly ConcurrentBag<WireConnection> _idle = [];

    public async Task<byte[]> GetAsync(byte[] key, CancellationToken ct)
    {
        if (!_idle.TryTake(out var connection)) connection = dial(); //! LCA3004
        try
        {
            var value = await connection.RequestAsync(key, ct);
            _idle.Add(connection);
            return value;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // ok LCA3004: dead ones are thrown away until one lives
    public async Task<byte[]> GetAliveAsync(byte[] key, CancellationToken ct)
    {
        WireConnection? connection;
        while (_idle.TryTake(out connection))
        {
            if (connection.IsOpen) break;
            connection.Dispose();
        }

        connection ??= dial();
        try
        {
            var value = await connection.RequestAsync(key, ct);
            _idle.Add(connection);
            return value;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // ok LCA3004: taken out in order to be closed
    public void Drain()
    {
        while (_idle.TryTake(out var connection)) connection.Dispose();
    }
}

/// <summary>Rent and Return for others; what Rent gives has not been looked at.</summary>
public sealed class PrinterPool(Func<TcpClient> dial)
{
    private readonly ConcurrentQueue<TcpClient> _idle = new();

    public TcpClient Rent()
    {
        if (_idle.TryDequeue(out var client)) //! LCA3004
            return client;
        return dial();
    }

    public void Return(TcpClient client) => _idle.Enqueue(client);
}

public sealed class ProbedPrinterPool(Func<TcpClient> dial)
{
    private readonly ConcurrentQueue<TcpClient> _idle = new();

    // ok LCA3004: probed before it is handed out
    public TcpClient Rent()
    {
        while (_idle.TryDequeue(out var client))
        {
            if (IsAlive(client)) return client;
            client.Dispose();
        }

        return dial();
    }

    public void Return(TcpClient client) => _idle.Enqueue(client);

    private static bool IsAlive(TcpClient client)
    {
        try
        {
            return !(client.Client.Poll(0, SelectMode.SelectRead) && client.Client.Available == 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}

/// <summary>Its age is not its health.</summary>
public sealed class AgedPool(Func<WireConnection> dial, TimeSpan maxIdle)
{
    private readonly record struct Idle(WireConnection Connection, long Since);

    private readonly ConcurrentStack<Idle> _idle = new();

    public WireConnection Rent()
    {
        while (_idle.TryPop(out var idle)) //! LCA3004
        {
            if (Stopwatch.GetElapsedTime(idle.Since) < maxIdle) return idle.Connection;
            idle.Connection.Dispose();
        }

        return dial();
    }

    // ok LCA3004: age first, health after it
    public WireConnection RentAlive()
    {
        while (_idle.TryPop(out var idle))
        {
            if (Stopwatch.GetElapsedTime(idle.Since) < maxIdle && idle.Connection.IsOpen) return idle.Connection;
            idle.Connection.Dispose();
        }

        return dial();
    }

    public void Return(WireConnection connection) => _idle.Push(new Idle(connection, Stopwatch.GetTimestamp()));
}

/// <summary>Connected is a check, if a poor one.</summary>
public sealed class ConnectedPool(Func<Socket> dial)
{
    private readonly ConcurrentBag<Socket> _idle = [];

    // ok LCA3004: it is LCA2003 that speaks here
    public Socket Rent()
    {
        while (_idle.TryTake(out var socket))
        {
            if (socket.Connected) return socket; //! LCA2003
            socket.Dispose();
        }

        return dial();
    }

    public void Return(Socket socket) => _idle.Add(socket);
}

/// <summary>A private taking out: each caller looks for itself, or does not.</summary>
public sealed class LookupPool(Func<WireConnection> dial)
{
    private readonly Stack<WireConnection> _free = new();

    // ok LCA3004: private, and every caller checks
    private WireConnection? Take()
    {
        lock (_free) return _free.TryPop(out var connection) ? connection : null;
    }

    private void Give(WireConnection connection)
    {
        lock (_free) _free.Push(connection);
    }

    public void Tell(byte[] line)
    {
        var connection = Take();
        if (connection is not { IsOpen: true })
        {
            connection?.Dispose();
            connection = dial();
        }

        try
        {
            connection.Send(line);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        Give(connection);
    }
}

public sealed class HastyLookupPool(Func<WireConnection> dial)
{
    private readonly Stack<WireConnection> _free = new();

    private WireConnection? Take()
    {
        lock (_free)
        {
            if (_free.Count == 0) return null;
            return _free.Pop(); //! LCA3004
        }
    }

    public void Tell(byte[] line)
    {
        var connection = Take() ?? dial();
        try
        {
            connection.Send(line);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        lock (_free) _free.Push(connection);
    }
}

/// <summary>A bounded channel as a pool.</summary>
public sealed class ChannelPool
{
    private readonly Channel<WireConnection> _free = Channel.CreateBounded<WireConnection>(8);

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        var connection = await _free.Reader.ReadAsync(ct); //! LCA3004
        try
        {
            var answer = await connection.RequestAsync(question, ct);
            Return(connection);
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // ok LCA3004: pinged before it is used
    public async Task<byte[]> AskPingedAsync(byte[] question, CancellationToken ct)
    {
        var connection = await _free.Reader.ReadAsync(ct);
        while (!await connection.PingAsync(ct))
        {
            connection.Dispose();
            connection = await _free.Reader.ReadAsync(ct);
        }

        try
        {
            var answer = await connection.RequestAsync(question, ct);
            Return(connection);
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Return(WireConnection connection)
    {
        if (!_free.Writer.TryWrite(connection)) connection.Dispose();
    }
}

/// <summary>The extension library's pool.</summary>
public sealed class PooledLabels(ObjectPool<WireConnection> pool)
{
    public void Print(byte[] label)
    {
        var printer = pool.Get(); //! LCA3004
        printer.Send(label);
        pool.Return(printer);
    }

    // ok LCA3004: a dead one does not come back
    public void PrintChecked(byte[] label)
    {
        var printer = pool.Get();
        if (!printer.IsOpen)
        {
            printer.Dispose();
            throw new IOException("the printer is gone");
        }

        printer.Send(label);
        pool.Return(printer);
    }
}

/// <summary>Tries what is idle, throws away what fails, takes another.</summary>
public sealed class TryingPool(Func<WireConnection> dial)
{
    private readonly ConcurrentQueue<WireConnection> _idle = new();

    // ok LCA3004: the use stands in a try that discards and takes another
    public void Tell(byte[] line)
    {
        while (_idle.TryDequeue(out var connection))
        {
            try
            {
                connection.Send(line);
                _idle.Enqueue(connection);
                return;
            }
            catch (IOException)
            {
                connection.Dispose();
            }
        }

        var fresh = dial();
        try
        {
            fresh.Send(line);
            _idle.Enqueue(fresh);
        }
        catch
        {
            fresh.Dispose();
            throw;
        }
    }
}

/// <summary>Queues that are no pools.</summary>
public sealed class Dispatcher
{
    private readonly ConcurrentQueue<Func<WireConnection, Task>> _jobs = new();
    private readonly BlockingCollection<TcpClient> _accepted = new(32);

    // ok LCA3004: jobs
    public async Task RunAsync(WireConnection connection)
    {
        while (_jobs.TryDequeue(out var job)) await job(connection);
    }

    // ok LCA3004: fresh from the listener, each goes through once
    public void Serve(Action<TcpClient> serve)
    {
        foreach (var client in _accepted.GetConsumingEnumerable())
        {
            using (client) serve(client);
        }
    }

    public void Add(Func<WireConnection, Task> job) => _jobs.Enqueue(job);

    public void Accept(TcpClient client) => _accepted.Add(client); //? LCA1007
}
