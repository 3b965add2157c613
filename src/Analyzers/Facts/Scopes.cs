using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Connections that do not outlive what fails on them: a <c>using</c> or a <c>finally</c> of the same body closes them on its way out.</summary>
internal static class Scopes
{
    public static bool End(Place connection, SyntaxNode operation, SyntaxNode body)
    {
        var birth = connection.RootPlace.Site switch { SyntaxNode site => site, ValueTuple<SyntaxNode, object> (var site, _) => site, _ => null };
        if (birth is not null && birth.SyntaxTree == body.SyntaxTree && body.Span.Contains(birth.Span) && birth.AncestorsAndSelf().TakeWhile(n => n != body).Any(n => IsUsing(n, birth))) return true;
        var name = birth?.FirstAncestorOrSelf<VariableDeclaratorSyntax>()?.Identifier.ValueText ?? connection.Symbol?.Name;
        return name is not null && operation.Ancestors().TakeWhile(n => n != body).OfType<TryStatementSyntax>().Any(t => t.Block.Span.Contains(operation.Span) && t.Finally is { } last && Closes(last, name));
    }

    private static bool IsUsing(SyntaxNode node, SyntaxNode birth) => node switch
    {
        LocalDeclarationStatementSyntax declaration => declaration.UsingKeyword.IsKind(SyntaxKind.UsingKeyword),
        UsingStatementSyntax statement => !statement.Statement.Span.Contains(birth.Span),
        _ => false,
    };

    /// <summary><c>client.Close()</c>, <c>client?.Dispose()</c></summary>
    private static bool Closes(FinallyClauseSyntax last, string connection) =>
        last.Block.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => ClosingFlags.IsEnding(call.Expression.LastWord())
            && (call.Expression.Mentions(connection) || call.Parent is ConditionalAccessExpressionSyntax { Expression: var target } && target.LastWord() == connection));
}
