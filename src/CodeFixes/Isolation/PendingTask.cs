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
        return dropped is [var call] ? Awaited(root, call) : null;
    }

    /// <summary>The dropped task of a call is awaited, where that may be.</summary>
    public static SyntaxNode? Awaited(SyntaxNode root, InvocationExpressionSyntax call) =>
        Dropped(call) is { } whole && Lines.MayAwait(call) ? root.ReplaceNode(whole, Functions.Awaited(call).WithTriviaFrom(whole)) : null;

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
        return root.ReplaceNode(around, InPlaceOf(attempt, around, ended));
    }

    /// <summary>The block around a <c>try</c> with these statements where that stood.</summary>
    public static BlockSyntax InPlaceOf(TryStatementSyntax attempt, BlockSyntax around, IEnumerable<StatementSyntax> statements)
    {
        var inside = statements.Select(s => s.WithAdditionalAnnotations(Formatter.Annotation)).ToList();
        inside[0] = inside[0].WithLeadingTrivia(attempt.GetLeadingTrivia().AddRange(inside[0].GetLeadingTrivia().SkipWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia) || t.IsKind(SyntaxKind.EndOfLineTrivia))));
        var index = around.Statements.IndexOf(attempt);
        return around.WithStatements(SyntaxFactory.List(around.Statements.Take(index).Concat(inside).Concat(around.Statements.Skip(index + 1))));
    }
}
