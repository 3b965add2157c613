// Who attaches: a wrapper, a builder, a monitor, a registry.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using Renci.SshNet;

namespace Corpus.Creation.WrappedSessions;

/// <summary>Takes a hub over and reports for it.</summary>
public sealed class ReportingHub : IAsyncDisposable
{
    private readonly HubConnection _inner;

    public ReportingHub(HubConnection inner, ILogger log)
    {
        _inner = inner;
        _inner.Closed += error =>
        {
            log.LogError(error, "hub closed");
            return Task.CompletedTask;
        };
    }

    // ok LCA1001: handed in, and watched in the constructor besides
    public Task StartAsync(CancellationToken stop) => _inner.StartAsync(stop);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}

/// <summary>Counts what it is given to look after.</summary>
public sealed class LinkMonitor(ILogger log)
{
    private int _failures;

    public int Failures => Volatile.Read(ref _failures);

    public void Watch(BaseClient client) => client.ErrorOccurred += (_, e) =>
    {
        Interlocked.Increment(ref _failures);
        log.LogError(e.Exception, "a link failed");
    };

    public void Watch(HubConnection hub) => hub.Closed += error =>
    {
        Interlocked.Increment(ref _failures);
        log.LogError(error, "a hub closed");
        return Task.CompletedTask;
    };
}

public interface IHubRegistry
{
    void Register(string name, HubConnection hub);
}

/// <summary>Builds hubs step by step; the build attaches.</summary>
public sealed class WatchedHubBuilder(ILogger log)
{
    private string _url = "";
    private Func<Exception?, Task>? _closed;

    public WatchedHubBuilder At(string url)
    {
        _url = url;
        return this;
    }

    public WatchedHubBuilder OnClosed(Func<Exception?, Task> closed)
    {
        _closed = closed;
        return this;
    }

    public HubConnection Build()
    {
        var hub = new HubConnectionBuilder().WithUrl(_url).WithAutomaticReconnect().Build();
        hub.Closed += _closed ?? (error =>
        {
            log.LogError(error, "{Url} closed", _url);
            return Task.CompletedTask;
        });
        return hub;
    }
}

public sealed class Desk(string url, LinkMonitor monitor, IHubRegistry registry, ILogger log)
{
    private HubConnection? _hub;
    private ReportingHub? _reporting;

    // ok LCA1001: the wrapper attached; what starts is the wrapper
    public async Task OpenWrappedAsync(CancellationToken stop)
    {
        _reporting = new ReportingHub(new HubConnectionBuilder().WithUrl(url).Build(), log);
        await _reporting.StartAsync(stop);
    }

    // ok LCA1001: the wrapper attached, though the hub itself is started
    public async Task OpenInnerAsync(CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        _reporting = new ReportingHub(hub, log);
        await hub.StartAsync(stop);
    }

    // ok LCA1001: the monitor attaches
    public async Task OpenMonitoredAsync(CancellationToken stop)
    {
        _hub = new HubConnectionBuilder().WithUrl(url).Build();
        monitor.Watch(_hub);
        await _hub.StartAsync(stop);
    }

    // ok LCA1001: passed on to a registry before it opens
    public async Task OpenRegisteredAsync(CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        registry.Register("desk", hub);
        await hub.StartAsync(stop);
    }

    // ok LCA1001: the builder attached
    public async Task OpenBuiltAsync(CancellationToken stop)
    {
        _hub = new WatchedHubBuilder(log).At(url).OnClosed(_ => Task.CompletedTask).Build();
        await _hub.StartAsync(stop);
    }

    /// <summary>The monitor comes too late here.</summary>
    public async Task OpenMonitoredLateAsync(CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        await hub.StartAsync(stop); //! LCA1001
        monitor.Watch(hub);
        _hub = hub;
    }

    /// <summary>Registered when it has long been open.</summary>
    public async Task OpenRegisteredLateAsync(CancellationToken stop)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.On<string>("line", line => log.LogInformation("{Line}", line));
        await hub.StartAsync(stop); //! LCA1001
        registry.Register("desk", hub);
        await Task.Delay(Timeout.Infinite, stop);
    }
}

public sealed class Tunnel : IDisposable
{
    private readonly SshClient _ssh;

    public Tunnel(string host, LinkMonitor monitor)
    {
        _ssh = new SshClient(host, "tunnel", "") { KeepAliveInterval = TimeSpan.FromSeconds(30) };
        monitor.Watch(_ssh);
    }

    // ok LCA1001: the monitor attached in the constructor
    public Task OpenAsync(CancellationToken stop) => _ssh.ConnectAsync(stop);

    public void Dispose() => _ssh.Dispose();
}
