using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>
/// The state was asked, and then something else was waited for: what leaves when the session is unusable asks once more, and what
/// makes sure of the session moves to where it is used.
/// </summary>
internal static class StaleQuestions
{
    public static IEnumerable<Dictionary<SyntaxNode, SyntaxNode>> Changes(KeptSession session)
    {
        if (UseStatement(session) is not { } use) yield break;
        var names = new HashSet<string>(StringComparer.Ordinal) { session.Name };
        if (session.Use.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().FirstOrDefault() is { } first) names.Add(first.Identifier.ValueText);
        if (LastMention(use, names) is not { } question) yield break;
        if (question is IfStatementSyntax { Else: null } leaving && Statements.Only<StatementSyntax>(leaving.Statement) is { } jump && Statements.IsJump(jump))
        {
            if (AskedAgain(use, leaving, jump, names) is { } again) yield return again;
        }
        else if (MakesSure(session, question, names) && CanMove(session, question, use) && Moved(question, use) is { } moved)
        {
            yield return moved;
        }
    }

    private static StatementSyntax? UseStatement(KeptSession session)
    {
        var statement = session.Use.FirstAncestorOrSelf<StatementSyntax>();
        while (statement?.Parent is IfStatementSyntax around && around.Statement == statement) statement = around;
        return statement?.Parent is BlockSyntax && session.Function.Span.Contains(statement.Span) && Functions.Enclosing(statement) == session.Function ? statement : null;
    }

    /// <summary>The nearest statement before the use that speaks of the session, in its block or in one around it.</summary>
    private static StatementSyntax? LastMention(StatementSyntax use, HashSet<string> names)
    {
        for (SyntaxNode? node = use; node is not (null or MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); node = node.Parent)
        {
            if (Statements.Before(node).FirstOrDefault(s => Names(s).Any(names.Contains)) is { } found) return found;
        }

        return null;
    }

    /// <summary>Only what is asked of the session, not what looks it up, and what happens then.</summary>
    private static Dictionary<SyntaxNode, SyntaxNode>? AskedAgain(StatementSyntax use, IfStatementSyntax leaving, StatementSyntax jump, HashSet<string> names)
    {
        var asked = Conditions.Alternatives(leaving.Condition)
            .Where(c => !c.DescendantNodesAndSelf().Any(n => n is DeclarationExpressionSyntax or SingleVariableDesignationSyntax or InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 }))
            .Where(c => Names(c).Any(names.Contains) && Conditions.NullTest(c) is null)
            .Select(c => c.WithoutTrivia()).ToList();
        if (asked.Count == 0 || jump is BreakStatementSyntax or ContinueStatementSyntax && leaving.Parent != use.Parent) return null;
        var text = $"if ({string.Join(" || ", asked)}) {jump.WithoutTrivia()}";
        var block = (BlockSyntax)use.Parent!;
        var at = block.Statements.IndexOf(use);
        var again = Lines.Before(use, text, keepsComments: true);
        return new() { [block] = block.WithStatements(block.Statements.Replace(use, use.WithLeadingTrivia(Lines.Indentation(use))).Insert(at, again)) };
    }

    /// <summary>It fills the field, has it filled, or reads it; it does not use the session.</summary>
    private static bool MakesSure(KeptSession session, StatementSyntax question, HashSet<string> names) => question switch
    {
        IfStatementSyntax { Else: null } filling => names.Any(n => FilledFields.Fills(session, filling.Statement, n)),
        ExpressionStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } => !question.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Any(c => c.Expression is MemberBindingExpressionSyntax
                || c.Expression is MemberAccessExpressionSyntax { Expression: var receiver } && session.IsSession(session.ModelOf(question).GetTypeInfo(receiver).Type)),
        _ => false,
    };

    /// <summary>It may run later: nothing that it needs changes in between, and no gate is entered that it enters, too.</summary>
    private static bool CanMove(KeptSession session, StatementSyntax question, StatementSyntax use)
    {
        if (question.ContainsDirectives || question.DescendantNodes().Any(n => n is StatementSyntax inner && Statements.IsJump(inner))) return false;
        if (use.Ancestors().TakeWhile(a => a != question.Parent).Any(a => a is not (BlockSyntax or UsingStatementSyntax or TryStatementSyntax { Catches.Count: 0 }))) return false;
        var between = Between(question, use).ToList();
        var gates = between.SelectMany(s => s.DescendantNodes()).OfType<MemberAccessExpressionSyntax>()
            .Where(m => m.Name.Identifier.ValueText is "Wait" or "WaitAsync" or "Enter" or "EnterAsync" or "LockAsync").SelectMany(m => Names(m.Expression)).ToList();
        if (session.Reached(question).Any(m => Names(m).Any(gates.Contains))) return false;
        var needed = new HashSet<string>(Names(question), StringComparer.Ordinal);
        return !between.SelectMany(s => s.DescendantNodesAndSelf()).Any(n => n switch
        {
            AssignmentExpressionSyntax { Left: var left } => Names(left).Any(needed.Contains),
            ArgumentSyntax { RefKindKeyword.RawKind: not 0, Expression: var passed } => Names(passed).Any(needed.Contains),
            PostfixUnaryExpressionSyntax { RawKind: not (int)SyntaxKind.SuppressNullableWarningExpression, Operand: var counted } => Names(counted).Any(needed.Contains),
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression, Operand: var counted } => Names(counted).Any(needed.Contains),
            _ => false,
        });
    }

    private static IEnumerable<string> Names(SyntaxNode code) => code.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(n => n.Identifier.ValueText);

    private static IEnumerable<StatementSyntax> Between(StatementSyntax question, StatementSyntax use)
    {
        for (SyntaxNode node = use; node.Parent is { } parent; node = parent)
        {
            foreach (var statement in Statements.Before(node))
            {
                if (statement == question) yield break;
                yield return statement;
            }
        }
    }

    private static Dictionary<SyntaxNode, SyntaxNode>? Moved(StatementSyntax question, StatementSyntax use)
    {
        var block = question.Parent!;
        var isApart = use.GetLeadingTrivia().FirstOrDefault().IsKind(SyntaxKind.EndOfLineTrivia);
        var tracked = block.TrackNodes(question, use);
        var now = tracked.GetCurrentNode(use)!;
        var kept = Lines.Indentation(use).AddRange(question.GetLeadingTrivia().SkipWhile(t => t.RawKind is (int)SyntaxKind.EndOfLineTrivia or (int)SyntaxKind.WhitespaceTrivia));
        var moved = question.WithLeadingTrivia(isApart ? kept.Insert(0, Lines.EndOfLine(use)) : kept).WithAdditionalAnnotations(Formatter.Annotation);
        var rest = isApart ? now.WithLeadingTrivia(now.GetLeadingTrivia().SkipWhile(t => t.IsKind(SyntaxKind.EndOfLineTrivia))) : now;
        var written = tracked.ReplaceNode(now, [moved, rest]);
        // Its comments went with it.
        var left = written.GetCurrentNode(question)!;
        var mark = new SyntaxAnnotation();
        var place = SyntaxFactory.EmptyStatement().WithLeadingTrivia(left.GetLeadingTrivia().TakeWhile(t => t.IsKind(SyntaxKind.EndOfLineTrivia))).WithTrailingTrivia(Lines.EndOfLine(use)).WithAdditionalAnnotations(mark);
        written = written.ReplaceNode(left, place);
        return Removal.Without(written, (StatementSyntax)written.GetAnnotatedNodes(mark).Single()) is { } without ? new() { [block] = without } : null;
    }
}
