// Pairs and counts in less usual dress.
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.HardPairs;

public interface IDialer
{
    Task<Stream> DialAsync(string host, int port, CancellationToken stop);
}

public sealed class Splice(IDialer dialer, ILogger log)
{
    public async Task RunAsync(TcpListener listener, CancellationToken stop)
    {
        while (true)
        {
            var inbound = await listener.AcceptTcpClientAsync(stop);
            _ = Task.Run(async () =>
            {
                try
                {
                    await using var outbound = await dialer.DialAsync("up", 1, stop); //! LCA1006
                    await inbound.GetStream().CopyToAsync(outbound, stop);
                    inbound.Close();
                }
                catch (Exception ex)
                {
                    log.LogWarning(ex, "splice");
                }
            }, stop);
        }
    }

    public async Task RunSafelyAsync(TcpListener listener, CancellationToken stop)
    {
        while (true)
        {
            var inbound = await listener.AcceptTcpClientAsync(stop);
            // ok LCA1006: the task owns the client from its first line
            _ = Task.Run(async () =>
            {
                using var owned = inbound;
                try
                {
                    await using var outbound = await dialer.DialAsync("up", 1, stop);
                    await owned.GetStream().CopyToAsync(outbound, stop);
                }
                catch (Exception ex)
                {
                    log.LogWarning(ex, "splice");
                }
            }, stop);
        }
    }

    public static async Task PipesAsync(IDuplexPipe left, IDuplexPipe right, CancellationToken stop)
    {
        await Task.WhenAll(left.Input.CopyToAsync(right.Output, stop), right.Input.CopyToAsync(left.Output, stop)); //! LCA1006
    }

    public static async Task AnyAsync(TcpClient left, TcpClient right, CancellationToken stop)
    {
        var up = left.GetStream().CopyToAsync(right.GetStream(), stop);
        var down = right.GetStream().CopyToAsync(left.GetStream(), stop);
        await Task.WhenAny(up, down); //! LCA1006
        //? LCA1004
    }

    // ok LCA1006: usings end with the method
    public static async Task AnyUsingAsync(TcpClient a, TcpClient b, CancellationToken stop)
    {
        using var left = a;
        using var right = b;
        await Task.WhenAny(
            left.GetStream().CopyToAsync(right.GetStream(), stop),
            right.GetStream().CopyToAsync(left.GetStream(), stop));
    }

    // ok LCA1006: continuations close the other side
    public static Task ContinuedAsync(TcpClient left, TcpClient right, CancellationToken stop) => Task.WhenAll(
        left.GetStream().CopyToAsync(right.GetStream(), stop).ContinueWith(_ => right.Close(), TaskScheduler.Default),
        right.GetStream().CopyToAsync(left.GetStream(), stop).ContinueWith(_ => left.Close(), TaskScheduler.Default));
}

public sealed class Dvr(EndPoint camera)
{
    public async Task ViewAsync(HttpListenerContext context, CancellationToken stop)
    {
        var viewer = (await context.AcceptWebSocketAsync(null)).WebSocket;
        using var source = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await source.ConnectAsync(camera, stop); //! LCA1006
        var buffer = new byte[1500];
        int n;
        while ((n = await source.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop)) > 0)
            await viewer.SendAsync(buffer.AsMemory(0, n), WebSocketMessageType.Binary, true, stop);
        viewer.Dispose();
    }

    // ok LCA1006
    public async Task ViewSafelyAsync(HttpListenerContext context, CancellationToken stop)
    {
        using var viewer = (await context.AcceptWebSocketAsync(null)).WebSocket;
        using var source = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await source.ConnectAsync(camera, stop);
        var buffer = new byte[1500];
        int n;
        while ((n = await source.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop)) > 0)
            await viewer.SendAsync(buffer.AsMemory(0, n), WebSocketMessageType.Binary, true, stop);
    }
}

public sealed class Limits(int most, ILogger log)
{
    private int _open;
    private readonly HashSet<Socket> _sockets = new();
    private readonly SemaphoreSlim _slots = new(most, most);
    private static int s_all;

    public void Accept(Socket socket)
    {
        if (Interlocked.Increment(ref _open) > most) //! LCA1007
        {
            socket.Close();
            return;
        }
        try { socket.Receive(new byte[1]); }
        catch (SocketException) { }
        finally { Interlocked.Decrement(ref _open); }
    }

    // ok LCA1007: taken back at the limit
    public void AcceptBounded(Socket socket)
    {
        if (Interlocked.Increment(ref _open) > most)
        {
            Interlocked.Decrement(ref _open);
            socket.Close();
            return;
        }
        try { socket.Receive(new byte[1]); }
        catch (SocketException) { }
        finally { Interlocked.Decrement(ref _open); }
    }

