// A bus depot's radio and doors: serial ports, UDP, MQTT, hubs in old event style, with flags, queues and states of one's own.
using System.Collections.Concurrent;
using System.IO.Ports;
using System.Net.Sockets;
using Microsoft.AspNetCore.SignalR.Client;
using MQTTnet;
using MQTTnet.Client;

namespace Shapes.Sending.BusDepot;

public enum DoorState { Shut, Opening, Open, Shutting }

public sealed class DoorEventArgs(int door, DoorState state) : EventArgs
{
    public int Door { get; } = door;
    public DoorState State { get; } = state;
}

public delegate void DoorHandler(object sender, DoorEventArgs e);

public class Doors
{
    public event DoorHandler? Changed;
    public event EventHandler? PowerLost;

    public void Set(int door, DoorState state) => Changed?.Invoke(this, new DoorEventArgs(door, state));
    public void Fail() => PowerLost?.Invoke(this, EventArgs.Empty);
}

public sealed class DepotRadio : IDisposable
{
    private readonly SerialPort _radio;
    private readonly Doors _doors;
    private readonly BlockingCollection<string> _outbox = new(100);
    private bool _active = true;

    public DepotRadio(SerialPort radio, Doors doors)
    {
        _radio = radio;
        _doors = doors;
        _doors.Changed += DoorChanged;
        _doors.PowerLost += PowerLost;
        new Thread(Drain) { IsBackground = true }.Start();
    }

    // ok LCA2001: only queues
    private void DoorChanged(object sender, DoorEventArgs e) => _outbox.TryAdd($"{e.Door}:{e.State}");

    private void PowerLost(object? sender, EventArgs e)
    {
        Console.Beep();
        Report("POWER", urgent: true); //! LCA2001
    }

    private void Report(string what, bool urgent)
    {
        if (urgent) _radio.Write("!");
        _radio.WriteLine(what);
    }

    // ok LCA2001: the thread's own loop
    private void Drain()
    {
        try
        {
            foreach (var text in _outbox.GetConsumingEnumerable())
            {
                if (!_active) return;
                _radio.WriteLine(text);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or TimeoutException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    public void Dispose()
    {
        _active = false;
        _doors.Changed -= DoorChanged;
        _outbox.CompleteAdding();
        _radio.Close();
    }
}

public sealed class DepotBeacon(UdpClient beacon, Doors doors)
{
    public void Wire()
    {
        doors.Changed += (_, e) =>
        {
            var datagram = new[] { (byte)e.Door, (byte)e.State };
            beacon.Send(datagram, datagram.Length, "depot", 4000); //! LCA2001
        };
        // ok LCA2001: an expected failure is named
        doors.PowerLost += (_, _) =>
        {
            try { beacon.Send([0xFF], 1, "depot", 4000); }
            catch (SocketException e) { Console.Error.WriteLine(e.SocketErrorCode); }
            catch (ObjectDisposedException) { }
        };
    }
}

public sealed class DepotPanel
{
    private readonly HubConnection _hub;
    private readonly IMqttClient _mqtt;
    private volatile DoorState[] _last = new DoorState[8];

    public DepotPanel(HubConnection hub, IMqttClient mqtt, Doors doors)
    {
        _hub = hub;
        _mqtt = mqtt;
        doors.Changed += async (s, e) => await OnChangedAsync(e); //! LCA2001
        doors.PowerLost += async (s, e) => await OnPowerLostAsync();
        _hub.On<int>("open", door => Open(door));
    }

    private async Task OnChangedAsync(DoorEventArgs e)
    {
        (var before, _last[e.Door]) = (_last[e.Door], e.State);
        if (before == e.State) return;
        await _hub.SendAsync("door", e.Door);
    }

    // ok LCA2001: either way is asked first
    private async Task OnPowerLostAsync()
    {
        if (_hub is { State: HubConnectionState.Connected })
            await _hub.SendAsync("power", 0);
        else if (_mqtt is { IsConnected: true } bus)
            await bus.PublishAsync(new MqttApplicationMessage { Topic = "power" });
    }

    // ok LCA2001: asked in a guard clause with a throw expression nobody reaches
    private async Task Open(int door)
    {
        var bus = _mqtt.IsConnected ? _mqtt : null;
        if (bus is null) return;
        await bus.PublishAsync(new MqttApplicationMessage { Topic = "open/" + door });
    }
}

/// <summary>The timetable's queue drains when the modem has room: the seed's shape, in other clothes.</summary>
public sealed class ModemChannel(Stream wire)
{
    private readonly Queue<ArraySegment<byte>> _waiting = new();
    private int _room = 512;
    private bool _ended;

    public bool IsWritable => !_ended && _room > 0;

    public event Action? RoomMade;

    public void Write(ArraySegment<byte> data)
    {
        if (_ended) throw new InvalidOperationException("write after end");
        _room -= data.Count;
        wire.Write(data);
    }

    public void Credit(int bytes)
    {
        _room += bytes;
        RoomMade?.Invoke();
    }

    public void End() => _ended = true;

    public void Enqueue(ArraySegment<byte> data) => _waiting.Enqueue(data);

    public bool TryNext(out ArraySegment<byte> data) => _waiting.TryDequeue(out data);
}

public sealed class TimetableSender
{
    private readonly ModemChannel _modem;
    private readonly bool _careful;

    public TimetableSender(ModemChannel modem, bool careful)
    {
        _modem = modem;
        _careful = careful;
        if (careful) _modem.RoomMade += Continue;
        else _modem.RoomMade += Rush;
    }

    private void Rush()
    {
        Step(); //! LCA2001
    }

    private void Step()
    {
        while (_modem.TryNext(out var part))
            _modem.Write(part);
    }

    // ok LCA2001: asked at each turn
    private void Continue()
    {
        while (_modem.IsWritable && _modem.TryNext(out var part))
            _modem.Write(part);
    }

    public bool Careful => _careful;
}
