// Handlers of connection events: what proves the state and what does not.
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using NATS.Client.Core;
using RabbitMQ.Client;
using Renci.SshNet;
using WebSocketSharp;

namespace Corpus.Sending.Reconnects;

public sealed class MqttBridge
{
    private readonly IMqttClient _mqtt;
    private readonly MqttClientOptions _options;

    public MqttBridge(IMqttClient mqtt, MqttClientOptions options)
    {
        (_mqtt, _options) = (mqtt, options);
        _mqtt.ConnectedAsync += OnConnectedAsync;
        _mqtt.DisconnectedAsync += OnDisconnectedAsync;
        _mqtt.ApplicationMessageReceivedAsync += OnMessageAsync;
    }

    // ok LCA2001: connected just now
    private async Task OnConnectedAsync(MqttClientConnectedEventArgs e)
    {
        await _mqtt.PublishAsync(new MqttApplicationMessage { Topic = "online" });
    }

    // ok LCA2001: opened again on the way
    private async Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        await Task.Delay(1000);
        await _mqtt.ConnectAsync(_options); //? LCA1008
        await _mqtt.PublishAsync(new MqttApplicationMessage { Topic = "again" });
    }

    private async Task OnMessageAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        await ReplyAsync(e.ApplicationMessage.Topic); //! LCA2001
    }

    private async Task ReplyAsync(string topic)
    {
        var message = new MqttApplicationMessage { Topic = topic + "/reply" };
        await _mqtt.PublishAsync(message);
    }
}

public sealed class HubLine
{
    private readonly HubConnection _hub;

    public HubLine(HubConnection hub, ILogger log)
    {
        _hub = hub;
        _hub.Reconnected += async id => await _hub.SendAsync("back", id);
        _hub.Reconnecting += ex =>
        {
            log.LogWarning(ex, "reconnecting");
            return Task.CompletedTask;
        };
        _hub.Closed += OnClosedAsync;
    }

    private async Task OnClosedAsync(Exception? ex)
    {
        await _hub.SendAsync("closed", ex?.Message); //! LCA2001
    }

    // ok LCA2001: starting is no sending
    public void Keep() => _hub.Closed += async _ =>
    {
        await Task.Delay(500);
        await _hub.StartAsync(); //? LCA1008
    };
}

// ok LCA2001: a hub context only queues to whoever is there
public sealed class ScoreCaster : IDisposable
{
    private readonly Timer _timer;

    public ScoreCaster(IHubContext<Scores> hub) =>
        _timer = new Timer(_ => hub.Clients.All.SendAsync("score", 1).Wait(), null, 0, 1000);

    public void Dispose() => _timer.Dispose();
}

public sealed class Scores : Microsoft.AspNetCore.SignalR.Hub;

public sealed class NatsLine
{
    private readonly NatsConnection _nats;

    public NatsLine(NatsConnection nats)
    {
        _nats = nats;
        _nats.ConnectionOpened += async (_, e) => await _nats.PublishAsync("up", e.Message);
        _nats.ConnectionDisconnected += async (_, e) => await _nats.PublishAsync("down", e.Message); //? LCA2001
    }
}

public sealed class ShellQueue
{
    private readonly SshClient _ssh;
    private readonly Queue<string> _commands = new();

    public ShellQueue(SshClient ssh, System.Timers.Timer timer)
    {
        _ssh = ssh;
        timer.Elapsed += (_, _) => RunNext();
    }

    // ok LCA2001: asked before each
    private void RunNext()
    {
        if (!_ssh.IsConnected || !_commands.TryDequeue(out var command)) return;
        _ssh.RunCommand(command);
    }

    public void Hook(System.Timers.Timer timer)
    {
        timer.Elapsed += delegate
        {
            if (_commands.TryDequeue(out var command) || _ssh.IsConnected)
                _ssh.RunCommand(command ?? "true"); //! LCA2001
        };
    }
}

public sealed class TwoWay
{
    private readonly WebSocket _a, _b;

    public TwoWay(WebSocket a, WebSocket b)
    {
        (_a, _b) = (a, b);
        Pipe(_a, _b);
        PipeChecked(_b, _a);
    }

    private static void Pipe(WebSocket from, WebSocket to)
    {
        from.OnMessage += (_, e) => to.Send(e.Data); //! LCA2001
    }

    // ok LCA2001
    private static void PipeChecked(WebSocket from, WebSocket to) => from.OnMessage += (_, e) =>
    {
        if (to.ReadyState == WebSocketState.Open) to.Send(e.Data);
    };

    // asks the source, sends to the target
    public void PipeSource(WebSocket from, WebSocket to)
    {
        from.OnMessage += (_, e) =>
        {
            if (from.ReadyState == WebSocketState.Open) to.Send(e.Data); //! LCA2001
        };
    }
}

public sealed class Rooms
{
    private readonly Dictionary<string, WebSocket> _members = new();
    private readonly object _sync = new();

    public void Add(string name, WebSocket ws)
    {
        lock (_sync) _members[name] = ws;
        ws.OnMessage += (_, e) => Broadcast(name, e.Data); //! LCA2001
        ws.OnClose += (_, _) => { lock (_sync) _members.Remove(name); };
    }

    private void Broadcast(string from, string text)
    {
        lock (_sync)
            foreach (var (name, ws) in _members)
                if (name != from) ws.Send(text);
    }
}

public sealed class RoomsChecked
{
    private readonly Dictionary<string, WebSocket> _members = new();
    private readonly object _sync = new();

    public void Add(string name, WebSocket ws)
    {
        lock (_sync) _members[name] = ws;
        ws.OnMessage += (_, e) => Broadcast(name, e.Data);
        ws.OnClose += (_, _) => { lock (_sync) _members.Remove(name); };
    }

    // ok LCA2001: only the open ones
    private void Broadcast(string from, string text)
    {
        lock (_sync)
            foreach (var ws in _members.Values.Where(m => m.ReadyState == WebSocketState.Open))
                ws.Send(text);
    }
}

public sealed class Consumer(IChannel channel) : AsyncDefaultBasicConsumer(channel)
{
    public override async Task HandleBasicDeliverAsync(string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey,
        IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        await Channel.BasicPublishAsync("audit", routingKey, body, cancellationToken); //! LCA2001
    }
}

public sealed class Disposing(WebSocket ws) : IDisposable
{
    // ok LCA2001: not a callback
    public void Dispose()
    {
        ws.Send("bye");
        ws.Close();
    }

    // ok LCA2001: a delegate for a caller that runs it at once
    public int Count(IEnumerable<string> texts) => texts.Count(t => { ws.Send(t); return true; });
}
