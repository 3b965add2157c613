using System.Buffers;

namespace LifecycleAnalyzers.Runtime;

/// <summary>A buffer from an <see cref="ArrayPool{T}"/> that goes back only after the operations that use it have ended.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>An operation that is given the buffer is passed through <c>Track</c>. Disposing the lease returns the array when all tracked
/// operations have succeeded: at once, or later, when the last of them has.</item>
/// <item>If one failed, was cancelled or timed out, the array is dropped and left to the garbage collector: what looks like its end may be
/// only the end of a wait, and a peer's bytes must never be written into somebody else's buffer. Likewise if one never ends.</item>
/// </list>
/// <para>Operations that are not tracked have to be awaited before the lease is disposed. Renting, tracking an operation that has already
/// succeeded, and giving back allocate nothing. All copies are the same lease: it ends once, and a copy that is used afterwards throws, even if
/// the array is rented again by then. All members are thread-safe; the buffer itself is not.</para>
/// </remarks>
/// <example>
/// <code>
/// using var buffer = BufferLease.Rent(8192);
/// var count = await buffer.Track(stream.ReadAsync(buffer.Memory, ct)).AsTask().WaitAsync(timeout, ct);
/// </code>
/// </example>
public readonly struct BufferLease : IMemoryOwner<byte>
{
    private readonly RentedBuffer? _rented;
    private readonly long _lease;

    private BufferLease(RentedBuffer rented, long lease, int length)
    {
        _rented = rented;
        _lease = lease;
        Length = length;
    }

    /// <summary>Gets the length that was asked for, in bytes.</summary>
    public int Length { get; }

    /// <summary>Gets the buffer, of the length that was asked for. Its contents are whatever the last user left.</summary>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public Memory<byte> Memory => Array.AsMemory(0, Length);

    /// <summary>Gets the array, for calls that take one; it may be longer than what was asked for.</summary>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public byte[] Array => Rented.Array(_lease);

    private RentedBuffer Rented => _rented ?? throw new ObjectDisposedException(nameof(BufferLease));

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

        var rented = RentedBuffer.Rent(pool ?? ArrayPool<byte>.Shared, length, clear, out var lease);
        return new BufferLease(rented, lease, length);
    }

    /// <summary>Keeps the buffer until an operation that uses it has ended.</summary>
    /// <param name="operation">The operation itself, not a wait for it that may end earlier.</param>
    /// <returns>The same operation.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="operation"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public Task Track(Task operation)
    {
        Check.NotNull(operation);
        Rented.Follow(operation, _lease);
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
        Rented.Follow(operation, _lease);
        return operation;
    }

    /// <summary>Keeps the buffer until an operation that uses it has ended.</summary>
    /// <param name="operation">The operation itself; not to be used afterwards.</param>
    /// <returns>What to await instead.</returns>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public ValueTask Track(ValueTask operation)
    {
        var rented = Rented;
        return operation.IsCompletedSuccessfully && rented.IsHeld(_lease) ? operation : rented.Follow(operation, _lease);
    }

    /// <summary>Keeps the buffer until an operation that uses it has ended.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="operation">The operation itself; not to be used afterwards.</param>
    /// <returns>What to await instead.</returns>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public ValueTask<TResult> Track<TResult>(ValueTask<TResult> operation)
    {
        var rented = Rented;
        return operation.IsCompletedSuccessfully && rented.IsHeld(_lease) ? operation : rented.Follow(operation, _lease);
    }

    /// <summary>Ends the lease: the array goes back when all tracked operations have succeeded, and never if one has not. May be called more than once.</summary>
    public void Dispose() => _rented?.LetGoOf(_lease);
}
