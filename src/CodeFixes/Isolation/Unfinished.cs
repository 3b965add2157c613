using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>What a <c>finally</c> does for finished and unfinished work alike goes to the end of the <c>try</c>: the finished alone comes there.</summary>
internal static class Unfinished
{
    /// <summary>The block with the statement at its only way out; null where it has others.</summary>
    public static BlockSyntax? EndedWith(BlockSyntax inside, StatementSyntax statement, SyntaxNode root, SemanticModel model)
    {
        if (inside.Statements.Count == 0 || Leaves(inside)) return null;
        var endOfLine = Lines.EndOfLine(root);
        var statements = inside.Statements.RemoveAt(inside.Statements.Count - 1);
        switch (inside.Statements.Last())
        {
            case ReturnStatementSyntax { Expression: { } value } last when value is not (LiteralExpressionSyntax or IdentifierNameSyntax):
                var name = Reporting.Unused(model, last.SpanStart, "answer", "response", "result");
                var kept = SyntaxFactory.ParseStatement($"var {name} = {value};").WithLeadingTrivia(last.GetLeadingTrivia()).WithTrailingTrivia(endOfLine);
                return inside.WithStatements(statements.Add(kept).Add(Bare(statement)).Add(SyntaxFactory.ParseStatement($"return {name};").WithTrailingTrivia(last.GetTrailingTrivia())));
            case ReturnStatementSyntax last:
                return inside.WithStatements(statements.Add(Bare(statement)).Add(last));
            case var last:
                return inside.WithStatements(statements.Add(last).Add(Bare(statement)));
        }
    }

    /// <summary>The statement that gives back, by a call of its own, awaited or not.</summary>
    public static ExpressionStatementSyntax? Statement(InvocationExpressionSyntax release) =>
        release.Parent as ExpressionStatementSyntax ?? (release.Parent as AwaitExpressionSyntax)?.Parent as ExpressionStatementSyntax;

    private static StatementSyntax Bare(StatementSyntax statement) => statement.WithLeadingTrivia(statement.GetLeadingTrivia().Where(t => !t.IsKind(SyntaxKind.WhitespaceTrivia)));

    /// <summary>Another way out than the last statement: it would leave without the statement.</summary>
    public static bool Leaves(BlockSyntax block) =>
        block.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(n => n is ReturnStatementSyntax && n != block.Statements.Last() || n is YieldStatementSyntax or GotoStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax);
}
