using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Functions that were given to the framework when the routes were drawn, <c>app.Map("/feed", ServeAsync)</c>: it calls them for each request, on the same object.</summary>
internal static class Endpoints
{
    public static bool IsOne(SyntaxNode function, RuleContext file) => function switch
    {
        AnonymousFunctionExpressionSyntax => IsMapped(function, file),
        MethodDeclarationSyntax method => file.Model.GetDeclaredSymbol(method, file.Cancellation) is IMethodSymbol symbol && file.Analysis.Callers.Of(symbol, file.Cancellation).Any(c => c is IMethodReferenceOperation && IsMapped(c.Syntax, file)),
        _ => false,
    };

    private static bool IsMapped(SyntaxNode function, RuleContext file)
    {
        while (function.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax) function = function.Parent;
        return function.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call }
            && file.Analysis.Bodies.ModelOf(call.SyntaxTree).GetSymbolInfo(call, file.Cancellation).Symbol is IMethodSymbol { ContainingType: { } taker } method
            && (method.Name.StartsWith("Map", StringComparison.Ordinal) || method.Name is "Use" or "Run") && taker.ContainingNamespace?.ToDisplayString() == "Microsoft.AspNetCore.Builder";
    }
}
