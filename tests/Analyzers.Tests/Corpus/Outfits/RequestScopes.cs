// What belongs to one request.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Outfits.RequestScopes;

// 1 bug
public sealed class AuditMiddleware(RequestDelegate next)
{
    private HttpContext? _context;

    public async Task InvokeAsync(HttpContext context)
    {
        _context = context; //! LCA4002
        await next(context);
        Console.WriteLine(_context.Response.StatusCode);
    }
}

// 2 correct: local
public sealed class TimingMiddleware(RequestDelegate next, ILogger<TimingMiddleware> log)
{
    private long _count;

    public async Task InvokeAsync(HttpContext context)
    {
        var started = TimeProvider.System.GetTimestamp();
        var path = context.Request.Path;
        context.Response.OnCompleted(() =>
        {
            log.LogInformation("{Path} {Status} {Elapsed}", path, context.Response.StatusCode, TimeProvider.System.GetElapsedTime(started));
            return Task.CompletedTask;
        });
        Interlocked.Increment(ref _count);
        await next(context);
    }
}

// 3 bug: a listener server's field
public sealed class LineServer(TcpListener listener)
{
    private NetworkStream? _stream;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _ = ServeAsync(client, ct); //? LCA1004
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
        {
            _stream = client.GetStream(); //! LCA4002
            var buffer = new byte[256];
            int n;
            while ((n = await _stream.ReadAsync(buffer, ct)) > 0) await _stream.WriteAsync(buffer.AsMemory(0, n), ct);
        }
    }
}

// 4 correct: one handler object per connection
public sealed class PerConnectionServer(TcpListener listener)
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var handler = new LineHandler(await listener.AcceptTcpClientAsync(ct));
            _ = handler.RunAsync(ct); //? LCA1004
        }
    }
}

public sealed class LineHandler(TcpClient client)
{
    private StreamReader? _reader;
    private StreamWriter? _writer;

    public async Task RunAsync(CancellationToken ct)
    {
        using (client)
        {
            _reader = new StreamReader(client.GetStream());
            _writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
            while (await _reader.ReadLineAsync(ct) is { } line) await _writer.WriteLineAsync(line);
        }
    }
}

// 5 bug: dropped work uses the context
public static class MinimalApi
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/jobs", (HttpContext context, ILogger<Program> log) =>
        {
            _ = Task.Run(async () =>
            {
                await Task.Delay(100);
                log.LogInformation("{Path}", context.Request.Path); //! LCA4003
            });
            return Results.Accepted();
        });
        app.MapPost("/jobs/safe", (HttpContext context, ILogger<Program> log) =>
        {
            var path = context.Request.Path.ToString();
            _ = Task.Run(async () =>
            {
                await Task.Delay(100);
                log.LogInformation("{Path}", path);
            });
            return Results.Accepted();
        });
        app.MapGet("/parallel", async (HttpContext context) =>
        {
            var work = Task.Run(() => context.Request.Headers.Count);
            await context.Response.WriteAsync((await work).ToString());
        });
    }
}
public sealed class Program;

// 6 bug / correct: hub
public sealed class ChatHub(ChatRoom room) : Hub
{
    private string? _name;

    public async Task Join(string name)
    {
        _name = name;
        await Groups.AddToGroupAsync(Context.ConnectionId, "all");
        await Clients.Caller.SendAsync("joined", _name);
    }

    public void Later(string text)
    {
        Task.Delay(1000).ContinueWith(_ => Clients.Caller.SendAsync("late", text)); //! LCA4003
    }

    public void LaterSafe(string text, [FromServices] IHubContext<ChatHub> hub)
    {
        var id = Context.ConnectionId;
        _ = Task.Delay(1000).ContinueWith(_ => hub.Clients.Client(id).SendAsync("late", text), TaskScheduler.Default).Unwrap();
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        room.Left(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}
public sealed class ChatRoom { public void Left(string id) { } }

// 7 bug: a hub's static
public sealed class LastCallerHub : Hub
{
    private static IClientProxy? s_last;

    public async Task Say(string text)
    {
        s_last = Clients.Caller; //! LCA4002
        await Task.Delay(10);
        await s_last.SendAsync("said", text);
    }
}

// 8 correct: HttpListener, each context its own task
public sealed class ListenerServer(HttpListener listener)
{
    public async Task RunAsync()
    {
        while (listener.IsListening)
        {
            var context = await listener.GetContextAsync();
            _ = Task.Run(() => AnswerAsync(context)); //? LCA1004
        }
    }

    private static async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await context.Response.OutputStream.WriteAsync("ok"u8.ToArray());
        }
        finally
        {
            context.Response.Close();
        }
    }
}

// 9 bug: HttpListener, the response in a field
public sealed class FieldListenerServer(HttpListener listener)
{
    private HttpListenerResponse? _response;

