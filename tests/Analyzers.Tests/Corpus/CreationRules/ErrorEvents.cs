// Clients whose failures are told by an event: brokers, SSH, web sockets, serial lines, own types.
using System.IO.Ports;
using System.Net;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using NATS.Client.Core;
using RabbitMQ.Client;
using Renci.SshNet;
using SuperSocket.Client;
using WebSocketSharp;

namespace Corpus.Creation.ErrorEvents;

public sealed class Thermostat(ILogger<Thermostat> log)
{
    private IMqttClient? _mqtt;

    public async Task StartAsync(MqttClientOptions options, CancellationToken stop)
    {
        _mqtt = new MqttFactory().CreateMqttClient();
        _mqtt.ApplicationMessageReceivedAsync += e => { log.LogDebug("{Topic}", e.ApplicationMessage.Topic); return Task.CompletedTask; };
        await _mqtt.ConnectAsync(options, stop); //! LCA1001
    }

    public Task SetAsync(string value, CancellationToken stop) =>
        _mqtt!.PublishAsync(new MqttApplicationMessage { Topic = "set" }, stop);
}

public sealed partial class Humidistat(ILogger<Humidistat> log)
{
    private readonly IMqttClient _mqtt = new MqttFactory().CreateMqttClient();

    // ok LCA1001: the other part attaches
    public async Task StartAsync(MqttClientOptions options, CancellationToken stop)
    {
        Wire();
        await _mqtt.ConnectAsync(options, stop);
    }
}

public sealed partial class Humidistat
{
    private void Wire() => _mqtt.DisconnectedAsync += e =>
    {
        log.LogWarning(e.Exception, "lost");
        return Task.CompletedTask;
    };
}

public sealed class TickerSocket(string url, ILogger log)
{
    public void Run(CancellationToken stop)
    {
        var ws = new WebSocket(url);
        ws.OnMessage += (_, e) => log.LogInformation("{Tick}", e.Data);
        ws.Connect(); //! LCA1001
        ws.OnError += (_, e) => log.LogError(e.Exception, "{Message}", e.Message);
        stop.WaitHandle.WaitOne();
        ws.Close();
    }

    // ok LCA1001: closing counts as telling
    public void RunClosed(CancellationToken stop)
    {
        var ws = new WebSocket(url);
        ws.OnMessage += (_, e) => log.LogInformation("{Tick}", e.Data);
        ws.OnClose += (_, e) => log.LogWarning("closed {Code}", e.Code);
        ws.Connect();
        stop.WaitHandle.WaitOne();
        ws.Close();
    }

    // ok LCA1001: leaves before it opens
    public WebSocket Create()
    {
        var ws = new WebSocket(url);
        ws.OnMessage += (_, e) => log.LogInformation("{Tick}", e.Data);
        return ws;
    }

    private readonly List<WebSocket> _sockets = new();

    // ok LCA1001: passed on before it opens
    public void Hand(Action<WebSocket> configure)
    {
        var ws = new WebSocket(url);
        configure(ws);
        ws.Connect();
    }
}

public sealed class OrderDesk
{
    private readonly WebSocket _orders;

    public OrderDesk(string url) => _orders = new WebSocket(url);

    public void Open() => _orders.Connect(); //! LCA1001

    public void Place(string order) => _orders.Send(order);
}

public abstract class DeskBase
{
    protected readonly WebSocket Socket;

    protected DeskBase(string url)
    {
        Socket = new WebSocket(url);
        Socket.OnError += OnFailed;
    }

    protected abstract void OnFailed(object? sender, WebSocketSharp.ErrorEventArgs e);
}

public sealed class QuoteDesk(string url, ILogger log) : DeskBase(url)
{
    // ok LCA1001: the base attached it
    public void Open() => Socket.Connect();

    protected override void OnFailed(object? sender, WebSocketSharp.ErrorEventArgs e) => log.LogError("{Message}", e.Message);
}

public sealed class Scale(string port) : IDisposable
{
    private readonly SerialPort _port = new(port, 9600);

    public void Open()
    {
        _port.DataReceived += (_, _) => Console.WriteLine(_port.ReadExisting());
        _port.Open(); //! LCA1001
    }

    public void Dispose() => _port.Dispose();
}

public sealed class CheckedScale : IDisposable
{
    private readonly SerialPort _port;

    public CheckedScale(string port, Action<SerialError> failed)
    {
        _port = new SerialPort { PortName = port };
        _port.ErrorReceived += (_, e) => failed(e.EventType);
    }

    // ok LCA1001
    public void Open() => _port.Open();

    public void Dispose() => _port.Dispose();
}

public static class Deployments
{
    // ok LCA1001: created, used and disposed here; failures arrive at the calls
    public static async Task<string> UnameAsync(string host, string user, string password, CancellationToken stop)
    {
        using var ssh = new SshClient(host, 22, user, password);
        await ssh.ConnectAsync(stop);
        return ssh.RunCommand("uname -a").Result;
    }

