using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Guarded sends on any connection whose state can be asked: a closing connection is an answer, not an exception.</summary>
/// <remarks>
/// <para>If the state predicate says that the connection is not open, or cannot say it without an exception, the send is not called
/// and the answer is <see cref="SendOutcome.NotOpen"/>. Whatever the send throws afterwards makes the answer
/// <see cref="SendOutcome.Unknown"/>, with the exception in it: it may have written a part. A <see cref="NotSentException"/>
/// makes it <see cref="SendOutcome.NotOpen"/>.</para>
/// <para>Mistakes of the caller stay exceptions: <see cref="ArgumentException"/>, <see cref="NullReferenceException"/>,
/// <see cref="NotSupportedException"/>, <see cref="NotImplementedException"/>, <see cref="InvalidCastException"/>,
/// <see cref="IndexOutOfRangeException"/>, and <see cref="OutOfMemoryException"/>.</para>
/// <para>A token that is cancelled before the send was called throws <see cref="OperationCanceledException"/>; cancelled in the
/// middle, the answer is <see cref="SendOutcome.Unknown"/>.</para>
/// <para>As safe for several threads as the send itself. The overloads with a state take <see langword="static"/> lambdas and
/// allocate nothing where the send completes at once.</para>
/// </remarks>
/// <example>
/// <code>
/// var result = channel.TrySend(c => c.IsOpen, c => c.Publish(message));
/// var other = channel.TrySend(message, static c => c.IsOpen, static (c, m) => c.Publish(m));
/// if (result.ProvablyNotSent) Requeue(message);
/// </code>
/// </example>
public static class Guarded
{
    /// <summary>Sends, if the connection is open.</summary>
    /// <typeparam name="TConnection">The type of the connection.</typeparam>
    /// <param name="connection">The connection.</param>
    /// <param name="isOpen">Says whether the connection is open.</param>
    /// <param name="send">Sends.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static SendResult TrySend<TConnection>(this TConnection connection, Func<TConnection, bool> isOpen, Action<TConnection> send)
        where TConnection : class
    {
        Check.NotNull(connection);
        Check.NotNull(isOpen);
        Check.NotNull(send);
        if (!MaySend(connection, isOpen, out var closed))
        {
            return closed;
        }

        try
        {
            send(connection);
            return SendResult.Sent;
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return SendFailure.Failed(null, e);
        }
    }

    /// <summary>Sends, if the connection is open.</summary>
    /// <typeparam name="TConnection">The type of the connection.</typeparam>
    /// <typeparam name="TState">The type of what is passed to <paramref name="send"/>.</typeparam>
    /// <param name="connection">The connection.</param>
    /// <param name="state">Passed to <paramref name="send"/>, so that it need not capture anything; usually the message.</param>
    /// <param name="isOpen">Says whether the connection is open.</param>
    /// <param name="send">Sends.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException">The connection or a delegate is <see langword="null"/>.</exception>
    public static SendResult TrySend<TConnection, TState>(
        this TConnection connection, TState state, Func<TConnection, bool> isOpen, Action<TConnection, TState> send)
        where TConnection : class
    {
        Check.NotNull(connection);
        Check.NotNull(isOpen);
        Check.NotNull(send);
        if (!MaySend(connection, isOpen, out var closed))
        {
            return closed;
        }

        try
        {
            send(connection, state);
            return SendResult.Sent;
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return SendFailure.Failed(null, e);
        }
    }

    /// <summary>Sends, if the connection is open.</summary>
    /// <typeparam name="TConnection">The type of the connection.</typeparam>
    /// <param name="connection">The connection.</param>
    /// <param name="isOpen">Says whether the connection is open.</param>
    /// <param name="send">Sends; gets the token.</param>
    /// <param name="cancellationToken">Cancels the send; see the remarks on the class.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException">The connection or a delegate is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the send was called.</exception>
    [OverloadResolutionPriority(1)]
    public static ValueTask<SendResult> TrySendAsync<TConnection>(
        this TConnection connection,
        Func<TConnection, bool> isOpen,
        Func<TConnection, CancellationToken, ValueTask> send,
        CancellationToken cancellationToken = default)
        where TConnection : class
    {
        Check.NotNull(send);
        return TrySendCoreAsync(connection, send, isOpen, static (c, s, token) => s(c, token), cancellationToken);
    }

