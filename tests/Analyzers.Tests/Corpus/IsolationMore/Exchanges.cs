// A question goes out and its answer comes in on one connection: whether somebody else's question can come between.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Acme.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Corpus.Isolation.Exchanges;

public sealed class PlcClient(NetworkStream stream)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly object _sync = new();
    private int _busy;

    private async Task<byte[]> ReadFrameAsync(CancellationToken ct)
    {
        var header = new byte[4];
        await stream.ReadExactlyAsync(header, ct);
        var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2))];
        await stream.ReadExactlyAsync(body, ct);
        return body;
    }

    public async Task<byte[]> ReadAreaAsync(byte[] request, CancellationToken ct)
    {
        await stream.WriteAsync(request, ct); //! LCA4006
        return await ReadFrameAsync(ct);
    }

    // ok LCA4006: the gate is held from the write to the end of the answer
    public async Task<byte[]> ReadAreaGatedAsync(byte[] request, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await stream.WriteAsync(request, ct);
            return await ReadFrameAsync(ct);
        }
        catch
        {
            stream.Close();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Keeps the writes apart and lets the answers go to whoever reads first.</summary>
    public async Task<byte[]> ReadAreaHalfGatedAsync(byte[] request, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await stream.WriteAsync(request, ct); //! LCA4006
        }
        finally
        {
            _gate.Release();
        }
        return await ReadFrameAsync(ct);
    }

    public async Task<byte[]> ReadAreaTwoGatesAsync(byte[] request, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        await stream.WriteAsync(request, ct); //! LCA4006
        _gate.Release();
        await Task.Yield(); //? LCA1007
        await _gate.WaitAsync(ct);
        var answer = await ReadFrameAsync(ct);
        _gate.Release();
        return answer;
    }

    public async Task<byte[]> ReadAreaLockedWriteAsync(byte[] request, CancellationToken ct)
    {
        lock (_sync) stream.Write(request); //! LCA4006
        await Task.Delay(5, ct);
        return await ReadFrameAsync(ct);
    }

    // ok LCA4006: a second caller is refused
    public async Task<byte[]> ReadAreaExclusiveAsync(byte[] request)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("an exchange is under way");
        try
        {
            await stream.WriteAsync(request);
            return await ReadFrameAsync(CancellationToken.None);
        }
        catch
        {
            stream.Close();
            throw;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    // ok LCA4006: nothing is read
    public async Task ResetAsync(CancellationToken ct)
    {
        await stream.WriteAsync(new byte[] { 0x02, 0xF0 }, ct);
        await stream.FlushAsync(ct);
    }
}

public sealed class AsyncMutex
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);

    public async ValueTask<Holder> LockAsync(CancellationToken ct = default)
    {
        await _semaphore.WaitAsync(ct);
        return new Holder(_semaphore);
    }

    public readonly struct Holder(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}

/// <summary>A text protocol: a command line out, an answer line in.</summary>
public sealed class FtpControl(NetworkStream stream)
{
    private readonly StreamReader _reader = new(stream, Encoding.ASCII);
    private readonly StreamWriter _writer = new(stream, Encoding.ASCII) { NewLine = "\r\n" };
    private readonly AsyncMutex _mutex = new();

    internal async Task<string> CommandAsync(string command)
    {
        await _writer.WriteLineAsync(command); //! LCA4006
        await _writer.FlushAsync();
        return await _reader.ReadLineAsync() ?? throw new EndOfStreamException();
    }

    // ok LCA4006: under the mutex
    internal async Task<string> CommandLockedAsync(string command)
    {
        using (await _mutex.LockAsync())
        {
            try
            {
                await _writer.WriteLineAsync(command);
                await _writer.FlushAsync();
                return await _reader.ReadLineAsync() ?? throw new EndOfStreamException();
            }
            catch
            {
                _writer.Close();
                throw;
            }
        }
    }
}

