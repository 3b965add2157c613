// Building blocks of a proxy, as different teams wrote them: stacks of disposables, leases, counters and limits.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Field.Creation.OwnedParts;

public sealed class DisposeStack : IDisposable
{
    private readonly Stack<IDisposable> _items = new();

    public T Push<T>(T item) where T : IDisposable
    {
        _items.Push(item);
        return item;
    }

    public void Dispose()
    {
        while (_items.TryPop(out var item)) item.Dispose();
    }
}

public sealed class Lease(Action release) : IDisposable
{
    private Action? _release = release;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}

public sealed class Limiter(int most)
{
    private readonly SemaphoreSlim _slots = new(most, most);
    private int _open;

    public int Open => _open;

    // ok LCA1007: the lease gives it back
    public async Task<Lease> EnterAsync(CancellationToken stop)
    {
        await _slots.WaitAsync(stop);
        Interlocked.Increment(ref _open);
        return new Lease(() =>
        {
            Interlocked.Decrement(ref _open);
            _slots.Release();
        });
    }
}

public sealed class Front(Limiter limiter, EndPoint upstream, ILogger<Front> log)
{
    private readonly ConcurrentDictionary<Guid, Socket> _live = new();
    private int _total, _active;

    // ok LCA1003 LCA1006 LCA1007: the stack closes whatever was made
    public async Task HandleAsync(Socket accepted, CancellationToken stop)
    {
        using var stack = new DisposeStack();
        stack.Push(accepted);
        using var lease = await limiter.EnterAsync(stop);
        var far = stack.Push(new Socket(SocketType.Stream, ProtocolType.Tcp));
        await far.ConnectAsync(upstream, stop);
        await PumpAsync(accepted, far, stop);
    }

    // ok LCA1007: a total that never goes down
    public Task CountAsync(Socket accepted, CancellationToken stop)
    {
        Interlocked.Increment(ref _total);
        return HandleAsync(accepted, stop);
    }

    public async Task TrackAsync(Socket accepted, CancellationToken stop)
    {
        var id = Guid.NewGuid();
        _live[id] = accepted; //? LCA1007
        Interlocked.Add(ref _active, 1); //? LCA1007
        using (accepted)
        {
            var far = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            await far.ConnectAsync(upstream, stop);
            await PumpAsync(accepted, far, stop);
            far.Dispose();
        }
        _live.TryRemove(id, out _);
        Interlocked.Add(ref _active, -1);
    }

    public async Task HalfAsync(Socket accepted, CancellationToken stop)
    {
        _active++; //! LCA1007
        try
        {
            await PumpAsync(accepted, accepted, stop);
            _active--;
        }
        catch (SocketException ex)
        {
            log.LogDebug(ex, "ended");
        }
        finally
        {
            accepted.Dispose();
        }
    }

    // ok LCA1007: each catch and the way through takes it down
    public async Task WholeAsync(Socket accepted, CancellationToken stop)
    {
        _active++;
        try
        {
            await PumpAsync(accepted, accepted, stop);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "ended");
        }
        _active--;
        accepted.Dispose();
    }

    // ok LCA1006: WhenAny, then a linked token ends the other direction
    private static async Task PumpAsync(Socket near, Socket far, CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var left = new NetworkStream(near);
        await using var right = new NetworkStream(far);
        var up = left.CopyToAsync(right, both.Token);
        var down = right.CopyToAsync(left, both.Token);
        await Task.WhenAny(up, down);
        await both.CancelAsync();
        try
        {
            await Task.WhenAll(up, down);
        }
        catch (Exception ex) when (ex is IOException or OperationCanceledException)
        {
        }
    }
}

public static class Upstreams
{
    // ok LCA1003: handed to a tuple that the caller disposes, after it is open
    public static async Task<(Socket Socket, NetworkStream Stream)> OpenPairAsync(EndPoint remote, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(remote, stop);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
        return (socket, new NetworkStream(socket));
    }

