using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Reuse;

public sealed class ConnectionPoolTests
{
    private readonly SessionFactory _factory = new();

    [Fact]
    public async Task A_connection_comes_back_only_after_Complete()
    {
        await using var pool = Pool();
        await using (var lease = await pool.RentAsync(Stop))
        {
            Assert.Equal((1, 0, 1), (lease.Connection.Number, pool.Idle, pool.Used));
            lease.Complete();
        }

        Assert.Equal((1, 0), (pool.Idle, pool.Used));
        await using (var again = await pool.RentAsync(Stop))
        {
            Assert.Equal(1, again.Connection.Number);
        }

        Assert.Equal((0, 0), (pool.Idle, pool.Used));
        Assert.Equal([1], _factory.Made.Select(static s => s.Ends));
        await using var fresh = await pool.RentAsync(Stop);
        Assert.Equal(2, fresh.Connection.Number);
    }

    [Fact]
    public async Task An_exchange_that_was_cancelled_never_leaves_its_answer_to_the_next()
    {
        var answer = new TaskCompletionSource();
        using var server = new EchoServer { BeforeAnswer = answer.Task };
        await using var pool = server.Pool();
        using var cancel = new CancellationTokenSource();
        var cancelled = AskAsync(pool, 1, cancel.Token);
        await Until(() => server.Received == 1, "the request has arrived");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
        answer.SetResult();
        Assert.Equal(0, pool.Idle);
        Assert.Equal(2, await AskAsync(pool, 2, Stop).Soon());
        Assert.Equal(3, await AskAsync(pool, 3, Stop).Soon());
        Assert.Equal(1, pool.Idle);
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public async Task Under_load_with_cancellations_no_answer_ever_crosses()
    {
        using var server = new EchoServer();
        var open = 0;
        var mostOpen = 0;
        await using var pool = new ConnectionPool<Socket>(
            async token =>
            {
                var socket = await SafeSocket.ConnectAsync("127.0.0.1", server.Port, token);
                var now = Interlocked.Increment(ref open);
                lock (server)
                {
                    mostOpen = Math.Max(mostOpen, now);
                }

                return socket;
            },
            new ConnectionPoolOptions<Socket>
            {
                MaxSize = 4,
                Close = s =>
                {
                    s.Dispose();
                    Interlocked.Decrement(ref open);
                    return default;
                },
            });
        var answered = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 100; i++)
            {
                var number = (worker << 16) | i;
                using var cancel = new CancellationTokenSource();
                if (i % 3 == 0)
                {
                    cancel.CancelAfter(TimeSpan.FromMicroseconds(random.Next(1500)));
                }

                try
                {
                    Assert.Equal(number, await AskAsync(pool, number, cancel.Token));
                    Interlocked.Increment(ref answered);
                }
                catch (OperationCanceledException) when (cancel.IsCancellationRequested)
                {
                    // Not answered, and not crossed.
                }
            }
        }))).Soon();

        Assert.True(answered >= 16 * 66);
        await Until(() => pool.Used == 0, "all are back or closed");
        Assert.InRange(pool.Idle, 0, 4);
        Assert.InRange(mostOpen, 1, 4);
        Assert.Equal(pool.Idle, open);
    }

    [Theory]
    [InlineData("end")]
    [InlineData("reset")]
    [InlineData("unread")]
    public async Task A_connection_that_its_peer_has_ended_or_that_is_out_of_step_is_not_lent(string what)
    {
        var pairs = new ConcurrentQueue<SocketPair>();
        await using var pool = new ConnectionPool<Socket>(async _ =>
        {
            var pair = await SocketPair.CreateAsync();
            pairs.Enqueue(pair);
            return pair.Near;
        });
        await CompleteOneAsync(pool);
        var first = pairs.Single();
        switch (what)
        {
            case "end":
                first.Far.Dispose();
                break;
            case "reset":
                first.ResetFar();
                break;
            default:
                await first.Far.SendAsync(new byte[1], Stop);
                break;
        }

        await Until(() => !first.Near.IsAlive(), "it has arrived");
        await using var lease = await pool.RentAsync(Stop);

        Assert.NotSame(first.Near, lease.Connection);
        Assert.True(first.Near.SafeHandle.IsClosed);
        Assert.True(lease.Connection.IsAlive());
        foreach (var pair in pairs)
        {
            pair.Dispose();
        }
    }

    [Fact]
    public async Task All_that_died_while_idle_are_skipped_and_the_one_used_last_is_lent_first()
    {
        var logger = new ListLogger();
        using var measured = new Measurements();
        await using var pool = Pool(o => { o.Logger = logger; o.Name = "skips"; o.IsUsable = static s => s.Number == 2 ? throw new InvalidOperationException("broken check") : s.IsOpen; });
        var leases = new[] { await pool.RentAsync(Stop), await Second(), await pool.RentAsync(Stop) };
        foreach (var lease in leases)
        {
            lease.Complete();
            await lease.DisposeAsync();
        }

        Assert.Equal(3, pool.Idle);
        _factory.Made.Last().IsOpen = false;
        await using var rented = await pool.RentAsync(Stop);

        Assert.Equal(3, rented.Connection.Number);
        Assert.Equal(1, pool.Idle);
        Assert.Single(logger.Entries, static e => e.Event == "PoolCheckFailed");
        Assert.Equal(2, logger.Entries.Count(static e => e.Event == "PoolClosed" && e.Text.Contains("(unusable)", StringComparison.Ordinal)));
        Assert.Contains(measured.All, static m => m.Name == "lifecycle.pool.closed" && Equals(m.Tags["lifecycle.pool.name"], "skips") && Equals(m.Tags["lifecycle.pool.close_reason"], "unusable"));

        // The second one fails its check right after it was opened; another comes in its place.
        async Task<ConnectionLease<Session>> Second()
        {
            await Assert.ThrowsAsync<NotSentException>(async () => await pool.RentAsync(Stop));
            return await pool.RentAsync(Stop);
        }
    }

    [Fact]
    public async Task Idle_time_and_age_have_their_limits()
    {
        var time = new ManualTime();
        await using var pool = Pool(o =>
        {
            o.TimeProvider = time;
            o.IdleTimeout = TimeSpan.FromSeconds(60);
            o.MaxLifetime = TimeSpan.FromSeconds(100);
        });
        var one = await pool.RentAsync(Stop);
        var two = await pool.RentAsync(Stop);
        one.Complete();
        await one.DisposeAsync();
        time.Advance(TimeSpan.FromSeconds(40));
        two.Complete();
        await two.DisposeAsync();

        // Nobody has to ask: the first one is closed when its time is over, the second one later.
        time.Advance(TimeSpan.FromSeconds(20));
        await Until(() => pool.Idle == 1, "the first has gone");
        Assert.Equal([1, 0], _factory.Made.Select(static s => s.Ends));

        // Lent it may get old; it is closed when it comes back.
        var old = await pool.RentAsync(Stop);
        Assert.Equal(2, old.Connection.Number);
        time.Advance(TimeSpan.FromSeconds(40));
        old.Complete();
        await old.DisposeAsync();
        Assert.Equal([1, 1], _factory.Made.Select(static s => s.Ends));
        Assert.Equal(0, pool.Idle);
    }

    [Fact]
    public async Task Also_by_the_clock_of_the_system()
    {
        await using var pool = Pool(static o => (o.IdleTimeout, o.MaxLifetime) = (TimeSpan.FromMilliseconds(300), TimeSpan.FromHours(1)));
        await using (var lease = await pool.RentAsync(Stop))
        {
            lease.Complete();
        }

        await Until(() => pool.Idle == 0, "it has gone");
        Assert.Equal([1], _factory.Made.Select(static s => s.Ends));
    }

    [Fact]
    public async Task There_are_never_too_many_and_who_waits_is_served_in_order()
    {
        using var measured = new Measurements();
        await using var pool = Pool(o => { o.MaxSize = 2; o.Name = "small"; });
        var one = await pool.RentAsync(Stop);
        var two = await pool.RentAsync(Stop);
        var third = pool.RentAsync(Stop).AsTask();
        var fourth = pool.RentAsync(Stop).AsTask();
        Assert.Equal((2, 2), (pool.Used, pool.Waiting));

        one.Complete();
        await one.DisposeAsync();
        var served = await third.Soon();
        Assert.Equal(1, served.Connection.Number);
        Assert.False(fourth.IsCompleted);

        // One that is closed makes room, too.
        await two.DisposeAsync();
        Assert.Equal(3, (await fourth.Soon()).Connection.Number);
        Assert.Equal(2, measured.All.Count(static m => m.Name == "lifecycle.pool.wait.duration" && Equals(m.Tags["lifecycle.pool.name"], "small")));
        Assert.Equal(3, measured.All.Count(static m => m.Name == "lifecycle.pool.create.duration" && Equals(m.Tags["lifecycle.pool.name"], "small")));
        measured.Observe();
        Assert.Equal(2, measured.All.Single(static m => m.Name == "lifecycle.pool.connections" && Equals(m.Tags["lifecycle.pool.name"], "small") && Equals(m.Tags["lifecycle.pool.state"], "used")).Value);
    }

    [Fact]
    public async Task Waits_are_bounded_in_time_and_number_and_can_be_cancelled()
    {
        var time = new ManualTime();
        await using var pool = Pool(o => { o.MaxSize = 1; o.MaxWaiters = 2; o.TimeProvider = time; o.WaitTimeout = TimeSpan.FromSeconds(3); });
        using var cancel = new CancellationTokenSource();
        var lease = await pool.RentAsync(Stop);
        var late = pool.RentAsync(Stop).AsTask();
        var cancelled = pool.RentAsync(cancel.Token).AsTask();
        await Assert.ThrowsAsync<NotSentException>(async () => await pool.RentAsync(Stop));

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pool.RentAsync(cancel.Token));
        time.Advance(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<TimeoutException>(() => late.Soon());

        Assert.Equal((1, 0), (pool.Used, pool.Waiting));
        lease.Complete();
        await lease.DisposeAsync();
        await using var next = await pool.RentAsync(Stop);
        Assert.Equal(1, next.Connection.Number);
    }

    [Fact]
    public async Task A_connection_that_cannot_be_opened_makes_room_for_the_next()
    {
        var logger = new ListLogger();
        var opened = new TaskCompletionSource();
        _factory.Before = async (call, _) =>
        {
            if (call == 1)
            {
                await opened.Task;
                throw new IOException("refused");
            }
        };
        await using var pool = Pool(o => { o.MaxSize = 1; o.Logger = logger; });
        var failing = pool.RentAsync(Stop).AsTask();
        var waiting = pool.RentAsync(Stop).AsTask();
        opened.SetResult();

        Assert.Equal("refused", (await Assert.ThrowsAsync<IOException>(() => failing.Soon())).Message);
        Assert.Equal(2, (await waiting.Soon()).Connection.Number);
        Assert.Single(logger.Entries, static e => e.Event == "PoolOpenFailed" && e.Exception is IOException);

        await using var sync = new ConnectionPool<Session>(static _ => throw new FormatException("at once"), new ConnectionPoolOptions<Session> { MaxSize = 1 });
        await Assert.ThrowsAsync<FormatException>(async () => await sync.RentAsync(Stop));
        await Assert.ThrowsAsync<FormatException>(async () => await sync.RentAsync(Stop));
        await using var none = new ConnectionPool<Session>(static _ => new ValueTask<Session>((Session)null!), new ConnectionPoolOptions<Session> { MaxSize = 1 });
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await none.RentAsync(Stop));
        await Until(() => none.Used == 0, "its place is free");
    }

    [Fact]
    public async Task A_factory_that_takes_too_long_is_given_up_and_its_late_connection_closed()
    {
        var time = new ManualTime();
        var slow = new TaskCompletionSource();
        _factory.Before = async (_, _) => await slow.Task;
        await using var pool = Pool(o => { o.MaxSize = 2; o.TimeProvider = time; o.CreationTimeout = TimeSpan.FromSeconds(5); });
        using var cancel = new CancellationTokenSource();
        var late = pool.RentAsync(Stop).AsTask();
        var cancelled = pool.RentAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
        time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => late.Soon());

        // Their places stay taken while the factory may still be holding a connection.
        Assert.Equal(2, pool.Used);
        slow.SetResult();
        await Until(() => pool.Used == 0, "the late ones are closed");
        Assert.Equal([1, 1], _factory.Made.Select(static s => s.Ends));
        Assert.Equal(0, pool.Idle);
    }

    [Fact]
    public async Task A_factory_that_heeds_its_token_is_cancelled()
    {
        var time = new ManualTime();
        _factory.Before = static (_, token) => Task.Delay(Timeout.Infinite, token);
        await using var pool = Pool(o => { o.MaxSize = 1; o.TimeProvider = time; });
        var renting = pool.RentAsync(Stop).AsTask();
        Assert.False(renting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<TimeoutException>(() => renting.Soon());
        await Until(() => pool.Used == 0, "its place is free");
    }

    [Fact]
    public async Task An_old_lease_can_do_nothing()
    {
        await using var pool = Pool();
        var first = await pool.RentAsync(Stop);
        var copy = first;
        first.Complete();
        await first.DisposeAsync();
        await first.DisposeAsync();
        var second = await pool.RentAsync(Stop);
        Assert.Equal(1, second.Connection.Number);

        Assert.Throws<ObjectDisposedException>(() => copy.Connection);
        Assert.Throws<ObjectDisposedException>(() => copy.Complete());
        copy.Dispose();
        await copy.DisposeAsync();

        Assert.Equal(1, second.Connection.Number);
        Assert.Equal((0, 1), (pool.Idle, pool.Used));
        await second.DisposeAsync();
        Assert.Equal(1, _factory.Made.Single().Ends);
        var none = default(ConnectionLease<Session>);
        Assert.Throws<ObjectDisposedException>(() => none.Connection);
        none.Dispose();
        await none.DisposeAsync();
    }

    [Fact]
    public async Task Disposing_and_clearing_close_what_is_idle_now_and_what_is_lent_later()
    {
        var pool = Pool(o => o.MaxSize = 2);
        var lent = await pool.RentAsync(Stop);
        await CompleteOneAsync(pool);
        await pool.ClearAsync();
        Assert.Equal([0, 1], _factory.Made.Select(static s => s.Ends));
        lent.Complete();
        await lent.DisposeAsync();
        Assert.Equal([1, 1], _factory.Made.Select(static s => s.Ends));

        await CompleteOneAsync(pool);
        var fresh = await pool.RentAsync(Stop);
        Assert.Equal(3, fresh.Connection.Number); // What was opened after the clearing stays.
        var other = await pool.RentAsync(Stop);
        var waiting = pool.RentAsync(Stop).AsTask();
        other.Complete();
        await pool.DisposeAsync();
        await pool.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await pool.RentAsync(Stop));
        fresh.Complete();
        fresh.Dispose();
        await other.DisposeAsync();
        Assert.Equal([1, 1, 1, 1], _factory.Made.Select(static s => s.Ends));
        Assert.Equal((0, 0), (pool.Idle, pool.Used));
    }

    [Fact]
    public async Task A_pool_disposed_while_it_opens_a_connection_closes_it()
    {
        var slow = new TaskCompletionSource();
        _factory.Before = async (_, _) => await slow.Task;
        var pool = Pool();
        var renting = pool.RentAsync(Stop).AsTask();
        await pool.DisposeAsync();
        slow.SetResult();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => renting.Soon());
        Assert.Equal(1, _factory.Made.Single().Ends);
    }

    [Fact]
    public async Task A_close_that_hangs_or_fails_holds_nobody_up_for_ever()
    {
        var time = new ManualTime();
        var logger = new ListLogger();
        await using var pool = Pool(o => { o.MaxSize = 1; o.TimeProvider = time; o.Logger = logger; });
        var hanging = new TaskCompletionSource();
        var lease = await pool.RentAsync(Stop);
        lease.Connection.OnEnd = () => hanging.Task;
        var waiting = pool.RentAsync(Stop).AsTask();
        lease.Dispose();
        await Until(() => time.Pending >= 2, "the close is being waited for");
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));

        var next = await waiting.Soon();
        Assert.Equal(2, next.Connection.Number);
        next.Connection.OnEnd = static () => throw new IOException("already reset");
        await next.DisposeAsync();
        Assert.Single(logger.Entries, static e => e.Event == "PoolCloseFailed");
        hanging.SetResult();
    }

    [Fact]
    public async Task A_server_that_is_killed_and_comes_back_is_used_again()
    {
        var server = new EchoServer();
        await using var pool = server.Pool();
        Assert.Equal(1, await AskAsync(pool, 1, Stop).Soon());
        server.Dispose();
        await Until(() => pool.Idle == 1, "it lies idle");
        await Assert.ThrowsAsync<ConnectFailedException>(() => AskAsync(pool, 2, Stop).Soon());
        await Assert.ThrowsAsync<ConnectFailedException>(() => AskAsync(pool, 3, Stop).Soon());

        using var revived = new EchoServer(server.Port);
        Assert.Equal(4, await AskAsync(pool, 4, Stop).Soon());
        Assert.Equal(5, await AskAsync(pool, 5, Stop).Soon());
        Assert.Equal(1, revived.Accepted);
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<ArgumentNullException>(() => new ConnectionPool<Session>(null!));
        AssertRefused<ArgumentOutOfRangeException>(static o => o.MaxSize = 0);
        AssertRefused<ArgumentOutOfRangeException>(static o => o.MaxWaiters = -1);
        AssertRefused<ArgumentOutOfRangeException>(static o => o.WaitTimeout = TimeSpan.Zero);
        AssertRefused<ArgumentOutOfRangeException>(static o => o.CreationTimeout = TimeSpan.Zero);
        AssertRefused<ArgumentOutOfRangeException>(static o => o.IdleTimeout = TimeSpan.Zero);
        AssertRefused<ArgumentOutOfRangeException>(static o => o.MaxLifetime = TimeSpan.Zero);
        AssertRefused<ArgumentOutOfRangeException>(static o => o.CloseTimeout = TimeSpan.Zero);
        AssertRefused<ArgumentNullException>(static o => o.TimeProvider = null!);

        void AssertRefused<TException>(Action<ConnectionPoolOptions<Session>> configure)
            where TException : Exception => Assert.Throws<TException>(() => { Pool(configure); });
    }

    private ConnectionPool<Session> Pool(Action<ConnectionPoolOptions<Session>>? configure = null)
    {
        var options = new ConnectionPoolOptions<Session> { IsUsable = static s => s.IsOpen };
        configure?.Invoke(options);
        return new ConnectionPool<Session>(token => _factory.CreateAsync("", token), options);
    }

    private static async Task CompleteOneAsync<T>(ConnectionPool<T> pool)
        where T : class
    {
        await using var lease = await pool.RentAsync(Stop);
        lease.Complete();
    }

    private static async Task<int> AskAsync(ConnectionPool<Socket> pool, int number, CancellationToken cancellationToken)
    {
        await using var lease = await pool.RentAsync(cancellationToken);
        var bytes = BitConverter.GetBytes(number);
        await lease.Connection.SendAsync(bytes, cancellationToken);
        for (var read = 0; read < 4;)
        {
            var count = await lease.Connection.ReceiveAsync(bytes.AsMemory(read), cancellationToken);
            read += count > 0 ? count : throw new IOException("The server has ended the connection.");
        }

        lease.Complete();
        return BitConverter.ToInt32(bytes);
    }
}
