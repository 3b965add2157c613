// Servers, middleware and connection handlers: one object, many requests at once.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Unseen.Isolation.SharedHandlers;

public sealed class DeviceServer(TcpListener listener, ILogger<DeviceServer> log) : BackgroundService
{
    private TcpClient? _client;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            _client = await listener.AcceptTcpClientAsync(stoppingToken); //! LCA4002
            _ = ServeAsync(stoppingToken);
        }
    }

    private async Task ServeAsync(CancellationToken ct)
    {
        try
        {
            var hello = new byte[16];
            await _client!.GetStream().ReadExactlyAsync(hello, ct);
            await _client.GetStream().WriteAsync(hello, ct);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "device lost");
        }
    }
}

public sealed class CarefulDeviceServer(TcpListener listener, ILogger<CarefulDeviceServer> log) : BackgroundService
{
    // ok LCA4002: a local, handed on as a parameter
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stoppingToken);
            _ = ServeAsync(client, stoppingToken);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        try
        {
            using var owned = client;
            await new DeviceConversation(owned.GetStream()).RunAsync(ct);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "device lost");
        }
    }
}

/// <summary>One per connection.</summary>
public sealed class DeviceConversation
{
    private readonly NetworkStream _stream;
    private byte[] _hello = [];

    // ok LCA4002: made per connection
    public DeviceConversation(NetworkStream stream) => _stream = stream;

    public async Task RunAsync(CancellationToken ct)
    {
        _hello = new byte[16];
        await _stream.ReadExactlyAsync(_hello, ct);
        await _stream.WriteAsync(_hello, ct);
    }
}

public sealed class TimingMiddleware(RequestDelegate next, ILogger<TimingMiddleware> log)
{
    private HttpContext? _context;

    public async Task InvokeAsync(HttpContext context)
    {
        _context = context; //! LCA4002
        var started = Environment.TickCount64;
        await next(context);
        log.LogInformation("{Path}: {Status} after {Elapsed}", _context.Request.Path, _context.Response.StatusCode, Environment.TickCount64 - started);
    }
}

public sealed class QuietTimingMiddleware(RequestDelegate next, ILogger<QuietTimingMiddleware> log)
{
    private long _requests;

    // ok LCA4002: the field counts, the context stays a parameter
    public async Task InvokeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        await next(context);
        log.LogInformation("{Path}: {Status}", context.Request.Path, context.Response.StatusCode);
    }

    public long Requests => Interlocked.Read(ref _requests);
}

public sealed class TenantMiddleware(ILogger<TenantMiddleware> log) : IMiddleware
{
    private HttpResponse? _response;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _response = context.Response; //! LCA4002
        await next(context);
        if (_response.StatusCode == 403) log.LogWarning("tenant refused");
    }
}

public sealed class EchoHandler(ILogger<EchoHandler> log) : ConnectionHandler
{
    private ConnectionContext? _current;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _current = connection; //! LCA4002
        while (true)
        {
            var result = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
            log.LogTrace("{Bytes} bytes on {Id}", result.Buffer.Length, _current.ConnectionId);
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }
}

public sealed class CountHandler(ILogger<CountHandler> log) : ConnectionHandler
{
    // ok LCA4002: only the parameter
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        while (true)
        {
            var result = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
            log.LogTrace("{Bytes} bytes on {Id}", result.Buffer.Length, connection.ConnectionId);
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }
}

public sealed class PresenterHub : Hub
{
    private static HubCallerContext? s_presenter;
    private HubCallerContext? _mine;

    public async Task PresentAsync(string room)
    {
        s_presenter = Context; //! LCA4002
        await Groups.AddToGroupAsync(Context.ConnectionId, room);
        s_presenter.Items["room"] = room;
    }

    // ok LCA4002: a hub is made for each invocation
    public async Task WatchAsync(string room)
    {
        _mine = Context;
        await Groups.AddToGroupAsync(Context.ConnectionId, room);
        _mine.Items["room"] = room;
    }
}

public sealed class RequestAudit(ILogger<RequestAudit> log)
{
    private HttpContext? _http;

