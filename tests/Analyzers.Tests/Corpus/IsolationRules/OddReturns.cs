// Giving back by other names and in other places.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using Acme.Wire;

namespace Second.Isolation.OddReturns;

/// <summary>A slot, a channel, a stack under a lock.</summary>
public sealed class SlotStore(Func<CancellationToken, Task<TcpClient>> dial)
{
    private readonly Channel<TcpClient> _free = Channel.CreateUnbounded<TcpClient>();
    private readonly Stack<TcpClient> _stack = new();
    private TcpClient? _slot;

    private static bool Alive(TcpClient client) => !client.Client.Poll(0, SelectMode.SelectRead);

    public async Task<byte[]> BySlotAsync(byte[] question, CancellationToken ct)
    {
        var client = Interlocked.Exchange(ref _slot, null);
        if (client is null || !Alive(client)) client = await dial(ct);
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(question, ct);
            var answer = new byte[32];
            await stream.ReadExactlyAsync(answer, ct);
            return answer;
        }
        finally
        {
            Interlocked.Exchange(ref _slot, client)?.Dispose(); //! LCA4001
        }
    }

    public async Task<byte[]?> ByChannelAsync(byte[] question, CancellationToken ct)
    {
        TcpClient? client;
        while (_free.Reader.TryRead(out client) && !Alive(client)) client.Dispose();
        client ??= await dial(ct);
        byte[]? answer = new byte[32];
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(question, ct);
            await stream.ReadExactlyAsync(answer, ct);
        }
        catch (OperationCanceledException)
        {
            answer = null;
        }
        catch
        {
            client.Dispose();
            throw;
        }

        _free.Writer.TryWrite(client); //! LCA4001
        return answer;
    }

    public async Task<byte[]?> ByChannelWholeAsync(byte[] question, CancellationToken ct)
    {
        TcpClient? client;
        while (_free.Reader.TryRead(out client) && !Alive(client)) client.Dispose();
        client ??= await dial(ct);
        var answer = new byte[32];
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(question, ct);
            await stream.ReadExactlyAsync(answer, ct);
        }
        catch (OperationCanceledException)
        {
            client.Dispose();
            return null;
        }
        catch
        {
            client.Dispose();
            throw;
        }

        _free.Writer.TryWrite(client);
        return answer;
    }

    /// <summary>Sync, a receive time-out, given back in finally.</summary>
    public int ByStack(byte[] question, byte[] answer)
    {
        TcpClient? client = null;
        lock (_stack)
        {
            while (_stack.Count > 0)
            {
                client = _stack.Pop();
                if (Alive(client)) break;
                client.Dispose();
                client = null;
            }
        }

        client ??= dial(default).GetAwaiter().GetResult();
        try
        {
            var socket = client.Client;
            socket.ReceiveTimeout = 1000;
            socket.Send(question);
            return socket.Receive(answer);
        }
        finally
        {
            lock (_stack) _stack.Push(client); //! LCA4001
        }
    }

    public int ByStackUnlessFailed(byte[] question, byte[] answer)
    {
        var client = dial(default).GetAwaiter().GetResult();
        var failed = false;
        try
        {
            client.Client.Send(question);
            return client.Client.Receive(answer);
        }
        catch (SocketException)
        {
            failed = true;
            throw;
        }
        finally
        {
            if (failed) client.Dispose();
            else lock (_stack) _stack.Push(client); //? LCA4001
        }
    }
}

