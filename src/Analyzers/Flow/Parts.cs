using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow;

/// <summary>Values that are put together and taken apart again by their order: tuples, pairs, records.</summary>
internal static class Parts
{
    /// <summary>The member by which the value at this position is asked for.</summary>
    public static ISymbol? Of(ITypeSymbol? type, int index, int count) => type switch
    {
        INamedTypeSymbol { IsTupleType: true, TupleElements: var elements } when elements.Length == count => elements[index],
        INamedTypeSymbol { Name: "KeyValuePair" } when count == 2 => Property(type, index == 0 ? "Key" : "Value"),
        INamedTypeSymbol { IsRecord: true } record when Primary(record) is { Parameters: var parameters } && parameters.Length == count => Property(type, parameters[index].Name),
        _ => null,
    };

    /// <summary>The same part of a tuple has other names elsewhere, and one that it always has.</summary>
    public static ISymbol Nameless(ISymbol member) => member is IFieldSymbol { CorrespondingTupleField: { } field } ? field : member;

    /// <summary>A part of a whole that is nothing but its parts.</summary>
    public static bool IsOne(ISymbol member) => member is IFieldSymbol { ContainingType: { Name: "ValueTuple" } or { IsTupleType: true } } or IPropertySymbol { ContainingType.IsRecord: true };

    /// <summary>The constructor whose parameters are the record's properties.</summary>
    public static bool IsPrimary(IMethodSymbol constructor) => constructor.ContainingType is { IsRecord: true } record && SymbolEqualityComparer.Default.Equals(Primary(record), constructor);

    private static IMethodSymbol? Primary(INamedTypeSymbol record) =>
        record.InstanceConstructors.FirstOrDefault(c => !c.Parameters.IsEmpty && c.Parameters.All(p => Property(record, p.Name) is { DeclaringSyntaxReferences: [var declared, ..] } && p.DeclaringSyntaxReferences.Any(r => r.Span == declared.Span)));

    private static IPropertySymbol? Property(ITypeSymbol type, string name) => type.GetMembers(name).OfType<IPropertySymbol>().FirstOrDefault();
}
