// Sessions that are replaced, and their late events.
using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using MQTTnet;

namespace Outfits.ReplacedSessions;

public sealed class ClosedEventArgs(string reason) : EventArgs { public string Reason { get; } = reason; }
public sealed class FeedSession : IDisposable
{
    public event EventHandler<ClosedEventArgs>? Closed;
    public event Action? Faulted;
    public bool IsOpen { get; private set; }
    public void Open() => IsOpen = true;
    public Task SendAsync(string s) => Task.CompletedTask;
    public void Close() { IsOpen = false; Closed?.Invoke(this, new("bye")); Faulted?.Invoke(); }
    public void Dispose() => Close();
}

// 1 bug
public sealed class Reconnecting
{
    private FeedSession? _session;

    public void Connect()
    {
        var session = new FeedSession();
        session.Closed += OnClosed;
        session.Open();
        _session = session; //? LCA3006
    }

    private void OnClosed(object? sender, ClosedEventArgs e)
    {
        _session?.Dispose();
        _session = null;
        Connect();
    }
}

// 2 correct: sender asked
public sealed class AskingSender
{
    private FeedSession? _session;

    public void Connect()
    {
        var session = new FeedSession();
        session.Closed += OnClosed;
        session.Open();
        _session = session;
    }

    private void OnClosed(object? sender, ClosedEventArgs e)
    {
        if (sender is FeedSession late && late != _session) return;
        _session = null;
        Connect();
    }
}

// 3 correct: compare-exchange with the captured one
public sealed class CapturedExchange
{
    private FeedSession? _session;

    public void Connect()
    {
        var session = new FeedSession();
        session.Faulted += () =>
        {
            if (Interlocked.CompareExchange(ref _session, null, session) == session) Connect();
        };
        session.Open();
        Volatile.Write(ref _session, session);
    }
}

// 4 correct: a generation number
public sealed class Generations
{
    private FeedSession? _session;
    private int _generation;

    public void Connect()
    {
        var mine = Interlocked.Increment(ref _generation);
        var session = new FeedSession();
        session.Closed += (_, e) =>
        {
            if (mine != Volatile.Read(ref _generation)) return;
            _session = null;
            Connect();
        };
        session.Open();
        _session = session;
    }
}

// 5 correct: the old one unsubscribed
public sealed class Unsubscribing
{
    private FeedSession? _session;

    public void Replace(FeedSession next)
    {
        if (_session is { } old)
        {
            old.Closed -= OnClosed;
            old.Dispose();
        }

        next.Closed += OnClosed;
        _session = next;
    }

    private void OnClosed(object? sender, ClosedEventArgs e) => _session = null;
}

// 6 bug: promoted standby
public sealed class Standby
{
    private FeedSession _active = New();
    private FeedSession _standby = New();
    private static FeedSession New() => new();

    public void Start()
    {
        _active.Faulted += Failed;
        _standby.Faulted += Failed;
    }

    public void Promote()
    {
        _active = _standby; //! LCA3006
        _standby = New();
        _standby.Faulted += Failed;
    }

    private void Failed() => _active.Close();
}

// 7 correct: only logs
public sealed class OnlyLogs(Action<string> log)
{
    private FeedSession? _session;

    public void Connect()
    {
        _session = new FeedSession();
        _session.Closed += (_, e) => log($"closed: {e.Reason}, now {_session?.IsOpen}");
        _session.Open();
    }
}

// 8 bug: RabbitMQ channel replaced by Interlocked.Exchange
public sealed class Consumer(IConnection connection)
{
    private IChannel? _channel;

    public async Task StartAsync()
    {
        var channel = await connection.CreateChannelAsync();
        channel.ChannelShutdownAsync += OnShutdownAsync;
        Interlocked.Exchange(ref _channel, channel); //? LCA3006
    }

    private async Task OnShutdownAsync(object sender, ShutdownEventArgs e)
    {
        var channel = Interlocked.Exchange(ref _channel, null);
        if (channel is not null) await channel.DisposeAsync();
        await StartAsync();
    }
}

// 9 correct: RabbitMQ, sender asked by pattern
public sealed class AskingConsumer(IConnection connection)
{
    private IChannel? _channel;

    public async Task StartAsync()
    {
        var channel = await connection.CreateChannelAsync();
        channel.ChannelShutdownAsync += OnShutdownAsync;
        _channel = channel;
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs e) => ReferenceEquals(sender, _channel) ? StartAsync() : Task.CompletedTask;
}

// 10 correct: asks whether the current one still works
public sealed class AsksCurrent
{
    private FeedSession? _session;

    public void Connect()
    {
        var session = new FeedSession();
        session.Closed += (_, _) => Recover();
        session.Open();
        _session = session;
    }

    private void Recover()
    {
        if (_session is { IsOpen: true }) return;
        Connect();
    }
}

// 11 correct: the old one is taken out by exchange and disposed
public sealed class ExchangedAndDisposed
{
    private FeedSession? _session;

    public void Connect()
    {
        var session = new FeedSession();
        session.Closed += OnClosed;
        session.Open();
        Interlocked.Exchange(ref _session, session)?.Dispose();
    }

    private void OnClosed(object? sender, ClosedEventArgs e)
    {
        if (Interlocked.CompareExchange(ref _session, null, sender as FeedSession) == sender) Connect();
    }
}

// 12 correct: one session for life, subscribed in the constructor
public sealed class ForLife
{
    private readonly FeedSession _session = new();
    private bool _ended;
    public ForLife() => _session.Closed += (_, _) => { _ended = true; _session.Dispose(); };
    public bool Ended => _ended;
}
