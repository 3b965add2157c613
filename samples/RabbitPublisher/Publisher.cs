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
        _channel = new SessionSlot<IChannel>(
            OpenChannelAsync,
            new SessionCacheOptions<IChannel>
            {
                IsUsable = static c => c.IsOpen,

                // The client says so before it writes anything.
                IsSafeToReplay = static e => e is AlreadyClosedException || Replay.IsSafe(e),
            });
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
        catch (Exception e) when (e is BrokerUnreachableException or AlreadyClosedException || Replay.IsSafe(e))
        {
            return SendResult.NotOpen(e);
        }
        catch (Exception e) when (e is OperationInterruptedException or PublishException or IOException or TimeoutException)
        {
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
        var connection = await _connection.GetAsync(ct);
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        try
        {
            await channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: ct);
            return channel;
        }
        catch
        {
            await channel.DisposeAsync();
            throw;
        }
    }
}
