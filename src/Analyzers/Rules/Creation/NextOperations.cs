using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>
/// A callback that begins the next operation does so on a connection that has just worked, and is left alone. Two ways lead there
/// with a connection that may be closed by then.
/// </summary>
internal static class NextOperations
{
    public static bool MayFindItClosed(RuleContext file, SyntaxNode function, Escape escape) => escape.Ends && (IsAfterFailure(file, function, escape) || IsAfterOthersCode(file, function, escape));

    /// <summary>
    /// The next operation is begun whether the last one worked or not: where that was ended by closing, this one throws where
    /// nothing catches any more.
    /// </summary>
    private static bool IsAfterFailure(RuleContext file, SyntaxNode function, Escape escape)
    {
        if (!escape.Route.IsEmpty || escape.Io!.Connection is not { } connection || Failed(escape.At.Syntax, function) is not { } statement) return false;
        if (!statement.Block.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => c.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Expression: var ended }
            && name == "End" + escape.Io.Method.Name.Substring("Begin".Length) && ended.IsEquivalentTo(connection.Syntax))) return false;
        // Who gives the connection to its own callback is not to be seen there; a field's owner is.
        return IoCalls.Unwrapped(connection) is ILocalReferenceOperation or IParameterReferenceOperation || OtherClosers.MayClose(file, function, connection);
    }

    /// <summary>The <c>try</c> that has taken the failure, and after which, or in whose <c>finally</c>, the code stands.</summary>
    private static TryStatementSyntax? Failed(SyntaxNode node, SyntaxNode function)
    {
        for (var inner = node; inner != function && inner.Parent is { } outer; inner = outer)
        {
            if (inner is FinallyClauseSyntax && outer is TryStatementSyntax own) return own.Catches.Any(TakesClosing) ? own : null;
            if (outer is BlockSyntax block && inner is ExpressionStatementSyntax && block.Statements.TakeWhile(s => s != inner).Reverse().SkipWhile(s => s is not TryStatementSyntax && !Leaves(s)).FirstOrDefault() is TryStatementSyntax { Finally: null } before
                && before.Catches.Any(c => TakesClosing(c) && !Leaves(c.Block))) return before;
        }

        return null;

        static bool TakesClosing(CatchClauseSyntax clause) => clause.Filter is null && (clause.Declaration?.Type is null || clause.Declaration.Type.ToString().Split('.').Last() is "Exception" or "SystemException" or "InvalidOperationException" or "ObjectDisposedException");

        static bool Leaves(StatementSyntax statement) => statement.DescendantNodesAndSelf().Any(n => n is ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax);
    }

    /// <summary>
    /// Between the operation that worked and the next one runs code that nobody knows here, a delegate that the owner was given: it
    /// takes its time, and may well be what closes the connection.
    /// </summary>
    private static bool IsAfterOthersCode(RuleContext file, SyntaxNode function, Escape escape)
    {
        if (escape.Io!.Connection is not { } connection || !OtherClosers.MayClose(file, function, connection)) return false;
        var next = escape.At.Syntax;
        return file.Analysis.Escapes.Operations(function, file.Cancellation).Any(o => IsOthersCode(o, file) && o.Syntax.Span.End <= next.SpanStart && !IsAskedBetween(function, o.Syntax, next));
    }

    private static bool IsOthersCode(IOperation operation, RuleContext file) =>
        operation is IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke, Instance: { } called }
        && IoCalls.Unwrapped(called) is IMemberReferenceOperation { Member: var member } && file.Analysis.Summaries.IsOwn(member);

    /// <summary>Something is asked that decides about the next operation: perhaps whether the owner is closing.</summary>
    private static bool IsAskedBetween(SyntaxNode function, SyntaxNode others, SyntaxNode next) =>
        function.DescendantNodes().Any(n => n is IfStatementSyntax or WhileStatementSyntax or ConditionalExpressionSyntax && n.SpanStart > others.Span.End && n.SpanStart < next.SpanStart);
}
