// Pools, leases and exchanges of one link type.
using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Outfits.RedisPools;

public sealed class RedisLink : IDisposable, IAsyncDisposable
{
    private readonly TcpClient _client = new();
    private readonly byte[] _buffer = new byte[512];
    public bool IsConnected => _client.Connected;
    public bool Broken { get; set; }
    public async Task SendAsync(string command, CancellationToken ct) => await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(command), ct);
    public async Task<string> ReceiveAsync(CancellationToken ct) => Encoding.ASCII.GetString(_buffer, 0, await _client.GetStream().ReadAsync(_buffer, ct));
    public bool Ping() => !(_client.Client.Poll(0, SelectMode.SelectRead) && _client.Client.Available == 0);
    public static async Task<RedisLink> OpenAsync(CancellationToken ct)
    {
        var link = new RedisLink();
        try { await link._client.ConnectAsync("localhost", 6379, ct); return link; }
        catch { link.Dispose(); throw; }
    }
    public void Dispose() => _client.Dispose();
    public ValueTask DisposeAsync() { Dispose(); return default; }
}

// 1 correct: pool with leases as an async disposable that knows failures
public sealed class RedisPool(int size)
{
    private readonly Stack<RedisLink> _idle = new();
    private readonly SemaphoreSlim _slots = new(size, size);

    public async Task<Lease> AcquireAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            return new Lease(this, TryPopUsable() ?? await RedisLink.OpenAsync(ct));
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    private RedisLink? TryPopUsable()
    {
        lock (_idle)
        {
            while (_idle.Count > 0)
            {
                var link = _idle.Pop();
                if (link.Ping()) return link;
                link.Dispose();
            }
        }

        return null;
    }

    private void Release(RedisLink link, bool reusable)
    {
        if (reusable) lock (_idle) _idle.Push(link);
        else link.Dispose();
        _slots.Release();
    }

    public sealed class Lease(RedisPool pool, RedisLink link) : IAsyncDisposable
    {
        private bool _done;
        public async Task<string> AskAsync(string command, CancellationToken ct)
        {
            await link.SendAsync(command, ct);
            var answer = await link.ReceiveAsync(ct);
            _done = true;
            return answer;
        }
        public ValueTask DisposeAsync() { pool.Release(link, _done); return default; }
    }
}

public sealed class RedisUser(RedisPool pool)
{
    public async Task<string> GetAsync(string key, CancellationToken ct)
    {
        await using var lease = await pool.AcquireAsync(ct);
        return await lease.AskAsync($"GET {key}\r\n", ct);
    }
}

// 2 bug: lease class returning whatever happened
public sealed class SlackPool
{
    private readonly ConcurrentQueue<RedisLink> _idle = new();
    public async Task<SlackLease> AcquireAsync(CancellationToken ct)
    {
        while (_idle.TryDequeue(out var link))
        {
            if (link.Ping()) return new SlackLease(this, link);
            await link.DisposeAsync();
        }
        return new SlackLease(this, await RedisLink.OpenAsync(ct));
    }
    internal void Return(RedisLink link) => _idle.Enqueue(link);
}
public sealed class SlackLease(SlackPool pool, RedisLink link) : IAsyncDisposable
{
    public RedisLink Link { get; } = link;
    public ValueTask DisposeAsync()
    {
        pool.Return(Link);
        return ValueTask.CompletedTask;
    }
}
public sealed class SlackUser(SlackPool pool)
{
    public async Task<string> GetAsync(string key, CancellationToken ct)
    {
        await using var lease = await pool.AcquireAsync(ct); //! LCA4001
        await lease.Link.SendAsync($"GET {key}\r\n", ct);
        return await lease.Link.ReceiveAsync(ct);
    }
}

// 3 correct: marks it broken, the pool looks at the mark
public sealed class BrokenMark
{
    private readonly ConcurrentBag<RedisLink> _idle = [];

    public async Task<string> GetAsync(string key, CancellationToken ct)
    {
        var link = await RentAsync(ct);
        try
        {
            await link.SendAsync($"GET {key}\r\n", ct);
            return await link.ReceiveAsync(ct);
        }
        catch
        {
            link.Broken = true;
            throw;
        }
        finally
        {
            Return(link);
        }
    }

    private async Task<RedisLink> RentAsync(CancellationToken ct)
    {
        while (_idle.TryTake(out var link))
        {
            if (link.Ping()) return link;
            link.Dispose();
        }
        return await RedisLink.OpenAsync(ct);
    }

    private void Return(RedisLink link)
    {
        if (link.Broken) link.Dispose();
        else _idle.Add(link);
    }
}

// 4 correct: disposed on failure and the pool refuses the disconnected
public sealed class DisposedOnFailure
{
    private readonly Channel<RedisLink> _idle = Channel.CreateUnbounded<RedisLink>();

    public async Task<string> GetAsync(string key, CancellationToken ct)
    {
        RedisLink? link = null;
        while (_idle.Reader.TryRead(out var candidate))
        {
            if (candidate.Ping()) { link = candidate; break; }
            candidate.Dispose();
        }
        link ??= await RedisLink.OpenAsync(ct);
        try
        {
            await link.SendAsync($"GET {key}\r\n", ct);
            return await link.ReceiveAsync(ct);
        }
        catch (Exception)
        {
            link.Dispose();
            link = null;
            throw;
        }
        finally
        {
            if (link is not null) await _idle.Writer.WriteAsync(link, CancellationToken.None);
        }
    }
}

// 5 bug: template method
public abstract class CommandBase<T>(ConcurrentBag<RedisLink> idle)
{
    protected abstract Task<T> RunAsync(RedisLink link, CancellationToken ct);

