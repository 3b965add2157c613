using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Facts;

/// <summary>A member that holds code, with the words in it: what its code can possibly be about, known without binding it.</summary>
internal sealed class CodeMember(SyntaxNode declaration, HashSet<string> identifiers, HashSet<string> invoked)
{
    public SyntaxNode Declaration { get; } = declaration;

    /// <summary>Every identifier in it.</summary>
    public HashSet<string> Identifiers { get; } = identifiers;

    /// <summary>Those of them that it calls or assigns.</summary>
    public HashSet<string> Invoked { get; } = invoked;
}

/// <summary>The identifiers of a piece of source: what its code can possibly be about.</summary>
internal static class Names
{
    /// <summary>The members of a file that hold code, each with its identifiers and those of them that it calls or sets.</summary>
    public static IEnumerable<CodeMember> In(SyntaxTree tree, CancellationToken cancellation)
    {
        var root = tree.GetRoot(cancellation);
        if (root is CompilationUnitSyntax unit && unit.Members.Any(m => m is GlobalStatementSyntax)) yield return With(unit);
        foreach (var node in root.DescendantNodes(n => n is not (BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or ArrowExpressionClauseSyntax or GlobalStatementSyntax)))
        {
            switch (node)
            {
                case BaseMethodDeclarationSyntax { Body: null, ExpressionBody: null } or AccessorDeclarationSyntax { Body: null, ExpressionBody: null }:
                    break;
                case BaseMethodDeclarationSyntax or AccessorDeclarationSyntax:
                case ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }:
                case VariableDeclaratorSyntax { Initializer: not null, Parent.Parent: BaseFieldDeclarationSyntax }:
                case PropertyDeclarationSyntax { Initializer: not null }:
                    yield return With(node);
                    break;
            }
        }
    }

    public static HashSet<string> Of(SyntaxNode node) => With(node).Identifiers;

    private static CodeMember With(SyntaxNode node)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var invoked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in node.DescendantTokens())
        {
            if (!token.IsKind(SyntaxKind.IdentifierToken)) continue;
            names.Add(token.ValueText);
            if (IsInvoked(token.Parent)) invoked.Add(token.ValueText);
        }

        return new CodeMember(node, names, invoked);
    }

    private static bool IsInvoked(SyntaxNode? name)
    {
        if (name is not SimpleNameSyntax) return false;
        var outer = name.Parent is MemberAccessExpressionSyntax access && access.Name == name || name.Parent is MemberBindingExpressionSyntax ? name.Parent : name;
        return outer.Parent is InvocationExpressionSyntax or AssignmentExpressionSyntax;
    }
}
