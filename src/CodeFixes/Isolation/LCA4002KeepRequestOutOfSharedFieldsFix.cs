using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>Makes the field a local of the method that fills it, and a parameter of the private methods that read it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA4002KeepRequestOutOfSharedFieldsFix : CodeFixProvider
{
    private const string Key = "LCA4002.Local";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA4002KeepRequestOutOfSharedFields.Id];

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
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is AssignmentExpressionSyntax assignment)
                await context.OfferAsync(diagnostic, FieldAsParameter.Write(root, assignment, model), "Keep it in a local and pass it on", Key, withoutWarnings: true).ConfigureAwait(false);
        }
    }
}
