// Two sends at once on a connection that allows one.
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Wide.Sending.Overlaps;

// --- reported

public sealed class ViewerHub(ILogger<ViewerHub> log)
{
    private readonly ConcurrentDictionary<Guid, WebSocket> _viewers = new();

    public async Task BroadcastAsync(byte[] frame, CancellationToken ct)
    {
        foreach (var (id, viewer) in _viewers)
        {
            if (viewer.State != WebSocketState.Open) continue;
            log.LogTrace("to {Viewer}", id);
            var header = viewer.SendAsync(BitConverter.GetBytes(frame.Length), WebSocketMessageType.Binary, true, ct);
            var body = viewer.SendAsync(frame, WebSocketMessageType.Binary, true, ct); //! LCA2004
            await Task.WhenAll(header, body);
        }
    }

    public async Task PairAsync(WebSocket socket, byte[] left, byte[] right, CancellationToken ct)
    {
        await Task.WhenAll(
            socket.SendAsync(left, WebSocketMessageType.Binary, true, ct),
            socket.SendAsync(right, WebSocketMessageType.Binary, true, ct)); //! LCA2004
    }

    public void Join(Guid id, WebSocket socket) => _viewers[id] = socket;
}

public sealed class TickSender : IDisposable
{
    private readonly WebSocket _socket;
    private readonly Timer _timer;

    public TickSender(WebSocket socket)
    {
        _socket = socket;
        _timer = new Timer(OnTick, null, 0, 50);
    }

    private async void OnTick(object? state)
    {
        try
        {
            var now = Encoding.UTF8.GetBytes(DateTime.UtcNow.ToString("O"));
            await _socket.SendAsync(now, WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004
        }
        catch (Exception)
        {
            _timer.Dispose();
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class TlsChat
{
    private readonly SslStream _tls;

    public TlsChat(SslStream tls, FileSystemWatcher notices)
    {
        _tls = tls;
        notices.Created += async (_, e) =>
        {
            try
            {
                await _tls.WriteAsync(Encoding.UTF8.GetBytes(e.FullPath)); //! LCA2004
            }
            catch (IOException)
            {
            }
            catch (ObjectDisposedException)
            {
            }
        };
    }
}

public sealed class Pulse
{
    private readonly WebSocket _socket;
    private readonly System.Timers.Timer _pulse = new(1000);

    public Pulse(WebSocket socket)
    {
        _socket = socket;
        _pulse.Elapsed += OnPulse;
        _pulse.Start();
    }

    private void OnPulse(object? sender, System.Timers.ElapsedEventArgs e)
    {
        if (_socket.State != WebSocketState.Open) return;
        _ = _socket.SendAsync("pulse"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004 //? LCA1004
    }

    public async Task SayAsync(string text, CancellationToken ct) =>
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct); //? LCA2004
}

public sealed class Fan(WebSocket socket)
{
    public Task SendAllAsync(IEnumerable<string> lines, CancellationToken ct) =>
        Task.WhenAll(lines.Select(line => socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, true, ct))); //! LCA2004

    public async Task SendInLoopAsync(string[] lines, CancellationToken ct)
    {
        var tasks = new List<Task>();
        foreach (var line in lines)
        {
            tasks.Add(socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, true, ct)); //! LCA2004
        }
        await Task.WhenAll(tasks);
    }

    public Task ParallelAsync(byte[][] frames, CancellationToken ct) =>
        Parallel.ForEachAsync(frames, ct, async (frame, token) =>
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, token)); //! LCA2004
}

public sealed class PipeLogger
{
    private readonly PipeWriter _writer;

    public PipeLogger(PipeWriter writer, AppDomain domain)
    {
        _writer = writer;
        domain.FirstChanceException += async (_, e) =>
        {
            try
            {
                await _writer.WriteAsync(Encoding.UTF8.GetBytes(e.Exception.Message)); //! LCA2004
            }
            catch (InvalidOperationException)
            {
            }
        };
    }
}

public class NegotiatedPipe
{
    private readonly NegotiateStream stream;
    private readonly Timer timer;

    public NegotiatedPipe(NegotiateStream stream)
    {
        this.stream = stream;
        this.timer = new Timer(delegate { KeepAlive(); }, null, 1000, 1000);
    }

