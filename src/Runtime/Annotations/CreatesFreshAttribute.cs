namespace LifecycleAnalyzers.Runtime;

/// <summary>Says that a method returns a connection made just now, or that it replaces the kept one by such a connection (reconnects).</summary>
/// <remarks>What comes from it needs no validation before its first use. The attribute does nothing at run time.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CreatesFreshAttribute : Attribute;
