// A hosted SignalR client as the documentation has it: handlers, start with retry, restart from Closed. Nothing to report.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.GoodHubHost;

public sealed record Order(int Id, decimal Total);

public sealed class OrderFeedHost : IHostedService, IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly ILogger<OrderFeedHost> _log;
    private readonly CancellationTokenSource _stopping = new();
    private Task? _running;

    public OrderFeedHost(string url, ILogger<OrderFeedHost> log)
    {
        _log = log;
        _hub = new HubConnectionBuilder()
            .WithUrl(url)
            .WithAutomaticReconnect([TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10)])
            .Build();
        _hub.ServerTimeout = TimeSpan.FromSeconds(30);
        _hub.On<Order>("order", OnOrderAsync);
        _hub.Reconnecting += OnReconnectingAsync;
        _hub.Reconnected += OnReconnectedAsync;
        _hub.Closed += OnClosedAsync;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = ConnectWithRetryAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    private async Task ConnectWithRetryAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _hub.StartAsync(stop);
                _log.LogInformation("order feed connected");
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (HttpRequestException ex)
            {
                _log.LogWarning(ex, "order feed not reachable");
                await Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None);
            }
        }
    }

    private Task OnOrderAsync(Order order)
    {
        _log.LogInformation("order {Id}: {Total}", order.Id, order.Total);
        return Task.CompletedTask;
    }

    private Task OnReconnectingAsync(Exception? error)
    {
        _log.LogWarning(error, "order feed reconnecting");
        return Task.CompletedTask;
    }

    private Task OnReconnectedAsync(string? id)
    {
        _log.LogInformation("order feed back as {Id}", id);
        return Task.CompletedTask;
    }

    private async Task OnClosedAsync(Exception? error)
    {
        if (_stopping.IsCancellationRequested) return;
        _log.LogError(error, "order feed closed, starting over");
        await ConnectWithRetryAsync(_stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_running is not null) await _running;
        await _hub.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _stopping.Dispose();
        await _hub.DisposeAsync();
    }
}