/// <summary>An early return for an error status leaves the body unread.</summary>
public sealed class BlobReader(WirePool pool)
{
    public async Task<byte[]> GetAsync(byte[] key, CancellationToken ct)
    {
        var connection = await pool.RentAsync(ct);
        try
        {
            await connection.SendAsync(key, ct);
            var head = await connection.ReceiveAsync(ct);
            if (head[0] == 0)
            {
                pool.Return(connection); //? LCA4001
                return [];
            }

            var body = await connection.ReceiveAsync(ct);
            pool.Return(connection);
            return body;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returned by a method of another name, through the interface of the pool.</summary>
    public async Task<byte[]> GetThroughAsync(IWireSource source, byte[] key, CancellationToken ct)
    {
        var connection = await source.CheckOutAsync(ct);
        try
        {
            await connection.SendAsync(key, ct);
            return await connection.ReceiveAsync(ct);
        }
        finally
        {
            source.CheckIn(connection); //! LCA4001
        }
    }

    public async Task<byte[]> GetThroughHealthyAsync(IWireSource source, byte[] key, CancellationToken ct)
    {
        var connection = await source.CheckOutAsync(ct);
        var healthy = false;
        try
        {
            await connection.SendAsync(key, ct);
            var answer = await connection.ReceiveAsync(ct);
            healthy = true;
            return answer;
        }
        finally
        {
            source.CheckIn(connection, reusable: healthy); // ok LCA4001: the source is told
        }
    }
}

public interface IWireSource
{
    ValueTask<WireConnection> CheckOutAsync(CancellationToken ct);
    void CheckIn(WireConnection connection);
    void CheckIn(WireConnection connection, bool reusable);
}

/// <summary>Own session type whose Dispose goes back, with Invalidate; used in several methods.</summary>
public sealed class SessionStock
{
    private readonly ConcurrentQueue<SslStream> _streams = new();

    public void Stock(SslStream stream) => _streams.Enqueue(stream);

    public Ticket Take()
    {
        if (!_streams.TryDequeue(out var stream)) throw new InvalidOperationException("none left"); //? LCA3004
        return new Ticket(this, stream);
    }

    public LooseTicket TakeLoosely()
    {
        if (!_streams.TryDequeue(out var stream)) throw new InvalidOperationException("none left"); //? LCA3004
        return new LooseTicket(this, stream);
    }

    public sealed class Ticket : IDisposable
    {
        private readonly SessionStock _stock;

        internal Ticket(SessionStock stock, SslStream stream)
        {
            _stock = stock;
            Stream = stream;
        }

        public SslStream Stream { get; }
        public bool Reusable { get; set; }

        public void Dispose()
        {
            if (Reusable) _stock.Stock(Stream);
            else Stream.Dispose();
        }
    }

    public sealed class LooseTicket(SessionStock stock, SslStream stream) : IDisposable
    {
        public SslStream Stream => stream;
        public void Dispose() => stock.Stock(stream);
    }
}

public sealed class StockUser(SessionStock stock)
{
    public async Task<int> AskAsync(byte[] question, byte[] answer, CancellationToken ct)
    {
        using var ticket = stock.Take();
        await ticket.Stream.WriteAsync(question, ct);
        await ticket.Stream.ReadExactlyAsync(answer, ct);
        ticket.Reusable = true;
        return answer.Length;
    }

    public async Task<int> AskLooselyAsync(byte[] question, byte[] answer, CancellationToken ct)
    {
        using var ticket = stock.TakeLoosely(); //! LCA4001
        await ticket.Stream.WriteAsync(question, ct);
        await ticket.Stream.ReadExactlyAsync(answer, ct);
        return answer.Length;
    }
}

/// <summary>Kept in a dictionary: the failed exchange is logged, the client stays.</summary>
public sealed class Meters
{
    private readonly Dictionary<string, TcpClient> _meters = new();
    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task<int?> ReadAsync(string host, byte[] question, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (!_meters.TryGetValue(host, out var meter) || meter.Client.Poll(0, SelectMode.SelectRead)) _meters[host] = meter = new TcpClient(host, 502); //? LCA1008 LCA3002
            using var limit = new CancellationTokenSource(500);
            var stream = meter.GetStream();
            await stream.WriteAsync(question, limit.Token);
            var answer = new byte[4];
            await stream.ReadExactlyAsync(answer, limit.Token);
            return BinaryPrimitives.ReadInt32BigEndian(answer);
        }
        catch (OperationCanceledException) //? LCA4001
        {
            return null;
        }
        finally
        {
            _one.Release(); //? LCA4001
        }
    }

    public async Task<int?> ReadRemovingAsync(string host, byte[] question, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (!_meters.TryGetValue(host, out var meter) || meter.Client.Poll(0, SelectMode.SelectRead)) _meters[host] = meter = new TcpClient(host, 502); //? LCA1008
            using var limit = new CancellationTokenSource(500);
            var stream = meter.GetStream();
            await stream.WriteAsync(question, limit.Token);
            var answer = new byte[4];
            await stream.ReadExactlyAsync(answer, limit.Token);
            return BinaryPrimitives.ReadInt32BigEndian(answer);
        }
        catch (OperationCanceledException)
        {
            if (_meters.Remove(host, out var meter)) meter.Dispose(); // ok LCA4001
            return null;
        }
        catch
        {
            if (_meters.Remove(host, out var meter)) meter.Dispose();
            throw;
        }
        finally
        {
            _one.Release();
        }
    }
}
