using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>Whether a method is answerable for a connection that it is given: it closes it itself, or whoever accepted it has let go of it.</summary>
internal sealed class Owners(Analysis analysis, CancellationToken cancellation)
{
    private static readonly string[] Handling = ["Handle", "Process", "Serve", "Forward", "Relay", "Proxy", "Tunnel", "Bridge", "Route", "OnAccept", "OnConnect", "OnClient", "OnNew", "Run", "Accept", "Pump"];

    public bool MayBeOwned(ITypeSymbol type) =>
        analysis.Connections.TypeOf(type) is { } known && (known.Traits & (Traits.Reconnects | Traits.Operation | Traits.Response | Traits.Pooled)) == 0
        && type.ContainingNamespace?.ToDisplayString().StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) != true
        && !type.Name.EndsWith("Listener", StringComparison.Ordinal);

    public bool Owns(IMethodSymbol method, IParameterSymbol parameter, SyntaxNode declaration) => Owns(method, parameter, declaration, 3);

    private bool Owns(IMethodSymbol method, IParameterSymbol parameter, SyntaxNode declaration, int depth)
    {
        if (Listens(declaration, parameter.Name)) return false;
        var closes = Closes(declaration, parameter.Name);
        var isCalled = false;
        foreach (var (call, argument) in Calls(method, parameter.Ordinal))
        {
            isCalled = true;
            if (argument is not IdentifierNameSyntax given)
            {
                // Accepted in the argument itself: nobody else has it.
                if (argument is null || !NamesAccept(argument)) return false;
                closes = true;
                continue;
            }

            if (call.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } caller || Closes(caller, given.Identifier.ValueText)) return false;
            closes |= IsAccepted(caller, given.Identifier.ValueText) || depth > 0 && IsOwnedBy(caller, given.Identifier.ValueText, depth - 1);
        }

        return closes || !isCalled && method.MethodKind == MethodKind.Ordinary && analysis.Connections.TypeOf(parameter.Type) is { } known
            && known.Symbol.Name is "Socket" or "TcpClient" && Handling.Any(verb => method.Name.StartsWith(verb, StringComparison.Ordinal));
    }

    /// <summary>Handed on by a method that was itself given it to answer for.</summary>
    private bool IsOwnedBy(MemberDeclarationSyntax caller, string name, int depth) =>
        caller is MethodDeclarationSyntax && analysis.Bodies.ModelOf(caller.SyntaxTree).GetDeclaredSymbol(caller, cancellation) is IMethodSymbol above
        && above.Parameters.FirstOrDefault(p => p.Name == name) is { } handed && Owns(above, handed, caller, depth);

    /// <summary>Somebody who calls the method closes what it passes, or may.</summary>
    public bool IsClosedByCallers(IMethodSymbol method, IParameterSymbol parameter)
    {
        foreach (var (call, argument) in Calls(method, parameter.Ordinal))
        {
            if (argument is not IdentifierNameSyntax given || call.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } caller || Closes(caller, given.Identifier.ValueText)) return true;
        }

        return false;
    }

    /// <summary>By the name first: only what could be a call is bound.</summary>
    private IEnumerable<(InvocationExpressionSyntax Call, ExpressionSyntax? Argument)> Calls(IMethodSymbol method, int ordinal)
    {
        foreach (var tree in Trees(method))
        {
            foreach (var name in tree.GetRoot(cancellation).DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText != method.Name) continue;
                var callee = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : (ExpressionSyntax)name;
                if (callee.Parent is not InvocationExpressionSyntax call) continue;
                var arguments = call.ArgumentList.Arguments;
                if (arguments.Count <= ordinal && !method.IsExtensionMethod || !IsCallOf(call, method, ordinal)) continue;
                yield return (call, arguments.Count > ordinal ? arguments[ordinal].Expression : null);
            }
        }
    }

    /// <summary>The method itself, or the one that it overrides or implements.</summary>
    private bool IsCallOf(InvocationExpressionSyntax call, IMethodSymbol method, int ordinal) =>
        analysis.Bodies.ModelOf(call.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol called
        && (SymbolEqualityComparer.Default.Equals((called.ReducedFrom ?? called).OriginalDefinition, method.OriginalDefinition)
            || (called.IsVirtual || called.IsAbstract || called.IsOverride) && called.Parameters.Length == method.Parameters.Length && SymbolEqualityComparer.Default.Equals(called.Parameters[ordinal].Type, method.Parameters[ordinal].Type));

    private IEnumerable<SyntaxTree> Trees(IMethodSymbol method) =>
        method.DeclaredAccessibility == Accessibility.Private || method.MethodKind == MethodKind.LocalFunction
            ? method.ContainingType.DeclaringSyntaxReferences.Select(r => r.SyntaxTree).Distinct()
            : analysis.Compilation.SyntaxTrees;

    /// <summary>It accepts others: nobody waits at its other end.</summary>
    private static bool Listens(SyntaxNode declaration, string variable) =>
        declaration.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(a => a.Expression is IdentifierNameSyntax on && on.Identifier.ValueText == variable && (NamesAccept(a.Name) || a.Name.Identifier.ValueText is "Listen"));

    private static bool IsAccepted(SyntaxNode caller, string variable) =>
        caller.DescendantNodes().OfType<VariableDeclaratorSyntax>().Any(d => d.Identifier.ValueText == variable && d.Initializer is { } initializer && NamesAccept(initializer))
        || caller.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left is IdentifierNameSyntax left && left.Identifier.ValueText == variable && NamesAccept(a.Right));

    private static bool NamesAccept(SyntaxNode value) => value.DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText.IndexOf("Accept", StringComparison.Ordinal) >= 0);

    /// <summary>The code closes the variable, or has it in a <c>using</c>.</summary>
    public static bool Closes(SyntaxNode code, string variable)
    {
        foreach (var name in code.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != variable) continue;
            switch (name.Parent)
            {
                case MemberAccessExpressionSyntax access when access.Expression == name && (Endings.IsClosingName(access.Name.Identifier.ValueText) || access.Parent is MemberAccessExpressionSyntax outer && Endings.IsClosingName(outer.Name.Identifier.ValueText)):
                case ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } } when Endings.IsClosingName(binding.Name.Identifier.ValueText):
                case UsingStatementSyntax:
                case EqualsValueClauseSyntax { Parent.Parent.Parent: UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } }:
                case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: var helper } } when Endings.IsClosingName(NameOf(helper)):
                    return true;
            }
        }

        return code.DescendantNodes().OfType<VariableDeclaratorSyntax>().Any(d => d.Identifier.ValueText == variable && d.Parent?.Parent is UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 });
    }

    private static string NameOf(ExpressionSyntax expression) => expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        IdentifierNameSyntax name => name.Identifier.ValueText,
        _ => "",
    };
}
