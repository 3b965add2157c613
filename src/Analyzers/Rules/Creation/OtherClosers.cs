using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>Members that others call, and that close what a field holds while a function is at work with it.</summary>
internal static class OtherClosers
{
    public static readonly HashSet<string> ClosingCalls = new(StringComparer.Ordinal) { "Close", "CloseAsync", "Dispose", "DisposeAsync", "Abort", "Shutdown", "Disconnect" };

    /// <summary>The connection is kept in a member of a type of this compilation, and closed there.</summary>
    public static bool MayClose(RuleContext file, SyntaxNode function, IOperation connection) =>
        IoCalls.Unwrapped(connection) is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } reference && file.Analysis.Summaries.IsOwn(reference.Member) && Exist(file, function, reference.Member);

    /// <summary>A member of the owner that others call closes something.</summary>
    public static bool Exist(RuleContext file, SyntaxNode function, ISymbol field)
    {
        if (IsNeverClosed(field, file)) return false;
        var members = field.ContainingType.DeclaringSyntaxReferences.Select(r => r.GetSyntax(file.Cancellation)).OfType<TypeDeclarationSyntax>().SelectMany(t => t.Members.OfType<MethodDeclarationSyntax>()).ToList();
        var closing = new HashSet<string>(members.Where(m => Invoked(m, function).Meets(ClosingCalls)).Select(m => m.Identifier.ValueText), StringComparer.Ordinal);
        return members.Any(m => !m.Modifiers.Any(SyntaxKind.PrivateKeyword) && m.Modifiers.Count + (m.ExplicitInterfaceSpecifier is null ? 0 : 1) > 0
            && (closing.Contains(m.Identifier.ValueText) || Invoked(m, function).Meets(closing)));
    }

    /// <summary>A private field of which only members are used, none of them a closing one: nobody else has it, and its owner leaves it open.</summary>
    private static bool IsNeverClosed(ISymbol field, RuleContext file) =>
        field is IFieldSymbol { DeclaredAccessibility: Accessibility.Private }
        && field.ContainingType.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax(file.Cancellation).DescendantNodes().OfType<IdentifierNameSyntax>()).Where(n => n.Identifier.ValueText == field.Name).All(IsHarmless);

    private static bool IsHarmless(IdentifierNameSyntax field)
    {
        ExpressionSyntax part = field.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own ? own : field;
        if (part.Parent is AssignmentExpressionSyntax { Left: var target } && target == part) return true;
        var isUsed = false;
        for (; part.Parent is MemberAccessExpressionSyntax access && access.Expression == part; isUsed = true) part = access;
        return isUsed && !ClosingCalls.Contains(part.LastWord());
    }

    /// <summary>The names of what a member calls, outside the function in it.</summary>
    private static HashSet<string> Invoked(SyntaxNode member, SyntaxNode function)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in member.DescendantNodes(n => n != function))
        {
            if (node is InvocationExpressionSyntax call) names.Add(call.Expression.LastWord());
        }

        return names;
    }
}
