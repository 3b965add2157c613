// A gateway in a plant: scales, valves, meters and cabinets behind serial lines, SSH and TCP, each with its own watchdog.
using System.IO.Ports;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Renci.SshNet;

namespace Sites.Sending.IndustrialGateway;

public sealed class ScaleHead : IDisposable
{
    private readonly SerialPort _port;
    private readonly Timer _poll;
    private int _next;

    public ScaleHead(SerialPort port, TimeSpan every)
    {
        _port = port;
        _poll = new Timer(PollWeight, null, every, every);
    }

    private void PollWeight(object? state)
    {
        var address = Interlocked.Increment(ref _next) % 4;
        try
        {
            _port.Write($"W{address}\r\n"); //! LCA2001
        }
        catch (TimeoutException)
        {
            Interlocked.Decrement(ref _next);
        }
    }

    public void Dispose()
    {
        _poll.Dispose();
        _port.Dispose();
    }
}

public sealed class CheckedScaleHead : IDisposable
{
    private readonly SerialPort _port;
    private readonly ILogger<CheckedScaleHead> _log;
    private readonly Timer _poll;

    public CheckedScaleHead(SerialPort port, TimeSpan every, ILogger<CheckedScaleHead> log)
    {
        _port = port;
        _log = log;
        _poll = new Timer(PollWeight, null, every, every);
    }

    // ok LCA2001: an early return asks the port
    private void PollWeight(object? state)
    {
        if (!_port.IsOpen)
        {
            _log.LogDebug("{Port} is closed, no poll", _port.PortName);
            return;
        }

        _port.Write("W\r\n");
    }

    public void Dispose()
    {
        _poll.Dispose();
        _port.Dispose();
    }
}

/// <summary>Three steps between the timer and the socket, none of which asks anything.</summary>
public sealed class ValveWatchdog : IDisposable
{
    private readonly object _sync = new();
    private readonly Socket _socket;
    private readonly Timer _timer;
    private ushort _transaction;

    public ValveWatchdog(Socket socket)
    {
        _socket = socket;
        _timer = new Timer(_ => Kick(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)); //! LCA2001
    }

    private void Kick() => WriteCoil(0x0010, on: true);

    private void WriteCoil(ushort coil, bool on)
    {
        lock (_sync)
        {
            _transaction++;
            Span<byte> frame = [(byte)(_transaction >> 8), (byte)_transaction, 0, 0, 0, 6, 1, 5, (byte)(coil >> 8), (byte)coil, on ? (byte)0xFF : (byte)0, 0];
            _socket.Send(frame);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _socket.Dispose();
    }
}

/// <summary>The closing flag of the object that owns the socket decides, at the choke point.</summary>
public sealed class FlaggedValveWatchdog : IDisposable
{
    private readonly object _sync = new();
    private readonly Socket _socket;
    private readonly Timer _timer;
    private bool _closing;

