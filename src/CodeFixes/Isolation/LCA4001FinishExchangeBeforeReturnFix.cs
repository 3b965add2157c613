using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>
/// Gives back what has finished and closes what has not: the return moves out of the <c>finally</c> to the end of the <c>try</c>, and a
/// <c>catch</c> disposes, where the <c>try</c> has one way out and the <c>finally</c> does nothing else; else see <see cref="CutShort"/>.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA4001FinishExchangeBeforeReturnFix : CodeFixProvider
{
    private const string Key = "LCA4001.DiscardUnfinished";
    private const string ForgetKey = "LCA4001.ForgetUnfinished";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA4001FinishExchangeBeforeReturn.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax release) continue;
            if (Forgotten(release, model) is var (kept, closing))
            {
                var closed = context.Document.WithSyntaxRoot(root.ReplaceNode(kept, closing.WithAdditionalAnnotations(Formatter.Annotation)));
                if (await Verification.HelpsAsync(context.Document, closed, diagnostic.Id, context.CancellationToken).ConfigureAwait(false))
                    context.RegisterCodeFix(CodeAction.Create("Close the kept connection when its exchange is cut short", _ => Task.FromResult(closed), ForgetKey), diagnostic);
                continue;
            }

            foreach (var (old, replacement) in Rewrites(release, model))
            {
                var changed = context.Document.WithSyntaxRoot(root.ReplaceNode(old, replacement));
                if (!await Verification.HelpsAndCompilesAsync(context.Document, changed, diagnostic.Id, context.CancellationToken).ConfigureAwait(false)) continue;
                context.RegisterCodeFix(CodeAction.Create("Give it back only after the whole exchange, else dispose it", _ => Task.FromResult(changed), Key), diagnostic);
                break;
            }
        }
    }

    private static IEnumerable<(SyntaxNode Old, SyntaxNode New)> Rewrites(InvocationExpressionSyntax release, SemanticModel model)
    {
        if (Moved(release, model) is var (attempt, moved)) yield return (attempt, moved.WithAdditionalAnnotations(Formatter.Annotation));
        if (CutShort.Rewrite(release, model) is { } cut) yield return cut;
    }

    private static (TryStatementSyntax Old, TryStatementSyntax New)? Moved(InvocationExpressionSyntax release, SemanticModel model)
    {
        if (Unfinished.Statement(release) is not { } statement || statement.Parent is not BlockSyntax { Parent: FinallyClauseSyntax { Parent: TryStatementSyntax { Catches.Count: 0 } attempt } } block || block.Statements.Count != 1) return null;
        if (release.ArgumentList.Arguments is not [{ Expression: IdentifierNameSyntax connection }] || model.GetTypeInfo(connection).Type is not { } type || !CanDispose(type, model)) return null;
        if (Unfinished.EndedWith(attempt.Block, statement, release.SyntaxTree.GetRoot(), model) is not { } inside) return null;
        var endOfLine = Lines.EndOfLine(release);
        var clause = SyntaxFactory.CatchClause().WithBlock(SyntaxFactory.Block(SyntaxFactory.ParseStatement($"{connection.Identifier.ValueText}.Dispose();").WithTrailingTrivia(endOfLine), SyntaxFactory.ParseStatement("throw;").WithTrailingTrivia(endOfLine)));
        return (attempt, attempt.WithBlock(inside).WithCatches(SyntaxFactory.SingletonList(clause)).WithFinally(null).WithTrailingTrivia(attempt.GetTrailingTrivia()));
    }

    /// <summary>The connection in a field is closed and forgotten, where the same <c>try</c> opens another when there is none.</summary>
    private static (TryStatementSyntax Old, TryStatementSyntax New)? Forgotten(InvocationExpressionSyntax release, SemanticModel model)
    {
        if (release.FirstAncestorOrSelf<FinallyClauseSyntax>() is not { Parent: TryStatementSyntax { Catches.Count: 0 } attempt } || Functions.Enclosing(release) != Functions.Enclosing(attempt)) return null;
        var reopened = attempt.Block.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(a => IsReopening(a, attempt)).Select(a => (IdentifierNameSyntax)a.Left).ToList();
        if (reopened is not [var name] || model.GetSymbolInfo(name).Symbol is not IFieldSymbol { IsReadOnly: false, NullableAnnotation: not NullableAnnotation.NotAnnotated, Type: { IsReferenceType: true } type } || !CanDispose(type, model)) return null;
        var endOfLine = Lines.EndOfLine(release);
        var lines = new[] { $"{name.Identifier.ValueText}?.Dispose();", $"{name.Identifier.ValueText} = null;", "throw;" };
        var clause = SyntaxFactory.CatchClause().WithBlock(SyntaxFactory.Block(lines.Select(l => SyntaxFactory.ParseStatement(l).WithTrailingTrivia(endOfLine)))).WithTrailingTrivia(endOfLine);
        return (attempt, attempt.WithCatches(SyntaxFactory.SingletonList(clause)));
    }

    /// <summary><c>_c ??= …</c>, or <c>_c = …</c> under a condition that a missing one fulfils.</summary>
    private static bool IsReopening(AssignmentExpressionSyntax assignment, TryStatementSyntax attempt)
    {
        if (assignment.Left is not IdentifierNameSyntax name) return false;
        if (assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression)) return true;
        return assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && assignment.Ancestors().TakeWhile(a => a != attempt).OfType<IfStatementSyntax>().Any(s =>
            s.Condition.DescendantTokens().Any(t => t.ValueText == name.Identifier.ValueText) && s.Condition.DescendantTokens().Any(t => t.IsKind(SyntaxKind.NullKeyword) || t.IsKind(SyntaxKind.NotKeyword)));
    }

    private static bool CanDispose(ITypeSymbol type, SemanticModel model) =>
        model.Compilation.GetSpecialType(SpecialType.System_IDisposable) is { } disposable && type.AllInterfaces.Contains(disposable, SymbolEqualityComparer.Default)
        && model.LookupSymbols(0, type, "Dispose").Any(m => m is IMethodSymbol { Parameters.IsEmpty: true });
}
