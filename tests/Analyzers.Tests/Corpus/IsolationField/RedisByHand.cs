// A redis client by hand: leases, pools, pipelines, and what a timeout leaves in the connection.
using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Field.Redis;

public sealed class RedisException(string message) : Exception(message);

/// <summary>One connection: a command goes out, its reply comes in.</summary>
public sealed class RedisConnection(Socket socket) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    public bool IsConnected => !socket.Poll(0, SelectMode.SelectRead);

    public async Task WriteAsync(string command, CancellationToken ct) =>
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), ct);

    public async Task<string> ReadReplyAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            if (await _stream.ReadAsync(one, ct) == 0) throw new EndOfStreamException();
            if (one[0] == '\n') return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
    }

    public void Dispose() => _stream.Dispose();
}

public sealed class RedisPool(string host, int port)
{
    private readonly ConcurrentQueue<RedisConnection> _idle = new();
    private readonly SemaphoreSlim _places = new(32);

    public async Task<RedisConnection> GetAsync(CancellationToken ct)
    {
        await _places.WaitAsync(ct);
        while (_idle.TryDequeue(out var kept))
        {
            if (kept.IsConnected) return kept;
            kept.Dispose();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, ct);
            return new RedisConnection(socket);
        }
        catch
        {
            socket.Dispose();
            _places.Release();
            throw;
        }
    }

    public void Put(RedisConnection connection)
    {
        _idle.Enqueue(connection);
        _places.Release();
    }

    public void Discard(RedisConnection connection)
    {
        connection.Dispose();
        _places.Release();
    }

    /// <summary>The work decides nothing: its connection comes back in any case.</summary>
    public async Task<T> WithAsync<T>(Func<RedisConnection, Task<T>> work, CancellationToken ct)
    {
        var connection = await GetAsync(ct);
        try
        {
            return await work(connection);
        }
        finally
        {
            Put(connection); //! LCA4001
        }
    }

    public async Task<T> WithWholeAsync<T>(Func<RedisConnection, Task<T>> work, CancellationToken ct)
    {
        var connection = await GetAsync(ct);
        try
        {
            var result = await work(connection);
            Put(connection); // ok LCA4001: the work has ended as it should
            return result;
        }
        catch
        {
            Discard(connection);
            throw;
        }
    }
}

public sealed class RedisCommands(RedisPool pool)
{
    public async Task<string> GetAsync(string key, CancellationToken ct)
    {
        var connection = await pool.GetAsync(ct);
        try
        {
            await connection.WriteAsync("GET " + key, ct);
            return await connection.ReadReplyAsync(ct);
        }
        finally
        {
            pool.Put(connection); //! LCA4001
        }
    }

    public async Task<string?> GetOrNullAsync(string key, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        RedisConnection? connection = null;
        try
        {
            connection = await pool.GetAsync(timeout.Token);
            await connection.WriteAsync("GET " + key, timeout.Token);
            var reply = await connection.ReadReplyAsync(timeout.Token);
            pool.Put(connection); // ok LCA4001: the reply is here
            return reply;
        }
        catch (OperationCanceledException)
        {
            if (connection != null) pool.Put(connection); //! LCA4001
            return null;
        }
    }

    public async Task<string?> GetOrDiscardAsync(string key, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        RedisConnection? connection = null;
        try
        {
            connection = await pool.GetAsync(timeout.Token);
            await connection.WriteAsync("GET " + key, timeout.Token);
            var reply = await connection.ReadReplyAsync(timeout.Token);
            pool.Put(connection); // ok LCA4001: the reply is here
            return reply;
        }
        catch (Exception) when (connection != null)
        {
            pool.Discard(connection);
            return null;
        }
    }

