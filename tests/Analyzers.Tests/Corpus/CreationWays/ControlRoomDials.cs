// The same control room: connections made, owned, counted and handed on.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ways.Building;

public interface IOwner<out T> : IDisposable where T : class
{
    T Value { get; }
}

public sealed class SocketOwner : IOwner<Socket>
{
    public Socket Value { get; }

    private SocketOwner(Socket socket) => Value = socket;

    public static async Task<SocketOwner> DialAsync(IPEndPoint end, CancellationToken cancel)
    {
        SocketOwner owner = new(new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await owner.Value.ConnectAsync(end, cancel);
            return owner;
        }
        catch (Exception)
        {
            owner.Dispose();
            throw;
        }
    }

    public void Dispose() => Value.Dispose();
}

public static class Dials
{
    public static async ValueTask<T> OpenAsync<T>(Func<T> create, Func<T, CancellationToken, Task> connect, CancellationToken cancel) where T : IDisposable
    {
        var made = create();
        try
        {
            await connect(made, cancel);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    public static ValueTask<TcpClient> TcpAsync(string host, int port, CancellationToken cancel) =>
        OpenAsync(static () => new TcpClient(), (c, token) => c.ConnectAsync(host, port, token).AsTask(), cancel);

    public static ValueTask<ClientWebSocket> WebAsync(Uri uri, CancellationToken cancel) =>
        OpenAsync(static () => new ClientWebSocket(), (c, token) => c.ConnectAsync(uri, token), cancel);

    public static async Task<Socket?> FirstAsync(IPAddress[] addresses, int port, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        var attempts = addresses.Select(async address =>
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), stop.Token);
                return socket;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                socket.Dispose();
                return null;
            }
        }).ToList();
        Socket? won = null;
        await foreach (var attempt in Task.WhenEach(attempts))
        {
            if (await attempt is not { } socket) continue;
            if (won is null) (won, _) = (socket, stop.CancelAsync());
            else socket.Dispose();
        }

        return won;
    }

    public static (Socket Left, Socket Right) Pair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Socket left = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            left.Connect(listener.LocalEndPoint!);
            return (left, listener.Accept());
        }
        catch
        {
            left.Dispose();
            throw;
        }
    }
}

public sealed class ControlServer(IPEndPoint end, ILogger<ControlServer> log) : BackgroundService
{
    private readonly SemaphoreSlim _slots = new(100);
    private int _open;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using TcpListener listener = new(end);
        listener.Start();
        var running = new HashSet<Task>();
        try
        {
            while (true)
            {
                await _slots.WaitAsync(stoppingToken);
                TcpClient client;
                try
                {
                    client = await listener.AcceptTcpClientAsync(stoppingToken);
                }
                catch
                {
                    _slots.Release();
                    throw;
                }

                lock (running) running.Add(HandleAsync(client, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task HandleAsync(TcpClient client, CancellationToken stop)
    {
        var count = Interlocked.Increment(ref _open);
        try
        {
            log.LogInformation("{Count} open", count);
            using (client)
            await using (var stream = client.GetStream())
            {
                var buffer = new byte[512];
                int read;
                do
                {
                    read = await stream.ReadAsync(buffer, stop);
                    await stream.WriteAsync(buffer.AsMemory(..read), stop);
                }
                while (read != 0);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            log.LogDebug(e, "gone");
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            _slots.Release();
        }
    }
}

public sealed class PushMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context, ILogger<PushMiddleware> log)
    {
        if (context is not { WebSockets.IsWebSocketRequest: true, Request.Path.Value: "/push" })
        {
            await next(context);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var receiving = DrainAsync(socket, gone);
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(gone.Token) && socket.State == WebSocketState.Open)
                await socket.SendAsync(Encoding(DateTimeOffset.UtcNow), WebSocketMessageType.Text, true, gone.Token);
        }
        catch (OperationCanceledException)
        {
            log.LogDebug("left");
        }

        await receiving;

        static ReadOnlyMemory<byte> Encoding(DateTimeOffset now) => System.Text.Encoding.ASCII.GetBytes(now.ToString("O"));
    }

    private static async Task DrainAsync(WebSocket socket, CancellationTokenSource gone)
    {
        var buffer = new byte[128];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), gone.Token)).MessageType is not WebSocketMessageType.Close) { }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException) { }
        finally
        {
            await gone.CancelAsync();
        }
    }
}

internal static class Legacy
{
    private sealed class State(Socket socket, Action<byte[], int> received)
    {
        public readonly byte[] Buffer = new byte[1024];
        public Socket Socket => socket;
        public Action<byte[], int> Received => received;
    }

    public static void Begin(Socket socket, Action<byte[], int> received, Action<Exception?> ended)
    {
        var state = new State(socket, received);
        socket.BeginReceive(state.Buffer, 0, state.Buffer.Length, SocketFlags.None, OnReceive, state);

        void OnReceive(IAsyncResult result)
        {
            var mine = (State)result.AsyncState!;
            Exception? failure = null;
            try
            {
                if (mine.Socket.EndReceive(result) is > 0 and var read)
                {
                    mine.Received(mine.Buffer, read);
                    mine.Socket.BeginReceive(mine.Buffer, 0, mine.Buffer.Length, SocketFlags.None, OnReceive, mine);
                    return;
                }
            }
            catch (Exception e)
            {
                failure = e;
            }

            mine.Socket.Close();
            ended(failure);
        }
    }
}
