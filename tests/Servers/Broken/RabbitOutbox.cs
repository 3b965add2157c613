using System.Text;
using RabbitMQ.Client;

namespace Incidents.Servers.Broken;

/// <summary>Publishes entries on one channel, which is opened at the first entry and kept.</summary>
public sealed class RabbitOutbox(Uri broker, string queue) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>Publishes an entry and waits until the broker has it.</summary>
    public async Task PublishAsync(int entry, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            _channel ??= await OpenAsync(stop);
            await _channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { Persistent = true }, Encoding.ASCII.GetBytes($"{entry}"), stop); //! LCA3001
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is { } channel) await channel.DisposeAsync();
        if (_connection is { } connection) await connection.DisposeAsync();
        _turn.Dispose();
    }

    private async Task<IChannel> OpenAsync(CancellationToken stop)
    {
        // its recovery would hide failures from the one who publishes
        var factory = new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false };
        _connection = await factory.CreateConnectionAsync(stop);
        var channel = await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), stop);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: stop);
        return channel;
    }
}
