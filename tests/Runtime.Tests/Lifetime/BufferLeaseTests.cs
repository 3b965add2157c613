using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Lifetime;

public sealed class BufferLeaseTests
{
    private readonly CountingPool _pool = new();

    [Fact]
    public void The_array_goes_back_once()
    {
        var lease = BufferLease.Rent(100, _pool);
        Assert.Equal((100, 100), (lease.Length, lease.Memory.Length));
        Assert.True(lease.Array.Length >= 100);
        lease.Dispose();
        lease.Dispose();

        Assert.Equal(1, _pool.Returned);
        Assert.Throws<ObjectDisposedException>(() => lease.Memory);
        Assert.Throws<ObjectDisposedException>(() => lease.Array);
        Assert.Throws<ObjectDisposedException>(() => { _ = lease.Track(Task.CompletedTask); });
        Assert.Throws<ObjectDisposedException>(() => { _ = lease.Track(Task.FromResult(1)); });
        Assert.Throws<ObjectDisposedException>(() => { _ = lease.Track(default(ValueTask)); });
        Assert.Throws<ObjectDisposedException>(() => { _ = lease.Track(new ValueTask<int>(1)); });
        Assert.Equal(1, _pool.Returned);
    }

    [Fact]
    public async Task It_waits_for_the_last_operation()
    {
        var one = new TaskCompletionSource();
        var two = new TaskCompletionSource<int>();
        var three = new TaskCompletionSource();
        var four = new TaskCompletionSource<int>();
        var lease = BufferLease.Rent(10, _pool);
        Assert.Same(one.Task, lease.Track(one.Task));
        Assert.Same(two.Task, lease.Track(two.Task));
        var third = lease.Track(new ValueTask(three.Task));
        var fourth = lease.Track(new ValueTask<int>(four.Task));
        Assert.Equal(7, await lease.Track(Task.FromResult(7)));
        Assert.Equal(8, await lease.Track(new ValueTask<int>(8)));
        await lease.Track(default(ValueTask));

        lease.Dispose();
        foreach (var end in new Action[] { one.SetResult, () => two.SetResult(1), three.SetResult })
        {
            end();
            Assert.Equal(0, _pool.Returned);
        }

        await third;
        four.SetResult(5);
        Assert.Equal(5, await fourth);
        Assert.Equal(1, _pool.Returned);
    }

    [Fact]
    public async Task After_a_failure_or_a_cancellation_it_is_dropped()
    {
        using var measured = new Measurements();
        var failure = new IOException("reset");
        var tracks = new Func<BufferLease, Task>[]
        {
            l => l.Track(Task.FromException(failure)),
            l => l.Track(Task.FromException<int>(failure)),
            l => l.Track(new ValueTask(Task.FromException(failure))).AsTask(),
            l => l.Track(new ValueTask<int>(Task.FromException<int>(failure))).AsTask(),
            static l => l.Track(Task.FromCanceled(new CancellationToken(true))),
            static l => l.Track(new ValueTask<int>(Task.FromCanceled<int>(new CancellationToken(true)))).AsTask(),
        };
        foreach (var track in tracks)
        {
            var lease = BufferLease.Rent(10, _pool);
            await Assert.ThrowsAnyAsync<Exception>(() => track(lease));
            await lease.Track(Task.CompletedTask);
            lease.Dispose();
        }

        var late = new TaskCompletionSource();
        var pending = BufferLease.Rent(10, _pool);
        var operation = pending.Track(late.Task);
        pending.Dispose();
        late.SetException(failure);
        await Assert.ThrowsAsync<IOException>(() => operation);

        Assert.Equal(0, _pool.Returned);
        Assert.Equal(tracks.Length + 1, measured.All.Count(static m => m.Name == "lifecycle.buffer.drops"));
    }

    [Fact]
    public async Task A_receive_whose_wait_timed_out_cannot_write_into_the_next_ones_buffer()
    {
        using var pair = await SocketPair.CreateAsync();
        await using var stream = new NetworkStream(pair.Near, ownsSocket: false);
        var array = await TimeOutAsync();
        Assert.Equal(0, _pool.Returned);

        // The receive is still under way. Its late bytes land in an array that nobody else has.
        await pair.Far.SendAsync(new byte[] { 1, 2, 3 }, Stop);
        await Until(() => array[0] == 1, "the late bytes have arrived");
        await Until(() => _pool.Returned == 1, "the array is free");

        async Task<byte[]> TimeOutAsync()
        {
            using var lease = BufferLease.Rent(16, _pool);
            lease.Array.AsSpan().Clear();
            var receive = lease.Track(stream.ReadAsync(lease.Array, 0, lease.Length, Stop));
            await Assert.ThrowsAsync<TimeoutException>(() => receive.WaitAsync(TimeSpan.FromMilliseconds(20), Stop));
            return lease.Array;
        }
    }

