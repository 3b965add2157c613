// Work that goes on when the request is over.
using System.Net;
using System.Text;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Wide.Isolation.LaterThanTheRequest;

public interface IAuditLog
{
    Task WriteAsync(string line);
}

public static class Endpoints
{
    public static void Map(WebApplication app, IAuditLog audit)
    {
        app.MapPost("/orders", (HttpContext context) =>
        {
            _ = Task.Run(async () =>
            {
                await Task.Delay(100);
                await audit.WriteAsync(context.Request.Path); //! LCA4003
            });
            return Results.Accepted();
        });
        app.MapPost("/orders/copied", (HttpContext context) =>
        {
            var path = context.Request.Path.Value ?? "";
            _ = Task.Run(async () =>
            {
                await Task.Delay(100);
                await audit.WriteAsync(path);
            });
            return Results.Accepted();
        });
        app.MapPost("/orders/awaited", async (HttpContext context) =>
        {
            await Task.Run(() => audit.WriteAsync(context.Request.Path));
            return Results.Ok();
        });
    }
}

[ApiController]
public sealed class ImportController(IAuditLog audit, ILogger<ImportController> log) : ControllerBase
{
    [HttpPost("import")]
    public IActionResult Import()
    {
        var started = DateTime.UtcNow;
        ThreadPool.QueueUserWorkItem(_ =>
        {
            Thread.Sleep(500);
            log.LogInformation("import by {User} since {Started}", HttpContext.User.Identity?.Name, started); //! LCA4003
        });
        return Accepted();
    }

    [HttpPost("import/timer")]
    public IActionResult ImportLater()
    {
        var timer = new Timer(_ => log.LogInformation("{Agent}", Request.Headers.UserAgent.ToString())); //! LCA4003
        timer.Change(1000, Timeout.Infinite);
        return Accepted();
    }

    [HttpPost("import/dropped")]
    public IActionResult ImportDropped()
    {
        _ = CopyAsync(Request); //! LCA4003
        return Accepted();
    }

    [HttpPost("import/both")]
    public async Task<IActionResult> ImportBothAsync()
    {
        var first = CopyAsync(Request);
        var second = audit.WriteAsync("import");
        await Task.WhenAll(first, second);
        return Ok();
    }

    [HttpPost("import/completed")]
    public IActionResult ImportCompleted()
    {
        Response.OnCompleted(() => audit.WriteAsync(HttpContext.Response.StatusCode.ToString()));
        HttpContext.Response.RegisterForDispose(new MemoryStream());
        return Ok();
    }

    private async Task CopyAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        await audit.WriteAsync(await reader.ReadToEndAsync());
    }
}

public sealed class AlarmHub(IAuditLog audit, IHubContext<AlarmHub> hub) : Hub
{
    public void Subscribe(string zone)
    {
        _ = Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await Task.Delay(1000);
                await Clients.Caller.SendAsync("alarm", zone, i); //! LCA4003
            }
        });
    }

    public void SubscribeById(string zone)
    {
        var id = Context.ConnectionId;
        var clients = hub.Clients;
        _ = Task.Run(async () =>
        {
            await Task.Delay(1000);
            await clients.Client(id).SendAsync("alarm", zone);
        });
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        await audit.WriteAsync(Context.ConnectionId);
        await base.OnDisconnectedAsync(exception);
    }

    public void Leave()
    {
        Task.Factory.StartNew(() => audit.WriteAsync("left " + Context.UserIdentifier)); //! LCA4003
    }
}

public sealed class UploadService(IAuditLog audit)
{
    public Task<string> Upload(string name, ServerCallContext context)
    {
        Task.Run(() => audit.WriteAsync($"{name} from {context.Peer}")); //! LCA4003
        return Task.FromResult("ok");
    }

    public async Task<string> UploadAndWait(string name, ServerCallContext context)
    {
        await audit.WriteAsync($"{name} from {context.Peer}");
        return "ok";
    }

    public Task<string> UploadCopied(string name, ServerCallContext context)
    {
        var peer = context.Peer;
        Task.Run(() => audit.WriteAsync($"{name} from {peer}"));
        return Task.FromResult("ok");
    }
}

