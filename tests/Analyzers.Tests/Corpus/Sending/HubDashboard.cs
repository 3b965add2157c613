// An operator dashboard that acknowledges alarms over a SignalR hub connection.
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.HubDashboard;

public sealed record Alarm(Guid Id, string Text, int Severity);

public sealed class AlarmConsole
{
    private readonly HubConnection _hub;
    private readonly Timer _presence;
    private readonly List<Alarm> _open = [];

    public AlarmConsole(HubConnection hub)
    {
        _hub = hub;
        _hub.On<Alarm>("raised", OnRaisedAsync);
        _hub.On<Guid>("cleared", id => _open.RemoveAll(a => a.Id == id));
        _hub.On<string, int>("probe", async (from, number) => await _hub.SendAsync("probeAnswer", from, number)); //! LCA2001
        _hub.Reconnecting += async error => await _hub.SendAsync("trouble", error?.Message); //! LCA2001
        _hub.Reconnected += async id => await ReportAllAsync();
        _hub.Closed += OnClosedAsync;
        _presence = new Timer(_ => _ = PresenceAsync(), null, 10_000, 10_000); //! LCA2001
    }

    private async Task OnRaisedAsync(Alarm alarm)
    {
        _open.Add(alarm);
        if (alarm.Severity < 3) return;
        await _hub.InvokeAsync("acknowledge", alarm.Id); //! LCA2001
    }

    private async Task OnClosedAsync(Exception? error)
    {
        try
        {
            await ReportAllAsync(); //! LCA2001
        }
        catch (HubException)
        {
            _open.Clear();
        }
    }

    private Task PresenceAsync() => _hub.SendAsync("presence", Environment.MachineName);

    // ok LCA2001: reached from Reconnected, which proves the state
    private async Task ReportAllAsync()
    {
        foreach (var alarm in _open) await _hub.SendAsync("open", alarm);
    }
}

public sealed class CheckedAlarmConsole
{
    private readonly HubConnection _hub;
    private readonly ILogger _log;

    public CheckedAlarmConsole(HubConnection hub, ILogger log)
    {
        (_hub, _log) = (hub, log);
        _hub.On<Alarm>("raised", OnRaisedAsync);
        _hub.On<string, int>("probe", OnProbeAsync);
        _hub.Closed += OnClosedAsync;
    }

    private bool Online => _hub.State == HubConnectionState.Connected;

    // ok LCA2001: a property of one's own returns the check
    private async Task OnRaisedAsync(Alarm alarm)
    {
        if (alarm.Severity >= 3 && Online) await _hub.InvokeAsync("acknowledge", alarm.Id);
    }

    // ok LCA2001: an inactive connection throws InvalidOperationException
    private async Task OnProbeAsync(string from, int number)
    {
        try
        {
            await _hub.SendAsync("probeAnswer", from, number);
        }
        catch (InvalidOperationException ex)
        {
            _log.LogDebug(ex, "not connected");
        }
    }

    // ok LCA2001: opens anew before it sends
    private async Task OnClosedAsync(Exception? error)
    {
        await Task.Delay(1000);
        await EnsureStartedAsync();
        if (_hub.State is HubConnectionState.Connected) await _hub.SendAsync("back");
    }

    private async Task EnsureStartedAsync()
    {
        if (_hub.State == HubConnectionState.Disconnected) await _hub.StartAsync();
    }
}
