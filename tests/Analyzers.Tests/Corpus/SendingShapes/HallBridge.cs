// Bridges the MQTT bus of a factory hall to RabbitMQ and back.
using System.Text;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Shapes.Sending.HallBridge;

public interface IRouteTable
{
    ValueTask<string?> RouteOfAsync(string topic, CancellationToken stop);
}

public sealed class Bridge : IAsyncDisposable
{
    private readonly IMqttClient _bus;
    private readonly IChannel _channel;
    private readonly IRouteTable _routes;
    private readonly ILogger<Bridge> _log;

    public Bridge(IMqttClient bus, IChannel channel, IRouteTable routes, ILogger<Bridge> log)
    {
        _bus = bus;
        _channel = channel;
        _routes = routes;
        _log = log;
        _bus.ApplicationMessageReceivedAsync += FromBusAsync;
    }

    // the route is looked up between check and publish
    private async Task FromBusAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        if (!_channel.IsOpen) return;
        var route = await _routes.RouteOfAsync(e.ApplicationMessage.Topic, default);
        await _channel.BasicPublishAsync("hall", route ?? "", Body(e)); //! LCA2002
    }

    private static ReadOnlyMemory<byte> Body(MqttApplicationMessageReceivedEventArgs e) => e.ApplicationMessage.PayloadSegment;

    public async Task ListenAsync(CancellationToken stop)
    {
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += async (_, e) =>
            await _bus.PublishAsync(Message(e.RoutingKey, e.Body), stop); //! LCA2001
        await _channel.BasicConsumeAsync("to-hall", true, consumer, stop);
    }

    // ok LCA2001: asked in the handler
    public async Task ListenFairlyAsync(CancellationToken stop)
    {
        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += async (_, e) =>
        {
            if (!_bus.IsConnected)
            {
                _log.LogWarning("bus is down, {Key} dropped", e.RoutingKey);
                return;
            }
            await _bus.PublishAsync(Message(e.RoutingKey, e.Body), stop);
        };
        await _channel.BasicConsumeAsync("to-hall", true, consumer, stop);
    }

    // ok LCA2002: asked again after the look-up
    public async Task ForwardAsync(string topic, byte[] body, CancellationToken stop)
    {
        if (_channel.IsClosed) return;
        var route = await _routes.RouteOfAsync(topic, stop);
        if (_channel.IsClosed || route is null) return;
        await _channel.BasicPublishAsync("hall", route, body, stop);
    }

    public async Task ForwardLooselyAsync(string topic, byte[] body, CancellationToken stop)
    {
        var open = _channel.IsOpen;
        var route = await _routes.RouteOfAsync(topic, stop);
        if (open && route is not null)
            await _channel.BasicPublishAsync("hall", route, body, stop); //! LCA2002
    }

    // ok LCA2002: the failure is caught
    public async Task ForwardCaughtAsync(string topic, byte[] body, CancellationToken stop)
    {
        if (!_channel.IsOpen) return;
        var route = await _routes.RouteOfAsync(topic, stop) ?? "default";
        try
        {
            await _channel.BasicPublishAsync("hall", route, body, stop);
        }
        catch (RabbitMQ.Client.Exceptions.AlreadyClosedException e)
        {
            _log.LogWarning(e, "{Topic} not forwarded", topic);
        }
    }

    private static MqttApplicationMessage Message(string topic, ReadOnlyMemory<byte> body) => new() { Topic = topic, PayloadSegment = body.ToArray() };

    public async ValueTask DisposeAsync()
    {
        _bus.ApplicationMessageReceivedAsync -= FromBusAsync;
        await _channel.CloseAsync();
        _bus.Dispose();
    }
}

/// <summary>Announces the bridge; the handlers of connect and reconnect may send.</summary>
public sealed class Presence(IMqttClient bus, string name, ILogger log)
{
    public void Wire()
    {
        bus.ConnectedAsync += async _ => await bus.PublishAsync(new MqttApplicationMessage { Topic = "up/" + name }); // ok LCA2001
        bus.DisconnectedAsync += OnGoneAsync;
    }

    private async Task OnGoneAsync(MqttClientDisconnectedEventArgs e)
    {
        log.LogWarning(e.Exception, "{Name} gone", name);
        await bus.PublishAsync(new MqttApplicationMessage { Topic = "down/" + name }); //! LCA2001
    }

    // ok LCA2005: the cause is in the log
    public async Task GoodbyeAsync()
    {
        try
        {
            await bus.PublishAsync(new MqttApplicationMessage { Topic = "bye/" + name });
        }
        catch (Exception e)
        {
            log.LogInformation(e, "no goodbye");
        }
    }

    public async Task GoodbyeQuietlyAsync()
    {
        try
        {
            await bus.PublishAsync(new MqttApplicationMessage { Topic = "bye/" + name });
        }
        catch //! LCA2005
        {
            // best effort
        }
    }

    // ok LCA2005: the answer tells
    public async Task<bool> TryGoodbyeAsync()
    {
        try
        {
            await bus.PublishAsync(new MqttApplicationMessage { Topic = "bye/" + name });
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    public async Task BeatAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(1000, stop);
            if (!bus.IsConnected) continue;
            try
            {
                await bus.PublishAsync(new MqttApplicationMessage { Topic = "beat/" + name, PayloadSegment = Encoding.UTF8.GetBytes("1") }, stop);
            }
            catch (Exception) when (!stop.IsCancellationRequested) //! LCA2005
            {
            }
        }
    }
}
