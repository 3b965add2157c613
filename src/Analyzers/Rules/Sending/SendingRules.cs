using System.Collections.Immutable;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>The rules on sending.</summary>
internal static class SendingRules
{
    public static readonly ImmutableArray<IRule> All =
    [
        new LCA2001CheckStateBeforeSend(),
        new LCA2002CheckStateAgain(),
        new LCA2003ConnectedIsNoProof(),
        new LCA2004OneSendAtATime(),
        new LCA2005HiddenSendFailure(),
    ];
}
