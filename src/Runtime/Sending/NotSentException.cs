namespace LifecycleAnalyzers.Runtime;

/// <summary>Says that provably nothing was sent, or that the peer provably did not process it: it is safe to do it again elsewhere.</summary>
/// <remarks>
/// <para><see cref="SendResult.EnsureSent"/> throws it. Throw it yourself from work given to
/// <see cref="SessionCache{TKey, TSession}"/> when the peer answered that the session is not valid, or that it refused the request
/// unprocessed: <see cref="Replay.IsSafe"/> answers <see langword="true"/> for it, and the work is repeated on a fresh session.</para>
/// <para>It is an <see cref="IOException"/>, so that code that handles failures of a transport handles this one.</para>
/// </remarks>
public sealed class NotSentException : IOException
{
    /// <summary>Creates the exception with a general message.</summary>
    public NotSentException()
        : this("Nothing was sent.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was not sent, and why that is certain.</param>
    public NotSentException(string? message)
        : this(message, null)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was not sent, and why that is certain.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public NotSentException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
