namespace LifecycleAnalyzers.Runtime;

/// <summary>What is known about a send.</summary>
public enum SendOutcome
{
    /// <summary>
    /// It is not known whether the peer will see all, some or none of it: the send failed, or was cancelled, after it had begun.
    /// Never repeat it unless the receiver can tell a repetition. Also the outcome of a <see cref="SendResult"/> that nobody assigned.
    /// </summary>
    /// <remarks>
    /// A TCP connection that the peer has reset answers so, too: the platform does not tell whether the error came before the first
    /// byte or after some of them. To find a dead connection before the send, ask <see cref="LivenessExtensions.IsAlive(System.Net.Sockets.Socket, bool)"/>
    /// when it is taken from where it was kept.
    /// </remarks>
    Unknown = 0,

    /// <summary>
    /// The connection took all of it. Of a transport this means that the operating system or the stream accepted the bytes, not that
    /// the peer has read them; only an answer of the peer tells that.
    /// </summary>
    Sent = 1,

    /// <summary>The connection was not open, and provably nothing was sent: it is safe to send it again on another connection.</summary>
    NotOpen = 2,
}
