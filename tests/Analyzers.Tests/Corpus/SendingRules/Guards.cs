// Every form of guard: all of this is silent.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Corpus.Sending.Guards;

public sealed class Bells
{
    public event EventHandler<string>? Rang;
    public event Func<string, Task>? RangAsync;
    public void Ring(string text) { Rang?.Invoke(this, text); RangAsync?.Invoke(text); }
}

public static class WebSocketGuards
{
    public static bool IsUsable(this WebSocket ws) => ws.State == WebSocketState.Open;

    public static async Task<bool> TrySendAsync(this WebSocket ws, string text)
    {
        if (!ws.IsUsable()) return false;
        try
        {
            await ws.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);
            return true;
        }
        catch (Exception ex) when (ex is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
    }
}

// ok LCA2001: every way of asking
public sealed class Belfry
{
    private readonly WebSocket _ws;
    private readonly HubConnection _hub;
    private readonly IMqttClient _mqtt;
    private readonly IChannel _channel;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly SemaphoreSlim _gate = new(1);
    private int _disposed;

    public Belfry(WebSocket ws, HubConnection hub, IMqttClient mqtt, IChannel channel, Bells bells)
    {
        (_ws, _hub, _mqtt, _channel) = (ws, hub, mqtt, channel);
        bells.RangAsync += ByExtensionAsync;
        bells.RangAsync += ByTryAsync;
        bells.RangAsync += ByFlagAsync;
        bells.RangAsync += ByTernaryAsync;
        bells.RangAsync += ByLocalAsync;
        bells.RangAsync += ByPatternAsync;
        bells.RangAsync += ByPropertyAsync;
        bells.RangAsync += ByOuterAsync;
        bells.RangAsync += ByTokenAsync;
        bells.RangAsync += ByThrowingHelperAsync;
    }

    private async Task ByExtensionAsync(string text)
    {
        await _gate.WaitAsync();
        try
        {
            if (_ws.IsUsable())
                await _ws.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, true, default);
        }
        finally { _gate.Release(); }
    }

    private async Task ByTryAsync(string text)
    {
        await _gate.WaitAsync();
        try { await _ws.TrySendAsync(text); }
        finally { _gate.Release(); }
    }

    private async Task ByFlagAsync(string text)
    {
        if (Volatile.Read(ref _disposed) != 0) return;
        await _hub.SendAsync("rang", text);
    }

    private Task ByTernaryAsync(string text) =>
        _hub.State == HubConnectionState.Connected ? _hub.SendAsync("rang", text) : Task.CompletedTask;

    private async Task ByLocalAsync(string text)
    {
        var open = _mqtt.IsConnected;
        if (!open) return;
        await _mqtt.PublishAsync(new MqttApplicationMessage { Topic = text });
    }

    private async Task ByPatternAsync(string text)
    {
        if (_channel is { IsOpen: true } channel)
            await channel.BasicPublishAsync("", text, new byte[1]);
    }

    private bool CanRing => _mqtt is { IsConnected: true } && _disposed == 0;

    private async Task ByPropertyAsync(string text)
    {
        if (!CanRing) return;
        await _mqtt.PublishAsync(new MqttApplicationMessage { Topic = text });
    }

    private async Task ByOuterAsync(string text)
    {
        switch (_hub.State)
        {
            case HubConnectionState.Disconnected:
            case HubConnectionState.Connecting:
            case HubConnectionState.Reconnecting:
                return;
        }
        await _hub.SendAsync("rang", text);
    }

    private async Task ByTokenAsync(string text)
    {
        if (_lifetime.IsCancellationRequested) return;
        await _hub.SendAsync("rang", text);
    }

    private async Task ByThrowingHelperAsync(string text)
    {
        try
        {
            ThrowIfDisposed();
            await _hub.SendAsync("rang", text);
        }
        catch (InvalidOperationException)
        {
        }
    }

    private void ThrowIfDisposed()
    {
        if (_disposed != 0) throw new ObjectDisposedException(nameof(Belfry));
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _disposed, 1);
        _lifetime.Cancel();
        _ws.Dispose();
        _hub.DisposeAsync().AsTask().Wait();
        _mqtt.Dispose();
    }
}

// ok LCA2001: not callbacks
public sealed class Plain(TcpClient client)
{
    public void Send(byte[] data) => client.GetStream().Write(data);

    public Task SendAsync(byte[] data, CancellationToken stop) => client.GetStream().WriteAsync(data, stop).AsTask();

    public void SendEach(List<byte[]> all) => all.ForEach(Send);

    public void SendSome(IEnumerable<byte[]> all)
    {
        foreach (var data in all.Where(d => d.Length > 0).OrderBy(d => d.Length)) Send(data);
    }

    public async Task SendLazyAsync(Lazy<byte[]> data, CancellationToken stop) => await SendAsync(data.Value, stop);
}

// ok LCA2001: memory streams and files are no connections
public sealed class Recorder
{
    private readonly MemoryStream _memory = new();
    private readonly FileStream _file;

    public Recorder(Bells bells, string path)
    {
        _file = File.OpenWrite(path);
        bells.Rang += (_, text) => _memory.Write(System.Text.Encoding.UTF8.GetBytes(text));
        bells.Rang += (_, text) => _file.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }
}

// ok LCA2001: an HttpClient has no state to ask
public sealed class Webhook(HttpClient http, Bells bells)
{
    public void Wire() => bells.RangAsync += async text =>
    {
        using var answer = await http.PostAsync("/rang", new StringContent(text));
        answer.EnsureSuccessStatusCode();
    };
}

// ok LCA2001: an outbox is filled
public sealed class Outboxed
{
    private readonly System.Threading.Channels.Channel<string> _outbox = System.Threading.Channels.Channel.CreateBounded<string>(10);

    public Outboxed(Bells bells) => bells.RangAsync += text => _outbox.Writer.WriteAsync(text).AsTask();

    public async Task RunAsync(TcpClient client, CancellationToken stop)
    {
        await using var writer = new StreamWriter(client.GetStream());
        await foreach (var text in _outbox.Reader.ReadAllAsync(stop)) await writer.WriteLineAsync(text.AsMemory(), stop);
    }
}
