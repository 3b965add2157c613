// Shared and not shared: services, handlers, sessions, statics, registered singletons.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Second.Isolation.OddContexts;

public interface IRequestLog
{
    Task LogAsync(HttpContext context);
}

/// <summary>Registered by interface as a singleton.</summary>
public sealed class RequestLog : IRequestLog
{
    private HttpRequest? _request;

    public async Task LogAsync(HttpContext context)
    {
        _request = context.Request; //! LCA4002
        await Task.Delay(1);
        Console.WriteLine(_request.Path);
    }
}

public sealed class TransientLog : IRequestLog
{
    private HttpRequest? _request;

    public async Task LogAsync(HttpContext context)
    {
        _request = context.Request; // ok LCA4002
        await Task.Delay(1);
        Console.WriteLine(_request.Path);
    }
}

public static class LogRegistration
{
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<IRequestLog, RequestLog>();
        services.AddTransient<IRequestLog, TransientLog>();
        services.AddSingleton(new Gatekeeper());
        services.AddHostedService<SyslogReceiver>();
    }
}

public sealed class Gatekeeper
{
    private WebSocket? _socket;

    public async Task ServeAsync(HttpContext context)
    {
        _socket = await context.WebSockets.AcceptWebSocketAsync(); //! LCA4002
        var buffer = new byte[128];
        while (_socket.State == WebSocketState.Open)
        {
            var got = await _socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (got.MessageType == WebSocketMessageType.Close) break;
            await _socket.SendAsync(buffer.AsMemory(0, got.Count), WebSocketMessageType.Binary, true, context.RequestAborted);
        }
    }
}

/// <summary>A keyed map of what is open is no overwritten field.</summary>
public sealed class SocketRegistry
{
    private readonly ConcurrentDictionary<string, WebSocket> _open = new();

    public async Task ServeAsync(HttpContext context)
    {
        var socket = await context.WebSockets.AcceptWebSocketAsync();
        _open[context.TraceIdentifier] = socket; // ok LCA4002
        var buffer = new byte[128];
        await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
        _open.TryRemove(context.TraceIdentifier, out _);
    }
}

public sealed class SyslogReceiver : IHostedService
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 6514);
    private TcpClient? _sender;
    private CancellationTokenSource? _stop;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _stop = new CancellationTokenSource();
        _ = LoopAsync(_stop.Token);
        return Task.CompletedTask;
    }

    private async Task LoopAsync(CancellationToken ct)
    {
        try
        {
            _listener.Start();
            while (!ct.IsCancellationRequested)
            {
                _sender = await _listener.AcceptTcpClientAsync(ct); //! LCA4002
                _ = HandleAsync(ct);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    private async Task HandleAsync(CancellationToken ct)
    {
        try
        {
            using var reader = new StreamReader(_sender!.GetStream());
            while (await reader.ReadLineAsync(ct) is { } line) Console.WriteLine(line + _sender.Client.RemoteEndPoint);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop?.Cancel();
        _listener.Stop();
        return Task.CompletedTask;
    }
}

/// <summary>gRPC services are made per call.</summary>
public abstract class GreeterBase { }

public sealed class GreeterService : GreeterBase
{
    private ServerCallContext? _call;

    public async Task<string> GreetAsync(string name, ServerCallContext context)
    {
        _call = context; //? LCA4002
        await Task.Delay(1);
        return name + _call.Peer;
    }
}

/// <summary>Static current context, set by an inline middleware.</summary>
public static class Ambient
{
    public static HttpContext? Current { get; set; }

    private static readonly AsyncLocal<HttpContext?> s_flow = new();

    public static void Use(WebApplication app) => app.Use(async (context, next) =>
    {
        Current = context; //! LCA4002
        await next(context);
        Console.WriteLine(Current?.Request.Path);
    });

    public static void UseFlow(WebApplication app) => app.Use(async (context, next) =>
    {
        s_flow.Value = context; // ok LCA4002: one per flow
        await next(context);
        Console.WriteLine(s_flow.Value?.Request.Path);
    });
}

/// <summary>UDP and pipes.</summary>
public sealed class DatagramServer(Socket socket)
{
    private EndPoint? _from;

    public async Task RunAsync(byte[] buffer, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var received = await socket.ReceiveFromAsync(buffer.AsMemory(), new IPEndPoint(IPAddress.Any, 0), ct);
            _from = received.RemoteEndPoint; // ok LCA4002: an address
            await socket.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), _from, ct);
        }
    }
}

/// <summary>A client's own connection is nobody's request.</summary>
public sealed class ChatClient
{
    private TcpClient? _server;

    public async Task ConnectAsync(string host, CancellationToken ct)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, 6667, ct);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        _server = client; // ok LCA4002
        await Task.Delay(10, ct);
        Console.WriteLine(_server.Client.RemoteEndPoint);
    }
}

/// <summary>A session object per connection, made by the server.</summary>
public sealed class FtpSession
{
    private TcpClient? _data;
    private readonly TcpClient _control;

    public FtpSession(TcpClient control) => _control = control;

    public async Task OpenDataAsync(TcpListener passive, CancellationToken ct)
    {
        _data = await passive.AcceptTcpClientAsync(ct); // ok LCA4002: one session, one data connection
        await _data.GetStream().WriteAsync("150"u8.ToArray(), ct);
        await _control.GetStream().WriteAsync("226"u8.ToArray(), ct);
    }
}

public sealed class FtpServer(TcpListener listener)
{
    public async Task RunAsync(TcpListener passive, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var session = new FtpSession(await listener.AcceptTcpClientAsync(ct));
            await session.OpenDataAsync(passive, ct);
        }
    }
}

/// <summary>The proxy's remote socket in a field, its callback reads the field.</summary>
public sealed class TunnelServer
{
    private readonly Socket _listener;
    private Socket? _local;
    private Socket? _remote;

    public TunnelServer(Socket listener) => _listener = listener;

    public void Listen() => _listener.BeginAccept(Accepted, null);

    private void Accepted(IAsyncResult ar)
    {
        try
        {
            _local = _listener.EndAccept(ar); //! LCA4002
            _remote = new Socket(SocketType.Stream, ProtocolType.Tcp); //? LCA4002
            _remote.BeginConnect("upstream", 80, Connected, null);
            _listener.BeginAccept(Accepted, null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _remote?.Dispose();
            _local?.Dispose();
        }
    }

    private void Connected(IAsyncResult ar)
    {
        try
        {
            _remote!.EndConnect(ar);
            _local!.Send("ready"u8);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _remote?.Dispose();
            _local?.Dispose();
        }
    }
}
