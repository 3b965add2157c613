using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A place where something is kept for later uses.</summary>
internal sealed class CacheFill(IOperation operation, ISymbol? cache, IOperation value, bool isFactory)
{
    /// <summary>The call or assignment; of a field's initialiser, what it creates.</summary>
    public IOperation Operation { get; } = operation;

    /// <summary>The field, property or parameter that holds it; null where a container of somebody else's does.</summary>
    public ISymbol? Cache { get; } = cache;

    /// <summary>What is kept, or the delegate that makes it.</summary>
    public IOperation Value { get; } = value;

    public bool IsFactory { get; } = isFactory;
}
