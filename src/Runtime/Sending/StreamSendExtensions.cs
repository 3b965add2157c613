using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;
#if !NET
using System.Buffers;
using System.Runtime.InteropServices;
#endif

namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// Guarded writes on a <see cref="Stream"/> over a connection (<see cref="NetworkStream"/>, <see cref="SslStream"/>,
/// <see cref="PipeStream"/>, …): a closing connection is an answer, not an exception.
/// </summary>
/// <remarks>
/// <para>A stream whose <see cref="Stream.CanWrite"/> is <see langword="false"/> (it is disposed, or was shut down), a network
/// stream whose socket is known to be closed, and a pipe that is not connected answer <see cref="SendOutcome.NotOpen"/> and are not
/// touched. Every failure of a write that was tried answers <see cref="SendOutcome.Unknown"/>, with the exception in it.</para>
/// <para><see cref="SendOutcome.Sent"/> means that the stream took the bytes. A stream that collects bytes
/// (<see cref="BufferedStream"/>, a compressing one) has not passed them on before it is flushed; nothing is flushed here.</para>
/// <para>Mistakes of the caller (<see cref="ArgumentException"/>, <see cref="NotSupportedException"/> such as that of an
/// <see cref="SslStream"/> of which two writes overlap) stay exceptions.</para>
/// <para>A token that is cancelled before anything was tried throws <see cref="OperationCanceledException"/>. Cancelled in the
/// middle, the answer is <see cref="SendOutcome.Unknown"/> with the exception in it: a part may be on its way, so the connection
/// is of no more use.</para>
/// <para>As safe for several threads as the stream itself; most streams allow one write at a time. Without allocation where the
/// write completes at once.</para>
/// </remarks>
public static class StreamSendExtensions
{
    /// <summary>Writes the bytes, if the stream is open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="buffer">The bytes to write.</param>
    /// <returns>What is known about the write.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public static SendResult TryWrite(this Stream stream, ReadOnlySpan<byte> buffer)
    {
        Check.NotNull(stream);
        try
        {
            if (!MayWrite(stream))
            {
                return SendFailure.NotOpen(null);
            }
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return SendFailure.NotOpen(null, e);
        }

        try
        {
#if NET
            stream.Write(buffer);
#else
            var array = ArrayPool<byte>.Shared.Rent(buffer.Length);
            try
            {
                buffer.CopyTo(array);
                stream.Write(array, 0, buffer.Length);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(array);
            }
#endif
            return SendResult.Sent;
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return SendFailure.Failed(null, e);
        }
    }

    /// <summary>Writes a part of an array, if the stream is open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="buffer">The array with the bytes to write.</param>
    /// <param name="offset">Where the bytes begin, in bytes.</param>
    /// <param name="count">How many bytes to write.</param>
    /// <returns>What is known about the write.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="count"/> are not in the array.</exception>
    public static SendResult TryWrite(this Stream stream, byte[] buffer, int offset, int count)
    {
        Check.NotNull(buffer);
        return stream.TryWrite(buffer.AsSpan(offset, count));
    }

    /// <summary>Writes the bytes, if the stream is open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="buffer">The bytes to write; leave them alone until the write is complete.</param>
    /// <param name="cancellationToken">Cancels the write; see the remarks on the class.</param>
    /// <returns>What is known about the write.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    public static ValueTask<SendResult> TryWriteAsync(this Stream stream, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check.NotNull(stream);
        if (cancellationToken.IsCancellationRequested)
        {
            return SendFailure.Cancelled(cancellationToken);
        }

        try
        {
            if (!MayWrite(stream))
            {
                return new ValueTask<SendResult>(SendFailure.NotOpen(null));
            }
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return new ValueTask<SendResult>(SendFailure.NotOpen(null, e));
        }

        ValueTask write;
        try
        {
            write = Start(stream, buffer, cancellationToken);
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return new ValueTask<SendResult>(SendFailure.Failed(null, e));
        }

        return SendFailure.Complete(write, null);
    }

    /// <summary>Writes a part of an array, if the stream is open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="buffer">The array with the bytes to write; leave it alone until the write is complete.</param>
    /// <param name="offset">Where the bytes begin, in bytes.</param>
    /// <param name="count">How many bytes to write.</param>
    /// <param name="cancellationToken">Cancels the write; see the remarks on the class.</param>
    /// <returns>What is known about the write.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="count"/> are not in the array.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    public static ValueTask<SendResult> TryWriteAsync(this Stream stream, byte[] buffer, int offset, int count, CancellationToken cancellationToken = default)
    {
        Check.NotNull(buffer);
        return stream.TryWriteAsync(buffer.AsMemory(offset, count), cancellationToken);
    }

    /// <summary>Whether the stream says that a write may be tried; asks nothing of the operating system.</summary>
    private static bool MayWrite(Stream stream) => stream.CanWrite && stream switch
    {
        // The socket may have been closed under its stream.
        NetworkStream network => NetworkStreams.SocketOf(network) is not { } socket || SocketState.MaySend(socket),
        PipeStream pipe => pipe.IsConnected,
        _ => true,
    };

    private static ValueTask Start(Stream stream, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
#if NET
        return stream.WriteAsync(buffer, cancellationToken);
#else
        if (!MemoryMarshal.TryGetArray(buffer, out var segment))
        {
            segment = new ArraySegment<byte>(buffer.ToArray());
        }

        return new ValueTask(stream.WriteAsync(segment.Array!, segment.Offset, segment.Count, cancellationToken));
#endif
    }
}
