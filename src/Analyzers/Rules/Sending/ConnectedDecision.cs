using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>Follows the value of a boolean property to the code that it decides about.</summary>
internal sealed class ConnectedDecision(RuleContext file, IdentifierNameSyntax name)
{
    private readonly ConnectionUses _uses = new(file, Receiver(name) is { } receiver ? file.Model.GetSymbolInfo(receiver, file.Cancellation).Symbol : null, name);

    /// <summary>Who hears of the end whatever the value says, in words for the message; null where nobody does.</summary>
    public string? Hearer { get; private set; }

    /// <summary>What the value decides about, in words for the message; null where it decides about nothing that matters.</summary>
    public string? What()
    {
        // Right after an attempt to connect it is the answer to that attempt.
        var answersAttempt = _uses.IsOpenedBefore(name);
        return Whole(name).Parent is BaseExpressionColonSyntax { Parent: SubpatternSyntax subpattern }
            ? Pattern(subpattern, answersAttempt)
            : Follow(Whole(name), true, answersAttempt, 2);
    }

    /// <summary><c>is { Connected: true }</c>, <c>is { Client.Connected: true }</c></summary>
    private string? Pattern(SubpatternSyntax subpattern, bool answersAttempt)
    {
        var positive = !subpattern.Pattern.ToString().Contains("false");
        for (SyntaxNode? node = subpattern; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case UnaryPatternSyntax:
                    positive = !positive;
                    break;
                case IsPatternExpressionSyntax pattern:
                    return Follow(pattern, positive, answersAttempt, 2);
                case SwitchExpressionArmSyntax arm:
                    return positive ? Decide([arm.Expression], [], answersAttempt) : null;
                case CasePatternSwitchLabelSyntax { Parent: SwitchSectionSyntax section }:
                    return positive ? Decide(section.Statements, [], answersAttempt) : null;
                case StatementSyntax:
                    return null;
            }
        }

