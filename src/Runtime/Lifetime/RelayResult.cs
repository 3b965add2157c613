namespace LifecycleAnalyzers.Runtime;

/// <summary>Which end of a <see cref="ConnectionPair"/> brought the relay to its end.</summary>
public enum RelayEnd
{
    /// <summary>Neither: this program did, or nothing happened for too long.</summary>
    Neither = 0,

    /// <summary>The first connection of the pair.</summary>
    First = 1,

    /// <summary>The second connection of the pair.</summary>
    Second = 2,
}

/// <summary>Why a relay ended.</summary>
public enum RelayEndReason
{
    /// <summary>Both ends have said all they had to say, or one has and the other cannot be told.</summary>
    Completed = 0,

    /// <summary>Reading from an end or writing to it failed.</summary>
    Failed = 1,

    /// <summary>Nothing came from either end for too long.</summary>
    Idle = 2,

    /// <summary>The token was cancelled.</summary>
    Canceled = 3,

    /// <summary>The pair was disposed.</summary>
    Disposed = 4,
}

/// <summary>How a relay went: who ended it and why, and what was delivered.</summary>
/// <remarks>Immutable and therefore thread-safe.</remarks>
public sealed class RelayResult
{
    internal RelayResult(RelayEndReason reason, RelayEnd endedBy, Exception? exception, long fromFirst, long fromSecond, TimeSpan duration)
    {
        Reason = reason;
        EndedBy = endedBy;
        Exception = exception;
        BytesFromFirst = fromFirst;
        BytesFromSecond = fromSecond;
        Duration = duration;
    }

    /// <summary>Gets why it ended.</summary>
    public RelayEndReason Reason { get; }

    /// <summary>Gets the end that failed, or that was the first to end its direction where both completed.</summary>
    public RelayEnd EndedBy { get; }

    /// <summary>Gets the failure; <see langword="null"/> if there was none.</summary>
    public Exception? Exception { get; }

    /// <summary>Gets how many bytes of the first connection the second one has taken.</summary>
    public long BytesFromFirst { get; }

    /// <summary>Gets how many bytes of the second connection the first one has taken.</summary>
    public long BytesFromSecond { get; }

    /// <summary>Gets how long it took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Says all that in one line.</summary>
    /// <returns>For example <c>Failed by Second after 1.5 s, 100 bytes there and 20 back: Connection reset by peer</c>.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"{Reason} by {EndedBy} after {Duration.TotalSeconds:0.###} s, {BytesFromFirst} bytes there and {BytesFromSecond} back{(Exception is null ? "" : ": " + Exception.Message)}");
}
