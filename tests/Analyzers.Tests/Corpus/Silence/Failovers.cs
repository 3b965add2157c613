// Sessions that are replaced: generations, senders, promoted standbys, supervisors with state machines.
using Microsoft.Extensions.Logging;

namespace Silence.Failovers;

public enum FeedState { Idle, Connecting, Open, Closed }

public interface IFeedSession : IAsyncDisposable, IDisposable
{
    event EventHandler? Closed;
    event EventHandler<ReadOnlyMemory<byte>>? Received;
    FeedState State { get; }
    Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct);
    void Abort();
}

public interface IFeedFactory
{
    Task<IFeedSession> OpenAsync(string name, CancellationToken ct);
}

/// <summary>The handler asks whether its sender is still the session.</summary>
public sealed class SenderCheckedFeed(IFeedFactory factory, ILogger<SenderCheckedFeed> log)
{
    private IFeedSession? _session;

    // ok LCA3006: late events of an older session are told apart
    public async Task ReconnectAsync(CancellationToken ct)
    {
        var fresh = await factory.OpenAsync("primary", ct);
        fresh.Closed += OnClosed;
        _session = fresh;
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        if (!ReferenceEquals(sender, _session)) return;
        log.LogWarning("feed closed");
        _session?.Abort();
        _session = null;
    }
}

/// <summary>The handler carries the number of the session that it belongs to.</summary>
public sealed class GenerationFeed(IFeedFactory factory, ILogger<GenerationFeed> log)
{
    private readonly object _sync = new();
    private IFeedSession? _session;
    private int _generation;

    // ok LCA3006: a generation number
    public async Task ReconnectAsync(CancellationToken ct)
    {
        var fresh = await factory.OpenAsync("primary", ct);
        lock (_sync)
        {
            var mine = ++_generation;
            fresh.Closed += (_, _) => Lost(mine);
            _session = fresh;
        }
    }

    private void Lost(int generation)
    {
        lock (_sync)
        {
            if (generation != _generation) return;
            _session?.Dispose();
            _session = null;
        }

        log.LogWarning("generation {Generation} lost", generation);
    }
}

public static class FeedWiring
{
    public static void Attach(this IFeedSession session, EventHandler closed, EventHandler<ReadOnlyMemory<byte>> received)
    {
        session.Closed += closed;
        session.Received += received;
    }

    public static void Detach(this IFeedSession session, EventHandler closed, EventHandler<ReadOnlyMemory<byte>> received)
    {
        session.Closed -= closed;
        session.Received -= received;
    }
}

public abstract class FeedOwner(ILogger log) : IAsyncDisposable
{
    private IFeedSession? _current;

    protected ILogger Log { get; } = log;

    protected bool IsUp => _current is { State: FeedState.Open };

    // ok LCA3006: the old one is detached and disposed by the base class
    protected async Task ReplaceAsync(IFeedSession next)
    {
        next.Attach(OnClosed, OnReceived);
        var old = Interlocked.Exchange(ref _current, next);
        if (old is null) return;
        old.Detach(OnClosed, OnReceived);
        await old.DisposeAsync();
    }

    // ok LCA2001: a helper with its guard
    protected async Task<bool> TrySendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        if (_current is not { State: FeedState.Open } session) return false;
        await session.SendAsync(frame, ct);
        return true;
    }

    protected abstract void OnReceived(object? sender, ReadOnlyMemory<byte> frame);

    protected virtual void OnClosed(object? sender, EventArgs e)
    {
        Log.LogInformation("session ended");
        Interlocked.CompareExchange(ref _current, null, sender as IFeedSession)?.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _current, null) is { } last) await last.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class QuoteOwner(IFeedFactory factory, ILogger<QuoteOwner> log) : FeedOwner(log)
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public async Task RunAsync(CancellationToken ct)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(5));
        do
        {
            if (!IsUp) await ReplaceAsync(await factory.OpenAsync("quotes", ct));
        }
        while (await ticks.WaitForNextTickAsync(ct));
    }

    // ok LCA2001 LCA1004: counted, and acknowledged through the guarded helper; what it meets is caught
    protected override void OnReceived(object? sender, ReadOnlyMemory<byte> frame)
    {
        Interlocked.Add(ref _bytes, frame.Length);
        _ = AcknowledgeAsync();
    }

    private async Task AcknowledgeAsync()
    {
        try
        {
            await TrySendAsync(new byte[] { 6 }, CancellationToken.None);
        }
        catch (Exception e)
        {
            Log.LogDebug(e, "not acknowledged");
        }
    }
}

/// <summary>Promotes its standby when the primary closes, whoever it was that closed.</summary>
public sealed class PromotingFeed(IFeedFactory factory, ILogger<PromotingFeed> log)
{
    private IFeedSession? _active;
    private IFeedSession? _standby;

    public async Task StartAsync(CancellationToken ct)
    {
        var active = await factory.OpenAsync("primary", ct);
        active.Closed += OnActiveClosed;
        _active = active; //? LCA3006
        _standby = await factory.OpenAsync("standby", ct); //? LCA3006
    }

