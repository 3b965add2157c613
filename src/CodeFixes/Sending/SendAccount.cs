using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>
/// What stands behind a send and takes note that it happened: a count, a removal from a queue, a result that is set or answered. A
/// send that failed never came there; one that is left out, or only answers that it was not sent, must not come there either.
/// </summary>
internal static class SendAccount
{
    /// <summary>Do the statements after this one in its function note what was sent? Of a loop over connections, those in its round.</summary>
    public static bool Follows(StatementSyntax send, SyntaxNode function)
    {
        for (SyntaxNode statement = send; statement != function && statement.Parent is { } parent; statement = parent)
        {
            if (parent is BlockSyntax block && block.Statements.SkipWhile(s => s != statement).Skip(1).Any(IsNote)) return true;
            if (parent is ForEachStatementSyntax each && IsSentOn(send, each.Identifier.ValueText)) return false;
        }

        return false;
    }

    private static bool IsNote(StatementSyntax statement) =>
        statement is not LocalFunctionStatementSyntax && statement.DescendantNodesAndSelf(n => n is not AnonymousFunctionExpressionSyntax).Any(Notes);

    /// <summary>How the code leaves where nothing was sent: the round of a loop over connections, else the function. Null where it cannot.</summary>
    public static StatementSyntax? Leave(StatementSyntax send, SyntaxNode function, SemanticModel model)
    {
        foreach (var around in send.Ancestors().TakeWhile(a => a != function))
        {
            switch (around)
            {
                case FinallyClauseSyntax:
                    return null;
                case ForEachStatementSyntax each when IsSentOn(send, each.Identifier.ValueText):
                    return SyntaxFactory.ParseStatement("continue;");
            }
        }

        return Functions.EarlyReturn(function, model);
    }

    /// <summary>Is the variable, or what it leads to, what is sent on?</summary>
    private static bool IsSentOn(StatementSyntax send, string variable)
    {
        foreach (var call in send.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            var target = (call.Expression as MemberAccessExpressionSyntax)?.Expression;
            while (target is MemberAccessExpressionSyntax or InvocationExpressionSyntax) target = target is MemberAccessExpressionSyntax access ? access.Expression : ((InvocationExpressionSyntax)target).Expression;
            if (target is IdentifierNameSyntax name && name.Identifier.ValueText == variable) return true;
        }

        return false;
    }

    private static bool Notes(SyntaxNode node) => node switch
    {
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } => true,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } => true,
        ReturnStatementSyntax { Expression.RawKind: (int)SyntaxKind.TrueLiteralExpression } => true,
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression or (int)SyntaxKind.SubtractAssignmentExpression } => true,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Expression: var on } } =>
            on is IdentifierNameSyntax { Identifier.ValueText: "Interlocked" } || name is "Dequeue" or "TryDequeue" or "Remove" or "TryRemove" or "Enqueue" or "Add" or "TryAdd" or "SetResult" or "TrySetResult",
        _ => false,
    };
}
