// An RPC client over a stream: requests are matched to answers by id, one read loop per connection; and line protocols that have no ids.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Silence.RpcPeers;

public sealed class RpcClosedException(string reason, Exception? inner = null) : IOException(reason, inner);

public sealed class RpcConnection : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _pending = new();
    private readonly SemaphoreSlim _writes = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Stream _stream;
    private readonly ILogger _log;
    private readonly Task _reader;
    private int _lastId;
    private int _closed;

    public RpcConnection(Stream stream, ILogger log)
    {
        (_stream, _log) = (stream, log);
        // ok LCA1004: kept, awaited by DisposeAsync, and the loop lets nothing out
        _reader = Task.Run(ReadLoopAsync);
    }

    public bool IsOpen => Volatile.Read(ref _closed) == 0;

    // ok LCA4006: the answer finds its request by the id, whichever order they come in
    public async Task<byte[]> InvokeAsync(ushort method, ReadOnlyMemory<byte> arguments, CancellationToken ct)
    {
        var id = Interlocked.Increment(ref _lastId);
        var waiter = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending.TryAdd(id, waiter);
        await using var registration = ct.Register(() => waiter.TrySetCanceled(ct));
        try
        {
            await WriteFrameAsync(id, method, arguments);
            return await waiter.Task;
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    // ok LCA2004 LCA4001: frames are whole, under the gate, and a cancelled caller does not tear one
    private async Task WriteFrameAsync(int id, ushort method, ReadOnlyMemory<byte> body)
    {
        var frame = new byte[10 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length + 6);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(8), method);
        body.CopyTo(frame.AsMemory(10));
        await _writes.WaitAsync(_stop.Token);
        try
        {
            if (!IsOpen) throw new RpcClosedException("the peer is gone");
            await _stream.WriteAsync(frame, _stop.Token);
        }
        finally
        {
            _writes.Release();
        }
    }

    private async Task ReadLoopAsync()
    {
        var header = new byte[10];
        Exception? reason = null;
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await _stream.ReadExactlyAsync(header, _stop.Token);
                var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header) - 6];
                await _stream.ReadExactlyAsync(body, _stop.Token);
                if (_pending.TryRemove(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)), out var waiter)) waiter.TrySetResult(body);
                else _log.LogDebug("answer without a question");
            }
        }
        catch (Exception e)
        {
            reason = e;
        }

        Fail(reason);
    }

    private void Fail(Exception? reason)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        foreach (var id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out var waiter)) waiter.TrySetException(new RpcClosedException("the peer is gone", reason));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Fail(null);
        await _stop.CancelAsync();
        await _stream.DisposeAsync();
        await _reader;
        _stop.Dispose();
    }
}

/// <summary>Notifications of the local clock go to the peer while it is there.</summary>
public sealed class ClockPublisher : IDisposable
{
    private readonly RpcConnection _peer;
    private readonly ILogger _log;
    private readonly Timer _timer;

    public ClockPublisher(RpcConnection peer, ILogger log)
    {
        (_peer, _log) = (peer, log);
        _timer = new Timer(_ => Tick(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    // ok LCA2001 LCA1004: asked first, and what it starts ends in its own catch
    private void Tick()
    {
        if (!_peer.IsOpen) return;
        _ = PublishAsync();
    }

    private async Task PublishAsync()
    {
        try
        {
            await _peer.InvokeAsync(7, BitConverter.GetBytes(Environment.TickCount64), CancellationToken.None);
        }
        catch (Exception e)
        {
            _log.LogDebug(e, "clock not delivered");
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class UncheckedClockPublisher : IDisposable
{
    private readonly RpcConnection _peer;
    private readonly Timer _timer;

    public UncheckedClockPublisher(RpcConnection peer)
    {
        _peer = peer;
        _timer = new Timer(Tick, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private async void Tick(object? state)
    {
        var now = BitConverter.GetBytes(Environment.TickCount64);
        await _peer.InvokeAsync(7, now, CancellationToken.None); //! LCA2001
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>A line protocol without ids: the gate is around the pair, and what does not finish closes the line.</summary>
public sealed class LineDevice(NetworkStream line)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StreamReader _reader = new(line, Encoding.ASCII);
    private bool _broken;

    // ok LCA4006 LCA4001: one exchange at a time; an unfinished one breaks the line for all who follow
    public async Task<string> AskAsync(string question, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_broken) throw new IOException("the line is broken");
            await line.WriteAsync(Encoding.ASCII.GetBytes(question + "\r"), ct);
            return await _reader.ReadLineAsync(ct) ?? throw new EndOfStreamException();
        }
        catch
        {
            _broken = true;
            line.Dispose();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }
}

public sealed class HastyLineDevice(NetworkStream line)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StreamReader _reader = new(line, Encoding.ASCII);

    /// <summary>"The write must not be interleaved", says the commit; the answers still are.</summary>
    public async Task<string> AskAsync(string question, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await line.WriteAsync(Encoding.ASCII.GetBytes(question + "\r"), ct); //! LCA4006
        }
        finally
        {
            _turn.Release();
        }

        return await _reader.ReadLineAsync(ct) ?? throw new EndOfStreamException();
    }
}

public sealed class UngatedLineDevice(NetworkStream line)
{
    private readonly StreamReader _reader = new(line, Encoding.ASCII);

    public async Task<double> ReadWeightAsync(CancellationToken ct)
    {
        await line.WriteAsync("W\r"u8.ToArray(), ct); //! LCA4006
        var answer = await _reader.ReadLineAsync(ct) ?? throw new EndOfStreamException();
        return double.Parse(answer, System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <summary>Same exchange, but private and awaited in one loop: nobody else can come in between.</summary>
public sealed class WeightPoller(NetworkStream line, Action<string> onWeight)
{
    private readonly StreamReader _reader = new(line, Encoding.ASCII);

    // ok LCA4006: a private pair under one loop
    private async Task<string> ExchangeAsync(CancellationToken ct)
    {
        await line.WriteAsync("W\r"u8.ToArray(), ct);
        return await _reader.ReadLineAsync(ct) ?? throw new EndOfStreamException();
    }

    // ok LCA1004: the host awaits it
    public async Task RunAsync(CancellationToken ct)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(2));
        await using (line)
        {
            while (await ticks.WaitForNextTickAsync(ct)) onWeight(await ExchangeAsync(ct));
        }
    }
}