    public FlaggedValveWatchdog(Socket socket)
    {
        _socket = socket;
        // ok LCA2001: WriteCoil returns when closing has begun
        _timer = new Timer(_ => Kick(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private void Kick() => WriteCoil(0x0010);

    private void WriteCoil(ushort coil)
    {
        lock (_sync)
        {
            if (_closing) return;
            _socket.Send([1, 5, (byte)(coil >> 8), (byte)coil, 0xFF, 0]);
        }
    }

    public void Dispose()
    {
        lock (_sync)
        {
            _closing = true;
            _timer.Dispose();
            _socket.Dispose();
        }
    }
}

/// <summary>No check, but whatever a closing socket throws is caught one step above the send.</summary>
public sealed class MeterConcentrator : IDisposable
{
    private readonly Socket _socket;
    private readonly Timer _timer;
    private readonly ILogger _log;

    public MeterConcentrator(Socket socket, ILogger log)
    {
        (_socket, _log) = (socket, log);
        _timer = new Timer(OnTick, null, 500, 500);
    }

    // ok LCA2001: the failure of a closing socket is an expected outcome here
    private void OnTick(object? state)
    {
        try
        {
            Announce();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _log.LogWarning(e, "concentrator gone");
        }
    }

    private void Announce() => _socket.Send("MTR?\r"u8);

    public void Dispose()
    {
        _timer.Dispose();
        _socket.Dispose();
    }
}

public interface IPanelLink : IDisposable
{
    bool IsOpen { get; }
    void Send(ReadOnlySpan<byte> frame);
    void Close();
}

/// <summary>A door contact, a registered wait, an alarm panel.</summary>
public sealed class DoorContact(IPanelLink panel, EventWaitHandle contact)
{
    private RegisteredWaitHandle? _wait;

    public void Arm() => _wait = ThreadPool.RegisterWaitForSingleObject(contact, OnContact, null, TimeSpan.FromMinutes(1), executeOnlyOnce: false);

    public void Disarm() => _wait?.Unregister(null);

    private void OnContact(object? state, bool timedOut)
    {
        if (timedOut) return;
        panel.Send([0x02, 0x41, 0x03]); //! LCA2001
    }
}

public sealed class CheckedDoorContact(IPanelLink panel, EventWaitHandle contact)
{
    private RegisteredWaitHandle? _wait;

    public void Arm() => _wait = ThreadPool.RegisterWaitForSingleObject(contact, OnContact, null, TimeSpan.FromMinutes(1), executeOnlyOnce: false);

    public void Disarm() => _wait?.Unregister(null);

    // ok LCA2001: the conditional && asks the panel
    private void OnContact(object? state, bool timedOut)
    {
        if (!timedOut && panel.IsOpen) panel.Send([0x02, 0x41, 0x03]);
    }
}

/// <summary>The configuration changes when it likes, also while the panel link is being closed.</summary>
public sealed class PanelTexts : IDisposable
{
    private readonly IPanelLink _panel;
    private readonly IDisposable _reload;

    public PanelTexts(IPanelLink panel, Func<IChangeToken> texts)
    {
        _panel = panel;
        _reload = ChangeToken.OnChange(texts, PushTexts);
    }

    private void PushTexts()
    {
        foreach (var line in new[] { "armed", "disarmed" })
            _panel.Send(System.Text.Encoding.ASCII.GetBytes(line)); //! LCA2001
    }

    // ok LCA2001: the first texts are sent by whoever built the panel
    public void PushOnce() => _panel.Send("hello"u8);

    public void Dispose() => _reload.Dispose();
}

public sealed class CabinetShell : IDisposable
{
    private readonly SshClient _ssh;
    private readonly Timer _alive;

    public CabinetShell(SshClient ssh, ILogger log)
    {
        _ssh = ssh;
        _ssh.ErrorOccurred += (_, e) => log.LogWarning(e.Exception, "cabinet");
        _alive = new Timer(delegate
        {
            log.LogTrace("keep alive");
            _ssh.SendKeepAlive(); // ok LCA2001: asks for the connection itself, and says nothing where there is none
        }, null, 15_000, 15_000);
    }

    public void Dispose()
    {
        _alive.Dispose();
        _ssh.Dispose();
    }
}

public sealed class CheckedCabinetShell : IDisposable
{
    private readonly SshClient _ssh;
    private readonly Timer _alive;

    public CheckedCabinetShell(SshClient ssh, ILogger log)
    {
        _ssh = ssh;
        _ssh.ErrorOccurred += (_, e) => log.LogWarning(e.Exception, "cabinet");
        // ok LCA2001: a helper method returns the check
        _alive = new Timer(_ =>
        {
            if (Usable()) _ssh.SendKeepAlive();
        }, null, 15_000, 15_000);
    }

    private bool Usable() => _ssh.IsConnected;

    public void Dispose()
    {
        _alive.Dispose();
        _ssh.Dispose();
    }
}

/// <summary>A beacon that makes its own socket for each datagram.</summary>
public sealed class PlantBeacon(IPEndPoint group) : IDisposable
{
    private Timer? _timer;

    public void Start() => _timer = new Timer(Shout, null, 0, 10_000);

    // ok LCA2001: the client is created inside the callback itself
    private void Shout(object? state)
    {
        using var udp = new UdpClient();
        udp.Send("gateway here"u8.ToArray(), 12, group);
    }

    public void Dispose() => _timer?.Dispose();
}
