// Scraps of requests in places that live longer: statics, singletons, controllers, gRPC-like services, loops.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fresh.Isolation.RequestScraps;

public interface INotifier
{
    event EventHandler<string>? Published;
}

[ApiController]
[Route("prints")]
public sealed class PrintsController(INotifier notifier, ILogger<PrintsController> log) : ControllerBase
{
    private string? _path;

    [HttpPost]
    public IActionResult Start()
    {
        _path = Request.Path; // ok LCA4002: a controller belongs to its request
        notifier.Published += (_, text) => log.LogInformation("{Path}: {Text}", HttpContext.Request.Path, text); //! LCA4003
        return Accepted(_path);
    }

    [HttpPost("copy")]
    public IActionResult StartWithCopy()
    {
        var path = HttpContext.Request.Path.ToString();
        notifier.Published += (_, text) => log.LogInformation("{Path}: {Text}", path, text);
        return Accepted();
    }

    [HttpDelete("{id}")]
    public IActionResult Cancel(int id)
    {
        Response.OnCompleted(() =>
        {
            log.LogInformation("{Id} cancelled for {User}", id, User.Identity?.Name);
            return Task.CompletedTask;
        });
        return NoContent();
    }

    [HttpGet("{id}")]
    public async Task<IActionResult> Wait(int id)
    {
        using var timer = new Timer(_ => log.LogTrace("{Id}", id), null, 0, 100);
        await Task.Delay(1000, HttpContext.RequestAborted);
        return Ok();
    }
}

/// <summary>Registered as a singleton below.</summary>
public sealed class LastCaller
{
    private HttpRequest? _request;

    public async Task<string> HandleAsync(HttpContext context, CancellationToken ct)
    {
        _request = context.Request; //! LCA4002
        await Task.Delay(10, ct);
        return _request.Path;
    }
}

/// <summary>Registered per request.</summary>
public sealed class ThisCaller
{
    private HttpRequest? _request;

    public async Task<string> HandleAsync(HttpContext context, CancellationToken ct)
    {
        _request = context.Request;
        await Task.Delay(10, ct);
        return _request.Path;
    }
}

public static class Setup
{
    private static HttpContext? s_last;

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<LastCaller>();
        services.AddScoped<ThisCaller>();
        services.AddHostedService<PortServer>();
    }

    public static void Map(WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            s_last = context; //! LCA4002
            await next(context);
            app.Logger.LogDebug("{Status}", s_last.Response.StatusCode);
        });
        app.MapGet("/last", (LastCaller caller, HttpContext http) => caller.HandleAsync(http, http.RequestAborted));
        app.MapGet("/this", (ThisCaller caller, HttpContext http) => caller.HandleAsync(http, http.RequestAborted));
    }
}

public sealed class PortServer(ILogger<PortServer> log) : BackgroundService
{
    private readonly ConcurrentDictionary<EndPoint, TcpClient> _clients = new();
    private TcpClient? _client;
    private NetworkStream? _stream;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = new TcpListener(IPAddress.Any, 7007);
        listener.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stoppingToken);
            _client = client; //! LCA4002
            _stream = client.GetStream(); //? LCA4002
            _ = HandleAsync(stoppingToken);
            _clients[client.Client.RemoteEndPoint!] = client; // ok LCA4002: each under its own key
        }
    }

    private async Task HandleAsync(CancellationToken ct)
    {
        try
        {
            var buffer = new byte[64];
            var n = await _stream!.ReadAsync(buffer, ct);
            await _stream.WriteAsync(buffer.AsMemory(0, n), ct);
            _client!.Close();
        }
        catch (Exception e)
        {
            log.LogWarning(e, "client");
        }
    }
}
