namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// On a method: somebody else calls it, at a time when the connection may already be ending. On a parameter of a delegate type:
/// what is passed will be called so.
/// </summary>
/// <remarks>The analyzers then ask for a state check before a send in it. The attribute does nothing at run time.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Parameter)]
public sealed class ConnectionCallbackAttribute : Attribute;
