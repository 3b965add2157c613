// Wall panels of a control room: SignalR, an OnMessage property, a hosted service that pushes.
using Fleck;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Fresh.Sending.PanelSignals;

public interface IPanelConfig
{
    IChangeToken Watch();
    string Layout { get; }
}

public sealed class PanelPusher : IHostedService
{
    private readonly HubConnection _hub;
    private readonly IPanelConfig _config;
    private readonly ILogger<PanelPusher> _log;
    private IDisposable? _watch;

    public PanelPusher(HubConnection hub, IPanelConfig config, ILogger<PanelPusher> log)
    {
        (_hub, _config, _log) = (hub, config, log);
        _hub.On<string>("ask", Answer);
        _hub.On<string>("layout", AnswerIfConnected);
        _hub.Reconnected += _ => _hub.SendAsync("hello", "again"); // ok LCA2001: the event proves it
        _hub.Reconnecting += error => _hub.SendAsync("hold", error?.Message); //! LCA2001
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watch = ChangeToken.OnChange(_config.Watch, () => Push("layout")); //? LCA2001
        return Task.CompletedTask;
    }

    private void Push(string what)
    {
        _log.LogDebug("push {What}", what);
        _ = SendLoggedAsync(what);
    }

    private Task SendLoggedAsync(string what) =>
        _hub.SendAsync(what, _config.Layout).ContinueWith(t => _log.LogWarning(t.Exception, "push failed"), TaskContinuationOptions.OnlyOnFaulted);

    private async Task Answer(string question)
    {
        await _hub.SendAsync("answer", question.ToUpperInvariant()); //! LCA2001
    }

    private async Task AnswerIfConnected(string question)
    {
        if (_hub.State is not HubConnectionState.Connected) return;
        await _hub.SendAsync("layout", _config.Layout);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _watch?.Dispose();
        return Task.CompletedTask;
    }
}

public sealed class PanelServer(ILogger log) : IDisposable
{
    private readonly WebSocketServer _server = new("ws://0.0.0.0:8181");
    private readonly List<IWebSocketConnection> _panels = [];

    public void Start() => _server.Start(panel =>
    {
        panel.OnError = error => log.LogWarning(error, "panel");
        panel.OnOpen = () =>
        {
            lock (_panels) _panels.Add(panel);
            panel.Send("welcome"); // ok LCA2001: it has just been opened
        };
        panel.OnClose = () =>
        {
            lock (_panels) _panels.Remove(panel);
        };
        panel.OnMessage = text => Relay(panel, text); //! LCA2001
        panel.OnBinary = bytes => RelayAvailable(panel, bytes);
    });

    private void Relay(IWebSocketConnection from, string text)
    {
        IWebSocketConnection[] all;
        lock (_panels) all = [.. _panels];
        foreach (var panel in all)
        {
            if (ReferenceEquals(panel, from)) continue;
            panel.Send(text); //? LCA1004
        }
    }

    private void RelayAvailable(IWebSocketConnection from, byte[] bytes)
    {
        IWebSocketConnection[] all;
        lock (_panels) all = [.. _panels.Where(p => p.IsAvailable)];
        foreach (var panel in all)
        {
            if (ReferenceEquals(panel, from) || !panel.IsAvailable) continue;
            panel.Send(bytes); //? LCA1004
        }
    }

    public void Dispose() => _server.Dispose();
}

public sealed class ShiftClock(HubConnection hub) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1));
        while (hub.State == HubConnectionState.Connected)
        {
            if (!await timer.WaitForNextTickAsync(stoppingToken)) return;
            await hub.SendAsync("shift", DateTime.UtcNow.Hour, stoppingToken); //! LCA2002
        }
    }
}

public sealed class WatchfulShiftClock(HubConnection hub) : BackgroundService
{
    // ok LCA2002: the tick comes first
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (hub.State != HubConnectionState.Connected) continue;
            await hub.SendAsync("shift", DateTime.UtcNow.Hour, stoppingToken);
        }
    }
}
