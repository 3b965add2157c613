// The link that the callback cases send on. It throws when it is not open, and has a guard that does not.
namespace Corpus.Sending.Callbacks;

public enum LinkState { Opening, Open, Draining, Closed }

public sealed class LinkClosedException(LinkState state) : InvalidOperationException($"the link is {state}");

public interface IAlarmLink : IDisposable
{
    LinkState State { get; }
    event EventHandler? Opened;
    event EventHandler? Drained;
    event EventHandler? Ended;
    void Send(string line);
    Task SendAsync(string line, CancellationToken ct = default);
    bool TrySend(string line);
    void Close();
}

public static class AlarmLinkExtensions
{
    public static bool IsUsable(this IAlarmLink link) => link.State == LinkState.Open;

    // no check: whoever calls it must have asked
    public static void SendStamped(this IAlarmLink link, string line) => link.Send($"{DateTime.UtcNow:O} {line}");

    // returns where it cannot send
    public static void SendIfOpen(this IAlarmLink link, string line)
    {
        if (link.State is not LinkState.Open) return;
        link.Send(line);
    }
}

public interface IReceiver
{
    Action<string>? OnMessage { get; set; }
    Func<string, Task>? OnMessageAsync { get; set; }
}
