using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Creation;
using LifecycleAnalyzers.Rules.Creation.Counting;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>The way down goes into a <c>finally</c>; where it stands in one, the <c>try</c> begins right behind the way up.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA1007GiveBackCountFix : CodeFixProvider
{
    private const string FinallyKey = "LCA1007.Finally";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA1007GiveBackCount.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var raised = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Mended(root, raised) is not { } mended) continue;
            var changed = document.WithSyntaxRoot(mended);
            if (await Verification.HelpsAsync(document, changed, LCA1007GiveBackCount.Id, context.CancellationToken).ConfigureAwait(false))
                context.RegisterCodeFix(CodeAction.Create("Take it down in a 'finally'", _ => Task.FromResult(changed), FinallyKey), diagnostic);
        }
    }

    private static SyntaxNode? Mended(SyntaxNode root, SyntaxNode raised)
    {
        if (Counts.Moved(raised).Target is not { } target || Functions.Enclosing(raised) is not { } function) return null;
        if (raised.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } up) return null;
        var downs = function.DescendantNodes().Where(n => Counts.Moved(n) is { Target: { } moved, Up: false } && Plain(moved) == Plain(target)).ToList();
        if (downs is not [var down] || down.FirstAncestorOrSelf<StatementSyntax>() is not { } lowering || !IsWhole(lowering, down)) return null;
        var statements = block.Statements;
        var first = statements.IndexOf(up) + 1;
        var at = statements.IndexOf(lowering);
        if (at > first) return Finally(root, block, first, at, lowering);
        // It is in a finally, but the try begins too late.
        var guarded = statements.IndexOf(s => s is TryStatementSyntax { Finally.Block: { } last } && last.Statements.Contains(lowering));
        return guarded > first ? Extended(root, block, first, guarded) : null;
    }

    private static string Plain(ExpressionSyntax target) => target is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access.Name.ToString() : target.ToString();

    /// <summary>The statement does nothing else.</summary>
    private static bool IsWhole(StatementSyntax statement, SyntaxNode down) =>
        statement is ExpressionStatementSyntax { Expression: var expression } && expression == down
        || statement is LockStatementSyntax { Statement: ExpressionStatementSyntax { Expression: var inner } } && inner == down;

    private static SyntaxNode? Finally(SyntaxNode root, BlockSyntax block, int first, int at, StatementSyntax lowering)
    {
        var statements = block.Statements;
        var inner = statements.Skip(first).Take(at - first).ToList();
        var behind = statements.Skip(at + 1).ToList();
        if (ClosingCatch.IsNeededBehind(statements.RemoveAt(at), first, at - 1))
        {
            inner.AddRange(behind);
            behind.Clear();
        }

        if (inner.Count == 0 || inner.Any(HasJumps)) return null;
        var wrapped = Try(inner, SyntaxFactory.FinallyClause(SyntaxFactory.Block(lowering)));
        return root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(statements.Take(first).Append(wrapped).Concat(behind))));
    }

    private static bool HasJumps(StatementSyntax statement) => statement.DescendantNodesAndSelf().Any(n => n is LabeledStatementSyntax or GotoStatementSyntax);

    private static TryStatementSyntax Try(List<StatementSyntax> inner, FinallyClauseSyntax last)
    {
        var leading = inner[0].GetLeadingTrivia();
        var blank = leading.TakeWhile(t => t.IsKind(SyntaxKind.EndOfLineTrivia)).ToList();
        inner[0] = inner[0].WithLeadingTrivia(leading.Skip(blank.Count));
        return SyntaxFactory.TryStatement(SyntaxFactory.Block(inner), default, last).WithLeadingTrivia(blank).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static SyntaxNode? Extended(SyntaxNode root, BlockSyntax block, int first, int guarded)
    {
        var statements = block.Statements;
        var around = (TryStatementSyntax)statements[guarded];
        var moved = statements.Skip(first).Take(guarded - first).ToList();
        if (moved.Any(HasJumps) || moved.OfType<LocalDeclarationStatementSyntax>().Any(d => IsNamed(d, around.Catches.Cast<SyntaxNode>().Append(around.Finally!).Concat(statements.Skip(guarded + 1))))) return null;
        var extended = around.WithBlock(around.Block.WithStatements(SyntaxFactory.List(moved.Concat(around.Block.Statements)))).WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(statements.Take(first).Append(extended).Concat(statements.Skip(guarded + 1)))));
    }

    private static bool IsNamed(LocalDeclarationStatementSyntax declaration, IEnumerable<SyntaxNode> where)
    {
        var names = new HashSet<string>(declaration.Declaration.Variables.Select(v => v.Identifier.ValueText), StringComparer.Ordinal);
        return where.Any(w => w.DescendantNodes().Any(n => n is IdentifierNameSyntax used && names.Contains(used.Identifier.ValueText)));
    }
}
