using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Flow.Paths;

/// <summary><c>when (e is SocketException or IOException)</c>: decided by the type that was thrown, where that is enough.</summary>
internal static class CaughtTypes
{
    /// <summary>Null where it depends on the exception.</summary>
    public static bool? Matches(IPatternOperation pattern, INamedTypeSymbol thrown)
    {
        switch (pattern)
        {
            case INegatedPatternOperation negated:
                return !Matches(negated.Pattern, thrown);
            case IBinaryPatternOperation binary:
                var left = Matches(binary.LeftPattern, thrown);
                var right = Matches(binary.RightPattern, thrown);
                return binary.OperatorKind == BinaryOperatorKind.Or
                    ? left == true || right == true ? true : left == false && right == false ? false : null
                    : left == false || right == false ? false : left == true && right == true ? true : null;
            case ITypePatternOperation type:
                return Is(thrown, type.MatchedType);
            case IDeclarationPatternOperation { MatchedType: { } declared }:
                return Is(thrown, declared);
            case IRecursivePatternOperation recursive:
                // What it asks beyond the type may fail.
                return Is(thrown, recursive.MatchedType) == false ? false : null;
            default:
                return null;
        }
    }

    public static bool? Is(INamedTypeSymbol thrown, ITypeSymbol asked) =>
        Bases.Include(thrown, asked) ? true : asked is INamedTypeSymbol { TypeKind: TypeKind.Class } && Bases.Include(asked, thrown) || asked.TypeKind != TypeKind.Class ? null : false;

    /// <summary>Asks whether the process can go on at all.</summary>
    public static bool AsksForFatal(IInvocationOperation question) => ClosingFlags.Words(question.TargetMethod.Name).Any(word => word is "Fatal" or "Critical");
}
