// Loops, connects, sends and closes whose tasks are kept, awaited, watched, or lost.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Corpus.Creation.TaskFates;

public static class TaskExtensions
{
    /// <summary>Awaits in its own name and logs.</summary>
    public static async void Forget(this Task task, ILogger log)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception ex)
        {
            log.LogError(ex, "background work failed");
        }
    }
}

public sealed class FrameReader(NetworkStream stream, ILogger log)
{
    private int _frames;

    public int Frames => _frames;

    private async Task ReadLoopAsync(CancellationToken ct)
    {
        var buffer = new byte[8192];
        while (await stream.ReadAsync(buffer, ct) > 0) Interlocked.Increment(ref _frames);
    }

    private async Task ReadLoopGuardedAsync(CancellationToken ct)
    {
        try
        {
            var buffer = new byte[8192];
            while (await stream.ReadAsync(buffer, ct) > 0) Interlocked.Increment(ref _frames);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "reader ended");
        }
    }

    private void PumpBlocking()
    {
        var buffer = new byte[8192];
        while (stream.Read(buffer, 0, buffer.Length) > 0) _frames++;
    }

    private void PumpBlockingGuarded()
    {
        try
        {
            PumpBlocking();
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "reader ended");
        }
    }

    public void Start(CancellationToken ct)
    {
        _ = ReadLoopAsync(ct); //! LCA1004
    }

    // ok LCA1004: the loop lets nothing out
    public void StartGuarded(CancellationToken ct) => _ = ReadLoopGuardedAsync(ct);

    public void StartOnPool(CancellationToken ct)
    {
        Task.Run(() => ReadLoopAsync(ct), ct); //! LCA1004
    }

    // ok LCA1004: what it runs lets nothing out
    public void StartGuardedOnPool(CancellationToken ct)
    {
        Task.Run(() => ReadLoopGuardedAsync(ct), ct);
    }

    public void StartOnThread() => Task.Factory.StartNew(PumpBlocking, TaskCreationOptions.LongRunning); //! LCA1004

    // ok LCA1004: the pump is guarded
    public void StartGuardedOnThread() => Task.Factory.StartNew(PumpBlockingGuarded, TaskCreationOptions.LongRunning);

    public void StartInline(CancellationToken ct)
    {
        _ = Task.Run(async () => //! LCA1004
        {
            var buffer = new byte[512];
            while (!ct.IsCancellationRequested)
            {
                if (await stream.ReadAsync(buffer, ct) == 0) break;
                Interlocked.Increment(ref _frames);
            }
        }, CancellationToken.None);
    }

    // ok LCA1004: the lambda catches
    public void StartInlineGuarded(CancellationToken ct)
    {
        _ = Task.Run(async () =>
        {
            try
            {
                var buffer = new byte[512];
                while (await stream.ReadAsync(buffer, ct) > 0) Interlocked.Increment(ref _frames);
            }
            catch (Exception ex)
            {
                log.LogWarning(ex, "reader ended");
            }
        }, CancellationToken.None);
    }

    public void StartInLocal(CancellationToken ct)
    {
        var reading = ReadLoopAsync(ct); //! LCA1004
        log.LogInformation("reader started");
    }

    // ok LCA1004: a continuation looks at the fault
    public void StartWatched(CancellationToken ct)
    {
        ReadLoopAsync(ct).ContinueWith(t => log.LogError(t.Exception, "reader failed"), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>The continuation knows that it ended, not how.</summary>
    public Task StartSignalled(TaskCompletionSource ended, CancellationToken ct)
    {
        ReadLoopAsync(ct).ContinueWith(_ => ended.TrySetResult(), TaskScheduler.Default); //! LCA1004
        return ended.Task;
    }

    // ok LCA1004: an extension awaits it and logs
    public void StartForgotten(CancellationToken ct) => ReadLoopAsync(ct).Forget(log);

    // ok LCA1004: the caller gets it
    public Task StartHanded(CancellationToken ct) => Task.Run(() => ReadLoopAsync(ct), ct);
}

/// <summary>The loop's task goes into a field that nobody reads.</summary>
public sealed class Heartbeat : IHostedService
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private Task? _loop;

    public Heartbeat(Socket socket) => _socket = socket;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = BeatAsync(_stop.Token); //! LCA1004
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stop.CancelAsync();

    private async Task BeatAsync(CancellationToken ct)
    {
        var beat = new byte[] { 0 };
        while (true)
        {
            await _socket.SendAsync(beat, SocketFlags.None, ct);
            await Task.Delay(1000, ct);
        }
    }
}