public sealed class SmtpTalker
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    public SmtpTalker(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        _writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { AutoFlush = true };
    }

    public EndPoint? Remote => _client.Client.RemoteEndPoint;

    public async Task<(int Code, string Text)> SayAsync(string verb)
    {
        await _writer.WriteLineAsync(verb); //! LCA4006
        var line = await _reader.ReadLineAsync();
        return line is { Length: > 3 } ? (int.Parse(line[..3]), line[4..]) : (0, "");
    }
}

public sealed class WireRpc(WireConnection wire)
{
    public async Task<T> CallAsync<T>(object question, CancellationToken ct)
    {
        await wire.SendAsync(JsonSerializer.SerializeToUtf8Bytes(question), ct).ConfigureAwait(false); //! LCA4006
        var answer = await wire.ReceiveAsync(ct).ConfigureAwait(false);
        return JsonSerializer.Deserialize<T>(answer) ?? throw new JsonException();
    }

    public async Task<byte[]> CallWithRetryAsync(byte[] question, int attempts, CancellationToken ct)
    {
        for (var i = 0; i < attempts; i++)
        {
            await wire.SendAsync(question, ct); //! LCA4006
            if (await wire.ReceiveAsync(ct) is { Length: > 0 } answer) return answer;
        }
        return [];
    }
}

public sealed class PipeRpc(ConnectionContext connection)
{
    public async Task<long> AskLengthAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        await connection.Transport.Output.WriteAsync(question, ct); //! LCA4006
        var result = await connection.Transport.Input.ReadAsync(ct);
        var length = result.Buffer.Length;
        connection.Transport.Input.AdvanceTo(result.Buffer.End);
        return length;
    }
}

public sealed class DuplexRpc(NetworkStream stream)
{
    private readonly PipeReader _input = PipeReader.Create(stream);
    private readonly PipeWriter _output = PipeWriter.Create(stream);

    public async ValueTask<byte> AskByteAsync(byte question)
    {
        _output.GetSpan(1)[0] = question;
        _output.Advance(1);
        await _output.FlushAsync(); //! LCA4006
        var result = await _input.ReadAtLeastAsync(1);
        var answer = result.Buffer.FirstSpan[0];
        _input.AdvanceTo(result.Buffer.GetPosition(1));
        return answer;
    }
}

public sealed class WebSocketRpc(ClientWebSocket ws)
{
    public async Task<string> AskAsync(string question, CancellationToken ct)
    {
        var buffer = new byte[16 * 1024];
        await ws.SendAsync(Encoding.UTF8.GetBytes(question), WebSocketMessageType.Text, true, ct); //! LCA4006
        var result = await ws.ReceiveAsync(buffer.AsMemory(), ct);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}

public sealed class RawSocketRpc(Socket socket, Socket audit)
{
    public async Task<int> PingAsync(CancellationToken ct)
    {
        var buffer = new byte[1];
        _ = await socket.SendAsync(buffer, SocketFlags.None, ct); //! LCA4006
        return await socket.ReceiveAsync(buffer, SocketFlags.None, ct) > 0 ? buffer[0] : -1;
    }

    // ok LCA4006: written to one, read from the other
    public async Task<int> AuditAsync(CancellationToken ct)
    {
        var buffer = new byte[1];
        await audit.SendAsync(buffer, SocketFlags.None, ct);
        return await socket.ReceiveAsync(buffer, SocketFlags.None, ct);
    }
}

public sealed class SnmpAgent(UdpClient udp)
{
    public async Task<byte[]> GetAsync(byte[] request, CancellationToken ct)
    {
        await udp.SendAsync(request, ct); //! LCA4006
        var answer = await udp.ReceiveAsync(ct);
        return answer.Buffer;
    }

    // ok LCA4006: a socket of its own for every question
    public static async Task<byte[]> GetOnceAsync(string host, byte[] request, CancellationToken ct)
    {
        using var own = new UdpClient(host, 161);
        await own.SendAsync(request, ct);
        return (await own.ReceiveAsync(ct)).Buffer;
    }
}

public sealed class AgentPipe(NamedPipeClientStream pipe) : IAsyncDisposable
{
    public async Task<int> RequestAsync(ReadOnlyMemory<byte> request, Memory<byte> answer)
    {
        await pipe.WriteAsync(request); //! LCA4006
        await pipe.FlushAsync();
        pipe.WaitForPipeDrain();
        return await pipe.ReadAsync(answer);
    }

