// Tasks of loops, connects and closes, and who looks at them.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.LoopTasks;

public sealed class WeatherListener(int port, ILogger<WeatherListener> log)
{
    private readonly TcpListener _listener = new(IPAddress.Any, port);
    private Task? _accepting;

    public void Start(CancellationToken stop)
    {
        _listener.Start();
        _ = AcceptAsync(stop); //! LCA1004
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var station = await _listener.AcceptTcpClientAsync(stop);
            _ = ServeSafelyAsync(station, stop);
        }
    }

    // ok LCA1004: lets nothing out
    private async Task ServeSafelyAsync(TcpClient station, CancellationToken stop)
    {
        try
        {
            using (station)
                await station.GetStream().CopyToAsync(Stream.Null, stop);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "station lost");
        }
    }

    // ok LCA1004: kept, and awaited by Stop
    public void StartKept(CancellationToken stop)
    {
        _listener.Start();
        _accepting = AcceptAsync(stop);
    }

    public async Task StopAsync()
    {
        _listener.Stop();
        if (_accepting is { } accepting) await accepting;
    }

    // ok LCA1004: the continuation looks at the fault
    public void StartWatched(CancellationToken stop) =>
        AcceptAsync(stop).ContinueWith(t => log.LogError(t.Exception, "accept loop ended"), TaskContinuationOptions.OnlyOnFaulted);

    public void StartUnwatched(CancellationToken stop)
    {
        AcceptAsync(stop).ContinueWith(_ => log.LogInformation("accept loop ended")); //! LCA1004
    }
}

public sealed class Intercom : IAsyncDisposable
{
    private readonly ClientWebSocket _ws = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;

    public async Task OpenAsync(Uri uri)
    {
        await _ws.ConnectAsync(uri, _stop.Token);
        Task.Run(() => ReadLoopAsync(_stop.Token)); //! LCA1004
    }

    private async Task ReadLoopAsync(CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (_ws.State == WebSocketState.Open)
            await _ws.ReceiveAsync(buffer, stop);
    }

    public async Task OpenLongAsync(Uri uri)
    {
        await _ws.ConnectAsync(uri, _stop.Token);
        Task.Factory.StartNew(() => ReadLoopAsync(_stop.Token), TaskCreationOptions.LongRunning); //! LCA1004
    }

    // ok LCA1004: kept for DisposeAsync
    public async Task OpenKeptAsync(Uri uri)
    {
        await _ws.ConnectAsync(uri, _stop.Token);
        _reading = Task.Run(() => ReadLoopAsync(_stop.Token));
    }

    // ok LCA1004: the lambda catches what comes out
    public async Task OpenCaughtAsync(Uri uri)
    {
        await _ws.ConnectAsync(uri, _stop.Token);
        _ = Task.Run(async () =>
        {
            try
            {
                await ReadLoopAsync(_stop.Token);
            }
            catch (Exception ex)
            {
                Console.Error.WriteLine(ex.Message);
            }
        });
    }

    public void Hang()
    {
        _ = _ws.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None); //! LCA1004
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        try { await _reading; } catch (OperationCanceledException) { }
        _ws.Dispose();
    }
}

public sealed class Pagers(ILogger log)
{
    public void Page(Socket socket, byte[] text)
    {
        socket.SendAsync(text, SocketFlags.None); //! LCA1004
    }

    public void Connect(HubConnection hub)
    {
        var starting = hub.StartAsync(); //! LCA1004
        //? LCA1008
        log.LogInformation("starting {Id}", hub.ConnectionId);
    }

    // ok LCA1004: the caller gets the task
    public Task ConnectAsync(HubConnection hub, CancellationToken stop)
    {
        var starting = hub.StartAsync(stop);
        return starting;
    }

    // ok LCA1004: collected and awaited together
    public async Task PageAllAsync(IEnumerable<Socket> sockets, byte[] text, CancellationToken stop)
    {
        var tasks = new List<Task>();
        foreach (var socket in sockets)
            tasks.Add(socket.SendAsync(text, SocketFlags.None, stop).AsTask());
        await Task.WhenAll(tasks);
    }

    // ok LCA1004: no connection at all
    public void Tidy(Channel<string> channel) => _ = Task.Run(() => channel.Writer.TryWrite("tidy"));

    public void Forward(NetworkStream from, NetworkStream to, CancellationToken stop)
    {
        _ = from.CopyToAsync(to, stop); //! LCA1004
    }

    // ok LCA1004: observed by a helper of ours
    public void ForwardObserved(NetworkStream from, NetworkStream to, CancellationToken stop) =>
        from.CopyToAsync(to, stop).Forget(log);
}

internal static class TaskHelpers
{
    public static void Forget(this Task task, ILogger log) =>
        task.ContinueWith(t => log.LogError(t.Exception, "background task failed"), TaskContinuationOptions.OnlyOnFaulted);

    public static async void SafeFireAndForget(this Task task, Action<Exception> failed)
    {
        try { await task; }
        catch (Exception ex) { failed(ex); }
    }
}

public sealed class Lighthouse(string host, int port)
{
    private TcpClient? _client;

    // ok LCA1004
    public void Start(Action<Exception> failed) => ConnectAsync(CancellationToken.None).SafeFireAndForget(failed);

    public void StartBlind()
    {
        ConnectAsync(CancellationToken.None); //! LCA1004
    }

    private async Task ConnectAsync(CancellationToken stop)
    {
        _client = new TcpClient();
        await _client.ConnectAsync(host, port, stop);
    }

    public void Stop() => _client?.Dispose();

    // ok LCA1004: nothing here can throw what nobody sees; the loop only swallows
    public void StartPump(CancellationToken stop) => _ = PumpAsync(stop);

    private async Task PumpAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var buffer = new byte[512];
                await _client!.GetStream().ReadAsync(buffer, stop);
            }
            catch
            {
                return;
            }
        }
    }
}

public sealed class Sirens
{
    private readonly UdpClient _udp = new(4444);
    private readonly object _sync = new();

    public void Listen()
    {
        new Thread(() => { }).Start();
        Task.Run(async () => //! LCA1004
        {
            while (true)
            {
                var datagram = await _udp.ReceiveAsync();
                lock (_sync) Console.WriteLine(datagram.Buffer.Length);
            }
        });
    }

    // ok LCA1004: a synchronous loop with its own catch
    public void ListenCaught()
    {
        Task.Run(() =>
        {
            try
            {
                var from = new IPEndPoint(IPAddress.Any, 0);
                while (true) Console.WriteLine(_udp.Receive(ref from).Length);
            }
            catch (SocketException) { }
            catch (ObjectDisposedException) { }
        });
    }
}
