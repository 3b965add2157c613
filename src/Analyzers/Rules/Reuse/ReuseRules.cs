using System.Collections.Immutable;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>The rules on the reuse of connections.</summary>
internal static class ReuseRules
{
    public static readonly ImmutableArray<IRule> All =
    [
        new LCA3001ValidateCachedSession(),
        new LCA3002EvictFailedConnection(),
        new LCA3003KeepConnectionsOpen(),
        new LCA3004CheckPooledConnection(),
        new LCA3005DoNotRepeatWrittenRequest(),
        new LCA3006IgnoreReplacedSession(),
    ];
}
