using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Clauses.OneRequestsOwn;

public sealed class AuditMiddleware(RequestDelegate next)
{
    private HttpContext? _context;

    public async Task InvokeAsync(HttpContext context, ILogger<AuditMiddleware> log)
    {
        _context = context; //! LCA4002
        await next(context);
        log.LogInformation("{Path} {Status}", _context.Request.Path, _context.Response.StatusCode);
    }
}

public sealed class QuietMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context, ILogger<QuietMiddleware> log)
    {
        var current = context;
        await next(current);
        log.LogInformation("{Path} {Status}", current.Request.Path, current.Response.StatusCode);
    }
}

public sealed class TenantMiddleware : IMiddleware
{
    private HttpResponse? _response;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _response = context.Response; //! LCA4002
        await next(context);
        _response.Headers["X-Tenant"] = "one";
    }
}

public sealed class LineProtocol : ConnectionHandler
{
    private ConnectionContext? _connection;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _connection = connection; //! LCA4002
        while (!connection.ConnectionClosed.IsCancellationRequested)
        {
            var result = await connection.Transport.Input.ReadAsync();
            if (result.IsCompleted) break;
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
            await AnswerAsync();
        }
    }

    private async Task AnswerAsync()
    {
        await _connection!.Transport.Output.WriteAsync("ok\n"u8.ToArray());
    }
}

public sealed class TimeServer : BackgroundService
{
    private readonly TcpListener _listener = new(IPAddress.Any, 13);
    private TcpClient? _client;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _listener.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            _client = await _listener.AcceptTcpClientAsync(stoppingToken); //! LCA4002
            _ = Task.Run(AnswerAsync, stoppingToken);
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            await _client!.GetStream().WriteAsync("12:00\n"u8.ToArray());
            _client.Close();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

public sealed class PassingTimeServer : BackgroundService
{
    private readonly TcpListener _listener = new(IPAddress.Any, 13);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _listener.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(stoppingToken);
            _ = AnswerAsync(client);
        }
    }

    private static async Task AnswerAsync(TcpClient client)
    {
        try
        {
            using (client) await client.GetStream().WriteAsync("12:00\n"u8.ToArray());
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

public sealed class SearchController : Controller
{
    private HttpResponse? _answer;

    [HttpGet("/search")]
    public async Task Search(string query)
    {
        _answer = HttpContext.Response;
        await Task.Delay(10);
        await _answer.WriteAsync(query);
    }
}

public sealed class ProgressHub : Hub
{
    private static IClientProxy? s_caller;

    public async Task Begin(string job)
    {
        s_caller = Clients.Caller; //! LCA4002
        await Task.Delay(100);
        await s_caller.SendAsync("begun", job);
    }

    public async Task BeginRight(string job)
    {
        var caller = Clients.Caller;
        await Task.Delay(100);
        await caller.SendAsync("begun", job);
    }
}

public static class Wiring
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<CurrentUser>();
        services.AddScoped<ScopedUser>();
    }

    public static void Map(WebApplication app)
    {
        app.MapGet("/me", async (HttpContext context, CurrentUser user) => await user.NameAsync(context));
        app.MapPost("/mail", (HttpContext context, ILogger<CurrentUser> log) =>
        {
            Task.Run(async () =>
            {
                await Task.Delay(1000);
                log.LogInformation("mail for {Path}", context.Request.Path); //! LCA4003
            });
            return Results.Accepted();
        });
        app.MapPost("/post", (HttpContext context, ILogger<CurrentUser> log) =>
        {
            var path = context.Request.Path;
            Task.Run(async () =>
            {
                await Task.Delay(1000);
                log.LogInformation("mail for {Path}", path);
            });
            return Results.Accepted();
        });
        app.MapGet("/slow", async (HttpContext context) =>
        {
            await Task.Run(() => context.Response.Headers.Append("X-Slow", "yes"));
            return Results.Ok();
        });
        app.MapGet("/done", (HttpContext context, ILogger<CurrentUser> log) =>
        {
            context.Response.OnCompleted(() =>
            {
                log.LogInformation("{Status}", context.Response.StatusCode);
                return Task.CompletedTask;
            });
            return Results.Ok();
        });
    }
}

public sealed class CurrentUser
{
    private HttpContext? _context;

    public async Task<string> NameAsync(HttpContext context)
    {
        _context = context; //! LCA4002
        await Task.Yield();
        return _context.User.Identity?.Name ?? "nobody";
    }
}

public sealed class ScopedUser
{
    private HttpContext? _context;

    public async Task<string> NameAsync(HttpContext context)
    {
        _context = context;
        await Task.Yield();
        return _context.User.Identity?.Name ?? "nobody";
    }
}

public sealed class LineHandler(TcpClient client)
{
    private NetworkStream? _stream;

    public async Task RunAsync(CancellationToken stop)
    {
        _stream = client.GetStream();
        await Task.Delay(10, stop);
        await _stream.WriteAsync("hello\n"u8.ToArray(), stop);
    }
}
