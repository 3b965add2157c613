// Cached sessions used in callbacks: this rule's, not LCA2001's too.
using System.Collections.Concurrent;
using Acme.Wire;
using Timer = System.Threading.Timer;

namespace Second.Reuse.CallbackLines;

public sealed class FloorPanels : IDisposable
{
    private readonly ConcurrentDictionary<int, WireConnection> _panels = new();
    private readonly Timer _refresh;

    public FloorPanels() => _refresh = new Timer(Refresh, null, 1000, 1000);

    public event EventHandler<int>? Pressed;

    public void Plug(int floor, WireConnection panel) => _panels[floor] = panel;

    public void Wire(IEnumerable<FloorButton> buttons)
    {
        foreach (var button in buttons) button.Down += OnDown;
    }

    private void Refresh(object? state)
    {
        if (_panels.TryGetValue(0, out var lobby))
        {
            lobby.Send("time"u8); //! LCA3001
        }
    }

    private void OnDown(object? sender, int floor)
    {
        Pressed?.Invoke(this, floor);
        if (_panels.TryGetValue(floor, out var panel) && panel.IsOpen)
        {
            panel.Send("lit"u8);
        }
    }

    public void Dispose() => _refresh.Dispose();
}

public sealed class FloorButton
{
    public event EventHandler<int>? Down;
    public void Press(int floor) => Down?.Invoke(this, floor);
}

public static class Switchboard
{
    private static readonly Dictionary<string, WireConnection> Lines = [];

    public static void Plug(string name, WireConnection line) => Lines[name] = line;

    public static void Attach(IObservable<string> calls, CancellationToken stopping)
    {
        calls.Subscribe(new Router());
        stopping.Register(() =>
        {
            foreach (var line in Lines.Values) line.Dispose();
        });
    }

    private sealed class Router : IObserver<string>
    {
        public void OnCompleted() { }
        public void OnError(Exception error) => Console.Error.WriteLine(error.Message);

        public void OnNext(string value)
        {
            var line = Lines[value];
            line.Send("ring"u8); //! LCA3001
        }
    }

    private sealed class CarefulRouter : IObserver<string>
    {
        public void OnCompleted() { }
        public void OnError(Exception error) => Console.Error.WriteLine(error.Message);

        public void OnNext(string value)
        {
            if (Lines.TryGetValue(value, out var line))
            {
                try
                {
                    line.Send("ring"u8);
                }
                catch (Exception e) when (e is WireException or ObjectDisposedException or InvalidOperationException)
                {
                    Lines.Remove(value);
                    line.Dispose();
                }
            }
        }
    }
}

/// <summary>A helper returns the cached line as it is, from another type in this compilation.</summary>
public sealed class LineBook
{
    private readonly ConcurrentDictionary<Guid, IWireSession> _sessions = new();

    public required IWireSessionFactory Factory { get; init; }

    public IWireSession For(Guid customer) => _sessions.GetOrAdd(customer, id => Factory.Open(id.ToString("N")));

    public IWireSession? UsableFor(Guid customer) =>
        _sessions.TryGetValue(customer, out var session) && !session.IsClosed ? session : null;
}

public sealed class Notifier(LineBook book)
{
    public async Task NotifyAsync(Guid customer, byte[] text, CancellationToken ct)
    {
        var session = book.For(customer);
        await session.PublishAsync("notice", text, ct); //! LCA3001
    }

    public async Task NotifyUsableAsync(Guid customer, byte[] text, CancellationToken ct)
    {
        if (book.UsableFor(customer) is { } session)
        {
            await session.PublishAsync("notice", text, ct);
        }
    }
}

/// <summary>The check stands in a local function, or in an extension.</summary>
public sealed class Recorder(Func<string, WireConnection> open)
{
    private readonly Dictionary<string, WireConnection> _tapes = new();

    public void Record(string tape, byte[] frame)
    {
        Tape().Send(frame);

        WireConnection Tape()
        {
            if (_tapes.TryGetValue(tape, out var known) && known.IsLive()) return known;
            return _tapes[tape] = open(tape);
        }
    }

    public void RecordBlind(string tape, byte[] frame)
    {
        Tape().Send(frame); //! LCA3001

        WireConnection Tape()
        {
            if (_tapes.TryGetValue(tape, out var known)) return known;
            return _tapes[tape] = open(tape);
        }
    }
}

public static class WireExtensions
{
    public static bool IsLive(this WireConnection connection) => connection.IsOpen;
}
