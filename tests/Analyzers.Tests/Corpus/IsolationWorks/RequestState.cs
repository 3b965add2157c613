// Per-request state in objects that outlive the request: middleware, singletons, a hub's statics; and its good twins.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Works.Isolation.RequestState;

public interface IReportData
{
    Task<byte[]> LoadAsync(string report, CancellationToken ct);
}

/// <summary>Conventional middleware is made once.</summary>
public class TimingMiddleware
{
    private readonly RequestDelegate _next;
    private readonly ILogger<TimingMiddleware> _logger;
    private HttpContext? _context;

    public TimingMiddleware(RequestDelegate next, ILogger<TimingMiddleware> logger)
    {
        _next = next;
        _logger = logger;
    }

    public async Task InvokeAsync(HttpContext context)
    {
        _context = context; //! LCA4002
        var started = Stopwatch.GetTimestamp();
        await _next(context);
        Report(Stopwatch.GetElapsedTime(started));
    }

    private void Report(TimeSpan took) => _logger.LogInformation("{Path} {Status} {Took}", _context!.Request.Path, _context.Response.StatusCode, took);
}

public class ParameterTimingMiddleware(RequestDelegate next, ILogger<ParameterTimingMiddleware> logger)
{
    private long _served;

    // ok LCA4002: a count may be everybody's
    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        await next(context);
        Interlocked.Increment(ref _served);
        Report(context, Stopwatch.GetElapsedTime(started));
    }

    private void Report(HttpContext context, TimeSpan took) => logger.LogInformation("{Path} {Status} {Took}", context.Request.Path, context.Response.StatusCode, took);
}

public sealed class EnvelopeMiddleware : IMiddleware
{
    private HttpResponse? _response;
    private string? _lastPath;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _response = context.Response; //! LCA4002
        _lastPath = context.Request.Path; // ok LCA4002: a string is no context
        var body = _response.Body;
        using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        await next(context);
        _response.Body = body;
        _response.Headers["X-Enveloped"] = _lastPath;
        buffer.Position = 0;
        await buffer.CopyToAsync(body, context.RequestAborted);
    }
}

/// <summary>Registered as a singleton below.</summary>
public sealed class ReportPrinter(IReportData data)
{
    private HttpContext? _http;

    public async Task PrintAsync(HttpContext http, string report)
    {
        _http = http; //! LCA4002
        var bytes = await data.LoadAsync(report, http.RequestAborted);
        await WriteAsync(bytes);
    }

    private async Task WriteAsync(byte[] bytes)
    {
        _http!.Response.ContentType = "application/pdf";
        await _http.Response.Body.WriteAsync(bytes, _http.RequestAborted);
    }
}

/// <summary>Registered per request below: ok LCA4002.</summary>
public sealed class ScopedReportPrinter(IReportData data)
{
    private HttpContext? _http;

    public async Task PrintAsync(HttpContext http, string report)
    {
        _http = http;
        var bytes = await data.LoadAsync(report, http.RequestAborted);
        await WriteAsync(bytes);
    }

    private async Task WriteAsync(byte[] bytes)
    {
        _http!.Response.ContentType = "application/pdf";
        await _http.Response.Body.WriteAsync(bytes, _http.RequestAborted);
    }
}

/// <summary>A singleton too, but what it keeps is its own.</summary>
public sealed class ReportIndex(IReportData data)
{
    private byte[]? _index;

    // ok LCA4002: the index belongs to no request
    public async Task WriteIndexAsync(HttpContext http)
    {
        _index ??= await data.LoadAsync("index", http.RequestAborted);
        await http.Response.Body.WriteAsync(_index, http.RequestAborted);
    }
}

public static class ReportServices
{
    private static Stream? s_upload;

    public static IServiceCollection AddReports(this IServiceCollection services) => services
        .AddSingleton<ReportPrinter>()
        .AddSingleton<ReportIndex>()
        .AddScoped<ScopedReportPrinter>()
        .AddSingleton<EnvelopeMiddleware>();

    public static void MapReports(this WebApplication app)
    {
        app.UseMiddleware<TimingMiddleware>();
        app.MapGet("/reports/{name}", (HttpContext http, string name, ReportPrinter printer) => printer.PrintAsync(http, name));
        app.MapPut("/reports/{name}", UploadAsync);
        app.MapPut("/drafts/{name}", UploadDraftAsync);
    }

