using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>What keeps others out while a stretch of code runs, as its source shows it: a semaphore, a gate, a lease, a lock.</summary>
internal static class Gates
{
    private static readonly HashSet<string> Leaving = new(StringComparer.Ordinal) { "Release", "Exit", "ReleaseMutex", "Leave", "Unlock", "ReleaseAsync", "ExitWriteLock" };

    /// <summary>Entered before <paramref name="from"/> and not left before <paramref name="to"/>.</summary>
    public static bool HeldAt(SyntaxNode function, int from, int to, Analysis analysis)
    {
        foreach (var node in Code.OwnNodes(function))
        {
            switch (node)
            {
                case UsingStatementSyntax held when held.Statement.SpanStart <= from && held.Statement.Span.End >= to && IsHeldBy((SyntaxNode?)held.Expression ?? held.Declaration, analysis):
                case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } declared when declared.Span.End <= from && declared.Parent?.Span.End >= to && IsHeldBy(declared.Declaration, analysis):
                case LockStatementSyntax locked when locked.Statement.SpanStart <= from && locked.Statement.Span.End >= to:
                    return true;
                case InvocationExpressionSyntax invocation when invocation.Span.End <= from && Enters(invocation) && !IsWide(invocation, analysis) && !IsLeftBetween(function, invocation, from, to) && IsLeftLater(function, to):
                    return true;
            }
        }

        return false;
    }

    /// <summary>A method that lets one in at a time, or asks a field before it goes on, may keep the others out by other means.</summary>
    public static bool MayExclude(SyntaxNode function) =>
        Code.OwnNodes(function).Any(n => n is LockStatementSyntax || n is InvocationExpressionSyntax invocation && Enters(invocation))
        || Code.OwnNodes(function).OfType<IfStatementSyntax>().Any(i => i.Condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText.StartsWith("_", StringComparison.Ordinal)));

    /// <summary>A call that waits for its turn.</summary>
    public static bool Enters(InvocationExpressionSyntax invocation)
    {
        var name = invocation.Expression.LastWord();
        switch (name)
        {
            case "WaitAsync" or "Wait" or "WaitOne":
                // A task's own `WaitAsync` waits for the task.
                return invocation.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax or PostfixUnaryExpressionSyntax };
            case "EnterAsync" or "Enter" or "TryEnter" or "LockAsync" or "Lock" or "AcquireAsync" or "Acquire" or "AcquireLockAsync" or "EnterScope" or "EnterWriteLock" or "WriterLockAsync" or "TryEnterAsync" or "UseWaitAsync" or "BeginExclusiveAsync":
                return true;
            default:
                return name.IndexOf("Lock", StringComparison.Ordinal) >= 0 && name.EndsWith("Async", StringComparison.Ordinal);
        }
    }

    private static bool IsWide(InvocationExpressionSyntax entering, Analysis analysis) =>
        entering.Expression is MemberAccessExpressionSyntax { Expression: var semaphore } && Semaphores.LetsSeveralIn(semaphore, analysis.Bodies.ModelOf(semaphore.SyntaxTree));

    /// <summary>What stands at the head of a <c>using</c> keeps the others out until its end.</summary>
    private static bool IsHeldBy(SyntaxNode? head, Analysis analysis) =>
        head is not null && (head.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(Enters) || Turns.Taken(head, analysis.Bodies.ModelOf(head.SyntaxTree)) is not null);

    private static bool IsLeftBetween(SyntaxNode function, SyntaxNode entering, int from, int to) =>
        Leaves(function).Any(l => l.SpanStart > entering.Span.End && l.SpanStart < to && !IsInJumpingBranch(l, from));

    private static bool IsLeftLater(SyntaxNode function, int to) => Leaves(function).Any(l => l.SpanStart >= to);

    /// <summary>Left on the way out: what follows is not reached without the gate.</summary>
    private static bool IsInJumpingBranch(SyntaxNode leave, int from)
    {
        for (var node = leave; node is not null; node = node.Parent)
        {
            if (node is CatchClauseSyntax && node.Span.End <= from) return true;
            if (node is BlockSyntax block && block.Span.End <= from && block.Statements.LastOrDefault() is ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax) return true;
        }

        return false;
    }

    private static IEnumerable<SyntaxNode> Leaves(SyntaxNode function) =>
        function.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(i => i.Expression is MemberAccessExpressionSyntax access && Leaving.Contains(access.Name.Identifier.ValueText));
}