    public async Task RecordAsync(HttpContext http)
    {
        _http = http; //! LCA4002
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8, leaveOpen: true);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        log.LogInformation("{Method} {Path}: {Length}", _http.Request.Method, _http.Request.Path, body.Length);
    }
}

public sealed class ScopedAudit(ILogger<ScopedAudit> log)
{
    private HttpContext? _http;

    // ok LCA4002: registered per request
    public async Task RecordAsync(HttpContext http)
    {
        _http = http;
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8, leaveOpen: true);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        log.LogInformation("{Method} {Path}: {Length}", _http.Request.Method, _http.Request.Path, body.Length);
    }
}

public static class AuditRegistration
{
    public static IServiceCollection AddAudits(this IServiceCollection services) => services
        .AddSingleton<RequestAudit>()
        .AddScoped<ScopedAudit>();
}

[ApiController]
[Route("exports")]
public sealed class ExportsController : ControllerBase
{
    private HttpResponse? _response;

    // ok LCA4002: a controller is made for each request
    [HttpGet]
    public async Task GetAsync()
    {
        _response = Response;
        await Task.Yield();
        _response.ContentType = "text/csv";
        await _response.Body.WriteAsync("id;name\r\n"u8.ToArray(), HttpContext.RequestAborted);
    }
}

public class InventoryService
{
    private ServerCallContext? _call;

    public string Peer => _call?.Peer ?? "";

    // ok LCA4002: not read after an await, and the service is made per call
    public Task<int> CountAsync(string article, ServerCallContext call)
    {
        _call = call;
        return Task.FromResult(article.Length);
    }
}

public sealed class StatusListener(HttpListener listener, ILogger<StatusListener> log)
{
    private HttpListenerContext? _current;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            _current = await listener.GetContextAsync().WaitAsync(ct); //! LCA4002
            _ = Task.Run(AnswerAsync, ct);
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            var body = Encoding.UTF8.GetBytes("ok " + _current!.Request.RawUrl); //? LCA4003
            await _current.Response.OutputStream.WriteAsync(body); //? LCA4003
            _current.Response.Close(); //? LCA4003
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "status not sent");
        }
    }
}

public sealed class LegacyEchoServer
{
    private readonly Socket _listener;
    private readonly ILogger _log;
    private Socket? _peer;

    public LegacyEchoServer(Socket listener, ILogger log)
    {
        _listener = listener;
        _log = log;
    }

    public void Start() => _listener.BeginAccept(OnAccept, null);

    private void OnAccept(IAsyncResult ar)
    {
        try
        {
            _peer = _listener.EndAccept(ar); //! LCA4002
            _peer.BeginReceive(new byte[4], 0, 4, SocketFlags.None, OnGreeting, null);
            _listener.BeginAccept(OnAccept, null);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _log.LogInformation(ex, "no longer accepting");
        }
    }

    private void OnGreeting(IAsyncResult ar)
    {
        try
        {
            var n = _peer!.EndReceive(ar);
            _log.LogInformation("greeting of {Length} bytes from {Peer}", n, _peer.RemoteEndPoint);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _log.LogInformation(ex, "peer lost");
        }
    }
}

public sealed class StateEchoServer(Socket listener, ILogger log)
{
    private sealed record Peer(Socket Socket, byte[] Greeting);

    public void Start() => listener.BeginAccept(OnAccept, null);

    // ok LCA4002: the socket travels as the state of its own operation
    private void OnAccept(IAsyncResult ar)
    {
        try
        {
            var peer = new Peer(listener.EndAccept(ar), new byte[4]);
            peer.Socket.BeginReceive(peer.Greeting, 0, 4, SocketFlags.None, OnGreeting, peer);
            listener.BeginAccept(OnAccept, null);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogInformation(ex, "no longer accepting");
        }
    }

    private void OnGreeting(IAsyncResult ar)
    {
        var peer = (Peer)ar.AsyncState!;
        try
        {
            log.LogInformation("greeting of {Length} bytes", peer.Socket.EndReceive(ar));
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogInformation(ex, "peer lost");
        }
    }
}
