// A push gateway that keeps one web socket to its provider, or one to each region.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.WebSocketPush;

public sealed class PushLine(Uri provider) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ClientWebSocket? _socket;

    public async Task PushAsync(string message, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            _socket ??= await OpenAsync(stop);
            await _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, stop); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: the state decides whether it is used or replaced
    public async Task PushValidatedAsync(string message, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_socket is not { State: WebSocketState.Open })
            {
                _socket?.Dispose();
                _socket = await OpenAsync(stop);
            }

            await _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: what fails is forgotten, the finally only lets the next one in
    public async Task PushOrForgetAsync(string message, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            _socket ??= await OpenAsync(stop);
            await _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, stop);
        }
        catch (Exception ex) when (ex is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            _socket?.Dispose();
            _socket = null;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<ClientWebSocket> OpenAsync(CancellationToken stop)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(provider, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _gate.Dispose();
    }
}

public sealed class RegionalPush(ILogger log)
{
    private readonly ConcurrentDictionary<string, ClientWebSocket> _regions = new();

    private async ValueTask<ClientWebSocket> RegionAsync(string region, CancellationToken stop)
    {
        if (_regions.TryGetValue(region, out var socket)) return socket;
        socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(new Uri($"wss://{region}.push.example.test/"), stop);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return _regions.GetOrAdd(region, socket);
    }

    public async Task PushAsync(string region, ReadOnlyMemory<byte> message, CancellationToken stop)
    {
        var socket = await RegionAsync(region, stop);
        log.LogDebug("pushing {Count} bytes to {Region}", message.Length, region);
        await socket.SendAsync(message, WebSocketMessageType.Binary, true, stop); //! LCA3001
    }

    // ok LCA3001: a switch over the state
    public async Task<bool> TryPushAsync(string region, ReadOnlyMemory<byte> message, CancellationToken stop)
    {
        var socket = await RegionAsync(region, stop);
        switch (socket.State)
        {
            case WebSocketState.Open:
                await socket.SendAsync(message, WebSocketMessageType.Binary, true, stop);
                return true;
            default:
                _regions.TryRemove(new KeyValuePair<string, ClientWebSocket>(region, socket));
                socket.Dispose();
                return false;
        }
    }

    // ok LCA3001: the loop discards until one is open
    public async Task PushSurelyAsync(string region, ReadOnlyMemory<byte> message, CancellationToken stop)
    {
        var socket = await RegionAsync(region, stop);
        while (socket.State != WebSocketState.Open)
        {
            _regions.TryRemove(new KeyValuePair<string, ClientWebSocket>(region, socket));
            socket.Dispose();
            socket = await RegionAsync(region, stop);
        }

        await socket.SendAsync(message, WebSocketMessageType.Binary, true, stop);
    }
}

/// <summary>A registry of sockets that were accepted, not of sockets that are opened on demand.</summary>
public sealed class Audience
{
    private readonly ConcurrentDictionary<Guid, WebSocket> _listeners = new();

    public Guid Add(WebSocket socket)
    {
        var id = Guid.NewGuid();
        _listeners[id] = socket;
        return id;
    }

    public Task WhisperAsync(Guid id, string text, CancellationToken stop) =>
        _listeners.TryGetValue(id, out var socket)
            ? socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, stop) //? LCA3001
            : Task.CompletedTask;

    // ok LCA3001: looked up and asked in one condition
    public Task WhisperIfThereAsync(Guid id, string text, CancellationToken stop) =>
        _listeners.TryGetValue(id, out var socket) && socket.State == WebSocketState.Open
            ? socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, stop)
            : Task.CompletedTask;

    public void Remove(Guid id) => _listeners.TryRemove(id, out _);
}
