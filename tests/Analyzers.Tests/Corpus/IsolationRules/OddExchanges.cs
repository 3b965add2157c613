// More exchanges: halves in helpers, locks of other kinds, callbacks, refusals, several readers.
using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Acme.Wire;

namespace Second.Isolation.OddExchanges;

public interface ILamp
{
    Task<int> LevelAsync(CancellationToken ct);
    Task SwitchAsync(bool on, CancellationToken ct);
}

/// <summary>Implements an interface explicitly; the class is internal.</summary>
internal sealed class DaliLamp(NamedPipeClientStream pipe) : ILamp
{
    async Task<int> ILamp.LevelAsync(CancellationToken ct)
    {
        await pipe.WriteAsync("L?"u8.ToArray(), ct); //! LCA4006
        var one = new byte[1];
        await pipe.ReadExactlyAsync(one, ct);
        return one[0];
    }

    async Task ILamp.SwitchAsync(bool on, CancellationToken ct)
    {
        await pipe.WriteAsync(on ? "ON"u8.ToArray() : "OFF"u8.ToArray(), ct); // ok LCA4006: no answer
        await pipe.FlushAsync(ct);
    }
}

public sealed class TlsDevice
{
    private readonly SslStream _tls;
    private readonly object _busyLock = new();
    private bool _busy;

    public TlsDevice(SslStream tls) => _tls = tls;

    public async Task<string> InfoAsync(CancellationToken ct)
    {
        await _tls.WriteAsync(Encoding.ASCII.GetBytes("INFO\n"), ct); //! LCA4006
        await _tls.FlushAsync(ct);
        using var reader = new StreamReader(_tls, leaveOpen: true);
        return await reader.ReadLineAsync(ct) ?? "";
    }

    public async Task<byte[]> InfoUnlessBusyAsync(CancellationToken ct)
    {
        lock (_busyLock)
        {
            if (_busy) throw new InvalidOperationException("an exchange is under way");
            _busy = true;
        }

        try
        {
            await _tls.WriteAsync("INFO\n"u8.ToArray(), ct); // ok LCA4006
            var answer = new byte[8];
            await _tls.ReadExactlyAsync(answer, ct);
            return answer;
        }
        catch
        {
            _tls.Dispose();
            throw;
        }
        finally
        {
            lock (_busyLock) _busy = false;
        }
    }
}

/// <summary>A client web socket as request and response.</summary>
public sealed class RpcSocket
{
    private readonly ClientWebSocket _ws = new();
    private readonly SemaphoreSlim _lock = new(1, 1);

    public async Task<int> CallAsync(byte[] request, byte[] response, CancellationToken ct)
    {
        await _ws.SendAsync(request, WebSocketMessageType.Binary, true, ct); //! LCA4006 //? LCA2004
        var result = await _ws.ReceiveAsync(response.AsMemory(), ct);
        return result.Count;
    }

    public async Task<int> CallLockedAsync(byte[] request, byte[] response, CancellationToken ct)
    {
        using (await EnterAsync(ct))
        {
            await _ws.SendAsync(request, WebSocketMessageType.Binary, true, ct); //? LCA2004
            var result = await _ws.ReceiveAsync(response.AsMemory(), ct);
            return result.Count;
        }
    }

    private async Task<Releaser> EnterAsync(CancellationToken ct)
    {
        await _lock.WaitAsync(ct);
        return new Releaser(_lock);
    }

    private readonly struct Releaser(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}

/// <summary>A reader loop of its own completes the pending calls: the answers are matched there.</summary>
public sealed class Multiplexed(NetworkStream stream)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _pending = new();
    private int _id;

    public async Task<byte[]> CallAsync(byte[] body, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _id);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        await stream.WriteAsync(BitConverter.GetBytes(id).Concat(body).ToArray(), ct); // ok LCA4006
        return await answer.Task.WaitAsync(ct);
    }

    public async Task ReadLoopAsync(CancellationToken ct)
    {
        var frame = new byte[64];
        while (!ct.IsCancellationRequested)
        {
            await stream.ReadExactlyAsync(frame, ct);
            if (_pending.TryRemove(BitConverter.ToInt32(frame), out var waiting)) waiting.TrySetResult(frame);
        }
    }
}

/// <summary>Synchronous, under a lock, or without one: no await in between.</summary>
public sealed class SyncDevice(TcpClient client)
{
    private readonly Lock _lock = new();

    public int Read(byte[] question, byte[] answer)
    {
        lock (_lock)
        {
            try
            {
                client.GetStream().Write(question);
                return client.GetStream().Read(answer);
            }
            catch (IOException)
            {
                client.Dispose();
                throw;
            }
        }
    }
}

/// <summary>The gate is released between the two.</summary>
public sealed class Splitter(WireConnection wire)
{
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _receiving = new(1, 1);

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            await wire.SendAsync(question, ct); //! LCA4006
        }
        finally
        {
            _sending.Release();
        }

        await _receiving.WaitAsync(ct);
        try
        {
            return await wire.ReceiveAsync(ct);
        }
        finally
        {
            _receiving.Release();
        }
    }
}

/// <summary>The base class has the exchange, the subclass its public face.</summary>
public abstract class InstrumentBase
{
    private readonly Stream _port;

    protected InstrumentBase(Stream port) => _port = port;

    protected async Task<string> QueryAsync(string command, CancellationToken ct)
    {
        await _port.WriteAsync(Encoding.ASCII.GetBytes(command + "\n"), ct); //! LCA4006
        var buffer = new byte[256];
        var n = await _port.ReadAsync(buffer, ct);
        return Encoding.ASCII.GetString(buffer, 0, n);
    }
}

public sealed class Multimeter(NetworkStream port) : InstrumentBase(port)
{
    public Task<string> VoltsAsync(CancellationToken ct) => QueryAsync("MEAS:VOLT?", ct);

    public Task<string> AmpsAsync(CancellationToken ct) => QueryAsync("MEAS:CURR?", ct);
}

/// <summary>The handshake of a fresh connection, before anybody else has it.</summary>
public sealed class Greeting
{
    private readonly NetworkStream _stream;

    private Greeting(NetworkStream stream) => _stream = stream;

    public static async Task<Greeting> OpenAsync(NetworkStream stream, CancellationToken ct)
    {
        var greeting = new Greeting(stream);
        await greeting.HelloAsync(ct);
        return greeting;
    }

    private async Task HelloAsync(CancellationToken ct)
    {
        await _stream.WriteAsync("HELO\r\n"u8.ToArray(), ct); // ok LCA4006: nobody else has it yet
        await _stream.ReadExactlyAsync(new byte[5], ct);
    }

    public void Close() => _stream.Dispose();
}

/// <summary>A copy loop writes to one and reads from the other.</summary>
public sealed class Bridge(NetworkStream left, NetworkStream right)
{
    public async Task ForwardAsync(CancellationToken ct)
    {
        var buffer = new byte[1024];
        int n;
        while ((n = await left.ReadAsync(buffer, ct)) > 0) await right.WriteAsync(buffer.AsMemory(0, n), ct); // ok LCA4006
    }
}

/// <summary>A file is no connection.</summary>
public sealed class Journal(FileStream file)
{
    public async Task<byte> SwapAsync(byte[] record, CancellationToken ct)
    {
        await file.WriteAsync(record, ct); // ok LCA4006
        var one = new byte[1];
        await file.ReadExactlyAsync(one, ct);
        return one[0];
    }
}
