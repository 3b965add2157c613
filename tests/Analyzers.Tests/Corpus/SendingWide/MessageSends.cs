// Sends from messages, events of other connections, frameworks' overrides and callback properties.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using DotNetty.Transport.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using NetCoreServer;
using RabbitMQ.Client;
using IChannel = RabbitMQ.Client.IChannel;
using RabbitMQ.Client.Events;
using SocketIOClient;
using StackExchange.Redis;

namespace Wide.Sending.MessageSends;

public enum LinkState { Closed, Opening, Open, Closing }

public interface IVehicleLink
{
    event EventHandler<VehicleEventArgs>? Received;
    event EventHandler? Connected;
    event EventHandler? Closing;
    Action<string>? OnText { get; set; }
    LinkState State { get; }
    void Send(ReadOnlySpan<byte> data);
    Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default);
    bool TrySend(ReadOnlySpan<byte> data);
    void Close();
}

public sealed class VehicleEventArgs(byte[] data) : EventArgs
{
    public byte[] Data => data;
}

// --- reported

public sealed class FleetBridge
{
    private readonly IVehicleLink _link;
    private readonly IChannel _channel;
    private readonly ILogger _log;

    public FleetBridge(IVehicleLink link, IChannel channel, ILogger log)
    {
        _link = link;
        _channel = channel;
        _log = log;
        _link.Closing += OnClosing;
        _link.OnText = text => _link.Send(Encoding.UTF8.GetBytes(text)); //! LCA2001
    }

    private void OnClosing(object? sender, EventArgs e)
    {
        _log.LogInformation("saying goodbye");
        _link.Send("BYE"u8); //! LCA2001
    }

    public async Task ConsumeAsync(CancellationToken ct)
    {
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += async (_, args) =>
        {
            var body = args.Body.ToArray();
            await _link.SendAsync(body, ct); //! LCA2001
        };
        await _channel.BasicConsumeAsync("fleet", true, consumer, ct);
    }
}

public sealed class RedisFanOut
{
    public RedisFanOut(ISubscriber subscriber, IVehicleLink link)
    {
        subscriber.Subscribe("fleet", (channel, value) =>
        {
            byte[]? bytes = value;
            if (bytes is null) return;
            link.Send(bytes); //! LCA2001
        });
    }
}

public sealed class HubToSocket(HubConnection hub, WebSocket socket)
{
    public IDisposable Wire() => hub.On<string>("line", Forward);

    private Task Forward(string line) => SendLineAsync(line); //! LCA2001

    private async Task SendLineAsync(string line)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new { line });
        await socket.SendAsync(json, WebSocketMessageType.Text, true, CancellationToken.None);
    }
}

public sealed class MarketSession(IVehicleLink upstream) : TcpSession
{
    // NetCoreServer calls this on its own threads
    protected override void OnReceived(byte[] buffer, long offset, long size)
    {
        upstream.Send(buffer.AsSpan((int)offset, (int)size)); //! LCA2001
    }
}

public sealed class BackPressure(Queue<object> outbox, DotNetty.Transport.Channels.IChannel peer) : ChannelHandlerAdapter
{
    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        while (outbox.TryDequeue(out var next))
            peer.WriteAndFlushAsync(next); //! LCA2001 //? LCA1004
    }
}

public sealed class PriceObserver(WebSocket socket) : IObserver<decimal>
{
    public void OnCompleted() { }

    public void OnError(Exception error) { }

    public void OnNext(decimal value)
    {
        var text = value.ToString();
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default).Wait(); //! LCA2001
    }
}

// Through several types: the controller asks the gateway, the gateway the line.
public sealed class LightLine(IVehicleLink link)
{
    public void Write(byte address, byte level) => link.Send([address, level]);
}

public sealed class LightGateway(LightLine line)
{
    public void Dim(int lamp, double level)
    {
        if (level is < 0 or > 1) throw new ArgumentOutOfRangeException(nameof(level));
        line.Write((byte)lamp, (byte)(level * 255));
    }
}

public sealed class LightController
{
    public LightController(Progress<double> dimmer, LightGateway gateway)
    {
        dimmer.ProgressChanged += (_, level) =>
        {
            for (var lamp = 0; lamp < 8; lamp++)
                gateway.Dim(lamp, level); //! LCA2001
        };
    }
}

public abstract class DeviceProxy
{
    protected DeviceProxy(IVehicleLink link)
    {
        Link = link;
        link.Received += HandleReceived;
    }

    protected IVehicleLink Link { get; }

    protected abstract void Answer(byte[] request);

    private void HandleReceived(object? sender, VehicleEventArgs e)
    {
        if (e.Data.Length == 0) return;
        Answer(e.Data); //! LCA2001
    }
}

public sealed class EchoProxy(IVehicleLink link) : DeviceProxy(link)
{
    protected override void Answer(byte[] request) => Link.Send(request);
}

