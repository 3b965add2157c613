using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Clauses.AfterTheRequest;

[ApiController]
public sealed class UploadController(ILogger<UploadController> log) : ControllerBase
{
    [HttpPost("/upload")]
    public IActionResult Upload()
    {
        _ = IndexAsync(HttpContext); //! LCA4003
        return Accepted();
    }

    [HttpPost("/upload/wait")]
    public async Task<IActionResult> UploadWaiting()
    {
        await IndexAsync(HttpContext);
        return Ok();
    }

    [HttpPost("/upload/queue")]
    public IActionResult UploadQueued()
    {
        ThreadPool.QueueUserWorkItem(_ => log.LogInformation("{Length}", Request.ContentLength)); //! LCA4003
        return Accepted();
    }

    [HttpPost("/upload/copy")]
    public IActionResult UploadCopied()
    {
        var length = Request.ContentLength;
        ThreadPool.QueueUserWorkItem(_ => log.LogInformation("{Length}", length));
        return Accepted();
    }

    private async Task IndexAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(100);
            log.LogInformation("{Path}", context.Request.Path);
        }
        catch (Exception e)
        {
            log.LogError(e, "index");
        }
    }
}

public sealed class JobHub : Hub
{
    public void Start(string job)
    {
        Task.Run(async () =>
        {
            await Task.Delay(1000);
            await Clients.Caller.SendAsync("done", job); //! LCA4003
        });
    }

    public string Name()
    {
        var id = Context.ConnectionId;
        var timer = new Timer(_ => Console.WriteLine(id), null, 1000, Timeout.Infinite);
        return timer.ToString()!;
    }

    public string NameLate()
    {
        var timer = new Timer(_ => Console.WriteLine(Context.ConnectionId), null, 1000, Timeout.Infinite); //! LCA4003
        return timer.ToString()!;
    }
}

public sealed class QuoteService
{
    public Task<string> QuoteAsync(string symbol, ServerCallContext context)
    {
        _ = Task.Run(() => Console.WriteLine(symbol + " for " + context.Peer)); //! LCA4003
        return Task.FromResult("1.0");
    }

    public Task<string> QuoteCopiedAsync(string symbol, ServerCallContext context)
    {
        var peer = context.Peer;
        _ = Task.Run(() => Console.WriteLine(symbol + " for " + peer));
        return Task.FromResult("1.0");
    }
}

public sealed class StatusPage
{
    private readonly HttpListener _listener = new();

    public async Task ServeAsync()
    {
        _listener.Start();
        while (_listener.IsListening)
        {
            var context = await _listener.GetContextAsync();
            _ = Task.Run(() => Answer(context));
        }
    }

    private static void Answer(HttpListenerContext context)
    {
        try
        {
            context.Response.StatusCode = 204;
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

public static class Progress
{
    public static event EventHandler? Finished;

    public static void Track(HttpContext context)
    {
        Finished += (_, _) => Console.WriteLine(context.TraceIdentifier); //! LCA4003
    }

    public static void TrackId(HttpContext context)
    {
        var id = context.TraceIdentifier;
        Finished += (_, _) => Console.WriteLine(id);
    }

    public static void End() => Finished?.Invoke(null, EventArgs.Empty);
}
