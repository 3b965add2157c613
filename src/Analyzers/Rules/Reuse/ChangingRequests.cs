using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Which calls send a request that changes something at the other side: sent twice, it changes it twice.</summary>
internal sealed class ChangingRequests(RuleContext file)
{
    private const int MaxDepth = 3;

    public static bool MayBeIn(CodeMember member)
    {
        foreach (var word in member.Identifiers)
        {
            if (word is "Post" or "Patch" or "DelegatingHandler" or "Send" or "SendAsync" || word.StartsWith("Post", StringComparison.Ordinal) || word.StartsWith("Patch", StringComparison.Ordinal)
                || word.StartsWith("ExecuteNonQuery", StringComparison.Ordinal) || word.IndexOf("Publish", StringComparison.Ordinal) >= 0) return true;
        }

        // It may call a method that sends one.
        return member.Identifiers.Contains("catch") || member.Invoked.Any(RetryHelpers.IsName);
    }

    public static string Name(SyntaxNode request) => request is InvocationExpressionSyntax call ? NameOf(call) : request.ToString();

    public SemanticModel ModelOf(SyntaxNode node) => file.Analysis.Bodies.ModelOf(node.SyntaxTree);

    public IMethodSymbol? Method(InvocationExpressionSyntax call) => ModelOf(call).GetSymbolInfo(call, file.Cancellation).Symbol as IMethodSymbol;

    /// <summary>The changing requests in a piece of code; what a lambda in it does happens elsewhere.</summary>
    public IEnumerable<InvocationExpressionSyntax> In(SyntaxNode code, int depth = MaxDepth)
    {
        foreach (var node in code.DescendantNodesAndSelf(n => n == code || n is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax))
        {
            if (node is InvocationExpressionSyntax call && Is(call, depth)) yield return call;
        }
    }

    private bool Is(InvocationExpressionSyntax call, int depth)
    {
        if (Method(call) is not { } method) return false;
        var name = method.Name;
        var receiver = method.ReducedFrom is { } extension ? extension.Parameters[0].Type : method.ContainingType;
        if (IsA(receiver, "HttpMessageInvoker")) return StartsWithWord(name, "Post") || StartsWithWord(name, "Patch") || name is "Send" or "SendAsync" && IsChanging(call);
        if (name is "ExecuteNonQuery" or "ExecuteNonQueryAsync") return IsA(receiver, "DbCommand");
        if (name.IndexOf("Publish", StringComparison.Ordinal) >= 0 && (file.Analysis.Connections.RolesOf(method, null) & Role.Send) != 0) return true;
        if (name is "Send" or "SendAsync" && call.Expression is MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax } && IsA(receiver, "DelegatingHandler")) return !AsksMethod(call);
        return depth > 0 && file.Analysis.Summaries.IsOwn(method) && Sends(method, depth - 1);
    }

    /// <summary>A method of one's own that lets the failure of a changing request out.</summary>
    private bool Sends(IMethodSymbol method, int depth)
    {
        foreach (var reference in method.OriginalDefinition.DeclaringSyntaxReferences)
        {
            var declaration = reference.GetSyntax(file.Cancellation);
            if (In(declaration, depth).Any(request => !request.Ancestors().TakeWhile(a => a != declaration).OfType<TryStatementSyntax>().Any(t => t.Catches.Count > 0 && t.Block.Span.Contains(request.Span)))) return true;
        }

        return false;
    }

    /// <summary>The request that is sent is a POST or PATCH, as far as the member (or the method that builds it) shows.</summary>
    private bool IsChanging(InvocationExpressionSyntax call)
    {
        if (call.ArgumentList.Arguments.FirstOrDefault()?.Expression is not { } request) return false;
        if (request is not IdentifierNameSyntax variable) return SaysChanging(request) || request is InvocationExpressionSyntax builder && BuildsChanging(builder);
        var member = call.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        if (member is null) return false;
        foreach (var node in member.DescendantNodes())
        {
            switch (node)
            {
                case VariableDeclaratorSyntax { Initializer.Value: var made } declarator when declarator.Identifier.ValueText == variable.Identifier.ValueText:
                    if (SaysChanging(made) || made is InvocationExpressionSyntax built && BuildsChanging(built)) return true;
                    break;
                case AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Method", Expression: IdentifierNameSyntax owner } } assignment when owner.Identifier.ValueText == variable.Identifier.ValueText:
                    if (SaysChanging(assignment.Right)) return true;
                    break;
                case AssignmentExpressionSyntax { Left: IdentifierNameSyntax target } assignment when target.Identifier.ValueText == variable.Identifier.ValueText:
                    if (SaysChanging(assignment.Right)) return true;
                    break;
            }
        }

        return false;
    }

    private bool BuildsChanging(InvocationExpressionSyntax builder) =>
        Method(builder) is { } method && file.Analysis.Summaries.IsOwn(method)
        && (SaysChanging(builder.ArgumentList) || method.DeclaringSyntaxReferences.Any(r => SaysChanging(r.GetSyntax(file.Cancellation))));

    private static bool SaysChanging(SyntaxNode code)
    {
        foreach (var node in code.DescendantNodesAndSelf())
        {
            if (node is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "HttpMethod" }, Name.Identifier.ValueText: "Post" or "Patch" }) return true;
            if (node is LiteralExpressionSyntax { Token.ValueText: "POST" or "PATCH" }) return true;
        }

        return false;
    }

    /// <summary>A handler that looks at the request's method decides for itself what it repeats.</summary>
    private static bool AsksMethod(SyntaxNode call) =>
        call.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type && type.DescendantNodes().Any(n => n is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Method" } or SubpatternSyntax { NameColon.Name.Identifier.ValueText: "Method" });

    private static bool IsA(ITypeSymbol? type, string name)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.Name == name) return true;
        }

        return false;
    }

    private static bool StartsWithWord(string name, string word) =>
        name.StartsWith(word, StringComparison.Ordinal) && (name.Length == word.Length || char.IsUpper(name[word.Length]));

    private static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => call.Expression.ToString(),
    };
}
