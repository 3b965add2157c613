using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Callbacks;

/// <summary>Handlers that are not written where they are handed out: a method answers with them, or a table keeps them.</summary>
internal static class MadeHandlers
{
    public static IEnumerable<(ExpressionSyntax Handler, SemanticModel Model)> Of(ExpressionSyntax handler, SemanticModel model, Analysis analysis, CancellationToken cancellation) =>
        model.GetTypeInfo(handler, cancellation).Type is not { TypeKind: TypeKind.Delegate } ? [] : handler switch
        {
            InvocationExpressionSyntax call => Answered(model.GetSymbolInfo(call, cancellation).Symbol as IMethodSymbol, analysis, cancellation),
            ElementAccessExpressionSyntax { Expression: var table, ArgumentList.Arguments: [{ Expression: var key }] } => Kept(model.GetSymbolInfo(table, cancellation).Symbol, key, analysis),
            _ => [],
        };

    /// <summary><c>files.Created += Tell("new")</c>: what <c>Tell</c> returns.</summary>
    private static IEnumerable<(ExpressionSyntax, SemanticModel)> Answered(IMethodSymbol? maker, Analysis analysis, CancellationToken cancellation)
    {
        if (maker is not { MethodKind: MethodKind.Ordinary, IsVirtual: false, IsAbstract: false } || !analysis.Summaries.IsOwn(maker)) yield break;
        foreach (var reference in maker.OriginalDefinition.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellation) is not MethodDeclarationSyntax declaration) continue;
            var model = analysis.Bodies.ModelOf(declaration.SyntaxTree);
            if (declaration.ExpressionBody is { Expression: var only }) yield return (only, model);
            foreach (var node in declaration.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
            {
                if (node is ReturnStatementSyntax { Expression: { } answer }) yield return (answer, model);
            }
        }
    }

    /// <summary><c>BeginAccept(_callbacks["accept"], …)</c>: what was put there, or wherever the key may be.</summary>
    private static IEnumerable<(ExpressionSyntax, SemanticModel)> Kept(ISymbol? table, ExpressionSyntax key, Analysis analysis)
    {
        if (table is not (IFieldSymbol or IPropertySymbol) || !analysis.Summaries.IsOwn(table)) yield break;
        foreach (var (value, model) in Assignments.To(table, analysis))
        {
            var index = 0;
            foreach (var entry in Entries(value))
            {
                var (at, kept) = Entry(entry);
                if (at is null ? MayBe(key, index++) : !AreOthers(at, key)) yield return (kept, model);
            }
        }
    }

    private static IEnumerable<ExpressionSyntax> Entries(ExpressionSyntax value) => value.WrittenElements() ?? value switch
    {
        BaseObjectCreationExpressionSyntax { Initializer.Expressions: var entries } => entries,
        InitializerExpressionSyntax { Expressions: var entries } => entries,
        _ => [],
    };

    /// <summary><c>["accept"] = OnAccept</c>, <c>{ "accept", OnAccept }</c>, or the element of an array.</summary>
    private static (ExpressionSyntax? Key, ExpressionSyntax Kept) Entry(ExpressionSyntax entry) => entry switch
    {
        AssignmentExpressionSyntax { Left: ImplicitElementAccessSyntax { ArgumentList.Arguments: [{ Expression: var key }] }, Right: var kept } => (key, kept),
        InitializerExpressionSyntax { Expressions: [var key, var kept] } => (key, kept),
        _ => (null, entry),
    };

    private static bool MayBe(ExpressionSyntax key, int index) => key is not LiteralExpressionSyntax { Token.Value: int asked } || asked == index;

    private static bool AreOthers(ExpressionSyntax kept, ExpressionSyntax asked) => kept is LiteralExpressionSyntax && asked is LiteralExpressionSyntax && !SyntaxFactory.AreEquivalent(kept, asked);
}
