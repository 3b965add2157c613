// What belongs to one request, in a place that many share.
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

namespace Wide.Isolation.OneForMany;

/// <summary>Conventional middleware is one object for all requests.</summary>
public sealed class TenantMiddleware(RequestDelegate next)
{
    private HttpContext? _context;

    public async Task InvokeAsync(HttpContext context)
    {
        _context = context; //! LCA4002
        await next(context);
        Finish();
    }

    private void Finish() => Console.WriteLine(_context!.Response.StatusCode);
}

/// <summary>Passed along instead.</summary>
public sealed class PassingMiddleware(RequestDelegate next)
{
    private int _count;

    public async Task InvokeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _count);
        await next(context);
        Finish(context);
    }

    private static void Finish(HttpContext context) => Console.WriteLine(context.Response.StatusCode);
}

public sealed class AuditMiddleware : IMiddleware
{
    private HttpResponse? _response;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _response = context.Response; //! LCA4002
        await next(context);
        await _response.WriteAsync("audited");
    }
}

/// <summary>The classic: the accepted client in the server's field.</summary>
public class EchoServer
{
    private readonly TcpListener _listener;
    private TcpClient? _client;

    public EchoServer(int port) => _listener = new TcpListener(IPAddress.Any, port);

    public async Task RunAsync(CancellationToken ct)
    {
        _listener.Start();
        while (!ct.IsCancellationRequested)
        {
            _client = await _listener.AcceptTcpClientAsync(ct); //! LCA4002
            _ = Task.Run(() => EchoAsync(ct), ct);
        }
    }

    private async Task EchoAsync(CancellationToken ct)
    {
        try
        {
            var buffer = new byte[1024];
            var stream = _client!.GetStream();
            int n;
            while ((n = await stream.ReadAsync(buffer, ct)) > 0) await stream.WriteAsync(buffer.AsMemory(0, n), ct);
        }
        catch (IOException e)
        {
            Console.WriteLine(e);
        }
    }
}

/// <summary>A local for each.</summary>
public class LocalEchoServer
{
    private readonly TcpListener _listener = new(IPAddress.Any, 7);
    private EndPoint? _lastPeer;

    public async Task RunAsync(CancellationToken ct)
    {
        _listener.Start();
        while (!ct.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(ct);
            _lastPeer = client.Client.RemoteEndPoint;
            _ = Task.Run(() => EchoAsync(client, ct), ct);
        }
    }

    public override string ToString() => $"last {_lastPeer}";

    private static async Task EchoAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
        {
            try
            {
                await client.GetStream().CopyToAsync(client.GetStream(), ct);
            }
            catch (IOException e)
            {
                Console.WriteLine(e);
            }
        }
    }
}

/// <summary>Begin and End with the server's own field in between.</summary>
public class ApmServer
{
    private readonly Socket _listener;
    private readonly byte[] _buffer = new byte[512];
    private Socket? _peer;

    public ApmServer(Socket listener)
    {
        _listener = listener;
    }

    public void Start() => _listener.BeginAccept(OnAccept, null);

    private void OnAccept(IAsyncResult ar)
    {
        try
        {
            _peer = _listener.EndAccept(ar); //! LCA4002
            _peer.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceive, null);
            _listener.BeginAccept(OnAccept, null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.WriteLine(e.Message);
        }
    }

    private void OnReceive(IAsyncResult ar)
    {
        try
        {
            var n = _peer!.EndReceive(ar);
            Console.WriteLine(Encoding.ASCII.GetString(_buffer, 0, n));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.WriteLine(e.Message);
        }
    }
}

/// <summary>The state object carries it.</summary>
public class ApmStateServer
{
    private readonly Socket _listener;

    public ApmStateServer(Socket listener) => _listener = listener;

    public void Start() => _listener.BeginAccept(OnAccept, null);

    private void OnAccept(IAsyncResult ar)
    {
        try
        {
            var peer = _listener.EndAccept(ar);
            var connection = new PeerConnection(peer);
            connection.Receive();
            _listener.BeginAccept(OnAccept, null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.WriteLine(e.Message);
        }
    }
}

/// <summary>Made per connection: its field is its own.</summary>
public sealed class PeerConnection(Socket socket)
{
    private readonly byte[] _buffer = new byte[512];
    private Stream? _stream;

    public void Receive()
    {
        _stream = new NetworkStream(socket);
        _stream.BeginRead(_buffer, 0, _buffer.Length, OnRead, null);
    }

    private void OnRead(IAsyncResult ar)
    {
        try
        {
            Console.WriteLine(_stream!.EndRead(ar));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Console.WriteLine(e.Message);
        }
    }
}

/// <summary>A background service with a pipe of the moment.</summary>
public sealed class CommandListener(ILogger<CommandListener> log) : BackgroundService
{
    private Stream? _stream;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listener = new TcpListener(IPAddress.Loopback, 9000);
        listener.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stoppingToken);
            _stream = client.GetStream(); //! LCA4002
            _ = HandleAsync(stoppingToken);
        }
    }

    private async Task HandleAsync(CancellationToken ct)
    {
        try
        {
            var buffer = new byte[64];
            var n = await _stream!.ReadAsync(buffer, ct);
            await _stream.WriteAsync(buffer.AsMemory(0, n), ct);
        }
        catch (Exception e)
        {
            log.LogError(e, "command");
        }
    }
}

