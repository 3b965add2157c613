// Buffers, operation objects and request objects, seen from harder sides.
using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeldOut.Isolation.LateBuffers;

public sealed class DoubleBuffer(Socket socket)
{
    private byte[] _front = new byte[1024];

    // ok LCA4004: the pending one's array is swapped out before anything is written
    public async Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        var sending = _front;
        _front = new byte[1024];
        data.CopyTo(sending);
        await socket.SendAsync(sending.AsMemory(0, data.Length), ct);
    }

    public async Task<int> SendTwoAsync(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        a.CopyTo(buffer);
        b.CopyTo(buffer.AsMemory(2048));
        var first = socket.SendAsync(buffer.AsMemory(0, a.Length), ct).AsTask();
        var second = socket.SendAsync(buffer.AsMemory(2048, b.Length), ct).AsTask();
        await Task.WhenAny(first, second); //? LCA1004
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        return a.Length + b.Length;
    }

    // ok LCA4004: both have ended
    public async Task<int> SendBothAsync(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        a.CopyTo(buffer);
        b.CopyTo(buffer.AsMemory(2048));
        var first = socket.SendAsync(buffer.AsMemory(0, a.Length), ct).AsTask();
        var second = socket.SendAsync(buffer.AsMemory(2048, b.Length), ct).AsTask();
        var sent = await Task.WhenAll(first, second);
        ArrayPool<byte>.Shared.Return(buffer);
        return sent.Sum();
    }

    // One branch gives it back while the other branch's send runs.
    public Task<int> SendMaybeAsync(ReadOnlyMemory<byte> data, bool wait)
    {
        var owner = MemoryPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(owner.Memory);
        var send = socket.SendAsync(owner.Memory[..data.Length]).AsTask();
        if (wait)
        {
            send.GetAwaiter().GetResult();
            owner.Dispose();
            return Task.FromResult(data.Length);
        }

        owner.Dispose(); //! LCA4004
        return send;
    }

    // ok LCA4004: a local function awaits and gives back
    public Task<int> SendLaterAsync(ReadOnlyMemory<byte> data)
    {
        var owner = MemoryPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(owner.Memory);
        return FinishAsync();

        async Task<int> FinishAsync()
        {
            using (owner) return await socket.SendAsync(owner.Memory[..data.Length]);
        }
    }

    public async Task<int> ReceiveWithinAsync(TimeSpan limit, CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(2048); //! LCA4004
        try
        {
            return await socket.ReceiveAsync(owner.Memory, ct).AsTask().WaitAsync(limit, ct); //? LCA1004
        }
        catch (TimeoutException)
        {
            return -1;
        }
    }

    // ok LCA4004: closing the socket ends the receive, which is then awaited
    public async Task<int> ReceiveOrCloseAsync(TimeSpan limit)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(2048);
        var receive = socket.ReceiveAsync(owner.Memory).AsTask();
        if (await Task.WhenAny(receive, Task.Delay(limit)) != receive) socket.Close();
        try
        {
            return await receive;
        }
        catch (SocketException)
        {
            return -1;
        }
    }
}

public sealed class ArgsOwner : IDisposable
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _send = new();
    private readonly ConcurrentBag<SocketAsyncEventArgs> _pool = [];

    public ArgsOwner(Socket socket)
    {
        _socket = socket;
        _send.Completed += (_, e) => Sent(e);
    }

    public void Tag(byte[] data, object token)
    {
        _send.SetBuffer(data);
        var pending = _socket.SendAsync(_send);
        _send.UserToken = token; //! LCA4005
        if (!pending) Sent(_send);
    }

    // ok LCA4005: only where it is already done
    public void TagDone(byte[] data, object token)
    {
        _send.SetBuffer(data);
        var pending = _socket.SendAsync(_send);
        if (pending) return;
        _send.UserToken = token;
        Sent(_send);
    }

    public void Rented(byte[] data)
    {
        if (!_pool.TryTake(out var args)) args = new SocketAsyncEventArgs();
        args.SetBuffer(data);
        args.Completed += Back;
        var pending = _socket.SendAsync(args);
        if (!pending) args.Completed -= Back;
        _pool.Add(args); //! LCA4005
    }

    // ok LCA4005: here when done, in Back when not
    public void RentedSafely(byte[] data)
    {
        if (!_pool.TryTake(out var args)) args = new SocketAsyncEventArgs();
        args.SetBuffer(data);
        args.Completed += Back;
        if (_socket.SendAsync(args)) return;
        Back(_socket, args);
    }

    private void Back(object? sender, SocketAsyncEventArgs e)
    {
        e.Completed -= Back;
        _pool.Add(e);
    }

    private static void Sent(SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success) Console.Error.WriteLine(e.SocketError);
    }

    public void Dispose() => _send.Dispose();
}

public interface ICurrentCall
{
    HttpContext? Http { get; set; }
}

public sealed class CurrentCall : ICurrentCall
{
    public HttpContext? Http { get; set; }
}

public sealed class CallMiddleware(RequestDelegate next, ILogger<CallMiddleware> log)
{
    private static WebSocket? s_socket;
    private readonly ConcurrentDictionary<string, WebSocket> _sockets = new();

    public HttpContext? Current { get; private set; }

    public async Task InvokeAsync(HttpContext http)
    {
        Current = http; //! LCA4002
        await next(http);
        log.LogInformation("{Path}: {Status}", http.Request.Path, Current.Response.StatusCode);
    }

    // ok LCA4002: by the connection's id
    public async Task SocketAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        _sockets[http.Connection.Id] = socket;
        try
        {
            var buffer = new byte[128];
            while (!(await socket.ReceiveAsync(buffer, http.RequestAborted)).CloseStatus.HasValue) { }
        }
        finally
        {
            _sockets.TryRemove(http.Connection.Id, out _);
        }
    }

    public async Task LastSocketAsync(HttpContext http)
    {
        s_socket = await http.WebSockets.AcceptWebSocketAsync(); //! LCA4002
        var buffer = new byte[128];
        while (s_socket.State == WebSocketState.Open) await s_socket.ReceiveAsync(buffer, http.RequestAborted);
    }

    public Task NotifyAsync(HttpContext http, IHostApplicationLifetime lifetime)
    {
        lifetime.ApplicationStopping.Register(() => log.LogInformation("was at {Path}", http.Request.Path)); //! LCA4003
        return next(http);
    }

    // ok LCA4003: the registration ends with the request
    public async Task NotifyWithinAsync(HttpContext http, IHostApplicationLifetime lifetime)
    {
        using var registration = lifetime.ApplicationStopping.Register(() => log.LogInformation("at {Path}", http.Request.Path));
        await next(http);
    }
}

public sealed class ListenerHost(HttpListener listener, ILogger<ListenerHost> log)
{
    // ok LCA4003: the task is the request
    public async Task RunAsync()
    {
        while (listener.IsListening)
        {
            var context = await listener.GetContextAsync();
            _ = Task.Run(() => Answer(context));
        }
    }

    private void Answer(HttpListenerContext context)
    {
        try
        {
            context.Response.StatusCode = 200;
            context.Response.Close();
            var path = context.Request.RawUrl;
            _ = Task.Run(() => log.LogInformation("{Path} answered", path));
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "answer");
        }
    }

    public async Task HandleAsync(HttpListenerContext context)
    {
        _ = Task.Run(async () =>
        {
            await Task.Delay(100);
            log.LogInformation("{Agent}", context.Request.UserAgent); //! LCA4003
        });
        context.Response.StatusCode = 202;
        await context.Response.OutputStream.FlushAsync();
        context.Response.Close();
    }
}
