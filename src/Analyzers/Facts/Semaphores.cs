using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Facts;

/// <summary>A semaphore that lets several in bounds how much is under way; it keeps nobody out.</summary>
internal static class Semaphores
{
    /// <summary>Declared with a count of more than one; a count that is not written there may be one.</summary>
    public static bool LetsSeveralIn(ExpressionSyntax entered, SemanticModel model) =>
        model.GetTypeInfo(entered).Type is { Name: "SemaphoreSlim" or "Semaphore", ContainingNamespace.Name: "Threading" }
        && model.GetSymbolInfo(entered).Symbol is { } semaphore && semaphore.DeclaringSyntaxReferences.Any(r => DeclaredCount(r.GetSyntax()) > 1);

    private static int? DeclaredCount(SyntaxNode declaration)
    {
        var made = declaration switch
        {
            VariableDeclaratorSyntax variable => variable.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value,
            _ => null,
        };
        return (made as BaseObjectCreationExpressionSyntax)?.ArgumentList?.Arguments.FirstOrDefault()?.Expression is LiteralExpressionSyntax { Token.Value: int count } ? count : null;
    }
}
