using System.IO.Ports;
using System.Net.Sockets;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using NATS.Client.Core;
using RabbitMQ.Client;
using Renci.SshNet;
using StackExchange.Redis;
using StreamJsonRpc;

namespace Clauses.HandlersFirst;

public sealed class TickerFeed : IDisposable
{
    private readonly WebSocketSharp.WebSocket _socket;
    private readonly ILogger<TickerFeed> _log;

    public TickerFeed(string url, ILogger<TickerFeed> log)
    {
        _log = log;
        _socket = new WebSocketSharp.WebSocket(url);
        _socket.Connect(); //! LCA1001
        _socket.OnMessage += (_, e) => _log.LogInformation("{Tick}", e.Data);
        _socket.OnError += (_, e) => _log.LogError(e.Exception, "feed");
    }

    public void Dispose() => _socket.Close();
}

public sealed class OrderedTickerFeed : IDisposable
{
    private readonly WebSocketSharp.WebSocket _socket;

    public OrderedTickerFeed(string url, ILogger<OrderedTickerFeed> log)
    {
        _socket = new WebSocketSharp.WebSocket(url);
        _socket.OnClose += (_, e) => log.LogWarning("closed: {Reason}", e.Reason);
        _socket.Connect();
        _socket.OnMessage += (_, e) => log.LogInformation("{Tick}", e.Data);
    }

    public void Dispose() => _socket.Close();
}

public class RouterShell(string host, string user, string password) : IDisposable
{
    private SshClient? _shell;

    public void Open()
    {
        _shell = new SshClient(host, user, password);
        _shell.Connect(); //! LCA1001
    }

    public string Show(string what) => _shell!.RunCommand("show " + what).Result;

    public void Dispose() => _shell?.Dispose();
}

public abstract class WatchedShell : IDisposable
{
    protected readonly SshClient Shell;

    protected WatchedShell(SshClient shell)
    {
        Shell = shell;
        Shell.ErrorOccurred += OnShellError;
    }

    private void OnShellError(object? sender, Renci.SshNet.Common.ExceptionEventArgs e) => Console.Error.WriteLine(e.Exception);

    public void Dispose() => Shell.Dispose();
}

public sealed class BackupShell(string host) : WatchedShell(new SshClient(host, "backup", "secret"))
{
    public void Run()
    {
        Shell.Connect();
        Shell.RunCommand("backup --full");
    }
}

public static class NightlyReport
{
    public static async Task SendAsync(string host, MimeKit.MimeMessage report, CancellationToken stop)
    {
        using var smtp = new MailKit.Net.Smtp.SmtpClient();
        await smtp.ConnectAsync(host, 587, MailKit.Security.SecureSocketOptions.StartTls, stop);
        await smtp.AuthenticateAsync("reports", "secret", stop);
        await smtp.SendAsync(report, stop);
        await smtp.DisconnectAsync(true, stop);
    }

    public static async Task SendAndTellAsync(string host, MimeKit.MimeMessage report, CancellationToken stop)
    {
        using var smtp = new MailKit.Net.Smtp.SmtpClient();
        await smtp.ConnectAsync(host, 587, MailKit.Security.SecureSocketOptions.StartTls, stop); //! LCA1001
        smtp.Disconnected += (_, e) => Console.WriteLine("lost " + e.Host);
        await smtp.SendAsync(report, stop);
        await smtp.DisconnectAsync(true, stop);
    }
}

public static class HubFactory
{
    public static HubConnection Make(string url) => new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();

    public static async Task<HubConnection> StartedAsync(string url, Func<Exception?, Task> closed, CancellationToken stop)
    {
        var hub = Make(url);
        await hub.StartAsync(stop); //! LCA1001
        hub.Closed += closed;
        return hub;
    }

    public static async Task RunAsync(string url, CancellationToken stop)
    {
        var hub = Make(url);
        var keeper = new HubKeeper(hub);
        await hub.StartAsync(stop);
        await keeper.Ended;
    }
}

public sealed class HubKeeper
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HubKeeper(HubConnection hub)
    {
        hub.Closed += error =>
        {
            if (error is null) _ended.TrySetResult();
            else _ended.TrySetException(error);
            return Task.CompletedTask;
        };
    }

    public Task Ended => _ended.Task;
}

public sealed class TelemetryWorker(MqttClientOptions options, ILogger<TelemetryWorker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = new MqttFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += OnMessageAsync;
        await client.ConnectAsync(options, stoppingToken); //! LCA1001
        client.DisconnectedAsync += e =>
        {
            log.LogWarning(e.Exception, "broker lost");
            return Task.CompletedTask;
        };
        await Task.Delay(Timeout.Infinite, stoppingToken);
    }

    private Task OnMessageAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        log.LogInformation("{Topic}", e.ApplicationMessage.Topic);
        return Task.CompletedTask;
    }
}

