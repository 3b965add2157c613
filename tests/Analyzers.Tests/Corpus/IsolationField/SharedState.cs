// Middleware, servers and singletons that remember whose request they are at.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Field.SharedState;

/// <summary>One instance for all requests.</summary>
public class AuditMiddleware
{
    private readonly RequestDelegate _next;
    private readonly ILogger<AuditMiddleware> _logger;
    private HttpContext? _context;

    public AuditMiddleware(RequestDelegate next, ILogger<AuditMiddleware> logger)
    {
        _next = next;
        _logger = logger;
    }

    public async Task InvokeAsync(HttpContext context)
    {
        _context = context; //! LCA4002
        await _next(context);
        Write();
    }

    private void Write() => _logger.LogInformation("{Path} {Status}", _context!.Request.Path, _context.Response.StatusCode);
}

public class PlainAuditMiddleware(RequestDelegate next, ILogger<PlainAuditMiddleware> logger)
{
    private long _served;

    public async Task InvokeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _served); // ok LCA4002: a number, nobody's context
        await next(context);
        Write(context);
    }

    private void Write(HttpContext context) => logger.LogInformation("{Path} {Status}", context.Request.Path, context.Response.StatusCode);
}

public sealed class TenantMiddleware : IMiddleware
{
    private HttpRequest _request = null!;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _request = context.Request; //! LCA4002
        await LoadAsync();
        await next(context);
    }

    private async Task LoadAsync()
    {
        await Task.Delay(5);
        _request.HttpContext.Items["tenant"] = _request.Host.Host.Split('.')[0];
    }
}

/// <summary>A scoped holder, one for each request.</summary>
public sealed class RequestScope
{
    private HttpContext? _context;

    public void Begin(HttpContext context) => _context = context; // ok LCA4002: registered for each request

    public async Task<string> NameAsync()
    {
        await Task.Yield();
        return _context?.User.Identity?.Name ?? "";
    }
}

/// <summary>Registered as a singleton below.</summary>
public sealed class CurrentUser
{
    private HttpContext? _context;

    public void Begin(HttpContext context) => _context = context; //! LCA4002

    public async Task<string> NameAsync()
    {
        await Task.Yield();
        return _context?.User.Identity?.Name ?? "";
    }
}

public static class Setup
{
    public static void AddState(this IServiceCollection services)
    {
        services.AddScoped<RequestScope>();
        services.AddSingleton<CurrentUser>();
        services.AddHttpContextAccessor();
    }
}

/// <summary>A server that accepts in a loop and serves from a field.</summary>
public sealed class EchoServer
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 7);
    private TcpClient? _client;

    public async Task RunAsync(CancellationToken ct)
    {
        _listener.Start();
        while (!ct.IsCancellationRequested)
        {
            _client = await _listener.AcceptTcpClientAsync(ct); //! LCA4002
            _ = Task.Run(() => EchoAsync(ct), ct);
        }
    }

    private async Task EchoAsync(CancellationToken ct)
    {
        var buffer = new byte[1024];
        int n;
        while ((n = await _client!.GetStream().ReadAsync(buffer, ct)) > 0)
            await _client.GetStream().WriteAsync(buffer.AsMemory(0, n), ct);
    }
}

public sealed class PassingEchoServer
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 7);

    public async Task RunAsync(CancellationToken ct)
    {
        _listener.Start();
        while (!ct.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(ct); // ok LCA4002: handed on
            _ = Task.Run(() => EchoAsync(client, ct), ct);
        }
    }

    private static async Task EchoAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
        {
            var stream = client.GetStream();
            await stream.CopyToAsync(stream, ct);
        }
    }
}

/// <summary>An instance for each connection may keep its connection.</summary>
public sealed class EchoSession(TcpClient client)
{
    private NetworkStream? _stream;

    public async Task RunAsync()
    {
        _stream = client.GetStream(); // ok LCA4002: made for this connection
        await Task.Yield();
        await _stream.CopyToAsync(_stream);
    }
}

public sealed class SessionServer(TcpListener listener)
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested) _ = new EchoSession(await listener.AcceptTcpClientAsync(ct)).RunAsync();
    }
}

