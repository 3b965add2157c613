// A chat's fan-out: delegates in fields, template methods, default interface methods and generic rooms.
using System.Net.WebSockets;
using System.Text;

namespace Ways.Chat;

public enum Presence { Joining, Active, Leaving, Closed }

public abstract class ChatPeer : IDisposable
{
    public event Action<string>? Received;

    public event Action? Drained;

    public Presence Status { get; protected set; } = Presence.Active;

    public abstract void Send(string line);

    public void Raise(string line) => Received?.Invoke(line);

    public void RaiseDrained() => Drained?.Invoke();

    public virtual void Dispose() => Status = Presence.Closed;
}

public interface IChatRoom
{
    ChatPeer Peer { get; }

    void Say(string line) => Peer.Send(line);

    void SayIfActive(string line)
    {
        if (Peer.Status == Presence.Active) Peer.Send(line);
    }
}

public sealed class OpenRoom : IChatRoom
{
    public OpenRoom(ChatPeer peer, ChatPeer source)
    {
        Peer = peer;
        IChatRoom self = this;
        source.Received += line => self.Say(line); //! LCA2001
    }

    public ChatPeer Peer { get; }
}

public sealed class PoliteRoom : IChatRoom
{
    public PoliteRoom(ChatPeer peer, ChatPeer source)
    {
        Peer = peer;
        IChatRoom self = this;
        source.Received += self.SayIfActive;
    }

    public ChatPeer Peer { get; }
}

public sealed class BacklogRoom
{
    private readonly Queue<string> _backlog = new();
    private readonly ChatPeer _peer;
    private readonly Action _flush;
    private readonly Func<bool> _active;

    public BacklogRoom(ChatPeer peer)
    {
        _peer = peer;
        _flush = Flush;
        _active = () => _peer.Status == Presence.Active;
        peer.Drained += OnDrained;
        peer.Drained += OnDrainedChecked;
    }

    private void OnDrained() => _flush(); //! LCA2001

    private void OnDrainedChecked()
    {
        if (_active()) _flush();
    }

    private void Flush()
    {
        while (_backlog.TryDequeue(out var line)) _peer.Send(line);
    }
}

public abstract class RoomTemplate<TPeer> where TPeer : ChatPeer
{
    protected RoomTemplate(TPeer peer)
    {
        Peer = peer;
        peer.Received += OnReceived;
    }

    protected TPeer Peer { get; }

    private void OnReceived(string line)
    {
        var answer = line switch
        {
            ['/', .. var command] => command,
            { Length: 0 } => null,
            _ => line,
        };
        if (answer is not null) Answer(answer); //! LCA2001
    }

    protected abstract void Answer(string line);
}

public sealed class EchoRoom<TPeer>(TPeer peer) : RoomTemplate<TPeer>(peer) where TPeer : ChatPeer
{
    protected override void Answer(string line) => Peer.Send(line);
}

public abstract class GuardedTemplate<TPeer> where TPeer : ChatPeer
{
    protected GuardedTemplate(TPeer peer)
    {
        Peer = peer;
        peer.Received += line =>
        {
            if (Peer.Status is Presence.Leaving or Presence.Closed) return;
            Answer(line);
        };
    }

    protected TPeer Peer { get; }

    protected abstract void Answer(string line);
}

public sealed class GuardedEcho<TPeer>(TPeer peer) : GuardedTemplate<TPeer>(peer) where TPeer : ChatPeer
{
    protected override void Answer(string line) => Peer.Send(line);
}

file static class Browsers
{
    public static Task SayAsync(this WebSocket browser, string line) =>
        browser.SendAsync(new ArraySegment<byte>(Encoding.UTF8.GetBytes(line)), WebSocketMessageType.Text, true, CancellationToken.None);
}

/// <summary>Browsers: every member of the room hears what one says.</summary>
public sealed class BrowserFanout(List<WebSocket> browsers)
{
    public void Listen(ChatPeer source) => source.Received += FanOut;

    private void FanOut(string line)
    {
        foreach (var browser in browsers)
            browser.SayAsync(line).Wait(); //! LCA2001
    }
}

public sealed class StrictFanout(List<WebSocket> browsers)
{
    public void Listen(ChatPeer source) => source.Received += FanOut;

    private void FanOut(string line)
    {
        foreach (var browser in browsers)
        {
            if (browser.State is not WebSocketState.Open) continue;
            browser.SayAsync(line).Wait();
        }
    }
}

public sealed class FilteringFanout(List<WebSocket> browsers)
{
    public void Listen(ChatPeer source) => source.Received += line => Task.WhenAll(Ready().Select(b => b.SayAsync(line))).Wait();

    private IEnumerable<WebSocket> Ready() => from b in browsers where b.State == WebSocketState.Open select b;
}