    public ValueTask DisposeAsync() => pipe.DisposeAsync();
}

public abstract class SecureDevice(SslStream tls)
{
    protected readonly SslStream Line = tls;
}

public sealed class SecureLock(SslStream tls) : SecureDevice(tls)
{
    public async Task<bool> UnlockAsync(byte[] pin, CancellationToken ct)
    {
        await Line.WriteAsync(pin, ct); //! LCA4006
        var answer = new byte[1];
        await Line.ReadExactlyAsync(answer, ct);
        return answer[0] == 1;
    }
}

public sealed class Thermostat
{
    public event EventHandler? Tick;
    public event EventHandler<int>? TargetChanged;
    public void Raise() { Tick?.Invoke(this, EventArgs.Empty); TargetChanged?.Invoke(this, 21); }
}

/// <summary>Two handlers ask over one line.</summary>
public sealed class ThermostatBridge
{
    private readonly WireConnection _line;
    private readonly ILogger _log;

    public ThermostatBridge(Thermostat thermostat, WireConnection line, ILogger log)
    {
        _line = line;
        _log = log;
        thermostat.Tick += OnTick;
        thermostat.TargetChanged += OnTargetChanged;
    }

    private async void OnTick(object? sender, EventArgs e)
    {
        try
        {
            _log.LogInformation("temperature {T}", await AskAsync("T?"));
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "line failed");
        }
    }

    private async void OnTargetChanged(object? sender, int target)
    {
        try
        {
            _log.LogInformation("set: {R}", await AskAsync($"S{target}"));
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "line failed");
        }
    }

    private async Task<string> AskAsync(string command)
    {
        await _line.SendAsync(Encoding.ASCII.GetBytes(command)); //! LCA4006 //? LCA2004
        return Encoding.ASCII.GetString(await _line.ReceiveAsync());
    }
}

public sealed record Question(byte[] Bytes, TaskCompletionSource<byte[]> Answer);

/// <summary>Callers queue, one loop asks.</summary>
public sealed class QueuedDevice(WireConnection wire) : BackgroundService
{
    private readonly Channel<Question> _questions = Channel.CreateUnbounded<Question>(new UnboundedChannelOptions { SingleReader = true });

    public Task<byte[]> AskAsync(byte[] question)
    {
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions.Writer.TryWrite(new Question(question, answer));
        return answer.Task;
    }

    // ok LCA4006: the channel's one reader makes all exchanges
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var question in _questions.Reader.ReadAllAsync(stoppingToken))
        {
            await wire.SendAsync(question.Bytes, stoppingToken);
            question.Answer.TrySetResult(await wire.ReceiveAsync(stoppingToken));
        }
    }
}

/// <summary>A poller that asks in its own loop and nowhere else.</summary>
public sealed class LonePoller(NetworkStream meter, ILogger<LonePoller> log) : BackgroundService
{
    // ok LCA4006: one loop awaits the private pair
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
        while (await timer.WaitForNextTickAsync(stoppingToken))
            log.LogInformation("{Value} kWh", await ReadMeterAsync(stoppingToken));
    }

    private async Task<int> ReadMeterAsync(CancellationToken ct)
    {
        var answer = new byte[4];
        await meter.WriteAsync(new byte[] { 0x10 }, ct);
        await meter.ReadExactlyAsync(answer, ct);
        return BinaryPrimitives.ReadInt32BigEndian(answer);
    }
}

/// <summary>Only the pool below makes and lends it, to one borrower at a time.</summary>
public sealed class KeyValueSession : IDisposable
{
    private readonly Socket _socket;

    internal KeyValueSession(Socket socket) => _socket = socket;

    internal bool IsOpen => !_socket.Poll(0, SelectMode.SelectRead);

