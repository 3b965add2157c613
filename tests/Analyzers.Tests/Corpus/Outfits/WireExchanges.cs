// Exchanges, buffers and request scopes in odd outfits.
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.ObjectPool;

namespace Outfits.WireExchanges;

public sealed class WireConnection(Socket socket) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    public bool IsHealthy { get; private set; } = true;
    public bool IsOpen => socket.Connected && IsHealthy;
    public async Task<byte[]> ExecuteAsync(byte[] request, CancellationToken ct)
    {
        try
        {
            await _stream.WriteAsync(request, ct);
            var header = new byte[4];
            await _stream.ReadExactlyAsync(header, ct);
            var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header)];
            await _stream.ReadExactlyAsync(body, ct);
            return body;
        }
        catch
        {
            IsHealthy = false;
            throw;
        }
    }
    public void Dispose() => _stream.Dispose();
}

// 1 correct: the connection marks itself, the pool looks
public sealed class SelfMarkingPool(Func<CancellationToken, Task<WireConnection>> open)
{
    private readonly ConcurrentQueue<WireConnection> _idle = new();
    public async Task<byte[]> RunAsync(byte[] request, CancellationToken ct)
    {
        WireConnection? c;
        while (_idle.TryDequeue(out c) && !c.IsOpen) c.Dispose();
        c ??= await open(ct);
        try
        {
            return await c.ExecuteAsync(request, ct);
        }
        finally
        {
            if (c.IsHealthy) _idle.Enqueue(c);
            else c.Dispose();
        }
    }
}

// 2 correct: policy of an ObjectPool refuses the unhealthy
public sealed class WirePolicy(Func<WireConnection> open) : IPooledObjectPolicy<WireConnection>
{
    public WireConnection Create() => open();
    public bool Return(WireConnection obj)
    {
        if (obj.IsOpen) return true;
        obj.Dispose();
        return false;
    }
}
public sealed class PolicyUser(ObjectPool<WireConnection> pool)
{
    public async Task<byte[]> RunAsync(byte[] request, CancellationToken ct)
    {
        var c = pool.Get();
        if (!c.IsOpen) throw new IOException("stale");
        try { return await c.ExecuteAsync(request, ct); }
        finally { pool.Return(c); }
    }
}

// 3 correct: struct lease with ref bool... completes by a method
public ref struct RefLease(Stack<WireConnection> pool, WireConnection connection)
{
    private bool _answered;
    public WireConnection Connection => connection;
    public void Answered() => _answered = true;
    public void Dispose()
    {
        if (!_answered) { connection.Dispose(); return; }
        lock (pool) pool.Push(connection);
    }
}

// 4 bug: pooled ssl stream over raw exchange
public sealed class TlsPool(Func<Task<SslStream>> open)
{
    private readonly Channel<SslStream> _idle = Channel.CreateBounded<SslStream>(4);
    public async Task<int> AskAsync(ReadOnlyMemory<byte> request, Memory<byte> reply, CancellationToken ct)
    {
        if (!_idle.Reader.TryRead(out var tls)) tls = await open(); //? LCA3004
        try
        {
            await tls.WriteAsync(request, ct);
            return await tls.ReadAsync(reply, ct);
        }
        finally
        {
            if (!_idle.Writer.TryWrite(tls)) await tls.DisposeAsync(); //! LCA4001
        }
    }
}

// 5 correct: result decides
public sealed class ResultDecides(Func<Task<SslStream>> open)
{
    private readonly Channel<SslStream> _idle = Channel.CreateBounded<SslStream>(4);
    public async Task<int> AskAsync(ReadOnlyMemory<byte> request, Memory<byte> reply, CancellationToken ct)
    {
        var tls = await open();
        int n;
        try
        {
            await tls.WriteAsync(request, ct);
            n = await tls.ReadAsync(reply, ct);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            await tls.DisposeAsync();
            return -1;
        }
        if (n == 0 || !_idle.Writer.TryWrite(tls)) await tls.DisposeAsync();
        return n;
    }
}

// 6 correct: exception filter closes first
public sealed class FilterCloses(TcpClient client, SemaphoreSlim gate)
{
    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            await client.GetStream().WriteAsync(request, ct);
            var reply = new byte[4];
            await client.GetStream().ReadExactlyAsync(reply, ct);
            return reply;
        }
        catch when (Abort())
        {
            throw;
        }
        finally
        {
            gate.Release();
        }
    }
    private bool Abort()
    {
        client.Close();
        return false;
    }
}

