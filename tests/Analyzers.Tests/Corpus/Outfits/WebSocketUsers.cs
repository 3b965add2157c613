// ClientWebSocket users.
using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Outfits.WebSocketUsers;

// 1. good: one consumer of a channel, callbacks only queue
public sealed class TradeFeed(Uri uri, ILogger<TradeFeed> log) : BackgroundService
{
    private readonly Channel<ReadOnlyMemory<byte>> _outbox =
        Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(100) { SingleReader = true });

    public bool Subscribe(string symbol) => _outbox.Writer.TryWrite(Encoding.UTF8.GetBytes($"sub:{symbol}"));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var ws = new ClientWebSocket();
                await ws.ConnectAsync(uri, stoppingToken);
                await Task.WhenAny(SendLoopAsync(ws, stoppingToken), ReceiveLoopAsync(ws, stoppingToken));
            }
            catch (WebSocketException ex)
            {
                log.LogWarning(ex, "feed lost");
                await Task.Delay(1000, stoppingToken);
            }
        }
    }

    private async Task SendLoopAsync(WebSocket ws, CancellationToken ct)
    {
        await foreach (var item in _outbox.Reader.ReadAllAsync(ct))
            await ws.SendAsync(item, WebSocketMessageType.Text, endOfMessage: true, ct);
    }

    private async Task ReceiveLoopAsync(WebSocket ws, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while ((await ws.ReceiveAsync(buffer.AsMemory(), ct)).MessageType != WebSocketMessageType.Close) { }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

// 2. bad: config change pushes to the socket
public sealed class ConfigPusher : IDisposable
{
    private readonly WebSocket _ws;
    private readonly IDisposable _registration;

    public ConfigPusher(WebSocket ws, Func<IChangeToken> watch)
    {
        _ws = ws;
        _registration = ChangeToken.OnChange(watch, Push);
    }

    private void Push() => _ws.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Text, true, default).GetAwaiter().GetResult(); //! LCA2001

    public void Dispose() => _registration.Dispose();
}

// 3. good: the same, with state asked by a helper extension property
public static class WebSocketStates
{
    extension(WebSocket socket)
    {
        public bool Usable => socket.State is WebSocketState.Open or WebSocketState.CloseReceived;
    }

    public static bool IsDown(this WebSocket? socket) => socket is null or not { State: WebSocketState.Open };
}

public sealed class SafeConfigPusher : IDisposable
{
    private readonly WebSocket _ws;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly IDisposable _registration;

    public SafeConfigPusher(WebSocket ws, Func<IChangeToken> watch)
    {
        _ws = ws;
        _registration = ChangeToken.OnChange(watch, () => { if (_ws.Usable) Push("{}"u8.ToArray()); });
    }

    private void Push(byte[] bytes)
    {
        _gate.Wait();
        try
        {
            _ws.SendAsync(bytes, WebSocketMessageType.Text, true, default).GetAwaiter().GetResult();
        }
        catch (WebSocketException) { }
        finally { _gate.Release(); }
    }

    public void Dispose() => _registration.Dispose();
}

// 4. good: negative helper with out value
public sealed class Presence(ConcurrentDictionary<Guid, WebSocket> sockets, ILogger log)
{
    private bool TryOpen(Guid id, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WebSocket? socket) =>
        sockets.TryGetValue(id, out socket) && !socket.IsDown();

    public void Watch(IObservable<Guid> leavers) => leavers.Subscribe(new Leaver(this));

    private sealed class Leaver(Presence owner) : IObserver<Guid>
    {
        public void OnCompleted() { }
        public void OnError(Exception error) => owner.Log(error);

        public void OnNext(Guid value)
        {
            if (!owner.TryOpen(value, out var socket)) return;
            _ = owner.SayByeAsync(socket);
        }
    }

    private void Log(Exception ex) => log.LogError(ex, "presence");

    private readonly SemaphoreSlim _one = new(1, 1);

    private async Task SayByeAsync(WebSocket socket)
    {
        await _one.WaitAsync();
        try
        {
            await socket.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        catch (Exception ex) when (ex is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            Log(ex);
        }
        finally
        {
            _one.Release();
        }
    }
}

// 5. bad: an IObserver that sends unasked
public sealed class TickerObserver(WebSocket ws) : IObserver<decimal>
{
    private readonly byte[] _buffer = new byte[32];
    public void OnCompleted() { }
    public void OnError(Exception error) { }

    public void OnNext(decimal value)
    {
        if (!value.TryFormat(_buffer, out var n)) return;
        ws.SendAsync(_buffer.AsMemory(0, n), WebSocketMessageType.Text, true, default).AsTask().Wait(); //! LCA2001
    }
}

// 6. good: switch expression chooses the task
public sealed class AckOnCancel(ClientWebSocket ws)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task RunAsync(CancellationToken ct)
    {
        await using var _ = ct.UnsafeRegister(static s => ((AckOnCancel)s!).OnCancelled(), this);
        await Task.Delay(-1, ct);
    }

    private async void OnCancelled()
    {
        await _gate.WaitAsync();
        try
        {
            await (ws.State switch
            {
                WebSocketState.Open or WebSocketState.CloseReceived =>
                    ws.SendAsync(new byte[] { 0 }, WebSocketMessageType.Binary, true, CancellationToken.None),
                _ => Task.CompletedTask,
            });
        }
        catch (WebSocketException)
        {
        }
        finally
        {
            _gate.Release();
        }
    }
}

// 7. bad: token callback in an async local function
public sealed class CancelNotice(ClientWebSocket ws, SemaphoreSlim gate)
{
    public async Task RunAsync(CancellationToken ct)
    {
        using var reg = ct.Register(() => Notify()); //! LCA2001
        await Task.Delay(-1, ct);

        async void Notify()
        {
            await gate.WaitAsync();
            try
            {
                await ws.SendAsync("cancel"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            }
            finally
            {
                gate.Release();
            }
        }
    }
}

// 8. good / bad twin: check, await, send
public sealed class Snapshots(ClientWebSocket ws, Func<Task<byte[]>> load)
{
    public async Task PushAsync(CancellationToken ct)
    {
        if (ws.State != WebSocketState.Open) return;
        var bytes = await load();
        await ws.SendAsync(bytes, WebSocketMessageType.Binary, true, ct); //! LCA2002
    }

    public async Task PushFreshAsync(CancellationToken ct)
    {
        var bytes = await load();
        if (ws.IsDown()) return;
        await ws.SendAsync(bytes, WebSocketMessageType.Binary, true, ct);
    }

    // echo: receive keeps the check
    public async Task EchoAsync(byte[] buffer, CancellationToken ct)
    {
        while (ws is { State: WebSocketState.Open })
        {
            var got = await ws.ReceiveAsync(buffer.AsMemory(), ct);
            if (got.MessageType == WebSocketMessageType.Close) break;
            await ws.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, ct);
        }
    }
}
