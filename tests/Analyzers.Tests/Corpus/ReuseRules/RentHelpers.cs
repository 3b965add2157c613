// Who checks: the pool, a private helper, or each of its callers.
using System.Collections.Concurrent;
using System.Net.Sockets;
using Acme.Wire;

namespace Second.Reuse.RentHelpers;

public sealed class PrivateTaker(Func<CancellationToken, Task<WireConnection>> dial)
{
    private readonly ConcurrentBag<WireConnection> _idle = [];

    public async Task<byte[]> FirstAsync(byte[] question, CancellationToken ct)
    {
        var line = Take();
        if (line is not { IsOpen: true }) line = await dial(ct);
        var answer = await line.RequestAsync(question, ct);
        _idle.Add(line);
        return answer;
    }

    public async Task<byte[]> SecondAsync(byte[] question, CancellationToken ct)
    {
        var line = Take();
        if (line == null || !line.IsOpen) line = await dial(ct);
        var answer = await line.RequestAsync(question, ct);
        _idle.Add(line);
        return answer;
    }

    private WireConnection? Take() => _idle.TryTake(out var line) ? line : null; // ok LCA3004: every caller looks
}

public sealed class HalfCheckedTaker(Func<CancellationToken, Task<WireConnection>> dial)
{
    private readonly ConcurrentBag<WireConnection> _idle = [];

    public async Task<byte[]> CheckedAsync(byte[] question, CancellationToken ct)
    {
        var line = Take();
        if (line is not { IsOpen: true }) line = await dial(ct);
        var answer = await line.RequestAsync(question, ct);
        _idle.Add(line);
        return answer;
    }

    public async Task<byte[]> UncheckedAsync(byte[] question, CancellationToken ct)
    {
        var line = Take() ?? await dial(ct);
        var answer = await line.RequestAsync(question, ct);
        _idle.Add(line);
        return answer;
    }

    private WireConnection? Take() => _idle.TryTake(out var line) ? line : null; //! LCA3004
}

/// <summary>Takes another one when the first turns out dead.</summary>
public sealed class NextPlease(Func<WireConnection> open)
{
    private readonly ConcurrentStack<WireConnection> _lines = new();

    public void Send(ReadOnlyMemory<byte> frame)
    {
        while (_lines.TryPop(out var line))
        {
            try
            {
                line.Send(frame.Span);
                _lines.Push(line);
                return;
            }
            catch (WireException)
            {
                line.Dispose(); // ok LCA3004: the next one is taken
            }
        }

        var fresh = open();
        fresh.Send(frame.Span);
        _lines.Push(fresh);
    }
}

/// <summary>A generic pool of anything closable, with a validator given by the user or none.</summary>
public interface IPooledLink : IDisposable
{
    bool IsAlive { get; }
    int Execute(ReadOnlySpan<byte> command);
}

public sealed class LinkPool<TLink>(Func<TLink> create) where TLink : class, IPooledLink
{
    private readonly Stack<TLink> _stack = new();

    public TLink Rent()
    {
        lock (_stack)
        {
            if (_stack.TryPop(out var link)) return link; //! LCA3004
        }

        return create();
    }

    public TLink RentAlive()
    {
        while (true)
        {
            TLink? link;
            lock (_stack)
            {
                if (!_stack.TryPop(out link)) return create();
            }

            if (link.IsAlive) return link;
            link.Dispose();
        }
    }

    public void Return(TLink link)
    {
        lock (_stack) _stack.Push(link);
    }
}

/// <summary>A pool per host, nested collections.</summary>
public sealed class HostPools
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<TcpClient>> _pools = new();

    public async Task<int> GetAsync(string host, byte[] request, byte[] reply, CancellationToken ct)
    {
        var pool = _pools.GetOrAdd(host, _ => new ConcurrentQueue<TcpClient>());
        if (!pool.TryDequeue(out var client)) //! LCA3004
        {
            client = new TcpClient();
            try
            {
                await client.ConnectAsync(host, 80, ct);
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }

        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(request, ct);
            var n = await stream.ReadAtLeastAsync(reply, reply.Length, cancellationToken: ct);
            pool.Enqueue(client);
            return n;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async Task<int> GetAliveAsync(string host, byte[] request, byte[] reply, Func<Task<TcpClient>> dial, CancellationToken ct)
    {
        var pool = _pools.GetOrAdd(host, _ => new ConcurrentQueue<TcpClient>());
        TcpClient? client;
        while (pool.TryDequeue(out client))
        {
            if (Alive(client)) break;
            client.Dispose();
        }

        client ??= await dial();
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(request, ct);
            var n = await stream.ReadAtLeastAsync(reply, reply.Length, cancellationToken: ct);
            pool.Enqueue(client);
            return n;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static bool Alive(TcpClient client)
    {
        var socket = client.Client;
        return socket is { Connected: true } && !socket.Poll(1, SelectMode.SelectRead);
    }
}

/// <summary>The lease type takes out in its constructor and gives back in Dispose.</summary>
public sealed class SlotPool
{
    private readonly ConcurrentBag<WireConnection> _slots = new();

    public Slot Open(Func<WireConnection> open) => new(this, open);

    public readonly struct Slot : IDisposable
    {
        private readonly SlotPool _owner;
        public WireConnection Connection { get; }

        internal Slot(SlotPool owner, Func<WireConnection> open)
        {
            _owner = owner;
            Connection = owner._slots.TryTake(out var idle) ? idle : open(); //! LCA3004
        }

        public void Dispose() => _owner._slots.Add(Connection);
    }
}
