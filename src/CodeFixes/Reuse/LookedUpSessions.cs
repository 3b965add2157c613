using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>A session in a dictionary, an array or a memory cache that counts because it is there: a dead one is as good as none.</summary>
internal static class LookedUpSessions
{
    public static IEnumerable<Dictionary<SyntaxNode, SyntaxNode>> Changes(KeptSession session, SyntaxNode scope)
    {
        foreach (var (old, written) in Indexed(session, scope).Concat(InLookup(session, scope)).Concat(GottenOrAddedSessions.Changes(session, scope))) yield return new() { [old] = written };
        foreach (var (variable, check) in ReadFrom(session, scope))
        {
            foreach (var change in FilledFields.Changes(session, scope, variable, check)) yield return change;
        }
    }

    /// <summary><c>var link = _links[i];</c>: what asks for null afterwards asks the variable.</summary>
    private static IEnumerable<(string Variable, StateCheck Check)> ReadFrom(KeptSession session, SyntaxNode scope)
    {
        foreach (var declarator in scope.DescendantNodes().OfType<VariableDeclaratorSyntax>())
        {
            if (declarator.Initializer is not { Value: var value } || !IsElement(value, session.Name)) continue;
            if (session.Check(session.ModelOf(scope).GetTypeInfo(value).Type, scope) is { } check) yield return (declarator.Identifier.ValueText, check);
        }
    }

    private static bool IsElement(ExpressionSyntax value, string container) => value switch
    {
        ElementAccessExpressionSyntax element => Conditions.Refers(element.Expression, container),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetValueOrDefault" or "Get", Expression: var from } } => Conditions.Refers(from, container),
        _ => false,
    };

    /// <summary>An element that is filled where it is missing: <c>_links[i] ??= …</c>, <c>if (_links[i] is null) _links[i] = …</c>, <c>if (!_links.ContainsKey(k)) _links[k] = …</c>.</summary>
    private static IEnumerable<(SyntaxNode, SyntaxNode)> Indexed(KeptSession session, SyntaxNode scope)
    {
        // One pattern asks both: the compiler does not remember of an element that it was not null.
        var model = session.ModelOf(scope);
        foreach (var fill in scope.DescendantNodes().OfType<AssignmentExpressionSyntax>())
        {
            if (fill.Left is not ElementAccessExpressionSyntax { Expression: var held, ArgumentList.Arguments: [{ Expression: var key }] } element) continue;
            if (!Conditions.Refers(held, session.Name) || !Conditions.IsRepeatable(key) || session.Check(model.GetTypeInfo(element).Type, scope) is not { } check) continue;
            if (fill.IsKind(SyntaxKind.CoalesceAssignmentExpression))
            {
                if (FilledFields.Filled(fill, check) is { } filled) yield return filled;
                continue;
            }

            if (KeptOrFilled(fill, element, check, model) is { } chosen) yield return chosen;
            if (fill.FirstAncestorOrSelf<IfStatementSyntax>() is not { Condition: var missing } || Functions.Enclosing(missing) != Functions.Enclosing(fill)) continue;
            if (Conditions.NullTest(missing) is { } asked && IsElement(asked, session.Name)) yield return (missing, check.NotThereOrUnusable(asked.ToString()).WithTriviaFrom(missing));
            if (AsksForKey(missing, session.Name, key)) yield return (missing, Conditions.Either(missing.WithoutTrivia(), check.NotUsable(element.ToString())).WithTriviaFrom(missing));
        }
    }

