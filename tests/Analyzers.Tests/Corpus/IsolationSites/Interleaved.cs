// Clients of line protocols that are entered by many callers at once.
using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.IO.Pipes;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Acme.Wire;

namespace Unseen.Isolation.Interleaved;

public abstract class LineClient(NetworkStream stream)
{
    protected NetworkStream Stream { get; } = stream;

    protected async Task<string> ReadLineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await Stream.ReadAsync(one, ct) == 1 && one[0] != '\n') line.Append((char)one[0]);
        return line.ToString();
    }
}

public sealed class KeyValueClient : IDisposable
{
    private readonly SslStream _tls;

    public KeyValueClient(SslStream tls) => _tls = tls;

    public async ValueTask<int> IncrementAsync(string counter, CancellationToken ct)
    {
        await _tls.WriteAsync(Encoding.ASCII.GetBytes($"INCR {counter}\n"), ct); //! LCA4006
        return int.Parse(await ReadLineAsync(ct));
    }

    private async Task<string> ReadLineAsync(CancellationToken ct)
    {
        var buffer = new byte[64];
        var n = await _tls.ReadAsync(buffer, ct);
        return Encoding.ASCII.GetString(buffer, 0, n).TrimEnd();
    }

    public void Dispose() => _tls.Dispose();
}

public sealed class SocketDirectory(Socket socket)
{
    private readonly Lock _sync = new();
    private int _lookups;

    /// <summary>A lock that ends before the await guards the counter, not the exchange.</summary>
    internal async Task<byte[]> LookUpAsync(byte[] name, CancellationToken ct)
    {
        lock (_sync) _lookups++;
        await socket.SendAsync(name, ct); //! LCA4006
        var answer = new byte[16];
        await socket.ReceiveAsync(answer, ct);
        return answer;
    }

    public int LookUps { get { lock (_sync) return _lookups; } }
}

public sealed class PipeSupervisor(string name) : IAsyncDisposable
{
    private readonly NamedPipeClientStream _pipe = new(".", name, PipeDirection.InOut, System.IO.Pipes.PipeOptions.Asynchronous);

    public Task OpenAsync(CancellationToken ct) => _pipe.ConnectAsync(ct);

    public async Task<byte> StatusAsync(byte process, CancellationToken ct)
    {
        await _pipe.WriteAsync(new[] { process }, ct); //! LCA4006
        await _pipe.FlushAsync(ct);
        var status = new byte[1];
        await _pipe.ReadExactlyAsync(status, ct);
        return status[0];
    }

    public ValueTask DisposeAsync() => _pipe.DisposeAsync();
}

public sealed class FramedClient(IDuplexPipe pipe)
{
    public async Task<long> ExecuteAsync(ReadOnlyMemory<byte> command, CancellationToken ct)
    {
        await pipe.Output.WriteAsync(command, ct); //! LCA4006
        var result = await pipe.Input.ReadAsync(ct);
        var length = result.Buffer.Length;
        pipe.Input.AdvanceTo(result.Buffer.End);
        return length;
    }
}

public sealed class GatedFramedClient(IDuplexPipe pipe)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // ok LCA4006: the gate spans both; what fails ends the pipe for all
    public async Task<long> ExecuteAsync(ReadOnlyMemory<byte> command, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await pipe.Output.WriteAsync(command, ct);
            var result = await pipe.Input.ReadAsync(ct);
            var length = result.Buffer.Length;
            pipe.Input.AdvanceTo(result.Buffer.End);
            return length;
        }
        catch (Exception ex)
        {
            await pipe.Input.CompleteAsync(ex);
            await pipe.Output.CompleteAsync(ex);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class MultiplexedClient(WireConnection connection)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _waiting = new();
    private readonly SemaphoreSlim _writes = new(1, 1);
    private int _last;

    // ok LCA4006 LCA4001: one loop reads, and each answer finds its question by number
    public async Task<byte[]> CallAsync(byte[] body, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            var frame = new byte[body.Length + 4];
            BitConverter.TryWriteBytes(frame, id);
            body.CopyTo(frame, 4);
            await _writes.WaitAsync(ct);
            try
            {
                await connection.SendAsync(frame, CancellationToken.None);
            }
            finally
            {
                _writes.Release();
            }

            return await answer.Task.WaitAsync(ct);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var frame = await connection.ReceiveAsync(ct);
            if (_waiting.TryGetValue(BitConverter.ToInt32(frame), out var answer)) answer.TrySetResult(frame[4..]);
        }
    }
}

public sealed class ProbeClient(string host)
{
    // ok LCA4006: its own connection each time
    public async Task<byte[]> ProbeAsync(byte[] question, CancellationToken ct)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(host, 4040, ct);
        var stream = tcp.GetStream();
        await stream.WriteAsync(question, ct);
        var answer = new byte[32];
        await stream.ReadExactlyAsync(answer, ct);
        return answer;
    }
}

public sealed class WebDirectory(HttpClient http)
{
    // ok LCA4006: the library keeps its exchanges apart
    public async Task<string> LookUpAsync(string name, CancellationToken ct)
    {
        using var response = await http.PostAsync("/lookup", new StringContent(name), ct);
        return await response.Content.ReadAsStringAsync(ct);
    }
}

public sealed class Heartbeat(NetworkStream stream)
{
    // ok LCA4006: the private pair is awaited in one loop
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await BeatAsync(ct);
            await Task.Delay(1_000, ct);
        }
    }

    private async Task BeatAsync(CancellationToken ct)
    {
        await stream.WriteAsync("PING\n"u8.ToArray(), ct);
        var pong = new byte[5];
        await stream.ReadExactlyAsync(pong, ct);
    }
}

public sealed class RawExchange : LineClient
{
    public RawExchange(NetworkStream stream) : base(stream) { }

    public async Task<string> AskAsync(string question, CancellationToken ct)
    {
        await Stream.WriteAsync(Encoding.ASCII.GetBytes(question + "\n"), ct); //! LCA4006
        return await ReadLineAsync(ct);
    }
}

public sealed class DatagramClient(UdpClient udp)
{
    // ok LCA4006: one way
    public async Task CountAsync(string name, CancellationToken ct) =>
        await udp.SendAsync(Encoding.ASCII.GetBytes(name + ":1|c"), ct);
}
