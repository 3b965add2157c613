using System.Collections.Concurrent;
using System.Threading.Channels;
using BenchmarkDotNet.Attributes;

namespace LifecycleAnalyzers.Runtime.Benchmarks;

/// <summary>Several at once, 3,200 turns together; the time is that of one turn.</summary>
public abstract class Contended
{
    protected const int Turns = 3_200;

    [Params(2, 8, 64)]
    public int Contenders { get; set; }

    protected Task AllAsync(Func<Task> turn) => Task.WhenAll(Enumerable.Range(0, Contenders).Select(_ => Task.Run(async () =>
    {
        for (var i = 0; i < Turns / Contenders; i++)
        {
            await turn();
        }
    })));
}

/// <summary>One sends at a time; each send gives up its thread once, as one over a network does.</summary>
public class ContendedGates : Contended
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);
    private readonly SendGate _gate = new();
    private int _sent;

    [Benchmark(Baseline = true, OperationsPerInvoke = Turns)]
    public Task Semaphore() => AllAsync(async () =>
    {
        await _semaphore.WaitAsync();
        try
        {
            await SendAsync();
        }
        finally
        {
            _semaphore.Release();
        }
    });

    [Benchmark(OperationsPerInvoke = Turns)]
    public Task Enter() => AllAsync(async () =>
    {
        using (await _gate.EnterAsync())
        {
            await SendAsync();
        }
    });

    [Benchmark(OperationsPerInvoke = Turns)]
    public Task TrySend() => AllAsync(async () => await _gate.TrySendAsync(this, static (me, _) => me.SendAsync()));

    /// <summary>One consumer sends for all; nobody learns how his message fared.</summary>
    [Benchmark(OperationsPerInvoke = Turns)]
    public async Task ChannelWithOneConsumer()
    {
        var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(1024) { SingleReader = true });
        var consuming = Task.Run(async () =>
        {
            await foreach (var message in channel.Reader.ReadAllAsync())
            {
                await SendAsync();
            }
        });
        await AllAsync(() => channel.Writer.WriteAsync(1).AsTask());
        channel.Writer.Complete();
        await consuming;
    }

    private async ValueTask SendAsync()
    {
        _sent++;
        await Task.Yield();
    }
}

/// <summary>Four connections for all; each use gives up its thread once.</summary>
public class ContendedPools : Contended
{
    private const int Size = 4;
    private readonly SemaphoreSlim _places = new(Size, Size);
    private readonly ConcurrentBag<object> _bag = [.. Enumerable.Range(0, Size).Select(static _ => new object())];
    private readonly Channel<object> _channel = Channel.CreateUnbounded<object>();
    private readonly ConnectionPool<object> _pool =
        new(static _ => new ValueTask<object>(new object()), new ConnectionPoolOptions<object> { MaxSize = Size, MaxWaiters = 64 });

    public ContendedPools()
    {
        for (var i = 0; i < Size; i++)
        {
            _channel.Writer.TryWrite(new object());
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Turns)]
    public Task SemaphoreAndBag() => AllAsync(async () =>
    {
        await _places.WaitAsync();
        try
        {
            _bag.TryTake(out var connection);
            await Task.Yield();
            _bag.Add(connection!);
        }
        finally
        {
            _places.Release();
        }
    });

    [Benchmark(OperationsPerInvoke = Turns)]
    public Task ChannelAsAPool() => AllAsync(async () =>
    {
        var connection = await _channel.Reader.ReadAsync();
        await Task.Yield();
        _channel.Writer.TryWrite(connection);
    });

    [Benchmark(OperationsPerInvoke = Turns)]
    public Task ConnectionPool() => AllAsync(async () =>
    {
        await using var lease = await _pool.RentAsync();
        await Task.Yield();
        lease.Complete();
    });
}

/// <summary>Getting a session that is there.</summary>
public class ContendedSessions : Contended
{
    private readonly ConcurrentDictionary<string, Lazy<Task<object>>> _dictionary = new();
    private readonly SessionCache<string, object> _cache = new(static (_, _) => new ValueTask<object>(new object()));

    [Benchmark(Baseline = true, OperationsPerInvoke = Turns)]
    public Task DictionaryOfLazyTasks() => AllAsync(() =>
        _dictionary.GetOrAdd("key", static _ => new Lazy<Task<object>>(static () => Task.FromResult(new object()))).Value);

    [Benchmark(OperationsPerInvoke = Turns)]
    public Task SessionCache() => AllAsync(async () => await _cache.GetAsync("key"));
}

/// <summary>Counting up and down.</summary>
public class ContendedCounting : Contended
{
    private readonly object _connection = new();
    private readonly ConnectionTracker _tracker = new();
    private int _count;

    [Benchmark(Baseline = true, OperationsPerInvoke = Turns)]
    public Task Interlocked() => AllAsync(() =>
    {
        System.Threading.Interlocked.Increment(ref _count);
        System.Threading.Interlocked.Decrement(ref _count);
        return Task.CompletedTask;
    });

    [Benchmark(OperationsPerInvoke = Turns)]
    public Task Track() => AllAsync(() =>
    {
        using var tracked = _tracker.Track(_connection);
        return Task.CompletedTask;
    });
}
