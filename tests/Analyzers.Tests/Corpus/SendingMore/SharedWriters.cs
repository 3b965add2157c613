// More writers of one connection: helpers, base classes, partial types, brokers, busy flags.
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Tasks.Dataflow;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet.Client;
using RabbitMQ.Client;

namespace Corpus.Sending.SharedWriters;

/// <summary>A base class whose protected send is not gated.</summary>
public abstract class FeedBase(WebSocket ws, ILogger log)
{
    protected async Task PushAsync(byte[] frame)
    {
        try
        {
            await ws.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None); //! LCA2004
        }
        catch (Exception e)
        {
            log.LogWarning(e, "feed stopped");
        }
    }
}

public sealed class OrderBookFeed : FeedBase
{
    private readonly Timer _depth;

    public OrderBookFeed(WebSocket ws, ILogger log, Func<byte[]> depth) : base(ws, log) =>
        _depth = new Timer(async _ => await PushAsync(depth()), null, 250, 250);
}

/// <summary>A base class whose protected send is gated.</summary>
public abstract class GatedFeedBase(WebSocket ws, ILogger log)
{
    private readonly AsyncMutex _mutex = new();

    // ok LCA2004: one at a time by the mutex
    protected async Task PushAsync(byte[] frame)
    {
        using (await _mutex.LockAsync())
        {
            try
            {
                await ws.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None);
            }
            catch (Exception e)
            {
                log.LogWarning(e, "feed stopped");
            }
        }
    }
}

public sealed class GatedOrderBookFeed : GatedFeedBase
{
    private readonly Timer _depth;

    public GatedOrderBookFeed(WebSocket ws, ILogger log, Func<byte[]> depth) : base(ws, log) =>
        _depth = new Timer(async _ => await PushAsync(depth()), null, 250, 250);
}

public sealed class AsyncMutex
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);

    public async ValueTask<IDisposable> LockAsync(CancellationToken ct = default)
    {
        await _semaphore.WaitAsync(ct);
        return new Releaser(_semaphore);
    }

    private sealed class Releaser(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}

public sealed partial class TradeGateway
{
    private readonly ClientWebSocket _venue;
    private readonly ILogger _log;
    private int _busy;

    public TradeGateway(ClientWebSocket venue, PriceBoard board, ILogger log)
    {
        (_venue, _log) = (venue, log);
        board.Changed += OnBoardChanged;
        board.Halted += OnBoardHalted;
    }

    // ok LCA2004: refuses while a send is under way
    public async Task<bool> TryHedgeAsync(byte[] order, CancellationToken ct)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) return false;
        try
        {
            await _venue.SendAsync(order, WebSocketMessageType.Binary, true, ct); //? LCA2004
            return true;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}

public sealed partial class TradeGateway
{
    private async void OnBoardChanged(object? sender, EventArgs e) => await SubmitAsync("changed"u8.ToArray());

    private async void OnBoardHalted(object? sender, EventArgs e) => await SubmitAsync("halt"u8.ToArray());

    private async Task SubmitAsync(byte[] message)
    {
        if (_venue.State != WebSocketState.Open)
        {
            _log.LogInformation("venue is {State}", _venue.State);
            return;
        }

        await _venue.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None); //! LCA2004
    }
}

public sealed class PriceBoard
{
    public event EventHandler? Changed;
    public event EventHandler? Halted;
    public void Raise() { Changed?.Invoke(this, EventArgs.Empty); Halted?.Invoke(this, EventArgs.Empty); }
}

/// <summary>Each price change asks whether a send is under way, and skips the change if so.</summary>
public sealed class SkippingGateway
{
    private readonly WebSocket _venue;
    private int _sending;

    public SkippingGateway(WebSocket venue, PriceBoard board)
    {
        _venue = venue;
        board.Changed += OnChanged;
    }

    // ok LCA2004: the busy flag refuses the second caller
    private async void OnChanged(object? sender, EventArgs e)
    {
        if (Interlocked.Exchange(ref _sending, 1) == 1) return;
        try
        {
            if (_venue.State == WebSocketState.Open)
                await _venue.SendAsync("changed"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            Interlocked.Exchange(ref _sending, 0);
        }
    }
}

/// <summary>A RabbitMQ 6 channel used by a metrics timer and by the order flow.</summary>
public sealed class MetricsPublisher : IDisposable
{
    private readonly IModel _channel;
    private readonly Timer _timer;

