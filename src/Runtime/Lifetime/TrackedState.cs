namespace LifecycleAnalyzers.Runtime;

/// <summary>Where a connection stands in its life, as its owner has told a <see cref="ConnectionTracker"/>.</summary>
/// <remarks>
/// A connection goes forward only: from <see cref="Connecting"/> to <see cref="Open"/>; from there to <see cref="HalfClosed"/>,
/// <see cref="Closing"/> or an end; from <see cref="HalfClosed"/> to <see cref="Closing"/> or an end; from <see cref="Closing"/> to an end.
/// The ends are <see cref="Closed"/> and <see cref="Faulted"/>; nothing comes after them, and <see cref="Connecting"/> may go to them, too.
/// </remarks>
public enum TrackedState
{
    /// <summary>Being opened; an end from here is a connect that failed.</summary>
    Connecting = 0,

    /// <summary>Open in both directions.</summary>
    Open = 1,

    /// <summary>One direction has ended, the other goes on.</summary>
    HalfClosed = 2,

    /// <summary>Being closed.</summary>
    Closing = 3,

    /// <summary>Closed in good order.</summary>
    Closed = 4,

    /// <summary>Ended by a failure, or found leaked.</summary>
    Faulted = 5,
}
