// How long may it take to connect?
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;
using Npgsql;
using RabbitMQ.Client;
using SocketIOClient;
using StackExchange.Redis;

namespace Corpus.Creation.Budgets;

public static class Unbounded
{
    public static async Task<int> AskAsync(string host, int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port); //! LCA1008
        return client.GetStream().ReadByte();
    }

    public static async Task PingAsync(Uri uri)
    {
        using var ws = new ClientWebSocket();
        await ws.ConnectAsync(uri, CancellationToken.None); //! LCA1008
        await ws.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    public static async Task PipeAsync(string name, CancellationToken stop)
    {
        await using var pipe = new NamedPipeClientStream(name);
        await pipe.ConnectAsync(); //! LCA1008
        await pipe.WriteAsync(new byte[] { 1 }, stop);
    }

    public static async Task SocketAsync(EndPoint remote, CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(remote); //! LCA1008
        await socket.SendAsync(new byte[] { 1 }.AsMemory(), SocketFlags.None, stop);
    }

    public static async Task DefaultTokenAsync(EndPoint remote)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(remote, default); //! LCA1008
    }
}

public static class Bounded
{
    // ok LCA1008: the caller's token
    public static async Task AskAsync(string host, int port, CancellationToken stop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, stop);
    }

    // ok LCA1008: WaitAsync
    public static async Task WaitAsync(string host, int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port).WaitAsync(TimeSpan.FromSeconds(5)); //? LCA1004
    }

    // ok LCA1008: a timeout is an argument
    public static async Task PipeAsync(string name)
    {
        await using var pipe = new NamedPipeClientStream(name);
        await pipe.ConnectAsync(3000);
    }

    // ok LCA1008: CancelAfter
    public static async Task WebAsync(Uri uri)
    {
        using var cts = new CancellationTokenSource();
        cts.CancelAfter(TimeSpan.FromSeconds(10));
        using var ws = new ClientWebSocket();
        await ws.ConnectAsync(uri, cts.Token);
    }

    // ok LCA1008: synchronous
    public static void Sync(string host, int port)
    {
        using var client = new TcpClient();
        client.Connect(host, port);
    }

    // ok LCA1008: these bound it themselves
    public static async Task DriversAsync(IConnectionFactory broker, NpgsqlDataSource source)
    {
        await using var sql = await source.OpenConnectionAsync();
        await using var mq = await broker.CreateConnectionAsync();
        using var redis = await ConnectionMultiplexer.ConnectAsync("localhost");
    }

    // ok LCA1008: Npgsql's own Timeout
    public static async Task SqlAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
    }

    // ok LCA1008: the operating system's limit, kept by the race with a delay
    public static async Task RaceAsync(string host, int port)
    {
        using var client = new TcpClient();
        var connecting = client.ConnectAsync(host, port);
        if (await Task.WhenAny(connecting, Task.Delay(5000)) != connecting) throw new TimeoutException();
        await connecting;
    }
}

public sealed class LatheConnection : IAsyncDisposable
{
    public bool IsConnected { get; private set; }
    public Task ConnectAsync() => ConnectAsync(CancellationToken.None);
    public async Task ConnectAsync(CancellationToken stop) { await Task.Delay(1, stop); IsConnected = true; }
    public Task SendAsync(string code) => Task.CompletedTask;
    public ValueTask DisposeAsync() { IsConnected = false; return default; }
}

public sealed class PlainConnection : IAsyncDisposable
{
    public bool IsConnected { get; private set; }
    public async Task ConnectAsync() { await Task.Delay(1); IsConnected = true; }
    public Task SendAsync(string code) => Task.CompletedTask;
    public ValueTask DisposeAsync() { IsConnected = false; return default; }
}

public static class Workshop
{
    public static async Task CutAsync(string code)
    {
        await using var lathe = new LatheConnection();
        await lathe.ConnectAsync(); //! LCA1008
        await lathe.SendAsync(code);
    }

    // ok LCA1008: the overload with the token
    public static async Task CutBoundedAsync(string code, CancellationToken stop)
    {
        await using var lathe = new LatheConnection();
        await lathe.ConnectAsync(stop);
        await lathe.SendAsync(code);
    }

    // ok LCA1008: there is no overload with a token
    public static async Task CutPlainAsync(string code)
    {
        await using var lathe = new PlainConnection();
        await lathe.ConnectAsync();
        await lathe.SendAsync(code);
    }
}

public sealed class Wallboard(HubConnection hub, SocketIO io)
{
    public async Task StartAsync()
    {
        await hub.StartAsync(); //? LCA1008
    }

    public async Task StartIoAsync()
    {
        await io.ConnectAsync(); //? LCA1008
    }

    // ok LCA1008
    public Task StartBoundedAsync(CancellationToken stop) => hub.StartAsync(stop);
}