    // ok LCA1003: a nested try with its own finally
    public static TcpClient OpenNested(string host)
    {
        TcpClient? result = null, tcp = new();
        try
        {
            try
            {
                tcp.Connect(host, 80);
            }
            finally
            {
                Console.WriteLine("tried");
            }
            result = tcp;
            tcp = null;
        }
        finally
        {
            tcp?.Close();
        }
        return result;
    }

    // ok LCA1003: continues with the next and closes the last
    public static Socket? OpenOneOf(params ReadOnlySpan<IPEndPoint> candidates)
    {
        foreach (var candidate in candidates)
        {
            Socket socket = new(candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (TryConnect(socket, candidate)) return socket;
            socket.Dispose();
        }
        return null;

        static bool TryConnect(Socket socket, EndPoint remote)
        {
            try
            {
                socket.Connect(remote);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    public static Socket? OpenOneOfLeaky(IEnumerable<IPEndPoint> candidates)
    {
        foreach (var candidate in candidates)
        {
            var socket = new Socket(candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            if (TryConnect(socket, candidate)) return socket;
        }
        return null;

        static bool TryConnect(Socket socket, EndPoint remote)
        {
            try
            {
                socket.Connect(remote);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    public static async Task<SslStream> UpgradeAsync(string host, CancellationToken stop)
    {
        var tcp = new TcpClient(); //! LCA1003
        try
        {
            await tcp.ConnectAsync(host, 443, stop);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
        var tls = new SslStream(tcp.GetStream(), false, (_, _, _, errors) => errors == SslPolicyErrors.None);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
        return tls;
    }

    // ok LCA1003: closes what it was given on, in one catch for both steps
    public static async Task<SslStream> UpgradeSafeAsync(string host, CancellationToken stop)
    {
        var tcp = new TcpClient();
        try
        {
            await tcp.ConnectAsync(host, 443, stop);
            var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
            return tls;
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            tcp.Dispose();
            throw;
        }
    }

    // ok LCA1004 LCA1008: the timer's end closes it, the wait is bounded
    public static async Task<bool> ProbeAsync(EndPoint remote, TimeSpan limit)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var cts = new CancellationTokenSource(limit);
        try
        {
            await socket.ConnectAsync(remote, cts.Token);
            return true;
        }
        catch (Exception ex) when (ex is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    // ok LCA1004: the old way to bound it; EndConnect follows or the socket is closed
    public static bool ProbeOldWay(string host, int port)
    {
        using var tcp = new TcpClient();
        var pending = tcp.BeginConnect(host, port, null, null);
        if (!pending.AsyncWaitHandle.WaitOne(1000)) return false;
        tcp.EndConnect(pending);
        return true;
    }
}

public sealed class Warmup(Uri uri, ILogger<Warmup> log) : IAsyncDisposable
{
    private readonly ClientWebSocket _ws = new();
    private readonly Task _connecting = Task.CompletedTask;
    private Task? _reading;

    public Warmup(Uri uri, ILogger<Warmup> log, CancellationToken stop) : this(uri, log) =>
        _connecting = _ws.ConnectAsync(uri, stop);

    // ok LCA1004: awaited where it is needed
    public async Task SendAsync(byte[] data, CancellationToken stop)
    {
        await _connecting;
        _reading ??= Task.Run(() => ReadAsync(stop), stop);
        await _ws.SendAsync(data, WebSocketMessageType.Binary, true, stop);
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        var buffer = new byte[1024];
        while (_ws.State == WebSocketState.Open) await _ws.ReceiveAsync(buffer, stop);
        log.LogInformation("{Uri} ended", uri);
    }

    public async ValueTask DisposeAsync()
    {
        _ws.Abort();
        if (_reading is { } reading)
        {
            try
            {
                await reading;
            }
            catch (Exception ex) when (ex is WebSocketException or OperationCanceledException)
            {
                log.LogDebug(ex, "reading ended");
            }
        }
        _ws.Dispose();
    }
}
