using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>Where the followed connection is on one path.</summary>
internal enum Hold
{
    /// <summary>It is not here yet.</summary>
    None,

    /// <summary>This code has it, and nobody else.</summary>
    Held,

    /// <summary>The same, and opening has begun.</summary>
    Opened,

    /// <summary>The same, and something has failed.</summary>
    Failed,

    /// <summary>It is closed, or somebody else has it.</summary>
    Gone,

    /// <summary>The caller has it, as the result.</summary>
    Returned,
}

/// <summary>The token of a path: where the connection is, and the operation that failed on the way.</summary>
internal readonly struct Kept(Hold hold, IOperation? by = null) : IEquatable<Kept>
{
    public Hold Hold { get; } = hold;

    /// <summary>What opened last, or what failed.</summary>
    public IOperation? By { get; } = by;

    public bool IsHere => Hold is Hold.Held or Hold.Opened or Hold.Failed;

    public bool Equals(Kept other) => Hold == other.Hold && ReferenceEquals(By, other.By);

    public override bool Equals(object? obj) => obj is Kept other && Equals(other);

    public override int GetHashCode() => (int)Hold;
}