    private async void KeepAlive()
    {
        try
        {
            await stream.WriteAsync(new byte[] { 0 }, 0, 1); //! LCA2004
        }
        catch
        {
            timer.Dispose();
        }
    }
}

// --- silent

public sealed class GatedSender : IDisposable
{
    private readonly WebSocket _socket;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Timer _timer;

    public GatedSender(WebSocket socket)
    {
        _socket = socket;
        _timer = new Timer(OnTick, null, 0, 50);
    }

    // ok LCA2004: a semaphore around the send
    private async void OnTick(object? state)
    {
        await _gate.WaitAsync();
        try
        {
            if (_socket.State == WebSocketState.Open)
                await _socket.SendAsync("t"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        catch (Exception)
        {
            _timer.Dispose();
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class ChannelSender
{
    private readonly Channel<byte[]> _queue = Channel.CreateBounded<byte[]>(100);

    // ok LCA2004: one consumer
    public async Task RunAsync(WebSocket socket, CancellationToken ct)
    {
        await foreach (var frame in _queue.Reader.ReadAllAsync(ct))
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, ct);
    }

    public ValueTask EnqueueAsync(byte[] frame) => _queue.Writer.WriteAsync(frame);
}

public sealed class SequentialFan(WebSocket socket)
{
    // ok LCA2004: one after the other
    public async Task SendAllAsync(IEnumerable<byte[]> frames, CancellationToken ct)
    {
        foreach (var frame in frames)
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, ct);
    }

    // ok LCA2004: one send and one receive may be outstanding
    public async Task DuplexAsync(byte[] frame, byte[] buffer, CancellationToken ct)
    {
        var send = socket.SendAsync(frame, WebSocketMessageType.Binary, true, ct);
        var receive = socket.ReceiveAsync(buffer, ct);
        await Task.WhenAll(send, receive);
    }

    // ok LCA2004: two sockets
    public static Task BothAsync(WebSocket a, WebSocket b, byte[] frame, CancellationToken ct) => Task.WhenAll(
        a.SendAsync(frame, WebSocketMessageType.Binary, true, ct),
        b.SendAsync(frame, WebSocketMessageType.Binary, true, ct));

    // ok LCA2004: each of its own socket
    public static Task EachAsync(IEnumerable<WebSocket> all, byte[] frame, CancellationToken ct) =>
        Task.WhenAll(all.Select(each => each.SendAsync(frame, WebSocketMessageType.Binary, true, ct)));
}

public sealed class LockedWriter
{
    private readonly SslStream _tls;
    private readonly object _sync = new();

    public LockedWriter(SslStream tls, FileSystemWatcher watcher)
    {
        _tls = tls;
        watcher.Created += (_, e) => Write(e.FullPath);
    }

    // ok LCA2004: synchronous, under a lock
    private void Write(string line)
    {
        lock (_sync)
        {
            try
            {
                _tls.Write(Encoding.UTF8.GetBytes(line));
            }
            catch (Exception ex) when (ex is IOException or ObjectDisposedException)
            {
                Console.Error.WriteLine(ex.Message);
            }
        }
    }
}

public sealed class OneShotTimer : IDisposable
{
    private readonly WebSocket _socket;
    private readonly Timer _timer;

    public OneShotTimer(WebSocket socket)
    {
        _socket = socket;
        _timer = new Timer(Tick, null, 1000, Timeout.Infinite);
    }

    // ok LCA2004: re-armed only after its send ended
    private async void Tick(object? state)
    {
        try
        {
            await _socket.SendAsync("t"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            _timer.Change(1000, Timeout.Infinite);
        }
        catch (Exception)
        {
            _timer.Dispose();
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class RequestSocket
{
    // ok LCA2004: the request's own flow
    public async Task HandleAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, context.RequestAborted);
        await socket.SendAsync("world"u8.ToArray(), WebSocketMessageType.Text, true, context.RequestAborted);
    }
}

public sealed class DatagramBurst(UdpClient udp)
{
    // ok LCA2004: datagrams may overlap
    public Task BurstAsync(byte[][] datagrams) => Task.WhenAll(datagrams.Select(d => udp.SendAsync(d, d.Length)));
}
