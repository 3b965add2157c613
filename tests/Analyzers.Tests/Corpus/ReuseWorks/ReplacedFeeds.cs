// Market data and SCADA sessions that are replaced: partial classes, base classes, web sockets and hubs.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using WebSocketSharp;

namespace Works.Reuse.ReplacedFeeds;

/// <summary>websocket-sharp: a failover picks the next server and leaves the old socket to its fate.</summary>
public sealed class QuoteFeed(string[] servers, ILogger<QuoteFeed> log)
{
    private readonly AutoResetEvent _reconnect = new(false);
    private WebSocket? _socket;
    private int _next;

    public void Run(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            Failover();
            _reconnect.WaitOne();
        }
    }

    /// <summary>The desk is not content with the latency.</summary>
    public void SwitchServer() => _reconnect.Set();

    private void Failover()
    {
        var socket = new WebSocket(servers[_next++ % servers.Length]); //? LCA1003
        socket.OnError += (_, e) => log.LogWarning(e.Exception, "{Message}", e.Message);
        socket.OnClose += OnClose;
        socket.OnMessage += OnMessage;
        socket.Connect();
        _socket = socket; //! LCA3006
    }

    private void OnClose(object? sender, CloseEventArgs e)
    {
        _socket = null;
        _reconnect.Set();
    }

    private void OnMessage(object? sender, MessageEventArgs e) => log.LogTrace("{Data}", e.Data);
}

/// <summary>The same; the former socket is closed first.</summary>
public sealed class OrderlyQuoteFeed(string[] servers, ILogger<OrderlyQuoteFeed> log)
{
    private readonly AutoResetEvent _reconnect = new(false);
    private WebSocket? _socket;
    private int _next;

    public void Failover()
    {
        if (_socket is { } former)
        {
            former.OnClose -= OnClose;
            former.Close();
        }

        _socket = new WebSocket(servers[_next++ % servers.Length]); // ok LCA3006: the former one was detached and closed //? LCA1003
        _socket.OnError += (_, e) => log.LogWarning(e.Exception, "{Message}", e.Message);
        _socket.OnClose += OnClose;
        _socket.Connect();
    }

    private void OnClose(object? sender, CloseEventArgs e)
    {
        _socket = null;
        _reconnect.Set();
    }
}

/// <summary>A hub whose Closed has no sender: the lambda could capture it, and does not.</summary>
public sealed class LobbyHub(string url, ILogger<LobbyHub> log)
{
    private readonly SemaphoreSlim _wake = new(0);
    private HubConnection? _hub;

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await ConnectAsync(ct);
            await _wake.WaitAsync(ct);
        }
    }

    public void Move() => _wake.Release();

    private async Task ConnectAsync(CancellationToken ct)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += error =>
        {
            log.LogWarning(error, "hub closed");
            _hub = null;
            _wake.Release();
            return Task.CompletedTask;
        };
        try
        {
            await hub.StartAsync(ct);
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }

        _hub = hub; //! LCA3006
    }
}

/// <summary>The same hub, captured.</summary>
public sealed class CapturedLobbyHub(string url, ILogger<CapturedLobbyHub> log)
{
    private readonly SemaphoreSlim _wake = new(0);
    private HubConnection? _hub;

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var hub = new HubConnectionBuilder().WithUrl(url).Build();
            hub.Closed += error =>
            {
                if (!ReferenceEquals(hub, _hub)) return Task.CompletedTask;
                log.LogWarning(error, "hub closed");
                _hub = null;
                _wake.Release();
                return Task.CompletedTask;
            };
            try
            {
                await hub.StartAsync(ct);
            }
            catch
            {
                await hub.DisposeAsync();
                throw;
            }

            _hub = hub; // ok LCA3006: the captured hub is asked for
            await _wake.WaitAsync(ct);
        }
    }
}

public enum ScadaState { Connecting, Connected, Closing, Closed }

/// <summary>The vendor's session, by convention.</summary>
public interface IScadaSession : IDisposable
{
    event Action<IScadaSession, bool>? KeepAlive;
    ScadaState State { get; }
    byte[] Request(byte[] frame);
    void Close();
}

public delegate IScadaSession ScadaDialer(Uri endpoint);

/// <summary>The keep-alive of the old session closes the new one: the OPC incident.</summary>
public abstract class ScadaClientBase(ScadaDialer dialer, Uri endpoint)
{
    private readonly object _sync = new();

    protected IScadaSession? Current { get; set; }

    protected abstract void OnLost();

    public void Reconnect()
    {
        var fresh = dialer(endpoint);
        fresh.KeepAlive += OnKeepAlive;
        lock (_sync)
        {
            Current = fresh; //! LCA3006
        }
    }

    private void OnKeepAlive(IScadaSession session, bool good)
    {
        if (good) return;
        Current?.Close();
        OnLost();
    }
}

public sealed class Boiler(ScadaDialer dialer, Uri endpoint, ILogger<Boiler> log) : ScadaClientBase(dialer, endpoint)
{
    protected override void OnLost() => log.LogWarning("boiler lost");
}

/// <summary>The same base with the first line that the fix writes.</summary>
public abstract class ComparingScadaBase(ScadaDialer dialer, Uri endpoint)
{
    private IScadaSession? _current;

    protected abstract void OnLost();

    public void Reconnect()
    {
        var fresh = dialer(endpoint);
        fresh.KeepAlive += OnKeepAlive;
        _current = fresh; // ok LCA3006: the handler's own session is compared
    }

    private void OnKeepAlive(IScadaSession session, bool good)
    {
        if (good || session != _current) return;
        _current.Close();
        OnLost();
    }
}

public sealed class Turbine(ScadaDialer dialer, Uri endpoint, ILogger<Turbine> log) : ComparingScadaBase(dialer, endpoint)
{
    protected override void OnLost() => log.LogWarning("turbine lost");
}

/// <summary>Opened once, never replaced.</summary>
public sealed class SingleSession : IDisposable
{
    private IScadaSession? _session;

    public SingleSession(ScadaDialer dialer, Uri endpoint)
    {
        _session = dialer(endpoint); // ok LCA3006: there is no other
        _session.KeepAlive += OnKeepAlive;
    }

    private void OnKeepAlive(IScadaSession session, bool good)
    {
        if (good) return;
        _session?.Dispose();
        _session = null;
    }

    public void Dispose() => _session?.Dispose();
}

/// <summary>The handler closes the sender, which is always the right one.</summary>
public sealed class SenderClosingScada(ScadaDialer dialer, Uri endpoint)
{
    private IScadaSession? _session;

    public ScadaState State => _session?.State ?? ScadaState.Closed;

    public void Reconnect()
    {
        var fresh = dialer(endpoint);
        fresh.KeepAlive += OnKeepAlive;
        _session = fresh; // ok LCA3006: the field is not touched by the handler
    }

    private static void OnKeepAlive(IScadaSession session, bool good)
    {
        if (!good) session.Close();
    }
}
