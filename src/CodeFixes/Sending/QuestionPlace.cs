using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>The question for a connection's state, both ways.</summary>
internal sealed class Question(ExpressionSyntax usable, ExpressionSyntax notUsable)
{
    public ExpressionSyntax Usable { get; } = usable;

    public ExpressionSyntax NotUsable { get; } = notUsable;
}

/// <summary>Where the question before a send is written, and what is done when the answer is no.</summary>
internal static class QuestionPlace
{
    /// <summary>The roots with the question before the call, the best first; none where the code has no place for it.</summary>
    public static IEnumerable<SyntaxNode> Before(InvocationExpressionSyntax call, SyntaxNode function, Question question, SyntaxNode root, SemanticModel model)
    {
        var statement = call.FirstAncestorOrSelf<StatementSyntax>();
        if (statement is null || !function.Span.Contains(statement.Span) || statement == function)
        {
            if (BeforeExpression(function, question, model) is { } made) yield return root.ReplaceNode(function, made);
            yield break;
        }

        if (Taking(statement, function, question) is { } loop) yield return root.ReplaceNode(loop.Condition, Conditions.Both(question.Usable, Conditions.AsOperandOfAnd(loop.Condition)).WithTriviaFrom(loop.Condition));
        if (BeforeStatement(statement, function, question, root, model) is not { } changed) yield break;
        yield return changed;
        if (BeforeEach(statement, call, function) is { Count: > 1 } sends) yield return root.ReplaceNodes(sends, (_, send) => IfStyle.Of(statement).Under(question.Usable, send));
    }

    /// <summary>The statement, and those behind it in its block that send on the same connection: between them others may be sent on.</summary>
    private static List<StatementSyntax>? BeforeEach(StatementSyntax statement, InvocationExpressionSyntax call, SyntaxNode function)
    {
        if (statement is not ExpressionStatementSyntax || statement.Parent is not BlockSyntax block || call.Expression is not MemberAccessExpressionSyntax { Expression: var connection } || SendAccount.Follows(statement, function)) return null;
        return [statement, .. block.Statements.Where(s => s.SpanStart > statement.SpanStart && s is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax or AwaitExpressionSyntax } && Statements.CallOn(connection, s))];
    }

    /// <summary>An early return where nothing follows, or what follows counts on the send; else the send under the condition.</summary>
    private static SyntaxNode? BeforeStatement(StatementSyntax statement, SyntaxNode function, Question question, SyntaxNode root, SemanticModel model)
    {
        var style = IfStyle.Of(statement);
        var counted = SendAccount.Follows(statement, function) || IsTheLoopsProgress(statement, function) ? SendAccount.Leave(statement, function, model) : null;
        if (counted is null && IsTheLoopsProgress(statement, function)) return null;
        // A condition that is there already, and decides about nothing else.
        if (counted is null && statement is ExpressionStatementSyntax && statement.Parent is IfStatementSyntax { Else: null } choice)
            return root.ReplaceNode(choice.Condition, Conditions.Both(Conditions.AsOperandOfAnd(choice.Condition), question.Usable).WithTriviaFrom(choice.Condition));
        if (counted is null && statement is ExpressionStatementSyntax && !IsLast(statement, function))
            return root.ReplaceNode(statement, style.Under(question.Usable, statement));
        if ((counted ?? Functions.EarlyReturn(function, model)) is not { } leave || statement.Parent is GlobalStatementSyntax) return null;
        if (statement.Parent is BlockSyntax or SwitchSectionSyntax) return root.ReplaceNode(statement, style.InFront(statement, question.NotUsable, leave));
        var block = SyntaxFactory.Block(IfStyle.OneLine(question.NotUsable, leave), statement.WithoutTrivia()).NormalizeWhitespace().WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(statement, block);
    }

    /// <summary>In a lambda without a result the call under the condition, in one line as it was; else an early return in front of it.</summary>
    private static SyntaxNode? BeforeExpression(SyntaxNode function, Question question, SemanticModel model)
    {
        if (Functions.EarlyReturn(function, model) is not { } leave) return null;
        if (leave.Expression is null && function is AnonymousFunctionExpressionSyntax { ExpressionBody: { } body } lambda)
        {
            var send = IfStyle.OneLine(question.Usable, SyntaxFactory.ExpressionStatement(body.WithoutTrivia()));
            return lambda.WithBody(SyntaxFactory.Block(send).WithTriviaFrom(body)).WithAdditionalAnnotations(Formatter.Annotation);
        }

        return Functions.WithBlock(function, IfStyle.OneLine(question.NotUsable, leave).WithTrailingTrivia(Lines.EndOfLine(function)), model);
    }

    /// <summary>
    /// The loop that takes what is to be sent, <c>while (queue.TryDequeue(out var next)) link.Send(next);</c>: it asks before it takes,
    /// for what was taken and not sent is lost. And the loop that only sends, which would go round for ever when it leaves that out.
    /// </summary>
    private static WhileStatementSyntax? Taking(StatementSyntax statement, SyntaxNode function, Question question)
    {
        var loop = statement.Ancestors().TakeWhile(a => a != function).FirstOrDefault(a => a.IsLoop()) as WhileStatementSyntax;
        if (loop is null || !loop.Condition.DescendantNodesAndSelf().Any(n => n is InvocationExpressionSyntax) && Statements.Only<ExpressionStatementSyntax>(loop.Statement) != statement || loop.Condition.DescendantNodesAndSelf().Any(n => n is AwaitExpressionSyntax)) return null;
        var taken = loop.DescendantNodes().OfType<SingleVariableDesignationSyntax>().Select(d => d.Identifier.ValueText).Concat(loop.DescendantNodes().OfType<VariableDeclaratorSyntax>().Select(d => d.Identifier.ValueText)).ToList();
        return taken.Any(question.Usable.Mentions) ? null : loop;
    }

    /// <summary>A round that leaves the send out comes no nearer to the loop's end: <c>sent += socket.Send(…)</c></summary>
    private static bool IsTheLoopsProgress(StatementSyntax statement, SyntaxNode function) =>
        statement is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: not IdentifierNameSyntax { Identifier.ValueText: "_" } } }
        && statement.Ancestors().TakeWhile(a => a != function).Any(a => a is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax);

    /// <summary>Nothing of the function runs behind the statement.</summary>
    private static bool IsLast(StatementSyntax statement, SyntaxNode function)
    {
        for (SyntaxNode node = statement; node != function; node = node.Parent!)
        {
            if (node.Parent is BlockSyntax block && block.Statements.Last() != node) return false;
            if (node.Parent is null or SwitchSectionSyntax or TryStatementSyntax or LockStatementSyntax or UsingStatementSyntax || node.Parent.IsLoop()) return false;
        }

        return true;
    }
}
