// Question and answer on a line that others use, too.
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Harbour.Wire;

namespace Wide.Isolation.SharedLines;

public interface IRegisterReader
{
    Task<ushort> ReadAsync(ushort address, CancellationToken ct);
}

/// <summary>Modbus over TCP with no gate.</summary>
public sealed class ModbusTcp(NetworkStream stream) : IRegisterReader
{
    private ushort _transaction;

    public async Task<ushort> ReadAsync(ushort address, CancellationToken ct)
    {
        var request = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(request, ++_transaction);
        request[5] = 6;
        request[7] = 3;
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(8), address);
        request[11] = 1;
        await stream.WriteAsync(request, ct); //! LCA4006
        var response = new byte[11];
        await stream.ReadExactlyAsync(response, ct);
        return BinaryPrimitives.ReadUInt16BigEndian(response.AsSpan(9));
    }
}

/// <summary>A semaphore around both.</summary>
public sealed class GatedModbusTcp(NetworkStream stream) : IRegisterReader
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<ushort> ReadAsync(ushort address, CancellationToken ct)
    {
        var request = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(8), address);
        await _turn.WaitAsync(ct);
        try
        {
            await stream.WriteAsync(request, ct);
            var response = new byte[11];
            await stream.ReadExactlyAsync(response, ct); //? LCA4001
            return BinaryPrimitives.ReadUInt16BigEndian(response.AsSpan(9));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>The gate is around the write alone.</summary>
public sealed class HalfGated(SslStream tls)
{
    private readonly SemaphoreSlim _writing = new(1, 1);

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            await tls.WriteAsync(question, ct); //! LCA4006
        }
        finally
        {
            _writing.Release();
        }

        var length = new byte[2];
        await tls.ReadExactlyAsync(length, ct);
        var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await tls.ReadExactlyAsync(body, ct);
        return body;
    }
}

/// <summary>Reader and writer over one stream.</summary>
public class TextProtocolClient
{
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    public TextProtocolClient(TcpClient client)
    {
        var stream = client.GetStream();
        _reader = new StreamReader(stream, Encoding.ASCII);
        _writer = new StreamWriter(stream, Encoding.ASCII) { AutoFlush = true };
    }

    public async Task<string?> CommandAsync(string command)
    {
        await _writer.WriteLineAsync(command); //! LCA4006
        return await _reader.ReadLineAsync();
    }
}

/// <summary>A pipe's two ends.</summary>
public sealed class PipeClient(IDuplexPipe pipe)
{
    public async Task<long> AskAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        await pipe.Output.WriteAsync(question, ct); //! LCA4006
        var result = await pipe.Input.ReadAsync(ct);
        var length = result.Buffer.Length;
        pipe.Input.AdvanceTo(result.Buffer.End);
        return length;
    }
}

/// <summary>Write and read in helpers of a base class.</summary>
public abstract class FramedClient(Stream stream)
{
    protected async Task WriteFrameAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        await stream.WriteAsync(frame, ct);
        await stream.FlushAsync(ct);
    }

    protected async Task<byte[]> ReadFrameAsync(CancellationToken ct)
    {
        var header = new byte[4];
        await stream.ReadExactlyAsync(header, ct);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
        await stream.ReadExactlyAsync(body, ct);
        return body;
    }
}

public sealed class KeyValueClient(Stream stream) : FramedClient(stream)
{
    public async Task<byte[]> GetAsync(string key, CancellationToken ct)
    {
        await WriteFrameAsync(Encoding.UTF8.GetBytes("GET " + key), ct); //! LCA4006
        return await ReadFrameAsync(ct);
    }
}

/// <summary>A web socket asked and answered.</summary>
public sealed class SocketRpc
{
    private readonly ClientWebSocket _socket = new();

    public async Task<string> CallAsync(string method, CancellationToken ct)
    {
        if (_socket.State != WebSocketState.Open) throw new InvalidOperationException("closed");
        await _socket.SendAsync(Encoding.UTF8.GetBytes(method), WebSocketMessageType.Text, true, ct); //! LCA4006
        var buffer = new byte[4096];
        var result = await _socket.ReceiveAsync(new ArraySegment<byte>(buffer), ct);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }

    public Task OpenAsync(Uri uri, CancellationToken ct) => _socket.ConnectAsync(uri, ct);
}

/// <summary>A busy flag turns the second caller away.</summary>
public sealed class BusyDevice(Stream line)
{
    private int _busy;

    public async Task<int> AskAsync(byte[] question, byte[] answer, CancellationToken ct)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("an exchange is under way");
        try
        {
            await line.WriteAsync(question, ct);
            return await line.ReadAsync(answer, ct);
        }
        finally
        {
            Volatile.Write(ref _busy, 0); //? LCA4001
        }
    }
}

/// <summary>One consumer takes the questions one after the other.</summary>
public sealed class QueuedDevice(Stream line)
{
    private readonly Channel<(byte[] Question, TaskCompletionSource<byte[]> Answer)> _questions = Channel.CreateUnbounded<(byte[], TaskCompletionSource<byte[]>)>();

