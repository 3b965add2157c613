// A game server on ASP.NET Core web sockets: one socket, many who want to write to it.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sites.Sending.GameLobby
{
    public sealed record Snapshot(int Tick, string[] Positions);

    /// <summary>The tick timer and the chat both come through WriteAsync, which lets both in at once.</summary>
    public sealed class PlayerConnection : IDisposable
    {
        private readonly WebSocket _socket;
        private readonly ILogger _log;
        private readonly Timer _tick;
        private int _tickNumber;

        public PlayerConnection(WebSocket socket, ILogger log)
        {
            (_socket, _log) = (socket, log);
            _tick = new Timer(OnTick, null, 50, 50);
        }

        private async void OnTick(object? state)
        {
            try
            {
                await WriteAsync(new Snapshot(_tickNumber++, []), CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException or ObjectDisposedException)
            {
                _log.LogDebug(e, "player left");
            }
        }

        public Task ChatAsync(string line, CancellationToken ct) => WriteAsync(new { line }, ct);

        private async Task WriteAsync<T>(T message, CancellationToken ct)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(message);
            if (_socket.State != WebSocketState.Open) return;
            await _socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, ct); //! LCA2004
        }

        public void Dispose()
        {
            _tick.Dispose();
            _socket.Dispose();
        }
    }

    /// <summary>The same player behind a semaphore.</summary>
    public sealed class GatedPlayerConnection : IDisposable
    {
        private readonly WebSocket _socket;
        private readonly SemaphoreSlim _gate = new(1, 1);
        private readonly ILogger _log;
        private readonly Timer _tick;

        public GatedPlayerConnection(WebSocket socket, ILogger log)
        {
            (_socket, _log) = (socket, log);
            _tick = new Timer(OnTick, null, 50, 50);
        }

        private async void OnTick(object? state)
        {
            try
            {
                await WriteAsync("tick"u8.ToArray(), CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException)
            {
                _log.LogDebug(e, "player left");
            }
        }

        public Task ChatAsync(string line, CancellationToken ct) => WriteAsync(Encoding.UTF8.GetBytes(line), ct);

        // ok LCA2004: one at a time through the gate
        private async Task WriteAsync(byte[] json, CancellationToken ct)
        {
            await _gate.WaitAsync(ct);
            try
            {
                if (_socket.State != WebSocketState.Open) return;
                await _socket.SendAsync(json, WebSocketMessageType.Text, true, ct);
            }
            finally
            {
                _gate.Release();
            }
        }

        public void Dispose()
        {
            _tick.Dispose();
            _socket.Dispose();
        }
    }

    /// <summary>Whoever wants to tell the player something puts it in the outbox; one loop writes.</summary>
    public sealed class OutboxPlayerConnection(WebSocket socket) : IDisposable
    {
        private readonly Channel<byte[]> _outbox = Channel.CreateBounded<byte[]>(256);
        private Timer? _tick;

        public void Start() => _tick = new Timer(_ => _outbox.Writer.TryWrite("tick"u8.ToArray()), null, 50, 50);

        public bool Chat(string line) => _outbox.Writer.TryWrite(Encoding.UTF8.GetBytes(line));

        // ok LCA2004: the only reader of the outbox is the only writer of the socket
        public async Task RunAsync(CancellationToken ct)
        {
            await foreach (var message in _outbox.Reader.ReadAllAsync(ct))
                await socket.SendAsync(message, WebSocketMessageType.Text, true, ct);
        }

        public void Dispose() => _tick?.Dispose();
    }

    public static class LobbyEndpoints
    {
        // ok LCA2004 LCA2001: the endless echo of one socket, each send awaited before the next
        public static async Task EchoAsync(HttpContext context)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[4096];
            while (socket.State == WebSocketState.Open)
            {
                var got = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                if (got.MessageType == WebSocketMessageType.Close) break;
                await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, context.RequestAborted);
            }
        }

        public static async Task WelcomeAsync(WebSocket socket, byte[] map, byte[] roster, CancellationToken ct)
        {
            var first = socket.SendAsync(map, WebSocketMessageType.Binary, true, ct);
            var second = socket.SendAsync(roster, WebSocketMessageType.Binary, true, ct); //! LCA2004
            await Task.WhenAll(first, second);
        }

        // ok LCA2004: one after the other
        public static async Task WelcomeInOrderAsync(WebSocket socket, byte[] map, byte[] roster, CancellationToken ct)
        {
            await socket.SendAsync(map, WebSocketMessageType.Binary, true, ct);
            await socket.SendAsync(roster, WebSocketMessageType.Binary, true, ct);
        }

        // ok LCA2004: a socket each
        public static Task TellBothAsync(WebSocket red, WebSocket blue, byte[] message, CancellationToken ct) =>
            Task.WhenAll(
                red.SendAsync(message, WebSocketMessageType.Text, true, ct),
                blue.SendAsync(message, WebSocketMessageType.Text, true, ct));
    }

    public sealed class Room(ILogger<Room> log)
    {
        private readonly ConcurrentDictionary<Guid, WebSocket> _players = new();

        public bool Join(Guid id, WebSocket socket) => _players.TryAdd(id, socket); //? LCA1007

        public bool Leave(Guid id) => _players.TryRemove(id, out _);

        public async Task BroadcastQuietlyAsync(byte[] message, CancellationToken ct)
        {
            foreach (var (_, socket) in _players)
            {
                if (socket.State != WebSocketState.Open) continue;
                try
                {
                    await socket.SendAsync(message, WebSocketMessageType.Text, true, ct);
                }
                catch //! LCA2005 //? LCA3002
                {
                    // somebody left, never mind
                }
            }
        }

        // ok LCA2005: narrow and typed //? LCA3002
        public async Task BroadcastNarrowlyAsync(byte[] message, CancellationToken ct)
        {
            foreach (var socket in _players.Values)
            {
                try
                {
                    if (socket.State == WebSocketState.Open)
                        await socket.SendAsync(message, WebSocketMessageType.Text, true, ct);
                }
                catch (WebSocketException)
                {
                }
            }
        }

        // ok LCA2005: the caller learns who could not be told //? LCA3002
        public async Task<List<Guid>> BroadcastAsync(byte[] message, CancellationToken ct)
        {
            var failed = new List<Guid>();
            foreach (var (id, socket) in _players)
            {
                if (socket.State != WebSocketState.Open) continue;
                try
                {
                    await socket.SendAsync(message, WebSocketMessageType.Text, true, ct);
                }
                catch (Exception)
                {
                    failed.Add(id);
                }
            }

            return failed;
        }

        // ok LCA2005: the failed socket is closed
        public async Task WhisperAsync(WebSocket socket, byte[] message, CancellationToken ct)
        {
            if (socket.State != WebSocketState.Open) return;
            try
            {
                await socket.SendAsync(message, WebSocketMessageType.Text, true, ct);
            }
            catch
            {
                socket.Abort();
            }
        }

        // ok LCA2005: logged
        public async Task AnnounceAsync(WebSocket referee, string text, CancellationToken ct)
        {
            try
            {
                await referee.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct);
            }
            catch (Exception e)
            {
                log.LogWarning(e, "the referee hears nothing");
            }
        }

        // ok LCA2005: nothing is sent in this try
        public static Snapshot? Parse(ReadOnlySpan<byte> json)
        {
            try
            {
                return JsonSerializer.Deserialize<Snapshot>(json);
            }
            catch (Exception)
            {
            }

            return null;
        }
    }

    public interface IMatch
    {
        event EventHandler<Snapshot>? Ticked;
        event EventHandler<IReadOnlyList<ReadOnlyMemory<byte>>>? Goal;
    }

    /// <summary>A replay of several frames: each frame has the lock, the message has not.</summary>
    public sealed class ReplayStreamer(WebSocket socket, ILogger log)
    {
        private readonly SemaphoreSlim _gate = new(1, 1);

        public void Watch(IMatch match) => match.Goal += OnGoal;

        private async void OnGoal(object? sender, IReadOnlyList<ReadOnlyMemory<byte>> frames)
        {
            try
            {
                await StreamAsync(frames, CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException)
            {
                log.LogDebug(e, "no replay");
            }
        }

        public async Task StreamAsync(IReadOnlyList<ReadOnlyMemory<byte>> frames, CancellationToken ct)
        {
            for (var i = 0; i < frames.Count; i++)
            {
                await _gate.WaitAsync(ct);
                try
                {
                    if (socket.State != WebSocketState.Open) return;
                    await socket.SendAsync(frames[i], WebSocketMessageType.Binary, i == frames.Count - 1, ct); //! LCA2004
                }
                finally
                {
                    _gate.Release();
                }
            }
        }
    }

    public sealed class WholeReplayStreamer(WebSocket socket, ILogger log)
    {
        private readonly SemaphoreSlim _gate = new(1, 1);

        public void Watch(IMatch match) => match.Goal += OnGoal;

        private async void OnGoal(object? sender, IReadOnlyList<ReadOnlyMemory<byte>> frames)
        {
            try
            {
                await StreamAsync(frames, CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException)
            {
                log.LogDebug(e, "no replay");
            }
        }

        // ok LCA2004: the gate is held for the whole message
        public async Task StreamAsync(IReadOnlyList<ReadOnlyMemory<byte>> frames, CancellationToken ct)
        {
            await _gate.WaitAsync(ct);
            try
            {
                for (var i = 0; i < frames.Count; i++)
                {
                    if (socket.State != WebSocketState.Open) return;
                    await socket.SendAsync(frames[i], WebSocketMessageType.Binary, i == frames.Count - 1, ct);
                }
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    /// <summary>Checked and caught, and yet two ticks may be on the socket at once: nobody awaits an async void.</summary>
    public sealed class Spectator(WebSocket socket, ILogger log)
    {
        public void Watch(IMatch match) => match.Ticked += OnTicked;

        private async void OnTicked(object? sender, Snapshot snapshot)
        {
            try
            {
                if (socket.State != WebSocketState.Open) return;
                await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(snapshot), WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException)
            {
                log.LogDebug(e, "spectator left");
            }
        }
    }
}
