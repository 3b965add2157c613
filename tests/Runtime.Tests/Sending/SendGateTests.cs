using System.Collections.Concurrent;

namespace LifecycleAnalyzers.Runtime.Tests.Sending;

public sealed class SendGateTests
{
    [Fact]
    public async Task One_at_a_time_in_the_order_of_arrival()
    {
        using var gate = new SendGate();
        var order = new List<int>();
        var inside = 0;
        var first = await gate.EnterAsync(Stop);
        var others = new List<Task>();
        for (var i = 0; i < 50; i++)
        {
            others.Add(SendAsync(i));
            Assert.Equal(i + 1, gate.Waiting);
        }

        first.Dispose();
        await Task.WhenAll(others).Soon();

        Assert.Equal(Enumerable.Range(0, 50), order);
        Assert.Equal(0, gate.Waiting);

        async Task SendAsync(int number)
        {
            using (await gate.EnterAsync(Stop).ConfigureAwait(false))
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                order.Add(number);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
        }
    }

    [Fact]
    public async Task Under_contention_of_threads_and_tasks_nobody_overlaps_and_nobody_is_lost()
    {
        using var gate = new SendGate(new SendGateOptions { MaxWaiters = int.MaxValue });
        var inside = 0;
        var sent = 0;
        var cancelled = 0;
        var tasks = Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 500; i++)
            {
                using var cancel = new CancellationTokenSource();
                try
                {
                    if (i % 4 == 0)
                    {
                        using (gate.Enter(Stop))
                        {
                            Inside();
                        }
                    }
                    else
                    {
                        if (i % 4 == 1)
                        {
                            cancel.CancelAfter(TimeSpan.FromMicroseconds(random.Next(200)));
                        }

                        using (await gate.EnterAsync(cancel.Token))
                        {
                            Inside();
                            if (i % 4 == 2)
                            {
                                await Task.Yield();
                            }
                        }
                    }

                    Interlocked.Increment(ref sent);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref cancelled);
                }
            }
        })).ToArray();

        await Task.WhenAll(tasks).Soon();

        Assert.Equal(8 * 500, sent + cancelled);
        Assert.True(gate.TryEnter(out _));

        void Inside()
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            Thread.SpinWait(50);
            Interlocked.Decrement(ref inside);
        }
    }

    [Fact]
    public async Task A_turn_is_given_back_once()
    {
        using var gate = new SendGate();
        var first = await gate.EnterAsync(Stop);
        var copy = first;
        first.Dispose();
        var second = await gate.EnterAsync(Stop);

        copy.Dispose();
        first.Dispose();
        default(SendGate.Turn).Dispose();

        Assert.False(gate.TryEnter(out var none));
        none.Dispose();
        Assert.False(gate.TryEnter(out _));
        second.Dispose();
        Assert.True(gate.TryEnter(out var third));
        third.Dispose();
    }

    [Fact]
    public async Task Cancelling_a_wait_leaves_the_queue_and_its_order()
    {
        using var gate = new SendGate();
        using var cancel = new CancellationTokenSource();
        var holder = await gate.EnterAsync(Stop);
        var first = gate.EnterAsync(Stop).AsTask();
        var cancelled = gate.EnterAsync(cancel.Token).AsTask();
        var send = gate.TrySendAsync(static _ => throw new InvalidOperationException("must not be called"), cancel.Token).AsTask();
        var last = gate.EnterAsync(Stop).AsTask();
        var blocked = Task.Run(() => gate.Enter(cancel.Token));
        await Until(() => gate.Waiting == 5, "all five wait");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked.Soon());
        Assert.Equal(2, gate.Waiting);
        holder.Dispose();
        (await first.Soon()).Dispose();
        (await last.Soon()).Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await gate.EnterAsync(cancel.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => gate.Enter(cancel.Token));
        Assert.True(gate.TryEnter(out _));
    }

    [Fact]
    public async Task Disposing_ends_the_waits_and_lets_the_sender_finish()
    {
        var gate = new SendGate();
        var holder = await gate.EnterAsync(Stop);
        var waiting = gate.EnterAsync(Stop).AsTask();
        var sending = gate.TrySendAsync(static _ => default, Stop).AsTask();
        var exchange = gate.ExchangeAsync(static _ => new ValueTask<int>(1), Stop).AsTask();
        var blocked = Task.Run(() => gate.Enter(Stop));
        await Until(() => gate.Waiting == 4, "all four wait");

        gate.Dispose();
        gate.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => exchange.Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => blocked.Soon());
        var result = await sending.Soon();
        Assert.True(result.ProvablyNotSent);
        Assert.Null(result.Exception);
        holder.Dispose();
        Assert.False(gate.IsOpen);
        Assert.False(gate.TryEnter(out _));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await gate.EnterAsync(Stop));
        Assert.Throws<ObjectDisposedException>(() => gate.Enter(Stop));
        Assert.Throws<ObjectDisposedException>(() => gate.Reopen());
        Assert.True((await gate.TrySendAsync(static _ => default, Stop)).ProvablyNotSent);
    }

    [Fact]
    public async Task A_full_queue_refuses_the_newest()
    {
        using var measured = new Measurements();
        using var gate = new SendGate(new SendGateOptions { MaxWaiters = 1, Name = "prices" });
        var holder = await gate.EnterAsync(Stop);
        var waiting = gate.EnterAsync(Stop).AsTask();

        var refused = await Assert.ThrowsAsync<NotSentException>(async () => await gate.EnterAsync(Stop));
        Assert.Contains("prices", refused.Message, StringComparison.Ordinal);
        Assert.Throws<NotSentException>(() => gate.Enter(Stop));
        var result = await gate.TrySendAsync(static _ => default, Stop);
        Assert.True(result.ProvablyNotSent);
        Assert.IsType<NotSentException>(result.Exception);
        Assert.True(Replay.IsSafe(refused));

        holder.Dispose();
        (await waiting.Soon()).Dispose();
        Assert.Equal(3, measured.All.Count(static m => m.Name == "lifecycle.gate.refusals" && Equals(m.Tags["lifecycle.gate.reason"], "full")));
        Assert.Single(measured.All, static m => m.Name == "lifecycle.gate.wait.duration" && Equals(m.Tags["lifecycle.gate.name"], "prices"));
    }

    [Fact]
    public async Task Or_the_oldest_that_waits()
    {
        using var gate = new SendGate(new SendGateOptions { MaxWaiters = 2, WhenFull = SendGateFullMode.RefuseOldest });
        var holder = await gate.EnterAsync(Stop);
        var oldest = gate.TrySendAsync(static _ => default, Stop).AsTask();
        var older = gate.EnterAsync(Stop).AsTask();
        var newest = gate.EnterAsync(Stop).AsTask();

        Assert.True((await oldest.Soon()).ProvablyNotSent);
        holder.Dispose();
        (await older.Soon()).Dispose();
        (await newest.Soon()).Dispose();
    }

    [Theory]
    [InlineData(SendGateFullMode.RefuseNewest)]
    [InlineData(SendGateFullMode.RefuseOldest)]
    public async Task Without_a_queue_a_taken_gate_refuses(SendGateFullMode mode)
    {
        using var gate = new SendGate(new SendGateOptions { MaxWaiters = 0, WhenFull = mode });
        using (await gate.EnterAsync(Stop))
        {
            await Assert.ThrowsAsync<NotSentException>(async () => await gate.EnterAsync(Stop));
        }

        Assert.True((await gate.TrySendAsync(static _ => default, Stop)).IsSent);
    }

    [Fact]
    public async Task A_send_answers_what_is_known()
    {
        using var gate = new SendGate();
        var calls = new ConcurrentQueue<string>();

        Assert.True((await gate.TrySendAsync("a", (s, _) => { calls.Enqueue(s); return default; }, Stop)).IsSent);
        Assert.True((await gate.TrySendAsync("b", async (s, _) => { await Task.Yield(); calls.Enqueue(s); }, Stop)).IsSent);
        Assert.Equal(["a", "b"], calls);
        Assert.Equal(SendOutcome.Unknown, (await gate.TrySendAsync(static _ => throw new IOException("reset"), Stop)).Outcome);
        Assert.Equal(SendOutcome.Unknown, (await gate.TrySendAsync(static async _ => { await Task.Yield(); throw new IOException("reset"); }, Stop)).Outcome);
        Assert.Equal(SendOutcome.NotOpen, (await gate.TrySendAsync(static _ => throw new NotSentException(), Stop)).Outcome);
        await Assert.ThrowsAsync<ArgumentException>(async () => await gate.TrySendAsync(static _ => throw new ArgumentException("mine"), Stop));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await gate.TrySendAsync(static async _ => { await Task.Yield(); throw new ArgumentException("mine"); }, Stop));

        // A failure is the connection's to tell the next time; the gate stays open.
        Assert.True(gate.IsOpen);
        Assert.True(gate.TryEnter(out _));
    }

    [Fact]
    public async Task A_send_after_a_wait_answers_the_same()
    {
        using var gate = new SendGate();
        var holder = await gate.EnterAsync(Stop);
        var sent = gate.TrySendAsync(static _ => default, Stop).AsTask();
        var failed = gate.TrySendAsync(static _ => throw new IOException("reset"), Stop).AsTask();
        var mistaken = gate.TrySendAsync(static _ => throw new ArgumentException("mine"), Stop).AsTask();
        holder.Dispose();

        Assert.True((await sent.Soon()).IsSent);
        Assert.Equal("reset", (await failed.Soon()).Exception?.Message);
        await Assert.ThrowsAsync<ArgumentException>(() => mistaken.Soon());
        Assert.True(gate.TryEnter(out _));
    }

    [Fact]
    public async Task A_send_cancelled_in_its_middle_closes_the_gate_for_those_who_wait()
    {
        Exception? told = null;
        var logger = new ListLogger();
        using var gate = new SendGate(new SendGateOptions { OnFault = e => told = e, Logger = logger });
        using var cancel = new CancellationTokenSource();
        var torn = gate.TrySendAsync(static async token => await Task.Delay(Timeout.Infinite, token), cancel.Token).AsTask();
        var waiting = gate.TrySendAsync(static _ => default, Stop).AsTask();
        var entering = gate.EnterAsync(Stop).AsTask();

        await cancel.CancelAsync();

        var result = await torn.Soon();
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        var refused = await waiting.Soon();
        Assert.True(refused.ProvablyNotSent);
        Assert.Same(result.Exception, refused.Exception?.InnerException);
        await Assert.ThrowsAsync<NotSentException>(() => entering.Soon());
        Assert.False(gate.IsOpen);
        Assert.Same(result.Exception, told);
        Assert.Single(logger.Entries, static e => e.Event == "GateFaulted");
        Assert.False(gate.TryEnter(out _));

        Assert.True(gate.Reopen());
        Assert.False(gate.Reopen());
        Assert.True((await gate.TrySendAsync(static _ => default, Stop)).IsSent);
    }

    [Fact]
    public async Task An_exchange_that_fails_closes_the_gate()
    {
        using var gate = new SendGate();
        Assert.Equal(7, await gate.ExchangeAsync(static _ => new ValueTask<int>(7), Stop));
        Assert.Equal(8, await gate.ExchangeAsync(8, static async (n, _) => { await Task.Yield(); return n; }, Stop));
        await Assert.ThrowsAsync<NotSentException>(async () => await gate.ExchangeAsync<int>(static _ => throw new NotSentException(), Stop));
        Assert.True(gate.IsOpen);

        var holder = await gate.EnterAsync(Stop);
        var failing = gate.ExchangeAsync<int>(static async _ => { await Task.Yield(); throw new FormatException("half an answer"); }, Stop).AsTask();
        var next = gate.ExchangeAsync(static _ => new ValueTask<int>(9), Stop).AsTask();
        holder.Dispose();

        await Assert.ThrowsAsync<FormatException>(() => failing.Soon());
        var refused = await Assert.ThrowsAsync<NotSentException>(() => next.Soon());
        Assert.IsType<FormatException>(refused.InnerException);
        await Assert.ThrowsAsync<NotSentException>(async () => await gate.EnterAsync(Stop));
    }

    [Fact]
    public async Task Whose_failures_keep_the_gate_open_is_the_callers_to_say_except_for_cancellations()
    {
        var logger = new ListLogger();
        using var gate = new SendGate(new SendGateOptions
        {
            KeepsOpen = static e => e is InvalidDataException ? throw new InvalidOperationException("broken predicate") : true,
            OnFault = static _ => throw new InvalidOperationException("broken callback"),
            Logger = logger,
        });

        await Assert.ThrowsAsync<FormatException>(async () => await gate.ExchangeAsync<int>(static _ => throw new FormatException(), Stop));
        Assert.True(gate.IsOpen);
        await Assert.ThrowsAsync<TimeoutException>(async () => await gate.ExchangeAsync<int>(static _ => throw new TimeoutException(), Stop));
        Assert.False(gate.IsOpen);
        gate.Reopen();
        await Assert.ThrowsAsync<InvalidDataException>(async () => await gate.ExchangeAsync<int>(static _ => throw new InvalidDataException(), Stop));
        Assert.False(gate.IsOpen);
        Assert.Equal(
            ["GateFaulted", "GateCallbackFailed", "GatePredicateFailed", "GateFaulted", "GateCallbackFailed"], logger.Entries.Select(static e => e.Event));
    }

    [Fact]
    public async Task Answers_of_a_slow_peer_never_cross()
    {
        // A peer that echoes, over a real connection that all share; some exchanges are cancelled in the middle.
        using var pair = await SocketPair.CreateAsync();
        var echo = EchoAsync(pair.Far);
        using var gate = new SendGate();
        var crossed = 0;
        var answered = 0;
        await Task.WhenAll(Enumerable.Range(1, 200).Select(async number =>
        {
            using var cancel = new CancellationTokenSource();
            if (number == 150)
            {
                cancel.CancelAfter(1);
            }

            try
            {
                var answer = await gate.ExchangeAsync(
                    (pair.Near, number),
                    static async (s, token) =>
                    {
                        var bytes = BitConverter.GetBytes(s.number);
                        await s.Near.SendAsync(bytes, token);
                        await s.Near.ReceiveAsync(bytes, token);
                        return BitConverter.ToInt32(bytes);
                    },
                    cancel.Token);
                Interlocked.Increment(ref answered);
                if (answer != number)
                {
                    Interlocked.Increment(ref crossed);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or NotSentException)
            {
                // Not answered, and not crossed.
            }
        })).Soon();
        pair.Near.Dispose();
        await echo.Soon();

        Assert.Equal(0, crossed);
        Assert.True(answered >= 149);

        static async Task EchoAsync(System.Net.Sockets.Socket far)
        {
            var buffer = new byte[4];
            int read;
            while ((read = await far.ReceiveAsync(buffer)) > 0)
            {
                await Task.Yield();
                await far.SendAsync(buffer.AsMemory(0, read));
            }
        }
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SendGate(new SendGateOptions { MaxWaiters = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SendGate(new SendGateOptions { WhenFull = (SendGateFullMode)7 }));
        Assert.Throws<ArgumentNullException>(() => new SendGate(new SendGateOptions { TimeProvider = null! }));
        using var gate = new SendGate();
        Assert.Throws<ArgumentNullException>(() => { _ = gate.TrySendAsync(null!, Stop); });
        Assert.Throws<ArgumentNullException>(() => { _ = gate.ExchangeAsync<int>(null!, Stop); });
    }
}
