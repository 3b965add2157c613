using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>Reading and writing the conditions under which a cache is filled.</summary>
internal static class Conditions
{
    /// <summary>One or the other.</summary>
    public static ExpressionSyntax Either(ExpressionSyntax a, ExpressionSyntax b) =>
        SyntaxFactory.BinaryExpression(SyntaxKind.LogicalOrExpression, a.WithTrailingTrivia(SyntaxFactory.Space), SyntaxFactory.Token(SyntaxKind.BarBarToken).WithTrailingTrivia(SyntaxFactory.Space), b);

    public static ExpressionSyntax IsNull(ExpressionSyntax value) => SyntaxFactory.ParseExpression(value.WithoutTrivia() + " is null");

    /// <summary>What is asked to be null, as it stands in the condition.</summary>
    public static ExpressionSyntax? NullTest(ExpressionSyntax condition) => condition switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression, Right: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression }, Left: var value } => value,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression, Left: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression }, Right: var value } => value,
        IsPatternExpressionSyntax { Expression: var value, Pattern: ConstantPatternSyntax { Expression: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } } } => value,
        _ => null,
    };

    /// <summary>What is asked not to be null, as it stands in the condition.</summary>
    public static ExpressionSyntax? NotNullTest(ExpressionSyntax condition) => condition switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression, Right: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression }, Left: var value } => value,
        IsPatternExpressionSyntax { Expression: var value, Pattern: UnaryPatternSyntax { Pattern: ConstantPatternSyntax { Expression: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } } } } => value,
        IsPatternExpressionSyntax { Expression: var value, Pattern: RecursivePatternSyntax { Type: null, Designation: null, PropertyPatternClause.Subpatterns.Count: 0 } } => value,
        _ => null,
    };

    /// <summary>The same where the answer gets a name: <c>x is { } there</c>.</summary>
    public static (ExpressionSyntax Value, string Variable)? NamedNotNullTest(ExpressionSyntax condition) =>
        condition is IsPatternExpressionSyntax { Expression: var value, Pattern: RecursivePatternSyntax { Type: null, PositionalPatternClause: null, PropertyPatternClause: null or { Subpatterns.Count: 0 }, Designation: SingleVariableDesignationSyntax named } }
            ? (value, named.Identifier.ValueText) : null;

    /// <summary>The parts of which one has to hold, from the left.</summary>
    public static IEnumerable<ExpressionSyntax> Alternatives(ExpressionSyntax condition) =>
        condition is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } or ? Alternatives(or.Left).Concat(Alternatives(or.Right)) : [condition];

    /// <summary>The parts of a condition that all have to hold, from the left.</summary>
    public static IEnumerable<ExpressionSyntax> Conjuncts(ExpressionSyntax condition) =>
        condition is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } and ? Conjuncts(and.Left).Append(and.Right) : [condition];

    /// <summary>Both.</summary>
    public static ExpressionSyntax Both(ExpressionSyntax a, ExpressionSyntax b) =>
        SyntaxFactory.BinaryExpression(SyntaxKind.LogicalAndExpression, a.WithTrailingTrivia(SyntaxFactory.Space), SyntaxFactory.Token(SyntaxKind.AmpersandAmpersandToken).WithTrailingTrivia(SyntaxFactory.Space), b);

    /// <summary>A condition that can stand beside <c>&amp;&amp;</c> as it is.</summary>
    public static ExpressionSyntax AsOperandOfAnd(ExpressionSyntax condition) =>
        condition is ConditionalExpressionSyntax or AssignmentExpressionSyntax or LambdaExpressionSyntax or SwitchExpressionSyntax or QueryExpressionSyntax
            or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression or (int)SyntaxKind.CoalesceExpression }
            ? SyntaxFactory.ParenthesizedExpression(condition.WithoutTrivia()) : condition.WithoutTrivia();

    /// <summary>A conditional expression may stand in the place of the value, without parentheses.</summary>
    public static bool MayBeChoice(ExpressionSyntax value) =>
        value.Parent is ParenthesizedExpressionSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax or EqualsValueClauseSyntax or ArgumentSyntax
        || value.Parent is AssignmentExpressionSyntax { Right: var right } && right == value;

    /// <summary>The call that looks a key up in a dictionary, and the variable that it fills: <c>!cache.TryGetValue(key, out var s)</c>.</summary>
    public static (InvocationExpressionSyntax Call, string Variable, ExpressionSyntax Key)? LookUp(ExpressionSyntax condition, string container, bool negated)
    {
        if (negated)
        {
            if (condition is not PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var operand }) return null;
            condition = operand;
        }

        if (condition is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "TryGetValue", Expression: var from } } call || !Refers(from, container) || call.ArgumentList.Arguments is not [{ Expression: var key }, { Expression: var target }]) return null;
        var variable = target switch
        {
            PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression, Operand: IdentifierNameSyntax identifier } => identifier.Identifier.ValueText,
            DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax designation } => designation.Identifier.ValueText,
            IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
            _ => null,
        };
        return variable is null ? null : (call, variable, key);
    }

    /// <summary>A task with a result.</summary>
    public static bool IsTask(ITypeSymbol? type) => type is INamedTypeSymbol { Name: "Task", TypeArguments.Length: 1 };

    /// <summary>Out of a concurrent dictionary goes this value, and no other that may have taken its place.</summary>
    public static string TakingOut(ExpressionSyntax container, ExpressionSyntax key, string value) =>
        $"{container.WithoutTrivia()}.TryRemove(System.Collections.Generic.KeyValuePair.Create({key.WithoutTrivia()}, {value}))";

    /// <summary>A key that may be written twice: evaluating it does nothing.</summary>
    public static bool IsRepeatable(ExpressionSyntax key) =>
        !Assigns(key) && !key.DescendantNodesAndSelf().Any(n => n is InvocationExpressionSyntax or AwaitExpressionSyntax or BaseObjectCreationExpressionSyntax or AnonymousFunctionExpressionSyntax);

    /// <summary>Some variable has another value behind it.</summary>
    public static bool Assigns(ExpressionSyntax expression) => expression.DescendantNodesAndSelf().Any(n =>
        n is AssignmentExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: not (int)SyntaxKind.SuppressNullableWarningExpression }
        || n.RawKind is (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression);

    /// <summary><c>map.Add(key, value)</c> as <c>map[key] = value</c>: adding under a key that is there would throw.</summary>
    public static ExpressionSyntax ByIndexer(InvocationExpressionSyntax add)
    {
        var arguments = add.ArgumentList.Arguments;
        return SyntaxFactory.ParseExpression($"{((MemberAccessExpressionSyntax)add.Expression).Expression.WithoutTrivia()}[{arguments[0].Expression.WithoutTrivia()}] = {arguments[1].Expression.WithoutTrivia()}").WithTriviaFrom(add);
    }

    public static bool Refers(ExpressionSyntax expression, string name) => expression switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax } access => access.Name.Identifier.ValueText == name,
        FieldExpressionSyntax field => field.PropertyName() == name,
        _ => false,
    };
}
