// Scales that answer one question at a time: pairs of write and read, alone and together.
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Ways.Exchanges;

public interface IScale
{
    Task<decimal> WeighAsync(CancellationToken cancel = default);
}

public sealed class BareScale(NetworkStream stream) : IScale
{
    public async Task<decimal> WeighAsync(CancellationToken cancel)
    {
        var answer = new byte[16];
        await stream.WriteAsync("W\r"u8.ToArray(), cancel); //! LCA4006
        var read = await stream.ReadAsync(answer, cancel);
        return decimal.Parse(Encoding.ASCII.GetString(answer, 0, read));
    }
}

public sealed class GatedScale(NetworkStream stream) : IScale
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<decimal> WeighAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            var answer = new byte[16];
            await stream.WriteAsync("W\r"u8.ToArray());
            var read = await stream.ReadAsync(answer);
            return decimal.Parse(Encoding.ASCII.GetString(answer, 0, read));
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class HalfGatedScale(NetworkStream stream) : IScale
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<decimal> WeighAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try { await stream.WriteAsync("W\r"u8.ToArray(), cancel); } //! LCA4006
        finally { _gate.Release(); }

        var answer = new byte[16];
        var read = await stream.ReadAsync(answer, cancel);
        return decimal.Parse(Encoding.ASCII.GetString(answer, 0, read));
    }
}

public sealed class LineScale : IScale
{
    private readonly StreamWriter _writer;
    private readonly StreamReader _reader;

    public LineScale(Stream stream) => (_writer, _reader) = (new(stream) { AutoFlush = true }, new(stream));

    public async Task<decimal> WeighAsync(CancellationToken cancel)
    {
        await _writer.WriteLineAsync("W".AsMemory(), cancel); //! LCA4006
        return await _reader.ReadLineAsync(cancel) is { Length: > 0 } line ? decimal.Parse(line) : throw new IOException("no weight");
    }
}

/// <summary>Extension members hide the gate, not the need for it.</summary>
public static class GateExtensions
{
    public static async ValueTask<Entered> EnterAsync(this SemaphoreSlim gate, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        return new Entered(gate);
    }

    public readonly struct Entered(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}

public sealed class ScopedLineScale : IScale
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly StreamWriter _writer;
    private readonly StreamReader _reader;

    public ScopedLineScale(Stream stream) => (_writer, _reader) = (new(stream) { AutoFlush = true }, new(stream));

    public async Task<decimal> WeighAsync(CancellationToken cancel)
    {
        using var entered = await _gate.EnterAsync(cancel);
        await _writer.WriteLineAsync("W");
        return await _reader.ReadLineAsync() is { Length: > 0 } line ? decimal.Parse(line) : throw new IOException("no weight");
    }
}

/// <summary>One consumer asks for all.</summary>
public sealed class QueuedScale : IScale
{
    private readonly Channel<TaskCompletionSource<decimal>> _asked = Channel.CreateUnbounded<TaskCompletionSource<decimal>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly NetworkStream _stream;

    public QueuedScale(NetworkStream stream) => _stream = stream;

    public async Task<decimal> WeighAsync(CancellationToken cancel)
    {
        TaskCompletionSource<decimal> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _asked.Writer.WriteAsync(answer, cancel);
        return await answer.Task.WaitAsync(cancel);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        var bytes = new byte[16];
        await foreach (var answer in _asked.Reader.ReadAllAsync(stop))
        {
            try
            {
                await _stream.WriteAsync("W\r"u8.ToArray(), stop);
                var read = await _stream.ReadAsync(bytes, stop);
                answer.SetResult(decimal.Parse(Encoding.ASCII.GetString(bytes, 0, read)));
            }
            catch (Exception e)
            {
                answer.SetException(e);
                throw;
            }
        }
    }
}

/// <summary>Says no to whoever comes while somebody is weighing.</summary>
public sealed class BusyScale(NetworkStream stream) : IScale
{
    private int _busy;

    public async Task<decimal> WeighAsync(CancellationToken cancel)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("somebody is weighing");
        try
        {
            var answer = new byte[16];
            await stream.WriteAsync("W\r"u8.ToArray());
            var read = await stream.ReadAsync(answer);
            return decimal.Parse(Encoding.ASCII.GetString(answer, 0, read));
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}

public class PipeScale : IScale
{
    private readonly IDuplexPipe _pipe;

    public PipeScale(IDuplexPipe pipe) => _pipe = pipe;

    public async Task<decimal> WeighAsync(CancellationToken cancel)
    {
        await _pipe.Output.WriteAsync("W\r"u8.ToArray(), cancel).ConfigureAwait(false); //! LCA4006
        var result = await _pipe.Input.ReadAsync(cancel).ConfigureAwait(false);
        var text = Encoding.ASCII.GetString(result.Buffer);
        _pipe.Input.AdvanceTo(result.Buffer.End);
        return decimal.Parse(text);
    }
}

/// <summary>One pair after the other in a loop of its own, entered once by its owner.</summary>
public sealed class PollingScale : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public PollingScale(NetworkStream stream)
    {
        _stream = stream;
        _loop = PollAsync();
    }

    public decimal Last { get; private set; }

    private async Task PollAsync()
    {
        var answer = new byte[16];
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            await _stream.WriteAsync("W\r"u8.ToArray());
            var read = await _stream.ReadAsync(answer);
            Last = decimal.Parse(Encoding.ASCII.GetString(answer, 0, read));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stream.DisposeAsync();
    }
}
