// Servers written by hand: telnet console, webhook sink, trap receiver, kiosk door.
using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Works.Isolation.FrontDoors;

public interface ICommandTable
{
    Task<string> RunAsync(string command);
}

public interface IHookStore
{
    Task SaveAsync(string body);
}

public sealed class ConsoleServer
{
    private readonly TcpListener _listener;
    private readonly ICommandTable _commands;
    private readonly ILogger _log;
    private TcpClient? _client;

    public ConsoleServer(TcpListener listener, ICommandTable commands, ILogger<ConsoleServer> log)
    {
        _listener = listener;
        _commands = commands;
        _log = log;
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            _client = await _listener.AcceptTcpClientAsync(ct); //! LCA4002
            _ = Task.Run(ServeAsync, ct);
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            var line = new byte[512];
            var n = await _client!.GetStream().ReadAsync(line);
            var answer = await _commands.RunAsync(Encoding.ASCII.GetString(line, 0, n));
            await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            _client.Dispose();
        }
        catch (Exception e)
        {
            _log.LogInformation(e, "console left");
        }
    }
}

/// <summary>The same server; the client goes from hand to hand as a parameter.</summary>
public sealed class ParameterConsoleServer
{
    private readonly TcpListener _listener;
    private readonly ICommandTable _commands;
    private readonly ILogger _log;

    public ParameterConsoleServer(TcpListener listener, ICommandTable commands, ILogger<ParameterConsoleServer> log)
    {
        _listener = listener;
        _commands = commands;
        _log = log;
    }

    // ok LCA4002: a local, passed on
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(ct);
            _ = Task.Run(() => ServeAsync(client), CancellationToken.None);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var line = new byte[512];
                var n = await client.GetStream().ReadAsync(line);
                var answer = await _commands.RunAsync(Encoding.ASCII.GetString(line, 0, n));
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
        }
        catch (Exception e)
        {
            _log.LogInformation(e, "console left");
        }
    }
}

public sealed class WebhookSink(HttpListener listener, IHookStore store, ILogger<WebhookSink> log) : BackgroundService
{
    private HttpListenerContext? _current;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            _current = await listener.GetContextAsync().WaitAsync(stoppingToken); //! LCA4002
            _ = AcceptHookAsync();
        }
    }

    private async Task AcceptHookAsync()
    {
        try
        {
            using var reader = new StreamReader(_current!.Request.InputStream);
            await store.SaveAsync(await reader.ReadToEndAsync());
            _current.Response.StatusCode = 202;
            _current.Response.Close();
        }
        catch (Exception e)
        {
            log.LogError(e, "hook lost");
        }
    }
}

/// <summary>Begin and End with the socket in a field instead of in the state object.</summary>
public sealed class TrapListener
{
    private readonly Socket _listen;
    private readonly Action<string> _onTrap;
    private Socket? _current;

    public TrapListener(Socket boundSocket, Action<string> onTrap)
    {
        _listen = boundSocket;
        _onTrap = onTrap;
    }

    public void Start() => _listen.BeginAccept(OnAccepted, null);

