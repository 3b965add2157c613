using System.Net.Sockets;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clauses.WhoseRequest;

public interface IAuditor
{
    Task AuditAsync(HttpContext context);
}

public sealed class Auditor : IAuditor
{
    private HttpRequest? _request;

    public async Task AuditAsync(HttpContext context)
    {
        _request = context.Request; //! LCA4002
        await Task.Delay(1);
        Console.WriteLine(_request.Path);
    }
}

public sealed class PlainAuditor : IAuditor
{
    private long _requests;

    public async Task AuditAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        var path = context.Request.Path;
        await Task.Delay(1);
        Console.WriteLine(path);
    }
}

public static class Registration
{
    public static IServiceCollection AddAuditing(this IServiceCollection services) => services.AddSingleton<IAuditor, Auditor>();

    private static HttpContext? s_last;

    public static void Map(WebApplication app, Channel<HttpContext> queue, ILogger<Auditor> log)
    {
        app.MapGet("/last", async (HttpContext context) =>
        {
            s_last = context; //! LCA4002
            await Task.Delay(5);
            return s_last.Request.Path.Value;
        });
        app.MapGet("/later", (HttpContext context) =>
        {
            var timer = new System.Timers.Timer(1000) { AutoReset = false };
            timer.Elapsed += (_, _) => log.LogInformation("{Path}", context.Request.Path); //! LCA4003
            timer.Start();
        });
        app.MapGet("/later/id", (HttpContext context) =>
        {
            var id = context.TraceIdentifier;
            var timer = new System.Timers.Timer(1000) { AutoReset = false };
            timer.Elapsed += (_, _) => log.LogInformation("{Id}", id);
            timer.Start();
        });
        app.MapGet("/starting", (HttpContext context) =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-Path"] = context.Request.Path.Value;
                return Task.CompletedTask;
            });
            return "ok";
        });
        app.MapGet("/ticks", async (HttpContext context, CancellationToken stop) =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
            while (await timer.WaitForNextTickAsync(stop)) await context.Response.WriteAsync("tick\n", stop);
        });
        app.MapGet("/both", async (HttpContext context) =>
        {
            var one = Task.Run(() => context.Request.Path.ToString());
            var two = Task.Run(() => context.Request.Host.ToString());
            return string.Join(" ", await Task.WhenAll(one, two));
        });
    }
}

public sealed class Channel<T>
{
    public void Put(T item) => Console.WriteLine(item);
}

public sealed class OrderPage : PageModel
{
    private HttpResponse? _answer;

    public async Task OnGetAsync()
    {
        _answer = Response;
        await Task.Delay(1);
        _answer.Headers["X-Order"] = "1";
    }
}

public sealed class PriceService
{
    private ServerCallContext? _call;

    public async Task WatchAsync(IServerStreamWriter<string> stream, ServerCallContext context)
    {
        _call = context;
        while (!_call.CancellationToken.IsCancellationRequested)
        {
            await stream.WriteAsync("1.0");
            await Task.Delay(100);
        }
    }

    public async Task WatchLateAsync(IServerStreamWriter<string> stream, ServerCallContext context)
    {
        await stream.WriteAsync("1.0");
        _ = LogAsync(context); //! LCA4003
    }

    private static async Task LogAsync(ServerCallContext context)
    {
        await Task.Delay(100);
        Console.WriteLine(context.Peer);
    }
}

public class GameServer
{
    private readonly TcpListener _listener;
    private NetworkStream _current;

    public GameServer(TcpListener listener)
    {
        _listener = listener;
    }

    public void Run()
    {
        _listener.Start();
        _listener.BeginAcceptTcpClient(Accepted, null);
    }

    private void Accepted(IAsyncResult ar)
    {
        try
        {
            TcpClient client = _listener.EndAcceptTcpClient(ar);
            _current = client.GetStream(); //! LCA4002
            byte[] buffer = new byte[256];
            _current.BeginRead(buffer, 0, buffer.Length, Received, buffer);
            _listener.BeginAcceptTcpClient(Accepted, null);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    private void Received(IAsyncResult ar)
    {
        try
        {
            int count = _current.EndRead(ar);
            Console.WriteLine(count);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}
