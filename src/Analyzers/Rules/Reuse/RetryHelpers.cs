using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Helpers that run what they are given again: one's own, by their code, and resilience pipelines, by how they are built here.</summary>
internal static class RetryHelpers
{
    /// <summary>Could be the name of a method that runs a delegate; what it does is asked later.</summary>
    public static bool IsName(string name) =>
        name.StartsWith("Execute", StringComparison.Ordinal) || name.StartsWith("Run", StringComparison.Ordinal) || name.StartsWith("Invoke", StringComparison.Ordinal)
        || name.IndexOf("Retry", StringComparison.Ordinal) >= 0 || name.StartsWith("With", StringComparison.Ordinal) || name.StartsWith("Try", StringComparison.Ordinal) || name.StartsWith("Do", StringComparison.Ordinal);

    /// <summary>The requests in the lambdas that a call hands to something that repeats them.</summary>
    public static IEnumerable<SyntaxNode> Repeated(InvocationExpressionSyntax call, ChangingRequests requests, RuleContext file)
    {
        var given = call.ArgumentList.Arguments.Select(a => a.Expression).OfType<AnonymousFunctionExpressionSyntax>().ToList();
        if (given.Count == 0 || requests.Method(call) is not { } method) yield break;
        if (!(file.Analysis.Summaries.IsOwn(method) ? Repeats(method, file) : IsRetryPipeline(call, method, requests))) yield break;
        foreach (var function in given)
        {
            foreach (var request in requests.In(function.Body)) yield return request;
        }
    }

    /// <summary>It calls its delegate in a <c>try</c> in a loop, and the <c>catch</c> goes round again.</summary>
    private static bool Repeats(IMethodSymbol method, RuleContext file)
    {
        var delegates = method.OriginalDefinition.Parameters.Where(p => p.Type.TypeKind == TypeKind.Delegate).Select(p => p.Name).ToList();
        if (delegates.Count == 0) return false;
        foreach (var reference in method.OriginalDefinition.DeclaringSyntaxReferences)
        {
            foreach (var attempt in reference.GetSyntax(file.Cancellation).DescendantNodes().OfType<TryStatementSyntax>())
            {
                if (!Calls(attempt.Block, delegates)) continue;
                foreach (var clause in attempt.Catches)
                {
                    if (!Reuse.Repeats.MayHaveWritten(clause)) continue;
                    if (Calls(clause.Block, delegates)) return true;
                    if (!Reuse.Repeats.Leaves(clause.Block) && Reuse.Repeats.LoopAround(attempt) is { } loop && Reuse.Repeats.IsRetry(loop, attempt)) return true;
                }
            }
        }

        return false;
    }

    private static bool Calls(SyntaxNode code, List<string> delegates)
    {
        foreach (var call in code.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            var target = call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Invoke", Expression: var callee } ? callee : call.Expression;
            if (target is IdentifierNameSyntax name && delegates.Contains(name.Identifier.ValueText)) return true;
        }

        return false;
    }

    private static bool IsRetryPipeline(InvocationExpressionSyntax call, IMethodSymbol method, ChangingRequests requests)
    {
        if (!method.Name.StartsWith("Execute", StringComparison.Ordinal) || call.Expression is not MemberAccessExpressionSyntax { Expression: var receiver }) return false;
        var type = method.ContainingType?.Name ?? "";
        if (type.IndexOf("Pipeline", StringComparison.Ordinal) < 0 && type.IndexOf("Policy", StringComparison.Ordinal) < 0) return false;
        return Recipes(receiver, requests).Any(RepeatsAfterFailure);
    }

    /// <summary>The expressions from which the pipeline was made, in this compilation.</summary>
    private static IEnumerable<SyntaxNode> Recipes(ExpressionSyntax receiver, ChangingRequests requests)
    {
        var symbol = requests.ModelOf(receiver).GetSymbolInfo(receiver).Symbol;
        if (symbol is null || symbol is ITypeSymbol) yield break;
        if (symbol is IMethodSymbol) yield return receiver;
        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            var declaration = reference.GetSyntax();
            yield return declaration;
            if (symbol is not IFieldSymbol and not IPropertySymbol and not ILocalSymbol) continue;
            var scope = symbol is ILocalSymbol ? (SyntaxNode?)declaration.FirstAncestorOrSelf<MemberDeclarationSyntax>() : declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>();
            foreach (var assignment in scope?.DescendantNodes().OfType<AssignmentExpressionSyntax>() ?? [])
            {
                var target = assignment.Left is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: var name } ? name : assignment.Left;
                if (target is SimpleNameSyntax simple && simple.Identifier.ValueText == symbol.Name) yield return assignment.Right;
            }
        }
    }

    /// <summary>A retry that handles every exception, or some that can come after the write.</summary>
    private static bool RepeatsAfterFailure(SyntaxNode recipe)
    {
        var names = recipe.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText).ToList();
        if (!names.Any(n => n.IndexOf("Retry", StringComparison.Ordinal) >= 0)) return false;
        var decides = names.Contains("ShouldHandle") || names.Contains("Policy");
        if (!decides) return true;
        var handles = recipe.DescendantNodes().OfType<GenericNameSyntax>().Where(g => g.Identifier.ValueText is "Handle" or "Or" or "HandleInner" or "OrInner").ToList();
        if (handles.Count == 0) return false;
        return !names.Any(n => n is "IsSafe" or "ConnectionError" or "NameResolutionError" or "ConnectionRefused" or "IsTransient");
    }
}
