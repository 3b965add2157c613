using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
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
        Call(statement) is { } expression && analysis.Bodies.ModelOf(statement.SyntaxTree).GetOperation(expression, cancellation) is { } operation
        && Values.Unwrapped(operation) is IInvocationOperation { Instance: null or IInstanceReferenceOperation, TargetMethod: var helper }
        && Values.CodeOf(helper, analysis, cancellation) is { } code && Renews(code, cache);

    /// <summary>The call that the statement is, whose answer it keeps, or on whose answer it decides.</summary>
    private static ExpressionSyntax? Call(StatementSyntax statement) => statement switch
    {
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Right: var answer } } => answer,
        ExpressionStatementSyntax { Expression: var call } => call,
        LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: var answer }] } => answer,
        IfStatementSyntax { Condition: var condition } => condition.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().FirstOrDefault(),
        _ => null,
    };

    /// <summary><c>if (!alive) open</c>, or <c>if (alive) return</c> and then the opening.</summary>
    private bool Renews(IOperation code, ISymbol cache) =>
        code.Descendants().OfType<IConditionalOperation>().Any(c => AsksAbout(c.Condition, cache)
            && (Fills(c.WhenTrue, cache) || c.WhenTrue.Leaves() && Fills(code, cache, c.Syntax.Span.End)));

    private bool AsksAbout(IOperation condition, ISymbol cache, int depth = 1)
    {
        var liveness = new Liveness(analysis, cancellation);
        foreach (var part in condition.DescendantsAndSelf())
        {
            if (part is IMemberReferenceOperation reference && Refers(reference.Instance, cache) && liveness.Asks(reference.Member)) return true;
            // `_c is { IsOpen: true }`
            if (part is IIsPatternOperation { Value: var asked, Pattern: var pattern } && Refers(asked, cache) && pattern.DescendantsAndSelf().Any(p => p is IPropertySubpatternOperation { Member: IMemberReferenceOperation { Member: var member } } && liveness.Asks(member))) return true;
            // A question of one's own: `IsConnected()`.
            var own = part switch { IInvocationOperation { Instance: IInstanceReferenceOperation, TargetMethod: var method } => method, IPropertyReferenceOperation { Instance: IInstanceReferenceOperation, Property: var property } => (ISymbol)property, _ => null };
            if (own is not null && depth > 0 && Values.CodeOf(own, analysis, cancellation) is { } question && AsksAbout(question, cache, depth - 1)) return true;
        }

        return false;
    }

    /// <summary>Opens another, itself or by a method of its own.</summary>
    private bool Fills(IOperation code, ISymbol cache, int from = 0, int depth = 1) =>
        code.DescendantsAndSelf().Any(o => o.Syntax.SpanStart >= from && o switch
        {
            ISimpleAssignmentOperation filled => Refers(filled.Target, cache) && Values.Unwrapped(filled.Value) is not ILiteralOperation,
            IInvocationOperation { Instance: IInstanceReferenceOperation, TargetMethod: var own } => depth > 0 && Values.CodeOf(own, analysis, cancellation) is { } opening && Fills(opening, cache, 0, depth - 1),
            _ => false,
        });

    private static bool Refers(IOperation? value, ISymbol cache) =>
        value is not null && Values.Unwrapped(IoCalls.Unwrapped(value)) is IMemberReferenceOperation { Member: var member } && Values.Is(member, cache);
}
