using System.Buffers;
using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Runtime;

/// <summary>A buffer from an <see cref="ArrayPool{T}"/> that goes back only after the operations that use it have ended.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>An operation that is given the buffer is passed through <c>Track</c>. Disposing the lease returns the array when all tracked
/// operations have succeeded: at once, or later, when the last of them has.</item>
/// <item>If one failed, was cancelled or timed out, the array is dropped and left to the garbage collector: what looks like its end may be
/// only the end of a wait, and a peer's bytes must never be written into somebody else's buffer. Likewise if one never ends.</item>
/// </list>
/// <para>Operations that are not tracked have to be awaited before the lease is disposed. Renting allocates one small object; tracking an
/// operation that has already succeeded allocates nothing. All members are thread-safe; the buffer itself is not.</para>
/// </remarks>
/// <example>
/// <code>
/// using var buffer = BufferLease.Rent(8192);
/// var count = await buffer.Track(stream.ReadAsync(buffer.Memory, ct)).AsTask().WaitAsync(timeout, ct);
/// </code>
/// </example>
public sealed class BufferLease : IMemoryOwner<byte>
{
    private readonly ArrayPool<byte> _pool;
    private readonly byte[] _array;
    private readonly bool _clear;

    // One for the owner and one for each operation under way; who takes the last one away settles the array.
    private int _uses = 1;
    private int _disposed;
    private int _isTainted;

    private BufferLease(ArrayPool<byte> pool, int length, bool clear)
    {
        _pool = pool;
        _array = pool.Rent(length);
        _clear = clear;
        Length = length;
    }

    /// <summary>Gets the length that was asked for, in bytes.</summary>
    public int Length { get; }

    /// <summary>Gets the buffer, of the length that was asked for. Its contents are whatever the last user left.</summary>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public Memory<byte> Memory => Array.AsMemory(0, Length);

    /// <summary>Gets the array, for calls that take one; it may be longer than what was asked for.</summary>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public byte[] Array => Volatile.Read(ref _disposed) == 0 ? _array : throw new ObjectDisposedException(nameof(BufferLease));

    /// <summary>Rents a buffer.</summary>
    /// <param name="length">The length in bytes; 0 or more.</param>
    /// <param name="pool">The pool; the shared one if not given.</param>
    /// <param name="clear">Whether the array is cleared before it goes back, because what it holds is secret.</param>
    /// <returns>The lease; dispose it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    public static BufferLease Rent(int length, ArrayPool<byte>? pool = null, bool clear = false)
    {
        if (length < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, "A length is 0 or more.");
        }

        return new BufferLease(pool ?? ArrayPool<byte>.Shared, length, clear);
    }

    /// <summary>Keeps the buffer until an operation that uses it has ended.</summary>
    /// <param name="operation">The operation itself, not a wait for it that may end earlier.</param>
    /// <returns>The same operation.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="operation"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public Task Track(Task operation)
    {
        Check.NotNull(operation);
        Follow(operation);
        return operation;
    }

    /// <summary>Keeps the buffer until an operation that uses it has ended.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="operation">The operation itself, not a wait for it that may end earlier.</param>
    /// <returns>The same operation.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="operation"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public Task<TResult> Track<TResult>(Task<TResult> operation)
    {
        Check.NotNull(operation);
        Follow(operation);
        return operation;
    }

    /// <summary>Keeps the buffer until an operation that uses it has ended.</summary>
    /// <param name="operation">The operation itself; not to be used afterwards.</param>
    /// <returns>What to await instead.</returns>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public ValueTask Track(ValueTask operation)
    {
        if (operation.IsCompletedSuccessfully && Volatile.Read(ref _disposed) == 0)
        {
            return operation;
        }

        Begin();
        return FollowAsync(operation);
    }

    /// <summary>Keeps the buffer until an operation that uses it has ended.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="operation">The operation itself; not to be used afterwards.</param>
    /// <returns>What to await instead.</returns>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public ValueTask<TResult> Track<TResult>(ValueTask<TResult> operation)
    {
        if (operation.IsCompletedSuccessfully && Volatile.Read(ref _disposed) == 0)
        {
            return operation;
        }

        Begin();
        return FollowAsync(operation);
    }

    /// <summary>Ends the lease: the array goes back when all tracked operations have succeeded, and never if one has not. May be called more than once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            End(succeeded: true);
        }
    }

    private void Follow(Task operation)
    {
        Begin();
        if (operation.IsCompleted)
        {
            End(operation.Status == TaskStatus.RanToCompletion);
            return;
        }

        // Its failure is left to the one who awaits it; this only looks at how it ended.
        operation.ContinueWith(
            static (ended, lease) => ((BufferLease)lease!).End(ended.Status == TaskStatus.RanToCompletion),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
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

    private void Begin()
    {
        // Not after the owner has let go: the array may be somebody else's already.
        for (var uses = Volatile.Read(ref _uses); ;)
        {
            if (Volatile.Read(ref _disposed) != 0 || uses == 0)
            {
                throw new ObjectDisposedException(nameof(BufferLease));
            }

            var seen = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
            if (seen == uses)
            {
                return;
            }

            uses = seen;
        }
    }

    private void End(bool succeeded)
    {
        if (!succeeded)
        {
            Volatile.Write(ref _isTainted, 1);
        }

        if (Interlocked.Decrement(ref _uses) != 0)
        {
            return;
        }

        if (Volatile.Read(ref _isTainted) != 0)
        {
            LifecycleMetrics.BufferDropped();
            return;
        }

        _pool.Return(_array, _clear);
    }
}
