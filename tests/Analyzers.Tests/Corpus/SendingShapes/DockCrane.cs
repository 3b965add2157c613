// The desk of a dock crane: buttons, a serial pendant, an own link type with a state of its own.
using System.IO.Ports;
using System.Net.Sockets;

namespace Shapes.Sending.DockCrane;

public enum LinkState { Idle, Connected, Draining, Lost }

/// <summary>The link to the crane's controller.</summary>
public class CraneLink(NetworkStream wire) : IDisposable
{
    private readonly Lock _turn = new();
    private LinkState _state = LinkState.Connected;

    public LinkState State => _state;

    public event EventHandler? Moved;
    public event Action? Drained;

    public void Send(ReadOnlySpan<byte> command)
    {
        lock (_turn)
        {
            if (_state != LinkState.Connected) throw new InvalidOperationException("link is " + _state);
            wire.Write(command);
        }
    }

    public bool TrySend(ReadOnlySpan<byte> command)
    {
        if (_state != LinkState.Connected) return false;
        try
        {
            lock (_turn) wire.Write(command); // ok LCA2004: under the lock of the other writer
            return true;
        }
        catch (IOException)
        {
            _state = LinkState.Lost;
            return false;
        }
    }

    protected void RaiseMoved() => Moved?.Invoke(this, EventArgs.Empty);

    protected void RaiseDrained() => Drained?.Invoke();

    public void Close() => _state = LinkState.Draining;

    public void Dispose()
    {
        Close();
        wire.Dispose();
    }
}

public class Button
{
    public event EventHandler? Click;
    public void PerformClick() => Click?.Invoke(this, EventArgs.Empty);
}

public sealed class Desk
{
    private readonly CraneLink _link;
    private readonly SerialPort _pendant;
    private readonly Queue<byte[]> _backlog = new();
    private readonly Button _up = new(), _down = new(), _halt = new(), _horn = new(), _lamp = new();
    private bool _closing;

    public Desk(CraneLink link, SerialPort pendant)
    {
        (_link, _pendant) = (link, pendant);
        _up.Click += Up_Click;
        _down.Click += Down_Click;
        _halt.Click += new EventHandler(Halt_Click);
        _horn.Click += (s, e) => _pendant.WriteLine("HORN"); //! LCA2001
        _lamp.Click += Lamp_Click;
        _link.Drained += Backlog;
        _pendant.DataReceived += Pendant_DataReceived;
    }

    private void Up_Click(object? sender, EventArgs e) => _link.Send([0x01]); //! LCA2001

    // ok LCA2001: the Try member tells
    private void Down_Click(object? sender, EventArgs e)
    {
        if (!_link.TrySend([0x02])) Console.Beep();
    }

    // ok LCA2001: a switch statement on the link's state
    private void Halt_Click(object? sender, EventArgs e)
    {
        switch (_link.State)
        {
            case LinkState.Connected:
                _link.Send([0x03]);
                break;
            case LinkState.Draining:
            case LinkState.Lost:
                _pendant.Close();
                break;
        }
    }

    // ok LCA2001: port asked, in one condition with another thing
    private void Lamp_Click(object? sender, EventArgs e)
    {
        if (_pendant is { IsOpen: true } port && _backlog.Count == 0)
            port.Write("LAMP\r\n");
    }

    private void Backlog() => Flush(); //! LCA2001

    private void Flush()
    {
        while (_backlog.TryDequeue(out var command))
            _link.Send(command);
    }

    // ok LCA2001: the desk's own flag
    private void Pendant_DataReceived(object sender, SerialDataReceivedEventArgs e)
    {
        if (_closing) return;
        var text = _pendant.ReadExisting();
        _pendant.WriteLine("ACK " + text.Length);
    }

    public void Shut()
    {
        _closing = true;
        _link.Close();
        _pendant.Close();
    }
}

/// <summary>The same link under a base class that takes the calls of a timer.</summary>
public abstract class Beacon : IDisposable
{
    private readonly Timer _timer;

    protected Beacon(CraneLink link, TimeSpan every)
    {
        Link = link;
        _timer = new Timer(OnTimer, null, every, every);
    }

    protected CraneLink Link { get; }

    private void OnTimer(object? state)
    {
        Tick(); //! LCA2001
    }

    protected abstract void Tick();

    public virtual void Dispose() => _timer.Dispose();
}

public sealed class LampBeacon(CraneLink link) : Beacon(link, TimeSpan.FromSeconds(1))
{
    private bool _on;

    // ok LCA2001: asks
    protected override void Tick()
    {
        if (Link.State != LinkState.Connected) return;
        Link.Send([0x10, (byte)((_on = !_on) ? 1 : 0)]);
    }
}

public sealed class HornBeacon(CraneLink link) : Beacon(link, TimeSpan.FromSeconds(9))
{
    protected override void Tick() => Link.Send([0x11]);
}

/// <summary>A link of which the caller must ask by a method.</summary>
public sealed class Pilot(CraneLink link, Button go, Button stop)
{
    public void Wire()
    {
        go.Click += OnGo;
        stop.Click += OnStop;
    }

    // ok LCA2001: a helper returns the check
    private void OnGo(object? s, EventArgs e)
    {
        if (!Ready(out var why))
        {
            Console.WriteLine(why);
            return;
        }
        link.Send([0x20]);
    }

    private bool Ready(out string why)
    {
        var ready = link.State == LinkState.Connected;
        why = ready ? "" : link.State.ToString();
        return ready;
    }

    private void OnStop(object? s, EventArgs e)
    {
        Console.WriteLine(link.State);
        link.Send([0x21]); //! LCA2001
    }
}
