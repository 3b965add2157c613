// The edges of a desktop client of a laboratory: async void, delegates, timers, waits and what they let out.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Ways.Edges;

public delegate void Refresh();

public sealed class MainView
{
    private readonly NetworkStream _stream;
    private readonly ILogger _log;
    private readonly byte[] _buffer = new byte[256];
    private Timer? _timer;
    private volatile bool _closed;

    public event EventHandler? Clicked;

    public MainView(NetworkStream stream, ILogger log)
    {
        (_stream, _log) = (stream, log);
        Clicked += OnClicked;
        Clicked += async (_, _) => _ = await _stream.ReadAsync(_buffer); //! LCA1005
        Clicked += new EventHandler(async (sender, e) =>
        {
            try
            {
                _ = await _stream.ReadAsync(_buffer);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                _log.LogError(error, "read");
            }
        });
    }

    private async void OnClicked(object? sender, EventArgs e) => await RefreshAsync(); //! LCA1005

    private async Task RefreshAsync()
    {
        var read = await _stream.ReadAsync(_buffer.AsMemory());
        _log.LogInformation("{Read} bytes", read);
    }

    private async Task RefreshSafelyAsync()
    {
        try { await RefreshAsync(); }
        catch (Exception e) { _log.LogWarning(e, "refresh"); }
    }

    public async void OnShown(object? sender, EventArgs e) => await RefreshSafelyAsync();

    public Refresh Refreshing => async () => await RefreshSafelyAsync();

    public void StartTimer()
    {
        _timer = new(Tick, null, Timeout.Infinite, Timeout.Infinite);
        _timer.Change(1000, Timeout.Infinite);
    }

    private void Tick(object? state)
    {
        try
        {
            _ = _stream.Read(_buffer, 0, _buffer.Length);
        }
        catch (IOException e)
        {
            _log.LogWarning(e, "tick");
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        if (_closed) return;
        try { _timer?.Change(1000, Timeout.Infinite); }
        catch (ObjectDisposedException) { }
    }

    public void Close()
    {
        _closed = true;
        _timer?.Dispose();
        _stream.Dispose();
    }
}

public sealed class PortWatch(Socket socket, WaitHandle readable, Action<Exception> failed)
{
    private readonly byte[] _one = new byte[1];

    public RegisteredWaitHandle Watch() =>
        ThreadPool.RegisterWaitForSingleObject(readable, (_, timedOut) => Take(timedOut), null, 5_000, executeOnlyOnce: true); //! LCA1005

    public RegisteredWaitHandle WatchSafely() =>
        ThreadPool.RegisterWaitForSingleObject(readable, (_, timedOut) => TryTake(timedOut), null, 5_000, executeOnlyOnce: true);

    private int Take(bool timedOut) => timedOut ? 0 : socket.Receive(_one);

    private bool TryTake(bool timedOut)
    {
        try
        {
            return Take(timedOut) > 0;
        }
        catch (SystemException e)
        {
            failed(e);
            return false;
        }
    }

    public Thread Start() => new(() =>
    {
        try
        {
            for (int read; (read = socket.Receive(_one)) > 0;) { }
        }
        catch (Exception e)
        {
            failed(e);
        }
        finally
        {
            socket.Dispose();
        }
    });
}

public sealed class Accepting(TcpListener listener, Func<TcpClient, Task> serve, ILogger log)
{
    private readonly List<Task> _all = [];

    public void Start() => listener.BeginAcceptTcpClient(OnAccept, listener);

    private void OnAccept(IAsyncResult result)
    {
        if (result.AsyncState is not TcpListener source) return;
        TcpClient client;
        try
        {
            client = source.EndAcceptTcpClient(result);
            source.BeginAcceptTcpClient(OnAccept, source);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            log.LogDebug(e, "no more");
            return;
        }

        lock (_all) _all.Add(ServeAsync(client));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try { await serve(client); }
        catch (Exception e) { log.LogError(e, "served badly"); }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        await using var closing = stop.Register(static l => ((TcpListener)l!).Stop(), listener);
        while (!stop.IsCancellationRequested)
        {
            TcpClient client;
            try { client = await listener.AcceptTcpClientAsync(); }
            catch (Exception) when (stop.IsCancellationRequested) { break; }
            _ = ServeAsync(client);
        }
    }

    public void RunForgetting(IPEndPoint end, CancellationToken stop)
    {
        Task.Factory.StartNew(async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(end, stop);
            await serve(client);
        }, stop).Unwrap().ContinueWith(t => log.LogError(t.Exception!.Flatten(), "run"), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }
}
