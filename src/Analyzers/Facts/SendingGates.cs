using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Facts;

/// <summary>
/// What lets only one through at a time: a lock, a semaphore, an async lock, a busy flag, a loop that alone consumes a queue.
/// They are known by their shape around the operation; which object it is tells whether two operations share it.
/// </summary>
internal static class SendingGates
{
    /// <summary>What the key of a loop begins with: it has no name to write.</summary>
    private const string LoopKey = "loop@";

    /// <summary>A gate that others can go through, too: a loop is none.</summary>
    public static bool IsNamed(string key) => !key.StartsWith(LoopKey, StringComparison.Ordinal);

    /// <summary>The gates around an operation within its body, each with the statement that takes it.</summary>
    public static IEnumerable<(string Key, SyntaxNode Taken)> Around(SyntaxNode operation, SyntaxNode body, SemanticModel model)
    {
        for (var node = operation; node is not null && node != body; node = node.Parent)
        {
            switch (node.Parent)
            {
                case LockStatementSyntax held when held.Statement == node:
                    yield return (Last(held.Expression), held);
                    break;
                case UsingStatementSyntax held when held.Statement == node && Holding((SyntaxNode?)held.Expression ?? held.Declaration, model) is { } key:
                    yield return (key, held);
                    break;
                case CommonForEachStatementSyntax loop when loop.Statement == node && Consumes(loop.Expression):
                    yield return (LoopKey + loop.SpanStart, loop);
                    break;
                case WhileStatementSyntax loop when loop.Statement == node && Consumes(loop.Condition):
                    yield return (LoopKey + loop.SpanStart, loop);
                    break;
                case ElseClauseSyntax { Parent: IfStatementSyntax refused } when refused.Statement.Leaves() && (Taking(refused.Condition, model) ?? Flag(refused.Condition)) is { } key:
                    yield return (key, refused);
                    break;
                case IfStatementSyntax choice when choice.Statement == node && (Taking(choice.Condition, model) ?? Flag(choice.Condition)) is { } key:
                    yield return (key, choice);
                    break;
                case BlockSyntax block:
                    foreach (var gate in Before(block.Statements, node, model)) yield return gate;
                    break;
                case SwitchSectionSyntax section:
                    foreach (var gate in Before(section.Statements, node, model)) yield return gate;
                    break;
            }
        }
    }

    /// <summary>Taken by a statement before, and not given back since.</summary>
    private static IEnumerable<(string Key, SyntaxNode Taken)> Before(SyntaxList<StatementSyntax> statements, SyntaxNode until, SemanticModel model)
    {
        var held = new List<(string Key, SyntaxNode Taken)>();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var statement in statements)
        {
            if (statement == until) break;
            // What gives it back and leaves is another way.
            if (statement is not IfStatementSyntax { Else: null, Statement: var way, Condition: var condition } || !way.Leaves() || condition.DescendantNodesAndSelf().Any(n => n is InvocationExpressionSyntax)) held.RemoveAll(h => Releases(statement, h.Key));
            switch (statement)
            {
                case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } declared when Holding(declared.Declaration, model) is { } turn:
                    held.Add((turn, statement));
                    break;
                case LocalDeclarationStatementSyntax or ExpressionStatementSyntax when Taking(statement, model) is { } key && !Releases(statement, key):
                    held.Add((key, statement));
                    break;
                case IfStatementSyntax { Else: null } early when early.Statement.Leaves():
                    if ((Taking(early.Condition, model) ?? Flag(early.Condition)) is { } taken) held.Add((taken, early));
                    foreach (var name in early.Condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()) asked.Add(name.Identifier.ValueText);
                    break;
            }