    public async Task LoopAsync(Socket listener, CancellationToken stop)
    {
        while (true)
        {
            await _slots.WaitAsync(stop); //? LCA1007
            var socket = await listener.AcceptAsync(stop);
            _ = Task.Run(async () =>
            {
                try { await socket.ReceiveAsync(new byte[1], SocketFlags.None); }
                catch (SocketException ex) { log.LogDebug(ex, "gone"); }
                finally { socket.Dispose(); _slots.Release(); }
            }, CancellationToken.None);
        }
    }

    // ok LCA1007: the task gives the slot back
    public async Task LoopSafelyAsync(Socket listener, CancellationToken stop)
    {
        while (true)
        {
            var socket = await listener.AcceptAsync(stop);
            await _slots.WaitAsync(CancellationToken.None);
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try { await socket.ReceiveAsync(new byte[1], SocketFlags.None); }
        catch (Exception ex) { log.LogDebug(ex, "gone"); }
        finally
        {
            _slots.Release();
            socket.Dispose();
        }
    }

    public async Task TrackAsync(Socket socket, CancellationToken stop)
    {
        lock (_sockets)
        {
            _sockets.Add(socket); //! LCA1007
        }
        try
        {
            await socket.ReceiveAsync(new byte[1].AsMemory(), SocketFlags.None, stop);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        lock (_sockets)
        {
            _sockets.Remove(socket);
        }
    }

    public void Count(TcpClient client)
    {
        s_all += 1; //! LCA1007
        client.GetStream().WriteByte(1);
        client.Dispose();
        s_all -= 1;
    }

    // ok LCA1007: up and down in the framework's two callbacks
    public void OnConnected() => Interlocked.Increment(ref _all);
    public void OnDisconnected() => Interlocked.Decrement(ref _all);
    private int _all;

    // ok LCA1007: nothing throws between
    public void Touch()
    {
        Interlocked.Increment(ref _touching);
        Interlocked.Decrement(ref _touching);
    }

    private int _touching;
}

public sealed class Presence
{
    private readonly ConcurrentDictionary<string, WebSocket> _online = new();

    public async Task<bool> EnterAsync(string name, WebSocket ws, CancellationToken stop)
    {
        if (!_online.TryAdd(name, ws)) return false; //! LCA1007
        var hello = new byte[10];
        await ws.ReceiveAsync(hello, stop);
        if (hello[0] != 1) return false;
        try
        {
            while (ws.State == WebSocketState.Open) await ws.ReceiveAsync(hello, stop);
        }
        finally
        {
            _online.TryRemove(name, out _);
        }
        return true;
    }

    // ok LCA1007: refused is not entered
    public async Task<bool> EnterSafelyAsync(string name, WebSocket ws, CancellationToken stop)
    {
        if (!_online.TryAdd(name, ws)) return false;
        try
        {
            var hello = new byte[10];
            while (ws.State == WebSocketState.Open) await ws.ReceiveAsync(hello, stop);
            return true;
        }
        finally
        {
            _online.TryRemove(KeyValuePair.Create(name, ws));
        }
    }
}

public static class Patience
{
    public static async Task TimeoutAfter(this Task task, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource();
        if (await Task.WhenAny(task, Task.Delay(limit, cts.Token)) != task) throw new TimeoutException(); //? LCA1004
        cts.Cancel();
        await task;
    }

    // ok LCA1008: a helper of ours bounds it
    public static async Task<bool> ReachAsync(string host)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, 22).TimeoutAfter(TimeSpan.FromSeconds(2));
        return client.Connected;
    }

    public static async Task<bool> ReachForeverAsync(string host)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, 22).ConfigureAwait(false); //! LCA1008
        return client.Connected;
    }

    public static async Task<bool> ReachNoneAsync(IPAddress[] addresses)
    {
        using var client = new TcpClient();
        var none = CancellationToken.None;
        await client.ConnectAsync(addresses, 22, none); //! LCA1008
        return client.Connected;
    }

    // ok LCA1008: linked
    public static async Task<bool> ReachLinkedAsync(string host, CancellationToken stop)
    {
        using var cts = CancellationTokenSource.CreateLinkedTokenSource(stop);
        cts.CancelAfter(1000);
        using var client = new TcpClient();
        await client.ConnectAsync(host, 22, cts.Token);
        return true;
    }

    // ok LCA1008: a handshake is no connect
    public static async Task ShakeAsync(System.Net.Security.SslStream tls, string host) => await tls.AuthenticateAsClientAsync(host);

    public static Task<Socket> StartAsync(EndPoint remote)
    {
        return Core();

        async Task<Socket> Core()
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(remote); //! LCA1008
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
