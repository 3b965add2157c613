using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow;

internal static class Constants
{
    /// <summary>Enum values and integers at one width, so that equal ones are equal.</summary>
    public static object? Normalize(object? value) => value switch
    {
        sbyte v => (long)v,
        byte v => (long)v,
        short v => (long)v,
        ushort v => (long)v,
        int v => (long)v,
        uint v => (long)v,
        _ => value,
    };

    /// <summary>The value of the enum that has this name; anything else is what it is.</summary>
    public static object? Named(object? value, ITypeSymbol? type) =>
        value is string name && type is { TypeKind: TypeKind.Enum } && type.GetMembers(name) is [IFieldSymbol { HasConstantValue: true, ConstantValue: var constant }] ? Normalize(constant) : value;

    public static ImmutableArray<object?> Named(ImmutableArray<object?> values, ITypeSymbol? type) =>
        values.Any(v => v is string) ? values.Select(v => Named(v, type)).ToImmutableArray() : values;
}
