// Gates in other places: base classes, wide semaphores, two methods of which one is gated.
using System.Net.Sockets;
using System.Text;
using Acme.Wire;
using Microsoft.Extensions.Logging;

namespace HeldOut.Isolation.HalfGates;

public abstract class Instrument(NetworkStream stream)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly byte[] _buffer = new byte[256];

    // ok LCA4006: the base class holds the turn for every command
    protected async Task<string> QueryAsync(string command)
    {
        await _turn.WaitAsync();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(command));
            var n = await stream.ReadAsync(_buffer);
            return Encoding.ASCII.GetString(_buffer, 0, n);
        }
        finally
        {
            _turn.Release(); //? LCA4001
        }
    }
}

public sealed class Supply(NetworkStream stream) : Instrument(stream)
{
    // ok LCA4006: the inherited method asks
    public async Task<decimal> VoltageAsync() => decimal.Parse(await QueryAsync("VOLT?\n"));
}

public sealed class WideGate(WireConnection wire)
{
    private readonly SemaphoreSlim _two = new(2, 2);
    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        await _two.WaitAsync(ct);
        try
        {
            await wire.SendAsync(question, ct); //! LCA4006
            return await wire.ReceiveAsync(ct);
        }
        finally
        {
            _two.Release(); //? LCA4001
        }
    }

    // ok LCA4006: one at a time
    public async Task<byte[]> AskAloneAsync(byte[] question)
    {
        await _one.WaitAsync();
        try
        {
            await wire.SendAsync(question);
            return await wire.ReceiveAsync();
        }
        catch
        {
            wire.Dispose();
            throw;
        }
        finally
        {
            _one.Release();
        }
    }
}

public sealed class Reconnecting(Func<CancellationToken, Task<WireConnection>> dial, ILogger<Reconnecting> log)
{
    private WireConnection? _wire;
    private readonly Lock _lock = new();

    // The lock guards the field, not the exchange.
    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        WireConnection? wire;
        lock (_lock)
        {
            wire = _wire;
        }

        if (wire is not { IsOpen: true })
        {
            wire = await dial(ct);
            lock (_lock) _wire = wire;
            log.LogInformation("dialled");
        }

        await wire.SendAsync(question, ct); //! LCA4006
        return await wire.ReceiveAsync(ct);
    }

    // ok LCA4006: a connection of its own for each exchange
    public async Task<byte[]> AskFreshAsync(byte[] question, CancellationToken ct)
    {
        await using var wire = await dial(ct);
        await wire.SendAsync(question, ct);
        return await wire.ReceiveAsync(ct);
    }
}

public sealed class PollLoop(TcpClient plc, ILogger<PollLoop> log)
{
    private readonly byte[] _image = new byte[128];

    // ok LCA4006: one loop polls, nobody else
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                await PollAsync(ct);
            }
            catch (IOException ex)
            {
                log.LogWarning(ex, "poll");
                return;
            }
        }
    }

    private async Task PollAsync(CancellationToken ct)
    {
        var stream = plc.GetStream();
        await stream.WriteAsync("R0"u8.ToArray(), ct);
        await stream.ReadExactlyAsync(_image, ct);
    }
}

public sealed class TwoDoors(NetworkStream stream)
{
    private readonly byte[] _reply = new byte[32];

    // Both are open to everybody, and both use the same line.
    public async ValueTask<byte> StatusAsync()
    {
        await stream.WriteAsync("S"u8.ToArray()); //! LCA4006
        await stream.ReadExactlyAsync(_reply.AsMemory(0, 1));
        return _reply[0];
    }

    internal async ValueTask ResetAsync()
    {
        await stream.WriteAsync("R"u8.ToArray()).ConfigureAwait(false); //! LCA4006
        var ack = stream.ReadByte();
        if (ack != 6) throw new IOException("no acknowledgement");
    }

    // ok LCA4006: sends without an answer
    public ValueTask BlinkAsync() => stream.WriteAsync("B"u8.ToArray());
}

public sealed class OwnLock : IDisposable
{
    private readonly SemaphoreSlim _inner = new(1, 1);

    public async Task<IDisposable> LockAsync()
    {
        await _inner.WaitAsync();
        return new Release(_inner);
    }

    private sealed class Release(SemaphoreSlim inner) : IDisposable
    {
        public void Dispose() => inner.Release();
    }

    public void Dispose() => _inner.Dispose();
}

public sealed class AsyncLocked(NetworkStream stream)
{
    private readonly OwnLock _lock = new();

    // ok LCA4006: an own asynchronous lock around both
    public async Task<int> AskAsync(byte[] question, byte[] answer)
    {
        using (await _lock.LockAsync())
        {
            await stream.WriteAsync(question);
            return await stream.ReadAsync(answer);
        } //? LCA4001
    }

    public async Task<int> AskTooShortAsync(byte[] question, byte[] answer)
    {
        using (await _lock.LockAsync())
        {
            await stream.WriteAsync(question); //! LCA4006
        }

        return await stream.ReadAsync(answer);
    }
}

// A queue of memory: what is written is read back by the same hand.
public sealed class Scratch
{
    private readonly MemoryStream _memory = new();

    public async Task<int> TurnAsync(byte[] data)
    {
        await _memory.WriteAsync(data);
        _memory.Position = 0;
        return await _memory.ReadAsync(data);
    }
}
