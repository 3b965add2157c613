// An alerting service: the way from an alert to the pager goes through interfaces.
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.PagerRoutes;

public enum ConnectionState { Connecting, Established, Broken }

public interface IPagerConnection
{
    ConnectionState ConnectionState { get; }
    void Transmit(string number, string text);
    void Abort();
}

public interface INotifier
{
    void Notify(string text);
}

public interface IEscalation
{
    void Escalate(string text, int level);
}

public sealed class AlertSource
{
    public event EventHandler<string>? Raised;
    public event EventHandler<string>? Resolved;

    public void Raise(string text) => Raised?.Invoke(this, text);

    public void Resolve(string text) => Resolved?.Invoke(this, text);
}

/// <summary>The only notifier.</summary>
public sealed class PagerNotifier(IPagerConnection pager, IReadOnlyList<string> numbers) : INotifier
{
    public void Notify(string text)
    {
        foreach (var number in numbers) pager.Transmit(number, text);
    }
}

/// <summary>The only escalation; it asks before it pages.</summary>
public sealed class ChiefEscalation(IPagerConnection pager, ILogger log) : IEscalation
{
    public void Escalate(string text, int level)
    {
        if (pager.ConnectionState != ConnectionState.Established)
        {
            log.LogError("not escalated: {Text}", text);
            return;
        }
        pager.Transmit("chief", $"[{level}] {text}");
    }
}

public sealed class AlertHandler
{
    private readonly INotifier _notifier;
    private readonly IEscalation _escalation;
    private readonly Timer _reminder;
    private string? _last;

    public AlertHandler(AlertSource source, INotifier notifier, IEscalation escalation)
    {
        (_notifier, _escalation) = (notifier, escalation);
        source.Raised += OnRaised;
        source.Resolved += (_, text) => Finish(text); //! LCA2001
        _reminder = new Timer(Remind, null, 60_000, 60_000);
    }

    private void OnRaised(object? sender, string text)
    {
        _last = text;
        _notifier.Notify(text); //! LCA2001
    }

    // ok LCA2001: the one implementation asks
    private void Remind(object? state)
    {
        if (_last is { } text) _escalation.Escalate(text, 2);
    }

    private void Finish(string text)
    {
        _last = null;
        Announce("resolved: " + text);
    }

    private void Announce(string text) => Publish(text.Trim());

    private void Publish(string text) => _notifier.Notify(text);

    public void Stop() => _reminder.Dispose();
}

public sealed class GuardedAlertHandler
{
    private readonly IPagerConnection _pager;
    private readonly INotifier _notifier;

    public GuardedAlertHandler(AlertSource source, IPagerConnection pager, ILogger log)
    {
        _pager = pager;
        _notifier = new PagerNotifier(pager, ["1", "2"]);
        source.Raised += (_, text) => Page(text, log);
        source.Resolved += OnResolved;
    }

    // ok LCA2001: the connection that the notifier wraps is asked, and the page itself is in this method
    private void Page(string text, ILogger log)
    {
        if (_pager.ConnectionState is ConnectionState.Established) _pager.Transmit("1", text);
        else log.LogWarning("pager is {State}", _pager.ConnectionState);
    }

    // ok LCA2001: whatever a broken pager throws is logged with what it cost
    private void OnResolved(object? sender, string text)
    {
        try
        {
            _notifier.Notify(text);
        }
        catch (Exception ex)
        {
            Console.Error.WriteLine($"not paged: {text}: {ex.Message}");
        }
    }
}
