// A wall of cameras in a control room: an MQTT bus, remote shells, desktop-like code with events and async void.
using System.ComponentModel;
using System.Net.Sockets;
using MQTTnet;
using MQTTnet.Client;
using Renci.SshNet;
using Renci.SshNet.Common;
using WebSocketSharp;

namespace Shapes.Creation.CameraWall;

public sealed class WallWindow : INotifyPropertyChanged, IDisposable
{
    private readonly IMqttClient _bus = new MqttFactory().CreateMqttClient();
    private readonly MqttClientOptions _options = new();
    private readonly TcpClient _recorder = new();
    private string _status = "";

    public event PropertyChangedEventHandler? PropertyChanged;

    public string Status
    {
        get => _status;
        set
        {
            _status = value;
            PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(nameof(Status)));
        }
    }

    public WallWindow() => _bus.DisconnectedAsync += BusLostAsync;

    private Task BusLostAsync(MqttClientDisconnectedEventArgs e)
    {
        Status = e.Exception?.Message ?? "bus lost";
        return Task.CompletedTask;
    }

    // a click that nobody awaits
    public async void OnConnectClicked(object sender, EventArgs e)
    {
        Status = "connecting";
        await _bus.ConnectAsync(_options, CancellationToken.None); //! LCA1005 //? LCA1008
        Status = "connected";
    }

    // ok LCA1005: everything in a try
    public async void OnReconnectClicked(object sender, EventArgs e)
    {
        using var give = new CancellationTokenSource(5000);
        try
        {
            await _bus.ConnectAsync(_options, give.Token);
            Status = "connected";
        }
        catch (Exception ex)
        {
            Status = ex.Message;
        }
    }

    public async void OnRecorderClicked(object sender, EventArgs e)
    {
        try
        {
            await _recorder.ConnectAsync("recorder", 554, new CancellationTokenSource(5000).Token); //! LCA1005
        }
        catch (SocketException ex)
        {
            Status = ex.Message;
            return;
        }
        await ReadRecorderAsync();
    }

    private async Task ReadRecorderAsync()
    {
        var buffer = new byte[1024];
        while (await _recorder.GetStream().ReadAsync(buffer) is var n and > 0)
            Status = $"{n} bytes";
    }

    public void Dispose()
    {
        _bus.Dispose();
        _recorder.Dispose();
    }
}

public sealed class ShellRack : IDisposable
{
    private readonly List<SshClient> _shells = new();

    // attached too late: the host may have hung up already
    public void Add(string host, Action<Exception> failed)
    {
        var shell = new SshClient(host, 22, "wall", "secret");
        _shells.Add(shell);
        shell.Connect(); //! LCA1001
        shell.ErrorOccurred += (_, e) => failed(e.Exception);
    }

    // ok LCA1001: a handler that is a local function
    public void AddWatched(string host, Action<Exception> failed)
    {
        var shell = new SshClient(host, 22, "wall", "secret");
        _shells.Add(shell);
        shell.ErrorOccurred += Report;
        shell.Connect();

        void Report(object? sender, ExceptionEventArgs e) => failed(e.Exception);
    }

    // ok LCA1001: local, awaited calls only, disposed
    public static string Uptime(string host)
    {
        using var shell = new SshClient(host, 22, "wall", "secret");
        shell.Connect();
        using var command = shell.RunCommand("uptime");
        return command.Result;
    }

    public void Dispose() => _shells.ForEach(s => s.Dispose());
}

/// <summary>Alarms over websocket-sharp; the options of a viewer decide what is attached.</summary>
public class AlarmFeed : IDisposable
{
    protected readonly WebSocket Socket;

    public AlarmFeed(string url) => Socket = new WebSocket(url);

    public virtual void Start() => Socket.Connect(); //? LCA1001

    public void Dispose() => ((IDisposable)Socket).Dispose();
}

public sealed class LoudAlarmFeed : IDisposable
{
    private readonly WebSocket _socket;

    public LoudAlarmFeed(string url, Action<string> report)
    {
        _socket = new WebSocket(url);
        Wire(_socket, report);
    }

    private static void Wire(WebSocket socket, Action<string> report)
    {
        socket.OnMessage += (_, e) => report(e.Data);
        socket.OnClose += (_, e) => report(e.Reason);
    }

    // ok LCA1001: OnClose counts
    public void Start() => _socket.Connect();

    public void Dispose() => ((IDisposable)_socket).Dispose();
}

public sealed class MuteAlarmFeed(string url) : IDisposable
{
    private WebSocket? _socket;

    public void Start(Action<string> report)
    {
        _socket = new WebSocket(url);
        _socket.OnMessage += (_, e) => report(e.Data);
        _socket.Connect(); //! LCA1001
    }

    public void Dispose() => ((IDisposable?)_socket)?.Dispose();
}
