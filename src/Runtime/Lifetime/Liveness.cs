namespace LifecycleAnalyzers.Runtime;

/// <summary>Whether the peer of a connection is still there, as far as this machine knows.</summary>
public enum Liveness
{
    /// <summary>The connection is closed here, or the peer has ended or reset it. Also the value that nobody assigned.</summary>
    Closed = 0,

    /// <summary>
    /// Open here, no end and no data of the peer waiting. A peer that vanished without a word (power, cable, a firewall's table) still
    /// looks so until something is sent and stays unanswered.
    /// </summary>
    Alive = 1,

    /// <summary>
    /// Data of the peer is waiting to be read; behind it the peer may have ended the connection. Good news for a reader; but a pooled
    /// request/response connection nobody asks anything of is out of step, and must not be used again.
    /// </summary>
    UnreadData = 2,
}
