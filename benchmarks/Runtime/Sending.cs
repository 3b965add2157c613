using System.Net.Sockets;
using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;

namespace LifecycleAnalyzers.Runtime.Benchmarks;

/// <summary>Sixteen bytes over a real connection: the call to the operating system is most of it.</summary>
public class SocketSends
{
    private readonly byte[] _bytes = new byte[16];
    private Loopback _loopback = null!;

    [GlobalSetup]
    public void Connect() => _loopback = new Loopback();

    [GlobalCleanup]
    public void Close() => _loopback.Dispose();

    [Benchmark(Baseline = true)]
    public int Bare() => _loopback.Near.Send(_bytes, SocketFlags.None);

    [Benchmark]
    public SendResult TrySend() => _loopback.Near.TrySend(_bytes);
}

public class WebSocketSends
{
    private readonly ReadOnlyMemory<byte> _bytes = new byte[16];
    private readonly SemaphoreSlim _semaphore = new(1, 1);
    private Loopback _loopback = null!;
    private WebSocket _webSocket = null!;
    private WebSocketSender _sender = null!;

    [GlobalSetup]
    public void Connect()
    {
        _loopback = new Loopback();
        _webSocket = WebSocket.CreateFromStream(new NetworkStream(_loopback.Near), new WebSocketCreationOptions { IsServer = true });
        _sender = new WebSocketSender(_webSocket);
    }

    [GlobalCleanup]
    public void Close()
    {
        _webSocket.Dispose();
        _loopback.Dispose();
    }

    [Benchmark(Baseline = true)]
    public async ValueTask Bare() => await _webSocket.SendAsync(_bytes, WebSocketMessageType.Binary, true, CancellationToken.None);

    [Benchmark]
    public async ValueTask BareInASemaphore()
    {
        await _semaphore.WaitAsync();
        try
        {
            await _webSocket.SendAsync(_bytes, WebSocketMessageType.Binary, true, CancellationToken.None);
        }
        finally
        {
            _semaphore.Release();
        }
    }

    [Benchmark]
    public async ValueTask<SendResult> TrySendAsync() => await _webSocket.TrySendAsync(_bytes, WebSocketMessageType.Binary, true);

    [Benchmark]
    public async ValueTask<SendResult> WebSocketSender() => await _sender.TrySendAsync(_bytes, WebSocketMessageType.Binary);
}