// 7 correct: token only before the exchange
public sealed class TokenBefore(Stream stream)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await stream.WriteAsync(request, CancellationToken.None);
            var reply = new byte[4];
            await stream.ReadExactlyAsync(reply, CancellationToken.None);
            return reply;
        }
        finally
        {
            _gate.Release();
        }
    }
}

// 8 correct: endpoint filter, action filter per request, view of HttpContext
public sealed class StampFilter : IAsyncActionFilter
{
    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        var executed = await next();
        http.Items["done"] = executed.Canceled;
    }
}

// 9 bug: filter registered globally holds the context in a field
public sealed class HoldingMiddleware
{
    private readonly RequestDelegate _next;
    private HttpResponse _response = null!;
    public HoldingMiddleware(RequestDelegate next) => _next = next;
    public async Task Invoke(HttpContext http, [FromServices] TimeProvider time)
    {
        (_response, var started) = (http.Response, time.GetTimestamp()); //! LCA4002
        await _next(http);
        Console.WriteLine(_response.StatusCode + started);
    }
}

// 10 correct: current request kept per connection id
public sealed class PresenceHub(Presence presence) : Hub
{
    public override async Task OnConnectedAsync()
    {
        presence.Add(Context.ConnectionId, Context.UserIdentifier);
        await base.OnConnectedAsync();
    }
}
public sealed class Presence
{
    private readonly ConcurrentDictionary<string, string?> _users = new();
    public void Add(string id, string? user) => _users[id] = user;
}

// 11 bug: hub passes Context to a queue of delegates
public sealed class QueueHub(ChannelWriter<Func<Task>> queue) : Hub
{
    public bool Enqueue(string text) => queue.TryWrite(() => Clients.Caller.SendAsync("done", text)); //! LCA4003
    public bool EnqueueSafe(string text, [FromServices] IHubContext<QueueHub> hub)
    {
        var caller = hub.Clients.Client(Context.ConnectionId);
        return queue.TryWrite(() => caller.SendAsync("done", text));
    }
}

// 12 correct: awaited parallel work in a minimal api
public static class Api
{
    public static void Map(IEndpointRouteBuilder2 app)
    {
        app.Map("/x", async context =>
        {
            var tasks = Enumerable.Range(0, 3).Select(i => Task.Run(() => context.Request.Headers.Count + i)).ToArray();
            await context.Response.WriteAsync(string.Join(',', await Task.WhenAll(tasks)));
        });
        app.Map("/y", context =>
        {
            var timer = new Timer(_ => context.Abort(), null, 1000, Timeout.Infinite); //? LCA4003
            context.Response.RegisterForDispose(timer);
            return Task.CompletedTask;
        });
    }
}
public interface IEndpointRouteBuilder2 { void Map(string path, RequestDelegate handler); }

// 13 correct: IMemoryOwner handed to the writer loop
public sealed class OwnerQueue(Socket socket)
{
    private readonly Channel<(IMemoryOwner<byte> Owner, int Length)> _queue = Channel.CreateUnbounded<(IMemoryOwner<byte>, int)>();
    public bool Post(ReadOnlySpan<byte> data)
    {
        var owner = MemoryPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(owner.Memory.Span);
        if (_queue.Writer.TryWrite((owner, data.Length))) return true;
        owner.Dispose();
        return false;
    }
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var (owner, length) in _queue.Reader.ReadAllAsync(ct))
        {
            using (owner) await socket.SendAsync(owner.Memory[..length], ct);
        }
    }
}

// 14 bug: WhenAny and the finally
public sealed class WhenAnyReader(Stream stream)
{
    public async Task<int> ReadAsync(TimeSpan limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1024);
        try
        {
            var read = stream.ReadAsync(buffer, 0, buffer.Length);
            if (await Task.WhenAny(read, Task.Delay(limit)) == read) return await read;
            return -1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        }
    }
}

