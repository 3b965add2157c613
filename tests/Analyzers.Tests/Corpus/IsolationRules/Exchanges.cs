// A question written, an answer read: two callers at once get each other's.
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Channels;
using Acme.Wire;

namespace Second.Isolation.Exchanges;

public sealed class Scale(WireConnection line)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SemaphoreSlim _writes = new(1, 1);
    private int _busy;

    public async Task<byte[]> WeighAsync(CancellationToken ct)
    {
        await line.SendAsync("W"u8.ToArray(), ct); //! LCA4006
        return await line.ReceiveAsync(ct);
    }

    public async Task<byte[]> WeighGatedAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await line.SendAsync("W"u8.ToArray(), ct);
            return await line.ReceiveAsync(ct);
        }
        catch
        {
            line.Dispose();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<byte[]> WeighHalfGatedAsync(CancellationToken ct)
    {
        await _writes.WaitAsync(ct);
        try
        {
            await line.SendAsync("W"u8.ToArray(), ct); //! LCA4006
        }
        finally
        {
            _writes.Release();
        }

        return await line.ReceiveAsync(ct);
    }

    public async Task<byte[]> WeighUnlessBusyAsync(CancellationToken ct)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("busy");
        try
        {
            await line.SendAsync("W"u8.ToArray(), ct); // ok LCA4006: refuses the second caller
            return await line.ReceiveAsync(ct);
        }
        catch
        {
            line.Dispose();
            throw;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>One way.</summary>
    public Task TareAsync(CancellationToken ct) => line.SendAsync("T"u8.ToArray(), ct);
}

/// <summary>Stream, reader and writer over one client.</summary>
public sealed class SmtpLike
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    public SmtpLike(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream());
        _writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\r\n" };
    }

    public async Task<string?> CommandAsync(string verb)
    {
        await _writer.WriteLineAsync(verb); //! LCA4006
        return await _reader.ReadLineAsync();
    }

    public void Close() => _client.Close();
}

internal sealed class PipeDriver(IDuplexPipe pipe)
{
    public async Task<long> QueryAsync(ReadOnlyMemory<byte> query, CancellationToken ct)
    {
        await pipe.Output.WriteAsync(query, ct); //! LCA4006
        var result = await pipe.Input.ReadAsync(ct);
        var length = result.Buffer.Length;
        pipe.Input.AdvanceTo(result.Buffer.End);
        return length;
    }
}

/// <summary>Through private halves.</summary>
public sealed class PlcDriver
{
    private readonly NetworkStream _stream;

    public PlcDriver(NetworkStream stream) => _stream = stream;

    public async Task<byte[]> ReadBlockAsync(byte[] telegram, int length, CancellationToken ct)
    {
        await WriteTelegramAsync(telegram, ct); //! LCA4006
        return await ReadAnswerAsync(length, ct);
    }

    private async Task WriteTelegramAsync(byte[] telegram, CancellationToken ct)
    {
        await _stream.WriteAsync(telegram, ct); //? LCA4006
    }

    private async Task<byte[]> ReadAnswerAsync(int length, CancellationToken ct)
    {
        var answer = new byte[length];
        await _stream.ReadExactlyAsync(answer, ct);
        return answer;
    }
}

/// <summary>One consumer takes the questions from a channel.</summary>
public sealed class QueuedDriver
{
    private readonly Channel<(byte[] Question, TaskCompletionSource<byte[]> Answer)> _queue = Channel.CreateUnbounded<(byte[], TaskCompletionSource<byte[]>)>();
    private readonly NetworkStream _stream;

    public QueuedDriver(NetworkStream stream) => _stream = stream;

    public Task<byte[]> AskAsync(byte[] question)
    {
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Writer.TryWrite((question, answer));
        return answer.Task;
    }

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var (question, answer) in _queue.Reader.ReadAllAsync(ct))
        {
            await _stream.WriteAsync(question, ct); // ok LCA4006: one consumer
            var reply = new byte[32];
            await _stream.ReadExactlyAsync(reply, ct);
            answer.TrySetResult(reply);
        }
    }
}

/// <summary>Handed out only by a pool of this compilation.</summary>
public sealed class PooledDriver
{
    private readonly NetworkStream _stream;

    internal PooledDriver(NetworkStream stream) => _stream = stream;

    internal bool IsOpen => _stream.CanRead;

