namespace LifecycleAnalyzers.Runtime;

/// <summary>The answer of a guarded send: what is known about it, and the cause where it was not sent.</summary>
/// <remarks>
/// <para>A connection that is closing is an answer here, not an exception, so that a callback can send without a race between
/// checking the state and sending.</para>
/// <para>Immutable and therefore thread-safe. <see langword="default"/> says <see cref="SendOutcome.Unknown"/>: a result that
/// nobody assigned claims nothing.</para>
/// </remarks>
public readonly struct SendResult : IEquatable<SendResult>
{
    private SendResult(SendOutcome outcome, Exception? exception)
    {
        Outcome = outcome;
        Exception = exception;
    }

    /// <summary>Gets the result of a send of which the connection took everything.</summary>
    public static SendResult Sent => new(SendOutcome.Sent, null);

    /// <summary>Gets what is known about the send.</summary>
    public SendOutcome Outcome { get; }

    /// <summary>
    /// Gets why it was not sent, or <see langword="null"/> if it was, or if the connection's state said that it is not open and so
    /// nothing was tried.
    /// </summary>
    public Exception? Exception { get; }

    /// <summary>Gets whether the connection took everything.</summary>
    public bool IsSent => Outcome == SendOutcome.Sent;

    /// <summary>Gets whether provably nothing was sent, so that sending it again cannot do it twice.</summary>
    public bool ProvablyNotSent => Outcome == SendOutcome.NotOpen;

    /// <summary>Makes the result of a send that provably did not happen.</summary>
    /// <param name="exception">The cause, or <see langword="null"/> if the connection's state told it.</param>
    /// <returns>A result with <see cref="SendOutcome.NotOpen"/>.</returns>
    public static SendResult NotOpen(Exception? exception = null) => new(SendOutcome.NotOpen, exception);

    /// <summary>Makes the result of a send that failed after it had begun.</summary>
    /// <param name="exception">The cause.</param>
    /// <returns>A result with <see cref="SendOutcome.Unknown"/>.</returns>
    public static SendResult Unknown(Exception? exception) => new(SendOutcome.Unknown, exception);

    /// <summary>Turns a failure back into an exception, for callers that cannot go on without the send.</summary>
    /// <exception cref="NotSentException">The connection was not open; provably nothing was sent.</exception>
    /// <exception cref="IOException">It is not known whether it was sent; the cause is the inner exception.</exception>
    public void EnsureSent()
    {
        switch (Outcome)
        {
            case SendOutcome.Sent:
                return;
            case SendOutcome.NotOpen:
                throw new NotSentException("The connection is not open; nothing was sent.", Exception);
            default:
                throw new IOException("The send failed after it had begun; it is not known whether it reached the peer.", Exception);
        }
    }

    /// <summary>Compares two results.</summary>
    /// <param name="left">One result.</param>
    /// <param name="right">The other result.</param>
    /// <returns>Whether both have the same outcome and the same exception object.</returns>
    public static bool operator ==(SendResult left, SendResult right) => left.Equals(right);

    /// <summary>Compares two results.</summary>
    /// <param name="left">One result.</param>
    /// <param name="right">The other result.</param>
    /// <returns>Whether they differ in the outcome or in the exception object.</returns>
    public static bool operator !=(SendResult left, SendResult right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(SendResult other) => Outcome == other.Outcome && ReferenceEquals(Exception, other.Exception);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SendResult other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((int)Outcome * 397) ^ (Exception?.GetHashCode() ?? 0);

    /// <summary>Says the outcome, and the cause where there is one.</summary>
    /// <returns>For example <c>Sent</c>, or <c>Unknown: Broken pipe</c>.</returns>
    public override string ToString() => Exception is null ? Outcome.ToString() : Outcome + ": " + Exception.Message;
}
