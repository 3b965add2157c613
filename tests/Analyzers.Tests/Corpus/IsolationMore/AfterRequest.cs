// Work that a request starts and does not wait for, and what of the request it still touches.
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Corpus.Isolation.AfterRequest;

public interface IAuditTrail
{
    void Write(string text);
    Task WriteAsync(string text, CancellationToken ct = default);
}

public static class Endpoints
{
    public static void MapBad(WebApplication app, IAuditTrail trail)
    {
        app.MapPost("/orders", (HttpContext context) =>
        {
            _ = Task.Run(async () =>
            {
                await Task.Delay(100);
                trail.Write($"order from {context.Connection.RemoteIpAddress}"); //! LCA4003
            });
            return Results.Accepted();
        });
    }

    // ok LCA4003: the address is copied before
    public static void MapCopied(WebApplication app, IAuditTrail trail)
    {
        app.MapPost("/orders/copied", (HttpContext context) =>
        {
            var address = context.Connection.RemoteIpAddress;
            _ = Task.Run(async () =>
            {
                await Task.Delay(100);
                trail.Write($"order from {address}");
            });
            return Results.Accepted();
        });
    }

    // ok LCA4003: the request waits for it
    public static void MapAwaited(WebApplication app, IAuditTrail trail)
    {
        app.MapPost("/orders/awaited", async (HttpContext context) =>
        {
            await Task.Run(() => trail.Write($"order from {context.Connection.RemoteIpAddress}"));
            return Results.Ok();
        });
    }

    public static void MapPassed(WebApplication app, IAuditTrail trail)
    {
        app.MapDelete("/orders/{id:int}", (int id, HttpContext context) =>
        {
            _ = RecordAsync(trail, context, id); //! LCA4003
            return Results.NoContent();
        });
    }

    private static async Task RecordAsync(IAuditTrail trail, HttpContext context, int id)
    {
        await Task.Delay(20);
        await trail.WriteAsync($"{context.User.Identity?.Name} deleted {id}"); //? LCA4003
    }

    // ok LCA4003: only values are passed
    public static void MapPassedValues(WebApplication app, IAuditTrail trail)
    {
        app.MapDelete("/orders/values/{id:int}", (int id, HttpContext context) =>
        {
            _ = RecordNameAsync(trail, context.User.Identity?.Name ?? "?", id);
            return Results.NoContent();
        });
    }

    private static async Task RecordNameAsync(IAuditTrail trail, string name, int id)
    {
        await Task.Delay(20);
        await trail.WriteAsync($"{name} deleted {id}");
    }

    // ok LCA4003: started first, awaited before the answer
    public static void MapOverlapped(WebApplication app, IAuditTrail trail)
    {
        app.MapGet("/orders", async (HttpContext context) =>
        {
            var recording = Task.Run(() => trail.WriteAsync(context.Request.Path));
            await context.Response.WriteAsync("[]");
            await recording;
        });
    }
}

public sealed class AuditMiddleware(RequestDelegate next, IAuditTrail trail)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        ThreadPool.QueueUserWorkItem(_ => trail.Write(context.Request.Path)); //! LCA4003
    }
}

public sealed class CopyingAuditMiddleware(RequestDelegate next, IAuditTrail trail)
{
    // ok LCA4003: the work item gets a string
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        string path = context.Request.Path;
        ThreadPool.QueueUserWorkItem(_ => trail.Write(path));
    }
}

public sealed class CallbackMiddleware(RequestDelegate next, IAuditTrail trail)
{
    // ok LCA4003: the framework calls these within the request
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            context.Response.Headers["X-Trace"] = context.TraceIdentifier;
            return Task.CompletedTask;
        });
        context.Response.OnCompleted(() => trail.WriteAsync($"{context.Request.Path} {context.Response.StatusCode}"));
        context.Response.RegisterForDispose(new Ending(() => trail.Write(context.TraceIdentifier)));
        return next(context);
    }

    private sealed class Ending(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}

public sealed class LocalFunctionMiddleware(RequestDelegate next, IAuditTrail trail)
{
    public async Task InvokeAsync(HttpContext context)
    {
        _ = LaterAsync();
        await next(context);

        async Task LaterAsync()
        {
            await Task.Delay(1000);
            trail.Write(context.Request.Method); //! LCA4003
        }
    }
}

