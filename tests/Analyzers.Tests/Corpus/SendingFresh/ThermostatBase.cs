// The base of all device channels; it knows the queue and the drain, not the device.
using System.Collections.Concurrent;

namespace Fresh.Sending.Thermostats;

public interface IRadioChannel
{
    bool IsOpen { get; }
    event EventHandler? Ready;
    event EventHandler? Idle;
    void Transmit(byte[] frame);
    void Close();
}

public abstract class DeviceBase
{
    private readonly ConcurrentQueue<byte[]> _pending = new();

    protected DeviceBase(IRadioChannel radio)
    {
        Radio = radio;
        Radio.Idle += OnIdle;
    }

    protected IRadioChannel Radio { get; }

    public void Post(byte[] frame) => _pending.Enqueue(frame);

    protected virtual void OnIdle(object? sender, EventArgs e) => Pump(); //! LCA2001

    protected void Pump()
    {
        while (_pending.TryDequeue(out var frame))
            Deliver(frame);
    }

    protected abstract void Deliver(byte[] frame);
}

public abstract class CarefulDeviceBase
{
    private readonly Queue<byte[]> _pending = [];

    protected CarefulDeviceBase(IRadioChannel radio)
    {
        Radio = radio;
        Radio.Idle += (_, _) => Pump();
    }

    protected IRadioChannel Radio { get; }

    protected bool IsUsable => Radio.IsOpen;

    public void Post(byte[] frame)
    {
        lock (_pending) _pending.Enqueue(frame);
    }

    private void Pump()
    {
        lock (_pending)
        {
            while (IsUsable && _pending.TryDequeue(out var frame))
                Deliver(frame);
        }
    }

    protected abstract void Deliver(byte[] frame);
}
