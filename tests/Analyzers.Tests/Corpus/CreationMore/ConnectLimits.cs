// How long a connect may take: for ever, or as long as a token or a timeout says.
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace Corpus.Creation.ConnectLimits;

public sealed class Probes(string host, int port)
{
    public async Task<bool> CanConnectAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port); //! LCA1008
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // ok LCA1008: the token
    public async Task<bool> CanConnectAsync(CancellationToken ct)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // ok LCA1008: a timeout around it, and the using closes
    public async Task<bool> CanConnectWithinAsync(TimeSpan limit)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port).WaitAsync(limit);
            return true;
        }
        catch (Exception ex) when (ex is SocketException or TimeoutException)
        {
            return false;
        }
    }

    // ok LCA1008: a source that cancels after a while
    public async Task<bool> CanConnectSoonAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, limit.Token);
            return true;
        }
        catch (Exception ex) when (ex is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    // ok LCA1008: nothing to pass to a synchronous connect
    public bool CanConnect()
    {
        using var client = new TcpClient();
        client.Connect(host, port);
        return client.Client.Poll(0, SelectMode.SelectWrite);
    }

    public async Task<TimeSpan> MeasureAsync(CancellationToken ct)
    {
        var start = DateTime.UtcNow;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host, port).ConfigureAwait(false); //! LCA1008
        await Task.Delay(1, ct);
        return DateTime.UtcNow - start;
    }

    public async Task<int> CountReachableAsync(IEnumerable<IPEndPoint> endpoints)
    {
        var count = 0;
        foreach (var endpoint in endpoints)
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(endpoint); //! LCA1008
                count++;
            }
            catch (SocketException ex)
            {
                Console.Error.WriteLine($"{endpoint}: {ex.SocketErrorCode}");
            }
        }
        return count;
    }

    // ok LCA1008: a linked token that cancels after two seconds each
    public async Task<int> CountReachableSoonAsync(IEnumerable<IPEndPoint> endpoints, CancellationToken ct)
    {
        var count = 0;
        foreach (var endpoint in endpoints)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(2000);
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(endpoint, limit.Token);
                count++;
            }
            catch (Exception ex) when (ex is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
            {
                Console.Error.WriteLine($"{endpoint}: {ex.Message}");
            }
        }
        return count;
    }
}

/// <summary>The caller owns the client; these only open it.</summary>
public static class Openers
{
    public static Task OpenAsync(TcpClient client, IPEndPoint remote) => client.ConnectAsync(remote); //! LCA1008

    // ok LCA1008: what the caller gives is passed on
    public static ValueTask OpenAsync(TcpClient client, IPEndPoint remote, CancellationToken ct = default) => client.ConnectAsync(remote, ct);

    public static async Task OpenAllAsync(IReadOnlyList<TcpClient> clients, string host)
    {
        await Task.WhenAll(clients.Select(client => client.ConnectAsync(host, 443))); //! LCA1008
    }

    // ok LCA1008: one limit around all of them
    public static Task OpenAllWithinAsync(IReadOnlyList<TcpClient> clients, string host, CancellationToken ct) =>
        Task.WhenAll(clients.Select(client => client.ConnectAsync(host, 443, ct).AsTask()));

    public static Task OpenFeedAsync(ClientWebSocket ws, Uri uri) => ws.ConnectAsync(uri, CancellationToken.None); //! LCA1008

    public static async Task OpenQuotesAsync(ClientWebSocket ws, Uri uri)
    {
        ws.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        await ws.ConnectAsync(uri, default); //! LCA1008
    }

    public static async Task OpenOrdersAsync(ClientWebSocket ws, Uri uri, HttpMessageInvoker invoker)
    {
        var never = CancellationToken.None;
        await ws.ConnectAsync(uri, invoker, never); //? LCA1008
    }

    // ok LCA1008: limited
    public static async Task OpenTradesAsync(ClientWebSocket ws, Uri uri)
    {
        using var cts = new CancellationTokenSource();
        cts.CancelAfter(TimeSpan.FromSeconds(10));
        await ws.ConnectAsync(uri, cts.Token);
    }

    public static async Task OpenAgentAsync(NamedPipeClientStream pipe)
    {
        await pipe.ConnectAsync(); //! LCA1008
        pipe.ReadMode = PipeTransmissionMode.Message;
    }

    // ok LCA1008: milliseconds
    public static async Task OpenAgentSoonAsync(NamedPipeClientStream pipe)
    {
        await pipe.ConnectAsync(5000);
        pipe.ReadMode = PipeTransmissionMode.Message;
    }

    // ok LCA1008: synchronous
    public static void OpenAgent(NamedPipeClientStream pipe) => pipe.Connect();

