using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Reuse;

public sealed class SessionRunTests
{
    private readonly SessionFactory _factory = new();

    [Fact]
    public async Task Work_gets_the_session_and_leaves_it_in_the_cache()
    {
        await using var cache = _factory.Cache();
        Assert.Equal(1, await cache.RunAsync("a", static (s, _) => new ValueTask<int>(s.Number), Stop));
        Assert.Equal(11, await cache.RunAsync("a", 10, static (s, plus, _) => new ValueTask<int>(s.Number + plus), Stop));
        var seen = 0;
        await cache.RunAsync(
            "a",
            async (s, _) =>
            {
                await Task.Yield();
                seen = s.Number;
            },
            Stop);
        Assert.Equal(1, seen);
        Assert.Equal(1, _factory.Calls);
    }

    [Fact]
    public async Task What_was_provably_not_written_is_repeated_on_a_fresh_session()
    {
        using var measured = new Measurements();
        var logger = new ListLogger();
        await using var cache = _factory.Cache(o => o.Logger = logger);

        var result = await cache.RunAsync(
            "a", static (s, _) => s.Number == 1 ? throw new NotSentException("session expired") : new ValueTask<int>(s.Number), Stop);

        Assert.Equal(2, result);
        Assert.Equal([1, 0], _factory.Made.Select(static s => s.Ends));
        Assert.Contains(logger.Entries, e => e.Event == "Replaying" && e.Exception is NotSentException);
        Assert.Single(measured.All, m => m.Name == "lifecycle.session.replays");
    }

    [Fact]
    public async Task A_result_that_says_not_open_is_repeated_and_one_that_says_unknown_is_not()
    {
        await using var cache = _factory.Cache();
        var runs = 0;
        var result = await cache.RunAsync(
            "a", (s, _) => new ValueTask<SendResult>(++runs == 1 ? SendResult.NotOpen() : SendResult.Sent), Stop);
        Assert.True(result.IsSent);
        Assert.Equal(2, runs);

        runs = 0;
        result = await cache.RunAsync(
            "a",
            (s, _) =>
            {
                runs++;
                return new ValueTask<SendResult>(SendResult.Unknown(new IOException("reset")));
            },
            Stop);
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.Equal(1, runs);
        Assert.False(cache.TryGet("a", out _)); // And the session is not used again.

        runs = 0;
        result = await cache.RunAsync(
            "a",
            (s, _) =>
            {
                runs++;
                return new ValueTask<SendResult>(SendResult.NotOpen());
            },
            Stop);
        Assert.True(result.ProvablyNotSent);
        Assert.Equal(2, runs); // Once and one repetition.
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Repetitions_are_bounded_and_the_last_failure_comes_out(int most)
    {
        await using var cache = _factory.Cache(o => o.MaxReplays = most);
        var runs = 0;
        var failure = await Assert.ThrowsAsync<NotSentException>(
            async () => await cache.RunAsync<int>("a", (_, _) => throw new NotSentException("try " + ++runs), Stop));
        Assert.Equal(most + 1, runs);
        Assert.Equal("try " + runs, failure.Message);
        Assert.Equal(runs, _factory.Calls);
        Assert.All(_factory.Made, s => Assert.Equal(1, s.Ends));
    }

    public static TheoryData<Exception> Unproven() =>
    [
        new IOException("broken pipe", new SocketException((int)SocketError.Shutdown)),
        new SocketException((int)SocketError.ConnectionReset),
        new TimeoutException(),
        new TaskCanceledException("http timeout", new TimeoutException()),
        new ObjectDisposedException("session"),
        new InvalidOperationException("application"),
    ];

    [Theory]
    [MemberData(nameof(Unproven), DisableDiscoveryEnumeration = true)]
    public async Task What_may_have_been_written_is_not_repeated_and_the_session_is_not_used_again(Exception failure)
    {
        await using var cache = _factory.Cache();
        var runs = 0;
        var thrown = await Assert.ThrowsAnyAsync<Exception>(async () => await cache.RunAsync<int>(
            "a",
            async (_, _) =>
            {
                runs++;
                await Task.Yield();
                throw failure;
            },
            Stop));

        Assert.Same(failure, thrown);
        Assert.Equal(1, runs);
        Assert.Equal(1, _factory.Made.Single().Ends);
        Assert.False(cache.TryGet("a", out _));
    }

    [Fact]
    public async Task Cancellation_in_the_middle_ends_the_session_whatever_the_options_say()
    {
        await using var cache = _factory.Cache(o =>
        {
            o.KeepsSession = static _ => true;
            o.IsSafeToReplay = static _ => true;
        });
        using var cancel = new CancellationTokenSource();
        var runs = 0;
        var run = cache.RunAsync<int>(
            "a",
            async (_, token) =>
            {
                runs++;
                await Task.Delay(Timeout.Infinite, token);
                return 0;
            },
            cancel.Token).AsTask();
        await Until(() => runs == 1, "the work has begun");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.Soon());

        Assert.Equal(1, runs);
        Assert.Equal(1, _factory.Made.Single().Ends);
        Assert.False(cache.TryGet("a", out _));
    }

