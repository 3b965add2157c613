using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime.Tests.Reuse;

public sealed class SessionCacheTests
{
    private readonly SessionFactory _factory = new();

    [Fact]
    public async Task One_session_a_key_is_created_and_kept()
    {
        await using var cache = _factory.Cache();
        var a = await cache.GetAsync("a", Stop);
        var b = await cache.GetAsync("b", Stop);
        Assert.NotSame(a, b);
        Assert.Same(a, await cache.GetAsync("a", Stop));
        Assert.True(cache.TryGet("b", out var again));
        Assert.Same(b, again);
        Assert.False(cache.TryGet("c", out _));
        Assert.Equal(2, _factory.Calls);
    }

    [Fact]
    public async Task Keys_are_compared_as_the_comparer_says()
    {
        await using var cache = new SessionCache<string, Session>(_factory.CreateAsync, null, StringComparer.OrdinalIgnoreCase);
        Assert.Same(await cache.GetAsync("Host", Stop), await cache.GetAsync("HOST", Stop));
    }

    [Fact]
    public async Task Under_contention_the_factory_is_called_once()
    {
        for (var round = 0; round < 50; round++)
        {
            var factory = new SessionFactory { Before = static (_, _) => Task.Delay(1, Stop) };
            await using var cache = factory.Cache();
            using var go = new ManualResetEventSlim();
            var gets = Enumerable.Range(0, 32).Select(i => Task.Run(
                async () =>
                {
                    go.Wait(Stop);
                    return await cache.GetAsync("a", Stop);
                },
                Stop)).ToArray();
            go.Set();
            var sessions = await Task.WhenAll(gets).Soon();
            Assert.Equal(1, factory.Calls);
            Assert.All(sessions, s => Assert.Same(sessions[0], s));
        }
    }

    [Fact]
    public async Task A_failed_creation_reaches_all_that_wait_and_is_not_kept()
    {
        var gate = new TaskCompletionSource();
        _factory.Before = (call, _) => call == 1 ? gate.Task : Task.CompletedTask;
        var logger = new ListLogger();
        await using var cache = _factory.Cache(o => o.Logger = logger);

        var waiting = Enumerable.Range(0, 5).Select(_ => cache.GetAsync("a", Stop).AsTask()).ToArray();
        var failure = new SocketException((int)SocketError.ConnectionRefused);
        gate.SetException(failure);
        foreach (var wait in waiting)
        {
            Assert.Same(failure, await Assert.ThrowsAsync<SocketException>(() => wait.Soon()));
        }

        Assert.Equal(1, _factory.Calls);
        Assert.Equal(2, (await cache.GetAsync("a", Stop)).Number);
        Assert.Contains(logger.Entries, e => e.Event == "SessionCreationFailed" && ReferenceEquals(e.Exception, failure) && e.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task A_factory_that_throws_at_once_or_returns_null_is_asked_again()
    {
        var calls = 0;
        await using var cache = new SessionCache<string, Session>((_, _) => ++calls switch
        {
            1 => throw new IOException("no"),
            2 => new ValueTask<Session>((Session)null!),
            _ => new ValueTask<Session>(new Session(calls)),
        });

        await Assert.ThrowsAsync<IOException>(async () => await cache.GetAsync("a", Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await cache.GetAsync("a", Stop));
        Assert.Equal(3, (await cache.GetAsync("a", Stop)).Number);
    }

    [Fact]
    public async Task A_factory_that_was_cancelled_by_itself_is_asked_again()
    {
        _factory.Before = static (call, _) => call == 1 ? Task.FromCanceled(new CancellationToken(true)) : Task.CompletedTask;
        await using var cache = _factory.Cache();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cache.GetAsync("a", Stop));
        Assert.Equal(2, (await cache.GetAsync("a", Stop)).Number);
    }

    [Fact]
    public async Task Who_cancels_its_wait_leaves_the_others_waiting()
    {
        var gate = new TaskCompletionSource();
        var token = CancellationToken.None;
        _factory.Before = (_, t) =>
        {
            token = t;
            return gate.Task;
        };
        await using var cache = _factory.Cache();
        using var cancel = new CancellationTokenSource();

        var first = cache.GetAsync("a", cancel.Token).AsTask(); // The one that started the creation is no other than the rest.
        var second = cache.GetAsync("a", Stop).AsTask();
        await cancel.CancelAsync();
        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon())).CancellationToken);
        Assert.False(second.IsCompleted);
        Assert.False(token.IsCancellationRequested);

