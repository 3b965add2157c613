using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.ObjectPool;
using Polly;
using Polly.Retry;

namespace LifecycleAnalyzers.Runtime.Benchmarks;

/// <summary>Renting and giving back; only the last one asks the operating system whether the peer is still there.</summary>
public class Pools
{
    private readonly ObjectPool<object> _objects = new DefaultObjectPool<object>(new DefaultPooledObjectPolicy<object>());
    private readonly ConcurrentBag<object> _bag = [new object()];
    private readonly Channel<object> _channel = Channel.CreateBounded<object>(16);
    private readonly ConnectionPool<object> _pool = new(static _ => new ValueTask<object>(new object()));
    private Loopback _loopback = null!;
    private ConnectionPool<Socket> _sockets = null!;

    [GlobalSetup]
    public void Connect()
    {
        _channel.Writer.TryWrite(new object());
        _loopback = new Loopback(reads: false);
        _sockets = new ConnectionPool<Socket>(_ => new ValueTask<Socket>(_loopback.Near));
    }

    [GlobalCleanup]
    public void Close() => _loopback.Dispose();

    [Benchmark(Baseline = true)]
    public void ObjectPool() => _objects.Return(_objects.Get());

    [Benchmark]
    public void ConcurrentBag()
    {
        _bag.TryTake(out var connection);
        _bag.Add(connection!);
    }

    [Benchmark]
    public async ValueTask ChannelAsAPool() => _channel.Writer.TryWrite(await _channel.Reader.ReadAsync());

    [Benchmark]
    public async ValueTask ConnectionPool()
    {
        await using var lease = await _pool.RentAsync();
        lease.Complete();
    }

    [Benchmark]
    public async ValueTask ConnectionPoolThatChecksASocket()
    {
        await using var lease = await _sockets.RentAsync();
        lease.Complete();
    }
}

/// <summary>Asking a connection that is open.</summary>
public class Liveness
{
    private Loopback _loopback = null!;

    [GlobalSetup]
    public void Connect() => _loopback = new Loopback(reads: false);

    [GlobalCleanup]
    public void Close() => _loopback.Dispose();

    [Benchmark(Baseline = true)]
    public bool Poll() => _loopback.Near.Poll(0, SelectMode.SelectRead);

    [Benchmark]
    public bool IsAlive() => _loopback.Near.IsAlive();
}

/// <summary>Getting a session that is there.</summary>
public class Sessions
{
    private readonly Lazy<Task<object>> _lazy = new(static () => Task.FromResult(new object()));
    private readonly SessionSlot<object> _slot = new(static _ => new ValueTask<object>(new object()));
    private readonly ConcurrentDictionary<string, Lazy<Task<object>>> _dictionary = new();
    private readonly SessionCache<string, object> _cache = new(static (_, _) => new ValueTask<object>(new object()));

    [Benchmark(Baseline = true)]
    public async ValueTask<object> LazyTask() => await _lazy.Value;

    [Benchmark]
    public async ValueTask<object> SessionSlot() => await _slot.GetAsync();

    [Benchmark]
    public async ValueTask<object> DictionaryOfLazyTasks() =>
        await _dictionary.GetOrAdd("key", static _ => new Lazy<Task<object>>(static () => Task.FromResult(new object()))).Value;

    [Benchmark]
    public async ValueTask<object> SessionCache() => await _cache.GetAsync("key");
}

/// <summary>Work that may be repeated once, and succeeds at once.</summary>
public class Repeats
{
    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 1, ShouldHandle = new PredicateBuilder().Handle<SocketException>() }).Build();

    private readonly object _session = new();
    private readonly SessionCache<string, object> _cache = new(static (_, _) => new ValueTask<object>(new object()));

    [Benchmark(Baseline = true)]
    public async ValueTask<int> PollyRetry() => await _pipeline.ExecuteAsync(static (_, _) => new ValueTask<int>(1), _session);

    [Benchmark]
    public async ValueTask<int> RunAsync() => await _cache.RunAsync("key", _session, static (_, _, _) => new ValueTask<int>(1));
}
