// Pools of connections: what was idle may have died meanwhile.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Acme.Wire;
using Microsoft.Extensions.ObjectPool;

namespace Second.Reuse.IdlePools;

/// <summary>Rent and Return of a concurrent queue.</summary>
public sealed class QueuePool(string host, int port)
{
    private readonly ConcurrentQueue<WireConnection> _idle = new();

    public async ValueTask<WireConnection> RentAsync(CancellationToken ct)
    {
        if (_idle.TryDequeue(out var connection)) return connection; //! LCA3004
        return await WireConnection.ConnectAsync(host, port, ct);
    }

    public void Return(WireConnection connection)
    {
        if (connection.IsOpen) _idle.Enqueue(connection);
        else connection.Dispose();
    }
}

public sealed class CheckedQueuePool(string host, int port)
{
    private readonly ConcurrentQueue<WireConnection> _idle = new();

    public async ValueTask<WireConnection> RentAsync(CancellationToken ct)
    {
        while (_idle.TryDequeue(out var connection))
        {
            if (connection.IsOpen) return connection;
            await connection.DisposeAsync();
        }

        return await WireConnection.ConnectAsync(host, port, ct);
    }

    public async ValueTask<WireConnection> RentPingedAsync(CancellationToken ct)
    {
        while (_idle.TryDequeue(out var connection))
        {
            if (await connection.PingAsync(ct)) return connection;
            await connection.DisposeAsync();
        }

        return await WireConnection.ConnectAsync(host, port, ct);
    }

    public void Return(WireConnection connection) => _idle.Enqueue(connection);
}

/// <summary>Entries with a time stamp: age is no proof of life.</summary>
public sealed class AgingPool(string host, int port)
{
    private readonly record struct Entry(WireConnection Connection, long Since);

    private readonly ConcurrentStack<Entry> _idle = new();

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        WireConnection? connection = null;
        while (_idle.TryPop(out var entry)) //! LCA3004
        {
            if (Environment.TickCount64 - entry.Since < 30_000)
            {
                connection = entry.Connection;
                break;
            }

            entry.Connection.Dispose();
        }

        connection ??= await WireConnection.ConnectAsync(host, port, ct);
        try
        {
            var answer = await connection.RequestAsync(question, ct);
            _idle.Push(new Entry(connection, Environment.TickCount64));
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public async Task<byte[]> AskAgedAndOpenAsync(byte[] question, CancellationToken ct)
    {
        WireConnection? connection = null;
        while (_idle.TryPop(out var entry))
        {
            if (Environment.TickCount64 - entry.Since < 30_000 && entry.Connection.IsOpen)
            {
                connection = entry.Connection;
                break;
            }

            entry.Connection.Dispose();
        }

        connection ??= await WireConnection.ConnectAsync(host, port, ct);
        try
        {
            var answer = await connection.RequestAsync(question, ct);
            _idle.Push(new Entry(connection, Environment.TickCount64));
            return answer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

/// <summary>A channel as pool.</summary>
public sealed class ChannelPool
{
    private readonly Channel<Socket> _free = Channel.CreateBounded<Socket>(8);
    private readonly Func<Socket> _dial;

    public ChannelPool(Func<Socket> dial) => _dial = dial;

    public async Task SayAsync(ReadOnlyMemory<byte> word, CancellationToken ct)
    {
        var socket = _free.Reader.TryRead(out var idle) ? idle : _dial(); //! LCA3004
        try
        {
            await socket.SendAsync(word, SocketFlags.None, ct);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        if (!_free.Writer.TryWrite(socket)) socket.Dispose();
    }

    public async Task SayProbedAsync(ReadOnlyMemory<byte> word, CancellationToken ct)
    {
        Socket? socket = null;
        while (_free.Reader.TryRead(out var idle))
        {
            if (!(idle.Poll(0, SelectMode.SelectRead) && idle.Available == 0))
            {
                socket = idle;
                break;
            }

            idle.Dispose();
        }

        socket ??= _dial();
        try
        {
            await socket.SendAsync(word, SocketFlags.None, ct);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        if (!_free.Writer.TryWrite(socket)) socket.Dispose();
    }
}

/// <summary>Object pools and collections of the base library.</summary>
public sealed class PooledReporter(ObjectPool<WireConnection> pool)
{
    public async Task ReportAsync(byte[] report)
    {
        var connection = pool.Get(); //! LCA3004
        try
        {
            await connection.SendAsync(report);
        }
        finally
        {
            pool.Return(connection);
        }
    }

    public async Task ReportOpenAsync(byte[] report)
    {
        var connection = pool.Get();
        try
        {
            if (!connection.IsOpen) throw new InvalidOperationException("closed while idle");
            await connection.SendAsync(report);
        }
        finally
        {
            pool.Return(connection);
        }
    }
}

public sealed class BlockingPool : IDisposable
{
    private readonly BlockingCollection<WireConnection> _lines = new(4);

    public BlockingPool(string host)
    {
        for (var i = 0; i < 4; i++) _lines.Add(WireConnection.Connect(host, 1, TimeSpan.FromSeconds(1)));
    }

    public void Tell(ReadOnlySpan<byte> news)
    {
        var line = _lines.Take(); //! LCA3004
        try
        {
            line.Send(news);
        }
        finally
        {
            _lines.Add(line);
        }
    }

    public void TellOrReplace(byte[] news, Func<WireConnection> open)
    {
        var line = _lines.Take();
        if (!line.IsOpen)
        {
            line.Dispose();
            line = open();
        }

        try
        {
            line.Send(news);
        }
        finally
        {
            _lines.Add(line);
        }
    }

    public void Dispose()
    {
        _lines.CompleteAdding();
        while (_lines.TryTake(out var line)) line.Dispose();
    }
}

/// <summary>A list or a linked list under a lock.</summary>
public sealed class ListPool(Func<WireConnection> open)
{
    private readonly List<WireConnection> _idle = new();
    private readonly LinkedList<WireConnection> _recent = new();

    public WireConnection Acquire()
    {
        lock (_idle)
        {
            if (_idle.Count > 0)
            {
                var last = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1); //? LCA3004
                return last; //? LCA3004
            }
        }

        return open();
    }

    public void Release(WireConnection connection)
    {
        lock (_idle) _idle.Add(connection);
    }

    public WireConnection AcquireChecked()
    {
        lock (_recent)
        {
            while (_recent.First is { } node)
            {
                _recent.RemoveFirst();
                if (node.Value.IsOpen) return node.Value;
                node.Value.Dispose();
            }
        }

        return open();
    }

    public void ReleaseRecent(WireConnection connection)
    {
        lock (_recent) _recent.AddFirst(connection);
    }
}

/// <summary>Neither of these is a pool: each connection goes through once.</summary>
public sealed class Intake
{
    private readonly ConcurrentQueue<Socket> _arrived = new();
    private readonly ConcurrentQueue<Action> _jobs = new();
    private readonly ConcurrentQueue<byte[]> _frames = new();

    public void Arrive(Socket socket) => _arrived.Enqueue(socket);

    public void Enqueue(Action job) => _jobs.Enqueue(job);

    public void Greet()
    {
        while (_arrived.TryDequeue(out var socket)) // ok LCA3004: nothing is given back
        {
            try
            {
                socket.Send("220\r\n"u8);
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }
    }

    public void Work()
    {
        if (_jobs.TryDequeue(out var job)) job();
        if (_frames.TryDequeue(out var frame)) _frames.Enqueue(frame);
    }
}
