// Reconnecting types and the late events of what they have replaced: FIX, VoIP, RTSP, trackers.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Reuse.LateEvents;

public sealed class DropEventArgs(Exception? error) : EventArgs
{
    public Exception? Error { get; } = error;
}

public interface IFeedSession : IAsyncDisposable
{
    event EventHandler<DropEventArgs>? Dropped;
    event Action<ReadOnlyMemory<byte>>? Received;
    bool IsConnected { get; }
    Task OpenAsync(CancellationToken ct);
    ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken ct);
    void Abort();
}

public interface IFeedFactory
{
    IFeedSession Create();
}

public sealed class FixFeed(IFeedFactory factory, ILogger<FixFeed> log)
{
    private volatile IFeedSession? _session;
    private int _expected = 1;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var session = factory.Create();
            session.Dropped += OnDropped;
            session.Received += _ => _expected++;
            await session.OpenAsync(ct);
            _session = session; //! LCA3006
            await Task.Delay(TimeSpan.FromHours(8), ct);
        }
    }

    private void OnDropped(object? sender, DropEventArgs e)
    {
        log.LogWarning(e.Error, "dropped at {Expected}", _expected);
        _session?.Abort();
        _session = null;
    }
}

public sealed class AwaitedFixFeed(IFeedFactory factory, ILogger<AwaitedFixFeed> log)
{
    private IFeedSession? _session;

    // ok LCA3006: each one is disposed before the next is made
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await using var session = factory.Create();
            session.Dropped += OnDropped;
            await session.OpenAsync(ct);
            _session = session;
            await Task.Delay(TimeSpan.FromHours(8), ct);
            session.Dropped -= OnDropped;
        }
    }

    private void OnDropped(object? sender, DropEventArgs e)
    {
        log.LogWarning(e.Error, "dropped");
        _session = null;
    }
}

public sealed class CallLeg(IFeedFactory factory)
{
    private IFeedSession? _leg;
    private readonly Lock _sync = new();

    public IFeedSession? Leg => _leg;

    public void Transfer()
    {
        var fresh = factory.Create();
        fresh.Dropped += (_, _) => HangUp();
        lock (_sync) _leg = fresh; //! LCA3006
    }

    private void HangUp()
    {
        lock (_sync)
        {
            _leg?.Abort();
            _leg = null;
        }
    }
}

public sealed class CarefulCallLeg(IFeedFactory factory)
{
    private IFeedSession? _leg;
    private readonly Lock _sync = new();

    // ok LCA3006: the fresh one is captured and compared by a helper
    public void Transfer()
    {
        var fresh = factory.Create();
        fresh.Dropped += (_, _) => HangUp(fresh);
        lock (_sync) _leg = fresh;
    }

    private void HangUp(IFeedSession which)
    {
        lock (_sync)
        {
            if (which != _leg) return;
            which.Abort();
            _leg = null;
        }
    }

    public IFeedSession? Leg => _leg;
}

public sealed class StillUsable(IFeedFactory factory)
{
    private IFeedSession? _session;

    // ok LCA3006: the handler asks whether the current one still works
    public void Renew()
    {
        var session = factory.Create();
        session.Dropped += (_, _) =>
        {
            if (_session is { IsConnected: true }) return;
            _session = null;
        };
        _session = session;
    }
}

public sealed class UnhookedByHandler(IFeedFactory factory, ILogger log)
{
    private IFeedSession? _session;

    public async Task RenewAsync(CancellationToken ct)
    {
        var session = factory.Create();
        session.Dropped += OnDropped;
        await session.OpenAsync(ct);
        _session = session; //? LCA3006
    }

    // ok LCA3006: whoever calls is unhooked and compared by cast
    private void OnDropped(object? sender, DropEventArgs e)
    {
        var which = (IFeedSession)sender!;
        which.Dropped -= OnDropped;
        if (!Equals(which, _session)) return;
        log.LogInformation(e.Error, "dropped");
        _session = null;
    }
}

public sealed class TrackerLink
{
    private readonly IFeedFactory _factory;
    private readonly Timer _watchdog;
    private IFeedSession? _current;
    private DateTime _lastSeen;

    public TrackerLink(IFeedFactory factory)
    {
        _factory = factory;
        _watchdog = new Timer(_ => Watch(), null, 1000, 1000);
    }

    private void Watch()
    {
        if (DateTime.UtcNow - _lastSeen < TimeSpan.FromMinutes(1)) return;
        Replace();
    }

    private void Replace()
    {
        var next = _factory.Create();
        next.Received += _ => _lastSeen = DateTime.UtcNow;
        next.Dropped += Lost;
        _current = next; //! LCA3006
    }

    private void Lost(object? sender, DropEventArgs e)
    {
        var current = _current;
        current?.Abort();
        Replace();
    }

    public void Stop() => _watchdog.Dispose();
}

public sealed class TidyTrackerLink(IFeedFactory factory)
{
    private IFeedSession? _current;

    // ok LCA3006: the old one is taken out and aborted by a static helper
    public void Replace()
    {
        var next = factory.Create();
        next.Dropped += Lost;
        Retire(Interlocked.Exchange(ref _current, next), Lost);
    }

    private static void Retire(IFeedSession? old, EventHandler<DropEventArgs> handler)
    {
        if (old is null) return;
        old.Dropped -= handler;
        old.Abort();
    }

    private void Lost(object? sender, DropEventArgs e) => Replace();
}

public sealed class ConstructorOnly
{
    private IFeedSession? _session;

    // ok LCA3006: one session for life
    public ConstructorOnly(IFeedFactory factory)
    {
        _session = factory.Create();
        _session.Dropped += (_, _) => _session = null;
    }

    public bool Alive => _session is not null;
}

public sealed class ScreenSlot
{
    private Timer? _image;
    private string _name = "";

    // ok LCA3006: a name is replaced, no session
    public void Show(string name)
    {
        _name = name;
        _image = new Timer(_ => _name = "", null, 1000, Timeout.Infinite);
    }

    public string Name => _name + _image;
}