/// <summary>The field is awaited when the host stops.</summary>
public sealed class AwaitedHeartbeat : IHostedService
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public AwaitedHeartbeat(Socket socket) => _socket = socket;

    // ok LCA1004: StopAsync awaits what is started here
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(() => BeatAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task BeatAsync(CancellationToken ct)
    {
        var beat = new byte[] { 0 };
        while (true)
        {
            await _socket.SendAsync(beat, SocketFlags.None, ct);
            await Task.Delay(1000, ct);
        }
    }
}

public sealed class LineServer(TcpListener listener, ILogger log)
{
    public async Task AcceptAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _ = ServeAsync(client, ct); //! LCA1004
        }
    }

    private static async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
        {
            using var reader = new StreamReader(client.GetStream());
            while (await reader.ReadLineAsync(ct) is { } line)
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(line), ct);
        }
    }

    // ok LCA1004: the session keeps its exceptions
    public async Task AcceptGuardedAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _ = GuardedAsync(client);
        }

        async Task GuardedAsync(TcpClient client)
        {
            try
            {
                await ServeAsync(client, ct);
            }
            catch (Exception ex)
            {
                log.LogInformation(ex, "session ended");
            }
        }
    }

    // ok LCA1004: sessions are collected and awaited
    public async Task AcceptAllAsync(int sessions, CancellationToken ct)
    {
        var running = new List<Task>();
        for (var i = 0; i < sessions; i++)
            running.Add(ServeAsync(await listener.AcceptTcpClientAsync(ct), ct));
        await Task.WhenAll(running);
    }
}

public static class Timeouts
{
    public static async Task<TcpClient> ConnectAsync(string host, int port, int milliseconds)
    {
        var client = new TcpClient(); //! LCA1003
        var connect = client.ConnectAsync(host, port); //? LCA1008
        if (await Task.WhenAny(connect, Task.Delay(milliseconds)) != connect) //! LCA1004
            throw new TimeoutException($"{host}:{port}");
        await connect;
        return client;
    }

    // ok LCA1004: the timeout closes the client, the connect ends with it
    public static async Task<TcpClient> ConnectOrCloseAsync(string host, int port, int milliseconds)
    {
        var client = new TcpClient();
        try
        {
            var connect = client.ConnectAsync(host, port); //? LCA1008
            if (await Task.WhenAny(connect, Task.Delay(milliseconds)) != connect)
                throw new TimeoutException($"{host}:{port}");
            await connect;
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public static Socket? TryConnect(EndPoint remote, TimeSpan limit)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        var connect = socket.ConnectAsync(remote); //? LCA1008
        return connect.Wait(limit) ? socket : null; //! LCA1004
    }

    // ok LCA1004: closed when it took too long
    public static bool TryConnectOrClose(Socket socket, EndPoint remote, TimeSpan limit)
    {
        var connect = socket.ConnectAsync(remote); //? LCA1008
        if (connect.Wait(limit)) return true;
        socket.Close();
        return false;
    }

    public static async Task<int> ReceiveAsync(Socket socket, Memory<byte> buffer, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None, ct).AsTask().WaitAsync(limit, ct); //! LCA1004
        }
        catch (TimeoutException)
        {
            return -1;
        }
    }

    // ok LCA1004: the token ends the receive itself
    public static async Task<int> ReceiveLinkedAsync(Socket socket, Memory<byte> buffer, TimeSpan limit, CancellationToken ct)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct);
        linked.CancelAfter(limit);
        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None, linked.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return -1;
        }
    }

    // ok LCA1004: the one that lost is cancelled
    public static async Task<UdpReceiveResult?> ReceiveOrNullAsync(UdpClient udp, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource();
        var receive = udp.ReceiveAsync(cts.Token).AsTask();
        if (await Task.WhenAny(receive, Task.Delay(limit)) == receive) return await receive;
        await cts.CancelAsync();
        return null;
    }

    public static async Task<byte[]> DiscoverAsync(UdpClient udp, CancellationToken ct)
    {
        var receive = udp.ReceiveAsync();
        var first = await Task.WhenAny(receive, Task.Delay(TimeSpan.FromSeconds(3), ct)); //! LCA1004
        return first == receive ? (await receive).Buffer : [];
    }

    // ok LCA1004: when one direction ends, both sockets are closed
    public static async Task RelayAsync(TcpClient left, TcpClient right, CancellationToken ct)
    {
        using (left)
        using (right)
        {
            var there = left.GetStream().CopyToAsync(right.GetStream(), ct);
            var back = right.GetStream().CopyToAsync(left.GetStream(), ct);
            await Task.WhenAny(there, back);
        }
    }
}

