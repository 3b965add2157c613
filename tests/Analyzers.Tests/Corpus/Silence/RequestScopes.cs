// ASP.NET Core services around one request: middleware, connection handlers, hubs, background queues.
using System.Buffers;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Silence.RequestScopes;

public readonly record struct RequestFacts(string Path, string? User, string TraceId)
{
    public static RequestFacts Of(HttpContext http) => new(http.Request.Path, http.User.Identity?.Name, http.TraceIdentifier);
}

public interface IAuditTrail
{
    Task RecordAsync(RequestFacts facts, CancellationToken ct);
}

public interface IWorkQueue
{
    bool TryEnqueue(Func<CancellationToken, Task> work);
}

public sealed class WorkQueue(ILogger<WorkQueue> log) : BackgroundService, IWorkQueue
{
    private readonly Channel<Func<CancellationToken, Task>> _work = Channel.CreateBounded<Func<CancellationToken, Task>>(500);

    public bool TryEnqueue(Func<CancellationToken, Task> work) => _work.Writer.TryWrite(work);

    // ok LCA4002: a BackgroundService without anything of a request in its fields
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var work in _work.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await work(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "queued work failed");
            }
        }
    }
}

public sealed class AuditMiddleware(RequestDelegate next, IAuditTrail trail, IWorkQueue queue)
{
    // ok LCA4003: the facts are copied before the work is queued
    public async Task InvokeAsync(HttpContext http)
    {
        var facts = RequestFacts.Of(http);
        await next(http);
        queue.TryEnqueue(ct => trail.RecordAsync(facts, ct));
    }
}

public sealed class TimingMiddleware(RequestDelegate next, ILogger<TimingMiddleware> log)
{
    // ok LCA4003: OnCompleted belongs to the request
    public Task InvokeAsync(HttpContext http)
    {
        var started = Environment.TickCount64;
        http.Response.OnCompleted(() =>
        {
            log.LogInformation("{Path}: {Status} in {Elapsed} ms", http.Request.Path, http.Response.StatusCode, Environment.TickCount64 - started);
            return Task.CompletedTask;
        });
        return next(http);
    }
}

/// <summary>Remembers the context for its helper methods, for all requests in one field.</summary>
public sealed class TenantMiddleware(RequestDelegate next, ITenantDirectory tenants)
{
    private HttpContext? _http;

    public async Task InvokeAsync(HttpContext http)
    {
        _http = http; //! LCA4002
        var tenant = await tenants.FindAsync(http.Request.Host.Host);
        if (!Accept(tenant)) return;
        await next(http);
    }

    private bool Accept(string? tenant)
    {
        if (tenant is not null) return true;
        _http!.Response.StatusCode = StatusCodes.Status404NotFound;
        return false;
    }
}

public interface ITenantDirectory
{
    Task<string?> FindAsync(string host);
}

/// <summary>The same, with the context handed through.</summary>
public sealed class CleanTenantMiddleware(RequestDelegate next, ITenantDirectory tenants)
{
    // ok LCA4002: a parameter all the way
    public async Task InvokeAsync(HttpContext http)
    {
        var tenant = await tenants.FindAsync(http.Request.Host.Host);
        if (!Accept(http, tenant)) return;
        http.Items["tenant"] = tenant;
        await next(http);
    }

    private static bool Accept(HttpContext http, string? tenant)
    {
        if (tenant is not null) return true;
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return false;
    }
}

[ApiController]
[Route("reports")]
public sealed class ReportController(IWorkQueue queue, IServiceScopeFactory scopes, ILogger<ReportController> log) : ControllerBase
{
    private HttpResponse? _response;

    // ok LCA4002: a controller is made for each request
    [HttpGet("csv")]
    public async Task GetCsvAsync(CancellationToken ct)
    {
        _response = Response;
        await Task.Delay(10, ct);
        await WriteRowAsync("a;b;c", ct);
    }

    private Task WriteRowAsync(string row, CancellationToken ct) => _response!.WriteAsync(row + "\n", ct);

