// Measuring instruments that are asked from a web page, a scheduler and an operator's console at the same time.
using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Acme.Wire;
using Microsoft.Extensions.Logging;

namespace Works.Isolation.ScpiSessions;

/// <summary>Reader and writer over one stream: whoever reads first gets the first answer, not his own.</summary>
public sealed class Oscilloscope : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    public Oscilloscope(TcpClient connected)
    {
        _client = connected;
        _reader = new StreamReader(connected.GetStream(), Encoding.ASCII);
        _writer = new StreamWriter(connected.GetStream(), Encoding.ASCII) { AutoFlush = true, NewLine = "\n" };
    }

    public async Task<string?> QueryAsync(string command)
    {
        await _writer.WriteLineAsync(command); //! LCA4006
        return await _reader.ReadLineAsync();
    }

    // ok LCA4006: a command without an answer
    public async Task TellAsync(string command) => await _writer.WriteLineAsync(command);

    public void Dispose() => _client.Dispose();
}

/// <summary>The same with a gate around question and answer.</summary>
public sealed class GatedOscilloscope : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private readonly SemaphoreSlim _gate = new(1, 1);

    public GatedOscilloscope(TcpClient connected)
    {
        _client = connected;
        _reader = new StreamReader(connected.GetStream(), Encoding.ASCII);
        _writer = new StreamWriter(connected.GetStream(), Encoding.ASCII) { AutoFlush = true, NewLine = "\n" };
    }

    // ok LCA4006; ok LCA4001: what fails closes the client
    public async Task<string?> QueryAsync(string command)
    {
        await _gate.WaitAsync();
        try
        {
            await _writer.WriteLineAsync(command);
            return await _reader.ReadLineAsync();
        }
        catch
        {
            _client.Dispose();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>Somebody read that two writes must not overlap.</summary>
public sealed class SignalGenerator(NetworkStream stream)
{
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SemaphoreSlim _reading = new(1);

    public async Task<byte> GetLevelAsync(byte channel)
    {
        await _writing.WaitAsync();
        try
        {
            await stream.WriteAsync(new byte[] { 0x10, channel }); //! LCA4006
        }
        finally
        {
            _writing.Release();
        }

        var reply = new byte[1];
        await stream.ReadExactlyAsync(reply);
        return reply[0];
    }

    // ok LCA4006: told, not asked
    public async Task SetLevelAsync(byte channel, byte level)
    {
        await _writing.WaitAsync();
        try
        {
            await stream.WriteAsync(new byte[] { 0x11, channel, level });
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<byte[]> GetWaveformAsync(byte channel, int length)
    {
        var wave = new byte[length];
        await _writing.WaitAsync();
        try
        {
            await stream.WriteAsync(new byte[] { 0x12, channel }); //! LCA4006
        }
        finally
        {
            _writing.Release();
        }

        await _reading.WaitAsync();
        try
        {
            await stream.ReadExactlyAsync(wave);
        }
        finally
        {
            _reading.Release();
        }

        return wave;
    }
}

/// <summary>Asked from two events of the plant's scheduler.</summary>
public sealed class ValveRack
{
    private readonly WireConnection _rack;
    private readonly ILogger<ValveRack> _log;

    public ValveRack(WireConnection rack, IScheduler scheduler, ILogger<ValveRack> log)
    {
        _rack = rack;
        _log = log;
        scheduler.ShiftBegins += async (_, _) =>
        {
            try
            {
                _log.LogInformation("shift begins, valves {State}", await AskAsync(0x01));
            }
            catch (Exception e)
            {
                _log.LogError(e, "valves do not answer");
            }
        };
        scheduler.ShiftEnds += async (_, _) =>
        {
            try
            {
                _log.LogInformation("shift ends, pressure {State}", await AskAsync(0x02));
            }
            catch (Exception e)
            {
                _log.LogError(e, "valves do not answer");
            }
        };
    }

    private async Task<string> AskAsync(byte question)
    {
        await _rack.SendAsync(new[] { question }); //! LCA4006
        return Convert.ToHexString(await _rack.ReceiveAsync());
    }
}

public interface IScheduler
{
    event EventHandler? ShiftBegins;
    event EventHandler? ShiftEnds;
}

/// <summary>A flag refuses whoever comes while a question is open.</summary>
public sealed class Analyser(WireConnection device)
{
    private int _busy;

    // ok LCA4006: busy means no
    public async Task<byte[]> MeasureAsync(byte[] question)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("a measurement is running");
        try
        {
            await device.SendAsync(question);
            return await device.ReceiveAsync();
        }
        catch
        {
            device.Dispose();
            throw;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}

/// <summary>All questions go through one queue, and one loop asks them.</summary>
public sealed class QueuedMultimeter(WireConnection device)
{
    private sealed record Question(byte[] Text, TaskCompletionSource<byte[]> Answer);

    private readonly Channel<Question> _questions = Channel.CreateUnbounded<Question>();

    public Task<byte[]> AskAsync(byte[] text)
    {
        var question = new Question(text, new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        return _questions.Writer.TryWrite(question) ? question.Answer.Task : Task.FromException<byte[]>(new ObjectDisposedException(nameof(QueuedMultimeter)));
    }

    // ok LCA4006: single consumer; ok LCA4001: the first failure ends the loop and the device
    public async Task RunAsync()
    {
        await foreach (var question in _questions.Reader.ReadAllAsync())
        {
            try
            {
                await device.SendAsync(question.Text);
                question.Answer.SetResult(await device.ReceiveAsync());
            }
            catch (Exception e)
            {
                question.Answer.SetException(e);
                device.Dispose();
                _questions.Writer.Complete(e);
                return;
            }
        }
    }
}

/// <summary>The pair is private and one loop awaits it.</summary>
public sealed class TemperatureLogger(NetworkStream probe, TextWriter output)
{
    public async Task RunAsync(PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync()) await output.WriteLineAsync((await ReadProbeAsync()).ToString("F1"));
    }

    // ok LCA4006
    private async Task<float> ReadProbeAsync()
    {
        await probe.WriteAsync("T?"u8.ToArray());
        var reply = new byte[4];
        await probe.ReadExactlyAsync(reply);
        return BitConverter.ToSingle(reply);
    }
}

/// <summary>A connection of one's own for each question.</summary>
public sealed class OneQuestionClient(string host)
{
    // ok LCA4006: a local
    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        using var device = await WireConnection.ConnectAsync(host, 5025, ct);
        await device.SendAsync(question, ct);
        return await device.ReceiveAsync(ct);
    }
}

/// <summary>Asks synchronously under a lock.</summary>
public sealed class LockedCounter(NetworkStream stream)
{
    private readonly Lock _sync = new();

    // ok LCA4006: no await between, and a lock around
    public int Read()
    {
        var reply = new byte[4];
        lock (_sync)
        {
            try
            {
                stream.Write("N?"u8);
                stream.ReadExactly(reply);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }

        return BitConverter.ToInt32(reply);
    }
}
