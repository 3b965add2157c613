// Relays of weather stations, behind a container: who attaches the handler is decided elsewhere.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Renci.SshNet;
using StreamJsonRpc;
using WebSocketSharp;

namespace Shapes.Creation.WeatherRelays;

public static class Registration
{
    public static IServiceCollection AddStations(this IServiceCollection services, string url)
    {
        // ok LCA1001: attached in the factory
        services.AddSingleton(sp =>
        {
            var hub = new HubConnectionBuilder().WithUrl(url).Build();
            var log = sp.GetRequiredService<ILogger<HubConnection>>();
            hub.Closed += e =>
            {
                log.LogWarning(e, "station lost");
                return Task.CompletedTask;
            };
            return hub;
        });
        services.AddHostedService<StationPump>();
        return services;
    }
}

public sealed class StationPump(HubConnection hub) : IHostedService
{
    // ok LCA1001: handed in by the container
    public Task StartAsync(CancellationToken cancellationToken) => hub.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => hub.StopAsync(cancellationToken);
}

/// <summary>A small builder of one's own: what is configured is attached before it is handed out.</summary>
public sealed class RelayBuilder
{
    private readonly List<Action<HubConnection>> _steps = [];
    private string _url = "";

    public RelayBuilder To(string url)
    {
        _url = url;
        return this;
    }

    public RelayBuilder Configure(Action<HubConnection> step)
    {
        _steps.Add(step);
        return this;
    }

    public HubConnection Build()
    {
        var hub = new HubConnectionBuilder().WithUrl(_url).Build();
        foreach (var step in _steps) step(hub);
        return hub;
    }
}

public sealed class BuiltRelay(ILogger log) : IAsyncDisposable
{
    private readonly HubConnection _relay = new RelayBuilder().To("http://relay").Configure(h => h.Closed += e =>
    {
        log.LogWarning(e, "relay closed");
        return Task.CompletedTask;
    }).Build();

    // ok LCA1001: the builder's step attached it
    public Task OpenAsync(CancellationToken stop) => _relay.StartAsync(stop);

    public ValueTask DisposeAsync() => _relay.DisposeAsync();
}

public abstract class Station<TClient> : IDisposable where TClient : BaseClient
{
    protected Station(TClient client)
    {
        Client = client;
        Subscribe(client);
    }

    protected TClient Client { get; }

    // ok LCA1001: the constructor attached it, by a virtual method
    public Task ConnectAsync(CancellationToken stop) => Client.ConnectAsync(stop);

    protected virtual void Subscribe(TClient client) => client.ErrorOccurred += (_, e) => Console.Error.WriteLine(e.Exception.Message);

    public void Dispose() => Client.Dispose();
}

public sealed class MastStation(string host) : Station<SshClient>(new SshClient(host, 22, "mast", "mast"));

/// <summary>Started lazily by the first reader; the handler is attached where the field is made.</summary>
public sealed class LazyStation(string host, Action<string> report)
{
    private readonly Lock _sync = new();
    private SshClient? _line;

    public string Read()
    {
        lock (_sync)
        {
            if (_line is not { IsConnected: true })
            {
                _line?.Dispose();
                _line = Made();
                _line.Connect(); // ok LCA1001
            }
            using var command = _line.RunCommand("cat /dev/wind");
            return command.Result;
        }
    }

    private SshClient Made() => With(new SshClient(host, 22, "wind", "wind"), c => c.ErrorOccurred += (_, e) => report(e.Exception.Message));

    private static T With<T>(T value, Action<T> configure)
    {
        configure(value);
        return value;
    }
}

public sealed class TwinStation : IDisposable
{
    private readonly WebSocket _wind, _rain;

    public TwinStation(string host, Action<string> report)
    {
        (_wind, _rain) = (new WebSocket(host + "/wind"), new WebSocket(host + "/rain"));
        foreach (var socket in new[] { _wind, _rain })
            socket.OnClose += (_, e) => report(e.Reason); // ok LCA1001: both, by the loop
    }

    public void Start()
    {
        _wind.Connect();
        _rain.Connect();
    }

    public void Dispose()
    {
        _wind.Close();
        _rain.Close();
    }
}

public sealed class LateStation
{
    public event Action? Lost;

    // ok LCA1001: who listens late is told at once
    public JsonRpc Open(Stream pipe, object target)
    {
        var rpc = new JsonRpc(pipe);
        rpc.AddLocalRpcTarget(target);
        rpc.StartListening();
        rpc.Disconnected += (_, _) => Lost?.Invoke();
        return rpc;
    }

    // ok LCA1001
    public JsonRpc OpenInOrder(Stream pipe, object target)
    {
        var rpc = new JsonRpc(pipe);
        rpc.AddLocalRpcTarget(target);
        rpc.Disconnected += OnLost;
        rpc.StartListening();
        return rpc;
    }

    private void OnLost(object? sender, JsonRpcDisconnectedEventArgs e) => Lost?.Invoke();

    // ok LCA1001: its Completion is awaited
    public static async Task ServeAsync(Stream pipe, object target)
    {
        using var rpc = new JsonRpc(pipe);
        rpc.AddLocalRpcTarget(target);
        rpc.StartListening();
        await rpc.Completion;
    }
}

/// <summary>A watcher of the drop folder: it can fail from the moment it raises events.</summary>
public sealed class DropFolder : IDisposable
{
    private readonly FileSystemWatcher _watcher;

    public DropFolder(string path, Action<string> dropped)
    {
        _watcher = new FileSystemWatcher(path, "*.grib") { IncludeSubdirectories = true };
        _watcher.Created += (_, e) => dropped(e.FullPath);
        _watcher.EnableRaisingEvents = true; //? LCA1001
    }

    public void Dispose() => _watcher.Dispose();
}
