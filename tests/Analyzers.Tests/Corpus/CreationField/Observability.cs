// Tasks and their failures: event handlers, EAP code, continuations, fire-and-forget helpers.
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Field.Creation.Observability;

public static class TaskExtensions
{
    public static void Forget(this Task task, ILogger log) =>
        task.ContinueWith(t => log.LogError(t.Exception, "background"), TaskContinuationOptions.OnlyOnFaulted);

    public static void FireAndForget(this Task task) { }

    public static async void SafeFireAndForget(this Task task, Action<Exception> onError)
    {
        try
        {
            await task;
        }
        catch (Exception ex)
        {
            onError(ex);
        }
    }
}

public sealed class Subscriber(ClientWebSocket ws, ILogger<Subscriber> log)
{
    private readonly List<Task> _running = [];
    private Task _last = Task.CompletedTask;

    // ok LCA1004: the helper looks at the fault
    public void Start(CancellationToken stop) => ReceiveAsync(stop).Forget(log);

    // ok LCA1004: awaited in the helper's try
    public void StartSafe(CancellationToken stop) => ReceiveAsync(stop).SafeFireAndForget(ex => log.LogError(ex, "receive"));

    // ok LCA1004: collected and awaited
    public void StartCollected(CancellationToken stop) => _running.Add(ReceiveAsync(stop));

    // ok LCA1004: chained, the chain is awaited by Flush
    public void Queue(byte[] data) => _last = SendAfterAsync(_last, data);

    public Task FlushAsync() => Task.WhenAll([.. _running, _last]);

    public void StartIgnored(CancellationToken stop)
    {
        ReceiveAsync(stop).FireAndForget(); //! LCA1004
    }

    public void StartFactory(CancellationToken stop)
    {
        Task.Factory.StartNew(() => ReceiveAsync(stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default); //! LCA1004
    }

    public void StartLambda(CancellationToken stop)
    {
        _ = Task.Run(async () => //! LCA1004
        {
            var buffer = new byte[100];
            while (!stop.IsCancellationRequested) await ws.ReceiveAsync(buffer, stop);
        }, stop);
    }

    // ok LCA1004: the lambda's whole body is in a try
    public void StartLambdaSafe(CancellationToken stop)
    {
        _ = Task.Run(async () =>
        {
            try
            {
                var buffer = new byte[100];
                while (!stop.IsCancellationRequested) await ws.ReceiveAsync(buffer, stop);
            }
            catch (Exception ex)
            {
                log.LogWarning(ex, "receive ended");
            }
        }, stop);
    }

    public void Close()
    {
        var closing = ws.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", default); //! LCA1004
        log.LogInformation("closing");
    }

    // ok LCA1004: returned
    public Task CloseAsync() => ws.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default);

    private async Task ReceiveAsync(CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (ws.State == WebSocketState.Open)
        {
            var result = await ws.ReceiveAsync(buffer, stop);
            log.LogTrace("{Count}", result.Count);
        }
    }

    private async Task SendAfterAsync(Task before, byte[] data)
    {
        await before;
        if (ws.State == WebSocketState.Open) await ws.SendAsync(data, WebSocketMessageType.Binary, true, default);
    }
}

public sealed class Downloader : Component
{
    private readonly BackgroundWorker _worker = new() { WorkerSupportsCancellation = true };
    private readonly Socket _socket;

    public Downloader(Socket socket)
    {
        _socket = socket;
        // ok LCA1005: BackgroundWorker hands the exception to RunWorkerCompleted
        _worker.DoWork += (_, e) => e.Result = _socket.Receive(new byte[100]);
        _worker.RunWorkerCompleted += (_, e) => Failed = e.Error;
    }

    public Exception? Failed { get; private set; }

    public void Start() => _worker.RunWorkerAsync();
}

