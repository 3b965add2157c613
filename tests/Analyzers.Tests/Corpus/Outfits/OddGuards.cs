// Guards in odd clothes.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Reactive.Linq;
using Microsoft.Extensions.Logging;

namespace Outfits.OddGuards;

public interface IUpstreamConnection
{
    bool IsConnected { get; }
    Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken ct = default);
    ValueTask CloseAsync();
    event Func<Task>? Drained;
    event EventHandler? Poked;
}

// 1. good: guard helper takes the work as delegate
public sealed class WhenUp(IUpstreamConnection up)
{
    public void Wire() => up.Drained += () => IfUpAsync(c => c.SendAsync(new byte[] { 1 }));

    private Task IfUpAsync(Func<IUpstreamConnection, Task> work) =>
        up.IsConnected ? work(up) : Task.CompletedTask;
}

// 2. good: local function guard
public sealed class LocalGuard
{
    public LocalGuard(IUpstreamConnection up)
    {
        up.Poked += Handler;

        void Handler(object? s, EventArgs e)
        {
            if (Gone()) return;
            up.SendAsync(new byte[] { 2 }).ContinueWith(t => _ = t.Exception, TaskContinuationOptions.OnlyOnFaulted);
        }

        bool Gone() => !up.IsConnected;
    }
}

// 3. good: goto/labels and do-while
public sealed class Retrying(IUpstreamConnection up)
{
    public void Wire() => up.Drained += FlushAsync;

    private readonly ConcurrentQueue<byte[]> _todo = new();
    public void Add(byte[] m) => _todo.Enqueue(m);

    private async Task FlushAsync()
    {
        byte[]? m;
    next:
        if (!up.IsConnected) return;
        if (!_todo.TryDequeue(out m)) return;
        await up.SendAsync(m);
        goto next;
    }
}

// 4. good: base class template method
public abstract class Reactor<TConnection>(TConnection connection) where TConnection : class, IUpstreamConnection
{
    protected TConnection Connection { get; } = connection;
    protected virtual bool MayReact() => Connection.IsConnected;
    protected abstract Task ReactAsync();

    public void Wire() => Connection.Drained += async () =>
    {
        if (MayReact()) await ReactAsync();
    };
}

public sealed class PingReactor(IUpstreamConnection c) : Reactor<IUpstreamConnection>(c)
{
    protected override Task ReactAsync() => Connection.SendAsync("ping"u8.ToArray());
}

// 5. good: Rx filter and throttle
public sealed class RxPusher(IUpstreamConnection up, IObservable<double> samples)
{
    public IDisposable Start() => samples
        .Where(s => s > 0 && up.IsConnected)
        .Select(s => BitConverter.GetBytes(s))
        .Subscribe(b => { _ = SendAsync(b); });

    private async Task SendAsync(byte[] b)
    {
        try { await up.SendAsync(b); }
        catch (Exception ex) { Console.Error.WriteLine(ex.Message); }
    }
}

// 6. bad: Rx, filter about the data only, SelectMany sends
public sealed class RxBlind(Socket socket, IObservable<double> samples)
{
    public IDisposable Start() => samples
        .Where(static s => s > 0)
        .Subscribe(s => socket.Send(BitConverter.GetBytes(s))); //! LCA2001
}

// 7. good: flag as an int with CompareExchange
public sealed class Flagged(Socket socket) : IDisposable
{
    private const int Open = 1, Shut = 2;
    private int _status = Open;

    public void Arm(CancellationToken ct) => ct.Register(() =>
    {
        if (Interlocked.CompareExchange(ref _status, Shut, Open) != Open) return;
        socket.Send("bye"u8);
    });

    public void Dispose()
    {
        Volatile.Write(ref _status, Shut);
        socket.Dispose();
    }
}

// 8. good: conditional access with result of task type; delegated state in record struct
public readonly record struct UpState(bool Alive, DateTimeOffset Since);

public sealed class Monitor(IUpstreamConnection up, TimeProvider time)
{
    private UpState Look() => new(up.IsConnected, time.GetUtcNow());

