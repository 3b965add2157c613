using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>
/// A flag of the owner's says that the kept connection is of no use any more, and is asked where it is filled:
/// <c>if (_connection is null || _broken) _connection = Open();</c>
/// </summary>
internal static class RenewingFlags
{
    public static bool Decide(ISymbol kept, Analysis analysis, CancellationToken cancellation)
    {
        foreach (var member in analysis.Holders.CodeOf(kept.ContainingType))
        {
            if (!member.Invoked.Contains(kept.Name)) continue;
            foreach (var node in member.Declaration.DescendantNodes())
            {
                if (node is IfStatementSyntax statement && Fills(statement.Statement, kept.Name)
                    && Alternatives(statement.Condition).Any(a => MeansUnusable(a, kept.ContainingType, analysis, cancellation))) return true;
            }
        }

        return false;
    }

    private static bool Fills(StatementSyntax statement, string name) =>
        statement.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => !a.Right.IsKind(SyntaxKind.NullLiteralExpression)
            && a.Left.LastWord() == name);

    private static IEnumerable<ExpressionSyntax> Alternatives(ExpressionSyntax condition) => condition switch
    {
        ParenthesizedExpressionSyntax { Expression: var inner } => Alternatives(inner),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } either => Alternatives(either.Left).Concat(Alternatives(either.Right)),
        IdentifierNameSyntax when condition.Meant() is var meant && meant != condition => Alternatives(meant),
        _ => [condition],
    };

    /// <summary>The flag itself, or that it is not set: with this value the connection is not to be used.</summary>
    private static bool MeansUnusable(ExpressionSyntax alternative, INamedTypeSymbol type, Analysis analysis, CancellationToken cancellation)
    {
        var isSet = true;
        while (alternative is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not) (alternative, isSet) = (not.Operand, !isSet);
        if (alternative is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Volatile" }, Name.Identifier.ValueText: "Read" }, ArgumentList.Arguments: [var read] }) alternative = read.Expression;
        if (alternative is not (IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax })) return false;
        return analysis.Bodies.ModelOf(alternative.SyntaxTree).GetSymbolInfo(alternative, cancellation).Symbol is IFieldSymbol { Type.SpecialType: SpecialType.System_Boolean } flag
            && SymbolEqualityComparer.Default.Equals(flag.ContainingType.OriginalDefinition, type.OriginalDefinition)
            && analysis.Flags.MeansUsable(flag, Constraint.Is(!isSet)) && !analysis.Flags.MeansUsable(flag, Constraint.Is(isSet));
    }
}
