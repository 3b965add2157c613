using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>
/// A helper that asks what is kept and opens another where that has died. It may give up after some attempts, so that nothing
/// proves the connection open behind it; but it was asked, and who calls the helper first has done what there is to do.
/// </summary>
internal sealed class Reopenings(Analysis analysis, CancellationToken cancellation)
{
    /// <summary>Right before the use, with no wait in between.</summary>
    public bool StandBefore(IOperation use, ISymbol cache)
    {
        for (var node = use.Syntax; node is not (null or MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); node = node.Parent)
        {
            if (node.Parent is not BlockSyntax block) continue;
            foreach (var earlier in block.Statements.TakeWhile(s => s != node).Reverse())
            {
                if (Reopens(earlier, cache)) return true;
                if (earlier.DescendantNodes().Any(n => n is AwaitExpressionSyntax)) return false;
            }
        }

        return false;
    }

    private bool Reopens(StatementSyntax statement, ISymbol cache) =>
        statement is ExpressionStatementSyntax { Expression: var expression } && analysis.Bodies.ModelOf(statement.SyntaxTree).GetOperation(expression, cancellation) is { } operation
        && Values.Unwrapped(operation) is IInvocationOperation { Instance: null or IInstanceReferenceOperation, TargetMethod: var helper }
        && Values.CodeOf(helper, analysis, cancellation)?.Descendants().OfType<IConditionalOperation>().Any(c => AsksAbout(c.Condition, cache) && Fills(c.WhenTrue, cache)) == true;

    private bool AsksAbout(IOperation condition, ISymbol cache)
    {
        var liveness = new Liveness(analysis, cancellation);
        return condition.DescendantsAndSelf().OfType<IMemberReferenceOperation>().Any(r => Refers(r.Instance, cache) && liveness.Asks(r.Member));
    }

    private static bool Fills(IOperation code, ISymbol cache) =>
        code.Descendants().OfType<ISimpleAssignmentOperation>().Any(a => Refers(a.Target, cache) && Values.Unwrapped(a.Value) is not ILiteralOperation);

    private static bool Refers(IOperation? value, ISymbol cache) =>
        value is not null && Values.Unwrapped(value) is IMemberReferenceOperation { Member: var member } && Values.Is(member, cache);
}
