using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>What a <c>finally</c> does for finished and unfinished work alike goes to the end of the <c>try</c>: the finished alone comes there.</summary>
internal static class Unfinished
{
    /// <summary>The block with the statement at its only way out; null where it has others.</summary>
    public static BlockSyntax? EndedWith(BlockSyntax inside, StatementSyntax statement, SyntaxNode root, SemanticModel model) =>
        Leaves(inside) ? null : WaysOut.Ended(inside.Statements, statement, root, model) is { } ended ? inside.WithStatements(SyntaxFactory.List(ended)) : null;

    /// <summary>The statement that gives back, by a call of its own, awaited or not.</summary>
    public static ExpressionStatementSyntax? Statement(InvocationExpressionSyntax release) =>
        release.Parent as ExpressionStatementSyntax ?? (release.Parent as AwaitExpressionSyntax)?.Parent as ExpressionStatementSyntax;

    /// <summary>Another way out than the last statement: it would leave without the statement.</summary>
    public static bool Leaves(BlockSyntax block) => Own(block).Any(n => n is ReturnStatementSyntax && n != block.Statements.LastOrDefault());

    /// <summary>A jump leads out of the statement, or may.</summary>
    public static bool Jumps(StatementSyntax statement) => Own(statement).Any(n => n switch
    {
        YieldStatementSyntax or GotoStatementSyntax => true,
        ContinueStatementSyntax => !Around(n, statement).Any(IsLoop),
        BreakStatementSyntax => !Around(n, statement).Any(a => IsLoop(a) || a is SwitchStatementSyntax),
        _ => false,
    });

    private static IEnumerable<SyntaxNode> Own(StatementSyntax statement) => statement.DescendantNodesAndSelf(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax));

    private static IEnumerable<SyntaxNode> Around(SyntaxNode jump, StatementSyntax statement) => jump.Ancestors().TakeWhile(a => statement.Span.Contains(a.Span));

    private static bool IsLoop(SyntaxNode node) => node is WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax or ForStatementSyntax;
}
