// The request's own connection in a field that several requests share.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Second.Isolation.SharedFields;

/// <summary>Conventional middleware lives once.</summary>
public sealed class TenantMiddleware(RequestDelegate next)
{
    private HttpContext? _context;

    public async Task InvokeAsync(HttpContext context)
    {
        _context = context; //! LCA4002
        await next(context);
        _context.Response.Headers["X-Tenant"] = _context.Request.Host.Host;
    }
}

public sealed class FineMiddleware(RequestDelegate next)
{
    private long _count;

    public async Task InvokeAsync(HttpContext context)
    {
        var mine = context;
        Interlocked.Increment(ref _count);
        await next(mine);
        mine.Response.Headers["X-Count"] = _count.ToString();
    }
}

public sealed class FactoryMiddleware : IMiddleware
{
    private HttpResponse? _response;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _response = context.Response; //! LCA4002
        await next(context);
        await WriteTailAsync();
    }

    private Task WriteTailAsync() => _response!.WriteAsync("<!-- end -->");
}

/// <summary>Kestrel's handler serves all connections.</summary>
public sealed class LineHandler : ConnectionHandler
{
    private ConnectionContext? _connection;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _connection = connection; //! LCA4002
        while (true)
        {
            var result = await connection.Transport.Input.ReadAsync();
            if (result.IsCompleted) break;
            await _connection.Transport.Output.WriteAsync(result.Buffer.First);
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
        }
    }
}

/// <summary>A hand-written server.</summary>
public sealed class EchoServer(TcpListener listener)
{
    private TcpClient? _client;

