using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Sending;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>Sends with the runtime package's guard, which asks and sends in one; without it, asks once more right before the send.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA2002CheckStateAgainFix : CodeFixProvider
{
    private const string Title = "Check the state again right before the send";
    private const string TryKey = "LCA2002.Try";
    private const string AgainKey = "LCA2002.Again";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA2002CheckStateAgain.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var (document, cancellation) = (context.Document, context.CancellationToken);
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (root is null || await FixContext.CatalogueAsync(document, cancellation).ConfigureAwait(false) is not { } catalogue) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            await context.OfferAsync(diagnostic, await TryGuard.InAsync(document, node, cancellation).ConfigureAwait(false), TryGuard.Title, TryKey).ConfigureAwait(false);
            var isOffered = await context.OfferAsync(diagnostic, await StateGuard.BeforeSendAsync(document, node, catalogue, allowWeak: true, cancellation).ConfigureAwait(false), Title, AgainKey).ConfigureAwait(false);
            if (!isOffered && diagnostic.Properties.TryGetValue(LCA2002CheckStateAgain.Asked, out var asked) && asked is not null)
                await context.OfferAsync(diagnostic, await StateGuard.AgainAsync(document, node, asked, cancellation).ConfigureAwait(false), Title, AgainKey).ConfigureAwait(false);
        }
    }
}
