using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime;

/// <summary>How a <see cref="ConnectionTracker"/> counts.</summary>
/// <remarks>Read once, when the tracker is constructed; changes afterwards have no effect. Not thread-safe while it is being set up.</remarks>
public sealed class ConnectionTrackerOptions
{
    /// <summary>Gets or sets the name of the tracker in logs and metrics; <c>connections</c> by default.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// Gets or sets of how many connections one is watched for a leak: 0, the default, for none, 1 for every one, 100 for every hundredth.
    /// A watched connection whose handle is collected without having been disposed is logged with the call that opened it, and ends as
    /// <see cref="TrackedState.Faulted"/>. Watching costs one object with a finalizer for each watched connection.
    /// </summary>
    public int LeakSampleEvery { get; set; }

    /// <summary>
    /// Gets or sets how <see cref="ConnectionTracker.DrainAsync"/> closes a connection that is left; otherwise it is disposed, asynchronously
    /// where it can be. A failure is logged.
    /// </summary>
    public Func<object, ValueTask>? Close { get; set; }

    /// <summary>Gets or sets what tells the time; the system's clock by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets where leaks, refused steps and failures of handlers are logged; nowhere by default.</summary>
    public ILogger? Logger { get; set; }
}
