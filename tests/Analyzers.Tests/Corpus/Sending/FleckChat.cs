// A web socket chat server on Fleck: callback properties on each connection.
using Fleck;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.FleckChat;

public sealed class ChatServer : IDisposable
{
    private readonly WebSocketServer _server = new("ws://127.0.0.1:8181");
    private readonly List<IWebSocketConnection> _all = [];

    public void Start()
    {
        _server.Start(socket =>
        {
            // ok LCA2001: OnOpen proves the state
            socket.OnOpen = () =>
            {
                lock (_all) _all.Add(socket);
                socket.Send("welcome");
            };
            socket.OnMessage = text => Broadcast(socket, text); //! LCA2001
            socket.OnBinary = data => socket.Send(data); //! LCA2001
            socket.OnError = error => socket.Send("error: " + error.Message); //! LCA2001
            socket.OnClose = () =>
            {
                lock (_all) _all.Remove(socket);
                Broadcast(socket, "*** left"); //! LCA2001
            };
        });
    }

    // ok LCA2001: no callback by itself
    private void Broadcast(IWebSocketConnection from, string text)
    {
        IWebSocketConnection[] all;
        lock (_all) all = _all.ToArray();
        foreach (var socket in all)
        {
            if (ReferenceEquals(socket, from)) continue;
            socket.Send(text);
        }
    }

    public void Dispose() => _server.Dispose();
}

public sealed class AvailableChatServer : IDisposable
{
    private readonly WebSocketServer _server = new("ws://127.0.0.1:8182");
    private readonly List<IWebSocketConnection> _all = [];
    private readonly ILogger _log;

    public AvailableChatServer(ILogger log) => _log = log;

    public void Start() => _server.Start(Configure);

    private void Configure(IWebSocketConnection socket)
    {
        socket.OnOpen = () =>
        {
            lock (_all) _all.Add(socket);
        };
        socket.OnMessage = async text => await BroadcastAsync(text);
        socket.OnBinary = data => Echo(socket, data);
        socket.OnClose = () =>
        {
            lock (_all) _all.Remove(socket);
        };
        socket.OnError = async error => await ReportAsync(socket, error);
    }

    // ok LCA2001: an unavailable connection is skipped
    private async Task BroadcastAsync(string text)
    {
        List<IWebSocketConnection> open;
        lock (_all) open = _all.FindAll(s => s.IsAvailable);
        foreach (var socket in open)
        {
            if (!socket.IsAvailable) continue;
            await socket.Send(text);
        }
    }

    // ok LCA2001: a conditional expression
    private static Task Echo(IWebSocketConnection socket, byte[] data) =>
        socket.IsAvailable ? socket.Send(data) : Task.CompletedTask;

    // ok LCA2001: the library's own exception of a closed connection, and a disposed one's
    private async Task ReportAsync(IWebSocketConnection socket, Exception error)
    {
        try
        {
            await socket.Send("error: " + error.Message);
        }
        catch (Exception ex) when (ex is ConnectionNotAvailableException or IOException or ObjectDisposedException)
        {
            _log.LogDebug(ex, "connection is gone");
        }
    }

    public void Dispose() => _server.Dispose();
}
