// Servers, middleware and hubs: where the current request's connection is kept.
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeldOut.Isolation.RequestFields;

public sealed class BadgeServer(TcpListener listener) : BackgroundService
{
    private TcpClient? _current;
    private NetworkStream? _stream;
    private int _served;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            _current = await listener.AcceptTcpClientAsync(stop); //! LCA4002
            _ = Task.Run(() => ServeAsync(stop), stop); //? LCA1004
        }
    }

    private async Task ServeAsync(CancellationToken ct)
    {
        var badge = new byte[8];
        await _current!.GetStream().ReadExactlyAsync(badge, ct);
        _served++;
        await _current.GetStream().WriteAsync(badge, ct);
    }

    // ok LCA4002: a parameter
    private async Task HandleAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
        {
            var badge = new byte[8];
            await client.GetStream().ReadExactlyAsync(badge, ct);
            await client.GetStream().WriteAsync(badge, ct);
        }
    }

    public async Task AcceptSafelyAsync(CancellationToken stop)
    {
        var client = await listener.AcceptTcpClientAsync(stop);
        await HandleAsync(client, stop);
    }

    public async Task GreetAsync(TcpClient client, CancellationToken ct)
    {
        _stream = client.GetStream(); //! LCA4002
        await Task.Delay(10, ct);
        await _stream.WriteAsync("hello"u8.ToArray(), ct);
    }
}

public sealed class TenantMiddleware(RequestDelegate next)
{
    private HttpContext? _context;
    private string _lastTenant = "";

    public async Task InvokeAsync(HttpContext context)
    {
        _context = context; //! LCA4002
        await next(context);
        _context.Response.Headers["X-Tenant"] = Tenant();
    }

    private string Tenant() => _context?.Request.Headers["X-Tenant"].ToString() ?? _lastTenant;
}

public sealed class FactoryTenantMiddleware : IMiddleware
{
    private string _lastTenant = "";

    // ok LCA4002: a copied value, no context
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _lastTenant = context.Request.Headers["X-Tenant"].ToString();
        await next(context);
    }

    public string LastTenant => _lastTenant;
}

public sealed class LineHandler(ILogger<LineHandler> log) : ConnectionHandler
{
    private ConnectionContext? _connection;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _connection = connection; //! LCA4002
        while (true)
        {
            var result = await _connection.Transport.Input.ReadAsync();
            if (result.IsCompleted) break;
            _connection.Transport.Input.AdvanceTo(result.Buffer.End);
            log.LogTrace("{Id}", _connection.ConnectionId);
        }
    }
}

public sealed class PerConnection(ConnectionContext context)
{
    private ConnectionContext _context = context;

    // ok LCA4002: one object per connection
    public async Task RunAsync(ConnectionContext upgraded)
    {
        _context = upgraded;
        await Task.Yield();
        await _context.Transport.Output.FlushAsync();
    }
}

public sealed class LineHandlerSafe : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) => new PerConnection(connection).RunAsync(connection);
}

public sealed class ChatHub : Hub
{
    private static HubCallerContext? s_caller;
    private IClientProxy? _proxy;

    public async Task SayAsync(string text)
    {
        s_caller = Context; //! LCA4002
        await Task.Delay(1);
        await Clients.All.SendAsync("said", s_caller.ConnectionId, text);
    }

    // ok LCA4002: a hub instance serves one call
    public async Task WhisperAsync(string text)
    {
        _proxy = Clients.Caller;
        await Task.Delay(1);
        await _proxy.SendAsync("whispered", text);
    }
}

public interface IReceiptPrinter
{
    Task PrintAsync(HttpContext context);
}

public sealed class ReceiptPrinter : IReceiptPrinter
{
    private HttpResponse? _response;

    public async Task PrintAsync(HttpContext context)
    {
        _response = context.Response; //! LCA4002
        await Task.Delay(5);
        await _response.WriteAsync("receipt");
    }
}

public sealed class ScopedPrinter
{
    private HttpResponse? _response;

    // ok LCA4002: a scoped service lives for one request
    public async Task PrintAsync(HttpContext context)
    {
        _response = context.Response;
        await Task.Delay(5);
        await _response.WriteAsync("receipt");
    }
}

public static class Registration
{
    public static IServiceCollection AddPrinters(this IServiceCollection services) =>
        services.AddSingleton<IReceiptPrinter, ReceiptPrinter>().AddScoped<ScopedPrinter>();
}

public sealed class TurnstileServer
{
    private readonly AsyncLocal<TcpClient?> _ambient = new();
    private readonly List<TcpClient> _all = [];
    private readonly HttpListener _http = new();
    private HttpListenerContext? _last;

    // ok LCA4002: each flow has its own value
    public async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        _ambient.Value = client;
        await Task.Yield();
        await _ambient.Value!.GetStream().WriteAsync("open"u8.ToArray(), ct);
    }

    // ok LCA4002: all of them are kept, none is overwritten
    public void Keep(TcpClient client)
    {
        lock (_all) _all.Add(client);
    }

    public async Task RunAsync()
    {
        _http.Start();
        while (_http.IsListening)
        {
            _last = await _http.GetContextAsync(); //! LCA4002
            ThreadPool.QueueUserWorkItem(_ => Reply()); //? LCA1005 LCA2001
        }
    }

    private void Reply()
    {
        try
        {
            _last!.Response.StatusCode = 204;
            _last.Response.Close();
        }
        catch (Exception ex) when (ex is HttpListenerException or ObjectDisposedException or IOException)
        {
            Console.Error.WriteLine(ex.Message);
        }
    }
}
