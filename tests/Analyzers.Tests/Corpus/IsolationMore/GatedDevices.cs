// Devices that answer one question after the other on one connection that is never given back.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Acme.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Corpus.Isolation.GatedDevices;

public sealed class ScaleDriver(WireConnection scale)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<decimal> WeighAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await scale.SendAsync("W\r\n"u8.ToArray(), ct);
            return decimal.Parse(Encoding.ASCII.GetString(await scale.ReceiveAsync(ct)));
        }
        finally
        {
            _turn.Release(); //! LCA4001
        }
    }

    // ok LCA4001: nobody asks again after a failure
    public async Task<decimal> WeighOnceAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await scale.SendAsync("W\r\n"u8.ToArray(), ct);
            return decimal.Parse(Encoding.ASCII.GetString(await scale.ReceiveAsync(ct)));
        }
        catch
        {
            await scale.DisposeAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>One poller owns its connection; a late answer is taken for the next one.</summary>
public sealed class MeterPoller(WireConnection meter, ILogger<MeterPoller> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            limit.CancelAfter(TimeSpan.FromSeconds(2));
            try
            {
                await meter.SendAsync("R"u8.ToArray(), limit.Token);
                var answer = await meter.ReceiveAsync(limit.Token);
                log.LogInformation("meter says {Bytes} bytes", answer.Length);
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested) //! LCA4001 //? LCA3002
            {
                log.LogWarning("meter did not answer in time");
            }
            await Task.Delay(TimeSpan.FromSeconds(10), stoppingToken);
        }
    }
}

/// <summary>A late meter gets a new connection.</summary>
public sealed class ReconnectingMeterPoller(string host, ILogger<ReconnectingMeterPoller> log) : BackgroundService
{
    // ok LCA4001: what did not answer is closed, and the next round dials
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        WireConnection? meter = null;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                limit.CancelAfter(TimeSpan.FromSeconds(2));
                try
                {
                    meter ??= await WireConnection.ConnectAsync(host, 502, limit.Token);
                    await meter.SendAsync("R"u8.ToArray(), limit.Token);
                    log.LogInformation("meter says {Bytes} bytes", (await meter.ReceiveAsync(limit.Token)).Length);
                }
                catch (Exception ex) when (ex is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    log.LogWarning(ex, "meter did not answer in time");
                    meter?.Dispose();
                    meter = null;
                }
                await Task.Delay(TimeSpan.FromSeconds(10), stoppingToken);
            }
        }
        finally
        {
            meter?.Dispose();
        }
    }
}

/// <summary>A synchronous driver: the receive timeout throws, the answer comes later, the next caller reads it.</summary>
public sealed class LegacyPlc : IDisposable
{
    private readonly object _sync = new();
    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;

    public LegacyPlc(string host)
    {
        _tcp = new TcpClient(host, 102) { ReceiveTimeout = 1500 };
        _stream = _tcp.GetStream();
    }

    public byte[] Read(byte[] request, int length)
    {
        var answer = new byte[length];
        lock (_sync)
        {
            _stream.Write(request, 0, request.Length);
            _stream.ReadExactly(answer);
        } //! LCA4001
        return answer;
    }

    // ok LCA4001: the driver is done for after a timeout
    public byte[] ReadOrClose(byte[] request, int length)
    {
        var answer = new byte[length];
        lock (_sync)
        {
            try
            {
                _stream.Write(request, 0, request.Length);
                _stream.ReadExactly(answer);
            }
            catch
            {
                _tcp.Close();
                throw;
            }
        }
        return answer;
    }

    public void Dispose() => _tcp.Dispose();
}

/// <summary>No receive timeout: a read ends with the answer or with the connection.</summary>
public sealed class PatientPlc : IDisposable
{
    private readonly object _sync = new();
    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;

    public PatientPlc(string host)
    {
        _tcp = new TcpClient(host, 102);
        _stream = _tcp.GetStream();
    }

    // ok LCA4001: nothing here stops waiting
    public byte[] Read(byte[] request, int length)
    {
        var answer = new byte[length];
        lock (_sync)
        {
            _stream.Write(request, 0, request.Length);
            _stream.ReadExactly(answer);
        }
        return answer;
    }

    public void Dispose() => _tcp.Dispose();
}

