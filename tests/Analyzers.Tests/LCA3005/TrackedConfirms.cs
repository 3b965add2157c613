namespace LifecycleAnalyzers.Tests.LCA3005;

/// <summary>
/// RabbitMQ fails a publish on a closed channel before it is written. With tracked confirms it fails with the same exception every
/// publish that is written and waits for its confirm when the channel ends.
/// </summary>
public class TrackedConfirms
{
    private static string Publisher(string open, string other = "") => $$"""
        using RabbitMQ.Client;

        namespace App
        {
            class Publisher(IConnection broker)
            {
                public async Task PublishAsync(string key, byte[] body)
                {
                    var channel = {{open}};
                    try { await channel.BasicPublishAsync("", key, body); }
                    catch (RabbitMQ.Client.Exceptions.AlreadyClosedException)
                    {
                        {|#0:await channel.BasicPublishAsync("", key, body)|};
                    }
                }
            }
            {{other}}
        }

        namespace RabbitMQ.Client
        {
            public class CreateChannelOptions(bool publisherConfirmationsEnabled, bool publisherConfirmationTrackingEnabled) { public bool Both => publisherConfirmationsEnabled && publisherConfirmationTrackingEnabled; }
            public interface IChannel : IDisposable { bool IsOpen { get; } Task BasicPublishAsync(string exchange, string key, byte[] body); Task CloseAsync(); }
            public interface IConnection : IDisposable { bool IsOpen { get; } Task<IChannel> CreateChannelAsync(CreateChannelOptions? options = null); Task CloseAsync(); }
        }

        namespace RabbitMQ.Client.Exceptions
        {
            public class AlreadyClosedException : Exception { }
        }
        """;

    private const string Open = "await broker.CreateChannelAsync(new CreateChannelOptions(true, true))";

    [Theory]
    [InlineData(Open)]
    [InlineData("await broker.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationTrackingEnabled: true, publisherConfirmationsEnabled: true))")]
    public Task What_waits_for_its_confirm_may_have_been_written(string open) => Case.HoldsAsync(Mark(Publisher(open), "LCA3005"));

    [Fact]
    public Task A_channel_from_elsewhere_is_made_as_the_program_makes_them() =>
        Case.HoldsAsync(Mark(Publisher("await Channels.OpenAsync(broker)", $$"""static class Channels { public static Task<IChannel> OpenAsync(IConnection broker) => {{Open[6..]}}; }"""), "LCA3005"));

    [Theory]
    [InlineData("await broker.CreateChannelAsync()")]
    [InlineData("await broker.CreateChannelAsync(new CreateChannelOptions(true, false))")]
    public Task Without_tracking_it_was_not_written(string open) => Case.SilentAsync(Mark(Publisher(open), null));

    private static string Mark(string source, string? id) => id is null
        ? source.Replace("{|#0:await channel.BasicPublishAsync(\"\", key, body)|}", "await channel.BasicPublishAsync(\"\", key, body)")
        : source.Replace("{|#0:await channel.BasicPublishAsync(\"\", key, body)|}", "await {|" + id + ":channel.BasicPublishAsync(\"\", key, body)|}");
}
