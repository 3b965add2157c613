using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Flow.Paths;

/// <summary>What never comes back because the process ends in it: nothing has to be closed behind it.</summary>
internal static class ProcessEnd
{
    public static bool IsBroughtBy(IMethodSymbol method) =>
        method is { Name: "Exit" or "FailFast", ContainingType: { Name: "Environment", ContainingNamespace.Name: "System" } }
        || method.ReturnsVoid && EndsIn(method);

    /// <summary>A helper that says why, and ends the process as the last thing that it does.</summary>
    private static bool EndsIn(IMethodSymbol method) =>
        (method.ReducedFrom ?? method).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is MethodDeclarationSyntax { Body.Statements: { Count: > 0 } statements }
        && statements[statements.Count - 1] is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var owner } called } }
        && called.Name.Identifier.ValueText is "Exit" or "FailFast" && owner.LastWord() == "Environment";
}
