// An outbox that a timer empties into a RabbitMQ channel.
using System.Collections.Concurrent;
using RabbitMQ.Client;

namespace Corpus.Sending.RabbitOutbox;

public sealed record OutboxMessage(string RoutingKey, byte[] Body);

public sealed class Outbox : IAsyncDisposable
{
    private readonly ConcurrentQueue<OutboxMessage> _messages = new();
    private readonly IChannel _channel;
    private readonly Timer _flush;
    private bool _flushing;

    public Outbox(IConnection connection, IChannel channel)
    {
        _channel = channel;
        _flush = new Timer(OnFlush, null, 200, 200);
        connection.ConnectionUnblockedAsync += async (_, _) => await FlushAsync(); //! LCA2001
    }

    // ok LCA2001: only stores
    public void Add(string key, byte[] body) => _messages.Enqueue(new OutboxMessage(key, body));

    private async void OnFlush(object? state)
    {
        if (_flushing) return;
        _flushing = true;
        try
        {
            await FlushAsync(); //! LCA2001
        }
        finally
        {
            _flushing = false;
        }
    }

    // ok LCA2001: no callback; a command of the operator
    public async Task FlushAsync()
    {
        while (_messages.TryPeek(out var message))
        {
            await PublishAsync(message);
            _messages.TryDequeue(out _);
        }
    }

    private async Task PublishAsync(OutboxMessage message) => await _channel.BasicPublishAsync("outbox", message.RoutingKey, message.Body);

    public ValueTask DisposeAsync() => _flush.DisposeAsync();
}

public sealed class DurableOutbox : IAsyncDisposable
{
    private readonly ConcurrentQueue<OutboxMessage> _messages = new();
    private readonly IChannel _channel;
    private readonly Timer _flush;

    public DurableOutbox(IConnection connection, IChannel channel)
    {
        _channel = channel;
        _flush = new Timer(OnFlush, null, 200, 200);
        connection.ConnectionUnblockedAsync += async (_, _) => await FlushAsync();
    }

    private async void OnFlush(object? state) => await FlushAsync();

    // ok LCA2001: nothing is taken out unless the channel is open, asked again for each message
    private async Task FlushAsync()
    {
        while (_channel.IsOpen && _messages.TryPeek(out var message))
        {
            await _channel.BasicPublishAsync("outbox", message.RoutingKey, message.Body);
            _messages.TryDequeue(out _);
        }
    }

    public void Add(OutboxMessage message) => _messages.Enqueue(message);

    public ValueTask DisposeAsync() => _flush.DisposeAsync();
}
