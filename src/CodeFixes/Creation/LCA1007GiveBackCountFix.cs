using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;
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
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var raised = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            var places = diagnostic.AdditionalLocations.Where(l => l.SourceTree == root.SyntaxTree).Select(l => root.FindNode(l.SourceSpan, getInnermostNodeForTie: true)).ToList();
            foreach (var mended in Mended(root, raised, places))
            {
                if (await context.OfferAsync(diagnostic, mended, "Take it down on every path", FinallyKey).ConfigureAwait(false)) break;
            }
        }
    }

    private static IEnumerable<SyntaxNode?> Mended(SyntaxNode root, SyntaxNode raised, IReadOnlyList<SyntaxNode> places)
    {
        if (Counts.Moved(raised).Target is not { } target || Functions.Enclosing(raised) is not { } function) yield break;
        var type = raised.FirstAncestorOrSelf<TypeDeclarationSyntax>();
        yield return Lowered(root, raised, Downs(function, target));
        yield return CountFailure.Mended(root, raised, function, Plain(target));
        // Way up and way down are helpers: what is between them is their callers' business.
        var call = places.OfType<InvocationExpressionSyntax>().FirstOrDefault(p => function is MethodDeclarationSyntax helper && p.Expression.OwnName() == helper.Identifier.ValueText);
        if (call is not null && type is not null && Functions.Enclosing(call) is { } caller)
        {
            var lowering = new HashSet<string>(type.Members.OfType<MethodDeclarationSyntax>().Where(m => m != caller && Downs(m, target).Count > 0).Select(m => m.Identifier.ValueText), StringComparer.Ordinal);
            yield return Lowered(root, call, Own(caller).OfType<InvocationExpressionSyntax>().Where(i => i.Expression.OwnName() is { } name && lowering.Contains(name)).Cast<SyntaxNode>().ToList());
        }

        // It goes down elsewhere, behind something that can throw.
        foreach (var failed in places)
        {
            if (Functions.Enclosing(failed) is not { } other || other == function || Downs(other, target) is not [var down]) continue;
            if (Statement(down) is { Parent: BlockSyntax block } lowered && block.Statements.IndexOf(s => s.Span.Contains(failed.Span)) is >= 0 and var first && block.Statements.IndexOf(lowered) is var at && at > first)
                yield return Finally(root, block, first, at, lowered);
        }
    }

    /// <summary>The code of a function, not that of those in it.</summary>
    private static IEnumerable<SyntaxNode> Own(SyntaxNode function) => function.DescendantNodes(n => n == function || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax));

    private static List<SyntaxNode> Downs(SyntaxNode function, ExpressionSyntax target) =>
        function.DescendantNodes().Where(n => Counts.Moved(n) is { Target: { } moved, Up: false } && Plain(moved) == Plain(target)).ToList();

    /// <summary>With the way down in a <c>finally</c> that begins right behind the way up.</summary>
    private static SyntaxNode? Lowered(SyntaxNode root, SyntaxNode raised, List<SyntaxNode> downs)
    {
        if (downs.Count == 0 || downs.Any(d => Functions.Enclosing(d) != Functions.Enclosing(raised))) return null;
        var lowered = downs.Select(Statement).ToList();
        if (lowered.Any(s => s?.Parent is not BlockSyntax)) return null;
        var block = raised.Ancestors().OfType<BlockSyntax>().FirstOrDefault(b => lowered.All(s => b.Span.Contains(s!.Span)));
        if (block?.Statements.FirstOrDefault(s => s.Span.Contains(raised.Span)) is not { } up || !IsAlways(raised, up)) return null;
        var statements = block.Statements;
        var first = statements.IndexOf(up) + 1;
        if (lowered.Any(s => s!.SpanStart < up.Span.End)) return null;
        if (lowered is [{ } lowering])
        {
            var at = statements.IndexOf(lowering);
            if (at > first) return Finally(root, block, first, at, lowering);
            // It is in a finally, but the try begins too late.
            var guarded = statements.IndexOf(s => s is TryStatementSyntax { Finally.Block: { } last } && last.Statements.Contains(lowering));
            if (guarded >= 0) return guarded > first ? Extended(root, block, first, guarded) : null;
        }

        return Gathered(root, block, first, lowered!);
    }

    /// <summary>Several ways down, each at an end of its own, become one.</summary>
    private static SyntaxNode? Gathered(SyntaxNode root, BlockSyntax block, int first, List<StatementSyntax> lowered)
    {
        // Only on failures, it goes down elsewhere when all went well; under a condition of its own, somebody counts differently.
        if (lowered.All(s => s.Ancestors().TakeWhile(a => a != block).Any(a => a is CatchClauseSyntax))) return null;
        if (lowered.Any(s => s.Ancestors().TakeWhile(a => a != block).Any(a => a is FinallyClauseSyntax) || s.Parent is BlockSyntax { Statements.Count: 1, Parent: not (CatchClauseSyntax or TryStatementSyntax) })) return null;
        var statements = block.Statements;
        var last = statements.LastIndexOf(s => lowered.Any(l => s.Span.Contains(l.Span)));
        if (ClosingCatch.IsNeededBehind(statements, first, last)) last = statements.Count - 1;
        var inner = statements.Skip(first).Take(last - first + 1).ToList();
        if (inner.Count == 0 || inner.Any(HasJumps)) return null;
        var down = lowered[0].WithoutTrivia().WithTrailingTrivia(Lines.EndOfLine(root)).WithAdditionalAnnotations(Formatter.Annotation);
        var end = SyntaxFactory.FinallyClause(SyntaxFactory.Block(down));
        var cleared = inner.Where(s => !lowered.Contains(s)).Select(s => s.RemoveNodes(lowered.Where(l => l != s && s.Span.Contains(l.Span)), SyntaxRemoveOptions.KeepNoTrivia)!).ToList();
        var made = cleared is [TryStatementSyntax { Finally: null } only] ? only.WithFinally(end).WithAdditionalAnnotations(Formatter.Annotation) : Try(cleared, end);
        return root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(statements.Take(first).Append(made).Concat(statements.Skip(last + 1)))));
    }

    /// <summary>Whoever comes behind the statement has raised it.</summary>
    private static bool IsAlways(SyntaxNode raised, StatementSyntax up)
    {
        for (var node = raised; node != up; node = node.Parent!)
        {
            switch (node.Parent)
            {
                case IfStatementSyntax decision when decision.Condition != node || decision.Else is not null || !Jumps(decision.Statement):
                case ConditionalExpressionSyntax or SwitchStatementSyntax or SwitchExpressionSyntax or CatchClauseSyntax or TryStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax:
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } logical when logical.Right == node:
                    return false;
            }
        }

        return true;
    }

    private static bool Jumps(StatementSyntax statement) =>
        statement is ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax || statement is BlockSyntax { Statements: var statements } && statements.LastOrDefault() is { } last && Jumps(last);

    private static string Plain(ExpressionSyntax target) => target is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access.Name.ToString() : target.ToString();

    /// <summary>The statement that takes it down and does nothing else, a lock around it included.</summary>
    private static StatementSyntax? Statement(SyntaxNode down)
    {
        if (down.Parent is not ExpressionStatementSyntax statement) return null;
        return statement.Parent switch
        {
            LockStatementSyntax locked => locked,
            BlockSyntax { Statements.Count: 1, Parent: LockStatementSyntax locked } => locked,
            _ => statement,
        };
    }

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
