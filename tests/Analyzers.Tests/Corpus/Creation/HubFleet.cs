// Many hub connections in one owner: kept in a list, a dictionary, a property, a static.
using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.HubFleet;

public sealed class RegionalHubs(ILogger log) : IAsyncDisposable
{
    private readonly Dictionary<string, HubConnection> _byRegion = new(StringComparer.Ordinal);

    /// <summary>Kept first, started next, watched last.</summary>
    public async Task AddAsync(string region, string url, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        _byRegion[region] = hub;
        await hub.StartAsync(stop); //! LCA1001
        hub.Closed += error =>
        {
            log.LogWarning(error, "{Region} closed", region);
            _byRegion.Remove(region);
            return Task.CompletedTask;
        };
    }

    // ok LCA1001: watched before it starts, kept afterwards
    public async Task AddWatchedAsync(string region, string url, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += error =>
        {
            log.LogWarning(error, "{Region} closed", region);
            return Task.CompletedTask;
        };
        try
        {
            await hub.StartAsync(stop);
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }

        _byRegion[region] = hub;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in _byRegion.Values) await hub.DisposeAsync();
        _byRegion.Clear();
    }
}

public sealed class MirrorHubs : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Uri, HubConnection> _mirrors = new();

    public async Task MirrorAsync(IReadOnlyCollection<Uri> sources, CancellationToken stop)
    {
        foreach (var source in sources)
        {
            var hub = new HubConnectionBuilder().WithUrl(source.ToString()).WithAutomaticReconnect().Build();
            hub.On<string>("row", static row => Console.Out.WriteLine(row));
            await hub.StartAsync(stop); //! LCA1001
            if (!_mirrors.TryAdd(source, hub)) await hub.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, hub) in _mirrors) await hub.DisposeAsync();
    }
}

public sealed class StaffHubs : IAsyncDisposable
{
    private readonly List<HubConnection> _hubs = [];

    public StaffHubs(IEnumerable<string> urls, ILogger log)
    {
        foreach (var url in urls)
        {
            var hub = new HubConnectionBuilder().WithUrl(url).Build();
            hub.Closed += error =>
            {
                log.LogError(error, "{Url} closed", url);
                return Task.CompletedTask;
            };
            _hubs.Add(hub);
        }
    }

    // ok LCA1001: each one got its handler before it came into the list
    public async Task StartAllAsync(CancellationToken stop)
    {
        foreach (var hub in _hubs) await hub.StartAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in _hubs) await hub.DisposeAsync();
    }
}

public class KioskShell
{
    private HubConnection Hub { get; }

    public KioskShell(string url)
    {
        Hub = new HubConnectionBuilder().WithUrl(url).Build();
        Hub.On<string>("show", page => CurrentPage = page);
    }

    public string CurrentPage { get; private set; } = "start";

    public Task BootAsync() => Hub.StartAsync(); //! LCA1001
}

public class WatchedKioskShell
{
    private readonly ILogger _log;

    public WatchedKioskShell(string url, ILogger log)
    {
        _log = log;
        Hub = new HubConnectionBuilder().WithUrl(url).Build();
        Hub.On<string>("show", page => CurrentPage = page);
        Hub.Closed += OnLost;
    }

    protected HubConnection Hub { get; }

    public string CurrentPage { get; private set; } = "start";

    // ok LCA1001: the property's connection was given its handler in the constructor
    public Task BootAsync() => Hub.StartAsync();

    private Task OnLost(Exception? error)
    {
        _log.LogError(error, "kiosk lost its hub");
        return Task.CompletedTask;
    }
}

public static class StatusLine
{
    private static readonly HubConnection s_hub = new HubConnectionBuilder().WithUrl("https://status.example.test/hub").Build();

    public static async Task RunAsync(CancellationToken stop)
    {
        s_hub.On<string>("status", Console.WriteLine);
        await s_hub.StartAsync(stop); //! LCA1001
    }

    public static Task StopAsync() => s_hub.StopAsync();
}

public static class WatchedStatusLine
{
    private static readonly HubConnection s_hub = Create();

    private static HubConnection Create()
    {
        var hub = new HubConnectionBuilder().WithUrl("https://status.example.test/hub").Build();
        hub.Closed += static error => Console.Error.WriteLineAsync(error?.Message);
        return hub;
    }

    // ok LCA1001: the field's initialiser calls a method that attached the handler
    public static Task RunAsync(CancellationToken stop) => s_hub.StartAsync(stop);
}
