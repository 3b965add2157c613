// A state is asked, then something is awaited, then the send: the answer may be old by then.
using System.Data;
using System.IO.Pipes;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;

namespace Corpus.Sending.StaleChecks;

public interface IOrderStore
{
    Task<byte[]> LoadAsync(int id, CancellationToken ct);
    IAsyncEnumerable<byte[]> StreamAsync(CancellationToken ct);
}

public sealed class OrderPusher(WebSocket ws, IOrderStore store, ILogger<OrderPusher> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task PushAsync(int id, CancellationToken ct)
    {
        if (ws.State == WebSocketState.Open)
        {
            var order = await store.LoadAsync(id, ct);
            await ws.SendAsync(order, WebSocketMessageType.Binary, true, ct); //! LCA2002
        }
    }

    // ok LCA2002: loads first, asks then
    public async Task PushLoadedAsync(int id, CancellationToken ct)
    {
        var order = await store.LoadAsync(id, ct);
        if (ws.State == WebSocketState.Open)
            await ws.SendAsync(order, WebSocketMessageType.Binary, true, ct);
    }

    // ok LCA2002: asks twice, and the second answer is fresh
    public async Task PushTwiceCheckedAsync(int id, CancellationToken ct)
    {
        if (ws.State != WebSocketState.Open) return;
        var order = await store.LoadAsync(id, ct);
        if (ws.State != WebSocketState.Open) return;
        await ws.SendAsync(order, WebSocketMessageType.Binary, true, ct);
    }

    public async Task PushInlineAsync(int id, CancellationToken ct)
    {
        if (ws is not { State: WebSocketState.Open }) return;
        await ws.SendAsync(await store.LoadAsync(id, ct), WebSocketMessageType.Binary, true, ct); //! LCA2002
    }

    public async Task PushGatedAsync(byte[] order, CancellationToken ct)
    {
        if (ws.State != WebSocketState.Open) return;
        await _gate.WaitAsync(ct);
        try
        {
            await ws.SendAsync(order, WebSocketMessageType.Binary, true, ct); //! LCA2002
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA2002: asks when it holds the gate
    public async Task PushCheckedInGateAsync(byte[] order, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (ws.State != WebSocketState.Open) return;
            await ws.SendAsync(order, WebSocketMessageType.Binary, true, ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task PushAllAsync(CancellationToken ct)
    {
        if (ws.State != WebSocketState.Open) return;
        await foreach (var order in store.StreamAsync(ct))
        {
            await ws.SendAsync(order, WebSocketMessageType.Binary, true, ct); //! LCA2002
        }
    }

    // ok LCA2002: asks for each
    public async Task PushAllCheckedAsync(CancellationToken ct)
    {
        await foreach (var order in store.StreamAsync(ct))
        {
            if (ws.State != WebSocketState.Open) break;
            await ws.SendAsync(order, WebSocketMessageType.Binary, true, ct);
        }
    }

    // ok LCA2002: the failure is caught where it happens
    public async Task<bool> PushCaughtAsync(int id, CancellationToken ct)
    {
        if (ws.State != WebSocketState.Open) return false;
        var order = await store.LoadAsync(id, ct);
        try
        {
            await ws.SendAsync(order, WebSocketMessageType.Binary, true, ct);
            return true;
        }
        catch (Exception ex) when (ex is WebSocketException or InvalidOperationException)
        {
            log.LogInformation(ex, "order {Id} not pushed", id);
            return false;
        }
    }

    // ok LCA2002: two frames; the first send that worked proved it open
    public async Task PushFramesAsync(byte[] head, byte[] tail, CancellationToken ct)
    {
        if (ws.State != WebSocketState.Open) return;
        await ws.SendAsync(head, WebSocketMessageType.Binary, false, ct);
        await ws.SendAsync(tail, WebSocketMessageType.Binary, true, ct);
    }
}

public static class Echo
{
    // ok LCA2002: a receive on the same socket lies between
    public static async Task RunAsync(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[4096];
        while (socket.State == WebSocketState.Open)
        {
            var result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), ct);
            if (result.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(new ArraySegment<byte>(buffer, 0, result.Count), result.MessageType, result.EndOfMessage, ct);
        }
    }

    public static async Task RelayAsync(WebSocket from, WebSocket to, CancellationToken ct)
    {
        var buffer = new byte[4096];
        while (to.State == WebSocketState.Open)
        {
            var result = await from.ReceiveAsync(new ArraySegment<byte>(buffer), ct);
            await to.SendAsync(new ArraySegment<byte>(buffer, 0, result.Count), result.MessageType, result.EndOfMessage, ct); //! LCA2002
        }
    }

    public static async Task MirrorAsync(WebSocket first, WebSocket second, byte[] line, CancellationToken ct)
    {
        if (first.State != WebSocketState.Open || second.State != WebSocketState.Open) return;
        await first.SendAsync(line, WebSocketMessageType.Text, true, ct);
        await second.SendAsync(line, WebSocketMessageType.Text, true, ct); //! LCA2002
    }

    // ok LCA2002: each is asked just before
    public static async Task MirrorCheckedAsync(WebSocket first, WebSocket second, byte[] line, CancellationToken ct)
    {
        if (first.State == WebSocketState.Open) await first.SendAsync(line, WebSocketMessageType.Text, true, ct);
        if (second.State == WebSocketState.Open) await second.SendAsync(line, WebSocketMessageType.Text, true, ct);
    }

    public static async Task SlowAsync(WebSocket socket, byte[] line, TimeSpan pace, CancellationToken ct)
    {
        while (socket.State == WebSocketState.Open && !ct.IsCancellationRequested)
        {
            await Task.Delay(pace, ct);
            await socket.SendAsync(line, WebSocketMessageType.Text, true, ct); //! LCA2002
        }
    }

    // ok LCA2002: the pause comes after the send, the condition is asked again
    public static async Task SlowCheckedAsync(WebSocket socket, byte[] line, TimeSpan pace, CancellationToken ct)
    {
        while (socket.State == WebSocketState.Open && !ct.IsCancellationRequested)
        {
            await socket.SendAsync(line, WebSocketMessageType.Text, true, ct);
            await Task.Delay(pace, ct);
        }
    }
}

public sealed class HubReporter(HubConnection hub, Func<Task<int>> measure)
{
    private bool Online => hub.State == HubConnectionState.Connected;

    public async Task ReportAsync()
    {
        if (!Online) return;
        var value = await measure().ConfigureAwait(false);
        await hub.SendAsync("measured", value).ConfigureAwait(false); //! LCA2002
    }

    // ok LCA2002: measured first
    public async Task ReportMeasuredAsync()
    {
        var value = await measure().ConfigureAwait(false);
        if (Online) await hub.SendAsync("measured", value).ConfigureAwait(false);
    }

    // ok LCA2002: the gap is the helper's, which has just checked or started the connection
    public async Task ReportEnsuredAsync(int value)
    {
        await EnsureStartedAsync();
        await hub.SendAsync("measured", value);
    }

    private async Task EnsureStartedAsync()
    {
        if (hub.State == HubConnectionState.Disconnected) await hub.StartAsync(); //? LCA1008
    }

    // ok LCA2002: no check, so none that is stale; the caller hears of it
    public async Task ReportBluntlyAsync() => await hub.SendAsync("measured", await measure());

    // ok LCA2002: the branch that awaits does not send
    public async Task ReportOrWaitAsync(int value)
    {
        if (hub.State != HubConnectionState.Connected)
        {
            await Task.Delay(100);
            return;
        }

        await hub.SendAsync("measured", value);
    }
}

public sealed class MqttMeter(IMqttClient mqtt, IOrderStore store)
{
    public async Task<bool> PublishAsync(int id, CancellationToken ct)
    {
        var connected = mqtt.IsConnected;
        var payload = await store.LoadAsync(id, ct);
        if (!connected) return false;
        await mqtt.PublishAsync(new MqttApplicationMessage { Topic = $"meter/{id}", PayloadSegment = payload }, ct); //! LCA2002
        return true;
    }

    // ok LCA2002: serialising is no gap
    public async Task<bool> PublishValueAsync(int id, double value, CancellationToken ct)
    {
        if (!mqtt.IsConnected) return false;
        var payload = JsonSerializer.SerializeToUtf8Bytes(new { id, value });
        await mqtt.PublishAsync(new MqttApplicationMessage { Topic = $"meter/{id}", PayloadSegment = payload }, ct);
        return true;
    }

    public async Task<string> StatusAsync(int id, CancellationToken ct)
    {
        switch (mqtt)
        {
            case { IsConnected: true }:
                await Task.Yield();
                await mqtt.PublishAsync(new MqttApplicationMessage { Topic = $"status/{id}" }, ct); //! LCA2002
                return "sent";
            default:
                return "offline";
        }
    }
}

public sealed class AuditPublisher(IChannel channel, Func<CancellationToken, Task<string>> whoAmI)
{
    public async Task AuditAsync(ReadOnlyMemory<byte> entry, CancellationToken ct)
    {
        if (channel.IsClosed) throw new InvalidOperationException("no channel");
        var user = await whoAmI(ct);
        await channel.BasicPublishAsync("audit", user, entry, ct); //! LCA2002
    }

    // ok LCA2002: nothing between
    public async Task AuditSystemAsync(ReadOnlyMemory<byte> entry, CancellationToken ct)
    {
        if (channel.IsOpen)
        {
            await channel.BasicPublishAsync("audit", "system", entry, ct);
        }
    }
}

public sealed class PipeConsole(NamedPipeServerStream pipe, TextReader input)
{
    public async Task ForwardLineAsync(CancellationToken ct)
    {
        if (!pipe.IsConnected) return;
        var line = await input.ReadLineAsync(ct);
        await pipe.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line ?? ""), ct); //! LCA2002
    }

    // ok LCA2002: waits for the line, then asks
    public async Task ForwardLineCheckedAsync(CancellationToken ct)
    {
        if (await input.ReadLineAsync(ct) is { } line && pipe.IsConnected)
            await pipe.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line), ct);
    }
}

/// <summary>In a callback: the check stands, but before the wait.</summary>
public sealed class TimedHubReporter : IDisposable
{
    private readonly Timer _timer;

    public TimedHubReporter(HubConnection hub, Func<Task<int>> measure)
    {
        _timer = new Timer(async _ =>
        {
            if (hub.State != HubConnectionState.Connected) return;
            var value = await measure();
            await hub.SendAsync("measured", value); //! LCA2002 //? LCA2001
        }, null, 0, 1000);
    }

    public void Dispose() => _timer.Dispose();
}
