// A weighbridge terminal and other instruments that answer one question at a time.
using System.IO.Ports;
using System.Net.Sockets;
using System.Text;
using Acme.Wire;

namespace Fresh.Isolation.WeighbridgeLines;

public sealed class WeightTimeout : Exception;

/// <summary>Two trucks at two counters, one line: the answers may change hands.</summary>
public sealed class BridgeTerminal(WireConnection line)
{
    public async Task<decimal> WeighAsync(string counter, CancellationToken ct)
    {
        await line.SendAsync(Encoding.ASCII.GetBytes($"W {counter}\r"), ct); //! LCA4006
        var answer = await line.ReceiveAsync(ct);
        return decimal.Parse(Encoding.ASCII.GetString(answer));
    }
}

public sealed class GatedTerminal(WireConnection line)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<decimal> WeighAsync(string counter)
    {
        await _gate.WaitAsync();
        try
        {
            await line.SendAsync(Encoding.ASCII.GetBytes($"W {counter}\r"));
            var answer = await line.ReceiveAsync();
            return decimal.Parse(Encoding.ASCII.GetString(answer));
        }
        catch (IOException)
        {
            line.Dispose();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>The gate is let go between question and answer.</summary>
public sealed class HalfGatedTerminal(TcpClient client)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly StreamReader _reader = new(client.GetStream());
    private readonly StreamWriter _writer = new(client.GetStream()) { AutoFlush = true };

    public async Task<string?> QueryAsync(string question)
    {
        await _gate.WaitAsync();
        try
        {
            await _writer.WriteLineAsync(question); //! LCA4006
        }
        finally
        {
            _gate.Release();
        }

        return await _reader.ReadLineAsync();
    }
}

public sealed class LineReaderTerminal : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    public LineReaderTerminal(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream());
        _writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n" };
    }

    internal async Task<string?> ZeroAsync(CancellationToken ct)
    {
        await _writer.WriteLineAsync("ZERO".AsMemory(), ct); //! LCA4006
        await _writer.FlushAsync(ct);
        return await _reader.ReadLineAsync(ct);
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>A single loop asks; nobody else can.</summary>
public sealed class LoopTerminal(WireConnection line, Action<decimal> show)
{
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(ct)) show(await AskAsync(ct));
    }

    private async Task<decimal> AskAsync(CancellationToken ct)
    {
        await line.SendAsync("W\r"u8.ToArray(), ct);
        return decimal.Parse(Encoding.ASCII.GetString(await line.ReceiveAsync(ct)));
    }
}

/// <summary>The time-out is swallowed; its answer is the next one's.</summary>
public sealed class PatientTerminal(WireConnection line)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<string?> TareAsync(TimeSpan limit)
    {
        await _gate.WaitAsync();
        try
        {
            using var stop = new CancellationTokenSource(limit);
            await line.SendAsync("TARE\r"u8.ToArray(), stop.Token);
            return Encoding.ASCII.GetString(await line.ReceiveAsync(stop.Token));
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

    public async Task<string> TareOrCloseAsync(TimeSpan limit)
    {
        await _gate.WaitAsync();
        try
        {
            using var stop = new CancellationTokenSource(limit);
            await line.SendAsync("TARE\r"u8.ToArray(), stop.Token);
            return Encoding.ASCII.GetString(await line.ReceiveAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            await line.DisposeAsync();
            throw new WeightTimeout();
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class PanelMeter : IDisposable
{
    private readonly SerialPort _port;
    private readonly object _sync = new();

    public PanelMeter(string port)
    {
        _port = new SerialPort(port, 19200) { ReadTimeout = 300 };
        _port.ErrorReceived += (_, e) => Console.Error.WriteLine(e.EventType);
        _port.Open();
    }

    /// <summary>A meter that is late answers the next question.</summary>
    public double? Read(int channel)
    {
        lock (_sync)
        {
            try
            {
                _port.WriteLine($"R{channel}");
                return double.Parse(_port.ReadLine());
            }
            catch (TimeoutException) //! LCA4001
            {
                return null;
            }
        }
    }

    public void Dispose() => _port.Close();
}
