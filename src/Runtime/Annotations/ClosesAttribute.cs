namespace LifecycleAnalyzers.Runtime;

/// <summary>Says that a method ends its connection; nothing can be sent after it.</summary>
/// <remarks>The attribute does nothing at run time.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClosesAttribute : Attribute;
