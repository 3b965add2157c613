// Drone ground control: the check is in helpers, base classes and wrappers, or seems to be.
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.StateHelpers;

public sealed class LinkDownException() : InvalidOperationException("the drone's link is down");

public sealed class DroneLink(NetworkStream stream, TcpClient client) : IDisposable
{
    private bool _closed;

    public bool IsOpen => !_closed && client.Connected;

    public void SendCommand(byte[] command)
    {
        EnsureOpen();
        stream.Write(command);
    }

    // returns quietly
    public void SendHint(byte[] hint)
    {
        if (!IsOpen) return;
        stream.Write(hint);
    }

    // says whether it was sent
    public bool TrySendCommand(byte[] command)
    {
        if (!IsOpen) return false;
        stream.Write(command);
        return true;
    }

    private void EnsureOpen()
    {
        if (!IsOpen) throw new LinkDownException();
    }

    public void Dispose()
    {
        _closed = true;
        stream.Dispose();
        client.Dispose();
    }
}

public sealed class Joystick
{
    public event EventHandler<byte[]>? Moved;
    public event EventHandler? TriggerPulled;
    public event EventHandler? TriggerReleased;
    public event EventHandler? Unplugged;

    public void Move(byte[] axes) => Moved?.Invoke(this, axes);

    public void Pull() => TriggerPulled?.Invoke(this, EventArgs.Empty);

    public void Release() => TriggerReleased?.Invoke(this, EventArgs.Empty);

    public void Unplug() => Unplugged?.Invoke(this, EventArgs.Empty);
}

public abstract class Pilot(DroneLink link, ILogger log)
{
    protected DroneLink Link { get; } = link;

    protected ILogger Log { get; } = log;

    protected bool CanFly => Link.IsOpen && !Grounded;

    protected bool Grounded { get; set; }

    protected bool TryGetLink([NotNullWhen(true)] out DroneLink? usable)
    {
        usable = Link.IsOpen ? Link : null;
        return usable is not null;
    }

    protected bool LogGrounded()
    {
        if (Grounded) Log.LogInformation("grounded");
        return Grounded;
    }
}

public sealed class HastyPilot : Pilot
{
    public HastyPilot(DroneLink link, Joystick stick, ILogger log) : base(link, log)
    {
        stick.Moved += (_, axes) => Link.SendCommand(axes); //! LCA2001
        stick.TriggerPulled += OnTrigger;
        stick.Unplugged += OnUnplugged;
    }

    // a drone that is grounded on purpose says nothing about its link
    private void OnTrigger(object? sender, EventArgs e)
    {
        if (LogGrounded()) return;
        Link.SendCommand([1]); //! LCA2001
    }

    // the method requires an open link: it throws otherwise
    private void OnUnplugged(object? sender, EventArgs e)
    {
        Log.LogWarning("joystick unplugged");
        Land(); //! LCA2001
    }

    private void Land()
    {
        for (byte height = 10; height > 0; height--) Link.SendCommand([2, height]);
    }
}

public sealed class PrudentPilot : Pilot
{
    public PrudentPilot(DroneLink link, Joystick stick, ILogger log) : base(link, log)
    {
        stick.Moved += OnMoved;
        stick.TriggerPulled += OnTrigger;
        stick.TriggerReleased += (_, _) => Link.SendHint([3]);
        stick.Unplugged += OnUnplugged;
    }

    // ok LCA2001: a property of the base class returns the check
    private void OnMoved(object? sender, byte[] axes)
    {
        if (!CanFly) return;
        Link.SendCommand(axes);
    }

    // ok LCA2001: the base class hands out the link only while it is open
    private void OnTrigger(object? sender, EventArgs e)
    {
        if (TryGetLink(out var usable)) usable.SendCommand([1]);
    }

    // ok LCA2001: the Try guard's answer, and the exception of the one that throws
    private void OnUnplugged(object? sender, EventArgs e)
    {
        if (!Link.TrySendCommand([2, 0])) Log.LogError("cannot land, link is down");
        try
        {
            Link.SendCommand([4]);
        }
        catch (Exception ex) when (ex is LinkDownException or IOException or ObjectDisposedException)
        {
            Log.LogError(ex, "cannot switch off");
        }
    }
}
