using System.IO.Pipes;
using System.Net;
using System.Net.Quic;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;
using RabbitMQ.Client;

namespace Clauses.Bounds;

public sealed class Connector(Uri uri, EndPoint endPoint)
{
    public async Task TcpAsync(string host, int port, CancellationToken stop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port); //! LCA1008
        await client.GetStream().WriteAsync(new byte[] { 1 }, stop);
    }

    public async Task SocketAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint); //! LCA1008
    }

    public async Task SocketBoundAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint).WaitAsync(TimeSpan.FromSeconds(5));
    }

    public void SocketSync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(endPoint);
    }

    public async Task WebAsync()
    {
        using var web = new ClientWebSocket();
        await web.ConnectAsync(uri, CancellationToken.None); //! LCA1008
        await web.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, true, CancellationToken.None);
    }

    public async Task WebDefaultAsync()
    {
        using var web = new ClientWebSocket();
        await web.ConnectAsync(uri, default); //! LCA1008
    }

    public async Task WebTimedAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var web = new ClientWebSocket();
        await web.ConnectAsync(uri, limit.Token);
    }

    public async Task PipeAsync()
    {
        await using var pipe = new NamedPipeClientStream(".", "agent", PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(); //! LCA1008
    }

    public async Task PipeTimedAsync()
    {
        await using var pipe = new NamedPipeClientStream(".", "agent", PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(2000);
    }

    public async Task QuicAsync(QuicClientConnectionOptions options)
    {
        await using var connection = await QuicConnection.ConnectAsync(options);
        await connection.CloseAsync(0);
    }

    public async Task HubAsync(HubConnection hub)
    {
        hub.Closed += _ => Task.CompletedTask;
        await hub.StartAsync();
    }

    public async Task BrokerAsync(ConnectionFactory factory)
    {
        await using var connection = await factory.CreateConnectionAsync();
        Console.WriteLine(connection.Endpoint);
    }

    public async Task SqlAsync(Npgsql.NpgsqlConnection sql)
    {
        await sql.OpenAsync();
    }

    public async Task RacedAsync(string host)
    {
        using var client = new TcpClient();
        var connect = client.ConnectAsync(host, 443);
        if (await Task.WhenAny(connect, Task.Delay(4000)) != connect) throw new TimeoutException();
        await connect;
    }
}

public sealed class DeviceLink : IDisposable
{
    public bool IsOpen { get; private set; }

    public Task ConnectAsync(string address) => ConnectAsync(address, CancellationToken.None);

    public async Task ConnectAsync(string address, CancellationToken stop)
    {
        await Task.Delay(10, stop);
        IsOpen = address.Length > 0;
    }

    public Task SendAsync(byte[] frame) => Task.CompletedTask;

    public void Dispose() => IsOpen = false;
}

public sealed class DeviceDesk
{
    public async Task HelloAsync(string address)
    {
        using var link = new DeviceLink();
        await link.ConnectAsync(address); //! LCA1008
        await link.SendAsync(new byte[] { 5 });
    }

    public async Task HelloBoundAsync(string address, CancellationToken stop)
    {
        using var link = new DeviceLink();
        await link.ConnectAsync(address, stop);
        await link.SendAsync(new byte[] { 5 });
    }
}
