// The callbacks of the multiplexers: the other half of the partial classes.
namespace Sites.Sending.MuxStreams;

public abstract partial class FrameMux
{
    private int _beats;

    private void OnDrained(object? sender, EventArgs e)
    {
        Pump(); //! LCA2001
    }

    private void OnStruck(object? sender, EventArgs e)
    {
        Beat(++_beats); //! LCA2001
    }
}

public abstract partial class CarefulFrameMux
{
    private int _beats;

    // ok LCA2001: CanPump asks the channel before each frame
    private void OnDrained(object? sender, EventArgs e) => Pump();

    // ok LCA2001: guarded before the override is called
    private void OnStruck(object? sender, EventArgs e)
    {
        if (!_channel.IsOpen) return;
        Beat(++_beats);
    }
}
