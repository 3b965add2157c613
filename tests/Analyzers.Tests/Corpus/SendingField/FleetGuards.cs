// A fleet's telematics server: every team has its own way to ask before it sends.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Field.Sending.FleetGuards;

public enum TruckState { Parked, Open, Leaving, Gone }

public interface ITruckLink
{
    TruckState State { get; }

    bool CanSend => State == TruckState.Open;

    event Action<string>? Heard;

    void Send(string text);

    Task SendAsync(string text, CancellationToken stop = default);

    void Close();
}

public abstract class Team
{
    protected Team(ITruckLink link)
    {
        Link = link;
        Link.Heard += OnHeard;
    }

    protected ITruckLink Link { get; }

    protected abstract void OnHeard(string text);
}

// ok LCA2001: the interface's own default member asks
public sealed class TeamA(ITruckLink link) : Team(link)
{
    protected override void OnHeard(string text)
    {
        if (Link.CanSend) Link.Send("a:" + text);
    }
}

public sealed class TeamB(ITruckLink link) : Team(link)
{
    private int _closed;

    // ok LCA2001: the owner's flag, read with Volatile
    protected override void OnHeard(string text)
    {
        if (Volatile.Read(ref _closed) == 1) return;
        Link.Send("b:" + text);
    }

    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) Link.Close();
    }
}

public sealed class TeamC(ITruckLink link) : Team(link)
{
    private readonly CancellationTokenSource _closing = new();

    // ok LCA2001: the owner's closing token
    protected override void OnHeard(string text)
    {
        if (_closing.IsCancellationRequested) return;
        Link.Send("c:" + text);
    }

    public void Close()
    {
        _closing.Cancel();
        Link.Close();
    }
}

public sealed class TeamD(ITruckLink link) : Team(link)
{
    // An assertion decides nothing in a release build.
    protected override void OnHeard(string text)
    {
        Debug.Assert(Link.State == TruckState.Open);
        Link.Send("d:" + text); //! LCA2001
    }
}

public sealed class TeamE(ITruckLink link, ILogger log) : Team(link)
{
    // The answer is logged, not heeded.
    protected override void OnHeard(string text)
    {
        var open = Link.State == TruckState.Open;
        if (!open) log.LogWarning("link is {State}", Link.State);
        Link.Send("e:" + text); //! LCA2001
    }
}

public sealed class TeamF(ITruckLink link) : Team(link)
{
    private bool IsUsable => Link is { State: TruckState.Open or TruckState.Leaving };

    // ok LCA2001: a property of one's own
    protected override void OnHeard(string text)
    {
        if (!IsUsable || text.Length == 0) return;
        foreach (var part in text.Split(',')) Link.Send("f:" + part);
    }
}

public sealed class TeamG(ITruckLink link) : Team(link)
{
    // ok LCA2001: a Try helper hands the usable one out
    protected override void OnHeard(string text)
    {
        if (!TryGetOpen(out var open)) return;
        open.Send("g:" + text);
    }

    private bool TryGetOpen(out ITruckLink open)
    {
        open = Link;
        return open.State == TruckState.Open;
    }
}

public sealed class TeamH(ITruckLink link) : Team(link)
{
    // ok LCA2001: a switch statement with a guard
    protected override void OnHeard(string text)
    {
        switch (text)
        {
            case "ping" when Link.State == TruckState.Open:
                Link.Send("pong");
                break;
            case "ping":
                break;
            default:
                Debug.WriteLine(text);
                break;
        }
    }
}

public sealed class TeamI(ITruckLink link) : Team(link)
{
    protected override void OnHeard(string text)
    {
        switch (text)
        {
            case "ping" when Link.State == TruckState.Open:
                break;
            case "ping":
                Link.Send("pong"); //! LCA2001
                break;
        }
    }
}

public sealed class TeamJ(ITruckLink link, ILogger log) : Team(link)
{
    // ok LCA2001: whatever it throws is caught around the helper
    protected override void OnHeard(string text) => Safely(() => Link.Send("j:" + text));

    private void Safely(Action action)
    {
        try
        {
            action();
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "not said");
        }
    }
}

public sealed class TeamK(ITruckLink link) : Team(link)
{
    private readonly Lock _lock = new();
    private bool _disposed;

