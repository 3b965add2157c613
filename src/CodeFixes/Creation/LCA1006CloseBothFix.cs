using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Creation;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>A <c>catch</c> that closes the first connection when the second cannot be opened; a pair that relays, or that is closed after one direction.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA1006CloseBothFix : CodeFixProvider
{
    private const string CatchKey = "LCA1006.Catch";
    private const string PairKey = "LCA1006.ConnectionPair";
    private const string CloseBothKey = "LCA1006.CloseBoth";

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
            var opening = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (!diagnostic.Properties.TryGetValue(LCA1006CloseBoth.Victim, out var name) || name is null)
            {
                var relay = RelayRewrite.Of(root, opening, model);
                await context.OfferAsync(diagnostic, relay?.WithPair(), "Relay with a 'ConnectionPair'", PairKey).ConfigureAwait(false);
                await context.OfferAsync(diagnostic, relay?.WithClosing(), "Close both when one direction ends", CloseBothKey).ConfigureAwait(false);
                continue;
            }

            if (!SyntaxFacts.IsValidIdentifier(name)) continue;
            var victim = model.LookupSymbols(opening.SpanStart, name: name).FirstOrDefault();
            var type = victim switch { ILocalSymbol local => local.Type, IParameterSymbol parameter => parameter.Type, _ => null };
            if (type is null) continue;
            var (block, from) = Place(opening, victim!);
            if (block is null) continue;
            var failing = diagnostic.AdditionalLocations.Select(l => root.FindNode(l.SourceSpan, getInnermostNodeForTie: true)).Prepend(opening).ToList();
            if (ClosingCatch.Statement(name, type, false, Functions.IsAsync(Functions.Enclosing(opening))) is not { } closing) continue;
            foreach (var caught in ClosingCatch.Write(root, block, from, failing, name, closing))
            {
                if (await context.OfferAsync(diagnostic, caught, "Close '" + name + "' when this fails", CatchKey, mayUncover: true).ConfigureAwait(false)) break;
            }
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
