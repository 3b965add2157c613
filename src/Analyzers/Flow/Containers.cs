using Microsoft.CodeAnalysis;

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
            case "TryGetValue" or "GetOrAdd" or "GetValueOrDefault" or "AddOrUpdate" or "get_Item" or "GetValueRefOrAddDefault":
                return BornKind.Lookup;
            case "Get" or "GetOrCreate" or "GetOrCreateAsync" when type.Name is "CacheExtensions" or "MemoryCache" or "ObjectCache" or "ConditionalWeakTable":
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
}