    // ok LCA2001: the flag under the lock, a compound condition
    protected override void OnHeard(string text)
    {
        lock (_lock)
        {
            var skip = _disposed || text is "" or "noop" || text.StartsWith('#');
            if (skip) return;
            Link.Send("k:" + text);
        }
    }

    public void Dispose()
    {
        lock (_lock) _disposed = true;
        Link.Close();
    }
}

public sealed class TeamL(ITruckLink link) : Team(link)
{
    // An own flag that has nothing to do with closing.
    private bool _verbose = true;

    protected override void OnHeard(string text)
    {
        if (!_verbose) return;
        Link.Send("l:" + text); //! LCA2001
    }

    public void Toggle() => _verbose = !_verbose;
}

public sealed class Dispatcher(ConcurrentDictionary<string, ITruckLink> fleet, Timer timer)
{
    // ok LCA2001 LCA3001: the first that is open
    public void Wire(ITruckLink control) => control.Heard += text =>
    {
        var target = fleet.Values.FirstOrDefault(l => l.State == TruckState.Open);
        target?.Send(text);
    };

    // ok LCA2001: the timer fires but the send is only queued for the loop
    public void WireQueue(ITruckLink control, BlockingCollection<string> queue) => control.Heard += text =>
    {
        if (!queue.TryAdd(text)) timer.Change(100, Timeout.Infinite);
    };

    // ok LCA2001: an early return in an async lambda, the send awaited at once
    public void WireAsync(ITruckLink control, ITruckLink other) => control.Heard += async text =>
    {
        if (other.State is not TruckState.Open) return;
        await other.SendAsync(text);
    };

    public void WireStale(ITruckLink control, ITruckLink other) => control.Heard += async text =>
    {
        if (other.State is not TruckState.Open) return;
        await Task.Delay(10);
        await other.SendAsync(text); //! LCA2002
    };

    // ok LCA2002: a timeout that was computed, a token that was linked, no await
    public async Task TellAsync(ITruckLink link, string text)
    {
        if (link.State != TruckState.Open) return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        var line = $"{DateTime.UtcNow:O} {text}";
        await link.SendAsync(line, limit.Token);
    }

    // ok LCA2002: the other branch awaits
    public async Task TellOrWaitAsync(ITruckLink link, string text)
    {
        while (true)
        {
            if (link.State == TruckState.Open)
            {
                await link.SendAsync(text);
                return;
            }
            await Task.Delay(100);
        }
    }

    public async Task TellLaterAsync(ITruckLink link, Task<string> text)
    {
        if (link is { State: TruckState.Open }) link.Send(await text); //! LCA2002
    }

    // ok LCA2002: awaited first, then asked
    public async Task TellAnswerAsync(ITruckLink link, Task<string> text)
    {
        var line = await text;
        if (link is { State: TruckState.Open }) link.Send(line);
    }
}

public sealed class Chargers(ClientWebSocket ws)
{
    private readonly ConcurrentQueue<byte[]> _late = new();

    // ok LCA2001 LCA2004: sends inside one lock, guarded, synchronous
    public void Wire(System.Timers.Timer timer) => timer.Elapsed += (_, _) =>
    {
        lock (_late)
        {
            while (ws.State == WebSocketState.Open && _late.TryDequeue(out var item))
                ws.SendAsync(item, WebSocketMessageType.Binary, true, default).GetAwaiter().GetResult();
        }
    };

    public void Add(byte[] item) => _late.Enqueue(item);
}

public sealed class Gauge(Socket socket, ILogger log)
{
    // ok LCA2003: only told
    public void Report() => log.LogInformation("{Ok}", socket.Connected ? "ok" : "lost");

    // ok LCA2003: it is asked to explain the failure
    public bool Push(byte[] data)
    {
        try
        {
            return socket.Send(data) == data.Length;
        }
        catch (SocketException ex)
        {
            log.LogError(ex, "failed, connected: {Connected}", socket.Connected);
            return false;
        }
    }

    public bool PushIfUp(byte[] data) => socket.Connected && socket.Send(data) > 0; //! LCA2003

    public void PushOrThrow(byte[] data)
    {
        if (!socket.Connected) throw new InvalidOperationException("not connected"); //! LCA2003
        socket.Send(data);
    }

    // ok LCA2003: waits until it is up
    public async Task WaitUpAsync(CancellationToken stop)
    {
        while (!socket.Connected) await Task.Delay(50, stop); //? LCA2003
    }
}
