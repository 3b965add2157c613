// How long a connect may take.
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;
using MQTTnet;
using MQTTnet.Client;
using Npgsql;
using StackExchange.Redis;

namespace Wide.Creation.Bounds;

public interface IDeviceChannel
{
    Task ConnectAsync();
    Task ConnectAsync(CancellationToken cancellationToken);
    bool IsConnected { get; }
    Task SendAsync(byte[] data);
    void Close();
}

// --- reported

public sealed class Gateway(IDeviceChannel channel, MqttFactory factory)
{
    public async Task OpenAsync()
    {
        await channel.ConnectAsync(); //! LCA1008
    }

    public async Task<IMqttClient> MqttAsync(MqttClientOptions options)
    {
        // ok LCA1008: its options bound it
        var client = factory.CreateMqttClient(); //! LCA1003
        client.DisconnectedAsync += _ => Task.CompletedTask;
        await client.ConnectAsync(options).ConfigureAwait(false);
        return client;
    }

    public static async Task<Stream> TcpAsync(string host)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, 1883); //! LCA1008
            return client.GetStream();
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    // A token is in scope and not passed.
    public async Task TokenAtHandAsync(Socket socket, EndPoint remote, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await socket.ConnectAsync(remote); //! LCA1008
    }

    public static Task WebAsync(ClientWebSocket socket, Uri url) => socket.ConnectAsync(url, CancellationToken.None); //! LCA1008

    public static async Task PipeAsync(NamedPipeClientStream pipe) => await pipe.ConnectAsync(); //! LCA1008

    public static async Task HubAsync(HubConnection hub)
    {
        hub.Closed += _ => Task.CompletedTask;
        await hub.StartAsync(); //? LCA1008
    }

    public static async ValueTask<int> ReceiveFirstAsync(Socket socket, IPAddress[] addresses, int port)
    {
        var connected = false;
        for (var attempt = 0; attempt < 3 && !connected; attempt++)
        {
            await socket.ConnectAsync(addresses, port, default); //! LCA1008
            connected = true;
        }
        return await socket.ReceiveAsync(new byte[4]);
    }
}

// --- silent

public sealed class BoundedGateway(IDeviceChannel channel)
{
    // ok LCA1008: WaitAsync
    public async Task OpenAsync() => await channel.ConnectAsync().WaitAsync(TimeSpan.FromSeconds(5)); //? LCA1004

    // ok LCA1008: the token in scope
    public Task OpenAsync(CancellationToken ct) => channel.ConnectAsync(ct);

    // ok LCA1008: CancelAfter
    public static async Task TcpAsync(TcpClient client, string host)
    {
        using var cts = new CancellationTokenSource();
        cts.CancelAfter(3000);
        await client.ConnectAsync(host, 1883, cts.Token);
    }

    // ok LCA1008: a source with a time
    public static async Task WebAsync(ClientWebSocket socket, Uri url)
    {
        using var cts = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await socket.ConnectAsync(url, cts.Token);
    }

    // ok LCA1008: synchronous
    public static void Sync(TcpClient client) => client.Connect("plc", 102);

    // ok LCA1008: a time is passed
    public static Task PipeAsync(NamedPipeClientStream pipe) => pipe.ConnectAsync(2500);

    // ok LCA1008: these bound it themselves
    public static async Task<NpgsqlConnection> SqlAsync(string text)
    {
        var connection = new NpgsqlConnection(text);
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // ok LCA1008: so does Redis
    public static async Task<IDatabase> RedisAsync(string text, Action<Exception> failed)
    {
        var redis = await ConnectionMultiplexer.ConnectAsync(text);
        redis.ConnectionFailed += (_, e) => failed(e.Exception);
        return redis.GetDatabase();
    }

    // ok LCA1008: raced against a delay, and closed when it loses
    public static async Task RacedAsync(TcpClient client, string host)
    {
        var connect = client.ConnectAsync(host, 502);
        if (await Task.WhenAny(connect, Task.Delay(1000)) != connect)
        {
            client.Close();
            _ = connect.ContinueWith(t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);
            throw new TimeoutException();
        }
        await connect;
    }

    // ok LCA1008: Wait with a time
    public static void Waited(TcpClient client)
    {
        if (!client.ConnectAsync("plc", 502).Wait(1000)) client.Dispose();
    }

    // ok LCA1008: a linked source in a local function
    public static Task LinkedAsync(Socket socket, EndPoint remote, CancellationToken outer)
    {
        return ConnectAsync();

        async Task ConnectAsync()
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(outer);
            linked.CancelAfter(TimeSpan.FromSeconds(3));
            await socket.ConnectAsync(remote, linked.Token);
        }
    }
}

// An own type without such an overload: nothing to pass.
public sealed class LegacyChannel
{
    public Task ConnectAsync() => Task.CompletedTask;
}

public static class LegacyUse
{
    // ok LCA1008: no overload takes a token
    public static Task UseAsync(LegacyChannel channel) => channel.ConnectAsync();
}
