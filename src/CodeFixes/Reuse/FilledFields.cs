using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>A session in a field or variable that is asked only whether it is there: the question becomes the full one.</summary>
internal static class FilledFields
{
    /// <param name="session">What is used.</param>
    /// <param name="scope">The function that may ask.</param>
    /// <param name="name">The field, or a variable that was read from it.</param>
    /// <param name="check">How its state is asked.</param>
    public static IEnumerable<Dictionary<SyntaxNode, SyntaxNode>> Changes(KeptSession session, SyntaxNode scope, string name, StateCheck check)
    {
        if (GivenBack(session, scope, name, check) is { } givenBack) yield return givenBack;
        if (InScope(session, scope, name, check) is { } filled) yield return filled;
        if (scope == session.Function && OnlyNullCheck(session, scope, name, check) is var (old, written)) yield return new() { [old] = written };
    }

    /// <summary><c>if (_s is not null) return _s;</c> and what fills it otherwise, with a second look or without.</summary>
    private static Dictionary<SyntaxNode, SyntaxNode>? GivenBack(KeptSession session, SyntaxNode scope, string name, StateCheck check)
    {
        if (!Fills(session, scope, name)) return null;
        var asked = new Dictionary<SyntaxNode, SyntaxNode>();
        foreach (var statement in scope.DescendantNodes().OfType<IfStatementSyntax>())
        {
            if (Statements.Only<ReturnStatementSyntax>(statement.Statement) is not { Expression: var given }) continue;
            if (Conditions.NotNullTest(statement.Condition) is { } tested && session.Refers(tested, name) && (given is null || session.Refers(given, name)))
                asked[statement.Condition] = check.ThereAndUsable(tested.ToString()).WithTriviaFrom(statement.Condition);
            if (Conditions.NamedNotNullTest(statement.Condition) is var (value, variable) && session.Refers(value, name) && given is not null && session.Refers(given, variable))
                asked[statement.Condition] = check.ThereAndUsable(value.ToString(), variable).WithTriviaFrom(statement.Condition);
        }

        if (asked.Count == 0) return null;
        foreach (var fill in scope.DescendantNodes().OfType<AssignmentExpressionSyntax>())
        {
            if (fill.IsKind(SyntaxKind.CoalesceAssignmentExpression) && session.Refers(fill.Left, name) && Filled(fill, check) is var (old, written)) asked[old] = written;
        }

        return asked;
    }

