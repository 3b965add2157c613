// Parking meters call home: waits with limits, tasks in lists and fields, callbacks behind wrappers.
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Shapes.Creation.ParkingMeters;

internal static class TaskExtras
{
    public static async Task<bool> Within(this Task task, TimeSpan limit)
    {
        using var give = new CancellationTokenSource();
        var first = await Task.WhenAny(task, Task.Delay(limit, give.Token));
        give.Cancel();
        if (first == task)
        {
            await task;
            return true;
        }
        _ = task.ContinueWith(t => Console.Error.WriteLine(t.Exception), TaskContinuationOptions.OnlyOnFaulted);
        return false;
    }

    public static async void Launch(this Task task, Action<Exception>? failed = null)
    {
        try
        {
            await task;
        }
        catch (Exception e)
        {
            failed?.Invoke(e);
        }
    }
}

public sealed class MeterServer(TcpListener door)
{
    private readonly List<Task> _meters = [];
    private readonly ConcurrentDictionary<int, Task> _byNumber = new();
    private Task _accepting = Task.CompletedTask;
    private int _next;

    // ok LCA1004: kept, and awaited when stopping
    public void Start(CancellationToken stop) => _accepting = AcceptAsync(stop);

    public void StartDropped(CancellationToken stop)
    {
        Task.Run(() => AcceptAsync(stop), stop); //! LCA1004
    }

    public void StartLongRunning(CancellationToken stop)
    {
        _ = Task.Factory.StartNew(() => AcceptAsync(stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap(); //! LCA1004
    }

    // ok LCA1004: launched by a helper that looks
    public void StartLaunched(CancellationToken stop) => AcceptAsync(stop).Launch(e => Console.Error.WriteLine(e));

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (true)
        {
            var meter = await door.AcceptTcpClientAsync(stop);
            lock (_meters) _meters.Add(TalkAsync(meter, stop)); // ok LCA1004: awaited below
            _byNumber[Interlocked.Increment(ref _next)] = TalkAsync(meter, stop); //? LCA1004
        }
    }

    private static async Task TalkAsync(TcpClient meter, CancellationToken stop)
    {
        using (meter)
        {
            var buffer = new byte[64];
            while (await meter.GetStream().ReadAsync(buffer, stop) > 0) { }
        }
    }

    public async Task StopAsync()
    {
        door.Stop();
        try
        {
            await _accepting;
        }
        catch (SocketException)
        {
        }
        Task[] all;
        lock (_meters) all = [.. _meters];
        await Task.WhenAll(all);
    }
}

public sealed class MeterClient(string host) : IDisposable
{
    private readonly TcpClient _wire = new();
    private readonly byte[] _buffer = new byte[64];

    // ok LCA1004 LCA1008: the helper bounds it and sees the late failure
    public Task<bool> DialAsync(TimeSpan limit) => _wire.ConnectAsync(host, 9100).Within(limit);

    public bool DialWaiting(int milliseconds)
    {
        var dial = _wire.ConnectAsync(host, 9100);
        return dial.Wait(milliseconds); //? LCA1004
    }

    // ok LCA1004: too late closes
    public bool DialWaitingTidily(int milliseconds)
    {
        var dial = _wire.ConnectAsync(host, 9100);
        if (dial.Wait(milliseconds)) return true;
        _wire.Close();
        return false;
    }

    // the read goes on after the limit, and takes the next answer
    public async Task<int> ReadWithinAsync(TimeSpan limit)
    {
        var read = _wire.GetStream().ReadAsync(_buffer, 0, _buffer.Length);
        return await read.WaitAsync(limit); //! LCA1004 //? LCA4001 LCA4004
    }

    // ok LCA1004: the token of the limit is the read's
    public async Task<int> ReadBoundedAsync(TimeSpan limit)
    {
        using var give = new CancellationTokenSource(limit);
        return await _wire.GetStream().ReadAsync(_buffer, give.Token);
    }

    public void Dispose() => _wire.Dispose();
}

/// <summary>The old firmware: Begin and End behind a decorator.</summary>
public sealed class OldMeter(Socket wire, Action<Exception> failed)
{
    private readonly byte[] _buffer = new byte[64];

    private AsyncCallback Safe(AsyncCallback inner) => ar =>
    {
        try
        {
            inner(ar);
        }
        catch (Exception e)
        {
            failed(e);
        }
    };

    // ok LCA1005: decorated
    public void Begin() => wire.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, Safe(OnCoin), null);

    private void OnCoin(IAsyncResult ar)
    {
        if (wire.EndReceive(ar) > 0) Begin();
    }

    public void BeginBare() => wire.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, ar =>
    {
        var n = wire.EndReceive(ar); //! LCA1005
        if (n > 0) BeginBare();
    }, null);

    // a filter that never catches
    public void BeginNoted() => wire.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, ar =>
    {
        try
        {
            wire.EndReceive(ar); //! LCA1005
        }
        catch (Exception e) when (Noted(e))
        {
        }
    }, null);

    private bool Noted(Exception e)
    {
        failed(e);
        return false;
    }

    // ok LCA1005: the filter takes both
    public void BeginFiltered() => wire.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, ar =>
    {
        try
        {
            wire.EndReceive(ar);
        }
        catch (Exception e) when (Expected(e))
        {
            failed(e);
        }
    }, null);

    private static bool Expected(Exception e) => e is SocketException or ObjectDisposedException;

    public void Queue(int round) => ThreadPool.UnsafeQueueUserWorkItem(static state =>
    {
        var (meter, n) = state;
        Span<byte> coin = stackalloc byte[8];
        if (n > 0) meter.Receive(coin); //! LCA1005
    }, (wire, round), preferLocal: false);

    // ok LCA1005: a try around the loop, and a finally that closes
    public void Listen() => ThreadPool.QueueUserWorkItem(_ =>
    {
        try
        {
            while (wire.Receive(_buffer) > 0) { }
        }
        catch (SocketException e)
        {
            failed(e);
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            wire.Dispose();
        }
    });

    // the finally closes, and the exception goes on out
    public async void ListenOnce()
    {
        try
        {
            await wire.ReceiveAsync(_buffer); //! LCA1005
        }
        finally
        {
            wire.Dispose();
        }
    }
}
