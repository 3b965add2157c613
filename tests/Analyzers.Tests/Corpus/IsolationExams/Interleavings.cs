// Instruments that answer one question at a time: who may ask, and for how long is the line his?
using System.IO.Pipelines;
using System.IO.Ports;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace HeldOut.Isolation.Interleavings;

public sealed class Multimeter(NetworkStream stream)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly byte[] _answer = new byte[64];

    public async Task<double> MeasureAsync(CancellationToken ct)
    {
        await stream.WriteAsync("MEAS?\n"u8.ToArray(), ct); //! LCA4006
        var n = await stream.ReadAsync(_answer, ct);
        return double.Parse(Encoding.ASCII.GetString(_answer, 0, n));
    }

    // ok LCA4006: the pair under one gate
    public async Task<double> MeasureGatedAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await stream.WriteAsync("MEAS?\n"u8.ToArray(), CancellationToken.None);
            var n = await stream.ReadAsync(_answer, CancellationToken.None);
            return double.Parse(Encoding.ASCII.GetString(_answer, 0, n));
        }
        finally
        {
            _gate.Release(); //? LCA4001
        }
    }

    // The gate covers the write alone.
    public async Task<double> MeasureHalfGatedAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await stream.WriteAsync("MEAS?\n"u8.ToArray(), ct); //! LCA4006
        }
        finally
        {
            _gate.Release();
        }

        var n = await stream.ReadAsync(_answer, ct);
        return double.Parse(Encoding.ASCII.GetString(_answer, 0, n));
    }
}

public sealed class Scope : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private int _busy;

    public Scope(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream());
        _writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
    }

    public async Task<string> IdentifyAsync()
    {
        await _writer.WriteLineAsync("*IDN?"); //! LCA4006
        return await _reader.ReadLineAsync() ?? throw new EndOfStreamException();
    }

    // ok LCA4006: a busy flag that turns callers away
    public async Task<string> IdentifyOnceAsync()
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("a question is under way");
        try
        {
            await _writer.WriteLineAsync("*IDN?");
            return await _reader.ReadLineAsync() ?? throw new EndOfStreamException();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    // ok LCA4006: a helper takes the turn for all of them
    public Task<string> WaveAsync() => InTurnAsync(async () =>
    {
        await _writer.WriteLineAsync("WAV?");
        return await _reader.ReadLineAsync() ?? "";
    });

    private readonly SemaphoreSlim _turn = new(1);

    private async Task<T> InTurnAsync<T>(Func<Task<T>> exchange)
    {
        await _turn.WaitAsync();
        try
        {
            return await exchange();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _client.Dispose();
    }
}

public sealed class QueuedInstrument(NetworkStream stream, ILogger<QueuedInstrument> log)
{
    private sealed record Question(byte[] Text, TaskCompletionSource<byte[]> Answer);

    private readonly Channel<Question> _questions = Channel.CreateUnbounded<Question>();

    public async Task<byte[]> AskAsync(byte[] text)
    {
        var question = new Question(text, new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        await _questions.Writer.WriteAsync(question);
        return await question.Answer.Task;
    }

    // ok LCA4006: one loop asks for everyone
    public async Task RunAsync(CancellationToken ct)
    {
        var buffer = new byte[256];
        await foreach (var question in _questions.Reader.ReadAllAsync(ct))
        {
            try
            {
                var answer = await ExchangeAsync(question.Text, buffer, ct);
                question.Answer.TrySetResult(answer);
            }
            catch (IOException ex)
            {
                log.LogWarning(ex, "instrument gone");
                question.Answer.TrySetException(ex);
                return;
            }
        }
    }

    private async Task<byte[]> ExchangeAsync(byte[] text, byte[] buffer, CancellationToken ct)
    {
        await stream.WriteAsync(text, ct);
        var n = await stream.ReadAsync(buffer, ct);
        return buffer[..n];
    }
}

public sealed class SplitQuestion(Socket socket)
{
    public async Task<int> AskAsync(byte[] question, byte[] answer, CancellationToken ct)
    {
        await PutAsync(question, ct); //! LCA4006
        return await GetAsync(answer, ct);
    }

    private async Task PutAsync(byte[] question, CancellationToken ct) => await socket.SendAsync(question, ct); //? LCA4006

    private async Task<int> GetAsync(byte[] answer, CancellationToken ct) => await socket.ReceiveAsync(answer, ct);
}

public sealed class PipeInstrument(IDuplexPipe pipe)
{
    private readonly SemaphoreSlim _write = new(1, 1);

    public async ValueTask<ReadResult> AskAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        using (await LockAsync(ct)) await pipe.Output.WriteAsync(question, ct); //! LCA4006
        return await pipe.Input.ReadAsync(ct);
    }

    // ok LCA4006: the lock spans both
    public async ValueTask<ReadResult> AskLockedAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        using var turn = await LockAsync(ct); //? LCA4001
        await pipe.Output.WriteAsync(question, ct);
        return await pipe.Input.ReadAsync(ct);
    }

    private async ValueTask<Turn> LockAsync(CancellationToken ct)
    {
        await _write.WaitAsync(ct);
        return new Turn(_write);
    }

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}

public sealed class SerialBalance(SerialPort port)
{
    private static readonly SemaphoreSlim s_line = new(1, 1);

    public async Task<string> WeighAsync()
    {
        port.Write([0x57, 0x0d], 0, 2); //! LCA4006
        await Task.Delay(50);
        return port.ReadLine();
    }

    // ok LCA4006: a static gate for the one line there is
    public async Task<string> WeighInTurnAsync()
    {
        await s_line.WaitAsync();
        try
        {
            port.Write([0x57, 0x0d], 0, 2);
            await Task.Delay(50);
            return port.ReadLine();
        }
        finally
        {
            s_line.Release(); //? LCA4001
        }
    }
}

// Files are written and read, and nobody answers.
public sealed class Journal(FileStream file)
{
    public async Task<int> RewriteAsync(byte[] line)
    {
        await file.WriteAsync(line);
        file.Position = 0;
        return await file.ReadAsync(line);
    }
}
