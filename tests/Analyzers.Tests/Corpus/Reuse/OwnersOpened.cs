// Owners that open in their constructor or in Start, and use what they opened as long as they live: nothing is cached. No mark here.
using System.IO.Ports;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Renci.SshNet;

namespace Corpus.Reuse.OwnersOpened;

public sealed class GraphiteSink : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamWriter _writer;

    public GraphiteSink(string host)
    {
        _client = new TcpClient(host, 2003);
        _writer = new StreamWriter(_client.GetStream()) { AutoFlush = true };
    }

    // ok LCA3001: opened in the constructor
    public void Count(string name, long value) => _writer.WriteLine($"{name} {value} {DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");

    public void Dispose()
    {
        _writer.Dispose();
        _client.Dispose();
    }
}

public sealed class Forwarder(ConnectionFactory factory, ILogger<Forwarder> log) : IHostedService
{
    private IConnection _connection = null!;
    private IChannel _channel = null!;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _connection = await factory.CreateConnectionAsync(cancellationToken);
        _channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        log.LogInformation("forwarding over channel {Number}", _channel.ChannelNumber);
    }

    // ok LCA3001: opened in StartAsync
    public async Task ForwardAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken stop) =>
        await _channel.BasicPublishAsync("", queue, body, stop);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _channel.CloseAsync(cancellationToken);
        await _connection.CloseAsync(cancellationToken);
    }
}

public sealed class MaintenanceShell : IDisposable
{
    private readonly SshClient _ssh;

    public MaintenanceShell(string host, string user, string password)
    {
        _ssh = new SshClient(host, user, password);
        _ssh.Connect(); //! LCA1001
    }

    // ok LCA3001: opened in the constructor
    public string Run(string line)
    {
        using var command = _ssh.RunCommand(line);
        return command.Result;
    }

    public void Dispose() => _ssh.Dispose();
}

public sealed class Lamp : IDisposable
{
    private readonly SerialPort _port;

    public Lamp(string name) => _port = new SerialPort(name, 9600);

    public void Start() => _port.Open(); //! LCA1001

    // ok LCA3001: opened in Start
    public void On() => _port.Write("1");

    // ok LCA3001: likewise
    public void Off() => _port.Write("0");

    public void Dispose() => _port.Dispose();
}

/// <summary>One object for each accepted connection, as servers have them.</summary>
public sealed class LineSession(WebSocket socket) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // ok LCA3001: handed in, and this object lives as long as it
    public async Task SendAsync(ReadOnlyMemory<byte> line, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            await socket.SendAsync(line, WebSocketMessageType.Text, true, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}

public sealed class Reporter(EndPoint server, ILogger<Reporter> log) : BackgroundService
{
    // ok LCA3001: a local that is replaced when it failed; nothing outlives the loop
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(server, stoppingToken);
                while (true)
                {
                    await socket.SendAsync("alive\n"u8.ToArray(), stoppingToken);
                    await Task.Delay(TimeSpan.FromSeconds(10), stoppingToken);
                }
            }
            catch (SocketException ex)
            {
                log.LogWarning(ex, "report line lost");
                await Task.Delay(TimeSpan.FromSeconds(3), stoppingToken);
            }
        }
    }
}

public sealed class Sampler
{
    // ok LCA3001: created for this use
    public async Task<byte[]> SampleAsync(string host, CancellationToken stop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, 5025, stop);
        var stream = client.GetStream();
        await stream.WriteAsync("MEAS?\n"u8.ToArray(), stop);
        var answer = new byte[64];
        var count = await stream.ReadAsync(answer, stop);
        return answer[..count];
    }
}
