using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Runtime.Tests.Lifetime;

public sealed class ConnectionTrackerTests
{
    private static readonly TrackedState[] s_all = Enum.GetValues<TrackedState>();

    [Fact]
    public async Task A_using_is_all_it_takes()
    {
        await using var tracker = new ConnectionTracker();
        using var pair = await SocketPair.CreateAsync();
        using (var tracked = tracker.Track(pair.Near))
        {
            Assert.Same(pair.Near, tracked.Connection);
            Assert.Equal(TrackedState.Open, tracked.State);
            Assert.Equal((1, 0, 1L), (tracker.Open, tracker.Connecting, tracker.TotalOpened));
        }

        var failing = () =>
        {
            using var tracked = tracker.Track(pair.Near);
            Assert.Equal(1, tracker.Open);
            throw new InvalidOperationException();
        };
        Assert.Throws<InvalidOperationException>((Action)failing);
        Assert.Equal((0, 2L, 0L), (tracker.Open, tracker.TotalOpened, tracker.TotalFailedConnects));
        Assert.True(pair.Near.IsAlive()); // It counts; it does not own.
    }

    [Fact]
    public async Task The_count_goes_down_once_whoever_ends_it_and_how_often()
    {
        await using var tracker = new ConnectionTracker();
        for (var round = 0; round < 200; round++)
        {
            var tracked = tracker.Track(new Link());
            var ended = 0;
            await Task.WhenAll(
                Task.Run(() => Count(tracked.TryMoveTo(TrackedState.Closed))),
                Task.Run(() => Count(tracked.Fail(new IOException()))),
                Task.Run(tracked.Dispose),
                Task.Run(tracked.Dispose)).Soon();
            Assert.InRange(ended, 0, 1);
            Assert.Equal(0, tracker.Open);
            Assert.True(tracked.State >= TrackedState.Closed);

            void Count(bool did) => Interlocked.Add(ref ended, did ? 1 : 0);
        }

        Assert.Empty(tracker.GetSnapshot());
        Assert.Equal(200, tracker.TotalOpened);
    }

    [Fact]
    public async Task Only_steps_forward_are_made()
    {
        var logger = new ListLogger();
        await using var tracker = new ConnectionTracker(new ConnectionTrackerOptions { Logger = logger });
        foreach (var path in new TrackedState[][]
        {
            [TrackedState.Open, TrackedState.HalfClosed, TrackedState.Closing, TrackedState.Closed],
            [TrackedState.Open, TrackedState.Closing, TrackedState.Faulted],
            [TrackedState.Open, TrackedState.Faulted],
            [TrackedState.Closed],
            [TrackedState.Faulted],
        })
        {
            using var tracked = tracker.Track(new Link(), TrackedState.Connecting);
            foreach (var step in path)
            {
                // Everything that may not come next is refused, and changes nothing.
                var before = tracked.State;
                foreach (var other in s_all.Where(s => !Follows(before, s)))
                {
                    Assert.False(tracked.TryMoveTo(other), $"{before} to {other}");
                    Assert.Equal(before, tracked.State);
                }

                Assert.True(tracked.TryMoveTo(step), $"{before} to {step}");
                Assert.Equal(step, tracked.State);
            }

            Assert.All(s_all, s => Assert.False(tracked.TryMoveTo(s)));
            Assert.Equal((0, 0), (tracker.Open, tracker.Connecting));
        }

        Assert.Equal((3L, 2L), (tracker.TotalOpened, tracker.TotalFailedConnects));
        Assert.Contains(logger.Entries, static e => e.Event == "TrackedStepRefused");

        static bool Follows(TrackedState state, TrackedState next) => (state, next) switch
        {
            (TrackedState.Connecting, TrackedState.Open or TrackedState.Closed or TrackedState.Faulted) => true,
            (TrackedState.Open, TrackedState.HalfClosed or TrackedState.Closing or TrackedState.Closed or TrackedState.Faulted) => true,
            (TrackedState.HalfClosed, TrackedState.Closing or TrackedState.Closed or TrackedState.Faulted) => true,
            (TrackedState.Closing, TrackedState.Closed or TrackedState.Faulted) => true,
            _ => false,
        };
    }