    public async Task RunAsync()
    {
        while (listener.IsListening)
        {
            var context = await listener.GetContextAsync();
            _ = Task.Run(() => AnswerAsync(context)); //? LCA1004
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        _response = context.Response; //! LCA4002
        var text = await new StreamReader(context.Request.InputStream).ReadToEndAsync();
        await _response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        _response.Close();
    }
}

// 10 bug: registered singleton keeps the context
public sealed class CurrentUser
{
    public HttpContext? Context { get; set; }
}
public interface IReports { Task WriteAsync(HttpContext context); }
public sealed class Reports : IReports
{
    private HttpResponse? _response;
    public async Task WriteAsync(HttpContext context)
    {
        _response = context.Response; //! LCA4002
        await Task.Yield();
        await _response.WriteAsync("report");
    }
}
public static class Services
{
    public static void Add(IServiceCollection services)
    {
        services.AddKeyedSingleton<IReports, Reports>("pdf");
        services.AddScoped<ScopedReports>();
    }
}

// 11 correct: scoped
public sealed class ScopedReports
{
    private HttpResponse? _response;
    public async Task WriteAsync(HttpContext context)
    {
        _response = context.Response;
        await Task.Yield();
        await _response.WriteAsync("report");
    }
}

// 12 gRPC: the call's own stream used after the call
public abstract class FeedBase { public virtual Task Subscribe(string request, IServerStreamWriter<string> stream, ServerCallContext context) => Task.CompletedTask; }
public sealed class FeedService(ILogger<FeedService> log) : FeedBase
{
    public override async Task Subscribe(string request, IServerStreamWriter<string> stream, ServerCallContext context)
    {
        var peer = context.Peer;
        ThreadPool.QueueUserWorkItem(_ => log.LogInformation("{Peer}", peer));
        ThreadPool.QueueUserWorkItem(_ => log.LogInformation("{Method}", context.Method)); //! LCA4003
        while (!context.CancellationToken.IsCancellationRequested)
        {
            await stream.WriteAsync(request);
            await Task.Delay(1000, context.CancellationToken);
        }
    }
}

// 13 correct: connections by id, connection handler
public sealed class EchoHandler : ConnectionHandler
{
    private readonly ConcurrentDictionary<string, ConnectionContext> _all = new();

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _all[connection.ConnectionId] = connection;
        try
        {
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync();
                foreach (var part in read.Buffer) await connection.Transport.Output.WriteAsync(part);
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }
        finally
        {
            _all.TryRemove(connection.ConnectionId, out _);
        }
    }
}

// 14 bug: background service with the current client in a field
public sealed class Gateway(ILogger<Gateway> log) : BackgroundService
{
    private TcpClient? _current;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listener = new TcpListener(IPAddress.Any, 9000); //! LCA1003
        listener.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            _current = await listener.AcceptTcpClientAsync(stoppingToken); //! LCA4002
            _ = Task.Run(async () => //? LCA1004
            {
                var buffer = new byte[128];
                var n = await _current.GetStream().ReadAsync(buffer, stoppingToken);
                await _current.GetStream().WriteAsync(buffer.AsMemory(0, n), stoppingToken);
                log.LogInformation("{Bytes}", n);
            }, stoppingToken);
        }
    }
}

// 15 correct: one client at a time by design
public sealed class SinglePanelService : BackgroundService
{
    private TcpClient? _panel;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listener = new TcpListener(IPAddress.Loopback, 9001); //! LCA1003
        listener.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            _panel = await listener.AcceptTcpClientAsync(stoppingToken);
            await ServeAsync(stoppingToken);
            _panel.Dispose();
        }
    }

    private async Task ServeAsync(CancellationToken ct)
    {
        var buffer = new byte[128];
        int n;
        while ((n = await _panel!.GetStream().ReadAsync(buffer, ct)) > 0) await _panel.GetStream().WriteAsync(buffer.AsMemory(0, n), ct);
    }
}

// 16 controller
public sealed class ExportController(IBackgroundQueue queue) : ControllerBase
{
    private HttpRequest? _request;

    [HttpPost]
    public async Task<IActionResult> Start()
    {
        _request = Request;
        await Task.Yield();
        var host = _request.Host.Value!;
        queue.Enqueue(ct => WorkAsync(host, ct));
        return Accepted();
    }

    [HttpPut]
    public IActionResult Bad()
    {
        _ = LogLaterAsync(HttpContext); //! LCA4003
        return Ok();
    }

    private static async Task LogLaterAsync(HttpContext context)
    {
        await Task.Delay(100);
        Console.WriteLine(context.Request.Path);
    }

    private static Task WorkAsync(string host, CancellationToken ct) => Task.Delay(host.Length, ct);
}
public interface IBackgroundQueue { void Enqueue(Func<CancellationToken, Task> work); }
