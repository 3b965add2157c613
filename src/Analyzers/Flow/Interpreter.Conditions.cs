using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>Branch refinement: what a condition says about the values in it.</summary>
internal sealed partial class Interpreter
{
    private Atom.Condition EvalCondition(IOperation operation)
    {
        switch (operation)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Conditions.Not(EvalCondition(not.Operand));
            case IBinaryOperation binary:
                return EvalBinary(binary);
            case ITupleBinaryOperation tuples:
                return CompareTuples(tuples);
            case IIsNullOperation isNull:
                return Conditions.EqualTo(Eval(isNull.Operand), null);
            case IIsPatternOperation isPattern:
                var value = Eval(isPattern.Value);
                return Match(value, isPattern.Pattern);
            case IIsTypeOperation isType:
                return NotNull(Eval(isType.ValueOperand));
            case IConversionOperation { OperatorMethod: null } conversion:
                return EvalCondition(conversion.Operand);
            case IParenthesizedOperation parenthesized:
                return EvalCondition(parenthesized.Operand);
            default:
                return Conditions.AsCondition(Eval(operation));
        }
    }

    private Atom.Condition EvalBinary(IBinaryOperation binary)
    {
        if (binary.Type?.SpecialType != SpecialType.System_Boolean)
        {
            Eval(binary.LeftOperand);
            Eval(binary.RightOperand);
            return Conditions.Unknown;
        }

        switch (binary.OperatorKind)
        {
            case BinaryOperatorKind.And or BinaryOperatorKind.ConditionalAnd:
                return Conditions.And(EvalCondition(binary.LeftOperand), EvalCondition(binary.RightOperand));
            case BinaryOperatorKind.Or or BinaryOperatorKind.ConditionalOr:
                return Conditions.Or(EvalCondition(binary.LeftOperand), EvalCondition(binary.RightOperand));
            case var _ when HasIndex(binary) is { } found:
                return found;
            case BinaryOperatorKind.Equals:
                return Compare(binary);
            case BinaryOperatorKind.NotEquals:
                return Conditions.Not(Compare(binary));
            case BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual:
                return Order(binary);
            default:
                Eval(binary.LeftOperand);
                Eval(binary.RightOperand);
                return Conditions.Unknown;
        }
    }

    private Atom.Condition Compare(IBinaryOperation binary)
    {
        if (Bits.Of(binary) is var (masked, mask, rest)) return WithBits(masked, mask, rest);
        return Compare(Eval(binary.LeftOperand), Eval(binary.RightOperand));
    }

    private static Atom.Condition Compare(Value left, Value right)
    {
        if (Constant(right) is { } constant) return Conditions.EqualTo(left, constant.Value);
        if (Constant(left) is { } other) return Conditions.EqualTo(right, other.Value);
        // Equal to something unknown: only that it is compared is known.
        return Conditions.Unknown;

        static Atom.Constant? Constant(Value value) => value.Atoms.Length == 1 ? value.Atoms[0] as Atom.Constant : null;
    }

    /// <summary><c>(_closing, _ws.State) == (false, WebSocketState.Open)</c> compares part by part.</summary>
    private Atom.Condition CompareTuples(ITupleBinaryOperation tuples)
    {
        if (tuples.LeftOperand.WithoutConversions() is not ITupleOperation left || tuples.RightOperand.WithoutConversions() is not ITupleOperation right)
        {
            Eval(tuples.LeftOperand);
            Eval(tuples.RightOperand);
            return Conditions.Unknown;
        }

        var lefts = left.Elements.Select(Eval).ToList();
        var rights = right.Elements.Select(Eval).ToList();
        var equal = lefts.Zip(rights, Compare).Aggregate(Conditions.True, Conditions.And);
        return tuples.OperatorKind == BinaryOperatorKind.NotEquals ? Conditions.Not(equal) : equal;
    }

    /// <summary>Of the bits of an enum some are set: the set of those of its members that have them.</summary>
    private Atom.Condition WithBits(IOperation flags, long mask, long rest)
    {
        var value = Eval(flags);
        return Bits.Members(flags.Type, mask, rest) is { IsEmpty: false } members ? Conditions.OneOf(value, members) : Conditions.Unknown;
    }

    /// <summary>An ordered comparison of an enum or a small number is the set of the values for which it is true.</summary>
    private Atom.Condition Order(IBinaryOperation binary)
    {
        var left = Eval(binary.LeftOperand);
        var right = Eval(binary.RightOperand);
        var kind = binary.OperatorKind;
        var (value, bound, type) = (left, right.Atoms[0] as Atom.Constant, Underlying(binary.LeftOperand));
        if (bound is null)
        {
            (value, bound, type) = (right, left.Atoms[0] as Atom.Constant, Underlying(binary.RightOperand));
            kind = kind switch
            {
                BinaryOperatorKind.LessThan => BinaryOperatorKind.GreaterThan,
                BinaryOperatorKind.LessThanOrEqual => BinaryOperatorKind.GreaterThanOrEqual,
                BinaryOperatorKind.GreaterThan => BinaryOperatorKind.LessThan,
                _ => BinaryOperatorKind.LessThanOrEqual,
            };
        }

        return bound?.Value is long limit ? InOrder(value, kind, limit, type) : Conditions.Unknown;

        static ITypeSymbol? Underlying(IOperation operand) => operand.WithoutConversions().Type;
    }

    private static Atom.Condition NotNull(Value value) => new(Conditions.Not(Conditions.EqualTo(value, null)).WhenTrue, Conditions.Unknown.WhenFalse);

    private Atom.Condition Match(Value value, IPatternOperation pattern, bool isNotNull = false)
    {
        switch (pattern)
        {
            case IConstantPatternOperation constant:
                return constant.Value.ConstantValue.HasValue
                    ? Conditions.EqualTo(value, Constants.Normalize(constant.Value.ConstantValue.Value))
                    : Conditions.Unknown;
            case INegatedPatternOperation negated:
                return Conditions.Not(Match(value, negated.Pattern));
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either:
                return MatchEither(value, either, isNotNull);
            case IBinaryPatternOperation both:
                return Conditions.And(Match(value, both.LeftPattern, isNotNull), Match(value, both.RightPattern, isNotNull));
            case IDeclarationPatternOperation declaration:
                Declare(declaration.DeclaredSymbol, value);
                return declaration.MatchesNull ? Conditions.True : NotNull(value);
            case ITypePatternOperation:
                return NotNull(value);
            case IRecursivePatternOperation recursive:
                return MatchRecursive(value, recursive, isNotNull);
            case IRelationalPatternOperation relational:
                return MatchRelational(value, relational);
            case IListPatternOperation list:
                return MatchElements(value, list);
            case IDiscardPatternOperation:
                return Conditions.True;
            default:
                return Conditions.Unknown;
        }
    }

    private Atom.Condition MatchEither(Value value, IBinaryPatternOperation either, bool isNotNull)
    {
        // `is A or B` is one set of values, which the join of two single ones would also give; constants first keeps it exact.
        var constants = ImmutableArray.CreateBuilder<object?>();
        return Constants(either) ? Conditions.OneOf(value, constants.ToImmutable())
            : Conditions.Or(Match(value, either.LeftPattern, isNotNull), Match(value, either.RightPattern, isNotNull || IsNullPattern(either.LeftPattern)));

        bool Constants(IPatternOperation pattern)
        {
            switch (pattern)
            {
                case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } or:
                    return Constants(or.LeftPattern) && Constants(or.RightPattern);
                case IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: var constant } }:
                    constants.Add(Flow.Constants.Normalize(constant));
                    return true;
                default:
                    return false;
            }
        }
    }

    /// <summary>What stands behind <c>null or</c> is asked of a value that is not null.</summary>
    private static bool IsNullPattern(IPatternOperation pattern) => pattern is IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: null } };

    private Atom.Condition MatchRecursive(Value value, IRecursivePatternOperation recursive, bool isNotNull)
    {
        // A value that cannot be null fails by its parts alone.
        var condition = (isNotNull || recursive.MatchedType.IsValueType) && SymbolEqualityComparer.Default.Equals(recursive.MatchedType, recursive.InputType) ? Conditions.True : NotNull(value);
        foreach (var part in recursive.PropertySubpatterns)
        {
            var member = part.Member switch
            {
                IPropertyReferenceOperation property => (ISymbol)property.Property,
                IFieldReferenceOperation field => field.Field,
                _ => null,
            };
            if (member is null)
            {
                condition = Conditions.And(condition, new Atom.Condition(Conditions.Unknown.WhenTrue, Conditions.Unknown.WhenFalse));
                continue;
            }

            var memberValue = ReadAsked(value, member, part.Member);
            var matched = Match(memberValue, part.Pattern);
            condition = Conditions.And(condition, matched);
            // `is not { IsOpen: false }`: it is open, or there is none, of which any state may be said.
            if (matched.WhenFalse is not null && recursive is { PropertySubpatterns.Length: 1, DeconstructionSubpatterns.IsEmpty: true } && SymbolEqualityComparer.Default.Equals(recursive.MatchedType, recursive.InputType)) condition = new(condition.WhenTrue, matched.WhenFalse);
        }

        var parts = recursive.DeconstructionSubpatterns;
        for (var i = 0; i < parts.Length; i++)
            condition = Conditions.And(condition, Parts.Of(recursive.MatchedType, i, parts.Length) is { } part ? Match(ReadMember(value, part), parts[i]) : Conditions.Unknown);

        Declare(recursive.DeclaredSymbol, value);
        return condition;
    }

    /// <summary><c>_idle is [var first, ..]</c> takes something out of a container as <c>_idle[0]</c> does.</summary>
    private Atom.Condition MatchElements(Value value, IListPatternOperation list)
    {
        var condition = Conditions.Unknown;
        foreach (var pattern in list.Patterns)
        {
            if (pattern is not (ISlicePatternOperation or IDiscardPatternOperation) && _analysis.Connections.Matters(pattern.InputType)) condition = Conditions.And(condition, Match(Take(pattern, value, BornKind.Lookup), pattern));
        }

        return new(condition.WhenTrue, Conditions.Unknown.WhenFalse);
    }

    private Value ReadAsked(Value value, ISymbol member, IOperation operation)
    {
        if (member is IPropertySymbol { GetMethod: { } getter } property && _analysis.Summaries.HasCode(property))
            return Call(operation, getter, value, [], property);
        return ReadMember(value, member);
    }

    private static Atom.Condition MatchRelational(Value value, IRelationalPatternOperation relational)
    {
        return relational.Value.ConstantValue is { HasValue: true, Value: var constant } && Constants.Normalize(constant) is long limit
            ? InOrder(value, relational.OperatorKind, limit, relational.InputType)
            : Conditions.Unknown;
    }

    private static Atom.Condition InOrder(Value value, BinaryOperatorKind kind, long limit, ITypeSymbol? type)
    {
        if (value.Atoms.Any(a => a is Atom.Constant)) return Conditions.Unknown;
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum } named)
        {
            var set = named.GetMembers().OfType<IFieldSymbol>().Where(f => f.HasConstantValue).Select(f => Constants.Normalize(f.ConstantValue)).OfType<long>()
                .Where(m => kind switch
                {
                    BinaryOperatorKind.LessThan => m < limit,
                    BinaryOperatorKind.LessThanOrEqual => m <= limit,
                    BinaryOperatorKind.GreaterThan => m > limit,
                    _ => m >= limit,
                }).Select(m => (object?)m).ToImmutableArray();
            return set.Length is 0 or > 20 ? Conditions.Unknown : Conditions.OneOf(value, set);
        }

        // A number that serves as a flag: zero or not.
        return (kind, limit) switch
        {
            (BinaryOperatorKind.GreaterThan, 0) or (BinaryOperatorKind.GreaterThanOrEqual, 1) => Conditions.Not(Conditions.EqualTo(value, 0L)),
            (BinaryOperatorKind.LessThanOrEqual, 0) or (BinaryOperatorKind.LessThan, 1) => Conditions.EqualTo(value, 0L),
            _ => Stages(value, kind, limit),
        };
    }

    private const int MaxStage = 12;

    /// <summary>A number that counts the stages of a life, <c>_state >= 2</c>: the few values it can have, as if it were an enum.</summary>
    private static Atom.Condition Stages(Value value, BinaryOperatorKind kind, long limit)
    {
        if (!value.Places.Any(p => p.Symbol is IFieldSymbol or IPropertySymbol && Facts.ClosingFlags.CountsStages(p.Symbol.Name))) return Conditions.Unknown;
        if (limit is < -1 or > MaxStage) return Beyond(value, kind, limit);
        var set = ImmutableArray.CreateBuilder<object?>();
        for (long stage = -1; stage <= MaxStage; stage++)
        {
            if (kind switch { BinaryOperatorKind.LessThan => stage < limit, BinaryOperatorKind.LessThanOrEqual => stage <= limit, BinaryOperatorKind.GreaterThan => stage > limit, _ => stage >= limit }) set.Add(stage);
        }

        return set.Count is 0 or > MaxStage + 1 ? Conditions.Unknown : Conditions.OneOf(value, set.ToImmutable());
    }

    /// <summary>A bound among none of the few, <c>_state &lt; 0xff</c>: what is below or above it is at least not that.</summary>
    private static Atom.Condition Beyond(Value value, BinaryOperatorKind kind, long limit)
    {
        var other = Conditions.EqualTo(value, limit).WhenFalse;
        return kind is BinaryOperatorKind.LessThan or BinaryOperatorKind.GreaterThan ? new(other, Conditions.Unknown.WhenFalse) : new(Conditions.Unknown.WhenTrue, other);
    }

    /// <summary>The variable of a pattern is another name of the value.</summary>
    private void Declare(ISymbol? symbol, Value value)
    {
        if (symbol is not ILocalSymbol || _state is null) return;
        Write(Place.Local(symbol), value, null);
        _declared.Add(Place.Local(symbol));
    }
}
