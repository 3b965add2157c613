// A laboratory's instruments: each has one line, one connection that stays, and answers one question after the other.
using System;
using System.Globalization;
using System.IO;
using System.IO.Pipes;
using System.IO.Ports;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Acme.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Works.Isolation.LabInstruments;

/// <summary>Balance on RS-232. A slow answer ends in a TimeoutException; it arrives all the same, for the next question.</summary>
public sealed class Balance : IDisposable
{
    private readonly object _sync = new();
    private readonly SerialPort _port;

    public Balance(string portName, ILogger<Balance> log)
    {
        _port = new SerialPort(portName, 9600) { NewLine = "\r\n", ReadTimeout = 500, WriteTimeout = 500 };
        _port.ErrorReceived += (_, _) => log.LogWarning("line error on {Port}", portName);
        _port.Open();
    }

    public decimal Weigh()
    {
        lock (_sync)
        {
            _port.WriteLine("SI");
            var line = _port.ReadLine();
            return decimal.Parse(line.AsSpan(4, 10), NumberStyles.Number, CultureInfo.InvariantCulture);
        } //! LCA4001
    }

    public void Dispose() => _port.Dispose();
}

/// <summary>The same balance; a question without an answer closes the port, and the next one opens it again.</summary>
public sealed class ReopeningBalance : IDisposable
{
    private readonly object _sync = new();
    private readonly SerialPort _port;

    public ReopeningBalance(string portName, ILogger<ReopeningBalance> log)
    {
        _port = new SerialPort(portName, 9600) { NewLine = "\r\n", ReadTimeout = 500, WriteTimeout = 500 };
        _port.ErrorReceived += (_, _) => log.LogWarning("line error on {Port}", portName);
    }

    // ok LCA4001: closed on the timeout
    public decimal Weigh()
    {
        lock (_sync)
        {
            if (!_port.IsOpen) _port.Open();
            try
            {
                _port.WriteLine("SI");
                var line = _port.ReadLine();
                return decimal.Parse(line.AsSpan(4, 10), NumberStyles.Number, CultureInfo.InvariantCulture);
            }
            catch
            {
                _port.Close();
                throw;
            }
        }
    }

    // ok LCA4001: tells and asks nothing
    public void Tare()
    {
        lock (_sync)
        {
            if (!_port.IsOpen) _port.Open();
            _port.WriteLine("T");
        }
    }

    public void Dispose() => _port.Dispose();
}

/// <summary>Spectrometer behind a vendor's connection; the web front end passes its request's token down to here.</summary>
public sealed class Spectrometer(WireConnection device, ILogger<Spectrometer> log)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<byte[]> ScanAsync(double from, double to, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await device.SendAsync(Encoding.ASCII.GetBytes(FormattableString.Invariant($"SCAN {from} {to}\n")), ct);
            var spectrum = await device.ReceiveAsync(ct);
            log.LogDebug("{Length} bytes of spectrum", spectrum.Length);
            return spectrum;
        }
        finally
        {
            _turn.Release(); //! LCA4001
        }
    }

    // ok LCA4001: the caller's token is honoured before the question is out, not after
    public async Task<byte[]> ScanToTheEndAsync(double from, double to, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            ct.ThrowIfCancellationRequested();
            await device.SendAsync(Encoding.ASCII.GetBytes(FormattableString.Invariant($"SCAN {from} {to}\n")), CancellationToken.None);
            return await device.ReceiveAsync(CancellationToken.None);
        }
        catch
        {
            device.Dispose();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    // ok LCA4001: nothing is asked here, the instrument is only told
    public async Task ShutterAsync(bool open, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await device.SendAsync(open ? "SHUT O\n"u8.ToArray() : "SHUT C\n"u8.ToArray(), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>Polls the climate chamber's slots over one stream, for as long as the service runs.</summary>
public sealed class ChamberPoller(NetworkStream chamber, IClimateLog climate, ILogger<ChamberPoller> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        var reply = new byte[16];
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            for (var slot = 0; slot < 4; slot++)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                limit.CancelAfter(TimeSpan.FromSeconds(1));
                try
                {
                    await chamber.WriteAsync(new[] { (byte)'Q', (byte)('0' + slot), (byte)'\r' }, limit.Token);
                    await chamber.ReadExactlyAsync(reply, limit.Token);
                    climate.Record(slot, BitConverter.ToSingle(reply, 0), BitConverter.ToSingle(reply, 4));
                }
                catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested) //! LCA4001
                {
                    log.LogWarning("slot {Slot} did not answer", slot);
                }
            }
        }
    }
}

