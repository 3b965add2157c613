// Who attaches the error handler, and when: hubs, brokers, serial gateways, watchers, and a team's own links.
using System.IO.Ports;
using System.Net.Sockets;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;
using Renci.SshNet;
using StackExchange.Redis;
using WebSocketSharp;

namespace Wide.Creation.HandlersFirst;

public sealed record BrokerOptions(string Host, int Port, TimeSpan Interval);

// --- reported

public sealed class TelemetryUplinkService(MqttFactory factory, ILogger<TelemetryUplinkService> log) : IDisposable
{
    private IMqttClient? _client;
    private long _published;

    public async Task StartAsync(MqttClientOptions options, CancellationToken ct)
    {
        log.LogInformation("connecting telemetry uplink");
        var client = factory.CreateMqttClient(); //! LCA1003
        client.ApplicationMessageReceivedAsync += e =>
        {
            log.LogDebug("topic {Topic}", e.ApplicationMessage.Topic);
            return Task.CompletedTask;
        };
        var result = await client.ConnectAsync(options, ct); //! LCA1001
        log.LogInformation("connected: {Result}", result);
        client.DisconnectedAsync += OnDisconnected;
        _client = client;
    }

    private Task OnDisconnected(MqttClientDisconnectedEventArgs e)
    {
        log.LogWarning(e.Exception, "uplink lost after {Count}", _published);
        return Task.CompletedTask;
    }

    public void Dispose() => _client?.Dispose();
}

// Old style: a form-like class with fields, nobody listens to OnError or OnClose at all.
public class TickerWindow
{
    private WebSocketSharp.WebSocket socket;
    private string lastLine = "";

    public TickerWindow(string url)
    {
        this.socket = new WebSocketSharp.WebSocket(url);
        this.socket.OnMessage += new EventHandler<MessageEventArgs>(Socket_OnMessage);
    }

    private void Socket_OnMessage(object? sender, MessageEventArgs e)
    {
        this.lastLine = e.Data;
    }

    public void btnConnect_Click(object sender, EventArgs e)
    {
        if (this.lastLine.Length > 0)
        {
            this.lastLine = "";
        }
        this.socket.Connect(); //! LCA1001
    }

    public void Window_Closing()
    {
        this.socket.Close();
    }
}

public partial class BatchDeployer
{
    private readonly SshClient _ssh;
    private readonly Queue<string> _commands = new();

    public BatchDeployer(string host, string user, string password) => _ssh = new SshClient(host, 22, user, password);

    public void Begin() => _ssh.Connect(); //! LCA1001
}

public partial class BatchDeployer : IDisposable
{
    public void Enqueue(string command) => _commands.Enqueue(command);

    public void RunAll()
    {
        while (_commands.TryDequeue(out var command))
            using (_ssh.RunCommand(command)) { }
    }

    public void Dispose() => _ssh.Dispose();
}

public static class SessionStore
{
    private static readonly Dictionary<string, string> Local = [];
    private static ConnectionMultiplexer? s_redis;

    public static void Initialise(string configuration)
    {
        Local.Clear();
        s_redis = ConnectionMultiplexer.Connect(configuration); //! LCA1001
    }

    public static string? Read(string key) =>
        Local.TryGetValue(key, out var value) ? value : s_redis!.GetDatabase().StringGet(key);
}

public class ConfigReloader : IDisposable
{
    private readonly FileSystemWatcher _watcher;

    public ConfigReloader(string directory, Action reload)
    {
        _watcher = new FileSystemWatcher(directory, "*.json");
        _watcher.Changed += (_, _) => reload();
        _watcher.EnableRaisingEvents = true; //! LCA1001
    }

    public void Dispose() => _watcher.Dispose();
}

// A team's own link: event by convention.
public sealed class FieldbusLink(string device) : IDisposable
{
    public event EventHandler<Exception>? Faulted;
    public event EventHandler<byte[]>? FrameReceived;

    public bool IsOpen { get; private set; }

    public string Device => device;

    public void Open()
    {
        IsOpen = true;
        FrameReceived?.Invoke(this, []);
    }

    public void SendFrame(byte[] frame)
    {
        if (frame.Length == 0) Faulted?.Invoke(this, new ArgumentException("empty"));
    }

    public void Dispose() => IsOpen = false;
}

public sealed class FieldbusGateway(IReadOnlyList<string> devices, ILogger log)
{
    private readonly Dictionary<string, FieldbusLink> _links = new();

    public void OpenAll()
    {
        foreach (var device in devices)
        {
            if (_links.ContainsKey(device)) continue;
            var link = new FieldbusLink(device);
            link.FrameReceived += (s, frame) => log.LogTrace("{Device}: {Length}", ((FieldbusLink)s!).Device, frame.Length);
            link.Open(); //! LCA1001
            link.Faulted += (_, ex) => log.LogError(ex, "link failed");
            _links[device] = link;
        }
    }
}

public sealed class ScaleReader : IDisposable
{
    private readonly SerialPort _port;

    public ScaleReader(string name)
    {
        _port = new SerialPort(name, 9600);
        _port.DataReceived += (s, e) => Weight = _port.BaseStream.ReadByte().ToString();
        _port.Open(); //! LCA1001
    }