    public async Task<T> ExecuteAsync(CancellationToken ct)
    {
        RedisLink? link = null;
        while (link is null && idle.TryTake(out var candidate))
        {
            if (candidate.Ping()) link = candidate;
            else candidate.Dispose();
        }
        link ??= await RedisLink.OpenAsync(ct);
        try
        {
            return await RunAsync(link, ct);
        }
        finally
        {
            idle.Add(link); //! LCA4001
        }
    }
}
public sealed class GetCommand(ConcurrentBag<RedisLink> idle, string key) : CommandBase<string>(idle)
{
    protected override async Task<string> RunAsync(RedisLink link, CancellationToken ct)
    {
        await link.SendAsync($"GET {key}\r\n", ct);
        return await link.ReceiveAsync(ct);
    }
}

// 6 correct: the same check spelled by a switch on the exception
public sealed class SwitchedFailure(SlackPool pool)
{
    public async Task<string?> TryGetAsync(string key, CancellationToken ct)
    {
        var lease = await pool.AcquireAsync(ct);
        try
        {
            await lease.Link.SendAsync($"GET {key}\r\n", ct);
            var answer = await lease.Link.ReceiveAsync(ct);
            await lease.DisposeAsync();
            return answer;
        }
        catch (Exception e)
        {
            lease.Link.Dispose();
            return e switch
            {
                OperationCanceledException or IOException => null,
                _ => throw new InvalidOperationException("redis", e),
            };
        }
    }
}

// 7 correct: array-pool with memory owner handed over
public sealed class OwnedFrames(Socket socket)
{
    public async ValueTask<IMemoryOwner<byte>> ReceiveAsync(CancellationToken ct)
    {
        var owner = MemoryPool<byte>.Shared.Rent(1024);
        try
        {
            await socket.ReceiveAsync(owner.Memory, ct);
            return owner;
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }
}

// 8 bug: a queue pool under a lock, Rent is public
public sealed class LockedQueue
{
    private readonly Queue<RedisLink> _idle = new();
    private readonly Lock _lock = new();
    public async Task<RedisLink> RentAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_idle.Count > 0) return _idle.Dequeue(); //! LCA3004
        }
        return await RedisLink.OpenAsync(ct);
    }
    public void Return(RedisLink link)
    {
        lock (_lock) _idle.Enqueue(link);
    }
}

// 9 correct: private take, both callers ask
public sealed class BothAsk
{
    private readonly Queue<RedisLink> _idle = new();
    private RedisLink? Take()
    {
        lock (_idle) return _idle.Count == 0 ? null : _idle.Dequeue();
    }
    private void Give(RedisLink link)
    {
        lock (_idle) _idle.Enqueue(link);
    }
    public async Task<string> GetAsync(string key, CancellationToken ct)
    {
        var link = Take() is { } kept && kept.Ping() ? kept : await RedisLink.OpenAsync(ct);
        await link.SendAsync($"GET {key}\r\n", ct);
        var answer = await link.ReceiveAsync(ct);
        Give(link);
        return answer;
    }
    public async Task SetAsync(string key, CancellationToken ct)
    {
        var link = Take();
        if (link?.Ping() != true)
        {
            link?.Dispose();
            link = await RedisLink.OpenAsync(ct);
        }
        await link.SendAsync($"SET {key}\r\n", ct);
        await link.ReceiveAsync(ct);
        Give(link);
    }
}

// 10 bug: unrented slot array
public sealed class SlotPool
{
    private readonly RedisLink?[] _slots = new RedisLink?[8];
    public async Task<RedisLink> RentAsync(CancellationToken ct)
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            if (Interlocked.Exchange(ref _slots[i], null) is { } link) return link; //? LCA3004
        }
        return await RedisLink.OpenAsync(ct);
    }
    public void Return(RedisLink link)
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _slots[i], link, null) is null) return;
        }
        link.Dispose();
    }
}

// 11 correct: idempotent pings may be repeated on a stale link
public sealed class CleanerPool : IDisposable
{
    private readonly ConcurrentQueue<RedisLink> _idle = new();
    private readonly Timer _cleaner;
    public CleanerPool() => _cleaner = new Timer(_ => Clean(), null, 1000, 1000);
    private void Clean()
    {
        for (var n = _idle.Count; n > 0 && _idle.TryDequeue(out var link); n--)
        {
            if (link.Ping()) _idle.Enqueue(link);
            else link.Dispose();
        }
    }
    public void Return(RedisLink link) => _idle.Enqueue(link);
    public void Dispose()
    {
        _cleaner.Dispose();
        while (_idle.TryDequeue(out var link)) link.Dispose();
    }
}

// 12 correct: FTP style client, gate around the whole talk, closes when it fails half-way
public sealed class FtpControl(StreamReader reader, StreamWriter writer, TcpClient client)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _broken;

    public async Task<(int Code, string Text)> CommandAsync(string line, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_broken) throw new IOException("control connection lost");
            _broken = true;
            await writer.WriteLineAsync(line.AsMemory(), ct);
            await writer.FlushAsync(ct);
            var text = await reader.ReadLineAsync(ct) ?? throw new EndOfStreamException();
            _broken = false;
            return (int.Parse(text.AsSpan(0, 3)), text[4..]);
        }
        finally
        {
            if (_broken) client.Close();
            _gate.Release();
        }
    }
}

// 13 bug: FTP style client, the gate lets the next one in
public sealed class SlackFtpControl(StreamReader reader, StreamWriter writer)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<string?> CommandAsync(string line, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await writer.WriteLineAsync(line.AsMemory(), ct);
            await writer.FlushAsync(ct);
            return await reader.ReadLineAsync(ct);
        }
        finally
        {
            _gate.Release(); //? LCA4001
        }
    }
}
