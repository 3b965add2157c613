// Drivers for the machines of a shop floor: Modbus gateways, scales, label printers. One question, one answer, in order.
using System.IO.Ports;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Acme.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Unseen.Isolation.ShopFloor;

public sealed class ModbusMaster(TcpClient tcp)
{
    private readonly NetworkStream _stream = tcp.GetStream();

    public async Task<ushort> ReadRegisterAsync(byte unit, ushort register, CancellationToken ct)
    {
        var request = new byte[] { 0, 0, 0, 0, 0, 6, unit, 3, (byte)(register >> 8), (byte)register, 0, 1 };
        await _stream.WriteAsync(request, ct); //! LCA4006
        var answer = new byte[11];
        await _stream.ReadExactlyAsync(answer, ct);
        return (ushort)(answer[9] << 8 | answer[10]);
    }
}

public sealed class GatedModbusMaster(TcpClient tcp) : IDisposable
{
    private readonly NetworkStream _stream = tcp.GetStream();
    private readonly SemaphoreSlim _gate = new(1, 1);

    // ok LCA4006: a gate around the pair; ok LCA4001: an exchange that failed closes the connection
    public async Task<ushort> ReadRegisterAsync(byte unit, ushort register, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var request = new byte[] { 0, 0, 0, 0, 0, 6, unit, 3, (byte)(register >> 8), (byte)register, 0, 1 };
            await _stream.WriteAsync(request, ct);
            var answer = new byte[11];
            await _stream.ReadExactlyAsync(answer, ct);
            return (ushort)(answer[9] << 8 | answer[10]);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => tcp.Dispose();
}

public sealed class HalfGatedMaster(TcpClient tcp)
{
    private readonly NetworkStream _stream = tcp.GetStream();
    private readonly SemaphoreSlim _writes = new(1, 1);

    /// <summary>The frames do not mix; the answers do.</summary>
    public async Task<byte[]> AskAsync(byte[] question, int length, CancellationToken ct)
    {
        await _writes.WaitAsync(ct);
        try
        {
            await _stream.WriteAsync(question, ct); //! LCA4006
        }
        finally
        {
            _writes.Release();
        }

        var answer = new byte[length];
        await _stream.ReadExactlyAsync(answer, ct);
        return answer;
    }
}

public sealed class TextMachine(TcpClient tcp)
{
    private readonly StreamWriter _writer = new(tcp.GetStream(), Encoding.ASCII) { AutoFlush = true, NewLine = "\r\n" };
    private readonly StreamReader _reader = new(tcp.GetStream(), Encoding.ASCII);

    public async Task<string> QueryAsync(string command)
    {
        await _writer.WriteLineAsync(command); //! LCA4006
        return await _reader.ReadLineAsync() ?? throw new IOException("machine closed");
    }

    // ok LCA4006: nothing is read
    public Task CommandAsync(string command) => _writer.WriteLineAsync(command);
}

public sealed class BusyTextMachine(TcpClient tcp)
{
    private readonly StreamWriter _writer = new(tcp.GetStream(), Encoding.ASCII) { AutoFlush = true };
    private readonly StreamReader _reader = new(tcp.GetStream(), Encoding.ASCII);
    private int _busy;

    // ok LCA4006: a busy flag refuses the second caller
    public async Task<string?> QueryAsync(string command)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("machine is busy");
        try
        {
            await _writer.WriteLineAsync(command);
            return await _reader.ReadLineAsync();
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}

public sealed class RobotArm(ClientWebSocket socket)
{
    public async Task<string> MoveAsync(string program, CancellationToken ct)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(program), WebSocketMessageType.Text, true, ct); //! LCA4006
        var buffer = new byte[4096];
        var result = await socket.ReceiveAsync(buffer, ct);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}

public sealed record MachineJob(byte[] Question, TaskCompletionSource<byte[]> Answer);

public sealed class QueuedMachine(WireConnection machine, ILogger<QueuedMachine> log) : BackgroundService
{
    private readonly Channel<MachineJob> _jobs = Channel.CreateUnbounded<MachineJob>();

