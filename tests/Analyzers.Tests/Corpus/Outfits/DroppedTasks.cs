// Dropped tasks, callbacks that kill the process, counters.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Outfits.DroppedTasks;

// 1. bad: dropped receive loop in an expression-bodied starter
public sealed class Subscriber(Socket socket, Action<ReadOnlyMemory<byte>> onData)
{
    public void Start(CancellationToken ct) => _ = ReceiveLoopAsync(ct); //! LCA1004

    private async Task ReceiveLoopAsync(CancellationToken ct)
    {
        Memory<byte> buffer = new byte[2048];
        int n;
        while ((n = await socket.ReceiveAsync(buffer, ct)) > 0)
            onData(buffer[..n]);
    }
}

// 2. good: kept and awaited at the end
public sealed class TidySubscriber(Socket socket, Action<ReadOnlyMemory<byte>> onData) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(() => ReceiveLoopAsync(_stop.Token));

    private async Task ReceiveLoopAsync(CancellationToken ct)
    {
        Memory<byte> buffer = new byte[2048];
        while (await socket.ReceiveAsync(buffer, ct) is > 0 and var n)
            onData(buffer[..n]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try { await _loop; } catch (Exception ex) when (ex is OperationCanceledException or SocketException) { }
        socket.Dispose();
    }
}

// 3. good: forget helper that looks at the fault
public static class Tasks
{
    public static void Forget(this Task task, ILogger log) =>
        task.ContinueWith((t, s) => ((ILogger)s!).LogError(t.Exception, "background"), log,
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    public static async void FireAndForget(this Task task, Action<Exception> onError)
    {
        try { await task.ConfigureAwait(false); }
        catch (Exception ex) { onError(ex); }
    }
}

public sealed class Forwarder(Socket socket, ILogger log)
{
    public void Start(byte[] first)
    {
        SendAllAsync(first).Forget(log);
        SendAllAsync(first).FireAndForget(ex => log.LogError(ex, "send"));
    }

    private async Task SendAllAsync(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty) data = data[await socket.SendAsync(data)..];
    }
}

// 4. bad: timeout by WhenAny walks away from the receive
public sealed class Asker(UdpClient udp)
{
    public async Task<byte[]?> AskAsync(byte[] question, CancellationToken ct)
    {
        await udp.SendAsync(question, ct); //! LCA4006
        var answer = udp.ReceiveAsync();
        if (await Task.WhenAny(answer, Task.Delay(2000, ct)) != answer) //! LCA1004
            return null;
        return answer.Result.Buffer;
    }

    public async Task<byte[]?> AskBoundedAsync(byte[] question, CancellationToken ct)
    {
        await udp.SendAsync(question, ct); //! LCA4006
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(2000);
        try
        {
            return (await udp.ReceiveAsync(limit.Token)).Buffer;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) //! LCA4001
        {
            return null;
        }
    }
}

// 5. bad: AsyncCallback with a lambda in a dictionary... and a safe twin
public sealed class ClassicServer
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Dictionary<string, AsyncCallback> _callbacks;

    public ClassicServer()
    {
        _callbacks = new()
        {
            ["accept"] = ar => Handle(_listener.EndAccept(ar)), //! LCA1005
        };
    }

    public void Start(EndPoint ep)
    {
        _listener.Bind(ep);
        _listener.Listen();
        _listener.BeginAccept(_callbacks["accept"], null);
    }

    private static void Handle(Socket s) => s.Dispose();
    public void Stop() => _listener.Close();
}

public sealed class ClassicReader
{
    private readonly byte[] _buffer = new byte[8192];

    public void Begin(Socket s) => s.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceive, s);

    private void OnReceive(IAsyncResult ar)
    {
        if (ar is not { AsyncState: Socket s }) return;
        try
        {
            if (s.EndReceive(ar) is 0) { s.Close(); return; }
            s.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceive, s);
        }
        catch (SocketException) { s.Close(); }
        catch (ObjectDisposedException) { }
    }
}

public sealed class HastyReader
{
    private readonly byte[] _buffer = new byte[8192];

    public void Begin(Socket s) => s.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceive, s);

    private void OnReceive(IAsyncResult ar)
    {
        var s = (Socket)ar.AsyncState!;
        try
        {
            if (s.EndReceive(ar) == 0) return; //! LCA1005
        }
        catch (SocketException) { s.Close(); }
    }
}

// 6. good/bad: SAEA
public sealed class SaeaAcceptor(Socket listener, Action<Socket> accepted)
{
    private readonly SocketAsyncEventArgs _args = new();

    public void Start()
    {
        _args.Completed += (_, e) => { Process(e); Loop(); };
        Loop();
    }

