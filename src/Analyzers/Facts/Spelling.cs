using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Facts;

/// <summary>What code says by its text alone: asked before anything is bound.</summary>
internal static class Spelling
{
    /// <summary>The name that it ends in: that of <c>name</c>, <c>a.name</c>, <c>a?.name</c> and <c>name&lt;T&gt;</c>; null where it ends in none.</summary>
    public static SimpleNameSyntax? LastName(this ExpressionSyntax expression) => expression switch
    {
        SimpleNameSyntax name => name,
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => null,
    };

    /// <summary>The same as a word; empty where there is none.</summary>
    public static string LastWord(this ExpressionSyntax expression) => expression.LastName()?.Identifier.ValueText ?? "";

    /// <summary>The name of a variable, or of a member of this object; null for all else.</summary>
    public static string? OwnName(this ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax } access => access.Name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>A name with what may stand around it and means nothing: <c>this._client!</c>.</summary>
    public static ExpressionSyntax Whole(this IdentifierNameSyntax name)
    {
        ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own && own.Name == name ? own : name;
        while (whole.Parent is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure) whole = sure;
        return whole;
    }

    /// <summary><c>null</c>, <c>null!</c>, <c>default</c>.</summary>
    public static bool IsNothing(this ExpressionSyntax value) =>
        value.IsKind(SyntaxKind.NullLiteralExpression) || value.IsKind(SyntaxKind.DefaultLiteralExpression) || value.IsKind(SyntaxKind.DefaultExpression)
        || value is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed && suppressed.Operand.IsNothing();

    /// <summary>The elements of an array or list that is written out; null for all else.</summary>
    public static IEnumerable<ExpressionSyntax>? WrittenElements(this ExpressionSyntax value) => value switch
    {
        ArrayCreationExpressionSyntax { Initializer.Expressions: var elements } => elements,
        ImplicitArrayCreationExpressionSyntax { Initializer.Expressions: var elements } => elements,
        CollectionExpressionSyntax { Elements: var elements } => elements.OfType<ExpressionElementSyntax>().Select(e => e.Expression),
        BaseObjectCreationExpressionSyntax { Initializer: { RawKind: (int)SyntaxKind.CollectionInitializerExpression, Expressions: var elements } } => elements,
        _ => null,
    };

    /// <summary>The value with which the declaration of a variable fills it, one of several that are taken apart too: <c>var (a, b) = (x, y)</c>.</summary>
    public static ExpressionSyntax? FirstValue(this SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax { Initializer.Value: var value } => value,
        SingleVariableDesignationSyntax
        {
            Parent: ParenthesizedVariableDesignationSyntax { Variables: var variables, Parent: DeclarationExpressionSyntax { Parent: AssignmentExpressionSyntax { Right: TupleExpressionSyntax { Arguments: var values } } } },
        } variable when values.Count == variables.Count => values[variables.IndexOf(variable)].Expression,
        _ => null,
    };

    /// <summary>The condition itself where it has a name, also one that is denied: <c>var taken = Interlocked.Exchange(ref _busy, 1) != 0; if (taken) …</c></summary>
    public static ExpressionSyntax Meant(this ExpressionSyntax condition)
    {
        var name = condition is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var denied } ? denied : condition;
        if (name is not IdentifierNameSyntax { Identifier.ValueText: var named } || condition.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member) return condition;
        return member.DescendantNodes().OfType<VariableDeclaratorSyntax>().FirstOrDefault(v => v.Identifier.ValueText == named && v.SpanStart < condition.SpanStart) is { Initializer.Value: var meant } ? meant : condition;
    }

    /// <summary>Whether it says that name anywhere.</summary>
    public static bool Mentions(this SyntaxNode code, string name) => code.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == name);

    /// <summary>The name of the method or property that it is code of, or declares; null in other members.</summary>
    public static string? EnclosingName(this SyntaxNode code) => code.FirstAncestorOrSelf<MemberDeclarationSyntax>() switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        _ => null,
    };

    /// <summary>What a member throws that does nothing else.</summary>
    public static ExpressionSyntax? OnlyThrown(this SyntaxNode declaration) => declaration switch
    {
        BaseMethodDeclarationSyntax { Body.Statements: [ThrowStatementSyntax only] } => only.Expression,
        AccessorDeclarationSyntax { Body.Statements: [ThrowStatementSyntax only] } => only.Expression,
        BaseMethodDeclarationSyntax { ExpressionBody: { } arrow } => arrow.OnlyThrown(),
        AccessorDeclarationSyntax { ExpressionBody: { } arrow } => arrow.OnlyThrown(),
        PropertyDeclarationSyntax { ExpressionBody: { } arrow } => arrow.OnlyThrown(),
        ArrowExpressionClauseSyntax { Expression: ThrowExpressionSyntax only } => only.Expression,
        _ => null,
    };

    /// <summary>The property whose <c>field</c> this is.</summary>
    public static string? PropertyName(this FieldExpressionSyntax field) => field.FirstAncestorOrSelf<PropertyDeclarationSyntax>()?.Identifier.ValueText;

    /// <summary><c>member = new …;</c></summary>
    public static bool PutsNewInto(this StatementSyntax statement, string member) =>
        statement is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: var target, Right: BaseObjectCreationExpressionSyntax } } && target.LastWord() == member;
}
