using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>How a type of the platform is written in the code of a fix.</summary>
internal static class TypeNames
{
    /// <summary>
    /// Its name alone where that means this type and nothing else, otherwise with its namespace. The simplifier leaves whole names standing in
    /// many nested blocks.
    /// </summary>
    public static string NameOf(this SemanticModel model, int position, string space, string type)
    {
        var called = model.LookupSymbols(position, name: type).Where(s => s is not INamedTypeSymbol { Arity: > 0 }).ToList();
        return called is [INamedTypeSymbol found] && found.ContainingNamespace.ToDisplayString() == space ? type : space + "." + type;
    }

    /// <summary>Where a failure is told that nobody else hears of.</summary>
    public static string Trace(this SemanticModel model, int position) => model.NameOf(position, "System.Diagnostics", "Trace");
}
