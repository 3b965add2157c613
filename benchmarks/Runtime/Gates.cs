using System.Threading.Channels;
using BenchmarkDotNet.Attributes;

namespace LifecycleAnalyzers.Runtime.Benchmarks;

/// <summary>Entering and leaving when nobody else is there.</summary>
public class FreeGates
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);
    private readonly SendGate _gate = new();
    private int _sent;

    [Benchmark(Baseline = true)]
    public async ValueTask Semaphore()
    {
        await _semaphore.WaitAsync();
        try
        {
            _sent++;
        }
        finally
        {
            _semaphore.Release();
        }
    }

    [Benchmark]
    public async ValueTask Enter()
    {
        using (await _gate.EnterAsync())
        {
            _sent++;
        }
    }

    [Benchmark]
    public async ValueTask<SendResult> TrySend() => await _gate.TrySendAsync(this, static (me, _) => me.Send());

    [Benchmark]
    public async ValueTask<int> Exchange() => await _gate.ExchangeAsync(this, static (me, _) => new ValueTask<int>(me._sent++));

    private ValueTask Send()
    {
        _sent++;
        return default;
    }
}

/// <summary>Eight tasks that send a hundred messages each; the time is that of all of them.</summary>
public class ContendedGates
{
    private const int Senders = 8;
    private const int Messages = 100;
    private readonly SemaphoreSlim _semaphore = new(1, 1);
    private readonly SendGate _gate = new();
    private int _sent;

    [Benchmark(Baseline = true, OperationsPerInvoke = Senders * Messages)]
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

    [Benchmark(OperationsPerInvoke = Senders * Messages)]
    public Task Enter() => AllAsync(async () =>
    {
        using (await _gate.EnterAsync())
        {
            await SendAsync();
        }
    });

    /// <summary>One consumer sends for all; nobody learns how his message fared.</summary>
    [Benchmark(OperationsPerInvoke = Senders * Messages)]
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

    private static Task AllAsync(Func<Task> send) => Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
    {
        for (var i = 0; i < Messages; i++)
        {
            await send();
        }
    })));

    private async ValueTask SendAsync()
    {
        _sent++;
        await Task.Yield();
    }
}