    public string Weight { get; private set; } = "";

    public void Dispose() => _port.Dispose();
}

public abstract class HubModule(string url)
{
    protected HubConnection Hub { get; } = new HubConnectionBuilder().WithUrl(url).Build();

    protected abstract void Register();

    public async Task StartAsync(CancellationToken ct)
    {
        Register();
        await Hub.StartAsync(ct).ConfigureAwait(false); //! LCA1001
    }
}

public sealed class PresenceModule(string url, ILogger log) : HubModule(url)
{
    protected override void Register() => Hub.On<string>("joined", name => log.LogInformation("{Name} joined", name));
}

// --- silent

public sealed class TelemetryDownlinkService(MqttFactory factory, ILogger log)
{
    // ok LCA1001: the handler is there before the connect
    public async Task<IMqttClient> StartAsync(MqttClientOptions options, CancellationToken ct)
    {
        var client = factory.CreateMqttClient(); //! LCA1003
        client.DisconnectedAsync += async e =>
        {
            log.LogWarning(e.Exception, "downlink lost");
            await Task.Delay(1000, CancellationToken.None);
        };
        await client.ConnectAsync(options, ct);
        return client;
    }
}

public sealed class OneShotPublisher(MqttFactory factory)
{
    // ok LCA1001: a local, used by awaited calls of its own alone, disposed here
    public async Task PublishAsync(MqttClientOptions options, MqttApplicationMessage message, CancellationToken ct)
    {
        using var client = factory.CreateMqttClient();
        await client.ConnectAsync(options, ct);
        await client.PublishAsync(message, ct);
        await client.DisconnectAsync(new MqttClientDisconnectOptions(), ct);
    }
}

public abstract class WatchedHubModule
{
    protected WatchedHubModule(string url, ILogger log)
    {
        Hub = new HubConnectionBuilder().WithUrl(url).Build();
        Hub.Closed += ex =>
        {
            log.LogError(ex, "hub closed");
            return Task.CompletedTask;
        };
    }

    protected HubConnection Hub { get; }
}

public sealed class RosterModule(string url, ILogger log) : WatchedHubModule(url, log)
{
    // ok LCA1001: the base class attached
    public async Task StartAsync(CancellationToken ct)
    {
        Hub.On<string>("left", name => { });
        await Hub.StartAsync(ct);
    }
}

public partial class SplitTicker
{
    private readonly WebSocketSharp.WebSocket _socket = new("wss://ticker.example");

    // ok LCA1001: the other part attaches in Wire
    public void Open()
    {
        Wire();
        _socket.Connect();
    }
}

public partial class SplitTicker
{
    private void Wire()
    {
        _socket.OnClose += (_, e) => Console.Error.WriteLine(e.Reason);
    }
}

public sealed class OrderBroker
{
    // ok LCA1001: RabbitMQ calls a late shutdown handler at once
    public async Task<IConnection> OpenAsync(ConnectionFactory factory, ILogger log, CancellationToken ct)
    {
        var connection = await factory.CreateConnectionAsync(ct);
        connection.ConnectionShutdownAsync += (_, args) =>
        {
            log.LogWarning("broker gone: {Reason}", args.ReplyText);
            return Task.CompletedTask;
        };
        return connection;
    }
}

public sealed class LinkSupervisor(ILogger log)
{
    public void Watch(FieldbusLink link) => link.Faulted += (_, ex) => log.LogError(ex, "{Device}", link.Device);
}

public sealed class SupervisedGateway(LinkSupervisor supervisor)
{
    // ok LCA1001: passed on before it opens
    public FieldbusLink Open(string device)
    {
        var link = new FieldbusLink(device);
        supervisor.Watch(link);
        link.Open();
        return link;
    }
}

public static class RedisModule
{
    // ok LCA1001: attached right after the creation, before any use
    public static ConnectionMultiplexer Create(string configuration, ILogger log)
    {
        var redis = ConnectionMultiplexer.Connect(configuration);
        redis.ConnectionFailed += (_, e) => log.LogError(e.Exception, "redis {EndPoint}", e.EndPoint);
        return redis;
    }
}

public sealed class Doorbell(string portName)
{
    // ok LCA1001: the object leaves before it opens
    public SerialPort CreatePort() => new(portName, 2400);
}

public static class WatcherExtensions
{
    public static T WithLogging<T>(this T client, ILogger log) where T : BaseClient
    {
        client.ErrorOccurred += (_, e) => log.LogError(e.Exception, "session");
        return client;
    }
}

public sealed class FluentShell(string host, ILogger log)
{
    // ok LCA1001: the extension attached it
    public SshClient Open()
    {
        var ssh = new SshClient(host, 22, "root", "").WithLogging(log); //! LCA1003
        ssh.Connect();
        return ssh;
    }
}

public sealed class AcceptWorker
{
    // ok LCA1001: Completed is attached in the initialiser's next statement, before the operation
    public void Begin(Socket listener)
    {
        var args = new SocketAsyncEventArgs { UserToken = this };
        args.Completed += (_, e) => Console.WriteLine(e.SocketError);
        if (!listener.AcceptAsync(args)) Console.WriteLine(args.SocketError);
    }
}
