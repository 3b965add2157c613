// Where a server keeps the connection of the request at hand: a field that the next request overwrites, or a place of its own.
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Isolation.SharedFields;

public sealed class GreetingServer(TcpListener listener, ILogger log)
{
    private TcpClient? _client;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            _client = await listener.AcceptTcpClientAsync(ct); //! LCA4002
            _ = GreetAsync(ct);
        }
    }

    private async Task GreetAsync(CancellationToken ct)
    {
        try
        {
            var name = new byte[32];
            var n = await _client!.GetStream().ReadAsync(name, ct);
            await _client.GetStream().WriteAsync(name.AsMemory(0, n), ct);
            _client.Close();
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "not greeted");
        }
    }
}

public sealed class ParameterGreetingServer(TcpListener listener, ILogger log)
{
    // ok LCA4002: each client goes to its own call
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _ = GreetAsync(client, ct);
        }
    }

    private async Task GreetAsync(TcpClient client, CancellationToken ct)
    {
        try
        {
            using var owned = client;
            var name = new byte[32];
            var n = await owned.GetStream().ReadAsync(name, ct);
            await owned.GetStream().WriteAsync(name.AsMemory(0, n), ct);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "not greeted");
        }
    }
}

public sealed class TimingMiddleware(RequestDelegate next)
{
    private HttpContext? _context;

    public async Task InvokeAsync(HttpContext context)
    {
        _context = context; //! LCA4002
        var started = Environment.TickCount64;
        await next(context);
        if (!_context.Response.HasStarted) _context.Response.Headers["X-Elapsed"] = (Environment.TickCount64 - started).ToString();
    }
}

public sealed class LocalTimingMiddleware(RequestDelegate next)
{
    private string _lastPath = "";
    private static readonly AsyncLocal<HttpContext?> s_current = new();

    public string LastPath => _lastPath;
    public static HttpContext? Current => s_current.Value;

    // ok LCA4002: a copied value, and a place that flows with the request
    public async Task InvokeAsync(HttpContext context)
    {
        _lastPath = context.Request.Path;
        s_current.Value = context;
        var started = Environment.TickCount64;
        await next(context);
        if (!context.Response.HasStarted) context.Response.Headers["X-Elapsed"] = (Environment.TickCount64 - started).ToString();
    }
}

public sealed class BodyMiddleware(ILogger<BodyMiddleware> log) : IMiddleware
{
    private HttpResponse? _response;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _response = context.Response; //! LCA4002
        try
        {
            await next(context);
        }
        finally
        {
            Report();
        }
    }

    private void Report() => log.LogInformation("answered {Status}", _response!.StatusCode);
}

public sealed class FactoryBodyMiddleware(ILogger<FactoryBodyMiddleware> log) : IMiddleware
{
    // ok LCA4002: passed on as argument
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        try
        {
            await next(context);
        }
        finally
        {
            Report(response);
        }
    }

    private void Report(HttpResponse response) => log.LogInformation("answered {Status}", response.StatusCode);
}

public sealed class SocketMiddleware(RequestDelegate next)
{
    private WebSocket? _socket;

    public async Task Invoke(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }
        _socket = await context.WebSockets.AcceptWebSocketAsync(); //! LCA4002
        await DrainAsync(context.RequestAborted);
    }

    private async Task DrainAsync(CancellationToken ct)
    {
        var buffer = new byte[1024];
        ValueWebSocketReceiveResult result;
        do result = await _socket!.ReceiveAsync(buffer.AsMemory(), ct);
        while (result.MessageType != WebSocketMessageType.Close);
    }
}

public sealed class RoomMiddleware(RequestDelegate next)
{
    private readonly ConcurrentDictionary<string, WebSocket> _room = new();

    // ok LCA4002: every socket under its own key
    public async Task Invoke(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            _room[context.Connection.Id] = socket;
            var buffer = new byte[1024];
            while ((await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted)).MessageType != WebSocketMessageType.Close) { }
        }
        finally
        {
            _room.TryRemove(context.Connection.Id, out _);
        }
    }
}