        gate.SetResult();
        Assert.Equal(1, (await second.Soon()).Number);
        Assert.Equal(1, _factory.Calls);
    }

    [Fact]
    public async Task When_nobody_waits_any_more_the_creation_is_cancelled_and_not_kept()
    {
        var cancelled = new TaskCompletionSource();
        _factory.Before = async (call, t) =>
        {
            if (call == 1)
            {
                await using var registration = t.Register(cancelled.SetResult);
                await Task.Delay(Timeout.Infinite, t);
            }
        };
        await using var cache = _factory.Cache();
        using var cancel = new CancellationTokenSource();

        var waits = new[] { cache.GetAsync("a", cancel.Token).AsTask(), cache.GetAsync("a", cancel.Token).AsTask() };
        await Until(() => _factory.Calls == 1, "the factory was called");
        await cancel.CancelAsync();
        foreach (var wait in waits)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.Soon());
        }

        await cancelled.Task.Soon();
        Assert.Equal(2, (await cache.GetAsync("a", Stop)).Number);
    }

    [Fact]
    public async Task A_session_that_comes_when_nobody_waits_any_more_is_ended()
    {
        var gate = new TaskCompletionSource();
        _factory.Before = (call, _) => call == 1 ? gate.Task : Task.CompletedTask; // Ignores its token.
        await using var cache = _factory.Cache();
        using var cancel = new CancellationTokenSource();

        var wait = cache.GetAsync("a", cancel.Token).AsTask();
        await Until(() => _factory.Calls == 1, "the factory was called");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.Soon());
        var fresh = await cache.GetAsync("a", Stop);
        gate.SetResult();
        await Until(() => _factory.Made.Count == 2 && _factory.Made.Single(s => s.Number == 1).Ends == 1, "the late session was ended");

        Assert.Equal(2, fresh.Number);
        Assert.Same(fresh, await cache.GetAsync("a", Stop));
        Assert.Equal(0, fresh.Ends);
    }

    [Fact]
    public async Task Cancelled_before_it_asks()
    {
        await using var cache = _factory.Cache();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cache.GetAsync("a", new CancellationToken(true)));
        Assert.Equal(0, _factory.Calls);
    }

    [Fact]
    public async Task A_creation_that_takes_too_long_is_given_up()
    {
        var time = new ManualTime();
        var gate = new TaskCompletionSource();
        _factory.Before = (call, _) => call == 1 ? gate.Task : Task.CompletedTask; // Ignores its token.
        await using var cache = _factory.Cache(o =>
        {
            o.TimeProvider = time;
            o.CreationTimeout = TimeSpan.FromSeconds(5);
        });

        var wait = cache.GetAsync("a", Stop).AsTask();
        await Until(() => _factory.Calls == 1, "the factory was called");
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(wait.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => wait.Soon());
        Assert.Contains("5 s", failure.Message, StringComparison.Ordinal);

        gate.SetResult();
        await Until(() => _factory.Made.TryPeek(out var late) && late.Ends == 1, "the late session was ended");
        Assert.Equal(2, (await cache.GetAsync("a", Stop)).Number);
        await Until(() => time.Pending == 0, "no timer is left");
    }

    [Fact]
    public async Task A_factory_that_heeds_its_token_times_out_too()
    {
        var time = new ManualTime();
        _factory.Before = static (_, t) => Task.Delay(Timeout.Infinite, t);
        await using var cache = _factory.Cache(o => o.TimeProvider = time);
        var wait = cache.GetAsync("a", Stop).AsTask();
        await Until(() => _factory.Calls == 1, "the factory was called");
        time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<TimeoutException>(() => wait.Soon());
    }

    [Fact]
    public async Task A_session_is_checked_at_every_use_and_replaced()
    {
        await using var cache = _factory.Cache();
        var first = await cache.GetAsync("a", Stop);
        first.IsOpen = false;

        var second = await cache.GetAsync("a", Stop);
        Assert.NotSame(first, second);
        Assert.Equal(1, first.Ends);

        second.IsOpen = false;
        Assert.False(cache.TryGet("a", out _));
        Assert.Equal(1, second.Ends);
        Assert.Equal(2, _factory.Calls);
    }

    [Fact]
    public async Task A_check_that_throws_counts_as_unusable_and_is_logged()
    {
        var logger = new ListLogger();
        var broken = false;
        await using var cache = _factory.Cache(o =>
        {
            o.Logger = logger;
            o.IsUsable = s => !(broken && s.Number == 1) ? true : throw new ObjectDisposedException("inner");
        });
        var first = await cache.GetAsync("a", Stop);
        broken = true;
        Assert.Equal(2, (await cache.GetAsync("a", Stop)).Number);
        Assert.Equal(1, first.Ends);
        Assert.Contains(logger.Entries, e => e.Event == "SessionCheckFailed" && e.Exception is ObjectDisposedException);
    }

    [Fact]
    public async Task A_factory_that_makes_unusable_sessions_is_a_failure_and_no_endless_loop()
    {
        await using var cache = _factory.Cache(o => o.IsUsable = static _ => false);
        await Assert.ThrowsAsync<NotSentException>(async () => await cache.GetAsync("a", Stop));
        Assert.Equal(1, _factory.Calls);
        await Until(() => _factory.Made.Single().Ends == 1, "it was ended");
    }

    [Fact]
    public async Task An_invalidated_session_is_gone_before_it_ends_and_ends_once()
    {
        await using var cache = _factory.Cache();
        var session = await cache.GetAsync("a", Stop);
        bool? seen = null;
        bool? invalidatedAgain = null;
        session.OnEnd = () =>
        {
            seen = cache.TryGet("a", out _); // What a callback of the session finds.
            invalidatedAgain = cache.Invalidate("a", session);
            return Task.CompletedTask;
        };

        Assert.True(cache.Invalidate("a", session));
        Assert.False(cache.Invalidate("a", session));

        Assert.False(seen);
        Assert.False(invalidatedAgain);
        Assert.Equal(1, session.Ends);
    }

    [Fact]
    public async Task A_late_invalidation_does_not_hit_the_successor()
    {
        await using var cache = _factory.Cache();
        var first = await cache.GetAsync("a", Stop);
        Assert.True(cache.Invalidate("a", first));
        var second = await cache.GetAsync("a", Stop);
        Assert.False(cache.Invalidate("a", first));
        Assert.Equal(0, second.Ends);
        Assert.Same(second, await cache.GetAsync("a", Stop));
        Assert.Throws<ArgumentNullException>(() => cache.Invalidate("a", null!));
    }

    [Fact]
    public async Task Invalidated_by_many_at_once_it_ends_once()
    {
        await using var cache = _factory.Cache();
        for (var i = 0; i < 100; i++)
        {
            var session = await cache.GetAsync("a", Stop);
            var removed = 0;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
                () =>
                {
                    if (cache.Invalidate("a", session))
                    {
                        Interlocked.Increment(ref removed);
                    }
                },
                Stop))).Soon();
            Assert.Equal(1, removed);
            Assert.Equal(1, session.Ends);
        }
    }

    [Fact]
    public async Task A_failing_end_is_logged_and_counted_not_thrown()
    {
        using var measured = new Measurements();
        var logger = new ListLogger();
        await using var cache = _factory.Cache(o =>
        {
            o.Logger = logger;
            o.Name = "brokers";
        });
        var session = await cache.GetAsync("a", Stop);
        session.OnEnd = static () => Task.FromException(new IOException("bad end"));

        Assert.True(cache.Invalidate("a", session));

        Assert.Contains(logger.Entries, e => e.Event == "SessionDisposeFailed" && e.Exception!.Message == "bad end" && e.Text.StartsWith("brokers:", StringComparison.Ordinal));
        var failure = Assert.Single(measured.All, m => m.Name == "lifecycle.session.dispose.failures");
        Assert.Equal("brokers", failure.Tags["lifecycle.cache.name"]);
        var ended = Assert.Single(measured.All, m => m.Name == "lifecycle.session.ended");
        Assert.Equal("invalidated", ended.Tags["lifecycle.session.end_reason"]);
        await Until(() => measured.All.Any(m => m.Name == "lifecycle.session.create.duration"), "the creation was measured");
    }

    [Fact]
    public async Task A_logger_that_throws_keeps_nobody_waiting()
    {
        await using var cache = _factory.Cache(static o => o.Logger = new ThrowingLogger());
        var session = await cache.GetAsync("a", Stop).AsTask().Soon();
        Assert.True(cache.Invalidate("a", session));
        Assert.Equal(1, session.Ends);
        _factory.Before = static (_, _) => throw new IOException("no");
        await Assert.ThrowsAsync<IOException>(() => cache.GetAsync("a", Stop).AsTask().Soon());
    }

    [Fact]
    public async Task The_own_way_to_end_a_session_is_used_instead_of_disposal()
    {
        var ended = new List<Session>();
        await using var cache = _factory.Cache(o => o.End = s =>
        {
            ended.Add(s);
            return default;
        });
        var session = await cache.GetAsync("a", Stop);
        cache.Invalidate("a", session);
        Assert.Same(session, Assert.Single(ended));
        Assert.Equal(0, session.Ends);
    }

    [Fact]
    public async Task The_factory_runs_without_the_callers_context()
    {
        var local = new AsyncLocal<string> { Value = "request 1" };
        string? seen = "unset";
        _factory.Before = (_, _) =>
        {
            seen = local.Value;
            return Task.CompletedTask;
        };
        await using var cache = _factory.Cache();
        await cache.GetAsync("a", Stop);
        Assert.Null(seen);
        Assert.Equal("request 1", local.Value);

        Task<Session> suppressed;
        using (ExecutionContext.SuppressFlow())
        {
            suppressed = cache.GetAsync("b", Stop).AsTask();
        }

        await suppressed.Soon();
    }

    [Fact]
    public async Task Disposing_ends_all_sessions_once_and_waits_for_them()
    {
        var cache = _factory.Cache();
        var sessions = new[] { await cache.GetAsync("a", Stop), await cache.GetAsync("b", Stop) };
        var gate = new TaskCompletionSource();
        sessions[0].OnEnd = () => gate.Task;

        var first = cache.DisposeAsync().AsTask();
        var second = cache.DisposeAsync().AsTask();
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);
        gate.SetResult();
        await first.Soon();
        await second.Soon();
        await cache.DisposeAsync();

        Assert.All(sessions, s => Assert.Equal(1, s.Ends));
    }

    [Fact]
    public async Task Disposing_waits_for_sessions_that_are_already_ending()
    {
        var cache = _factory.Cache();
        var session = await cache.GetAsync("a", Stop);
        var gate = new TaskCompletionSource();
        session.OnEnd = () => gate.Task;
        Assert.True(cache.Invalidate("a", session));
        var disposal = cache.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        gate.SetResult();
        await disposal.Soon();
    }

    [Fact]
    public async Task After_disposal_it_says_so()
    {
        var cache = _factory.Cache();
        var session = await cache.GetAsync("a", Stop);
        await cache.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await cache.GetAsync("a", Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await cache.RunAsync("a", static (s, _) => new ValueTask<int>(s.Number), Stop));
        Assert.False(cache.TryGet("a", out _));
        Assert.False(cache.Invalidate("a", session));
        Assert.Equal(1, session.Ends);
        Assert.Equal(1, _factory.Calls);
    }

    [Fact]
    public async Task Disposal_releases_who_waits_and_ends_what_comes_later()
    {
        var gate = new TaskCompletionSource();
        var token = CancellationToken.None;
        _factory.Before = (_, t) =>
        {
            token = t;
            return gate.Task;
        };
        var cache = _factory.Cache();
        var wait = cache.GetAsync("a", Stop).AsTask();
        await Until(() => _factory.Calls == 1, "the factory was called");

        await cache.DisposeAsync().AsTask().Soon();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => wait.Soon());
        await Until(() => token.IsCancellationRequested, "the factory's token is cancelled");
        gate.SetResult();
        await Until(() => _factory.Made.TryPeek(out var late) && late.Ends == 1, "the late session was ended");
    }

    [Fact]
    public async Task Sockets_and_streams_are_checked_without_being_told_how()
    {
        using var first = await SocketPair.CreateAsync();
        using var second = await SocketPair.CreateAsync();
        var pairs = new Queue<SocketPair>([first, second]);
        await using var cache = new SessionCache<string, Socket>((_, _) => new ValueTask<Socket>(pairs.Dequeue().Near));

        var session = await cache.GetAsync("a", Stop);
        Assert.Same(first.Near, session);
        Assert.Same(session, await cache.GetAsync("a", Stop));
        first.Far.Dispose();
        await Until(() => !session.IsAlive(), "the FIN has arrived");

        Assert.Same(second.Near, await cache.GetAsync("a", Stop));
        Assert.Throws<ObjectDisposedException>(() => session.Available);
    }

    [Fact]
    public async Task Under_load_with_ends_and_failures_every_session_is_ended_exactly_once()
    {
        _factory.Before = static (call, _) => call % 7 == 0 ? Task.FromException(new IOException("now and then")) : Task.CompletedTask;
        var cache = _factory.Cache();
        var workers = Enumerable.Range(0, 8).Select(w => Task.Run(
            async () =>
            {
                for (var i = 0; i < 1500; i++)
                {
                    var key = (i % 3).ToString(System.Globalization.CultureInfo.InvariantCulture);
                    using var cancel = new CancellationTokenSource();
                    try
                    {
                        var get = cache.GetAsync(key, cancel.Token);
                        if ((i + w) % 11 == 0)
                        {
                            await cancel.CancelAsync();
                        }

                        var session = await get;
                        if ((i + w) % 5 == 0)
                        {
                            cache.Invalidate(key, session);
                        }
                    }
                    catch (Exception e) when (e is IOException or OperationCanceledException)
                    {
                        // Expected now and then.
                    }
                }
            },
            Stop)).ToArray();
        await Task.WhenAll(workers).Soon();
        await cache.DisposeAsync().AsTask().Soon();

        await Until(() => _factory.Made.All(s => s.Ends == 1), "every session was ended");
        Assert.All(_factory.Made, s => Assert.Equal(1, s.Ends));
        Assert.True(_factory.Calls > 100);
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<ArgumentNullException>(() => new SessionCache<string, Session>(null!));
        Assert.Throws<ArgumentNullException>(() => _factory.Cache(o => o.TimeProvider = null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => _factory.Cache(o => o.MaxReplays = -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _factory.Cache(o => o.CreationTimeout = TimeSpan.Zero));
        Assert.NotNull(_factory.Cache(o => o.CreationTimeout = Timeout.InfiniteTimeSpan));
    }

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("the disk is full");
    }
}
