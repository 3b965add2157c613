// The same attach and open, moved through branches, loops, try, using and ternaries.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using WebSocketSharp;

namespace Corpus.Creation.ControlFlow;

public sealed record Route(string Url, bool Verbose, bool Lazy);

public sealed class Router(ILogger log) : IAsyncDisposable
{
    private readonly List<HubConnection> _hubs = [];
    private HubConnection? _spare;

    // ok LCA1001: each branch attaches one
    public async Task OpenBranchedAsync(Route route, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(route.Url).Build();
        if (route.Verbose)
        {
            hub.Closed += LogLoudly;
            hub.Reconnecting += LogLoudly;
        }
        else
        {
            hub.Closed += LogQuietly;
        }

        await hub.StartAsync(stop);
        _hubs.Add(hub);
    }

    /// <summary>Both branches attach, after the start.</summary>
    public async Task OpenBranchedLateAsync(Route route, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(route.Url).Build();
        await hub.StartAsync(stop); //! LCA1001
        if (route.Verbose) hub.Closed += LogLoudly;
        else hub.Closed += LogQuietly;
        _hubs.Add(hub);
    }

    // ok LCA1001: a ternary chooses the handler
    public async Task OpenChosenAsync(Route route, CancellationToken stop)
    {
        var hub = route.Lazy
            ? new HubConnectionBuilder().WithUrl(route.Url).Build()
            : new HubConnectionBuilder().WithUrl(route.Url).WithAutomaticReconnect().Build();
        hub.Closed += route.Verbose ? LogLoudly : LogQuietly;
        await hub.StartAsync(stop);
        _hubs.Add(hub);
    }

    // ok LCA1001: attached once, started as often as it takes
    public async Task OpenRetriedAsync(Route route, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(route.Url).Build();
        hub.Closed += LogLoudly;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await hub.StartAsync(stop);
                break;
            }
            catch (HttpRequestException ex) when (attempt < 5)
            {
                log.LogWarning(ex, "attempt {Attempt}", attempt);
                await Task.Delay(TimeSpan.FromSeconds(attempt), stop);
            }
        }

        _hubs.Add(hub);
    }

    /// <summary>The retry loop is right, the order is not.</summary>
    public async Task OpenRetriedLateAsync(Route route, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(route.Url).Build();
        while (true)
        {
            try
            {
                await hub.StartAsync(stop); //! LCA1001
                break;
            }
            catch (HttpRequestException ex)
            {
                log.LogWarning(ex, "again");
                await Task.Delay(TimeSpan.FromSeconds(1), stop);
            }
        }

        hub.Closed += LogLoudly;
        _hubs.Add(hub);
    }

    // ok LCA1001: the switch gives one handler for each kind
    public async Task OpenSwitchedAsync(Route route, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(route.Url).Build();
        switch (route)
        {
            case { Verbose: true }:
                hub.Closed += LogLoudly;
                break;
            default:
                hub.Closed += LogQuietly;
                break;
        }

        await hub.StartAsync(stop);
        _spare = hub;
    }

    /// <summary>Only verbose routes are watched; whether that is meant, only the author knows.</summary>
    public async Task OpenPerhapsAsync(Route route, CancellationToken stop)
    {
        var hub = new HubConnectionBuilder().WithUrl(route.Url).Build();
        if (route.Verbose) hub.Closed += LogLoudly;
        await hub.StartAsync(stop); //? LCA1001
        _hubs.Add(hub);
    }

    /// <summary>A using, a try and a handler in the finally.</summary>
    public async Task RunOnceAsync(Route route, CancellationToken stop)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(route.Url).Build();
        try
        {
            await hub.StartAsync(stop); //! LCA1001
            await hub.SendAsync("Hello", route.Url, stop);
        }
        finally
        {
            hub.Closed += LogQuietly;
        }

        await Task.Delay(TimeSpan.FromMinutes(1), stop);
    }

    // ok LCA1001: what runs later is the start, and by then the handler is there
    public Func<CancellationToken, Task> Prepare(Route route)
    {
        var hub = new HubConnectionBuilder().WithUrl(route.Url).Build();
        Func<CancellationToken, Task> start = token => hub.StartAsync(token);
        hub.Closed += LogQuietly;
        _hubs.Add(hub);
        return start;
    }

    private Task LogLoudly(Exception? error)
    {
        log.LogError(error, "route closed");
        return Task.CompletedTask;
    }

    private Task LogQuietly(Exception? error)
    {
        log.LogDebug(error, "route closed");
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in _hubs) await hub.DisposeAsync();
        if (_spare is not null) await _spare.DisposeAsync();
    }
}

public sealed class Blinker : IDisposable
{
    private WebSocket? _socket;

    // ok LCA1001: a tuple, a deconstruction and a handler in between
    public void Open(string url, Action<string> failed)
    {
        var (socket, opened) = (new WebSocket(url), DateTime.UtcNow);
        socket.OnError += (_, e) => failed($"{opened:O} {e.Message}");
        socket.Connect();
        _socket = socket;
    }

    // ok LCA1001: nothing is attached to what is not opened
    public void Reset(string url)
    {
        _socket?.Close();
        _socket = new WebSocket(url);
    }

    // ok LCA1001: another method made it, this one attaches before it connects
    public void Reopen(string url, EventHandler<WebSocketSharp.ErrorEventArgs> failed)
    {
        Reset(url);
        _socket!.OnError += failed;
        _socket.Connect();
    }

    public void Dispose() => _socket?.Close();
}