/// <summary>Middleware with a fire-and-forget local function.</summary>
public sealed class MetricsMiddleware(RequestDelegate next, IAuditLog audit)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        _ = ReportAsync();

        async Task ReportAsync()
        {
            await Task.Yield();
            await audit.WriteAsync($"{context.Request.Method} {context.Response.StatusCode}"); //! LCA4003
        }
    }
}

public sealed class CopyingMetricsMiddleware(RequestDelegate next, IAuditLog audit)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        _ = ReportAsync(context.Request.Method, context.Response.StatusCode);
    }

    private async Task ReportAsync(string method, int status)
    {
        await Task.Yield();
        await audit.WriteAsync($"{method} {status}");
    }
}

/// <summary>An event of somebody who lives longer.</summary>
public sealed class PriceBoard
{
    public event Action<decimal>? Changed;

    public void Raise(decimal price) => Changed?.Invoke(price);
}

public static class PriceStream
{
    public static Task SubscribeAsync(HttpContext context, PriceBoard board)
    {
        board.Changed += async price =>
        {
            try
            {
                await context.Response.WriteAsync($"data: {price}\n\n"); //! LCA4003
            }
            catch (IOException)
            {
            }
        };
        return Task.CompletedTask;
    }

    /// <summary>Stays until the client goes, and takes its handler away.</summary>
    public static async Task StreamAsync(HttpContext context, PriceBoard board)
    {
        var prices = Channel.CreateUnbounded<decimal>();
        void OnChanged(decimal price) => prices.Writer.TryWrite(price);
        board.Changed += OnChanged;
        try
        {
            await foreach (var price in prices.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync($"data: {price}\n\n");
            }
        }
        finally
        {
            board.Changed -= OnChanged;
        }
    }
}

/// <summary>The listener's loop: each context has a task of its own, which is the request.</summary>
public sealed class Listener(HttpListener listener, IAuditLog audit)
{
    public async Task LoopAsync()
    {
        while (listener.IsListening)
        {
            var context = await listener.GetContextAsync();
            _ = Task.Run(() => ServeAsync(context));
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            await context.Response.OutputStream.WriteAsync("ok"u8.ToArray());
            context.Response.Close();
            _ = Task.Run(async () =>
            {
                await Task.Delay(50);
                await audit.WriteAsync(context.Request.RawUrl ?? ""); //! LCA4003
            });
        }
        catch (HttpListenerException)
        {
        }
    }
}

/// <summary>Work handed to a queue: as values, or with the request itself.</summary>
public sealed class JobQueue
{
    private readonly Channel<Func<Task>> _jobs = Channel.CreateUnbounded<Func<Task>>();

    public bool Enqueue(Func<Task> job) => _jobs.Writer.TryWrite(job);

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var job in _jobs.Reader.ReadAllAsync(ct)) await job();
    }
}

public static class Mails
{
    public static IResult Send(HttpContext context, JobQueue jobs, IAuditLog audit)
    {
        var host = context.Request.Host.Value;
        jobs.Enqueue(() => audit.WriteAsync($"mail by {host}"));
        return Results.Accepted();
    }
}

/// <summary>A thread of the old kind.</summary>
public class ThreadedHandler
{
    private readonly IAuditLog _audit;

    public ThreadedHandler(IAuditLog audit)
    {
        _audit = audit;
    }

    public Task Handle(HttpContext context)
    {
        var worker = new Thread(() =>
        {
            Thread.Sleep(2000);
            _audit.WriteAsync(context.TraceIdentifier).Wait(); //! LCA4003
        });
        worker.IsBackground = true;
        worker.Start();
        return Task.CompletedTask;
    }

    public Task HandleAndJoin(HttpContext context)
    {
        var worker = new Thread(() => _audit.WriteAsync(context.TraceIdentifier).Wait());
        worker.Start();
        worker.Join();
        return Task.CompletedTask;
    }

    public Task HandleContinued(HttpContext context)
    {
        _audit.WriteAsync("begin").ContinueWith(_ => _audit.WriteAsync(context.Request.QueryString.Value ?? "")); //! LCA4003
        return Task.CompletedTask;
    }
}