public sealed class AwaitedLocalFunctionMiddleware(RequestDelegate next, IAuditTrail trail)
{
    // ok LCA4003: awaited together with the rest of the request
    public async Task InvokeAsync(HttpContext context)
    {
        await Task.WhenAll(BesideAsync(), next(context));

        async Task BesideAsync()
        {
            await Task.Yield();
            trail.Write(context.Request.Method);
        }
    }
}

public sealed class ThreadedMiddleware(RequestDelegate next, IAuditTrail trail)
{
    public Task Invoke(HttpContext context)
    {
        var request = context.Request;
        var worker = new Thread(() =>
        {
            Thread.Sleep(50);
            trail.Write(request.Headers.UserAgent.ToString()); //! LCA4003
        });
        worker.Start();
        return next(context);
    }
}

public sealed class TimerMiddleware(RequestDelegate next, IAuditTrail trail)
{
    private Timer? _slow;

    public async Task Invoke(HttpContext context)
    {
        _slow = new Timer(_ => trail.Write($"slow: {context.Request.Path}"), null, 5000, Timeout.Infinite); //! LCA4003
        await next(context);
    }
}

public sealed class ValueTimerMiddleware(RequestDelegate next, IAuditTrail trail)
{
    // ok LCA4003: the timer has the path, not the request
    public async Task Invoke(HttpContext context)
    {
        var path = context.Request.Path.ToString();
        await using var slow = new Timer(_ => trail.Write($"slow: {path}"), null, 5000, Timeout.Infinite);
        await next(context);
    }
}

[ApiController]
[Route("invoices")]
public sealed class InvoiceController(IAuditTrail trail, IServiceScopeFactory scopes) : ControllerBase
{
    [HttpPost("{id:int}")]
    public IActionResult Create(int id)
    {
        _ = Task.Run(() => trail.Write($"{id} by {HttpContext.User.Identity?.Name}")); //! LCA4003
        return Accepted();
    }

    // ok LCA4003: the name is a local
    [HttpPost("{id:int}/copied")]
    public IActionResult CreateCopied(int id)
    {
        var name = User.Identity?.Name;
        _ = Task.Run(() => trail.Write($"{id} by {name}"));
        return Accepted();
    }

    [HttpPut("{id:int}")]
    public IActionResult Update(int id)
    {
        Task.Factory.StartNew(() =>
        {
            var agent = Request.Headers.UserAgent; //! LCA4003
            trail.Write($"{id} with {agent}");
        });
        return NoContent();
    }

    [HttpDelete("{id:int}")]
    public IActionResult Delete(int id)
    {
        var deleting = Task.Run(async () =>
        {
            await Task.Delay(10);
            var service = HttpContext.RequestServices.GetRequiredService<IAuditTrail>(); //! LCA4003
            service.Write($"{id} deleted");
        });
        return deleting.IsCompleted ? Ok() : Accepted();
    }

    // ok LCA4003: a scope of its own
    [HttpDelete("{id:int}/scoped")]
    public IActionResult DeleteScoped(int id)
    {
        _ = Task.Run(async () =>
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<IAuditTrail>().Write($"{id} deleted");
        });
        return Accepted();
    }

    [HttpPatch("{id:int}")]
    public IActionResult Patch(int id)
    {
        trail.WriteAsync($"patching {id}").ContinueWith(_ => trail.Write(Response.StatusCode.ToString()), TaskScheduler.Default); //! LCA4003
        return NoContent();
    }

    // ok LCA4003: the continuation is what the action returns
    [HttpPatch("{id:int}/returned")]
    public Task PatchReturned(int id) =>
        trail.WriteAsync($"patching {id}").ContinueWith(_ => trail.Write(Response.StatusCode.ToString()), TaskScheduler.Default);
}

public sealed class ProgressHub(IHubContext<ProgressHub> hub, IAuditTrail trail) : Hub
{
    public void Start(int steps)
    {
        _ = Task.Run(async () =>
        {
            for (var i = 0; i < steps; i++)
            {
                await Task.Delay(1000);
                await Clients.Caller.SendAsync("progress", i); //! LCA4003 //? LCA1004
            }
        });
    }