    [Fact]
    public async Task A_session_is_kept_after_failures_that_say_nothing_about_it()
    {
        await using var cache = _factory.Cache(o => o.KeepsSession = static e => e is FormatException);
        await Assert.ThrowsAsync<FormatException>(async () => await cache.RunAsync<int>("a", static (_, _) => throw new FormatException(), Stop));
        Assert.True(cache.TryGet("a", out var session));
        Assert.Equal(0, session.Ends);
        await Assert.ThrowsAsync<IOException>(async () => await cache.RunAsync<int>("a", static (_, _) => throw new IOException(), Stop));
        Assert.Equal(1, session.Ends);
    }

    [Fact]
    public async Task A_predicate_that_throws_says_no_and_the_failure_comes_out()
    {
        var logger = new ListLogger();
        await using var cache = _factory.Cache(o =>
        {
            o.Logger = logger;
            o.IsSafeToReplay = static _ => throw new FormatException("replay");
            o.KeepsSession = static _ => throw new FormatException("keep");
        });
        await Assert.ThrowsAsync<IOException>(async () => await cache.RunAsync<int>("a", static (_, _) => throw new IOException(), Stop));
        Assert.Equal(1, _factory.Made.Single().Ends);
        Assert.Equal(["replay", "keep"], logger.Entries.Where(e => e.Event == "PredicateFailed").Select(e => e.Exception!.Message));
    }

    [Fact]
    public async Task A_factory_that_fails_is_not_asked_again_within_one_run()
    {
        _factory.Before = static (_, _) => Task.FromException(new SocketException((int)SocketError.ConnectionRefused));
        await using var cache = _factory.Cache(o => o.MaxReplays = 5);
        await Assert.ThrowsAsync<SocketException>(async () => await cache.RunAsync("a", static (s, _) => new ValueTask<int>(1), Stop));
        Assert.Equal(1, _factory.Calls);
    }

    [Fact]
    public async Task Over_real_sockets_a_lost_connection_is_replaced_and_nothing_is_sent_twice()
    {
        var pairs = new List<SocketPair>();
        await using var cache = new SessionCache<string, Socket>(async (_, _) =>
        {
            var pair = await SocketPair.CreateAsync();
            pairs.Add(pair);
            return pair.Near;
        });
        try
        {
            for (byte i = 0; i < 50; i++)
            {
                var sent = await cache.RunAsync("a", i, static (s, value, token) => s.TrySendAsync(new[] { value }, token), Stop);
                Assert.True(sent.IsSent);
                var far = pairs[^1].Far;
                Assert.Equal([i], await pairs[^1].ReceiveFarAsync(1));
                Assert.Equal(0, far.Available);
                if (i % 2 == 0)
                {
                    far.Dispose();
                }
                else
                {
                    pairs[^1].ResetFar();
                }

                await Until(() => !pairs[^1].Near.IsAlive(), "the end has arrived");
            }

            Assert.Equal(50, pairs.Count);
        }
        finally
        {
            pairs.ForEach(static p => p.Dispose());
        }
    }

    [Fact]
    public async Task Null_is_a_mistake()
    {
        await using var cache = _factory.Cache();
        Assert.Throws<ArgumentNullException>(() => { _ = cache.RunAsync("a", (Func<Session, CancellationToken, ValueTask<int>>)null!, Stop); });
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await cache.RunAsync("a", (Func<Session, CancellationToken, ValueTask>)null!, Stop));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await cache.GetAsync(null!, Stop));
    }
}
