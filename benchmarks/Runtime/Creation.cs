using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;

namespace LifecycleAnalyzers.Runtime.Benchmarks;

/// <summary>Opening a TCP connection over loopback and closing it.</summary>
public class Connects
{
    private readonly ConnectionTracker _tracker = new();
    private Socket _listener = null!;
    private EndPoint _endPoint = null!;

    [GlobalSetup]
    public void Listen()
    {
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1024);
        _endPoint = _listener.LocalEndPoint!;
        new Thread(Accept) { IsBackground = true }.Start();
    }

    [GlobalCleanup]
    public void Close() => _listener.Dispose();

    [Benchmark(Baseline = true)]
    public async Task Bare()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_endPoint);
        End(socket);
    }

    /// <summary>With a limit, and nothing left open where it fails.</summary>
    [Benchmark]
    public async Task ByHand()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_endPoint, limit.Token);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        using (socket)
        {
            End(socket);
        }
    }

    [Benchmark]
    public async Task SafeSocket()
    {
        using var socket = await Runtime.SafeSocket.ConnectAsync(_endPoint, CancellationToken.None);
        End(socket);
    }

    [Benchmark]
    public async Task SafeSocketAndTracker()
    {
        using var socket = await Runtime.SafeSocket.ConnectAsync(_endPoint, CancellationToken.None);
        using var tracked = _tracker.Track(socket);
        End(socket);
    }

    // Reset: otherwise the ports that wait for late packets run out.
    private static void End(Socket socket) => socket.LingerState = new LingerOption(true, 0);

    private void Accept()
    {
        try
        {
            while (true)
            {
                _listener.Accept().Dispose();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The benchmark is over.
        }
    }
}

/// <summary>A dropped task that has succeeded, and one that is still under way.</summary>
public class Observing
{
    private readonly Action<Exception> _onError = static _ => { };

    [Benchmark(Baseline = true)]
    public void ContinueWith() => Watch(Task.CompletedTask);

    [Benchmark]
    public void Observe() => Task.CompletedTask.Observe(_onError);

    [Benchmark]
    public void ContinueWithLater()
    {
        var source = new TaskCompletionSource();
        Watch(source.Task);
        source.SetResult();
    }

    [Benchmark]
    public void ObserveLater()
    {
        var source = new TaskCompletionSource();
        source.Task.Observe(_onError);
        source.SetResult();
    }

    private void Watch(Task task) => task.ContinueWith(
        static (failed, onError) => ((Action<Exception>)onError!)(failed.Exception!),
        _onError,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
