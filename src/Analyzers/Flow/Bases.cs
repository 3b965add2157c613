using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow;

/// <summary>A class with all that it derives from.</summary>
internal static class Bases
{
    /// <summary>The type, its base, and so on.</summary>
    public static IEnumerable<ITypeSymbol> Of(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType) yield return type;
    }

    /// <summary>The type is the other one, or derives from it.</summary>
    public static bool Include(ITypeSymbol? type, ITypeSymbol from)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(candidate, from)) return true;
        }

        return false;
    }

    /// <summary>The same, whatever the type arguments are.</summary>
    public static bool IncludeDefinition(ITypeSymbol? type, ITypeSymbol? from)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, from?.OriginalDefinition)) return true;
        }

        return false;
    }

    /// <summary>The type or one that it derives from has this name, in this namespace.</summary>
    public static bool IncludeNamed(ITypeSymbol? type, string name, string space)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate.Name == name && candidate.ContainingNamespace?.ToDisplayString() == space) return true;
        }

        return false;
    }

    /// <summary>What every exception derives from, also one whose own base is missing here.</summary>
    public static bool IsException(ITypeSymbol? type) => type is { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
}
