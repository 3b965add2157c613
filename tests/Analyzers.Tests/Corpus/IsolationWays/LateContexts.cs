// What a request left behind: contexts in work that nobody in the request awaits.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Ways.Late;

public static class LateEndpoints
{
    public static IEndpointRouteBuilder MapLate(this IEndpointRouteBuilder app, ILogger log)
    {
        app.MapPost("/log", (HttpContext context) =>
        {
            _ = Task.Run(() => log.LogInformation("{Path}", context.Request.Path)); //! LCA4003
            return Results.Accepted();
        });
        app.MapPost("/log-copied", (HttpContext context) =>
        {
            var path = context.Request.Path.Value;
            _ = Task.Run(() => log.LogInformation("{Path}", path));
            return Results.Accepted();
        });
        app.MapPost("/log-awaited", async (HttpContext context) =>
        {
            await Task.Run(() => log.LogInformation("{Path}", context.Request.Path));
            return Results.Ok();
        });
        app.MapPost("/work", (HttpRequest request) =>
        {
            ThreadPool.QueueUserWorkItem(static state => Console.WriteLine(state.Headers.UserAgent), request, preferLocal: false); //! LCA4003
            return Results.Accepted();
        });
        app.MapPost("/completed", (HttpContext context) =>
        {
            context.Response.OnCompleted(() =>
            {
                log.LogInformation("{Status}", context.Response.StatusCode);
                return Task.CompletedTask;
            });
            return Results.Ok();
        });
        return app;
    }
}

public sealed class OrderHub(ILogger<OrderHub> log) : Hub
{
    public Task Order(string article)
    {
        Task.Run(async () =>
        {
            await Task.Delay(1000);
            log.LogInformation("{User} ordered {Article}", Context.UserIdentifier, article); //! LCA4003
        }).ContinueWith(t => log.LogError(t.Exception, "order"), TaskContinuationOptions.OnlyOnFaulted);
        return Task.CompletedTask;
    }

    public Task OrderCopied(string article)
    {
        var user = Context.UserIdentifier;
        Task.Run(async () =>
        {
            await Task.Delay(1000);
            log.LogInformation("{User} ordered {Article}", user, article);
        }).ContinueWith(t => log.LogError(t.Exception, "order"), TaskContinuationOptions.OnlyOnFaulted);
        return Task.CompletedTask;
    }

    public async Task Remind(string text)
    {
        var (caller, delay) = (Clients.Caller, TimeSpan.FromSeconds(1));
        await Task.Delay(delay, Context.ConnectionAborted);
        await caller.SendAsync("reminder", text, Context.ConnectionAborted);
    }
}

public class ReportController : Controller
{
    private readonly ReportQueue _queue;

    public ReportController(ReportQueue queue) => _queue = queue;

    [HttpPost]
    public IActionResult Start()
    {
        _queue.Ready += (_, name) => Response.Headers.Append("X-Report", name); //! LCA4003
        return Accepted();
    }

    [HttpPost]
    public IActionResult Later()
    {
        _ = AppendAsync(HttpContext); //! LCA4003
        return Accepted();

        static async Task AppendAsync(HttpContext context)
        {
            try
            {
                await Task.Delay(100);
                Console.WriteLine(context.Connection.RemoteIpAddress);
            }
            catch (Exception e)
            {
                Console.Error.WriteLine(e);
            }
        }
    }

    [HttpPost]
    public IActionResult LaterCopied()
    {
        _ = PrintAsync(HttpContext.Connection.RemoteIpAddress);
        return Accepted();
    }

    [HttpPost]
    public async Task<IActionResult> Now(CancellationToken cancel)
    {
        var all = Enumerable.Range(1, 3).Select(async n => { await Task.Delay(n, cancel); return HttpContext.TraceIdentifier + n; });
        return Ok(await Task.WhenAll(all));
    }

    private static async Task PrintAsync(IPAddress? address)
    {
        await Task.Delay(100);
        Console.WriteLine(address);
    }
}

public sealed class ReportQueue
{
    public event EventHandler<string>? Ready;

    public void Publish(string name) => Ready?.Invoke(this, name);
}

public sealed class TimingFilter : IAsyncActionFilter
{
    private readonly List<Timer> _timers = [];

    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        lock (_timers)
            _timers.Add(new Timer(_ => Console.WriteLine(http.Request.Path), null, 5_000, Timeout.Infinite)); //! LCA4003
        await next();
    }
}

/// <summary>In an accept loop the task is the request.</summary>
public static class SmallServer
{
    public static async Task RunAsync(HttpListener listener, Action<Exception> failed)
    {
        while (listener.IsListening)
        {
            var context = await listener.GetContextAsync();
            _ = Task.Run(() =>
            {
                try
                {
                    context.Response.StatusCode = (int)HttpStatusCode.NoContent;
                    context.Response.Close();
                }
                catch (Exception e)
                {
                    failed(e);
                }
            });
        }
    }
}
