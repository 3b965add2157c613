using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Reports.Site;

/// <summary>What happens in the program's own pipeline.</summary>
public static class Pipeline
{
    private static HttpContext? s_current;
    private static readonly AsyncLocal<HttpContext?> Flowing = new();
    private static readonly ConcurrentDictionary<string, HttpContext> Open = new();

    public static void Use(WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            s_current = context; //! LCA4002
            await next(context);
            s_current.Response.Headers.Append("x-done", "1");
        });
        app.Use(async (context, next) =>
        {
            Flowing.Value = context; // ok LCA4002: each flow has its own
            await next(context);
            Flowing.Value.Response.Headers.Append("x-done", "1");
        });
        app.Use(async (context, next) =>
        {
            Open[context.TraceIdentifier] = context; // ok LCA4002: each has its own place
            try
            {
                await next(context);
            }
            finally
            {
                Open.TryRemove(context.TraceIdentifier, out _);
            }
        });
    }
}

/// <summary>Pages are made for each request, what they start is not bound to it.</summary>
public sealed class ReportPage(IHttpContextAccessor accessor, ReportLog log) : PageModel
{
    public void OnGetThread()
    {
        new Thread(() => log.Add(Request.Path)) { IsBackground = true }.Start(); //! LCA4003
    }

    public void OnGetLocal()
    {
        _ = LaterAsync();

        async Task LaterAsync()
        {
            await Task.Delay(500);
            log.Add(HttpContext.Request.Path); //! LCA4003
        }
    }

    public void OnGetAccessor()
    {
        _ = Task.Run(async () =>
        {
            await Task.Delay(500);
            log.Add(accessor.HttpContext?.Request.Path); //! LCA4003
        });
    }

    public void OnGetContinued(string name)
    {
        log.FlushAsync().ContinueWith(_ => log.Add(name + Response.StatusCode), TaskScheduler.Default); //! LCA4003
    }

    public void OnGetCopied()
    {
        var (path, user) = (Request.Path.Value, User.Identity?.Name);
        _ = LaterAsync();

        async Task LaterAsync()
        {
            await Task.Delay(500);
            log.Add($"{path} {user}"); // ok LCA4003: copied
        }
    }

    public async Task OnGetParallelAsync(string[] names)
    {
        await Parallel.ForEachAsync(names, async (name, ct) =>
        {
            await Task.Yield();
            log.Add(Request.Path + name); // ok LCA4003: awaited
        });
    }

    public void OnGetRegistered()
    {
        HttpContext.RequestAborted.Register(() => log.Add(HttpContext.Request.Path)); //? LCA4003
        HttpContext.Response.OnStarting(() =>
        {
            log.Add(Request.Path); // ok LCA4003: the request's own
            return Task.CompletedTask;
        });
    }

    public async Task<IActionResult> OnGetGatheredAsync()
    {
        var work = Task.Run(() => log.Add(Request.Path)); // ok LCA4003: awaited below
        await log.FlushAsync();
        await work;
        return Page();
    }

    public async Task OnGetQueuedAsync(Channel<Func<Task>> queue)
    {
        await queue.Writer.WriteAsync(() => Response.WriteAsync("late")); //? LCA4003
    }
}

public sealed class ReportLog
{
    private readonly ConcurrentQueue<string> _lines = new();

    public void Add(string? line) => _lines.Enqueue(line ?? "-");
    public Task FlushAsync() => Task.CompletedTask;
}

/// <summary>A class of helpers that everybody shares, and one that belongs to its request.</summary>
public interface IReportWriter
{
    Task WriteAsync(HttpResponse response, string report);
}

public sealed class SharedReportWriter : IReportWriter
{
    private static StreamWriter? s_writer;

    public async Task WriteAsync(HttpResponse response, string report)
    {
        s_writer = new StreamWriter(response.Body); //! LCA4002
        await s_writer.WriteAsync(report);
        await s_writer.FlushAsync();
    }
}

public sealed class LocalReportWriter : IReportWriter
{
    private static int s_written;

    public async Task WriteAsync(HttpResponse response, string report)
    {
        await using var writer = new StreamWriter(response.Body, leaveOpen: true); // ok LCA4002: a local
        await writer.WriteAsync(report);
        Interlocked.Increment(ref s_written);
    }
}
