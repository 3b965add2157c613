// Counting machines of an election: takes turns by many means, hides failures by many more.
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using RabbitMQ.Client;

namespace Shapes.Sending.VoteCounters;

public sealed class AsyncLock
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public async ValueTask<Holder> EnterAsync(CancellationToken stop = default)
    {
        await _one.WaitAsync(stop);
        return new Holder(_one);
    }

    public readonly struct Holder(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}

public sealed class Tally(WebSocket hall)
{
    private readonly AsyncLock _lock = new();
    private int _busy;
    private Task _last = Task.CompletedTask;
    private readonly Lock _sync = new();
    private readonly Timer?[] _timers = new Timer?[4];

    // ok LCA2004: an own lock
    public void StartLocked(byte[] frame) => _timers[0] = new Timer(async _ =>
    {
        try
        {
            using var turn = await _lock.EnterAsync();
            if (hall.State == WebSocketState.Open)
                await hall.SendAsync(frame, WebSocketMessageType.Binary, true, default);
        }
        catch (WebSocketException)
        {
        }
    }, null, 0, 500);

    // ok LCA2004: who finds it busy goes away
    public void StartBusy(byte[] frame) => _timers[1] = new Timer(async _ =>
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) return;
        try
        {
            if (hall.State == WebSocketState.Open)
                await hall.SendAsync(frame, WebSocketMessageType.Binary, true, default);
        }
        catch (WebSocketException)
        {
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }, null, 0, 500);

    // ok LCA2004: each waits for the last
    public Task Chain(byte[] frame)
    {
        lock (_sync)
            return _last = NextAsync(_last, frame);
    }

    private async Task NextAsync(Task last, byte[] frame)
    {
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await hall.SendAsync(frame, WebSocketMessageType.Binary, true, default);
    }

    public void Stop() => Array.ForEach(_timers, t => t?.Dispose());
}

/// <summary>Nothing keeps a tick from meeting the last one.</summary>
public sealed class HastyTally(WebSocket hall) : IDisposable
{
    private Timer? _timer;

    public void Start(byte[] frame) => _timer = new Timer(async _ =>
    {
        if (hall.State != WebSocketState.Open) return;
        try
        {
            await hall.SendAsync(frame, WebSocketMessageType.Binary, true, default); //! LCA2004
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
        {
            _timer?.Dispose();
        }
    }, null, 0, 500);

    public void Dispose() => _timer?.Dispose();
}

/// <summary>The lock is around each frame, not around the message.</summary>
public sealed class FramedTally(WebSocket hall)
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task SendAsync(IReadOnlyList<byte[]> frames, CancellationToken stop)
    {
        for (var i = 0; i < frames.Count; i++)
        {
            await _turn.WaitAsync(stop);
            try
            {
                await hall.SendAsync(frames[i], WebSocketMessageType.Binary, i == frames.Count - 1, stop); //? LCA2004
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    // ok LCA2004
    public async Task SendWholeAsync(IReadOnlyList<byte[]> frames, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            for (var i = 0; i < frames.Count; i++)
                await hall.SendAsync(frames[i], WebSocketMessageType.Binary, i == frames.Count - 1, stop);
        }
        finally
        {
            _turn.Release();
        }
    }
}

public sealed class Uplinks(SslStream secure, NetworkStream plain)
{
    public async Task MirrorAsync(byte[] page, CancellationToken stop)
    {
        // ok LCA2004: one to each
        await Task.WhenAll(secure.WriteAsync(page, stop).AsTask(), plain.WriteAsync(page, stop).AsTask());
    }

    public async Task PagesAsync(byte[][] pages, CancellationToken stop)
    {
        var writes = new List<Task>();
        foreach (var page in pages)
            writes.Add(secure.WriteAsync(page, stop).AsTask()); //! LCA2004
        await Task.WhenAll(writes);
    }

    // ok LCA2004: reads beside writes
    public async Task<int> BothWaysAsync(byte[] page, byte[] answer, CancellationToken stop)
    {
        var read = secure.ReadAsync(answer, stop).AsTask();
        await Task.WhenAll(secure.WriteAsync(page, stop).AsTask(), read);
        return await read;
    }

    public Task ParallelAsync(byte[][] pages, CancellationToken stop) =>
        Parallel.ForEachAsync(pages, stop, async (page, ct) => await secure.WriteAsync(page, ct)); //! LCA2004

    // ok LCA2004: one at a time
    public Task InTurnAsync(byte[][] pages, CancellationToken stop) =>
        Parallel.ForEachAsync(pages, new ParallelOptions { MaxDegreeOfParallelism = 1, CancellationToken = stop }, async (page, ct) => await secure.WriteAsync(page, ct)); //? LCA2004
}

public sealed class QuietTally(Socket socket, IChannel channel, ChannelWriter<Exception> failures)
{
    private int _lost;

    // ok LCA2005: counted
    public void Count(byte[] vote)
    {
        try
        {
            socket.Send(vote);
        }
        catch
        {
            _lost++;
        }
    }

    public int Lost => _lost;

    public void Hide(byte[] vote)
    {
        try
        {
            socket.Send(vote);
        }
        catch (Exception) //! LCA2005
        {
            ;
        }
    }

    // ok LCA2005: passed on
    public void Pass(byte[] vote)
    {
        try
        {
            socket.Send(vote);
        }
        catch (Exception e)
        {
            failures.TryWrite(e);
        }
    }

    public async Task HideAsync(byte[] vote)
    {
        try
        {
            await channel.BasicPublishAsync("votes", "", vote);
        }
        catch (Exception) //! LCA2005
        {
            // the paper is still there
        }
    }

    // ok LCA2005: wrapped and thrown
    public async Task WrapAsync(byte[] vote)
    {
        try
        {
            await channel.BasicPublishAsync("votes", "", vote);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException("vote not stored", e);
        }
    }

    // ok LCA2005: narrow, narrow
    public void Narrow(byte[] vote)
    {
        try
        {
            socket.Send(vote);
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }

    // ok LCA2005: the loop's end tells
    public int Drain(IEnumerable<byte[]> votes)
    {
        var sent = 0;
        foreach (var vote in votes)
        {
            try
            {
                socket.Send(vote);
            }
            catch
            {
                break;
            }
            sent++;
        }
        return sent;
    }

    public void HideInLoop(IEnumerable<byte[]> votes)
    {
        foreach (var vote in votes)
        {
            try
            {
                socket.Send(vote);
            }
            catch (SystemException) { } //? LCA2005
        }
    }

    // ok LCA2005: last words while closing
    public void Close()
    {
        try
        {
            socket.Send("bye"u8);
        }
        catch //? LCA2005
        {
        }
        socket.Dispose();
    }
}
