// What lies between check and send, seen from less usual sides.
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.OddGaps;

public enum StreamState { Open, Draining, Closed }

public sealed class StreamClosedException() : InvalidOperationException("closed");

public interface ICommandStream : IAsyncDisposable
{
    StreamState State { get; }
    void Send(ReadOnlySpan<byte> data);
    Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken ct = default);
    Task ReconnectAsync(CancellationToken ct);
}

public interface IPayloads
{
    Task<byte[]> NextAsync(CancellationToken ct);
    IAsyncEnumerable<byte[]> AllAsync(CancellationToken ct);
}

public sealed class Commander(ICommandStream stream, IPayloads payloads, ILogger<Commander> log)
{
    private readonly object _sync = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ManualResetEventSlim _released = new();
    private int _count;

    // The await hides in the argument.
    public async Task SendNextAsync(CancellationToken ct)
    {
        if (stream.State == StreamState.Open)
            await stream.SendAsync(await payloads.NextAsync(ct), ct); //! LCA2002
    }

    // ok LCA2002: the argument is there before the question
    public async Task SendNextReadyAsync(CancellationToken ct)
    {
        var next = await payloads.NextAsync(ct);
        if (stream.State == StreamState.Open) await stream.SendAsync(next, ct);
    }

    // ok LCA2002: each round asks again, its await is the send itself
    public async Task SendAllAsync(CancellationToken ct)
    {
        await foreach (var payload in payloads.AllAsync(ct))
        {
            if (stream.State != StreamState.Open) throw new StreamClosedException();
            await stream.SendAsync(payload, ct);
        }
    }

    public async Task SendAllCheckedOnceAsync(CancellationToken ct)
    {
        if (stream.State != StreamState.Open) throw new StreamClosedException();
        await foreach (var payload in payloads.AllAsync(ct))
        {
            await stream.SendAsync(payload, ct); //! LCA2002
        }
    }

    public void SendReleased(byte[] data)
    {
        if (stream.State != StreamState.Open) return;
        _released.Wait();
        stream.Send(data); //! LCA2002
    }

    // ok LCA2002: it asks, or brings it back, before it returns
    public async Task SendEnsuredAsync(byte[] data, CancellationToken ct)
    {
        await EnsureOpenAsync(ct);
        await stream.SendAsync(data, ct);
    }

    private async Task EnsureOpenAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (stream.State == StreamState.Open) return;
            await stream.ReconnectAsync(ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task SendEnsuredLateAsync(CancellationToken ct)
    {
        await EnsureOpenAsync(ct);
        if (stream.State != StreamState.Open) return;
        var data = await payloads.NextAsync(ct).ConfigureAwait(false);
        log.LogTrace("{Length}", data.Length);
        await stream.SendAsync(data, ct); //! LCA2002
    }

    // ok LCA2002: the lock inside is somebody else's and short, check and send stand together in it
    public void SendCounted(byte[] data)
    {
        lock (_sync)
        {
            _count++;
        }

        lock (_sync)
        {
            if (stream.State != StreamState.Open) return;
            stream.Send(data);
        }
    }

    public void SendAfterMonitor(byte[] data)
    {
        var open = false;
        Monitor.Enter(_sync);
        try
        {
            open = stream.State == StreamState.Open;
            _count++;
        }
        finally
        {
            Monitor.Exit(_sync);
        }

        if (open) stream.Send(data); //! LCA2002
    }

    // ok LCA2002: nothing but the count
    public async Task<int> CountedSendAsync(byte[] data, CancellationToken ct)
    {
        switch (stream)
        {
            case { State: StreamState.Open } open:
                _count += data.Length;
                await open.SendAsync(data, ct);
                return _count;
            case { State: StreamState.Draining }:
                await Task.Delay(100, ct);
                return 0;
            default:
                return -1;
        }
    }

    public async Task SwitchedSendAsync(byte[] data, CancellationToken ct)
    {
        switch (stream.State)
        {
            case StreamState.Open:
                await Task.Delay(10, ct);
                await stream.SendAsync(data, ct); //! LCA2002
                break;
            case StreamState.Draining:
                break;
        }
    }

    // ok LCA2002: after the nap it is asked again by the loop
    public async Task PacedAsync(CancellationToken ct)
    {
        while (stream.State == StreamState.Open)
        {
            await stream.SendAsync("tick"u8.ToArray(), ct);
            await Task.Delay(1000, ct);
        }
    }

    public async Task PacedDoAsync(CancellationToken ct)
    {
        do
        {
            await Task.Delay(1000, ct);
            await stream.SendAsync("tick"u8.ToArray(), ct); //? LCA2002
        }
        while (stream.State == StreamState.Open);
    }

    // ok LCA2002: the catch answers
    public async Task SendCaughtAsync(CancellationToken ct)
    {
        if (stream.State != StreamState.Open) return;
        var data = await payloads.NextAsync(ct);
        try
        {
            await stream.SendAsync(data, ct);
        }
        catch (StreamClosedException)
        {
            log.LogDebug("closed meanwhile");
        }
    }
}

public sealed class WebEcho(WebSocket ws, Func<string, ValueTask<string>> translate)
{
    // ok LCA2002: the receive proves it
    public async Task EchoAsync(CancellationToken ct)
    {
        var buffer = new byte[1024];
        while (ws.State == WebSocketState.Open)
        {
            var part = await ws.ReceiveAsync(buffer, ct);
            if (part.MessageType == WebSocketMessageType.Close) break;
            await ws.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, ct);
        }
    }

    public async Task TranslateAsync(CancellationToken ct)
    {
        var buffer = new byte[1024];
        while (ws.State == WebSocketState.Open)
        {
            var part = await ws.ReceiveAsync(buffer, ct);
            if (part.MessageType == WebSocketMessageType.Close) break;
            var text = await translate(System.Text.Encoding.UTF8.GetString(buffer, 0, part.Count));
            await ws.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct); //? LCA2002
        }
    }

    public async Task AnnounceAsync(string text, CancellationToken ct)
    {
        if (ws.State is not WebSocketState.Open) return;
        var translated = await translate(text);
        await ws.SendAsync(System.Text.Encoding.UTF8.GetBytes(translated), WebSocketMessageType.Text, true, ct); //! LCA2002
    }
}
