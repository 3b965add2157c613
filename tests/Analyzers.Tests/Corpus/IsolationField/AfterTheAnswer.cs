// Work that outlives the request, and what it takes along.
using System.Net;
using System.Security.Claims;
using System.Text;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Field.AfterTheAnswer;

public interface IMailer
{
    event EventHandler? Drained;
    Task SendAsync(string to, string text);
}

[ApiController]
[Route("orders")]
public sealed class OrdersController(IMailer mailer, ILogger<OrdersController> logger, IServiceScopeFactory scopes) : ControllerBase
{
    [HttpPost("confirm")]
    public IActionResult Confirm(string to)
    {
        _ = Task.Run(async () =>
        {
            await mailer.SendAsync(to, "confirmed");
            logger.LogInformation("{User} was told", HttpContext.User.Identity?.Name); //! LCA4003
        });
        return Accepted();
    }

    [HttpPost("confirm-by-name")]
    public IActionResult ConfirmByName(string to)
    {
        var name = User.Identity?.Name;
        _ = Task.Run(async () =>
        {
            await mailer.SendAsync(to, "confirmed");
            logger.LogInformation("{User} was told", name); // ok LCA4003: the name was copied before
        });
        return Accepted();
    }

    [HttpPost("confirm-now")]
    public async Task<IActionResult> ConfirmNow(string to)
    {
        await Task.Run(async () =>
        {
            await mailer.SendAsync(to, "confirmed");
            logger.LogInformation("{User} was told", HttpContext.User.Identity?.Name); // ok LCA4003: the request waits for it
        });
        return Ok();
    }

    [HttpPost("track")]
    public IActionResult Track()
    {
        ThreadPool.QueueUserWorkItem(_ => logger.LogInformation("agent {Agent}", Request.Headers.UserAgent.ToString())); //! LCA4003
        return NoContent();
    }

    [HttpPost("scoped")]
    public IActionResult Scoped(string to)
    {
        Task.Run(async () =>
        {
            using var scope = scopes.CreateScope(); // ok LCA4003: a scope of its own
            await scope.ServiceProvider.GetRequiredService<IMailer>().SendAsync(to, "later");
        });
        return Accepted();
    }

    [HttpPost("drained")]
    public IActionResult WhenDrained()
    {
        mailer.Drained += (_, _) => Response.Headers.Append("X-Drained", "1"); //! LCA4003
        return Ok();
    }

    [HttpPost("completed")]
    public IActionResult WhenCompleted()
    {
        Response.OnCompleted(() =>
        {
            logger.LogInformation("{Path} done", Request.Path); // ok LCA4003: the server calls it while the context still stands
            return Task.CompletedTask;
        });
        return Ok();
    }

    [HttpPost("passed")]
    public IActionResult Passed()
    {
        _ = AuditAsync(HttpContext); //! LCA4003
        return Ok();
    }

    [HttpPost("awaited")]
    public async Task<IActionResult> Awaited()
    {
        var audit = AuditAsync(HttpContext);
        await mailer.SendAsync("a@example", "b");
        await audit; // ok LCA4003: awaited before the request ends
        return Ok();
    }

    private async Task AuditAsync(HttpContext context)
    {
        await Task.Delay(100);
        logger.LogInformation("{Method} {Path}", context.Request.Method, context.Request.Path);
    }
}

public sealed class Heartbeats(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        using var timer = new Timer(_ => Console.WriteLine("still at it"), null, 1000, 1000); // ok LCA4003: it knows nothing of the context
        await next(context);
    }
}

public sealed class SlowRequests(RequestDelegate next, ILogger<SlowRequests> logger)
{
    private static readonly List<Timer> Timers = new();

    public async Task InvokeAsync(HttpContext context)
    {
        lock (Timers)
            Timers.Add(new Timer(_ => logger.LogWarning("slow: {Path}", context.Request.Path), null, 5000, Timeout.Infinite)); //! LCA4003
        await next(context);
    }
}

public class AlertsHub(ILogger<AlertsHub> logger, IHubContext<AlertsHub> hub) : Hub
{
    public Task Remind(int seconds)
    {
        _ = Task.Delay(TimeSpan.FromSeconds(seconds)).ContinueWith(_ => Clients.Caller.SendAsync("reminder")); //! LCA4003
        return Task.CompletedTask;
    }