    /// <summary>An error reply is a whole reply; a success flag tells which way it went.</summary>
    public async Task<long> IncrementAsync(string key, CancellationToken ct)
    {
        var connection = await pool.GetAsync(ct);
        var whole = false;
        try
        {
            await connection.WriteAsync("INCR " + key, ct);
            var reply = await connection.ReadReplyAsync(ct);
            whole = true;
            if (reply[0] == '-') throw new RedisException(reply[1..]);
            return long.Parse(reply.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }
        finally
        {
            if (whole) pool.Put(connection); // ok LCA4001: only after the whole reply
            else pool.Discard(connection);
        }
    }

    /// <summary>Ten commands at once, and as many replies as the first error leaves.</summary>
    public async Task<List<string>> PipelineAsync(IReadOnlyList<string> commands, CancellationToken ct)
    {
        var connection = await pool.GetAsync(ct);
        var replies = new List<string>();
        try
        {
            foreach (var command in commands) await connection.WriteAsync(command, ct);
            for (var i = 0; i < commands.Count; i++) replies.Add(await connection.ReadReplyAsync(ct));
            return replies;
        }
        finally
        {
            pool.Put(connection); //! LCA4001
        }
    }

    /// <summary>WaitAsync stops waiting, and the reply comes later, to somebody else.</summary>
    public async Task<string> PingAsync(CancellationToken ct)
    {
        var connection = await pool.GetAsync(ct);
        try
        {
            await connection.WriteAsync("PING", ct);
            var reply = await connection.ReadReplyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(1), ct);
            pool.Put(connection); // ok LCA4001: it was answered in time
            return reply;
        }
        catch (TimeoutException)
        {
            pool.Put(connection); //! LCA4001
            return "";
        }
    }
}

/// <summary>A lease whose Dispose gives the connection back, whatever happened.</summary>
public readonly struct RedisLease(ChannelWriter<RedisConnection> home, RedisConnection connection) : IDisposable
{
    public RedisConnection Connection => connection;

    public void Dispose() => home.TryWrite(connection);
}

/// <summary>A lease that closes the connection unless it was told that the exchange is done.</summary>
public sealed class CarefulLease(ChannelWriter<RedisConnection> home, RedisConnection connection) : IDisposable
{
    private bool _done;

    public RedisConnection Connection => connection;

    public void Complete() => _done = true;

    public void Dispose()
    {
        if (!_done || !home.TryWrite(connection)) connection.Dispose();
    }
}

public sealed class LeasingClient(Func<CancellationToken, Task<RedisConnection>> open)
{
    private readonly Channel<RedisConnection> _idle = Channel.CreateBounded<RedisConnection>(16);

    private async Task<RedisLease> LeaseAsync(CancellationToken ct)
    {
        while (_idle.Reader.TryRead(out var kept))
        {
            if (kept.IsConnected) return new RedisLease(_idle.Writer, kept);
            kept.Dispose();
        }

        return new RedisLease(_idle.Writer, await open(ct));
    }

    private async Task<CarefulLease> LeaseCarefullyAsync(CancellationToken ct)
    {
        while (_idle.Reader.TryRead(out var kept))
        {
            if (kept.IsConnected) return new CarefulLease(_idle.Writer, kept);
            kept.Dispose();
        }

        return new CarefulLease(_idle.Writer, await open(ct));
    }

    public async Task<string> TypeAsync(string key, CancellationToken ct)
    {
        using var lease = await LeaseAsync(ct); //! LCA4001
        await lease.Connection.WriteAsync("TYPE " + key, ct);
        return await lease.Connection.ReadReplyAsync(ct);
    }

    public async Task<string> TypeCarefullyAsync(string key, CancellationToken ct)
    {
        using var lease = await LeaseCarefullyAsync(ct); // ok LCA4001: closed unless completed
        await lease.Connection.WriteAsync("TYPE " + key, ct);
        var type = await lease.Connection.ReadReplyAsync(ct);
        lease.Complete();
        return type;
    }

    /// <summary>A datagram of a kind: nothing is answered, nothing is left behind.</summary>
    public async Task QuitAsync(CancellationToken ct)
    {
        var connection = await open(ct);
        try
        {
            await connection.WriteAsync("QUIT", ct);
        }
        finally
        {
            connection.Dispose(); // ok LCA4001: closed, not given back
        }
    }
}