    private void Loop()
    {
        do
        {
            _args.AcceptSocket = null;
            if (listener.AcceptAsync(_args)) return;
            Process(_args);
        }
        while (true);
    }

    private void Process(SocketAsyncEventArgs e)
    {
        if (e is { SocketError: SocketError.Success, AcceptSocket: { } s }) accepted(s);
    }
}

public sealed class SaeaReader(Socket socket)
{
    private readonly SocketAsyncEventArgs _args = new();

    public void Start()
    {
        _args.SetBuffer(new byte[1024]);
        _args.Completed += OnCompleted;
        socket.ReceiveAsync(_args); //! LCA1002
    }

    private void OnCompleted(object? sender, SocketAsyncEventArgs e)
    {
        while (e.BytesTransferred > 0)
        {
            var pending = socket.ReceiveAsync(e);
            if (pending) break;
        }
    }
}

// 7. bad: counter skipped on the early return; good with try/finally in a local function
public sealed class Limits(ILogger log)
{
    private int _open;
    private readonly ConcurrentDictionary<EndPoint, Socket> _clients = new();

    public async Task HandleAsync(Socket s, CancellationToken ct)
    {
        Interlocked.Increment(ref _open); //! LCA1007
        var buffer = new byte[512];
        if (await s.ReceiveAsync(buffer, ct) == 0) return;
        await s.SendAsync(buffer, ct);
        s.Dispose();
        Interlocked.Decrement(ref _open);
    }

    public async Task TrackAsync(Socket s, CancellationToken ct)
    {
        var key = s.RemoteEndPoint!;
        if (!_clients.TryAdd(key, s)) { s.Dispose(); return; }
        try
        {
            await PumpAsync();
        }
        catch (Exception ex) when (ex is SocketException or OperationCanceledException)
        {
            log.LogDebug(ex, "client {Key}", key);
        }
        finally
        {
            _clients.TryRemove(key, out _);
            s.Dispose();
        }

        async Task PumpAsync()
        {
            var buffer = new byte[512];
            for (int n; (n = await s.ReceiveAsync(buffer, ct)) > 0;)
                await s.SendAsync(buffer.AsMemory(0, n), ct);
        }
    }
}

// 8. good: semaphore released in the continuation of every accepted one
public sealed class BoundedServer(TcpListener listener, ILogger<BoundedServer> log) : BackgroundService
{
    private readonly SemaphoreSlim _slots = new(50);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        listener.Start();
        try
        {
            while (true)
            {
                await _slots.WaitAsync(stoppingToken);
                TcpClient client;
                try
                {
                    client = await listener.AcceptTcpClientAsync(stoppingToken);
                }
                catch
                {
                    _slots.Release();
                    throw;
                }
                _ = ServeAsync(client, stoppingToken);
            }
        }
        finally
        {
            listener.Stop();
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                await stream.CopyToAsync(stream, ct);
            }
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "client failed");
        }
        finally
        {
            _slots.Release();
        }
    }
}

// 9. bad: proxy with upstream failure; good twin with using
public sealed class Proxy(IPEndPoint upstream)
{
    public async Task HandleAsync(TcpClient client, CancellationToken ct)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(upstream, ct); //! LCA1006
        await RelayAsync(client, server, ct);
        client.Close();
    }

    public async Task HandleSafeAsync(TcpClient client, CancellationToken ct)
    {
        using var _ = client;
        using var server = new TcpClient();
        await server.ConnectAsync(upstream, ct);
        await RelayAsync(client, server, ct);
    }

    private static async Task RelayAsync(TcpClient a, TcpClient b, CancellationToken ct)
    {
        var (left, right) = (a.GetStream(), b.GetStream());
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(left.CopyToAsync(right, either.Token), right.CopyToAsync(left, either.Token));
        await either.CancelAsync();
        left.Close();
        right.Close();
    }
}

// 10. bad: async void timer handler that reads; thread start that receives
public sealed class Pollers(NetworkStream stream)
{
    private readonly byte[] _one = new byte[1];

    public void Start()
    {
        var t = new System.Timers.Timer(1000);
        t.Elapsed += async (_, _) => await stream.ReadExactlyAsync(_one); //! LCA1005
        t.Start();
        new Thread(Read) { IsBackground = true }.Start();
    }

    private void Read()
    {
        while (stream.Read(_one) > 0) { } //! LCA1005
    }

    // a synchronous Elapsed swallows
    public void StartSync()
    {
        var t = new System.Timers.Timer(1000);
        t.Elapsed += (_, _) => stream.ReadExactly(_one);
        t.Start();
    }
}
