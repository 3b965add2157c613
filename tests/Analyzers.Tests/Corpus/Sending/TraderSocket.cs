// A trading terminal on WebSocket4Net: pings, order book requests and replayed subscriptions.
using Microsoft.Extensions.Logging;
using WebSocket4Net;

namespace Corpus.Sending.TraderSocket;

public sealed class Book
{
    public event EventHandler<string>? Crossed;
    public event EventHandler<string>? Stale;

    public void Cross(string symbol) => Crossed?.Invoke(this, symbol);

    public void Age(string symbol) => Stale?.Invoke(this, symbol);
}

public sealed class Terminal : IDisposable
{
    private readonly WebSocket _socket;
    private readonly HashSet<string> _symbols = [];
    private readonly Timer _ping;
    private DateTime _lastActive = DateTime.UtcNow;

    public Terminal(WebSocket socket, Book book)
    {
        _socket = socket;
        _socket.Opened += OnOpened;
        _socket.Closed += OnClosed;
        _socket.MessageReceived += OnMessage;
        book.Crossed += (_, symbol) => Request(symbol, snapshot: true); //! LCA2001
        book.Stale += OnStale;
        _ping = new Timer(OnPing, null, 30_000, 30_000);
    }

    // ok LCA2001: Opened proves the state
    private void OnOpened(object? sender, EventArgs e)
    {
        foreach (var symbol in _symbols) Request(symbol, snapshot: false);
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        foreach (var symbol in _symbols) Request(symbol, snapshot: true); //! LCA2001
    }

    private void OnPing(object? state)
    {
        var idle = DateTime.UtcNow - _lastActive;
        if (idle < TimeSpan.FromSeconds(20)) return;
        try
        {
            _socket.Send("ping"); //! LCA2001
        }
        catch (ArgumentException)
        {
            _ping.Dispose();
        }
    }

    private void OnMessage(object? sender, MessageReceivedEventArgs e)
    {
        _lastActive = DateTime.UtcNow;
        if (e.Message == "ping") _socket.Send("pong"); //! LCA2001
    }

    private void OnStale(object? sender, string symbol)
    {
        if (_socket.State == WebSocketState.Closing || _socket.State == WebSocketState.Closed || _socket.State == WebSocketState.Connecting) return;
        Request(symbol, snapshot: true); // ok LCA2001: every other state is Open or None
    }

    private void Request(string symbol, bool snapshot) => _socket.Send((snapshot ? "snap " : "sub ") + symbol);

    public void Dispose()
    {
        _ping.Dispose();
        _socket.Dispose();
    }
}

public sealed class CalmTerminal : IDisposable
{
    private readonly WebSocket _socket;
    private readonly Timer _ping;
    private readonly ILogger _log;

    public CalmTerminal(WebSocket socket, Book book, ILogger log)
    {
        (_socket, _log) = (socket, log);
        book.Crossed += (_, symbol) => Request(symbol);
        book.Stale += (_, symbol) => Request(symbol);
        _ping = new Timer(static state => ((CalmTerminal)state!).Ping(), this, 30_000, 30_000);
    }

    // ok LCA2001: a switch expression chooses between sending and keeping still
    private void Request(string symbol)
    {
        Action<string> act = _socket.State switch
        {
            WebSocketState.Open => _socket.Send,
            _ => Skip,
        };
        act("snap " + symbol);
    }

    // ok LCA2001: asked, and caught besides
    private void Ping()
    {
        if (_socket.State != WebSocketState.Open) return;
        try
        {
            _socket.Send("ping");
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "ping failed, closing");
            _socket.Close();
        }
    }

    private void Skip(string text) => _log.LogDebug("not open: {Text}", text);

    public void Dispose()
    {
        _ping.Dispose();
        _socket.Dispose();
    }
}