public sealed class RedisHolder
{
    private readonly ConnectionMultiplexer _redis;

    public RedisHolder(string configuration)
    {
        _redis = ConnectionMultiplexer.Connect(configuration); //! LCA1001
    }

    public IDatabase Database => _redis.GetDatabase();
}

public sealed class LoggedRedisHolder
{
    private readonly ConnectionMultiplexer _redis;

    public LoggedRedisHolder(string configuration, ILogger<LoggedRedisHolder> log)
    {
        _redis = ConnectionMultiplexer.Connect(configuration);
        _redis.ConnectionFailed += (_, e) => log.LogError(e.Exception, "redis {Type}", e.FailureType);
    }

    public IDatabase Database => _redis.GetDatabase();
}

public sealed class OrderBus : IAsyncDisposable
{
    private IConnection? _connection;

    public async Task StartAsync(ConnectionFactory factory, CancellationToken stop)
    {
        var connection = await factory.CreateConnectionAsync(stop);
        var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        await channel.QueueDeclareAsync("orders", cancellationToken: stop);
        connection.ConnectionShutdownAsync += (_, e) =>
        {
            Console.WriteLine(e.ReplyText);
            return Task.CompletedTask;
        };
        channel.ChannelShutdownAsync += (_, e) =>
        {
            Console.WriteLine(e.ReplyText);
            return Task.CompletedTask;
        };
        _connection = connection;
    }

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? default;
}

public sealed class ScaleReader : IDisposable
{
    private readonly SerialPort _port = new SerialPort("COM3", 9600);

    public void Start()
    {
        _port.DataReceived += OnData;
        _port.Open(); //! LCA1001
    }

    private void OnData(object sender, SerialDataReceivedEventArgs e) => Console.WriteLine(_port.ReadExisting());

    public void Dispose() => _port.Dispose();
}

public sealed class NatsBridge(string url)
{
    public async Task RunAsync(ChannelReaderOf<string> lines, CancellationToken stop)
    {
        await using var nats = new NatsConnection(new NatsOpts { Url = url });
        nats.ConnectionDisconnected += (_, e) =>
        {
            Console.WriteLine(e.Message);
            return default;
        };
        await nats.ConnectAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), stop);
        await foreach (var line in lines.ReadAllAsync(stop)) await nats.PublishAsync("lines", line, stop);
    }
}

public interface ChannelReaderOf<T>
{
    IAsyncEnumerable<T> ReadAllAsync(CancellationToken stop);
}

public sealed class LanguageServerHost
{
    private JsonRpc? _rpc;

    public void Start(Stream duplex, object target)
    {
        _rpc = new JsonRpc(duplex);
        _rpc.AddLocalRpcTarget(target);
        _rpc.StartListening();
        _rpc.Disconnected += (_, e) => Console.Error.WriteLine(e.Exception);
    }
}

public sealed class LanguageClientHost
{
    private JsonRpc? _rpc;

    public void Start(Stream duplex, object target)
    {
        var rpc = new JsonRpc(duplex);
        rpc.Disconnected += OnDisconnected;
        rpc.AddLocalRpcTarget(target);
        rpc.StartListening();
        _rpc = rpc;
    }

    private void OnDisconnected(object? sender, JsonRpcDisconnectedEventArgs e)
    {
        if (ReferenceEquals(sender, _rpc)) _rpc = null;
    }
}

public sealed class ArgsDialer
{
    public void Dial(Socket socket, System.Net.EndPoint remote)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        if (!socket.ConnectAsync(args)) OnConnected(socket, args); //! LCA1001
        args.Completed += OnConnected;
    }

    private void OnConnected(object? sender, SocketAsyncEventArgs e) => Console.WriteLine(e.SocketError);
}

public enum LinkState { Down, Connected, Closed }

// By its shape.
public class PlcLink : IDisposable
{
    public event EventHandler? Faulted;

    public LinkState State { get; private set; }

    public void Open() => State = LinkState.Connected;

    public void Send(byte[] frame)
    {
        if (frame.Length == 0) Faulted?.Invoke(this, EventArgs.Empty);
    }

    public void Dispose() => State = LinkState.Closed;
}

public sealed class PressLine
{
    private readonly PlcLink _plc = new();

    public void Start()
    {
        _plc.Open(); //! LCA1001
        _plc.Send(new byte[] { 1 });
    }

    public void Stop() => _plc.Dispose();
}

public sealed partial class PaintLine
{
    private readonly PlcLink _plc = new();

    public void Start()
    {
        Wire();
        _plc.Open();
    }

    private partial void Wire();
}

public sealed class LineRegistry
{
    private readonly List<PlcLink> _links = [];

    public PlcLink Add(Action<PlcLink> configure)
    {
        var link = new PlcLink();
        configure(link);
        link.Open();
        _links.Add(link);
        return link;
    }

    public void StopAll() => _links.ForEach(l => l.Dispose());
}
