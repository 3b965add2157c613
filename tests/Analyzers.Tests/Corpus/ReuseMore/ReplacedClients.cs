// The same with library clients: web sockets, hubs, MQTT, and events without a sender.
using MQTTnet.Client;
using Microsoft.AspNetCore.SignalR.Client;
using WebSocketSharp;

namespace Corpus.Reuse.ReplacedClients;

public sealed class SharpFeed(string url)
{
    private WebSocket? _ws;

    public void Open()
    {
        var ws = new WebSocket(url); //? LCA1003
        ws.OnError += (_, e) => Console.Error.WriteLine(e.Message);
        ws.OnClose += (_, _) => _ws = null;
        ws.Connect();
        _ws = ws; //! LCA3006
    }

    public bool IsOpen => _ws?.ReadyState == WebSocketState.Open;
}

public sealed class CarefulSharpFeed(string url)
{
    private WebSocket? _ws;

    // ok LCA3006: the captured socket is compared
    public void Open()
    {
        var ws = new WebSocket(url); //? LCA1003
        ws.OnError += (_, e) => Console.Error.WriteLine(e.Message);
        ws.OnClose += (_, _) =>
        {
            if (ReferenceEquals(_ws, ws)) _ws = null;
        };
        ws.Connect();
        _ws = ws;
    }

    public bool IsOpen => _ws?.ReadyState == WebSocketState.Open;
}

public sealed class SharpErrors(string url)
{
    private WebSocket _ws = new(url);

    public void Restart()
    {
        _ws = new WebSocket(url); //! LCA3006
        _ws.OnError += OnError;
        _ws.Connect();
    }

    private void OnError(object? sender, WebSocketSharp.ErrorEventArgs e)
    {
        Console.Error.WriteLine(e.Message);
        _ws.Close();
    }
}

public sealed class SharpErrorsOfSender(string url)
{
    private WebSocket _ws = new(url);

    // ok LCA3006: the handler closes its own sender
    public void Restart()
    {
        _ws = new WebSocket(url);
        _ws.OnError += OnError;
        _ws.Connect();
    }

    public bool IsOpen => _ws.ReadyState == WebSocketState.Open;

    private static void OnError(object? sender, WebSocketSharp.ErrorEventArgs e)
    {
        Console.Error.WriteLine(e.Message);
        ((WebSocket)sender!).Close();
    }
}

public sealed class HubFeed(Func<HubConnection> build)
{
    private HubConnection? _hub;

    public async Task ConnectAsync(CancellationToken ct)
    {
        var hub = build(); //? LCA1003
        hub.Closed += async _ =>
        {
            if (_hub != null) await _hub.DisposeAsync();
            _hub = null;
        };
        await hub.StartAsync(ct);
        _hub = hub; //! LCA3006
    }

    public HubConnectionState State => _hub?.State ?? HubConnectionState.Disconnected;
}

public sealed class CarefulHubFeed(Func<HubConnection> build)
{
    private HubConnection? _hub;

    // ok LCA3006: the old hub is disposed of before the new one takes its place
    public async Task ConnectAsync(CancellationToken ct)
    {
        var old = _hub;
        if (old is not null) await old.DisposeAsync();
        var hub = build(); //? LCA1003
        hub.Closed += _ =>
        {
            _hub = null;
            return Task.CompletedTask;
        };
        await hub.StartAsync(ct);
        _hub = hub;
    }

    public HubConnectionState State => _hub?.State ?? HubConnectionState.Disconnected;
}

public sealed class MqttFeed(Func<IMqttClient> create, MqttClientOptions options)
{
    private IMqttClient? _client;

    public async Task StartAsync(CancellationToken ct)
    {
        var client = create(); //? LCA1003
        client.DisconnectedAsync += OnDisconnectedAsync;
        await client.ConnectAsync(options, ct);
        _client = client; //! LCA3006
    }

    public bool IsUp => _client is { IsConnected: true };

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        _client?.Dispose();
        _client = null;
        return Task.CompletedTask;
    }
}

public sealed class CarefulMqttFeed(Func<IMqttClient> create, MqttClientOptions options)
{
    private IMqttClient? _client;

    // ok LCA3006: captured and compared; the local is disposed of, not the field
    public async Task StartAsync(CancellationToken ct)
    {
        var client = create(); //? LCA1003
        client.DisconnectedAsync += _ =>
        {
            Interlocked.CompareExchange(ref _client, null, client);
            client.Dispose();
            return Task.CompletedTask;
        };
        await client.ConnectAsync(options, ct);
        _client = client;
    }

    public bool IsUp => _client is { IsConnected: true };
}
