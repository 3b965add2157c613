using System.Collections.Concurrent;

namespace LifecycleAnalyzers.Servers.Tests;

/// <summary>Producers that send one entry after another, and keep account of what they were told about each.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, SendOutcome> _account = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, CancellationToken, Task<SendResult>> _send;
    private readonly Task _producers;
    private int _lastEntry;
    private int _notOpen;

    public Load(int producers, Func<int, CancellationToken, Task<SendResult>> send)
    {
        _send = send;
        _producers = Task.WhenAll(Enumerable.Range(0, producers).Select(_ => Task.Run(ProduceAsync)));
    }

    public int Sent => _account.Values.Count(outcome => outcome == SendOutcome.Sent);

    /// <summary>How often it was said that provably nothing was sent.</summary>
    public int NotOpen => Volatile.Read(ref _notOpen);

    public IEnumerable<int> With(SendOutcome outcome) => _account.Where(entry => entry.Value == outcome).Select(entry => entry.Key);

    public async Task UntilAsync(Func<bool> reached, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!reached())
        {
            Assert.False(_producers.IsCompleted, _producers.Exception?.ToString() ?? "The producers have ended.");
            Assert.False(limit.IsCancellationRequested, $"It does not go on: {Sent} sent, {NotOpen} times not open.");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _producers;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
    }

    private async Task ProduceAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var entry = Interlocked.Increment(ref _lastEntry);
            while (true)
            {
                // Not under the token that ends the load: an entry is never given up half-way.
                var result = await _send(entry, CancellationToken.None);
                _account[entry] = result.Outcome;
                if (result.IsSent) break;
                if (result.ProvablyNotSent) Interlocked.Increment(ref _notOpen);
                await Task.Delay(20, CancellationToken.None);

                // What was provably not sent is sent again, by the producer too: this is what must never double an entry.
                if (!result.ProvablyNotSent || _stop.IsCancellationRequested) break;
            }
        }
    }
}
