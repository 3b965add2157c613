using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Clauses.LostTasks;

public sealed class Hubbub(ILogger<Hubbub> log) : BackgroundService
{
    private readonly List<Task> _sessions = [];
    private Task? _pump;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = new TcpListener(IPAddress.Any, 4000);
        listener.Start();
        while (!stoppingToken.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stoppingToken);
            _ = ServeAsync(client, stoppingToken); //! LCA1004
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using (client)
        {
            var buffer = new byte[512];
            while (await client.GetStream().ReadAsync(buffer, stop) > 0) log.LogInformation("frame");
        }
    }

    public void Serve(TcpClient client, CancellationToken stop)
    {
        var session = ServeAsync(client, stop);
        lock (_sessions) _sessions.Add(session);
    }

    public Task DrainAsync()
    {
        lock (_sessions) return Task.WhenAll(_sessions);
    }

    public void Pump(WebSocket web)
    {
        _pump = Task.Run(async () => //! LCA1004
        {
            var buffer = new byte[512];
            while (web.State == WebSocketState.Open) await web.ReceiveAsync(buffer, CancellationToken.None);
        });
    }

    public void PumpLogged(WebSocket web)
    {
        Task.Run(async () =>
        {
            var buffer = new byte[512];
            try
            {
                while (web.State == WebSocketState.Open) await web.ReceiveAsync(buffer, CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
            {
                log.LogWarning(e, "pump ended");
            }
        });
    }
}

public static class Helpers
{
    public static void Forget(this Task task)
    {
    }

    public static async void Watch(this Task task, Action<Exception> failed)
    {
        try
        {
            await task;
        }
        catch (Exception e)
        {
            failed(e);
        }
    }

    public static void Send(WebSocket web, byte[] frame)
    {
        web.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None).Forget(); //! LCA1004
    }

    public static void SendWatched(WebSocket web, byte[] frame)
    {
        web.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None).Watch(Console.Error.WriteLine);
    }

    public static void SendBoth(Socket socket, byte[] head, byte[] tail)
    {
        Task.WhenAll(socket.SendAsync(head), socket.SendAsync(tail)); //! LCA1004
    }

    public static Task SendReturned(Socket socket, byte[] head) => socket.SendAsync(head);

    public static void Kick(NetworkStream stream, byte[] frame)
    {
        stream.WriteAsync(frame); //! LCA1004
        stream.FlushAsync();
    }

    public static async Task<bool> TryReadAsync(NetworkStream stream, byte[] into, CancellationToken stop)
    {
        var read = stream.ReadAsync(into, stop).AsTask();
        var done = await Task.WhenAny(read, Task.Delay(1000, stop));
        if (done != read)
        {
            await stream.DisposeAsync();
            return false;
        }

        return await read > 0;
    }

    public static async Task<bool> ReadWithinAsync(NetworkStream stream, byte[] into)
    {
        using var limit = new CancellationTokenSource();
        var read = stream.ReadAsync(into, limit.Token).AsTask();
        if (await Task.WhenAny(read, Task.Delay(1000)) == read) return await read > 0;
        limit.Cancel();
        return false;
    }

    public static async Task<string> FirstAsync(UdpClient udp)
    {
        var receiving = udp.ReceiveAsync();
        var winner = await Task.WhenAny(receiving, Task.Delay(TimeSpan.FromSeconds(2))); //! LCA1004
        return winner == receiving ? (await receiving).RemoteEndPoint.ToString() : "nobody";
    }
}
