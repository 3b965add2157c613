using LifecycleAnalyzers.Runtime;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace LifecycleAnalyzers.Samples.RabbitPublisher;

/// <summary>Publishes with confirms on one channel, which is opened when it is needed and replaced when it has closed.</summary>
public sealed class Publisher : IAsyncDisposable
{
    private readonly SessionSlot<IConnection> _connection;
    private readonly SessionSlot<IChannel> _channel;
    private readonly SendGate _gate = new(new SendGateOptions { Name = "rabbit" });
    private readonly string _queue;

    public Publisher(Uri broker, string queue)
    {
        _queue = queue;

        // The slots reopen; the client's own recovery would do the same behind their backs.
        var factory = new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false };
        _connection = new SessionSlot<IConnection>(
            async token => await factory.CreateConnectionAsync(token), new SessionCacheOptions<IConnection> { IsUsable = static c => c.IsOpen });
        _channel = new SessionSlot<IChannel>(OpenChannelAsync, new SessionCacheOptions<IChannel> { IsUsable = static c => c.IsOpen });
    }

    /// <summary>Publishes one message and waits for the broker's confirm.</summary>
    /// <returns>
    /// Sent: confirmed. Not open: provably not published, after one attempt on a fresh channel. Unknown: it failed between writing and
    /// confirming, and the broker may have it.
    /// </returns>
    public async Task<SendResult> TryPublishAsync(ReadOnlyMemory<byte> body, CancellationToken ct = default)
    {
        // A channel belongs to one publisher at a time.
        using var turn = await _gate.EnterAsync(ct);
        try
        {
            await _channel.RunAsync(
                (channel, token) => channel.BasicPublishAsync("", _queue, mandatory: true, new BasicProperties { Persistent = true }, body, token), ct);
            return SendResult.Sent;
        }
        catch (NotSentException e)
        {
            return SendResult.NotOpen(e);
        }
        catch (Exception e) when (e is OperationInterruptedException or PublishException or IOException or TimeoutException)
        {
            // AlreadyClosedException is one of these: the client throws it for what waits for its confirm, too.
            return SendResult.Unknown(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Dispose();
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async ValueTask<IChannel> OpenChannelAsync(CancellationToken ct)
    {
        IChannel? channel = null;
        try
        {
            var connection = await _connection.GetAsync(ct);
            channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
            await channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: ct);
            return channel;
        }
        catch (Exception e)
        {
            if (channel is not null) await channel.DisposeAsync();
            if (e is OperationInterruptedException or IOException or TimeoutException)
                throw new NotSentException("There is no channel to publish on.", e);
            throw;
        }
    }
}
