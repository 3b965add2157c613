// Broker bridges that keep tasks, lazies and failed connections.
using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;

namespace Ways.Keeps;

public sealed class BridgeConnection : IAsyncDisposable
{
    public bool IsOpen { get; private set; } = true;

    public static Task<BridgeConnection> ConnectAsync(string broker) => Task.FromResult(new BridgeConnection());

    public static BridgeConnection Connect(string broker) => new();

    public Task PublishAsync(string topic, ReadOnlyMemory<byte> body) => IsOpen ? Task.CompletedTask : throw new IOException(topic);

    public ValueTask DisposeAsync()
    {
        IsOpen = false;
        return default;
    }
}

public static class Shared
{
    private static readonly Lazy<Task<BridgeConnection>> Main = new(() => BridgeConnection.ConnectAsync("main")); //! LCA3002

    private static readonly Lazy<BridgeConnection> Spare = new(static () => BridgeConnection.Connect("spare"), isThreadSafe: true); //! LCA3002

    private static readonly Lazy<BridgeConnection> Forgiving = new(() => BridgeConnection.Connect("spare"), LazyThreadSafetyMode.PublicationOnly);

    public static Task<BridgeConnection> MainAsync() => Main.Value;

    public static bool SpareOpen => Spare.Value.IsOpen;

    public static bool ForgivingOpen => Forgiving.Value.IsOpen;
}

public sealed class TaskBook
{
    private readonly ConcurrentDictionary<string, Task<BridgeConnection>> _tasks = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<BridgeConnection>>> _lazies = [];

    public Task<BridgeConnection> GetAsync(string broker) => _tasks.GetOrAdd(broker, BridgeConnection.ConnectAsync); //! LCA3002

    public async Task<BridgeConnection> GetLazyAsync(string broker)
    {
        var connecting = _lazies.GetOrAdd(broker, b => new(() => BridgeConnection.ConnectAsync(b)));
        try
        {
            return await connecting.Value;
        }
        catch
        {
            _lazies.TryRemove(new(broker, connecting));
            throw;
        }
    }

    public int Count => _tasks.Count + _lazies.Count;
}

public sealed class EvictingBook
{
    private readonly ConcurrentDictionary<string, Task<BridgeConnection>> _tasks = new();

    public Task<BridgeConnection> GetAsync(string broker) => _tasks.GetOrAdd(broker, b =>
    {
        var connecting = BridgeConnection.ConnectAsync(b);
        connecting.ContinueWith(t => _tasks.TryRemove(KeyValuePair.Create(b, t)), TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously);
        return connecting;
    });
}

public class TaskField
{
    private Task<BridgeConnection>? _connecting;

    protected virtual Task<BridgeConnection> ConnectAsync() => BridgeConnection.ConnectAsync("field");

    public Task<BridgeConnection> GetAsync() => _connecting ??= ConnectAsync(); //! LCA3002
}

public class ForgivingTaskField
{
    private readonly object _sync = new();
    private Task<BridgeConnection>? _connecting;

    public Task<BridgeConnection> GetAsync()
    {
        lock (_sync)
        {
            if (_connecting is null or { IsFaulted: true } or { IsCanceled: true })
                _connecting = BridgeConnection.ConnectAsync("field");
            return _connecting;
        }
    }
}

public sealed class CachedTasks(IMemoryCache cache)
{
    public Task<BridgeConnection> GetAsync(string broker) =>
        cache.GetOrCreate(broker, entry => { entry.SlidingExpiration = TimeSpan.FromHours(1); return BridgeConnection.ConnectAsync(broker); })!; //! LCA3002

    public Task<BridgeConnection?> GetResultAsync(string broker) =>
        cache.GetOrCreateAsync<BridgeConnection>(broker, _ => BridgeConnection.ConnectAsync(broker));
}

public sealed class EvictingPublisher(ILogger<EvictingPublisher> log)
{
    private BridgeConnection? _kept;

    public async Task PublishAsync(string topic, byte[] body)
    {
        if (_kept is not { IsOpen: true }) _kept = await BridgeConnection.ConnectAsync("publisher");
        try
        {
            await _kept.PublishAsync(topic, body);
        }
        catch (IOException e)
        {
            log.LogError(e, "not published");
            (var failed, _kept) = (_kept, null);
            await failed.DisposeAsync();
            throw;
        }
    }
}

/// <summary>Nothing here is a connection.</summary>
public static class Values
{
    private static readonly ConcurrentDictionary<string, Task<string>> Names = new();

    private static readonly Lazy<Task<int>> Count = new(() => Task.FromResult(3));

    public static Task<string> NameAsync(string key) => Names.GetOrAdd(key, k => File.ReadAllTextAsync(k));

    public static Task<int> CountAsync() => Count.Value;
}
