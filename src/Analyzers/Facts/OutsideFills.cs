using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Parts of an object that others fill where nothing is in them yet: <c>tenant.Channel ??= Open();</c>, <c>if (slot.Link is null) slot.Link = Dial();</c></summary>
internal sealed class OutsideFills(Analysis analysis)
{
    public bool Contain(ISymbol member)
    {
        if (member.DeclaredAccessibility == Accessibility.Private || member is IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null or { IsInitOnly: true } }) return false;
        foreach (var tree in analysis.Compilation.SyntaxTrees)
        {
            foreach (var code in analysis.Holders.AllCodeIn(tree, CancellationToken.None))
            {
                if (code.AssignsPart && code.Invoked.Contains(member.Name) && code.Declaration.DescendantNodes().Any(n => Fills(n, member))) return true;
            }
        }

        return false;
    }

    private bool Fills(SyntaxNode node, ISymbol member) =>
        node is AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: not (ThisExpressionSyntax or BaseExpressionSyntax) } part } assignment && part.Name.Identifier.ValueText == member.Name
        && !assignment.Right.IsNothing() && IsWhereMissing(assignment, part)
        && SymbolEqualityComparer.Default.Equals(analysis.Bodies.ModelOf(node.SyntaxTree).GetSymbolInfo(part).Symbol?.OriginalDefinition, member.OriginalDefinition);

    private static bool IsWhereMissing(AssignmentExpressionSyntax assignment, MemberAccessExpressionSyntax part) =>
        assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression)
        || assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && assignment.Ancestors().TakeWhile(a => a is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax)).OfType<IfStatementSyntax>().Any(s => s.Statement.Span.Contains(assignment.Span) && AsksWhetherMissing(s.Condition, part));

    /// <summary><c>part == null</c>, <c>part is null</c>, also as one of several reasons.</summary>
    private static bool AsksWhetherMissing(ExpressionSyntax condition, MemberAccessExpressionSyntax part) => condition switch
    {
        ParenthesizedExpressionSyntax { Expression: var inner } => AsksWhetherMissing(inner, part),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both => AsksWhetherMissing(both.Left, part) || AsksWhetherMissing(both.Right, part),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } equal => equal.Right.IsNothing() && SyntaxFactory.AreEquivalent(equal.Left, part),
        IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax { Expression: var nothing } } pattern => nothing.IsNothing() && SyntaxFactory.AreEquivalent(pattern.Expression, part),
        _ => false,
    };
}
