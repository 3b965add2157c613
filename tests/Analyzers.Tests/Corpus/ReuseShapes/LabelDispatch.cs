using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Depot.Labels;

public sealed record Label(string Parcel, string Zpl);

/// <summary>Hands labels to the printers' queue; the channel is made when the first label comes.</summary>
public sealed class LabelDispatcher(IConnection broker)
{
    private const string Queue = "labels";
    private IChannel? _lane;

    private async ValueTask<IChannel> LaneAsync(CancellationToken stop) =>
        _lane ??= await broker.CreateChannelAsync(cancellationToken: stop);

    public async Task DispatchAsync(Label label, CancellationToken stop)
    {
        var lane = await LaneAsync(stop);
        await lane.BasicPublishAsync("", Queue, Encoding.UTF8.GetBytes(label.Zpl), stop); //! LCA3001
    }
}

/// <summary>Same, but a channel that the broker has closed is replaced first.</summary>
public sealed class CheckedLabelDispatcher(IConnection broker) : IAsyncDisposable
{
    private IChannel? _lane;

    public async Task DispatchAsync(Label label, CancellationToken stop)
    {
        var lane = await UsableAsync(stop);
        await lane.BasicPublishAsync("", "labels", Encoding.UTF8.GetBytes(label.Zpl), stop); // ok LCA3001: asked on the way
    }

    private async ValueTask<IChannel> UsableAsync(CancellationToken stop)
    {
        if (_lane is { IsOpen: true } open) return open;
        if (_lane is not null) await _lane.DisposeAsync();
        return _lane = await broker.CreateChannelAsync(cancellationToken: stop);
    }

    public ValueTask DisposeAsync() => _lane?.DisposeAsync() ?? default;
}

/// <summary>Owns a channel from its start to its end: nothing is looked up.</summary>
public sealed class ReturnsDesk : IAsyncDisposable
{
    private readonly IChannel _channel;

    private ReturnsDesk(IChannel channel) => _channel = channel;

    public static async Task<ReturnsDesk> OpenAsync(IConnection broker, CancellationToken stop) =>
        new(await broker.CreateChannelAsync(cancellationToken: stop));

    public ValueTask BookAsync(string parcel, CancellationToken stop) =>
        _channel.BasicPublishAsync("", "returns", Encoding.UTF8.GetBytes(parcel), stop); // ok LCA3001: an owner, no cache

    public ValueTask DisposeAsync() => _channel.DisposeAsync();
}

/// <summary>Publishes again when the broker says that the operation was interrupted.</summary>
public sealed class ManifestPublisher(IConnection broker)
{
    public async Task PublishAsync(byte[] manifest, CancellationToken stop)
    {
        try
        {
            await SendOnceAsync(manifest, stop);
        }
        catch (OperationInterruptedException)
        {
            await SendOnceAsync(manifest, stop); //! LCA3005
        }
    }

    public async Task PublishPatientlyAsync(byte[] manifest, CancellationToken stop)
    {
        for (var round = 0; ; round++)
        {
            try
            {
                await SendOnceAsync(manifest, stop); //! LCA3005
                return;
            }
            catch (IOException) when (round < 4)
            {
                await Task.Delay(TimeSpan.FromSeconds(round + 1), stop);
            }
        }
    }

    /// <summary>The broker could not be reached at all: nothing was written.</summary>
    public async Task PublishWhenReachableAsync(byte[] manifest, CancellationToken stop)
    {
        for (var round = 0; ; round++)
        {
            try
            {
                await SendOnceAsync(manifest, stop); // ok LCA3005: unreachable proves that nothing was sent
                return;
            }
            catch (BrokerUnreachableException) when (round < 4)
            {
                await Task.Delay(TimeSpan.FromSeconds(round + 1), stop);
            }
        }
    }

    private async Task SendOnceAsync(byte[] manifest, CancellationToken stop)
    {
        await using var channel = await broker.CreateChannelAsync(new CreateChannelOptions(true, true), stop);
        await channel.BasicPublishAsync("", "manifests", manifest, stop);
    }
}

/// <summary>One connection for the process, kept as the task that opens it.</summary>
public static class BrokerHome
{
    private static readonly Lazy<Task<IConnection>> _shared = new(() => OpenAsync("amqp://depot")); //! LCA3002

    public static Task<IConnection> Shared => _shared.Value;

    private static Task<IConnection> OpenAsync(string uri) => new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync();
}

/// <summary>The task is forgotten when it did not succeed.</summary>
public sealed class ForgivingBroker(ConnectionFactory factory)
{
    private readonly object _door = new();
    private Task<IConnection>? _opening;

    public Task<IConnection> GetAsync()
    {
        lock (_door)
        {
            if (_opening is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _opening = factory.CreateConnectionAsync(); // ok LCA3002: a failed one is replaced
            }

            return _opening;
        }
    }
}
