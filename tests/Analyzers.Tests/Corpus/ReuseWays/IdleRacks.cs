// Racks of idle connections: what is asked of one before it is handed out.
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Ways.Racks;

public sealed class ScannerConnection : IDisposable
{
    public bool IsOpen { get; private set; } = true;

    public DateTimeOffset LastUsed { get; set; }

    public void Send(byte[] frame)
    {
        if (frame is []) throw new ArgumentException("empty", nameof(frame));
    }

    public void Dispose() => IsOpen = false;
}

public interface IRack<T> where T : class, IDisposable
{
    T Rent();

    void Return(T item);
}

public sealed class BagRack(Func<ScannerConnection> open) : IRack<ScannerConnection>
{
    private readonly ConcurrentBag<ScannerConnection> _idle = [];

    public ScannerConnection Rent() => _idle.TryTake(out var idle) ? idle : open(); //! LCA3004

    public void Return(ScannerConnection item) => _idle.Add(item);
}

public sealed class AskingBagRack(Func<ScannerConnection> open) : IRack<ScannerConnection>
{
    private readonly ConcurrentBag<ScannerConnection> _idle = [];

    public ScannerConnection Rent()
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle is { IsOpen: true }) return idle;
            using var _ = idle;
        }

        return open();
    }

    public void Return(ScannerConnection item) => _idle.Add(item);
}

/// <summary>Young is not alive.</summary>
public sealed class AgeingRack(Func<ScannerConnection> open, TimeProvider time) : IRack<ScannerConnection>
{
    private readonly Stack<ScannerConnection> _idle = new();

    public ScannerConnection Rent()
    {
        lock (_idle)
        {
            while (_idle.TryPop(out var idle)) //! LCA3004
            {
                if (time.GetUtcNow() - idle.LastUsed < TimeSpan.FromMinutes(1)) return idle;
                idle.Dispose();
            }
        }

        return open();
    }

    public void Return(ScannerConnection item)
    {
        item.LastUsed = time.GetUtcNow();
        lock (_idle) _idle.Push(item);
    }
}

public sealed class ChannelRack(Func<CancellationToken, Task<Socket>> dial)
{
    private readonly Channel<Socket> _idle = Channel.CreateBounded<Socket>(8);

    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        if (!_idle.Reader.TryRead(out var socket)) socket = await dial(cancel); //! LCA3004
        var sent = await socket.SendAsync(frame, cancel);
        if (!_idle.Writer.TryWrite(socket)) socket.Dispose();
        return sent;
    }

    public async ValueTask<int> SendProbedAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        Socket? socket = null;
        while (socket is null && _idle.Reader.TryRead(out var candidate))
        {
            if (candidate.Poll(0, SelectMode.SelectRead)) candidate.Dispose();
            else socket = candidate;
        }

        socket ??= await dial(cancel);
        var sent = await socket.SendAsync(frame, cancel);
        if (!_idle.Writer.TryWrite(socket)) socket.Dispose();
        return sent;
    }
}

/// <summary>Private and unchecked, but every caller checks.</summary>
public sealed class CallerChecks(Func<ScannerConnection> open)
{
    private readonly ConcurrentQueue<ScannerConnection> _idle = new();

    private bool TryRent([NotNullWhen(true)] out ScannerConnection? connection) => _idle.TryDequeue(out connection);

    public void Send(byte[] frame)
    {
        if (!TryRent(out var connection) || !connection.IsOpen) connection = open();
        connection.Send(frame);
        _idle.Enqueue(connection);
    }
}

public sealed class TryingRack(Func<ScannerConnection> open)
{
    private readonly ConcurrentQueue<ScannerConnection> _idle = new();

    public void Send(byte[] frame)
    {
        while (_idle.TryDequeue(out var connection))
        {
            try
            {
                connection.Send(frame);
            }
            catch (IOException)
            {
                connection.Dispose();
                continue;
            }

            _idle.Enqueue(connection);
            return;
        }

        var fresh = open();
        fresh.Send(frame);
        _idle.Enqueue(fresh);
    }
}

/// <summary>Freshly accepted sockets on their way to a worker: no pool, nothing comes back.</summary>
public sealed class AcceptQueue(Socket listener)
{
    private readonly ConcurrentQueue<Socket> _fresh = new();

    public async Task AcceptAsync(CancellationToken stop)
    {
        for (;;) _fresh.Enqueue(await listener.AcceptAsync(stop));
    }

    public int Greet()
    {
        var greeted = 0;
        while (_fresh.TryDequeue(out var socket))
        {
            using (socket) socket.Send("HELLO"u8);
            greeted++;
        }

        return greeted;
    }
}

public abstract class Rack<TKey, TConnection> where TKey : notnull where TConnection : class
{
    private readonly Dictionary<TKey, Queue<TConnection>> _idle = new();

    protected abstract TConnection Open(TKey key);

    protected abstract bool IsUsable(TConnection connection);

    public TConnection Rent(TKey key)
    {
        lock (_idle)
        {
            if (_idle.TryGetValue(key, out var queue))
                while (queue.TryDequeue(out var connection))
                    if (IsUsable(connection)) return connection;
        }

        return Open(key);
    }

    public void Return(TKey key, TConnection connection)
    {
        lock (_idle)
        {
            if (!_idle.TryGetValue(key, out var queue)) _idle[key] = queue = new();
            queue.Enqueue(connection);
        }
    }
}

public sealed class EndPointRack : Rack<EndPoint, Socket>
{
    protected override Socket Open(EndPoint key)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try { socket.Connect(key); }
        catch { socket.Dispose(); throw; }
        return socket;
    }

    protected override bool IsUsable(Socket connection) => !connection.Poll(0, SelectMode.SelectRead);
}