    public static async Task<Stream> OpenLocalAsync(Socket socket, string path)
    {
        var remote = new UnixDomainSocketEndPoint(path);
        await socket.ConnectAsync(remoteEP: remote); //! LCA1008
        return new NetworkStream(socket);
    }

    /// <summary>Looks at the token and does not pass it.</summary>
    public static async Task OpenUnlessStoppedAsync(TcpClient client, string host, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        await client.ConnectAsync(host, 8080); //! LCA1008
    }

    public static Task OpenByKindAsync(Socket socket, object target) => target switch
    {
        EndPoint remote => socket.ConnectAsync(remote), //! LCA1008
        _ => Task.FromException(new ArgumentException("no endpoint", nameof(target))),
    };

    // ok LCA1008: the limit is made by a helper
    public static async Task OpenHelpedAsync(TcpClient client, string host)
    {
        using var limit = Limit(3);
        await client.ConnectAsync(host, 8080, limit.Token);

        static CancellationTokenSource Limit(int seconds) => new(TimeSpan.FromSeconds(seconds));
    }

    public static async Task OpenOneOfAsync(Socket socket, IPAddress[] addresses, bool patient, CancellationToken ct)
    {
        if (patient) await socket.ConnectAsync(addresses, 5432); //! LCA1008
        else await socket.ConnectAsync(addresses, 5432, ct);
    }
}

public sealed class DeviceClient : IAsyncDisposable
{
    public bool IsConnected { get; private set; }

    // ok LCA1008: opens nothing by itself
    public Task ConnectAsync() => ConnectAsync(CancellationToken.None); //? LCA1008

    public async Task ConnectAsync(CancellationToken ct)
    {
        await Task.Delay(1, ct);
        IsConnected = true;
    }

    public Task SendAsync(byte[] frame, CancellationToken ct) => Task.Delay(frame.Length, ct);

    public ValueTask DisposeAsync()
    {
        IsConnected = false;
        return ValueTask.CompletedTask;
    }
}

/// <summary>Has no overload with a token.</summary>
public sealed class SimpleClient : IDisposable
{
    public bool IsConnected { get; private set; }

    public async Task ConnectAsync(string host)
    {
        await Task.Yield();
        IsConnected = host.Length > 0;
    }

    public Task SendAsync(byte[] frame) => Task.Delay(frame.Length);

    public void Dispose() => IsConnected = false;
}

public sealed class DeviceService(ILogger<DeviceService> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var device = new DeviceClient();
        await device.ConnectAsync(); //! LCA1008
        log.LogInformation("device is there");
        await device.SendAsync([1], stoppingToken);
    }
}

public sealed class PunctualDeviceService(ILogger<PunctualDeviceService> log) : BackgroundService
{
    // ok LCA1008: the overload with the token
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var device = new DeviceClient();
        await device.ConnectAsync(stoppingToken);
        log.LogInformation("device is there");
        await device.SendAsync([1], stoppingToken);
    }
}

public sealed class SimpleUser
{
    // ok LCA1008: there is nothing to pass
    public async Task UseAsync()
    {
        using var client = new SimpleClient();
        await client.ConnectAsync("device-7");
        await client.SendAsync([1]);
    }
}

public sealed class Databases(NpgsqlDataSource source)
{
    // ok LCA1008: Npgsql has its own connect timeout
    public async Task<object?> AskAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select 1", connection);
        return await command.ExecuteScalarAsync();
    }

    // ok LCA1008: so has the data source
    public async Task<object?> AskSourceAsync()
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select 1", connection);
        return await command.ExecuteScalarAsync();
    }

    // ok LCA1008: RequestedConnectionTimeout
    public static async Task<bool> AskBrokerAsync(ConnectionFactory factory)
    {
        await using var connection = await factory.CreateConnectionAsync(); //? LCA1001
        return connection.IsOpen;
    }

    // ok LCA1008: connectTimeout
    public static Task<ConnectionMultiplexer> AskCacheAsync(string configuration) => ConnectionMultiplexer.ConnectAsync(configuration); //? LCA1001

    // ok LCA1008: the client has a Timeout
    public static Task<string> FetchAsync(HttpClient http) => http.GetStringAsync("https://example.org/");
}

public static class DialLater
{
    public static Func<Socket, Task> Dialer(EndPoint remote)
    {
        return async socket =>
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(remote); //! LCA1008
        };
    }

    // ok LCA1008: the handler's token
    public static SocketsHttpHandler Handler() => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    public static async Task<bool> TryAsync(Socket socket, EndPoint remote)
    {
        return await Local();

        async Task<bool> Local()
        {
            try
            {
                await socket.ConnectAsync(remote); //! LCA1008
            }
            catch (SocketException ex) when (ex.SocketErrorCode is SocketError.ConnectionRefused)
            {
                return false;
            }
            return true;
        }
    }
}