public sealed class SafeProxy(IVehicleLink link) : DeviceProxy(link)
{
    protected override void Answer(byte[] request)
    {
        if (Link.State == LinkState.Open) Link.Send(request);
    }
}

public sealed class DelegateField
{
    private readonly Action<byte[]> _forward;

    public DelegateField(IVehicleLink from, IVehicleLink to)
    {
        _forward = data => to.Send(data);
        from.Received += (_, e) => _forward(e.Data); //! LCA2001
    }
}

public sealed class RobotArm(SocketIO io)
{
    public void Wire(IVehicleLink link)
    {
        io.On("move", response =>
        {
            var target = response.ToString() switch
            {
                "home" => new byte[] { 0 },
                "park" => new byte[] { 1 },
                _ => null
            };
            if (target is not null) Submit(target); //! LCA2001

            void Submit(byte[] command) => link.Send(command);
        });
    }
}

public sealed class WrongOne(IVehicleLink left, IVehicleLink right)
{
    public void Wire()
    {
        left.Received += (_, e) =>
        {
            if (left.State != LinkState.Open) return;
            right.Send(e.Data); //! LCA2001
        };
    }
}

public sealed class NarrowCatch(IVehicleLink link)
{
    public void Wire(FileSystemWatcher watcher)
    {
        watcher.Created += (_, e) =>
        {
            try
            {
                link.Send(File.ReadAllBytes(e.FullPath)); //! LCA2001
            }
            catch (FileNotFoundException)
            {
            }
        };
    }
}

// --- silent

public sealed class CarefulBridge
{
    private readonly IVehicleLink _link;
    private readonly Queue<byte[]> _waiting = new();

    public CarefulBridge(IVehicleLink link, IVehicleLink other, ILogger log)
    {
        _link = link;
        // ok LCA2001: Connected proves the state
        _link.Connected += (_, _) => _link.Send("HELLO"u8);
        // ok LCA2001: a Try member
        _link.Received += (_, e) => _link.TrySend(e.Data);
        // ok LCA2001: switch expression over the state
        other.Received += (_, e) =>
        {
            _ = _link.State switch
            {
                LinkState.Open => SendNow(e.Data),
                LinkState.Opening => Later(e.Data),
                _ => false
            };
        };
        // ok LCA2001: the send's exceptions are caught
        other.Closing += (_, _) =>
        {
            try
            {
                _link.Send("PEER GONE"u8);
            }
            catch (Exception ex)
            {
                log.LogWarning(ex, "peer gone, and so are we");
            }
        };
        // ok LCA2001: a helper answers, in a while
        other.Received += (_, _) =>
        {
            while (CanWrite() && _waiting.TryDequeue(out var next)) _link.Send(next);
        };
    }

    private bool CanWrite() => _link.State is LinkState.Open;

    private bool SendNow(byte[] data)
    {
        _link.Send(data);
        return true;
    }

    private bool Later(byte[] data)
    {
        _waiting.Enqueue(data);
        return false;
    }

    // ok LCA2001: no callback
    public void Flush()
    {
        foreach (var data in _waiting) _link.Send(data);
    }
}

public sealed class QueueingBridge
{
    private readonly System.Threading.Channels.Channel<byte[]> _out = System.Threading.Channels.Channel.CreateUnbounded<byte[]>();

    // ok LCA2001: the callback only queues
    public QueueingBridge(IVehicleLink link) => link.Received += (_, e) => _out.Writer.TryWrite(e.Data);

    // ok LCA2001: the loop is nobody's callback
    public async Task RunAsync(IVehicleLink link, CancellationToken ct)
    {
        await foreach (var data in _out.Reader.ReadAllAsync(ct)) await link.SendAsync(data, ct);
    }
}

public sealed class AnswerSession : TcpSession
{
    // ok LCA2001: answers with bool, does not throw
    protected override void OnReceived(byte[] buffer, long offset, long size) => SendAsync(buffer);
}

public sealed class CheckedHandler : ChannelHandlerAdapter
{
    // ok LCA2001: the channel's own state is asked
    public override void ChannelInactive(IChannelHandlerContext context)
    {
        if (context.Channel.Active) context.WriteAndFlushAsync("bye"); //? LCA1004
    }
}

public sealed class Rebroadcast
{
    public event EventHandler<VehicleEventArgs>? Line;

    // ok LCA2001: only raises another event
    public Rebroadcast(IVehicleLink link) => link.Received += (_, e) => Line?.Invoke(this, e);
}

public sealed class ThrowlessLine(IVehicleLink link)
{
    // ok LCA2001: the head of the send returns rather than throws
    public void Write(byte[] data)
    {
        if (link.State != LinkState.Open) return;
        link.Send(data);
    }
}

public sealed class ThrowlessController
{
    public ThrowlessController(Progress<byte> progress, ThrowlessLine line) =>
        progress.ProgressChanged += (_, value) => line.Write([value]);
}