public sealed class PushSocket(ClientWebSocket ws, ILogger log) : IDisposable
{
    public void Notify(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            _ = ws.SendAsync(bytes, WebSocketMessageType.Text, true, CancellationToken.None); //! LCA1004 //? LCA2004
        }
        catch (WebSocketException ex)
        {
            log.LogWarning(ex, "not sent");
        }
    }

    // ok LCA1004: awaited where the catch can see it
    public async Task NotifyAsync(string text, CancellationToken ct)
    {
        try
        {
            await ws.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct);
        }
        catch (WebSocketException ex)
        {
            log.LogWarning(ex, "not sent");
        }
    }

    public void Dispose()
    {
        ws.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None); //! LCA1004
        ws.Dispose();
    }
}

public sealed class PoliteSocket(ClientWebSocket ws) : IAsyncDisposable
{
    // ok LCA1004: the closing is awaited
    public async ValueTask DisposeAsync()
    {
        try
        {
            await ws.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        }
        catch (WebSocketException)
        {
            ws.Abort();
        }
        ws.Dispose();
    }
}

public sealed class Publisher(IChannel? channel, Socket? mirror)
{
    public void Close() => _ = channel?.CloseAsync(); //! LCA1004

    // ok LCA1004: returned to the caller
    public Task CloseAsync(CancellationToken ct) => channel?.CloseAsync(ct) ?? Task.CompletedTask;

    public void Mirror(ReadOnlyMemory<byte> message)
    {
        mirror?.SendAsync(message, SocketFlags.None); //! LCA1004
    }

    // ok LCA1004: a file is no connection
    public void Spool(string path, byte[] message)
    {
        _ = File.WriteAllBytesAsync(path, message);
    }

    // ok LCA1004: every arm's task is the result
    public Task RouteAsync(string kind, byte[] message, CancellationToken ct) => (kind, mirror) switch
    {
        ("mirror", { } socket) => socket.SendAsync(message, ct).AsTask(),
        ("broker", _) when channel is not null => channel.BasicPublishAsync("ex", "", message, ct).AsTask(),
        _ => Task.CompletedTask,
    };
}

public sealed class Opener(ILogger log)
{
    /// <summary>Started in a constructor-like method that cannot await.</summary>
    public void Warm(Socket socket, EndPoint remote, CancellationToken ct)
    {
        socket.ConnectAsync(remote, ct); //! LCA1004
        log.LogDebug("connecting to {Remote}", remote);
    }

    // ok LCA1004: the same, but the connect's fault is read
    public void WarmWatched(Socket socket, EndPoint remote, CancellationToken ct)
    {
        socket.ConnectAsync(remote, ct).AsTask().ContinueWith(t =>
        {
            if (t.IsFaulted) log.LogWarning(t.Exception.GetBaseException(), "not connected to {Remote}", remote);
        }, TaskScheduler.Default);
    }
}
