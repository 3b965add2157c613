using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>The values that one reads from a request's context: what is left of it when the request is over.</summary>
internal static class ContextValues
{
    /// <summary>The shortest expression that begins with the context and is a value by itself; null where it is none, or is written.</summary>
    public static ExpressionSyntax? Of(ExpressionSyntax context, SemanticModel model)
    {
        var chain = context;
        while (Next(chain, model) is { } next)
        {
            chain = next;
            if (IsValue(model.GetTypeInfo(chain).Type)) return IsWritten(chain) ? null : chain;
        }

        return null;
    }

    /// <summary>A name for the value: of its last member, or of the text by which it is looked up.</summary>
    public static string? Name(ExpressionSyntax value)
    {
        var words = value.DescendantNodesAndSelf().LastOrDefault(n => n is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression }
            || n is SimpleNameSyntax && n.Parent is not InvocationExpressionSyntax && !(n.Parent?.Parent is InvocationExpressionSyntax call && call.Expression == n.Parent)) switch
        {
            LiteralExpressionSyntax { Token.ValueText: var text } => text.Split([.. text.Where(c => !char.IsLetterOrDigit(c)).Distinct()], StringSplitOptions.RemoveEmptyEntries),
            SimpleNameSyntax { Identifier.ValueText: var member } => [member],
            _ => [],
        };
        var name = string.Concat(words.Select((w, i) => (i == 0 ? char.ToLowerInvariant(w[0]) : char.ToUpperInvariant(w[0])) + w.Substring(1)));
        return SyntaxFacts.IsValidIdentifier(name) && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : null;
    }

    /// <summary>One step further: a property, an element under a constant, a question for null, a method that only looks up.</summary>
    private static ExpressionSyntax? Next(ExpressionSyntax chain, SemanticModel model) => chain.Parent switch
    {
        MemberAccessExpressionSyntax access when access.Expression == chain => model.GetSymbolInfo(access).Symbol switch
        {
            IPropertySymbol => access,
            IMethodSymbol method when access.Parent is InvocationExpressionSyntax call && IsLookup(call, method) => call,
            _ => null,
        },
        ElementAccessExpressionSyntax element when element.Expression == chain && element.ArgumentList.Arguments.All(IsConstant) => element,
        ConditionalAccessExpressionSyntax conditional when conditional.Expression == chain && conditional.WhenNotNull.DescendantNodesAndSelf().All(n => IsPlainStep(n, model)) => conditional,
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed => suppressed,
        ParenthesizedExpressionSyntax parenthesized => parenthesized,
        _ => null,
    };

    private static bool IsPlainStep(SyntaxNode node, SemanticModel model) => node switch
    {
        InvocationExpressionSyntax call => model.GetSymbolInfo(call).Symbol is IMethodSymbol method && IsLookup(call, method),
        ArgumentSyntax argument => IsConstant(argument),
        ArgumentListSyntax or BracketedArgumentListSyntax or MemberBindingExpressionSyntax or ElementBindingExpressionSyntax or MemberAccessExpressionSyntax or ConditionalAccessExpressionSyntax or SimpleNameSyntax or LiteralExpressionSyntax => true,
        _ => false,
    };

    private static bool IsLookup(InvocationExpressionSyntax call, IMethodSymbol method) =>
        (method.Name == "ToString" || method.Name.StartsWith("Get", StringComparison.Ordinal) || method.Name.StartsWith("Find", StringComparison.Ordinal)) && call.ArgumentList.Arguments.All(IsConstant);

    private static bool IsConstant(ArgumentSyntax argument) => argument is { RefKindKeyword.RawKind: 0, Expression: LiteralExpressionSyntax };

    /// <summary>It does not change, and nobody takes it back: a text, a number, an address, who asks.</summary>
    private static bool IsValue(ITypeSymbol? type) =>
        type is { IsValueType: true } or { SpecialType: SpecialType.System_String } && !RequestContexts.IsContext(type)
        || type is { Name: "IPAddress" or "Uri" or "Version" or "ClaimsPrincipal" or "X509Certificate2" } || Bases.IncludeNamed(type, "EndPoint", "System.Net");

    private static bool IsWritten(ExpressionSyntax value) => value.Parent is AssignmentExpressionSyntax assignment && assignment.Left == value || value.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 };
}
