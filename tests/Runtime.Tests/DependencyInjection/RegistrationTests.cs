using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime.Tests.DependencyInjection;

public sealed class RegistrationTests
{
    private readonly SessionFactory _factory = new();

    [Fact]
    public async Task A_tracker_is_one_object_and_drains_when_the_host_stops()
    {
        var time = new ManualTime();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddConnectionTracker(static o => o.Name = "clients", TimeSpan.FromSeconds(10));
        await using var provider = services.BuildServiceProvider();
        var tracker = provider.GetRequiredService<ConnectionTracker>();
        Assert.Same(tracker, provider.GetRequiredService<ConnectionTracker>());
        Assert.Equal("clients", tracker.Name);
        var session = new Session(1);
        using var tracked = tracker.Track(session);

        var drain = Assert.Single(provider.GetServices<IHostedService>());
        await drain.StartAsync(Stop);
        var stopping = drain.StopAsync(Stop);
        Assert.False(stopping.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(10));

        await stopping.Soon();
        Assert.Equal(1, session.Ends);
        Assert.Equal(0, tracker.Open);
    }

    [Fact]
    public async Task Guards_get_logger_and_clock_and_factories_the_services()
    {
        var log = new ListLogger();
        var time = new ManualTime();
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(new Loggers(log)).AddSingleton<TimeProvider>(time).AddSingleton(_factory);
        services
            .AddConnectionPool(static (p, token) => p.GetRequiredService<SessionFactory>().CreateAsync("pool", token), static o => o.IdleTimeout = TimeSpan.FromSeconds(1))
            .AddSessionSlot(static (p, token) => p.GetRequiredService<SessionFactory>().CreateAsync("slot", token))
            .AddSessionCache<string, Session>(static (p, key, token) => p.GetRequiredService<SessionFactory>().CreateAsync(key, token), comparer: StringComparer.OrdinalIgnoreCase);
        var provider = services.BuildServiceProvider();

        await using (var lease = await provider.GetRequiredService<ConnectionPool<Session>>().RentAsync(Stop))
        {
            lease.Complete();
        }

        time.Advance(TimeSpan.FromSeconds(1));
        await Until(() => _factory.Made.First().Ends == 1, "the clock is the container's");
        Assert.Equal(2, (await provider.GetRequiredService<SessionSlot<Session>>().GetAsync(Stop)).Number);
        var cache = provider.GetRequiredService<SessionCache<string, Session>>();
        Assert.Same(await cache.GetAsync("a", Stop), await cache.GetAsync("A", Stop));
        Assert.Contains(log.Entries, static e => e.Event == "PoolOpened");
        Assert.Equal(2, log.Entries.Count(static e => e.Event == "SessionCreated"));
        await provider.DisposeAsync();
        Assert.Equal([1, 1, 1], _factory.Made.Select(static s => s.Ends));
    }

    [Fact]
    public async Task With_keys_there_are_several()
    {
        var services = new ServiceCollection();
        foreach (var server in new[] { "read", "write" })
        {
            services.AddConnectionPool((_, token) => _factory.CreateAsync(server, token), o => o.Name = server, serviceKey: server);
            services.AddConnectionTracker(o => o.Name = server, TimeSpan.FromSeconds(1), server);
        }

        await using var provider = services.BuildServiceProvider();
        Assert.Equal("read", provider.GetRequiredKeyedService<ConnectionPool<Session>>("read").Name);
        Assert.Equal("write", provider.GetRequiredKeyedService<ConnectionPool<Session>>("write").Name);
        Assert.Null(provider.GetService<ConnectionPool<Session>>());
        Assert.Equal(2, provider.GetServices<IHostedService>().Count());
    }

    [Fact]
    public async Task A_container_that_is_disposed_synchronously_ends_them_too()
    {
        var services = new ServiceCollection();
        services.AddConnectionTracker()
            .AddConnectionPool((_, token) => _factory.CreateAsync("pool", token))
            .AddSessionSlot((_, token) => _factory.CreateAsync("slot", token))
            .AddSessionCache<int, Session>((_, _, token) => _factory.CreateAsync("cache", token));
        var provider = services.BuildServiceProvider();
        var tracker = provider.GetRequiredService<ConnectionTracker>();
        var pool = provider.GetRequiredService<ConnectionPool<Session>>();
        await using (var lease = await pool.RentAsync(Stop))
        {
            lease.Complete();
        }

        await provider.GetRequiredService<SessionSlot<Session>>().GetAsync(Stop);
        await provider.GetRequiredService<SessionCache<int, Session>>().GetAsync(1, Stop);

        provider.Dispose();

        await Until(() => _factory.Made.All(static s => s.Ends == 1), "all have ended");
        Assert.Throws<ObjectDisposedException>(() => tracker.Track(new object()));
    }

    [Fact]
    public void Arguments_are_checked()
    {
        var services = new ServiceCollection();
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddConnectionTracker());
        Assert.Throws<ArgumentNullException>(() => services.AddConnectionPool<Session>(null!));
        Assert.Throws<ArgumentNullException>(() => services.AddSessionSlot<Session>(null!));
        Assert.Throws<ArgumentNullException>(() => services.AddSessionCache<int, Session>(null!));
    }

    private sealed class Loggers(ListLogger log) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName)
        {
            Assert.StartsWith("LifecycleAnalyzers.Runtime.", categoryName, StringComparison.Ordinal);
            Assert.DoesNotContain('`', categoryName);
            return log;
        }

        public void Dispose()
        {
        }
    }
}