    public MetricsPublisher(IModel channel, Func<byte[]> collect)
    {
        _channel = channel;
        _timer = new Timer(_ =>
        {
            if (!_channel.IsOpen) return;
            _channel.BasicPublish("metrics", "host", false, collect()); //! LCA2004 //? LCA2002
        }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void PublishOrder(byte[] order) => _channel.BasicPublish("orders", "new", true, order); //? LCA2004

    public void Dispose() => _timer.Dispose();
}

public sealed class LockedMetricsPublisher : IDisposable
{
    private readonly object _channelLock = new();
    private readonly IModel _channel;
    private readonly Timer _timer;

    public LockedMetricsPublisher(IModel channel, Func<byte[]> collect)
    {
        _channel = channel;
        _timer = new Timer(_ => Publish("metrics", "host", collect()), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void PublishOrder(byte[] order) => Publish("orders", "new", order);

    // ok LCA2004: the channel's own lock
    private void Publish(string exchange, string key, byte[] body)
    {
        Monitor.Enter(_channelLock);
        try
        {
            if (_channel.IsOpen) _channel.BasicPublish(exchange, key, false, body);
        }
        finally
        {
            Monitor.Exit(_channelLock);
        }
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>The telemetry of two machines ends in one TLS stream, through a local function.</summary>
public sealed class Multiplexer
{
    public Multiplexer(SslStream tls, IEnumerable<Machine> machines, ILogger log)
    {
        foreach (var machine in machines)
        {
            machine.Reported += async report => await WriteAsync(report);
        }

        async Task WriteAsync(byte[] report)
        {
            try
            {
                await tls.WriteAsync(report); //! LCA2004
                await tls.FlushAsync();
            }
            catch (Exception e)
            {
                log.LogError(e, "report lost");
            }
        }
    }
}

public sealed class Machine
{
    public event Action<byte[]>? Reported;
    public void Report(byte[] report) => Reported?.Invoke(report);
}

/// <summary>Reports are posted to a block that handles them one by one.</summary>
public sealed class BlockMultiplexer
{
    // ok LCA2004: an action block with a parallelism of one is a single consumer
    public BlockMultiplexer(SslStream tls, IEnumerable<Machine> machines, ILogger log)
    {
        var writer = new ActionBlock<byte[]>(async report =>
        {
            try
            {
                await tls.WriteAsync(report);
            }
            catch (Exception e)
            {
                log.LogError(e, "report lost");
            }
        });
        foreach (var machine in machines) machine.Reported += report => writer.Post(report);
    }
}

/// <summary>Other connections take several senders: a hub connection, a datagram socket.</summary>
public sealed class TolerantSenders
{
    // ok LCA2004: a hub connection serialises its own writes
    public TolerantSenders(HubConnection hub, PriceBoard board, ILogger log)
    {
        board.Changed += async (_, _) =>
        {
            try
            {
                await hub.SendAsync("changed", 1);
            }
            catch (InvalidOperationException e)
            {
                log.LogDebug(e, "hub not connected");
            }
        };
        board.Halted += async (_, _) =>
        {
            if (hub.State == HubConnectionState.Connected) await hub.SendAsync("halted", 1);
        };
    }

    // ok LCA2004: datagrams are whole
    public static Timer Beacon(UdpClient udp, byte[] beacon, ILogger log) => new(_ =>
    {
        try
        {
            udp.Send(beacon, beacon.Length, "255.255.255.255", 9999);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            log.LogDebug(e, "no beacon");
        }
    }, null, 0, 500);
}

/// <summary>MQTT in, web socket out: the client awaits its handler before it takes the next message.</summary>
public sealed class MqttToSocket
{
    // ok LCA2004: the one sender is awaited by the caller of the handler
    public MqttToSocket(IMqttClient mqtt, WebSocket ws)
    {
        mqtt.ApplicationMessageReceivedAsync += async e =>
        {
            if (ws.State == WebSocketState.Open)
                await ws.SendAsync(e.ApplicationMessage.PayloadSegment, WebSocketMessageType.Binary, true, CancellationToken.None);
        };
    }
}

/// <summary>A periodic loop, no callback: it waits for its own send.</summary>
public sealed class PeriodicPinger(WebSocket ws)
{
    // ok LCA2004: a loop of its own
    public async Task RunAsync(TimeSpan period, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(period);
        while (await timer.WaitForNextTickAsync(ct))
        {
            if (ws.State != WebSocketState.Open) return;
            await ws.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Text, true, ct);
        }
    }

    public async Task FloodAsync(int count, byte[] frame, CancellationToken ct)
    {
        var sends = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            sends.Add(ws.SendAsync(frame, WebSocketMessageType.Binary, true, ct)); //! LCA2004
        }

        await Task.WhenAll(sends);
    }

    public async Task FloodTwiceAsync(byte[] frame, CancellationToken ct)
    {
        var first = Task.Run(() => ws.SendAsync(frame, WebSocketMessageType.Binary, true, ct), ct);
        var second = Task.Run(() => ws.SendAsync(frame, WebSocketMessageType.Binary, true, ct), ct); //! LCA2004
        await Task.WhenAll(first, second);
    }

    // ok LCA2004: the first has ended when the second starts
    public async Task FloodPolitelyAsync(byte[] frame, CancellationToken ct)
    {
        var first = ws.SendAsync(new ArraySegment<byte>(frame), WebSocketMessageType.Binary, true, ct);
        await first;
        var second = ws.SendAsync(new ArraySegment<byte>(frame), WebSocketMessageType.Binary, true, ct);
        await second;
    }
}

/// <summary>A thread-pool work item for each line: they run side by side.</summary>
public sealed class ConsoleMirror(TcpClient client, ILogger log)
{
    private readonly Stream _out = client.GetStream();

    public void Print(string line) => ThreadPool.QueueUserWorkItem(_ =>
    {
        try
        {
            _out.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n")); //! LCA2004
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            log.LogDebug(e, "console gone");
        }
    });
}

/// <summary>A system timer that is started again when its send is out.</summary>
public sealed class RestartedTimerSender
{
    private readonly System.Timers.Timer _timer = new(1000) { AutoReset = false };

    // ok LCA2004: the timer fires once and is started again after the send
    public RestartedTimerSender(WebSocket ws)
    {
        _timer.Elapsed += async (_, _) =>
        {
            try
            {
                await ws.SendAsync("beat"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
                _timer.Start();
            }
            catch (Exception e)
            {
                Console.Error.WriteLine(e.Message);
            }
        };
        _timer.Start();
    }
}