    [Fact]
    public async Task A_refused_connect_is_no_connection()
    {
        using var measured = new Measurements();
        await using var tracker = new ConnectionTracker(new ConnectionTrackerOptions { Name = "refused" });
        using var refusing = Peers.Refusing(out var port);

        await Assert.ThrowsAsync<ConnectFailedException>(async () => await tracker.ConnectAsync(
            async token => await SafeSocket.ConnectAsync("127.0.0.1", port, token), "peer", Stop));

        Assert.Equal((0, 0, 0L, 1L), (tracker.Open, tracker.Connecting, tracker.TotalOpened, tracker.TotalFailedConnects));
        Assert.Contains(measured.All, static m => m.Name == "lifecycle.connection.connect_failures" && Equals(m.Tags["lifecycle.tracker.name"], "refused"));
        Assert.DoesNotContain(measured.All, static m => m.Name == "lifecycle.connection.duration" && Equals(m.Tags["lifecycle.tracker.name"], "refused"));
    }

    [Fact]
    public async Task A_connect_counts_while_it_is_under_way_and_when_it_is_open()
    {
        await using var tracker = new ConnectionTracker();
        var connected = new TaskCompletionSource<Link>();
        var connecting = tracker.ConnectAsync(async _ => await connected.Task, "peer:1", Stop).AsTask();
        Assert.Equal((0, 1), (tracker.Open, tracker.Connecting));
        connected.SetResult(new Link());

        using (var tracked = await connecting.Soon())
        {
            Assert.Equal((1, 0), (tracker.Open, tracker.Connecting));
            var info = Assert.Single(tracker.GetSnapshot());
            Assert.Equal((tracked.Id, typeof(Link), "peer:1", TrackedState.Open), (info.Id, info.ConnectionType, info.Name, info.State));
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await tracker.ConnectAsync<Link>(static async token => { await Task.Delay(Timeout.Infinite, token); return null!; }, cancellationToken: new CancellationToken(true)));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await tracker.ConnectAsync<Link>(static _ => new ValueTask<Link>((Link)null!)));
        Assert.Equal((0, 0, 1L, 2L), (tracker.Open, tracker.Connecting, tracker.TotalOpened, tracker.TotalFailedConnects));
    }

    [Fact]
    public async Task The_snapshot_says_who_opened_it_and_when()
    {
        var time = new ManualTime();
        time.Advance(TimeSpan.FromDays(1));
        await using var tracker = new ConnectionTracker(new ConnectionTrackerOptions { TimeProvider = time });
        using var tracked = tracker.Track(new Link(), name: "10.0.0.1:5672");
        time.Advance(TimeSpan.FromSeconds(12.5));

        var info = Assert.Single(tracker.GetSnapshot());

        Assert.Equal(TimeSpan.FromSeconds(12.5), info.Age);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(1), info.TrackedSince);
        Assert.Matches(@"^The_snapshot_says_who_opened_it_and_when \(ConnectionTrackerTests\.cs:\d+\)$", info.OpenedBy);
        Assert.StartsWith("#1 Link 10.0.0.1:5672 Open for 12.5 s, opened by The_", info.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Also_by_the_clock_of_the_system()
    {
        var before = DateTimeOffset.UtcNow;
        await using var tracker = new ConnectionTracker();
        using var tracked = tracker.Track(new Link());

        await Until(() => tracker.GetSnapshot()[0].Age > TimeSpan.FromMilliseconds(50), "it has an age");

        var since = Assert.Single(tracker.GetSnapshot()).TrackedSince;
        Assert.InRange(since, before.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(since, Assert.Single(tracker.GetSnapshot()).TrackedSince);
    }

    [Fact]
    public async Task Every_step_is_an_event_and_a_broken_handler_harms_nobody()
    {
        var logger = new ListLogger();
        await using var tracker = new ConnectionTracker(new ConnectionTrackerOptions { Logger = logger });
        var steps = new List<(TrackedState? From, TrackedState To, Exception? Cause)>();
        tracker.StateChanged += static (_, _) => throw new InvalidOperationException("broken handler");
        tracker.StateChanged += (sender, e) =>
        {
            Assert.Same(tracker, sender);
            steps.Add((e.Previous, e.Connection.State, e.Exception));
        };
        var failure = new IOException("reset");

        using (var tracked = tracker.Track(new Link(), TrackedState.Connecting))
        {
            tracked.TryMoveTo(TrackedState.Open);
            tracked.TryMoveTo(TrackedState.Connecting);
            tracked.Fail(failure);
        }

        Assert.Equal(
            [(null, TrackedState.Connecting, null), (TrackedState.Connecting, TrackedState.Open, null), (TrackedState.Open, TrackedState.Faulted, failure)], steps);
        Assert.Equal(3, logger.Entries.Count(static e => e.Event == "TrackerHandlerFailed"));
    }

    [Fact]
    public async Task Counts_and_durations_are_metrics()
    {
        using var measured = new Measurements();
        var time = new ManualTime();
        var options = new ConnectionTrackerOptions { TimeProvider = time, Name = "gauge" };
        await using var tracker = new ConnectionTracker(options);
        await using var same = new ConnectionTracker(options);
        var closed = tracker.Track(new Link(), TrackedState.Connecting);
        var failed = tracker.Track(new Link());
        using var other = same.Track(new Link());
        Assert.Equal((1d, 2d), (Gauge("connecting"), Gauge("open")));

        time.Advance(TimeSpan.FromSeconds(1));
        closed.TryMoveTo(TrackedState.Open);
        time.Advance(TimeSpan.FromSeconds(2));
        closed.TryMoveTo(TrackedState.HalfClosed);
        Assert.Equal((0d, 2d, 1d, 0d), (Gauge("connecting"), Gauge("open"), Gauge("half_closed"), Gauge("closing")));
        closed.Dispose();
        failed.Fail(new SocketException((int)SocketError.ConnectionReset));

        Assert.Equal((0d, 1d, 0d), (Gauge("connecting"), Gauge("open"), Gauge("half_closed")));
        var durations = measured.All.Where(static m => m.Name == "lifecycle.connection.duration" && Equals(m.Tags["lifecycle.tracker.name"], "gauge")).ToList();
        Assert.Equal([("closed", 2d, null), ("faulted", 3d, "connection_reset")], durations.Select(static m => ((string)m.Tags["lifecycle.connection.state"]!, m.Value, m.Tags.GetValueOrDefault("error.type") as string)));

        double Gauge(string state)
        {
            measured.Observe();
            return measured.All.Last(m => m.Name == "lifecycle.connections.current" && Equals(m.Tags["lifecycle.tracker.name"], "gauge") && Equals(m.Tags["lifecycle.connection.state"], state)).Value;
        }
    }

    [Fact]
    public async Task A_lost_handle_is_logged_with_the_call_that_opened_it()
    {
        var logger = new ListLogger();
        await using var tracker = new ConnectionTracker(new ConnectionTrackerOptions { LeakSampleEvery = 2, Logger = logger });
        var kept = Lose(tracker);

        await Until(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return tracker.TotalLeaks == 2;
            },
            "both watched leaks are found");

        // Of the four that were lost every second is watched; the others are still believed to be open.
        await Until(() => logger.Entries.Count(static e => e.Event == "ConnectionLeaked") == 2, "they are logged");
        Assert.All(
            logger.Entries.Where(static e => e.Event == "ConnectionLeaked"),
            static e => Assert.Matches(@"Link #\d lost\d was lost without having been disposed; opened by A_lost_handle_\w+ \(ConnectionTrackerTests\.cs:\d+\)", e.Text));
        Assert.Equal(3, tracker.Open);
        kept.Dispose();
        Assert.Equal(2, tracker.Open);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static TrackedConnection<Link> Lose(ConnectionTracker tracker)
        {
            tracker.Track(new Link(), name: "lost1");
            tracker.Track(new Link(), name: "lost2");
            tracker.Track(new Link(), name: "lost3");
            tracker.Track(new Link(), name: "lost4");
            tracker.Track(new Link(), name: "disposed").Dispose();
            tracker.Track(new Link(), name: "failed").Fail(new IOException());
            tracker.Track(new Link(), name: "disposed").Dispose();
            using (tracker.Track(new Link(), name: "disposed"))
            {
            }

            tracker.Track(new Link(), name: "disposed").Dispose();
            var kept = tracker.Track(new Link(), name: "kept");
            tracker.GetSnapshot();
            return kept;
        }
    }

    [Fact]
    public async Task Draining_refuses_waits_and_closes_what_is_left()
    {
        var time = new ManualTime();
        var tracker = new ConnectionTracker(new ConnectionTrackerOptions { TimeProvider = time });
        using var ending = await SocketPair.CreateAsync();
        using var stuck = await SocketPair.CreateAsync();
        var soon = tracker.Track(ending.Near);
        using var late = tracker.Track(stuck.Near, name: "stuck");

        var drain = tracker.DrainAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.Throws<ObjectDisposedException>(() => tracker.Track(new Link()));
        soon.Dispose();
        Assert.False(drain.IsCompleted);
        await Until(() => time.Pending == 1, "the drain waits");
        time.Advance(TimeSpan.FromSeconds(30));

        var left = Assert.Single(await drain.Soon());
        Assert.Equal(("stuck", TrackedState.Open), (left.Name, left.State));
        Assert.Equal(TrackedState.Closed, late.State);
        Assert.Equal(0, tracker.Open);
        Assert.Equal(0, await stuck.Far.ReceiveAsync(new byte[1], Stop)); // The peer sees the end.
        Assert.True(ending.Near.IsAlive());
        Assert.Empty(await tracker.DrainAsync(Timeout.InfiniteTimeSpan, Stop).Soon());
        await tracker.DisposeAsync();
        await tracker.DisposeAsync();
    }

    [Fact]
    public async Task A_drain_ends_with_the_last_connection_or_with_its_token()
    {
        var tracker = new ConnectionTracker();
        var last = tracker.Track(new Link());
        var drain = tracker.DrainAsync(Timeout.InfiniteTimeSpan, Stop);
        Assert.False(drain.IsCompleted);
        last.Dispose();
        Assert.Empty(await drain.Soon());

        using var cancel = new CancellationTokenSource();
        var impatient = new ConnectionTracker();
        var link = new Link();
        using var left = impatient.Track(link);
        var cut = impatient.DrainAsync(Timeout.InfiniteTimeSpan, cancel.Token);
        await cancel.CancelAsync();
        Assert.Single(await cut.Soon());
        Assert.Equal(1, link.Disposed);
    }

    [Fact]
    public async Task A_connect_that_the_drain_has_given_up_leaves_nothing_open()
    {
        var logger = new ListLogger();
        var tracker = new ConnectionTracker(new ConnectionTrackerOptions
        {
            Logger = logger,
            Close = static c => { ((Link)c).Dispose(); throw new IOException("already reset"); },
        });
        var connected = new TaskCompletionSource<Link>();
        var connecting = tracker.ConnectAsync(async _ => await connected.Task, cancellationToken: Stop).AsTask();

        Assert.Equal(TrackedState.Connecting, Assert.Single(await tracker.DrainAsync(TimeSpan.Zero, Stop).Soon()).State);
        var link = new Link();
        connected.SetResult(link);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => connecting.Soon());
        Assert.Equal(1, link.Disposed);
        Assert.Equal((0, 0, 0L, 1L), (tracker.Open, tracker.Connecting, tracker.TotalOpened, tracker.TotalFailedConnects));
        Assert.Single(logger.Entries, static e => e.Event == "TrackedCloseFailed");
    }

    [Fact]
    public async Task Thousands_come_and_go_while_they_are_looked_at_and_drained()
    {
        var tracker = new ConnectionTracker();
        var links = new ConcurrentBag<Link>();
        var workers = Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 3_000; i++)
            {
                var link = new Link();
                using var tracked = tracker.Track(link, i % 2 == 0 ? TrackedState.Open : TrackedState.Connecting);
                tracked.TryMoveTo((TrackedState)(i % 6));
                if (i % 500 == 0)
                {
                    tracker.GetSnapshot();
                }
            }

            for (var i = 0; i < 50; i++)
            {
                var link = new Link();
                links.Add(link);
                tracker.Track(link);
            }
        })).ToArray();
        await Task.WhenAll(workers).Soon();
        Assert.Equal((200, 0), (tracker.GetSnapshot().Count, tracker.Connecting));
        Assert.Equal(200, (await tracker.DrainAsync(TimeSpan.Zero, Stop).Soon()).Count);
        Assert.All(links, static l => Assert.Equal(1, l.Disposed));
        Assert.Equal((0, 0), (tracker.Open, tracker.Connecting));
    }

    [Fact]
    public async Task An_old_handle_reaches_nobody_elses_connection()
    {
        await using var tracker = new ConnectionTracker();
        var old = tracker.Track(new Link());
        var copy = old;
        old.Dispose();
        using var present = tracker.Track(new Link());
        copy.Dispose();

        Assert.False(copy.TryMoveTo(TrackedState.Closing));
        Assert.False(copy.Fail(new IOException()));
        Assert.Equal((TrackedState.Closed, TrackedState.Open), (copy.State, present.State));
        Assert.Equal((1L, 2L), (copy.Id, present.Id));
        Assert.Equal(1, tracker.Open);

        // What ended by a failure says so for as long as its handle is held.
        var failed = tracker.Track(new Link());
        Assert.True(failed.Fail(new IOException()));
        failed.Dispose();
        using var next = tracker.Track(new Link());
        Assert.Equal(TrackedState.Faulted, failed.State);
    }

    [Fact]
    public async Task The_default_is_no_handle()
    {
        await using var tracker = new ConnectionTracker();
        var none = default(TrackedConnection<Link>);
        none.Dispose();
        Assert.Throws<InvalidOperationException>(() => none.Connection);
        Assert.Throws<InvalidOperationException>(() => none.State);
        Assert.Throws<InvalidOperationException>(() => none.TryMoveTo(TrackedState.Closed));
        Assert.Throws<InvalidOperationException>(() => none.Fail(new IOException()));
    }

    [Fact]
    public async Task Arguments_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionTracker(new ConnectionTrackerOptions { LeakSampleEvery = -1 }));
        Assert.Throws<ArgumentNullException>(() => new ConnectionTracker(new ConnectionTrackerOptions { TimeProvider = null! }));
        await using var tracker = new ConnectionTracker();
        Assert.Throws<ArgumentNullException>(() => tracker.Track<Link>(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => tracker.Track(new Link(), TrackedState.Closed));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => tracker.DrainAsync(TimeSpan.FromSeconds(-2), Stop));
        using var tracked = tracker.Track(new Link());
        Assert.Throws<ArgumentNullException>(() => tracked.Fail(null!));
    }

    private sealed class Link : IDisposable
    {
        private int _disposed;

        public int Disposed => Volatile.Read(ref _disposed);

        public void Dispose() => Interlocked.Increment(ref _disposed);
    }
}
