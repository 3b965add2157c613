// A game server's lobby and matches: Fleck and websocket-sharp for browsers, NetCoreServer for the native client.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Fleck;
using Microsoft.Extensions.Logging;
using NetCoreServer;
using WebSocketSharp.Server;
using SharpSocket = WebSocketSharp.WebSocket;
using SharpState = WebSocketSharp.WebSocketState;

namespace SendingWorks.GameLobby;

/// <summary>Two browsers play; what one says, the other hears.</summary>
public sealed class Match
{
    private readonly IWebSocketConnection _host;
    private readonly IWebSocketConnection _guest;
    private readonly ILogger _log;

    public Match(IWebSocketConnection host, IWebSocketConnection guest, ILogger log)
    {
        _host = host;
        _guest = guest;
        _log = log;
        _host.OnMessage = text => Relay(_guest, text); //! LCA2001
        _guest.OnMessage = async text =>
        {
            if (_host.IsAvailable) await _host.Send(text); // ok LCA2001: asked
            else _log.LogDebug("move of the guest after the host left");
        };
        _host.OnClose = OnHostClosed;
        _guest.OnClose = async () => await _host.Send("{\"event\":\"opponent-left\"}"); //! LCA2001
        _host.OnError = ex => _log.LogWarning(ex, "host");
        _guest.OnError = ex => _log.LogWarning(ex, "guest");
    }

    private async void Relay(IWebSocketConnection to, string text)
    {
        if (text.Length > 2048) return;
        await to.Send(text);
    }

    // ok LCA2001: the one that is asked is the one that is sent to
    private async void OnHostClosed()
    {
        if (!_guest.IsAvailable) return;
        await _guest.Send("{\"event\":\"host-left\"}");
    }
}

public sealed record Spectator(string Name, SharpSocket Socket);

/// <summary>Sends the state of the board to everybody who watches.</summary>
public sealed class Broadcaster
{
    private readonly IReadOnlyList<Spectator> _spectators;
    private readonly System.Timers.Timer _tick = new(250);
    private readonly System.Timers.Timer _slowTick = new(5000);
    private int _frame;

    public Broadcaster(IReadOnlyList<Spectator> spectators)
    {
        _spectators = spectators;
        _tick.Elapsed += (_, _) => SendFrame(); //! LCA2001
        _slowTick.Elapsed += OnSlowTick;
    }

    public void Start()
    {
        _tick.Start();
        _slowTick.Start();
    }

    private void SendFrame()
    {
        var json = JsonSerializer.Serialize(new { frame = Interlocked.Increment(ref _frame) });
        foreach (var spectator in _spectators) spectator.Socket.Send(json);
    }

    // ok LCA2001: each spectator's own state decides
    private void OnSlowTick(object? sender, System.Timers.ElapsedEventArgs e)
    {
        foreach (var spectator in _spectators)
        {
            if (spectator.Socket.ReadyState != SharpState.Open) continue;
            spectator.Socket.Send($"{{\"server\":\"{e.SignalTime:O}\"}}");
        }
    }
}

public sealed class LobbyBehavior(ILogger<LobbyBehavior> log) : WebSocketBehavior
{
    // ok LCA2001: the socket has just opened
    protected override void OnOpen() => Send($"{{\"id\":\"{ID}\"}}");

    protected override void OnError(WebSocketSharp.ErrorEventArgs e)
    {
        log.LogWarning(e.Exception, "player {Id}", ID);
        Send($"{{\"error\":\"{e.Message}\"}}"); //! LCA2001
    }

    // ok LCA2001: the state is asked through a local
    protected override void OnMessage(WebSocketSharp.MessageEventArgs e)
    {
        var open = ConnectionState == SharpState.Open;
        if (!open) return;
        Send(e.Data switch
        {
            "ping" => "pong",
            { Length: > 1000 } => "too long",
            _ => "ok",
        });
    }
}

/// <summary>The native client's session: its sends answer, they do not throw.</summary>
public sealed class NativePlayer : TcpSession
{
    private readonly Queue<byte[]> _backlog = new();

    // ok LCA2001: SendAsync answers false on a closed session
    protected override void OnReceived(byte[] buffer, long offset, long size)
    {
        if (size < 4)
        {
            _backlog.Enqueue(buffer);
            return;
        }
        if (!SendAsync(buffer)) _backlog.Clear();
    }

    // ok LCA2001: Send answers a count
    protected override void OnEmpty()
    {
        while (_backlog.TryDequeue(out var next) && Send(next) > 0) { }
    }
}

public sealed class MatchClock : IDisposable
{
    private readonly SharpSocket _board;
    private readonly Timer _second;
    private readonly Timer _minute;
    private int _left = 600;

    public MatchClock(SharpSocket board, ILogger log)
    {
        _board = board;
        _second = new Timer(OnSecond, null, 1000, 1000);
        // ok LCA2001: the invalid operation of a closing socket is caught
        _minute = new Timer(_ =>
        {
            try
            {
                _board.Send($"{{\"minutes\":{_left / 60}}}");
            }
            catch (InvalidOperationException ex)
            {
                log.LogDebug(ex, "board closed");
            }
        }, null, 60_000, 60_000);
    }

    private void OnSecond(object? _)
    {
        var left = Interlocked.Decrement(ref _left);
        if (left < 0) return;
        Show(left); //! LCA2001
        if (left == 0) Show(-1);
    }

    private void Show(int seconds)
    {
        if (seconds is > 60 and not 120 and not 300) return;
        _board.Send($"{{\"left\":{seconds}}}");
    }

    public void Dispose()
    {
        _second.Dispose();
        _minute.Dispose();
        _board.Close();
    }
}

/// <summary>Raises the lobby's event for whoever listens; sends nothing itself.</summary>
public sealed class LobbyEvents
{
    public LobbyEvents(SharpSocket lobby)
    {
        // ok LCA2001: only raises another event
        lobby.OnMessage += (_, e) => LineHeard?.Invoke(this, e.Data);
        lobby.OnError += (_, e) => LineHeard?.Invoke(this, e.Message);
        LineHeard += (_, line) => lobby.Send("heard " + line.Length); //! LCA2001
    }

    public event EventHandler<string>? LineHeard;
}
