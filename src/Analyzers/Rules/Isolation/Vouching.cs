using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>A lease that gives its connection back only where its user has said that the exchange is done: <c>lease.Complete()</c>.</summary>
internal static class Vouching
{
    /// <summary>The giving back is not reached while some flag is off that the lease's users switch on.</summary>
    public static bool IsNeededFor(IInvocationOperation giving, INamedTypeSymbol lease, Analysis analysis, CancellationToken cancellation) =>
        Code.FunctionAround(giving.Syntax) is { } disposal && lease.GetMembers().Any(m => IsSwitch(m) && IsSwitchedOn(m, lease, disposal)
            && (!IsReachedWithout(m.Name, giving.Syntax, disposal) || IsToldAlong(giving, m.Name, analysis, cancellation)));

    /// <summary><c>_pool.Release(_link, _done)</c>: who takes it back does so only where that is true.</summary>
    private static bool IsToldAlong(IInvocationOperation giving, string flag, Analysis analysis, CancellationToken cancellation)
    {
        if (giving.Arguments.FirstOrDefault(a => a.Value.Syntax is ExpressionSyntax told && IsFlag(told, flag)) is not { Parameter.Name: var told } || !analysis.Summaries.IsOwn(giving.TargetMethod) || Code.Of(giving.TargetMethod, analysis, cancellation) is not { } code) return false;
        var inner = code.Descendants().OfType<IInvocationOperation>().Where(i => GivingBack.Argument(i, analysis, cancellation) is not null).ToList();
        return inner.Count > 0 && inner.All(i => !IsReachedWithout(told, i.Syntax, code.Syntax));
    }

    private static bool IsSwitch(ISymbol member) =>
        member is IFieldSymbol { IsReadOnly: false, IsImplicitlyDeclared: false, Type.SpecialType: SpecialType.System_Boolean } or IPropertySymbol { SetMethod.IsInitOnly: false, Type.SpecialType: SpecialType.System_Boolean };

    private static bool IsSwitchedOn(ISymbol flag, INamedTypeSymbol lease, SyntaxNode disposal) =>
        flag is IPropertySymbol { SetMethod.DeclaredAccessibility: not Accessibility.Private }
        || lease.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax().DescendantNodes()).OfType<AssignmentExpressionSyntax>()
            .Any(a => !disposal.Span.Contains(a.Span) && IsFlag(a.Left, flag.Name) && !a.Right.IsKind(SyntaxKind.FalseLiteralExpression));

    private static bool IsReachedWithout(string flag, SyntaxNode giving, SyntaxNode disposal)
    {
        for (var node = giving; node != disposal && node.Parent is { } parent; node = parent)
        {
            var isLeftOut = parent switch
            {
                IfStatementSyntax statement when statement.Statement == node => Truth(statement.Condition, flag) == false,
                ElseClauseSyntax { Parent: IfStatementSyntax statement } => Truth(statement.Condition, flag) == true,
                ConditionalExpressionSyntax conditional when conditional.Condition != node => Truth(conditional.Condition, flag) == (conditional.WhenFalse == node),
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both when both.Right == node => Truth(both.Left, flag) == false,
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } either when either.Right == node => Truth(either.Left, flag) == true,
                BlockSyntax block => block.Statements.TakeWhile(s => s != node).OfType<IfStatementSyntax>().Any(early => early.Statement.Leaves() && Truth(early.Condition, flag) == true),
                _ => false,
            };
            if (isLeftOut) return false;
        }

        return true;
    }

    /// <summary>The truth of a condition while the flag is off; null where that does not decide.</summary>
    private static bool? Truth(ExpressionSyntax condition, string flag) => condition switch
    {
        ParenthesizedExpressionSyntax { Expression: var inner } => Truth(inner, flag),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var operand } => !Truth(operand, flag),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both => Truth(both.Left, flag) & Truth(both.Right, flag),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } either => Truth(either.Left, flag) | Truth(either.Right, flag),
        _ => IsFlag(condition, flag) ? false : null,
    };

    private static bool IsFlag(ExpressionSyntax expression, string flag) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText == flag,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access => access.Name.Identifier.ValueText == flag,
        _ => false,
    };
}
