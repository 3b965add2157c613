using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime;

/// <summary>How a <see cref="SendGate"/> treats those who wait and what fails.</summary>
/// <remarks>Read once, when the gate is constructed; changes afterwards have no effect. Not thread-safe while it is being set up.</remarks>
public sealed class SendGateOptions
{
    /// <summary>
    /// Gets or sets how many may wait at most, beside the one that sends; 1,024 by default, 0 for none. Without a limit a slow peer would
    /// fill the memory of everybody who sends to it.
    /// </summary>
    public int MaxWaiters { get; set; } = 1024;

    /// <summary>Gets or sets who is refused when so many wait; the newest by default.</summary>
    public SendGateFullMode WhenFull { get; set; }

    /// <summary>
    /// Gets or sets which failures of an exchange leave the gate open; none by default but <see cref="NotSentException"/>: after any other
    /// nobody knows how far the exchange got. Not asked about cancellations and timeouts, which always close it. A predicate that throws
    /// says no.
    /// </summary>
    public Func<Exception, bool>? KeepsOpen { get; set; }

    /// <summary>
    /// Gets or sets what is called after a failure has closed the gate, with that failure: usually it closes the connection. Called on the
    /// thread of the failed sender, after those who waited were released; an exception out of it is logged.
    /// </summary>
    public Action<Exception>? OnFault { get; set; }

    /// <summary>Gets or sets what measures the waits; the system's clock by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets where it is logged that a failure has closed the gate; nowhere by default.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>Gets or sets the name of the gate in exceptions, logs and metrics; <c>SendGate</c> by default.</summary>
    public string? Name { get; set; }
}
