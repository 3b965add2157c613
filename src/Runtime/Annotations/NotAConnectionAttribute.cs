namespace LifecycleAnalyzers.Runtime;

/// <summary>Says that a type is no connection, though its name and members look like one.</summary>
/// <remarks>The attribute does nothing at run time; the analyzers leave values of the type alone.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct)]
public sealed class NotAConnectionAttribute : Attribute;
