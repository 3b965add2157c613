using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using LifecycleAnalyzers.Catalogue;
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
            foreach (var asking in await AskingAsync(document, node, diagnostic, catalogue, cancellation).ConfigureAwait(false))
            {
                if (await context.OfferAsync(diagnostic, asking, Title, AgainKey).ConfigureAwait(false)) break;
            }
        }
    }

    /// <summary>The same question again, with the same way out; else the connection's own state; where the arguments take their time, once they are there.</summary>
    private static async Task<IReadOnlyList<Document>> AskingAsync(Document document, SyntaxNode node, Diagnostic diagnostic, ConnectionCatalogue catalogue, CancellationToken cancellation)
    {
        var changes = new List<Document>();
        await AddAsync(document, node).ConfigureAwait(false);
        if (await ArgumentsFirst.InAsync(document, node, cancellation).ConfigureAwait(false) is var (evaluated, send)) await AddAsync(evaluated, send).ConfigureAwait(false);
        return changes;

        async Task AddAsync(Document at, SyntaxNode sending)
        {
            if (diagnostic.Properties.TryGetValue(LCA2002CheckStateAgain.Asked, out var asked) && asked is not null
                && await StateGuard.AgainAsync(at, sending, asked, cancellation).ConfigureAwait(false) is { } again) changes.Add(again);
            changes.AddRange(await StateGuard.BeforeSendAsync(at, sending, catalogue, allowWeak: true, cancellation).ConfigureAwait(false));
        }
    }
}
