// Work that outlives its request, and what it may take along.
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Timer = System.Threading.Timer;

namespace Second.Isolation.Outliving;

public sealed class CartController(IAudit audit) : ControllerBase
{
    [HttpPost("cart")]
    public IActionResult Put(string item)
    {
        _ = Task.Run(() => audit.WriteAsync(HttpContext.User.Identity?.Name, item)); //! LCA4003 //? LCA1004
        return Accepted();
    }

    [HttpPost("cart2")]
    public IActionResult PutCopied(string item)
    {
        var user = HttpContext.User.Identity?.Name;
        _ = Task.Run(() => audit.WriteAsync(user, item)); // ok LCA4003 //? LCA1004
        return Accepted();
    }

    [HttpPost("cart3")]
    public async Task<IActionResult> PutAwaitedAsync(string item)
    {
        await Task.Run(() => audit.WriteAsync(HttpContext.User.Identity?.Name, item));
        return Accepted();
    }

    [HttpPost("cart4")]
    public IActionResult PutQueued(string item)
    {
        ThreadPool.QueueUserWorkItem(_ =>
        {
            Console.WriteLine(item);
            Console.WriteLine(Request.Path); //! LCA4003
        });
        return Accepted();
    }

    [HttpPost("cart5")]
    public IActionResult PutDropped(string item)
    {
        _ = RecordAsync(HttpContext, item); //! LCA4003 //? LCA1004
        return Accepted();
    }

    [HttpPost("cart6")]
    public async Task<IActionResult> PutBothAsync(string item)
    {
        var first = Task.Run(() => audit.WriteAsync(Request.Path, item)); // ok LCA4003: awaited below
        var second = audit.WriteAsync("second", item);
        await Task.WhenAll(first, second);
        return Accepted();
    }

    [HttpPost("cart7")]
    public IActionResult PutRegistered(string item)
    {
        Response.OnCompleted(() => audit.WriteAsync(HttpContext.TraceIdentifier, item)); // ok LCA4003
        Response.OnStarting(() =>
        {
            Response.Headers["X-Item"] = item;
            return Task.CompletedTask;
        });
        return Accepted();
    }

    private async Task RecordAsync(HttpContext context, string item)
    {
        try
        {
            await Task.Delay(100);
            await audit.WriteAsync(context.Request.Path, item);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

public interface IAudit
{
    Task WriteAsync(string? who, string what);
    event EventHandler? Flushed;
}

/// <summary>Timers, events, threads.</summary>
public sealed class ProgressEndpoints(IAudit audit)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/start", (HttpContext http) =>
        {
            var timer = new Timer(_ => Console.WriteLine(http.Request.Path), null, 1000, 1000); //! LCA4003
            GC.KeepAlive(timer);
            return Results.Accepted();
        });

        routes.MapPost("/listen", (HttpContext http) =>
        {
            audit.Flushed += (_, _) => Console.WriteLine(http.TraceIdentifier); //! LCA4003
            return Results.Accepted();
        });

        routes.MapPost("/thread", (HttpContext http) =>
        {
            var path = http.Request.Path.Value;
            new Thread(() => Console.WriteLine(path)).Start(); // ok LCA4003: a copy
            return Results.Accepted();
        });

        routes.MapPost("/threaded", (HttpContext http) =>
        {
            new Thread(() => Console.WriteLine(http.Request.Path)) { IsBackground = true }.Start(); //! LCA4003
            return Results.Accepted();
        });

        routes.MapPost("/awaited", async (HttpContext http) =>
        {
            var done = new TaskCompletionSource();
            using var timer = new Timer(_ => done.TrySetResult(), null, 1000, Timeout.Infinite);
            await done.Task;
            await http.Response.WriteAsync("done");
        });

        routes.MapPost("/aborted", async (HttpContext http) =>
        {
            using var registration = http.RequestAborted.Register(() => Console.WriteLine("gone")); // ok LCA4003
            await Task.Delay(1000);
        });

        routes.MapPost("/continued", (HttpContext http) =>
        {
            audit.WriteAsync("x", "y").ContinueWith(t => Console.WriteLine(http.Request.Method)); //! LCA4003
            return Results.Accepted();
        });
    }
}

/// <summary>A hub's context and its caller.</summary>
public sealed class JobHub : Hub
{
    public void Start(string job)
    {
        _ = Task.Run(async () =>
        {
            await Task.Delay(1000);
            await Clients.Caller.SendAsync("done", job); //! LCA4003 //? LCA1004
        }); //? LCA1004
    }

    public void StartById(string job, IHubContext<JobHub> hub)
    {
        var caller = Context.ConnectionId;
        _ = Task.Run(async () =>
        {
            await Task.Delay(1000);
            await hub.Clients.Client(caller).SendAsync("done", job); // ok LCA4003 //? LCA1004
        }); //? LCA1004
    }

    public async Task RunAsync(string job)
    {
        await Task.Run(() => Console.WriteLine(Context.ConnectionId + job));
        await Clients.Caller.SendAsync("done", job);
    }
}

/// <summary>gRPC.</summary>
public sealed class QuoteService
{
    public Task<string> QuoteAsync(string symbol, ServerCallContext context)
    {
        Task.Factory.StartNew(() => Console.WriteLine(context.Peer + symbol)); //! LCA4003
        return Task.FromResult(symbol);
    }

    public Task<string> QuoteCopiedAsync(string symbol, ServerCallContext context)
    {
        var peer = context.Peer;
        Task.Factory.StartNew(() => Console.WriteLine(peer + symbol));
        return Task.FromResult(symbol);
    }
}

/// <summary>HttpListener: the accept loop's own task is the request; what that drops in turn is not.</summary>
public sealed class ListenerHost(HttpListener listener)
{
    public async Task AcceptAsync()
    {
        while (listener.IsListening)
        {
            var context = await listener.GetContextAsync();
            _ = Task.Run(() => HandleAsync(context)); // ok LCA4003: the task is the request
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        try
        {
            _ = Task.Run(() => Console.WriteLine(context.Request.RawUrl)); //! LCA4003
            context.Response.StatusCode = 200;
            await context.Response.OutputStream.WriteAsync("ok"u8.ToArray());
            context.Response.Close();
        }
        catch (HttpListenerException e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>Middleware: a dropped local function, and a fire-and-forget extension.</summary>
public sealed class MeteringMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        _ = MeasureAsync(); //? LCA1004 LCA4003
        await next(context);

        async Task MeasureAsync()
        {
            await Task.Delay(5000);
            Console.WriteLine(context.Request.Path); //! LCA4003
        }
    }

    public async Task InvokeFineAsync(HttpContext context)
    {
        var measuring = MeasureAsync();
        await next(context);
        await measuring;

        async Task MeasureAsync()
        {
            await Task.Delay(50);
            Console.WriteLine(context.Request.Path); // ok LCA4003: awaited
        }
    }
}
