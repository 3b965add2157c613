// Publishing to RabbitMQ from one loop; a consumer that acknowledges while its channel is open.
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Corpus.Sending.GoodBrokerPublisher;

public sealed record Order(Guid Id, decimal Amount);

public interface IOrderStore
{
    event EventHandler<Order>? Placed;
    Task SaveAsync(Order order, CancellationToken cancellation);
}

public sealed class OrderPublisher : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly IOrderStore _store;
    private readonly ILogger _log;
    private readonly Channel<Order> _queue = Channel.CreateBounded<Order>(1024);

    public OrderPublisher(IChannel channel, IOrderStore store, ILogger log)
    {
        (_channel, _store, _log) = (channel, store, log);
        _channel.ChannelShutdownAsync += OnShutdownAsync;
        _store.Placed += OnPlaced;
    }

    private void OnPlaced(object? sender, Order order)
    {
        if (!_queue.Writer.TryWrite(order)) _log.LogError("order {Id} does not fit", order.Id);
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs e)
    {
        _log.LogWarning("channel closed: {Reason}", e.ReplyText);
        _queue.Writer.TryComplete();
        return Task.CompletedTask;
    }

    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var order in _queue.Reader.ReadAllAsync(stop))
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(order);
            await _channel.BasicPublishAsync("orders", "placed", body, stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _store.Placed -= OnPlaced;
        _queue.Writer.TryComplete();
        await _channel.DisposeAsync();
    }
}

public sealed class OrderConsumer(IChannel channel, IOrderStore store, ILogger log)
{
    public async Task StartAsync(CancellationToken stop)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += OnReceivedAsync;
        await channel.BasicConsumeAsync("orders", autoAck: false, consumer, stop);
    }

    private async Task OnReceivedAsync(object sender, BasicDeliverEventArgs e)
    {
        var order = JsonSerializer.Deserialize<Order>(e.Body.Span);
        if (order is not null) await store.SaveAsync(order, e.CancellationToken);
        try
        {
            if (channel.IsOpen) await channel.BasicAckAsync(e.DeliveryTag, multiple: false, e.CancellationToken);
        }
        catch (AlreadyClosedException ex)
        {
            log.LogInformation(ex, "{Tag} will be delivered again", e.DeliveryTag);
        }
    }
}
