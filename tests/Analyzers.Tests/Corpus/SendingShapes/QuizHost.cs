// A pub quiz: Fleck, websocket-sharp behaviours, SignalR registrations; what answers, what is pushed.
using System.Collections.Concurrent;
using System.Net.Sockets;
using Fleck;
using Microsoft.AspNetCore.SignalR.Client;
using WebSocketSharp.Server;

namespace Shapes.Sending.QuizHost;

public sealed class Table(IWebSocketConnection socket)
{
    public string Name { get; set; } = "";

    public int Score { get; set; }

    public bool Present => socket.IsAvailable;

    public Task TellAsync(string text) => socket.Send(text);

    public Task TellIfPresentAsync(string text) => Present ? socket.Send(text) : Task.CompletedTask;
}

public sealed class QuizServer : IDisposable
{
    private readonly WebSocketServer _server = new("ws://0.0.0.0:9000");
    private readonly ConcurrentDictionary<Guid, Table> _tables = new();
    private readonly Timer _clock;
    private int _left = 30;

    public QuizServer()
    {
        _clock = new Timer(_ => Tick()); //! LCA2001
        _server.Start(socket =>
        {
            var id = Guid.NewGuid();
            socket.OnOpen = () => _tables[id] = new Table(socket);
            socket.OnClose = () => _tables.TryRemove(id, out Table? _);
            socket.OnError = e => Console.Error.WriteLine(e.Message);
            socket.OnMessage = text => Answered(id, text);
        });
    }

    private void Answered(Guid id, string text)
    {
        if (_tables.TryGetValue(id, out var table))
            table.Score += text == "42" ? 1 : 0;
    }

    private void Tick()
    {
        _left--;
        foreach (var table in _tables.Values)
            table.TellAsync(_left.ToString()).Wait();
    }

    // ok LCA2001: each is asked
    public void StartClock() => _clock.Change(0, 1000);

    public void Dispose()
    {
        _clock.Dispose();
        _server.Dispose();
    }
}

public sealed class FairQuizServer(ConcurrentDictionary<Guid, Table> tables)
{
    private Timer? _clock;

    // ok LCA2001: the table asks itself
    public void Start() => _clock = new Timer(_ =>
    {
        foreach (var table in tables.Values.Where(t => t.Score >= 0))
            table.TellIfPresentAsync("tick").Wait();
    }, null, 0, 1000);

    public void Stop() => _clock?.Dispose();
}

public sealed class BuzzerBehaviour : WebSocketBehavior
{
    private static readonly ConcurrentBag<string> _buzzes = [];
    private Timer? _late;

    // ok LCA2001: the answer of a behaviour to its own message
    protected override void OnMessage(WebSocketSharp.MessageEventArgs e)
    {
        _buzzes.Add(e.Data);
        if (ConnectionState == WebSocketSharp.WebSocketState.Open) Send("buzzed");
        _late = new Timer(_ => Send("too late"), null, 5000, Timeout.Infinite); //! LCA2001
    }

    protected override void OnClose(WebSocketSharp.CloseEventArgs e) => _late?.Dispose();
}

public sealed class Scoreboard
{
    private readonly HubConnection _hub;
    private readonly Socket _sign;

    public Scoreboard(HubConnection hub, Socket sign)
    {
        _hub = hub;
        _sign = sign;
        _hub.On<string>("ask", OnAsk);
        _hub.On<int>("score", score => _sign.Send([(byte)score])); //! LCA2001
        _hub.Reconnected += _ => _hub.SendAsync("hello", "again"); // ok LCA2001: that event proves the state
        _hub.Closed += OnClosed;
    }

    private async Task OnAsk(string what)
    {
        await _hub.SendAsync("answer", what); //! LCA2001
    }

    // ok LCA2001: the send's failures are caught
    private async Task OnClosed(Exception? error)
    {
        try
        {
            await _sign.SendAsync(new byte[] { 0 });
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>An observer over a list of listeners.</summary>
public sealed class Jury(HubConnection hub) : IObserver<int>
{
    public void OnNext(int value) => hub.SendAsync("points", value).Wait(); //! LCA2001

    // ok LCA2001: asked
    public void OnError(Exception error)
    {
        if (hub.State == HubConnectionState.Connected) hub.SendAsync("failed", error.Message).Wait();
    }

    public void OnCompleted()
    {
    }
}

/// <summary>Only raises another event.</summary>
public sealed class Gong(Table table)
{
    public event Action<string>? Rang;

    // ok LCA2001: the final handler is reported
    public void Hook(System.Timers.Timer timer) => timer.Elapsed += (_, _) => Rang?.Invoke(table.Name);
}