    public Task RemindById(int seconds)
    {
        var id = Context.ConnectionId;
        _ = Task.Delay(TimeSpan.FromSeconds(seconds)).ContinueWith(_ => hub.Clients.Client(id).SendAsync("reminder")); // ok LCA4003: the id was copied; the hub context lives on
        return Task.CompletedTask;
    }

    public async Task Watch(Channel<string> alerts)
    {
        _ = Task.Run(async () =>
        {
            await foreach (var alert in alerts.Reader.ReadAllAsync())
                logger.LogInformation("{Alert} for {Id}", alert, Context.ConnectionId); //! LCA4003
        });
        await Clients.Caller.SendAsync("watching"); // ok LCA4003: within the call
    }
}

public sealed class FeedService(ILogger<FeedService> logger)
{
    public Task<int> Subscribe(string topic, ServerCallContext context)
    {
        _ = Task.Run(async () =>
        {
            await Task.Delay(1000);
            logger.LogInformation("{Topic} for {Peer}", topic, context.Peer); //! LCA4003
        });
        return Task.FromResult(1);
    }

    public Task<int> SubscribeByPeer(string topic, ServerCallContext context)
    {
        var peer = context.Peer;
        _ = Task.Run(() => logger.LogInformation("{Topic} for {Peer}", topic, peer)); // ok LCA4003: copied
        return Task.FromResult(1);
    }
}

public sealed class ListenerHost(HttpListener listener, ILogger<ListenerHost> logger)
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var context = await listener.GetContextAsync();
            _ = Task.Run(() => ServeAsync(context), ct); // ok LCA4003: this task is the request
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        await context.Response.OutputStream.WriteAsync("hello"u8.ToArray());
        context.Response.Close();
        Count(context);
    }

    private void Count(HttpListenerContext context)
    {
        _ = Task.Run(() => logger.LogInformation("{Url}", context.Request.Url)); //! LCA4003
    }
}

/// <summary>The accessor asks for the current context, and there is none any more when the work comes to it.</summary>
public sealed class Mailings(IHttpContextAccessor accessor, IMailer mailer, ILogger<Mailings> logger)
{
    public void Start(string to)
    {
        var context = accessor.HttpContext!;
        Task.Factory.StartNew(() => logger.LogInformation("mail to {To} by {User}", to, context.User.Identity?.Name)); //! LCA4003
    }

    public void StartByName(string to)
    {
        var name = accessor.HttpContext?.User.FindFirstValue(ClaimTypes.Email);
        Task.Factory.StartNew(() => logger.LogInformation("mail to {To} by {User}", to, name)); // ok LCA4003: copied
    }

    public async Task StartAllAsync(IEnumerable<string> addresses)
    {
        var context = accessor.HttpContext!;
        await Task.WhenAll(addresses.Select(to => mailer.SendAsync(to, "hello " + context.User.Identity?.Name))); // ok LCA4003: all awaited
    }
}

public static class Api
{
    public static void Map(WebApplication app, Channel<Func<CancellationToken, Task>> jobs)
    {
        app.MapPost("/import", (HttpContext http) =>
        {
            new Thread(() => Import(http.Request.Body)).Start(); //! LCA4003
            return Results.Accepted();
        });

        app.MapPost("/import-copied", async (HttpContext http) =>
        {
            var copy = new MemoryStream();
            await http.Request.Body.CopyToAsync(copy, http.RequestAborted);
            new Thread(() => Import(copy)).Start(); // ok LCA4003: the body was copied
            return Results.Accepted();
        });

        app.MapPost("/export", async (HttpContext http) =>
        {
            using var done = new CancellationTokenSource();
            var work = ExportAsync(http.Response, done.Token);
            await work; // ok LCA4003: awaited
        });

        app.MapPost("/log", (HttpRequest request) =>
        {
            _ = LogAsync(request); //! LCA4003
            return Results.Ok();
        });
    }

    private static void Import(Stream body)
    {
        using var reader = new StreamReader(body, Encoding.UTF8);
        while (reader.ReadLine() is { } line) Console.WriteLine(line);
    }

    private static async Task ExportAsync(HttpResponse response, CancellationToken ct)
    {
        await Task.Delay(10, ct);
        await response.WriteAsync("done", ct);
    }

    private static async Task LogAsync(HttpRequest request)
    {
        await Task.Delay(10);
        Console.WriteLine(request.Path);
    }
}