public sealed class LineConnectionHandler(ILogger<LineConnectionHandler> log) : ConnectionHandler
{
    private IDuplexPipe? _transport;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _transport = connection.Transport; //! LCA4002
        while (true)
        {
            var result = await _transport.Input.ReadAsync(connection.ConnectionClosed);
            log.LogTrace("{Count} bytes", result.Buffer.Length);
            _transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }
}

public sealed class LocalLineConnectionHandler(ILogger<LocalLineConnectionHandler> log) : ConnectionHandler
{
    // ok LCA4002: a local
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync(connection.ConnectionClosed);
            log.LogTrace("{Count} bytes", result.Buffer.Length);
            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }
}

public sealed class StatusService(HttpListener listener, ILogger<StatusService> log) : BackgroundService
{
    private HttpListenerContext? _current;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            _current = await listener.GetContextAsync(); //! LCA4002
            _ = Task.Run(AnswerAsync, stoppingToken);
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            await Task.Delay(10);
            _current!.Response.StatusCode = 204;
            _current.Response.Close();
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "no status");
        }
    }
}

public sealed class PipeServer(ILogger log)
{
    private NamedPipeServerStream? _pipe;

    public async Task RunAsync(string name, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            _pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 8, PipeTransmissionMode.Byte, System.IO.Pipes.PipeOptions.Asynchronous); //! LCA4002 //? LCA1003
            await _pipe.WaitForConnectionAsync(ct);
            _ = ServeAsync(ct);
        }
    }

    private async Task ServeAsync(CancellationToken ct)
    {
        try
        {
            var question = new byte[64];
            await _pipe!.ReadExactlyAsync(question, ct);
            await _pipe.WriteAsync(question, ct);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "pipe failed");
        }
        finally
        {
            _pipe?.Dispose();
        }
    }
}

public sealed class PerPipeServer(ILogger log)
{
    // ok LCA4002: the pipe is a local that the serving call owns
    public async Task RunAsync(string name, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 8, PipeTransmissionMode.Byte, System.IO.Pipes.PipeOptions.Asynchronous);
            try
            {
                await pipe.WaitForConnectionAsync(ct);
            }
            catch
            {
                await pipe.DisposeAsync();
                throw;
            }
            _ = ServeAsync(pipe, ct);
        }
    }

    private async Task ServeAsync(NamedPipeServerStream pipe, CancellationToken ct)
    {
        try
        {
            await using var owned = pipe;
            var question = new byte[64];
            await owned.ReadExactlyAsync(question, ct);
            await owned.WriteAsync(question, ct);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "pipe failed");
        }
    }
}

/// <summary>Begin and End over one field.</summary>
public sealed class ApmEchoServer(Socket listener, ILogger log)
{
    private readonly byte[] _buffer = new byte[1024];
    private Socket? _peer;

    public void Start() => listener.BeginAccept(OnAccept, null);

    private void OnAccept(IAsyncResult ar)
    {
        try
        {
            _peer = listener.EndAccept(ar); //! LCA4002
            _peer.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceive, null);
            listener.BeginAccept(OnAccept, null);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogDebug(ex, "accept ended");
        }
    }

    private void OnReceive(IAsyncResult ar)
    {
        try
        {
            var n = _peer!.EndReceive(ar);
            _peer.Send(_buffer, n, SocketFlags.None);
            _peer.Close();
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogDebug(ex, "receive ended");
        }
    }
}

public sealed class StatefulApmServer(Socket listener, ILogger log)
{
    private sealed record Peer(Socket Socket, byte[] Buffer);

    public void Start() => listener.BeginAccept(OnAccept, null);

    // ok LCA4002: the peer travels as the operation's state
    private void OnAccept(IAsyncResult ar)
    {
        try
        {
            var peer = new Peer(listener.EndAccept(ar), new byte[1024]);
            peer.Socket.BeginReceive(peer.Buffer, 0, peer.Buffer.Length, SocketFlags.None, OnReceive, peer);
            listener.BeginAccept(OnAccept, null);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogDebug(ex, "accept ended");
        }
    }

