using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Faults;

/// <summary>Gates, pools, trackers, connects and relays where threads meet at the ways that hold no lock, or hold one for a few lines, as often as a few seconds allow.</summary>
public sealed class RaceTests
{
    private const int Workers = 8;
    private const int Rounds = 10_000;

    [Fact]
    public async Task A_gate_that_is_entered_left_twice_cancelled_and_closed_at_once_never_lets_in_two()
    {
        using var gate = new SendGate(new SendGateOptions { MaxWaiters = 3, WhenFull = SendGateFullMode.RefuseOldest });
        var (inside, most, entered) = (0, 0, 0);

        await Together(async (worker, random) =>
        {
            SendGate.Turn old = default;
            for (var i = 0; i < Rounds; i++)
            {
                using var cancel = new CancellationTokenSource();
                var way = random.Next(8);
                try
                {
                    if (way == 0)
                    {
                        cancel.CancelAfter(TimeSpan.FromMicroseconds(random.Next(50)));
                    }

                    if (way == 1)
                    {
                        await gate.ExchangeAsync<int>(
                            _ =>
                            {
                                Inside();
                                throw new IOException();
                            },
                            Stop);
                    }
                    else if (way == 2)
                    {
                        gate.Reopen();
                    }
                    else if (way == 3 ? gate.TryEnter(out var turn) : (turn = way == 4 ? gate.Enter(Stop) : await gate.EnterAsync(cancel.Token)) is var _)
                    {
                        Inside();

                        // The one that comes next may already be inside when the old turns are given back again.
                        turn.Dispose();
                        turn.Dispose();
                        old.Dispose();
                        old = turn;
                    }
                }
                catch (Exception e) when (e is NotSentException or OperationCanceledException or IOException)
                {
                }
            }
        });

        gate.Reopen();
        Assert.Equal((1, 0), (most, gate.Waiting));
        Assert.True(entered > Rounds);
        Assert.True(gate.TryEnter(out var last));
        last.Dispose();
        Assert.True(gate.TryEnter(out _));

        void Inside()
        {
            Most(ref most, Interlocked.Increment(ref inside));
            Interlocked.Increment(ref entered);
            Interlocked.Decrement(ref inside);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pool_that_is_rented_from_cancelled_and_cleared_at_once_lends_no_connection_twice_and_loses_none(bool isDisposedMeanwhile)
    {
        var (lent, most, made) = (0, 0, new ConcurrentBag<Lent>());
        var options = new ConnectionPoolOptions<Lent>
        {
            MaxSize = 3,
            MaxWaiters = 4,
            WaitTimeout = TimeSpan.FromMilliseconds(1),
            IsUsable = static c => c.Closes == 0,
            Close = static c =>
            {
                Assert.Equal(1, Interlocked.Increment(ref c.Closes));
                return default;
            },
        };
        await using var pool = new ConnectionPool<Lent>(
            _ =>
            {
                var connection = new Lent();
                made.Add(connection);
                return new ValueTask<Lent>(connection);
            },
            options);

        await Together(async (worker, random) =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                using var cancel = new CancellationTokenSource();
                var way = random.Next(16);
                try
                {
                    if (way == 0)
                    {
                        await pool.ClearAsync();
                    }

                    if (way == 1)
                    {
                        cancel.CancelAfter(TimeSpan.FromMicroseconds(random.Next(50)));
                    }

                    if (isDisposedMeanwhile && i == Rounds / 2)
                    {
                        await pool.DisposeAsync();
                    }

                    await using var lease = await pool.RentAsync(cancel.Token);
                    Most(ref most, Interlocked.Increment(ref lent));
                    Assert.Equal(1, Interlocked.Increment(ref lease.Connection.Users));
                    if (way < 4)
                    {
                        await Task.Yield();
                    }

                    if (way == 4 && i % 128 == 0)
                    {
                        // For longer than anybody waits.
                        Thread.Sleep(3);
                    }

                    Assert.Equal(0, lease.Connection.Closes);
                    Interlocked.Decrement(ref lease.Connection.Users);
                    Interlocked.Decrement(ref lent);
                    if (way != 2)
                    {
                        lease.Complete();
                        await lease.DisposeAsync();
                    }
                }
                catch (Exception e) when (e is NotSentException or OperationCanceledException or TimeoutException)
                {
                }
                catch (ObjectDisposedException) when (isDisposedMeanwhile)
                {
                }
            }
        });

        Assert.InRange(most, 1, 3);
        Assert.Equal((0, 0), (pool.Used, pool.Waiting));
        Assert.Equal(made.Count(static c => c.Closes == 0), pool.Idle);
        Assert.InRange(pool.Idle, 0, isDisposedMeanwhile ? 0 : 3);

        // All its places are there again.
        var leases = new List<ConnectionLease<Lent>>();
        for (var i = 0; !isDisposedMeanwhile && i < 3; i++)
        {
            leases.Add(await pool.RentAsync(Stop));
        }

        leases.ForEach(static l => l.Dispose());
        await pool.DisposeAsync();
        Assert.All(made, static c => Assert.Equal(1, c.Closes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tracker_whose_connections_are_ended_by_two_at_once_counts_each_up_and_down_once(bool isHeard)
    {
        await using var tracker = new ConnectionTracker();
        var (began, ended) = (new ConcurrentBag<long>(), new ConcurrentBag<long>());
        if (isHeard)
        {
            tracker.StateChanged += (_, e) => (e.Previous is null ? began : e.Connection.State >= TrackedState.Closed ? ended : []).Add(e.Connection.Id);
        }

        var slots = new Shared?[2];
        var (opened, failed) = (0L, 0L);
        await Together((worker, random) =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var connects = random.Next(2) == 0;
                var mine = new Shared(tracker.Track(new object(), connects ? TrackedState.Connecting : TrackedState.Open, $"{worker}"));
                var fails = connects && (random.Next(2) == 0 || !mine.Tracked.TryMoveTo(TrackedState.Open));
                Interlocked.Increment(ref fails ? ref failed : ref opened);
                Assert.Equal(fails ? TrackedState.Connecting : TrackedState.Open, mine.Tracked.State);
                if (i % 64 == 0)
                {
                    Check(tracker.GetSnapshot());
                }

                var theirs = Interlocked.Exchange(ref slots[random.Next(slots.Length)], mine);
                mine.End(random.Next(4));
                theirs?.End(random.Next(4));
            }

            return Task.CompletedTask;
        });

        Assert.Equal((0, 0, opened, failed), (tracker.Open, tracker.Connecting, tracker.TotalOpened, tracker.TotalFailedConnects));
        Assert.Empty(tracker.GetSnapshot());
        var told = isHeard ? Enumerable.Range(1, Workers * Rounds).Select(static i => (long)i) : [];
        Assert.Equal(told, began.Order());
        Assert.Equal(told, ended.Order());

        static void Check(IReadOnlyList<TrackedConnectionInfo> snapshot)
        {
            // Each worker has one at a time.
            Assert.Equal(snapshot.Count, snapshot.Select(static c => c.Name).Distinct().Count());
            Assert.Equal(snapshot.Select(static c => c.Id).Order(), snapshot.Select(static c => c.Id));
            Assert.All(snapshot, static c => Assert.True(c.State < TrackedState.Closed));
        }
    }

    [Fact]
    public async Task A_tracker_that_drains_while_connections_come_leaves_none_behind_and_touches_none_that_it_has_refused()
    {
        for (var round = 0; round < 100; round++)
        {
            var closed = new ConcurrentBag<object>();
            var tracker = new ConnectionTracker(new ConnectionTrackerOptions
            {
                Close = c =>
                {
                    closed.Add(c);
                    return default;
                },
            });
            var (refused, stay) = (new ConcurrentBag<object>(), new ConcurrentBag<object>());
            var working = Together((worker, random) =>
            {
                while (true)
                {
                    var connection = new object();
                    try
                    {
                        var tracked = tracker.Track(connection);
                        if (random.Next(8) == 0)
                        {
                            stay.Add(connection);
                        }
                        else
                        {
                            tracked.Dispose();
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        refused.Add(connection);
                        return Task.CompletedTask;
                    }
                }
            });
            await Task.Yield();
            await tracker.DrainAsync(TimeSpan.FromMilliseconds(round % 3));
            Assert.Equal((0, 0), (tracker.Open, tracker.Connecting));
            await working;

            Assert.Equal((0, 0), (tracker.Open, tracker.Connecting));
            Assert.Empty(tracker.GetSnapshot());
            Assert.Equal(closed.Count, closed.Distinct().Count());
            Assert.Empty(stay.Except(closed));
            Assert.Empty(closed.Intersect(refused));
            Assert.Equal(Workers, refused.Count);
        }
    }

    [Fact]
    public async Task Connects_one_after_the_other_and_at_once_are_ended_by_their_own_token_and_limit_alone()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1024);
        var accepting = AcceptAsync();
        var endPoint = listener.LocalEndPoint!;
        var (connected, cancelled, late) = (0, 0, 0);

        await Together(async (worker, random) =>
        {
            using var never = new CancellationTokenSource();
            for (var i = 0; i < Rounds / 20; i++)
            {
                using var cancel = new CancellationTokenSource();
                var way = random.Next(4);
                var limit = way == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 3)) : way == 1 ? Timeout.InfiniteTimeSpan : SafeSocket.DefaultTimeout;
                var connecting = SafeSocket.TryConnectAsync(endPoint, limit, cancellationToken: way == 1 ? never.Token : way == 2 ? cancel.Token : default);
                try
                {
                    if (way == 2)
                    {
                        await cancel.CancelAsync();
                    }

                    var result = await connecting;
                    if (result.IsConnected)
                    {
                        Interlocked.Increment(ref connected);

                        // Reset: otherwise the ports that wait for late packets run out.
                        result.Socket.LingerState = new LingerOption(true, 0);
                        result.Socket.Dispose();
                    }
                    else
                    {
                        Assert.Equal((0, SocketError.TimedOut), (way, Assert.IsType<SocketException>(result.Exception, exactMatch: false).SocketErrorCode));
                        Interlocked.Increment(ref late);
                    }
                }
                catch (OperationCanceledException e)
                {
                    Assert.Equal((2, cancel.Token), (way, e.CancellationToken));
                    Interlocked.Increment(ref cancelled);
                }

                // Whoever still had hold of what the connect used would end the next one by this.
                await cancel.CancelAsync();
            }
        });

        Assert.Equal(Workers * (Rounds / 20), connected + cancelled + late);
        Assert.True(connected > 0 && cancelled > 0);
        listener.Dispose();
        await accepting;

        async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    (await listener.AcceptAsync(Stop)).Dispose();
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }

    [Fact]
    public async Task Relays_that_are_disposed_and_cancelled_as_they_begin_and_end_end_no_other()
    {
        var (completed, cut) = (0, 0);
        await Together(async (worker, random) =>
        {
            for (var i = 0; i < Rounds / 100; i++)
            {
                using var left = await SocketPair.CreateAsync();
                using var right = await SocketPair.CreateAsync();
                using var cancel = new CancellationTokenSource();
                var pair = new ConnectionPair(left.Near, right.Near, new ConnectionPairOptions { ResetWhenCut = random.Next(2) == 0 });
                var way = random.Next(6);
                Task disposing = Task.CompletedTask;
                if (way == 0)
                {
                    disposing = Task.Run(() => pair.DisposeAsync().AsTask());
                }

                Task<RelayResult> relay = pair.RelayAsync(cancel.Token);
                if (way == 1)
                {
                    cancel.CancelAfter(TimeSpan.FromMicroseconds(random.Next(100)));
                }

                if (way == 2)
                {
                    disposing = pair.DisposeAsync().AsTask();
                    await disposing;
                    Assert.True(left.Near.SafeHandle.IsClosed && right.Near.SafeHandle.IsClosed);
                }

                if (way > 2)
                {
                    await left.Far.SendAsync(new byte[3]);
                    left.Far.Shutdown(SocketShutdown.Send);
                    right.Far.Shutdown(SocketShutdown.Send);
                }

                try
                {
                    var result = await relay.Soon();
                    Assert.Equal(way > 2, result.Reason == RelayEndReason.Completed);
                    Interlocked.Increment(ref result.Reason == RelayEndReason.Completed ? ref completed : ref cut);
                    Assert.Equal(way > 2 ? 3 : 0, result.BytesFromFirst);
                }
                catch (ObjectDisposedException)
                {
                    Assert.Equal(0, way);
                }

                await disposing.Soon();
                await Task.WhenAll(pair.DisposeAsync().AsTask(), pair.DisposeAsync().AsTask()).Soon();
                Assert.True(left.Near.SafeHandle.IsClosed && right.Near.SafeHandle.IsClosed);

                // Whoever still had hold of what the relay used would end another one by this.
                await cancel.CancelAsync();
            }
        });

        Assert.True(completed > 0 && cut > 0);
    }

    private static void Most(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, now, seen);
        }
    }

    private static Task Together(Func<int, Random, Task> work) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => work(worker, new Random(worker))))).Soon();

    private sealed class Lent
    {
        public int Users;

        public int Closes;
    }
    private sealed class Shared(TrackedConnection<object> tracked)
    {
        private int _ends;

        public TrackedConnection<object> Tracked { get; } = tracked;

        public void End(int way)
        {
            if (way == 0)
            {
                Tracked.TryMoveTo(TrackedState.HalfClosed);
            }

            if (way == 1 ? Tracked.TryMoveTo(TrackedState.Closed) : way == 2 && Tracked.Fail(new IOException()))
            {
                Assert.Equal(1, Interlocked.Increment(ref _ends));
            }

            Tracked.Dispose();
            Assert.True(Tracked.State >= TrackedState.Closed);
            Tracked.Dispose();
        }
    }
}
