using System.Net.Sockets;
using System.Runtime.CompilerServices;
#if !NET
using System.Buffers;
using System.Runtime.InteropServices;
#endif

namespace LifecycleAnalyzers.Runtime;

/// <summary>Guarded sends on a <see cref="Socket"/> and a <see cref="TcpClient"/>: a closing connection is an answer, not an exception.</summary>
/// <remarks>
/// <para>The whole buffer is sent, in as many steps as the operating system takes. A stream socket that is disposed, was never
/// connected, was shut down (in either direction), or failed before, answers <see cref="SendOutcome.NotOpen"/> and is not touched.
/// Every failure of a send that was tried answers <see cref="SendOutcome.Unknown"/>, except those that prove that nothing was sent
/// (the socket is not connected; a datagram).</para>
/// <para>Mistakes of the caller (<see cref="ArgumentException"/>, <see cref="NotSupportedException"/>) stay exceptions.</para>
/// <para>A token that is cancelled before anything was tried throws <see cref="OperationCanceledException"/>. Cancelled in the
/// middle, the answer is <see cref="SendOutcome.Unknown"/> with the exception in it: a part may be on its way, so the connection
/// is of no more use. The netstandard2.0 build cannot cancel a send that has begun; it looks at the token before it begins.</para>
/// <para>As safe for several threads as the socket itself: sends of several threads do not harm each other, but the bytes of one
/// that takes several steps may be interleaved with another's. Without allocation where the send completes at once.</para>
/// </remarks>
public static class SocketSendExtensions
{
    /// <summary>Sends the whole buffer, if the socket is open.</summary>
    /// <param name="socket">The socket; a blocking one (the default). Of a non-blocking one a full buffer is an unknown outcome.</param>
    /// <param name="buffer">The bytes to send.</param>
    /// <param name="socketFlags">Flags of the send.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    public static SendResult TrySend(this Socket socket, ReadOnlySpan<byte> buffer, SocketFlags socketFlags = SocketFlags.None)
    {
        Check.NotNull(socket);
#if NET
        return SendAll(socket, buffer, socketFlags);
#else
        // Only arrays can be sent here.
        var array = ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            buffer.CopyTo(array);
            return SendAll(socket, array, 0, buffer.Length, socketFlags);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(array);
        }
#endif
    }

    /// <summary>Sends a part of an array, if the socket is open.</summary>
    /// <param name="socket">The socket; a blocking one (the default). Of a non-blocking one a full buffer is an unknown outcome.</param>
    /// <param name="buffer">The array with the bytes to send.</param>
    /// <param name="offset">Where the bytes begin, in bytes.</param>
    /// <param name="size">How many bytes to send.</param>
    /// <param name="socketFlags">Flags of the send.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> or <paramref name="buffer"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> and <paramref name="size"/> are not in the array.</exception>
    public static SendResult TrySend(this Socket socket, byte[] buffer, int offset, int size, SocketFlags socketFlags = SocketFlags.None)
    {
        Check.NotNull(socket);
        Check.NotNull(buffer);
#if NET
        return SendAll(socket, buffer.AsSpan(offset, size), socketFlags);
#else
        _ = buffer.AsSpan(offset, size);
        return SendAll(socket, buffer, offset, size, socketFlags);
#endif
    }

    /// <summary>Sends the whole buffer, if the client is connected.</summary>
    /// <param name="client">The client.</param>
    /// <param name="buffer">The bytes to send.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    public static SendResult TrySend(this TcpClient client, ReadOnlySpan<byte> buffer)
    {
        Check.NotNull(client);
        return TcpClients.SocketOf(client) is { } socket ? socket.TrySend(buffer) : SendFailure.NotOpen("tcp");
    }

    /// <summary>Sends the whole buffer, if the socket is open.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">The bytes to send; leave them alone until the send is complete.</param>
    /// <param name="cancellationToken">Cancels the send; see the remarks on the class.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    public static ValueTask<SendResult> TrySendAsync(this Socket socket, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        socket.TrySendAsync(buffer, SocketFlags.None, cancellationToken);

    /// <summary>Sends the whole buffer, if the socket is open.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">The bytes to send; leave them alone until the send is complete.</param>
    /// <param name="socketFlags">Flags of the send.</param>
    /// <param name="cancellationToken">Cancels the send; see the remarks on the class.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    public static ValueTask<SendResult> TrySendAsync(this Socket socket, ReadOnlyMemory<byte> buffer, SocketFlags socketFlags, CancellationToken cancellationToken = default)
    {
        Check.NotNull(socket);
        if (cancellationToken.IsCancellationRequested)
        {
            return SendFailure.Cancelled(cancellationToken);
        }

        if (!SocketState.MaySend(socket))
        {
            return new ValueTask<SendResult>(SendFailure.NotOpen(SocketState.Transport(socket)));
        }

        ValueTask<int> step;
        try
        {
            step = Start(socket, buffer, socketFlags, cancellationToken);
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return new ValueTask<SendResult>(Failed(socket, 0, e));
        }

        if (!step.IsCompletedSuccessfully)
        {
            return SendRestAsync(socket, buffer, step, socketFlags, cancellationToken);
        }

        var sent = step.Result;
        return sent == buffer.Length
            ? new ValueTask<SendResult>(SendResult.Sent)
            : SendRestAsync(socket, buffer, new ValueTask<int>(sent), socketFlags, cancellationToken);
    }

    /// <summary>Sends the whole buffer, if the client is connected.</summary>
    /// <param name="client">The client.</param>
    /// <param name="buffer">The bytes to send; leave them alone until the send is complete.</param>
    /// <param name="cancellationToken">Cancels the send; see the remarks on the class.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    public static ValueTask<SendResult> TrySendAsync(this TcpClient client, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check.NotNull(client);
        if (TcpClients.SocketOf(client) is { } socket)
        {
            return socket.TrySendAsync(buffer, cancellationToken);
        }

        return cancellationToken.IsCancellationRequested
            ? SendFailure.Cancelled(cancellationToken)
            : new ValueTask<SendResult>(SendFailure.NotOpen("tcp"));
    }

