// Pools of another make: slots, semaphores, priority queues, policies.
using System.Collections.Concurrent;
using System.Data.Common;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Acme.Wire;
using Microsoft.Extensions.ObjectPool;

namespace Second.Reuse.OddPools;

/// <summary>One hot slot, exchanged.</summary>
public sealed class SlotClient(Func<CancellationToken, Task<WireConnection>> dial)
{
    private WireConnection? _spare;

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        var line = Interlocked.Exchange(ref _spare, null) ?? await dial(ct); //! LCA3004
        byte[] answer;
        try
        {
            answer = await line.RequestAsync(question, ct);
        }
        catch
        {
            line.Dispose();
            throw;
        }

        Interlocked.Exchange(ref _spare, line)?.Dispose();
        return answer;
    }

    public async Task<byte[]> AskOpenAsync(byte[] question, CancellationToken ct)
    {
        var line = Interlocked.Exchange(ref _spare, null);
        if (line is not { IsOpen: true }) line = await dial(ct);
        byte[] answer;
        try
        {
            answer = await line.RequestAsync(question, ct);
        }
        catch
        {
            line.Dispose();
            throw;
        }

        Interlocked.Exchange(ref _spare, line)?.Dispose();
        return answer;
    }
}

/// <summary>Semaphore and stack; async channel; both with and without a look.</summary>
public sealed class BoundedPool(Func<CancellationToken, Task<ClientWebSocket>> dial)
{
    private readonly SemaphoreSlim _slots = new(4, 4);
    private readonly ConcurrentStack<ClientWebSocket> _stack = new();

    public async Task<ClientWebSocket> AcquireAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct); //? LCA1007
        return _stack.TryPop(out var socket) ? socket : await dial(ct); //! LCA3004
    }

    public async Task<ClientWebSocket> AcquireOpenAsync(CancellationToken ct)
    {
        await _slots.WaitAsync(ct); //? LCA1007
        while (_stack.TryPop(out var socket))
        {
            switch (socket.State)
            {
                case WebSocketState.Open:
                    return socket;
                default:
                    socket.Dispose();
                    break;
            }
        }

        return await dial(ct);
    }

    public void Release(ClientWebSocket socket)
    {
        _stack.Push(socket);
        _slots.Release();
    }
}

public sealed class ReaderPool
{
    private readonly Channel<WireConnection> _lines = Channel.CreateUnbounded<WireConnection>();

    public ReaderPool(IEnumerable<WireConnection> lines)
    {
        foreach (var line in lines) _lines.Writer.TryWrite(line);
    }

    public async Task SendAsync(byte[] frame, CancellationToken ct)
    {
        var line = await _lines.Reader.ReadAsync(ct); //! LCA3004
        try
        {
            await line.SendAsync(frame, ct);
        }
        finally
        {
            await _lines.Writer.WriteAsync(line, CancellationToken.None);
        }
    }

    public async Task SendOpenAsync(byte[] frame, Func<Task<WireConnection>> dial, CancellationToken ct)
    {
        var line = await _lines.Reader.ReadAsync(ct);
        try
        {
            if (!line.IsOpen)
            {
                line.Dispose();
                line = await dial();
            }

            await line.SendAsync(frame, ct);
        }
        finally
        {
            await _lines.Writer.WriteAsync(line, CancellationToken.None);
        }
    }
}

/// <summary>Sorted by last use; a wrapper class for what is idle.</summary>
public sealed class IdleLine(WireConnection line)
{
    public WireConnection Line { get; } = line;
    public DateTime LastUsed { get; set; } = DateTime.UtcNow;
    public bool IsHealthy() => Line.IsOpen;
}

public sealed class WrappedPool
{
    private readonly Queue<IdleLine> _idle = new();
    private readonly object _sync = new();

    public WireConnection? Get()
    {
        lock (_sync)
        {
            while (_idle.Count > 0)
            {
                var entry = _idle.Dequeue(); //! LCA3004
                if (DateTime.UtcNow - entry.LastUsed < TimeSpan.FromMinutes(1)) return entry.Line;
                entry.Line.Dispose();
            }

            return null;
        }
    }

