using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Tests.Rewording;

/// <summary>The body of a method stands in a <c>try</c> whose <c>finally</c> does nothing that matters.</summary>
internal sealed class FinallyAround : StatementRewriter
{
    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        if (node.Body is not { Statements.Count: > 0 } body || body.DescendantNodes().Any(n => n is YieldStatementSyntax)) return node;
        var attempt = SyntaxFactory.TryStatement(
            SyntaxFactory.Token(SyntaxKind.TryKeyword), Braces(body.Statements), default, SyntaxFactory.FinallyClause(Braces([Parse("global::System.GC.KeepAlive(null);")])));
        return node.WithBody(body.WithStatements([attempt]));
    }
}
