// Own connection types.
using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Outfits.GameLinks;

public enum LinkState { Idle, Connecting, Established, Closing, Closed }

public interface IGameLink : IDisposable
{
    LinkState State { get; }
    bool CanTalk => State == LinkState.Established;
    void Send(ReadOnlySpan<byte> packet);
    void Close();
    event Action<IGameLink>? Lagging;
    event EventHandler<Exception>? Faulted;
}

// 1. the one implementation
public sealed class TcpGameLink(Socket socket) : IGameLink
{
    private int _state = (int)LinkState.Established;
    public LinkState State => (LinkState)Volatile.Read(ref _state);
    public event Action<IGameLink>? Lagging;
    public event EventHandler<Exception>? Faulted;

    public void Send(ReadOnlySpan<byte> packet)
    {
        if (State != LinkState.Established) throw new InvalidOperationException("link is " + State);
        socket.Send(packet);
    }

    public void Close() => Interlocked.Exchange(ref _state, (int)LinkState.Closed);
    public void Dispose() { Close(); socket.Dispose(); }
    public void Lag() => Lagging?.Invoke(this);
    public void Fail(Exception ex) => Faulted?.Invoke(this, ex);
}

// 2. bad: through the interface
public sealed class LagWarner
{
    private static readonly byte[] Warning = [0xFE, 0x01];

    public void Watch(IGameLink link)
    {
        link.Faulted += (_, ex) => Console.Error.WriteLine(ex);
        link.Lagging += Warn;
    }

    private void Warn(IGameLink link) => link.Send(Warning); //! LCA2001
}

// 3. good: default interface member asked
public sealed class PoliteLagWarner
{
    public void Watch(IGameLink link) => link.Lagging += static l => { if (l.CanTalk) l.Send([0xFE, 0x01]); };
}

// 4. good: LINQ filter before the broadcast
public sealed class Zone : IDisposable
{
    private readonly ConcurrentDictionary<int, IGameLink> _links = new();
    private readonly System.Timers.Timer _tick = new(50);

    public Zone()
    {
        _tick.Elapsed += (_, _) => Broadcast([1, 2, 3]);
        _tick.Start();
    }

    public void Enter(int id, IGameLink link) => _links[id] = link;
    public void Leave(int id) => _links.TryRemove(id, out _);

    private void Broadcast(byte[] world)
    {
        foreach (var (_, link) in _links.Where(kv => kv.Value.State is LinkState.Established))
            link.Send(world);
    }

    public void Dispose() => _tick.Dispose();
}

// 5. bad: broadcast in the timer without asking
public sealed class NoisyZone : IDisposable
{
    private readonly List<IGameLink> _links = [];
    private readonly Lock _sync = new();
    private readonly System.Timers.Timer _tick = new(50);

    public NoisyZone()
    {
        _tick.Elapsed += OnTick;
        _tick.Start();
    }

    private void OnTick(object? sender, System.Timers.ElapsedEventArgs e)
    {
        Span<byte> world = stackalloc byte[4];
        lock (_sync)
        {
            foreach (var link in _links)
                link.Send(world); //! LCA2001
        }
    }

    public void Enter(IGameLink link) { lock (_sync) _links.Add(link); }
    public void Dispose() => _tick.Dispose();
}

// 6. good: handler table of guarded commands
public sealed class CommandTable
{
    private readonly Dictionary<string, Action<IGameLink, string>> _commands;

    public CommandTable()
    {
        _commands = new(StringComparer.OrdinalIgnoreCase)
        {
            ["ping"] = static (l, _) => l.Send("pong"u8),
            ["quit"] = static (l, _) => l.Close(),
        };
    }

    public event Action<IGameLink, string>? Line;

    public void Listen() => Line += (link, text) =>
    {
        if (link.State != LinkState.Established) return;
        if (_commands.TryGetValue(text, out var run)) run(link, text);
    };

    public void Raise(IGameLink l, string t) => Line?.Invoke(l, t);
}

// 7. good: try guard of one's own whose bool tells
public static class GameLinkExtensions
{
    public static bool TrySend(this IGameLink link, ReadOnlySpan<byte> packet)
    {
        if (!link.CanTalk) return false;
        try { link.Send(packet); return true; }
        catch (InvalidOperationException) { return false; }
        catch (SocketException) { return false; }
    }
}

public sealed class Ghost(IGameLink link, ILogger log)
{
    public void Arm(WaitHandle death) => ThreadPool.RegisterWaitForSingleObject(death, (_, timedOut) =>
    {
        if (!timedOut && !link.TrySend("boo"u8)) log.LogDebug("ghost is gone");
    }, null, Timeout.Infinite, executeOnlyOnce: true);
}

// 8. bad: RegisterWait sends blindly; ContinueWith too
public sealed class Poltergeist(IGameLink link)
{
    public void Arm(WaitHandle death) =>
        ThreadPool.RegisterWaitForSingleObject(death, (_, _) => link.Send("boo"u8), null, -1, true); //! LCA2001

    public Task After(Task work) => work.ContinueWith(t => link.Send([t.IsFaulted ? (byte)1 : (byte)0])); //! LCA2001
}

// 9. good: Rx-like chain with a filter before the subscription
public sealed class Radar(IGameLink link, IObservable<int> sweeps)
{
    public IDisposable Start() => System.Reactive.Linq.Observable
        .Where(sweeps, _ => link.State == LinkState.Established)
        .Subscribe(n => link.Send([(byte)n]));
}

// 10. good: events that prove the state
public sealed class Greeter
{
    public Greeter(HubLink hub)
    {
        hub.Connected += () => hub.Send("hello");
        hub.Reconnected += _ => hub.Send("again");
    }
}

public sealed class HubLink
{
    public bool IsConnected { get; private set; }
    public event Action? Connected;
    public event Action<int>? Reconnected;
    public event Action? Idle;

    public void Send(string text)
    {
        if (!IsConnected) throw new InvalidOperationException();
        Console.WriteLine(text);
    }

    public void Open() { IsConnected = true; Connected?.Invoke(); Reconnected?.Invoke(1); Idle?.Invoke(); }
    public void Close() => IsConnected = false;
}

// 11. bad: event of the base class, handler in the derived one
public abstract class IdleAware
{
    protected IdleAware(HubLink hub) { Hub = hub; hub.Idle += OnIdle; }
    protected HubLink Hub { get; }
    protected virtual void OnIdle() { }
}

public sealed class KeepAwake(HubLink hub) : IdleAware(hub)
{
    protected override void OnIdle() => Hub.Send("still here"); //! LCA2001
}
