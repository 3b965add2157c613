using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Flow;

/// <summary>Which variables a piece of code assigns. By name: a namesake only costs precision.</summary>
internal static class WrittenNames
{
    public static HashSet<string> In(SyntaxNode code)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in code.DescendantNodes()) Add(node, names);
        return names;
    }

    /// <summary>Those that the functions nested in it assign.</summary>
    public static HashSet<string> InFunctionsOf(SyntaxNode body)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in body.DescendantNodes())
        {
            if (node == body || node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)) continue;
            foreach (var inner in node.DescendantNodes()) Add(inner, names);
        }

        return names;
    }

    private static void Add(SyntaxNode node, HashSet<string> names)
    {
        switch (node)
        {
            case AssignmentExpressionSyntax { Left: var left }:
                AddTarget(left, names);
                break;
            case PrefixUnaryExpressionSyntax prefix when prefix.IsKind(SyntaxKind.PreIncrementExpression) || prefix.IsKind(SyntaxKind.PreDecrementExpression):
                AddTarget(prefix.Operand, names);
                break;
            case PostfixUnaryExpressionSyntax postfix when postfix.IsKind(SyntaxKind.PostIncrementExpression) || postfix.IsKind(SyntaxKind.PostDecrementExpression):
                AddTarget(postfix.Operand, names);
                break;
            case ArgumentSyntax argument when !argument.RefKindKeyword.IsKind(SyntaxKind.None):
                AddTarget(argument.Expression, names);
                break;
        }
    }

    private static void AddTarget(ExpressionSyntax target, HashSet<string> names)
    {
        if (target is IdentifierNameSyntax identifier) names.Add(identifier.Identifier.ValueText);
        else if (target is TupleExpressionSyntax tuple)
            foreach (var part in tuple.Arguments) AddTarget(part.Expression, names);
    }
}
