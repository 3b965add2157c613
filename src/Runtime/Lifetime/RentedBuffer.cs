using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// What stands behind a <see cref="BufferLease"/>. It is used again for other leases, each with a number of its own, so that an old one can
/// do nothing; and only when nobody has it any more, neither the owner nor an operation.
/// </summary>
internal sealed class RentedBuffer
{
    // In one number, so that each step is one step: from the low end how many use the array (its owner is one of them, each operation under
    // way another), whether one of them has failed, whether the owner has let go, and the number of the lease.
    private const long Uses = (1L << 18) - 1;
    private const long Failed = 1L << 18;
    private const long LetGo = 1L << 19;
    private const int LeaseShift = 20;

    // Enough for many readers at once; what is more is left to the garbage collector.
    private const int MostSpares = 256;
    private static readonly ConcurrentQueue<RentedBuffer> s_spares = new();
    private static int s_spareCount;

    [ThreadStatic]
    private static RentedBuffer? t_spare;

    private ArrayPool<byte>? _pool;
    private byte[]? _array;
    private bool _clear;
    private long _state;

    public static RentedBuffer Rent(ArrayPool<byte> pool, int length, bool clear, out long lease)
    {
        var array = pool.Rent(length);
        var rented = Spare() ?? new RentedBuffer();
        rented._pool = pool;
        rented._array = array;
        rented._clear = clear;
        lease = (rented._state >> LeaseShift) + 1;
        Volatile.Write(ref rented._state, (lease << LeaseShift) | 1);
        return rented;
    }

    public byte[] Array(long lease)
    {
        // The array first: if the lease is held after that, it is this lease's.
        var array = Volatile.Read(ref _array);
        return IsHeld(Volatile.Read(ref _state), lease) ? array! : throw Ended();
    }

    public bool IsHeld(long lease) => IsHeld(Volatile.Read(ref _state), lease);

    public void LetGoOf(long lease)
    {
        for (var state = Volatile.Read(ref _state); IsHeld(state, lease);)
        {
            if (TryStep(ref state, (state | LetGo) - 1))
            {
                return;
            }
        }
    }

    public void Follow(Task operation, long lease)
    {
        Begin(lease);
        if (operation.IsCompleted)
        {
            End(operation.Status == TaskStatus.RanToCompletion);
            return;
        }

        // Its failure is left to the one who awaits it; this only looks at how it ended.
        operation.ContinueWith(
            static (ended, rented) => ((RentedBuffer)rented!).End(ended.Status == TaskStatus.RanToCompletion),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public ValueTask Follow(ValueTask operation, long lease)
    {
        Begin(lease);
        return FollowAsync(operation);
    }

    public ValueTask<TResult> Follow<TResult>(ValueTask<TResult> operation, long lease)
    {
        Begin(lease);
        return FollowAsync(operation);
    }

    private static bool IsHeld(long state, long lease) => state >> LeaseShift == lease && (state & LetGo) == 0;

    private static ObjectDisposedException Ended() => new(nameof(BufferLease));

    private static RentedBuffer? Spare()
    {
        if (t_spare is { } mine)
        {
            t_spare = null;
            return mine;
        }

        if (s_spares.TryDequeue(out var spare))
        {
            Interlocked.Decrement(ref s_spareCount);
        }

        return spare;
    }

    private void Keep()
    {
        if (t_spare is null)
        {
            t_spare = this;
        }
        else if (Interlocked.Increment(ref s_spareCount) <= MostSpares)
        {
            s_spares.Enqueue(this);
        }
        else
        {
            Interlocked.Decrement(ref s_spareCount);
        }
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
#endif
    private async ValueTask FollowAsync(ValueTask operation)
    {
        var succeeded = false;
        try
        {
            await operation.ConfigureAwait(false);
            succeeded = true;
        }
        finally
        {
            End(succeeded);
        }
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<TResult> FollowAsync<TResult>(ValueTask<TResult> operation)
    {
        var succeeded = false;
        try
        {
            var result = await operation.ConfigureAwait(false);
            succeeded = true;
            return result;
        }
        finally
        {
            End(succeeded);
        }
    }

    private void Begin(long lease)
    {
        // Not after the owner has let go: the array may be somebody else's already.
        for (var state = Volatile.Read(ref _state); IsHeld(state, lease);)
        {
            if ((state & Uses) == Uses)
            {
                throw new InvalidOperationException("Too many operations use one buffer.");
            }

            if (TryStep(ref state, state + 1))
            {
                return;
            }
        }

        throw Ended();
    }

    /// <summary>The end of an operation that has begun; until then the lease cannot end.</summary>
    private void End(bool succeeded)
    {
        for (var state = Volatile.Read(ref _state); !TryStep(ref state, (succeeded ? state : state | Failed) - 1);)
        {
        }
    }

    /// <summary>Who takes the last use away settles the array.</summary>
    private bool TryStep(ref long state, long next)
    {
        var seen = Interlocked.CompareExchange(ref _state, next, state);
        if (seen != state)
        {
            state = seen;
            return false;
        }

        if ((next & Uses) == 0)
        {
            Settle(failed: (next & Failed) != 0);
        }

        return true;
    }

    private void Settle(bool failed)
    {
        var (pool, array, clear) = (_pool!, _array!, _clear);
        (_pool, _array) = (null, null);
        Keep();
        if (failed)
        {
            LifecycleMetrics.BufferDropped();
            return;
        }

        pool.Return(array, clear);
    }
}