public sealed class ModbusLine(NetworkStream line)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ushort _transaction;

    /// <summary>Waits a while for the gate and for the answer; takes no notice of which question the answer belongs to.</summary>
    public async Task<byte[]> TransactAsync(byte[] pdu, TimeSpan limit)
    {
        if (!await _gate.WaitAsync(limit)) throw new TimeoutException("line is busy");
        try
        {
            using var cts = new CancellationTokenSource(limit);
            await line.WriteAsync(pdu, cts.Token);
            var answer = new byte[256];
            var length = await line.ReadAtLeastAsync(answer, 8, cancellationToken: cts.Token);
            return answer[..length];
        }
        finally
        {
            _gate.Release(); //! LCA4001
        }
    }

    // ok LCA4001: the answer must carry the question's number; a late one is skipped
    public async Task<byte[]> TransactMatchedAsync(byte[] pdu, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var id = ++_transaction;
            pdu[0] = (byte)(id >> 8);
            pdu[1] = (byte)id;
            await line.WriteAsync(pdu, CancellationToken.None);
            var answer = new byte[12];
            do
            {
                await line.ReadExactlyAsync(answer, ct);
            }
            while ((answer[0] << 8 | answer[1]) != id);
            return answer;
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class TaggedFrameClient(WireConnection device)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _lastId;

    // ok LCA4001: an answer to an older question is thrown away
    public async Task<byte[]> AskAsync(byte[] body, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var id = Interlocked.Increment(ref _lastId);
            byte[] frame = [.. BitConverter.GetBytes(id), .. body];
            await device.SendAsync(frame, ct);
            while (true)
            {
                var answer = await device.ReceiveAsync(ct);
                if (BitConverter.ToInt32(answer) == id) return answer[4..];
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class RpcSocket(ClientWebSocket ws)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // ok LCA4001: a cancelled receive aborts a ClientWebSocket, nobody reads on
    public async Task<byte[]> CallAsync(byte[] request, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await ws.SendAsync(request, WebSocketMessageType.Binary, true, ct);
            var answer = new byte[4096];
            var result = await ws.ReceiveAsync(answer.AsMemory(), ct);
            return answer[..result.Count];
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class OrderReader(NpgsqlDataSource orders, HttpClient http)
{
    private readonly SemaphoreSlim _slots = new(4);

    // ok LCA4001: the driver breaks a connection whose command was cancelled
    public async Task<long> CountAsync(CancellationToken ct)
    {
        await using var connection = await orders.OpenConnectionAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from orders";
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    // ok LCA4001: the library makes the exchange
    public async Task<string?> FetchAsync(Uri uri, CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            return await http.GetStringAsync(uri, ct);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _slots.Release();
        }
    }
}

/// <summary>Datagrams out, nothing back.</summary>
public sealed class StatsdPool(IReadOnlyList<UdpClient> clients)
{
    private readonly Queue<UdpClient> _idle = new(clients);

    private UdpClient Rent()
    {
        lock (_idle) return _idle.Dequeue(); //? LCA3004
    }

    private void Return(UdpClient client)
    {
        lock (_idle) _idle.Enqueue(client);
    }

    // ok LCA4001: there is no answer that could be left over
    public async Task CountAsync(string name, CancellationToken ct)
    {
        var client = Rent(); //? LCA3004
        try
        {
            await client.SendAsync(Encoding.ASCII.GetBytes($"{name}:1|c"), ct);
        }
        finally
        {
            Return(client);
        }
    }
}

/// <summary>Swallows the timeout under the gate.</summary>
public sealed class BarrierController(WireConnection barrier, ILogger log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<bool> RaiseAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await barrier.SendAsync("UP"u8.ToArray(), ct).WaitAsync(TimeSpan.FromSeconds(1), ct); //? LCA1004
            return (await barrier.ReceiveAsync(ct).WaitAsync(TimeSpan.FromSeconds(1), ct)) is [1, ..]; //? LCA1004
        }
        catch (TimeoutException ex) //! LCA4001 //? LCA3002
        {
            log.LogWarning(ex, "no answer from the barrier");
            return false;
        }
        finally
        {
            _gate.Release(); //? LCA4001
        }
    }

    // ok LCA4001: the timeout closes it; the owner sees IsOpen and brings a new one
    public async Task<bool> RaiseOrCloseAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await barrier.SendAsync("UP"u8.ToArray(), ct);
            return (await barrier.ReceiveAsync(ct).WaitAsync(TimeSpan.FromSeconds(1), ct)) is [1, ..];
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "no answer from the barrier");
            barrier.Dispose();
            return false;
        }
        finally
        {
            _gate.Release();
        }
    }
}
