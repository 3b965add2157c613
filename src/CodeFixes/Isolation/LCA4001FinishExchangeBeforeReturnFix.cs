using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
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
            var place = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (diagnostic.Properties.TryGetValue(LCA4001FinishExchangeBeforeReturn.Kept, out var kept) && kept is not null)
            {
                var forgotten = place is InvocationExpressionSyntax leaving && Forgotten(leaving, model) is var (old, closing) ? root.ReplaceNode(old, closing.WithAdditionalAnnotations(Formatter.Annotation)) : null;
                var closed = forgotten ?? KeptCutShort.Rewrite(root, place, kept, model);
                await context.OfferAsync(diagnostic, closed, "Close the kept connection when its exchange is cut short", ForgetKey, withoutWarnings: true).ConfigureAwait(false);
            }
            else
            {
                var rewrites = place is InvocationExpressionSyntax release ? Rewrites(release, model).Select(r => root.ReplaceNode(r.Old, r.New)) : [];
                foreach (var way in rewrites.Concat(LeaseCutShort.Rewrites(root, place, model)))
                {
                    if (await context.OfferAsync(diagnostic, way, "Give it back only after the whole exchange, else dispose it", Key, withoutWarnings: true).ConfigureAwait(false)) break;
                }
            }
        }
    }

    private static IEnumerable<(SyntaxNode Old, SyntaxNode New)> Rewrites(InvocationExpressionSyntax release, SemanticModel model)
    {
        foreach (var (attempt, moved) in Moved(release, model)) yield return (attempt, moved.WithAdditionalAnnotations(Formatter.Annotation));
        if (CutShort.Rewrite(release, model) is { } cut) yield return cut;
    }

    private static IEnumerable<(TryStatementSyntax Old, TryStatementSyntax New)> Moved(InvocationExpressionSyntax release, SemanticModel model)
    {
        if (Unfinished.Statement(release) is not { } statement || statement.Parent is not BlockSyntax { Parent: FinallyClauseSyntax { Parent: TryStatementSyntax { Catches.Count: 0 } attempt } } block || block.Statements.Count != 1) yield break;
        if (release.ArgumentList.Arguments is not [{ Expression: IdentifierNameSyntax connection }] || model.GetTypeInfo(connection).Type is not { } type) yield break;
        if (Unfinished.EndedWith(attempt.Block, statement, release.SyntaxTree.GetRoot(), model) is not { } inside) yield break;
        var endOfLine = Lines.EndOfLine(release);
        // Disposing may be giving back: then what discards it ends it.
        foreach (var ending in LeaseCutShort.Discards(type).Prepend(CanDispose(type, model) ? "Dispose" : null))
        {
            if (ending is null) continue;
            var clause = Catching.Rethrowing(endOfLine, $"{connection.Identifier.ValueText}.{ending}();");
            yield return (attempt, attempt.WithBlock(inside).WithCatches(SyntaxFactory.SingletonList(clause)).WithFinally(null).WithTrailingTrivia(attempt.GetTrailingTrivia()));
        }
    }

    /// <summary>The connection in a field is closed and forgotten, where the same <c>try</c> opens another when there is none.</summary>
    private static (TryStatementSyntax Old, TryStatementSyntax New)? Forgotten(InvocationExpressionSyntax release, SemanticModel model)
    {
        if (release.FirstAncestorOrSelf<FinallyClauseSyntax>() is not { Parent: TryStatementSyntax { Catches.Count: 0 } attempt } || Functions.Enclosing(release) != Functions.Enclosing(attempt)) return null;
        var reopened = attempt.Block.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(a => IsReopening(a, attempt)).Select(a => (IdentifierNameSyntax)a.Left).ToList();
        if (reopened is not [var name] || model.GetSymbolInfo(name).Symbol is not IFieldSymbol { IsReadOnly: false, NullableAnnotation: not NullableAnnotation.NotAnnotated, Type: { IsReferenceType: true } type } || !CanDispose(type, model)) return null;
        var clause = Catching.Rethrowing(Lines.EndOfLine(release), $"{name.Identifier.ValueText}?.Dispose();", $"{name.Identifier.ValueText} = null;");
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