    public Task<byte[]> AskAsync(byte[] question)
    {
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _questions.Writer.TryWrite((question, answer)) ? answer.Task : Task.FromException<byte[]>(new InvalidOperationException());
    }

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var (question, answer) in _questions.Reader.ReadAllAsync(ct))
        {
            await line.WriteAsync(question, ct);
            var buffer = new byte[64];
            var n = await line.ReadAsync(buffer, ct);
            answer.TrySetResult(buffer[..n]);
        }
    }
}

/// <summary>A private pair in the one loop that polls.</summary>
public sealed class Poller(Stream line)
{
    private Task? _loop;

    public void Start(CancellationToken ct) => _loop ??= LoopAsync(ct);

    private async Task LoopAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            Console.WriteLine(await PollAsync(ct));
            await Task.Delay(1000, ct);
        }
    }

    private async Task<int> PollAsync(CancellationToken ct)
    {
        await line.WriteAsync("?\r\n"u8.ToArray(), ct);
        var buffer = new byte[16];
        return await line.ReadAsync(buffer, ct);
    }
}

/// <summary>Two timers come to the same line.</summary>
public sealed class TwoPollers : IDisposable
{
    private readonly WireConnection _line;
    private readonly Timer _fast;
    private readonly Timer _slow;

    public TwoPollers(WireConnection line)
    {
        _line = line;
        _fast = new Timer(_ => _ = PollAsync(1), null, 0, 100);
        _slow = new Timer(_ => _ = PollAsync(2), null, 0, 1000);
    }

    public void Dispose()
    {
        _fast.Dispose();
        _slow.Dispose();
    }

    private async Task PollAsync(byte what)
    {
        try
        {
            await _line.SendAsync(new[] { what }); //! LCA4006
            Console.WriteLine((await _line.ReceiveAsync()).Length);
        }
        catch (IOException e)
        {
            Console.WriteLine(e.Message);
        }
    }
}

/// <summary>Handed out by its pool alone: one user at a time.</summary>
public sealed class PooledNode(Stream line) : IAsyncDisposable
{
    public bool IsOpen { get; private set; } = true;

    public async Task<int> AskAsync(ReadOnlyMemory<byte> question, Memory<byte> answer, CancellationToken ct)
    {
        await line.WriteAsync(question, ct);
        return await line.ReadAsync(answer, ct);
    }

    public ValueTask DisposeAsync()
    {
        IsOpen = false;
        return line.DisposeAsync();
    }
}

public sealed class NodePool(Func<PooledNode> create)
{
    private readonly System.Collections.Concurrent.ConcurrentBag<PooledNode> _idle = [];

    public PooledNode Rent()
    {
        while (_idle.TryTake(out var node))
        {
            if (node.IsOpen) return node;
        }

        return create();
    }

    public void Return(PooledNode node) => _idle.Add(node);
}

/// <summary>Write only, or with a reading loop of its own: no pair.</summary>
public sealed class Duplex(Stream line)
{
    public async Task SendAsync(byte[] frame, CancellationToken ct) => await line.WriteAsync(frame, ct);

    public async IAsyncEnumerable<byte[]> ReadAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = new byte[256];
        int n;
        while ((n = await line.ReadAsync(buffer, ct)) > 0) yield return buffer[..n];
    }
}

/// <summary>A connection of the method's own.</summary>
public static class OneTime
{
    public static async Task<string> WhoisAsync(string domain, CancellationToken ct)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("whois.iana.org", 43, ct);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(domain + "\r\n"), ct);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(ct);
    }
}

/// <summary>A serial driver of two partial files, the public method in a switch expression.</summary>
public sealed partial class Thermostat(WireConnection wire)
{
    public Task<byte[]> QueryAsync(string what, CancellationToken ct) => what switch
    {
        "temperature" => ExchangeAsync(0x10, ct),
        "humidity" => ExchangeAsync(0x11, ct),
        _ => Task.FromResult<byte[]>([]),
    };
}

public sealed partial class Thermostat
{
    private async Task<byte[]> ExchangeAsync(byte code, CancellationToken ct)
    {
        await wire.SendAsync(new byte[] { 0x02, code, 0x03 }, ct); //! LCA4006
        return await wire.ReceiveAsync(ct);
    }
}

/// <summary>Old: a lock cannot span an await, so the gate is a queue of tasks.</summary>
public class ChainedDevice
{
    private readonly WireConnection _wire;
    private readonly object _sync = new object();
    private Task _last = Task.CompletedTask;

    public ChainedDevice(WireConnection wire)
    {
        _wire = wire;
    }

    public Task<byte[]> AskAsync(byte[] question)
    {
        lock (_sync)
        {
            var next = _last.ContinueWith(_ => ExchangeAsync(question), TaskScheduler.Default).Unwrap();
            _last = next;
            return next;
        }
    }

    private async Task<byte[]> ExchangeAsync(byte[] question)
    {
        await _wire.SendAsync(question);
        return await _wire.ReceiveAsync();
    }
}