            // `if (_sending) return; _sending = true;`
            if (statement is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Right.RawKind: (int)SyntaxKind.TrueLiteralExpression, Left: var flag } } && asked.Contains(Last(flag)))
                held.Add((Last(flag), statement));
        }

        return held;
    }

    /// <summary>The name of what a call takes: <c>await _gate.WaitAsync()</c>, <c>Monitor.Enter(_sync)</c>, <c>await LockAsync()</c>.</summary>
    private static string? Taking(SyntaxNode? code, SemanticModel model)
    {
        if (code is null) return null;
        foreach (var node in code.DescendantNodesAndSelf(n => n is not AnonymousFunctionExpressionSyntax))
        {
            if (node is AwaitExpressionSyntax awaited && IsLock(awaited.Expression, model)) return Last(awaited.Expression);
            if (node is not InvocationExpressionSyntax call) continue;
            var (target, method) = call.Expression switch
            {
                MemberAccessExpressionSyntax access => (access.Expression, access.Name.Identifier.ValueText),
                IdentifierNameSyntax own => (null, own.Identifier.ValueText),
                _ => (null, ""),
            };
            var verb = ClosingFlags.Words(method).FirstOrDefault();
            if (verb is "Wait" && target is not null)
            {
                // A task that is waited for is none.
                if (model.GetTypeInfo(target).Type is { } type && type.Name is not ("Task" or "ValueTask" or "CountdownEvent" or "Barrier" or "ManualResetEventSlim" or "ManualResetEvent" or "Process") && !Semaphores.LetsSeveralIn(target, model)) return Last(target);
            }
            else if (verb is "Enter" or "Lock" or "Acquire" || method.StartsWith("TryEnter", StringComparison.Ordinal) || method.StartsWith("TryLock", StringComparison.Ordinal) || method.StartsWith("TryAcquire", StringComparison.Ordinal))
            {
                if (target is IdentifierNameSyntax { Identifier.ValueText: "Monitor" } && call.ArgumentList.Arguments.FirstOrDefault() is { } monitored) return Last(monitored.Expression);
                return target is null ? method : Last(target);
            }
        }

        return null;
    }

    /// <summary>The name of what the head of a <c>using</c> takes.</summary>
    private static string? Holding(SyntaxNode? head, SemanticModel model) =>
        Taking(head, model) ?? (Turns.Taken(head, model) is { } call ? Last((call.Expression as MemberAccessExpressionSyntax)?.Expression ?? call.Expression) : null);

    /// <summary>A lock that is awaited itself: <c>using (await _sendLock)</c>.</summary>
    private static bool IsLock(ExpressionSyntax awaited, SemanticModel model) =>
        awaited is IdentifierNameSyntax or MemberAccessExpressionSyntax && model.GetTypeInfo(awaited).Type is { } type && ClosingFlags.Words(type.Name).LastOrDefault() is "Lock" or "Mutex" or "Semaphore" or "Gate";

    /// <summary><c>Interlocked.CompareExchange(ref _busy, 1, 0) != 0</c></summary>
    private static string? Flag(ExpressionSyntax condition)
    {
        foreach (var call in condition.Meant().DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Interlocked" }, Name.Identifier.ValueText: "CompareExchange" or "Exchange" or "Increment" }
                && call.ArgumentList.Arguments.FirstOrDefault() is { } flag) return Last(flag.Expression);
        }

        return null;
    }

    private static bool Releases(StatementSyntax statement, string key)
    {
        foreach (var call in statement.DescendantNodes(n => n is not AnonymousFunctionExpressionSyntax).OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: var method, Expression: var target }) continue;
            var gives = ClosingFlags.Words(method).FirstOrDefault() is "Release" or "Exit" or "Unlock" or "Set" or "Leave" or "Dispose";
            if (gives && (Last(target) == key || call.ArgumentList.Arguments.FirstOrDefault() is { } argument && Last(argument.Expression) == key)) return true;
        }

        return false;
    }

    /// <summary>A channel's reader or a blocking collection: one loop takes one item after the other.</summary>
    private static bool Consumes(ExpressionSyntax source) =>
        source.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText is "ReadAllAsync" or "WaitToReadAsync" or "ReadAsync" or "GetConsumingEnumerable" or "OutputAvailableAsync" or "ReceiveAllAsync" or "TryTake");

    private static string Last(ExpressionSyntax expression) => expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        PostfixUnaryExpressionSyntax suppressed => Last(suppressed.Operand),
        ParenthesizedExpressionSyntax inner => Last(inner.Expression),
        _ => expression.ToString(),
    };
}
