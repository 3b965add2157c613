// Terminals of a cinema chain: seat boards, ticket printers, door scanners, all fed by SignalR hubs.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CreationWorks.CinemaHubs;

public sealed record SeatChange(string Hall, int Row, int Seat, bool Taken);

public sealed class SeatBoard(string url, ILogger<SeatBoard> log) : BackgroundService
{
    private readonly Dictionary<(string, int, int), bool> _seats = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();
        hub.On<SeatChange>("seat", Apply);
        await hub.StartAsync(stoppingToken); //! LCA1001
        var known = await hub.InvokeAsync<int>("join", "hall-1", stoppingToken);
        log.LogInformation("{Count} seats known", known);
        hub.Closed += ex =>
        {
            log.LogError(ex, "seat board lost its hub");
            return Task.CompletedTask;
        };
        await Task.Delay(Timeout.Infinite, stoppingToken);
    }

    private void Apply(SeatChange change) => _seats[(change.Hall, change.Row, change.Seat)] = change.Taken;
}

// Nobody ever hears that this hub went away: the printer simply stays quiet.
public sealed class TicketPrinter(string url) : IAsyncDisposable
{
    private readonly HubConnection _hub = new HubConnectionBuilder().WithUrl(url).Build();
    private readonly Queue<string> _jobs = new();

    public async Task StartAsync(CancellationToken stop)
    {
        _hub.On<string>("print", job => { lock (_jobs) _jobs.Enqueue(job); });
        await _hub.StartAsync(stop); //! LCA1001
    }

    public bool TryNext(out string? job)
    {
        lock (_jobs) return _jobs.TryDequeue(out job);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}

// Stored first, observed afterwards.
public sealed class DoorScanner(string url, ILogger log) : IAsyncDisposable
{
    private HubConnection? _hub;

    public async Task ConnectAsync(CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        try
        {
            await hub.StartAsync(stop); //! LCA1001
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }

        _hub = hub;
        _hub.Closed += OnClosedAsync;
    }

    private Task OnClosedAsync(Exception? ex)
    {
        log.LogWarning(ex, "scanner offline");
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is { } hub) await hub.DisposeAsync();
    }
}

public abstract class HubTerminal : IAsyncDisposable
{
    protected HubTerminal(string url, ILogger log)
    {
        Log = log;
        Hub = new HubConnectionBuilder().WithUrl(url).Build();
        Hub.Closed += OnHubClosedAsync;
    }

    protected HubConnection Hub { get; }
    protected ILogger Log { get; }

    protected virtual Task OnHubClosedAsync(Exception? ex)
    {
        Log.LogError(ex, "{Terminal} lost its hub", GetType().Name);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}

public sealed class PosTerminal(string url, ILogger log) : HubTerminal(url, log)
{
    // ok LCA1001: the base class attached the handler in its constructor
    public async Task OpenAsync(CancellationToken stop)
    {
        await Hub.StartAsync(stop);
        Log.LogInformation("till open, {Id}", Hub.ConnectionId);
    }
}

public sealed class HubWatch
{
    private readonly ILogger _log;

    public HubWatch(HubConnection hub, ILogger log)
    {
        _log = log;
        hub.Closed += ClosedAsync;
        hub.Reconnecting += ClosedAsync;
    }

    private Task ClosedAsync(Exception? ex)
    {
        _log.LogWarning(ex, "hub down");
        return Task.CompletedTask;
    }
}

public sealed class FoyerScreen(string url, ILogger log) : IAsyncDisposable
{
    private readonly HubConnection _hub = new HubConnectionBuilder().WithUrl(url).Build();
    private HubWatch? _watch;

    // ok LCA1001: the watch attaches its handlers before the start
    public async Task ShowAsync(CancellationToken stop)
    {
        _watch = new HubWatch(_hub, log);
        await _hub.StartAsync(stop);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}

public sealed class ScreeningReporter(string url)
{
    // ok LCA1001: the local lives for two awaited calls of its own, which tell of the failure themselves
    public async Task ReportAsync(string screening, CancellationToken stop)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(url).Build();
        await hub.StartAsync(stop);
        await hub.SendAsync("screeningEnded", screening, stop);
    }
}

public interface IHubSupervisor
{
    void Adopt(HubConnection hub);
}

public static class HubFactory
{
    // ok LCA1001: leaves unopened
    public static HubConnection Create(string url) => new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();

    // ok LCA1001: handed to its supervisor before it opens
    public static async Task<HubConnection> CreateSupervisedAsync(string url, IHubSupervisor supervisor, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        supervisor.Adopt(hub);
        try
        {
            await hub.StartAsync(stop);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }
}

public sealed class UsherPager : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly CancellationToken _stop;

    // ok LCA1001 LCA1005: attached in the constructor; the hub awaits its Closed handlers, so this lambda is no async void
    public UsherPager(string url, ILogger log, CancellationToken stop)
    {
        _stop = stop;
        _hub = new HubConnectionBuilder().WithUrl(url).Build();
        _hub.Closed += async ex =>
        {
            log.LogWarning(ex, "pager offline, again in five seconds");
            await Task.Delay(5000, _stop);
            await _hub.StartAsync(_stop);
        };
    }

    public Task StartAsync() => _hub.StartAsync(_stop);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}
