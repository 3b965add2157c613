// A bridge between a plant's broker and the cloud's: who listens when one of the two goes away.
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;

namespace HeldOut.Creation.MqttBridge;

public sealed record BridgeEnd(string Name, IMqttClient Client, MqttClientOptions Options);

public sealed class OneWayBridge(MqttFactory factory, ILogger<OneWayBridge> log)
{
    private IMqttClient? _cloud;

    public async Task RunAsync(MqttClientOptions plantOptions, MqttClientOptions cloudOptions, CancellationToken stop)
    {
        var plant = factory.CreateMqttClient(); //? LCA1003
        plant.ApplicationMessageReceivedAsync += e => ForwardAsync(e, stop);
        await plant.ConnectAsync(plantOptions, stop); //! LCA1001

        _cloud = factory.CreateMqttClient();
        await _cloud.ConnectAsync(cloudOptions, stop); //! LCA1001
        log.LogInformation("bridge is up");
        plant.DisconnectedAsync += e =>
        {
            log.LogWarning(e.Exception, "plant side lost");
            return Task.CompletedTask;
        };
    }

    private async Task ForwardAsync(MqttApplicationMessageReceivedEventArgs e, CancellationToken stop)
    {
        if (_cloud is { IsConnected: true } cloud) await cloud.PublishAsync(e.ApplicationMessage, stop);
    }
}

public sealed class PairedBridge(MqttFactory factory, ILogger<PairedBridge> log)
{
    private BridgeEnd? _left;
    private BridgeEnd? _right;

    // ok LCA1001: a local function attaches before the record leaves it
    public async Task StartAsync(MqttClientOptions left, MqttClientOptions right, CancellationToken stop)
    {
        _left = Watched("left", left);
        _right = Watched("right", right);
        await _left.Client.ConnectAsync(_left.Options, stop);
        await _right.Client.ConnectAsync(_right.Options, stop);

        BridgeEnd Watched(string name, MqttClientOptions options)
        {
            var client = factory.CreateMqttClient();
            client.DisconnectedAsync += e =>
            {
                log.LogWarning(e.Exception, "{Side} lost", name);
                return Task.CompletedTask;
            };
            return new BridgeEnd(name, client, options);
        }
    }

    // ok LCA1001: created, awaited on its own and disposed in one method
    public async Task ProbeAsync(MqttClientOptions options, CancellationToken stop)
    {
        using var probe = factory.CreateMqttClient();
        await probe.ConnectAsync(options, stop);
        await probe.PingAsync(stop);
    }

    public async Task ProbeTwiceAsync(MqttClientOptions options, CancellationToken stop)
    {
        using var probe = factory.CreateMqttClient();
        await probe.ConnectAsync(options, stop); //! LCA1001
        await probe.PingAsync(stop);
        probe.DisconnectedAsync += e => { log.LogWarning(e.Exception, "probe lost"); return Task.CompletedTask; };
        await probe.PingAsync(stop);
    }
}

public abstract class BridgeBase
{
    protected BridgeBase(IMqttClient client, ILogger log)
    {
        Client = client;
        Log = log;
        Client.DisconnectedAsync += OnLost;
    }

    protected IMqttClient Client { get; }

    protected ILogger Log { get; }

    protected virtual Task OnLost(MqttClientDisconnectedEventArgs e)
    {
        Log.LogWarning(e.Exception, "lost after {Up}", e.ClientWasConnected);
        return Task.CompletedTask;
    }
}

public sealed class RetainedBridge(MqttFactory factory, MqttClientOptions options, ILogger log) : BridgeBase(factory.CreateMqttClient(), log)
{
    // ok LCA1001: the base class attached in its constructor
    public Task StartAsync(CancellationToken stop) => Client.ConnectAsync(options, stop);
}

public sealed partial class SplitBridge(MqttFactory factory, ILogger log)
{
    private readonly IMqttClient _inbound = factory.CreateMqttClient();
    private readonly IMqttClient _outbound = factory.CreateMqttClient();

    // ok LCA1001: the other part's Wire attaches to the inbound client, and only to that one
    public async Task StartAsync(MqttClientOptions options, CancellationToken stop)
    {
        Wire();
        await _inbound.ConnectAsync(options, stop);
        await _outbound.ConnectAsync(options, stop); //! LCA1001
    }
}

public sealed partial class SplitBridge
{
    private void Wire() => Watch(_inbound, "inbound");

    private void Watch(IMqttClient client, string name) => client.DisconnectedAsync += async e =>
    {
        await Task.Yield();
        log.LogWarning(e.Exception, "{Name} lost", name);
    };
}

// An audit trail with a Connect of its own: no connection, no events.
public sealed class BridgeAudit
{
    private readonly List<string> _lines = [];

    public Task ConnectAsync(string who)
    {
        _lines.Add($"{who} connected");
        return Task.CompletedTask;
    }
}

public static class BridgeProgram
{
    public static async Task MainAsync(MqttFactory factory, MqttClientOptions options, ILogger log, CancellationToken stop)
    {
        var audit = new BridgeAudit();
        await audit.ConnectAsync("main");

        var (first, second) = (factory.CreateMqttClient(), factory.CreateMqttClient()); //? LCA1003
        first.DisconnectedAsync += e => { log.LogWarning(e.Exception, "first"); return Task.CompletedTask; };
        await first.ConnectAsync(options, stop);
        await second.ConnectAsync(options, stop); //! LCA1001
        second.DisconnectedAsync += e => { log.LogWarning(e.Exception, "second"); return Task.CompletedTask; };
        await Task.Delay(Timeout.Infinite, stop);
        first.Dispose();
        second.Dispose();
    }
}
