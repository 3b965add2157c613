// Guards that look like guards: inverted, ignored, of the other one, or caught the wrong way.
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace HeldOut.Sending.WrongGuards;

public interface IPlantLink : IDisposable
{
    event EventHandler<string>? Alarm;
    event EventHandler? Idle;
    bool IsOpen { get; }
    void Send(string line);
    Task SendAsync(string line, CancellationToken ct = default);
    void Abort();
}

public sealed class AlarmRelay
{
    private readonly IPlantLink _plant;
    private readonly IPlantLink _control;
    private readonly ILogger _log;
    private readonly Dictionary<string, Action<string>> _verbs;
    private readonly bool _force;
    private bool _paused;

    public AlarmRelay(IPlantLink plant, IPlantLink control, bool force, ILogger log)
    {
        (_plant, _control, _force, _log) = (plant, control, force, log);
        _verbs = new Dictionary<string, Action<string>>
        {
            ["ack"] = text => { if (_control.IsOpen) _control.Send(text); },
            ["log"] = text => _log.LogInformation("{Text}", text),
        };
        _plant.Alarm += Inverted;
        _plant.Alarm += Ignored;
        _plant.Alarm += LoggedOnly;
        _plant.Alarm += Forced;
        _plant.Alarm += OtherFlag;
        _plant.Alarm += CaughtWrong;
        _plant.Alarm += Rethrown;
        _plant.Alarm += OneBranch;
        _plant.Alarm += new EventHandler<string>(Copied);
        _plant.Alarm += FilteredCatch;
        _plant.Alarm += Nested;
        _plant.Alarm += Dispatch;
    }

    private void Inverted(object? sender, string text)
    {
        if (_control.IsOpen) return;
        _control.Send(text); //! LCA2001
    }

    private void Ignored(object? sender, string text)
    {
        _ = _control.IsOpen;
        _control.Send(text); //! LCA2001
    }

    private void LoggedOnly(object? sender, string text)
    {
        if (!_control.IsOpen) _log.LogWarning("control is gone");
        _control.Send(text); //! LCA2001
    }

    private void Forced(object? sender, string text)
    {
        if (_control.IsOpen || _force) _control.Send(text); //! LCA2001
    }

    // A flag that says something else.
    private void OtherFlag(object? sender, string text)
    {
        if (_paused) return;
        _control.Send(text); //! LCA2001
    }

    private void CaughtWrong(object? sender, string text)
    {
        try
        {
            _control.Send(text); //! LCA2001
        }
        catch (Exception ex) when (ex is ArgumentException or FormatException)
        {
            _log.LogError(ex, "alarm");
        }
    }

    private void Rethrown(object? sender, string text)
    {
        try
        {
            _control.Send(text); //! LCA2001
        }
        catch (Exception ex)
        {
            _log.LogError(ex, "alarm");
            throw;
        }
    }

    private void OneBranch(object? sender, string text)
    {
        if (text.Length > 100)
        {
            if (!_control.IsOpen) return;
            text = text[..100];
        }

        _control.Send(text); //! LCA2001
    }

    // ok LCA2001: the local is the field
    private void Copied(object? sender, string text)
    {
        var control = _control;
        var usable = control.IsOpen && !_paused;
        if (!usable) return;
        control.Send(text);
    }

    // ok LCA2001: the filter lets nothing by that closing throws
    private void FilteredCatch(object? sender, string text)
    {
        try
        {
            _control.Send(text);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            _log.LogError(ex, "alarm");
        }
    }

    // ok LCA2001: both branches have asked
    private void Nested(object? sender, string text)
    {
        if (text.Length > 100)
        {
            if (!_control.IsOpen) return;
            text = text[..100];
        }
        else if (!_control.IsOpen)
        {
            return;
        }

        _control.Send(text);
    }

    // ok LCA2001: the delegates in the table ask, or only log
    private void Dispatch(object? sender, string text)
    {
        if (_verbs.TryGetValue(text.Split(' ')[0], out var verb)) verb(text);
    }

    public void Pause() => _paused = true;
}

public sealed class SenderCasts
{
    // The handler knows its link from the sender.
    public static void Wire(IEnumerable<IPlantLink> links)
    {
        foreach (var link in links)
        {
            link.Idle += OnIdle;
            link.Idle += OnIdleAsked;
        }
    }

    private static void OnIdle(object? sender, EventArgs e) => ((IPlantLink)sender!).Send("NOOP"); //! LCA2001

    // ok LCA2001: a pattern asks the sender
    private static void OnIdleAsked(object? sender, EventArgs e)
    {
        if (sender is IPlantLink { IsOpen: true } link) link.Send("NOOP");
    }
}

public abstract class TickingService : IDisposable
{
    private readonly Timer _timer;

    protected TickingService(TimeSpan period) => _timer = new Timer(_ => OnTick(), null, period, period); //! LCA2001

    protected abstract void OnTick();

    public virtual void Dispose() => _timer.Dispose();
}

public sealed class Pinger(IPlantLink link) : TickingService(TimeSpan.FromSeconds(5))
{
    protected override void OnTick() => link.Send("PING");
}

public sealed class PolitePinger(IPlantLink link) : TickingService(TimeSpan.FromSeconds(5))
{
    protected override void OnTick()
    {
        if (link is { IsOpen: false }) return;
        link.Send("PING");
    }
}

public sealed class ConfigPusher
{
    public ConfigPusher(IPlantLink link, Func<IChangeToken> changes, SynchronizationContext ui)
    {
        ChangeToken.OnChange(changes, () => link.Send("RELOAD")); //! LCA2001
        ChangeToken.OnChange(changes, () => { if (link.IsOpen) link.Send("RELOAD"); });
        ui.Post(static state => ((IPlantLink)state!).Send("READY"), link); //! LCA2001
    }

    // ok LCA2001: the task's own continuation, with the check in it
    public static Task Later(Task first, IPlantLink link) =>
        first.ContinueWith(_ => link.IsOpen ? link.SendAsync("LATER") : Task.CompletedTask, TaskScheduler.Default).Unwrap();

    public static Task LaterUnasked(Task first, IPlantLink link) =>
        first.ContinueWith(_ => link.SendAsync("LATER"), TaskScheduler.Default).Unwrap(); //! LCA2001
}

// It has Send and IsOpen, and is a shop.
public sealed class Kiosk
{
    public event EventHandler<string>? Ordered;

    public bool IsOpen { get; set; }

    public void Send(string parcel) => Ordered?.Invoke(this, parcel);
}

public sealed class KioskDesk
{
    // ok LCA2001: parcels are sent, and nothing closes
    public KioskDesk(Kiosk kiosk) => kiosk.Ordered += (_, parcel) => { if (parcel.Length > 3) kiosk.Send(parcel[1..]); };
}
