// Price publishers over SignalR's client: hub methods answer requests of the server.
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Configuration;

namespace SendingWorks.PriceHub;

public sealed record Wanted(string Symbol, string Desk);

public sealed record Snapshot(string Symbol, decimal Bid, decimal Ask);

public interface ISnapshotStore
{
    Task<Snapshot> LoadAsync(string symbol);
    Snapshot Peek(string symbol);
    event EventHandler<Snapshot>? Changed;
}

public sealed class PricePublisher
{
    private readonly HubConnection _hub;
    private readonly ISnapshotStore _store;

    public PricePublisher(HubConnection hub, ISnapshotStore store, IConfiguration configuration, ILogger<PricePublisher> log)
    {
        _hub = hub;
        _store = store;
        _hub.On<Wanted>("snapshot", OnSnapshotWanted);
        _hub.On<Wanted>("peek", async w => await _hub.SendAsync("peeked", _store.Peek(w.Symbol))); //! LCA2001
        _hub.On<string>("ping", async id =>
        {
            if (_hub.State == HubConnectionState.Connected) await _hub.SendAsync("pong", id); // ok LCA2001: asked
        });
        _hub.Reconnected += OnReconnected;
        _hub.Closed += OnClosed;
        ChangeToken.OnChange(configuration.GetReloadToken, () => AnnounceAsync(configuration["desk"]).GetAwaiter().GetResult()); //! LCA2001
        _store.Changed += async (_, snapshot) =>
        {
            try
            {
                await _hub.SendAsync("changed", snapshot); // ok LCA2001: the catch takes all and tells
            }
            catch (Exception ex)
            {
                log.LogWarning(ex, "{Symbol} not published", snapshot.Symbol);
            }
        };
    }

    private async Task OnSnapshotWanted(Wanted wanted)
    {
        if (_hub.State != HubConnectionState.Connected) return;
        var snapshot = await _store.LoadAsync(wanted.Symbol);
        await _hub.SendAsync("snapshot", snapshot); //! LCA2002
    }

    // ok LCA2001: Reconnected proves the state
    private Task OnReconnected(string? connectionId) => AnnounceAsync(connectionId);

    private async Task OnClosed(Exception? error)
    {
        await _hub.SendAsync("leaving", error?.Message); //! LCA2001
    }

    private Task AnnounceAsync(string? text) => _hub.SendAsync("announce", text);
}

/// <summary>A service of its own: a loop over a PeriodicTimer is no callback.</summary>
public sealed class HeartbeatService(HubConnection hub, IOptions<HeartbeatOptions> options, ILogger<HeartbeatService> log) : BackgroundService
{
    // ok LCA2001: a flow of one's own
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await hub.SendAsync("heartbeat", Environment.MachineName, stoppingToken);
            log.LogTrace("heartbeat");
        }
    }
}

public sealed class HeartbeatOptions
{
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);
}

public sealed class PositionReporter(HubConnection hub, IReadOnlyList<string> desks, Func<string, Task<decimal>> position)
{
    public async Task ReportAllAsync(CancellationToken ct)
    {
        foreach (var desk in desks)
        {
            if (hub is not { State: HubConnectionState.Connected }) return;
            var value = await position(desk);
            await hub.SendAsync("position", new { desk, value }, ct); //! LCA2002
        }
    }

    // ok LCA2002: a send that worked keeps the check for the next
    public async Task ReportTotalsAsync(IReadOnlyDictionary<string, decimal> totals, CancellationToken ct)
    {
        if (hub.State != HubConnectionState.Connected) return;
        await hub.SendAsync("begin", totals.Count, ct);
        await hub.SendAsync("totals", totals, ct);
    }

    private async Task EnsureConnectedAsync(CancellationToken ct)
    {
        if (hub.State == HubConnectionState.Disconnected)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            await hub.StartAsync(limit.Token); //? LCA1001
        }
    }

    // ok LCA2002: the end of a helper that has just checked or reopened is no gap
    public async Task ReportOneAsync(string desk, decimal value, CancellationToken ct)
    {
        await EnsureConnectedAsync(ct);
        await hub.SendAsync("position", new { desk, value }, ct);
    }

    // ok LCA2002: the conditional expression stands at the send
    public async Task ReportIfConnectedAsync(string desk)
    {
        var value = await position(desk);
        await (hub.State == HubConnectionState.Connected ? hub.SendAsync("position", value) : Task.CompletedTask);
    }
}
