using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>What the declaration of a symbol says.</summary>
internal static class Symbols
{
    /// <summary>The type of what a field, property, parameter or variable holds; null for all else.</summary>
    public static ITypeSymbol? TypeOf(ISymbol? symbol) => symbol switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        IParameterSymbol parameter => parameter.Type,
        ILocalSymbol local => local.Type,
        _ => null,
    };

    /// <summary>The same, and of a method the type of its answer.</summary>
    public static ITypeSymbol? TypeOfValue(ISymbol? symbol) => symbol is IMethodSymbol method ? method.ReturnType : TypeOf(symbol);

    /// <summary>The name by which a value is reached: that of a member, a parameter or a variable; null for all else.</summary>
    public static string? NameOf(IOperation value) => value switch
    {
        IMemberReferenceOperation { Member: var member } => member.Name,
        IParameterReferenceOperation { Parameter: var parameter } => parameter.Name,
        ILocalReferenceOperation { Local: var local } => local.Name,
        _ => null,
    };
}
