using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime;

/// <summary>How a <see cref="SessionCache{TKey, TSession}"/> or <see cref="SessionSlot{TSession}"/> treats its sessions.</summary>
/// <remarks>Read once, when the cache is constructed; changes afterwards have no effect. Not thread-safe while it is being set up.</remarks>
/// <typeparam name="TSession">The type of the sessions.</typeparam>
public sealed class SessionCacheOptions<TSession>
    where TSession : class
{
    /// <summary>
    /// Gets or sets the check of a session, made at every use and right after its creation. It must be quick and must not wait. An
    /// exception out of it counts as unusable and is logged.
    /// </summary>
    /// <remarks>
    /// Without one, a socket, client, network stream or web socket is asked <c>IsAlive()</c>, a database connection whether it is
    /// open, any other stream whether it can be written; everything else counts as usable until it is invalidated.
    /// </remarks>
    public Func<TSession, bool>? IsUsable { get; set; }

    /// <summary>Gets or sets how a session is ended after it has left the cache; otherwise it is disposed, asynchronously where it can be.</summary>
    public Func<TSession, ValueTask>? End { get; set; }

    /// <summary>
    /// Gets or sets which failures of work in <c>RunAsync</c> leave the session in the cache. None by default: after any exception nobody
    /// knows how far the exchange got. Set it where a failure of one request says nothing about the session, as on one that
    /// carries many requests at once. Not asked about cancellations and timeouts, which always end the session.
    /// </summary>
    public Func<Exception, bool>? KeepsSession { get; set; }

    /// <summary>
    /// Gets or sets which failures prove that nothing was written, so that <c>RunAsync</c> may repeat the work;
    /// <see cref="Replay.IsSafe"/> by default.
    /// </summary>
    public Func<Exception, bool>? IsSafeToReplay { get; set; }

    /// <summary>Gets or sets how often <c>RunAsync</c> repeats work at most; 1 by default, 0 means never.</summary>
    public int MaxReplays { get; set; } = 1;

    /// <summary>
    /// Gets or sets how long the factory may take; 30 s by default, <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Then its token is
    /// cancelled and those who wait get a <see cref="TimeoutException"/>; a session that it returns later is disposed.
    /// </summary>
    public TimeSpan CreationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets what tells the time; the system's clock by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets where creations, ends, repetitions and failed disposals are logged; nowhere by default.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>Gets or sets the name of the cache in logs and metrics; the session's type name by default.</summary>
    public string? Name { get; set; }
}
