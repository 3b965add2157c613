using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Tests.Rewording;

/// <summary><c>_client.Send()</c> becomes <c>_client!.Send()</c>.</summary>
internal sealed class SuppressedReceivers : CSharpSyntaxRewriter
{
    public override SyntaxNode? VisitMemberAccessExpression(MemberAccessExpressionSyntax node)
    {
        var access = (MemberAccessExpressionSyntax)base.VisitMemberAccessExpression(node)!;
        return access.Expression is IdentifierNameSyntax { Identifier.ValueText: ['_', ..] } field
            ? access.WithExpression(SyntaxFactory.PostfixUnaryExpression(SyntaxKind.SuppressNullableWarningExpression, field.WithoutTrivia()).WithTriviaFrom(field)) : access;
    }
}
