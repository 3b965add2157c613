// Sessions that are replaced while the events of the old one may still be on their way.
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.ReplacedSessions;

public interface IFeedSession : IDisposable
{
    event EventHandler? Closed;
    event EventHandler<string>? Notice;
    bool IsOpen { get; }
    void Send(string line);
    void Close();
}

public delegate IFeedSession Opener();

/// <summary>The classical one: whoever closes, the field is emptied.</summary>
public sealed class NullingFeed(Opener open)
{
    private IFeedSession? _session;

    public void Reconnect()
    {
        var fresh = open();
        fresh.Closed += OnClosed;
        _session = fresh; //! LCA3006
    }

    private void OnClosed(object? sender, EventArgs e) => _session = null;
}

public sealed class AskingFeed(Opener open)
{
    private IFeedSession? _session;

    // ok LCA3006: the handler asks who speaks
    public void Reconnect()
    {
        var fresh = open();
        fresh.Closed += OnClosed;
        _session = fresh;
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        if (!ReferenceEquals(sender, _session)) return;
        _session = null;
    }
}

/// <summary>The handler closes the session in the field, whoever it is.</summary>
public sealed class ClosingFeed(Opener open, ILogger log)
{
    private IFeedSession? _current;

    public void Connect()
    {
        _current = open(); //! LCA3006
        _current.Notice += (_, text) =>
        {
            log.LogInformation("{Text}", text);
            if (text == "BYE") _current?.Close();
        };
    }

    public bool IsUp => _current is { IsOpen: true };
}

public sealed class UnsubscribingFeed(Opener open)
{
    private IFeedSession? _current;

    // ok LCA3006: the old one is unsubscribed from
    public void Connect()
    {
        if (_current != null) _current.Closed -= OnClosed;
        _current = open();
        _current.Closed += OnClosed;
    }

    private void OnClosed(object? sender, EventArgs e) => _current = null;
}

public sealed class DisposingFeed(Opener open)
{
    private IFeedSession? _current;

    // ok LCA3006: the old one is disposed of first
    public void Connect()
    {
        _current?.Dispose();
        _current = open();
        _current.Closed += OnClosed;
    }

    private void OnClosed(object? sender, EventArgs e) => _current = null;
}

/// <summary>The handler reconnects, through a method of its own.</summary>
public sealed class ReconnectingFeed
{
    private readonly Opener _open;
    private IFeedSession _session;

    public ReconnectingFeed(Opener open)
    {
        _open = open;
        _session = open();
        _session.Closed += OnClosed;
    }

    private void OnClosed(object? sender, EventArgs e) => Restore();

    private void Restore()
    {
        var next = _open();
        next.Closed += OnClosed;
        _session = next; //! LCA3006
    }

    public bool Usable => _session.IsOpen;
}

public sealed class GenerationFeed(Opener open)
{
    private IFeedSession? _session;
    private int _generation;

    // ok LCA3006: a generation number tells the old from the new
    public void Connect()
    {
        var generation = Interlocked.Increment(ref _generation);
        var fresh = open();
        fresh.Closed += (_, _) =>
        {
            if (generation != Volatile.Read(ref _generation)) return;
            _session = null;
        };
        _session = fresh;
    }

    public bool IsUp => _session?.IsOpen ?? false;
}

public sealed class CapturingFeed(Opener open)
{
    private IFeedSession? _session;

    // ok LCA3006: the captured local is compared
    public void Connect()
    {
        var fresh = open();
        fresh.Closed += (_, _) =>
        {
            if (_session == fresh) _session = null;
        };
        _session = fresh;
    }

    public bool IsUp => _session?.IsOpen ?? false;
}

/// <summary>Swapped atomically, and the old one is left to itself.</summary>
public sealed class SwappingFeed(Opener open)
{
    private IFeedSession? _session;

    public void Renew()
    {
        var fresh = open();
        fresh.Closed += HandleClosed;
        Interlocked.Exchange(ref _session, fresh); //! LCA3006
    }

    private void HandleClosed(object? sender, EventArgs e)
    {
        var session = Interlocked.Exchange(ref _session, null);
        session?.Dispose();
    }
}

public sealed class SwapDisposingFeed(Opener open)
{
    private IFeedSession? _session;

    // ok LCA3006: what is swapped out is disposed of
    public void Renew()
    {
        var fresh = open();
        fresh.Closed += HandleClosed;
        Interlocked.Exchange(ref _session, fresh)?.Dispose();
    }

    private void HandleClosed(object? sender, EventArgs e) => Interlocked.Exchange(ref _session, null)?.Dispose();
}

public sealed class CompareExchangeFeed(Opener open)
{
    private IFeedSession? _session;

    // ok LCA3006: the handler empties the field only if the sender is still in it
    public void Renew()
    {
        var fresh = open();
        fresh.Closed += HandleClosed;
        Volatile.Write(ref _session, fresh);
    }