    private void OnReceive(IAsyncResult ar)
    {
        var peer = (Peer)ar.AsyncState!;
        try
        {
            log.LogTrace("{Count} bytes", peer.Socket.EndReceive(ar));
            peer.Socket.Close();
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogDebug(ex, "receive ended");
        }
    }
}

public abstract class ServerBase(TcpListener listener)
{
    protected NetworkStream? Stream { get; private set; }

    protected abstract Task ServeAsync(CancellationToken ct);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            Stream = client.GetStream(); //! LCA4002
            _ = ServeAsync(ct); //? LCA1004
        }
    }
}

public sealed class DateServer(TcpListener listener) : ServerBase(listener)
{
    protected override async Task ServeAsync(CancellationToken ct)
    {
        try
        {
            await Task.Delay(20, ct);
            await Stream!.WriteAsync(Encoding.ASCII.GetBytes(DateTime.UtcNow.ToString("O")), ct);
            Stream.Close();
        }
        catch (Exception ex)
        {
            Console.Error.WriteLine(ex.Message);
        }
    }
}

/// <summary>Registered below as a singleton.</summary>
public sealed class RequestAudit(ILogger<RequestAudit> log)
{
    private HttpRequest? _request;

    public async Task<bool> CheckAsync(HttpContext context, HttpClient policy)
    {
        _request = context.Request; //! LCA4002
        var answer = await policy.GetStringAsync("https://policy.example/check", context.RequestAborted);
        log.LogInformation("{Path}: {Answer}", _request.Path, answer);
        return answer == "ok";
    }
}

public sealed class ScopedAudit(ILogger<ScopedAudit> log)
{
    private HttpRequest? _request;

    // ok LCA4002: one for each request
    public async Task<bool> CheckAsync(HttpContext context, HttpClient policy)
    {
        _request = context.Request;
        var answer = await policy.GetStringAsync("https://policy.example/check", context.RequestAborted);
        log.LogInformation("{Path}: {Answer}", _request.Path, answer);
        return answer == "ok";
    }
}

public interface IReplyStore
{
    Task ReplyAsync(HttpContext context, string text);
}

public sealed class ReplyStore : IReplyStore
{
    private (HttpResponse Response, DateTime Since)? _reply;

    public async Task ReplyAsync(HttpContext context, string text)
    {
        _reply = (context.Response, DateTime.UtcNow); //! LCA4002
        await Task.Delay(50, context.RequestAborted);
        await _reply.Value.Response.WriteAsync(text, context.RequestAborted);
    }
}

public sealed class TransientReplyStore : IReplyStore
{
    private HttpResponse? _response;

    // ok LCA4002: transient
    public async Task ReplyAsync(HttpContext context, string text)
    {
        _response = context.Response;
        await Task.Delay(50, context.RequestAborted);
        await _response.WriteAsync(text, context.RequestAborted);
    }
}

public static class Registration
{
    public static IServiceCollection AddCorpus(this IServiceCollection services) => services
        .AddSingleton<RequestAudit>()
        .AddScoped<ScopedAudit>()
        .AddSingleton<IReplyStore, ReplyStore>()
        .AddTransient<TransientReplyStore>()
        .AddSingleton<BodyMiddleware>()
        .AddSingleton<FactoryBodyMiddleware>();
}

public static class CurrentRequest
{
    private static HttpContext? s_context;

    public static void Map(WebApplication app) => app.MapGet("/slow", async (HttpContext context) =>
    {
        s_context = context; //! LCA4002
        await Task.Delay(100, context.RequestAborted);
        await s_context.Response.WriteAsync("done");
    });

    // ok LCA4002: the lambda's own parameter
    public static void MapPlain(WebApplication app) => app.MapGet("/plain", async (HttpContext context) =>
    {
        await Task.Delay(100, context.RequestAborted);
        await context.Response.WriteAsync("done");
    });
}

public sealed class AlertHub(ILogger<AlertHub> log) : Hub
{
    private static ISingleClientProxy? s_caller;
    private HubCallerContext? _context;

    public async Task SubscribeAsync(string topic)
    {
        s_caller = Clients.Caller; //! LCA4002
        await Groups.AddToGroupAsync(Context.ConnectionId, topic);
        await s_caller.SendAsync("subscribed", topic);
    }