    /// <summary>The function fills it where it is missing, or has another one fill it.</summary>
    private static Dictionary<SyntaxNode, SyntaxNode>? InScope(KeptSession session, SyntaxNode scope, string name, StateCheck check)
    {
        foreach (var node in scope.DescendantNodes())
        {
            switch (node)
            {
                case IfStatementSyntax statement when IsMissing(session, statement, name) && Fills(session, statement.Statement, name):
                    return new() { [statement] = WithState(session, statement, name, check) };
                case IfStatementSyntax statement when IsMissing(session, statement, name) && session.MembersAskedBy(statement.Statement).FirstOrDefault(m => Fills(session, m, name)) is { } filler:
                    // The one that fills may look a second time.
                    var changes = GivenBack(session, filler, name, check) ?? [];
                    changes[statement] = WithState(session, statement, name, check);
                    return changes.Keys.All(k => k.SyntaxTree == statement.SyntaxTree) ? changes : null;
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression } fill when session.Refers(fill.Left, name) && Filled(fill, check) is var (old, written):
                    return new() { [old] = written };
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } choice when session.Refers(choice.Left, name) && KeptOrFilled(choice, check) is { } chosen:
                    return new() { [choice] = chosen };
            }
        }

        return null;
    }

    private static IEnumerable<ExpressionSyntax> Missing(KeptSession session, ExpressionSyntax condition, string name) =>
        Conditions.Alternatives(condition).Where(c => Conditions.NullTest(c) is { } tested && session.Refers(tested, name));

    private static bool IsMissing(KeptSession session, IfStatementSyntax statement, string name) => Missing(session, statement.Condition, name).Any();

    /// <summary>The condition, and that of a second look inside a lock.</summary>
    private static SyntaxNode WithState(KeptSession session, IfStatementSyntax statement, string name, StateCheck check)
    {
        var looks = statement.DescendantNodesAndSelf().OfType<IfStatementSyntax>().SelectMany(s => Missing(session, s.Condition, name));
        var made = looks.ToDictionary(l => (SyntaxNode)l, l => (SyntaxNode)MissingOrUnusable(l, check));
        // The second look may be the filling itself: `_s ??= Connect();`.
        foreach (var fill in statement.Statement.DescendantNodes().OfType<AssignmentExpressionSyntax>())
        {
            if (fill.IsKind(SyntaxKind.CoalesceAssignmentExpression) && session.Refers(fill.Left, name) && Filled(fill, check) is var (old, written))
                made[old] = written.WithAdditionalAnnotations(Formatter.Annotation);
        }

        return statement.ReplaceNodes(made.Keys, (old, _) => made[old]);
    }

    private static ExpressionSyntax MissingOrUnusable(ExpressionSyntax nullTest, StateCheck check) =>
        Conditions.Either(Conditions.IsNull(Conditions.NullTest(nullTest)!), check.NotUsable(Conditions.NullTest(nullTest)!.ToString())).WithTriviaFrom(nullTest);

    /// <summary><c>_s ??= Connect()</c>, as a statement or as a value.</summary>
    public static (SyntaxNode Old, SyntaxNode New)? Filled(AssignmentExpressionSyntax fill, StateCheck check)
    {
        var target = fill.Left.WithoutTrivia();
        var assignment = SyntaxFactory.AssignmentExpression(SyntaxKind.SimpleAssignmentExpression, target, fill.Right.WithoutTrivia());
        if (fill.Parent is ExpressionStatementSyntax statement)
        {
            var condition = target is ElementAccessExpressionSyntax ? check.NotThereOrUnusable(target.ToString()) : Conditions.Either(Conditions.IsNull(target), check.NotUsable(target.ToString()));
            return (statement, SyntaxFactory.IfStatement(condition, SyntaxFactory.ExpressionStatement(assignment)).NormalizeWhitespace().WithTriviaFrom(statement));
        }

        ExpressionSyntax choice = SyntaxFactory.ConditionalExpression(check.ThereAndUsable(target.ToString()), target, assignment).NormalizeWhitespace();
        return Conditions.MayBeChoice(fill) ? (fill, choice.WithTriviaFrom(fill)) : null;
    }

    /// <summary><c>_s ?? (_s = Connect())</c></summary>
    private static ExpressionSyntax? KeptOrFilled(BinaryExpressionSyntax choice, StateCheck check)
    {
        var kept = choice.Left.WithoutTrivia();
        if (choice.Right is not ParenthesizedExpressionSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } fill }) return null;
        if (!SyntaxFactory.AreEquivalent(fill.Left, kept) || !Conditions.MayBeChoice(choice)) return null;
        return SyntaxFactory.ConditionalExpression(check.ThereAndUsable(kept.ToString()), kept, fill.WithoutTrivia()).NormalizeWhitespace().WithTriviaFrom(choice);
    }

    /// <summary>The use's own method asks for null and does not fill: the question becomes the full one.</summary>
    private static (SyntaxNode, SyntaxNode)? OnlyNullCheck(KeptSession session, SyntaxNode function, string name, StateCheck check)
    {
        var use = session.Use;
        var names = new HashSet<string>(StringComparer.Ordinal) { name };
        foreach (var declarator in function.DescendantNodes().OfType<VariableDeclaratorSyntax>())
        {
            if (declarator.Initializer is { Value: var value } && session.Refers(value, name)) names.Add(declarator.Identifier.ValueText);
        }

        foreach (var ancestor in use.Ancestors().TakeWhile(a => a != function))
        {
            if (ancestor is IfStatementSyntax statement && statement.Statement.Span.Contains(use.Span))
            {
                foreach (var part in statement.Condition.DescendantNodesAndSelf().OfType<ExpressionSyntax>())
                {
                    if (Conditions.NotNullTest(part) is { } tested && names.Any(n => session.Refers(tested, n))) return (part, check.ThereAndUsable(tested.ToString()).WithTriviaFrom(part));
                }
            }

            if (Left(session, ancestor, names, check) is { } left) return left;
        }

        return null;
    }

    /// <summary><c>if (_s is null || …) return;</c> before the use.</summary>
    private static (SyntaxNode, SyntaxNode)? Left(KeptSession session, SyntaxNode statement, HashSet<string> names, StateCheck check)
    {
        foreach (var leaving in Statements.Before(statement).OfType<IfStatementSyntax>().Where(s => s.Else is null && s.Statement.Leaves()))
        {
            var missing = Conditions.Alternatives(leaving.Condition).FirstOrDefault(c => Conditions.NullTest(c) is { } tested && names.Any(n => session.Refers(tested, n)));
            if (missing is not null) return (missing, MissingOrUnusable(missing, check));
        }

        return null;
    }

    /// <summary>Something is put into the field or variable.</summary>
    public static bool Fills(KeptSession session, SyntaxNode code, string name) =>
        code.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => session.Refers(a.Left, name) && !a.Right.IsKind(SyntaxKind.NullLiteralExpression));
}
