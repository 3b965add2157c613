// A broker bridge's odd callbacks: custom accessors, stored handlers, posts, change tokens and continuations.
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Ways.Odd;

public enum TunnelStatus { Connecting, Open, Closing, Closed }

public class MessageTunnel(Action<string> write) : IDisposable
{
    public TunnelStatus Status { get; protected set; } = TunnelStatus.Open;

    public bool IsOpen => Status is TunnelStatus.Open;

    public void Send(string text) => write(Status == TunnelStatus.Open ? text : throw new InvalidOperationException("closed"));

    public bool TrySend(string text)
    {
        if (!IsOpen) return false;
        Send(text);
        return true;
    }

    public Task SendAsync(string text) => Task.Run(() => Send(text));

    public virtual void Dispose() => Status = TunnelStatus.Closed;
}

public sealed class Topics
{
    private EventHandler<string>? _published;

    public event EventHandler<string> Published
    {
        add => _published += value;
        remove => _published -= value;
    }

    public void Publish(string text) => _published?.Invoke(this, text);
}

public sealed class OptionsBridge(MessageTunnel tunnel)
{
    public IDisposable? Watch(IOptionsMonitor<Settings> settings) =>
        settings.OnChange((changed, _) => tunnel.Send(changed.Greeting)); //! LCA2001

    public IDisposable? WatchOpen(IOptionsMonitor<Settings> settings) =>
        settings.OnChange((changed, _) =>
        {
            switch (tunnel.Status)
            {
                case TunnelStatus.Open when changed.Greeting is { Length: > 0 } text:
                    tunnel.Send(text);
                    break;
                default:
                    return;
            }
        });

    public IDisposable Reload(Func<IChangeToken?> token) => ChangeToken.OnChange(token, () => tunnel.Send("reload")); //! LCA2001

    public IDisposable ReloadTrying(Func<IChangeToken?> token) => ChangeToken.OnChange(token, t => t.TrySend("reload"), tunnel);
}

public sealed record Settings
{
    public string Greeting { get; init; } = "";
}

public sealed class StoredHandlers : IDisposable
{
    private readonly Topics _topics;
    private readonly MessageTunnel _tunnel;
    private readonly EventHandler<string> _forward, _forwardOpen;

    public StoredHandlers(Topics topics, MessageTunnel tunnel, bool careful)
    {
        (_topics, _tunnel) = (topics, tunnel);
        _forward = (_, text) => _tunnel.Send(text); //! LCA2001
        _forwardOpen = (_, text) => _ = _tunnel.IsOpen && Forward(text);
        _topics.Published += careful ? _forwardOpen : _forward;
    }

    private bool Forward(string text)
    {
        _tunnel.Send(text);
        return true;
    }

    public void Dispose()
    {
        _topics.Published -= _forward;
        _topics.Published -= _forwardOpen;
    }
}

public sealed class Posting(SynchronizationContext context, MessageTunnel tunnel)
{
    public void Later(string text) => context.Post(_ => tunnel.Send(text), null); //! LCA2001

    public void LaterIfOpen(string text) => context.Post(state =>
    {
        var (t, line) = ((MessageTunnel, string))state!;
        if (t is { Status: TunnelStatus.Open }) t.Send(line);
    }, (tunnel, text));

    public Task After(Task<string> work) => work.ContinueWith(t => tunnel.Send(t.Result), TaskScheduler.Default); //! LCA2001

    public Task AfterIfOpen(Task<string> work) => work.ContinueWith(t => tunnel.IsOpen ? tunnel.SendAsync(t.Result) : Task.CompletedTask, TaskScheduler.Default).Unwrap();

    public void Queue(string text) => ThreadPool.QueueUserWorkItem(_ =>
    {
        try
        {
            tunnel.Send(text);
        }
        catch (InvalidOperationException) when (!tunnel.IsOpen)
        {
            // it was closed meanwhile
        }
    });

    /// <summary>Waited for by whoever asks: no callback.</summary>
    public async Task NowAsync(Task<string> work) => tunnel.Send(await work);
}

public abstract class Relay
{
    private readonly Dictionary<string, Action<string>> _routes;

    protected Relay(Topics topics, MessageTunnel tunnel)
    {
        Tunnel = tunnel;
        _routes = new(StringComparer.Ordinal)
        {
            ["echo"] = Echo,
            ["stop"] = static _ => { },
        };
        topics.Published += OnPublished;
    }

    protected MessageTunnel Tunnel { get; }

    protected virtual bool CanRelay => Tunnel.IsOpen;

    private void OnPublished(object? sender, string text)
    {
        if (CanRelay && _routes.TryGetValue(text, out var route)) route(text);
    }

    private void Echo(string text) => Tunnel.Send(text);
}

public sealed class PlainRelay(Topics topics, MessageTunnel tunnel) : Relay(topics, tunnel);
