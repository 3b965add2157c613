// Reconnecting owners whose old session still speaks after the new one is in place.
using System.Threading.Channels;
using Acme.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Works.Reuse.ReplacedSessions;

/// <summary>The reconnect loop of a telemetry uplink. The old session's Closed disposes the new one.</summary>
public sealed class TelemetryUplink(IWireSessionFactory factory, ILogger<TelemetryUplink> log) : BackgroundService
{
    private readonly Channel<bool> _lost = Channel.CreateUnbounded<bool>();
    private IWireSession? _session;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _lost.Writer.TryWrite(true);
        await foreach (var _ in _lost.Reader.ReadAllAsync(stoppingToken))
        {
            await ReconnectAsync(stoppingToken);
        }
    }

    private async Task ReconnectAsync(CancellationToken ct)
    {
        var next = await factory.OpenAsync("telemetry", ct);
        next.Closed += OnClosed;
        _session = next; //! LCA3006
        log.LogInformation("connected: {Status}", next.Status);
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        _session = null;
        _lost.Writer.TryWrite(true);
    }

    public SessionStatus Status => _session?.Status ?? SessionStatus.Closed;

    /// <summary>The operator wants another node.</summary>
    public void Failover() => _lost.Writer.TryWrite(true);
}

/// <summary>The same loop; the handler asks whose event it is.</summary>
public sealed class SenderAwareUplink(IWireSessionFactory factory) : BackgroundService
{
    private readonly Channel<bool> _lost = Channel.CreateUnbounded<bool>();
    private IWireSession? _session;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _lost.Writer.TryWrite(true);
        await foreach (var _ in _lost.Reader.ReadAllAsync(stoppingToken))
        {
            var next = await factory.OpenAsync("telemetry", stoppingToken);
            next.Closed += OnClosed;
            _session = next; // ok LCA3006: the handler compares
        }
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        if (!ReferenceEquals(sender, _session)) return;
        _session = null;
        _lost.Writer.TryWrite(true);
    }
}

/// <summary>The same loop; the old session is let go of before the new one is taken.</summary>
public sealed class DetachingUplink(IWireSessionFactory factory) : BackgroundService
{
    private readonly Channel<bool> _lost = Channel.CreateUnbounded<bool>();
    private IWireSession? _session;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _lost.Writer.TryWrite(true);
        await foreach (var _ in _lost.Reader.ReadAllAsync(stoppingToken))
        {
            var next = await factory.OpenAsync("telemetry", stoppingToken);
            if (_session is not null)
            {
                _session.Closed -= OnClosed;
                await _session.DisposeAsync();
            }

            next.Closed += OnClosed;
            _session = next; // ok LCA3006: unsubscribed and disposed
        }
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        _session = null;
        _lost.Writer.TryWrite(true);
    }
}

/// <summary>The shop's session type with a Faulted event.</summary>
public interface IPanelSession : IDisposable
{
    event EventHandler? Faulted;
    event EventHandler<int>? Dropped;
    bool IsOpen { get; }
    void Send(string command);
    void Close();
}

public sealed class AlarmPanel(Func<string, IPanelSession> dial, string address)
{
    private readonly ManualResetEventSlim _wake = new(true);
    private IPanelSession? _session;
    private IPanelSession? _standby;

    /// <summary>Called by the supervisor's own thread.</summary>
    public void Supervise(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            _wake.Wait(ct);
            _wake.Reset();
            var fresh = dial(address);
            fresh.Faulted += OnFaulted;
            _session = fresh; //! LCA3006
        }
    }

    private void OnFaulted(object? sender, EventArgs e)
    {
        _session?.Close();
        _wake.Set();
    }

    /// <summary>A standby that was connected beforehand takes over.</summary>
    public void Prepare()
    {
        var fresh = dial(address + "/standby");
        fresh.Faulted += OnFaulted;
        _standby = fresh; //? LCA3006
    }

    public void Promote() => _session = Interlocked.Exchange(ref _standby, null); //! LCA3006

    public void Renew() => _wake.Set();
}

