// Sessions that are replaced, and the late events of the ones before.
using System.Net.WebSockets;
using Fjord.Telemetry;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet.Client;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Wide.Reuse.ReplacedLinks;

/// <summary>The handler forgets the current link whoever has ended.</summary>
public sealed class EdgeLink(string endpoint)
{
    private TelemetryConnection? _link;

    public async Task ReconnectAsync(CancellationToken ct)
    {
        var link = await TelemetryConnection.OpenAsync(endpoint, ct);
        link.Closed += OnClosed;
        _link = link; //! LCA3006
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        _link?.Dispose();
        _link = null;
    }
}

/// <summary>Asks who has ended.</summary>
public sealed class AskingEdgeLink(string endpoint)
{
    private TelemetryConnection? _link;

    public async Task ReconnectAsync(CancellationToken ct)
    {
        var link = await TelemetryConnection.OpenAsync(endpoint, ct);
        link.Closed += OnClosed;
        _link = link;
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        if (!ReferenceEquals(sender, _link)) return;
        _link?.Dispose();
        _link = null;
    }
}

/// <summary>The handler's lambda knows the one it was made for.</summary>
public sealed class CapturingLink(string endpoint)
{
    private TelemetryConnection? _link;

    public void Reconnect()
    {
        var fresh = TelemetryConnection.Open(endpoint);
        fresh.Closed += (_, _) =>
        {
            if (_link == fresh) _link = null;
        };
        _link = fresh;
    }
}

/// <summary>The handler reopens through a method of the type.</summary>
public sealed class RestartingLink : IDisposable
{
    private readonly Lock _sync = new();
    private TelemetryConnection _link;

    public RestartingLink() => _link = Open();

    public void Restart()
    {
        lock (_sync)
        {
            _link = Open(); //! LCA3006
        }
    }

    public void Dispose() => _link.Dispose();

    private TelemetryConnection Open()
    {
        var link = TelemetryConnection.Open("tcp://r");
        link.Closed += (_, _) => Restart();
        return link;
    }
}

/// <summary>Takes the old one's handler away first.</summary>
public sealed class DetachingLink
{
    private TelemetryConnection? _link;

    public void Restart()
    {
        if (_link is not null) _link.Closed -= OnClosed;
        _link = TelemetryConnection.Open("tcp://r");
        _link.Closed += OnClosed; //? LCA1001
    }

    private void OnClosed(object? sender, EventArgs e) => Restart();
}

/// <summary>Closes the old one first.</summary>
public sealed class ClosingLink
{
    private TelemetryConnection? _link;

    public async Task RestartAsync(CancellationToken ct)
    {
        if (_link is not null) await _link.DisposeAsync();
        var link = await TelemetryConnection.OpenAsync("tcp://r", ct);
        link.Closed += OnClosed;
        _link = link;
    }

    private void OnClosed(object? sender, EventArgs e) => _link = null;
}

/// <summary>Exchanged, and what comes out is dropped on the floor.</summary>
public sealed class ExchangedLink
{
    private TelemetryConnection? _link;

    public async Task RotateAsync(CancellationToken ct)
    {
        var next = await TelemetryConnection.OpenAsync("tcp://x", ct);
        next.Closed += OnClosed;
        Interlocked.Exchange(ref _link, next); //! LCA3006
    }

    public async Task RotateTidilyAsync(CancellationToken ct)
    {
        var next = await TelemetryConnection.OpenAsync("tcp://x", ct);
        next.Closed += OnClosedOwn;
        var old = Interlocked.Exchange(ref _link, next);
        if (old is not null)
        {
            old.Closed -= OnClosedOwn;
            old.Closed -= OnClosed;
            await old.DisposeAsync();
        }
    }

    private void OnClosed(object? sender, EventArgs e) => Interlocked.Exchange(ref _link, null)?.Dispose();

    private void OnClosedOwn(object? sender, EventArgs e) => Interlocked.CompareExchange(ref _link, null, sender as TelemetryConnection);
}

/// <summary>The standby takes over.</summary>
public sealed class PairOfLinks
{
    private TelemetryConnection _active;
    private TelemetryConnection _standby;
    private readonly ILogger _log;

    public PairOfLinks(ILogger log)
    {
        _log = log;
        _active = Attach(TelemetryConnection.Open("tcp://1"));
        _standby = Attach(TelemetryConnection.Open("tcp://2"));
    }

    public void Promote()
    {
        _log.LogInformation("promoting");
        _active = _standby; //! LCA3006
        _standby = Attach(TelemetryConnection.Open("tcp://3")); //? LCA3006
    }

    private TelemetryConnection Attach(TelemetryConnection link)
    {
        link.Closed += OnClosed;
        return link;
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        _active.Dispose();
        Promote();
    }
}