    public async Task RunAsync(CancellationToken ct)
    {
        listener.Start();
        while (!ct.IsCancellationRequested)
        {
            _client = await listener.AcceptTcpClientAsync(ct); //! LCA4002
            _ = Task.Run(ServeAsync, ct); //? LCA1004
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            var buffer = new byte[1024];
            var n = await _client!.GetStream().ReadAsync(buffer);
            await _client.GetStream().WriteAsync(buffer.AsMemory(0, n));
            _client.Close();
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

public sealed class GoodEchoServer(TcpListener listener)
{
    public async Task RunAsync(CancellationToken ct)
    {
        listener.Start();
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _ = Task.Run(() => ServeAsync(client), ct);
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var buffer = new byte[1024];
                var n = await client.GetStream().ReadAsync(buffer);
                await client.GetStream().WriteAsync(buffer.AsMemory(0, n));
            }
            catch (IOException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
    }
}

/// <summary>APM server: the accepted socket in a field, read in the callback.</summary>
public sealed class AsyncSocketListener
{
    private readonly Socket _listener;
    private readonly byte[] _buffer = new byte[512];
    private Socket? _peer;

    public AsyncSocketListener(Socket listener) => _listener = listener;

    public void Start() => _listener.BeginAccept(OnAccept, null);

    private void OnAccept(IAsyncResult result)
    {
        try
        {
            _peer = _listener.EndAccept(result); //! LCA4002
            _peer.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceive, null);
            _listener.BeginAccept(OnAccept, null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    private void OnReceive(IAsyncResult result)
    {
        try
        {
            var n = _peer!.EndReceive(result);
            if (n == 0) _peer.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>One instance per connection may keep its socket.</summary>
public sealed class PeerConnection
{
    private readonly byte[] _buffer = new byte[512];
    private Socket? _peer;

    public void Attach(Socket peer)
    {
        _peer = peer;
        _peer.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceive, null);
    }

    private void OnReceive(IAsyncResult result)
    {
        try
        {
            if (_peer!.EndReceive(result) == 0) _peer.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

public sealed class PerPeerListener(Socket listener)
{
    public void Start() => listener.BeginAccept(OnAccept, null);

    private void OnAccept(IAsyncResult result)
    {
        try
        {
            new PeerConnection().Attach(listener.EndAccept(result));
            listener.BeginAccept(OnAccept, null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>A background service with an HttpListener.</summary>
public sealed class StatusService(HttpListener listener) : BackgroundService
{
    private HttpListenerContext? _current;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        listener.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            _current = await listener.GetContextAsync().WaitAsync(stoppingToken); //! LCA4002
            _ = AnswerAsync(); //? LCA1004
        }
    }

    private async Task AnswerAsync()
    {
        await Task.Delay(10);
        try
        {
            _current!.Response.StatusCode = 204;
            _current.Response.Close();
        }
        catch (HttpListenerException e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>A singleton registered here, and a scoped one.</summary>
public sealed class CurrentUser
{
    private HttpContext? _context;

    public async Task<string> NameAsync(HttpContext context, Func<string, Task<string>> look)
    {
        _context = context; //! LCA4002
        var name = await look(context.TraceIdentifier);
        return name + _context.Request.Path;
    }
}

public sealed class ScopedUser
{
    private HttpContext? _context;

    public async Task<string> NameAsync(HttpContext context, Func<string, Task<string>> look)
    {
        _context = context; // ok LCA4002: an instance per request
        var name = await look(context.TraceIdentifier);
        return name + _context.Request.Path;
    }
}

public static class UserRegistration
{
    public static IServiceCollection AddUsers(this IServiceCollection services) => services.AddSingleton<CurrentUser>().AddScoped<ScopedUser>();
}

/// <summary>A static of a hub; instance fields of hub and controller.</summary>
public sealed class LobbyHub : Hub
{
    private static HubCallerContext? s_last;
    private HubCallerContext? _mine;

    public async Task EnterAsync(string name)
    {
        s_last = Context; //! LCA4002
        await Clients.All.SendAsync("entered", name);
        Console.WriteLine(s_last.ConnectionId);
    }

    public async Task LeaveAsync(string name)
    {
        _mine = Context; // ok LCA4002: the hub lives for one call
        await Clients.All.SendAsync("left", name);
        Console.WriteLine(_mine.ConnectionId);
    }
}

public sealed class UploadController : ControllerBase
{
    private HttpRequest? _request;

    [HttpPost("upload")]
    public async Task<IActionResult> UploadAsync()
    {
        _request = Request; // ok LCA4002: the controller lives for one request
        using var copy = new MemoryStream();
        await _request.Body.CopyToAsync(copy);
        return Ok(_request.Path.Value);
    }
}

/// <summary>Read at once, before anything can come in between.</summary>
public sealed class TraceMiddleware(RequestDelegate next)
{
    private PathString _path;

    public Task InvokeAsync(HttpContext context)
    {
        _path = context.Request.Path; // ok LCA4002: a value, not the connection
        Console.WriteLine(_path);
        return next(context);
    }
}

/// <summary>A static in minimal API.</summary>
public static class LongPolling
{
    private static HttpResponse? s_response;

    public static void Map(WebApplication app) => app.MapGet("/poll", async (HttpContext http) =>
    {
        s_response = http.Response; //! LCA4002
        await Task.Delay(1000, http.RequestAborted);
        await s_response.WriteAsync("nothing new");
    });

    public static void MapFine(WebApplication app) => app.MapGet("/poll2", async (HttpContext http) =>
    {
        var response = http.Response;
        await Task.Delay(1000, http.RequestAborted);
        await response.WriteAsync("nothing new");
    });
}

/// <summary>The stream of the accepted client in a field of the server, read in another method.</summary>
public sealed class LogServer
{
    private readonly TcpListener _listener = new(IPAddress.Any, 6514);
    private NetworkStream? _stream;

    public async Task ServeAsync()
    {
        _listener.Start();
        for (; ; )
        {
            var client = await _listener.AcceptTcpClientAsync();
            _stream = client.GetStream(); //! LCA4002
            ThreadPool.QueueUserWorkItem(_ => Drain()); //? LCA1005
        }
    }

    private void Drain()
    {
        try
        {
            using var reader = new StreamReader(_stream!, Encoding.UTF8);
            while (reader.ReadLine() is { } line) Console.WriteLine(line);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>Serves one client after the other, awaiting each: nothing overlaps.</summary>
public sealed class OneByOneServer(TcpListener listener)
{
    private TcpClient? _active;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            _active = await listener.AcceptTcpClientAsync(ct); // ok LCA4002: awaited before the next one
            await TalkAsync(_active, ct);
            _active.Dispose();
        }
    }

    private static async Task TalkAsync(TcpClient client, CancellationToken ct)
    {
        try
        {
            await client.GetStream().WriteAsync("hello"u8.ToArray(), ct);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}
