// A FIX drop-copy client with pooled lines: when does a line go back?
using System.Collections.Concurrent;
using System.Net.Sockets;
using Acme.Wire;
using Microsoft.Extensions.Logging;

namespace HeldOut.Isolation.FixExchanges;

public sealed class FixLine(Socket socket, Action<FixLine> giveBack) : IDisposable
{
    public bool Broken { get; private set; }

    public Task WriteAsync(ReadOnlyMemory<byte> message, CancellationToken ct) => socket.SendAsync(message, ct).AsTask();

    public async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken ct) => await socket.ReceiveAsync(buffer, ct);

    public void Break()
    {
        Broken = true;
        socket.Dispose();
    }

    public void Dispose() => giveBack(this);
}

public sealed class FixLinePool(Func<Socket> dial)
{
    private readonly ConcurrentBag<FixLine> _free = [];

    public FixLine Lease()
    {
        while (_free.TryTake(out var line))
        {
            if (!line.Broken) return line;
        }

        return new FixLine(dial(), Put);
    }

    private void Put(FixLine line)
    {
        if (!line.Broken) _free.Add(line);
    }
}

public sealed class DropCopy(FixLinePool pool, ILogger<DropCopy> log)
{
    public async Task<byte[]> QueryAsync(byte[] request, CancellationToken ct)
    {
        using var line = pool.Lease(); //! LCA4001
        await line.WriteAsync(request, ct);
        var buffer = new byte[4096];
        var n = await line.ReadAsync(buffer, ct);
        return buffer[..n];
    }

    // ok LCA4001: broken before the using ends, whatever went wrong
    public async Task<byte[]> QueryBrokenAsync(byte[] request, CancellationToken ct)
    {
        using var line = pool.Lease();
        try
        {
            await line.WriteAsync(request, ct);
            var buffer = new byte[4096];
            var n = await line.ReadAsync(buffer, ct);
            return buffer[..n];
        }
        catch
        {
            line.Break();
            throw;
        }
    }

    // ok LCA4001: sent and forgotten, no answer is expected
    public async Task HeartbeatAsync(CancellationToken ct)
    {
        using var line = pool.Lease();
        await line.WriteAsync("35=0\x01"u8.ToArray(), ct);
    }

    public async Task<byte[]?> QueryWithinAsync(byte[] request, TimeSpan limit, CancellationToken ct)
    {
        var line = pool.Lease();
        var buffer = new byte[4096];
        try
        {
            await line.WriteAsync(request, ct);
            var n = await line.ReadAsync(buffer, ct).WaitAsync(limit, ct);
            line.Dispose();
            return buffer[..n];
        }
        catch (TimeoutException ex)
        {
            log.LogWarning(ex, "no answer within {Limit}", limit);
            line.Dispose(); //! LCA4001
            return null;
        }
        catch
        {
            line.Break();
            throw;
        }
    }
}

public sealed class WireFacade(WirePool pool)
{
    // The template method gives back for everyone who asks.
    public async Task<T> WithAsync<T>(Func<WireConnection, Task<T>> work, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            return await work(connection);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    public Task<byte[]> AskAsync(byte[] question, CancellationToken ct) => WithAsync(async c =>
    {
        await c.SendAsync(question, ct);
        return await c.ReceiveAsync(ct);
    }, ct);

    // ok LCA4001: given back after success only
    public async Task<T> WithSuccessAsync<T>(Func<WireConnection, Task<T>> work, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        T result;
        try
        {
            result = await work(connection);
        }
        catch (Exception)
        {
            connection.Dispose();
            throw;
        }

        pool.Return(connection);
        return result;
    }

    public Task<byte[]> AskSuccessAsync(byte[] question, CancellationToken ct) => WithSuccessAsync(async c =>
    {
        await c.SendAsync(question, ct);
        return await c.ReceiveAsync(ct);
    }, ct);

    // ok LCA4001: null-ed once it was destroyed, and only what is left goes back
    public async Task<byte[]> AskNulledAsync(byte[] question, CancellationToken ct)
    {
        WireConnection? connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(question, ct);
            return await connection.ReceiveAsync(ct);
        }
        catch
        {
            connection.Dispose();
            connection = null;
            throw;
        }
        finally
        {
            if (connection is not null) pool.Return(connection);
        }
    }

    // The first line answers "more follows", and the rest stays in the connection.
    public async Task<bool> ExistsAsync(byte[] key, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        var healthy = true;
        try
        {
            await connection.SendAsync(key, ct);
            var head = await connection.ReceiveAsync(ct);
            return head.Length > 0;
        }
        catch (WireException)
        {
            healthy = false;
            throw;
        }
        finally
        {
            if (healthy) pool.Return(connection); //! LCA4001
            else connection.Dispose();
        }
    }
}

public sealed class LockedScanner(TcpClient scanner)
{
    private readonly object _sync = new();

    // The driver's receive timeout leaves the late answer in the stream, and the lock lets the next one in.
    public byte[] Scan(byte[] command)
    {
        lock (_sync)
        {
            scanner.ReceiveTimeout = 500;
            var stream = scanner.GetStream();
            stream.Write(command);
            var answer = new byte[16];
            stream.ReadExactly(answer);
            return answer;
        } //! LCA4001
    }

    // ok LCA4001: what timed out is closed before the next one may ask
    public byte[] ScanClosing(byte[] command)
    {
        lock (_sync)
        {
            try
            {
                scanner.ReceiveTimeout = 500;
                var stream = scanner.GetStream();
                stream.Write(command);
                var answer = new byte[16];
                stream.ReadExactly(answer);
                return answer;
            }
            catch (IOException)
            {
                scanner.Close();
                throw;
            }
        }
    }
}
