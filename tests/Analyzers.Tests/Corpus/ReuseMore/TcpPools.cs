// Hand-written pools of sockets and TCP clients: what is looked at between taking out and writing?
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Corpus.Reuse.TcpPools;

internal static class Dialer
{
    public static async Task<TcpClient> DialAsync(string host, int port, CancellationToken ct)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public static bool LooksAlive(TcpClient client)
    {
        try
        {
            return !(client.Client.Poll(0, SelectMode.SelectRead) && client.Client.Available == 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}

/// <summary>Hands out whatever is on top.</summary>
public sealed class NaiveTcpPool(string host, int port)
{
    private readonly ConcurrentBag<TcpClient> _idle = [];

    public async Task<TcpClient> RentAsync(CancellationToken ct)
    {
        if (_idle.TryTake(out var client)) //! LCA3004
            return client;
        return await Dialer.DialAsync(host, port, ct);
    }

    public void Return(TcpClient client) => _idle.Add(client);

    // ok LCA3004: taken out only to be closed
    public void Clear()
    {
        while (_idle.TryTake(out var client)) client.Close();
    }
}

/// <summary>Looks at the socket first.</summary>
public sealed class ProbingTcpPool(string host, int port)
{
    private readonly ConcurrentBag<TcpClient> _idle = [];

    // ok LCA3004: probes, and throws dead ones away
    public async Task<TcpClient> RentAsync(CancellationToken ct)
    {
        while (_idle.TryTake(out var client))
        {
            if (Dialer.LooksAlive(client)) return client;
            client.Dispose();
        }

        return await Dialer.DialAsync(host, port, ct);
    }

    public void Return(TcpClient client) => _idle.Add(client);
}

/// <summary>One line, one bug.</summary>
public sealed class TersePool(Func<Socket> dial)
{
    private readonly ConcurrentStack<Socket> _free = new();

    public Socket Get() => _free.TryPop(out var socket) ? socket : dial(); //! LCA3004

    // ok LCA3004: a conditional asks before it hands out
    public Socket GetQuiet() => _free.TryPop(out var socket) && !socket.Poll(0, SelectMode.SelectRead) ? socket : dial();

    public void Put(Socket socket) => _free.Push(socket);
}

/// <summary>Young is taken for alive.</summary>
public sealed class AgingPool(string host)
{
    private readonly record struct Entry(TcpClient Client, long Since);

    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<Entry> _idle = new();

    public async ValueTask<TcpClient> RentAsync(CancellationToken ct)
    {
        while (_idle.TryDequeue(out var entry)) //! LCA3004
        {
            if (Environment.TickCount64 - entry.Since < MaxIdle.TotalMilliseconds) return entry.Client;
            entry.Client.Dispose();
        }

        return await Dialer.DialAsync(host, 11211, ct);
    }

    // ok LCA3004: young and quiet
    public async ValueTask<TcpClient> RentProbedAsync(CancellationToken ct)
    {
        while (_idle.TryDequeue(out var entry))
        {
            if (Environment.TickCount64 - entry.Since < MaxIdle.TotalMilliseconds && Dialer.LooksAlive(entry.Client))
                return entry.Client;
            entry.Client.Dispose();
        }

        return await Dialer.DialAsync(host, 11211, ct);
    }

    public void Return(TcpClient client) => _idle.Enqueue(new Entry(client, Environment.TickCount64));
}

/// <summary>A pool per host, filled by whoever comes back.</summary>
public sealed class PerHostPool
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<TcpClient>> _byHost = new(StringComparer.OrdinalIgnoreCase);

    public async Task<string> GetBannerAsync(string host, CancellationToken ct)
    {
        var idle = _byHost.GetOrAdd(host, static _ => new ConcurrentQueue<TcpClient>());
        if (!idle.TryDequeue(out var client)) //! LCA3004
            client = await Dialer.DialAsync(host, 80, ct);
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync("HEAD / HTTP/1.1\r\n\r\n"u8.ToArray(), ct);
            var banner = new byte[128];
            var n = await stream.ReadAtLeastAsync(banner, 12, cancellationToken: ct);
            idle.Enqueue(client);
            return Encoding.ASCII.GetString(banner, 0, n);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

/// <summary>A dead connection costs an attempt, and the next one is taken.</summary>
public sealed class RetryingAsker(EndPoint server)
{
    private readonly ConcurrentBag<Socket> _idle = [];

    // ok LCA3004: what fails is thrown away and another one is taken
    public byte[] Ask(byte[] question)
    {
        while (_idle.TryTake(out var socket))
        {
            try
            {
                var answer = Exchange(socket, question);
                _idle.Add(socket);
                return answer;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        var fresh = Connect();
        try
        {
            var answer = Exchange(fresh, question);
            _idle.Add(fresh);
            return answer;
        }
        catch
        {
            fresh.Dispose();
            throw;
        }
    }

    private static byte[] Exchange(Socket socket, byte[] question)
    {
        socket.Send(question);
        var answer = new byte[512];
        var n = socket.Receive(answer);
        return answer[..n];
    }

    private Socket Connect()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(server);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Connected is a check, though a poor one.</summary>
public sealed class ConnectedPool(Func<TcpClient> dial)
{
    private readonly Stack<TcpClient> _free = new();

    // ok LCA3004: asked, if only for the state as of the last operation
    public TcpClient Rent()
    {
        lock (_free)
        {
            while (_free.Count > 0)
            {
                var client = _free.Pop();
                if (client.Connected) return client; //! LCA2003
                client.Dispose();
            }
        }

        return dial();
    }

    public void Return(TcpClient client)
    {
        lock (_free) _free.Push(client);
    }
}

/// <summary>Asks on the way back, which is too early: the server closes idle connections.</summary>
public sealed class CheckedOnReturn(Func<TcpClient> dial)
{
    private readonly Queue<TcpClient> _idle = new();
    private readonly Lock _lock = new();

    public TcpClient Rent()
    {
        lock (_lock)
        {
            if (_idle.Count == 0) return dial();
            return _idle.Dequeue(); //! LCA3004
        }
    }

    public void Return(TcpClient client)
    {
        if (!Dialer.LooksAlive(client))
        {
            client.Dispose();
            return;
        }

        lock (_lock) _idle.Enqueue(client);
    }
}

/// <summary>A private taking out, and two callers of which one forgets to ask.</summary>
public sealed class TwoCallers(Func<TcpClient> dial)
{
    private readonly ConcurrentStack<TcpClient> _spares = new();

    public void Log(string line)
    {
        var client = TakeSpare();
        if (client is null || !Dialer.LooksAlive(client)) client = dial();
        WriteLine(client, line);
    }

    public void LogUrgent(string line)
    {
        var client = TakeSpare() ?? dial();
        WriteLine(client, line);
    }

    private TcpClient? TakeSpare() => _spares.TryPop(out var spare) ? spare : null; //! LCA3004

    private void WriteLine(TcpClient client, string line)
    {
        client.GetStream().Write(Encoding.UTF8.GetBytes(line + "\n"));
        _spares.Push(client);
    }
}

/// <summary>A private taking out, and every caller asks.</summary>
public sealed class TwoCarefulCallers(Func<TcpClient> dial)
{
    private readonly ConcurrentStack<TcpClient> _spares = new();

    public void Log(string line)
    {
        var client = TakeSpare();
        if (client is null || !Dialer.LooksAlive(client)) client = dial();
        WriteLine(client, line);
    }

    public void LogUrgent(string line)
    {
        var spare = TakeSpare();
        var client = spare is not null && Dialer.LooksAlive(spare) ? spare : dial();
        WriteLine(client, line);
    }

    // ok LCA3004: private, and both callers look
    private TcpClient? TakeSpare() => _spares.TryPop(out var spare) ? spare : null;

    private void WriteLine(TcpClient client, string line)
    {
        client.GetStream().Write(Encoding.UTF8.GetBytes(line + "\n"));
        _spares.Push(client);
    }
}

/// <summary>Accepted clients wait for a worker; nobody ever puts one back.</summary>
public sealed class WorkerHandover
{
    private readonly ConcurrentQueue<TcpClient> _waiting = new();
    private readonly SemaphoreSlim _signal = new(0);

    public void Accepted(TcpClient client)
    {
        _waiting.Enqueue(client);
        _signal.Release();
    }

    // ok LCA3004: a hand-over queue, no pool
    public async Task WorkAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await _signal.WaitAsync(ct);
            if (!_waiting.TryDequeue(out var client)) continue;
            using (client)
            {
                await client.GetStream().WriteAsync("220 ready\r\n"u8.ToArray(), ct);
            }
        }
    }
}

/// <summary>Jobs go back into their queue when they fail; they are no connections.</summary>
public sealed class JobQueue(Func<TcpClient> dial)
{
    private sealed record Job(byte[] Payload, int Attempts);

    private readonly ConcurrentQueue<Job> _jobs = new();
    private readonly ConcurrentBag<byte[]> _buffers = [];

    // ok LCA3004: a pool of buffers, a queue of jobs
    public void RunOne()
    {
        if (!_jobs.TryDequeue(out var job)) return;
        if (!_buffers.TryTake(out var buffer)) buffer = new byte[4096];
        using var client = dial();
        try
        {
            job.Payload.CopyTo(buffer, 0);
            client.GetStream().Write(buffer, 0, job.Payload.Length);
            _buffers.Add(buffer);
        }
        catch (IOException) when (job.Attempts < 3)
        {
            _jobs.Enqueue(job with { Attempts = job.Attempts + 1 });
        }
    }

    public void Submit(byte[] payload) => _jobs.Enqueue(new Job(payload, 0));
}
