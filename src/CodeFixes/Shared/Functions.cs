using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>Writing statements into methods, lambdas and accessors of every shape.</summary>
internal static class Functions
{
    /// <summary>The function that a node is code of.</summary>
    public static SyntaxNode? Enclosing(SyntaxNode node)
    {
        foreach (var ancestor in node.Ancestors())
        {
            if (ancestor is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax) return ancestor;
            if (ancestor is ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax or IndexerDeclarationSyntax }) return ancestor.Parent;
            if (ancestor is BaseTypeDeclarationSyntax) return null;
        }

        return null;
    }

    public static IMethodSymbol? Symbol(SyntaxNode function, SemanticModel model) =>
        (function is AnonymousFunctionExpressionSyntax ? model.GetSymbolInfo(function).Symbol : model.GetDeclaredSymbol(function)) as IMethodSymbol;

    /// <summary>A function with <c>async</c>.</summary>
    public static bool IsAsync(SyntaxNode? function) => function switch
    {
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.RawKind != 0,
        _ => false,
    };

    /// <summary>It takes a variable of its caller's: that cannot be <c>async</c>.</summary>
    public static bool TakesReferences(MethodDeclarationSyntax method) =>
        method.ParameterList.Parameters.Any(p => p.Modifiers.Any(m => m.RawKind is (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword or (int)SyntaxKind.InKeyword));

    public static AwaitExpressionSyntax Awaited(ExpressionSyntax task) =>
        SyntaxFactory.AwaitExpression(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), task.WithoutTrivia());

    /// <summary>The same function with <c>async</c>, which its callers do not see.</summary>
    public static T AsAsync<T>(T function)
        where T : SyntaxNode
    {
        if (IsAsync(function)) return function;
        var keyword = SyntaxFactory.Token(SyntaxKind.AsyncKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        var leading = function.GetLeadingTrivia();
        SyntaxNode made = function switch
        {
            MethodDeclarationSyntax { Modifiers.Count: > 0 } method => method.AddModifiers(keyword),
            LocalFunctionStatementSyntax { Modifiers.Count: > 0 } local => local.AddModifiers(keyword),
            // In front of the first token, what stands in front of that stays in front.
            MethodDeclarationSyntax method => method.WithoutLeadingTrivia().WithModifiers(SyntaxFactory.TokenList(keyword)).WithLeadingTrivia(leading),
            LocalFunctionStatementSyntax local => local.WithoutLeadingTrivia().WithModifiers(SyntaxFactory.TokenList(keyword)).WithLeadingTrivia(leading),
            AnonymousFunctionExpressionSyntax lambda => lambda.WithoutLeadingTrivia().WithAsyncKeyword(keyword).WithLeadingTrivia(leading),
            _ => function,
        };
        return (T)made;
    }

    /// <summary>What an early return of this function says; null where it cannot be told.</summary>
    public static ReturnStatementSyntax? EarlyReturn(SyntaxNode function, SemanticModel model)
    {
        var method = Symbol(function, model);
        if (method is null || function.DescendantNodes().Any(n => n is YieldStatementSyntax) || function is AccessorDeclarationSyntax or ConstructorDeclarationSyntax or PropertyDeclarationSyntax) return null;
        if (method.ReturnsVoid) return Return(null);
        var type = method.ReturnType;
        var isTask = type.Name is "Task" or "ValueTask";
        if (method.IsAsync) return isTask && type is INamedTypeSymbol { TypeArguments: [var result] } ? Return(Nothing(result)) : Return(null);
        if (isTask && type is INamedTypeSymbol { TypeArguments.Length: 0 }) return Return(type.Name == "Task" ? "Task.CompletedTask" : "default");
        return isTask ? null : Return(Nothing(type));
    }

    private static string Nothing(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => "false",
        SpecialType.System_Int32 or SpecialType.System_Int64 => "0",
        _ => "default",
    };

    private static ReturnStatementSyntax Return(string? value) =>
        (ReturnStatementSyntax)SyntaxFactory.ParseStatement(value is null ? "return;" : "return " + value + ";");

    /// <summary>The same function with statements in front of its only expression.</summary>
    public static SyntaxNode? WithBlock(SyntaxNode function, StatementSyntax first, SemanticModel model)
    {
        switch (function)
        {
            case ParenthesizedLambdaExpressionSyntax { ExpressionBody: { } body } lambda:
                return Made(lambda.WithExpressionBody(null).WithBlock(Block(first, body, ReturnsValue(lambda, model))));
            case SimpleLambdaExpressionSyntax { ExpressionBody: { } body } lambda:
                return Made(lambda.WithExpressionBody(null).WithBlock(Block(first, body, ReturnsValue(lambda, model))));
            case MethodDeclarationSyntax { ExpressionBody: { } body } method:
                return Made(method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(Block(first, body.Expression, ReturnsValue(method, model))).WithTrailingTrivia(method.GetTrailingTrivia()));
            case LocalFunctionStatementSyntax { ExpressionBody: { } body } local:
                return Made(local.WithExpressionBody(null).WithSemicolonToken(default).WithBody(Block(first, body.Expression, ReturnsValue(local, model))).WithTrailingTrivia(local.GetTrailingTrivia()));
            default:
                return null;
        }
    }

    private static T Made<T>(T node) where T : SyntaxNode => node.WithAdditionalAnnotations(Formatter.Annotation);

    private static bool ReturnsValue(SyntaxNode function, SemanticModel model)
    {
        var method = Symbol(function, model);
        return method is { ReturnsVoid: false } && !(method.IsAsync && method.ReturnType is INamedTypeSymbol { TypeArguments.Length: 0 });
    }

    private static BlockSyntax Block(StatementSyntax first, ExpressionSyntax last, bool returns)
    {
        StatementSyntax end = returns ? SyntaxFactory.ReturnStatement(last.WithoutTrivia()) : SyntaxFactory.ExpressionStatement(last.WithoutTrivia());
        return SyntaxFactory.Block(first, end);
    }
}
