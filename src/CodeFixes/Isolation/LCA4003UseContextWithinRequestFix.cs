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
/// Copies the values that the work reads into locals before it starts, where it reads nothing but such values; awaits a call that gets the
/// whole context.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA4003UseContextWithinRequestFix : CodeFixProvider
{
    private const string Key = "LCA4003.CopyBefore";
    private const string AwaitKey = "LCA4003.Await";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA4003UseContextWithinRequest.Id];

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
            if (diagnostic.AdditionalLocations.FirstOrDefault() is not { } started || root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not ExpressionSyntax use) continue;
            if (await context.OfferAsync(diagnostic, Copied(root, root.FindNode(started.SourceSpan, getInnermostNodeForTie: true), use, model), "Copy the values before the work starts", Key).ConfigureAwait(false)) continue;
            await context.OfferAsync(diagnostic, Awaited(root, use), "Await the work within the request", AwaitKey).ConfigureAwait(false);
        }
    }

    /// <summary>The whole context is passed to a call that is dropped, by a method that may wait for it.</summary>
    private static SyntaxNode? Awaited(SyntaxNode root, ExpressionSyntax use) =>
        use.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } ? PendingTask.Awaited(root, call) : null;

    private static SyntaxNode? Copied(SyntaxNode root, SyntaxNode site, ExpressionSyntax use, SemanticModel model)
    {
        if (use.Ancestors().OfType<AnonymousFunctionExpressionSyntax>().LastOrDefault(f => site.Span.Contains(f.Span)) is not { } work) return null;
        if (site.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax } statement) return null;
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var places = new Dictionary<SyntaxNode, string>();
        foreach (var name in work.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (!RequestContexts.IsContext(model.GetTypeInfo(name).Type) || model.GetSymbolInfo(name).Symbol is not { } symbol || symbol is INamedTypeSymbol) continue;
            if (symbol.DeclaringSyntaxReferences.Any(r => work.Span.Contains(r.Span) && r.SyntaxTree == work.SyntaxTree)) continue;
            ExpressionSyntax start = name;
            if (name.Parent is MemberAccessExpressionSyntax member && member.Name == name)
            {
                // A part of a longer chain, which another context begins.
                if (RequestContexts.IsContext(model.GetTypeInfo(member.Expression).Type)) continue;
                start = member;
            }

            if (ContextValues.Of(start, model) is not { } value || IsOfWork(value, work, model)) return null;
            var text = value.WithoutTrivia().ToString();
            if (!names.TryGetValue(text, out var local))
            {
                if (Free(ContextValues.Name(value), statement, work, names, model) is not { } free) return null;
                names.Add(text, local = free);
            }

            places[value] = local;
        }

        if (names.Count == 0) return null;
        var copies = names.Select(n => SyntaxFactory.ParseStatement($"var {n.Value} = {n.Key};").WithAdditionalAnnotations(Formatter.Annotation)).ToList();
        var changed = statement.ReplaceNodes(places.Keys, (old, _) => SyntaxFactory.IdentifierName(places[old]).WithTriviaFrom(old));
        var lines = copies.Select((c, i) => (i == 0 ? c.WithLeadingTrivia(statement.GetLeadingTrivia()) : c).WithTrailingTrivia(Lines.EndOfLine(root)));
        changed = changed.WithLeadingTrivia(Lines.Indentation(statement)).WithAdditionalAnnotations(Formatter.Annotation);
        return statement.Parent is GlobalStatementSyntax global
            ? root.ReplaceNode(global, lines.Select(l => (SyntaxNode)SyntaxFactory.GlobalStatement(l)).Append(global.WithStatement(changed)))
            : root.ReplaceNode(statement, lines.Append(changed));
    }

    /// <summary>A variable of the work's own cannot be read before it starts.</summary>
    private static bool IsOfWork(ExpressionSyntax value, SyntaxNode work, SemanticModel model) =>
        value.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => model.GetSymbolInfo(n).Symbol is ILocalSymbol or IParameterSymbol && model.GetSymbolInfo(n).Symbol!.DeclaringSyntaxReferences.Any(r => work.Span.Contains(r.Span)));

    private static string? Free(string? name, StatementSyntax statement, SyntaxNode work, Dictionary<string, string> names, SemanticModel model)
    {
        if (name is null) return null;
        var free = name;
        for (var number = 2; !model.LookupSymbols(statement.SpanStart, name: free).IsEmpty || names.ContainsValue(free) || work.DescendantTokens().Any(t => t.ValueText == free && !IsMember(t)); number++) free = name + number;
        return free;
    }

    /// <summary>The name of a member of something else does not stand in a local's way.</summary>
    private static bool IsMember(SyntaxToken token) => token.Parent is SimpleNameSyntax name && (name.Parent is MemberAccessExpressionSyntax access && access.Name == name || name.Parent is MemberBindingExpressionSyntax);
}
