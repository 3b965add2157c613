// Exchanges that end early, and where their connection goes.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Harbour.Wire;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Wide.Isolation.UnfinishedExchanges;

public sealed record Reading(int Register, ushort Value);

/// <summary>A gateway that gives back whatever happened.</summary>
public sealed class GatewayClient(WirePool pool, ILogger<GatewayClient> log)
{
    public async Task<Reading?> ReadAsync(int register, CancellationToken ct)
    {
        var request = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(request, register);
        var connection = await pool.RentAsync(ct);
        try
        {
            if (!connection.IsOpen) return null;
            await connection.SendAsync(request, ct);
            var answer = await connection.ReceiveAsync(ct);
            log.LogDebug("{Register} answered with {Bytes} bytes", register, answer.Length);
            return new Reading(register, BinaryPrimitives.ReadUInt16BigEndian(answer));
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    /// <summary>Given back after the answer, closed otherwise.</summary>
    public async Task<Reading?> ReadOrCloseAsync(int register, CancellationToken ct)
    {
        var request = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(request, register);
        var connection = await pool.RentAsync(ct);
        var complete = false;
        try
        {
            await connection.SendAsync(request, ct);
            var answer = await connection.ReceiveAsync(ct);
            complete = true;
            return new Reading(register, BinaryPrimitives.ReadUInt16BigEndian(answer));
        }
        finally
        {
            if (complete)
            {
                pool.Return(connection);
            }
            else
            {
                connection.Abort();
                connection.Dispose();
            }
        }
    }

    /// <summary>A message nobody answers.</summary>
    public async Task NotifyAsync(byte[] note, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(note, ct);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        pool.Return(connection);
    }

    /// <summary>The timeout is swallowed, and the connection goes home with an answer under way.</summary>
    public async Task<byte[]> AskWithinAsync(byte[] question, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        var connection = await pool.RentAsync(cts.Token);
        var answer = Array.Empty<byte>();
        try
        {
            await connection.SendAsync(question, cts.Token);
            answer = await connection.ReceiveAsync(cts.Token);
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("no answer in {Limit}", limit);
        }

        pool.Return(connection); //! LCA4001
        return answer;
    }

    public async Task<byte[]> AskWithinAndCloseAsync(byte[] question, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        var connection = await pool.RentAsync(cts.Token);
        try
        {
            await connection.SendAsync(question, cts.Token);
            var answer = await connection.ReceiveAsync(cts.Token);
            pool.Return(connection);
            return answer;
        }
        catch (OperationCanceledException)
        {
            connection.Dispose();
            return [];
        }
    }
}

/// <summary>A lease whose end gives back.</summary>
public sealed class SocketLease(ConcurrentBag<Socket> home, Socket socket) : IDisposable
{
    public Socket Socket { get; } = socket;

    public void Dispose() => home.Add(Socket);
}

public sealed class CompletableLease(ConcurrentBag<Socket> home, Socket socket) : IDisposable
{
    private bool _complete;

    public Socket Socket { get; } = socket;

    public void Complete() => _complete = true;

    public void Dispose()
    {
        if (_complete) home.Add(Socket);
        else Socket.Dispose();
    }
}

public sealed class CacheNode(EndPoint server)
{
    private readonly ConcurrentBag<Socket> _home = [];

    public async Task<int> GetAsync(ReadOnlyMemory<byte> command, Memory<byte> answer, CancellationToken ct)
    {
        using var lease = await LeaseAsync(ct); //! LCA4001
        await lease.Socket.SendAsync(command, SocketFlags.None, ct);
        return await lease.Socket.ReceiveAsync(answer, SocketFlags.None, ct);
    }

    public async Task<int> GetCompletelyAsync(ReadOnlyMemory<byte> command, Memory<byte> answer, CancellationToken ct)
    {
        using var lease = new CompletableLease(_home, await TakeAsync(ct));
        await lease.Socket.SendAsync(command, SocketFlags.None, ct);
        var n = await lease.Socket.ReceiveAsync(answer, SocketFlags.None, ct);
        lease.Complete();
        return n;
    }

    private async Task<SocketLease> LeaseAsync(CancellationToken ct) => new(_home, await TakeAsync(ct));

    private async Task<Socket> TakeAsync(CancellationToken ct)
    {
        while (_home.TryTake(out var idle))
        {
            if (!idle.Poll(0, SelectMode.SelectRead)) return idle;
            idle.Dispose();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(server, ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A helper that borrows on behalf of others.</summary>
public sealed class Borrower(WirePool pool)
{
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

    public async Task<T> WithOrDropAsync<T>(Func<WireConnection, Task<T>> work, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            var result = await work(connection);
            pool.Return(connection);
            return result;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

/// <summary>A template method gives back for its derived classes.</summary>
public abstract class Command<TResult>(WirePool pool)
{
    public async Task<TResult> RunAsync(CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            return await ExchangeAsync(connection, ct);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    protected abstract Task<TResult> ExchangeAsync(WireConnection connection, CancellationToken ct);
}

public sealed class VersionCommand(WirePool pool) : Command<string>(pool)
{
    protected override async Task<string> ExchangeAsync(WireConnection connection, CancellationToken ct)
    {
        await connection.SendAsync("version\r\n"u8.ToArray(), ct);
        return Encoding.ASCII.GetString(await connection.ReceiveAsync(ct));
    }
}

/// <summary>A kept stream behind a gate: the caught timeout leaves it as it is.</summary>
public sealed class ScaleDriver(Stream line)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<string?> WeighAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(500);
            await line.WriteAsync("W\r\n"u8.ToArray(), limit.Token);
            var buffer = new byte[32];
            var n = await line.ReadAsync(buffer, limit.Token);
            return Encoding.ASCII.GetString(buffer, 0, n);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _gate.Release(); //! LCA4001
        }
    }
}

/// <summary>The same, and a line that fell silent is closed.</summary>
public sealed class ClosingScaleDriver(Func<Stream> open)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Stream? _line;

    public async Task<string?> WeighAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            _line ??= open();
            await _line.WriteAsync("W\r\n"u8.ToArray(), ct);
            var buffer = new byte[32];
            var n = await _line.ReadAsync(buffer, ct);
            return Encoding.ASCII.GetString(buffer, 0, n);
        }
        catch (Exception)
        {
            _line?.Dispose();
            _line = null;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>The synchronous twin: a receive timeout, a lock, no catch.</summary>
public class RelayBoard
{
    private readonly object _lock = new object();
    private readonly Socket _socket;

    public RelayBoard(Socket socket)
    {
        _socket = socket;
        _socket.ReceiveTimeout = 250;
    }

    public byte Query(byte relay)
    {
        lock (_lock)
        {
            var frame = new byte[] { 0x55, relay, 0xAA };
            _socket.Send(frame);
            var answer = new byte[3];
            _socket.Receive(answer);
            return answer[1];
        } //! LCA4001
    }
}

/// <summary>A slot as a pool: put back in the finally.</summary>
public sealed class SlotClient(string host)
{
    private WireConnection? _slot;

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        var connection = Interlocked.Exchange(ref _slot, null);
        if (connection is not { IsOpen: true }) connection = await WireConnection.ConnectAsync(host, 1, ct);
        try
        {
            await connection.SendAsync(question, ct);
            return await connection.ReceiveAsync(ct);
        }
        finally
        {
            Interlocked.Exchange(ref _slot, connection)?.Dispose(); //! LCA4001
        }
    }

    public async Task<byte[]> AskOrDropAsync(byte[] question, CancellationToken ct)
    {
        var connection = Interlocked.Exchange(ref _slot, null);
        if (connection is not { IsOpen: true }) connection = await WireConnection.ConnectAsync(host, 1, ct);
        byte[] answer;
        try
        {
            await connection.SendAsync(question, ct);
            answer = await connection.ReceiveAsync(ct);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        Interlocked.Exchange(ref _slot, connection)?.Dispose();
        return answer;
    }
}

/// <summary>Lent through a channel, with a switch expression over the outcome.</summary>
public sealed class ChannelLent(Channel<WireConnection> free)
{
    public async Task<int> CountAsync(byte[] query, CancellationToken ct)
    {
        var connection = await free.Reader.ReadAsync(ct);
        try
        {
            if (!connection.IsOpen) throw new IOException("closed");
            await connection.SendAsync(query, ct);
            return await connection.ReceiveAsync(ct) switch
            {
                [] => 0,
                [var one] => one,
                var many => BinaryPrimitives.ReadInt32BigEndian(many),
            };
        }
        finally
        {
            free.Writer.TryWrite(connection); //! LCA4001
        }
    }
}

/// <summary>The data base's driver breaks its own connection when a command is cancelled.</summary>
public sealed class Orders(NpgsqlDataSource data, string connectionString)
{
    public async Task<long> CountAsync(CancellationToken ct)
    {
        await using var connection = await data.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("select count(*) from orders", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    public async Task<object?> FirstAsync(string sql, CancellationToken ct)
    {
        DbConnection connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(ct);
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return await command.ExecuteScalarAsync(ct);
        }
        finally
        {
            await connection.CloseAsync();
        }
    }
}

/// <summary>A cancelled receive aborts the web socket; nobody can read the late answer.</summary>
public sealed class SocketAsker(ClientWebSocket socket)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<string?> AskAsync(string question, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (socket.State != WebSocketState.Open) return null;
            await socket.SendAsync(Encoding.UTF8.GetBytes(question), WebSocketMessageType.Text, true, ct);
            var buffer = new byte[1024];
            var result = await socket.ReceiveAsync(buffer, ct);
            return Encoding.UTF8.GetString(buffer, 0, result.Count);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>Answers found by their number: a late one finds nobody.</summary>
public sealed class NumberedAsker(WireConnection connection)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _waiting = new();
    private int _last;

    public async Task<byte[]?> AskAsync(byte[] question, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _last);
        var waiting = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = waiting;
        try
        {
            await connection.SendAsync(Frame(id, question), ct);
            return await waiting.Task.WaitAsync(TimeSpan.FromSeconds(2), ct);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    private static byte[] Frame(int id, byte[] body) => [(byte)id, .. body];
}

/// <summary>One-way datagrams.</summary>
public sealed class Statsd(ConcurrentBag<UdpClient> sockets)
{
    public async Task CountAsync(string name, CancellationToken ct)
    {
        if (!sockets.TryTake(out var udp)) udp = new UdpClient("stats", 8125);
        try
        {
            await udp.SendAsync(Encoding.ASCII.GetBytes($"{name}:1|c"), ct);
        }
        finally
        {
            sockets.Add(udp);
        }
    }
}

/// <summary>An FTP control line in a long method.</summary>
public sealed class ControlLinePool
{
    private readonly ConcurrentQueue<TcpClient> _idle = new();

    public async Task<string> NoopAsync(string host, CancellationToken ct)
    {
        TcpClient? client = null;
        while (_idle.TryDequeue(out var idle))
        {
            if (!(idle.Client.Poll(0, SelectMode.SelectRead) && idle.Client.Available == 0))
            {
                client = idle;
                break;
            }

            idle.Dispose();
        }

        if (client is null)
        {
            client = new TcpClient();
            try
            {
                await client.ConnectAsync(host, 21, ct);
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }

        var stream = client.GetStream();
        var line = new StringBuilder();
        var one = new byte[1];
        try
        {
            await stream.WriteAsync("NOOP\r\n"u8.ToArray(), ct);
            while (await stream.ReadAsync(one, ct) == 1 && one[0] != '\n') line.Append((char)one[0]);
        }
        finally
        {
            _idle.Enqueue(client); //! LCA4001
        }

        return line.ToString().Trim();
    }
}
