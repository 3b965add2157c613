namespace Foundry.Control;

public enum LinkState { Opening, Active, Closing, Closed }

public sealed class LinkLostEventArgs(Exception? reason) : EventArgs
{
    public Exception? Reason { get; } = reason;
}

/// <summary>A vendor's session with the controller of a furnace.</summary>
public interface IFurnaceSession : IDisposable
{
    event EventHandler<LinkLostEventArgs>? Faulted;
    event EventHandler<double>? Reported;
    LinkState State { get; }
    Task SendSetPointAsync(double celsius, CancellationToken cancellationToken);
    void Close();
}

public interface IFurnaceVendor
{
    Task<IFurnaceSession> OpenAsync(string controller, CancellationToken cancellationToken);
}

/// <summary>Opens again when the line is lost; the old session's late word does it once more.</summary>
public sealed partial class FurnacePanel(IFurnaceVendor vendor, string controller)
{
    private IFurnaceSession? _line;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var line = await vendor.OpenAsync(controller, cancellationToken);
        line.Faulted += OnFaulted;
        line.Reported += OnReported;
        _line = line; //! LCA3006
    }
}

/// <summary>Closes the old one before it opens another.</summary>
public sealed class TidyFurnacePanel(IFurnaceVendor vendor)
{
    private IFurnaceSession? _line;

    public async Task OpenAsync(string controller, CancellationToken cancellationToken)
    {
        Release();
        var line = await vendor.OpenAsync(controller, cancellationToken);
        line.Faulted += OnFaulted;
        _line = line; // ok LCA3006: the old one was unsubscribed from and closed
    }

    private void Release()
    {
        if (_line is not { } old) return;
        old.Faulted -= OnFaulted;
        old.Dispose();
        _line = null;
    }

    private void OnFaulted(object? sender, LinkLostEventArgs e)
    {
        _line?.Close();
        _line = null;
    }
}

/// <summary>The handler asks whose word it is.</summary>
public sealed class SenderFurnacePanel(IFurnaceVendor vendor)
{
    private IFurnaceSession? _line;

    public async Task SwitchToAsync(string controller, CancellationToken cancellationToken)
    {
        var line = await vendor.OpenAsync(controller, cancellationToken);
        line.Faulted += OnFaulted;
        Interlocked.Exchange(ref _line, line); // ok LCA3006: the sender is compared
    }

    private void OnFaulted(object? sender, LinkLostEventArgs e)
    {
        if (sender is IFurnaceSession session && Interlocked.CompareExchange(ref _line, null, session) == session)
        {
            session.Close();
        }
    }
}

/// <summary>A standby takes over, and the one that it relieves still speaks.</summary>
public sealed class TwinFurnacePanel(IFurnaceVendor vendor)
{
    private IFurnaceSession? _active;
    private IFurnaceSession? _standby;

    public async Task PrepareAsync(string controller, CancellationToken cancellationToken)
    {
        _standby = await vendor.OpenAsync(controller, cancellationToken);
        _standby.Faulted += (_, _) => Fail();
    }

    public void Promote()
    {
        (_active, _standby) = (_standby, null); //! LCA3006
    }

    private void Fail()
    {
        _active?.Close();
        _active = null;
    }
}

/// <summary>Every session has a number; a handler with an old number does nothing.</summary>
public sealed class NumberedFurnacePanel(IFurnaceVendor vendor)
{
    private IFurnaceSession? _line;
    private int _generation;

    public async Task OpenAsync(string controller, CancellationToken cancellationToken)
    {
        var mine = Interlocked.Increment(ref _generation);
        var line = await vendor.OpenAsync(controller, cancellationToken);
        line.Faulted += (_, _) => Drop(mine);
        _line = line; // ok LCA3006: numbered
    }

    private void Drop(int number)
    {
        if (number != Volatile.Read(ref _generation)) return;
        _line?.Dispose();
        _line = null;
    }
}

/// <summary>Counts and shows; it does nothing to the session.</summary>
public sealed class FurnaceDisplay(IFurnaceVendor vendor)
{
    private IFurnaceSession? _line;
    private int _faults;

    public string Caption => $"{_line?.State} after {_faults} faults";

    public async Task OpenAsync(string controller, CancellationToken cancellationToken)
    {
        var line = await vendor.OpenAsync(controller, cancellationToken);
        line.Faulted += (_, e) => Console.WriteLine($"{Caption}: {e.Reason?.Message} {Interlocked.Increment(ref _faults)}");
        _line = line; // ok LCA3006: nothing is done to it
    }
}
