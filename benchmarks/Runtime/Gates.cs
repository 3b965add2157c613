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
