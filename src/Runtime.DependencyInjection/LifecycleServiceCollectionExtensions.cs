using LifecycleAnalyzers.Runtime;
using LifecycleAnalyzers.Runtime.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// Where everybody looks for such methods.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the guards of <c>LifecycleAnalyzers.Runtime</c> that live as long as the program.</summary>
/// <remarks>
/// <para>Each is one object, which the container creates at the first use and disposes at its end. Its options begin with the container's
/// <see cref="ILoggerFactory"/> and <see cref="TimeProvider"/>, where it has them. With a service key there may be several of a type; ask for
/// them with that key.</para>
/// <para>Factories get the container itself, not a scope: a connection that is shared belongs to no single request.</para>
/// </remarks>
public static class LifecycleServiceCollectionExtensions
{
    /// <summary>Registers a <see cref="ConnectionTracker"/>; with a time to drain, also what drains it at the shutdown of the host.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="drain">
    /// How long connections may take to end at shutdown (<see cref="ConnectionTracker.DrainAsync"/>); <see langword="null"/>: no drain. Hosted
    /// services stop in the reverse order of their registration: register this before the server that accepts the connections.
    /// </param>
    /// <param name="serviceKey">The key, where there are several.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddConnectionTracker(
        this IServiceCollection services, Action<ConnectionTrackerOptions>? configure = null, TimeSpan? drain = null, object? serviceKey = null)
    {
        Add(
            services,
            serviceKey,
            provider =>
            {
                var options = new ConnectionTrackerOptions { Logger = Logger<ConnectionTracker>(provider), TimeProvider = Time(provider) };
                configure?.Invoke(options);
                return new ConnectionTracker(options);
            });
        if (drain is { } limit)
        {
            services.AddSingleton<IHostedService>(provider => new ConnectionDrain(provider.GetRequiredKeyedService<ConnectionTracker>(serviceKey), limit));
        }

        return services;
    }

    /// <summary>Registers a <see cref="ConnectionPool{T}"/>.</summary>
    /// <typeparam name="T">The type of the connections.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="create">Opens a connection; see the constructor of the pool.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="serviceKey">The key, where there are several.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="create"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddConnectionPool<T>(
        this IServiceCollection services,
        Func<IServiceProvider, CancellationToken, ValueTask<T>> create,
        Action<ConnectionPoolOptions<T>>? configure = null,
        object? serviceKey = null)
        where T : class
    {
        NotNull(create, nameof(create));
        return Add(
            services,
            serviceKey,
            provider =>
            {
                var options = new ConnectionPoolOptions<T> { Logger = Logger<ConnectionPool<T>>(provider), TimeProvider = Time(provider) };
                configure?.Invoke(options);
                return new ConnectionPool<T>(token => create(provider, token), options);
            });
    }

    /// <summary>Registers a <see cref="SessionSlot{TSession}"/>.</summary>
    /// <typeparam name="TSession">The type of the session.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="create">Opens a session; see the constructor of the slot.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="serviceKey">The key, where there are several.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="create"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddSessionSlot<TSession>(
        this IServiceCollection services,
        Func<IServiceProvider, CancellationToken, ValueTask<TSession>> create,
        Action<SessionCacheOptions<TSession>>? configure = null,
        object? serviceKey = null)
        where TSession : class
    {
        NotNull(create, nameof(create));
        return Add(
            services,
            serviceKey,
            provider => new SessionSlot<TSession>(token => create(provider, token), SessionOptions(provider, typeof(SessionSlot<TSession>), configure)));
    }

    /// <summary>Registers a <see cref="SessionCache{TKey, TSession}"/>.</summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TSession">The type of the sessions.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="create">Opens a session for a key; see the constructor of the cache.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="comparer">Compares keys; the key type's own comparison if not given.</param>
    /// <param name="serviceKey">The key of the service, where there are several.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="create"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddSessionCache<TKey, TSession>(
        this IServiceCollection services,
        Func<IServiceProvider, TKey, CancellationToken, ValueTask<TSession>> create,
        Action<SessionCacheOptions<TSession>>? configure = null,
        IEqualityComparer<TKey>? comparer = null,
        object? serviceKey = null)
        where TKey : notnull
        where TSession : class
    {
        NotNull(create, nameof(create));
        return Add(
            services,
            serviceKey,
            provider => new SessionCache<TKey, TSession>(
                (key, token) => create(provider, key, token), SessionOptions(provider, typeof(SessionCache<TKey, TSession>), configure), comparer));
    }

    private static IServiceCollection Add<TGuard>(IServiceCollection services, object? serviceKey, Func<IServiceProvider, TGuard> create)
        where TGuard : class
    {
        NotNull(services, nameof(services));

        // Without a key this is the same as an ordinary registration.
        services.Add(new ServiceDescriptor(typeof(TGuard), serviceKey, (provider, _) => create(provider), ServiceLifetime.Singleton));
        return services;
    }

    private static SessionCacheOptions<TSession> SessionOptions<TSession>(
        IServiceProvider provider, Type guard, Action<SessionCacheOptions<TSession>>? configure)
        where TSession : class
    {
        var options = new SessionCacheOptions<TSession>
        {
            Logger = provider.GetService<ILoggerFactory>()?.CreateLogger(Category(guard)),
            TimeProvider = Time(provider),
        };
        configure?.Invoke(options);
        return options;
    }

    private static TimeProvider Time(IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;

    private static ILogger? Logger<TGuard>(IServiceProvider provider) => provider.GetService<ILoggerFactory>()?.CreateLogger(Category(typeof(TGuard)));

    /// <summary>One category for all of a kind; the name of the guard is in the message.</summary>
    private static string Category(Type guard) => guard.Namespace + "." + guard.Name.Split('`')[0];

    private static void NotNull(object? value, string name)
    {
        if (value is null)
        {
            throw new ArgumentNullException(name);
        }
    }
}
