namespace LifecycleAnalyzers.Runtime;

/// <summary>Says that an event, or a property that holds a callback or a task, tells of the failure or the end of its connection.</summary>
/// <remarks>The analyzers ask that it is attached before the connection is opened. The attribute does nothing at run time.</remarks>
[AttributeUsage(AttributeTargets.Event | AttributeTargets.Property)]
public sealed class ErrorEventAttribute : Attribute;
