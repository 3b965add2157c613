using Microsoft.Extensions.Hosting;

namespace LifecycleAnalyzers.Runtime.DependencyInjection;

/// <summary>Drains a tracker when the host stops; when the host loses its patience, what is left is closed at once.</summary>
internal sealed class ConnectionDrain(ConnectionTracker tracker, TimeSpan limit) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => tracker.DrainAsync(limit, cancellationToken);
}
