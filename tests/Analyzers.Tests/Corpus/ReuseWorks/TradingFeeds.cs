// Order routing of a broker: one FIX session per venue, logged on when the first order needs it.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Works.Reuse.TradingFeeds;

public enum LegState { Idle, Connecting, Established, LoggingOut, Closed }

public sealed record FixMessage(string Type, IReadOnlyDictionary<int, string> Fields);

public sealed record Order(string Id, string Symbol, decimal Quantity, decimal Limit);

/// <summary>The shop's own session type; nobody annotated it.</summary>
public interface IFixSession : IAsyncDisposable, IDisposable
{
    LegState State { get; }
    string Venue { get; }
    void Send(FixMessage message);
    Task SendAsync(FixMessage message, CancellationToken ct);
    Task<FixMessage> RequestAsync(FixMessage message, CancellationToken ct);
}

public interface IFixDialer
{
    Task<IFixSession> LogonAsync(string venue, CancellationToken ct);
    IFixSession Logon(string venue);
}

public interface IRiskDesk
{
    Task<decimal> ReserveAsync(Order order, CancellationToken ct);
}

internal static class Messages
{
    public static FixMessage New(Order order) => new("D", new Dictionary<int, string> { [11] = order.Id, [55] = order.Symbol, [38] = order.Quantity.ToString("G29") });
    public static FixMessage Cancel(string id) => new("F", new Dictionary<int, string> { [41] = id });
    public static FixMessage Status(string id) => new("H", new Dictionary<int, string> { [11] = id });
    public static readonly FixMessage Heartbeat = new("0", new Dictionary<int, string>());
}

/// <summary>Double-checked creation; what is checked twice is only that there is an object.</summary>
public sealed class OrderRouter(IFixDialer dialer, string venue, ILogger<OrderRouter> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IFixSession? _session;

    private async Task<IFixSession> SessionAsync(CancellationToken ct)
    {
        if (_session is not null) return _session;
        await _gate.WaitAsync(ct);
        try
        {
            return _session ??= await dialer.LogonAsync(venue, ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task PlaceAsync(Order order, CancellationToken ct)
    {
        var session = await SessionAsync(ct);
        var message = Messages.New(order);
        log.LogInformation("placing {Id} at {Venue}", order.Id, venue);
        await session.SendAsync(message, ct); //! LCA3001
    }

    public async Task<bool> IsWorkingAsync(string id, CancellationToken ct)
    {
        var session = await SessionAsync(ct);
        var report = await session.RequestAsync(Messages.Status(id), ct); //! LCA3001
        return report.Fields.TryGetValue(39, out var status) && status is "0" or "1";
    }
}

/// <summary>The same router with the check where the session is fetched.</summary>
public sealed class CheckedOrderRouter(IFixDialer dialer, string venue, ILogger<CheckedOrderRouter> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IFixSession? _session;

    private async Task<IFixSession> SessionAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_session is { State: LegState.Established } usable) return usable;
            if (_session is not null) await _session.DisposeAsync();
            _session = await dialer.LogonAsync(venue, ct);
            return _session;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task PlaceAsync(Order order, CancellationToken ct)
    {
        var session = await SessionAsync(ct);
        log.LogInformation("placing {Id} at {Venue}", order.Id, venue);
        await session.SendAsync(Messages.New(order), ct); // ok LCA3001: the getter gives out established sessions alone
    }

    public async Task CancelAsync(string id, CancellationToken ct) =>
        await (await SessionAsync(ct)).SendAsync(Messages.Cancel(id), ct); // ok LCA3001: as above
}

/// <summary>The check stands, and then the risk desk takes its time.</summary>
public sealed class MarginRouter(IFixDialer dialer, IRiskDesk risk, string venue)
{
    private IFixSession? _session;

    public async Task PlaceAsync(Order order, CancellationToken ct)
    {
        if (_session is null || _session.State != LegState.Established)
        {
            _session = await dialer.LogonAsync(venue, ct);
        }

        var reserved = await risk.ReserveAsync(order, ct);
        if (reserved < order.Quantity * order.Limit) throw new InvalidOperationException("margin exceeded");
        await _session.SendAsync(Messages.New(order), ct); //! LCA3001
    }

    public async Task PlaceInOrderAsync(Order order, CancellationToken ct)
    {
        var reserved = await risk.ReserveAsync(order, ct);
        if (reserved < order.Quantity * order.Limit) throw new InvalidOperationException("margin exceeded");
        if (_session is null || _session.State != LegState.Established)
        {
            _session = await dialer.LogonAsync(venue, ct);
        }

        await _session.SendAsync(Messages.New(order), ct); // ok LCA3001: nothing between check and use
    }
}

/// <summary>Sessions by venue; the heartbeat takes whatever the dictionary holds.</summary>
public sealed class HeartbeatService : IDisposable
{
    private readonly ConcurrentDictionary<string, IFixSession> _byVenue = new(StringComparer.Ordinal);
    private readonly IFixDialer _dialer;
    private readonly Timer _beat;
    private readonly Timer _probe;

    public HeartbeatService(IFixDialer dialer)
    {
        _dialer = dialer;
        _beat = new Timer(OnBeat, null, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
        _probe = new Timer(OnProbe, null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    }

    public string Primary { get; set; } = "XETRA";

    public void Cancel(string venue, string id)
    {
        var session = _byVenue.GetOrAdd(venue, _dialer.Logon);
        session.Send(Messages.Cancel(id)); //! LCA3001
    }

    public void CancelChecked(string venue, string id)
    {
        var session = _byVenue.GetOrAdd(venue, _dialer.Logon);
        if (session.State is not LegState.Established)
        {
            session.Dispose();
            _byVenue[venue] = session = _dialer.Logon(venue);
        }

        session.Send(Messages.Cancel(id)); // ok LCA3001: a session that is not established has just been replaced
    }

    private void OnBeat(object? state)
    {
        if (_byVenue.TryGetValue(Primary, out var session))
        {
            session.Send(Messages.Heartbeat); //! LCA3001
        }
    }

    private void OnProbe(object? state)
    {
        if (_byVenue.TryGetValue(Primary, out var session) && session.State == LegState.Established)
        {
            session.Send(Messages.Heartbeat); // ok LCA3001 LCA2001: asked directly before
        }
    }

    public void Dispose()
    {
        _beat.Dispose();
        _probe.Dispose();
        foreach (var session in _byVenue.Values) session.Dispose();
    }
}

/// <summary>No check at all, but a session that fails is thrown away with its failure.</summary>
public sealed class EvictingRouter(IFixDialer dialer, string venue)
{
    private IFixSession? _session;

    public async Task PlaceAsync(Order order, CancellationToken ct)
    {
        _session ??= await dialer.LogonAsync(venue, ct);
        try
        {
            await _session.SendAsync(Messages.New(order), ct); // ok LCA3001 LCA3002: the catch evicts
        }
        catch
        {
            await _session.DisposeAsync();
            _session = null;
            throw;
        }
    }
}

/// <summary>The session of a day: opened in Start, used as long as its owner lives.</summary>
public sealed class DropCopy(IFixDialer dialer, string venue) : IAsyncDisposable
{
    private IFixSession _session = null!;

    public async Task StartAsync(CancellationToken ct) => _session = await dialer.LogonAsync(venue, ct);

    public Task ReportAsync(Order order, CancellationToken ct) => _session.SendAsync(Messages.New(order), ct); // ok LCA3001: neither looked up nor lazily made

    public ValueTask DisposeAsync() => _session.DisposeAsync();
}
