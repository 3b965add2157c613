using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Clauses.DroppedTasks;

public sealed class EchoService(ILogger<EchoService> log) : IHostedService
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 7);
    private readonly CancellationTokenSource _stop = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        _ = AcceptLoopAsync(_stop.Token); //! LCA1004
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Cancel();
        _listener.Stop();
        return Task.CompletedTask;
    }

    private async Task AcceptLoopAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(stop);
            _ = EchoAsync(client, stop);
        }
    }

    private async Task EchoAsync(TcpClient client, CancellationToken stop)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                await stream.CopyToAsync(stream, stop);
            }
        }
        catch (Exception e)
        {
            log.LogWarning(e, "echo ended");
        }
    }
}

public sealed class MarketSocket(Uri uri, Action<string> log)
{
    private readonly ClientWebSocket _web = new();

    public async Task StartAsync(CancellationToken stop)
    {
        await _web.ConnectAsync(uri, stop);
        Task.Run(() => ReceiveAsync(stop)); //! LCA1004
    }

    public async Task StartObservedAsync(CancellationToken stop)
    {
        await _web.ConnectAsync(uri, stop);
        _ = Task.Run(() => ReceiveAsync(stop))
            .ContinueWith(t => log("receive: " + t.Exception), TaskContinuationOptions.OnlyOnFaulted);
    }

    private async Task ReceiveAsync(CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (_web.State == WebSocketState.Open)
        {
            var result = await _web.ReceiveAsync(buffer, stop);
            if (result.MessageType == WebSocketMessageType.Close) return;
            log(System.Text.Encoding.UTF8.GetString(buffer, 0, result.Count));
        }
    }

    public void Leave()
    {
        _web.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None); //! LCA1004
    }

    public async ValueTask DisposeAsync()
    {
        if (_web.State == WebSocketState.Open) await _web.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        _web.Dispose();
    }
}

public sealed class SensorReader
{
    private Thread? _thread;
    private Task? _loop;

    public void Start(Socket socket, Action<byte[]> frame)
    {
        Task.Factory.StartNew(() => Read(socket, frame), TaskCreationOptions.LongRunning); //! LCA1004
    }

    public void StartKept(Socket socket, Action<byte[]> frame)
    {
        _loop = Task.Factory.StartNew(() => Read(socket, frame), TaskCreationOptions.LongRunning);
    }

    public void StartGuarded(Socket socket, Action<byte[]> frame, Action<Exception> failed)
    {
        Task.Run(() =>
        {
            try
            {
                Read(socket, frame);
            }
            catch (Exception e)
            {
                failed(e);
            }
        });
    }

    public Task StopAsync() => _loop ?? Task.CompletedTask;

    public bool IsThreaded => _thread != null;

    private static void Read(Socket socket, Action<byte[]> frame)
    {
        var buffer = new byte[2048];
        int count;
        while ((count = socket.Receive(buffer)) > 0) frame(buffer[..count]);
    }
}

public static class TimedConnect
{
    public static async Task<TcpClient> OpenAsync(string host, int port)
    {
        var client = new TcpClient(); //! LCA1003
        var connect = client.ConnectAsync(host, port);
        if (await Task.WhenAny(connect, Task.Delay(3000)) != connect) throw new TimeoutException(); //! LCA1004
        await connect;
        return client;
    }

    public static async Task<TcpClient> OpenOrCloseAsync(string host, int port)
    {
        var client = new TcpClient();
        try
        {
            var connect = client.ConnectAsync(host, port);
            if (await Task.WhenAny(connect, Task.Delay(3000)) != connect) throw new TimeoutException();
            await connect;
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public static bool Probe(Socket socket, EndPoint endPoint)
    {
        var connecting = socket.ConnectAsync(endPoint);
        return connecting.Wait(TimeSpan.FromSeconds(2));
    }

    public static bool ProbeAndClose(Socket socket, EndPoint endPoint)
    {
        var connecting = socket.ConnectAsync(endPoint);
        if (connecting.Wait(TimeSpan.FromSeconds(2))) return true;
        socket.Close();
        return false;
    }

    public static async Task<int> ReadAsync(NetworkStream stream, byte[] buffer)
    {
        return await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(1)); //! LCA1004
    }

    public static async Task<int> ReadOrCloseAsync(NetworkStream stream, byte[] buffer)
    {
        try
        {
            return await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (TimeoutException)
        {
            stream.Close();
            throw;
        }
    }
}

public static class Tunnel
{
    public static async Task RelayAsync(TcpClient left, TcpClient right, CancellationToken stop)
    {
        using (left)
        using (right)
        {
            var up = left.GetStream().CopyToAsync(right.GetStream(), stop);
            var down = right.GetStream().CopyToAsync(left.GetStream(), stop);
            await Task.WhenAny(up, down);
        }
    }
}

public sealed class Presence(HubConnection hub)
{
    public void Announce(string name)
    {
        var announced = hub.SendAsync("Announce", name); //! LCA1004
        Console.WriteLine("announcing " + name);
    }

    public void AnnounceAndTell(string name)
    {
        hub.SendAsync("Announce", name).ContinueWith(t =>
        {
            if (t.IsFaulted) Console.Error.WriteLine(t.Exception!.InnerException);
        });
    }

    public Task Stop() => hub.StopAsync();
}

public static class UdpBeacon
{
    public static void Shout(UdpClient udp, byte[] beacon, IPEndPoint to)
    {
        udp.SendAsync(beacon, beacon.Length, to); //! LCA1004
    }

    public static int ShoutNow(UdpClient udp, byte[] beacon, IPEndPoint to) => udp.Send(beacon, beacon.Length, to);
}
