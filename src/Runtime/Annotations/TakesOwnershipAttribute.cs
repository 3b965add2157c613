namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// On a parameter: the connection that is passed belongs to the callee from then on, which closes it. On a method or constructor: so do
/// all connections that are passed.
/// </summary>
/// <remarks>
/// The analyzers then no longer ask the caller to close the connection when something fails later, or to listen to its errors. The
/// attribute does nothing at run time.
/// </remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Parameter)]
public sealed class TakesOwnershipAttribute : Attribute;