/// <summary>A service registered as singleton, fed by a controller.</summary>
public sealed class ExportService
{
    private HttpResponse? _target;

    public async Task ExportAsync(HttpResponse response, int rows, CancellationToken ct)
    {
        _target = response; //! LCA4002
        response.ContentType = "text/csv";
        for (var i = 0; i < rows; i++) await WriteRowAsync(i, ct);
    }

    private async Task WriteRowAsync(int row, CancellationToken ct)
    {
        await Task.Delay(1, ct);
        await _target!.WriteAsync($"{row}\n", ct);
    }
}

public sealed class ScopedExportService
{
    private HttpResponse? _target;

    public async Task ExportAsync(HttpResponse response, int rows, CancellationToken ct)
    {
        _target = response;
        for (var i = 0; i < rows; i++)
        {
            await Task.Delay(1, ct);
            await _target.WriteAsync($"{i}\n", ct);
        }
    }
}

public static class Registration
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ExportService>();
        services.AddScoped<ScopedExportService>();
    }
}

/// <summary>A connection handler is one for all connections.</summary>
public sealed class LineHandler : ConnectionHandler
{
    private ConnectionContext? _connection;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _connection = connection; //! LCA4002
        while (true)
        {
            var result = await _connection.Transport.Input.ReadAsync();
            if (result.IsCompleted) break;
            await _connection.Transport.Output.WriteAsync(result.Buffer.First);
            _connection.Transport.Input.AdvanceTo(result.Buffer.End);
        }
    }
}

public sealed class LocalLineHandler : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync();
            if (result.IsCompleted) break;
            input.AdvanceTo(result.Buffer.End);
        }
    }
}

/// <summary>Instances per call: hubs, controllers, gRPC services.</summary>
public sealed class ChatHub : Hub
{
    private static HubCallerContext? s_last;
    private HubCallerContext? _mine;

    public async Task SayAsync(string text)
    {
        _mine = Context;
        await Clients.All.SendAsync("said", text);
        Console.WriteLine(_mine.ConnectionId);
    }

    public async Task ShoutAsync(string text)
    {
        s_last = Context; //! LCA4002
        await Clients.All.SendAsync("said", text.ToUpperInvariant());
        Console.WriteLine(s_last.ConnectionId);
    }
}

public sealed class ReportController : ControllerBase
{
    private HttpResponse? _response;

    [HttpGet("report")]
    public async Task GetAsync(CancellationToken ct)
    {
        _response = Response;
        await Task.Delay(10, ct);
        await _response.WriteAsync("done", ct);
    }
}

public class GreeterService
{
    private ServerCallContext? _call;

    public async Task<string> Greet(string name, ServerCallContext context)
    {
        _call = context;
        await Task.Delay(10, context.CancellationToken);
        return $"{name} of {_call.Peer}";
    }
}

/// <summary>A static holder for the request at hand.</summary>
public static class CurrentRequest
{
    private static HttpContext? s_context;
    private static readonly AsyncLocal<HttpContext?> Flowing = new();

    public static async Task RunAsync(HttpContext context, Func<Task> work)
    {
        s_context = context; //! LCA4002
        await work();
        await s_context.Response.CompleteAsync();
    }

    public static async Task RunFlowingAsync(HttpContext context, Func<Task> work)
    {
        Flowing.Value = context;
        await work();
        await Flowing.Value.Response.CompleteAsync();
    }
}

/// <summary>Stored and used before anything is awaited.</summary>
public sealed class ImmediateMiddleware(RequestDelegate next)
{
    private string? _lastPath;

    public Task Invoke(HttpContext context)
    {
        _lastPath = context.Request.Path;
        return next(context);
    }

    public string? LastPath => _lastPath;
}

/// <summary>Old: the listener's context in a field, a worker thread reads it.</summary>
public class HttpFrontEnd
{
    private readonly HttpListener _listener = new HttpListener();
    private HttpListenerContext? _current;

    public void Loop()
    {
        _listener.Start();
        while (_listener.IsListening)
        {
            _current = _listener.GetContext(); //! LCA4002
            ThreadPool.QueueUserWorkItem(Serve);
        }
    }

    private void Serve(object? state)
    {
        try
        {
            var bytes = Encoding.UTF8.GetBytes("hello " + _current!.Request.Url);
            _current.Response.OutputStream.Write(bytes, 0, bytes.Length);
            _current.Response.Close();
        }
        catch (HttpListenerException)
        {
        }
    }
}

/// <summary>One client for good: a camera dials in and is the only one.</summary>
public sealed class OutgoingLink : BackgroundService
{
    private TcpClient? _upstream;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var client = new TcpClient();
            await client.ConnectAsync("collector", 4000, stoppingToken);
            _upstream = client;
            await PumpAsync(stoppingToken);
        }
    }

    private async Task PumpAsync(CancellationToken ct)
    {
        await Task.Delay(1000, ct);
        await _upstream!.GetStream().WriteAsync(new byte[] { 1 }, ct);
    }
}
