// Sends from timers, tokens, continuations and thread-pool callbacks.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;
using Renci.SshNet;

namespace Wide.Sending.TimerSends;

// --- reported

public sealed class WeatherStation : IHostedService, IDisposable
{
    private readonly IMqttClient _mqtt;
    private readonly ILogger<WeatherStation> _log;
    private Timer? _timer;
    private int _samples;

    public WeatherStation(IMqttClient mqtt, ILogger<WeatherStation> log) => (_mqtt, _log) = (mqtt, log);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = new Timer(Publish, null, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        return Task.CompletedTask;
    }

    private async void Publish(object? state)
    {
        _samples++;
        var message = new MqttApplicationMessage { Topic = "weather/" + _samples };
        await _mqtt.PublishAsync(message); //! LCA2001
        _log.LogTrace("sample {Number}", _samples);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Change(Timeout.Infinite, 0);
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();
}

public class KeepAliveForm
{
    private readonly System.Timers.Timer timer1 = new System.Timers.Timer(5000);
    private readonly TcpClient client;

    public KeepAliveForm(TcpClient client)
    {
        this.client = client;
        timer1.Elapsed += new System.Timers.ElapsedEventHandler(timer1_Elapsed);
        timer1.Start();
    }

    private void timer1_Elapsed(object? sender, System.Timers.ElapsedEventArgs e)
    {
        byte[] ping = Encoding.ASCII.GetBytes("PING\r\n");
        client.GetStream().Write(ping, 0, ping.Length); //! LCA2001
    }
}

public sealed class Canceller(WebSocket socket)
{
    private static readonly byte[] s_cancel = "cancel"u8.ToArray();

    public IDisposable Link(CancellationToken token) =>
        token.Register(() => socket.SendAsync(s_cancel, WebSocketMessageType.Text, true, default)); //! LCA2001 //? LCA1004
}

public sealed class SettingsPusher
{
    private readonly HubConnection _hub;

    public SettingsPusher(HubConnection hub, Func<IChangeToken> changes)
    {
        _hub = hub;
        ChangeToken.OnChange(changes, Push);
    }

    private void Push()
    {
        _hub.SendAsync("settings", DateTimeOffset.UtcNow).GetAwaiter().GetResult(); //! LCA2001
    }
}

public sealed class ResultReporter(IChannel channel)
{
    public void Report(Task<byte[]> computation)
    {
        computation.ContinueWith(async t =>
        {
            var body = t.IsFaulted ? [] : await t;
            await channel.BasicPublishAsync("results", "done", body); //! LCA2001
        });
    }
}

public class BackgroundWriter
{
    private readonly Socket _socket;

    public BackgroundWriter(Socket socket)
    {
        _socket = socket;
    }

    public void Post(byte[] packet)
    {
        ThreadPool.QueueUserWorkItem(WriteCore, packet);
    }

    private void WriteCore(object? state)
    {
        byte[] packet = (byte[])state!;
        int sent = 0;
        while (sent < packet.Length)
        {
            sent += _socket.Send(packet, sent, packet.Length - sent, SocketFlags.None); //! LCA2001
        }
    }

    public void PostToUi(SynchronizationContext ui, byte[] packet)
    {
        ui.Post(_ => _socket.Send(packet), null); //! LCA2001
    }

    public RegisteredWaitHandle PostOnSignal(WaitHandle signal)
    {
        return ThreadPool.RegisterWaitForSingleObject(signal, (_, timedOut) =>
        {
            if (timedOut) return;
            _socket.Send(new byte[] { 1 }); //! LCA2001
        }, null, 1000, false);
    }
}

public sealed class ShellKeeper : IDisposable
{
    private readonly SshClient _ssh;
    private readonly Timer _timer;

    public ShellKeeper(SshClient ssh)
    {
        _ssh = ssh;
        TimerCallback callback = KeepAlive;
        _timer = new Timer(callback, null, 0, 30_000);
    }

    private void KeepAlive(object? _) => Touch(); //! LCA2001

    private void Touch() => _ssh.RunCommand("true").Dispose();

    public void Dispose() => _timer.Dispose();
}

public sealed class ApmSender(Socket socket)
{
    private readonly Queue<byte[]> _rest = new();

    public void Start(byte[] first) => socket.BeginSend(first, 0, first.Length, SocketFlags.None, OnSent, null);

    private void OnSent(IAsyncResult ar)
    {
        try
        {
            socket.EndSend(ar);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            return;
        }
        if (_rest.TryDequeue(out var next))
            socket.BeginSend(next, 0, next.Length, SocketFlags.None, OnSent, null); //! LCA2001
    }
}

// --- silent

public sealed class CarefulStation(IMqttClient mqtt, ILogger log) : IDisposable
{
    private Timer? _timer;
    private bool _closing;

    public void Start() => _timer = new Timer(_ => OnTimer(), null, 0, 1000);

    // ok LCA2001: the check stands in the callback
    private async void OnTimer()
    {
        if (!mqtt.IsConnected) return;
        await mqtt.PublishAsync(new MqttApplicationMessage());
    }

    // ok LCA2001: everything in a try
    private async void OnTimerTried(object? state)
    {
        try
        {
            await mqtt.PublishAsync(new MqttApplicationMessage());
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "publish");
        }
    }

    public void StartTried() => _timer = new Timer(OnTimerTried, null, 0, 1000);

    // ok LCA2001: the type's own closing flag
    public void StartFlagged() => _timer = new Timer(_ =>
    {
        if (_closing) return;
        mqtt.PingAsync();
    }, null, 0, 1000);

    // ok LCA2001: Task.Run is a flow of one's own
    public Task LoopAsync(CancellationToken ct) => Task.Run(async () =>
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(ct))
            await mqtt.PublishAsync(new MqttApplicationMessage(), ct);
    }, ct);

    // ok LCA2001: a thread of one's own
    public void Thread(Socket socket)
    {
        var thread = new Thread(() =>
        {
            try
            {
                socket.Send(new byte[1]);
            }
            catch (SocketException)
            {
            }
            catch (ObjectDisposedException)
            {
            }
        });
        thread.Start();
    }

    public void Dispose()
    {
        _closing = true;
        _timer?.Dispose();
    }
}

public class CarefulForm
{
    private readonly System.Timers.Timer timer = new(1000);
    private readonly WebSocket socket;

    public CarefulForm(WebSocket socket)
    {
        this.socket = socket;
        // ok LCA2001: a pattern decides
        timer.Elapsed += async (_, _) =>
        {
            if (this.socket is { State: WebSocketState.Open } open)
                await open.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004
        };
    }

    private bool Usable => socket.State == WebSocketState.Open;

    // ok LCA2001: a helper property and a conditional expression
    private Task Ping() => Usable
        ? socket.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Text, true, CancellationToken.None)
        : Task.CompletedTask;

    public void Arm(CancellationToken token) => token.Register(() => _ = Ping()); //? LCA1004

    // ok LCA2001: `&&`
    public void ArmSocket(CancellationToken token, TcpClient tcp) =>
        token.Register(() => { var sent = tcp.Connected && tcp.Client.Send([1]) == 1; }); //? LCA2003
}

public sealed class FreshSender
{
    private readonly Timer _timer;

    // ok LCA2001: the connection is created inside the callback
    public FreshSender(string host)
    {
        _timer = new Timer(_ =>
        {
            using var udp = new UdpClient(host, 514);
            udp.Send("beat"u8);
        }, null, 0, 1000);
    }

    public void Stop() => _timer.Dispose();
}