    [Fact]
    public async Task Whoever_comes_last_of_many_threads_returns_it_once()
    {
        for (var round = 0; round < 200; round++)
        {
            var lease = BufferLease.Rent(8, _pool);
            var operations = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource()).ToArray();
            foreach (var operation in operations)
            {
                _ = lease.Track(operation.Task);
            }

            await Task.WhenAll([.. operations.Select(static o => Task.Run(o.SetResult)), Task.Run(lease.Dispose), Task.Run(lease.Dispose)]).Soon();
            Assert.Equal(round + 1, _pool.Returned);
        }

        Assert.Empty(_pool.Out);
    }

    [Fact]
    public async Task An_old_lease_reaches_nobody_elses_buffer()
    {
        var late = new TaskCompletionSource();
        for (var round = 0; round < 100; round++)
        {
            var old = BufferLease.Rent(8, _pool);
            var copy = old;
            old.Dispose();
            using var present = BufferLease.Rent(8, _pool);
            _ = present.Track(late.Task);
            copy.Dispose();

            Assert.Equal(8, present.Memory.Length);
            Assert.Throws<ObjectDisposedException>(() => copy.Array);
            Assert.Throws<ObjectDisposedException>(() => { _ = copy.Track(default(ValueTask)); });
            Assert.Equal(round + 1, _pool.Returned);
        }

        late.SetResult();
        await Until(() => _pool.Out.IsEmpty, "all arrays are back");
    }

    [Fact]
    public async Task Leases_of_many_threads_share_no_array()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var round = 0; round < 2_000; round++)
            {
                var lease = BufferLease.Rent(8, _pool);
                lease.Array.AsSpan(0, 8).Fill((byte)worker);
                var operation = lease.Track(Task.Run(static () => { }));
                if (round % 3 == 0)
                {
                    await operation;
                }

                Assert.All(lease.Array.AsSpan(0, 8).ToArray(), b => Assert.Equal((byte)worker, b));
                lease.Dispose();
                lease.Dispose();
            }
        }))).Soon();
        await Until(() => _pool.Out.IsEmpty, "all arrays are back");
        Assert.Equal(8_000, _pool.Returned);
    }

    [Fact]
    public void The_default_is_no_lease()
    {
        var none = default(BufferLease);
        none.Dispose();
        Assert.Equal(0, none.Length);
        Assert.Throws<ObjectDisposedException>(() => none.Memory);
        Assert.Throws<ObjectDisposedException>(() => { _ = none.Track(Task.CompletedTask); });
    }

    [Fact]
    public void Secrets_are_cleared_and_arguments_checked()
    {
        var lease = BufferLease.Rent(4, _pool, clear: true);
        var array = lease.Array;
        array.AsSpan().Fill(9);
        lease.Dispose();
        Assert.Equal(new byte[array.Length], array);
        Assert.Throws<ArgumentOutOfRangeException>(() => BufferLease.Rent(-1));
        using var shared = BufferLease.Rent(0);
        Assert.Equal(0, shared.Memory.Length);
        Assert.Throws<ArgumentNullException>(() => { _ = shared.Track((Task)null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = shared.Track((Task<int>)null!); });
    }

    /// <summary>Finds arrays that come back twice, or that it has never given.</summary>
    private sealed class CountingPool : ArrayPool<byte>
    {
        private int _returned;

        public int Returned => Volatile.Read(ref _returned);

        public ConcurrentDictionary<byte[], bool> Out { get; } = new(ReferenceEqualityComparer.Instance);

        public override byte[] Rent(int minimumLength)
        {
            var array = new byte[minimumLength + 3];
            Out[array] = true;
            return array;
        }

        public override void Return(byte[] array, bool clearArray = false)
        {
            if (!Out.TryRemove(array, out _))
            {
                throw new InvalidOperationException("It was not out.");
            }

            if (clearArray)
            {
                array.AsSpan().Clear();
            }

            Interlocked.Increment(ref _returned);
        }
    }
}
