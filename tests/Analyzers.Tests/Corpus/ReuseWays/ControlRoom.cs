// A building's control room: connections kept, asked and shared, in many hands.
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Ways.Building;

public enum LinkState { Closed, Opening, Open }

public interface IRoomLink : IDisposable
{
    LinkState State { get; }

    bool IsOpen => State == LinkState.Open;

    void Send(string command);

    Task SendAsync(string command, CancellationToken cancel = default);
}

public sealed class Rooms(Func<string, IRoomLink> open)
{
    private readonly ConcurrentDictionary<string, IRoomLink> _links = [];
    private readonly Dictionary<string, (IRoomLink Link, DateTime Since)> _timed = [];
    private FrozenDictionary<string, IRoomLink> _frozen = FrozenDictionary<string, IRoomLink>.Empty;
    private readonly WeakReference<IRoomLink> _weak = new(null!);
    private readonly Queue<IRoomLink> _spare = new();

    public void Switch(string room, bool on)
    {
        IRoomLink link;
        while (!_links.TryGetValue(room, out link!) || !link.IsOpen)
        {
            link = open(room);
            _links[room] = link;
        }

        link.Send(on ? "on" : "off");
    }

    public void SwitchTimed(string room)
    {
        if (!_timed.TryGetValue(room, out var entry) || entry.Link.State != LinkState.Open)
        {
            entry = (open(room), DateTime.UtcNow);
            _timed[room] = entry;
        }

        var (link, _) = entry;
        link.Send("toggle");
    }

    public void SwitchTimedBlindly(string room)
    {
        if (!_timed.TryGetValue(room, out var entry))
            _timed[room] = entry = (open(room), DateTime.UtcNow);
        entry.Link.Send("toggle"); //! LCA3001
    }

    public void SwitchFrozen(string room)
    {
        ref readonly var link = ref _frozen.GetValueRefOrNullRef(room);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(in link)) return;
        if (link.IsOpen) link.Send("toggle");
    }

    public void SwitchWeak(string room)
    {
        if (!_weak.TryGetTarget(out var link) || link is not { IsOpen: true }) _weak.SetTarget(link = open(room));
        link.Send("toggle");
    }

    public async Task SwitchSpareAsync(string room, CancellationToken cancel)
    {
        IRoomLink? link = null;
        lock (_spare)
        {
            while (link is null && _spare.TryDequeue(out var candidate))
            {
                if (candidate.IsOpen) link = candidate;
                else candidate.Dispose();
            }
        }

        link ??= open(room);
        await link.SendAsync("toggle", cancel);
        lock (_spare) _spare.Enqueue(link);
    }

    public void All(string command)
    {
        foreach (var (room, link) in _links)
        {
            if (link.State is not LinkState.Open)
            {
                if (_links.TryRemove(new(room, link))) link.Dispose();
                continue;
            }

            link.Send(command);
        }
    }

    public void AllOpen(string command) => _links.Values.Where(l => l.IsOpen).ToList().ForEach(l => l.Send(command));

    public bool TrySwitch(string room) => _links.TryGetValue(room, out var link) && link.IsOpen && Toggle(link);

    private static bool Toggle(IRoomLink link)
    {
        link.Send("toggle");
        return true;
    }

    private IRoomLink Get(string room) => _links.AddOrUpdate(room, open, (key, old) => old.IsOpen ? old : open(key));

    public void SwitchGot(string room) => Get(room).Send("toggle");

    private IRoomLink GetChecked(string room)
    {
        if (_links.TryGetValue(room, out var link))
        {
            switch (link.State)
            {
                case LinkState.Open:
                    return link;
                case LinkState.Opening:
                    throw new InvalidOperationException("still opening");
                default:
                    link.Dispose();
                    break;
            }
        }

        return _links[room] = open(room);
    }

    public void SwitchChecked(string room) => GetChecked(room).Send("toggle");

    public string SwitchTrying(string room)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var link = _links.GetOrAdd(room, open);
            try
            {
                link.Send("toggle");
                return "ok";
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                _links.TryRemove(room, out _);
                link.Dispose();
            }
        }

        return "failed";
    }
}

public sealed class Panel : IAsyncDisposable
{
    private readonly Channel<string> _commands = Channel.CreateUnbounded<string>();
    private readonly IRoomLink _link;
    private readonly Task _pump;
    private readonly PeriodicTimer _beat = new(TimeSpan.FromSeconds(5));
    private readonly Task _beating;

    public Panel(IRoomLink link)
    {
        _link = link;
        _pump = Task.Run(PumpAsync);
        _beating = BeatAsync();
    }

    public event Action<Exception>? Failed;

    public bool Post(string command) => _commands.Writer.TryWrite(command);

    private async Task PumpAsync()
    {
        try
        {
            await foreach (var command in _commands.Reader.ReadAllAsync()) await _link.SendAsync(command);
        }
        catch (Exception e)
        {
            Failed?.Invoke(e);
        }
    }

    private async Task BeatAsync()
    {
        while (await _beat.WaitForNextTickAsync())
        {
            if (_link.IsOpen) _commands.Writer.TryWrite("beat");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _commands.Writer.Complete();
        _beat.Dispose();
        await Task.WhenAll(_pump, _beating);
        _link.Dispose();
    }
}

public sealed class Probe : IDisposable
{
    private readonly Timer _timer;
    private readonly IRoomLink _link;
    private int _busy;

    public Probe(IRoomLink link)
    {
        _link = link;
        _timer = new Timer(async state => await ((Probe)state!).ProbeAsync(), this, 0, 1000);
    }

    private async Task ProbeAsync()
    {
        if (Interlocked.Exchange(ref _busy, 1) == 1) return;
        try
        {
            if (!_link.IsOpen) return;
            await _link.SendAsync("probe").ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            _timer.Dispose();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    public void Dispose() => _timer.Dispose();
}
