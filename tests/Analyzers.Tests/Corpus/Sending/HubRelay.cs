// Mirrors messages of one SignalR hub to another, and to a chat bot's web socket.
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;

namespace Corpus.Sending.HubRelay;

public sealed class Mirror : IAsyncDisposable
{
    private readonly HubConnection _inner;
    private readonly HubConnection _outer;
    private readonly IDisposable[] _registrations;

    public Mirror(HubConnection inner, HubConnection outer)
    {
        (_inner, _outer) = (inner, outer);
        _registrations =
        [
            inner.On<string>("say", text => outer.SendAsync("say", text)), //! LCA2001
            outer.On<string>("say", (Func<string, Task>)FromOuterAsync),
        ];
    }

    private Task FromOuterAsync(string text)
    {
        return _outer.State == HubConnectionState.Connected
            ? _inner.SendAsync("say", text) //! LCA2001
            : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var registration in _registrations) registration.Dispose();
        await _inner.DisposeAsync();
        await _outer.DisposeAsync();
    }
}

public sealed class CheckedMirror
{
    private readonly HubConnection _inner;
    private readonly HubConnection _outer;

    // ok LCA2001: each direction asks its own target
    public CheckedMirror(HubConnection inner, HubConnection outer)
    {
        (_inner, _outer) = (inner, outer);
        inner.On<string>("say", text => RelayAsync(_outer, text));
        outer.On<string>("say", FromOuterAsync);
    }

    private Task FromOuterAsync(string text) =>
        _inner.State == HubConnectionState.Connected ? _inner.SendAsync("say", text) : Task.CompletedTask;

    private static async Task RelayAsync(HubConnection target, string text)
    {
        if (!IsUp(target)) return;
        await target.SendAsync("say", text);
    }

    private static bool IsUp(HubConnection hub) => hub is { State: HubConnectionState.Connected };
}

public sealed class BotFeed
{
    private readonly WebSocket _bot;

    public BotFeed(HubConnection hub, WebSocket bot)
    {
        _bot = bot;
        hub.On<byte[]>("frame", async frame =>
        {
            if (frame.Length == 0) return;
            if (frame[0] == (byte)'!') await CommandAsync(frame); //! LCA2001
        });
        hub.On<byte[]>("quiet", async frame =>
        {
            // check, await, send: the gap is another rule's
            if (_bot.State != WebSocketState.Open) return;
            await Task.Delay(50);
            await _bot.SendAsync(frame, WebSocketMessageType.Binary, true, default);
        });
    }

    private async Task CommandAsync(byte[] frame) => await RawAsync(frame.AsMemory(1));

    private async ValueTask RawAsync(ReadOnlyMemory<byte> data)
    {
        await _bot.SendAsync(data, WebSocketMessageType.Binary, true, CancellationToken.None);
    }
}
