// Replaced sessions, requests and retries, more of them.
using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Polly;
using Polly.Retry;
using RabbitMQ.Client;

namespace Outfits.Supervisors;

public sealed class UplinkLostEventArgs : EventArgs;
public interface IDeviceSession : IDisposable
{
    event EventHandler<UplinkLostEventArgs>? Lost;
    event Action<IDeviceSession, Exception>? Failed;
    bool IsAlive { get; }
    void Start();
    void Write(ReadOnlySpan<byte> data);
    void Close();
}

// 1 bug: replaced by property, handler acts
public sealed class Controller1(Func<IDeviceSession> make)
{
    public IDeviceSession? Session { get; private set; }

    public void Reconnect()
    {
        var next = make();
        next.Failed += OnFailed;
        next.Start();
        Session = next; //! LCA3006
    }

    private void OnFailed(IDeviceSession session, Exception e)
    {
        Session = null;
        Reconnect();
    }
}

// 2 correct: the typed sender is compared
public sealed class Controller2(Func<IDeviceSession> make)
{
    public IDeviceSession? Session { get; private set; }

    public void Reconnect()
    {
        var next = make();
        next.Failed += OnFailed;
        next.Start();
        Session = next;
    }

    private void OnFailed(IDeviceSession session, Exception e)
    {
        if (session != Session) { session.Dispose(); return; }
        Session = null;
        Reconnect();
    }
}

// 3 correct: a token source per session tells whose time it is
public sealed class Controller3(Func<IDeviceSession> make)
{
    private IDeviceSession? _session;
    private CancellationTokenSource _life = new();

    public void Reconnect()
    {
        _life.Cancel();
        _life = new CancellationTokenSource();
        var life = _life.Token;
        var next = make();
        next.Lost += (_, _) =>
        {
            if (life.IsCancellationRequested) return;
            _session?.Close();
            _session = null;
        };
        next.Start();
        _session = next;
    }
}

// 4 bug: lambda without a sender
public sealed class Controller4(Func<IDeviceSession> make, Timer retry)
{
    private IDeviceSession? _session;

    public void Reconnect()
    {
        var next = make();
        next.Lost += (_, _) =>
        {
            _session = null;
            retry.Change(1000, Timeout.Infinite);
        };
        next.Start();
        _session = next; //! LCA3006
    }
}

// 5 correct: captured local
public sealed class Controller5(Func<IDeviceSession> make, Timer retry)
{
    private IDeviceSession? _session;

    public void Reconnect()
    {
        var next = make();
        next.Lost += (_, _) =>
        {
            lock (retry)
            {
                if (_session == next) _session = null;
                else return;
            }
            retry.Change(1000, Timeout.Infinite);
        };
        next.Start();
        _session = next;
    }
}

// 6 correct: old closed in a helper
public sealed class Controller6(Func<IDeviceSession> make)
{
    private IDeviceSession? _session;

    public void Reconnect()
    {
        Drop();
        _session = make();
        _session.Lost += OnLost;
        _session.Start();
    }

    private void OnLost(object? sender, UplinkLostEventArgs e) => Reconnect();

    private void Drop()
    {
        var old = Interlocked.Exchange(ref _session, null);
        if (old is null) return;
        old.Lost -= OnLost;
        old.Dispose();
    }
}

// 7 correct: hub with automatic reconnect is cached
public sealed class HubHolder
{
    private HubConnection? _hub;
    public async Task SayAsync(string text, CancellationToken ct)
    {
        _hub ??= new HubConnectionBuilder().WithUrl("https://x/hub").WithAutomaticReconnect().Build();
        if (_hub.State == HubConnectionState.Disconnected) await _hub.StartAsync(ct); //! LCA1001
        await _hub.InvokeAsync("say", text, ct);
    }
}

// 8 bug: hub without reconnect
public sealed class PlainHubHolder
{
    private HubConnection? _hub;
    public async Task SayAsync(string text, CancellationToken ct)
    {
        if (_hub is null)
        {
            _hub = new HubConnectionBuilder().WithUrl("https://x/hub").Build();
            _hub.Closed += e => Task.CompletedTask;
            await _hub.StartAsync(ct);
        }
        await _hub.InvokeAsync("say", text, ct); //! LCA3001
    }
}

// 9 bug: IMiddleware registered as singleton
public sealed class TraceMiddleware : IMiddleware
{
    private HttpRequest? _request;
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _request = context.Request; //! LCA4002
        await next(context);
        Console.WriteLine(_request.Path);
    }
}

// 10 correct: AsyncLocal keeps them apart
public sealed class AmbientMiddleware(RequestDelegate next)
{
    private static readonly AsyncLocal<HttpContext?> Current = new();
    public async Task InvokeAsync(HttpContext context)
    {
        Current.Value = context;
        try { await next(context); }
        finally { Current.Value = null; }
    }
}

// 11 correct: Items and features
public sealed class ItemsMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var scope = new RequestScope(context);
        context.Items["scope"] = scope;
        context.Response.RegisterForDispose(scope);
        await next(context);
        scope.Log();
    }

    private sealed class RequestScope(HttpContext context) : IDisposable
    {
        private readonly HttpContext _context = context;
        public void Log() => Console.WriteLine(_context.Response.StatusCode);
        public void Dispose() { }
    }
}

// 12 bug: timer in a hub captures the caller
public sealed class TickHub : Hub
{
    public Task Watch()
    {
        var timer = new System.Timers.Timer(1000);
        timer.Elapsed += (_, _) => Clients.Caller.SendAsync("tick"); //! LCA4003
        timer.Start();
        return Task.CompletedTask;
    }
}

