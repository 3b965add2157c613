using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;

namespace Clauses.LateEvents;

public sealed class StreamClient(Func<WebSocketSharp.WebSocket> make)
{
    private WebSocketSharp.WebSocket? _socket;

    public void Connect()
    {
        var socket = make();
        socket.OnClose += OnClose;
        socket.Connect();
        _socket = socket; //! LCA3006
    }

    private void OnClose(object? sender, WebSocketSharp.CloseEventArgs e)
    {
        _socket?.Close();
        _socket = null;
    }
}

public sealed class AskingStreamClient(Func<WebSocketSharp.WebSocket> make)
{
    private WebSocketSharp.WebSocket? _socket;

    public void Connect()
    {
        var socket = make();
        socket.OnClose += OnClose;
        socket.Connect();
        _socket = socket;
    }

    private void OnClose(object? sender, WebSocketSharp.CloseEventArgs e)
    {
        if (!ReferenceEquals(sender, _socket)) return;
        _socket = null;
    }
}

public sealed class UnsubscribingStreamClient(Func<WebSocketSharp.WebSocket> make)
{
    private WebSocketSharp.WebSocket? _socket;

    public void Connect()
    {
        if (_socket != null) _socket.OnClose -= OnClose;
        _socket = make();
        _socket.OnClose += OnClose;
        _socket.Connect();
    }

    private void OnClose(object? sender, WebSocketSharp.CloseEventArgs e) => _socket = null;
}

public sealed class DisposingHub(string url, ILogger<DisposingHub> log)
{
    private HubConnection? _hub;

    public async Task ReconnectAsync(CancellationToken stop)
    {
        if (_hub is not null) await _hub.DisposeAsync();
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += OnClosedAsync;
        await hub.StartAsync(stop);
        _hub = hub;
    }

    private Task OnClosedAsync(Exception? error)
    {
        log.LogWarning(error, "closed");
        _hub = null;
        return Task.CompletedTask;
    }
}

public sealed class LoggingHub(string url, ILogger<LoggingHub> log)
{
    private HubConnection? _hub;

    public async Task ReconnectAsync(CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += error =>
        {
            log.LogWarning(error, "closed, now {State}", _hub?.State);
            return Task.CompletedTask;
        };
        await hub.StartAsync(stop);
        _hub = hub;
    }

    public Task SayAsync(string line) => _hub is { State: HubConnectionState.Connected } hub ? hub.SendAsync("Say", line) : Task.CompletedTask;
}

public sealed class SwappingHub(string url)
{
    private HubConnection? _hub;

    public async Task ReconnectAsync(CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += async _ =>
        {
            var current = Interlocked.Exchange(ref _hub, null);
            if (current is not null) await current.DisposeAsync();
        };
        await hub.StartAsync(stop);
        Interlocked.Exchange(ref _hub, hub); //! LCA3006
    }
}

public sealed class GenerationHub(string url)
{
    private HubConnection? _hub;
    private int _generation;

    public async Task ReconnectAsync(CancellationToken stop)
    {
        var mine = ++_generation;
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += _ =>
        {
            if (mine == _generation) _hub = null;
            return Task.CompletedTask;
        };
        await hub.StartAsync(stop);
        _hub = hub;
    }
}

public sealed class CapturingHub(string url)
{
    private HubConnection? _hub;

    public async Task ReconnectAsync(CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += _ =>
        {
            Interlocked.CompareExchange(ref _hub, null, hub);
            return Task.CompletedTask;
        };
        await hub.StartAsync(stop);
        _hub = hub;
    }
}

public sealed class BrokerWorker(MqttClientOptions options) : BackgroundService
{
    private IMqttClient? _client;

    private IMqttClient? Client { get; set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (Client is null)
            {
                var fresh = new MqttFactory().CreateMqttClient(); //! LCA1003
                fresh.DisconnectedAsync += LostAsync;
                await fresh.ConnectAsync(options, stoppingToken);
                Client = fresh; //! LCA3006
            }

            await Task.Delay(1000, stoppingToken);
        }
    }

    public void Renew() => Client = null;

    private Task LostAsync(MqttClientDisconnectedEventArgs e)
    {
        Client?.Dispose();
        Client = null;
        return Task.CompletedTask;
    }

    public bool Idle => _client is null;
}

public sealed class OnceConnected
{
    private readonly WebSocketSharp.WebSocket _socket;

    public OnceConnected(string url)
    {
        _socket = new WebSocketSharp.WebSocket(url);
        _socket.OnClose += (_, _) => _socket.Connect();
        _socket.Connect();
    }

    public bool Up => _socket.ReadyState == WebSocketSharp.WebSocketState.Open;
}

public class OldFeed
{
    private WebSocket4Net.WebSocket _socket;
    private readonly string _url;

    public OldFeed(string url)
    {
        _url = url;
    }

    public void Restart()
    {
        _socket = new WebSocket4Net.WebSocket(_url); //! LCA3006
        _socket.Error += new EventHandler<WebSocket4Net.ErrorEventArgs>(SocketError);
        _socket.Open();
    }

    public void Refresh()
    {
        Restart();
    }

    private void SocketError(object sender, WebSocket4Net.ErrorEventArgs e)
    {
        _socket.Close();
        Restart();
    }
}

public class UsableFeed
{
    private WebSocket4Net.WebSocket _socket;
    private readonly string _url;

    public UsableFeed(string url)
    {
        _url = url;
    }

    public void Restart()
    {
        _socket = new WebSocket4Net.WebSocket(_url);
        _socket.Closed += new EventHandler(SocketClosed);
        _socket.Open();
    }

    private void SocketClosed(object sender, EventArgs e)
    {
        if (_socket.State == WebSocket4Net.WebSocketState.Open) return;
        Restart();
    }
}
