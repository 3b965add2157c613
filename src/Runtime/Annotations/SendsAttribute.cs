namespace LifecycleAnalyzers.Runtime;

/// <summary>Says that a method sends on its connection and fails when the connection is not open.</summary>
/// <remarks>
/// Do not put it on a method that only queues, or that answers with a <see cref="bool"/> whether it sent: such a method is safe to
/// call at any time. The attribute does nothing at run time.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SendsAttribute : Attribute;