    // ok LCA4002: a hub instance serves one call
    public async Task UnsubscribeAsync(string topic)
    {
        _context = Context;
        await Groups.RemoveFromGroupAsync(_context.ConnectionId, topic);
        log.LogInformation("{Id} left {Topic}", _context.ConnectionId, topic);
    }
}

[ApiController]
public sealed class ReportController(ILogger<ReportController> log) : ControllerBase
{
    private HttpResponse? _response;

    // ok LCA4002: a controller lives as long as its request
    [HttpGet("/report")]
    public async Task GetAsync(CancellationToken ct)
    {
        _response = HttpContext.Response;
        await Task.Delay(10, ct);
        await _response.WriteAsync("report", ct);
        log.LogDebug("sent");
    }
}

[ApiController]
public sealed class ExportController : ControllerBase
{
    private static HttpResponse? s_response;

    [HttpGet("/export")]
    public async Task GetAsync(CancellationToken ct)
    {
        s_response = Response; //! LCA4002
        await Task.Delay(10, ct);
        await s_response.WriteAsync("export", ct);
    }
}

public sealed class TlsServer(TcpListener listener, SslServerAuthenticationOptions options, ILogger log)
{
    private SslStream? _tls;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _tls = new SslStream(client.GetStream()); //! LCA4002 //? LCA1003
            _ = GreetAsync(ct);
        }
    }

    private async Task GreetAsync(CancellationToken ct)
    {
        try
        {
            await _tls!.AuthenticateAsServerAsync(options, ct);
            await _tls.WriteAsync("hello"u8.ToArray(), ct);
            await _tls.DisposeAsync();
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "not greeted");
        }
    }
}

public sealed class ReportPage : PageModel
{
    private HttpResponse? _response;

    // ok LCA4002: so does a page
    public async Task OnGetAsync(CancellationToken ct)
    {
        _response = Response;
        await Task.Delay(10, ct);
        await _response.WriteAsync("page", ct);
    }
}

public sealed class GreeterService
{
    private ServerCallContext? _call;

    // ok LCA4002: not registered as anything that is shared
    public async Task<string> GreetAsync(string name, ServerCallContext call)
    {
        _call = call;
        await Task.Delay(10, call.CancellationToken);
        return $"hello {name} at {_call.Peer}";
    }
}

/// <summary>One object per accepted client.</summary>
public sealed class ChatSession
{
    private readonly TcpClient _client;
    private NetworkStream? _stream;

    public ChatSession(TcpClient client) => _client = client;

    // ok LCA4002: the session is the connection's own
    public async Task RunAsync(CancellationToken ct)
    {
        _stream = _client.GetStream();
        var buffer = new byte[256];
        while (await _stream.ReadAsync(buffer, ct) > 0) { }
        _client.Close();
    }
}

public sealed class ChatServer(int port, ILogger log)
{
    private TcpListener? _listener;

    // ok LCA4002: the listening socket is the server's own
    public async Task RunAsync(CancellationToken ct)
    {
        _listener = new TcpListener(IPAddress.Any, port);
        try
        {
            _listener.Start();
            while (true)
            {
                var session = new ChatSession(await _listener.AcceptTcpClientAsync(ct));
                _ = RunSessionAsync(session, ct);
            }
        }
        finally
        {
            _listener.Stop();
        }
    }

    private async Task RunSessionAsync(ChatSession session, CancellationToken ct)
    {
        try
        {
            await session.RunAsync(ct);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "session ended");
        }
    }
}

public sealed class UplinkService(string host) : BackgroundService
{
    private TcpClient? _uplink;

    // ok LCA4002: the service's own outgoing connection
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _uplink = new TcpClient();
        await _uplink.ConnectAsync(host, 7000, stoppingToken);
        var buffer = new byte[256];
        while (await _uplink.GetStream().ReadAsync(buffer, stoppingToken) > 0) { }
    }

    public override void Dispose()
    {
        _uplink?.Dispose();
        base.Dispose();
    }
}
