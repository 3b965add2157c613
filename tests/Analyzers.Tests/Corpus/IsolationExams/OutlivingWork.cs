// Work that goes on after the request: what it may still touch.
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace HeldOut.Isolation.OutlivingWork;

public sealed record AuditLine(string Path, string? User);

public interface IAudit
{
    Task WriteAsync(AuditLine line);
    event Action? Flushed;
}

public sealed class OrdersController(IAudit audit, ILogger<OrdersController> log) : ControllerBase
{
    public IActionResult Create()
    {
        _ = Task.Run(() => audit.WriteAsync(new AuditLine(HttpContext.Request.Path, User.Identity?.Name))); //! LCA4003
        return Ok();
    }

    // ok LCA4003: copied before
    public IActionResult CreateCopied()
    {
        var line = new AuditLine(HttpContext.Request.Path, User.Identity?.Name);
        _ = Task.Run(() => audit.WriteAsync(line)); //? LCA1004
        return Ok();
    }

    // ok LCA4003: awaited within the request
    public async Task<IActionResult> CreateAwaited()
    {
        await Task.Run(() => audit.WriteAsync(new AuditLine(HttpContext.Request.Path, null)));
        return Ok();
    }

    public IActionResult Export()
    {
        var response = Response;
        ThreadPool.QueueUserWorkItem(async _ =>
        {
            await Task.Delay(100);
            await response.WriteAsync("late"); //! LCA4003 //? LCA2001 LCA1005
        });
        return Accepted();
    }

    // ok LCA4003: the framework runs it while the request is still there
    public IActionResult Tracked()
    {
        var context = HttpContext;
        context.Response.OnCompleted(() =>
        {
            log.LogInformation("{Path} done", context.Request.Path);
            return Task.CompletedTask;
        });
        context.Response.RegisterForDispose(new MemoryStream());
        return Ok();
    }
}

public static class Endpoints
{
    public static void Map(WebApplication app, IAudit audit)
    {
        app.MapPost("/jobs", (HttpContext http) =>
        {
            _ = RunJobAsync(http); //! LCA4003
            return Results.Accepted();
        });

        // ok LCA4003: the body has been read, the id is a string
        app.MapPost("/jobs/{id}", async (string id, HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var text = await reader.ReadToEndAsync(http.RequestAborted);
            _ = RunTextJobAsync(id, text);
            return Results.Accepted();
        });

        app.MapGet("/flush", (HttpRequest request) =>
        {
            audit.Flushed += () => Console.WriteLine(request.Path); //! LCA4003
            return Results.Ok();
        });

        // ok LCA4003: two works of the request, both awaited
        app.MapGet("/both", async (HttpContext http) =>
        {
            var first = Task.Run(() => http.Request.Path.Value);
            var second = Task.Run(() => http.Request.QueryString.Value);
            await Task.WhenAll(first, second);
            return Results.Text(first.Result + second.Result);
        });
    }

    private static async Task RunJobAsync(HttpContext http)
    {
        try
        {
            await Task.Delay(1000);
            Console.WriteLine(http.Request.Path);
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private static async Task RunTextJobAsync(string id, string text)
    {
        try
        {
            await File.WriteAllTextAsync($"{id}.job", text);
        }
        catch (IOException)
        {
        }
    }
}

public sealed class ProgressHub(ILogger<ProgressHub> log, IHubContext<ProgressHub> hub) : Hub
{
    public Task StartAsync(string job)
    {
        var timer = new Timer(_ => Clients.Caller.SendAsync("progress", job)); //! LCA4003 //? LCA2001
        timer.Change(0, 1000);
        return Task.CompletedTask;
    }

    // ok LCA4003: the hub's context outlives the call, the id is a copy
    public Task StartCopiedAsync(string job)
    {
        var id = Context.ConnectionId;
        _ = Task.Run(async () =>
        {
            try
            {
                await hub.Clients.Client(id).SendAsync("progress", job);
            }
            catch (Exception ex)
            {
                log.LogWarning(ex, "progress");
            }
        });
        return Task.CompletedTask;
    }

    public async Task EchoAsync(string text)
    {
        await Clients.Caller.SendAsync("echo", text);
        _ = Task.Delay(1000).ContinueWith(_ => Clients.Caller.SendAsync("echo", text)); //! LCA4003 //? LCA2001 LCA1004
    }
}

public sealed class PriceService(ILogger<PriceService> log)
{
    public Task<string> Quote(string symbol, ServerCallContext context)
    {
        _ = Task.Factory.StartNew(() => log.LogInformation("{Peer} asked for {Symbol}", context.Peer, symbol)); //! LCA4003
        return Task.FromResult("42");
    }

    // ok LCA4003: the peer's name is a string
    public Task<string> QuoteLogged(string symbol, ServerCallContext context)
    {
        var peer = context.Peer;
        _ = Task.Factory.StartNew(() => log.LogInformation("{Peer} asked for {Symbol}", peer, symbol));
        return Task.FromResult("42");
    }
}
