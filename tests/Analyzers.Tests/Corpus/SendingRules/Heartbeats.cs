// Keep-alives: timers of every kind that send.
using System.IO.Ports;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using Renci.SshNet;

namespace Corpus.Sending.Heartbeats;

public sealed class ThreadingBeat : IDisposable
{
    private readonly Timer _timer;
    private readonly TcpClient _client;

    public ThreadingBeat(TcpClient client)
    {
        _client = client;
        _timer = new Timer(Beat, null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    }

    private void Beat(object? state)
    {
        _client.GetStream().Write("PING\r\n"u8); //! LCA2001
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class GuardedBeat : IDisposable
{
    private readonly Timer _timer;
    private readonly TcpClient _client;
    private volatile bool _closing;

    public GuardedBeat(TcpClient client)
    {
        _client = client;
        _timer = new Timer(Beat, null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    }

    // ok LCA2001: the owner's closing flag
    private void Beat(object? state)
    {
        if (_closing) return;
        _client.GetStream().Write("PING\r\n"u8);
    }

    public void Dispose()
    {
        _closing = true;
        _timer.Dispose();
        _client.Dispose();
    }
}

public sealed class CaughtBeat
{
    private readonly System.Timers.Timer _timer = new(1000);
    private readonly Socket _socket;
    private readonly ILogger _log;

    public CaughtBeat(Socket socket, ILogger log)
    {
        (_socket, _log) = (socket, log);
        _timer.Elapsed += (s, e) => Beat();
        _timer.Start();
    }

    // ok LCA2001: what a closing socket throws is caught
    private void Beat()
    {
        try
        {
            _socket.Send(new byte[] { 0 });
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _log.LogDebug(ex, "beat");
            _timer.Stop();
        }
    }
}

public sealed class ElapsedBeat
{
    private readonly System.Timers.Timer _timer = new(1000) { AutoReset = true };
    private readonly Socket _socket;

    public ElapsedBeat(Socket socket)
    {
        _socket = socket;
        _timer.Elapsed += OnElapsed;
        _timer.Start();
    }

    private void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e)
    {
        if (_socket is null) return;
        _socket.Send(new byte[] { 0 }); //! LCA2001
    }
}

public sealed class AsyncBeat(HubConnection hub)
{
    private Timer? _timer;

    public void Start() => _timer = new Timer(async _ => await hub.SendAsync("beat", DateTime.UtcNow), null, 0, 1000); //! LCA2001

    public void Stop() => _timer?.Dispose();
}

public sealed class AsyncBeatChecked(HubConnection hub, ILogger log)
{
    private Timer? _timer;

    // ok LCA2001: asks first
    public void Start() => _timer = new Timer(async _ =>
    {
        if (hub.State != HubConnectionState.Connected)
        {
            log.LogTrace("no beat while {State}", hub.State);
            return;
        }
        await hub.SendAsync("beat", DateTime.UtcNow);
    }, null, 0, 1000);

    public void Stop() => _timer?.Dispose();
}

// ok LCA2001: a periodic timer in an awaited loop is no callback
public sealed class PeriodicBeat(ClientWebSocket ws)
{
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        while (await timer.WaitForNextTickAsync(stop))
            await ws.SendAsync("beat"u8.ToArray().AsMemory(), WebSocketMessageType.Text, true, stop);
    }
}

public sealed class BoardPoll
{
    private readonly SerialPort _port;

    public BoardPoll(SerialPort port, System.Timers.Timer timer)
    {
        _port = port;
        timer.Elapsed += delegate { _port.WriteLine("?"); }; //! LCA2001
    }
}

public sealed class BoardPollChecked
{
    private readonly SerialPort _port;
    private readonly Timer _timer;

    public BoardPollChecked(SerialPort port)
    {
        _port = port;
        _timer = new Timer(_ => Ask("?"));
        _timer.Change(0, 500);
    }

    // ok LCA2001: && decides
    private bool Ask(string question) => _port.IsOpen && Put(question);

    private bool Put(string question)
    {
        _port.WriteLine(question);
        return true;
    }
}

public sealed class MeterBeat
{
    private readonly IMqttClient _mqtt;
    private readonly Timer _timer;
    private readonly string _topic;

    public MeterBeat(IMqttClient mqtt, string topic)
    {
        (_mqtt, _topic) = (mqtt, topic);
        _timer = new Timer(OnTick);
    }

    public void Start() => _timer.Change(0, 1000);

    private async void OnTick(object? state)
    {
        await PublishAsync("alive"); //! LCA2001
    }

    private Task PublishAsync(string text) =>
        _mqtt.PublishAsync(new MqttApplicationMessage { Topic = _topic + "/" + text });
}

public sealed class MeterBeatGuarded
{
    private readonly IMqttClient _mqtt;
    private readonly Timer _timer;

    public MeterBeatGuarded(IMqttClient mqtt)
    {
        _mqtt = mqtt;
        _timer = new Timer(OnTick, null, 0, 1000);
    }

    private async void OnTick(object? state)
    {
        await TryPublishAsync("alive");
    }

    // ok LCA2001: the head of the send returns
    private async Task<bool> TryPublishAsync(string text)
    {
        if (!_mqtt.IsConnected) return false;
        await _mqtt.PublishAsync(new MqttApplicationMessage { Topic = text });
        return true;
    }
}

public sealed class ShellBeat : IDisposable
{
    private readonly SshClient _ssh;
    private readonly Timer _timer;

    public ShellBeat(SshClient ssh)
    {
        _ssh = ssh;
        _timer = new Timer(static state => ((ShellBeat)state!).Beat(), this, 0, 1000); //! LCA2001
    }

    private void Beat() => _ssh.RunCommand("true");

    public void Dispose() => _timer.Dispose();
}

public sealed class WebBeat(WebSocket ws)
{
    private readonly byte[] _ping = "ping"u8.ToArray();

    public Timer Start() => new(Tick, null, 0, 1000);

    private void Tick(object? _)
    {
        ws.SendAsync(_ping, WebSocketMessageType.Text, true, CancellationToken.None).GetAwaiter().GetResult(); //! LCA2001
        //? LCA2004
    }

    public Timer StartChecked() => new(TickChecked, null, 0, Timeout.Infinite);

    // ok LCA2001: a property pattern
    private void TickChecked(object? _)
    {
        if (ws is not { State: WebSocketState.Open, CloseStatus: null }) return;
        ws.SendAsync(_ping, WebSocketMessageType.Text, true, CancellationToken.None).GetAwaiter().GetResult();
    }
}
