// Exchanges and what is given back.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Outfits.Leases;

public sealed class MemcachedConnection(Stream stream) : IDisposable
{
    public bool IsAlive { get; private set; } = true;
    public Stream Stream => stream;
    public ValueTask WriteAsync(ReadOnlyMemory<byte> request, CancellationToken ct) => stream.WriteAsync(request, ct);
    public Task SendAsync(string s, CancellationToken ct) => stream.WriteAsync(Encoding.ASCII.GetBytes(s), ct).AsTask();
    public async Task<byte[]> ReadReplyAsync(CancellationToken ct)
    {
        var head = new byte[4];
        await stream.ReadExactlyAsync(head, ct);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
        await stream.ReadExactlyAsync(body, ct);
        return body;
    }
    public void Dispose() { IsAlive = false; stream.Dispose(); }
}

public sealed class NodePool(Func<CancellationToken, Task<MemcachedConnection>> open)
{
    private readonly ConcurrentStack<MemcachedConnection> _idle = new();

    public async Task<MemcachedConnection> RentAsync(CancellationToken ct)
    {
        while (_idle.TryPop(out var c))
        {
            if (c.IsAlive) return c;
            c.Dispose();
        }
        return await open(ct);
    }

    public void Return(MemcachedConnection connection) => _idle.Push(connection);
    public void Discard(MemcachedConnection connection) => connection.Dispose();
}

// 1 bug
public sealed class FinallyReturns(NodePool pool)
{
    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        var c = await pool.RentAsync(ct);
        try
        {
            await c.WriteAsync(request, ct);
            return await c.ReadReplyAsync(ct);
        }
        finally
        {
            pool.Return(c); //! LCA4001
        }
    }
}

// 2 correct: a flag
public sealed class FlagReturns(NodePool pool)
{
    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        var c = await pool.RentAsync(ct);
        var clean = false;
        try
        {
            await c.WriteAsync(request, ct);
            var reply = await c.ReadReplyAsync(ct);
            clean = true;
            return reply;
        }
        finally
        {
            if (clean) pool.Return(c);
            else pool.Discard(c);
        }
    }
}

// 3 correct: nulling ownership
public sealed class OwnershipReturns(NodePool pool)
{
    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        MemcachedConnection? c = await pool.RentAsync(ct);
        try
        {
            await c.WriteAsync(request, ct);
            var reply = await c.ReadReplyAsync(ct);
            pool.Return(c);
            c = null;
            return reply;
        }
        finally
        {
            c?.Dispose();
        }
    }
}

// 4 lease struct, bug at using
public readonly struct Lease(NodePool pool, MemcachedConnection connection) : IDisposable
{
    public MemcachedConnection Connection => connection;
    public void Dispose() => pool.Return(connection);
}

public sealed class LeaseUser(NodePool pool)
{
    private async Task<Lease> LeaseAsync(CancellationToken ct) => new(pool, await pool.RentAsync(ct));

    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        using var lease = await LeaseAsync(ct); //! LCA4001
        await lease.Connection.WriteAsync(request, ct);
        return await lease.Connection.ReadReplyAsync(ct);
    }
}

// 5 correct: lease that must be completed
public sealed class CompletingLease(NodePool pool, MemcachedConnection connection) : IAsyncDisposable
{
    private bool _complete;
    public MemcachedConnection Connection => connection;
    public void Complete() => _complete = true;
    public ValueTask DisposeAsync()
    {
        if (_complete) pool.Return(connection);
        else pool.Discard(connection);
        return ValueTask.CompletedTask;
    }
}

public sealed class CompletingUser(NodePool pool)
{
    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        await using var lease = new CompletingLease(pool, await pool.RentAsync(ct));
        await lease.Connection.WriteAsync(request, ct);
        var reply = await lease.Connection.ReadReplyAsync(ct);
        lease.Complete();
        return reply;
    }
}

// 6 bug: borrow helper
public sealed class Borrow(NodePool pool)
{
    public async Task<T> WithAsync<T>(Func<MemcachedConnection, Task<T>> work, CancellationToken ct)
    {
        var c = await pool.RentAsync(ct);
        try
        {
            return await work(c);
        }
        finally
        {
            pool.Return(c); //! LCA4001
        }
    }

    public Task<byte[]> GetAsync(byte[] request, CancellationToken ct) => WithAsync(
        async c =>
        {
            await c.WriteAsync(request, ct);
            return await c.ReadReplyAsync(ct);
        },
        ct);
}

