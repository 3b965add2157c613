// Market data: a venue's stream over SignalR, a fallback over websocket-sharp, and an in-house session with a Faulted event.
using System.Net.Sockets;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using WebSocketSharp;

namespace Field.Creation.TradingFeed;

public readonly record struct Tick(string Symbol, decimal Price, long Sequence);

public enum FixState { Idle, Connected, Closed }

public sealed class FixSession(string host, int port) : IDisposable
{
    private Socket? _socket;

    public event EventHandler<Exception>? Faulted;

    public FixState State { get; private set; }

    // ok LCA1003: the field is closed by Dispose
    public async Task OpenAsync(CancellationToken stop)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await _socket.ConnectAsync(host, port, stop);
        State = FixState.Connected;
    }

    public void Send(byte[] message)
    {
        if (State != FixState.Connected || _socket is null) throw new InvalidOperationException("not logged on");
        try
        {
            _socket.Send(message);
        }
        catch (SocketException ex)
        {
            State = FixState.Closed;
            Faulted?.Invoke(this, ex);
        }
    }

    public void Dispose()
    {
        State = FixState.Closed;
        _socket?.Dispose();
    }
}

public sealed class OrderGateway(string host, ILogger<OrderGateway> log) : IDisposable
{
    private readonly FixSession _primary = new(host, 9878);
    private FixSession? _dropCopy;

    public async Task LogonAsync(CancellationToken stop)
    {
        await _primary.OpenAsync(stop); //! LCA1001
        _primary.Send("8=FIX.4.4|35=A|"u8.ToArray());
        _primary.Faulted += OnFault;
    }

    // ok LCA1001: attached in an object initialiser's neighbour, before it opens
    public async Task LogonDropCopyAsync(CancellationToken stop)
    {
        var session = new FixSession(host, 9879);
        session.Faulted += OnFault;
        _dropCopy = session;
        await session.OpenAsync(stop);
    }

    private void OnFault(object? sender, Exception cause) => log.LogError(cause, "session fault");

    public void Dispose()
    {
        _primary.Dispose();
        _dropCopy?.Dispose();
    }
}

// One method, own awaited calls alone, disposed at its end.
public static class FixProbe
{
    // ok LCA1001: every failure arrives at the calls made here
    public static async Task<bool> AnswersAsync(string host, CancellationToken stop)
    {
        using var session = new FixSession(host, 9878);
        await session.OpenAsync(stop);
        session.Send("8=FIX.4.4|35=1|"u8.ToArray());
        return session.State == FixState.Connected;
    }

    // The author wanted the handler; it comes too late.
    public static async Task<int> CountFaultsAsync(string host, CancellationToken stop)
    {
        var faults = 0;
        using var session = new FixSession(host, 9878);
        await session.OpenAsync(stop); //! LCA1001
        session.Faulted += (_, _) => faults++;
        session.Send("8=FIX.4.4|35=1|"u8.ToArray());
        return faults;
    }

    // ok LCA1001: leaves before it opens; the caller attaches
    public static FixSession Create(string host) => new(host, 9878);
}

public abstract class VenueFeed : IAsyncDisposable
{
    protected VenueFeed(string url, ILogger log)
    {
        Hub = new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();
        Log = log;
        Hub.On<Tick>("tick", Accept);
    }

    protected HubConnection Hub { get; }

    protected ILogger Log { get; }

    protected abstract void Accept(Tick tick);

    public virtual ValueTask DisposeAsync() => Hub.DisposeAsync();
}

public sealed class BatsFeed(string url, ILogger log) : VenueFeed(url, log)
{
    protected override void Accept(Tick tick) => Log.LogTrace("{Tick}", tick);

    public Task SubscribeAsync(CancellationToken stop) => Hub.StartAsync(stop); //! LCA1001
}

public abstract class WatchedFeed : IAsyncDisposable
{
    protected WatchedFeed(string url, ILogger log)
    {
        Hub = new HubConnectionBuilder().WithUrl(url).Build();
        Hub.Closed += error =>
        {
            log.LogWarning(error, "venue closed");
            return Task.CompletedTask;
        };
    }

    protected HubConnection Hub { get; }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}

public sealed class ChixFeed(string url, ILogger log) : WatchedFeed(url, log)
{
    // ok LCA1001: the base class attached
    public Task SubscribeAsync(CancellationToken stop) => Hub.StartAsync(stop);
}

public sealed class FallbackFeed(ILogger log) : IDisposable
{
    private WebSocket? _socket;

    public void Start(Uri uri)
    {
        _socket = new WebSocket(uri.ToString());
        _socket.OnMessage += (_, e) => log.LogTrace("{Data}", e.Data);
        _socket.Connect(); //! LCA1001
        _socket.OnClose += (_, e) => log.LogWarning("closed: {Reason}", e.Reason);
    }

    public void Dispose() => _socket?.Close();
}

public sealed class FallbackFeedWired(ILogger log) : IDisposable
{
    private WebSocket? _socket;

    // ok LCA1001: an extension attaches what has to be attached
    public void Start(Uri uri)
    {
        _socket = new WebSocket(uri.ToString()).WithLogging(log);
        _socket.OnMessage += (_, e) => log.LogTrace("{Data}", e.Data);
        _socket.Connect();
    }

    public void Dispose() => _socket?.Close();
}

internal static class WebSocketExtensions
{
    internal static WebSocket WithLogging(this WebSocket socket, ILogger log)
    {
        socket.OnError += (_, e) => log.LogError(e.Exception, "{Message}", e.Message);
        return socket;
    }
}
