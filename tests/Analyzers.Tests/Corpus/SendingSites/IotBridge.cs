// Bridges between brokers, hubs and browsers: what arrives on one side is sent on the other, which may be closing.
using Fleck;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using SocketIOClient;
using StackExchange.Redis;
using StreamJsonRpc;
using Websocket.Client;

namespace Sites.Sending.IotBridge;

public sealed class BrokerBridge
{
    private readonly IMqttClient _cloud;
    private readonly ILogger<BrokerBridge> _log;

    public BrokerBridge(IMqttClient plant, IMqttClient cloud, ILogger<BrokerBridge> log)
    {
        _cloud = cloud;
        _log = log;
        plant.ApplicationMessageReceivedAsync += ForwardAsync;
        plant.DisconnectedAsync += e =>
        {
            log.LogWarning(e.Exception, "plant broker gone");
            return Task.CompletedTask;
        };
    }

    private async Task ForwardAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        var topic = "plant/" + e.ApplicationMessage.Topic;
        _log.LogTrace("forwarding {Topic}", topic);
        await _cloud.PublishAsync(new MqttApplicationMessage { Topic = topic, PayloadSegment = e.ApplicationMessage.PayloadSegment }); //! LCA2001
    }
}

public sealed class CheckedBrokerBridge
{
    private readonly IMqttClient _cloud;
    private readonly Queue<MqttApplicationMessage> _held = new();

    public CheckedBrokerBridge(IMqttClient plant, IMqttClient cloud)
    {
        _cloud = cloud;
        plant.ApplicationMessageReceivedAsync += ForwardAsync;
        // ok LCA2001: Connected proves the state
        _cloud.ConnectedAsync += async _ =>
        {
            while (_held.TryDequeue(out var message)) await _cloud.PublishAsync(message);
        };
    }

    // ok LCA2001: held back while the cloud is not there
    private Task ForwardAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        var message = new MqttApplicationMessage { Topic = "plant/" + e.ApplicationMessage.Topic };
        if (_cloud.IsConnected) return _cloud.PublishAsync(message);
        _held.Enqueue(message);
        return Task.CompletedTask;
    }
}

public sealed class CommandHub : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly IDisposable _reboot, _ping;

    public CommandHub(HubConnection hub, IMqttClient devices, ILogger log)
    {
        _hub = hub;
        _hub.Closed += e =>
        {
            log.LogInformation(e, "hub closed");
            return Task.CompletedTask;
        };
        _reboot = hub.On<string>("reboot", async device =>
        {
            log.LogInformation("reboot {Device}", device);
            await devices.PublishAsync(new MqttApplicationMessage { Topic = $"{device}/reboot" }); //! LCA2001
        });
        // ok LCA2001: this one asks the broker's client
        _ping = hub.On<string>("ping", async device =>
        {
            if (!devices.IsConnected) return;
            await devices.PublishAsync(new MqttApplicationMessage { Topic = $"{device}/ping" });
        });
    }

    // ok LCA2001: awaited by the caller, who hears of a closed hub
    public Task ReportAsync(string device) => _hub.SendAsync("report", device);

    public async ValueTask DisposeAsync()
    {
        _reboot.Dispose();
        _ping.Dispose();
        await _hub.DisposeAsync();
    }
}

/// <summary>Telemetry to the hub once a second, in the async void style.</summary>
public sealed class TelemetryPusher : IDisposable
{
    private readonly System.Timers.Timer _timer = new(1000) { AutoReset = true };