public sealed class Probe(TcpListener listener)
{
    public async void Accept()
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(); //! LCA1005
            client.Close();
        }
    }

    // ok LCA1005: the filter lets pass what closing and the network throw; OperationCanceled cannot come
    public async void AcceptSafe()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                client.Close();
            }
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    public void AcceptRegistered(WaitHandle ready)
    {
        ThreadPool.RegisterWaitForSingleObject(ready, (_, timedOut) =>
        {
            if (timedOut) return;
            using var socket = listener.AcceptSocket(); //! LCA1005
        }, null, 1000, false);
    }

    public void AcceptOnPool()
    {
        ThreadPool.UnsafeQueueUserWorkItem(static state => ((Probe)state!).AcceptOne(), this); //! LCA1005
    }

    // ok LCA1005: what it calls catches
    public void AcceptOnPoolSafe() => ThreadPool.QueueUserWorkItem(static probe => probe.TryAcceptOne(), this, preferLocal: false);

    private void AcceptOne()
    {
        using var client = listener.AcceptTcpClient();
        client.NoDelay = true;
    }

    private bool TryAcceptOne()
    {
        try
        {
            AcceptOne();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}

public sealed class Renewer : IDisposable
{
    private readonly Timer _timer;
    private readonly UdpClient _udp;
    private volatile bool _closed;

    public Renewer(UdpClient udp)
    {
        _udp = udp;
        _timer = new Timer(OnTimer);
        _timer.Change(1000, Timeout.Infinite);
    }

    // The I/O is caught, the re-arming is not: Dispose may have run.
    private void OnTimer(object? state)
    {
        try
        {
            var from = new IPEndPoint(IPAddress.Any, 0);
            if (_udp.Available > 0) Last = _udp.Receive(ref from).Length;
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        finally
        {
            _timer.Change(1000, Timeout.Infinite); //! LCA1005
        }
    }

    public int Last { get; private set; }

    public void Dispose()
    {
        _closed = true;
        _timer.Dispose();
    }
}

public sealed class RenewerSafe : IDisposable
{
    private readonly Timer _timer;
    private readonly UdpClient _udp;

    public RenewerSafe(UdpClient udp)
    {
        _udp = udp;
        _timer = new Timer(_ => OnTimer());
        _timer.Change(1000, Timeout.Infinite);
    }

    // ok LCA1005: one catch for all of it
    private void OnTimer()
    {
        try
        {
            var from = new IPEndPoint(IPAddress.Any, 0);
            if (_udp.Available > 0) Last = _udp.Receive(ref from).Length;
            _timer.Change(1000, Timeout.Infinite);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            Failed = ex;
        }
    }

    public int Last { get; private set; }

    public Exception? Failed { get; private set; }

    public void Dispose() => _timer.Dispose();
}

public sealed class ApmBridge
{
    // ok LCA1005: no callback; the caller waits and hears
    public int Receive(Socket socket, byte[] buffer)
    {
        var pending = socket.BeginReceive(buffer, 0, buffer.Length, SocketFlags.None, null, null);
        return socket.EndReceive(pending);
    }

    public void Write(NetworkStream stream, byte[] data, Action done) =>
        stream.BeginWrite(data, 0, data.Length, ar =>
        {
            stream.EndWrite(ar); //! LCA1005
            done();
        }, null);

    // ok LCA1005: FromAsync turns it into a task
    public Task<int> ReceiveAsync(Socket socket, byte[] buffer) =>
        Task<int>.Factory.FromAsync(
            socket.BeginReceive(buffer, 0, buffer.Length, SocketFlags.None, null, null),
            socket.EndReceive);

    public void Read(Stream stream, byte[] buffer, TaskCompletionSource<int> done)
    {
        var network = (NetworkStream)stream;
        network.BeginRead(buffer, 0, buffer.Length, EndRead, (network, done));
    }

    // ok LCA1005: whatever it is goes to the task
    private static void EndRead(IAsyncResult result)
    {
        var (stream, done) = ((NetworkStream, TaskCompletionSource<int>))result.AsyncState!;
        try
        {
            done.TrySetResult(stream.EndRead(result));
        }
        catch (Exception ex)
        {
            done.TrySetException(ex);
        }
    }
}
