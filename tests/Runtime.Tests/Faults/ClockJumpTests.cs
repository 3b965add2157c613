using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Faults;

/// <summary>
/// Clocks that jump under every guard that measures time. The clock on the wall decides nothing; time that has passed at once ends what
/// it would have ended bit by bit; time that goes backwards ends nothing and breaks nothing. Afterwards no timer is left.
/// </summary>
public sealed class ClockJumpTests : FaultTests
{
    private static readonly TimeSpan s_far = TimeSpan.FromDays(100);

    public enum Jump
    {
        WallForwards,
        WallBackwards,

        /// <summary>A machine that slept: all is due.</summary>
        Forwards,

        /// <summary>A machine that was moved: what is measured is less than before.</summary>
        Backwards,
    }

    public static TheoryData<Jump> Jumps => [.. Enum.GetValues<Jump>()];

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task An_idle_connection_of_a_pool(Jump jump)
    {
        var time = new ManualTime();
        var made = new List<Session>();
        await using var pool = Pool(time, made);
        (await RentAsync(pool)).Dispose();
        Make(jump, time);
        if (jump == Jump.Forwards)
        {
            await Until(() => made[0].Ends == 1, "it was idle for too long");
        }
        else if (jump == Jump.Backwards)
        {
            // The pool looks, finds nothing too old, and looks again later.
            time.Advance(TimeSpan.FromMinutes(1));
        }

        (await RentAsync(pool)).Dispose();
        Assert.Equal(jump == Jump.Forwards ? 2 : 1, made.Count);
        await pool.DisposeAsync();
        Assert.All(made, static s => Assert.Equal(1, s.Ends));
        Assert.Equal(0, time.Pending);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_wait_for_a_connection_of_a_pool(Jump jump)
    {
        var time = new ManualTime();
        var made = new List<Session>();
        await using var pool = Pool(time, made);
        var lease = await RentAsync(pool);
        var waiting = RentAsync(pool);
        Assert.Equal(1, pool.Waiting);
        Make(jump, time);
        if (jump == Jump.Forwards)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => waiting.Soon());
            lease.Dispose();
        }
        else
        {
            Assert.False(waiting.IsCompleted);
            lease.Dispose();
            (await waiting.Soon()).Dispose();
        }

