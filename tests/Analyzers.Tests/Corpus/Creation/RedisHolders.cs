// Redis multiplexers: they come open out of Connect, so the handler has to be the next thing.
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Corpus.Creation.RedisHolders;

public sealed class SessionStore : IDisposable
{
    private readonly ConnectionMultiplexer _redis;

    public SessionStore(string configuration)
    {
        _redis = ConnectionMultiplexer.Connect(configuration); //! LCA1001
    }

    public Task<RedisValue> GetAsync(string key) => _redis.GetDatabase().StringGetAsync("session:" + key);

    public Task<bool> SetAsync(string key, string value) => _redis.GetDatabase().StringSetAsync("session:" + key, value, TimeSpan.FromHours(1));

    public void Dispose() => _redis.Dispose();
}

public sealed class WatchedSessionStore : IDisposable
{
    private readonly ConnectionMultiplexer _redis;

    // ok LCA1001: the handler is attached to the local before anything is done with it
    public WatchedSessionStore(string configuration, ILogger log)
    {
        var redis = ConnectionMultiplexer.Connect(configuration);
        redis.ConnectionFailed += (_, e) => log.LogError(e.Exception, "redis {EndPoint}: {Failure}", e.EndPoint, e.FailureType);
        redis.ConnectionRestored += (_, e) => log.LogInformation("redis {EndPoint} is back", e.EndPoint);
        _redis = redis;
    }

    public Task<RedisValue> GetAsync(string key) => _redis.GetDatabase().StringGetAsync("session:" + key);

    public void Dispose() => _redis.Dispose();
}

public sealed class PriceCache(string configuration, ILogger log) : IDisposable
{
    private ConnectionMultiplexer? _redis;

    /// <summary>Warms the cache first and listens for failures afterwards.</summary>
    public async Task WarmAsync(IReadOnlyDictionary<string, string> prices)
    {
        var redis = await ConnectionMultiplexer.ConnectAsync(configuration); //! LCA1001
        var database = redis.GetDatabase();
        foreach (var (symbol, price) in prices) await database.StringSetAsync(symbol, price);
        redis.ConnectionFailed += OnFailed;
        _redis = redis;
    }

    // ok LCA1001: listens first
    public async Task WarmWatchedAsync(IReadOnlyDictionary<string, string> prices)
    {
        var redis = await ConnectionMultiplexer.ConnectAsync(configuration);
        redis.ConnectionFailed += OnFailed;
        var database = redis.GetDatabase();
        foreach (var (symbol, price) in prices) await database.StringSetAsync(symbol, price);
        _redis = redis;
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs e) => log.LogError(e.Exception, "price cache cut off");

    public void Dispose() => _redis?.Dispose();
}

public sealed class Invalidations : IDisposable
{
    private readonly ConnectionMultiplexer _redis;

    public Invalidations(ConnectionMultiplexer redis) => _redis = redis;

    // ok LCA1001: handed in, open or not
    public Task ListenAsync(Action<string> invalidate) =>
        _redis.GetSubscriber().SubscribeAsync("invalidate", (_, key) => invalidate(key!));

    public void Dispose() => _redis.GetSubscriber().UnsubscribeAll();
}

public static class Multiplexers
{
    /// <summary>Answered as it comes; whoever called it can still be first with a handler.</summary>
    public static Task<ConnectionMultiplexer> OpenAsync(string configuration) =>
        ConnectionMultiplexer.ConnectAsync(configuration); //? LCA1001

    // ok LCA1001: watched before it is answered
    public static async Task<ConnectionMultiplexer> OpenWatchedAsync(string configuration, Action<Exception?> failed)
    {
        var redis = await ConnectionMultiplexer.ConnectAsync(configuration);
        redis.InternalError += (_, e) => failed(e.Exception);
        return redis;
    }
}

public sealed class RateLimits : IDisposable
{
    private readonly ConnectionMultiplexer _redis;

    // ok LCA1001: a helper attaches, as the first thing done with the new multiplexer
    public RateLimits(string configuration, ILogger log)
    {
        var redis = ConnectionMultiplexer.Connect(configuration);
        Watch(redis, log);
        _redis = redis;
    }

    private static void Watch(ConnectionMultiplexer redis, ILogger log)
    {
        redis.ConnectionFailed += (_, e) => log.LogError(e.Exception, "rate limits unavailable");
        redis.ErrorMessage += (_, e) => log.LogWarning("redis says {Message}", e.Message);
    }

    public async Task<bool> AllowAsync(string caller) => await _redis.GetDatabase().StringIncrementAsync("rate:" + caller) < 100;

    public void Dispose() => _redis.Dispose();
}
