using System.Text;
using LifecycleAnalyzers.Samples.RabbitPublisher;
using Broken = Incidents.Servers.Broken;

namespace LifecycleAnalyzers.Servers.Tests;

/// <summary>A kept channel, and a RabbitMQ broker that is killed and started again. The guarded one is the sample's publisher.</summary>
public sealed class RabbitTests(RabbitTests.Broker broker) : IClassFixture<RabbitTests.Broker>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task The_broken_outbox_fails_until_its_program_is_started_again()
    {
        var server = broker.Server;
        return Recovery.FailsUntilTheProgramIsStartedAgainAsync(
            server, () => new Broken.RabbitOutbox(server.Address, "broken"), (outbox, entry, stop) => outbox.PublishAsync(entry, stop), stop => server.QueueAsync("broken", stop), Stop);
    }

    [Fact]
    public async Task The_guarded_publisher_recovers_by_itself()
    {
        var server = broker.Server;
        await using var publisher = new Publisher(server.Address, "guarded");
        await Recovery.RecoversByItselfAsync(
            server, (entry, stop) => publisher.TryPublishAsync(Encoding.ASCII.GetBytes($"{entry}"), stop), stop => server.QueueAsync("guarded", stop), Stop);
    }

    /// <summary>One broker for both, because it takes seconds to start; made by the test that needs it, which can be skipped.</summary>
    public sealed class Broker : IAsyncDisposable
    {
        private RabbitServer? _server;

        public RabbitServer Server => _server ??= new RabbitServer();

        public async ValueTask DisposeAsync()
        {
            if (_server is not null) await _server.DisposeAsync();
        }
    }
}
