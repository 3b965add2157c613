// Sessions that are replaced, and the events of those that were.
using Microsoft.Extensions.Logging;

namespace Sites.Reuse.Reconnects;

public interface IMarketSession : IDisposable
{
    event EventHandler? Dropped;
    event Action<string>? Notice;
    bool IsOpen { get; }
    void Send(byte[] message);
    void Close();
}

public delegate Task<IMarketSession> MarketDialer(CancellationToken ct);

/// <summary>The drop of yesterday's session closes the one of today.</summary>
public sealed class MarketClient(MarketDialer dial)
{
    private IMarketSession? _session;

    public async Task ReconnectAsync(CancellationToken ct)
    {
        var next = await dial(ct);
        next.Dropped += OnDropped;
        _session = next; //! LCA3006
    }

    private void OnDropped(object? sender, EventArgs e)
    {
        _session?.Close();
        _session = null;
    }
}

public sealed class AskingMarketClient(MarketDialer dial)
{
    private IMarketSession? _session;

    // ok LCA3006: the handler asks who is speaking
    public async Task ReconnectAsync(CancellationToken ct)
    {
        var next = await dial(ct);
        next.Dropped += OnDropped;
        _session = next;
    }

    private void OnDropped(object? sender, EventArgs e)
    {
        if (!ReferenceEquals(sender, _session)) return;
        _session?.Close();
        _session = null;
    }
}

public sealed class UnsubscribingMarketClient(MarketDialer dial)
{
    private IMarketSession? _session;

    // ok LCA3006: the old one is unsubscribed from and closed
    public async Task ReconnectAsync(CancellationToken ct)
    {
        var next = await dial(ct);
        if (_session is { } old)
        {
            old.Dropped -= OnDropped;
            old.Dispose();
        }

        next.Dropped += OnDropped;
        _session = next;
    }

    private void OnDropped(object? sender, EventArgs e)
    {
        _session?.Close();
        _session = null;
    }
}

public sealed class LoggingMarketClient(MarketDialer dial, ILogger<LoggingMarketClient> log)
{
    private IMarketSession? _session;

    // ok LCA3006: the handler logs and reads the state, it does not act
    public async Task ReconnectAsync(CancellationToken ct)
    {
        var next = await dial(ct);
        next.Dropped += OnDropped;
        _session = next;
    }

    private void OnDropped(object? sender, EventArgs e) =>
        log.LogWarning("a market session dropped, the current one is open: {Open}", _session?.IsOpen);
}

/// <summary>Notice has no sender, so the lambda must know whom it belongs to.</summary>
public sealed class NoticeBoard(MarketDialer dial)
{
    private IMarketSession? _session;

    public async Task SwitchAsync(CancellationToken ct)
    {
        var fresh = await dial(ct);
        fresh.Notice += text =>
        {
            if (text.StartsWith("BYE", StringComparison.Ordinal)) _session?.Dispose();
        };
        Interlocked.Exchange(ref _session, fresh); //! LCA3006
    }
}

public sealed class CapturingNoticeBoard(MarketDialer dial)
{
    private IMarketSession? _session;

    // ok LCA3006: the captured local is compared
    public async Task SwitchAsync(CancellationToken ct)
    {
        var fresh = await dial(ct);
        fresh.Notice += text =>
        {
            if (_session == fresh && text.StartsWith("BYE", StringComparison.Ordinal)) _session?.Dispose();
        };
        Interlocked.Exchange(ref _session, fresh);
    }
}

public sealed class DisposingNoticeBoard(MarketDialer dial)
{
    private IMarketSession? _session;

    // ok LCA3006: what was exchanged is disposed
    public async Task SwitchAsync(CancellationToken ct)
    {
        var fresh = await dial(ct);
        fresh.Notice += text =>
        {
            if (text.StartsWith("BYE", StringComparison.Ordinal)) _session?.Dispose();
        };
        Interlocked.Exchange(ref _session, fresh)?.Dispose();
    }
}

public sealed class CountedMarketClient(MarketDialer dial)
{
    private IMarketSession? _session;
    private int _generation;

    // ok LCA3006: a generation number tells the sessions apart
    public async Task ReconnectAsync(CancellationToken ct)
    {
        var next = await dial(ct);
        var generation = Interlocked.Increment(ref _generation);
        next.Dropped += (_, _) =>
        {
            if (generation != Volatile.Read(ref _generation)) return;
            _session?.Close();
            _session = null;
        };
        _session = next;
    }
}

public sealed class UsableMarketClient(MarketDialer dial)
{
    private IMarketSession? _session;

    // ok LCA3006: the handler asks whether the current session is still usable
    public async Task ReconnectAsync(CancellationToken ct)
    {
        var next = await dial(ct);
        next.Dropped += OnDropped;
        _session = next;
    }

    private void OnDropped(object? sender, EventArgs e)
    {
        if (_session is { IsOpen: true }) return;
        _session = null;
    }
}

/// <summary>A hot standby that is promoted while the old session still has its handler.</summary>
public sealed class StandbyPair
{
    private IMarketSession _active;
    private IMarketSession? _standby;

    public StandbyPair(IMarketSession active, IMarketSession standby)
    {
        (_active, _standby) = (active, standby);
        active.Dropped += OnDropped;
        standby.Dropped += OnDropped;
    }

    public void Promote()
    {
        if (_standby is null) return;
        _active = _standby; //! LCA3006
        _standby = null;
    }

    private void OnDropped(object? sender, EventArgs e) => _active.Close();
}

public sealed class OrderlyStandbyPair
{
    private IMarketSession _active;
    private IMarketSession? _standby;

    public OrderlyStandbyPair(IMarketSession active, IMarketSession standby)
    {
        (_active, _standby) = (active, standby);
        active.Dropped += OnDropped;
        standby.Dropped += OnDropped;
    }

    // ok LCA3006: the old one is taken leave of before the new one is active
    public void Promote()
    {
        if (_standby is null) return;
        _active.Dropped -= OnDropped;
        _active.Dispose();
        _active = _standby;
        _standby = null;
    }

    private void OnDropped(object? sender, EventArgs e) => _active.Close();
}

/// <summary>Replaced through a property.</summary>
public sealed class Terminal
{
    private IMarketSession? Session { get; set; }

    public async Task ReconnectAsync(MarketDialer dial, CancellationToken ct)
    {
        var session = await dial(ct);
        session.Dropped += (_, _) => Logout();
        Session = session; //! LCA3006
    }

    public bool IsLoggedIn => Session is { IsOpen: true };

    private void Logout()
    {
        Session?.Dispose();
        Session = null;
    }
}

/// <summary>One session for life: nothing is replaced.</summary>
public sealed class LifelongClient : IDisposable
{
    private readonly IMarketSession _session;
    private bool _down;

    // ok LCA3006: assigned once
    public LifelongClient(IMarketSession session)
    {
        _session = session;
        _session.Dropped += OnDropped;
    }

    public bool IsDown => _down;

    private void OnDropped(object? sender, EventArgs e)
    {
        _down = true;
        _session.Close();
    }

    public void Dispose() => _session.Dispose();
}
