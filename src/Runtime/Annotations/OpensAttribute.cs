namespace LifecycleAnalyzers.Runtime;

/// <summary>Says that a method opens (connects, starts) its connection; from there on the connection can fail.</summary>
/// <remarks>The attribute does nothing at run time.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpensAttribute : Attribute;