    public Task<byte[]> AskAsync(byte[] question)
    {
        var job = new MachineJob(question, new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_jobs.Writer.TryWrite(job)) job.Answer.TrySetCanceled();
        return job.Answer.Task;
    }

    // ok LCA4006: one consumer, one exchange after the other
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var job in _jobs.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await machine.SendAsync(job.Question, stoppingToken);
                job.Answer.TrySetResult(await machine.ReceiveAsync(stoppingToken));
            }
            catch (Exception ex)
            {
                log.LogError(ex, "machine lost");
                machine.Dispose();
                job.Answer.TrySetException(ex);
                return;
            }
        }
    }
}

public sealed class OvenPoller(WireConnection oven, ILogger<OvenPoller> log) : BackgroundService
{
    /// <summary>An oven that answers late answers the next poll.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await oven.SendAsync("T?"u8.ToArray(), limit.Token);
                var answer = await oven.ReceiveAsync(limit.Token);
                log.LogInformation("oven: {Temperature}", Encoding.ASCII.GetString(answer));
            }
            catch (OperationCanceledException) //! LCA4001
            {
                log.LogWarning("oven does not answer");
            }

            await Task.Delay(TimeSpan.FromSeconds(10), stoppingToken);
        }
    }
}

public sealed class KilnPoller(string host, ILogger<KilnPoller> log) : BackgroundService
{
    // ok LCA4001: the connection of a poll that timed out is closed, the next poll dials
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        WireConnection? kiln = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            limit.CancelAfter(TimeSpan.FromSeconds(2));
            try
            {
                if (kiln is not { IsOpen: true }) kiln = await WireConnection.ConnectAsync(host, 9100, limit.Token);
                await kiln.SendAsync("T?"u8.ToArray(), limit.Token);
                var answer = await kiln.ReceiveAsync(limit.Token);
                log.LogInformation("kiln: {Temperature}", Encoding.ASCII.GetString(answer));
            }
            catch (Exception ex)
            {
                log.LogWarning(ex, "kiln does not answer");
                kiln?.Dispose();
                kiln = null;
            }

            await Task.Delay(TimeSpan.FromSeconds(10), stoppingToken);
        }
    }
}

public sealed class PressDriver(WireConnection press, TimeSpan patience)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The caller gives up; its answer waits for whoever has the next turn.</summary>
    public async Task<byte[]> PressureAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await press.SendAsync("P?"u8.ToArray(), ct);
            return await press.ReceiveAsync(ct);
        }
        finally
        {
            _turn.Release(); //! LCA4001
        }
    }

    // ok LCA4001: the press is closed before the next turn
    public async Task<byte[]> StrokesAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(patience);
            await press.SendAsync("S?"u8.ToArray(), limit.Token);
            return await press.ReceiveAsync(limit.Token);
        }
        catch (Exception)
        {
            await press.DisposeAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }
}

public sealed class TruckScale : IDisposable
{
    private readonly SerialPort _port;
    private readonly SemaphoreSlim _turn = new(1, 1);

    public TruckScale(string name, ILogger log)
    {
        _port = new SerialPort(name, 9600) { ReadTimeout = 1_500 };
        _port.ErrorReceived += (_, e) => log.LogWarning("scale line: {Error}", e.EventType);
        _port.Open();
    }

    public string Weigh()
    {
        _turn.Wait();
        try
        {
            _port.WriteLine("W");
            return _port.ReadLine();
        }
        finally
        {
            _turn.Release(); //! LCA4001
        }
    }

    // ok LCA4001: one that does not answer in time is closed
    public string Tare()
    {
        _turn.Wait();
        try
        {
            _port.WriteLine("T");
            return _port.ReadLine();
        }
        catch
        {
            _port.Close();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _port.Dispose();
        _turn.Dispose();
    }
}
