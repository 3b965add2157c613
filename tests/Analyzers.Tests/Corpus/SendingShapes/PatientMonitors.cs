// Bedside monitors push to a hub; the gaps between asking and sending.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Shapes.Sending.PatientMonitors;

public sealed record Vitals(string Bed, int Pulse, int Oxygen);

public interface IVitalStore
{
    Task<Vitals> LatestAsync(string bed);
    Vitals Latest(string bed);
}

public sealed partial class BedReporter(HubConnection hub, IVitalStore store, ILogger<BedReporter> log)
{
    private readonly object _sync = new();
    private bool _muted;

    public async Task ReportAsync(string bed)
    {
        if (hub.State is HubConnectionState.Connected)
        {
            var vitals = await store.LatestAsync(bed);
            await hub.SendAsync("vitals", vitals); //! LCA2002
        }
    }

    // ok LCA2002: loaded first, asked last
    public async Task ReportLastAskedAsync(string bed)
    {
        var vitals = await store.LatestAsync(bed);
        if (hub.State is HubConnectionState.Connected)
            await hub.SendAsync("vitals", vitals);
    }

    // ok LCA2002: a synchronous load is no gap
    public async Task ReportNowAsync(string bed)
    {
        if (hub.State != HubConnectionState.Connected) return;
        var vitals = store.Latest(bed);
        await hub.SendAsync("vitals", vitals);
    }

    // asked under the lock, sent after it
    public Task ReportUnmutedAsync(Vitals vitals)
    {
        lock (_sync)
        {
            if (_muted || hub.State != HubConnectionState.Connected) return Task.CompletedTask;
        }
        return hub.SendAsync("vitals", vitals); //! LCA2002
    }

    // ok LCA2002: an awaited call on that very connection keeps the check
    public async Task ReportTwiceAsync(Vitals vitals)
    {
        if (hub.State != HubConnectionState.Connected) return;
        await hub.SendAsync("announce", vitals.Bed);
        await hub.SendAsync("vitals", vitals);
    }

    public void ReportSlowly(Vitals vitals)
    {
        if (hub.State != HubConnectionState.Connected) return;
        Thread.Sleep(250);
        hub.SendAsync("vitals", vitals).GetAwaiter().GetResult(); //! LCA2002
    }

    // ok LCA2002: the helper has just asked and reopened
    public async Task ReportEnsuredAsync(Vitals vitals)
    {
        await EnsureAsync();
        await hub.SendAsync("vitals", vitals);
    }

    private async Task EnsureAsync()
    {
        while (hub.State != HubConnectionState.Connected)
            await Task.Delay(100);
    }

    public async Task ReportEachAsync(IReadOnlyList<string> beds, CancellationToken stop)
    {
        if (hub.State != HubConnectionState.Connected) return;
        foreach (var bed in beds)
        {
            await Task.Delay(50, stop);
            await hub.SendAsync("bed", bed, stop); //! LCA2002
        }
    }

    // ok LCA2002: asked in every round
    public async Task ReportEachFairlyAsync(IAsyncEnumerable<string> beds, CancellationToken stop)
    {
        await foreach (var bed in beds.WithCancellation(stop))
        {
            if (hub.State != HubConnectionState.Connected) break;
            await hub.SendAsync("bed", bed, stop);
        }
    }

    public async Task ReportStreamAsync(IAsyncEnumerable<string> beds, CancellationToken stop)
    {
        if (hub.State != HubConnectionState.Connected) return;
        await foreach (var bed in beds.WithCancellation(stop))
            await hub.SendAsync("bed", bed, stop); //! LCA2002
    }

    // a local function does the sending
    public async Task AlarmAsync(string bed)
    {
        if (!Online()) return;
        await Task.Yield();
        await Ring();

        bool Online() => hub.State == HubConnectionState.Connected;

        Task Ring() => hub.SendAsync("alarm", bed); //? LCA2002
    }
}

public sealed partial class BedReporter
{
    // ok LCA2005: a narrow catch
    public async Task RingAsync(string bed)
    {
        try
        {
            await hub.SendAsync("ring", bed);
        }
        catch (InvalidOperationException)
        {
        }
    }

    public async Task RingQuietlyAsync(string bed)
    {
        try
        {
            await hub.SendAsync("ring", bed);
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    // ok LCA2005: the exception is used
    public async Task RingLoudlyAsync(string bed, IProgress<string> shown)
    {
        try
        {
            await hub.SendAsync("ring", bed);
        }
        catch (Exception e)
        {
            shown.Report(e.Message);
        }
    }

    // ok LCA2005: closes
    public async Task RingOrStopAsync(string bed)
    {
        try
        {
            await hub.SendAsync("ring", bed);
        }
        catch
        {
            await hub.StopAsync();
        }
    }

    public async Task RingAllAsync(IEnumerable<string> beds)
    {
        foreach (var bed in beds)
        {
            try
            {
                log.LogTrace("ringing {Bed}", bed);
                await hub.InvokeAsync<int>("ring", bed);
            }
            catch (Exception ex) //! LCA2005
            {
                _ = ex;
                continue;
            }
        }
    }
}
