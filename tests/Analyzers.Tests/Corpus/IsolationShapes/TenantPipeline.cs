using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Shop.Web;

/// <summary>One instance for all requests, as every conventional middleware is.</summary>
public sealed class TenantMiddleware(RequestDelegate next)
{
    private HttpContext? _context;
    private string? _lastTenant;

    public async Task InvokeAsync(HttpContext context)
    {
        _context = context; //! LCA4002
        await next(context);
        _context.Response.Headers.Append("x-tenant", _lastTenant);
    }
}

/// <summary>What the request needs travels with it.</summary>
public sealed class CarefulTenantMiddleware(RequestDelegate next, ILogger<CarefulTenantMiddleware> log)
{
    private long _served;

    public async Task InvokeAsync(HttpContext context)
    {
        context.Items["served"] = Interlocked.Increment(ref _served);
        var path = context.Request.Path.Value;
        await next(context);
        log.LogInformation("{Path} was served", path); // ok LCA4002: a local
    }
}

/// <summary>Registered as a singleton below.</summary>
public sealed class Exporter
{
    private HttpResponse? _response;

    public async Task ExportAsync(HttpResponse response, IAsyncEnumerable<string> rows)
    {
        _response = response; //! LCA4002
        await foreach (var row in rows) await WriteRowAsync(row);
    }

    private Task WriteRowAsync(string row) => _response!.WriteAsync(row + "\r\n");
}

/// <summary>One for each scope: nobody else sees its field.</summary>
public sealed class ScopedExporter
{
    private HttpResponse? _response;

    public async Task ExportAsync(HttpResponse response, IAsyncEnumerable<string> rows)
    {
        _response = response; // ok LCA4002: scoped
        await foreach (var row in rows) await _response.WriteAsync(row + "\r\n");
    }
}

public static class Registration
{
    public static IServiceCollection AddShop(this IServiceCollection services) =>
        services.AddSingleton<Exporter>().AddScoped<ScopedExporter>().AddSingleton<AuditTrail>();
}

public sealed class AuditTrail
{
    private readonly ConcurrentQueue<string> _lines = new();

    public void Note(string line) => _lines.Enqueue(line);
}

/// <summary>Instances of their own, and yet the work may outlive the request.</summary>
[ApiController]
public sealed class OrdersController(AuditTrail trail, IServiceScopeFactory scopes) : ControllerBase
{
    private HttpResponse? _out;

    [HttpPost("orders")]
    public IActionResult Place(string sku)
    {
        _ = Task.Run(async () =>
        {
            await Task.Delay(200);
            trail.Note($"{sku} for {HttpContext.User.Identity?.Name}"); //! LCA4003
        });
        return Accepted();
    }

    [HttpPost("orders/copy")]
    public IActionResult PlaceCopied(string sku)
    {
        var name = HttpContext.User.Identity?.Name;
        _ = Task.Run(async () =>
        {
            await Task.Delay(200);
            trail.Note($"{sku} for {name}"); // ok LCA4003: copied before
        });
        return Accepted();
    }

    [HttpPost("orders/wait")]
    public async Task<IActionResult> PlaceAndWaitAsync(string sku)
    {
        _out = Response; // ok LCA4002: a controller is made for each request
        await Task.Run(() => trail.Note($"{sku} for {Request.Path}")); // ok LCA4003: awaited
        _out.Headers.Append("x-noted", "yes");
        Response.OnCompleted(() =>
        {
            trail.Note($"done {Request.Path}"); // ok LCA4003: still the request's
            return Task.CompletedTask;
        });
        return Ok();
    }

    [HttpPost("orders/mail")]
    public IActionResult PlaceAndMail(string sku)
    {
        _ = MailAsync(Request, sku); //! LCA4003
        return Accepted();
    }

    private async Task MailAsync(HttpRequest request, string sku)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await Task.Delay(1000);
            scope.ServiceProvider.GetRequiredService<AuditTrail>().Note($"{sku} from {request.Headers.UserAgent}");
        }
        catch (Exception e)
        {
            trail.Note(e.Message);
        }
    }
}

public static class Endpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/slow", (HttpContext context, AuditTrail trail) =>
        {
            var timer = new Timer(_ => trail.Note($"still at {context.Request.Path}")); //! LCA4003
            timer.Change(1000, Timeout.Infinite);
            return "soon";
        });
        app.MapGet("/slow/held", (HttpContext context, AuditTrail trail) =>
        {
            var path = context.Request.Path.ToString();
            var timer = new Timer(_ => trail.Note($"still at {path}")); // ok LCA4003: a string
            context.Response.RegisterForDispose(timer);
            timer.Change(1000, Timeout.Infinite);
            return "soon";
        });
    }
}

/// <summary>Kestrel calls one handler for all connections.</summary>
public sealed class QuoteHandler : ConnectionHandler
{
    private ConnectionContext? _connection;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _connection = connection; //! LCA4002
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync();
            if (read.IsCompleted) break;
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            await _connection.Transport.Output.WriteAsync("quote"u8.ToArray());
        }
    }
}

/// <summary>A conversation object for each connection.</summary>
public sealed class CarefulQuoteHandler : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) => new Conversation(connection).RunAsync();

    private sealed class Conversation
    {
        private readonly IDuplexPipe _transport;

        public Conversation(ConnectionContext connection) => _transport = connection.Transport; // ok LCA4002: its own

        public async Task RunAsync()
        {
            while (true)
            {
                var read = await _transport.Input.ReadAsync();
                if (read.IsCompleted) break;
                _transport.Input.AdvanceTo(read.Buffer.End);
                await _transport.Output.WriteAsync("quote"u8.ToArray());
            }
        }
    }
}
