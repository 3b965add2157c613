namespace LifecycleAnalyzers.Runtime.Tests.Faults;

/// <summary>Gate and pool where threads meet at the ways that need no lock, as often as a few seconds allow.</summary>
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

    [Fact]
    public async Task A_pool_that_is_rented_from_cancelled_and_cleared_at_once_lends_no_connection_twice_and_loses_none()
    {
        var (lent, most) = (0, 0);
        var options = new ConnectionPoolOptions<Lent>
        {
            MaxSize = 3,
            MaxWaiters = 3,
            IsUsable = static c => !c.IsClosed,
            Close = c =>
            {
                c.IsClosed = true;
                return default;
            },
        };
        await using var pool = new ConnectionPool<Lent>(static _ => new ValueTask<Lent>(new Lent()), options);

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

                    await using var lease = await pool.RentAsync(cancel.Token);
                    Most(ref most, Interlocked.Increment(ref lent));
                    Assert.Equal(1, Interlocked.Increment(ref lease.Connection.Users));
                    if (way < 4)
                    {
                        await Task.Yield();
                    }

                    Assert.False(lease.Connection.IsClosed);
                    Interlocked.Decrement(ref lease.Connection.Users);
                    Interlocked.Decrement(ref lent);
                    if (way != 2)
                    {
                        lease.Complete();
                        await lease.DisposeAsync();
                    }
                }
                catch (Exception e) when (e is NotSentException or OperationCanceledException)
                {
                }
            }
        });

        Assert.InRange(most, 1, 3);
        Assert.Equal((0, 0), (pool.Used, pool.Waiting));
        Assert.InRange(pool.Idle, 0, 3);
    }

    private static void Most(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, now, seen);
        }
    }

    private static Task Together(Func<int, Random, Task> work) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => work(worker, new Random(worker)))));

    private sealed class Lent
    {
        public int Users;

        public volatile bool IsClosed;
    }
}
