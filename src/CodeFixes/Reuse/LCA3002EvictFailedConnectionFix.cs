using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>
/// Lets a failure leave the cache where the code is simple enough to see how: a lazy that forgets its exception, a task that is
/// asked how it ended before it counts, a task that is removed by who sees it fail, a connection that the <c>catch</c> takes out.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA3002EvictFailedConnectionFix : CodeFixProvider
{
    private const string Key = "LCA3002.Evict";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA3002EvictFailedConnection.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var fill = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            var (title, old, replacement) = Replacement(fill, diagnostic, root, model);
            if (old is not null && replacement is not null) await context.OfferAsync(diagnostic, root.ReplaceNode(old, replacement), title, Key, withoutWarnings: true).ConfigureAwait(false);
        }
    }

    private static (string Title, SyntaxNode? Old, SyntaxNode? New) Replacement(SyntaxNode fill, Diagnostic diagnostic, SyntaxNode root, SemanticModel model)
    {
        if (diagnostic.AdditionalLocations.FirstOrDefault() is { } keyword)
            return ("Take out what failed", FailingUse.Clause(root, keyword), FailingUse.Evicting(fill, root, keyword, model));
        if (Forgetting(fill, model) is var (lazies, forgetting)) return ("Let the lazy forget its exception", lazies, forgetting);
        var asked = TaskQuestion.Asked(fill, model);
        if (asked is var (old, replacement)) return ("Replace a task that failed", old, replacement);
        if (FailedTasks.Removing(fill, model) is var (method, removing)) return ("Take out a task that failed", method, removing);
        return ("Keep only what has been opened", fill, OnlyResult(fill, model));
    }

    /// <summary>Lazies of connections, not of their tasks: of those no mode makes another.</summary>
    private static (SyntaxNode, SyntaxNode)? Forgetting(SyntaxNode fill, SemanticModel model)
    {
        var creations = fill.DescendantNodesAndSelf().OfType<BaseObjectCreationExpressionSyntax>().Where(c => IsLazy(model.GetTypeInfo(c).Type)).ToList();
        if (creations.Count == 0) return null;
        var mode = SyntaxFactory.ParseExpression("System.Threading.LazyThreadSafetyMode.PublicationOnly").WithAdditionalAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation);
        var comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        return (fill, fill.ReplaceNodes(creations, (old, now) => now.ArgumentList switch
        {
            { Arguments: [var factory] } list => now.WithArgumentList(list.WithArguments(SyntaxFactory.SeparatedList([factory, SyntaxFactory.Argument(mode)], [comma]))),
            { Arguments: [_, var second] } list => now.WithArgumentList(list.ReplaceNode(second, SyntaxFactory.Argument(mode).WithTriviaFrom(second))),
            _ => now,
        }));

        static bool IsLazy(ITypeSymbol? type) =>
            type is INamedTypeSymbol { Name: "Lazy", TypeArguments: [{ Name: not ("Task" or "ValueTask") }], ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
    }

    /// <summary>A memory cache that awaits its factory stores only results.</summary>
    private static SyntaxNode? OnlyResult(SyntaxNode fill, SemanticModel model)
    {
        if (fill is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: { Identifier.ValueText: "GetOrCreate" } name } access } call) return null;
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol { ContainingType.Name: "CacheExtensions" }) return null;
        SimpleNameSyntax waiting = name switch
        {
            GenericNameSyntax { TypeArgumentList.Arguments: [GenericNameSyntax { TypeArgumentList: var result }] } generic =>
                generic.WithIdentifier(SyntaxFactory.Identifier("GetOrCreateAsync")).WithTypeArgumentList(result),
            _ => SyntaxFactory.IdentifierName("GetOrCreateAsync"),
        };
        return call.WithExpression(access.WithName(waiting.WithTriviaFrom(name)));
    }
}
