// Meters, scales and controllers: one line, one question at a time.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Ports;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Field.Meters;

/// <summary>A library class as many have it: public, awaited, and nothing that keeps two callers apart.</summary>
public class ModbusMaster(NetworkStream stream)
{
    private ushort _next;

    public async Task<ushort[]> ReadHoldingAsync(byte unit, ushort start, ushort count, CancellationToken ct = default)
    {
        var request = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(request, ++_next);
        request[5] = 6;
        request[6] = unit;
        request[7] = 3;
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(8), start);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(10), count);
        await stream.WriteAsync(request, ct); //! LCA4006
        var head = new byte[9];
        await stream.ReadExactlyAsync(head, ct);
        var data = new byte[head[8]];
        await stream.ReadExactlyAsync(data, ct);
        return Words(data);
    }

    private static ushort[] Words(byte[] data)
    {
        var words = new ushort[data.Length / 2];
        for (var i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(2 * i));
        return words;
    }
}

/// <summary>A semaphore around both; whoever breaks off takes the line with him.</summary>
public sealed class GatedMaster(TcpClient client)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<byte[]> AskAsync(byte[] request, int length, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(request, ct); // ok LCA4006: one at a time
            var answer = new byte[length];
            await stream.ReadExactlyAsync(answer, ct);
            return answer;
        }
        catch
        {
            client.Dispose();
            throw;
        }
        finally
        {
            _turn.Release(); // ok LCA4001: a broken exchange closed the client
        }
    }
}

/// <summary>The gate is around the write, and the answers mix.</summary>
public sealed class HalfGatedMaster(TcpClient client)
{
    private readonly SemaphoreSlim _writes = new(1, 1);

    public async Task<string> AskAsync(string question)
    {
        var stream = client.GetStream();
        await _writes.WaitAsync();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(question + "\r")); //! LCA4006
        }
        finally
        {
            _writes.Release();
        }

        var buffer = new byte[256];
        var n = await stream.ReadAsync(buffer);
        return Encoding.ASCII.GetString(buffer, 0, n);
    }
}

/// <summary>A timeout is answered with null, and the next one reads the late answer.</summary>
public sealed class PatientMeter(TcpClient client, ILogger<PatientMeter> logger)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<decimal?> ReadAsync(byte address)
    {
        await _turn.WaitAsync();
        try
        {
            var stream = client.GetStream();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await stream.WriteAsync(new byte[] { 0x10, 0x5B, address, (byte)(0x5B + address), 0x16 }, limit.Token);
            var frame = new byte[64];
            var n = await stream.ReadAsync(frame, limit.Token);
            return Decode(frame.AsSpan(0, n));
        }
        catch (OperationCanceledException e) //! LCA4001
        {
            logger.LogWarning(e, "meter {Address} is silent", address);
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static decimal Decode(ReadOnlySpan<byte> frame) => frame.Length > 8 ? BinaryPrimitives.ReadInt32LittleEndian(frame[4..]) / 1000m : 0;
}

/// <summary>The serial line below a lock, with a timeout: the answer that comes late is the next one's.</summary>
public sealed class SerialMeter : IDisposable
{
    private readonly object _sync = new();
    private readonly SerialPort _port;

    public SerialMeter(string name)
    {
        _port = new SerialPort(name, 2400, Parity.Even) { ReadTimeout = 500 };
        _port.Open();
    }

    public string Identify()
    {
        lock (_sync)
        {
            _port.Write("/?!\r\n");
            return _port.ReadLine();
        } //! LCA4001
    }

    public string IdentifyFresh()
    {
        lock (_sync)
        {
            _port.DiscardInBuffer();
            _port.Write("/?!\r\n");
            return _port.ReadLine();
        } //? LCA4001
    }

    public void Dispose() => _port.Dispose();
}

/// <summary>Answers carry the number of their question: nothing can be mixed up.</summary>
public sealed class NumberedLink(NetworkStream stream)
{
    private readonly ConcurrentDictionary<ushort, TaskCompletionSource<byte[]>> _waiting = new();
    private readonly SemaphoreSlim _writes = new(1, 1);
    private int _last;

    public async Task<byte[]> AskAsync(byte[] body, CancellationToken ct)
    {
        var id = (ushort)Interlocked.Increment(ref _last);
        var answer = _waiting.GetOrAdd(id, _ => new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        var frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, id);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)body.Length);
        body.CopyTo(frame, 4);
        await _writes.WaitAsync(ct);
        try
        {
            await stream.WriteAsync(frame, ct); // ok LCA4006: the answer is found by its number
        }
        finally
        {
            _writes.Release(); // ok LCA4001: no exchange ends here
        }

        try
        {
            return await answer.Task.WaitAsync(ct);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    public async Task PumpAsync(CancellationToken ct)
    {
        var head = new byte[4];
        while (true)
        {
            await stream.ReadExactlyAsync(head, ct);
            var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2))];
            await stream.ReadExactlyAsync(body, ct);
            if (_waiting.TryRemove(BinaryPrimitives.ReadUInt16BigEndian(head), out var source)) source.TrySetResult(body);
        }
    }
}

/// <summary>A private pair, asked by one loop.</summary>
public sealed class MeterPoller(TcpClient client, ILogger<MeterPoller> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            logger.LogInformation("{Value}", await AskAsync("V\r", stoppingToken));
            await Task.Delay(1000, stoppingToken);
        }
    }

    private async Task<string> AskAsync(string question, CancellationToken ct)
    {
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(question), ct); // ok LCA4006: one loop asks
        var buffer = new byte[64];
        return Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, ct));
    }
}

/// <summary>Reader and writer over one stream, one exchange for each caller of a web API.</summary>
public sealed class LineService
{
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private readonly SemaphoreSlim _turn = new(1);
    private int _busy;

    public LineService(TcpClient client)
    {
        var stream = client.GetStream();
        _reader = new StreamReader(stream, Encoding.ASCII);
        _writer = new StreamWriter(stream, Encoding.ASCII) { AutoFlush = true };
    }

    public async Task<string?> AskAsync(string line)
    {
        await _writer.WriteLineAsync(line); //! LCA4006
        return await _reader.ReadLineAsync();
    }

    public async Task<string?> AskInTurnAsync(string line)
    {
        await _turn.WaitAsync();
        try
        {
            await _writer.WriteLineAsync(line); // ok LCA4006: in turn
            return await _reader.ReadLineAsync();
        }
        finally
        {
            _turn.Release(); //? LCA4001
        }
    }

    public async Task<string?> AskIfIdleAsync(string line)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("busy");
        try
        {
            await _writer.WriteLineAsync(line); // ok LCA4006: others are refused
            return await _reader.ReadLineAsync();
        }
        finally
        {
            Volatile.Write(ref _busy, 0); //? LCA4001
        }
    }
}

[ApiController]
public sealed class WeightController(LineService service) : ControllerBase
{
    [HttpGet("weight")]
    public async Task<IActionResult> Get() => Ok(await service.AskAsync("W"));
}

/// <summary>A write without an answer is no exchange.</summary>
public sealed class LampTower(NetworkStream stream)
{
    public async Task SetAsync(byte colour, bool on) => await stream.WriteAsync(new[] { colour, on ? (byte)1 : (byte)0 }); // ok LCA4006: nothing is read
}