    private static async Task<IResult> UploadAsync(HttpRequest request, string name)
    {
        s_upload = request.Body; //! LCA4002
        await using var file = File.Create(Path.Combine("/var/reports", Path.GetFileName(name)));
        await file.WriteAsync("%REPORT\n"u8.ToArray());
        await s_upload.CopyToAsync(file);
        return Results.NoContent();
    }

    // ok LCA4002: a local
    private static async Task<IResult> UploadDraftAsync(HttpRequest request, string name)
    {
        var upload = request.Body;
        await using var file = File.Create(Path.Combine("/var/drafts", Path.GetFileName(name)));
        await file.WriteAsync("%DRAFT\n"u8.ToArray());
        await upload.CopyToAsync(file);
        return Results.NoContent();
    }
}

public class AuctionHub(ILogger<AuctionHub> log) : Hub
{
    private static HubCallerContext? s_auctioneer;
    private static readonly ConcurrentDictionary<string, string> s_bidders = new();
    private HubCallerContext? _bidder;

    public async Task TakeGavel(string lot)
    {
        s_auctioneer = Context; //! LCA4002
        await Groups.AddToGroupAsync(Context.ConnectionId, "lot-" + lot);
        log.LogInformation("{User} sells {Lot}", s_auctioneer.UserIdentifier, lot);
        s_auctioneer.Items["lot"] = lot;
    }

    // ok LCA4002: a hub is made for each call, its own field is this call's
    public async Task Enter(string lot)
    {
        _bidder = Context;
        await Groups.AddToGroupAsync(Context.ConnectionId, "lot-" + lot);
        _bidder.Items["lot"] = lot;
    }

    // ok LCA4002: names, not contexts
    public async Task Bid(string lot, decimal amount)
    {
        s_bidders[lot] = Context.ConnectionId;
        await Clients.Group("lot-" + lot).SendAsync("Bid", amount);
        log.LogInformation("{Id} leads", s_bidders[lot]);
    }
}

[ApiController, Route("invoices")]
public class InvoiceController(IReportData data) : ControllerBase
{
    private HttpResponse? _answer;

    // ok LCA4002: a controller is made for each request
    [HttpGet("{id}")]
    public async Task GetAsync(string id)
    {
        _answer = Response;
        var invoice = await data.LoadAsync(id, HttpContext.RequestAborted);
        _answer.ContentLength = invoice.Length;
        await _answer.Body.WriteAsync(invoice);
    }
}

public class StatementModel(IReportData data) : PageModel
{
    private HttpContext? _http;
    public int Size { get; private set; }

    // ok LCA4002: so is a page
    public async Task OnGetAsync(string account)
    {
        _http = HttpContext;
        Size = (await data.LoadAsync(account, _http.RequestAborted)).Length;
        _http.Response.Headers["X-Size"] = Size.ToString();
    }
}

/// <summary>Statically, the last caller of the export is remembered for its progress log.</summary>
public static class ExportJob
{
    private static HttpContext? s_caller;

    public static async Task RunAsync(HttpContext caller, IAsyncEnumerable<object> rows, ILogger log)
    {
        s_caller = caller; //! LCA4002
        var n = 0;
        await foreach (var row in rows.WithCancellation(caller.RequestAborted))
        {
            await JsonSerializer.SerializeAsync(caller.Response.Body, row);
            if (++n % 1000 == 0) log.LogInformation("{Rows} rows for {Address}", n, s_caller.Connection.RemoteIpAddress);
        }
    }

    // ok LCA4002: the address is copied, nothing static
    public static async Task RunQuietlyAsync(HttpContext caller, IAsyncEnumerable<object> rows, ILogger log)
    {
        var address = caller.Connection.RemoteIpAddress;
        var n = 0;
        await foreach (var row in rows.WithCancellation(caller.RequestAborted))
        {
            await JsonSerializer.SerializeAsync(caller.Response.Body, row);
            if (++n % 1000 == 0) log.LogInformation("{Rows} rows for {Address}", n, address);
        }
    }
}