        return null;
    }

    private string? Follow(ExpressionSyntax value, bool positive, bool answersAttempt, int depth)
    {
        // A real question beside it decides too.
        while (true)
        {
            switch (value.Parent)
            {
                case ParenthesizedExpressionSyntax parenthesized:
                    value = parenthesized;
                    continue;
                case PostfixUnaryExpressionSyntax suppressed:
                    value = suppressed;
                    continue;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not:
                    positive = !positive;
                    value = not;
                    continue;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetValueOrDefault", Parent: InvocationExpressionSyntax call }:
                    value = call;
                    continue;
                case BinaryExpressionSyntax binary:
                    switch ((SyntaxKind)binary.RawKind)
                    {
                        case SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression:
                            // What stands to the right happens only where the left has let it.
                            if (binary.Left == value && binary.IsKind(SyntaxKind.LogicalAndExpression) == positive && Decide([binary.Right], [], answersAttempt) is { } right) return right;
                            // `a || b.Connected`: either is enough.
                            value = binary;
                            continue;
                        case SyntaxKind.CoalesceExpression when binary.Left == value:
                            value = binary;
                            continue;
                        case SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression when Truth(binary.Left == value ? binary.Right : binary.Left) is { } truth:
                            if (truth != binary.IsKind(SyntaxKind.EqualsExpression)) positive = !positive;
                            value = binary;
                            continue;
                        default:
                            return null;
                    }

                case IsPatternExpressionSyntax { Pattern: var pattern } tested when pattern.ToString() is "true" or "not false" or "false" or "not true":
                    if (pattern.ToString() is "false" or "not true") positive = !positive;
                    value = tested;
                    continue;
                case ConditionalExpressionSyntax conditional when conditional.Condition == value:
                    return positive ? Decide([conditional.WhenTrue], [conditional.WhenFalse], answersAttempt) : Decide([conditional.WhenFalse], [conditional.WhenTrue], answersAttempt);
                case ConditionalExpressionSyntax conditional:
                    value = conditional;
                    continue;
                case WhileStatementSyntax or ForStatementSyntax or DoStatementSyntax:
                    return positive && !_uses.AsksForReal(value) && !_uses.AsksForData(value) ? Loop([value.Parent]) : null;
                case IfStatementSyntax statement:
                    return If(statement, value, positive, answersAttempt);
                case WhenClauseSyntax { Parent: SwitchExpressionArmSyntax arm }:
                    return positive ? Decide([arm.Expression], [], answersAttempt) : null;
                case WhenClauseSyntax { Parent: CasePatternSwitchLabelSyntax { Parent: SwitchSectionSyntax section } }:
                    return positive ? Decide(section.Statements, [], answersAttempt) : null;
                case SwitchStatementSyntax choice when choice.Expression == value:
                    var sections = choice.Sections.ToLookup(s => positive == s.Labels.Any(l => l is CaseSwitchLabelSyntax { Value.RawKind: (int)SyntaxKind.TrueLiteralExpression }));
                    var connected = sections[true].SelectMany(s => s.Statements);
                    // Behind the switch comes whoever has not left it.
                    if (sections[false].Any() && sections[false].All(s => s.Statements.LastOrDefault() is ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax)) connected = connected.Concat(Rest(choice).OfType<StatementSyntax>());
                    return Decide(connected, sections[false].SelectMany(s => s.Statements), answersAttempt);
                case ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: SwitchExpressionSyntax choice } tuple } element when choice.GoverningExpression == tuple:
                    return Positions(choice, tuple.Arguments.IndexOf(element), positive, answersAttempt);
                case SwitchExpressionSyntax choice when choice.GoverningExpression == value:
                    return Decide(choice.Arms.Select(arm => arm.Expression), [], answersAttempt);
                case EqualsValueClauseSyntax { Value: var named, Parent: VariableDeclaratorSyntax declarator } when depth > 0:
                    return _uses.AsksForReal(named) ? null : Uses(declarator.Identifier.ValueText, declarator, positive, answersAttempt, depth);
                case AssignmentExpressionSyntax { Left: IdentifierNameSyntax target } assignment when depth > 0 && file.Model.GetSymbolInfo(target, file.Cancellation).Symbol is ILocalSymbol:
                    return Uses(target.Identifier.ValueText, assignment, positive, answersAttempt, depth);
                case AnonymousFunctionExpressionSyntax lambda:
                    return Filter(lambda, positive);
                default:
                    return null;
            }
        }
    }

    /// <summary><c>(c.Connected, urgent) switch { (true, _) => … }</c></summary>
    private string? Positions(SwitchExpressionSyntax choice, int index, bool positive, bool answersAttempt)
    {
        var connected = new List<SyntaxNode>();
        var not = new List<SyntaxNode>();
        foreach (var arm in choice.Arms)
        {
            if (arm.Pattern is not RecursivePatternSyntax { PositionalPatternClause.Subpatterns: var parts } || index >= parts.Count || parts[index].Pattern is not ConstantPatternSyntax { Expression: var expected } || Truth(expected) is not { } truth) continue;
            (truth == positive ? connected : not).Add(arm.Expression);
        }

        return Decide(connected, not, answersAttempt);
    }

    /// <summary>What a variable that holds the answer decides about.</summary>
    private string? Uses(string variable, SyntaxNode from, bool positive, bool answersAttempt, int depth)
    {
        if (Flow.Bodies.EnclosingDeclaration(from) is not { } function) return null;
        foreach (var use in function.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (use.SpanStart > from.Span.End && use.Identifier.ValueText == variable && Follow(use, positive, answersAttempt, depth - 1) is { } what) return what;
        }

        return null;
    }

    private string? If(IfStatementSyntax statement, ExpressionSyntax condition, bool positive, bool answersAttempt)
    {
        if (_uses.AsksForReal(condition)) return null;
        if (!positive && EndsLoop(statement) && !Rest(statement).Any(_uses.Probes)) return answersAttempt ? null : Decide(Rest(statement), [], answersAttempt) ?? (Rest(statement).Any(r => _uses.Receives(r)) ? Loop(Rest(statement)) : null);
        IEnumerable<SyntaxNode> then = [statement.Statement];
        IEnumerable<SyntaxNode> otherwise = statement.Else is { } e ? [e.Statement] : [];
        if (statement.Statement.Leaves()) otherwise = otherwise.Concat(Rest(statement));
        else if (statement.Else is { } alternative && alternative.Statement.Leaves()) then = then.Concat(Rest(statement));
        return positive ? Decide(then, otherwise, answersAttempt) : Decide(otherwise, then, answersAttempt);
    }

    /// <summary><c>clients.Where(c => c.Connected)</c>: what is done with those that pass.</summary>
    private string? Filter(AnonymousFunctionExpressionSyntax lambda, bool positive)
    {
        if (!positive || lambda.Parent is not ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var method } } query }) return null;
        if (method is not ("Where" or "TakeWhile" or "First" or "FirstOrDefault" or "Last" or "LastOrDefault" or "Single" or "SingleOrDefault" or "Find" or "FindAll") || _uses.AsksForReal(lambda)) return null;
        for (SyntaxNode? node = query; node is not null; node = node.Parent)
        {
            switch (node.Parent)
            {
                // The one that was picked is handed out.
                case ReturnStatementSyntax or ArrowExpressionClauseSyntax when node == Answer(query) && method is not ("Where" or "TakeWhile" or "FindAll"):
                    return LCA2003ConnectedIsNoProof.Reuse;
                case ForEachStatementSyntax loop when loop.Expression == node:
                    return Decide([loop.Statement], [], false, anyConnection: true);
                case StatementSyntax statement:
                    return Decide(Rest(statement).Prepend(statement), [], false, anyConnection: true);
            }
        }

        return null;
    }

    /// <summary>The query with what makes an answer of it: <c>!</c>, <c>?? Dial()</c>.</summary>
    private static SyntaxNode Answer(SyntaxNode query)
    {
        while (query.Parent is PostfixUnaryExpressionSyntax or ParenthesizedExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression }) query = query.Parent;
        return query;
    }

    private string Loop(IEnumerable<SyntaxNode> repeated)
    {
        if (_uses.HearsEnd(repeated)) Hearer = "the read in the loop tells when the peer has gone";
        return "a loop";
    }

    /// <param name="connected">What happens only where it says connected.</param>
    /// <param name="not">What happens only where it says not.</param>
    /// <param name="answersAttempt">It is asked after an attempt to connect.</param>
    /// <param name="anyConnection">The connection has another name there.</param>
    private string? Decide(IEnumerable<SyntaxNode> connected, IEnumerable<SyntaxNode> not, bool answersAttempt, bool anyConnection = false)
    {
        // The value only saves the question that follows.
        if (answersAttempt || connected.Any(_uses.Probes)) return null;
        foreach (var region in connected)
        {
            if (!_uses.Sends(region, anyConnection)) continue;
            if (not.Any(IsThrow)) Hearer = "refused or failed, the caller gets an exception";
            else if (connected.All(_uses.FailureIsCaught)) Hearer = "the 'catch' around the send hears when it fails";
            return "a send";
        }

        return not.Any(_uses.Opens) || connected.Any(_uses.HandsOut) ? LCA2003ConnectedIsNoProof.Reuse : null;
    }

    private static bool IsThrow(SyntaxNode refusal) => refusal is ThrowExpressionSyntax || refusal is StatementSyntax statement && statement.Throws();

    /// <summary><c>while (true) { if (!client.Connected) break; … }</c>: a loop's condition in another place.</summary>
    private static bool EndsLoop(IfStatementSyntax statement) =>
        statement.Else is null && statement.Parent is BlockSyntax { Parent: WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax }
        && (statement.Statement is BreakStatementSyntax or ReturnStatementSyntax || statement.Statement is BlockSyntax { Statements: { Count: > 0 } inner } && inner[inner.Count - 1] is BreakStatementSyntax or ReturnStatementSyntax);

    /// <summary>What stands after the statement, in its block and those around it.</summary>
    private static IEnumerable<SyntaxNode> Rest(StatementSyntax statement)
    {
        for (SyntaxNode node = statement; node.Parent is { } parent && node is not MemberDeclarationSyntax; node = parent)
        {
            if (parent is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) yield break;
            var siblings = parent switch
            {
                BlockSyntax block => block.Statements,
                SwitchSectionSyntax section => section.Statements,
                _ => default,
            };
            var passed = false;
            foreach (var sibling in siblings)
            {
                if (passed) yield return sibling;
                passed |= sibling == node;
            }
        }
    }

    private static bool? Truth(ExpressionSyntax expression) => expression.Kind() switch
    {
        SyntaxKind.TrueLiteralExpression => true,
        SyntaxKind.FalseLiteralExpression => false,
        _ => null,
    };

    /// <summary>The whole access that ends in the name.</summary>
    private static ExpressionSyntax Whole(IdentifierNameSyntax name)
    {
        ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access
            : name.Parent is MemberBindingExpressionSyntax binding ? binding : name;
        while (whole.Parent is ConditionalAccessExpressionSyntax conditional && conditional.WhenNotNull == whole) whole = (ExpressionSyntax)whole.Parent;
        return whole;
    }

    /// <summary>The connection whose property it is: of <c>_client.Client.Connected</c>, <c>_client</c>.</summary>
    private static ExpressionSyntax? Receiver(IdentifierNameSyntax name)
    {
        var receiver = name.Parent switch
        {
            // `{ Client.Connected: true }` asks a part of what is matched, which has no name there.
            MemberAccessExpressionSyntax access when access.Name == name && access.Parent is not BaseExpressionColonSyntax => access.Expression,
            MemberBindingExpressionSyntax { Parent: ConditionalAccessExpressionSyntax conditional } => conditional.Expression,
            _ => null,
        };
        return receiver is null ? null : ConnectionUses.Holder(receiver);
    }
}
