using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Creation;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>A <c>catch</c> that closes the first connection when the second cannot be opened.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA1006CloseBothFix : CodeFixProvider
{
    private const string CatchKey = "LCA1006.Catch";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA1006CloseBoth.Id];

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
            if (!diagnostic.Properties.TryGetValue(LCA1006CloseBoth.Victim, out var name) || name is null || !SyntaxFacts.IsValidIdentifier(name)) continue;
            var opening = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            var victim = model.LookupSymbols(opening.SpanStart, name: name).FirstOrDefault();
            var type = victim switch { ILocalSymbol local => local.Type, IParameterSymbol parameter => parameter.Type, _ => null };
            if (type is null) continue;
            var (block, from) = Place(opening, victim!);
            if (block is null) continue;
            var failing = diagnostic.AdditionalLocations.Select(l => root.FindNode(l.SourceSpan, getInnermostNodeForTie: true)).Prepend(opening).ToList();
            if (ClosingCatch.Statement(name, type, false, ClosingCatch.IsAsync(opening)) is not { } closing
                || ClosingCatch.Write(root, block, from, failing, name, closing) is not { } caught) continue;
            var changed = document.WithSyntaxRoot(caught);
            if (await Verification.HelpsAsync(document, changed, LCA1006CloseBoth.Id, context.CancellationToken).ConfigureAwait(false))
                context.RegisterCodeFix(CodeAction.Create("Close '" + name + "' when this fails", _ => Task.FromResult(changed), CatchKey), diagnostic);
        }
    }

    /// <summary>The block in which the variable lives, and the first statement that may be wrapped.</summary>
    private static (BlockSyntax? Block, int From) Place(SyntaxNode opening, ISymbol victim)
    {
        if (Functions.Enclosing(opening) is not { } function || victim.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } declaration) return default;
        if (declaration is VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { Parent: BlockSyntax around } statement } && function.Span.Contains(declaration.Span))
            return (around, around.Statements.IndexOf(statement) + 1);
        return (function.ChildNodes().OfType<BlockSyntax>().FirstOrDefault(), 0);
    }
}