// 7 correct: borrow helper that discards on any failure
public sealed class CarefulBorrow(NodePool pool)
{
    public async Task<T> WithAsync<T>(Func<MemcachedConnection, Task<T>> work, CancellationToken ct)
    {
        var c = await pool.RentAsync(ct);
        T result;
        try
        {
            result = await work(c);
        }
        catch
        {
            pool.Discard(c);
            throw;
        }

        pool.Return(c);
        return result;
    }

    public Task<byte[]> GetAsync(byte[] request, CancellationToken ct) => WithAsync(
        async c =>
        {
            await c.WriteAsync(request, ct);
            return await c.ReadReplyAsync(ct);
        },
        ct);
}

// 8 bug: cached field, a swallowed timeout
public sealed class CachedSwallow(TcpClient client)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<byte[]?> AskAsync(byte[] request)
    {
        await _gate.WaitAsync();
        try
        {
            using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            var stream = client.GetStream();
            await stream.WriteAsync(request, cts.Token);
            var reply = new byte[8];
            await stream.ReadExactlyAsync(reply, cts.Token);
            return reply;
        }
        catch (OperationCanceledException) //! LCA4001
        {
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }
}

// 9 correct: cached field, the timeout drops it
public sealed class CachedDrop(Func<Task<TcpClient>> dial)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private TcpClient? _client;

    public async Task<byte[]?> AskAsync(byte[] request)
    {
        await _gate.WaitAsync();
        try
        {
            using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            _client ??= await dial();
            var stream = _client.GetStream();
            await stream.WriteAsync(request, cts.Token); //? LCA3001
            var reply = new byte[8];
            await stream.ReadExactlyAsync(reply, cts.Token);
            return reply;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            _client?.Dispose();
            _client = null;
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }
}

// 10 correct: matched by id
public sealed class Correlated(Stream stream)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private int _id;

    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _id);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            BinaryPrimitives.WriteInt32BigEndian(request, id);
            await _writing.WaitAsync(ct);
            try
            {
                await stream.WriteAsync(request, CancellationToken.None);
            }
            finally
            {
                _writing.Release();
            }

            return await answer.Task.WaitAsync(ct);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }
}

// 11 correct: synchronous, every failure closes
public sealed class ModbusMaster(Func<TcpClient> dial)
{
    private readonly object _sync = new();
    private TcpClient? _client;

    public byte[] Exchange(byte[] frame)
    {
        lock (_sync)
        {
            var client = _client is { Connected: true } c ? c : _client = dial();
            client.ReceiveTimeout = 500;
            try
            {
                var stream = client.GetStream();
                stream.Write(frame);
                var head = new byte[7];
                stream.ReadExactly(head);
                var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(4))];
                stream.ReadExactly(body);
                return body;
            }
            catch
            {
                client.Dispose();
                _client = null;
                throw;
            }
        }
    }
}

// 12 bug: synchronous with a receive timeout and no catch
public sealed class SlackModbusMaster
{
    private readonly object _sync = new();
    private readonly TcpClient _client;

    public SlackModbusMaster(string host)
    {
        _client = new TcpClient(host, 502) { ReceiveTimeout = 500 };
    }

    public byte[] Exchange(byte[] frame)
    {
        lock (_sync)
        {
            var stream = _client.GetStream();
            stream.Write(frame);
            var head = new byte[7];
            stream.ReadExactly(head);
            var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(4))];
            stream.ReadExactly(body);
            return body;
        } //! LCA4001
    }
}

// 13 correct: only writes, a fire-and-forget protocol
public sealed class StatsSender(NodePool pool)
{
    public async Task CountAsync(string name, CancellationToken ct)
    {
        var c = await pool.RentAsync(ct);
        try
        {
            await c.SendAsync(name + ":1|c\n", CancellationToken.None);
        }
        finally
        {
            if (c.IsAlive) pool.Return(c);
            else c.Dispose();
        }
    }
}

// 14 bug: returned after the timeout's catch
public sealed class CaughtThenReturned(NodePool pool)
{
    public async Task<byte[]?> AskAsync(byte[] request, TimeSpan patience)
    {
        using var cts = new CancellationTokenSource(patience);
        var c = await pool.RentAsync(cts.Token);
        byte[]? reply = null;
        try
        {
            await c.WriteAsync(request, cts.Token);
            reply = await c.ReadReplyAsync(cts.Token);
        }
        catch (OperationCanceledException)
        {
            // slow node
        }

        pool.Return(c); //! LCA4001
        return reply;
    }
}
