// Bridges two RabbitMQ brokers and a web socket.
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Corpus.Sending.RabbitBridge;

public sealed class Bridge
{
    private readonly IChannel _source;
    private readonly IChannel _target;
    private readonly WebSocket _monitor;

    public Bridge(IChannel source, IChannel target, WebSocket monitor)
    {
        (_source, _target, _monitor) = (source, target, monitor);
        var consumer = new AsyncEventingBasicConsumer(source);
        consumer.ReceivedAsync += OnReceivedAsync;
        consumer.ShutdownAsync += async (_, e) => await TellMonitorAsync(e.ReplyText); //! LCA2001
        _target.BasicReturnAsync += OnReturnedAsync;
    }

    private async Task OnReceivedAsync(object sender, BasicDeliverEventArgs e)
    {
        await _target.BasicPublishAsync("relay", e.RoutingKey, e.Body.ToArray()); //! LCA2001
        if (_source.IsOpen) await _source.BasicAckAsync(e.DeliveryTag, multiple: false);
    }

    private async Task OnReturnedAsync(object sender, BasicReturnEventArgs e)
    {
        // asks the source and publishes on the target
        if (!_source.IsOpen) return;
        await _target.BasicPublishAsync("unroutable", e.RoutingKey, e.Body.ToArray()); //! LCA2001
    }

    private async Task TellMonitorAsync(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        await _monitor.SendAsync(bytes, WebSocketMessageType.Text, true, CancellationToken.None);
    }
}

public sealed class GuardedBridge
{
    private readonly IChannel _source;
    private readonly IChannel _target;
    private readonly WebSocket _monitor;
    private readonly ILogger _log;

    public GuardedBridge(IChannel source, IChannel target, WebSocket monitor, ILogger log)
    {
        (_source, _target, _monitor, _log) = (source, target, monitor, log);
        var consumer = new AsyncEventingBasicConsumer(source);
        consumer.ReceivedAsync += OnReceivedAsync;
        consumer.ShutdownAsync += async (_, e) => await TellMonitorAsync(e.ReplyText);
        _target.BasicReturnAsync += OnReturnedAsync;
    }

    // ok LCA2001: IsClosed decides, and the source is asked before it is acknowledged on
    private async Task OnReceivedAsync(object sender, BasicDeliverEventArgs e)
    {
        if (_target.IsClosed)
        {
            _log.LogWarning("target closed, {Tag} stays unacknowledged", e.DeliveryTag);
            return;
        }
        await _target.BasicPublishAsync("relay", e.RoutingKey, e.Body.ToArray());
        if (_source.IsOpen) await _source.BasicAckAsync(e.DeliveryTag, multiple: false);
    }

    // ok LCA2001: what a closed channel throws is caught
    private async Task OnReturnedAsync(object sender, BasicReturnEventArgs e)
    {
        try
        {
            await _target.BasicPublishAsync("unroutable", e.RoutingKey, e.Body.ToArray());
        }
        catch (OperationInterruptedException ex)
        {
            _log.LogWarning(ex, "channel closed meanwhile");
        }
        catch (ObjectDisposedException)
        {
            _log.LogDebug("bridge disposed");
        }
    }

    // ok LCA2001: the head of the method returns
    private Task TellMonitorAsync(string text)
    {
        if (_monitor.State != WebSocketState.Open) return Task.CompletedTask;
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return _monitor.SendAsync(bytes, WebSocketMessageType.Text, true, CancellationToken.None);
    }
}