/// <summary>Logging and counting is not acting.</summary>
public sealed class CountingPanel(Func<string, IPanelSession> dial, string address, ILogger<CountingPanel> log)
{
    private IPanelSession? _session;
    private int _faults;

    public void Reconnect()
    {
        var fresh = dial(address);
        fresh.Faulted += OnFaulted;
        _session = fresh; // ok LCA3006: the handler reads and logs
    }

    private void OnFaulted(object? sender, EventArgs e)
    {
        Interlocked.Increment(ref _faults);
        log.LogWarning("panel faulted, open: {Open}", _session?.IsOpen);
    }

    public int Faults => _faults;
}

/// <summary>Swapped by Interlocked.Exchange; the old one is left to itself.</summary>
public sealed class SwappingPanel(Func<string, IPanelSession> dial, string address)
{
    private IPanelSession? _session;

    public void Reconnect()
    {
        var fresh = dial(address);
        fresh.Faulted += (_, _) => Drop();
        Interlocked.Exchange(ref _session, fresh); //! LCA3006
    }

    private void Drop()
    {
        var gone = Interlocked.Exchange(ref _session, null);
        gone?.Dispose();
    }
}

/// <summary>Swapped the same way; what comes out is disposed.</summary>
public sealed class DisposingSwapPanel(Func<string, IPanelSession> dial, string address)
{
    private IPanelSession? _session;

    public void Reconnect()
    {
        var fresh = dial(address);
        fresh.Faulted += (_, _) => Drop();
        Interlocked.Exchange(ref _session, fresh)?.Dispose(); // ok LCA3006: the old one is disposed
    }

    private void Drop()
    {
        var gone = Interlocked.Exchange(ref _session, null);
        gone?.Dispose();
    }
}

/// <summary>The handler knows its own session.</summary>
public sealed class CapturingPanel(Func<string, IPanelSession> dial, string address)
{
    private readonly object _sync = new();
    private IPanelSession? _session;

    public void Reconnect()
    {
        var fresh = dial(address);
        fresh.Faulted += (_, _) =>
        {
            lock (_sync)
            {
                if (_session != fresh) return;
                _session = null;
            }
        };
        lock (_sync) _session = fresh; // ok LCA3006: compared with the captured local
    }

    public void ReconnectAtomically()
    {
        var fresh = dial(address);
        fresh.Faulted += (_, _) => Interlocked.CompareExchange(ref _session, null, fresh);
        _session = fresh; // ok LCA3006: taken out only while it is still this one
    }
}

/// <summary>A number tells the generations apart.</summary>
public sealed class GenerationPanel(Func<string, IPanelSession> dial, string address)
{
    private IPanelSession? _session;
    private int _generation;

    public void Reconnect()
    {
        var mine = Interlocked.Increment(ref _generation);
        var fresh = dial(address);
        fresh.Faulted += (_, _) => OnFaulted(mine);
        _session = fresh; // ok LCA3006: events of an earlier generation are ignored
    }

    private void OnFaulted(int generation)
    {
        if (generation != Volatile.Read(ref _generation)) return;
        _session?.Dispose();
        _session = null;
    }
}

/// <summary>The handler asks whether the present session is still good.</summary>
public sealed class StateAskingPanel(Func<string, IPanelSession> dial, string address)
{
    private IPanelSession? _session;

    public void Reconnect()
    {
        var fresh = dial(address);
        fresh.Faulted += OnFaulted;
        _session = fresh; // ok LCA3006: a usable session is left alone
    }

    private void OnFaulted(object? sender, EventArgs e)
    {
        if (_session is null or { IsOpen: true }) return;
        _session.Dispose();
        _session = null;
    }
}

/// <summary>Through a property, and a handler that disposes whatever is there.</summary>
public sealed class PropertyPanel(Func<string, IPanelSession> dial)
{
    private IPanelSession? Session { get; set; }

    public void Move(string address)
    {
        var fresh = dial(address);
        fresh.Dropped += OnDropped;
        fresh.Faulted += OnFaulted;
        Session = fresh; //! LCA3006
    }

    private void OnFaulted(object? sender, EventArgs e) => Session?.Dispose();

    private void OnDropped(object? sender, int code) => Console.Error.WriteLine($"dropped with {code}");
}