    public TelemetryPusher(HubConnection hub, Func<double> temperature)
    {
        _timer.Elapsed += async (_, _) => await hub.SendAsync("telemetry", temperature()); //! LCA2001
        _timer.Start();
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class StaleTelemetryPusher : IDisposable
{
    private readonly HubConnection _hub;
    private readonly Func<Task<double>> _temperature;
    private readonly System.Timers.Timer _timer = new(1000);

    public StaleTelemetryPusher(HubConnection hub, Func<Task<double>> temperature)
    {
        (_hub, _temperature) = (hub, temperature);
        _timer.Elapsed += OnElapsed;
    }

    private async void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e)
    {
        if (_hub.State != HubConnectionState.Connected) return;
        var value = await _temperature();
        await _hub.SendAsync("telemetry", value); //! LCA2002
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class FreshTelemetryPusher : IDisposable
{
    private readonly HubConnection _hub;
    private readonly Func<Task<double>> _temperature;
    private readonly System.Timers.Timer _timer = new(1000);

    public FreshTelemetryPusher(HubConnection hub, Func<Task<double>> temperature)
    {
        (_hub, _temperature) = (hub, temperature);
        _timer.Elapsed += OnElapsed;
    }

    // ok LCA2001 LCA2002: measured first, asked then
    private async void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e)
    {
        var value = await _temperature();
        if (_hub is { State: HubConnectionState.Connected })
            await _hub.SendAsync("telemetry", value);
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>Redis tells, a browser's socket hears.</summary>
public sealed class RedisToBrowser(ISubscriber redis, WebSocketSharp.WebSocket browser)
{
    public void Wire()
    {
        redis.Subscribe("alarms", (_, value) => browser.Send(value.ToString())); //! LCA2001
    }

    // ok LCA2001: each message asks for the socket's state
    public void WireChecked() => redis.Subscribe("alarms", (_, value) =>
    {
        if (browser.ReadyState == WebSocketSharp.WebSocketState.Open) browser.Send(value.ToString());
    });
}

/// <summary>Fleck's callback properties.</summary>
public sealed class FleckPairing
{
    private readonly List<IWebSocketConnection> _waiting = [];

    public void Pair(IWebSocketConnection left, IWebSocketConnection right)
    {
        left.OnMessage = async text => await right.Send(text); //! LCA2001
    }

    // ok LCA2001: IsAvailable decides
    public void PairChecked(IWebSocketConnection left, IWebSocketConnection right)
    {
        left.OnMessage = async text =>
        {
            if (right.IsAvailable) await right.Send(text);
        };
        right.OnBinary = OnFrame;

        async void OnFrame(byte[] frame)
        {
            if (!left.IsAvailable) return;
            await left.Send(frame);
        }
    }

    // ok LCA2001: opening only puts the socket on a list
    public void Lobby(IWebSocketConnection socket) => socket.OnOpen = () => _waiting.Add(socket);
}

public sealed class RemoteControl : IDisposable
{
    private readonly IDisposable _subscription;

    public RemoteControl(IObservable<int> knob, IWebsocketClient client, IMqttClient lamp)
    {
        // ok LCA2001: Websocket.Client's Send only queues
        _subscription = knob.Subscribe(position => client.Send(position.ToString()));
        _dimmer = knob.Subscribe(position =>
        {
            var level = Math.Clamp(position, 0, 100);
            lamp.PublishAsync(new MqttApplicationMessage { Topic = $"lamp/{level}" }).GetAwaiter().GetResult(); //! LCA2001
        });
    }

    private readonly IDisposable _dimmer;

    public void Dispose()
    {
        _subscription.Dispose();
        _dimmer.Dispose();
    }
}

/// <summary>The editor asks the language server on every key.</summary>
public sealed class EditorLink
{
    private readonly JsonRpc _rpc;
    private bool _shuttingDown;

    public EditorLink(JsonRpc rpc, IObservable<string> keys, FileSystemWatcher watcher, ILogger log)
    {
        _rpc = rpc;
        _rpc.Disconnected += (_, e) => log.LogInformation("language server gone: {Why}", e.Description);
        watcher.Error += (_, e) => log.LogWarning(e.GetException(), "watcher");
        watcher.Changed += async (_, e) => await NotifyChangedAsync(e.FullPath); //! LCA2001
        // ok LCA2001: the owner's closing flag
        watcher.Deleted += async (_, e) =>
        {
            if (_shuttingDown) return;
            await NotifyChangedAsync(e.FullPath);
        };
    }

    private Task NotifyChangedAsync(string path) => _rpc.NotifyAsync("didChange", path);

    public void Shutdown()
    {
        _shuttingDown = true;
        _rpc.Dispose();
    }
}

/// <summary>A hosted service sends in its own loop: nothing here is a callback.</summary>
public sealed class HeartbeatService(HubConnection hub, SocketIO io) : BackgroundService
{
    // ok LCA2001: its own flow; the host hears of the failure
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await hub.SendAsync("heartbeat", Environment.MachineName, stoppingToken);
            await io.EmitAsync("heartbeat", Environment.MachineName);
        }
    }

    // ok LCA2001: Reconnected proves the state
    public void Wire() => hub.Reconnected += id => hub.SendAsync("hello-again", id);
}
