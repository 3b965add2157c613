// Exchange tickers over websocket-sharp, whose Connect tells of a failure through OnError alone.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WebSocketSharp;

namespace Corpus.Creation.TickerSockets;

public sealed class Ticker : IDisposable
{
    private readonly WebSocket _socket;
    private readonly ConcurrentDictionary<string, string> _latest = new();

    public Ticker(string url)
    {
        _socket = new WebSocket(url);
        _socket.OnMessage += (_, e) => _latest["last"] = e.Data;
        _socket.OnOpen += (_, _) => _socket.Send("{\"op\":\"subscribe\"}");
    }

    public void Start() => _socket.ConnectAsync(); //! LCA1001

    public string? Latest => _latest.GetValueOrDefault("last");

    public void Dispose() => _socket.Close();
}

public sealed class WatchedTicker : IDisposable
{
    private readonly WebSocket _socket;
    private readonly ConcurrentDictionary<string, string> _latest = new();

    public WatchedTicker(string url, ILogger log)
    {
        _socket = new WebSocket(url);
        _socket.OnMessage += (_, e) => _latest["last"] = e.Data;
        _socket.OnClose += (_, e) => log.LogWarning("ticker closed: {Code} {Reason}", e.Code, e.Reason);
    }

    // ok LCA1001: OnClose is raised for a failed connect too, and it is attached
    public void Start() => _socket.ConnectAsync();

    public string? Latest => _latest.GetValueOrDefault("last");

    public void Dispose() => _socket.Close();
}

public sealed class TickerBoard(ILogger log) : IDisposable
{
    private readonly List<WebSocket> _open = [];

    public void Add(string url)
    {
        var socket = new WebSocket(url, "ticker.v2");
        socket.OnMessage += OnMessage;
        socket.Connect(); //! LCA1001
        socket.OnError += OnError;
        _open.Add(socket);
    }

    // ok LCA1001: every handler, then Connect
    public void AddWatched(string url)
    {
        var socket = new WebSocket(url, "ticker.v2");
        socket.OnMessage += OnMessage;
        socket.OnError += OnError;
        socket.Connect();
        _open.Add(socket);
    }

    // ok LCA1001: the delegate stands in a variable
    public void AddWithDelegate(string url, bool verbose)
    {
        EventHandler<WebSocketSharp.ErrorEventArgs> report = verbose
            ? (_, e) => log.LogError(e.Exception, "ticker failed")
            : (_, e) => log.LogError("ticker failed: {Message}", e.Message);
        var socket = new WebSocket(url);
        socket.OnError += report;
        socket.Connect();
        _open.Add(socket);
    }

    private void OnMessage(object? sender, MessageEventArgs e) => log.LogTrace("{Data}", e.Data);

    private void OnError(object? sender, WebSocketSharp.ErrorEventArgs e) => log.LogError(e.Exception, "ticker failed");

    public void Dispose()
    {
        foreach (var socket in _open) socket.Close();
    }
}

public static class TickerExtensions
{
    public static WebSocket ReportingTo(this WebSocket socket, ILogger log)
    {
        socket.OnError += (_, e) => log.LogError(e.Exception, "web socket failed");
        return socket;
    }

    public static WebSocket SpeakingOnly(this WebSocket socket, Action<string> hear)
    {
        socket.OnMessage += (_, e) => hear(e.Data);
        return socket;
    }
}

public sealed class FluentTicker(string url, ILogger log) : IDisposable
{
    private WebSocket? _socket;
    private string _last = "";

    // ok LCA1001: the extension attaches and hands the same socket back
    public void Open()
    {
        _socket = new WebSocket(url).ReportingTo(log);
        _socket.OnMessage += (_, e) => _last = e.Data;
        _socket.Connect();
    }

    public string Last => _last;

    public void Dispose() => _socket?.Close();
}

public sealed class SpeakingTicker(string url) : IDisposable
{
    private WebSocket? _socket;
    private string _last = "";

    /// <summary>The extension looks the same and attaches OnMessage alone.</summary>
    public void Open()
    {
        _socket = new WebSocket(url).SpeakingOnly(text => _last = text);
        _socket.Connect(); //? LCA1001
    }

    public string Last => _last;

    public void Dispose() => _socket?.Close();
}
