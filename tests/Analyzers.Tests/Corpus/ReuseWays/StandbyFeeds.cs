// Trading feeds with a standby: events of the session that was replaced.
using Microsoft.Extensions.Logging;

namespace Ways.Standby;

public sealed class FeedSession : IDisposable
{
    public event EventHandler? Closed;

    public event Action<FeedSession, string>? Failed;

    public event Action? Lost;

    public bool IsOpen { get; private set; } = true;

    public static FeedSession Open(string address) => new();

    public void Send(string line) => Failed?.Invoke(this, line);

    public void Dispose()
    {
        IsOpen = false;
        Closed?.Invoke(this, EventArgs.Empty);
        Lost?.Invoke();
    }
}

public sealed class SimpleFeed(string address)
{
    private FeedSession? _session;

    public void Reconnect()
    {
        var fresh = FeedSession.Open(address);
        fresh.Closed += OnClosed;
        _session = fresh; //! LCA3006
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        _session?.Dispose();
        _session = null;
    }
}

public sealed class AskingFeed(string address)
{
    private FeedSession? _session;

    public void Reconnect()
    {
        var fresh = FeedSession.Open(address);
        fresh.Closed += OnClosed;
        _session = fresh;
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        if (sender is FeedSession session && ReferenceEquals(session, _session))
        {
            _session.Dispose();
            _session = null;
        }
    }
}

public sealed class CapturingFeed(string address, ILogger log)
{
    private FeedSession? _session;

    public void Reconnect()
    {
        FeedSession fresh = FeedSession.Open(address);
        fresh.Lost += () =>
        {
            if (_session != fresh) return;
            _session = null;
            log.LogWarning("lost");
        };
        _session = fresh;
    }
}

public sealed class ExchangingFeed(string address, ILogger log)
{
    private FeedSession? _session;

    public void Reconnect()
    {
        var fresh = FeedSession.Open(address);
        fresh.Lost += () => Interlocked.Exchange(ref _session, null)?.Dispose();
        var old = Interlocked.Exchange(ref _session, fresh); //! LCA3006
        log.LogInformation("replaced, {Had}", old is not null);
    }
}

public sealed class DisposingFeed(string address)
{
    private FeedSession? _session;

    public void Reconnect()
    {
        var fresh = FeedSession.Open(address);
        fresh.Lost += Drop;
        Interlocked.Exchange(ref _session, fresh)?.Dispose();
    }

    private void Drop() => _session = null;
}

public class PropertyFeed(string address)
{
    protected FeedSession? Session { get; private set; }

    public void Reconnect()
    {
        var fresh = FeedSession.Open(address);
        fresh.Failed += (_, _) => Session?.Dispose();
        Session = fresh; //! LCA3006
    }
}

public class StillUsableFeed(string address)
{
    protected FeedSession? Session { get; private set; }

    public void Reconnect()
    {
        var fresh = FeedSession.Open(address);
        fresh.Failed += (failed, _) =>
        {
            if (Session is { IsOpen: true } current && current != failed) return;
            Session = null;
        };
        Session = fresh;
    }
}

public class DetachingFeed
{
    private readonly string _address;
    private FeedSession _session;

    public DetachingFeed(string address)
    {
        _address = address;
        _session = FeedSession.Open(address);
        _session.Closed += OnClosed;
    }

    public void Reconnect()
    {
        _session.Closed -= OnClosed;
        _session = FeedSession.Open(_address);
        _session.Closed += OnClosed;
    }

    private void OnClosed(object? sender, EventArgs e) => _session.Dispose();
}

public sealed class GenerationFeed(string address)
{
    private FeedSession? _session;
    private int _generation;

    public void Reconnect()
    {
        var generation = ++_generation;
        var fresh = FeedSession.Open(address);
        fresh.Lost += () => { if (generation == _generation) Reconnect(); };
        _session = fresh;
    }

    public bool Open => _session is { IsOpen: true };
}

public sealed class LoggingFeed(string address, ILogger log)
{
    private FeedSession? _session;

    public void Reconnect()
    {
        var fresh = FeedSession.Open(address);
        fresh.Failed += (_, reason) => log.LogWarning("{Reason}; open {Open}", reason, _session?.IsOpen);
        _session = fresh;
    }
}

public sealed class StandbyPair(string first, string second)
{
    private FeedSession? _active = FeedSession.Open(first);
    private FeedSession? _standby = FeedSession.Open(second);

    public void Watch()
    {
        _active!.Closed += OnActiveClosed;
        _standby!.Closed += OnActiveClosed;
    }

    public void Promote()
    {
        (_active, _standby) = (_standby, null); //! LCA3006
    }

    private void OnActiveClosed(object? sender, EventArgs e)
    {
        _active?.Dispose();
        _active = null;
    }
}
