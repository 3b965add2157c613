// Heartbeats and watchdogs over web sockets and TCP: timers that stop themselves, gates, deadlines.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Silence.Heartbeats;

public sealed class HeartbeatOptions
{
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);
    public TimeSpan Silence { get; set; } = TimeSpan.FromSeconds(45);
}

public abstract class PeriodicWorker : IDisposable
{
    private readonly object _sync = new();
    private readonly TimeSpan _interval;
    private Timer? _timer;
    private bool _disposed;

    protected PeriodicWorker(TimeSpan interval) => _interval = interval;

    protected void Start()
    {
        lock (_sync)
        {
            if (_disposed) return;
            _timer ??= new Timer(static state => ((PeriodicWorker)state!).Fire(), this, _interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Fire()
    {
        try
        {
            OnTick();
        }
        finally
        {
            Rearm();
        }
    }

    // ok LCA1005: whoever disposes takes the same lock and sets the flag
    private void Rearm()
    {
        lock (_sync)
        {
            if (_disposed) return;
            _timer?.Change(_interval, Timeout.InfiniteTimeSpan);
        }
    }

    protected abstract void OnTick();

    public void Dispose()
    {
        lock (_sync)
        {
            _disposed = true;
            _timer?.Dispose();
            _timer = null;
        }
    }
}

public sealed class WebSocketPinger : PeriodicWorker
{
    private static readonly byte[] Ping = Encoding.UTF8.GetBytes("{\"op\":\"ping\"}");
    private readonly SemaphoreSlim _sendGate;
    private readonly WebSocket _socket;
    private readonly ILogger _log;

    public WebSocketPinger(WebSocket socket, SemaphoreSlim sendGate, HeartbeatOptions options, ILogger log) : base(options.Interval)
    {
        (_socket, _sendGate, _log) = (socket, sendGate, log);
        Start();
    }

    // ok LCA1004: the task catches whatever it meets
    protected override void OnTick() => _ = PingAsync();

    // ok LCA2001 LCA2002: asked before the gate and again behind it; the send is in a try
    // ok LCA2004: one ping at a time, and under the gate of all senders
    private async Task PingAsync()
    {
        try
        {
            if (_socket.State != WebSocketState.Open) return;
            if (!await _sendGate.WaitAsync(TimeSpan.FromSeconds(1))) return;
            try
            {
                if (_socket.State != WebSocketState.Open) return;
                await _socket.SendAsync(Ping, WebSocketMessageType.Text, true, CancellationToken.None);
            }
            finally
            {
                _sendGate.Release();
            }
        }
        catch (Exception e)
        {
            _log.LogDebug(e, "ping not sent");
        }
    }
}

public sealed class GatedSender(WebSocket socket, SemaphoreSlim gate, ILogger log)
{
    // ok LCA2002: the check stands behind the gate
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            if (socket.State != WebSocketState.Open) return false;
            await socket.SendAsync(text, WebSocketMessageType.Text, true, ct);
            return true;
        }
        finally
        {
            gate.Release();
        }
    }

    // The twin with the check on the wrong side of the gate.
    public async Task<bool> TrySendEarlyAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        if (socket.State != WebSocketState.Open) return false;
        await gate.WaitAsync(ct);
        try
        {
            await socket.SendAsync(text, WebSocketMessageType.Text, true, ct); //! LCA2002
            return true;
        }
        finally
        {
            gate.Release();
        }
    }

    // ok LCA2002: the gap is there, and so is the catch
    public async Task<bool> TrySendCaughtAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        if (socket.State != WebSocketState.Open) return false;
        await gate.WaitAsync(ct);
        try
        {
            await socket.SendAsync(text, WebSocketMessageType.Text, true, ct);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or ObjectDisposedException)
        {
            log.LogDebug(e, "closed while waiting for the turn");
            return false;
        }
        finally
        {
            gate.Release();
        }
    }
}

/// <summary>Closes a link from which nothing came for too long; it sends nothing itself.</summary>
public sealed class Watchdog : IDisposable
{
    private readonly Action _expired;
    private readonly TimeSpan _silence;
    private readonly Timer _timer;
    private long _lastSeen = Environment.TickCount64;

