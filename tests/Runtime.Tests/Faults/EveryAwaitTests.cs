using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace LifecycleAnalyzers.Runtime.Tests.Faults;

/// <summary>
/// Cancellation and disposal at every await of every guard. Whatever the moment: nobody waits for ever, every session that was made
/// is ended exactly once, nobody overlaps, the counts are zero, and what was not completed is not used again.
/// </summary>
public sealed class EveryAwaitTests : FaultTests
{
    public static TheoryData<Fault> Faults => [Fault.Cancel, Fault.CancelOne, Fault.Dispose, Fault.DisposeTwice, Fault.Throw];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_pool(Fault fault)
    {
        var awaits = await Steps.AtEveryOneAsync(async at =>
        {
            using var cancel = new Cancellation();
            var made = new ConcurrentBag<Session>();
            ConnectionPool<Session>? pool = null;
            var steps = Counted(at, fault, cancel, () => pool!.Dispose());
            pool = new ConnectionPool<Session>(async stop =>
            {
                await steps.NextAsync();
                var session = new Session(made.Count) { OnEnd = steps.NextAsync };
                made.Add(session);
                await steps.NextAsync();
                return session;
            }, new ConnectionPoolOptions<Session> { MaxSize = 2, IsUsable = s => s.IsOpen });
            var users = new ConcurrentDictionary<Session, int>();
            await AllAsync(5, async i =>
            {
                await using var lease = await pool.RentAsync(cancel.Of(i));
                Assert.Equal(1, users.AddOrUpdate(lease.Connection, 1, (_, n) => n + 1));
                try
                {
                    await steps.NextAsync();
                    Fail(fault, steps, i);
                    if (i % 2 == 0) lease.Complete();
                }
                finally
                {
                    users.AddOrUpdate(lease.Connection, 0, (_, n) => n - 1);
                }
            });
            Assert.True(made.Count(s => s.IsOpen) <= 2);
            await pool.DisposeAsync().AsTask().Soon();
            await Until(() => made.All(s => s.Ends == 1), "every connection of the pool was ended once");
            return steps;
        });
        Assert.True(awaits >= 6, $"Only {awaits} awaits were tried.");
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public Task A_session_cache(Fault fault) => SessionsAsync(fault, static (create, options) =>
    {
        var cache = new SessionCache<int, Session>(async (_, _) => await create(), options);
        return (cache, async (i, work, token) => await cache.RunAsync(i % 2, async (_, _) => await work(), token));
    });

    [Theory]
    [MemberData(nameof(Faults))]
    public Task A_session_slot(Fault fault) => SessionsAsync(fault, static (create, options) =>
    {
        var slot = new SessionSlot<Session>(async _ => await create(), options);
        return (slot, async (_, work, token) => await slot.RunAsync(async (_, _) => await work(), token));
    });

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_guarded_write(Fault fault)
    {
        var awaits = await Steps.AtEveryOneAsync(async at =>
        {
            using var cancel = new Cancellation();
            using var sockets = await SocketPair.CreateAsync();
            SteppedStream? stream = null;
            var steps = Counted(at, fault, cancel, () => stream!.Dispose());
            stream = new SteppedStream(new NetworkStream(sockets.Near, ownsSocket: true), steps, fault);
            var sent = 0;
            await AllAsync(1, async _ =>
            {
                for (var i = 0; i < 4; i++)
                {
                    // One that was cancelled, or failed, may be in parts on the wire: it says so, and is no exception.
                    var result = await stream.TryWriteAsync(new byte[100], cancel.All);
                    Assert.True(result.IsSent || steps.Reached);
                    sent += result.IsSent ? 1 : 0;
                }
            });
            await stream.DisposeAsync();
            var received = 0;
            for (int count; (count = await sockets.Far.ReceiveAsync(new byte[1000], Stop).AsTask().Soon()) > 0;) received += count;
            Assert.InRange(received, 100 * sent, 400);
            return steps;
        });
        Assert.True(awaits >= 4, $"Only {awaits} awaits were tried.");
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_web_socket_sender(Fault fault)
    {
        var awaits = await Steps.AtEveryOneAsync(async at =>
        {
            using var cancel = new Cancellation();
            using var sockets = await SocketPair.CreateAsync();
            WebSocketSender? sender = null;
            var steps = Counted(at, fault, cancel, () => sender!.DisposeAsync().AsTask().Observe(static _ => { }));
            var stream = new SteppedStream(new NetworkStream(sockets.Near, ownsSocket: true), steps, fault);
            using var near = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions());
            using var far = WebSocket.CreateFromStream(new NetworkStream(sockets.Far), new WebSocketCreationOptions { IsServer = true });
            sender = new WebSocketSender(near);
            var receiving = ReceiveAllAsync(far);
            var sent = new ConcurrentBag<int>();
            await AllAsync(5, async i =>
            {
                var result = await sender.TrySendAsync(Enumerable.Repeat((byte)i, 200).ToArray(), WebSocketMessageType.Binary, cancel.Of(i));
                if (result.IsSent) sent.Add(i);
            });
            Assert.Equal(0, sender.Waiting);
            await sender.DisposeAsync().AsTask().Soon();
            near.Dispose();
            Assert.True(stream.IsDisposed);
            var received = await receiving.Soon();
            Assert.Empty(sent.Except(received));
            Assert.Equal(received.Distinct(), received);
            if (!steps.Reached) Assert.Equal(5, sent.Count);
            return steps;
        });
        Assert.True(awaits >= 4, $"Only {awaits} awaits were tried.");
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_gate(Fault fault)
    {
        var awaits = await Steps.AtEveryOneAsync(async at =>
        {
            using var cancel = new Cancellation();
            var gate = new SendGate();
            var steps = Counted(at, fault, cancel, gate.Dispose);
            var inside = 0;
            async Task<int> WorkAsync(int i)
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                try
                {
                    await steps.NextAsync();
                    Fail(fault, steps, i);
                    await steps.NextAsync();
                    return i;
                }
                finally
                {
                    Interlocked.Decrement(ref inside);
                }
            }

            await AllAsync(6, async i =>
            {
                if (i % 3 == 0) Assert.Equal(i, await gate.ExchangeAsync(async _ => await WorkAsync(i), cancel.Of(i)));
                else if (i % 3 == 1) await gate.TrySendAsync(async _ => await WorkAsync(i), cancel.Of(i));
                else
                {
                    using var turn = await gate.EnterAsync(cancel.Of(i));
                    await WorkAsync(i);
                }
            });
            Assert.Equal(0, gate.Waiting);
            Assert.Equal(0, inside);
            gate.Dispose();
            return steps;
        });
        Assert.True(awaits >= 6, $"Only {awaits} awaits were tried.");
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_tracker(Fault fault)
    {
        var awaits = await Steps.AtEveryOneAsync(async at =>
        {
            using var cancel = new Cancellation();
            var tracker = new ConnectionTracker();
            var steps = Counted(at, fault, cancel, tracker.Dispose);
            await AllAsync(4, async i =>
            {
                using var tracked = await tracker.ConnectAsync(async stop =>
                {
                    await steps.NextAsync();
                    stop.ThrowIfCancellationRequested();
                    Fail(fault, steps, i);
                    return new Session(i);
                }, cancellationToken: cancel.Of(i));
                await steps.NextAsync();
                tracked.TryMoveTo(TrackedState.Closing);
            });
            Assert.Equal((0, 0), (tracker.Open, tracker.Connecting));
            Assert.Empty(tracker.GetSnapshot());
            await tracker.DisposeAsync().AsTask().Soon();
            return steps;
        });
        Assert.True(awaits >= 4, $"Only {awaits} awaits were tried.");
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_pair_of_connections(Fault fault)
    {
        var awaits = await Steps.AtEveryOneAsync(async at =>
        {
            using var cancel = new Cancellation();
            using var client = await SocketPair.CreateAsync();
            using var server = await SocketPair.CreateAsync();
            ConnectionPair? pair = null;
            var steps = Counted(at, fault, cancel, () => pair!.Dispose());
            var first = new SteppedStream(new NetworkStream(client.Near, ownsSocket: true), steps, fault);
            var second = new SteppedStream(new NetworkStream(server.Near, ownsSocket: true), steps, fault);
            pair = new ConnectionPair(first, second);
            var relay = pair.RelayAsync(cancel.All);
            var arrived = 0;
            await AllAsync(2, async i =>
            {
                var (near, far) = i == 0 ? (client.Far, server.Far) : (server.Far, client.Far);
                await near.SendAsync(new byte[100], SocketFlags.None, Stop);
                // A plain stream cannot end one direction alone: nobody ends his before the other one's bytes are there.
                var buffer = new byte[100];
                for (var got = 0; got < buffer.Length;)
                {
                    var read = await far.ReceiveAsync(buffer.AsMemory(got), SocketFlags.None, Stop);
                    if (read == 0) return;
                    got += read;
                }

                if (Interlocked.Increment(ref arrived) < 2) return;
                client.Far.Shutdown(SocketShutdown.Send);
                server.Far.Shutdown(SocketShutdown.Send);
            });
            var result = await relay.Soon();
            // A fault at the last read may come when all is done already; without one, everything is.
            if (!steps.Reached || fault == Fault.CancelOne) Assert.Equal((RelayEndReason.Completed, null), (result.Reason, result.Exception));
            await pair.DisposeAsync().AsTask().Soon();
            Assert.Equal((true, true), (first.IsDisposed, second.IsDisposed));
            return steps;
        });
        Assert.True(awaits >= 4, $"Only {awaits} awaits were tried.");
    }

    [Theory]
    [InlineData(Fault.Cancel)]
    [InlineData(Fault.Dispose)]
    [InlineData(Fault.Throw)]
    public async Task A_leased_buffer(Fault fault)
    {
        var awaits = await Steps.AtEveryOneAsync(async at =>
        {
            using var cancel = new Cancellation();
            var pool = new CountingArrayPool();
            var lease = BufferLease.Rent(100, pool);
            var steps = Counted(at, fault, cancel, lease.Dispose);
            var operating = true;
            var tracked = new TaskCompletionSource();
            async Task OperateAsync()
            {
                await Task.Yield(); // as an operation on the network: it is under way when the lease hears of it
                await tracked.Task;
                await steps.NextAsync();
                Fail(fault, steps, 0);
                await steps.NextAsync();
                Assert.Equal(0, pool.Returned);
                operating = false;
            }

            var operation = lease.Track(OperateAsync());
            tracked.SetResult();
            await AllAsync(1, _ => operation);
            lease.Dispose();
            await Until(() => !operating || operation.IsFaulted, "the operation has ended");
            Assert.True(pool.Returned <= 1);
            return steps;
        });
        Assert.True(awaits >= 2, $"Only {awaits} awaits were tried.");
    }

    private static async Task SessionsAsync(
        Fault fault,
        Func<Func<Task<Session>>, SessionCacheOptions<Session>, (IAsyncDisposable Guard, Func<int, Func<Task>, CancellationToken, Task> Run)> guard)
    {
        var awaits = await Steps.AtEveryOneAsync(async at =>
        {
            using var cancel = new Cancellation();
            var made = new ConcurrentBag<Session>();
            IAsyncDisposable? sessions = null;
            var steps = Counted(at, fault, cancel, () => ((IDisposable)sessions!).Dispose());
            (sessions, var run) = guard(
                async () =>
                {
                    await steps.NextAsync();
                    var session = new Session(made.Count) { OnEnd = steps.NextAsync };
                    made.Add(session);
                    await steps.NextAsync();
                    return session;
                },
                new SessionCacheOptions<Session> { IsUsable = s => s.IsOpen, End = s => s.DisposeAsync() });
            var done = new ConcurrentDictionary<int, int>();
            await AllAsync(5, i => run(
                i,
                async () =>
                {
                    await steps.NextAsync();
                    Fail(fault, steps, i);
                    // Once it is done it is never done again, whatever happens afterwards.
                    Assert.Equal(1, done.AddOrUpdate(i, 1, (_, n) => n + 1));
                    await steps.NextAsync();
                },
                cancel.Of(i)));
            await sessions.DisposeAsync().AsTask().Soon();
            await Until(() => made.All(s => s.Ends == 1), "every session was ended once");
            return steps;
        });
        Assert.True(awaits >= 6, $"Only {awaits} awaits were tried.");
    }

    /// <summary>The first byte of each whole message.</summary>
    private static async Task<List<int>> ReceiveAllAsync(WebSocket socket)
    {
        var all = new List<int>();
        var buffer = new byte[1000];
        try
        {
            while (true)
            {
                var count = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(count), Stop);
                    count += part.Count;
                }
                while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close) return all;
                Assert.Equal((200, 1), (count, buffer.Take(count).Distinct().Count()));
                all.Add(buffer[0]);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            return all;
        }
    }

    private static Steps Counted(int at, Fault fault, Cancellation cancel, Action dispose) => new(at, fault switch
    {
        Fault.Cancel => cancel.CancelAll,
        Fault.CancelOne => cancel.CancelOne,
        Fault.Dispose => dispose,
        Fault.DisposeTwice => () =>
        {
            dispose();
            dispose();
        },
        _ => static () => { },
    });

    /// <summary>What the code that was given to a guard throws itself, once the chosen await is behind it.</summary>
    private static void Fail(Fault fault, Steps steps, int i)
    {
        if (fault == Fault.Throw && steps.Reached && i % 2 == 1) throw new IOException("The connection was reset by its peer.");
    }

    /// <summary>Runs them side by side; each has to end, and with nothing but what the faults explain.</summary>
    private static async Task AllAsync(int count, Func<int, Task> run)
    {
        var all = Enumerable.Range(0, count).Select(i => Task.Run(() => run(i))).ToList();
        foreach (var one in all)
        {
            try
            {
                await one.Soon();
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException or SocketException)
            {
            }
        }
    }

    public enum Fault
    {
        /// <summary>Everybody's token.</summary>
        Cancel,

        /// <summary>The token of one of them: the others go on.</summary>
        CancelOne,
        Dispose,
        DisposeTwice,

        /// <summary>The work itself fails.</summary>
        Throw,
    }

    /// <summary>A token for each of those who wait, and one source for all.</summary>
    private sealed class Cancellation : IDisposable
    {
        private readonly CancellationTokenSource _all = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        private readonly CancellationTokenSource _one;

        public Cancellation() => _one = CancellationTokenSource.CreateLinkedTokenSource(_all.Token);

        public CancellationToken All => _all.Token;

        public CancellationToken Of(int i) => i == 1 ? _one.Token : _all.Token;

        public void CancelAll() => _all.Cancel();

        public void CancelOne() => _one.Cancel();

        public void Dispose()
        {
            _one.Dispose();
            _all.Dispose();
        }
    }
}
