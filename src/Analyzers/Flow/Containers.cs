using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Flow;

/// <summary>Which library methods take something out of a cache or a pool.</summary>
internal static class Containers
{
    public static BornKind? Kind(IMethodSymbol method)
    {
        var type = method.ContainingType;
        if (type is null) return null;
        switch (method.Name)
        {
            case "TryGetValue" or "GetOrAdd" or "GetValueOrDefault" or "AddOrUpdate" or "get_Item" or "GetValueRefOrAddDefault" or "GetValueRefOrNullRef":
                return BornKind.Lookup;
            case "Get" or "GetOrCreate" or "GetOrCreateAsync" when type.Name is "CacheExtensions" or "MemoryCache" or "ObjectCache":
            case "GetValue" or "GetOrCreateValue" when type.Name is "ConditionalWeakTable":
                return BornKind.Lookup;
            case "Get" or "Rent" or "Take" when type.Name.EndsWith("Pool", StringComparison.Ordinal):
                return BornKind.Pooled;
            case "TryTake" or "TryPop" or "TryDequeue" or "Pop" or "Dequeue" or "Take" or "TryPeek" or "Peek" or "TryRead" or "ReadAsync"
                when type.Name is "ConcurrentBag" or "ConcurrentQueue" or "ConcurrentStack" or "Queue" or "Stack" or "BlockingCollection" or "ChannelReader" or "IProducerConsumerCollection" or "PriorityQueue":
                return BornKind.Pooled;
            default:
                return null;
        }
    }

    /// <summary>Puts a value under a key: <c>Add</c>, <c>TryAdd</c>, <c>Set</c>.</summary>
    public static bool Puts(IMethodSymbol method) =>
        method.Name is "Add" or "TryAdd" && method.Parameters.Length == 2 && IsMap(method.ContainingType);

    /// <summary>Takes out what is under a key, whatever it is or if it is still the value that is given.</summary>
    public static bool Removes(IMethodSymbol method) =>
        method.Name is "Remove" or "TryRemove" && method.Parameters.Length > 0
        && (IsMap(method.ContainingType) || method.ContainingType is { Name: "ICollection", TypeArguments: [{ Name: "KeyValuePair" }] });

    private static bool IsMap(INamedTypeSymbol? type) => type is { Name: "ConditionalWeakTable" } || type?.Name.Contains("Dictionary") == true;

    /// <summary>Keeps a value in a collection: it has not left, it can be met there again.</summary>
    public static bool Collects(IMethodSymbol method) =>
        method.Name is "Add" or "TryAdd" or "Enqueue" or "Push" or "Insert" or "AddLast" or "AddFirst"
        && method.ContainingType?.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) == true;

    /// <summary>A key that names the same element each time it is written: a variable, a member, a constant.</summary>
    public static string? Key(ExpressionSyntax? key) => key switch
    {
        IdentifierNameSyntax or LiteralExpressionSyntax => key.ToString(),
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or ThisExpressionSyntax } => key.ToString(),
        _ => null,
    };
}
