using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime;

/// <summary>How a <see cref="ConnectionPool{T}"/> treats its connections and those who wait for one.</summary>
/// <remarks>Read once, when the pool is constructed; changes afterwards have no effect. Not thread-safe while it is being set up.</remarks>
/// <typeparam name="T">The type of the connections.</typeparam>
public sealed class ConnectionPoolOptions<T>
    where T : class
{
    /// <summary>Gets or sets how many connections there are at most, idle ones included; 100 by default.</summary>
    public int MaxSize { get; set; } = 100;

    /// <summary>Gets or sets how many may wait for a connection at most; 1,024 by default, 0 for none.</summary>
    public int MaxWaiters { get; set; } = 1024;

    /// <summary>
    /// Gets or sets how long one may wait for a connection to come back; 30 s by default, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    public TimeSpan WaitTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how long the factory may take; 30 s by default, <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Then its token is
    /// cancelled; a connection that it returns later is closed.
    /// </summary>
    public TimeSpan CreationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how long a connection may lie idle; 1 min by default, <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Choose it
    /// shorter than the server's own limit, so that it is this side that closes.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Gets or sets how old a connection may get; <see cref="Timeout.InfiniteTimeSpan"/>, no limit, by default. One that is rented is closed
    /// when it comes back. A limit lets connections follow a change of the address.
    /// </summary>
    public TimeSpan MaxLifetime { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Gets or sets how long closing a connection may hold back its place in the pool; 5 s by default,
    /// <see cref="Timeout.InfiniteTimeSpan"/> for no limit. The close goes on after that.
    /// </summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets the check of a connection on its way out, made also right after it was opened. It must be quick and must not wait. An
    /// exception out of it counts as unusable and is logged.
    /// </summary>
    /// <remarks>
    /// Without one, a socket, client, network stream or web socket is asked <c>IsAlive()</c>, so that an answer that nobody has read makes
    /// it unusable, too; a database connection whether it is open, any other stream whether it can be written; everything else counts as
    /// usable.
    /// </remarks>
    public Func<T, bool>? IsUsable { get; set; }

    /// <summary>Gets or sets how a connection is closed; otherwise it is disposed, asynchronously where it can be. A failure is logged.</summary>
    public Func<T, ValueTask>? Close { get; set; }

    /// <summary>Gets or sets what tells the time; the system's clock by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets where openings, closings and their failures are logged; nowhere by default.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>Gets or sets the name of the pool in exceptions, logs and metrics; the connection's type name by default.</summary>
    public string? Name { get; set; }
}
