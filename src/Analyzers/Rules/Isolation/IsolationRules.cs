using System.Collections.Immutable;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>The rules on keeping exchanges apart.</summary>
internal static class IsolationRules
{
    public static readonly ImmutableArray<IRule> All =
    [
        new LCA4001FinishExchangeBeforeReturn(),
        new LCA4002KeepRequestOutOfSharedFields(),
        new LCA4003UseContextWithinRequest(),
        new LCA4004AwaitBeforeBufferReturn(),
        new LCA4005LeaveOperationObjectAlone(),
        new LCA4006DoNotInterleaveExchanges(),
    ];
}
