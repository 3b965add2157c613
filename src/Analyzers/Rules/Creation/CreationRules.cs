using System.Collections.Immutable;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>The rules on the creation of connections.</summary>
internal static class CreationRules
{
    public static readonly ImmutableArray<IRule> All =
    [
        new LCA1001AttachErrorHandler(),
        new LCA1002HandleSynchronousCompletion(),
        new LCA1003CloseOnFailure(),
        new LCA1004ObserveConnectionTask(),
        new LCA1005HandleCallbackFailure(),
        new LCA1006CloseBoth(),
        new LCA1007GiveBackCount(),
        new LCA1008BoundConnect(),
    ];
}
