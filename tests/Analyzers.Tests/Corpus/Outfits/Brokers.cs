// Brokers, hubs and gateways.
using System.Net.Sockets;
using System.Text;
using DotNetty.Buffers;
using DotNetty.Transport.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using WebSocketSharp.Server;
using INettyChannel = DotNetty.Transport.Channels.IChannel;
using IChannel = RabbitMQ.Client.IChannel;

namespace Outfits.Brokers;

// 1. bad: the gateway forwards MQTT to a TCP peer, no question asked
public sealed class MqttToTcp : IDisposable
{
    private readonly IMqttClient _mqtt;
    private readonly NetworkStream _out;

    public MqttToTcp(IMqttClient mqtt, TcpClient peer, ILogger log)
    {
        _mqtt = mqtt;
        _out = peer.GetStream();
        _mqtt.DisconnectedAsync += e => { log.LogWarning(e.Exception, "broker lost"); return Task.CompletedTask; };
        _mqtt.ApplicationMessageReceivedAsync += ForwardAsync;
    }

    private async Task ForwardAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        foreach (var part in e.ApplicationMessage.Payload)
            await _out.WriteAsync(part); //! LCA2001
    }

    public void Dispose() => _mqtt.Dispose();
}

// 2. good: the other way, guarded in a lambda chosen by a conditional expression
public sealed class TcpToMqtt(IMqttClient mqtt, ILogger<TcpToMqtt> log)
{
    public event Func<byte[], Task>? Frame;

    public void Attach(bool retained)
    {
        Func<byte[], Task> forward = retained
            ? bytes => mqtt.IsConnected ? PublishAsync(bytes, true) : Task.CompletedTask
            : bytes => mqtt.IsConnected ? PublishAsync(bytes, false) : Task.CompletedTask;
        Frame += forward;
    }

    private Task PublishAsync(byte[] bytes, bool retain)
    {
        log.LogTrace("{Count} bytes", bytes.Length);
        return mqtt.PublishAsync(new MqttApplicationMessage { Topic = "frame", PayloadSegment = bytes, Retain = retain });
    }

    public Task Raise(byte[] b) => Frame?.Invoke(b) ?? Task.CompletedTask;
}

// 3. good: Rabbit consumer guards its answer
public sealed class RpcServer(IChannel channel, Func<byte[], Task<byte[]>> handler, ILogger log)
{
    public async Task StartAsync(string queue, CancellationToken ct)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, ea) =>
        {
            var answer = await handler(ea.Body.ToArray());
            if (channel.IsClosed)
            {
                log.LogInformation("answer {Id} dropped", ea.BasicProperties.CorrelationId);
                return;
            }
            await channel.BasicPublishAsync("", ea.BasicProperties.ReplyTo ?? "", answer);
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer, ct);
    }
}

// 4. bad: the check is in front of the work
public sealed class HastyRpcServer(IChannel channel, Func<byte[], Task<byte[]>> handler)
{
    public async Task StartAsync(string queue, CancellationToken ct)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += OnReceivedAsync;
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer, ct);
    }

    private async Task OnReceivedAsync(object sender, BasicDeliverEventArgs ea)
    {
        if (!channel.IsOpen) return;
        var answer = await handler(ea.Body.ToArray());
        await channel.BasicPublishAsync("", ea.BasicProperties.ReplyTo ?? "", answer); //! LCA2002
    }
}

// 5. good: hub.On with state machine; switch statement with goto default
public sealed class HubRelay(HubConnection hub, HubConnection upstream, ILogger log) : IHostedService
{
    private IDisposable? _quotes;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        hub.Closed += OnClosed;
        _quotes = upstream.On<string, decimal>("quote", async (symbol, price) =>
        {
            switch (hub)
            {
                case { State: HubConnectionState.Connected } when price > 0:
                    await hub.SendAsync("quote", symbol, price);
                    break;
                case { State: HubConnectionState.Reconnecting }:
                    log.LogDebug("skipped {Symbol}", symbol);
                    goto default;
                default:
                    break;
            }
        });
        await hub.StartAsync(cancellationToken);
    }

    private Task OnClosed(Exception? ex)
    {
        log.LogWarning(ex, "closed");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _quotes?.Dispose();
        return hub.StopAsync(cancellationToken);
    }
}

// 6. bad: registered on one hub, invokes the other
public static class HubWiring
{
    public static void Wire(HubConnection from, HubConnection to) =>
        from.On<string>("chat", async text => await to.InvokeAsync("chat", text)); //! LCA2001
}

// 7. good: DotNetty handler that asks its channel
public sealed class DrainHandler : ChannelHandlerAdapter
{
    private readonly Queue<IByteBuffer> _pending = new();

    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        while (context.Channel is { Active: true, IsWritable: true } && _pending.TryDequeue(out var buffer))
            context.WriteAndFlushAsync(buffer); //! LCA1004
        context.FireChannelWritabilityChanged();
    }
}

// 8. bad: the inactive channel is told goodbye
public sealed class FarewellHandler(INettyChannel audit) : ChannelHandlerAdapter
{
    public override void ChannelInactive(IChannelHandlerContext context)
    {
        audit.WriteAndFlushAsync(Unpooled.CopiedBuffer("gone"u8.ToArray())); //! LCA2001
        context.FireChannelInactive();
    }
}

// 9. good: websocket-sharp behaviour asks in a property of its own
public sealed class StockBehavior : WebSocketBehavior
{
    private bool Listening => ConnectionState == WebSocketSharp.WebSocketState.Open;

    protected override void OnError(WebSocketSharp.ErrorEventArgs e)
    {
        if (Listening) Send("error " + e.Message);
    }
}

// 10. bad: base behaviour's hook for all
public abstract class TopicBehavior<T> : WebSocketBehavior where T : class, new()
{
    protected T Settings { get; } = new();
    protected abstract string Topic { get; }

    protected override void OnError(WebSocketSharp.ErrorEventArgs e) => Send($"{Topic}: {e.Message}"); //! LCA2001
}

public sealed class NewsBehavior : TopicBehavior<List<string>>
{
    protected override string Topic => "news";
}

// 11. good: socket.io answers only when connected, tuple snapshot
public sealed class IoBridge(SocketIOClient.SocketIO io)
{
    private (bool Up, SocketIOClient.SocketIO Io) Now() => (io.Connected, io);

    public void Wire() => io.On("tick", async _ =>
    {
        var (up, s) = Now();
        if (up) await s.EmitAsync("tock");
    });
}

// 12. bad: emits from the error property event
public sealed class IoEcho
{
    private readonly SocketIOClient.SocketIO _io;

    public IoEcho(SocketIOClient.SocketIO io)
    {
        _io = io;
        _io.OnDisconnected += OnGone;
    }

    private async void OnGone(object? sender, string reason) => await _io.EmitAsync("gone", reason); //! LCA2001
}

// 13. good: scope factory and keyed gateway; the service's own flag guards
public sealed class DeviceGateway(Socket uplink, IServiceScopeFactory scopes) : IAsyncDisposable
{
    private volatile bool _disposed;

    public void Bind(IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.Register(() =>
    {
        if (_disposed) return;
        using var scope = scopes.CreateScope();
        Notify("stopping");
    });

    private void Notify(string what) => uplink.Send(Encoding.ASCII.GetBytes(what));

    public ValueTask DisposeAsync()
    {
        _disposed = true;
        uplink.Dispose();
        return ValueTask.CompletedTask;
    }
}
