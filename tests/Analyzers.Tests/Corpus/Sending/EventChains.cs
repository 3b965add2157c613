// A building's alarm panel: events that raise events, and the final handlers that send.
using System.Net.Sockets;
using System.Text;

namespace Corpus.Sending.EventChains;

public sealed class DoorContact
{
    public event EventHandler? Moved;

    public void Trip() => Moved?.Invoke(this, EventArgs.Empty);
}

public sealed class Zone
{
    private readonly string _name;

    public Zone(string name, DoorContact contact)
    {
        _name = name;
        // ok LCA2001: raises another event, nothing else
        contact.Moved += OnContactMoved;
        contact.Moved += (_, _) => Counted?.Invoke();
    }

    public event EventHandler<string>? Violated;
    public event Action? Counted;

    private void OnContactMoved(object? sender, EventArgs e) => OnViolated();

    private void OnViolated() => Violated?.Invoke(this, _name);
}

public sealed class Panel
{
    private readonly Zone[] _zones;

    public Panel(params Zone[] zones)
    {
        _zones = zones;
        foreach (var zone in _zones) zone.Violated += Relay;
    }

    public event EventHandler<string>? Alarm;

    // ok LCA2001: hands on the event
    private void Relay(object? sender, string zone)
    {
        var handler = Alarm;
        handler?.Invoke(this, zone.ToUpperInvariant());
    }
}

public sealed class StationLine
{
    private readonly Socket _station;
    private int _count;

    public StationLine(Socket station, Panel panel, Zone vault)
    {
        _station = station;
        panel.Alarm += OnAlarm;
        vault.Counted += () => _station.Send(BitConverter.GetBytes(++_count)); //! LCA2001
        vault.Violated += VaultViolated;

        void VaultViolated(object? sender, string name)
        {
            if (name.Length == 0) return;
            _station.Send("VAULT"u8); //! LCA2001
        }
    }

    private void OnAlarm(object? sender, string zone)
    {
        Report(zone); //! LCA2001
    }

    private void Report(string zone) => _station.Send(Encoding.ASCII.GetBytes($"ALARM {zone}"));
}

public sealed class GuardedStationLine : IDisposable
{
    private readonly Socket _station;
    private readonly Panel _panel;
    private int _state; // 0 open, 1 closing, 2 closed

    public GuardedStationLine(Socket station, Panel panel, Zone vault)
    {
        (_station, _panel) = (station, panel);
        _panel.Alarm += OnAlarm;
        vault.Violated += (_, name) => Report(name);
    }

    private bool IsClosing => Volatile.Read(ref _state) > 0;

    // ok LCA2001: a flag kept as a number, and not the detaching, makes it safe
    private void OnAlarm(object? sender, string zone)
    {
        if (IsClosing) return;
        Report(zone);
    }

    private void Report(string zone)
    {
        if (Volatile.Read(ref _state) != 0) return;
        _station.Send(Encoding.ASCII.GetBytes($"ALARM {zone}"));
    }

    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _state, 1, 0) != 0) return;
        _panel.Alarm -= OnAlarm;
        _station.Dispose();
        Volatile.Write(ref _state, 2);
    }
}

public sealed class DetachingStationLine : IDisposable
{
    private readonly Socket _station;
    private readonly Panel _panel;

    public DetachingStationLine(Socket station, Panel panel)
    {
        (_station, _panel) = (station, panel);
        _panel.Alarm += OnAlarm;
    }

    // detached too late for an event that is already on its way
    private void OnAlarm(object? sender, string zone) => _station.Send(Encoding.ASCII.GetBytes(zone)); //! LCA2001

    public void Dispose()
    {
        _panel.Alarm -= OnAlarm;
        _station.Dispose();
    }
}