#if NET
    private static SendResult SendAll(Socket socket, ReadOnlySpan<byte> buffer, SocketFlags socketFlags)
#else
    private static SendResult SendAll(Socket socket, byte[] buffer, int offset, int size, SocketFlags socketFlags)
#endif
    {
        if (!SocketState.MaySend(socket))
        {
            return SendFailure.NotOpen(SocketState.Transport(socket));
        }

        var total = 0;
        try
        {
            while (true)
            {
#if NET
                var size = buffer.Length;
                var sent = socket.Send(buffer.Slice(total), socketFlags, out var error);
#else
                var sent = socket.Send(buffer, offset + total, size - total, socketFlags, out var error);
#endif
                if (error != SocketError.Success)
                {
                    return Failed(socket, total, new SocketException((int)error));
                }

                total += sent;
                if (total >= size)
                {
                    return SendResult.Sent;
                }

                if (sent <= 0)
                {
                    return Failed(socket, total, new IOException("The socket took none of the remaining bytes."));
                }
            }
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return Failed(socket, total, e);
        }
    }

    private static SendResult Failed(Socket socket, int sent, Exception exception)
    {
        var transport = SocketState.Transport(socket);
        return sent == 0 && exception is SocketException socketException && SocketState.ProvesNotSent(socket, socketException.SocketErrorCode)
            ? SendFailure.NotOpen(transport, exception)
            : SendFailure.Unknown(transport, exception);
    }

#if NET
    private static ValueTask<int> Start(Socket socket, ReadOnlyMemory<byte> buffer, SocketFlags socketFlags, CancellationToken cancellationToken) =>
        socket.SendAsync(buffer, socketFlags, cancellationToken);
#else
    private static ValueTask<int> Start(Socket socket, ReadOnlyMemory<byte> buffer, SocketFlags socketFlags, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!MemoryMarshal.TryGetArray(buffer, out var segment))
        {
            segment = new ArraySegment<byte>(buffer.ToArray());
        }

        return new ValueTask<int>(socket.SendAsync(segment, socketFlags));
    }
#endif

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private static async ValueTask<SendResult> SendRestAsync(
        Socket socket, ReadOnlyMemory<byte> buffer, ValueTask<int> step, SocketFlags socketFlags, CancellationToken cancellationToken)
    {
        var total = 0;
        try
        {
            while (true)
            {
                var sent = await step.ConfigureAwait(false);
                total += sent;
                if (total >= buffer.Length)
                {
                    return SendResult.Sent;
                }

                if (sent <= 0)
                {
                    return Failed(socket, total, new IOException("The socket took none of the remaining bytes."));
                }

                step = Start(socket, buffer.Slice(total), socketFlags, cancellationToken);
            }
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return Failed(socket, total, e);
        }
    }
}