    // ok LCA4006: a borrowed session has one user
    public async Task<byte[]> GetAsync(byte[] key, CancellationToken ct)
    {
        var answer = new byte[1024];
        await _socket.SendAsync(key, SocketFlags.None, ct);
        return answer[..await _socket.ReceiveAsync(answer, SocketFlags.None, ct)];
    }

    public void Dispose() => _socket.Dispose();
}

public sealed class KeyValuePool(EndPoint node)
{
    private readonly ConcurrentBag<KeyValueSession> _idle = [];

    private async Task<KeyValueSession> TakeAsync(CancellationToken ct)
    {
        while (_idle.TryTake(out var session))
        {
            if (session.IsOpen) return session;
            session.Dispose();
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(node, ct);
            return new KeyValueSession(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<byte[]> GetAsync(byte[] key, CancellationToken ct)
    {
        var session = await TakeAsync(ct);
        try
        {
            var value = await session.GetAsync(key, ct);
            _idle.Add(session);
            return value;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}

/// <summary>The pair is private, and both ways to it are gated.</summary>
public sealed class GatedPair(WireConnection wire)
{
    private readonly SemaphoreSlim _gate = new(1);

    // ok LCA4006: every caller holds the gate
    private async Task<byte[]> ExchangeAsync(byte[] question)
    {
        await wire.SendAsync(question);
        return await wire.ReceiveAsync();
    }

    private async Task<byte[]> GatedAsync(byte[] question)
    {
        await _gate.WaitAsync();
        try
        {
            return await ExchangeAsync(question);
        }
        catch
        {
            wire.Dispose();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public Task<byte[]> ReadAsync(byte register) => GatedAsync([0x03, register]);

    public Task<byte[]> WriteAsync(byte register, byte value) => GatedAsync([0x06, register, value]);
}

public sealed class Correlated(NetworkStream stream)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _pending = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private int _last;

    // ok LCA4006: a reader loop elsewhere hands out the answers by number
    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        BinaryPrimitives.WriteInt32BigEndian(question, id);
        await _writing.WaitAsync(ct);
        try
        {
            await stream.WriteAsync(question, CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
        return await answer.Task.WaitAsync(ct);
    }

    public async Task ReadAnswersAsync(CancellationToken ct)
    {
        var frame = new byte[64];
        while (true)
        {
            await stream.ReadExactlyAsync(frame, ct);
            if (_pending.TryRemove(BinaryPrimitives.ReadInt32BigEndian(frame), out var answer)) answer.TrySetResult(frame.ToArray());
        }
    }
}

public sealed class OpeningClient
{
    private Stream? _stream;

    // ok LCA4006: the handshake runs on a stream that nobody else has yet
    public async Task OpenAsync(Socket connected, CancellationToken ct)
    {
        var stream = new NetworkStream(connected, ownsSocket: true);
        await stream.WriteAsync("HELLO"u8.ToArray(), ct);
        await stream.ReadExactlyAsync(new byte[2], ct);
        _stream = stream;
    }

    public async Task CloseAsync()
    {
        if (_stream is not null) await _stream.DisposeAsync();
        _stream = null;
    }
}

public sealed class NoConnections(FileStream journal, HttpClient http, NpgsqlDataSource source)
{
    // ok LCA4006: a file
    public async Task<int> RewriteAsync(byte[] entry, CancellationToken ct)
    {
        await journal.WriteAsync(entry, ct);
        journal.Position = 0;
        return await journal.ReadAsync(entry, ct);
    }

    // ok LCA4006: the client keeps its exchanges apart
    public async Task<string> PostAsync(string text, CancellationToken ct)
    {
        using var response = await http.PostAsync("https://example.org/", new StringContent(text), ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    // ok LCA4006: a connection of its own from the data source
    public async Task<object?> QueryAsync(string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(ct);
    }

    // ok LCA4006: a server answers on the stream that it was given
    public static async Task ServeAsync(Stream stream, CancellationToken ct)
    {
        var buffer = new byte[1024];
        int n;
        while ((n = await stream.ReadAsync(buffer, ct)) > 0) await stream.WriteAsync(buffer.AsMemory(0, n), ct);
    }
}
