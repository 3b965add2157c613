// Between the check and the send.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;

namespace Corpus.Sending.Stale;

public interface IStore
{
    Task<byte[]> LoadAsync(string key, CancellationToken stop);
    byte[] Load(string key);
}

public sealed class Publisher(HubConnection hub, WebSocket ws, IMqttClient mqtt, IChannel channel, IStore store, ILogger log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task PushAsync(string key, CancellationToken stop)
    {
        if (hub.State == HubConnectionState.Connected)
        {
            var value = await store.LoadAsync(key, stop);
            await hub.SendAsync("push", value, stop); //! LCA2002
        }
    }

    // ok LCA2002: loads first
    public async Task PushFreshAsync(string key, CancellationToken stop)
    {
        var value = await store.LoadAsync(key, stop);
        if (hub.State == HubConnectionState.Connected)
            await hub.SendAsync("push", value, stop);
    }

    // ok LCA2002: checked twice
    public async Task PushTwiceAsync(string key, CancellationToken stop)
    {
        if (hub.State != HubConnectionState.Connected) return;
        var value = await store.LoadAsync(key, stop);
        if (hub.State != HubConnectionState.Connected) return;
        await hub.SendAsync("push", value, stop);
    }

    // ok LCA2002: its failure is caught
    public async Task PushCaughtAsync(string key, CancellationToken stop)
    {
        if (hub.State != HubConnectionState.Connected) return;
        var value = await store.LoadAsync(key, stop);
        try
        {
            await hub.SendAsync("push", value, stop);
        }
        catch (InvalidOperationException ex)
        {
            log.LogDebug(ex, "closed meanwhile");
        }
    }

    public async Task SayAsync(string text, CancellationToken stop)
    {
        if (ws.State != WebSocketState.Open) return;
        await _gate.WaitAsync(stop);
        try
        {
            await ws.SendAsync(JsonSerializer.SerializeToUtf8Bytes(text), WebSocketMessageType.Text, true, stop); //! LCA2002
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA2002: asks inside the gate
    public async Task SayGatedAsync(string text, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (ws.State != WebSocketState.Open) return;
            await ws.SendAsync(JsonSerializer.SerializeToUtf8Bytes(text), WebSocketMessageType.Text, true, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA2002: receive and send on the same socket keep the check
    public async Task EchoAsync(CancellationToken stop)
    {
        var buffer = new byte[1024];
        while (ws.State == WebSocketState.Open)
        {
            var got = await ws.ReceiveAsync(buffer.AsMemory(), stop);
            if (got.MessageType == WebSocketMessageType.Close) break;
            await _gate.WaitAsync(stop);
            try
            {
                if (ws.State == WebSocketState.Open)
                    await ws.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, stop); //! LCA2004
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    public async Task<bool> ReportAsync(string key, CancellationToken stop)
    {
        if (!mqtt.IsConnected) return false;
        var message = new MqttApplicationMessage { Topic = key, PayloadSegment = new(await store.LoadAsync(key, stop)) };
        await mqtt.PublishAsync(message, stop); //! LCA2002
        return true;
    }

    public async Task ReportDelayedAsync(string key, CancellationToken stop)
    {
        var online = mqtt.IsConnected;
        await Task.Delay(100, stop);
        if (!online) return;
        await mqtt.PublishAsync(new MqttApplicationMessage { Topic = key }, stop); //! LCA2002
    }

    // ok LCA2002: nothing is awaited between
    public async Task ReportAtOnceAsync(string key, CancellationToken stop)
    {
        var payload = store.Load(key);
        if (!mqtt.IsConnected) return;
        var message = new MqttApplicationMessage { Topic = key, PayloadSegment = new(payload) };
        log.LogDebug("{Topic}", message.Topic);
        await mqtt.PublishAsync(message, stop);
    }

    public async Task OrderAsync(string key, CancellationToken stop)
    {
        if (channel is not { IsOpen: true }) throw new InvalidOperationException("no broker");
        await foreach (var part in PartsAsync(key, stop))
            await channel.BasicPublishAsync("orders", key, part, cancellationToken: stop); //! LCA2002
    }

    private async IAsyncEnumerable<byte[]> PartsAsync(string key, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        yield return await store.LoadAsync(key, stop);
    }

    // ok LCA2002: two sends; the first one proved it
    public async Task OrderTwiceAsync(byte[] first, byte[] second, CancellationToken stop)
    {
        if (!channel.IsOpen) return;
        await channel.BasicPublishAsync("orders", "a", first, cancellationToken: stop);
        await channel.BasicPublishAsync("orders", "b", second, cancellationToken: stop);
    }
}

public sealed class Marine(TcpClient client, ILogger log)
{
    private readonly object _sync = new();
    private bool _closed;

    // ok LCA2002: yields nothing between
    public void Signal(byte[] flags)
    {
        lock (_sync)
        {
            if (_closed) return;
            client.GetStream().Write(flags);
        }
    }

    public void SignalLater(byte[] flags)
    {
        lock (_sync)
        {
            if (_closed) return;
        }
        client.GetStream().Write(flags); //! LCA2002
    }

    public void SignalSlowly(byte[] flags)
    {
        if (_closed) return;
        Thread.Sleep(50);
        client.GetStream().Write(flags); //! LCA2002
    }

    public void SignalAsked(byte[] flags, Func<bool> confirm)
    {
        if (_closed) return;
        if (!confirm()) return;
        client.GetStream().Write(flags); //! LCA2002
    }

    // ok LCA2002: confirmed first
    public void SignalConfirmed(byte[] flags, Func<bool> confirm)
    {
        if (!confirm()) return;
        if (_closed) return;
        log.LogDebug("signalling");
        client.GetStream().Write(flags);
    }

    public void Close()
    {
        lock (_sync) _closed = true;
        client.Close();
    }
}

public sealed class Ferry(ClientWebSocket ws, Uri uri)
{
    // ok LCA2002: the helper has just opened it
    public async Task CarryAsync(byte[] load, CancellationToken stop)
    {
        await EnsureOpenAsync(stop);
        await ws.SendAsync(load, WebSocketMessageType.Binary, true, stop);
    }

    private async Task EnsureOpenAsync(CancellationToken stop)
    {
        if (ws.State == WebSocketState.Open) return;
        await ws.ConnectAsync(uri, stop);
    }

    public async Task CarryLateAsync(Func<Task<byte[]>> pack, CancellationToken stop)
    {
        if (ws is { State: WebSocketState.Open })
        {
            byte[] load = await pack();
            await ws.SendAsync(load, WebSocketMessageType.Binary, true, stop); //! LCA2002
        }
    }

    public async Task CarryAllAsync(IEnumerable<Task<byte[]>> loads, CancellationToken stop)
    {
        if (ws.State != WebSocketState.Open) return;
        foreach (var load in loads)
        {
            var bytes = await load.ConfigureAwait(false);
            await ws.SendAsync(bytes, WebSocketMessageType.Binary, true, stop); //! LCA2002
        }
    }

    // ok LCA2002: asked for each
    public async Task CarryEachAsync(IEnumerable<Task<byte[]>> loads, CancellationToken stop)
    {
        foreach (var load in loads)
        {
            var bytes = await load.ConfigureAwait(false);
            if (ws.State != WebSocketState.Open) break;
            await ws.SendAsync(bytes, WebSocketMessageType.Binary, true, stop);
        }
    }
}
