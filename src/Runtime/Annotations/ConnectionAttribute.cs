namespace LifecycleAnalyzers.Runtime;

/// <summary>Says that a type is a connection: it is created, opened, sends, and ends.</summary>
/// <remarks>
/// The analyzers then treat the type like the connections they know, whatever its name. Mark its members with
/// <see cref="OpensAttribute"/>, <see cref="SendsAttribute"/>, <see cref="ClosesAttribute"/>,
/// <see cref="ConnectionStateAttribute"/> and <see cref="ErrorEventAttribute"/>; members without a mark are found by their names.
/// The attribute does nothing at run time.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct)]
public sealed class ConnectionAttribute : Attribute
{
    /// <summary>Gets or sets whether only one send at a time is allowed; overlapping sends are then reported. <see langword="false"/> by default.</summary>
    public bool SingleWriter { get; set; }

    /// <summary>
    /// Gets or sets whether the connection comes back by itself after it was lost, so that a kept one needs no validation.
    /// <see langword="false"/> by default.
    /// </summary>
    public bool Reconnects { get; set; }
}
