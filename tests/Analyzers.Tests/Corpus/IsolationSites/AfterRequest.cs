// Work that outlives the request which started it.
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Unseen.Isolation.AfterRequest;

public interface IAuditStore
{
    Task SaveAsync(string who, string what);
}

public sealed class PriceBoard
{
    public event EventHandler<decimal>? Changed;

    public void Set(decimal price) => Changed?.Invoke(this, price);
}

[ApiController]
[Route("orders")]
public sealed class OrdersController(IAuditStore audit, ILogger<OrdersController> log) : ControllerBase
{
    [HttpPost]
    public IActionResult Place(string article)
    {
        _ = Task.Run(() => audit.SaveAsync(HttpContext.User.Identity?.Name ?? "", article)); //! LCA4003
        return Accepted();
    }

    // ok LCA4003: the name is copied while the request lasts
    [HttpPut]
    public IActionResult Replace(string article)
    {
        var who = HttpContext.User.Identity?.Name ?? "";
        _ = Task.Run(() => audit.SaveAsync(who, article));
        return Accepted();
    }

    // ok LCA4003: awaited by the request
    [HttpPatch]
    public async Task<IActionResult> ChangeAsync(string article)
    {
        await Task.Run(() => audit.SaveAsync(HttpContext.User.Identity?.Name ?? "", article));
        return Ok();
    }

    [HttpDelete]
    public IActionResult Cancel(int id)
    {
        Task.Run(async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(5));
            log.LogInformation("order {Id} cancelled over {Path}", id, Request.Path); //! LCA4003
        });
        return NoContent();
    }

    // ok LCA4003: the framework runs it while the request's objects are still there
    [HttpGet]
    public IActionResult List()
    {
        Response.OnCompleted(() =>
        {
            log.LogInformation("listed for {Trace}", HttpContext.TraceIdentifier);
            return Task.CompletedTask;
        });
        HttpContext.Response.OnStarting(() =>
        {
            Response.Headers["X-Listed"] = "1";
            return Task.CompletedTask;
        });
        return Ok();
    }
}

public static class Endpoints
{
    public static void MapAll(WebApplication app, PriceBoard board, IAuditStore audit, ILogger log)
    {
        app.MapPost("/import", (HttpContext context) =>
        {
            ThreadPool.QueueUserWorkItem(_ => log.LogInformation("import by {Agent}", context.Request.Headers.UserAgent.ToString())); //! LCA4003
            return Results.Accepted();
        });

        // ok LCA4003: copied
        app.MapPost("/import/safe", (HttpContext context) =>
        {
            var agent = context.Request.Headers.UserAgent.ToString();
            ThreadPool.QueueUserWorkItem(_ => log.LogInformation("import by {Agent}", agent));
            return Results.Accepted();
        });

        app.MapGet("/watch", (HttpContext context) =>
        {
            board.Changed += (_, price) => log.LogInformation("{Trace}: {Price}", context.TraceIdentifier, price); //! LCA4003
            return Results.Ok();
        });

        // ok LCA4003: a handler that keeps a string
        app.MapGet("/watch/safe", (HttpContext context) =>
        {
            var trace = context.TraceIdentifier;
            board.Changed += (_, price) => log.LogInformation("{Trace}: {Price}", trace, price);
            return Results.Ok();
        });

        app.MapPost("/audit", (HttpContext context) =>
        {
            _ = AuditAsync(context); //! LCA4003
            return Results.NoContent();
        });

        // ok LCA4003: awaited
        app.MapPost("/audit/safe", async (HttpContext context) =>
        {
            await AuditAsync(context);
            return Results.NoContent();
        });

        async Task AuditAsync(HttpContext context)
        {
            await Task.Delay(100);
            await audit.SaveAsync(context.User.Identity?.Name ?? "", context.Request.Path);
        }
    }
}

public sealed class SessionTimer(ILogger<SessionTimer> log) : IDisposable
{
    private readonly List<Timer> _timers = [];

    public void Remind(HttpRequest request)
    {
        lock (_timers)
        {
            _timers.Add(new Timer(_ => log.LogInformation("still there, {Host}?", request.Host.Value), null, 60_000, Timeout.Infinite)); //! LCA4003
        }
    }

    // ok LCA4003: the host is copied
    public void RemindSafely(HttpRequest request)
    {
        var host = request.Host.Value;
        lock (_timers)
        {
            _timers.Add(new Timer(_ => log.LogInformation("still there, {Host}?", host), null, 60_000, Timeout.Infinite));
        }
    }

    public void Dispose()
    {
        lock (_timers)
        {
            foreach (var timer in _timers) timer.Dispose();
        }
    }
}

public sealed class LobbyHub(IHubContext<LobbyHub> lobby, ILogger<LobbyHub> log) : Hub
{
    public Task JoinLater(string room)
    {
        _ = Task.Run(async () =>
        {
            await Task.Delay(1_000);
            log.LogInformation("{Id} joins {Room}", Context.ConnectionId, room); //! LCA4003
        });
        return Task.CompletedTask;
    }

    // ok LCA4003: the id is copied, and the hub context outlives the invocation
    public Task JoinSafely(string room)
    {
        var id = Context.ConnectionId;
        _ = Task.Run(async () =>
        {
            try
            {
                await Task.Delay(1_000);
                await lobby.Clients.Client(id).SendAsync("joined", room);
            }
            catch (Exception ex)
            {
                log.LogWarning(ex, "{Id} not told", id);
            }
        });
        return Task.CompletedTask;
    }

    public Task TellLater(string text)
    {
        _ = Task.Run(async () =>
        {
            try
            {
                await Task.Delay(1_000);
                await Clients.Caller.SendAsync("told", text); //! LCA4003
            }
            catch (Exception ex)
            {
                log.LogWarning(ex, "caller gone");
            }
        });
        return Task.CompletedTask;
    }

    // ok LCA4003: part of the invocation
    public async Task Tell(string text)
    {
        await Task.Delay(10);
        await Clients.Caller.SendAsync("told", text);
    }
}

public class ShipmentService(IAuditStore audit)
{
    public Task<int> ShipAsync(int pallets, ServerCallContext call)
    {
        _ = Task.Run(() => audit.SaveAsync(call.Peer, "ship " + pallets)); //! LCA4003
        return Task.FromResult(pallets);
    }

    // ok LCA4003: copied
    public Task<int> ReturnAsync(int pallets, ServerCallContext call)
    {
        var peer = call.Peer;
        _ = Task.Run(() => audit.SaveAsync(peer, "return " + pallets));
        return Task.FromResult(pallets);
    }
}

public sealed class HookServer(HttpListener listener, IAuditStore audit, ILogger<HookServer> log)
{
    // ok LCA4003: the task is the request
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var context = await listener.GetContextAsync().WaitAsync(ct);
            _ = ServeAsync(context);
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream);
            var hook = await reader.ReadToEndAsync();
            Note(context, hook.Length);
            context.Response.StatusCode = 202;
            context.Response.Close();
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "hook failed");
        }
    }

    private void Note(HttpListenerContext context, int length)
    {
        ThreadPool.QueueUserWorkItem(_ => audit.SaveAsync(context.Request.RawUrl ?? "", length.ToString())); //! LCA4003
    }
}
