using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>
/// The state was asked, but between the question and the send lies something during which the connection can end. Where
/// nothing was asked at all, a callback is LCA2001's; here the check stands, so it is nobody else's.
/// </summary>
internal sealed class LCA2002CheckStateAgain : IRule
{
    public const string Id = "LCA2002";

    /// <summary>The property of the diagnostic that names the member which was asked.</summary>
    public const string Asked = "Asked";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Check the state again after an await",
        "'{0}' was asked before {1}; '{2}' can have ended when '{3}' sends on it",
        "Sending", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A check holds for as long as nothing else can run. After an await, a released lock, a sleep or a call into somebody else's code the connection may have ended: ask again, or send with a guard that answers instead of throwing.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        foreach (var member in file.CodeMembers)
        {
            if (!file.Analysis.States.MentionsState(member.Identifiers)) continue;
            foreach (var body in file.BodiesOf(member))
            {
                if (file.Summarise(body) is { } summary) Check(file, body, summary);
            }
        }
    }

    private static void Check(RuleContext file, Body body, Summary summary)
    {
        var reported = new HashSet<SyntaxNode>();
        foreach (var send in summary.Sends.OrderBy(s => s.Operation.Syntax.SpanStart).ThenBy(s => s.Distance))
        {
            if (send.Stale is not { } stale || stale.Gaps == Gaps.None) continue;
            // In a callback a check that throws is no check: that is LCA2001's.
            if (!send.Guarded && file.Callbacks.Any(c => c.Syntax == body.Syntax)) continue;
            // `_c ??= Connect()` is either what was kept or what was made.
            if (summary.Sends.Any(s => s.Operation.Syntax == send.Operation.Syntax && IsCached(file, s))) continue;
            if (file.Analysis.Connections.TypeOf(send.Type) is { } type && (type.Traits & (Traits.Response | Traits.Operation)) != 0) continue;
            // A command's connection is open for as long as its transaction or reader is at work, and those are not followed.
            if (file.Analysis.Catalogue.Of(send.Member).Has(Role.Use)) continue;
            if (GatedFlags.Hold(stale.Member, send.Operation.Syntax, body, file) || IsAskedAgain(file, send) || !reported.Add(send.Operation.Syntax)) continue;
            file.Report(Diagnostic.Create(Rule, send.Operation.Syntax.GetLocation(), Describe.Severity(Rule, IsRefusal(send, body)), null, ImmutableDictionary<string, string?>.Empty.Add(Asked, stale.Member.Name), stale.Member.Name, Gap(stale.Gaps), Describe.Connection(file, send), send.Member.Name));
        }
    }

    /// <summary>The check throws, and so does the send: refused or failed, whoever called gets an exception.</summary>
    private static bool IsRefusal(SendFact send, Body body) => !send.Guarded && body.Method is not { IsAsync: true, ReturnsVoid: true };

    /// <summary>The code on the way to the send asks for itself: what lies between that question and the send is reported there.</summary>
    private static bool IsAskedAgain(RuleContext file, SendFact send) =>
        send.Route.Any(step => step.Method is IMethodSymbol called && file.Analysis.Bodies.Of(called, file.Cancellation) is { } inner && file.Summarise(inner) is { } summary
            && summary.Sends.Any(s => (s.Asked || s.Stale is not null) && SymbolEqualityComparer.Default.Equals(s.Member, send.Member)));

    /// <summary>A connection that was kept is the reuse rules' business.</summary>
    private static bool IsCached(RuleContext file, SendFact send)
    {
        for (var part = send.Connection; part is not null; part = part.Parent)
        {
            if (part.IsRoot) return part is { Root: RootKind.Born, Born: BornKind.Lookup or BornKind.Pooled };
            if (part.Symbol is { } member && file.Analysis.Cached.IsCached(member)) return true;
        }

        return false;
    }

    private static string Gap(Gaps gaps) => gaps switch
    {
        _ when (gaps & Gaps.Await) != 0 => "an await",
        _ when (gaps & Gaps.Slept) != 0 => "a wait",
        _ when (gaps & Gaps.UserCode) != 0 => "a call into other code",
        _ => "a lock was released",
    };
}
