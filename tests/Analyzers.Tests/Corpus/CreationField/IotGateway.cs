// An edge gateway: MQTT to the cloud, a serial bus to the meters, UDP discovery, SSH to the modems.
using System.IO.Ports;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using Renci.SshNet;

namespace Field.Creation.IotGateway;

public sealed class CloudUplinkService(MqttClientOptions options, ILogger<CloudUplinkService> log) : BackgroundService
{
    private readonly IMqttClient _mqtt = new MqttFactory().CreateMqttClient();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _mqtt.ApplicationMessageReceivedAsync += OnCommandAsync;
        await _mqtt.ConnectAsync(options, stoppingToken); //! LCA1001
        _mqtt.DisconnectedAsync += OnDisconnectedAsync;
        await Task.Delay(Timeout.Infinite, stoppingToken);
    }

    private Task OnCommandAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        log.LogInformation("command on {Topic}", e.ApplicationMessage.Topic);
        return Task.CompletedTask;
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        log.LogWarning(e.Exception, "uplink lost");
        return Task.CompletedTask;
    }
}

public sealed class SteadyUplinkService(MqttClientOptions options, ILogger<SteadyUplinkService> log) : BackgroundService
{
    private IMqttClient? _mqtt;

    // ok LCA1001: attached between creation and connect
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var mqtt = _mqtt = new MqttFactory().CreateMqttClient();
        mqtt.DisconnectedAsync += e =>
        {
            log.LogWarning(e.Exception, "uplink lost");
            return Task.CompletedTask;
        };
        await mqtt.ConnectAsync(options, stoppingToken);
        await Task.Delay(-1, stoppingToken);
    }

    public override void Dispose()
    {
        _mqtt?.Dispose();
        base.Dispose();
    }
}

public class MeterBus : IDisposable
{
    private readonly SerialPort _port;

    public MeterBus(string name)
    {
        _port = new SerialPort(name, 2400, Parity.Even);
        _port.DataReceived += OnData;
        _port.Open(); //! LCA1001
    }

    private void OnData(object sender, SerialDataReceivedEventArgs e) => Received += _port.BytesToRead;

    public int Received { get; private set; }

    public void Dispose() => _port.Close();
}

public class WatchedMeterBus : IDisposable
{
    private readonly SerialPort _port;
    private int _errors;

    // ok LCA1001: the error handler stands before Open
    public WatchedMeterBus(string name)
    {
        _port = new SerialPort(name, 2400, Parity.Even) { ReadTimeout = 500 };
        _port.ErrorReceived += delegate { Interlocked.Increment(ref _errors); };
        _port.Open();
    }

    public int Errors => _errors;

    public void Dispose() => _port.Close();
}

public static class MeterProbe
{
    public static string ReadIdentification(string name)
    {
        var port = new SerialPort(name, 300); //! LCA1003
        port.Open();
        port.WriteLine("/?!");
        var line = port.ReadLine();
        port.Close();
        return line;
    }

    // ok LCA1003 LCA1001: one method, closed in finally
    public static string ReadIdentificationSafe(string name)
    {
        var port = new SerialPort(name, 300);
        try
        {
            port.Open();
            port.WriteLine("/?!");
            return port.ReadLine();
        }
        finally
        {
            port.Close();
        }
    }
}

public sealed class Discovery
{
    private readonly List<UdpClient> _sockets = [];

    public void Bind(IEnumerable<IPAddress> locals)
    {
        foreach (var local in locals)
        {
            var udp = new UdpClient(); //! LCA1003
            udp.Client.Bind(new IPEndPoint(local, 5683));
            udp.JoinMulticastGroup(IPAddress.Parse("224.0.1.187"), local);
            _sockets.Add(udp);
        }
    }

    // ok LCA1003: disposed when the bind fails
    public void BindOne(IPAddress local)
    {
        var udp = new UdpClient();
        try
        {
            udp.Client.Bind(new IPEndPoint(local, 5683));
            udp.JoinMulticastGroup(IPAddress.Parse("224.0.1.187"), local);
        }
        catch (Exception)
        {
            udp.Dispose();
            throw;
        }
        _sockets.Add(udp);
    }

    public void Stop()
    {
        _sockets.ForEach(udp => udp.Dispose());
        _sockets.Clear();
    }
}

public sealed class ModemShell : IDisposable
{
    private SshClient? _ssh;

    public void Login(string host, string user, string password)
    {
        _ssh?.Dispose();
        _ssh = new SshClient(host, 22, user, password);
        _ssh.Connect(); //! LCA1001
    }

    public string Signal() => _ssh is { IsConnected: true } ssh ? ssh.RunCommand("gsmctl -q").Result : "";

    public void Dispose() => _ssh?.Dispose();
}

public static class ModemReboot
{
    // ok LCA1001: a local that is disposed here
    public static async Task RebootAsync(string host, string user, string password, CancellationToken stop)
    {
        using var ssh = new SshClient(host, 22, user, password);
        await ssh.ConnectAsync(stop);
        ssh.RunCommand("reboot");
    }
}

public sealed class ConfigPortal(int port)
{
    private TcpListener? _listener;

    // ok LCA1003: a field that Stop closes
    public void Start()
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
    }

    public void Stop() => _listener?.Stop();

    public static TcpListener Open(int port)
    {
        var listener = new TcpListener(IPAddress.Any, port); //! LCA1003
        listener.Start();
        return listener;
    }
}