    public async Task<byte> AskAsync(byte[] question, CancellationToken ct)
    {
        await _stream.WriteAsync(question, ct); // ok LCA4006: one user at a time
        var reply = new byte[1];
        await _stream.ReadExactlyAsync(reply, ct);
        return reply[0];
    }
}

public sealed class DriverPool(Func<NetworkStream> dial)
{
    private readonly Stack<PooledDriver> _drivers = new();

    public PooledDriver Rent()
    {
        lock (_drivers)
        {
            while (_drivers.TryPop(out var driver))
            {
                if (driver.IsOpen) return driver;
            }
        }

        return new PooledDriver(dial());
    }

    public void Return(PooledDriver driver)
    {
        lock (_drivers) _drivers.Push(driver);
    }
}

/// <summary>A private pair in one loop.</summary>
public sealed class Heartbeat(WireConnection line)
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await BeatAsync(ct);
            await Task.Delay(1000, ct);
        }
    }

    private async Task BeatAsync(CancellationToken ct)
    {
        await line.SendAsync("beat"u8.ToArray(), ct); // ok LCA4006: private, awaited in one loop
        await line.ReceiveAsync(ct);
    }
}

/// <summary>A connection of its own for each call.</summary>
public sealed class Dialer(string host)
{
    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        using var line = await WireConnection.ConnectAsync(host, 1, ct);
        await line.SendAsync(question, ct);
        return await line.ReceiveAsync(ct);
    }
}

/// <summary>Several exchanges in one public method; a primary constructor's socket.</summary>
public sealed class Controller(Socket socket)
{
    public async Task<int> HandshakeAsync(byte[] hello, byte[] reply)
    {
        await socket.SendAsync(hello); //? LCA4006
        var n = await socket.ReceiveAsync(reply);
        return n;
    }

    public async Task<bool> ProbeAsync(CancellationToken ct)
    {
        var one = new byte[1];
        await socket.SendAsync(one.AsMemory(), ct); //! LCA4006
        return await socket.ReceiveAsync(one.AsMemory(), ct) == 1;
    }
}

/// <summary>The gate is a lock held by an own async lock type.</summary>
public sealed class AsyncGate
{
    private readonly SemaphoreSlim _inner = new(1, 1);

    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _inner.WaitAsync(ct);
        return new Release(_inner);
    }

    private sealed class Release(SemaphoreSlim inner) : IDisposable
    {
        public void Dispose() => inner.Release();
    }
}

public sealed class GatedController(Socket socket)
{
    private readonly AsyncGate _gate = new();

    public async Task<int> AskAsync(byte[] question, byte[] answer, CancellationToken ct)
    {
        using (await _gate.EnterAsync(ct))
        {
            try
            {
                await socket.SendAsync(question.AsMemory(), ct); // ok LCA4006
                return await socket.ReceiveAsync(answer.AsMemory(), ct);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}

/// <summary>Only ever called under the gate of its callers.</summary>
public sealed class CoreDriver(NetworkStream stream)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<byte[]> ReadAsync(int register, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            return await ExchangeAsync([3, (byte)register], ct);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<byte[]> ExchangeAsync(byte[] question, CancellationToken ct)
    {
        await stream.WriteAsync(question, ct); // ok LCA4006
        var answer = new byte[8];
        await stream.ReadExactlyAsync(answer, ct);
        return answer;
    }
}

/// <summary>A private pair that several event handlers reach.</summary>
public sealed class Panel
{
    private readonly WireConnection _line;

    public Panel(WireConnection line, IKeypad keypad)
    {
        _line = line;
        keypad.Pressed += async (_, key) => Console.WriteLine(await AskAsync((byte)key)); //? LCA1005 LCA2001
        keypad.Released += async (_, key) => Console.WriteLine(await AskAsync((byte)(key | 0x80))); //? LCA1005 LCA2001
    }

    private async Task<byte> AskAsync(byte key)
    {
        await _line.SendAsync(new[] { key }); //! LCA4006
        var answer = await _line.ReceiveAsync();
        return answer[0];
    }
}

public interface IKeypad
{
    event EventHandler<int>? Pressed;
    event EventHandler<int>? Released;
}

/// <summary>HTTP requests do not share an exchange.</summary>
public sealed class Api(HttpClient http)
{
    public async Task<string> AskAsync(HttpContent content, CancellationToken ct)
    {
        using var response = await http.PostAsync("/ask", content, ct); // ok LCA4006
        return await response.Content.ReadAsStringAsync(ct);
    }
}
