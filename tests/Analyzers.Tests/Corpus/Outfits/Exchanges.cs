// Requests and answers on one connection.
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Outfits.Exchanges;

// 1 bug
public sealed class PlcClient(NetworkStream stream)
{
    public async Task<byte[]> ReadWordAsync(byte[] request, CancellationToken ct)
    {
        await stream.WriteAsync(request, ct); //! LCA4006
        var reply = new byte[12];
        await stream.ReadExactlyAsync(reply, ct);
        return reply;
    }
}

// 2 correct: gated by a helper that gives a releaser
public sealed class GatedPlcClient(NetworkStream stream)
{
    private readonly AsyncLock _lock = new();

    public async Task<byte[]> ReadWordAsync(byte[] request, CancellationToken ct)
    {
        using (await _lock.LockAsync(ct))
        {
            await stream.WriteAsync(request, ct);
            var reply = new byte[12];
            await stream.ReadExactlyAsync(reply, ct);
            return reply;
        } //? LCA4001
    }
}

public sealed class AsyncLock
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);
    public async ValueTask<Releaser> LockAsync(CancellationToken ct)
    {
        await _semaphore.WaitAsync(ct);
        return new Releaser(_semaphore);
    }
    public readonly struct Releaser(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}

// 3 bug: reader and writer over one stream
public sealed class SmtpTalk : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    public SmtpTalk(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        _writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { AutoFlush = true, NewLine = "\r\n" };
    }

    public async Task<string?> CommandAsync(string command)
    {
        await _writer.WriteLineAsync(command); //! LCA4006
        return await _reader.ReadLineAsync();
    }

    public void Dispose() => _client.Dispose();
}

// 4 correct: a single consumer loop asks for everybody
public sealed class QueuedTalk(StreamReader reader, StreamWriter writer)
{
    private readonly Channel<(string Command, TaskCompletionSource<string?> Reply)> _queue = Channel.CreateUnbounded<(string, TaskCompletionSource<string?>)>();

    public async Task<string?> CommandAsync(string command)
    {
        var reply = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync((command, reply));
        return await reply.Task;
    }

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var (command, reply) in _queue.Reader.ReadAllAsync(ct))
        {
            try
            {
                await writer.WriteLineAsync(command);
                reply.TrySetResult(await reader.ReadLineAsync(ct));
            }
            catch (Exception e)
            {
                reply.TrySetException(e);
                throw;
            }
        }
    }
}

// 5 bug: gate on the write alone
public sealed class WriteGated(Stream stream)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<int> AskAsync(ReadOnlyMemory<byte> request, Memory<byte> reply, CancellationToken ct)
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

        return await stream.ReadAsync(reply, ct);
    }
}

// 6 correct: busy flag refuses
public sealed class BusyRefused(Stream stream)
{
    private int _busy;

    public async Task<int> AskAsync(ReadOnlyMemory<byte> request, Memory<byte> reply, CancellationToken ct)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("one at a time");
        try
        {
            await stream.WriteAsync(request, ct);
            return await stream.ReadAsync(reply, ct);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}

// 7 correct: handed out by a pool of this compilation only
internal sealed class PooledRedis(Stream stream) : IDisposable
{
    public bool IsOpen => stream.CanWrite;
    public async Task<int> AskAsync(ReadOnlyMemory<byte> request, Memory<byte> reply, CancellationToken ct)
    {
        await stream.WriteAsync(request, ct);
        return await stream.ReadAsync(reply, ct);
    }
    public void Dispose() => stream.Dispose();
}

internal sealed class RedisPool(Func<Task<Stream>> dial)
{
    private readonly Channel<PooledRedis> _idle = Channel.CreateBounded<PooledRedis>(4);

    public async Task<PooledRedis> RentAsync()
    {
        while (_idle.Reader.TryRead(out var c))
        {
            if (c.IsOpen) return c;
            c.Dispose();
        }
        return new PooledRedis(await dial());
    }

    public void Return(PooledRedis c)
    {
        if (!_idle.Writer.TryWrite(c)) c.Dispose();
    }
}

// 8 correct: private pair awaited in one loop
public sealed class Poller(Stream stream)
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await PollOnceAsync(ct);
            await Task.Delay(1000, ct);
        }
    }

    private async Task PollOnceAsync(CancellationToken ct)
    {
        await stream.WriteAsync("STATUS\n"u8.ToArray(), ct); //? LCA4006
        var reply = new byte[16];
        await stream.ReadExactlyAsync(reply, ct);
    }
}

// 9 correct: serialised by chaining tasks
public sealed class Chained(Stream stream)
{
    private readonly object _sync = new();
    private Task _tail = Task.CompletedTask;

    public Task<byte[]> AskAsync(byte[] request)
    {
        lock (_sync)
        {
            var next = _tail.ContinueWith(_ => ExchangeAsync(request), TaskScheduler.Default).Unwrap();
            _tail = next;
            return next;
        }
    }

    private async Task<byte[]> ExchangeAsync(byte[] request)
    {
        await stream.WriteAsync(request);
        var reply = new byte[4];
        await stream.ReadExactlyAsync(reply);
        return reply;
    }
}

// 10 bug: pipes
public sealed class PipeTalk(IDuplexPipe pipe)
{
    public async Task<ReadResult> AskAsync(ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        await pipe.Output.WriteAsync(request, ct); //! LCA4006
        return await pipe.Input.ReadAsync(ct);
    }
}

// 11 correct: gate in the only public way
public sealed class Keyed(Stream stream)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public Task<byte[]> ReadAsync(byte id, CancellationToken ct) => LockedAsync(() => ExchangeAsync([id, 1], ct), ct);
    public Task<byte[]> WriteAsync(byte id, byte value, CancellationToken ct) => LockedAsync(() => ExchangeAsync([id, 2, value], ct), ct);

    private async Task<T> LockedAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try { return await work(); }
        finally { _gate.Release(); } //? LCA4001
    }

    private async Task<byte[]> ExchangeAsync(byte[] request, CancellationToken ct)
    {
        await stream.WriteAsync(request, ct);
        var reply = new byte[8];
        await stream.ReadExactlyAsync(reply, ct);
        return reply;
    }
}

// 12 bug: web socket rpc without ids
public sealed class WebSocketRpc(ClientWebSocket socket)
{
    public async Task<string> CallAsync(string json, CancellationToken ct)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, ct); //! LCA4006
        var buffer = new byte[4096];
        var got = await socket.ReceiveAsync(buffer.AsMemory(), ct);
        return Encoding.UTF8.GetString(buffer, 0, got.Count);
    }
}
