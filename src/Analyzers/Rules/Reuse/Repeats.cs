using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>What a <c>try</c> leads to sending twice: in its <c>catch</c>, behind it, or by the loop around it.</summary>
internal static class Repeats
{
    private static readonly string[] Proofs =
    [
        "IsSafe", "ConnectionError", "NameResolutionError", "SecureConnectionError", "ProxyTunnelError", "ConnectionRefused", "HostNotFound", "HostUnreachable", "NetworkUnreachable",
        "TooManyRequests", "ServiceUnavailable", "SerializationFailure", "DeadlockDetected", "IsTransient", "40001", "40P01", "1205", "429", "503",
    ];

    private static readonly string[] Harmless =
    [
        "Unreachable", "Refused", "NotSent", "Argument", "Format", "Json", "Authentication", "Authorization", "Validation", "Concurrency", "NotSupported", "Overflow", "KeyNotFound",
    ];

    public static IEnumerable<SyntaxNode> Of(TryStatementSyntax attempt, ChangingRequests requests)
    {
        var goesOn = attempt.Catches.Where(clause => MayHaveWritten(clause)).ToList();
        if (goesOn.Count == 0) yield break;
        var sent = requests.In(attempt.Block).ToList();
        if (sent.Count == 0) yield break;
        foreach (var clause in goesOn)
        {
            foreach (var again in Again(clause.Block, sent, requests, attempt)) yield return again;
            if (Leaves(clause.Block)) continue;
            foreach (var again in Behind(attempt, sent, requests)) yield return again;
        }

        if (goesOn.Any(clause => !Leaves(clause.Block)) && LoopAround(attempt) is { } loop && IsRetry(loop, attempt))
        {
            foreach (var request in sent) yield return request;
        }
    }

    /// <summary>The clause takes failures that can come after the write, and asks for no proof of the contrary.</summary>
    public static bool MayHaveWritten(CatchClauseSyntax clause)
    {
        if (clause.Declaration?.Type is { } type)
        {
            var name = type.ToString();
            if (Harmless.Any(h => name.IndexOf(h, StringComparison.Ordinal) >= 0)) return false;
        }

        foreach (var token in (clause.Filter is { } filter ? filter.DescendantTokens() : []).Concat(clause.Block.DescendantTokens()))
        {
            if (token.ValueText.Length > 2 && Proofs.Contains(token.ValueText)) return false;
        }

        return true;
    }

    /// <summary>Control does not come out of the end of the block.</summary>
    public static bool Leaves(BlockSyntax block) => block.Statements.LastOrDefault() is ThrowStatementSyntax or ReturnStatementSyntax or BreakStatementSyntax;

    /// <summary>
    /// A loop that ends with the first success repeats one request; one that goes on sends the next. Without a way out on success it
    /// is the latter.
    /// </summary>
    public static bool IsRetry(StatementSyntax loop, TryStatementSyntax attempt)
    {
        if (LeavesOnSuccess(attempt.Block, loop)) return true;
        if (attempt.Parent is BlockSyntax around)
        {
            var behind = around.Statements.SkipWhile(s => s != attempt).Skip(1);
            if (behind.Any(s => s is ReturnStatementSyntax or BreakStatementSyntax)) return true;
        }

        // `while (!sent)`: the flag is set where it went well.
        var condition = loop switch
        {
            WhileStatementSyntax w => w.Condition,
            DoStatementSyntax d => d.Condition,
            ForStatementSyntax f => f.Condition,
            _ => null,
        };
        if (condition is null) return false;
        var asked = condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(i => i.Identifier.ValueText).ToList();
        return attempt.Block.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Right is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.TrueLiteralExpression or (int)SyntaxKind.FalseLiteralExpression } && a.Left is IdentifierNameSyntax flag && asked.Contains(flag.Identifier.ValueText));
    }

    private static bool LeavesOnSuccess(BlockSyntax block, StatementSyntax loop)
    {
        foreach (var node in block.DescendantNodes(n => n is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax))
        {
            if (node is ReturnStatementSyntax) return true;
            if (node is BreakStatementSyntax && node.Ancestors().First(a => a is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or SwitchStatementSyntax) == loop) return true;
        }

        return false;
    }

    public static StatementSyntax? LoopAround(SyntaxNode node)
    {
        foreach (var around in node.Ancestors())
        {
            switch (around)
            {
                case WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax:
                    return (StatementSyntax)around;
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The same request in the handler, or the method that sent it called anew.</summary>
    private static IEnumerable<SyntaxNode> Again(SyntaxNode handler, List<InvocationExpressionSyntax> sent, ChangingRequests requests, TryStatementSyntax attempt)
    {
        var around = attempt.Ancestors().FirstOrDefault(a => a is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax);
        var self = around is null ? null : requests.ModelOf(around).GetDeclaredSymbol(around);
        foreach (var call in handler.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (self is not null && SymbolEqualityComparer.Default.Equals(requests.Method(call)?.OriginalDefinition, self)) yield return call;
        }

        foreach (var request in requests.In(handler))
        {
            if (sent.Any(first => IsSame(first, request))) yield return request;
        }
    }

    private static IEnumerable<SyntaxNode> Behind(TryStatementSyntax attempt, List<InvocationExpressionSyntax> sent, ChangingRequests requests)
    {
        // Where success goes on behind the `try` too, what follows is another request.
        if (attempt.Parent is not BlockSyntax around || attempt.Block.Statements.LastOrDefault() is not ReturnStatementSyntax) yield break;
        foreach (var statement in around.Statements.SkipWhile(s => s != attempt).Skip(1))
        {
            if (statement is TryStatementSyntax) continue;
            foreach (var request in requests.In(statement))
            {
                if (sent.Any(first => IsSame(first, request))) yield return request;
            }
        }
    }

    private static bool IsSame(InvocationExpressionSyntax first, InvocationExpressionSyntax second)
    {
        if (ChangingRequests.Name(first) != ChangingRequests.Name(second)) return false;
        if (ChangingRequests.Name(first) is "Send" or "SendAsync") return true;
        return first.ArgumentList.Arguments.FirstOrDefault()?.ToString() == second.ArgumentList.Arguments.FirstOrDefault()?.ToString()
            && (first.Expression as MemberAccessExpressionSyntax)?.Expression.ToString() == (second.Expression as MemberAccessExpressionSyntax)?.Expression.ToString();
    }
}
