// Feeds that reconnect, and the late events of what they replaced.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Field.Replaced;

public sealed class DroppedEventArgs(Exception? reason) : EventArgs
{
    public Exception? Reason { get; } = reason;
}

public interface IFixSession : IDisposable
{
    event EventHandler<DroppedEventArgs>? Dropped;
    event Action? HeartbeatMissed;
    bool IsOpen { get; }
    void Send(string message);
    void Close();
}

public interface IFixAcceptor
{
    IFixSession Logon(string compId);
    Task<IFixSession> LogonAsync(string compId, CancellationToken cancellationToken);
}

/// <summary>Logs on again, and a late Dropped of the first session closes the second.</summary>
public sealed class OrderEntry(IFixAcceptor acceptor, ILogger<OrderEntry> logger)
{
    private IFixSession? _session;

    public void Reconnect()
    {
        var session = acceptor.Logon("DESK1");
        session.Dropped += OnDropped;
        _session = session; //! LCA3006
    }

    private void OnDropped(object? sender, DroppedEventArgs e)
    {
        logger.LogWarning(e.Reason, "dropped");
        _session?.Close();
        _session = null;
    }
}

public sealed class CheckedOrderEntry(IFixAcceptor acceptor, ILogger<CheckedOrderEntry> logger)
{
    private IFixSession? _session;

    public void Reconnect()
    {
        var session = acceptor.Logon("DESK1");
        session.Dropped += OnDropped;
        _session = session; // ok LCA3006: the handler asks for its sender
    }

    private void OnDropped(object? sender, DroppedEventArgs e)
    {
        if (sender != _session) return;
        logger.LogWarning(e.Reason, "dropped");
        _session?.Close();
        _session = null;
    }
}

/// <summary>The old one is left alone before the new one comes.</summary>
public sealed class DetachingOrderEntry(IFixAcceptor acceptor)
{
    private IFixSession? _session;

    public async Task ReconnectAsync(CancellationToken ct)
    {
        var old = _session;
        if (old != null)
        {
            old.Dropped -= OnDropped;
            old.Dispose();
        }

        _session = await acceptor.LogonAsync("DESK2", ct); // ok LCA3006: detached and disposed above
        _session.Dropped += OnDropped;
    }

    private void OnDropped(object? sender, DroppedEventArgs e) => _session = null;
}

/// <summary>No sender comes with the event; a lambda that captures nothing speaks for whatever the field holds.</summary>
public sealed class HeartbeatWatch(IFixAcceptor acceptor)
{
    private IFixSession? _current;
    private IFixSession? _captured;
    private IFixSession? _counted;
    private IFixSession? _logged;
    private int _generation;

    public void Restart()
    {
        _current = acceptor.Logon("WATCH"); //! LCA3006
        _current.HeartbeatMissed += () => _current?.Close();
    }

    public void RestartCaptured()
    {
        var mine = acceptor.Logon("WATCH");
        mine.HeartbeatMissed += () => mine.Close();
        _captured = mine; // ok LCA3006: the handler closes its own
    }

    public void RestartCounted()
    {
        var generation = ++_generation;
        var session = acceptor.Logon("WATCH");
        session.HeartbeatMissed += () =>
        {
            if (generation != _generation) return;
            _counted?.Close();
        };
        _counted = session; // ok LCA3006: a generation tells whose event it is
    }

    public void RestartAndLog(ILogger logger)
    {
        var session = acceptor.Logon("WATCH");
        session.HeartbeatMissed += () => logger.LogWarning("missed; open: {Open}", _logged?.IsOpen);
        _logged = session; // ok LCA3006: it only writes down what it sees
    }
}

/// <summary>Primary and standby: the standby is promoted when the primary drops.</summary>
public sealed class FailoverFeed(IFixAcceptor acceptor) : BackgroundService
{
    private IFixSession? _primary;
    private IFixSession? _standby;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _primary = await acceptor.LogonAsync("PRIMARY", stoppingToken);
        _primary.Dropped += PrimaryDropped;
        _standby = await acceptor.LogonAsync("STANDBY", stoppingToken);
        _standby.Dropped += PrimaryDropped;
        await Task.Delay(Timeout.Infinite, stoppingToken);
    }

    private void PrimaryDropped(object? sender, DroppedEventArgs e)
    {
        _primary?.Close();
    }

    public void Promote()
    {
        _primary = _standby; //! LCA3006
        _standby = null;
    }
}

public sealed class ExchangingFeed(IFixAcceptor acceptor)
{
    private IFixSession? _session;
    private IFixSession? _tidy;

    public async Task RenewAsync(CancellationToken ct)
    {
        var next = await acceptor.LogonAsync("X", ct);
        next.Dropped += (_, _) => Interlocked.Exchange(ref _session, null)?.Dispose();
        Interlocked.Exchange(ref _session, next); //! LCA3006
    }

    public async Task RenewTidyAsync(CancellationToken ct)
    {
        var next = await acceptor.LogonAsync("X", ct);
        next.Dropped += (_, _) => Interlocked.Exchange(ref _tidy, null)?.Dispose();
        Interlocked.Exchange(ref _tidy, next)?.Dispose(); // ok LCA3006: what was there is disposed
    }

    public async Task RenewComparedAsync(CancellationToken ct)
    {
        var next = await acceptor.LogonAsync("X", ct);
        next.Dropped += (_, _) =>
        {
            if (Interlocked.CompareExchange(ref _compared, null, next) == next) next.Dispose();
        };
        _compared = next; // ok LCA3006: taken out only while it is still there
    }

    private IFixSession? _compared;
}

/// <summary>A hub connection without automatic reconnection, built anew whenever it closes.</summary>
public sealed class HubFeed(string url, ILogger<HubFeed> logger)
{
    private HubConnection? _hub;

    public async Task ConnectAsync()
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += OnClosedAsync;
        await hub.StartAsync();
        _hub = hub; //! LCA3006
    }

    private async Task OnClosedAsync(Exception? error)
    {
        logger.LogWarning(error, "hub closed");
        _hub = null;
        await Task.Delay(1000);
        await ConnectAsync();
    }
}

public sealed class UsableHubFeed(string url)
{
    private HubConnection? _hub;

    public async Task ConnectAsync()
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += OnClosedAsync;
        await hub.StartAsync();
        _hub = hub; // ok LCA3006: a usable one is left alone
    }

    private async Task OnClosedAsync(Exception? error)
    {
        if (_hub is { State: HubConnectionState.Connected }) return;
        await Task.Delay(1000);
        await ConnectAsync();
    }
}

/// <summary>Opened once: nothing is replaced.</summary>
public sealed class OnceFeed : IDisposable
{
    private readonly IFixSession _session;

    public OnceFeed(IFixAcceptor acceptor)
    {
        _session = acceptor.Logon("ONCE"); // ok LCA3006: never replaced
        _session.Dropped += (_, _) => _session.Close();
    }

    public void Dispose() => _session.Dispose();
}
