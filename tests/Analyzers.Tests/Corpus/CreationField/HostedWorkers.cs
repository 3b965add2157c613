// Hosted services that start loops and walk away: whose exception is it?
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Field.Creation.HostedWorkers;

public sealed class IngestService(ILogger<IngestService> log, Channel<byte[]> sink) : IHostedService
{
    private readonly TcpListener _listener = new(IPAddress.Any, 6514);
    private readonly CancellationTokenSource _stop = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        _ = Task.Run(() => AcceptLoopAsync(_stop.Token), cancellationToken); //! LCA1004
        return Task.CompletedTask;
    }

    private async Task AcceptLoopAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(stop);
            ReadAsync(client, stop).ContinueWith( // ok LCA1004: the continuation looks at the fault
                t => log.LogWarning(t.Exception, "client failed"),
                CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    private async Task ReadAsync(TcpClient client, CancellationToken stop)
    {
        using (client)
        {
            var buffer = new byte[8192];
            int n;
            while ((n = await client.GetStream().ReadAsync(buffer, stop)) > 0)
                await sink.Writer.WriteAsync(buffer.AsSpan(0, n).ToArray(), stop);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Cancel();
        _listener.Stop();
        return Task.CompletedTask;
    }
}

public sealed class KeptIngestService(Channel<byte[]> sink) : IHostedService
{
    private readonly UdpClient _udp = new(514);
    private readonly CancellationTokenSource _stop = new();
    private Task? _loop;

    // ok LCA1004: the task is kept and awaited in StopAsync
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = ReceiveLoopAsync(_stop.Token);
        return Task.CompletedTask;
    }

    private async Task ReceiveLoopAsync(CancellationToken stop)
    {
        while (true)
        {
            var result = await _udp.ReceiveAsync(stop);
            sink.Writer.TryWrite(result.Buffer);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        if (_loop is not null) await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _udp.Dispose();
    }
}

public sealed class TickerWorker(Uri uri, ILogger<TickerWorker> log) : BackgroundService
{
    private readonly ClientWebSocket _ws = new();
    private Task? _reader;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _ws.ConnectAsync(uri, stoppingToken);
        _reader = ReadLoopAsync(stoppingToken); //! LCA1004
        StartPing(stoppingToken);
        await Task.Delay(Timeout.Infinite, stoppingToken);
    }

    private async Task ReadLoopAsync(CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (_ws.State == WebSocketState.Open)
        {
            var result = await _ws.ReceiveAsync(buffer, stop);
            if (result.MessageType == WebSocketMessageType.Close) return;
        }
    }

    // ok LCA1004: nothing gets out of the loop
    private void StartPing(CancellationToken stop) => Task.Run(() => PingLoopAsync(stop), stop);

    private async Task PingLoopAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await Task.Delay(15_000, stop);
                await _ws.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, stop);
            }
        }
        catch (Exception ex)
        {
            log.LogInformation(ex, "ping ended");
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _ws.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken); //! LCA1004
        await base.StopAsync(cancellationToken);
    }
}

public static class Timeouts
{
    public static async Task<Socket> ConnectOrGiveUpAsync(EndPoint remote, TimeSpan limit)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        var connect = socket.ConnectAsync(remote);
        if (await Task.WhenAny(connect, Task.Delay(limit)) != connect) //! LCA1004
            throw new TimeoutException();
        await connect;
        return socket;
    }

    // ok LCA1003 LCA1004: the other outcome closes the socket
    public static async Task<Socket> ConnectOrCloseAsync(EndPoint remote, TimeSpan limit)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var connect = socket.ConnectAsync(remote);
            if (await Task.WhenAny(connect, Task.Delay(limit)) != connect) throw new TimeoutException();
            await connect;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static bool TryConnect(TcpClient client, string host, int port)
    {
        var task = client.ConnectAsync(host, port);
        return task.Wait(2000) && client.Client != null; //! LCA1004
    }

    public static bool TryConnectClosing(TcpClient client, string host, int port)
    {
        // ok LCA1004: closed on the other outcome
        var task = client.ConnectAsync(host, port);
        if (task.Wait(TimeSpan.FromSeconds(2))) return true;
        client.Close();
        return false;
    }

    public static async Task<int> ReadWithinAsync(NetworkStream stream, Memory<byte> buffer, TimeSpan limit)
    {
        var read = stream.ReadAsync(buffer).AsTask();
        return await read.WaitAsync(limit); //! LCA1004
    }

    // ok LCA1004: cancelled on the other outcome
    public static async Task<int> ReadOrCancelAsync(NetworkStream stream, Memory<byte> buffer, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource();
        var read = stream.ReadAsync(buffer, cts.Token).AsTask();
        if (await Task.WhenAny(read, Task.Delay(limit)) == read) return await read;
        cts.Cancel();
        return -1;
    }
}
