using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using LifecycleAnalyzers.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Samples.Trimmed;

internal static class Around
{
    public static Task AttributesAsync()
    {
        Expect.That(typeof(Link).GetCustomAttribute<ConnectionAttribute>() is { SingleWriter: true }, "a connection");
        return Task.CompletedTask;
    }

    public static async Task RegistrationAsync()
    {
        var services = new ServiceCollection();
        services.AddConnectionTracker();
        services.AddConnectionPool(static (_, _) => new ValueTask<Link>(new Link()), static options => options.Name = "registered");
        services.AddSessionSlot(static (_, _) => new ValueTask<Link>(new Link()));
        services.AddSessionCache<int, Link>(static (_, key, _) => new ValueTask<Link>(new Link { Number = key }));
        await using var provider = services.BuildServiceProvider();
        await using (var lease = await provider.GetRequiredService<ConnectionPool<Link>>().RentAsync())
        {
            using var tracked = provider.GetRequiredService<ConnectionTracker>().Track(lease.Connection);
            Expect.That(tracked.Connection.IsOpen, "counted");
            lease.Complete();
        }

        Expect.That((await provider.GetRequiredService<SessionSlot<Link>>().GetAsync()).IsOpen, "a slot");
        Expect.That((await provider.GetRequiredService<SessionCache<int, Link>>().GetAsync(5)).Number == 5, "a cache");
    }

    public static async Task MetricsAsync()
    {
        var failures = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == LifecycleMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => failures += instrument.Name == "lifecycle.send.failures" ? value : 0);
        listener.Start();
        var (near, far) = await Expect.ConnectedAsync();
        far.Dispose();
        near.Dispose();
        near.TrySend([1]);
        Expect.That(failures == 1, "a send that was not sent is counted");
    }
}

/// <summary>A connection of one's own, marked for the analyzers.</summary>
[Connection(SingleWriter = true)]
internal sealed class Link : IDisposable
{
    public int Number { get; init; }

    public int Sent { get; private set; }

    [ConnectionState]
    public bool IsOpen { get; private set; } = true;

    [Sends]
    public void Send(int value) => Sent += value > 0 ? 1 : 0;

    [Sends]
    public Task SendAsync(int value)
    {
        Send(value);
        return Task.CompletedTask;
    }

    [Closes]
    public void Close() => IsOpen = false;

    public void Dispose() => Close();
}

internal sealed class Lines : ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public bool Any(Func<string, bool> isSo) => _lines.Any(isSo);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{formatter(state, exception)} {exception?.Message}");
}
