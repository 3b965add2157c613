using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Runtime.Tests;

/// <summary>Whatever fails behind a guard's back has been seen by somebody.</summary>
public sealed class UnobservedTests
{
    [Fact]
    public async Task Failures_that_nobody_waits_for_are_seen()
    {
        // What earlier tests have left behind is theirs.
        Collect();
        var unobserved = new List<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Add(e.Exception.ToString());
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            for (var i = 0; i < 5; i++)
            {
                await FailAsync();
            }

            Collect();
            Assert.Empty(unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task FailAsync()
    {
        // A factory that fails long after the one that rents has given up, and a pool that was disposed meanwhile.
        var late = new TaskCompletionSource<Session>();
        var pool = new ConnectionPool<Session>(_ => new ValueTask<Session>(late.Task), new ConnectionPoolOptions<Session> { MaxSize = 1 });
        using (var cancel = new CancellationTokenSource())
        {
            var renting = pool.RentAsync(cancel.Token).AsTask();
            var waiting = pool.RentAsync(cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => renting.Soon());
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        }

        pool.Dispose();
        late.SetException(new IOException("late"));

        // A close that fails, during a drain that nobody waits for.
        var tracker = new ConnectionTracker(new ConnectionTrackerOptions { Close = static _ => throw new IOException("close") });
        using var tracked = tracker.Track(new Session(1));
        tracker.Dispose();
        await Until(() => tracker.Open == 0, "the drain is over");

        // Both directions of a relay fail at once.
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        await using var pair = new ConnectionPair(left.Near, right.Near);
        var relay = pair.RelayAsync(Stop);
        left.ResetFar();
        right.ResetFar();
        await relay.Soon();

        // A close of a web socket that nobody waits for, after a reset.
        using var web = await WebSocketPair.CreateAsync();
        var sender = new WebSocketSender(web.Near);
        web.Sockets.ResetFar();
        _ = sender.CloseAsync(cancellationToken: Stop);
        await sender.DisposeAsync();

        // An exchange that fails while others wait.
        using var gate = new SendGate();
        var turn = await gate.EnterAsync(Stop);
        var failing = gate.ExchangeAsync<int>(static _ => throw new IOException("half"), Stop).AsTask();
        var refused = gate.TrySendAsync(static _ => default, Stop).AsTask();
        turn.Dispose();
        await Assert.ThrowsAsync<IOException>(() => failing.Soon());
        Assert.True((await refused.Soon()).ProvablyNotSent);
    }
}
