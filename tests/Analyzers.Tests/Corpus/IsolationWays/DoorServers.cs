// Door controllers and their servers: whose connection stands in whose field.
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Hosting;

namespace Ways.Doors;

public sealed class DoorServer(TcpListener listener) : BackgroundService
{
    private TcpClient? _door;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Task> doors = [];
        while (!stoppingToken.IsCancellationRequested)
        {
            _door = await listener.AcceptTcpClientAsync(stoppingToken); //! LCA4002
            doors.Add(OpenAsync(stoppingToken));
        }

        await Task.WhenAll(doors);
    }

    private async Task OpenAsync(CancellationToken stop)
    {
        await Task.Delay(20, stop);
        await _door!.GetStream().WriteAsync("OPEN"u8.ToArray(), stop);
    }
}

public sealed class PassingDoorServer(TcpListener listener) : BackgroundService
{
    private long _doors;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Task> doors = [];
        while (!stoppingToken.IsCancellationRequested)
        {
            var door = await listener.AcceptTcpClientAsync(stoppingToken);
            _doors++;
            doors.Add(OpenAsync(door, stoppingToken));
        }

        await Task.WhenAll(doors);

        static async Task OpenAsync(TcpClient door, CancellationToken stop)
        {
            using (door)
            {
                await Task.Delay(20, stop);
                await door.GetStream().WriteAsync("OPEN"u8.ToArray(), stop);
            }
        }
    }

    public override string ToString() => $"{_doors} doors";
}

public sealed class AuditMiddleware(RequestDelegate next)
{
    private HttpContext? _current;

    public async Task InvokeAsync(HttpContext context)
    {
        _current = context; //! LCA4002
        await next(context);
        Write($"{_current.Request.Path} {_current.Response.StatusCode}");
    }

    private static void Write(string line) => Console.WriteLine(line);
}

public sealed class LocalAuditMiddleware(RequestDelegate next)
{
    private string? _lastPath;

    public async Task InvokeAsync(HttpContext context)
    {
        var current = context;
        await next(current);
        _lastPath = current.Request.Path;
        Console.WriteLine($"{_lastPath} {current.Response.StatusCode}");
    }
}

public sealed class DoorProtocol : ConnectionHandler
{
    private ConnectionContext _connection = null!;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        (_connection, var count) = (connection, 0); //! LCA4002
        while (await _connection.Transport.Input.ReadAsync() is { IsCompleted: false } read)
        {
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            count++;
        }
    }
}

public sealed class PerDoorProtocol : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) => new Conversation(connection).RunAsync();

    /// <summary>One for each connection.</summary>
    private sealed class Conversation
    {
        private readonly ConnectionContext _connection;

        public Conversation(ConnectionContext connection) => _connection = connection;

        public async Task RunAsync()
        {
            while (await _connection.Transport.Input.ReadAsync() is { IsCompleted: false } read)
                _connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
    }
}

[ApiController]
public class DoorController : ControllerBase
{
    private HttpContext? _seen;

    /// <summary>A controller is made for each request.</summary>
    [HttpPost("open")]
    public async Task<IActionResult> OpenAsync()
    {
        _seen = HttpContext;
        await Task.Yield();
        return Ok(_seen.TraceIdentifier);
    }
}

public static class LastCaller
{
    private static HttpRequest? s_request;

    public static async Task<string> EchoAsync(HttpRequest request)
    {
        s_request = request; //! LCA4002
        await Task.Delay(10);
        return s_request.Path;
    }

    public static async Task<string> EchoLocalAsync(HttpRequest request)
    {
        var path = request.Path;
        await Task.Delay(10);
        return path;
    }
}

public class CDoorListener
{
    private readonly Socket m_sckListen;
    private Socket m_sckClient;
    private readonly byte[] m_abBuffer = new byte[64];

    public CDoorListener(Socket sckListen) { m_sckListen = sckListen; m_sckClient = sckListen; }

    public void Start() { m_sckListen.BeginAccept(OnAccepted, null); }

    private void OnAccepted(IAsyncResult ar)
    {
        try
        {
            m_sckClient = m_sckListen.EndAccept(ar); //! LCA4002
            m_sckClient.BeginReceive(m_abBuffer, 0, m_abBuffer.Length, SocketFlags.None, OnReceived, null);
            m_sckListen.BeginAccept(OnAccepted, null);
        }
        catch (Exception ex) when (ex is SocketException || ex is ObjectDisposedException) { Console.Error.WriteLine(ex.Message); }
    }

    private void OnReceived(IAsyncResult ar)
    {
        try { Console.WriteLine(m_sckClient.EndReceive(ar)); }
        catch (Exception ex) when (ex is SocketException || ex is ObjectDisposedException) { Console.Error.WriteLine(ex.Message); }
    }
}
