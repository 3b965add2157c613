using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>Whether a state is one of those that are written down: <c>Ended.Contains(state)</c>, <c>Array.IndexOf(Ended, state) >= 0</c>.</summary>
internal sealed partial class Interpreter
{
    /// <summary>Null where the call does not look for a state, or the set is not known.</summary>
    private Atom.Condition? IsIn(IInvocationOperation looking)
    {
        var at = looking.TargetMethod.IsStatic ? 1 : 0;
        if (looking.Arguments.Length <= at || looking.Arguments[at].Value is not { Type.TypeKind: TypeKind.Enum } asked) return null;
        return ConstantSets.Of(looking.Instance ?? looking.Arguments[0].Value, _analysis) is { IsEmpty: false } constants ? Conditions.OneOf(Eval(asked), constants) : null;
    }

    /// <summary>An index that is compared with none: it is there, or it is not.</summary>
    private Atom.Condition? HasIndex(IBinaryOperation comparison)
    {
        if (comparison is not { LeftOperand: IInvocationOperation { TargetMethod.Name: "IndexOf" } looking, RightOperand.ConstantValue: { HasValue: true, Value: int bound } }) return null;
        bool? isThere = (comparison.OperatorKind, bound) switch
        {
            (BinaryOperatorKind.GreaterThanOrEqual, 0) or (BinaryOperatorKind.GreaterThan or BinaryOperatorKind.NotEquals, -1) => true,
            (BinaryOperatorKind.LessThan, 0) or (BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.Equals, -1) => false,
            _ => null,
        };
        return isThere is null || IsIn(looking) is not { } found ? null : isThere.Value ? found : Conditions.Not(found);
    }
}
