// Web socket hub of a dashboard: one outbox and one writer per client, broadcasts, typed commands.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Silence.SocketHub;

public interface IMetricsSource
{
    event EventHandler<double>? Sampled;
    event EventHandler? Restarted;
}

public sealed class Subscriber(WebSocket socket, ILogger log)
{
    private readonly Channel<byte[]> _outbox = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(256)
    {
        FullMode = BoundedChannelFullMode.DropOldest,
        SingleReader = true,
    });

    public Guid Id { get; } = Guid.NewGuid();

    // ok LCA2001: it only queues
    public void Post(byte[] message) => _outbox.Writer.TryWrite(message);

    public void Complete() => _outbox.Writer.TryComplete();

    // ok LCA2004: the only place that sends on this socket
    public async Task WriteLoopAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var message in _outbox.Reader.ReadAllAsync(ct))
            {
                if (socket.State != WebSocketState.Open) break;
                await socket.SendAsync(message, WebSocketMessageType.Text, true, ct);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            log.LogDebug(e, "writer of {Id} ends", Id);
        }
    }
}

public sealed class HubRegistry(ILogger<HubRegistry> log)
{
    private readonly ConcurrentDictionary<Guid, Subscriber> _subscribers = new();

    public int Count => _subscribers.Count;

    // ok LCA1007: in and out around a try/finally
    // ok LCA1004: the writer is awaited in the finally
    public async Task ServeAsync(WebSocket socket, Func<ReadOnlyMemory<byte>, byte[]?> answer, CancellationToken ct)
    {
        var subscriber = new Subscriber(socket, log);
        _subscribers.TryAdd(subscriber.Id, subscriber);
        Task? writer = null;
        try
        {
            writer = subscriber.WriteLoopAsync(ct);
            var buffer = new byte[4096];
            while (socket.State == WebSocketState.Open)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(), ct);
                if (result.MessageType == WebSocketMessageType.Close) break;
                if (answer(buffer.AsMemory(0, result.Count)) is { } reply) subscriber.Post(reply);
            }
        }
        finally
        {
            _subscribers.TryRemove(subscriber.Id, out _);
            subscriber.Complete();
            if (writer is not null) await writer;
        }
    }

    public void Broadcast(byte[] message)
    {
        foreach (var subscriber in _subscribers.Values) subscriber.Post(message);
    }
}

public sealed class MetricsFanout : IHostedService
{
    private readonly IMetricsSource _source;
    private readonly HubRegistry _registry;

    public MetricsFanout(IMetricsSource source, HubRegistry registry) => (_source, _registry) = (source, registry);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _source.Sampled += OnSampled;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _source.Sampled -= OnSampled;
        return Task.CompletedTask;
    }

    // ok LCA2001: posts into outboxes
    private void OnSampled(object? sender, double value) => _registry.Broadcast(JsonSerializer.SerializeToUtf8Bytes(value));
}

public static class HubEndpoints
{
    public static void MapHub(this WebApplication app, HubRegistry registry) => app.Map("/live", async (HttpContext http) =>
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        // ok LCA4003: awaited by the request
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        await registry.ServeAsync(socket, static _ => null, http.RequestAborted);
    });
}

/// <summary>Before the outboxes: everything is sent from where it arises.</summary>
public sealed class DirectSubscriber : IDisposable
{
    private readonly WebSocket _socket;
    private readonly IMetricsSource _source;
    private readonly ILogger _log;

    public DirectSubscriber(WebSocket socket, IMetricsSource source, ILogger log)
    {
        (_socket, _source, _log) = (socket, source, log);
        _source.Sampled += OnSampled;
        _source.Restarted += OnRestarted;
    }

    // Checked and caught, and yet two samples (or a sample and the echo) are on the wire at once.
    private async void OnSampled(object? sender, double value)
    {
        if (_socket.State != WebSocketState.Open) return;
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(value), WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException)
        {
            _log.LogDebug(e, "sample lost");
        }
    }

    private void OnRestarted(object? sender, EventArgs e)
    {
        // ok LCA2001: no send, it aborts
        _log.LogInformation("source restarted");
        _socket.Abort();
    }

    public void Dispose()
    {
        _source.Sampled -= OnSampled;
        _source.Restarted -= OnRestarted;
    }
}

public sealed class GreetingService(ILogger<GreetingService> log)
{
    // ok LCA2004: started together, but each on its own socket
    public async Task GreetAllAsync(IReadOnlyList<WebSocket> sockets, byte[] greeting, CancellationToken ct)
    {
        var sends = new List<Task>(sockets.Count);
        foreach (var socket in sockets)
        {
            if (socket.State == WebSocketState.Open) sends.Add(socket.SendAsync(greeting, WebSocketMessageType.Text, true, ct));
        }

        await Task.WhenAll(sends);
    }

    // ok LCA2004: one after the other
    public async Task GreetAsync(WebSocket socket, byte[] banner, byte[] greeting, CancellationToken ct)
    {
        await socket.SendAsync(banner, WebSocketMessageType.Text, true, ct);
        await socket.SendAsync(greeting, WebSocketMessageType.Text, true, ct);
    }

    public async Task GreetAtOnceAsync(WebSocket socket, byte[] banner, byte[] greeting, CancellationToken ct)
    {
        await Task.WhenAll(
            socket.SendAsync(banner, WebSocketMessageType.Text, true, ct),
            socket.SendAsync(greeting, WebSocketMessageType.Text, true, ct)); //! LCA2004
    }

    // ok LCA2005: the failure is a result, and told
    public async Task<bool> TryFarewellAsync(WebSocket socket, byte[] farewell, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync(farewell, WebSocketMessageType.Text, true, ct);
            return true;
        }
        catch (Exception e)
        {
            log.LogDebug(e, "no farewell");
            return false;
        }
    }

    // ok LCA2005: the narrow one says what it means
    public async Task CloseAsync(WebSocket socket, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, true, ct);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
        }
        catch (WebSocketException)
        {
        }
    }

    public async Task NotifyAsync(WebSocket socket, byte[] notice, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync(notice, WebSocketMessageType.Text, true, ct);
        }
        catch (Exception) //! LCA2005
        {
            // ignored
        }
    }

    // ok LCA2005: an untyped clause that closes
    public async Task NotifyOrAbortAsync(WebSocket socket, byte[] notice, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync(notice, WebSocketMessageType.Text, true, ct);
        }
        catch
        {
            socket.Abort();
        }
    }
}
