// Statics and singletons that hold a connection for the whole process.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Grpc.Net.Client;
using StackExchange.Redis;

namespace Corpus.Reuse.StaticHolders;

public static class Syslog
{
    private static readonly object s_sync = new();
    private static TcpClient? s_client;

    public static void Write(string line)
    {
        lock (s_sync)
        {
            if (s_client == null) s_client = new TcpClient("syslog.example.test", 601);
            s_client.GetStream().Write(Encoding.UTF8.GetBytes(line + "\n")); //! LCA3001
        }
    }

    // ok LCA3001: the catch drops the client, whoever logs next dials again
    public static void WriteOrDrop(string line)
    {
        lock (s_sync)
        {
            try
            {
                s_client ??= new TcpClient("syslog.example.test", 601);
                s_client.GetStream().Write(Encoding.UTF8.GetBytes(line + "\n"));
            }
            catch (IOException)
            {
                s_client?.Close();
                s_client = null;
            }
        }
    }
}

public sealed class Uplink : IDisposable
{
    private static Uplink? s_instance;
    private readonly string _host;
    private ClientWebSocket? _socket;

    private Uplink(string host) => _host = host;

    public static Uplink Instance => s_instance ??= new Uplink("up.example.test");

    public async Task SendAsync(string text, CancellationToken stop)
    {
        if (_socket is null)
        {
            _socket = new ClientWebSocket();
            await _socket.ConnectAsync(new Uri($"wss://{_host}/"), stop);
        }

        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, stop); //! LCA3001
    }

    // ok LCA3001: anything but an open socket is replaced
    public async Task SendOpenAsync(string text, CancellationToken stop)
    {
        if (_socket?.State != WebSocketState.Open)
        {
            _socket?.Dispose();
            _socket = new ClientWebSocket();
            await _socket.ConnectAsync(new Uri($"wss://{_host}/"), stop);
        }

        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, stop);
    }

    public void Dispose() => _socket?.Dispose();
}

/// <summary>What several static callers share: a property that opens on first use.</summary>
public static class Historian
{
    private static NetworkStream? s_stream;

    private static NetworkStream Stream => s_stream ??= new TcpClient("historian.example.test", 4840).GetStream();

    public static void Log(ReadOnlySpan<byte> sample) => Stream.Write(sample); //! LCA3001

    public static async Task LogAsync(ReadOnlyMemory<byte> sample, CancellationToken stop)
    {
        var stream = Stream;
        await stream.WriteAsync(sample, stop); //! LCA3001
    }

    // ok LCA3001: the failure resets the field
    public static void LogOrReset(ReadOnlySpan<byte> sample)
    {
        try
        {
            Stream.Write(sample);
        }
        catch (IOException)
        {
            s_stream?.Dispose();
            s_stream = null;
            throw;
        }
    }
}

/// <summary>Opened once when the type is first touched, and used as it is from then on.</summary>
public static class Beacon
{
    private static readonly TcpClient s_client = new("beacon.example.test", 7);

    public static void Blink() => s_client.GetStream().WriteByte(1); //? LCA3001
}

public static class Healing
{
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) });
    private static GrpcChannel? s_channel;
    private static ConnectionMultiplexer? s_redis;

    // ok LCA3001: the handler's pool looks after its connections
    public static Task<byte[]> FetchAsync(Uri uri, CancellationToken stop) => s_http.GetByteArrayAsync(uri, stop);

    // ok LCA3001: a channel dials again by itself
    public static Grpc.Core.CallInvoker Invoker() => (s_channel ??= GrpcChannel.ForAddress("https://grpc.example.test")).CreateCallInvoker();

    // ok LCA3001: a multiplexer reconnects
    public static Task<bool> MarkAsync(string key) =>
        (s_redis ??= ConnectionMultiplexer.Connect("redis.example.test,abortConnect=false")).GetDatabase().StringSetAsync(key, "1"); //! LCA1001
}
