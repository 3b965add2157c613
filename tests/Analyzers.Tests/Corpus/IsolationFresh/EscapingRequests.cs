// A web API and what outlives its requests.
using System.Net.WebSockets;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fresh.Isolation.EscapingRequests;

public interface IAudit
{
    Task WriteAsync(string path, string? user);
}

public static class ReportApi
{
    public static void MapReports(this WebApplication app, IAudit audit)
    {
        app.MapPost("/reports", (HttpContext http) =>
        {
            _ = Task.Run(async () =>
            {
                await Task.Delay(100);
                await audit.WriteAsync(http.Request.Path, http.User.Identity?.Name); //! LCA4003
            }); //? LCA1004
            return Results.Accepted();
        });

        // ok LCA4003: copied before
        app.MapPost("/exports", (HttpContext http) =>
        {
            var path = http.Request.Path.Value ?? "/";
            var user = http.User.Identity?.Name;
            _ = Task.Run(() => audit.WriteAsync(path, user)); //? LCA1004
            return Results.Accepted();
        });

        app.MapGet("/slow", async (HttpContext http, HttpResponse response) =>
        {
            ThreadPool.QueueUserWorkItem(_ => Console.WriteLine(response.StatusCode)); //! LCA4003
            await http.Response.WriteAsync("later", http.RequestAborted);
        });

        // ok LCA4003: the request waits for it
        app.MapGet("/joined", async (HttpContext http) =>
        {
            var work = Task.Run(() => http.Request.Headers.UserAgent.ToString());
            await http.Response.WriteAsync(await work);
        });

        app.MapGet("/passed", (HttpContext http) =>
        {
            _ = LogLaterAsync(http, audit); //! LCA4003
            return "ok";
        });
    }

    private static async Task LogLaterAsync(HttpContext http, IAudit audit)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            await audit.WriteAsync(http.Request.Path, null);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>One instance for all requests.</summary>
public sealed class TenantMiddleware(RequestDelegate next, ILogger<TenantMiddleware> log)
{
    private HttpContext? _current;

    public async Task InvokeAsync(HttpContext context)
    {
        _current = context; //! LCA4002
        await next(context);
        log.LogInformation("{Path} is done", _current.Request.Path);
    }
}

public sealed class TimedMiddleware(RequestDelegate next, ILogger<TimedMiddleware> log)
{
    private long _count;

    // ok LCA4002: a number is not a request
    public async Task InvokeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _count);
        var path = context.Request.Path;
        await next(context);
        log.LogInformation("{Path} is done, {Count} so far", path, Volatile.Read(ref _count));
    }
}

public sealed class LineHandler(ILogger<LineHandler> log) : ConnectionHandler
{
    private ConnectionContext? _line;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _line = connection; //! LCA4002
        var read = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
        log.LogDebug("{Bytes} bytes", read.Buffer.Length);
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        await _line.Transport.Output.WriteAsync("OK\r\n"u8.ToArray());
    }
}

public sealed class LocalLineHandler : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var session = new LineSession(connection);
        await session.RunAsync();
    }
}

/// <summary>Made per connection: its field is its own.</summary>
public sealed class LineSession(ConnectionContext connection)
{
    private readonly ConnectionContext _line = connection;

    public async Task RunAsync()
    {
        var read = await _line.Transport.Input.ReadAsync(_line.ConnectionClosed);
        _line.Transport.Input.AdvanceTo(read.Buffer.End);
        await _line.Transport.Output.WriteAsync("OK\r\n"u8.ToArray());
    }
}

public sealed class MonitorService(HttpListener listener, ILogger<MonitorService> log) : BackgroundService
{
    private HttpListenerContext? _context;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        listener.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            _context = await listener.GetContextAsync().WaitAsync(stoppingToken); //! LCA4002
            _ = AnswerAsync();
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            await Task.Delay(10);
            var response = _context!.Response;
            await response.OutputStream.WriteAsync("up"u8.ToArray());
            response.Close();
        }
        catch (Exception e)
        {
            log.LogWarning(e, "monitor");
        }
    }
}

public sealed class PresenceHub(IServiceScopeFactory scopes) : Hub
{
    private Timer? _timer;

    public Task Watch(string room)
    {
        _timer = new Timer(_ => Clients.Caller.SendAsync("tick", room)); //! LCA4003
        _timer.Change(0, 1000);
        return Task.CompletedTask;
    }

    // ok LCA4003: the id is a string
    public Task Leave(string room)
    {
        var id = Context.ConnectionId;
        _ = Task.Run(() =>
        {
            using var scope = scopes.CreateScope();
            scope.ServiceProvider.GetService<IAudit>()?.WriteAsync(room, id).Wait();
        }); //? LCA1004
        return Task.CompletedTask;
    }
}

public sealed class SocketBoard
{
    private WebSocket? _speaker;

    public void Map(WebApplication app) => app.Map("/speak", async (HttpContext http) =>
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        _speaker = socket; //! LCA4002
        var buffer = new byte[1024];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), http.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close) break;
            await _speaker.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, true, http.RequestAborted);
        }
    });
}