/// <summary>Kestrel makes one handler for all its connections.</summary>
public sealed class LineProtocolHandler(ILogger<LineProtocolHandler> logger) : ConnectionHandler
{
    private ConnectionContext? _connection;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _connection = connection; //! LCA4002
        while (true)
        {
            var result = await connection.Transport.Input.ReadAsync();
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
            await ReplyAsync("+OK\r\n");
        }

        logger.LogInformation("{Id} left", connection.ConnectionId);
    }

    private async Task ReplyAsync(string text) => await _connection!.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(text));
}

/// <summary>A hub is made anew for each call; a static of it is not.</summary>
public class RoomHub : Hub
{
    private static HubCallerContext? s_last;
    private static IClientProxy? s_caller;
    private string? _room;

    public async Task Join(string room)
    {
        _room = room; // ok LCA4002: this call's own instance, and no connection
        s_caller = Clients.Caller; //! LCA4002
        await Groups.AddToGroupAsync(Context.ConnectionId, room);
        await s_caller.SendAsync("joined", _room);
    }

    public override async Task OnConnectedAsync()
    {
        s_last = Context; //! LCA4002
        await base.OnConnectedAsync();
        s_last.Items["since"] = DateTime.UtcNow;
    }
}

[ApiController]
public class ReportController : ControllerBase
{
    private HttpResponse? _response;

    [HttpGet("report")]
    public async Task Get()
    {
        _response = Response; // ok LCA4002: a controller serves one request
        await WriteAsync("head");
        await WriteAsync("body");
    }

    private Task WriteAsync(string part) => _response!.WriteAsync(part);
}

public class StatusPage : PageModel
{
    private HttpContext? _mine;

    public async Task OnGetAsync()
    {
        _mine = HttpContext; // ok LCA4002: a page model serves one request
        await Task.Yield();
        ViewData["trace"] = _mine.TraceIdentifier;
    }
}

/// <summary>The context of the moment in a static, and a callback that reads it.</summary>
public static class LegacyListener
{
    private static HttpListenerContext? s_current;
    private static readonly HttpListener Listener = new();

    public static void Begin() => Listener.BeginGetContext(OnContext, null);

    private static void OnContext(IAsyncResult ar)
    {
        try
        {
            s_current = Listener.EndGetContext(ar); //! LCA4002
            Listener.BeginGetContext(OnContext, null);
            ThreadPool.QueueUserWorkItem(_ => Answer());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    private static void Answer()
    {
        s_current!.Response.StatusCode = 204;
        s_current.Response.Close();
    }
}

/// <summary>A hosted gateway of which each minimal-API call takes the socket away from the one before.</summary>
public sealed class LiveViewService : BackgroundService
{
    private readonly List<WebSocket> _viewers = new();
    private WebSocket? _socket;

    public async Task ServeAsync(HttpContext http)
    {
        _socket = await http.WebSockets.AcceptWebSocketAsync(); //! LCA4002
        var buffer = new byte[512];
        while (_socket.State == WebSocketState.Open)
        {
            var got = await _socket.ReceiveAsync(buffer, http.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close) break;
        }
    }

    public async Task ServeListedAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        lock (_viewers) _viewers.Add(socket); // ok LCA4002: a list of all of them overwrites nobody
        var buffer = new byte[512];
        while (socket.State == WebSocketState.Open)
        {
            var got = await socket.ReceiveAsync(buffer, http.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close) break;
        }

        lock (_viewers) _viewers.Remove(socket);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
}

public static class Endpoints
{
    private static HttpContext? s_lastSeen;

    public static void Map(WebApplication app, LiveViewService live)
    {
        HttpContext? last = null;
        app.Map("/live", live.ServeAsync);
        app.MapGet("/seen", async (HttpContext http) =>
        {
            s_lastSeen = http; //! LCA4002
            await Task.Delay(10);
            return s_lastSeen.Request.Path.Value;
        });
        app.MapGet("/peer", (HttpContext http) =>
        {
            last = http; //? LCA4002
            return http.Connection.RemoteIpAddress?.ToString(); // ok LCA4002: nobody reads the other
        });
    }
}
