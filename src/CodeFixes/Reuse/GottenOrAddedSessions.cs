using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>One call finds the session or makes it: a dead one is taken out before the call, or replaced.</summary>
internal static class GottenOrAddedSessions
{
    public static IEnumerable<(SyntaxNode, SyntaxNode)> Changes(KeptSession session, SyntaxNode scope)
    {
        var calls = scope.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(c => c is { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetOrAdd", Expression: var from }, ArgumentList.Arguments: [{ Expression: var key }, _, ..] }
                && Conditions.Refers(from, session.Name) && Conditions.IsRepeatable(key))
            .ToList();
        // First what leaves the call alone: of several threads that find a dead one, only one makes another.
        return calls.Select(c => TakenOutBefore(session, scope, c)).Concat(calls.Select(c => Replaced(session, scope, c))).Where(c => c is not null).Select(c => c!.Value);
    }

    /// <summary><c>var s = cache.GetOrAdd(key, Connect);</c> becomes a look-up, a question and a replacement.</summary>
    private static (SyntaxNode, SyntaxNode)? Replaced(KeptSession session, SyntaxNode scope, InvocationExpressionSyntax call)
    {
        var model = session.ModelOf(scope);
        if (call is not { Expression: MemberAccessExpressionSyntax { Name: IdentifierNameSyntax, Expression: var from }, ArgumentList.Arguments: [{ Expression: var key }, { Expression: var factory }] }) return null;
        if (TakenOrMade.Declared(call) is not var (name, declared)) return null;
        if (call.Contains(session.Use) || model.GetTypeInfo(call).Type is not { IsReferenceType: true } type || session.Check(type, scope) is not { } check || Made(factory, key, model) is not { } made) return null;
        var discard = Lines.EndingIfAny(name, type, model, declared) is { } ending ? ending + "\n" : "";
        var text = $"if (!{from.WithoutTrivia()}.TryGetValue({key.WithoutTrivia()}, out var {name}) || {check.NotUsable(name)})\n{{\n{discard}{from.WithoutTrivia()}[{key.WithoutTrivia()}] = {name} = {made};\n}}";
        return (declared, Lines.Parse(declared, text).WithTriviaFrom(declared));
    }

    /// <summary>Of a concurrent dictionary the dead one is taken out before the call.</summary>
    private static (SyntaxNode, SyntaxNode)? TakenOutBefore(KeptSession session, SyntaxNode scope, InvocationExpressionSyntax call)
    {
        var model = session.ModelOf(scope);
        if (Functions.Enclosing(call) is not { } function || !scope.Span.Contains(function.Span) || TakingOut(session, scope, call, model) is not { } text) return null;
        if (call.FirstAncestorOrSelf<StatementSyntax>() is not { } statement || !function.Span.Contains(statement.Span))
        {
            var asked = Lines.Parse(function, text).WithTrailingTrivia(Lines.EndOfLine(function), Lines.EndOfLine(function));
            return Functions.WithBlock(function, asked, model) is { } whole ? (function, whole.WithTriviaFrom(function)) : null;
        }

        if (statement is not (ExpressionStatementSyntax or LocalDeclarationStatementSyntax or ReturnStatementSyntax) || statement.Parent is not BlockSyntax block) return null;
        var at = block.Statements.IndexOf(statement);
        var before = Lines.Before(statement, text, keepsComments: true).WithTrailingTrivia(Lines.EndOfLine(statement), Lines.EndOfLine(statement));
        return (block, block.WithStatements(block.Statements.Replace(statement, statement.WithLeadingTrivia(Lines.Indentation(statement))).Insert(at, before)));
    }

    private static string? TakingOut(KeptSession session, SyntaxNode scope, InvocationExpressionSyntax call, SemanticModel model)
    {
        var from = ((MemberAccessExpressionSyntax)call.Expression).Expression;
        var (container, key) = (from.WithoutTrivia(), call.ArgumentList.Arguments[0].Expression.WithoutTrivia());
        var name = Reporting.Unused(model, call.SpanStart, "known", "kept", "dead");
        if (model.GetTypeInfo(from).Type is not { Name: "ConcurrentDictionary" } || model.GetTypeInfo(call).Type is not { IsReferenceType: true } type) return null;
        if (session.Check(type, scope) is not { } check || Lines.Ending(name, type, model, call) is not { } ending) return null;
        return $"if ({container}.TryGetValue({key}, out var {name}) && {check.NotUsable(name)} && {Conditions.TakingOut(container, key, name)})\n{{\n{ending}\n}}";
    }

    /// <summary>What the factory makes for this key, as an expression of its own.</summary>
    private static string? Made(ExpressionSyntax factory, ExpressionSyntax key, SemanticModel model)
    {
        switch (factory)
        {
            case SimpleLambdaExpressionSyntax { ExpressionBody: { } body, AsyncKeyword.RawKind: 0, Parameter: var parameter }
                when key is IdentifierNameSyntax or LiteralExpressionSyntax or MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or ThisExpressionSyntax }:
                var uses = body.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
                    .Where(n => n.Identifier.ValueText == parameter.Identifier.ValueText && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n).Symbol, model.GetDeclaredSymbol(parameter))).ToList();
                return body.ReplaceNodes(uses, (old, _) => key.WithTriviaFrom(old)).WithoutTrivia().ToString();
            case AnonymousFunctionExpressionSyntax:
                return null;
            case IdentifierNameSyntax or MemberAccessExpressionSyntax when model.GetSymbolInfo(factory).Symbol is IMethodSymbol { Parameters.Length: 1 } || model.GetTypeInfo(factory).Type?.TypeKind == TypeKind.Delegate:
                return $"{factory.WithoutTrivia()}({key.WithoutTrivia()})";
            default:
                return null;
        }
    }
}