    // ok LCA4003: the id, and the context that outlives the call
    public void StartById(int steps)
    {
        var id = Context.ConnectionId;
        _ = Task.Run(async () =>
        {
            try
            {
                for (var i = 0; i < steps; i++)
                {
                    await Task.Delay(1000);
                    await hub.Clients.Client(id).SendAsync("progress", i);
                }
            }
            catch (Exception ex)
            {
                trail.Write(ex.Message);
            }
        });
    }

    // ok LCA4003: the call goes on until the last step
    public async Task StartAndStayAsync(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            await Task.Delay(1000, Context.ConnectionAborted);
            await Clients.Caller.SendAsync("progress", i);
        }
    }

    public void Leave() => ThreadPool.QueueUserWorkItem(_ => trail.Write($"{Context.ConnectionId} left")); //! LCA4003

    // ok LCA4003: read before
    public void LeaveById()
    {
        var id = Context.ConnectionId;
        ThreadPool.QueueUserWorkItem(_ => trail.Write($"{id} left"));
    }
}

public sealed class PriceFeed
{
    public event EventHandler<decimal>? Changed;
    public void Set(decimal price) => Changed?.Invoke(this, price);
}

public sealed class PriceEndpoint(PriceFeed feed, IAuditTrail trail)
{
    public Task FollowAsync(HttpContext context)
    {
        feed.Changed += (_, price) => trail.Write($"{context.TraceIdentifier}: {price}"); //! LCA4003
        return context.Response.WriteAsync("following");
    }

    // ok LCA4003: the handler knows a string
    public Task FollowByTraceAsync(HttpContext context)
    {
        var trace = context.TraceIdentifier;
        feed.Changed += (_, price) => trail.Write($"{trace}: {price}");
        return context.Response.WriteAsync("following");
    }
}

public sealed class OrderGrpc(IAuditTrail trail)
{
    public Task<string> PlaceAsync(string order, ServerCallContext context)
    {
        _ = Task.Run(async () =>
        {
            await Task.Delay(10);
            await trail.WriteAsync($"{order} by {context.Peer}"); //! LCA4003
        });
        return Task.FromResult("placed");
    }

    // ok LCA4003: peer and method are values
    public Task<string> PlaceCopiedAsync(string order, ServerCallContext context)
    {
        var (peer, method) = (context.Peer, context.Method);
        _ = Task.Run(() => trail.WriteAsync($"{method}: {order} by {peer}"));
        return Task.FromResult("placed");
    }

    public Task<string> CancelAsync(string order, ServerCallContext context)
    {
        _ = NoteAsync(order, context); //! LCA4003
        return Task.FromResult("cancelled");
    }

    private async Task NoteAsync(string order, ServerCallContext context)
    {
        await Task.Delay(10);
        await trail.WriteAsync($"{order} cancelled by {context.RequestHeaders.GetValue("user")}"); //? LCA4003
    }
}

public sealed class ListenerHost(HttpListener listener, IAuditTrail trail)
{
    // ok LCA4003: each fresh context goes to its own task, which is the request
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var context = await listener.GetContextAsync();
            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await Task.Delay(10);
            context.Response.StatusCode = 204;
            context.Response.Close();
        }
        catch (Exception ex)
        {
            trail.Write(ex.Message);
        }
    }

    // ok LCA4003: the same with Task.Run
    public async Task RunOnPoolAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var context = await listener.GetContextAsync();
            _ = Task.Run(() => AnswerAsync(context), CancellationToken.None);
        }
    }

    /// <summary>Handles one request to its end, and leaves a task behind.</summary>
    public async Task HandleAsync(HttpListenerContext context)
    {
        await AnswerAsync(context);
        _ = Task.Run(() => trail.Write($"{context.Request.HttpMethod} {context.Request.RawUrl}")); //! LCA4003
    }

    // ok LCA4003: everything used in the lambda runs before the method goes on
    public static string[] Describe(HttpListenerContext context, IEnumerable<string> names) =>
        names.Select(name => $"{name}: {context.Request.Headers[name]}").ToArray();
}