        await pool.DisposeAsync();
        Assert.Equal((0, 0, 0), (pool.Used, pool.Waiting, pool.Idle));
        Assert.Equal(0, time.Pending);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task The_creation_of_a_session(Jump jump)
    {
        var time = new ManualTime();
        var made = new TaskCompletionSource<Session>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slot = new SessionSlot<Session>(_ => new ValueTask<Session>(made.Task), new SessionCacheOptions<Session> { TimeProvider = time });
        var getting = slot.GetAsync(Stop).AsTask();
        Make(jump, time);
        var session = new Session(1);
        if (jump == Jump.Forwards)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => getting.Soon());
            made.SetResult(session);
        }
        else
        {
            made.SetResult(session);
            Assert.Same(session, await getting.Soon());
        }

        await slot.DisposeAsync();
        await Until(() => session.Ends == 1, "the session was ended, also the one that came too late");
        Assert.Equal(0, time.Pending);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_relay(Jump jump)
    {
        var time = new ManualTime();
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        await using var pair = new ConnectionPair(left.Near, right.Near, new ConnectionPairOptions { IdleTimeout = TimeSpan.FromMinutes(1), TimeProvider = time });
        var relay = pair.RelayAsync(Stop);
        await left.Far.SendAsync(new byte[3], SocketFlags.None, Stop);
        await right.ReceiveFarAsync(3);
        await Until(() => pair.BytesFromFirst == 3, "the relay knows of it");
        Make(jump, time);
        if (jump == Jump.Backwards)
        {
            // The relay looks, finds that it has not been idle for long, and looks again later.
            time.Advance(TimeSpan.FromMinutes(1));
        }

        if (jump != Jump.Forwards)
        {
            await left.Far.SendAsync(new byte[2], SocketFlags.None, Stop);
            await right.ReceiveFarAsync(2);
            left.Far.Shutdown(SocketShutdown.Send);
            right.Far.Shutdown(SocketShutdown.Send);
        }

        var result = await relay.Soon();
        Assert.Equal(jump == Jump.Forwards ? RelayEndReason.Idle : RelayEndReason.Completed, result.Reason);
        Assert.True(result.Duration >= TimeSpan.Zero);
        Assert.Equal(0, time.Pending);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_tracker(Jump jump)
    {
        var time = new ManualTime();
        using var measurements = new Measurements();
        var name = $"{nameof(ClockJumpTests)} {jump}";
        await using var tracker = new ConnectionTracker(new ConnectionTrackerOptions { TimeProvider = time, Name = name });
        var session = new Session(1);
        var tracked = tracker.Track(session);
        var draining = tracker.DrainAsync(TimeSpan.FromSeconds(10), Stop);
        Make(jump, time);
        if (jump == Jump.Forwards)
        {
            Assert.Single(await draining.Soon());
            Assert.Equal(1, session.Ends);
        }
        else
        {
            Assert.False(draining.IsCompleted);
            Assert.True(Assert.Single(tracker.GetSnapshot()).Age >= TimeSpan.Zero);
            tracked.Dispose();
            Assert.Empty(await draining.Soon());
            Assert.Equal(0, session.Ends);
        }

        tracked.Dispose();
        Assert.Equal(0, tracker.Open);
        var duration = Assert.Single(measurements.All, m => m.Name == "lifecycle.connection.duration" && Equals(m.Tags["lifecycle.tracker.name"], name));
        Assert.True(duration.Value >= 0);
        Assert.Equal(0, time.Pending);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_wait_at_a_gate(Jump jump)
    {
        var time = new ManualTime();
        using var measurements = new Measurements();
        var name = $"{nameof(ClockJumpTests)} {jump}";
        using var gate = new SendGate(new SendGateOptions { TimeProvider = time, Name = name });

        // Not at zero, which would say that nobody has measured.
        time.Advance(TimeSpan.FromSeconds(1));
        var turn = await gate.EnterAsync(Stop);
        var waiting = gate.EnterAsync(Stop).AsTask();
        Make(jump, time);
        turn.Dispose();
        (await waiting.Soon()).Dispose();
        Assert.Equal(0, gate.Waiting);
        var wait = Assert.Single(measurements.All, m => m.Name == "lifecycle.gate.wait.duration" && Equals(m.Tags["lifecycle.gate.name"], name));
        Assert.Equal(jump == Jump.Forwards ? s_far.TotalSeconds : 0, wait.Value);
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task The_close_of_a_web_socket(Jump jump)
    {
        var time = new ManualTime();
        using var pair = await WebSocketPair.CreateAsync();
        await using var sender = new WebSocketSender(pair.Near, new SendGateOptions { TimeProvider = time });
        pair.Sockets.Near.SendBufferSize = 8192;
        var stuck = sender.TrySendAsync(new byte[32 << 20], System.Net.WebSockets.WebSocketMessageType.Binary, Stop).AsTask();
        var closing = sender.CloseAsync(cancellationToken: Stop);
        await Until(() => time.Pending == 1, "the close has a limit");
        Make(jump, time);
        if (jump != Jump.Forwards)
        {
            Assert.False(closing.IsCompleted);
            time.Advance(WebSocketSender.DefaultCloseTimeout);
        }

        Assert.False((await closing.Soon()).IsSent);
        Assert.Equal(SendOutcome.Unknown, (await stuck.Soon()).Outcome);
        Assert.Equal((0, 0), (sender.Waiting, time.Pending));
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_connect(Jump jump)
    {
        var time = new ManualTime();
        var port = 0;
        using var silent = await Peers.SilentAsync(p => port = p);
        var connecting = SafeSocket.TryConnectAsync("127.0.0.1", port, timeProvider: time, cancellationToken: Stop);
        await Until(() => time.Pending == 1, "the connect has a limit");
        Make(jump, time);
        if (jump != Jump.Forwards)
        {
            Assert.False(connecting.IsCompleted);
            time.Advance(SafeSocket.DefaultTimeout);
        }

        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>((await connecting.Soon()).Exception, exactMatch: false).SocketErrorCode);
        Assert.Equal(0, time.Pending);
    }

    private static void Make(Jump jump, ManualTime time)
    {
        switch (jump)
        {
            case Jump.WallForwards:
                time.SetWallClock(s_far);
                break;
            case Jump.WallBackwards:
                time.SetWallClock(-s_far);
                break;
            case Jump.Forwards:
                time.Advance(s_far);
                break;
            default:
                time.SetTimestamps(-s_far);
                break;
        }
    }

    private static ConnectionPool<Session> Pool(ManualTime time, List<Session> made) => new(
        _ =>
        {
            made.Add(new Session(made.Count));
            return new ValueTask<Session>(made[^1]);
        },
        new ConnectionPoolOptions<Session> { MaxSize = 1, TimeProvider = time, IsUsable = static s => s.IsOpen });

    /// <summary>A lease whose disposal puts the connection back.</summary>
    private static async Task<ConnectionLease<Session>> RentAsync(ConnectionPool<Session> pool)
    {
        var lease = await pool.RentAsync(Stop);
        lease.Complete();
        return lease;
    }
}
