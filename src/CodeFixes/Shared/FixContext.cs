using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.CodeFixes.Shared;

internal static class FixContext
{
    /// <summary>The catalogue as the analyzer saw it for this document's project.</summary>
    public static async Task<ConnectionCatalogue?> CatalogueAsync(Document document, CancellationToken cancellation)
    {
        var compilation = await document.Project.GetCompilationAsync(cancellation).ConfigureAwait(false);
        return compilation is null ? null : ConnectionCatalogue.Create(compilation, document.Project.AnalyzerOptions, cancellation);
    }

    /// <summary>The analysis of this document's project, as the analyzer would begin it.</summary>
    public static async Task<Analysis?> AnalysisAsync(Document document, CancellationToken cancellation)
    {
        var compilation = await document.Project.GetCompilationAsync(cancellation).ConfigureAwait(false);
        return compilation is null ? null : new Analysis(compilation, ConnectionCatalogue.Create(compilation, document.Project.AnalyzerOptions, cancellation), document.Project.AnalyzerOptions);
    }

    /// <summary>The document and node of a place that a diagnostic names.</summary>
    public static async Task<(Document Document, SyntaxNode Node)?> NodeAsync(Solution solution, Location location, CancellationToken cancellation)
    {
        if (location.SourceTree is not { } tree) return null;
        // Fixes that were applied before may have made new trees of the same files.
        var document = solution.GetDocument(tree) ?? solution.GetDocument(solution.GetDocumentIdsWithFilePath(tree.FilePath).FirstOrDefault());
        if (document is null) return null;
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        return root is null ? null : (document, root.FindNode(location.SourceSpan, getInnermostNodeForTie: true));
    }

    public static Document With(this Document document, SyntaxNode root, SyntaxNode old, SyntaxNode replacement) =>
        document.WithSyntaxRoot(root.ReplaceNode(old, replacement));
}
