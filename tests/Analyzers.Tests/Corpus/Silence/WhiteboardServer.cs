// A shared whiteboard: many strokes, one writer per peer, callbacks that look suspicious.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fresh.Silence.WhiteboardServer;

public sealed record Stroke(int X, int Y, int Colour);

public sealed class Peer : IAsyncDisposable
{
    private readonly WebSocket _socket;
    private readonly ILogger _log;
    private readonly Channel<ReadOnlyMemory<byte>> _outbox = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Task _writing;

    public Peer(WebSocket socket, ILogger log)
    {
        (_socket, _log) = (socket, log);
        _writing = WriteAsync();
    }

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Only queues: it may be called from anywhere.</summary>
    public void Send(ReadOnlyMemory<byte> bytes) => _outbox.Writer.TryWrite(bytes);

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var bytes in _outbox.Reader.ReadAllAsync())
            {
                if (_socket.State is not WebSocketState.Open) break;
                await _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            _log.LogDebug(e, "{Id} is gone", Id);
        }
    }

    public async Task ReadAsync(Action<Peer, ReadOnlyMemory<byte>> stroke, CancellationToken ct)
    {
        var buffer = new byte[64];
        while (_socket.State == WebSocketState.Open)
        {
            var got = await _socket.ReceiveAsync(buffer.AsMemory(), ct);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                _outbox.Writer.TryComplete();
                await _writing;
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
                return;
            }

            stroke(this, buffer.AsMemory(0, got.Count).ToArray());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _outbox.Writer.TryComplete();
        await _writing;
        _socket.Dispose();
    }
}

public sealed class Board(ILogger<Board> log)
{
    private readonly ConcurrentDictionary<Guid, Peer> _peers = new();
    private readonly Lock _strokesLock = new();
    private readonly List<ReadOnlyMemory<byte>> _strokes = [];

    public void Map(WebApplication app, TimeProvider time)
    {
        app.Map("/board", async (HttpContext http) =>
        {
            if (!http.WebSockets.IsWebSocketRequest)
            {
                http.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            await using var peer = new Peer(await http.WebSockets.AcceptWebSocketAsync(), log);
            _peers[peer.Id] = peer;
            try
            {
                Replay(peer);
                await peer.ReadAsync(OnStroke, http.RequestAborted);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException)
            {
                log.LogDebug(e, "{Id} left without a word", peer.Id);
            }
            finally
            {
                _peers.TryRemove(peer.Id, out _);
            }
        });

        _ = time.CreateTimer(_ => Broadcast("\0"u8.ToArray()), null, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
    }

    private void Replay(Peer peer)
    {
        lock (_strokesLock)
        {
            foreach (var stroke in _strokes) peer.Send(stroke);
        }
    }

    private void OnStroke(Peer from, ReadOnlyMemory<byte> stroke)
    {
        lock (_strokesLock) _strokes.Add(stroke);
        foreach (var (id, peer) in _peers)
            if (id != from.Id) peer.Send(stroke);
    }

    private void Broadcast(byte[] bytes)
    {
        foreach (var peer in _peers.Values) peer.Send(bytes);
    }
}

/// <summary>Frames of one message stay together: the turn is held over all of them.</summary>
public sealed class FramedPeer(WebSocket socket) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task SendFramedAsync(IReadOnlyList<ReadOnlyMemory<byte>> frames, CancellationToken ct)
    {
        using var turn = await EnterAsync(ct);
        for (var i = 0; i < frames.Count; i++)
        {
            if (socket.State != WebSocketState.Open) return;
            await socket.SendAsync(frames[i], WebSocketMessageType.Binary, i == frames.Count - 1, ct);
        }
    }

    public async Task PingAsync(CancellationToken ct)
    {
        using var turn = await EnterAsync(ct);
        if (socket.State == WebSocketState.Open)
            await socket.SendAsync("p"u8.ToArray(), WebSocketMessageType.Text, true, ct);
    }

    private async ValueTask<Turn> EnterAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        return new Turn(_turn);
    }

    private readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }

    public void Dispose() => _turn.Dispose();
}
