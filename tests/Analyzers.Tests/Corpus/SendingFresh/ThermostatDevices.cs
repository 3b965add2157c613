// The devices; the base classes are in the other file.
namespace Fresh.Sending.Thermostats;

public sealed class RadiatorValve(IRadioChannel radio, byte address) : DeviceBase(radio)
{
    protected override void Deliver(byte[] frame)
    {
        frame[0] = address;
        Radio.Transmit(frame);
    }
}

public sealed class CarefulValve(IRadioChannel radio, byte address) : CarefulDeviceBase(radio)
{
    // ok LCA2001: the base asks before it calls
    protected override void Deliver(byte[] frame)
    {
        frame[0] = address;
        Radio.Transmit(frame);
    }
}

public sealed class WindowContact : CarefulDeviceBase
{
    private readonly Timer _beat;
    private readonly Timer _carefulBeat;

    public WindowContact(IRadioChannel radio) : base(radio)
    {
        _beat = new Timer(_ => Beat(), null, 0, 60_000); //! LCA2001
        _carefulBeat = new Timer(CarefulBeat, this, 0, 60_000);
    }

    private void Beat() => Deliver([0x55]);

    private static void CarefulBeat(object? state)
    {
        var self = (WindowContact)state!;
        if (!self.IsUsable) return;
        self.Deliver([0x55]);
    }

    protected override void Deliver(byte[] frame) => Radio.Transmit(frame);

    public void Stop()
    {
        _beat.Dispose();
        _carefulBeat.Dispose();
        Radio.Close();
    }
}

/// <summary>Ready proves that the radio may be used.</summary>
public sealed class Greeter
{
    public Greeter(IRadioChannel radio)
    {
        radio.Ready += (sender, _) => ((IRadioChannel)sender!).Transmit([0x01]);
        radio.Idle += (sender, _) => ((IRadioChannel)sender!).Transmit([0x02]); //! LCA2001
    }
}
