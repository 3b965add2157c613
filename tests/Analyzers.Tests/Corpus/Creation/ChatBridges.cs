// Bridges from a help desk to chat rooms that speak Socket.IO.
using Microsoft.Extensions.Logging;
using SocketIOClient;

namespace Corpus.Creation.ChatBridges;

public sealed class RoomBridge(string url) : IDisposable
{
    private readonly SocketIO _io = new(url);

    public event Action<string>? Said;

    public async Task JoinAsync(string room)
    {
        _io.On("said", response => Said?.Invoke(response.GetValue<string>()));
        await _io.ConnectAsync(); //! LCA1001
        await _io.EmitAsync("join", room);
    }

    public void Dispose() => _io.Dispose();
}

public sealed class WatchedRoomBridge : IDisposable
{
    private readonly SocketIO _io;
    private readonly ILogger _log;

    public WatchedRoomBridge(string url, ILogger log)
    {
        _log = log;
        _io = new SocketIO(url);
        _io.OnDisconnected += OnDisconnected;
    }

    private void OnDisconnected(object? sender, string reason) => _log.LogWarning("room lost: {Reason}", reason);

    // ok LCA1001: OnDisconnected is attached, one handler is enough
    public async Task JoinAsync(string room)
    {
        await _io.ConnectAsync();
        await _io.EmitAsync("join", room);
    }

    public void Dispose() => _io.Dispose();
}

public sealed class BridgeFactory(ILogger<BridgeFactory> log)
{
    /// <summary>Opens and gives away: any handler the caller attaches is late.</summary>
    public async Task<SocketIO> OpenAsync(string url)
    {
        var io = new SocketIO(url);
        await io.ConnectAsync(); //! LCA1001
        return io;
    }

    // ok LCA1001: given away unopened
    public SocketIO Create(string url) => new(url);

    // ok LCA1001: watched, opened, given away
    public async Task<SocketIO> OpenWatchedAsync(string url)
    {
        var io = Create(url);
        io.OnError += (_, message) => log.LogError("bridge: {Message}", message);
        await io.ConnectAsync();
        return io;
    }

    // ok LCA1001: handed to the caller's own set-up before it opens
    public async Task<SocketIO> OpenConfiguredAsync(string url, Action<SocketIO> configure)
    {
        var io = new SocketIO(url);
        configure(io);
        await io.ConnectAsync();
        return io;
    }
}

public sealed class DeskBridges : IAsyncDisposable
{
    private readonly SocketIO _sales, _support;

    public DeskBridges(string sales, string support, ILogger log)
    {
        _sales = new SocketIO(sales);
        _support = new SocketIO(support);
        _support.OnError += (_, message) => log.LogError("support: {Message}", message);
    }

    public async Task OpenSalesAsync()
    {
        await _sales.ConnectAsync(); //! LCA1001
        await _sales.EmitAsync("hello", "desk");
    }

    // ok LCA1001: this one has its handler
    public async Task OpenSupportAsync()
    {
        await _support.ConnectAsync();
        await _support.EmitAsync("hello", "desk");
    }

    public async ValueTask DisposeAsync()
    {
        await _sales.DisconnectAsync();
        await _support.DisconnectAsync();
    }
}

/// <summary>Keeps the bridge of somebody else's page.</summary>
public sealed class BridgeSlot
{
    public SocketIO? Current { get; set; }
}

public sealed class PageBridge(BridgeSlot slot, ILogger log)
{
    // ok LCA1001: it lies in another object before it opens, and that object's owner watches it
    public async Task OpenAsync(string url)
    {
        var io = new SocketIO(url);
        slot.Current = io;
        await io.ConnectAsync();
        log.LogInformation("bridge open");
    }
}
