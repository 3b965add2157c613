// Tasks of connects, loops, sends and closes that nobody looks at.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Wide.Creation.DroppedTasks;

// --- reported

public sealed class ChatServer(TcpListener listener, ILogger<ChatServer> log)
{
    private readonly List<ChatMember> _members = [];

    public void Start(CancellationToken ct)
    {
        listener.Start();
        log.LogInformation("chat server up");
        _ = AcceptAsync(ct); //! LCA1004
    }

    private async Task AcceptAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            var member = new ChatMember(client);
            lock (_members) _members.Add(member);
        }
    }
}

public sealed class ChatMember(TcpClient client)
{
    public string? Name { get; set; }

    public TcpClient Client => client;
}

public sealed class PositionFeed(Uri url)
{
    private readonly ClientWebSocket _socket = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public async Task OpenAsync(CancellationToken ct)
    {
        await _socket.ConnectAsync(url, ct);
        ReceiveLoopAsync(ct); //! LCA1004
        Task.Run(() => PumpOutAsync(ct), ct); //! LCA1004
    }

    private async Task ReceiveLoopAsync(CancellationToken ct)
    {
        var buffer = new byte[4096];
        while (_socket.State == WebSocketState.Open)
        {
            var result = await _socket.ReceiveAsync(buffer, ct);
            if (result.MessageType == WebSocketMessageType.Close) break;
            await _lines.Writer.WriteAsync(Encoding.UTF8.GetString(buffer, 0, result.Count), ct);
        }
    }

    private async Task PumpOutAsync(CancellationToken ct)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(ct))
            await _socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, true, ct);
    }

    public void Shut()
    {
        _ = _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None); //! LCA1004
    }
}

public static class PlcProbe
{
    public static async Task<TcpClient> ConnectAsync(string host)
    {
        var client = new TcpClient(); //? LCA1003
        var connect = client.ConnectAsync(host, 102); //? LCA1008
        if (await Task.WhenAny(connect, Task.Delay(3000)) != connect) //! LCA1004
            throw new TimeoutException("PLC " + host + " does not answer");
        return client;
    }

    public static bool Connect(TcpClient client, string host, int port)
    {
        Task attempt = client.ConnectAsync(host, port); //? LCA1008
        if (!attempt.Wait(TimeSpan.FromSeconds(2))) //! LCA1004
            return false;
        return true;
    }
}

public class Watcher
{
    private HubConnection hub;
    private Task? running;

    public Watcher(HubConnection hub)
    {
        this.hub = hub;
    }

    public void Menu_Connect(object sender, EventArgs e)
    {
        var task = hub.StartAsync(); //! LCA1004
    }

    public void Menu_Ping(object sender, EventArgs e)
    {
        switch (hub.State)
        {
            case HubConnectionState.Connected:
                hub.SendAsync("ping", DateTime.Now); //! LCA1004
                break;
            default:
                running = null;
                break;
        }
    }

    public bool Busy => running is not null;
}

public sealed class Forwarder(NetworkStream left, NetworkStream right) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Task.Factory.StartNew(() => Copy(left, right), TaskCreationOptions.LongRunning); //! LCA1004
        return Task.CompletedTask;
    }

    private static void Copy(Stream from, Stream to)
    {
        var buffer = new byte[1024];
        int read;
        while ((read = from.Read(buffer, 0, buffer.Length)) > 0)
            to.Write(buffer, 0, read);
    }
}

public sealed class TcpEcho(IPEndPoint local)
{
    public void Listen()
    {
        var listener = new TcpListener(local); //? LCA1003
        listener.Start();
        Task.Run(async () => //! LCA1004
        {
            for (;;)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().CopyToAsync(client.GetStream());
            }
        });
    }
}

public sealed class ReceiveWithTimeout(UdpClient udp)
{
    public async Task<byte[]?> ReceiveAsync(TimeSpan timeout)
    {
        var receive = udp.ReceiveAsync();
        var finished = await Task.WhenAny(receive, Task.Delay(timeout)); //! LCA1004
        if (finished != receive) return null;
        return receive.Result.Buffer;
    }
}

// --- silent

public sealed class CarefulServer(TcpListener listener, ILogger log)
{
    private Task _accepting = Task.CompletedTask;

    // ok LCA1004: kept and awaited in StopAsync
    public void Start(CancellationToken ct) => _accepting = AcceptAsync(ct);

    public async Task StopAsync()
    {
        listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            // ok LCA1004: its whole body is in a try
            _ = ServeAsync(client, ct);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        try
        {
            using (client)
                await client.GetStream().CopyToAsync(Stream.Null, ct);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "client failed");
        }
    }

    // ok LCA1004: the continuation looks at the fault
    public void StartWatched(CancellationToken ct)
    {
        AcceptAsync(ct).ContinueWith(t => log.LogError(t.Exception, "accept loop died"), TaskContinuationOptions.OnlyOnFaulted);
    }

    // ok LCA1004: the lambda lets nothing out
    public void StartGuarded(CancellationToken ct)
    {
        _ = Task.Run(async () =>
        {
            try
            {
                await AcceptAsync(ct);
            }
            catch (Exception ex)
            {
                log.LogError(ex, "accept loop died");
            }
        }, ct);
    }

    // ok LCA1004: on the timeout the socket is closed and the fault looked at
    public static async Task ConnectAsync(TcpClient client, string host)
    {
        var connect = client.ConnectAsync(host, 102); //? LCA1008
        if (await Task.WhenAny(connect, Task.Delay(3000)) != connect)
        {
            client.Dispose();
            _ = connect.ContinueWith(t => _ = t.Exception, TaskScheduler.Default);
            throw new TimeoutException();
        }
        await connect;
    }

    // ok LCA1004: both directions, then both are closed
    public static async Task RelayAsync(TcpClient a, TcpClient b)
    {
        using (a)
        using (b)
        {
            var up = a.GetStream().CopyToAsync(b.GetStream());
            var down = b.GetStream().CopyToAsync(a.GetStream());
            await Task.WhenAny(up, down);
        }
    }

    // ok LCA1004: awaited later through WhenAll
    public static async Task BroadcastAsync(IEnumerable<NetworkStream> streams, ReadOnlyMemory<byte> data)
    {
        var sends = new List<Task>();
        foreach (var stream in streams) sends.Add(stream.WriteAsync(data).AsTask());
        await Task.WhenAll(sends);
    }

    // ok LCA1004: returned to the caller
    public Task RunAsync(CancellationToken ct) => Task.Run(() => AcceptAsync(ct), ct);

    // ok LCA1004: no connection work at all
    public void Tick() => _ = Task.Run(() => Console.WriteLine("tick"));

    // ok LCA1004: an extension observes it
    public void StartForgotten(CancellationToken ct) => AcceptAsync(ct).Forget(log);
}

public static class TaskForgetting
{
    public static async void Forget(this Task task, ILogger log)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception ex)
        {
            log.LogError(ex, "background work failed");
        }
    }
}
