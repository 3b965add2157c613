using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Creation;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>An operation whose end is a task, and the call that gives its object back too early.</summary>
internal static class PendingTask
{
    /// <summary>The dropped task is awaited, in a function that may await.</summary>
    public static SyntaxNode? Awaited(SyntaxNode root, SyntaxNode function, string args, InvocationExpressionSyntax release, SemanticModel model)
    {
        if (!Functions.IsAsync(Functions.Enclosing(release))) return null;
        var dropped = function.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(i => i.Span.End < release.SpanStart && Functions.Enclosing(i) == function && Dropped(i) is not null && model.GetTypeInfo(i).Type?.Name is "Task" or "ValueTask" && i.Mentions(args))
            .ToList();
        if (dropped is not [var call] || Dropped(call) is not { } whole || call.Ancestors().TakeWhile(a => a != function).Any(a => a is LockStatementSyntax)) return null;
        return root.ReplaceNode(whole, Functions.Awaited(call).WithTriviaFrom(whole));
    }

    /// <summary>The whole expression of a statement that drops the task; null where it goes somewhere.</summary>
    public static ExpressionSyntax? Dropped(InvocationExpressionSyntax call) => call.Parent switch
    {
        ExpressionStatementSyntax => call,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Parent: ExpressionStatementSyntax } assignment => assignment,
        _ => null,
    };

    /// <summary>
    /// Out of a <c>finally</c> that does nothing else, to the ends of its <c>try</c>: who gives up waiting drops the object.
    /// </summary>
    public static SyntaxNode? AtTheEnd(SyntaxNode root, InvocationExpressionSyntax release, SemanticModel model)
    {
        if (release.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax { Statements.Count: 1, Parent: FinallyClauseSyntax { Parent: TryStatementSyntax { Parent: BlockSyntax around } attempt } } } statement) return null;
        if (WaysOut.Ended(attempt.Block.Statements, statement, root, model) is not { } ended) return null;
        if (attempt.Catches.Count > 0) return root.ReplaceNode(attempt, attempt.WithBlock(attempt.Block.WithStatements(SyntaxFactory.List(ended))).WithFinally(null).WithTrailingTrivia(attempt.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation));
        var index = around.Statements.IndexOf(attempt);
        var statements = ended.Select(s => s.WithAdditionalAnnotations(Formatter.Annotation)).ToList();
        statements[0] = statements[0].WithLeadingTrivia(attempt.GetLeadingTrivia().AddRange(statements[0].GetLeadingTrivia().SkipWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia) || t.IsKind(SyntaxKind.EndOfLineTrivia))));
        return root.ReplaceNode(around, around.WithStatements(SyntaxFactory.List(around.Statements.Take(index).Concat(statements).Concat(around.Statements.Skip(index + 1)))));
    }
}
