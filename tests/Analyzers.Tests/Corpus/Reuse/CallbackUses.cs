// Cached sessions used where somebody else decides when: timers, continuations, event handlers, registrations.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.CallbackUses;

public interface IGridSession : IDisposable
{
    event EventHandler<string>? Alert;
    bool IsAlive { get; }
    void Send(string line);
    Task SendAsync(string line, CancellationToken stop);
}

public sealed class GridBeat : IDisposable
{
    private readonly Func<IGridSession> _open;
    private readonly Timer _timer;
    private IGridSession? _session;

    public GridBeat(Func<IGridSession> open)
    {
        _open = open;
        _timer = new Timer(Beat, null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    }

    private void Beat(object? state)
    {
        _session ??= _open();
        _session.Send("beat"); //! LCA3001
    }

    public void Dispose()
    {
        _timer.Dispose();
        _session?.Dispose();
    }
}

public sealed class CarefulGridBeat : IDisposable
{
    private readonly Func<IGridSession> _open;
    private readonly ILogger _log;
    private readonly Timer _timer;
    private IGridSession? _session;

    public CarefulGridBeat(Func<IGridSession> open, ILogger log)
    {
        _open = open;
        _log = log;
        _timer = new Timer(Beat, null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    }

    // ok LCA3001: asked in the callback, and what fails all the same is dropped
    private void Beat(object? state)
    {
        try
        {
            if (_session is not { IsAlive: true }) _session = _open();
            _session.Send("beat");
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException)
        {
            _log.LogWarning(ex, "beat failed");
            _session = null;
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _session?.Dispose();
    }
}

public sealed class GridAlerts(Func<string, IGridSession> open, ILogger log)
{
    private readonly ConcurrentDictionary<string, IGridSession> _sessions = new();

    private IGridSession Station(string name) => _sessions.GetOrAdd(name, open);

    public void Relay(IGridSession source, string target) =>
        source.Alert += (_, text) => Station(target).Send(text); //! LCA3001

    // ok LCA3001: the handler asks the session it looked up
    public void RelayAlive(IGridSession source, string target) => source.Alert += (_, text) =>
    {
        var station = Station(target);
        if (station.IsAlive) station.Send(text);
        else log.LogWarning("{Target} is down, {Text} lost", target, text);
    };

    public CancellationTokenRegistration FarewellOn(CancellationToken stop, string target) =>
        stop.Register(() => Station(target).Send("bye")); //! LCA3001

    // ok LCA3001: evicts what failed, in the handler itself
    public void RelayOrEvict(IGridSession source, string target) => source.Alert += (_, text) =>
    {
        var station = Station(target);
        try
        {
            station.Send(text);
        }
        catch (IOException ex)
        {
            log.LogWarning(ex, "{Target} dropped", target);
            _sessions.TryRemove(KeyValuePair.Create(target, station));
        }
    };

    public void Schedule(string target, string text) => ThreadPool.QueueUserWorkItem(_ => Whisper(target, text));

    /// <summary>Reached from the pool.</summary>
    private void Whisper(string target, string text)
    {
        if (!_sessions.TryGetValue(target, out var station)) return;
        station.Send(text); //! LCA3001
    }

    // ok LCA3001: asked before, and nothing in between
    public Task ContinueAsync(Task<string> text, string target, CancellationToken stop) => text.ContinueWith(
        t =>
        {
            var station = Station(target);
            return station.IsAlive ? station.SendAsync(t.Result, stop) : Task.CompletedTask;
        },
        stop,
        TaskContinuationOptions.OnlyOnRanToCompletion,
        TaskScheduler.Default).Unwrap();
}

/// <summary>Opened in its constructor, used in its timer for as long as it lives.</summary>
public sealed class OwnedBeat : IDisposable
{
    private readonly IGridSession _session;
    private readonly Timer _timer;

    public OwnedBeat(Func<IGridSession> open)
    {
        _session = open();
        _timer = new Timer(_ => Beat(), null, 1000, 1000);
    }

    // ok LCA3001: not cached, an owner uses what it opened
    private void Beat()
    {
        if (_session.IsAlive) _session.Send("beat");
    }

    public void Dispose()
    {
        _timer.Dispose();
        _session.Dispose();
    }
}
