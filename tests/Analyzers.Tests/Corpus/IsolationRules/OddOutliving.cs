// Aliases, helpers, async void, schedulers.
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.SignalR;

namespace Second.Isolation.OddOutliving;

public sealed class ExportModel(ILogger<ExportModel> logger) : PageModel
{
    public IActionResult OnPost()
    {
        var request = Request;
        _ = Task.Run(async () =>
        {
            try
            {
                await Task.Delay(500);
                logger.LogInformation("exported {Path}", request.Path); //! LCA4003
            }
            catch (IOException e)
            {
                logger.LogError(e, "export");
            }
        });
        return Page();
    }

    public IActionResult OnPostCopied()
    {
        var path = Request.Path.Value;
        _ = Task.Run(async () =>
        {
            await Task.Delay(500);
            logger.LogInformation("exported {Path}", path);
        });
        return Page();
    }

    public IActionResult OnPostVoid()
    {
        Later(HttpContext); //! LCA4003
        return Page();
    }

    private async void Later(HttpContext context)
    {
        try
        {
            await Task.Delay(500);
            logger.LogInformation("later {Path}", context.Request.Path); //? LCA4003
        }
        catch (IOException e)
        {
            logger.LogError(e, "later");
        }
    }

    public async Task<IActionResult> OnPostBoundedAsync()
    {
        var work = Task.Run(() => logger.LogInformation("now {Path}", Request.Path));
        await work.WaitAsync(TimeSpan.FromSeconds(5)); //? LCA1004 LCA4003
        return Page();
    }
}

public static class Scheduling
{
    public static void Map(WebApplication app, IScheduler scheduler, TaskFactory factory)
    {
        app.MapPost("/a", (HttpContext context) =>
        {
            _ = factory.StartNew(() => Console.WriteLine(context.Connection.Id), TaskCreationOptions.LongRunning); //! LCA4003
            return Results.Ok();
        });

        app.MapPost("/b", async (HttpContext context) =>
        {
            await factory.StartNew(() => Console.WriteLine(context.Connection.Id));
            return Results.Ok();
        });

        app.MapPost("/c", (HttpContext context) =>
        {
            var response = context.Response;
            var timer = new System.Timers.Timer(1000) { AutoReset = false };
            timer.Elapsed += (_, _) => Console.WriteLine(response.StatusCode); //! LCA4003
            timer.Start();
            return Results.Ok();
        });

        app.MapPost("/d", (HttpContext context) =>
        {
            scheduler.Run(context.TraceIdentifier); // ok LCA4003: a value
            return Results.Ok();
        });

        app.MapPost("/e", (HttpContext context) =>
        {
            ThreadPool.UnsafeQueueUserWorkItem(static state => Console.WriteLine(state.Request.Path), context, preferLocal: false); //! LCA4003
            return Results.Ok();
        });

        app.MapPost("/f", (HttpRequest request) =>
        {
            _ = CopyAsync(request.Body); //? LCA1004 LCA4003
            return Results.Ok();
        });

        app.MapPost("/g", (HttpContext context) =>
        {
            Parallel.For(0, 4, n => Console.WriteLine(context.Request.Path + n)); // ok LCA4003: it waits
            return Results.Ok();
        });

        app.MapPost("/h", (HttpContext context) =>
        {
            var names = new[] { "a", "b" }.Select(n => context.Request.Query[n].ToString()).ToArray(); // ok LCA4003
            return Results.Ok(names);
        });
    }

    private static async Task CopyAsync(Stream body)
    {
        try
        {
            await body.CopyToAsync(Stream.Null);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

public interface IScheduler { void Run(string id); }

public sealed class BidHub(IFeed feed) : Hub
{
    public Task WatchAsync(string lot)
    {
        feed.Bid += async (_, amount) =>
        {
            try
            {
                await Clients.Caller.SendAsync("Bid", lot, amount); //! LCA4003
            }
            catch (InvalidOperationException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        };
        return Task.CompletedTask;
    }

    public Task WatchGroupAsync(string lot) => Groups.AddToGroupAsync(Context.ConnectionId, lot);

    public async Task AnswerAsync(string lot)
    {
        var caller = Clients.Caller;
        await Task.Delay(10);
        await caller.SendAsync("Answer", lot); // ok LCA4003: within the call
    }
}

public interface IFeed { event EventHandler<decimal>? Bid; }

public sealed class TradeService
{
    public async Task StreamAsync(string symbol, IServerStreamWriter<string> stream, ServerCallContext context)
    {
        var worker = Task.Run(async () =>
        {
            while (!context.CancellationToken.IsCancellationRequested) await stream.WriteAsync(symbol); // ok LCA4003: awaited below
        });
        await Task.Delay(100);
        await worker;
    }

    public Task<string> PlaceAsync(string order, ServerCallContext context)
    {
        _ = AuditAsync(order, context); //! LCA4003 //? LCA1004
        return Task.FromResult(order);
    }

    private static async Task AuditAsync(string order, ServerCallContext context)
    {
        await Task.Delay(10);
        Console.WriteLine(order + context.Peer);
    }
}

/// <summary>HttpListener with callbacks: the callback is the request; a thread per request too.</summary>
public sealed class CallbackHost(HttpListener listener)
{
    public void Start() => listener.BeginGetContext(OnContext, null);

    private void OnContext(IAsyncResult result)
    {
        try
        {
            var context = listener.EndGetContext(result);
            listener.BeginGetContext(OnContext, null);
            ThreadPool.QueueUserWorkItem(_ => Serve(context)); // ok LCA4003: the work item is the request
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    public void RunThreads()
    {
        while (listener.IsListening)
        {
            var context = listener.GetContext();
            new Thread(() => Serve(context)).Start(); // ok LCA4003
        }
    }

    private static void Serve(HttpListenerContext context)
    {
        try
        {
            context.Response.StatusCode = 200;
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}
