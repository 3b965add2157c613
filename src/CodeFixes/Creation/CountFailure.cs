using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Creation.Counting;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>A count that others take down when the connection ends: here it goes down only when there will be no connection.</summary>
internal static class CountFailure
{
    public static SyntaxNode? Mended(SyntaxNode root, SyntaxNode raised, SyntaxNode function, string target)
    {
        if (Down(raised, target) is not { } down || function.DescendantNodes().Any(n => Counts.Moved(n) is { Target: { } moved, Up: false } && moved.ToString() == target)) return null;
        if (raised.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } up || up is not (ExpressionStatementSyntax or LocalDeclarationStatementSyntax)) return null;
        var first = block.Statements.IndexOf(up) + 1;
        if (block.Parent != function || first == block.Statements.Count) return null;
        var endOfLine = Lines.EndOfLine(root);
        var lowering = SyntaxFactory.ParseStatement(down).WithTrailingTrivia(endOfLine).WithAdditionalAnnotations(Formatter.Annotation);
        var rewriter = new EmptyHanded(lowering, endOfLine);
        var inner = block.Statements.Skip(first).Select(s => (StatementSyntax)rewriter.Visit(s)).ToList();
        if (inner.Any(s => s.DescendantNodesAndSelf().Any(n => n is LabeledStatementSyntax or GotoStatementSyntax or YieldStatementSyntax))) return null;
        var leading = inner[0].GetLeadingTrivia();
        var blank = leading.TakeWhile(t => t.IsKind(SyntaxKind.EndOfLineTrivia)).ToList();
        inner[0] = inner[0].WithLeadingTrivia(leading.Skip(blank.Count));
        var clause = Catching.Rethrowing(endOfLine, lowering);
        var attempt = SyntaxFactory.TryStatement(SyntaxFactory.Block(inner), SyntaxFactory.SingletonList(clause), null).WithLeadingTrivia(blank).WithTrailingTrivia(endOfLine).WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(block.Statements.Take(first).Append(attempt))));
    }

    /// <summary>It goes down before each return without a connection.</summary>
    private sealed class EmptyHanded(StatementSyntax lowering, SyntaxTrivia endOfLine) : CSharpSyntaxRewriter
    {
        public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) => node;

        public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) => node;

        public override SyntaxNode? VisitAnonymousMethodExpression(AnonymousMethodExpressionSyntax node) => node;

        public override SyntaxNode? VisitLocalFunctionStatement(LocalFunctionStatementSyntax node) => node;

        public override SyntaxNode? VisitBlock(BlockSyntax node)
        {
            var visited = (BlockSyntax)base.VisitBlock(node)!;
            var at = visited.Statements.IndexOf(s => s is ReturnStatementSyntax last && Is(last));
            if (at < 0) return visited;
            var statement = visited.Statements[at];
            var indented = lowering.WithLeadingTrivia(statement.GetLeadingTrivia());
            return visited.WithStatements(visited.Statements.Replace(statement, statement.WithLeadingTrivia(statement.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia)))).Insert(at, indented));
        }

        public override SyntaxNode? VisitIfStatement(IfStatementSyntax node)
        {
            var visited = (IfStatementSyntax)base.VisitIfStatement(node)!;
            if (visited.Statement is not ReturnStatementSyntax last || !Is(last)) return visited;
            var block = SyntaxFactory.Block(lowering, last.WithoutTrivia().WithTrailingTrivia(endOfLine));
            block = block.WithOpenBraceToken(block.OpenBraceToken.WithLeadingTrivia(endOfLine).WithTrailingTrivia(endOfLine));
            return visited.WithStatement(block.WithTrailingTrivia(last.GetTrailingTrivia()));
        }

        private static bool Is(ReturnStatementSyntax statement) =>
            statement.Expression is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression or (int)SyntaxKind.FalseLiteralExpression or (int)SyntaxKind.DefaultLiteralExpression };
    }

    /// <summary>The opposite of what raised it; null where it cannot be told.</summary>
    private static string? Down(SyntaxNode raised, string target) => raised switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Wait" or "WaitAsync" } } => target + ".Release();",
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Increment", Expression: var interlocked } } => $"{interlocked}.Decrement(ref {target});",
        PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax => target + "--;",
        _ => null,
    };
}