    private void HandleClosed(object? sender, EventArgs e) =>
        Interlocked.CompareExchange(ref _session, null, sender as IFeedSession);
}

/// <summary>Kept in a property.</summary>
public sealed class PropertyFeed(Opener open)
{
    private IFeedSession? Active { get; set; }

    public void Renew()
    {
        var fresh = open();
        fresh.Closed += (sender, e) => Active?.Dispose();
        Active = fresh; //! LCA3006
    }

    public bool IsUp => Active is { IsOpen: true };
}

/// <summary>A standby is promoted; the failed one may speak again.</summary>
public sealed class StandbyFeed
{
    private readonly Opener _open;
    private IFeedSession _active;
    private IFeedSession _standby;

    public StandbyFeed(Opener open)
    {
        _open = open;
        _active = open();
        _standby = open();
        _active.Closed += OnActiveClosed;
        _standby.Closed += OnActiveClosed;
    }

    private void OnActiveClosed(object? sender, EventArgs e) => Promote();

    private void Promote()
    {
        _active = _standby; //! LCA3006
        _standby = _open(); //? LCA3006
        _standby.Closed += OnActiveClosed;
    }

    public bool Usable => _active.IsOpen;
}

public sealed class CarefulStandbyFeed
{
    private readonly Opener _open;
    private IFeedSession _active;
    private IFeedSession _standby;

    public CarefulStandbyFeed(Opener open)
    {
        _open = open;
        _active = open();
        _standby = open();
        _active.Closed += OnClosed;
        _standby.Closed += OnClosed;
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        if (sender == _active) Promote();
    }

    // ok LCA3006: only the active one's end promotes
    private void Promote()
    {
        _active = _standby;
        _standby = _open(); //? LCA3006
        _standby.Closed += OnClosed;
    }

    public bool Usable => _active.IsOpen;
}

/// <summary>Handlers that do not act on the field.</summary>
public sealed class WatchingFeed(Opener open, ILogger log)
{
    private IFeedSession? _session;

    // ok LCA3006: logs, reads the state, and acts on the sender alone
    public void Renew()
    {
        var fresh = open();
        fresh.Notice += (_, text) => log.LogInformation("{Text}, open: {Open}", text, _session?.IsOpen);
        fresh.Closed += OnClosed;
        _session = fresh;
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        log.LogInformation("a feed closed");
        (sender as IFeedSession)?.Dispose();
    }
}

/// <summary>The handler asks whether the current one is still usable.</summary>
public sealed class StateAskingFeed(Opener open)
{
    private IFeedSession? _session;

    // ok LCA3006: a late event finds an open session and leaves it alone
    public void Renew()
    {
        var fresh = open();
        fresh.Closed += OnClosed;
        _session = fresh;
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        if (_session is { IsOpen: true }) return;
        _session?.Dispose();
        _session = null;
    }
}

/// <summary>Assigned once, never replaced.</summary>
public sealed class SingleFeed
{
    private IFeedSession? _session;

    // ok LCA3006: nothing is replaced
    public SingleFeed(Opener open)
    {
        _session = open();
        _session.Closed += OnClosed;
    }

    private void OnClosed(object? sender, EventArgs e) => _session = null;

    public bool IsUp => _session is not null;
}

public abstract class FeedOwner(Opener open)
{
    private IFeedSession? _session;
    private readonly Lock _sync = new();

    protected bool IsUp => _session is { IsOpen: true };

    protected void Renew()
    {
        lock (_sync)
        {
            var fresh = open();
            fresh.Closed += OnClosed;
            fresh.Notice += OnNotice;
            _session = fresh; //! LCA3006
        }
    }

    protected virtual void OnNotice(object? sender, string text)
    {
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        lock (_sync)
        {
            _session?.Dispose();
            _session = null;
        }
    }
}

public abstract class DetachingFeedOwner(Opener open)
{
    private IFeedSession? _session;

    // ok LCA3006: a helper unsubscribes from the old one and disposes of it
    protected void Renew()
    {
        Detach();
        var fresh = open();
        fresh.Closed += OnClosed;
        _session = fresh;
    }

    private void Detach()
    {
        if (_session is not { } old) return;
        old.Closed -= OnClosed;
        old.Dispose();
        _session = null;
    }

    private void OnClosed(object? sender, EventArgs e) => Detach();
}

/// <summary>A failed session stays subscribed in a loop of attempts.</summary>
public sealed class LoopingFeed(Opener open)
{
    private volatile IFeedSession? _link;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            if (_link is not { IsOpen: true })
            {
                _link = open(); //! LCA3006
                _link.Closed += OnLinkClosed;
            }

            await Task.Delay(1000, ct);
        }
    }

    private void OnLinkClosed(object? sender, EventArgs e)
    {
        _link?.Close();
        _link = null;
    }
}