    public void Wire() => up.Drained += async () =>
    {
        if (Look() is { Alive: true, Since: var since })
            await up.SendAsync(BitConverter.GetBytes(since.Ticks));
    };
}

// 9. good: dictionary of states to actions
public sealed class ByState
{
    private readonly Dictionary<WebSocketState, Func<WebSocket, Task>> _by = new()
    {
        [WebSocketState.Open] = w => w.SendAsync("x"u8.ToArray(), WebSocketMessageType.Text, true, default),
        [WebSocketState.CloseReceived] = w => w.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default),
    };

    public void Wire(IUpstreamConnection up, WebSocket ws) => up.Drained += () =>
        _by.TryGetValue(ws.State, out var act) ? act(ws) : Task.CompletedTask;
}

// 10. good: created in the callback itself
public sealed class OneShot
{
    public void Wire(IUpstreamConnection up, string host) => up.Poked += (_, _) =>
    {
        using var udp = new UdpClient();
        udp.Send("poke"u8, host, 514);
    };
}

// 11. good: handler only raises another event
public sealed class Repeater
{
    public event EventHandler? Poked;
    public Repeater(IUpstreamConnection up) => up.Poked += (s, e) => Poked?.Invoke(this, e);
}

// 12. bad: the final handler is
public sealed class FinalHandler(IUpstreamConnection up)
{
    public void Wire(Repeater repeater) => repeater.Poked += async (_, _) => await up.SendAsync("p"u8.ToArray()); //! LCA2001
}

// 13. good: state check combined in a bool local through several steps
public sealed class Steps(IUpstreamConnection up, ILogger log)
{
    private bool _muted;
    public void Mute() => _muted = true;

    public void Wire() => up.Drained += async () =>
    {
        var connected = up.IsConnected;
        var allowed = connected && !_muted;
        if (!allowed)
        {
            log.LogTrace("connected {Up}, muted {Muted}", connected, _muted);
            return;
        }
        await up.SendAsync("s"u8.ToArray());
    };
}

// 14. bad: check only logged
public sealed class LogOnly(IUpstreamConnection up, ILogger log)
{
    public void Wire() => up.Drained += async () =>
    {
        if (!up.IsConnected) log.LogWarning("not connected");
        await up.SendAsync("s"u8.ToArray()); //! LCA2001
    };
}

// 15. bad: Debug.Assert is no check; or-ed condition is none
public sealed class OrElse(IUpstreamConnection up, bool force)
{
    public void Wire() => up.Drained += async () =>
    {
        System.Diagnostics.Debug.Assert(up.IsConnected);
        if (up.IsConnected || force)
            await up.SendAsync("s"u8.ToArray()); //! LCA2001
    };
}

// 16. good: exception filter on a wrapper that takes a delegate
public sealed class Shielded(IUpstreamConnection up, ILogger log)
{
    public void Wire() => up.Poked += (_, _) => Shield(() => up.SendAsync("s"u8.ToArray()).GetAwaiter().GetResult());

    private void Shield(Action work)
    {
        try { work(); }
        catch (Exception ex) { log.LogWarning(ex, "send failed"); }
    }
}

// 17. good: async shield
public sealed class ShieldedAsync(IUpstreamConnection up, ILogger log)
{
    public void Wire() => up.Drained += () => ShieldAsync(async () =>
    {
        await Task.Delay(10);
        await up.SendAsync("s"u8.ToArray());
    });

    private async Task ShieldAsync(Func<Task> work)
    {
        try { await work().ConfigureAwait(false); }
        catch (Exception ex) when (ex is not OperationCanceledException) { log.LogWarning(ex, "send failed"); }
    }
}

// 18. bad: async lambda handed to a shield that does not await it
public sealed class FalseShield(IUpstreamConnection up, ILogger log)
{
    public void Wire() => up.Poked += (_, _) => Shield(async () => await up.SendAsync("s"u8.ToArray())); //! LCA2001

    private void Shield(Action work)
    {
        try { work(); }
        catch (Exception ex) { log.LogWarning(ex, "send failed"); }
    }
}
