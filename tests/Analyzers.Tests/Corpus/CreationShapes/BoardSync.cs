// Kanban boards that follow a hub: the shared part. The events of the connection are in BoardSync.Events.cs.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Shapes.Creation.BoardSync;

public abstract partial class BoardClient : IAsyncDisposable
{
    protected BoardClient(HubConnection hub, ILogger log)
    {
        Hub = hub;
        Log = log;
    }

    protected HubConnection Hub { get; }
    protected ILogger Log { get; }

    public virtual ValueTask DisposeAsync() => Hub.DisposeAsync();
}

/// <summary>Leaves the watching to the base.</summary>
public sealed class ColumnClient(string url, ILogger log) : BoardClient(Made(url), log)
{
    private static HubConnection Made(string url) => new HubConnectionBuilder().WithUrl(url).Build();

    // ok LCA1001: the base's Watch attaches
    public async Task FollowAsync(CancellationToken stop)
    {
        Watch();
        await Hub.StartAsync(stop);
    }
}

public sealed partial class CardClient(string url, ILogger<CardClient> log) : IAsyncDisposable
{
    private readonly HubConnection _cards = new HubConnectionBuilder().WithUrl(url).Build();
    private HubConnection? _comments;

    // ok LCA1001: the other part attaches, before the start
    public async Task FollowAsync(CancellationToken stop)
    {
        AttachCards();
        await _cards.StartAsync(stop);
    }

    public async Task FollowCommentsAsync(string thread, CancellationToken stop)
    {
        var comments = new HubConnectionBuilder().WithUrl(url + "/" + thread).Build();
        comments.On<string>("added", text => log.LogInformation("{Text}", text));
        await comments.StartAsync(stop); //! LCA1001
        _comments = comments;
        AttachComments();
    }

    public async ValueTask DisposeAsync()
    {
        await _cards.DisposeAsync();
        if (_comments is { } comments) await comments.DisposeAsync();
    }
}

/// <summary>Boards that are opened by a click and live until the tab is closed.</summary>
public sealed class BoardTab(Func<string, HubConnection> dial) : IAsyncDisposable
{
    private HubConnection? _hub;
    private int _moves;

    public async Task OpenAsync(string board, CancellationToken stop)
    {
        // ok LCA1001: who dials may have attached
        _hub = dial(board);
        _hub.On<int>("moved", n => _moves += n);
        await _hub.StartAsync(stop);
    }

    public ValueTask DisposeAsync() => _hub?.DisposeAsync() ?? default;
}

public sealed class MutedTab(string url) : IAsyncDisposable
{
    private HubConnection? _hub;

    public int Moves { get; private set; }

    public async Task OpenAsync(CancellationToken stop)
    {
        _hub = new HubConnectionBuilder().WithUrl(url).Build();
        _hub.On<int>("moved", n => Moves += n);
        await _hub.StartAsync(stop); //! LCA1001
    }

    public ValueTask DisposeAsync() => _hub?.DisposeAsync() ?? default;
}

public static class OneShot
{
    // ok LCA1001: created, used by awaited calls and disposed here
    public static async Task<int> CountAsync(string url, CancellationToken stop)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(url).Build();
        await hub.StartAsync(stop);
        return await hub.InvokeAsync<int>("count", "all", stop);
    }

    // ok LCA1001: it leaves before it opens
    public static HubConnection Prepare(string url) => new HubConnectionBuilder().WithUrl(url).Build();

    public static async Task<HubConnection> PrepareAndOpenAsync(string url, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        try
        {
            await hub.StartAsync(stop); //! LCA1001
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    // ok LCA1001: an extension attaches in the chain
    public static async Task<HubConnection> PrepareWatchedAsync(string url, ILogger log, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build().Watched(log);
        try
        {
            await hub.StartAsync(stop);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }
}

internal static class HubWatching
{
    public static HubConnection Watched(this HubConnection hub, ILogger log)
    {
        hub.Closed += error =>
        {
            log.LogWarning(error, "closed");
            return Task.CompletedTask;
        };
        return hub;
    }
}