    // ok LCA4003: values first, then the work, in a scope of its own
    [HttpPost]
    public IActionResult Start()
    {
        var user = User.Identity?.Name;
        var trace = HttpContext.TraceIdentifier;
        var accepted = queue.TryEnqueue(async ct =>
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IAuditTrail>().RecordAsync(new RequestFacts("reports", user, trace), ct);
        });
        return accepted ? Accepted() : StatusCode(503);
    }

    [HttpPost("later")]
    public IActionResult StartLater()
    {
        _ = Task.Run(async () =>
        {
            try
            {
                await Task.Delay(1000);
                log.LogInformation("report for {User}", HttpContext.User.Identity?.Name); //! LCA4003
            }
            catch (Exception e)
            {
                log.LogError(e, "report failed");
            }
        });
        return Accepted();
    }

    // ok LCA4003: started, but awaited before the request ends
    [HttpGet("both")]
    public async Task<IActionResult> BothAsync([FromServices] IAuditTrail trail, CancellationToken ct)
    {
        var audit = Task.Run(() => trail.RecordAsync(RequestFacts.Of(HttpContext), ct), ct);
        await Task.WhenAll(audit, Task.Delay(5, ct));
        return Ok();
    }
}

/// <summary>A connection handler is one object for all connections.</summary>
public sealed class LineEchoHandler(ILogger<LineEchoHandler> log) : ConnectionHandler
{
    // ok LCA4002: everything of the connection is in parameters and locals
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var output = connection.Transport.Output;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(connection.ConnectionClosed);
                foreach (var segment in read.Buffer) await output.WriteAsync(segment, connection.ConnectionClosed);
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) break;
            }
        }
        catch (Exception e) when (e is ConnectionResetException or OperationCanceledException)
        {
            log.LogDebug(e, "{Id} ends", connection.ConnectionId);
        }
    }
}

public sealed class BannerHandler : ConnectionHandler
{
    private ConnectionContext? _connection;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _connection = connection; //! LCA4002
        await Task.Delay(100, connection.ConnectionClosed);
        await BannerAsync();
    }

    private async Task BannerAsync() => await _connection!.Transport.Output.WriteAsync("220 ready\r\n"u8.ToArray());
}

/// <summary>A session object per connection may keep what it is made for.</summary>
public sealed class GameHandler(ILoggerFactory logs) : ConnectionHandler
{
    // ok LCA4002: the state object lives as long as its connection
    public override Task OnConnectedAsync(ConnectionContext connection) =>
        new GameSession(connection, logs.CreateLogger<GameSession>()).RunAsync();

    private sealed class GameSession(ConnectionContext connection, ILogger log)
    {
        private int _frames;

        public async Task RunAsync()
        {
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync();
                _frames++;
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled) break;
                await connection.Transport.Output.WriteAsync(read.Buffer.ToArray());
            }

            log.LogDebug("{Frames} frames", _frames);
        }
    }
}

public interface IRoomClient
{
    Task Said(string text);
}

public sealed class RoomHub(IHubContext<RoomHub, IRoomClient> context, IWorkQueue queue) : Hub<IRoomClient>
{
    // ok LCA4003: the id is copied, the caller is reached through the hub's context
    public void Remind(string text)
    {
        var id = Context.ConnectionId;
        queue.TryEnqueue(async ct =>
        {
            await Task.Delay(TimeSpan.FromMinutes(1), ct);
            await context.Clients.Client(id).Said(text);
        });
    }

    // ok LCA4003: awaited by the invocation
    public async Task EchoAsync(string text)
    {
        await Task.Delay(10, Context.ConnectionAborted);
        await Clients.Caller.Said(text);
    }

    public void RemindSoon(string text)
    {
        //? LCA1004
        _ = Task.Run(async () =>
        {
            try
            {
                await Task.Delay(5000);
                await Clients.Caller.Said(text); //! LCA4003
            }
            catch (OperationCanceledException)
            {
                // shutting down
            }
        });
    }
}
