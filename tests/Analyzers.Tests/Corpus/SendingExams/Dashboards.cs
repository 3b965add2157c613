// Dashboards on SignalR: a hub client that pushes what local events bring.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.Dashboards;

public sealed record Tile(string Id, double Value);

public interface ITileSource
{
    event EventHandler<Tile>? Changed;
    IObservable<Tile> All { get; }
    ValueTask<Tile> LoadAsync(string id, CancellationToken ct);
}

public sealed class TilePusher : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly ITileSource _tiles;
    private readonly ILogger _log;
    private bool _disposing;

    public TilePusher(HubConnection hub, ITileSource tiles, ILogger log)
    {
        (_hub, _tiles, _log) = (hub, tiles, log);
        _tiles.Changed += OnChanged;
        _hub.On<string>("refresh", RefreshAsync);
        _hub.On<string>("reload", ReloadAsync);
        _hub.Reconnected += id => _hub.SendAsync("hello", id); // ok LCA2001: the event proves the state
        _hub.Closed += async error =>
        {
            _log.LogWarning(error, "hub closed");
            await _hub.SendAsync("goodbye", error?.Message); //! LCA2001
        };
    }

    private async void OnChanged(object? sender, Tile tile)
    {
        await _hub.SendAsync("tile", tile); //! LCA2001
    }

    private async Task RefreshAsync(string id)
    {
        if (_hub.State != HubConnectionState.Connected) return;
        var tile = await _tiles.LoadAsync(id, CancellationToken.None);
        await _hub.SendAsync("tile", tile); //! LCA2002
    }

    // ok LCA2001 LCA2002: the own closing flag and the state, both after the load
    private async Task ReloadAsync(string id)
    {
        var tile = await _tiles.LoadAsync(id, CancellationToken.None);
        if (_disposing || _hub.State is HubConnectionState.Disconnected or HubConnectionState.Reconnecting or HubConnectionState.Connecting) return;
        await _hub.SendAsync("tile", tile);
    }

    public async ValueTask DisposeAsync()
    {
        _disposing = true;
        _tiles.Changed -= OnChanged;
        await _hub.DisposeAsync();
    }
}

public sealed class TileObserver(HubConnection hub, ILogger<TileObserver> log) : IObserver<Tile>
{
    public void OnNext(Tile value)
    {
        _ = hub.SendAsync("tile", value); //! LCA2001
    }

    // ok LCA2001: no send, a log
    public void OnError(Exception error) => log.LogError(error, "tiles");

    public void OnCompleted()
    {
        if (hub.State == HubConnectionState.Connected) _ = hub.SendAsync("done", null); //? LCA1004
    }
}

public sealed class QuietDashboard(HubConnection hub, ITileSource tiles)
{
    // Everything that goes wrong vanishes.
    public async Task PushAsync(Tile tile)
    {
        try
        {
            await hub.SendAsync("tile", tile);
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    public async Task<int> PushAllAsync(IEnumerable<Tile> all)
    {
        var n = 0;
        foreach (var tile in all)
        {
            try
            {
                await hub.SendAsync("tile", tile);
                n++;
            }
            catch // ok LCA2005: the count tells
            {
                // the next one
                continue;
            }
        }

        return n;
    }

    // ok LCA2005: the answer tells
    public async Task<bool> TryPushAsync(Tile tile)
    {
        try
        {
            await hub.SendAsync("tile", tile);
            return true;
        }
        catch
        {
            return false;
        }
    }

    // ok LCA2005: narrow and typed
    public async Task PushNarrowAsync(Tile tile)
    {
        try
        {
            await hub.SendAsync("tile", tile);
        }
        catch (InvalidOperationException)
        {
        }
    }

    // ok LCA2005: no send in the try
    public async Task<Tile?> LoadAsync(string id)
    {
        Tile? tile = null;
        try
        {
            tile = await tiles.LoadAsync(id, CancellationToken.None);
        }
        catch (Exception)
        {
        }

        return tile;
    }

    // A filter names the narrow ones, and the second clause takes the rest in silence.
    public async Task PushFilteredAsync(Tile tile, ILogger log)
    {
        try
        {
            await hub.SendAsync("tile", tile);
        }
        catch (Exception ex) when (ex is TimeoutException)
        {
            log.LogDebug(ex, "slow hub");
        }
        catch (Exception ex) //! LCA2005
        {
            _ = ex;
        }
    }
}

public sealed class Reactive : IDisposable
{
    private readonly IDisposable _subscription;
    private readonly HubConnection _hub;

    public Reactive(HubConnection hub, ITileSource tiles)
    {
        _hub = hub;
        _subscription = tiles.All.Subscribe(new TileRelay(this));
        tiles.Changed += PushIfConnected;
    }

    private bool Connected => _hub.State == HubConnectionState.Connected;

    // ok LCA2001: && decides
    private void PushIfConnected(object? sender, Tile tile) => _ = Connected && Push(tile);

    private bool Push(Tile tile)
    {
        _ = _hub.SendAsync("tile", tile); //? LCA1004
        return true;
    }

    private sealed class TileRelay(Reactive owner) : IObserver<Tile>
    {
        public void OnNext(Tile value) => owner.Push(value); //! LCA2001

        public void OnError(Exception error) { }

        public void OnCompleted() { }
    }

    public void Dispose() => _subscription.Dispose();
}
