// Hub connections kept by those who call them. With automatic reconnect they heal themselves; without it they do not.
using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.HubCaches;

public sealed class Notifier(string url) : IAsyncDisposable
{
    private HubConnection? _hub;

    public async Task NotifyAsync(string user, CancellationToken stop)
    {
        if (_hub is null)
        {
            _hub = new HubConnectionBuilder().WithUrl(url).Build();
            _hub.Closed += static _ => Task.CompletedTask;
            await _hub.StartAsync(stop);
        }

        await _hub.SendAsync("Notify", user, stop); //! LCA3001
    }

    public ValueTask DisposeAsync() => _hub?.DisposeAsync() ?? default;
}

public sealed class HealingNotifier(string url) : IAsyncDisposable
{
    private HubConnection? _hub;

    // ok LCA3001: built to reconnect by itself
    public async Task NotifyAsync(string user, CancellationToken stop)
    {
        if (_hub is null)
        {
            _hub = new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();
            _hub.Closed += static _ => Task.CompletedTask;
            await _hub.StartAsync(stop);
        }

        await _hub.SendAsync("Notify", user, stop);
    }

    public ValueTask DisposeAsync() => _hub?.DisposeAsync() ?? default;
}

public sealed class RestartingNotifier(string url, ILogger log) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private HubConnection? _hub;

    // ok LCA3001: started again when it is not connected
    public async Task NotifyAsync(string user, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            _hub ??= new HubConnectionBuilder().WithUrl(url).Build();
            if (_hub.State != HubConnectionState.Connected)
            {
                log.LogInformation("starting hub in state {State}", _hub.State);
                await _hub.StartAsync(stop); //! LCA1001
            }

            await _hub.SendAsync("Notify", user, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        _gate.Dispose();
    }
}

public sealed class TenantHubs
{
    private readonly ConcurrentDictionary<string, HubConnection> _hubs = new();

    public async Task<int> CountAsync(string tenant, CancellationToken stop)
    {
        if (!_hubs.TryGetValue(tenant, out var hub))
        {
            hub = new HubConnectionBuilder().WithUrl($"https://{tenant}.example.test/hub").Build();
            hub.Closed += _ =>
            {
                _hubs.TryRemove(tenant, out HubConnection? _);
                return Task.CompletedTask;
            };
            await hub.StartAsync(stop);
            _hubs[tenant] = hub;
        }

        return await hub.InvokeAsync<int>("Count", tenant, stop); //! LCA3001
    }

    // ok LCA3001: looked up with its state
    public async Task<int?> CountIfConnectedAsync(string tenant, CancellationToken stop)
    {
        if (_hubs.TryGetValue(tenant, out var hub) && hub.State == HubConnectionState.Connected)
            return await hub.InvokeAsync<int>("Count", tenant, stop);
        return null;
    }

    // ok LCA3001: an early return for what is not connected
    public async Task SayAsync(string tenant, string text, CancellationToken stop)
    {
        var hub = _hubs.GetValueOrDefault(tenant);
        if (hub?.State is not HubConnectionState.Connected) return;
        await hub.SendAsync("Say", text, stop);
    }

    /// <summary>Asked, and then the text is translated for as long as that takes.</summary>
    public async Task SayTranslatedAsync(string tenant, string text, Func<string, Task<string>> translate, CancellationToken stop)
    {
        if (!_hubs.TryGetValue(tenant, out var hub) || hub.State != HubConnectionState.Connected) return;
        var translated = await translate(text);
        await hub.SendAsync("Say", translated, stop); //! LCA3001
    }

    // ok LCA3001: translated first, asked afterwards
    public async Task TranslateAndSayAsync(string tenant, string text, Func<string, Task<string>> translate, CancellationToken stop)
    {
        var translated = await translate(text);
        if (!_hubs.TryGetValue(tenant, out var hub) || hub.State != HubConnectionState.Connected) return;
        await hub.SendAsync("Say", translated, stop);
    }
}
