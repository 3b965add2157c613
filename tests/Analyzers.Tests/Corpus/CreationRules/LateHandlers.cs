// Handlers that come too late, never, or by another way than a plain +=.
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MailKit.Net.Smtp;
using MQTTnet;
using MQTTnet.Client;
using Renci.SshNet;
using StackExchange.Redis;
using WebSocketSharp;

namespace Corpus.Creation.LateHandlers;

public sealed class InboxFolder : IDisposable
{
    private readonly FileSystemWatcher _watcher;

    public InboxFolder(string path, Action<Exception> failed)
    {
        _watcher = new FileSystemWatcher(path) { EnableRaisingEvents = true }; //! LCA1001
        _watcher.Error += (_, e) => failed(e.GetException());
    }

    public void Dispose() => _watcher.Dispose();
}

public sealed class CacheHost(string configuration, ILogger log)
{
    private ConnectionMultiplexer? _redis;
    private ConnectionMultiplexer? _second;

    public async Task StartAsync()
    {
        _redis = await ConnectionMultiplexer.ConnectAsync(configuration); //! LCA1001
        await _redis.GetDatabase().PingAsync();
        _redis.ConnectionFailed += (_, e) => log.LogError(e.Exception, "redis");
    }

    // ok LCA1001: attached before anything is done with it
    public async Task StartSecondAsync()
    {
        _second = await ConnectionMultiplexer.ConnectAsync(configuration);
        _second.ConnectionFailed += (_, e) => log.LogError(e.Exception, "redis");
        await _second.GetDatabase().PingAsync();
    }
}

public sealed class Worker(IMqttClient mqtt, MqttClientOptions options, ILogger<Worker> log) : BackgroundService
{
    // ok LCA1001: injected; whoever built it attaches
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await mqtt.ConnectAsync(options, stoppingToken);
        log.LogInformation("connected");
    }
}

public sealed class LateWorker : BackgroundService
{
    private readonly IMqttClient _mqtt;
    private readonly ILogger _log;
    private readonly MqttClientOptions _options;

    public LateWorker(MqttFactory factory, MqttClientOptions options, ILogger<LateWorker> log)
    {
        _mqtt = factory.CreateMqttClient();
        _options = options;
        _log = log;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _mqtt.ConnectAsync(_options, stoppingToken); //! LCA1001
        _mqtt.DisconnectedAsync += OnGoneAsync;
    }

    private Task OnGoneAsync(MqttClientDisconnectedEventArgs e)
    {
        _log.LogWarning(e.Exception, "gone");
        return Task.CompletedTask;
    }
}

public sealed class LoudSocket : WebSocket
{
    public LoudSocket(string url, ILogger log) : base(url) => OnError += (_, e) => log.LogError("{Message}", e.Message);
}

public sealed class LoudUser(string url, ILogger log)
{
    private LoudSocket? _socket;

    // ok LCA1001: the derived type attaches in its constructor
    public void Open()
    {
        _socket = new LoudSocket(url, log);
        _socket.Connect();
    }
}

public sealed class Wrapper
{
    private readonly WebSocket _inner;
    public event Action<string>? Failed;

    public Wrapper(string url)
    {
        _inner = new WebSocket(url);
        Attach(_inner);
    }

    private void Attach(WebSocket socket)
    {
        socket.OnClose += HandleClose;
        socket.OnError += HandleError;
    }

    // ok LCA1001: an instance method attached it
    public void Open() => _inner.Connect();

    private void HandleClose(object? sender, CloseEventArgs e) => Failed?.Invoke(e.Reason);
    private void HandleError(object? sender, WebSocketSharp.ErrorEventArgs e) => Failed?.Invoke(e.Message);
}

public sealed class Detached(string url)
{
    private WebSocket? _socket;

    public void Open()
    {
        _socket = new WebSocket(url);
        _socket.OnMessage += Read;
        _socket.Connect(); //! LCA1001
    }

    // detaching is no attaching
    public void Close()
    {
        _socket!.OnMessage -= Read;
        _socket.OnError -= Failed;
        _socket.Close();
    }

    private void Read(object? sender, MessageEventArgs e) => Console.WriteLine(e.Data);
    private void Failed(object? sender, WebSocketSharp.ErrorEventArgs e) => Console.WriteLine(e.Message);
}

public sealed class Fleet(IEnumerable<string> hosts, string user, string password, ILogger log)
{
    private readonly Dictionary<string, SshClient> _clients = new();

    public void ConnectAll()
    {
        foreach (var host in hosts)
        {
            var client = new SshClient(host, 22, user, password); //! LCA1003
            client.Connect(); //! LCA1001
            _clients[host] = client;
        }
    }

    // ok LCA1001: attached in the initialising loop
    public void ConnectAllWatched()
    {
        foreach (var host in hosts)
        {
            var client = new SshClient(host, 22, user, password); //! LCA1003
            client.ErrorOccurred += (_, e) => log.LogError(e.Exception, "{Host}", host);
            client.Connect();
            _clients[host] = client;
        }
    }

    public async Task ConnectAsync(string host, CancellationToken stop)
    {
        _clients.Add(host, new SshClient(host, 22, user, password));
        await _clients[host].ConnectAsync(stop); //? LCA1001
    }
}

public sealed class MailQueue(string host) : IAsyncDisposable
{
    private readonly SmtpClient _smtp = new();

