using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>A kept task counts only where it has neither failed nor been cancelled.</summary>
internal static class TaskQuestion
{
    public static (SyntaxNode, SyntaxNode)? Asked(SyntaxNode fill, SemanticModel model)
    {
        if (fill is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression, Left: var kept } coalescing)
            return IsSimple(kept) && IsTask(kept) ? Coalescing(coalescing, kept.WithoutTrivia()) : null;
        if (Functions.Enclosing(fill) is not { } function) return null;
        switch (fill)
        {
            case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: ElementAccessExpressionSyntax { Expression: var container } element } when IsSimple(container) && IsTask(element):
                return InLookUps(function, Name(container), null);
            case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: var target } when IsSimple(target) && IsTask(target):
                return InConditions(function, Name(target));
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: var container }, Parent: ExpressionStatementSyntax } add
                when add.ArgumentList.Arguments is [_, { Expression: var value }] && IsSimple(container) && IsTask(value):
                return InLookUps(function, Name(container), add);
            default:
                return null;
        }

        bool IsTask(ExpressionSyntax value) => Conditions.IsTask(model.GetTypeInfo(value).Type);
    }

    private static bool IsSimple(ExpressionSyntax target) => target is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax };

    private static string Name(ExpressionSyntax target) => target is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText : target.ToString().Trim();

    private static ExpressionSyntax Failed(string task) => SyntaxFactory.ParseExpression($"{task}.IsFaulted || {task}.IsCanceled");

    private static ExpressionSyntax Fine(string task) => SyntaxFactory.ParseExpression($"!{task}.IsFaulted && !{task}.IsCanceled");

    private static (SyntaxNode, SyntaxNode)? Coalescing(AssignmentExpressionSyntax fill, ExpressionSyntax target)
    {
        var condition = Conditions.Either(Conditions.IsNull(target), Failed(target.ToString()));
        var assignment = $"{target} = {fill.Right.WithoutTrivia()}";
        if (fill.Parent is ExpressionStatementSyntax statement)
            return (statement, Lines.Parse(statement, $"if ({condition})\n{{\n{assignment};\n}}").WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation));
        return Conditions.MayBeChoice(fill) ? (fill, SyntaxFactory.ParseExpression($"{condition} ? {assignment} : {target}").WithTriviaFrom(fill)) : null;
    }

    /// <summary>All questions of the function for null become questions for a usable task.</summary>
    private static (SyntaxNode, SyntaxNode)? InConditions(SyntaxNode function, string name)
    {
        var questions = function.DescendantNodes().OfType<ExpressionSyntax>()
            .Where(e => IsCondition(e) && (Conditions.NullTest(e) ?? Conditions.NotNullTest(e)) is { } tested && Conditions.Refers(tested, name)).ToList();
        if (questions.Count == 0) return null;
        return (function, function.ReplaceNodes(questions, (old, _) => Full(old).WithTriviaFrom(old)));

        static ExpressionSyntax Full(ExpressionSyntax question) => Conditions.NullTest(question) is { } missing
            ? Conditions.Either(question.WithoutTrivia(), Failed(missing.ToString()))
            : Conditions.Both(question.WithoutTrivia(), Fine(Conditions.NotNullTest(question)!.ToString()));
    }

    private static bool IsCondition(ExpressionSyntax expression) => expression.Parent switch
    {
        IfStatementSyntax statement => statement.Condition == expression,
        ConditionalExpressionSyntax conditional => conditional.Condition == expression,
        _ => false,
    };

    /// <summary><c>!map.TryGetValue(key, out var task)</c>: a failed one is as good as none, and is written over.</summary>
    private static (SyntaxNode, SyntaxNode)? InLookUps(SyntaxNode function, string container, InvocationExpressionSyntax? add)
    {
        foreach (var condition in function.DescendantNodes().OfType<ExpressionSyntax>().Where(IsCondition))
        {
            ExpressionSyntax? asked = Conditions.LookUp(condition, container, negated: true) is { } missing ? Conditions.Either(condition.WithoutTrivia(), Failed(missing.Variable))
                : Conditions.LookUp(condition, container, negated: false) is { } found ? Conditions.Both(condition.WithoutTrivia(), Fine(found.Variable))
                : null;
            if (asked is null) continue;
            SyntaxNode[] changed = add is null ? [condition] : [condition, add];
            return (function, function.ReplaceNodes(changed, (old, _) => old == condition ? asked.WithTriviaFrom(condition) : Conditions.ByIndexer(add!)));
        }

        return null;
    }
}
