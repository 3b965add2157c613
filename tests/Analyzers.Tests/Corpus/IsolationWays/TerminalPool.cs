// Payment terminals from a pool: what goes back though its exchange did not end.
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Ways.Pool;

public sealed class TerminalConnection(Stream stream) : IAsyncDisposable
{
    public bool IsOpen { get; private set; } = true;

    public ValueTask SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancel) => stream.WriteAsync(request, cancel);

    public async ValueTask<byte[]> ReceiveAsync(CancellationToken cancel)
    {
        var answer = new byte[64];
        await stream.ReadExactlyAsync(answer, cancel);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        IsOpen = false;
        await stream.DisposeAsync();
    }
}

public sealed class TerminalPool(Func<CancellationToken, ValueTask<TerminalConnection>> open)
{
    private readonly ConcurrentQueue<TerminalConnection> _idle = new();

    public async ValueTask<TerminalConnection> RentAsync(CancellationToken cancel)
    {
        while (_idle.TryDequeue(out var idle))
        {
            if (idle.IsOpen) return idle;
            await idle.DisposeAsync();
        }

        return await open(cancel);
    }

    public void Return(TerminalConnection connection) => _idle.Enqueue(connection);

    public async Task<T> WithAsync<T>(Func<TerminalConnection, Task<T>> work, CancellationToken cancel)
    {
        var connection = await RentAsync(cancel);
        try { return await work(connection); }
        finally { Return(connection); } //! LCA4001
    }

    public async Task<T> WithSafelyAsync<T>(Func<TerminalConnection, Task<T>> work, CancellationToken cancel)
    {
        var connection = await RentAsync(cancel);
        try
        {
            var result = await work(connection);
            Return(connection);
            return result;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

public readonly record struct Lease(TerminalPool Pool, TerminalConnection Connection) : IDisposable
{
    public void Dispose() => Pool.Return(Connection);
}

public sealed class Cashier(TerminalPool pool)
{
    public async Task<byte[]> ChargeAsync(byte[] request, CancellationToken cancel)
    {
        using Lease lease = new(pool, await pool.RentAsync(cancel)); //! LCA4001
        await lease.Connection.SendAsync(request, cancel);
        return await lease.Connection.ReceiveAsync(cancel);
    }

    public async Task<(bool Ok, byte[] Answer)> TryChargeAsync(byte[] request, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        var connection = await pool.RentAsync(stop.Token);
        try
        {
            await connection.SendAsync(request, stop.Token);
            var answer = await connection.ReceiveAsync(stop.Token);
            pool.Return(connection);
            return (true, answer);
        }
        catch (OperationCanceledException)
        {
            pool.Return(connection); //! LCA4001
            return (false, []);
        }
    }

    public async Task<(bool Ok, byte[] Answer)> TryChargeOrCloseAsync(byte[] request, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        var connection = await pool.RentAsync(stop.Token);
        try
        {
            await connection.SendAsync(request, stop.Token);
            var answer = await connection.ReceiveAsync(stop.Token);
            pool.Return(connection);
            return (true, answer);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            await connection.DisposeAsync();
            return (false, []);
        }
    }

    public async Task<byte[]> ChargeNestedAsync(byte[] request, CancellationToken cancel)
    {
        var connection = await pool.RentAsync(cancel);
        var clean = false;
        try
        {
            try
            {
                await connection.SendAsync(request, cancel);
                var answer = await connection.ReceiveAsync(cancel);
                clean = answer is [0x06, ..];
                return answer;
            }
            finally
            {
                if (!clean) await connection.DisposeAsync();
            }
        }
        finally
        {
            if (clean) pool.Return(connection);
        }
    }

    public async IAsyncEnumerable<byte[]> JournalAsync(byte[] request, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var connection = await pool.RentAsync(cancel);
        try
        {
            await connection.SendAsync(request, cancel);
            while (await connection.ReceiveAsync(cancel) is [not 0x04, ..] line) yield return line;
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    public Task<byte[]> ChargeLentAsync(byte[] request, CancellationToken cancel) => pool.WithSafelyAsync(async connection =>
    {
        await connection.SendAsync(request, cancel);
        return await connection.ReceiveAsync(cancel);
    }, cancel);
}

/// <summary>Datagrams one way: nothing is awaited, so nothing is left on the way.</summary>
public sealed class SyslogPool
{
    private readonly ConcurrentBag<UdpClient> _clients = [];

    public async Task LogAsync(ReadOnlyMemory<byte> line, CancellationToken cancel)
    {
        if (!TryRent(out var client)) client = new UdpClient("log", 514);
        try { await client.SendAsync(line, cancel); }
        finally { _clients.Add(client); }
    }

    private bool TryRent([NotNullWhen(true)] out UdpClient? client) => _clients.TryTake(out client);
}
