// Connections that lie in a pool, and those who take them out.
using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Fjord.Telemetry;
using Microsoft.Extensions.ObjectPool;
using RabbitMQ.Client;

namespace Wide.Reuse.PooledLines;

public sealed class MemcachedPool(DnsEndPoint server)
{
    private readonly ConcurrentBag<TcpClient> _idle = [];

    public async ValueTask<TcpClient> RentAsync(CancellationToken ct)
    {
        if (_idle.TryTake(out var client)) //! LCA3004
        {
            return client;
        }

        client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(server.Host, server.Port, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public void Return(TcpClient client) => _idle.Add(client);

    public void Drain()
    {
        while (_idle.TryTake(out var client)) client.Dispose();
    }
}

public sealed class ProbingPool(DnsEndPoint server)
{
    private readonly ConcurrentBag<TcpClient> _idle = [];

    public async ValueTask<TcpClient> RentAsync(CancellationToken ct)
    {
        while (_idle.TryTake(out var idle))
        {
            if (LooksAlive(idle)) return idle;
            idle.Dispose();
        }

        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(server.Host, server.Port, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public void Return(TcpClient client) => _idle.Add(client);

    private static bool LooksAlive(TcpClient client)
    {
        try
        {
            var socket = client.Client;
            return !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>Only its age is asked.</summary>
public sealed class AgedPool
{
    private readonly record struct Idle(TelemetryConnection Connection, long Since);

    private readonly ConcurrentQueue<Idle> _idle = new();

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        TelemetryConnection? connection = null;
        while (_idle.TryDequeue(out var idle)) //! LCA3004
        {
            if (Stopwatch.GetElapsedTime(idle.Since) < TimeSpan.FromMinutes(1))
            {
                connection = idle.Connection;
                break;
            }

            await idle.Connection.DisposeAsync();
        }

        connection ??= await TelemetryConnection.OpenAsync("tcp://a", ct); //? LCA1001
        var answer = await connection.RequestAsync(question, ct);
        _idle.Enqueue(new Idle(connection, Stopwatch.GetTimestamp()));
        return answer;
    }
}

/// <summary>Channels lent through a channel.</summary>
public sealed class PublisherPool
{
    private readonly Channel<IChannel> _free = Channel.CreateBounded<IChannel>(8);

    public async Task PublishAsync(string exchange, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var channel = await _free.Reader.ReadAsync(ct); //! LCA3004
        try
        {
            await channel.BasicPublishAsync(exchange, "", body, ct);
        }
        finally
        {
            _free.Writer.TryWrite(channel);
        }
    }

    public async Task PublishLiveAsync(IConnection broker, string exchange, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var channel = await _free.Reader.ReadAsync(ct);
        if (channel.IsClosed)
        {
            await channel.DisposeAsync();
            channel = await broker.CreateChannelAsync(cancellationToken: ct);
        }

        try
        {
            await channel.BasicPublishAsync(exchange, "", body, ct);
        }
        finally
        {
            _free.Writer.TryWrite(channel);
        }
    }
}

/// <summary>The framework's object pool.</summary>
public sealed class TelemetryReporter(ObjectPool<TelemetryConnection> pool, ObjectPool<StringBuilder> builders)
{
    public void Report(int value)
    {
        var connection = pool.Get(); //! LCA3004
        var text = builders.Get();
        try
        {
            text.Append("value=").Append(value);
            connection.Send(Encoding.UTF8.GetBytes(text.ToString()));
        }
        finally
        {
            builders.Return(text);
            pool.Return(connection);
        }
    }

    public void ReportLive(int value)
    {
        var connection = pool.Get();
        try
        {
            if (connection.IsConnected) connection.Send(BitConverter.GetBytes(value));
        }
        finally
        {
            pool.Return(connection);
        }
    }
}

/// <summary>A stack under a lock, in the old manner.</summary>
public class SocketStack
{
    private readonly Stack<Socket> _stack = new Stack<Socket>();
    private readonly EndPoint _server;

    public SocketStack(EndPoint server)
    {
        _server = server;
    }

    public int Query(byte[] request, byte[] response)
    {
        Socket? socket = null;
        lock (_stack)
        {
            if (_stack.Count > 0) socket = _stack.Pop(); //! LCA3004
        }

        if (socket == null)
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(_server); //? LCA1003
        }

        socket.Send(request);
        var n = socket.Receive(response);
        lock (_stack)
        {
            _stack.Push(socket);
        }

        return n;
    }

    public int QueryProbed(byte[] request, byte[] response)
    {
        Socket? socket = null;
        lock (_stack)
        {
            while (_stack.Count > 0 && socket == null)
            {
                socket = _stack.Pop();
                if (socket.Poll(0, SelectMode.SelectRead))
                {
                    socket.Dispose();
                    socket = null;
                }
            }
        }

        if (socket == null)
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(_server); //? LCA1003
        }

        socket.Send(request);
        var n = socket.Receive(response);
        lock (_stack) _stack.Push(socket);
        return n;
    }
}

/// <summary>A private taking out, and one caller of two forgets to ask.</summary>
public sealed class HalfChecked(string endpoint)
{
    private readonly ConcurrentStack<TelemetryConnection> _idle = new();

    public void Push(byte[] frame)
    {
        var connection = Take();
        if (!connection.IsConnected) throw new IOException("no line");
        connection.Send(frame);
        _idle.Push(connection);
    }

    public async Task PushAsync(byte[] frame)
    {
        var connection = Take();
        await connection.SendAsync(frame);
        _idle.Push(connection);
    }

    private TelemetryConnection Take() => _idle.TryPop(out var connection) ? connection : TelemetryConnection.Open(endpoint); //! LCA3004 //? LCA1001
}

/// <summary>A private taking out whose every caller asks.</summary>
public sealed class WhollyChecked(string endpoint)
{
    private readonly ConcurrentStack<TelemetryConnection> _idle = new();

    public void Push(byte[] frame)
    {
        var connection = Take();
        if (!connection.IsConnected) throw new IOException("no line");
        connection.Send(frame);
        _idle.Push(connection);
    }

    public async Task PushAsync(byte[] frame)
    {
        var connection = Take();
        if (connection.State != LinkState.Connected)
        {
            await connection.DisposeAsync();
            return;
        }

        await connection.SendAsync(frame);
        _idle.Push(connection);
    }

    private TelemetryConnection Take() => _idle.TryPop(out var connection) ? connection : TelemetryConnection.Open(endpoint); //? LCA1001
}

/// <summary>A pool of one: the slot is emptied and filled by exchange.</summary>
public sealed class SlotPool(string endpoint)
{
    private TelemetryConnection? _slot;

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        var connection = Interlocked.Exchange(ref _slot, null) ?? await TelemetryConnection.OpenAsync(endpoint, ct); //! LCA3004 //? LCA1001
        byte[] answer;
        try
        {
            answer = await connection.RequestAsync(question, ct);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        if (Interlocked.CompareExchange(ref _slot, connection, null) is not null) await connection.DisposeAsync();
        return answer;
    }

    public async Task<byte[]> AskLiveAsync(byte[] question, CancellationToken ct)
    {
        var connection = Interlocked.Exchange(ref _slot, null);
        if (connection is not { IsConnected: true }) connection = await TelemetryConnection.OpenAsync(endpoint, ct); //? LCA1001
        byte[] answer;
        try
        {
            answer = await connection.RequestAsync(question, ct);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        if (Interlocked.CompareExchange(ref _slot, connection, null) is not null) await connection.DisposeAsync();
        return answer;
    }
}

/// <summary>A blocking collection hands out in turn.</summary>
public sealed class TurnPool
{
    private readonly BlockingCollection<TelemetryConnection> _free = new();

    public void Send(byte[] frame)
    {
        var connection = _free.Take(); //! LCA3004
        try
        {
            connection.Send(frame);
        }
        finally
        {
            _free.Add(connection);
        }
    }
}

/// <summary>Checked when it comes back only; it dies while it lies there.</summary>
public sealed class CheckedOnReturn
{
    private readonly ConcurrentQueue<TelemetryConnection> _idle = new();

    public TelemetryConnection Rent()
    {
        return _idle.TryDequeue(out var connection) ? connection : TelemetryConnection.Open("tcp://b"); //! LCA3004 //? LCA1001
    }

    public void Return(TelemetryConnection connection)
    {
        if (connection.IsConnected) _idle.Enqueue(connection);
        else connection.Dispose();
    }
}

/// <summary>A list whose end is the newest.</summary>
public sealed class ListPool
{
    private readonly List<TelemetryConnection> _idle = [];

    public TelemetryConnection Rent()
    {
        lock (_idle)
        {
            if (_idle.Count > 0)
            {
                var last = _idle[^1]; //! LCA3004
                _idle.RemoveAt(_idle.Count - 1);
                return last;
            }
        }

        return TelemetryConnection.Open("tcp://c"); //? LCA1001
    }

    public void Return(TelemetryConnection connection)
    {
        lock (_idle) _idle.Add(connection);
    }
}

/// <summary>Per host a queue, in a dictionary.</summary>
public sealed class HostPools
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<TelemetryConnection>> _hosts = new();

    public async Task<byte[]> AskAsync(string host, byte[] question, CancellationToken ct)
    {
        var idle = _hosts.GetOrAdd(host, static _ => new ConcurrentQueue<TelemetryConnection>());
        if (!idle.TryDequeue(out var connection)) connection = await TelemetryConnection.OpenAsync(host, ct); //! LCA3004 //? LCA1001
        var answer = await connection.RequestAsync(question, ct);
        idle.Enqueue(connection);
        return answer;
    }

    /// <summary>A failing one is thrown away and the next is tried.</summary>
    public async Task<byte[]> AskPatientlyAsync(string host, byte[] question, CancellationToken ct)
    {
        var idle = _hosts.GetOrAdd(host, static _ => new ConcurrentQueue<TelemetryConnection>());
        while (idle.TryDequeue(out var pooled))
        {
            try
            {
                var answer = await pooled.RequestAsync(question, ct);
                idle.Enqueue(pooled);
                return answer;
            }
            catch (IOException)
            {
                await pooled.DisposeAsync();
            }
        }

        var fresh = await TelemetryConnection.OpenAsync(host, ct); //? LCA1001
        return await fresh.RequestAsync(question, ct);
    }
}

/// <summary>Jobs and newcomers are no pool.</summary>
public sealed class Intake(TcpListener listener)
{
    private readonly Channel<TcpClient> _newcomers = Channel.CreateUnbounded<TcpClient>();
    private readonly ConcurrentQueue<(TelemetryConnection Target, byte[] Frame)> _jobs = new();

    public async Task AcceptAsync(CancellationToken ct)
    {
        while (true) await _newcomers.Writer.WriteAsync(await listener.AcceptTcpClientAsync(ct), ct);
    }

    public async Task ServeAsync(CancellationToken ct)
    {
        await foreach (var client in _newcomers.Reader.ReadAllAsync(ct))
        {
            using (client)
            {
                await client.GetStream().WriteAsync("220 ready\r\n"u8.ToArray(), ct);
            }
        }
    }

    public void Add(TelemetryConnection target, byte[] frame) => _jobs.Enqueue((target, frame));

    public void Work()
    {
        while (_jobs.TryDequeue(out var job)) job.Target.Send(job.Frame);
    }
}

/// <summary>A trimmer takes out, looks at the age and puts back: nobody uses what it holds.</summary>
public sealed class Trimmer
{
    private readonly ConcurrentQueue<(TelemetryConnection Connection, DateTime Since)> _idle = new();

    public TelemetryConnection Rent()
    {
        while (_idle.TryDequeue(out var idle))
        {
            if (idle.Connection.IsConnected) return idle.Connection;
            idle.Connection.Dispose();
        }

        return TelemetryConnection.Open("tcp://d"); //? LCA1001
    }

    public void Return(TelemetryConnection connection) => _idle.Enqueue((connection, DateTime.UtcNow));

    public void Trim()
    {
        for (var i = _idle.Count; i > 0 && _idle.TryDequeue(out var idle); i--)
        {
            if (DateTime.UtcNow - idle.Since > TimeSpan.FromMinutes(5)) idle.Connection.Dispose();
            else _idle.Enqueue(idle);
        }
    }
}

/// <summary>Generic, over whatever the application calls a line.</summary>
public interface ILineConnection : IAsyncDisposable
{
    bool IsAlive { get; }
    Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct);
    void Abort();
}

public class LinePool<T>(Func<CancellationToken, Task<T>> dial)
    where T : class, ILineConnection
{
    private readonly ConcurrentBag<T> _idle = [];

    public async Task<T> RentAsync(CancellationToken ct) => _idle.TryTake(out var line) ? line : await dial(ct); //! LCA3004

    public async Task<T> RentLiveAsync(CancellationToken ct)
    {
        while (_idle.TryTake(out var line))
        {
            if (line.IsAlive) return line;
            await line.DisposeAsync();
        }

        return await dial(ct);
    }

    public void Return(T line) => _idle.Add(line);
}

/// <summary>A ping before use.</summary>
public sealed class PingedPool
{
    private readonly ConcurrentStack<TelemetryConnection> _idle = new();

    public async Task<TelemetryConnection> RentAsync(CancellationToken ct)
    {
        if (_idle.TryPop(out var connection) && await connection.PingAsync(ct)) return connection;
        if (connection is not null) await connection.DisposeAsync();
        return await TelemetryConnection.OpenAsync("tcp://e", ct); //? LCA1001
    }

    public void Return(TelemetryConnection connection) => _idle.Push(connection);
}
