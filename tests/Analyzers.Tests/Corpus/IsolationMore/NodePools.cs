// A cache client's own connection, its pools and leases: when does a connection go back though its answer is still under way?
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.ObjectPool;

namespace Corpus.Isolation.NodePools;

public sealed class NodeConnection : IDisposable
{
    private readonly Socket _socket;
    private volatile bool _closed;

    private NodeConnection(Socket socket) => _socket = socket;

    public static async Task<NodeConnection> ConnectAsync(EndPoint node, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(node, ct);
            return new NodeConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public bool IsOpen => !_closed && !(_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0);

    public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        while (frame.Length > 0) frame = frame[await _socket.SendAsync(frame, SocketFlags.None, ct)..];
    }

    public async Task<byte[]> ReceiveAsync(int length, CancellationToken ct)
    {
        var answer = new byte[length];
        for (var read = 0; read < length;)
        {
            var n = await _socket.ReceiveAsync(answer.AsMemory(read), SocketFlags.None, ct);
            if (n == 0) throw new EndOfStreamException();
            read += n;
        }
        return answer;
    }

    public async Task<byte[]> ReceiveAsync(CancellationToken ct)
    {
        var header = await ReceiveAsync(4, ct);
        return await ReceiveAsync(BinaryPrimitives.ReadInt32BigEndian(header), ct);
    }

    public void Dispose()
    {
        _closed = true;
        _socket.Dispose();
    }
}

public sealed class NodePool(EndPoint node)
{
    private readonly ConcurrentStack<NodeConnection> _idle = new();

    public async ValueTask<NodeConnection> RentAsync(CancellationToken ct)
    {
        while (_idle.TryPop(out var connection))
        {
            if (connection.IsOpen) return connection;
            connection.Dispose();
        }
        return await NodeConnection.ConnectAsync(node, ct);
    }

    public void Return(NodeConnection connection)
    {
        if (connection.IsOpen) _idle.Push(connection);
        else connection.Dispose();
    }

    public async ValueTask<NodeLease> LeaseAsync(CancellationToken ct) => new(this, await RentAsync(ct));

    public async ValueTask<CheckedLease> CheckedLeaseAsync(CancellationToken ct) => new(this, await RentAsync(ct));

    /// <summary>Whatever the work throws, the connection goes back.</summary>
    public async Task<T> WithAsync<T>(Func<NodeConnection, Task<T>> work, CancellationToken ct)
    {
        var connection = await RentAsync(ct);
        try
        {
            return await work(connection);
        }
        finally
        {
            Return(connection); //! LCA4001
        }
    }

