using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Facts;

/// <summary>A turn that is lent for the time of a <c>using</c>: who asks for it waits until the one before has given it back.</summary>
internal static class Turns
{
    /// <summary>The call that takes it at the head of a <c>using</c>; null where that holds something else.</summary>
    public static InvocationExpressionSyntax? Taken(SyntaxNode? head, SemanticModel model)
    {
        var variable = (head as VariableDeclarationSyntax)?.Variables.FirstOrDefault();
        if ((variable?.Initializer?.Value ?? head as ExpressionSyntax) is not { } held || Call(held, out var isAwaited) is not { } call) return null;
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method) return null;
        var code = method.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        // Code that cannot be seen: what is waited for and then only held is there to keep others out.
        var isTurn = code is null || method.IsAbstract ? isAwaited && !(variable is not null && IsUsed(variable)) : WaitsToTheEnd(code);
        return isTurn ? call : null;
    }

    private static InvocationExpressionSyntax? Call(ExpressionSyntax held, out bool isAwaited)
    {
        isAwaited = false;
        while (true)
        {
            switch (held)
            {
                case AwaitExpressionSyntax awaiting:
                    isAwaited = true;
                    held = awaiting.Expression;
                    break;
                case ParenthesizedExpressionSyntax inner:
                    held = inner.Expression;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask", Expression: var task } }:
                    held = task;
                    break;
                default:
                    return held as InvocationExpressionSyntax;
            }
        }
    }

    private static bool IsUsed(VariableDeclaratorSyntax variable) =>
        variable.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.Mentions(variable.Identifier.ValueText) == true;

    /// <summary>It waits at a semaphore, a lock or in a line of its own, and comes back without having left.</summary>
    private static bool WaitsToTheEnd(SyntaxNode code)
    {
        var calls = code.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or CatchClauseSyntax)).OfType<InvocationExpressionSyntax>().Select(Verb).ToList();
        var waits = calls.Any(v => v is "Wait" or "Enter" or "Lock" or "Acquire") || code.DescendantNodes().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText == "TaskCompletionSource");
        return waits && !calls.Any(v => v is "Release" or "Exit" or "Unlock");
    }

    private static string? Verb(InvocationExpressionSyntax call) =>
        ((call.Expression as MemberAccessExpressionSyntax)?.Name ?? call.Expression as SimpleNameSyntax) is { } name ? ClosingFlags.Words(name.Identifier.ValueText).FirstOrDefault() : null;
}
