namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// Says that the connection is open after a method returned; of a method that answers with a <see cref="bool"/>, that
/// <see langword="true"/> means so.
/// </summary>
/// <remarks>The analyzers take a call of it for the state check. The attribute does nothing at run time.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EnsuresOpenAttribute : Attribute;
