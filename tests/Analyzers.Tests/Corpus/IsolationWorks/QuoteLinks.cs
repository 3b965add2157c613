// Market data and back-office links: one connection, many callers.
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO;
using System.IO.Pipelines;
using System.IO.Pipes;
using System.IO.Ports;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Works.Isolation.QuoteLinks;

/// <summary>Request and answer over a web socket that carries nothing else.</summary>
public sealed class ReferenceData(ClientWebSocket socket)
{
    public async Task<string> LookupAsync(string isin, CancellationToken ct)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(isin), WebSocketMessageType.Text, true, ct); //! LCA4006
        var buffer = new byte[4096];
        var result = await socket.ReceiveAsync(buffer, ct);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}

/// <summary>Orders over TLS; internal, since only the desk's own services call it.</summary>
internal class OrderEntry
{
    private readonly SslStream _venue;

    public OrderEntry(SslStream venue) => _venue = venue;

    internal async Task<bool> CancelAsync(long orderId)
    {
        var frame = new byte[9];
        frame[0] = (byte)'X';
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), orderId);
        await _venue.WriteAsync(frame); //! LCA4006
        var reply = new byte[1];
        await _venue.ReadExactlyAsync(reply);
        return reply[0] == (byte)'A';
    }
}

/// <summary>The desk's pricing process, over a pipe.</summary>
public sealed class PricerProcess(NamedPipeClientStream pipe)
{
    public async Task<double> PriceAsync(double strike)
    {
        await pipe.WriteAsync(BitConverter.GetBytes(strike)); //! LCA4006
        var reply = new byte[8];
        await pipe.ReadExactlyAsync(reply);
        return BitConverter.ToDouble(reply);
    }
}

/// <summary>A duplex pipe of the transport layer.</summary>
public sealed class RiskLimits(IDuplexPipe transport)
{
    public async Task<long> LimitAsync(int book)
    {
        await transport.Output.WriteAsync(BitConverter.GetBytes(book)); //! LCA4006
        var result = await transport.Input.ReadAtLeastAsync(8);
        var limit = BinaryPrimitives.ReadInt64LittleEndian(result.Buffer.Slice(0, 8).ToArray());
        transport.Input.AdvanceTo(result.Buffer.GetPosition(8));
        return limit;
    }
}

[SupportedOSPlatform("linux")]
public sealed class ClearingHouse(QuicStream stream, QuicConnection connection)
{
    public async Task<byte> ConfirmAsync(ReadOnlyMemory<byte> trade)
    {
        await stream.WriteAsync(trade); //! LCA4006
        var reply = new byte[1];
        await stream.ReadExactlyAsync(reply);
        return reply[0];
    }

    // ok LCA4006: a stream for each exchange, that is what QUIC has them for
    public async Task<byte> ConfirmOnOwnStreamAsync(ReadOnlyMemory<byte> trade, CancellationToken ct)
    {
        await using var own = await connection.OpenOutboundStreamAsync(QuicStreamType.Bidirectional, ct);
        await own.WriteAsync(trade, completeWrites: true, ct);
        var reply = new byte[1];
        await own.ReadExactlyAsync(reply, ct);
        return reply[0];
    }
}

/// <summary>The dealing room's old ticket printer.</summary>
public sealed class TicketPrinter(SerialPort openPort)
{
    public async Task<bool> HasPaperAsync()
    {
        await openPort.BaseStream.WriteAsync(new byte[] { 0x1D, 0x72, 0x01 }); //! LCA4006
        var status = new byte[1];
        await openPort.BaseStream.ReadExactlyAsync(status);
        return (status[0] & 0x0C) == 0;
    }
}

public enum VenueStatus { Connecting, Ready, Closed }

/// <summary>Our own venue link: frames out, frames in, no numbers in them.</summary>
public interface IVenueLink : IAsyncDisposable
{
    VenueStatus Status { get; }
    Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct = default);
    Task<byte[]> ReceiveAsync(CancellationToken ct = default);
}

public sealed class VenueClient(IVenueLink link)
{
    public async Task<byte[]> StatusAsync(string symbol)
    {
        var frame = Encoding.ASCII.GetBytes("S" + symbol);
        await link.SendAsync(frame); //! LCA4006
        var answer = await link.ReceiveAsync();
        return answer;
    }
}

/// <summary>The same venue behind an async lock, as its users know it from Nito's.</summary>
public sealed class LockedVenueClient(IVenueLink link)
{
    private readonly AsyncTurn _turn = new();

    // ok LCA4006: the turn lasts until the answer is there
    public async Task<byte[]> StatusAsync(string symbol)
    {
        using (await _turn.TakeAsync())
        {
            try
            {
                await link.SendAsync(Encoding.ASCII.GetBytes("S" + symbol));
                return await link.ReceiveAsync();
            }
            catch
            {
                await link.DisposeAsync();
                throw;
            }
        }
    }
}

public sealed class AsyncTurn
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task<IDisposable> TakeAsync()
    {
        await _one.WaitAsync();
        return new Release(_one);
    }

    private sealed class Release(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}

/// <summary>Frames with numbers: senders only write, one loop only reads.</summary>
public sealed class NumberedVenueClient(IVenueLink link)
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<byte[]>> _open = new();
    private long _next;

    // ok LCA4006: no read here
    public async Task<byte[]> AskAsync(byte[] question)
    {
        var number = Interlocked.Increment(ref _next);
        var answer = _open[number] = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await link.SendAsync((byte[])[.. BitConverter.GetBytes(number), .. question]);
        return await answer.Task;
    }

    // ok LCA4006: no write here
    public async Task ReadAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var frame = await link.ReceiveAsync(ct);
            if (_open.TryRemove(BitConverter.ToInt64(frame), out var answer)) answer.TrySetResult(frame[8..]);
        }
    }
}

/// <summary>Handed out by the pool below alone: whoever has one has it for himself.</summary>
public sealed class ArchiveConnection : IDisposable
{
    private readonly TcpClient _client;

    internal ArchiveConnection(TcpClient client) => _client = client;

    internal bool IsQuiet => !_client.Client.Poll(0, SelectMode.SelectRead);

    // ok LCA4006
    public async Task<byte[]> LoadAsync(long trade, CancellationToken ct)
    {
        var stream = _client.GetStream();
        await stream.WriteAsync(BitConverter.GetBytes(trade), ct);
        var reply = new byte[256];
        await stream.ReadExactlyAsync(reply, ct);
        return reply;
    }

    public void Dispose() => _client.Dispose();
}

public sealed class ArchivePool(string host)
{
    private readonly ConcurrentBag<ArchiveConnection> _idle = [];

    // ok LCA4001: only a whole answer brings its connection back
    public async Task<byte[]> LoadAsync(long trade, CancellationToken ct)
    {
        var connection = await RentAsync(ct);
        try
        {
            var record = await connection.LoadAsync(trade, ct);
            _idle.Add(connection);
            return record;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async Task<ArchiveConnection> RentAsync(CancellationToken ct)
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle.IsQuiet) return idle;
            idle.Dispose();
        }

        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, 7400, ct);
            return new ArchiveConnection(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

/// <summary>Copies what one side says to the other: two connections, no exchange.</summary>
public sealed class TickerTap(NetworkStream exchange, NetworkStream recorder)
{
    // ok LCA4006: written to one, read from the other
    public async Task<int> CopyOnceAsync(byte[] buffer, CancellationToken ct)
    {
        await recorder.WriteAsync("tick "u8.ToArray(), ct);
        return await exchange.ReadAsync(buffer, ct);
    }
}