/// <summary>The handler only writes it down.</summary>
public sealed class LoggingLink(ILogger<LoggingLink> log)
{
    private TelemetryConnection? _link;

    public void Restart()
    {
        var link = TelemetryConnection.Open("tcp://l");
        link.Closed += (_, _) => log.LogInformation("link ended, now {State}", _link?.State);
        _link = link;
    }
}

/// <summary>The handler works on its sender alone.</summary>
public sealed class SenderLink
{
    private TelemetryConnection? _link;

    public void Restart()
    {
        var link = TelemetryConnection.Open("tcp://l");
        link.Closed += OnClosed;
        _link = link;
    }

    public bool Up => _link is { IsConnected: true };

    private static void OnClosed(object? sender, EventArgs e) => ((TelemetryConnection)sender!).Dispose();
}

/// <summary>A generation number tells the late ones.</summary>
public sealed class NumberedLink
{
    private TelemetryConnection? _link;
    private int _generation;

    public void Restart()
    {
        var mine = Interlocked.Increment(ref _generation);
        var link = TelemetryConnection.Open("tcp://g");
        link.Closed += (_, _) =>
        {
            if (mine != Volatile.Read(ref _generation)) return;
            _link = null;
        };
        _link = link;
    }
}

/// <summary>Asks whether the current one is still of use.</summary>
public sealed class UsableLink
{
    private TelemetryConnection? _link;

    public async Task RestartAsync()
    {
        var link = await TelemetryConnection.OpenAsync("tcp://u");
        link.Closed += async (_, _) =>
        {
            if (_link is { State: LinkState.Connected }) return;
            await RestartAsync();
        };
        _link = link;
    }
}

/// <summary>A hub that is built anew, and whose end starts the current one.</summary>
public sealed class PriceHub
{
    private HubConnection? _hub;

    public async Task SwitchAsync(string url, CancellationToken ct)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += async error =>
        {
            await Task.Delay(1000, CancellationToken.None);
            await _hub!.StartAsync(CancellationToken.None);
        };
        await hub.StartAsync(ct);
        _hub = hub; //! LCA3006
    }
}

/// <summary>The end of a hub starts that very hub.</summary>
public sealed class OwnPriceHub
{
    private HubConnection? _hub;

    public HubConnectionState? State => _hub?.State;

    public async Task SwitchAsync(string url, CancellationToken ct)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += async error =>
        {
            await Task.Delay(1000, CancellationToken.None);
            await hub.StartAsync(CancellationToken.None);
        };
        await hub.StartAsync(ct);
        _hub = hub;
    }
}

/// <summary>MQTT, with a property in between.</summary>
public sealed class MqttBridge(Func<IMqttClient> create, MqttClientOptions options)
{
    private IMqttClient? _client;

    private IMqttClient? Client
    {
        get => _client;
        set => _client = value;
    }

    public async Task RenewAsync(CancellationToken ct)
    {
        var client = create();
        client.DisconnectedAsync += OnDisconnectedAsync;
        await client.ConnectAsync(options, ct);
        Client = client; //! LCA3006
    }

    private async Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        await Task.Delay(500);
        await Client!.ConnectAsync(options);
    }
}

/// <summary>One client for the whole life: nothing is replaced.</summary>
public sealed class MqttForLife(IMqttClient client, MqttClientOptions options)
{
    private readonly IMqttClient _client = client;

    public async Task StartAsync(CancellationToken ct)
    {
        _client.DisconnectedAsync += async _ => await _client.ConnectAsync(options);
        await _client.ConnectAsync(options, ct);
    }
}

/// <summary>A base class with the event, a derived one with the renewal.</summary>
public abstract class SessionOwner
{
    protected TelemetryConnection? Session { get; set; }

    protected void OnEnded(object? sender, EventArgs e)
    {
        Session?.Dispose();
        Session = null;
    }
}

public sealed class RenewedSession : SessionOwner
{
    public async Task RenewAsync(CancellationToken ct)
    {
        var session = await TelemetryConnection.OpenAsync("tcp://s", ct);
        session.Closed += OnEnded;
        Session = session; //! LCA3006
    }
}

/// <summary>A broker's channel: the handler opens another when the one before has told of its end, which it does once.</summary>
public sealed class ConsumerChannel(IConnection broker)
{
    private IChannel? _channel;

    public async Task OpenAsync()
    {
        var channel = await broker.CreateChannelAsync();
        channel.ChannelShutdownAsync += OnShutdownAsync;
        _channel = channel; //? LCA3006
    }

    public bool IsOpen => _channel is { IsOpen: true };

    private async Task OnShutdownAsync(object sender, ShutdownEventArgs e)
    {
        if (e.Initiator == ShutdownInitiator.Application) return;
        _channel = null;
        await OpenAsync();
    }
}