    private void OnAccepted(IAsyncResult ar)
    {
        try
        {
            _current = _listen.EndAccept(ar); //! LCA4002
            var buffer = new byte[2048];
            _current.BeginReceive(buffer, 0, buffer.Length, SocketFlags.None, OnReceived, buffer);
            _listen.BeginAccept(OnAccepted, null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    private void OnReceived(IAsyncResult ar)
    {
        try
        {
            var n = _current!.EndReceive(ar);
            _onTrap(Encoding.UTF8.GetString((byte[])ar.AsyncState!, 0, n));
            _current.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>The state object carries what belongs to one peer.</summary>
public sealed class StatefulTrapListener
{
    private sealed class Peer(Socket socket)
    {
        public Socket Socket { get; } = socket;
        public byte[] Buffer { get; } = new byte[2048];
    }

    private readonly Socket _listen;
    private readonly Action<string> _onTrap;

    public StatefulTrapListener(Socket boundSocket, Action<string> onTrap)
    {
        _listen = boundSocket;
        _onTrap = onTrap;
    }

    public void Start() => _listen.BeginAccept(OnAccepted, null);

    // ok LCA4002
    private void OnAccepted(IAsyncResult ar)
    {
        try
        {
            var peer = new Peer(_listen.EndAccept(ar));
            peer.Socket.BeginReceive(peer.Buffer, 0, peer.Buffer.Length, SocketFlags.None, OnReceived, peer);
            _listen.BeginAccept(OnAccepted, null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    private void OnReceived(IAsyncResult ar)
    {
        var peer = (Peer)ar.AsyncState!;
        try
        {
            var n = peer.Socket.EndReceive(ar);
            _onTrap(Encoding.UTF8.GetString(peer.Buffer, 0, n));
            peer.Socket.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>Kestrel calls one handler object for all of its connections.</summary>
public sealed class KioskDoor(ILogger<KioskDoor> log) : ConnectionHandler
{
    private ConnectionContext? _kiosk;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _kiosk = connection; //! LCA4002
        var hello = await connection.Transport.Input.ReadAtLeastAsync(8);
        if (hello.IsCompleted) return;
        _kiosk.Items["hello"] = hello.Buffer.Length;
        connection.Transport.Input.AdvanceTo(hello.Buffer.End);
        log.LogInformation("kiosk {Id} said hello", _kiosk.ConnectionId);
    }
}

public sealed class StatelessKioskDoor(ILogger<StatelessKioskDoor> log) : ConnectionHandler
{
    // what every kiosk has in common may stay in fields
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new();

    // ok LCA4002: only a name and a time are kept
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        _seen[connection.ConnectionId] = DateTimeOffset.UtcNow;
        var hello = await connection.Transport.Input.ReadAtLeastAsync(8);
        if (hello.IsCompleted) return;
        connection.Items["hello"] = hello.Buffer.Length;
        connection.Transport.Input.AdvanceTo(hello.Buffer.End);
        log.LogInformation("kiosk {Id} said hello", connection.ConnectionId);
    }
}

/// <summary>One object for each accepted client: its fields are that client's.</summary>
public sealed class ConsoleSession
{
    private readonly ICommandTable _commands;
    private TcpClient? _client;
    private NetworkStream? _stream;

    public ConsoleSession(ICommandTable commands) => _commands = commands;

    // ok LCA4002: made per connection, below
    public async Task ServeAsync(TcpClient client)
    {
        try
        {
            _client = client;
            _stream = client.GetStream();
            var line = new byte[512];
            var n = await _stream.ReadAsync(line);
            var answer = await _commands.RunAsync(Encoding.ASCII.GetString(line, 0, n));
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
        finally
        {
            client.Dispose();
        }
    }
}

public sealed class SessionServer(TcpListener listener, ICommandTable commands)
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            _ = new ConsoleSession(commands).ServeAsync(client);
        }
    }
}

/// <summary>A wallboard: the last screen that dialled in is kept statically for whoever has something to show.</summary>
public sealed class WallboardServer(HttpListener listener, Func<Task<byte[]>> render, ILogger<WallboardServer> log)
{
    private static WebSocket? s_screen;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var context = await listener.GetContextAsync().WaitAsync(ct);
            _ = ShowAsync(context);
        }
    }

    private async Task ShowAsync(HttpListenerContext context)
    {
        try
        {
            var upgraded = await context.AcceptWebSocketAsync(null);
            s_screen = upgraded.WebSocket; //! LCA4002
            var picture = await render();
            await s_screen.SendAsync(picture, WebSocketMessageType.Binary, true, CancellationToken.None); //? LCA2004 LCA3001
            await s_screen.CloseAsync(WebSocketCloseStatus.NormalClosure, "shown", CancellationToken.None);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "screen lost");
        }
    }

    // ok LCA4002: the same with a local
    public async Task ShowOnceAsync(HttpListenerContext context)
    {
        var upgraded = await context.AcceptWebSocketAsync(null);
        using var screen = upgraded.WebSocket;
        var picture = await render();
        await screen.SendAsync(picture, WebSocketMessageType.Binary, true, CancellationToken.None);
        await screen.CloseAsync(WebSocketCloseStatus.NormalClosure, "shown", CancellationToken.None);
    }
}
