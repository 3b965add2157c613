using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A connection comes out of a pool and is used as it is, though it may have died there.</summary>
internal sealed class LCA3004CheckPooledConnection : IRule
{
    public const string Id = "LCA3004";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Check a pooled connection before handing it out",
        "'{0}' takes a connection out of '{1}' that may have died there: ask whether it is still alive, and discard it if not",
        "Reuse", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "The other side closes idle connections, and a pool does not notice. What is taken out has to be asked (its state, or better a probe of the socket) before it is used; its age proves nothing.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        Pool? pool = null;
        foreach (var member in file.AllCode)
        {
            if (!Pool.MayTake(member) && !member.Invoked.Contains("Exchange") || Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } root) continue;
            foreach (var operation in root.DescendantsAndSelf())
            {
                if (operation is not (IInvocationOperation or IPropertyReferenceOperation or IImplicitIndexerReferenceOperation)) continue;
                pool ??= new Pool(file.Analysis, file.Cancellation);
                var slot = operation is IInvocationOperation exchange ? Slots.Emptied(exchange) : null;
                var source = slot is null ? pool.Source(operation) : null;
                if (source is null && (slot is null || !pool.HoldsConnection(Slots.ContentOf(slot), 1))) continue;
                var liveness = new Liveness(file.Analysis, file.Cancellation);
                var taken = new Taken(file.Analysis, pool, liveness, file.Cancellation);
                if (source is not null && Pool.IsRound(operation, source) || !taken.IsUsedUnchecked(operation) || !(source is null ? pool.IsPool(slot!) : pool.IsPool(operation, source))) continue;
                if (IsSwept(file, operation, Pool.Container(source))) continue;
                var how = operation is IInvocationOperation call ? call.TargetMethod.Name : operation.Syntax.ToString();
                file.Report(Diagnostic.Create(Rule, operation.Syntax.GetLocation(), how, (slot ?? Pool.Container(source))?.Name ?? source?.Type?.Name));
            }
        }
    }

    /// <summary>
    /// The dead ones were thrown out before, here or by a helper: what was known of all that are left when it was taken is known to what happens next.
    /// </summary>
    private static bool IsSwept(RuleContext file, IOperation taking, ISymbol? container)
    {
        if (container is null || Bodies.EnclosingDeclaration(taking.Syntax) is not { } code || file.Analysis.Bodies.At(code, file.Cancellation) is not { } body) return false;
        return file.Summarise(body)?.Events.FirstOrDefault(e => e.Operation.Syntax.SpanStart >= taking.Syntax.SpanStart) is { State: var state }
            && state.Marks.Any(m => m.Key is { Key: Place.AnyKey, From.Symbol: { } swept } && Values.Is(swept, container) && file.Analysis.Guards.IsChecked(state, m.Key, body, throwing: true, Gaps.Await));
    }
}
