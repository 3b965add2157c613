namespace LifecycleAnalyzers.Runtime;

/// <summary>Says that a member tells the state of its connection, and which of its values mean that the connection is usable.</summary>
/// <remarks>The attribute does nothing at run time.</remarks>
/// <example>
/// <code>
/// [ConnectionState(LinkState.Open)]
/// public LinkState State { get; }
///
/// [ConnectionState]           // a bool: true means usable
/// public bool IsReady { get; }
///
/// [ConnectionState(false)]    // a bool the other way round
/// public bool Ended { get; }
/// </code>
/// </example>
/// <param name="usable">
/// The values of the member that mean usable. None for a <see cref="bool"/>: <see langword="true"/> then means usable.
/// </param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Method)]
public sealed class ConnectionStateAttribute(params object[] usable) : Attribute
{
    /// <summary>Gets the values that mean usable; empty when a <see cref="bool"/> member's <see langword="true"/> does.</summary>
    public IReadOnlyList<object> Usable { get; } = usable ?? [];
}