    public async Task OpenAsync(CancellationToken stop)
    {
        await _smtp.ConnectAsync(host, 465, true, stop); //! LCA1001
    }

    public Task EnqueueAsync(object mail, CancellationToken stop) => _smtp.SendAsync(mail, stop);

    public async ValueTask DisposeAsync()
    {
        await _smtp.DisconnectAsync(true);
        _smtp.Dispose();
    }
}

public static class OneMail
{
    // ok LCA1001: one method's own
    public static async Task SendAsync(string host, object mail, CancellationToken stop)
    {
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync(host, 465, true, stop);
        await smtp.AuthenticateAsync("user", "secret", stop);
        await smtp.SendAsync(mail, stop);
        await smtp.DisconnectAsync(true, stop);
    }
}

public interface ICraneLink : IDisposable
{
    event Action<Exception>? ConnectionFailed;
    bool IsConnected { get; }
    Task ConnectAsync(CancellationToken stop);
    Task SendAsync(byte[] move);
}

public sealed class CraneLink : ICraneLink
{
    public event Action<Exception>? ConnectionFailed;
    public bool IsConnected { get; private set; }
    public Task ConnectAsync(CancellationToken stop) { IsConnected = true; return Task.CompletedTask; }
    public Task SendAsync(byte[] move) { if (!IsConnected) ConnectionFailed?.Invoke(new IOException()); return Task.CompletedTask; }
    public void Dispose() => IsConnected = false;
    public static async Task<CraneLink> OpenAsync(CancellationToken stop)
    {
        var link = new CraneLink();
        await link.ConnectAsync(stop); //? LCA1001
        return link;
    }
}

public sealed class CraneCabin(ILogger log)
{
    private ICraneLink? _link;

    public async Task BoardAsync(CancellationToken stop)
    {
        ICraneLink link = new CraneLink();
        await link.ConnectAsync(stop); //! LCA1001
        link.ConnectionFailed += ex => log.LogError(ex, "crane");
        _link = link;
    }

    public async Task BoardTryAsync(CancellationToken stop)
    {
        _link = new CraneLink();
        try
        {
            await _link.ConnectAsync(stop); //! LCA1001
        }
        finally
        {
            _link.ConnectionFailed += ex => log.LogError(ex, "crane");
        }
    }

    // ok LCA1001: on both branches before it opens
    public async Task BoardBranchesAsync(bool loud, CancellationToken stop)
    {
        var link = new CraneLink();
        if (loud) link.ConnectionFailed += ex => log.LogError(ex, "crane");
        else link.ConnectionFailed += ex => log.LogTrace(ex, "crane");
        await link.ConnectAsync(stop);
        _link = link;
    }
}

public sealed class HubFactory
{
    // ok LCA1001: returned unopened
    public HubConnection Create(string url) => new HubConnectionBuilder().WithUrl(url).Build();

    // returned, but opened before
    public async Task<HubConnection> CreateStartedAsync(string url, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        await hub.StartAsync(stop); //! LCA1001
        //? LCA1003
        return hub;
    }
}

public sealed class PrimaryAndSpare(string url, ILogger log)
{
    private readonly HubConnection _hub = Build(url, log);

    private static HubConnection Build(string url, ILogger log)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Reconnecting += ex => { log.LogWarning(ex, "reconnecting"); return Task.CompletedTask; };
        hub.Closed += ex => { log.LogWarning(ex, "closed"); return Task.CompletedTask; };
        return hub;
    }

    // ok LCA1001: attached by the static builder in the initialiser
    public Task StartAsync(CancellationToken stop) => _hub.StartAsync(stop);
}

public sealed class AcceptorArgs
{
    private readonly SocketAsyncEventArgs _args = new();

    // never attached in this type
    public void Accept(Socket listener)
    {
        if (!listener.AcceptAsync(_args)) //! LCA1001
            Console.WriteLine(_args.AcceptSocket);
    }
}

public sealed class AcceptorArgsAttached
{
    private readonly SocketAsyncEventArgs _args = new();

    public AcceptorArgsAttached() => _args.Completed += (_, e) => Console.WriteLine(e.SocketError);

    // ok LCA1001 LCA1002
    public void Accept(Socket listener)
    {
        if (!listener.AcceptAsync(_args)) Console.WriteLine(_args.AcceptSocket);
    }

    // ok LCA1002: the answer is an argument
    public void AcceptTold(Socket listener) => Told(listener.AcceptAsync(_args));

    private static void Told(bool pending) { if (!pending) Console.WriteLine("at once"); }

    public void AcceptBodied(Socket listener) => listener.AcceptAsync(_args); //! LCA1002

    public void AcceptMaybe(Socket? listener)
    {
        listener?.AcceptAsync(_args); //! LCA1002
    }

    // ok LCA1002: read in the loop's condition
    public void AcceptAll(Socket listener)
    {
        while (listener.AcceptAsync(_args) == false) Console.WriteLine(_args.AcceptSocket);
    }

    public void AcceptLambda(Socket listener)
    {
        Action again = () => listener.AcceptAsync(_args); //! LCA1002
        again();
    }

    // ok LCA1002: an awaitable wrapper is told
    public bool WasSynchronous { get; private set; }
    public void AcceptAwaitable(Socket listener) => WasSynchronous = !listener.AcceptAsync(_args);
}
