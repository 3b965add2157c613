// Connections given back though their exchange did not finish.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Acme.Wire;
using Microsoft.Extensions.ObjectPool;

namespace Second.Isolation.Returns;

public sealed class KeyValueStore(WirePool pool, ObjectPool<WireConnection> objects)
{
    public async Task<byte[]> ReadAsync(byte[] key, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(key, ct);
            return await connection.ReceiveAsync(ct);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    public async Task<byte[]?> ReadObjectAsync(byte[] key, CancellationToken ct)
    {
        var connection = objects.Get();
        if (!connection.IsOpen) throw new InvalidOperationException("closed while idle");
        byte[]? answer = null;
        try
        {
            await connection.SendAsync(key, ct);
            answer = await connection.ReceiveAsync(ct);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("gave up on " + Encoding.UTF8.GetString(key));
        }

        objects.Return(connection); //! LCA4001
        return answer;
    }

    public byte[]? ReadWithin(byte[] key, TimeSpan limit)
    {
        var connection = pool.RentAsync(default).AsTask().GetAwaiter().GetResult();
        try
        {
            connection.Send(key);
            var answer = connection.Receive(limit);
            pool.Return(connection);
            return answer;
        }
        catch (TimeoutException)
        {
            pool.Return(connection); //! LCA4001
            return null;
        }
    }

    public byte[]? ReadWithinOrClose(byte[] key, TimeSpan limit)
    {
        var connection = pool.RentAsync(default).AsTask().GetAwaiter().GetResult();
        try
        {
            connection.Send(key);
            var answer = connection.Receive(limit);
            pool.Return(connection);
            return answer;
        }
        catch (TimeoutException)
        {
            connection.Dispose();
            return null;
        }
    }

    public async Task<byte[]?> ReadWhenAnyAsync(byte[] key, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        await connection.SendAsync(key, ct);
        var reading = connection.ReceiveAsync(ct);
        if (await Task.WhenAny(reading, Task.Delay(500, ct)) != reading) //? LCA1004
        {
            pool.Return(connection); //! LCA4001
            return null;
        }

        var answer = await reading;
        pool.Return(connection);
        return answer;
    }

    /// <summary>One-way: nothing is answered, nothing is left behind.</summary>
    public async Task TellAsync(byte[] fact, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(fact, CancellationToken.None);
        }
        finally
        {
            pool.Return(connection); //? LCA4001
        }
    }

    public async Task<byte[]> ReadPoisoningAsync(byte[] key, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        var poisoned = true;
        try
        {
            await connection.SendAsync(key, ct);
            var answer = await connection.ReceiveAsync(ct);
            poisoned = false;
            return answer;
        }
        finally
        {
            if (poisoned) connection.Dispose();
            else pool.Return(connection); // ok LCA4001: only when the answer was read
        }
    }

    public async Task<byte[]> ReadTwiceAsync(byte[] first, byte[] second, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        byte[] answer;
        try
        {
            await connection.SendAsync(first, ct);
            await connection.ReceiveAsync(ct);
            await connection.SendAsync(second, ct);
            answer = await connection.ReceiveAsync(ct);
        }
        catch (Exception)
        {
            await connection.DisposeAsync();
            throw;
        }

        pool.Return(connection);
        return answer;
    }
}

/// <summary>A pool of raw sockets: error replies, half-read bodies, early returns.</summary>
public sealed class LineProtocol(Func<CancellationToken, Task<TcpClient>> dial)
{
    private readonly ConcurrentQueue<TcpClient> _idle = new();

    private async ValueTask<TcpClient> TakeAsync(CancellationToken ct)
    {
        while (_idle.TryDequeue(out var client))
        {
            if (!client.Client.Poll(0, SelectMode.SelectRead)) return client;
            client.Dispose();
        }

        return await dial(ct);
    }

    private void GiveBack(TcpClient client) => _idle.Enqueue(client);

    public async Task<string?> StatusAsync(string item, CancellationToken ct)
    {
        var client = await TakeAsync(ct);
        var done = false;
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(item + "\n"), ct);
            var head = new byte[4];
            await stream.ReadExactlyAsync(head, ct);
            done = true;
            if (head[0] == 'E') return null;
            var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2))];
            await stream.ReadExactlyAsync(body, ct);
            return Encoding.ASCII.GetString(body);
        }
        finally
        {
            if (done) GiveBack(client); //? LCA4001
            else client.Dispose();
        }
    }

    public async Task<string?> GuardedStatusAsync(string item, CancellationToken ct)
    {
        var client = await TakeAsync(ct);
        string? result = null;
        var done = false;
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(item + "\n"), ct);
            var head = new byte[4];
            await stream.ReadExactlyAsync(head, ct);
            var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2))];
            await stream.ReadExactlyAsync(body, ct);
            if (head[0] != 'E') result = Encoding.ASCII.GetString(body);
            done = true;
            return result;
        }
        finally
        {
            if (done) GiveBack(client);
            else client.Dispose();
        }
    }

    public async Task<int> CountAsync(byte[] query, CancellationToken ct)
    {
        var client = await TakeAsync(ct);
        try
        {
            await client.GetStream().WriteAsync(query, ct);
            var reply = new byte[4];
            await client.GetStream().ReadExactlyAsync(reply, ct);
            return BinaryPrimitives.ReadInt32BigEndian(reply);
        }
        catch (OperationCanceledException)
        {
            return -1;
        }
        catch (IOException)
        {
            client.Close();
            throw;
        }
        finally
        {
            if (client.Connected) GiveBack(client); //! LCA4001 //? LCA2003
        }
    }

    /// <summary>Cancellation is honoured before the write only.</summary>
    public async Task<int> CountToTheEndAsync(byte[] query, CancellationToken ct)
    {
        var client = await TakeAsync(ct);
        try
        {
            ct.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException)
        {
            GiveBack(client); // ok LCA4001: nothing was written
            throw;
        }

        try
        {
            await client.GetStream().WriteAsync(query, CancellationToken.None);
            var reply = new byte[4];
            await client.GetStream().ReadExactlyAsync(reply, CancellationToken.None);
            GiveBack(client);
            return BinaryPrimitives.ReadInt32BigEndian(reply);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