/// <summary>Polls likewise; the first missing answer ends the stream, and with it the poller.</summary>
public sealed class StrictChamberPoller(NetworkStream chamber, IClimateLog climate, ILogger<StrictChamberPoller> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        var reply = new byte[16];
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            limit.CancelAfter(TimeSpan.FromSeconds(1));
            try
            {
                await chamber.WriteAsync("Q*\r"u8.ToArray(), limit.Token);
                await chamber.ReadExactlyAsync(reply, limit.Token);
                climate.Record(0, BitConverter.ToSingle(reply, 0), BitConverter.ToSingle(reply, 4));
            }
            catch (OperationCanceledException e) // ok LCA4001: closed, not polled again
            {
                log.LogError(e, "the chamber does not answer any more");
                chamber.Dispose();
                return;
            }
        }
    }
}

public interface IClimateLog
{
    void Record(int slot, float temperature, float humidity);
}

/// <summary>The robot's controller is a process of its own, reached over a named pipe.</summary>
public sealed class RobotArm : IDisposable
{
    private readonly NamedPipeClientStream _pipe;
    private readonly SemaphoreSlim _gate = new(1);

    public RobotArm(NamedPipeClientStream connectedPipe) => _pipe = connectedPipe;

    public async Task<bool> MoveAsync(int position, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        var order = BitConverter.GetBytes(position);
        var answer = new byte[1];
        await _gate.WaitAsync(cts.Token);
        try
        {
            await _pipe.WriteAsync(order, cts.Token);
            await _pipe.ReadExactlyAsync(answer, cts.Token);
        }
        finally
        {
            _gate.Release(); //! LCA4001
        }

        return answer[0] == 1;
    }

    // ok LCA4001: an arm whose answer is missing is disposed; every later order fails at once
    public async Task<bool> MoveOrDisposeAsync(int position, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        var order = BitConverter.GetBytes(position);
        var answer = new byte[1];
        await _gate.WaitAsync(cts.Token);
        try
        {
            await _pipe.WriteAsync(order, cts.Token);
            await _pipe.ReadExactlyAsync(answer, cts.Token);
            return answer[0] == 1;
        }
        catch
        {
            await _pipe.DisposeAsync();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _pipe.Dispose();
        _gate.Dispose();
    }
}

/// <summary>Old synchronous driver over a socket with a receive timeout; the timeout is an answer of its own.</summary>
public sealed class PumpDriver(Socket socket)
{
    private readonly object _sync = new();

    public int? ReadFlow(byte channel)
    {
        var reply = new byte[4];
        lock (_sync)
        {
            try
            {
                socket.ReceiveTimeout = 250;
                socket.Send([0x02, channel, 0x03]);
                if (socket.Receive(reply) == 0) throw new EndOfStreamException();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut) //? LCA4001
            {
                return null;
            }
        } //? LCA4001

        return BitConverter.ToInt32(reply, 0);
    }

    // ok LCA4001: closes on the timeout; the owner makes a new driver
    public int? ReadFlowOrClose(byte channel)
    {
        var reply = new byte[4];
        lock (_sync)
        {
            try
            {
                socket.ReceiveTimeout = 250;
                socket.Send([0x02, channel, 0x03]);
                if (socket.Receive(reply) == 0) throw new EndOfStreamException();
            }
            catch (Exception)
            {
                socket.Close();
                throw;
            }
        }

        return BitConverter.ToInt32(reply, 0);
    }
}