    /// <summary><c>!_links.ContainsKey(k)</c></summary>
    private static bool AsksForKey(ExpressionSyntax condition, string container, ExpressionSyntax key) =>
        condition is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: InvocationExpressionSyntax call }
        && call is { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ContainsKey", Expression: var from }, ArgumentList.Arguments: [{ Expression: var looked }] }
        && Conditions.Refers(from, container) && SyntaxFactory.AreEquivalent(looked, key);

    /// <summary><c>_links[i] ?? (_links[i] = Connect(i))</c></summary>
    private static (SyntaxNode, SyntaxNode)? KeptOrFilled(AssignmentExpressionSyntax fill, ElementAccessExpressionSyntax element, StateCheck check, SemanticModel model)
    {
        if (fill.Parent is not ParenthesizedExpressionSyntax { Parent: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } choice }) return null;
        if (!SyntaxFactory.AreEquivalent(choice.Left, element) || !Conditions.MayBeChoice(choice)) return null;
        var kept = Reporting.Unused(model, fill.SpanStart, "kept", "known", "there");
        return (choice, SyntaxFactory.ParseExpression($"{check.ThereAndUsable(element.ToString(), kept)} ? {kept} : {fill.WithoutTrivia()}").WithTriviaFrom(choice));
    }

    /// <summary><c>if (!cache.TryGetValue(key, out var s))</c> and what fills it or leaves: a dead one is as good as none. What is used where it was found is asked there.</summary>
    private static IEnumerable<(SyntaxNode, SyntaxNode)> InLookup(KeptSession session, SyntaxNode scope)
    {
        foreach (var node in scope.DescendantNodes())
        {
            var found = node switch
            {
                IfStatementSyntax statement => Missing(session, scope, statement).Concat(Found(session, scope, statement.Condition, statement.Statement, IsAnswer(scope, session.Name, statement.Statement))),
                ConditionalExpressionSyntax choice => Found(session, scope, choice.Condition, choice.WhenTrue, _ => false),
                _ => [],
            };
            foreach (var change in found) yield return change;
        }
    }

    private static IEnumerable<(SyntaxNode, SyntaxNode)> Missing(KeptSession session, SyntaxNode scope, IfStatementSyntax statement)
    {
        if (statement.Statement.Contains(session.Use)) yield break;
        foreach (var part in Conditions.Alternatives(statement.Condition))
        {
            if (Conditions.LookUp(part, session.Name, negated: true) is not var (call, variable, _) || Question(session, scope, call, variable) is not var (asked, check)) continue;
            var (old, written) = NotFoundOrUnusable(statement.Condition, part, variable, asked, check, mayBeNull: asked == variable && !IsDictionary(session.Type));
            var fills = FilledFields.Fills(session, statement.Statement, variable);
            if (fills && Stores(statement, session.Name) || statement.Statement.Leaves()) yield return (old, written);
            else if (fills && Adding(statement.Statement, session.Name) is { } add)
                yield return (statement, statement.ReplaceNodes([old, add], (replaced, _) => replaced == add ? Conditions.ByIndexer(add) : written));
        }
    }

    /// <summary>The compiler takes what a dictionary's look-up has found for something; what another cache has found may be null.</summary>
    private static (SyntaxNode Old, SyntaxNode New) NotFoundOrUnusable(ExpressionSyntax condition, ExpressionSyntax lookUp, string variable, string asked, StateCheck check, bool mayBeNull)
    {
        var missing = Conditions.Alternatives(condition).FirstOrDefault(c => Conditions.NullTest(c) is { } tested && Conditions.Refers(tested, variable));
        if (missing is not null) return (missing, check.NotThereOrUnusable(asked).WithTriviaFrom(missing));
        return (lookUp, Conditions.Either(lookUp.WithoutTrivia(), mayBeNull ? check.NotThereOrUnusable(asked) : check.NotUsable(asked)).WithTriviaFrom(lookUp));
    }

    private static bool IsDictionary(ITypeSymbol type) => type is INamedTypeSymbol { TypeArguments.Length: 2 };

    private static IEnumerable<(SyntaxNode, SyntaxNode)> Found(KeptSession session, SyntaxNode scope, ExpressionSyntax condition, SyntaxNode then, Func<string, bool> isAnswer)
    {
        foreach (var part in Conditions.Conjuncts(condition))
        {
            if (Conditions.LookUp(part, session.Name, negated: false) is not var (call, variable, _)) continue;
            var isUsed = then.Contains(session.Use) || part != condition && condition.Contains(session.Use);
            if ((isUsed || isAnswer(variable)) && Question(session, scope, call, variable) is var (asked, check)) yield return (part, Conditions.Both(part.WithoutTrivia(), check.Usable(asked)).WithTriviaFrom(part));
        }
    }

    private static Func<string, bool> IsAnswer(SyntaxNode scope, string container, StatementSyntax statement) =>
        variable => Statements.Only<ReturnStatementSyntax>(statement) is { Expression: IdentifierNameSyntax given } && given.Identifier.ValueText == variable && Stores(scope, container);

    /// <summary>What is asked of that which was looked up: the session itself, or the one of its members that is used.</summary>
    private static (string Asked, StateCheck Check)? Question(KeptSession session, SyntaxNode scope, InvocationExpressionSyntax call, string variable)
    {
        var model = session.ModelOf(scope);
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol { Parameters: [_, { Type: var type }] }) return null;
        if (session.Check(type, scope) is { } check) return (variable, check);
        if (scope != session.Function) return null;
        foreach (var member in session.Use.DescendantNodesAndSelf().OfType<MemberAccessExpressionSyntax>())
        {
            if (member.Expression is IdentifierNameSyntax entry && entry.Identifier.ValueText == variable && session.Check(model.GetTypeInfo(member).Type, scope) is { } ofMember) return (member.ToString(), ofMember);
        }

        return null;
    }

    private static InvocationExpressionSyntax? Adding(SyntaxNode code, string container) =>
        code.DescendantNodes().OfType<InvocationExpressionSyntax>().FirstOrDefault(c => c is { ArgumentList.Arguments.Count: 2, Parent: ExpressionStatementSyntax }
            && c.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: var target } && Conditions.Refers(target, container));

    /// <summary>Written by the indexer, or set in a memory cache: adding under a key that is there would throw.</summary>
    private static bool Stores(SyntaxNode code, string container) => code.DescendantNodes().Any(n => n switch
    {
        AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: var target } } => Conditions.Refers(target, container),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Set", Expression: var target } } => Conditions.Refers(target, container),
        _ => false,
    });
}
