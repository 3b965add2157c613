// Order-book and trade feeds of a trading desk, all over SignalR.
using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.MarketFeeds;

public sealed record Trade(string Symbol, decimal Price, int Size);

public sealed class TradeTape(string url, ILogger<TradeTape> log)
{
    private readonly ConcurrentQueue<Trade> _tape = new();

    /// <summary>Nobody ever hears that the feed stopped: the delay waits on.</summary>
    public async Task RecordAsync(CancellationToken stop)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.On<Trade>("trade", _tape.Enqueue);
        await hub.StartAsync(stop); //! LCA1001
        await Task.Delay(Timeout.Infinite, stop);
    }

    /// <summary>Attached, but after the subscription call has gone out and come back.</summary>
    public async Task RecordSubscribedAsync(string symbol, CancellationToken stop)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();
        hub.On<Trade>("trade", _tape.Enqueue);
        await hub.StartAsync(stop); //! LCA1001
        await hub.InvokeAsync("Subscribe", symbol, stop);
        hub.Closed += error =>
        {
            log.LogError(error, "tape for {Symbol} ended", symbol);
            return Task.CompletedTask;
        };
        await Task.Delay(Timeout.Infinite, stop);
    }

    // ok LCA1001: Closed completes the wait, and it is attached before the start
    public async Task RecordUntilClosedAsync(CancellationToken stop)
    {
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.On<Trade>("trade", _tape.Enqueue);
        hub.Closed += error =>
        {
            ended.TrySetResult(error);
            return Task.CompletedTask;
        };
        await hub.StartAsync(stop);
        var reason = await ended.Task.WaitAsync(stop);
        if (reason is not null) log.LogWarning(reason, "tape ended");
    }

    // ok LCA1001: created, asked and disposed here; each failure arrives at the call that awaits it
    public async Task<decimal> AskLastPriceAsync(string symbol, CancellationToken stop)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(url).Build();
        await hub.StartAsync(stop);
        var price = await hub.InvokeAsync<decimal>("LastPrice", symbol, stop);
        await hub.StopAsync(stop);
        return price;
    }

    public bool TryTake(out Trade? trade) => _tape.TryDequeue(out trade);
}

public sealed class DepthFeed : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly ILogger _log;
    private int _generation;

    public DepthFeed(string url, ILogger log)
    {
        _log = log;
        _hub = new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();
        _hub.On<long>("snapshot", _ => Interlocked.Increment(ref _generation));
    }

    public async Task StartAsync(CancellationToken stop)
    {
        _log.LogInformation("starting depth feed");
        await _hub.StartAsync(stop).ConfigureAwait(false); //! LCA1001
        _log.LogInformation("depth feed runs as {Id}", _hub.ConnectionId);
    }

    public int Generation => Volatile.Read(ref _generation);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}

public sealed class WatchedDepthFeed : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly ILogger _log;

    public WatchedDepthFeed(string url, ILogger log)
    {
        _log = log;
        _hub = new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();
        _hub.Closed += OnClosedAsync;
    }

    // ok LCA1001: attached in the constructor
    public async Task StartAsync(CancellationToken stop)
    {
        _log.LogInformation("starting depth feed");
        await _hub.StartAsync(stop).ConfigureAwait(false);
    }

    private Task OnClosedAsync(Exception? error)
    {
        _log.LogError(error, "depth feed closed for good");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}
