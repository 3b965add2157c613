// Background loops and goodbyes whose failure nobody sees: feeds, relays, chat rooms, consoles.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CreationWorks.LoopsAdrift;

public sealed class QuoteIntake(IPEndPoint venue, ChannelWriter<byte[]> quotes) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpClient _client = new();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _client.ConnectAsync(venue, cancellationToken);
        _ = ReceiveAsync(_stop.Token); //! LCA1004
    }

    private async Task ReceiveAsync(CancellationToken ct)
    {
        var stream = _client.GetStream();
        var buffer = new byte[1024];
        int n;
        while ((n = await stream.ReadAsync(buffer, ct)) > 0) await quotes.WriteAsync(buffer[..n], ct);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Cancel();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _client.Dispose();
        _stop.Dispose();
    }
}

// ok LCA1004: the loop's task is kept, and awaited when the service stops
public sealed class BookIntake(IPEndPoint venue, ChannelWriter<byte[]> books) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpClient _client = new();
    private Task _loop = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _client.ConnectAsync(venue, cancellationToken);
        _loop = ReceiveAsync(_stop.Token);
    }

    private async Task ReceiveAsync(CancellationToken ct)
    {
        var buffer = new byte[1024];
        int n;
        while ((n = await _client.GetStream().ReadAsync(buffer, ct)) > 0) await books.WriteAsync(buffer[..n], ct);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Cancel();
        try
        {
            await _loop;
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _stop.Dispose();
    }
}

public sealed class ConsoleServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 2323);
    private readonly ILogger _log;
    private Task? _accepting;

    public ConsoleServer(ILogger log) => _log = log;

    public void Start(CancellationToken ct)
    {
        _listener.Start();
        _accepting = Task.Run(() => AcceptAsync(ct)); //! LCA1004
    }

    private async Task AcceptAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var console = await _listener.AcceptTcpClientAsync(ct);
            _ = ServeAsync(console, ct);
        }
    }

    // ok LCA1004: nothing leaves this method but a log line
    private async Task ServeAsync(TcpClient console, CancellationToken ct)
    {
        try
        {
            using (console)
            {
                using var reader = new StreamReader(console.GetStream());
                while (await reader.ReadLineAsync(ct) is { } line) _log.LogInformation("console: {Line}", line);
            }
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "console lost");
        }
    }

    public void Dispose() => _listener.Stop();
}

public sealed class ScreenCast : IDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();

    public ScreenCast(Socket socket)
    {
        _socket = socket;
        Task.Factory.StartNew(ReceiveLoop, _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default); //! LCA1004
    }

    private void ReceiveLoop()
    {
        var frame = new byte[65536];
        while (!_stop.IsCancellationRequested)
        {
            var n = _socket.Receive(frame);
            if (n == 0) break;
            Frames++;
        }
    }

    public int Frames { get; private set; }

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
    }
}

// ok LCA1004: a loop on its own, which lets no network failure out
public sealed class QuietScreenCast : IDisposable
{
    private readonly Socket _socket;
    private readonly ILogger _log;

    public QuietScreenCast(Socket socket, ILogger log)
    {
        (_socket, _log) = (socket, log);
        Task.Run(ReceiveLoop);
    }

    private void ReceiveLoop()
    {
        try
        {
            var frame = new byte[65536];
            while (_socket.Receive(frame) > 0) _log.LogTrace("frame");
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "cast ended");
        }
    }

    public void Dispose() => _socket.Dispose();
}

public sealed class ChatRoom(ILogger log)
{
    private readonly List<WebSocket> _members = [];

    public void Join(WebSocket member, CancellationToken ct)
    {
        lock (_members) _members.Add(member); //? LCA1007
        ListenAsync(member, ct); //! LCA1004
    }

    // ok LCA1004: the continuation looks at the fault
    public void JoinObserved(WebSocket member, CancellationToken ct)
    {
        lock (_members) _members.Add(member); //? LCA1007
        ListenAsync(member, ct).ContinueWith(
            t => log.LogWarning(t.Exception, "member lost"),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
    }

    public void JoinCounted(WebSocket member, CancellationToken ct)
    {
        lock (_members) _members.Add(member); //? LCA1007
        ListenAsync(member, ct).ContinueWith(_ => Leave(member)); //! LCA1004
    }

    private void Leave(WebSocket member)
    {
        lock (_members) _members.Remove(member);
    }

    private async Task ListenAsync(WebSocket member, CancellationToken ct)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var received = await member.ReceiveAsync(buffer.AsMemory(), ct);
            if (received.MessageType == WebSocketMessageType.Close) return;
            log.LogTrace("{Bytes} bytes of chat", received.Count);
        }
    }

    public void Kick(WebSocket member, string why)
    {
        Leave(member);
        _ = member.CloseAsync(WebSocketCloseStatus.PolicyViolation, why, CancellationToken.None); //! LCA1004
    }

    // ok LCA1004: all the goodbyes are awaited together
    public async Task CloseAsync(CancellationToken ct)
    {
        WebSocket[] members;
        lock (_members) members = [.. _members];
        var goodbyes = new List<Task>();
        foreach (var member in members) goodbyes.Add(GoodbyeAsync(member, ct));
        await Task.WhenAll(goodbyes);
    }

    private static async Task GoodbyeAsync(WebSocket member, CancellationToken ct)
    {
        await member.CloseAsync(WebSocketCloseStatus.NormalClosure, "room closes", ct);
        member.Dispose();
    }
}

public sealed class PanelHub(HubConnection hub, ILogger log)
{
    public void Report(string alarm)
    {
        log.LogInformation("alarm {Alarm}", alarm);
        hub.SendAsync("alarm", alarm); //! LCA1004
    }

    // ok LCA1004: the caller gets the task
    public Task ReportAsync(string alarm, CancellationToken ct) => hub.SendAsync("alarm", alarm, ct);

    public void Shutdown()
    {
        _ = hub.StopAsync(); //! LCA1004
        log.LogInformation("panel off");
    }

    // ok LCA1004: goes on in the background, but reports
    public void ShutdownObserved() => _ = StopQuietlyAsync();

    private async Task StopQuietlyAsync()
    {
        try
        {
            await hub.StopAsync();
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "panel did not say goodbye");
        }
    }
}

public sealed class WarmUp(string[] hosts)
{
    private readonly Dictionary<string, TcpClient> _clients = [];

    // Whether any of them came up is never asked.
    public void Begin(CancellationToken ct)
    {
        foreach (var host in hosts)
        {
            var client = _clients[host] = new TcpClient(); //? LCA1003
            var connecting = client.ConnectAsync(host, 443, ct); //! LCA1004
        }
    }

    // ok LCA1004: no connection's task
    public void Remember(string path)
    {
        _ = File.WriteAllLinesAsync(path, hosts);
        _ = Task.Delay(1000);
    }

    public void End()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }
}