    /// <summary>Sends, if the connection is open.</summary>
    /// <typeparam name="TConnection">The type of the connection.</typeparam>
    /// <param name="connection">The connection.</param>
    /// <param name="isOpen">Says whether the connection is open.</param>
    /// <param name="send">Sends; gets the token.</param>
    /// <param name="cancellationToken">Cancels the send; see the remarks on the class.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException">The connection or a delegate is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the send was called.</exception>
    public static ValueTask<SendResult> TrySendAsync<TConnection>(
        this TConnection connection,
        Func<TConnection, bool> isOpen,
        Func<TConnection, CancellationToken, Task> send,
        CancellationToken cancellationToken = default)
        where TConnection : class
    {
        Check.NotNull(send);
        return TrySendCoreAsync(connection, send, isOpen, static (c, s, token) => new ValueTask(s(c, token)), cancellationToken);
    }

    /// <summary>Sends, if the connection is open.</summary>
    /// <typeparam name="TConnection">The type of the connection.</typeparam>
    /// <typeparam name="TState">The type of what is passed to <paramref name="send"/>.</typeparam>
    /// <param name="connection">The connection.</param>
    /// <param name="state">Passed to <paramref name="send"/>, so that it need not capture anything; usually the message.</param>
    /// <param name="isOpen">Says whether the connection is open.</param>
    /// <param name="send">Sends; gets the token.</param>
    /// <param name="cancellationToken">Cancels the send; see the remarks on the class.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException">The connection or a delegate is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the send was called.</exception>
    [OverloadResolutionPriority(1)]
    public static ValueTask<SendResult> TrySendAsync<TConnection, TState>(
        this TConnection connection,
        TState state,
        Func<TConnection, bool> isOpen,
        Func<TConnection, TState, CancellationToken, ValueTask> send,
        CancellationToken cancellationToken = default)
        where TConnection : class
    {
        Check.NotNull(send);
        return TrySendCoreAsync(connection, state, isOpen, send, cancellationToken);
    }

    /// <summary>Sends, if the connection is open.</summary>
    /// <typeparam name="TConnection">The type of the connection.</typeparam>
    /// <typeparam name="TState">The type of what is passed to <paramref name="send"/>.</typeparam>
    /// <param name="connection">The connection.</param>
    /// <param name="state">Passed to <paramref name="send"/>, so that it need not capture anything; usually the message.</param>
    /// <param name="isOpen">Says whether the connection is open.</param>
    /// <param name="send">Sends; gets the token.</param>
    /// <param name="cancellationToken">Cancels the send; see the remarks on the class.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException">The connection or a delegate is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the send was called.</exception>
    public static ValueTask<SendResult> TrySendAsync<TConnection, TState>(
        this TConnection connection,
        TState state,
        Func<TConnection, bool> isOpen,
        Func<TConnection, TState, CancellationToken, Task> send,
        CancellationToken cancellationToken = default)
        where TConnection : class
    {
        Check.NotNull(send);
        return TrySendCoreAsync(
            connection, (state, send), isOpen, static (c, s, token) => new ValueTask(s.send(c, s.state, token)), cancellationToken);
    }

    private static ValueTask<SendResult> TrySendCoreAsync<TConnection, TState>(
        TConnection connection,
        TState state,
        Func<TConnection, bool> isOpen,
        Func<TConnection, TState, CancellationToken, ValueTask> send,
        CancellationToken cancellationToken)
        where TConnection : class
    {
        Check.NotNull(connection);
        Check.NotNull(isOpen);
        if (cancellationToken.IsCancellationRequested)
        {
            return SendFailure.Cancelled(cancellationToken);
        }

        if (!MaySend(connection, isOpen, out var closed))
        {
            return new ValueTask<SendResult>(closed);
        }

        ValueTask pending;
        try
        {
            pending = send(connection, state, cancellationToken);
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return new ValueTask<SendResult>(SendFailure.Failed(null, e));
        }

        return SendFailure.Complete(pending, null);
    }

    private static bool MaySend<TConnection>(TConnection connection, Func<TConnection, bool> isOpen, out SendResult closed)
    {
        Exception? cause = null;
        try
        {
            if (isOpen(connection))
            {
                closed = default;
                return true;
            }
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            cause = e;
        }

        closed = SendFailure.NotOpen(null, cause);
        return false;
    }
}