    public WireConnection? GetHealthy()
    {
        lock (_sync)
        {
            while (_idle.Count > 0)
            {
                var entry = _idle.Dequeue();
                if (entry.IsHealthy()) return entry.Line;
                entry.Line.Dispose();
            }

            return null;
        }
    }

    public void Put(WireConnection line)
    {
        lock (_sync) _idle.Enqueue(new IdleLine(line));
    }
}

/// <summary>The caller's validator decides.</summary>
public sealed class ValidatingPool<T>(Func<T> create, Func<T, bool> validate) where T : class, IPooledSocket
{
    private readonly ConcurrentBag<T> _items = new();

    public T Rent()
    {
        while (_items.TryTake(out var item))
        {
            if (validate(item)) return item; // ok LCA3004
            item.Dispose();
        }

        return create();
    }

    public void Return(T item) => _items.Add(item);
}

public interface IPooledSocket : IDisposable
{
    bool IsConnected { get; }
    void Send(ReadOnlySpan<byte> data);
}

/// <summary>A pool of connections behind an interface, base class doing the taking.</summary>
public abstract class PoolBase<T> where T : class, IPooledSocket
{
    private readonly ConcurrentQueue<T> _items = new();

    protected abstract T Create();

    protected virtual bool IsUsable(T item) => item.IsConnected;

    public T Take()
    {
        while (_items.TryDequeue(out var item))
        {
            if (IsUsable(item)) return item;
            item.Dispose();
        }

        return Create();
    }

    public T TakeAny() => _items.TryDequeue(out var item) ? item : Create(); //! LCA3004

    public void Put(T item) => _items.Enqueue(item);
}

/// <summary>An object pool with a policy that looks when things come back: they may die afterwards.</summary>
public sealed class WirePolicy : PooledObjectPolicy<WireConnection>
{
    public override WireConnection Create() => WireConnection.Connect("h", 1, TimeSpan.FromSeconds(1));
    public override bool Return(WireConnection obj) => obj.IsOpen;
}

public sealed class PolicyUser
{
    private readonly ObjectPool<WireConnection> _pool = new DefaultObjectPool<WireConnection>(new WirePolicy());

    public void Say(byte[] text)
    {
        var line = _pool.Get(); //! LCA3004
        try
        {
            line.Send(text);
        }
        finally
        {
            _pool.Return(line);
        }
    }

    public void SayCarefully(byte[] text)
    {
        WireConnection line;
        for (; ; )
        {
            line = _pool.Get();
            if (line.IsOpen) break;
            line.Dispose();
        }

        try
        {
            line.Send(text);
        }
        finally
        {
            _pool.Return(line);
        }
    }
}

/// <summary>Pools of other things.</summary>
public sealed class OtherPools
{
    private readonly ConcurrentBag<byte[]> _buffers = new();
    private readonly ConcurrentBag<SocketAsyncEventArgs> _args = new();
    private readonly ConcurrentBag<System.Text.StringBuilder> _builders = new();

    public void Use()
    {
        if (!_buffers.TryTake(out var buffer)) buffer = new byte[16];
        if (!_args.TryTake(out var args)) args = new SocketAsyncEventArgs();
        if (!_builders.TryTake(out var builder)) builder = new System.Text.StringBuilder();
        builder.Append(buffer.Length).Append(args.Count);
        _buffers.Add(buffer);
        _args.Add(args);
        _builders.Add(builder);
    }
}

/// <summary>Rotates over live connections: looked at before each.</summary>
public sealed class RoundRobin(IReadOnlyList<WireConnection> lines)
{
    private int _next;

    public void Send(byte[] frame)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[(Interlocked.Increment(ref _next) & int.MaxValue) % lines.Count];
            if (!line.IsOpen) continue;
            line.Send(frame);
            return;
        }

        throw new InvalidOperationException("no line is open");
    }
}
