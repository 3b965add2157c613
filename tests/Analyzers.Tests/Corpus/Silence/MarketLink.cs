// A market link that reconnects: generations, checks at the right place, events that come late.
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Fresh.Silence.MarketLink;

public enum LinkStatus { Down, Connecting, Up }

public sealed class MarketLink : IAsyncDisposable
{
    private sealed record Session(ClientWebSocket Socket, int Generation, CancellationTokenSource Stop);

    private readonly Uri _venue;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Timer _watch;
    private Session? _session;
    private int _generation;
    private Task _reading = Task.CompletedTask;

    public MarketLink(Uri venue, ILogger log)
    {
        (_venue, _log) = (venue, log);
        _watch = new Timer(Watch, null, Timeout.Infinite, Timeout.Infinite);
    }

    public event EventHandler<int>? Ended;

    public LinkStatus Status => _session switch
    {
        null => LinkStatus.Down,
        { Socket.State: WebSocketState.Open } => LinkStatus.Up,
        { Socket.State: WebSocketState.Connecting } => LinkStatus.Connecting,
        _ => LinkStatus.Down,
    };

    public async Task ConnectAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_session is { } old) await CloseAsync(old);
            var socket = new ClientWebSocket();
            var stop = new CancellationTokenSource();
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, stop.Token);
                limit.CancelAfter(TimeSpan.FromSeconds(5));
                await socket.ConnectAsync(_venue, limit.Token);
            }
            catch
            {
                stop.Dispose();
                socket.Dispose();
                throw;
            }

            var session = new Session(socket, ++_generation, stop);
            _session = session;
            _reading = ReadAsync(session);
            _watch.Change(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_session is not { Socket: { State: WebSocketState.Open } socket }) return false;
            await socket.SendAsync(message, WebSocketMessageType.Text, true, ct);
            return true;
        }
        catch (WebSocketException e)
        {
            _log.LogWarning(e, "send failed");
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReadAsync(Session session)
    {
        var buffer = new byte[8192];
        try
        {
            while (session.Socket.State == WebSocketState.Open)
            {
                var got = await session.Socket.ReceiveAsync(buffer.AsMemory(), session.Stop.Token);
                if (got.MessageType == WebSocketMessageType.Close) break;
                _log.LogTrace("{Bytes} bytes", got.Count);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            _log.LogDebug(e, "session {Generation} ended", session.Generation);
        }

        if (session.Generation == Volatile.Read(ref _generation)) Ended?.Invoke(this, session.Generation);
    }

    private void Watch(object? state)
    {
        _ = BeatAsync();

        async Task BeatAsync()
        {
            try
            {
                await TrySendAsync("{}"u8.ToArray(), CancellationToken.None);
            }
            catch (ObjectDisposedException)
            {
                // the timer was quicker than DisposeAsync
            }
        }
    }

    private async Task CloseAsync(Session session)
    {
        session.Stop.Cancel();
        await _reading;
        session.Socket.Dispose();
        session.Stop.Dispose();
        _session = null;
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        await _turn.WaitAsync();
        if (_session is { } session) await CloseAsync(session);
        _turn.Dispose();
    }
}

/// <summary>Orders wait until the link is up; each order is asked for again before it goes out.</summary>
public sealed class OrderDesk
{
    private readonly MarketLink _link;
    private readonly Queue<byte[]> _waiting = new();
    private readonly Lock _sync = new();

    public OrderDesk(MarketLink link)
    {
        _link = link;
        _link.Ended += OnEnded;
    }

    public async Task<int> FlushAsync(CancellationToken ct)
    {
        var sent = 0;
        while (TryPeek(out var order))
        {
            if (!await _link.TrySendAsync(order, ct)) break;
            lock (_sync) _waiting.Dequeue();
            sent++;
        }

        return sent;
    }

    private bool TryPeek(out byte[] order)
    {
        lock (_sync) return _waiting.TryPeek(out order!);
    }

    private async void OnEnded(object? sender, int generation)
    {
        try
        {
            if (sender is MarketLink link && ReferenceEquals(link, _link)) await link.ConnectAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            lock (_sync) _waiting.Clear();
        }
    }

    public void Add(byte[] order)
    {
        lock (_sync) _waiting.Enqueue(order);
    }
}
