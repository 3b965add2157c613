// What a fleet service opens at start: a broker, a feed over web sockets, an FTP drop, a listener with its first client.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;

namespace Fresh.Creation.FleetBoot;

public sealed record FleetOptions
{
    public required string Broker { get; init; }
    public required Uri Feed { get; init; }
    public int AdminPort { get; init; } = 9001;
}

public sealed class TelematicsIngest(FleetOptions options, ILogger<TelematicsIngest> log) : IHostedService
{
    private IMqttClient? _client;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _client = new MqttFactory().CreateMqttClient();
        _client.ApplicationMessageReceivedAsync += OnPosition;
        await _client.ConnectAsync(new MqttClientOptions { Timeout = TimeSpan.FromSeconds(5) }, cancellationToken); //! LCA1001
        log.LogInformation("ingest from {Broker}", options.Broker);
    }

    private Task OnPosition(MqttApplicationMessageReceivedEventArgs e)
    {
        log.LogTrace("{Topic}", e.ApplicationMessage.Topic);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_client is { IsConnected: true }) await _client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellationToken);
        _client?.Dispose();
    }
}

public abstract class IngestBase(ILogger log)
{
    protected IMqttClient Client { get; } = Create(log);

    private static IMqttClient Create(ILogger log)
    {
        var client = new MqttFactory().CreateMqttClient();
        client.DisconnectedAsync += e =>
        {
            log.LogWarning(e.Exception, "broker gone");
            return Task.CompletedTask;
        };
        return client;
    }
}

public sealed class DoorIngest(ILogger log) : IngestBase(log)
{
    // ok LCA1001: the base class attached it
    public Task StartAsync(CancellationToken ct) => Client.ConnectAsync(new MqttClientOptions(), ct);
}

public sealed class FeedReader(FleetOptions options)
{
    public async Task<ClientWebSocket> OpenAsync(CancellationToken ct)
    {
        var feed = new ClientWebSocket(); //? LCA1003
        feed.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
        await feed.ConnectAsync(options.Feed, ct);
        await feed.SendAsync("subscribe"u8.ToArray(), WebSocketMessageType.Text, true, ct);
        return feed;
    }

    public async Task<ClientWebSocket> OpenOrThrowAsync(CancellationToken ct)
    {
        var feed = new ClientWebSocket();
        try
        {
            await feed.ConnectAsync(options.Feed, ct);
            await feed.SendAsync("subscribe"u8.ToArray(), WebSocketMessageType.Text, true, ct);
        }
        catch (Exception)
        {
            feed.Abort();
            feed.Dispose();
            throw;
        }

        return feed;
    }

    public IAsyncEnumerable<byte[]> ReadAsync(CancellationToken ct) => Iterate(ct);

    // ok LCA1003: the iterator's using closes it whatever happens
    private async IAsyncEnumerable<byte[]> Iterate([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        using var feed = new ClientWebSocket();
        await feed.ConnectAsync(options.Feed, ct);
        var buffer = new byte[4096];
        while (true)
        {
            var got = await feed.ReceiveAsync(buffer.AsMemory(), ct);
            if (got.MessageType == WebSocketMessageType.Close) yield break;
            yield return buffer[..got.Count];
        }
    }
}

public sealed class AdminDoor(FleetOptions options) : IDisposable
{
    private TcpListener? _listener;

    public TcpListener ListenLoose()
    {
        var listener = new TcpListener(IPAddress.Loopback, options.AdminPort); //! LCA1003
        listener.Start();
        return listener;
    }

    // ok LCA1003: the field has it before it starts
    public void Listen()
    {
        _listener = new TcpListener(IPAddress.Loopback, options.AdminPort);
        _listener.Start();
    }

    public UdpClient Announce(IPEndPoint group)
    {
        var udp = new UdpClient(AddressFamily.InterNetwork); //! LCA1003
        udp.Client.Bind(new IPEndPoint(IPAddress.Any, 0));
        udp.Connect(group);
        return udp;
    }

    public UdpClient AnnounceSafely(IPEndPoint group)
    {
        var udp = new UdpClient(AddressFamily.InterNetwork);
        try
        {
            udp.Client.Bind(new IPEndPoint(IPAddress.Any, 0));
            udp.Connect(group);
            return udp;
        }
        catch
        {
            udp.Close();
            throw;
        }
    }

    public void Dispose() => _listener?.Dispose();
}