    // ok LCA4001: only work that ended well gives its connection back
    public async Task<T> WithOrDiscardAsync<T>(Func<NodeConnection, Task<T>> work, CancellationToken ct)
    {
        var connection = await RentAsync(ct);
        try
        {
            var result = await work(connection);
            Return(connection);
            return result;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

/// <summary>Disposing it returns the connection, in every case.</summary>
public sealed class NodeLease(NodePool pool, NodeConnection connection) : IDisposable, IAsyncDisposable
{
    public NodeConnection Connection { get; } = connection;

    public void Dispose() => pool.Return(Connection);

    public ValueTask DisposeAsync()
    {
        pool.Return(Connection);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Disposing it returns the connection when the exchange was declared complete, else closes it.</summary>
public sealed class CheckedLease(NodePool pool, NodeConnection connection) : IDisposable
{
    private bool _complete;

    public NodeConnection Connection { get; } = connection;

    public void Complete() => _complete = true;

    public void Dispose()
    {
        if (_complete) pool.Return(Connection);
        else Connection.Dispose();
    }
}

public sealed class LeasingClient(NodePool pool)
{
    public async Task<byte[]> GetAsync(byte[] request, CancellationToken ct)
    {
        using var lease = await pool.LeaseAsync(ct); //! LCA4001
        await lease.Connection.SendAsync(request, ct);
        return await lease.Connection.ReceiveAsync(ct);
    }

    public async Task<byte[]> GetAsyncDisposedAsync(byte[] request, CancellationToken ct)
    {
        await using var lease = await pool.LeaseAsync(ct).ConfigureAwait(false); //! LCA4001
        var connection = lease.Connection;
        await connection.SendAsync(request, ct).ConfigureAwait(false);
        return await connection.ReceiveAsync(ct).ConfigureAwait(false);
    }

    public async Task<int> CountAsync(byte[] request, CancellationToken ct)
    {
        var count = 0;
        using (var lease = await pool.LeaseAsync(ct)) //! LCA4001
        {
            await lease.Connection.SendAsync(request, ct);
            while (await lease.Connection.ReceiveAsync(ct) is { Length: > 0 }) count++;
        }
        return count;
    }

    // ok LCA4001: what is not complete is closed
    public async Task<byte[]> GetCheckedAsync(byte[] request, CancellationToken ct)
    {
        using var lease = await pool.CheckedLeaseAsync(ct);
        await lease.Connection.SendAsync(request, ct);
        var answer = await lease.Connection.ReceiveAsync(ct);
        lease.Complete();
        return answer;
    }
}

public sealed class RentingClient(NodePool pool)
{
    public async Task<string?> TryGetAsync(string key, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(Encoding.ASCII.GetBytes($"get {key}\r\n"), ct);
            return Encoding.UTF8.GetString(await connection.ReceiveAsync(ct));
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    // ok LCA4001: the catch closes it, and a closed one the pool does not keep
    public async Task<string?> TryGetOrCloseAsync(string key, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(Encoding.ASCII.GetBytes($"get {key}\r\n"), ct);
            return Encoding.UTF8.GetString(await connection.ReceiveAsync(ct));
        }
        catch
        {
            connection.Dispose();
            return null;
        }
        finally
        {
            pool.Return(connection);
        }
    }

    public async Task<byte[]?> GetWithinAsync(byte[] request, TimeSpan limit, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        await connection.SendAsync(request, ct);
        var answer = connection.ReceiveAsync(ct);
        if (await Task.WhenAny(answer, Task.Delay(limit, ct)) != answer) //? LCA1004
        {
            pool.Return(connection); //! LCA4001
            return null;
        }
        var bytes = await answer;
        pool.Return(connection);
        return bytes;
    }

    // ok LCA4001: the late one is closed with its answer
    public async Task<byte[]?> GetWithinOrCloseAsync(byte[] request, TimeSpan limit, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(request, ct);
            var bytes = await connection.ReceiveAsync(ct).WaitAsync(limit, ct);
            pool.Return(connection);
            return bytes;
        }
        catch (TimeoutException)
        {
            connection.Dispose();
            return null;
        }
        catch (Exception)
        {
            connection.Dispose();
            throw;
        }
    }

    public async Task<(bool Found, byte[] Value)> LookUpAsync(byte[] request, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(request, ct);
            var header = await connection.ReceiveAsync(8, ct);
            return header[0] switch
            {
                0 => (true, await connection.ReceiveAsync(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)), ct)),
                1 => (false, []),
                var status => throw new InvalidDataException($"status {status}"),
            };
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    // ok LCA4001: the flag says that the whole answer was read
    public async Task<byte[]> LookUpFlaggedAsync(byte[] request, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        var keep = false;
        try
        {
            await connection.SendAsync(request, ct);
            var answer = await connection.ReceiveAsync(ct);
            keep = true;
            return answer;
        }
        finally
        {
            if (!keep) connection.Dispose();
            pool.Return(connection);
        }
    }

    /// <summary>A reader that leaves the loop early leaves the rest of the answer in the connection.</summary>
    public async IAsyncEnumerable<byte[]> ScanAsync(byte[] request, [EnumeratorCancellation] CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(request, ct);
            while (await connection.ReceiveAsync(ct) is { Length: > 0 } row)
                yield return row;
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    // ok LCA4001: only the last row gives the connection back
    public async IAsyncEnumerable<byte[]> ScanToTheEndAsync(byte[] request, [EnumeratorCancellation] CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        var ended = false;
        try
        {
            await connection.SendAsync(request, ct);
            while (await connection.ReceiveAsync(ct) is { Length: > 0 } row)
                yield return row;
            ended = true;
        }
        finally
        {
            if (ended) pool.Return(connection);
            else connection.Dispose();
        }
    }

    // ok LCA4001: what failed was before the request
    public async Task<byte[]> AskAsync(object question, Func<object, byte[]> encode, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        byte[] request;
        try
        {
            request = encode(question);
        }
        catch
        {
            pool.Return(connection);
            throw;
        }
        try
        {
            await connection.SendAsync(request, ct);
            var answer = await connection.ReceiveAsync(ct);
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

public abstract class NodeCommand<T>(NodePool pool)
{
    protected abstract ReadOnlyMemory<byte> Encode();
    protected abstract Task<T> ReadAnswerAsync(NodeConnection connection, CancellationToken ct);

    public async Task<T> RunAsync(CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(Encode(), ct);
            return await ReadAnswerAsync(connection, ct);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }
}

public abstract class SafeNodeCommand<T>(NodePool pool)
{
    protected abstract ReadOnlyMemory<byte> Encode();
    protected abstract Task<T> ReadAnswerAsync(NodeConnection connection, CancellationToken ct);

    // ok LCA4001: cleared once it has gone back, closed when it has not
    public async Task<T> RunAsync(CancellationToken ct)
    {
        NodeConnection? connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(Encode(), ct);
            var answer = await ReadAnswerAsync(connection, ct);
            pool.Return(connection);
            connection = null;
            return answer;
        }
        finally
        {
            connection?.Dispose();
        }
    }
}

/// <summary>A bounded pool: the channel holds the idle ones.</summary>
public sealed class ChannelPooledClient(EndPoint node)
{
    private readonly Channel<NodeConnection> _idle = Channel.CreateBounded<NodeConnection>(16);

    private async ValueTask<NodeConnection> TakeAsync(CancellationToken ct)
    {
        while (_idle.Reader.TryRead(out var idle))
        {
            if (idle.IsOpen) return idle;
            idle.Dispose();
        }
        return await NodeConnection.ConnectAsync(node, ct);
    }

    private void Keep(NodeConnection connection)
    {
        if (!_idle.Writer.TryWrite(connection)) connection.Dispose();
    }

    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        var connection = await TakeAsync(ct);
        try
        {
            await connection.SendAsync(request, ct);
            return await connection.ReceiveAsync(ct);
        }
        finally
        {
            if (!_idle.Writer.TryWrite(connection)) connection.Dispose(); //! LCA4001
        }
    }

    public async Task<byte[]> AskThroughHelperAsync(byte[] request, CancellationToken ct)
    {
        var connection = await TakeAsync(ct);
        try
        {
            await connection.SendAsync(request, ct);
            return await connection.ReceiveAsync(ct);
        }
        finally
        {
            Keep(connection); //! LCA4001
        }
    }

    // ok LCA4001: kept after the answer
    public async Task<byte[]> AskOrCloseAsync(byte[] request, CancellationToken ct)
    {
        var connection = await TakeAsync(ct);
        try
        {
            await connection.SendAsync(request, ct);
            var answer = await connection.ReceiveAsync(ct);
            Keep(connection);
            return answer;
        }
        catch (Exception)
        {
            connection.Dispose();
            throw;
        }
    }
}

/// <summary>An old-fashioned synchronous pool.</summary>
public sealed class StackedClients(string host, int port)
{
    private readonly Stack<TcpClient> _idle = new();

    private TcpClient Take()
    {
        lock (_idle)
        {
            while (_idle.TryPop(out var client))
            {
                if (!client.Client.Poll(0, SelectMode.SelectRead)) return client;
                client.Dispose();
            }
        }
        return new TcpClient(host, port) { ReceiveTimeout = 3000, SendTimeout = 3000 };
    }

    public byte[]? Ask(byte[] request, int length)
    {
        var client = Take();
        try
        {
            var stream = client.GetStream();
            stream.Write(request);
            var answer = new byte[length];
            stream.ReadExactly(answer);
            return answer;
        }
        catch (IOException ex) when (ex.InnerException is SocketException { SocketErrorCode: SocketError.TimedOut })
        {
            return null;
        }
        finally
        {
            lock (_idle) _idle.Push(client); //! LCA4001
        }
    }

    // ok LCA4001: pushed after the read, closed after a failure
    public byte[] AskOrClose(byte[] request, int length)
    {
        var client = Take();
        try
        {
            var stream = client.GetStream();
            stream.Write(request);
            var answer = new byte[length];
            stream.ReadExactly(answer);
            lock (_idle) _idle.Push(client);
            return answer;
        }
        catch
        {
            client.Close();
            throw;
        }
    }
}

public sealed class ObjectPooledClient(ObjectPool<NodeConnection> pool, ObjectPool<StringBuilder> texts)
{
    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        var connection = pool.Get();
        try
        {
            if (!connection.IsOpen) throw new IOException("the node is gone");
            await connection.SendAsync(request, ct);
            return await connection.ReceiveAsync(ct);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    // ok LCA4001: what goes back here is a string builder
    public async Task<string> DescribeAsync(NodeConnection connection, byte[] request, CancellationToken ct)
    {
        var text = texts.Get();
        try
        {
            await connection.SendAsync(request, ct);
            foreach (var b in await connection.ReceiveAsync(ct)) text.Append(b.ToString("x2"));
            return text.ToString();
        }
        finally
        {
            texts.Return(text);
        }
    }
}
