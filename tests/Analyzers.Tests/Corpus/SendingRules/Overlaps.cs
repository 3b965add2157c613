// One send at a time.
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.Overlaps;

public sealed class Ticker(ILogger log)
{
    public event EventHandler<byte[]>? Tick;
    public event Func<byte[], Task>? TickAsync;
    public void Raise(byte[] data) { log.LogTrace("tick"); Tick?.Invoke(this, data); TickAsync?.Invoke(data); }
}

public sealed class TickPusher
{
    private readonly WebSocket _ws;

    public TickPusher(WebSocket ws, Ticker ticker)
    {
        _ws = ws;
        ticker.Tick += OnTick;
    }

    private async void OnTick(object? sender, byte[] data)
    {
        try
        {
            if (_ws.State != WebSocketState.Open) return;
            await _ws.SendAsync(data, WebSocketMessageType.Binary, true, default); //! LCA2004
        }
        catch (WebSocketException)
        {
            _ws.Abort();
        }
    }
}

public sealed class GatedTickPusher
{
    private readonly WebSocket _ws;
    private readonly SemaphoreSlim _gate = new(1);

    public GatedTickPusher(WebSocket ws, Ticker ticker)
    {
        _ws = ws;
        ticker.Tick += OnTick;
    }

    // ok LCA2004: gated
    private async void OnTick(object? sender, byte[] data)
    {
        await _gate.WaitAsync();
        try
        {
            if (_ws.State != WebSocketState.Open) return;
            await _ws.SendAsync(data, WebSocketMessageType.Binary, true, default);
        }
        catch (WebSocketException)
        {
            _ws.Abort();
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class ChannelTickPusher
{
    private readonly Channel<byte[]> _queue = Channel.CreateUnbounded<byte[]>();

    public ChannelTickPusher(Ticker ticker) => ticker.Tick += (_, data) => _queue.Writer.TryWrite(data);

    // ok LCA2004: one reader sends
    public async Task RunAsync(WebSocket ws, CancellationToken stop)
    {
        await foreach (var data in _queue.Reader.ReadAllAsync(stop))
            await ws.SendAsync(data, WebSocketMessageType.Binary, true, stop);
    }
}

public sealed class TimerPusher : IDisposable
{
    private readonly SslStream _tls;
    private readonly Timer _timer;

    public TimerPusher(SslStream tls)
    {
        _tls = tls;
        _timer = new Timer(OnTimer, null, 0, 50);
    }

    private void OnTimer(object? state)
    {
        try
        {
            _tls.Write("beat"u8); //! LCA2004
        }
        catch (IOException) { }
        catch (ObjectDisposedException) { }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class OneShotPusher : IDisposable
{
    private readonly SslStream _tls;
    private readonly Timer _timer;

    public OneShotPusher(SslStream tls)
    {
        _tls = tls;
        _timer = new Timer(OnTimer, null, 50, Timeout.Infinite);
    }

    // ok LCA2004: armed again when it is done
    private void OnTimer(object? state)
    {
        try
        {
            _tls.Write("beat"u8);
            _timer.Change(50, Timeout.Infinite);
        }
        catch (IOException) { }
        catch (ObjectDisposedException) { }
    }

    public void Dispose() => _timer.Dispose();
}

public static class Together
{
    public static async Task BothAsync(WebSocket ws, byte[] a, byte[] b, CancellationToken stop)
    {
        await Task.WhenAll(
            ws.SendAsync(a, WebSocketMessageType.Binary, true, stop),
            ws.SendAsync(b, WebSocketMessageType.Binary, true, stop)); //! LCA2004
    }

    // ok LCA2004: one after the other
    public static async Task InTurnAsync(WebSocket ws, byte[] a, byte[] b, CancellationToken stop)
    {
        await ws.SendAsync(a, WebSocketMessageType.Binary, true, stop);
        await ws.SendAsync(b, WebSocketMessageType.Binary, true, stop);
    }

    // ok LCA2004: different sockets
    public static Task FanOutAsync(WebSocket[] all, byte[] a, CancellationToken stop) =>
        Task.WhenAll(all.Select(ws => ws.SendAsync(a, WebSocketMessageType.Binary, true, stop)));

    public static Task ManyAsync(WebSocket ws, byte[][] parts, CancellationToken stop) =>
        Task.WhenAll(parts.Select(p => ws.SendAsync(p, WebSocketMessageType.Binary, true, stop))); //! LCA2004

    public static async Task LocalsAsync(SslStream tls, byte[] a, byte[] b)
    {
        var first = tls.WriteAsync(a).AsTask();
        var second = tls.WriteAsync(b).AsTask(); //! LCA2004
        await first;
        await second;
    }

    // ok LCA2004: a send and a receive may overlap
    public static async Task DuplexAsync(WebSocket ws, byte[] a, byte[] buffer, CancellationToken stop)
    {
        var sending = ws.SendAsync(a, WebSocketMessageType.Binary, true, stop);
        var receiving = ws.ReceiveAsync(buffer, stop);
        await Task.WhenAll(sending, receiving);
    }

    public static async Task ListAsync(WebSocket ws, IEnumerable<byte[]> parts, CancellationToken stop)
    {
        var tasks = new List<Task>();
        foreach (var part in parts)
            tasks.Add(ws.SendAsync(part, WebSocketMessageType.Binary, true, stop)); //! LCA2004
        await Task.WhenAll(tasks);
    }

    public static Task ParallelAsync(SslStream tls, IEnumerable<byte[]> parts, CancellationToken stop) =>
        Parallel.ForEachAsync(parts, stop, async (part, token) => await tls.WriteAsync(part, token)); //! LCA2004
}

public sealed class TwoSources
{
    private readonly WebSocket _ws;

    public TwoSources(WebSocket ws, Ticker a)
    {
        _ws = ws;
        a.TickAsync += OnTickAsync;
    }

    private async Task OnTickAsync(byte[] data)
    {
        try
        {
            await _ws.SendAsync(data, WebSocketMessageType.Binary, true, default); //! LCA2004
        }
        catch (WebSocketException) { }
        catch (ObjectDisposedException) { }
    }

    public Task SayAsync(byte[] data, CancellationToken stop) =>
        _ws.SendAsync(data, WebSocketMessageType.Text, true, stop); //? LCA2004
}

public sealed class LockedWriter
{
    private readonly SslStream _tls;
    private readonly object _sync = new();

    public LockedWriter(SslStream tls, Ticker ticker, System.Timers.Timer timer)
    {
        _tls = tls;
        ticker.Tick += (_, data) => Put(data);
        timer.Elapsed += (_, _) => Put([0]);
    }

    // ok LCA2004: everybody writes under the lock
    private void Put(byte[] data)
    {
        lock (_sync)
        {
            try { _tls.Write(data, 0, data.Length); }
            catch (IOException) { }
            catch (ObjectDisposedException) { }
        }
    }
}

public sealed class PipeFeeder
{
    private readonly PipeWriter _writer;

    public PipeFeeder(PipeWriter writer, Ticker ticker)
    {
        _writer = writer;
        ticker.Tick += async (_, data) =>
        {
            try { await _writer.WriteAsync(data); } //! LCA2004
            catch (InvalidOperationException) { }
        };
    }
}

public sealed class FramedSpeaker(WebSocket ws)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // the lock is given back between two frames of one message
    public async Task SpeakAsync(IReadOnlyList<byte[]> frames, CancellationToken stop)
    {
        for (var i = 0; i < frames.Count; i++)
        {
            await _gate.WaitAsync(stop);
            try
            {
                await ws.SendAsync(frames[i], WebSocketMessageType.Text, i == frames.Count - 1, stop); //! LCA2004
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    // ok LCA2004: the gate is around all frames
    public async Task SpeakWholeAsync(IReadOnlyList<byte[]> frames, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            for (var i = 0; i < frames.Count; i++)
                await ws.SendAsync(frames[i], WebSocketMessageType.Text, i == frames.Count - 1, stop);
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class Uncollected(WebSocket ws)
{
    public void Notify(byte[] data)
    {
        if (ws.State == WebSocketState.Open)
            _ = ws.SendAsync(data, WebSocketMessageType.Binary, true, default); //? LCA2004
        //? LCA1004
    }

    // ok LCA2004: awaited in one loop
    public async Task PumpAsync(IAsyncEnumerable<byte[]> source, CancellationToken stop)
    {
        await foreach (var data in source.WithCancellation(stop))
            await ws.SendAsync(data, WebSocketMessageType.Binary, true, stop);
    }
}

// ok LCA2004: datagrams and plain sockets take several senders
public sealed class DatagramPusher
{
    public DatagramPusher(UdpClient udp, Ticker ticker)
    {
        ticker.Tick += async (_, data) =>
        {
            try { await udp.SendAsync(data, data.Length); }
            catch (SocketException) { }
            catch (ObjectDisposedException) { }
        };
    }
}