    private void OnActiveClosed(object? sender, EventArgs e)
    {
        log.LogWarning("promoting the standby");
        _active?.Abort();
        var promoted = _standby;
        _standby = null;
        if (promoted is null) return;
        promoted.Closed += OnActiveClosed;
        _active = promoted; //? LCA3006
    }
}

/// <summary>Moves over to the standby while the primary is slow; the primary stays open, and so do its events.</summary>
public sealed class SwitchingFeed(IFeedFactory factory, ILogger<SwitchingFeed> log)
{
    private IFeedSession? _active;

    public bool IsUp => _active is { State: FeedState.Open };

    public async Task SwitchAsync(string name, CancellationToken ct)
    {
        var next = await factory.OpenAsync(name, ct);
        next.Closed += (_, _) =>
        {
            log.LogWarning("{Name} closed", name);
            _active?.Dispose();
            _active = null;
        };
        _active = next; //! LCA3006
    }
}

/// <summary>The same with the captured session asked for.</summary>
public sealed class CapturedFeed(IFeedFactory factory, ILogger<CapturedFeed> log)
{
    private IFeedSession? _active;

    // ok LCA3006: the lambda compares what it captured with what is there
    public async Task SwitchAsync(string name, CancellationToken ct)
    {
        var next = await factory.OpenAsync(name, ct);
        next.Closed += (_, _) =>
        {
            if (!ReferenceEquals(_active, next)) return;
            log.LogWarning("{Name} closed", name);
            _active?.Dispose();
            _active = null;
        };
        _active = next;
    }
}

/// <summary>Logging and reading only: a late event does no harm.</summary>
public sealed class LoggingFeed(IFeedFactory factory, ILogger<LoggingFeed> log)
{
    private IFeedSession? _session;

    // ok LCA3006: the handler does not act on the field
    public async Task ReconnectAsync(CancellationToken ct)
    {
        var fresh = await factory.OpenAsync("logged", ct);
        fresh.Closed += (_, _) => log.LogInformation("closed; the current one is {State}", _session?.State);
        _session = fresh;
    }
}

/// <summary>The supervisor's own copy of the pattern, without the question.</summary>
public sealed class HastyFeed(IFeedFactory factory, ILogger<HastyFeed> log)
{
    private IFeedSession? _session;

    public async Task ReconnectAsync(CancellationToken ct)
    {
        var fresh = await factory.OpenAsync("hasty", ct);
        fresh.Closed += OnClosed;
        Interlocked.Exchange(ref _session, fresh); //! LCA3006
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        log.LogWarning("feed closed");
        _session?.Abort();
        _session = null;
    }
}

/// <summary>State machine around one session at a time; the old one is disposed before the next is opened.</summary>
public sealed class FeedMachine(IFeedFactory factory, ILogger<FeedMachine> log) : IAsyncDisposable
{
    private readonly SemaphoreSlim _lock = new(1, 1);
    private IFeedSession? _session;
    private FeedState _state = FeedState.Idle;

    public FeedState State => _state;

    // ok LCA3006: disposed before it is replaced
    public async Task EnsureOpenAsync(CancellationToken ct)
    {
        await _lock.WaitAsync(ct);
        try
        {
            if (_state == FeedState.Open && _session is { State: FeedState.Open }) return;
            await CloseCoreAsync();
            _state = FeedState.Connecting;
            var fresh = await factory.OpenAsync("machine", ct);
            fresh.Closed += OnClosed;
            _session = fresh;
            _state = FeedState.Open;
        }
        finally
        {
            _lock.Release();
        }
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        if (sender is IFeedSession session && ReferenceEquals(session, _session)) _state = FeedState.Closed;
        log.LogDebug("a session closed");
    }

    // ok LCA2002: EnsureOpen has just checked or reopened
    public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        await EnsureOpenAsync(ct);
        await _session!.SendAsync(frame, ct);
    }

    private async ValueTask CloseCoreAsync()
    {
        var old = _session;
        _session = null;
        if (old is null) return;
        old.Closed -= OnClosed;
        await old.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _lock.WaitAsync();
        try
        {
            await CloseCoreAsync();
            _state = FeedState.Closed;
        }
        finally
        {
            _lock.Release();
        }
    }
}

public sealed class CompressingSender(IFeedSession session)
{
    // The compression was put between the question and the send.
    public async Task SendCompressedAsync(ReadOnlyMemory<byte> frame, Func<ReadOnlyMemory<byte>, Task<byte[]>> compress, CancellationToken ct)
    {
        if (session.State != FeedState.Open) return;
        var small = await compress(frame);
        await session.SendAsync(small, ct); //! LCA2002
    }

    // ok LCA2002: compressed first
    public async Task SendSmallAsync(ReadOnlyMemory<byte> frame, Func<ReadOnlyMemory<byte>, Task<byte[]>> compress, CancellationToken ct)
    {
        var small = await compress(frame);
        if (session.State != FeedState.Open) return;
        await session.SendAsync(small, ct);
    }
}
