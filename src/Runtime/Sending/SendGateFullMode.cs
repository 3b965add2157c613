namespace LifecycleAnalyzers.Runtime;

/// <summary>What a <see cref="SendGate"/> does with one sender too many.</summary>
public enum SendGateFullMode
{
    /// <summary>The sender that comes last is refused at once: nothing of it was sent. For messages that all matter; it is their backpressure.</summary>
    RefuseNewest = 0,

    /// <summary>The sender that has waited longest is refused, and the new one waits. For messages of which the newest matters, such as readings.</summary>
    RefuseOldest = 1,
}
