using System.Text;
using LifecycleAnalyzers.Runtime;
using LifecycleAnalyzers.Samples.RabbitPublisher;

namespace LifecycleAnalyzers.Samples.Tests;

/// <summary>Without a broker: what is not published is said to be not published, quickly and each time.</summary>
public sealed class RabbitPublisherTests
{
    [Fact]
    public async Task Without_a_broker_it_is_provably_not_published()
    {
        using var refusing = Loopback.Refusing(out var port);
        await using var publisher = new Publisher(new Uri($"amqp://guest:guest@127.0.0.1:{port}/"), "lines");
        for (var i = 0; i < 3; i++)
        {
            var result = await publisher.TryPublishAsync(Encoding.UTF8.GetBytes("line"), Loopback.Stop).Soon();
            Assert.Equal(SendOutcome.NotOpen, result.Outcome);
            Assert.NotNull(result.Exception);
        }
    }

    [Fact]
    public async Task Disposed_it_publishes_nothing()
    {
        var publisher = new Publisher(new Uri("amqp://127.0.0.1:1/"), "lines");
        await publisher.DisposeAsync();
        await publisher.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => publisher.TryPublishAsync(new byte[1], Loopback.Stop));
    }
}
