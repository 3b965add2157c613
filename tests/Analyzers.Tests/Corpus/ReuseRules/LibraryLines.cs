// The same question asked of well-known libraries: which come back by themselves, and which do not.
using System.Data;
using System.Net.Sockets;
using System.Net.WebSockets;
using FluentFTP;
using MailKit.Net.Smtp;
using MimeKit;
using MQTTnet;
using MQTTnet.Client;
using Microsoft.AspNetCore.SignalR.Client;
using Npgsql;
using RabbitMQ.Client;
using Renci.SshNet;
using StackExchange.Redis;

namespace Second.Reuse.LibraryLines;

public sealed class InvoiceMailer(Func<CancellationToken, Task<SmtpClient>> connect)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SmtpClient? _smtp;

    public async Task MailAsync(MimeMessage message, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            _smtp ??= await connect(ct);
            await _smtp.SendAsync(message, ct); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task MailCheckedAsync(MimeMessage message, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_smtp is not { IsConnected: true, IsAuthenticated: true })
            {
                _smtp?.Dispose();
                _smtp = await connect(ct);
            }

            await _smtp.SendAsync(message, ct);
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class NightlyUpload(string host, string user, string secret)
{
    private readonly Dictionary<string, SftpClient> _clients = new(StringComparer.Ordinal);
    private AsyncFtpClient? _ftp;

    public void Push(string partner, Stream file)
    {
        if (!_clients.TryGetValue(partner, out var sftp))
        {
            sftp = new SftpClient(host, user, secret); //? LCA1001 LCA1003
            sftp.Connect();
            _clients[partner] = sftp;
        }

        sftp.UploadFile(file, "/in/" + partner); //! LCA3001
    }

    public void PushConnected(string partner, Stream file)
    {
        var sftp = _clients[partner];
        if (!sftp.IsConnected) sftp.Connect(); //? LCA1001
        sftp.UploadFile(file, "/in/" + partner);
    }

    public async Task MirrorAsync(byte[] file, CancellationToken ct)
    {
        if (_ftp == null)
        {
            _ftp = new AsyncFtpClient(host, user, secret); //? LCA1003
            await _ftp.Connect(ct);
        }

        await _ftp.UploadBytes(file, "/mirror", ct); //! LCA3001
    }

    public async Task MirrorProbedAsync(byte[] file, CancellationToken ct)
    {
        if (_ftp == null || !await _ftp.IsStillConnected(token: ct))
        {
            _ftp?.Dispose();
            _ftp = new AsyncFtpClient(host, user, secret); //? LCA1003
            await _ftp.Connect(ct);
        }

        await _ftp.UploadBytes(file, "/mirror", ct);
    }
}

/// <summary>The broker's connection recovers; its channel does not come back when the broker closed it.</summary>
public sealed class OrderPublisher(IConnection broker)
{
    private IChannel? _channel;

    public async Task PublishAsync(ReadOnlyMemory<byte> order, CancellationToken ct)
    {
        _channel ??= await broker.CreateChannelAsync(cancellationToken: ct);
        await _channel.BasicPublishAsync("orders", "new", order, ct); //! LCA3001
    }

    public async Task PublishOpenAsync(ReadOnlyMemory<byte> order, CancellationToken ct)
    {
        if (_channel is null or { IsOpen: false }) _channel = await broker.CreateChannelAsync(cancellationToken: ct);
        await _channel.BasicPublishAsync("orders", "new", order, ct);
    }
}

/// <summary>Default recovery brings the connection back: opening a channel on it needs no check.</summary>
public sealed class BrokerHolder(ConnectionFactory factory)
{
    private IConnection? _connection;

    public async Task<IChannel> OpenAsync(CancellationToken ct)
    {
        _connection ??= await factory.CreateConnectionAsync(ct);
        return await _connection.CreateChannelAsync(cancellationToken: ct); // ok LCA3001: recovers by default
    }
}

public sealed class BrokerHolderWithoutRecovery
{
    private readonly ConnectionFactory _factory = new() { HostName = "mq", AutomaticRecoveryEnabled = false };
    private IConnection? _connection;

    public async Task<IChannel> OpenAsync(CancellationToken ct)
    {
        _connection ??= await _factory.CreateConnectionAsync(ct);
        return await _connection.CreateChannelAsync(cancellationToken: ct); //! LCA3001
    }
}

public sealed class StatusHub
{
    private HubConnection? _plain;
    private HubConnection? _lasting;

    public async Task TellAsync(string status, CancellationToken ct)
    {
        if (_plain is null)
        {
            _plain = new HubConnectionBuilder().WithUrl("https://hub/status").Build();
            await _plain.StartAsync(ct); //? LCA1001
        }

        await _plain.SendAsync("Status", status, ct); //! LCA3001
    }

    public async Task TellLastingAsync(string status, CancellationToken ct)
    {
        if (_lasting is null)
        {
            _lasting = new HubConnectionBuilder().WithUrl("https://hub/status").WithAutomaticReconnect().Build();
            await _lasting.StartAsync(ct); //? LCA1001
        }

        await _lasting.SendAsync("Status", status, ct); // ok LCA3001: built to reconnect
    }
}

public sealed class CountersStore
{
    private static readonly Lazy<ConnectionMultiplexer> s_redis =
        new(() => ConnectionMultiplexer.Connect("cache:6379"), LazyThreadSafetyMode.PublicationOnly);

    private NpgsqlDataSource? _source;
    private NpgsqlConnection? _database;

    public long Bump(string key) => s_redis.Value.GetDatabase().StringIncrement(key); // ok LCA3001: reconnects

    public async Task<int> SweepAsync(CancellationToken ct)
    {
        _source ??= NpgsqlDataSource.Create("Host=db");
        await using var command = _source.CreateCommand("delete from old");
        return await command.ExecuteNonQueryAsync(ct); // ok LCA3001: a pool of its own
    }

    public async Task<int> SweepOnKeptAsync(CancellationToken ct)
    {
        if (_database == null)
        {
            _database = new NpgsqlConnection("Host=db"); //? LCA1003
            await _database.OpenAsync(ct);
        }

        await using var command = new NpgsqlCommand("delete from old", _database);
        return await command.ExecuteNonQueryAsync(ct); //! LCA3001
    }

    public async Task<int> SweepOnOpenAsync(CancellationToken ct)
    {
        _database ??= new NpgsqlConnection("Host=db");
        if (_database.State != ConnectionState.Open) await _database.OpenAsync(ct);
        await using var command = _database.CreateCommand();
        command.CommandText = "delete from old";
        return await command.ExecuteNonQueryAsync(ct);
    }
}

public sealed class TelemetryLink(IMqttClient mqtt, MqttClientOptions options)
{
    private ClientWebSocket? _ws;

    public async Task PublishAsync(byte[] payload, CancellationToken ct)
    {
        if (!mqtt.IsConnected) await mqtt.ConnectAsync(options, ct); //? LCA1001
        await mqtt.PublishAsync(new MqttApplicationMessage { Topic = "t", Payload = payload }, ct);
    }

    public async Task PushAsync(byte[] payload, CancellationToken ct)
    {
        if (_ws == null)
        {
            _ws = new ClientWebSocket(); //? LCA1003
            await _ws.ConnectAsync(new Uri("wss://telemetry"), ct);
        }

        await _ws.SendAsync(payload, WebSocketMessageType.Binary, true, ct); //! LCA3001
    }

    public async Task PushOpenAsync(byte[] payload, CancellationToken ct)
    {
        if (_ws?.State != WebSocketState.Open)
        {
            _ws?.Dispose();
            _ws = new ClientWebSocket(); //? LCA1003
            await _ws.ConnectAsync(new Uri("wss://telemetry"), ct);
        }

        await _ws.SendAsync(payload, WebSocketMessageType.Binary, true, ct);
    }
}

/// <summary>Raw TCP: the peer may have gone; only a probe, or the drop on failure, helps.</summary>
public sealed class SyslogShipper(string host)
{
    private TcpClient? _tcp;
    private UdpClient? _udp;

    public void Ship(byte[] line)
    {
        if (_tcp is null)
        {
            _tcp = new TcpClient(host, 514); //? LCA1008
        }

        _tcp.GetStream().Write(line); //! LCA3001
    }

    public void ShipOrRedial(byte[] line)
    {
        try
        {
            _tcp ??= new TcpClient(host, 514); //? LCA1008
            _tcp.GetStream().Write(line);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            Interlocked.Exchange(ref _tcp, null)?.Dispose();
        }
    }

    public void ShipDatagram(byte[] line)
    {
        _udp ??= new UdpClient(host, 514);
        _udp.Send(line); // ok LCA3001: a datagram socket has no session that could have ended
    }
}
