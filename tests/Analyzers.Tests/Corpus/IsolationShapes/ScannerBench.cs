using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.IO.Ports;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.ObjectPool;

namespace Bench.Scanners;

/// <summary>The words of a scanner, each a question and an answer; derived classes bring the line.</summary>
public abstract class ScannerBase
{
    protected abstract Stream Line { get; }

    protected async Task<string> ExchangeAsync(string word, CancellationToken ct)
    {
        await Line.WriteAsync(Encoding.ASCII.GetBytes(word + "\r"), ct).ConfigureAwait(false); //! LCA4006
        var buffer = new byte[64];
        var count = await Line.ReadAsync(buffer, ct).ConfigureAwait(false);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }
}

/// <summary>Two of its callers can ask at once.</summary>
public sealed class TcpScanner(TcpClient client) : ScannerBase
{
    private readonly NetworkStream _stream = client.GetStream();

    protected override Stream Line => _stream;

    public async Task<string> ModelAsync(CancellationToken ct)
    {
        await _stream.WriteAsync("MODEL\r"u8.ToArray(), ct); //! LCA4006
        var buffer = new byte[64];
        var count = await _stream.ReadAsync(buffer, ct);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    public Task<string> FirmwareAsync(CancellationToken ct) => ExchangeAsync("FW", ct);
}

/// <summary>A pipe for each direction, both over one line.</summary>
public sealed class PipeScanner(IDuplexPipe pipe)
{
    private readonly AsyncTurnstile _turnstile = new();

    public async Task<int> CountAsync(CancellationToken ct)
    {
        await pipe.Output.WriteAsync("COUNT\r"u8.ToArray(), ct); //! LCA4006
        var read = await pipe.Input.ReadAsync(ct);
        var count = (int)read.Buffer.Length;
        pipe.Input.AdvanceTo(read.Buffer.End);
        return count;
    }

    public async Task<int> CountInTurnAsync(CancellationToken ct)
    {
        await using (await _turnstile.EnterAsync(ct))
        {
            try
            {
                await pipe.Output.WriteAsync("COUNT\r"u8.ToArray(), ct); // ok LCA4006: through the turnstile
                var read = await pipe.Input.ReadAsync(ct);
                var count = (int)read.Buffer.Length;
                pipe.Input.AdvanceTo(read.Buffer.End);
                return count;
            }
            catch
            {
                await pipe.Output.CompleteAsync();
                await pipe.Input.CompleteAsync();
                throw;
            }
        }
    }
}

public sealed class AsyncTurnstile
{
    private readonly SemaphoreSlim _slots = new(1, 1);

    public async ValueTask<Pass> EnterAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        return new Pass(_slots);
    }

    public readonly struct Pass(SemaphoreSlim slots) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            slots.Release();
            return default;
        }
    }
}

/// <summary>Numbers and lengths by a binary writer and reader.</summary>
public sealed class BinaryScanner : IDisposable
{
    private readonly TcpClient _client;
    private readonly BinaryWriter _writer;
    private readonly BinaryReader _reader;
    private readonly SemaphoreSlim _gate = new(1, 1);

    public BinaryScanner(TcpClient client)
    {
        _client = client;
        _writer = new BinaryWriter(client.GetStream());
        _reader = new BinaryReader(client.GetStream());
    }

    public async Task<int> DepthAsync()
    {
        _writer.Write((byte)'D'); //! LCA4006
        _writer.Flush();
        await Task.Yield();
        return _reader.ReadInt32();
    }

    /// <summary>A limit of time, then the gate opens for the next one, who reads the late answer.</summary>
    public async Task<byte[]?> ScanAsync(TimeSpan limit)
    {
        await _gate.WaitAsync();
        try
        {
            using var timer = new CancellationTokenSource(limit);
            var stream = _client.GetStream();
            await stream.WriteAsync("SCAN\r"u8.ToArray(), timer.Token);
            var line = new byte[1024];
            await stream.ReadExactlyAsync(line, timer.Token);
            return line;
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

    /// <summary>The limit ends the client.</summary>
    public async Task<byte[]?> ScanOrEndAsync(TimeSpan limit)
    {
        await _gate.WaitAsync();
        try
        {
            using var timer = new CancellationTokenSource(limit);
            var stream = _client.GetStream();
            await stream.WriteAsync("SCAN\r"u8.ToArray(), timer.Token);
            var line = new byte[1024];
            await stream.ReadExactlyAsync(line, timer.Token);
            return line;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException) // ok LCA4001: ended
        {
            End();
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }

    private void End() => _client.Close();

    public void Dispose() => End();
}

public sealed class ScanConnection(Socket socket) : IDisposable
{
    public bool IsAlive => !socket.Poll(0, SelectMode.SelectRead);
    public void Send(byte[] frame) => socket.Send(frame);
    public int Receive(byte[] answer) => socket.Receive(answer);
    public Task<int> SendAsync(byte[] frame, CancellationToken ct) => socket.SendAsync(frame, ct).AsTask();
    public Task<int> ReceiveAsync(byte[] answer, CancellationToken ct) => socket.ReceiveAsync(answer, ct).AsTask();
    public void Dispose() => socket.Dispose();
}

/// <summary>Rents from the library's pool and from one of its own.</summary>
public sealed class Bench(ObjectPool<ScanConnection> pool)
{
    private readonly ConcurrentStack<ScanConnection> _spare = new();

    public async Task<byte[]> ScanAsync(byte[] frame, CancellationToken ct)
    {
        var connection = pool.Get(); //? LCA3004
        var answer = new byte[256];
        try
        {
            await connection.SendAsync(frame, ct);
            await connection.ReceiveAsync(answer, ct);
            return answer;
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    /// <summary>The way back is the disposal of something anonymous.</summary>
    public async Task<byte[]> ScanSpareAsync(byte[] frame, CancellationToken ct)
    {
        if (!_spare.TryPop(out var connection) || !connection.IsAlive) throw new InvalidOperationException();
        using var way = new Finally(() => _spare.Push(connection)); //? LCA4001
        var answer = new byte[256];
        await connection.SendAsync(frame, ct);
        await connection.ReceiveAsync(answer, ct);
        return answer;
    }

    /// <summary>Back after success, closed else, in one expression.</summary>
    public async Task<byte[]> ScanSoundAsync(byte[] frame, CancellationToken ct)
    {
        if (!_spare.TryPop(out var connection) || !connection.IsAlive) throw new InvalidOperationException();
        var state = ScanState.Begun;
        var answer = new byte[256];
        try
        {
            await connection.SendAsync(frame, ct);
            await connection.ReceiveAsync(answer, ct);
            state = ScanState.Whole;
            return answer;
        }
        finally
        {
            Action end = state == ScanState.Whole ? () => _spare.Push(connection) : connection.Dispose; // ok LCA4001: only a whole one
            end();
        }
    }

    private enum ScanState { Begun, Whole }

    private sealed class Finally(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}

/// <summary>A weighing head on a serial port's stream.</summary>
public sealed class SerialHead(SerialPort port)
{
    public async Task<byte> TareAsync()
    {
        var answer = new byte[1];
        await port.BaseStream.WriteAsync("T"u8.ToArray()); //! LCA4006
        await port.BaseStream.ReadExactlyAsync(answer);
        return answer[0];
    }
}
