using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>
/// Lets the <c>catch</c> that leads to the second request take only failures that prove that nothing was written:
/// <c>when (Replay.IsSafe(e))</c>. What it no longer takes comes out where the first request stood.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA3005DoNotRepeatWrittenRequestFix : CodeFixProvider
{
    private const string Key = "LCA3005.IsSafe";
    private const string Guard = "Replay";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA3005DoNotRepeatWrittenRequest.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) as CompilationUnitSyntax;
        var model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null || model.Compilation.GetTypesByMetadataName(RuntimeNamespace.Name + "." + Guard).IsEmpty) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var repeated = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            foreach (var clauses in Candidates(repeated))
            {
                var filtered = root.ReplaceNodes(clauses, (old, _) => WithFilter(old, model));
                var changed = RuntimeNamespace.WithUsing(filtered, root, model, repeated.SpanStart, Guard);
                if (await context.OfferAsync(diagnostic, changed, "Repeat only what was provably not written", Key, withoutWarnings: true).ConfigureAwait(false)) break;
            }
        }
    }

    /// <summary>The clause in which the request is repeated; else those of the <c>try</c> around it that let a loop go on, or of one before it.</summary>
    private static IEnumerable<IReadOnlyList<CatchClauseSyntax>> Candidates(SyntaxNode repeated)
    {
        var function = Functions.Enclosing(repeated);
        for (var node = repeated; node.Parent is { } parent && parent != function; node = parent)
        {
            switch (parent)
            {
                case CatchClauseSyntax clause:
                    yield return [clause];
                    break;
                case TryStatementSyntax attempt when attempt.Block == node:
                    if (GoingOn(attempt) is { Count: > 0 } around) yield return around;
                    break;
                case BlockSyntax block:
                    foreach (var earlier in block.Statements.TakeWhile(s => s != node).OfType<TryStatementSyntax>())
                    {
                        if (GoingOn(earlier) is { Count: > 0 } before) yield return before;
                    }

                    break;
            }
        }
    }

    private static IReadOnlyList<CatchClauseSyntax> GoingOn(TryStatementSyntax attempt) =>
        attempt.Catches.Where(c => !Leaves(c.Block.Statements.LastOrDefault()) || c.Block.DescendantNodes().Any(n => n is ContinueStatementSyntax)).ToList();

    private static bool Leaves(StatementSyntax? last) => last is ThrowStatementSyntax or ReturnStatementSyntax;

    private static CatchClauseSyntax WithFilter(CatchClauseSyntax clause, SemanticModel model)
    {
        var name = clause.Declaration?.Identifier.ValueText;
        var declaration = clause.Declaration;
        if (string.IsNullOrEmpty(name))
        {
            name = Reporting.Unused(model, clause.Block.SpanStart, "e", "ex", "exception", "failure");
            var type = declaration?.Type.WithoutTrivia() ?? ExceptionType(model, clause.SpanStart);
            declaration = SyntaxFactory.CatchDeclaration(type.WithTrailingTrivia(SyntaxFactory.Space), SyntaxFactory.Identifier(name!));
        }

        ExpressionSyntax safe = SyntaxFactory.ParseExpression($"{Guard}.IsSafe({name})");
        if (clause.Filter is { } filter)
        {
            var old = filter.FilterExpression;
            safe = Conditions.Both(Conditions.AsOperandOfAnd(old), safe);
            var isNamed = clause.Declaration is { Identifier.RawKind: not 0 };
            var behind = clause.Declaration?.GetTrailingTrivia() ?? SyntaxFactory.TriviaList(SyntaxFactory.Space);
            return clause.WithDeclaration(isNamed ? declaration : declaration!.WithTrailingTrivia(behind)).WithFilter(filter.WithFilterExpression(safe.WithTriviaFrom(old)));
        }

        // What stood behind the declaration (or the keyword) stands behind the filter.
        var end = clause.Declaration?.GetTrailingTrivia() ?? clause.CatchKeyword.TrailingTrivia;
        var when = SyntaxFactory.Token(SyntaxKind.WhenKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        var added = SyntaxFactory.CatchFilterClause(when, SyntaxFactory.Token(SyntaxKind.OpenParenToken), safe, SyntaxFactory.Token(SyntaxKind.CloseParenToken)).WithTrailingTrivia(end);
        return clause
            .WithCatchKeyword(clause.CatchKeyword.WithTrailingTrivia(SyntaxFactory.Space))
            .WithDeclaration(declaration!.WithTrailingTrivia(SyntaxFactory.Space))
            .WithFilter(added);
    }

    private static TypeSyntax ExceptionType(SemanticModel model, int position) =>
        SyntaxFactory.ParseTypeName(model.NameOf(position, "System", "Exception"));
}
