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

/// <summary>Copies the values that the work reads into locals before it starts. Only where it reads nothing but such values.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA4003UseContextWithinRequestFix : CodeFixProvider
{
    private const string Key = "LCA4003.CopyBefore";

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
            if (Copied(root, root.FindNode(started.SourceSpan, getInnermostNodeForTie: true), use, model) is not { } changedRoot) continue;
            var changed = context.Document.WithSyntaxRoot(changedRoot);
            if (await Verification.HelpsAsync(context.Document, changed, diagnostic.Id, context.CancellationToken).ConfigureAwait(false))
                context.RegisterCodeFix(CodeAction.Create("Copy the values before the work starts", _ => Task.FromResult(changed), Key), diagnostic);
        }
    }

    private static SyntaxNode? Copied(SyntaxNode root, SyntaxNode site, ExpressionSyntax use, SemanticModel model)
    {
        if (use.Ancestors().OfType<AnonymousFunctionExpressionSyntax>().LastOrDefault(f => site.Span.Contains(f.Span)) is not { } work) return null;
        if (site.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax } statement) return null;
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var places = new Dictionary<SyntaxNode, string>();
        foreach (var name in work.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Parent is MemberAccessExpressionSyntax member && member.Name == name || !RequestContexts.IsContext(model.GetTypeInfo(name).Type) || model.GetSymbolInfo(name).Symbol is not { } symbol) continue;
            if (symbol.DeclaringSyntaxReferences.Any(r => work.Span.Contains(r.Span) && r.SyntaxTree == work.SyntaxTree)) continue;
            if (Value(name, model) is not { } value) return null;
            var text = value.ToString();
            if (!names.TryGetValue(text, out var local))
            {
                local = LocalName(value.Name.Identifier.ValueText);
                if (!model.LookupSymbols(statement.SpanStart, name: local).IsEmpty || names.ContainsValue(local) || work.DescendantTokens().Any(t => t.ValueText == local)) return null;
                names.Add(text, local);
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

    /// <summary>The value at the end of a chain that begins with the context: <c>context.Request.Path</c>.</summary>
    private static MemberAccessExpressionSyntax? Value(ExpressionSyntax start, SemanticModel model)
    {
        ExpressionSyntax chain = start;
        while (chain.Parent is MemberAccessExpressionSyntax access && access.Expression == chain && model.GetSymbolInfo(access).Symbol is IPropertySymbol property)
        {
            if (!RequestContexts.IsContext(property.Type)) return property.Type is { IsValueType: true } or { SpecialType: SpecialType.System_String } && !IsWritten(access) ? access : null;
            chain = access;
        }

        return null;
    }

    private static bool IsWritten(ExpressionSyntax value) => value.Parent is AssignmentExpressionSyntax assignment && assignment.Left == value || value.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 };

    private static string LocalName(string member) => char.ToLowerInvariant(member[0]) + member.Substring(1);
}
