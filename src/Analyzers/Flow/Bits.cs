using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>Questions for single bits of an enum: <c>(state &amp; State.Open) != 0</c>.</summary>
internal static class Bits
{
    private const int MostMembers = 20;

    /// <summary>What is masked, with what, and what is to be left: of <c>(state &amp; mask) == rest</c>.</summary>
    public static (IOperation Masked, long Mask, long Left)? Of(IBinaryOperation comparison)
    {
        var (left, right) = (Unwrapped(comparison.LeftOperand), Unwrapped(comparison.RightOperand));
        if (left is not IBinaryOperation { OperatorKind: BinaryOperatorKind.And }) (left, right) = (right, left);
        if (left is not IBinaryOperation { OperatorKind: BinaryOperatorKind.And } masking || Constant(right) is not { } rest) return null;
        var (value, with) = (Unwrapped(masking.LeftOperand), Unwrapped(masking.RightOperand));
        if (Constant(with) is null) (value, with) = (with, value);
        return Constant(with) is { } mask && value.Type?.TypeKind == TypeKind.Enum ? (value, mask, rest) : null;
    }

    private static long? Constant(IOperation operation) =>
        Unwrapped(operation).ConstantValue is { HasValue: true, Value: var value } && Constants.Normalize(value) is long number ? number : null;

    /// <summary>The members of the enum of which the masked bits are just these; empty where there are too many to tell.</summary>
    public static ImmutableArray<object?> Members(ITypeSymbol? type, long mask, long rest)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Enum }) return [];
        var members = type.GetMembers().OfType<IFieldSymbol>().Where(f => f.HasConstantValue).Select(f => Constants.Normalize(f.ConstantValue)).OfType<long>()
            .Where(m => (m & mask) == rest).Select(m => (object?)m).ToImmutableArray();
        return members.Length > MostMembers ? [] : members;
    }

    private static IOperation Unwrapped(IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion: operation = conversion.Operand; break;
                case IParenthesizedOperation parenthesized: operation = parenthesized.Operand; break;
                default: return operation;
            }
        }
    }
}
