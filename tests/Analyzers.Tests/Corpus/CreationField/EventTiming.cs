// When the handler is attached: collections, factories, containers, callbacks as properties, wrappers.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using WebSocketSharp;

namespace Field.Creation.EventTiming;

public enum StreamStatus { Ready, Open, Closed }

// An own type that tells by a callback property.
public sealed class BridgeConnection : IDisposable
{
    public Action<Exception>? OnError { get; set; }

    public event Action? Faulted;

    public StreamStatus Status { get; private set; }

    public bool IsConnected => Status == StreamStatus.Open;

    public void Connect()
    {
        Status = StreamStatus.Open;
        Faulted?.Invoke();
    }

    public void Send(string text)
    {
        if (!IsConnected) throw new InvalidOperationException();
        _ = text.Length;
    }

    public void Dispose() => Status = StreamStatus.Closed;
}

public sealed class Bridges : IDisposable
{
    private readonly Dictionary<string, BridgeConnection> _byName = [];
    private readonly BridgeConnection _main = new();

    // ok LCA1001: an object initialiser sets the callback
    public BridgeConnection AddWithCallback(string name)
    {
        var bridge = new BridgeConnection { OnError = ex => Console.Error.WriteLine(ex.Message) };
        _byName[name] = bridge;
        bridge.Connect();
        return bridge;
    }

    public void Add(string name)
    {
        var bridge = new BridgeConnection();
        bridge.Connect(); //! LCA1001
        _byName.Add(name, bridge);
        bridge.Faulted += () => _byName.Remove(name);
    }

    // ok LCA1001: a local function attaches
    public void AddAttached(string name)
    {
        var bridge = new BridgeConnection();
        Attach(bridge);
        bridge.Connect();
        _byName.Add(name, bridge);

        void Attach(BridgeConnection it) => it.Faulted += () => _byName.Remove(name);
    }

    public void ConnectMain()
    {
        if (!_main.IsConnected)
            _main.Connect(); //! LCA1001
        _main.Send("hello");
    }

    public void Dispose()
    {
        foreach (var bridge in _byName.Values) bridge.Dispose();
        _main.Dispose();
    }
}

// ok LCA1001: the constructor of the owner attaches by += on an auto-property
public sealed class PropertyOwner
{
    public PropertyOwner(ILogger log)
    {
        Bridge = new BridgeConnection();
        Bridge.Faulted += () => log.LogError("bridge down");
    }

    public BridgeConnection Bridge { get; }

    public void Start() => Bridge.Connect();
}

public sealed class HubFactory(ILogger<HubFactory> log)
{
    // ok LCA1001: returned before it opens
    public HubConnection Create(string url) => new HubConnectionBuilder().WithUrl(url).Build();

    // ok LCA1001: handed to a method that attaches
    public async Task<HubConnection> CreateStartedAsync(string url, CancellationToken stop)
    {
        var hub = Watch(Create(url));
        await hub.StartAsync(stop);
        return hub;
    }

    public async Task<HubConnection> CreateStartedBareAsync(string url, CancellationToken stop)
    {
        var hub = Create(url);
        await hub.StartAsync(stop); //! LCA1001
        hub.Closed += _ => Task.CompletedTask;
        return hub;
    }

    private HubConnection Watch(HubConnection hub)
    {
        hub.Closed += error =>
        {
            log.LogWarning(error, "closed");
            return Task.CompletedTask;
        };
        return hub;
    }
}

public static class Registration
{
    // ok LCA1001: the container gets it unopened
    public static IServiceCollection AddHub(this IServiceCollection services, string url) =>
        services.AddSingleton(_ => new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build());
}

// Injected, opened here, attached nowhere: whoever made it may have.
public sealed class InjectedHub(HubConnection hub)
{
    // ok LCA1001: not created here
    public Task StartAsync(CancellationToken stop) => hub.StartAsync(stop);
}

public sealed class RabbitHolder(IConnectionFactory factory, ILogger<RabbitHolder> log) : IAsyncDisposable
{
    private IConnection? _connection;

    // ok LCA1001: a late subscriber is told at once of the shutdown
    public async Task OpenAsync(CancellationToken stop)
    {
        _connection = await factory.CreateConnectionAsync(stop);
        _connection.ConnectionShutdownAsync += (_, e) =>
        {
            log.LogWarning("shutdown: {Text}", e.ReplyText);
            return Task.CompletedTask;
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }
}

public sealed class SocketPool
{
    private readonly WebSocket?[] _sockets = new WebSocket?[4];

    public WebSocket Get(int index, string url)
    {
        return _sockets[index] ??= Open();

        WebSocket Open()
        {
            var socket = new WebSocket(url);
            socket.Connect(); //! LCA1001
            return socket;
        }
    }

    // ok LCA1001: attached between
    public WebSocket GetWatched(int index, string url)
    {
        if (_sockets[index] is { } known) return known;
        var socket = new WebSocket(url);
        socket.OnError += OnError;
        socket.Connect();
        return _sockets[index] = socket;
    }

    private void OnError(object? sender, WebSocketSharp.ErrorEventArgs e) => Console.Error.WriteLine(e.Message);
}

public class LineClient : IDisposable
{
    private readonly WebSocket _socket;

    public LineClient(string url, bool connect = true)
    {
        _socket = new(url);
        _socket.OnMessage += (_, e) => Lines.Add(e.Data);
        if (connect) _socket.Connect(); //! LCA1001
        _socket.OnError += (_, e) => Lines.Add(e.Message);
    }

    public List<string> Lines { get; } = [];

    public void Dispose() => _socket.Close();
}