    // ok LCA1001: one publication, every call awaited
    public static async Task AnnounceAsync(MqttClientOptions options, string topic, CancellationToken stop)
    {
        using var mqtt = new MqttFactory().CreateMqttClient();
        await mqtt.ConnectAsync(options, stop);
        await mqtt.PublishAsync(new MqttApplicationMessage { Topic = topic }, stop);
        await mqtt.DisconnectAsync(new MqttClientDisconnectOptions(), stop);
    }

    public static async Task UploadAsync(string host, string user, string password, ILogger log, CancellationToken stop)
    {
        using var ssh = new SshClient(host, 22, user, password);
        await ssh.ConnectAsync(stop); //! LCA1001
        ssh.ErrorOccurred += (_, e) => log.LogError(e.Exception, "ssh");
        ssh.RunCommand("tar xf upload.tar");
    }
}

public sealed class Ledger(IConnectionFactory factory, ILogger log)
{
    private IConnection? _connection;

    // ok LCA1001: a late subscriber of the shutdown event is told at once
    public async Task OpenAsync(CancellationToken stop)
    {
        _connection = await factory.CreateConnectionAsync(stop);
        _connection.ConnectionShutdownAsync += (_, e) =>
        {
            log.LogWarning("broker gone: {Reason}", e.ReplyText);
            return Task.CompletedTask;
        };
    }
}

public sealed class TurbineLink : IAsyncDisposable
{
    private readonly NatsConnection _nats = new(new NatsOpts { Url = "nats://turbine" });

    public async Task StartAsync(ILogger log)
    {
        //? LCA1008
        await _nats.ConnectAsync(); //! LCA1001
        _nats.ConnectionDisconnected += (_, e) => { log.LogWarning("{Message}", e.Message); return default; };
    }

    public ValueTask DisposeAsync() => _nats.DisposeAsync();
}

public sealed class PumpClient(EndPoint remote)
{
    private readonly IEasyClient _client = new EasyClient();

    public async Task<bool> OpenAsync(CancellationToken stop) => await _client.ConnectAsync(remote, stop); //! LCA1001

    public ValueTask SendAsync(byte[] data) => _client.SendAsync(data);
}

// An own type of the conventional shape.
public sealed class DrillSession : IDisposable
{
    public event EventHandler<Exception>? Faulted;
    public bool IsOpen { get; private set; }
    public Task OpenAsync(CancellationToken stop) { IsOpen = true; return Task.Delay(1, stop); }
    public Task SendAsync(byte[] data) { if (!IsOpen) Faulted?.Invoke(this, new IOException()); return Task.CompletedTask; }
    public void Dispose() => IsOpen = false;
}

public sealed class DrillRig(ILogger log)
{
    private DrillSession? _session;

    public async Task ConnectAsync(CancellationToken stop)
    {
        var session = new DrillSession();
        await session.OpenAsync(stop); //! LCA1001
        session.Faulted += (_, ex) => log.LogError(ex, "drill");
        _session = session;
    }

    // ok LCA1001: attached first
    public async Task ReconnectAsync(CancellationToken stop)
    {
        var session = new DrillSession();
        session.Faulted += OnFaulted;
        await session.OpenAsync(stop);
        _session?.Dispose();
        _session = session;
    }

    private void OnFaulted(object? sender, Exception ex) => log.LogError(ex, "drill");
}

public sealed class Kiosk(ILogger log)
{
    private HubConnection? _hub;
    private HubConnection? _spare;

    public async Task ShowAsync(string url, CancellationToken stop)
    {
        _hub = new HubConnectionBuilder().WithUrl(url).Build();
        _hub.On<string>("show", text => log.LogInformation("{Text}", text));
        await _hub.StartAsync(stop); //! LCA1001
    }

    // ok LCA1001: an extension of ours attaches
    public async Task ShowSpareAsync(string url, CancellationToken stop)
    {
        _spare = new HubConnectionBuilder().WithUrl(url).Build().Watched(log);
        await _spare.StartAsync(stop);
    }
}

public static class HubWatching
{
    public static HubConnection Watched(this HubConnection hub, ILogger log)
    {
        hub.Closed += ex => { log.LogError(ex, "hub"); return Task.CompletedTask; };
        return hub;
    }
}

public sealed class DropFolder : IDisposable
{
    private readonly FileSystemWatcher _watcher;

    public DropFolder(string path, Action<string> arrived)
    {
        _watcher = new FileSystemWatcher(path);
        _watcher.Created += (_, e) => arrived(e.FullPath);
        _watcher.EnableRaisingEvents = true; //! LCA1001
    }

    public void Dispose() => _watcher.Dispose();
}

public sealed class CheckedDropFolder : IDisposable
{
    private readonly FileSystemWatcher _watcher;

    // ok LCA1001
    public CheckedDropFolder(string path, Action<string> arrived, Action<Exception> failed)
    {
        _watcher = new FileSystemWatcher(path);
        _watcher.Created += (_, e) => arrived(e.FullPath);
        _watcher.Error += (_, e) => failed(e.GetException());
        _watcher.EnableRaisingEvents = true;
    }

    public void Dispose() => _watcher.Dispose();
}
