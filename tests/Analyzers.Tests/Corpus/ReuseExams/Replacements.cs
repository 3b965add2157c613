// Sessions that are replaced when they fail: whose event is it that arrives?
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;

namespace HeldOut.Reuse.Replacements;

public enum OpcStatus { Good, Bad }

public interface IOpcSession : IDisposable
{
    event EventHandler<OpcStatus>? KeepAlive;
    event EventHandler? Closed;
    bool Connected { get; }
    void Write(string node, object value);
    void Close();
}

public sealed class OpcGateway(Func<IOpcSession> create, ILogger<OpcGateway> log)
{
    private IOpcSession? _session;

    public void Reconnect()
    {
        var session = create();
        session.KeepAlive += OnKeepAlive;
        session.Closed += OnClosed;
        _session = session; //! LCA3006
    }

    private void OnKeepAlive(object? sender, OpcStatus status)
    {
        if (status == OpcStatus.Bad) _session?.Close();
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        log.LogWarning("session closed");
        _session = null;
    }
}

public sealed class AskingOpcGateway(Func<IOpcSession> create)
{
    private IOpcSession? _session;

    // ok LCA3006: the handler asks who is calling
    public void Reconnect()
    {
        var session = create();
        session.KeepAlive += OnKeepAlive;
        _session = session;
    }

    private void OnKeepAlive(object? sender, OpcStatus status)
    {
        if (IsCurrent(sender) && status == OpcStatus.Bad) _session?.Close();
    }

    private bool IsCurrent(object? sender) => ReferenceEquals(sender, _session);
}

public sealed class DetachingOpcGateway(Func<IOpcSession> create)
{
    private IOpcSession? _session;

    // ok LCA3006: the old one is unsubscribed first, in a helper
    public void Reconnect()
    {
        Detach();
        _session = create();
        _session.KeepAlive += OnKeepAlive;
    }

    private void Detach()
    {
        if (_session is not { } old) return;
        old.KeepAlive -= OnKeepAlive;
        old.Dispose();
    }

    private void OnKeepAlive(object? sender, OpcStatus status)
    {
        if (status == OpcStatus.Bad) Reconnect();
    }
}

public sealed class GenerationOpcGateway(Func<IOpcSession> create)
{
    private IOpcSession? _session;
    private int _generation;

    // ok LCA3006: a number tells which generation calls
    public void Reconnect()
    {
        var mine = Interlocked.Increment(ref _generation);
        var session = create();
        session.Closed += (_, _) =>
        {
            if (mine != Volatile.Read(ref _generation)) return;
            _session = null;
        };
        _session = session;
    }
}

public sealed class LambdaGateway(Func<IOpcSession> create)
{
    private IOpcSession? _session;
    private IOpcSession? _standby;

    public void Reconnect()
    {
        var session = create();
        session.Closed += (_, _) => _session = null;
        _session = session; //! LCA3006
    }

    public void Swap()
    {
        var fresh = create();
        fresh.Closed += (_, _) => { _standby?.Dispose(); _standby = null; };
        Interlocked.Exchange(ref _standby, fresh); //! LCA3006
    }

    // ok LCA3006: the exchanged one is disposed
    public void SwapDisposed()
    {
        var fresh = create();
        fresh.Closed += (s, _) => { if (s == _standby) _standby = null; };
        Interlocked.Exchange(ref _standby, fresh)?.Dispose();
    }

    // ok LCA3006: the captured session is asked for
    public void ReconnectCaptured()
    {
        var session = create();
        session.Closed += (_, _) =>
        {
            if (_session == session) _session = null;
        };
        _session = session;
    }
}

public sealed class TelemetryUplink(MqttFactory factory, MqttClientOptions options, ILogger<TelemetryUplink> log)
{
    private IMqttClient? _client;

    private IMqttClient? Client { get; set; }

    public async Task RestartAsync(CancellationToken ct)
    {
        var client = factory.CreateMqttClient(); //? LCA1003
        client.DisconnectedAsync += async e =>
        {
            log.LogWarning(e.Exception, "uplink lost");
            await _client!.ConnectAsync(options, ct);
        };
        await client.ConnectAsync(options, ct); //? LCA1003
        _client = client; //! LCA3006
    }

    // ok LCA3006: only logs and reads
    public async Task RestartLoggedAsync(CancellationToken ct)
    {
        var client = factory.CreateMqttClient(); //? LCA1003
        client.DisconnectedAsync += e =>
        {
            log.LogWarning(e.Exception, "uplink lost, connected: {Connected}", Client?.IsConnected);
            return Task.CompletedTask;
        };
        await client.ConnectAsync(options, ct);
        Client = client;
    }
}

public sealed class HubFront(Func<HubConnection> build, ILogger<HubFront> log)
{
    private HubConnection? _hub;

    public HubConnection? Hub
    {
        get => _hub;
        private set => _hub = value;
    }

    public async Task RebuildAsync(CancellationToken ct)
    {
        var hub = build();
        hub.Closed += async ex =>
        {
            log.LogWarning(ex, "hub closed");
            if (Hub is { } current) await current.DisposeAsync();
            Hub = null;
        };
        await hub.StartAsync(ct);
        Hub = hub; //! LCA3006
    }

    // ok LCA3006: the old one is stopped before
    public async Task RebuildStoppedAsync(CancellationToken ct)
    {
        if (Hub is { } old) await old.DisposeAsync();
        var hub = build();
        hub.Closed += ex =>
        {
            log.LogWarning(ex, "hub closed");
            Hub = null;
            return Task.CompletedTask;
        };
        await hub.StartAsync(ct);
        Hub = hub;
    }

    // ok LCA3006: created once
    public async Task StartAsync(CancellationToken ct)
    {
        if (_hub is not null) return;
        _hub = build();
        _hub.Closed += ex => Task.CompletedTask;
        await _hub.StartAsync(ct);
    }
}
