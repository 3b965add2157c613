// Connections that stay in a field: who lets the next one in after an exchange that did not finish?
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Acme.Wire;

namespace Second.Isolation.KeptDevices;

/// <summary>A swallowed time-out before the gate is opened.</summary>
public sealed class Thermostat(WireConnection device)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<byte[]?> ReadAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await device.SendAsync("T?"u8.ToArray(), ct);
            return await device.ReceiveAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return null; //? LCA4001
        }
        finally
        {
            _gate.Release(); //! LCA4001
        }
    }

    public async Task<byte[]> ReadOrCloseAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await device.SendAsync("T?"u8.ToArray(), ct);
            return await device.ReceiveAsync(ct);
        }
        catch
        {
            device.Dispose(); // ok LCA4001
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>A synchronous driver with a receive time-out: the bug is the end of its lock.</summary>
public sealed class Barcode : IDisposable
{
    private readonly object _sync = new();
    private readonly TcpClient _scanner;

    public Barcode(string host)
    {
        _scanner = new TcpClient(host, 2001) { ReceiveTimeout = 500 }; //? LCA1008
    }

    public string Scan()
    {
        lock (_sync) //? LCA4001
        {
            var stream = _scanner.GetStream();
            stream.Write("S\r"u8);
            var buffer = new byte[32];
            var n = stream.Read(buffer, 0, buffer.Length);
            return Encoding.ASCII.GetString(buffer, 0, n);
        } //! LCA4001
    }

    public void Dispose() => _scanner.Dispose();
}

public sealed class SturdyBarcode : IDisposable
{
    private readonly object _sync = new();
    private readonly string _host;
    private TcpClient? _scanner;

    public SturdyBarcode(string host) => _host = host;

    public string? Scan()
    {
        lock (_sync)
        {
            try
            {
                _scanner ??= new TcpClient(_host, 2001) { ReceiveTimeout = 500 }; //? LCA1008
                var stream = _scanner.GetStream();
                stream.Write("S\r"u8);
                var buffer = new byte[32];
                var n = stream.Read(buffer, 0, buffer.Length);
                return Encoding.ASCII.GetString(buffer, 0, n);
            }
            catch (IOException)
            {
                _scanner?.Dispose();
                _scanner = null;
                return null;
            }
        }
    }

    public void Dispose() => _scanner?.Dispose();
}

/// <summary>Swallows the time-out and goes on, in a single-threaded loop: the next turn reads the last answer.</summary>
public sealed class PollLoop(WireConnection device, Action<byte[]> publish)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(500);
            try
            {
                await device.SendAsync("poll"u8.ToArray(), limit.Token);
                publish(await device.ReceiveAsync(limit.Token));
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested) //! LCA4001
            {
                Console.Error.WriteLine("no answer");
            }

            await Task.Delay(1000, stopping);
        }
    }

    public async Task RunUntilFirstTimeoutAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(500);
            try
            {
                await device.SendAsync("poll"u8.ToArray(), limit.Token);
                publish(await device.ReceiveAsync(limit.Token));
            }
            catch (OperationCanceledException)
            {
                device.Dispose();
                return;
            }
        }
    }
}

/// <summary>Answers matched by an id; a web socket that aborts itself; a datagram.</summary>
public sealed class Tolerant(ClientWebSocket socket, UdpClient udp)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<int> AskAsync(byte[] question, byte[] answer, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await socket.SendAsync(question, WebSocketMessageType.Binary, true, ct);
            var result = await socket.ReceiveAsync(answer.AsMemory(), ct);
            return result.Count;
        }
        finally
        {
            _turn.Release(); // ok LCA4001: a cancelled receive aborts the socket
        }
    }

    public async Task TellAsync(byte[] metric, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await udp.SendAsync(metric, ct);
        }
        finally
        {
            _turn.Release();
        }
    }
}

public sealed class NumberedDevice(Stream stream)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private byte _sequence;

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            var mine = ++_sequence;
            question[0] = mine;
            await stream.WriteAsync(question, ct);
            var answer = new byte[64];
            do
            {
                await stream.ReadExactlyAsync(answer, ct);
            }
            while (answer[0] != mine); // ok LCA4001: an answer to an earlier question is skipped

            return answer;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>WaitAsync walks away from the receive and keeps the stream.</summary>
public sealed class Impatient(NetworkStream stream)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<byte[]?> AskAsync(byte[] question)
    {
        await _gate.WaitAsync();
        try
        {
            await stream.WriteAsync(question);
            var answer = new byte[16];
            await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(1)); //? LCA1004
            return answer;
        }
        catch (TimeoutException) //? LCA4001
        {
            return null;
        }
        finally
        {
            _gate.Release(); //! LCA4001
        }
    }
}

/// <summary>An HTTP client keeps its exchanges apart by itself.</summary>
public sealed class Throttled(HttpClient http)
{
    private readonly SemaphoreSlim _gate = new(4, 4);

    public async Task<string?> GetAsync(string path, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            return await http.GetStringAsync(path, ct);
        }
        catch (TaskCanceledException)
        {
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }
}