// 13 correct: streaming from the hub method itself
public sealed class StreamHub : Hub
{
    public async IAsyncEnumerable<int> Count([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (var i = 0; !ct.IsCancellationRequested; i++)
        {
            yield return i;
            await Task.Delay(100, Context.ConnectionAborted);
        }
    }
}

// 14 correct: server with sessions by id, each in its own object
public sealed class SessionServer(TcpListener listener) : BackgroundService
{
    private readonly ConcurrentDictionary<Guid, Session> _sessions = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new List<Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stoppingToken);
            var session = new Session(client);
            _sessions[session.Id] = session;
            running.RemoveAll(t => t.IsCompleted);
            running.Add(session.RunAsync(stoppingToken));
        }
        await Task.WhenAll(running);
    }

    private sealed class Session(TcpClient client)
    {
        public Guid Id { get; } = Guid.NewGuid();
        private NetworkStream? _stream;
        public async Task RunAsync(CancellationToken ct)
        {
            try
            {
                _stream = client.GetStream();
                var buffer = new byte[64];
                while (await _stream.ReadAsync(buffer, ct) is > 0 and var n) await _stream.WriteAsync(buffer.AsMemory(0, n), ct);
            }
            catch (IOException)
            {
                // peer left
            }
            finally
            {
                client.Dispose();
            }
        }
    }
}

// 15 bug: Polly with AddTimeout handled, hand-built POST by factory
public sealed class PollyTimeouts(IHttpClientFactory factory)
{
    private static readonly ResiliencePipeline Pipeline = new ResiliencePipelineBuilder()
        .AddRetry(new() { MaxRetryAttempts = 2, BackoffType = DelayBackoffType.Exponential })
        .AddTimeout(TimeSpan.FromSeconds(5))
        .Build();

    public async Task SaveAsync(HttpContent content, CancellationToken ct)
    {
        var http = factory.CreateClient();
        using var response = await Pipeline.ExecuteAsync(
            async (state, token) => await state.http.PatchAsync("things/1", state.content, token), //! LCA3005
            (http, content),
            ct);
        response.EnsureSuccessStatusCode();
    }
}

// 16 correct: Polly, PUT is idempotent
public sealed class PollyPut(HttpClient http, ResiliencePipelineBuilder builder)
{
    public async Task SaveAsync(HttpContent content, CancellationToken ct)
    {
        var pipeline = builder.AddRetry(new RetryStrategyOptions()).Build();
        await pipeline.ExecuteAsync(async token => await http.PutAsync("things/1", content, token), ct);
    }
}

// 17 correct: the catch tells a safe failure
public sealed class SafeCatch(HttpClient http)
{
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken ct)
    {
        try
        {
            return await http.SendAsync(make(), ct);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return await http.SendAsync(make(), ct);
        }
    }
}

// 18 correct: insert with on conflict... asked first whether it was stored
public sealed class AskFirst(DbDataSource source)
{
    public async Task InsertAsync(Guid id, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(ct);
                await using var command = connection.CreateCommand();
                command.CommandText = "insert into t(id) values (@id) on conflict do nothing";
                await command.ExecuteNonQueryAsync(ct);
                return;
            }
            catch (DbException e) when (e.IsTransient && attempt < 3)
            {
                await Task.Delay(50, ct);
            }
        }
    }
}

// 19 bug: recursive retry
public sealed class RecursiveRetry(HttpClient http)
{
    public async Task<HttpStatusCode> PostAsync(string body, int left, CancellationToken ct)
    {
        try
        {
            using var response = await http.PostAsync("x", new StringContent(body), ct); //? LCA3005
            return response.StatusCode;
        }
        catch (HttpRequestException) when (left > 0)
        {
            return await PostAsync(body, left - 1, ct); //! LCA3005
        }
    }
}

// 20 correct: failover to another node after a refused connect only
public sealed class Failover(string[] nodes)
{
    public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        foreach (var node in nodes)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(node, 7000, ct);
            }
            catch (SocketException)
            {
                continue;
            }

            await client.GetStream().WriteAsync(frame, ct);
            return;
        }

        throw new IOException("no node");
    }
}

// 21 correct: keep-alive header with dates
public sealed class Headers(HttpClient http)
{
    public async Task<string> GetAsync()
    {
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
        http.DefaultRequestHeaders.Add("X-Connection", "close");
        return await http.GetStringAsync("x");
    }
}

// 22 bug: handler sets the header for a shared client
public sealed class ClosingHandler : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        request.Headers.ConnectionClose = true; //? LCA3003
        return base.SendAsync(request, ct);
    }
}

// 23 correct: state machine with DbConnection, opened when needed
public sealed class OpenWhenNeeded(DbConnection connection)
{
    public async Task<int> RunAsync(string sql, CancellationToken ct)
    {
        var opened = false;
        if (connection.State == ConnectionState.Closed)
        {
            await connection.OpenAsync(ct);
            opened = true;
        }
        try
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            return await command.ExecuteNonQueryAsync(ct);
        }
        finally
        {
            if (opened) await connection.CloseAsync();
        }
    }
}

// 24 correct: web socket manager removes the dead while it sends
public sealed class Broadcaster
{
    private readonly ConcurrentDictionary<string, WebSocket> _all = new();
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task SendAllAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            foreach (var (id, socket) in _all)
            {
                if (socket.State != WebSocketState.Open)
                {
                    _all.TryRemove(id, out _);
                    continue;
                }

                try
                {
                    await socket.SendAsync(data, WebSocketMessageType.Text, true, ct);
                }
                catch (WebSocketException)
                {
                    _all.TryRemove(id, out _);
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}