    public Watchdog(TimeSpan silence, Action expired)
    {
        (_silence, _expired) = (silence, expired);
        _timer = new Timer(OnTimer, null, silence, silence / 4);
    }

    public void Seen() => Volatile.Write(ref _lastSeen, Environment.TickCount64);

    // ok LCA2001 LCA1005: closing only
    private void OnTimer(object? state)
    {
        if (Environment.TickCount64 - Volatile.Read(ref _lastSeen) < _silence.TotalMilliseconds) return;
        _timer.Dispose();
        _expired();
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class WatchedFeed(HeartbeatOptions options, ILogger<WatchedFeed> log)
{
    // ok LCA1003 LCA1008: using, token; the watchdog aborts what hangs
    // ok LCA2004: one receive and the gated pings
    public async Task RunAsync(Uri uri, Func<ReadOnlyMemory<byte>, ValueTask> handle, CancellationToken ct)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(uri, ct);
        using var gate = new SemaphoreSlim(1, 1);
        using var watchdog = new Watchdog(options.Silence, socket.Abort);
        using var pinger = new WebSocketPinger(socket, gate, options, log);
        var buffer = new byte[16 * 1024];
        while (socket.State == WebSocketState.Open)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), ct);
            watchdog.Seen();
            if (received.MessageType == WebSocketMessageType.Close) break;
            await handle(buffer.AsMemory(0, received.Count));
        }
    }
}

public sealed class NoopKeeper : IDisposable
{
    private readonly TcpClient _client;
    private readonly Timer _timer;
    private readonly ILogger _log;

    public NoopKeeper(TcpClient client, ILogger log)
    {
        (_client, _log) = (client, log);
        _timer = new Timer(OnTimer);
        _timer.Change(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
    }

    // ok LCA2001 LCA1005: what a closing client throws is caught, and ends the timer
    private void OnTimer(object? state)
    {
        try
        {
            _client.GetStream().Write("NOOP\r\n"u8); //? LCA2004
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            _log.LogInformation(e, "keeper ends");
            _timer.Dispose();
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class NarrowNoopKeeper : IDisposable
{
    private readonly TcpClient _client;
    private readonly System.Timers.Timer _timer = new(30_000);
    private readonly ILogger _log;

    public NarrowNoopKeeper(TcpClient client, ILogger log)
    {
        (_client, _log) = (client, log);
        _timer.Elapsed += OnElapsed;
        _timer.Start();
    }

    private async void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e)
    {
        _log.LogTrace("noop at {Time}", e.SignalTime);
        //? LCA2004
        await SendNoopAsync(); //! LCA2001
    }

    private async Task SendNoopAsync()
    {
        var stream = _client.GetStream();
        await stream.WriteAsync("NOOP\r\n"u8.ToArray()); //? LCA2004
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>Reads the answers of the heartbeat on the timer's thread.</summary>
public sealed class PollingReader : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly Timer _timer;
    private readonly byte[] _buffer = new byte[256];
    private readonly Action<int> _bytes;

    public PollingReader(NetworkStream stream, Action<int> bytes)
    {
        (_stream, _bytes) = (stream, bytes);
        _timer = new Timer(Poll, null, 500, 500);
    }

    private void Poll(object? state)
    {
        var n = _stream.Read(_buffer, 0, _buffer.Length); //! LCA1005
        if (n > 0) _bytes(n);
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class CarefulPollingReader : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly Timer _timer;
    private readonly byte[] _buffer = new byte[256];
    private readonly Action<int> _bytes;

    public CarefulPollingReader(NetworkStream stream, Action<int> bytes)
    {
        (_stream, _bytes) = (stream, bytes);
        _timer = new Timer(_ => Poll(), null, 500, 500);
    }

    // ok LCA1005: the helper's Try form keeps what the network throws
    private void Poll()
    {
        if (TryRead(out var n) && n > 0) _bytes(n);
    }

    private bool TryRead(out int count)
    {
        count = 0;
        try
        {
            if (_stream.DataAvailable) count = _stream.Read(_buffer, 0, _buffer.Length);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose() => _timer.Dispose();
}
