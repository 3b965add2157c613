using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime;

/// <summary>How a <see cref="ConnectionPair"/> relays.</summary>
/// <remarks>Read once, when the pair is constructed; changes afterwards have no effect. Not thread-safe while it is being set up.</remarks>
public sealed class ConnectionPairOptions
{
    /// <summary>
    /// Gets or sets after how long without a byte in either direction the relay ends; <see cref="Timeout.InfiniteTimeSpan"/>, never, by
    /// default. A peer that vanished without a word is noticed by this alone, or by the sockets' keep-alive.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Gets or sets the same for the time after one direction has ended; 5 min by default, <see cref="Timeout.InfiniteTimeSpan"/> for never.
    /// </summary>
    public TimeSpan HalfClosedIdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets or sets whether a TCP connection whose peer was not told the end in good order is reset instead of closed when the relay ends;
    /// <see langword="true"/> by default. A close would make what was cut off, by a failure of the other end, a cancellation or silence, look
    /// like all there was.
    /// </summary>
    public bool ResetWhenCut { get; set; } = true;

    /// <summary>
    /// Gets or sets how large the buffer for each direction may get, in bytes; 262,144 by default. It is that large while a connection has much
    /// to say, and at most 16,384 otherwise.
    /// </summary>
    public int BufferSize { get; set; } = 256 * 1024;

    /// <summary>Gets or sets what tells the time; the system's clock by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets where the ends of relays are logged; nowhere by default.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>Gets or sets the name of the relay in logs and metrics; <c>relay</c> by default.</summary>
    public string? Name { get; set; }
}
