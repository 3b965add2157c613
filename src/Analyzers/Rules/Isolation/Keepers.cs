using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Types that keep a connection, and their members that use it through others of their own.</summary>
internal static class Keepers
{
    /// <summary>The type, or a base of it, keeps a connection or a stream.</summary>
    public static bool HoldConnection(INamedTypeSymbol type, Analysis analysis)
    {
        for (INamedTypeSymbol? candidate = type; candidate is not null && analysis.Summaries.IsOwn(candidate); candidate = candidate.BaseType)
        {
            if (candidate.GetMembers().Any(m => m is IFieldSymbol field && Holds(field.Type) || m is IPropertySymbol property && Holds(property.Type))) return true;
            if (candidate.InstanceConstructors.Any(c => c.Parameters.Any(p => Holds(p.Type)))) return true;
        }

        return false;

        bool Holds(ITypeSymbol held) => analysis.Connections.LeadsToPeer(held);
    }

    /// <summary>The member calls another one of its type.</summary>
    public static bool CallOwn(CodeMember member) =>
        member.Declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type && type.Members.OfType<MethodDeclarationSyntax>().Any(m => member.Invoked.Contains(m.Identifier.ValueText));
}