// 15 correct: cancelled and still awaited
public sealed class CancelThenAwait(Stream stream)
{
    public async Task<int> ReadAsync(TimeSpan limit)
    {
        using var cts = new CancellationTokenSource();
        var buffer = ArrayPool<byte>.Shared.Rent(1024);
        try
        {
            var read = stream.ReadAsync(buffer.AsMemory(), cts.Token).AsTask();
            if (await Task.WhenAny(read, Task.Delay(limit)) != read) await cts.CancelAsync();
            try { return await read; }
            catch (OperationCanceledException) { return -1; }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

// 16 correct: pinned buffer that grows: the old one is returned after the copy
public sealed class GrowingBuffer(Stream stream) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(256);
    private int _count;
    public async Task FillAsync(CancellationToken ct)
    {
        if (_count == _buffer.Length)
        {
            var bigger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _count).CopyTo(bigger);
            var old = _buffer;
            _buffer = bigger;
            ArrayPool<byte>.Shared.Return(old);
        }
        _count += await stream.ReadAsync(_buffer.AsMemory(_count), ct);
    }
    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }
}

// 17 correct: SAEA awaitable reused one after the other
public sealed class SerialArgs(Socket socket)
{
    private readonly SocketAsyncEventArgs _args = new();
    private TaskCompletionSource<int>? _pending;
    public void Init() => _args.Completed += (_, e) => _pending!.TrySetResult(e.BytesTransferred);
    public async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        _pending = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _args.SetBuffer(buffer);
        if (!socket.ReceiveAsync(_args)) return _args.BytesTransferred;
        return await _pending.Task;
    }
}

// 18 correct: exchange on a connection of one's own, made per call
public sealed class PerCall(string host)
{
    public async Task<string?> WhoisAsync(string domain, CancellationToken ct)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, 43, ct);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(domain + "\r\n"), ct);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(ct);
    }
}

// 19 bug: callbacks on a timer and public API share the pair
public sealed class ModbusPoller : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly PeriodicTimer _timer = new(TimeSpan.FromSeconds(1));
    public ModbusPoller(NetworkStream stream) => _stream = stream;
    public async Task RunAsync(CancellationToken ct)
    {
        while (await _timer.WaitForNextTickAsync(ct)) await ExchangeAsync(new byte[12], ct);
    }
    public Task WriteCoilAsync(byte[] frame, CancellationToken ct) => ExchangeAsync(frame, ct);
    private async Task<byte[]> ExchangeAsync(byte[] frame, CancellationToken ct)
    {
        await _stream.WriteAsync(frame, ct); //! LCA4006
        var reply = new byte[12];
        await _stream.ReadExactlyAsync(reply, ct);
        return reply;
    }
    public void Dispose() => _timer.Dispose();
}

// 20 correct: scheduler exclusive pair
public sealed class Exclusive(Stream stream)
{
    private readonly SemaphoreSlim _gate = new(1);
    private async ValueTask<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        return new Exit(_gate);
    }
    private sealed class Exit(SemaphoreSlim gate) : IDisposable { public void Dispose() => gate.Release(); }
    public async Task<byte[]> AskAsync(byte[] request, CancellationToken ct)
    {
        using var _ = await EnterAsync(ct); //? LCA4001
        await stream.WriteAsync(request, ct);
        var reply = new byte[3];
        await stream.ReadExactlyAsync(reply, ct);
        return reply;
    }
}

// 21 correct: handshake in a static factory
public sealed class Greeted
{
    private readonly Stream _stream;
    private Greeted(Stream stream) => _stream = stream;
    public static async Task<Greeted> CreateAsync(Stream stream, CancellationToken ct)
    {
        var made = new Greeted(stream);
        await made.GreetAsync(ct);
        return made;
    }
    private async Task GreetAsync(CancellationToken ct)
    {
        await _stream.WriteAsync("HELO\r\n"u8.ToArray(), ct);
        var reply = new byte[3];
        await _stream.ReadExactlyAsync(reply, ct);
    }
}

// 22 correct: UDP query, one socket per call, then a shared one matched by id
public sealed class Dns(UdpClient shared)
{
    private readonly ConcurrentDictionary<ushort, TaskCompletionSource<byte[]>> _open = new();
    public async Task<byte[]> AskAsync(byte[] query, CancellationToken ct)
    {
        var id = (ushort)Random.Shared.Next();
        BinaryPrimitives.WriteUInt16BigEndian(query, id);
        var tcs = _open[id] = new();
        await shared.SendAsync(query, ct);
        return await tcs.Task.WaitAsync(ct);
    }
    public async Task ReceiveLoopAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var datagram = await shared.ReceiveAsync(ct);
            if (_open.TryRemove(BinaryPrimitives.ReadUInt16BigEndian(datagram.Buffer), out var waiting)) waiting.TrySetResult(datagram.Buffer);
        }
    }
}
