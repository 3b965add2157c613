using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow.Paths;

/// <summary>One operation of a path: its parts in the order of their evaluation, each shown to the rule; then what variables hold.</summary>
internal sealed class PathTransfer<TToken>
    where TToken : notnull
{
    private readonly IPathRule<TToken> _rule;

    // `x?.Close()` asks a copy of x for null: what is learned of the copy is true of x; and `x = new() { … }` writes to a copy of it.
    private readonly Dictionary<CaptureId, object> _copies = [];

    // The variables of `catch (Exception e)`.
    private readonly HashSet<ISymbol> _caught = new(SymbolEqualityComparer.Default);

    // `var entered = await gate.WaitAsync(limit);`
    private readonly Dictionary<ISymbol, IOperation?> _named = new(SymbolEqualityComparer.Default);

    // A variable that a nested function writes may change at any time.
    private readonly HashSet<string> _unsteady;

    private readonly NeverReturning _neverReturning;
    private readonly INamedTypeSymbol _anyException;

    public PathTransfer(Body body, IPathRule<TToken> rule, NeverReturning neverReturning, INamedTypeSymbol anyException)
    {
        _rule = rule;
        _neverReturning = neverReturning;
        _anyException = anyException;
        _unsteady = body.WrittenInside;
        foreach (var block in body.Graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                if (operation is IExpressionStatementOperation { Operation: ISimpleAssignmentOperation stored }) Note(stored);
                else if (operation is ISimpleAssignmentOperation assignment) Note(assignment);
                if (operation is IFlowCaptureOperation capture && PathView<TToken>.KeyOf(capture.Value) is { } original) _copies[capture.Id] = original;
            }
        }
    }

    private void Note(ISimpleAssignmentOperation assignment)
    {
        if (PathView<TToken>.Unwrapped(assignment.Value) is ICaughtExceptionOperation && PathView<TToken>.KeyOf(assignment.Target) is ISymbol variable) _caught.Add(variable);
        // Given twice, a name stands for neither.
        if (assignment.Target is ILocalReferenceOperation { Local: { Type.SpecialType: SpecialType.System_Boolean } name }) _named[name] = _named.ContainsKey(name) ? null : assignment.Value;
    }

    /// <summary>The state after the operation; null where it never completes. What it throws goes to <paramref name="raise"/>.</summary>
    public PathState<TToken>? Perform(IOperation operation, PathState<TToken> state, Action<IOperation, INamedTypeSymbol, PathState<TToken>> raise)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var child in operation.ChildOperations)
        {
            if (Perform(child, state, raise) is not { } after) return null;
            state = after;
        }

        if (operation is IInvocationOperation { TargetMethod: var called } && _neverReturning.EndsProcess(called)) return null;
        var step = _rule.Visit(operation, state.Token, View(state));
        foreach (var type in step.Throws) raise(operation, type, state.With(step.OnThrow));
        if (step.Ends) return null;
        if (operation is IInvocationOperation call && _neverReturning.Throws(call.TargetMethod) && !call.Arguments.Any(a => Of(a.Value, state) == Known.Followed))
        {
            raise(operation, _anyException, state.With(step.After));
            return null;
        }

        return Store(operation, state.With(step.After));
    }

    /// <summary>The state where the condition holds, or does not; null where that cannot be on this path.</summary>
    public PathState<TToken>? Assume(IOperation condition, bool isTrue, PathState<TToken> state)
    {
        if (Refine(condition, isTrue, state) is not { } refined) return null;
        var token = refined.Token;
        if (Named(condition) is { } meant && !_rule.Assume(meant, isTrue, ref token, View(refined))) return null;
        return _rule.Assume(condition, isTrue, ref token, View(refined)) ? refined.With(token) : null;
    }

    /// <summary>What a name for a condition stands for. The rule hears of both; what variables held then may have changed since.</summary>
    private IOperation? Named(IOperation condition) => PathView<TToken>.Unwrapped(condition) is ILocalReferenceOperation { Local: var name } && _named.TryGetValue(name, out var meant) ? meant : null;

    private PathState<TToken> Store(IOperation operation, PathState<TToken> state)
    {
        switch (operation)
        {
            case ISimpleAssignmentOperation { IsRef: false } assignment:
                return Write(assignment.Target, Of(assignment.Value, state), state);
            case IFlowCaptureOperation capture:
                return state.With(capture.Id, Of(capture.Value, state));
            case ICompoundAssignmentOperation compound:
                return Write(compound.Target, Known.Unknown, state);
            case IIncrementOrDecrementOperation increment:
                return Write(increment.Target, Known.Unknown, state);
            case IDeconstructionAssignmentOperation { Target: ITupleOperation target } deconstruction:
                var source = PathView<TToken>.Unwrapped(deconstruction.Value) as ITupleOperation;
                for (var i = 0; i < target.Elements.Length; i++)
                {
                    var value = source is not null && source.Elements.Length == target.Elements.Length ? Of(source.Elements[i], state) : Known.Unknown;
                    state = Write(target.Elements[i], value, state);
                }

                return state;
            case IInvocationOperation { TargetMethod: { Name: "Exchange", ContainingType.Name: "Interlocked" }, Arguments: [var place, var next] }:
                return Write(place.Value, Of(next.Value, state), state);
            case IInvocationOperation { TargetMethod: { Name: "Write", ContainingType.Name: "Volatile" }, Arguments: [var place, var next] }:
                return Write(place.Value, Of(next.Value, state), state);
            case IArgumentOperation { Parameter.RefKind: RefKind.Out or RefKind.Ref } argument:
                return Write(argument.Value, _rule.IsSource(argument) ? Known.Followed : Known.Unknown, state);
            case IInvocationOperation { Instance: null or IInstanceReferenceOperation } or IAwaitOperation:
                // Code of this object runs, or others have their turn: its fields may have changed.
                return state.Forget(key => key is IFieldSymbol or IPropertySymbol && state.Variables.TryGet(key, out var known) && known != Known.Followed);
            default:
                return state;
        }
    }

    /// <summary>What the rule may ask in this state.</summary>
    public PathView<TToken> View(PathState<TToken> state) => new(state, _rule, _copies);

    private Known Of(IOperation value, PathState<TToken> state) => View(state).Of(value);

    private PathState<TToken> Write(IOperation target, Known value, PathState<TToken> state)
    {
        if (View(state).KeyOfTarget(target) is not { } key) return state;
        return state.With(key, value != Known.Followed && key is ISymbol symbol && _unsteady.Contains(symbol.Name) ? Known.Unknown : value);
    }

    private PathState<TToken>? Refine(IOperation condition, bool isTrue, PathState<TToken> state)
    {
        condition = PathView<TToken>.Unwrapped(condition);
        switch (Of(condition, state))
        {
            case Known.True:
                return isTrue ? state : null;
            case Known.False:
                return isTrue ? null : state;
        }

        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Refine(not.Operand, !isTrue, state);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } binary:
                var holds = isTrue == (binary.OperatorKind == BinaryOperatorKind.Equals);
                if (Of(binary.RightOperand, state) is Known.Null or Known.True or Known.False) return Equal(binary.LeftOperand, Of(binary.RightOperand, state), holds, state);
                return Of(binary.LeftOperand, state) is Known.Null or Known.True or Known.False ? Equal(binary.RightOperand, Of(binary.LeftOperand, state), holds, state) : state;
            case IIsNullOperation isNull:
                return Equal(isNull.Operand, Known.Null, isTrue, state);
            case IIsPatternOperation pattern when IsCaught(pattern.Value, state):
                return CaughtTypes.Matches(pattern.Pattern, state.Caught!) is not { } certain || certain == isTrue ? state : null;
            case IIsTypeOperation test when IsCaught(test.ValueOperand, state):
                return CaughtTypes.Is(state.Caught!, test.TypeOperand) is not { } known || known == isTrue ? state : null;
            // No failure of the network is fatal: `when (!e.IsFatal())`.
            case IInvocationOperation question when CaughtTypes.AsksForFatal(question) && question.ChildOperations.Any(c => IsCaught(c is IArgumentOperation { Value: var given } ? given : c, state)):
                return isTrue ? null : state;
            case IIsPatternOperation pattern:
                return Match(pattern.Value, pattern.Pattern, isTrue, state);
            case ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation or IFlowCaptureReferenceOperation:
                return Learn(condition, isTrue ? Known.True : Known.False, state);
            default:
                return state;
        }
    }

    private bool IsCaught(IOperation value, PathState<TToken> state) =>
        state.Caught is not null && PathView<TToken>.KeyOf(value) is ISymbol variable && _caught.Contains(variable);

    private PathState<TToken>? Match(IOperation value, IPatternOperation pattern, bool matches, PathState<TToken> state)
    {
        switch (pattern)
        {
            case INegatedPatternOperation negated:
                return Match(value, negated.Pattern, !matches, state);
            case IConstantPatternOperation { Value: var constant } when Of(constant, state) is Known.Null or Known.True or Known.False:
                return Equal(value, Of(constant, state), matches, state);
            case IDeclarationPatternOperation { DeclaredSymbol: var declared }:
                if (!matches) return state;
                var held = Of(value, state);
                if (held == Known.Null) return null;
                return declared is null ? state : state.With(declared, held == Known.Followed ? held : Known.NotNull);
            case IRecursivePatternOperation recursive:
                if (!matches) return recursive is { DeconstructionSubpatterns.IsEmpty: true, PropertySubpatterns.IsEmpty: true } && SymbolEqualityComparer.Default.Equals(recursive.MatchedType, value.Type) ? Equal(value, Known.Null, true, state) : state;
                var inner = Of(value, state);
                if (inner == Known.Null) return null;
                return recursive.DeclaredSymbol is null ? state : state.With(recursive.DeclaredSymbol, inner == Known.Followed ? inner : Known.NotNull);
            default:
                return state;
        }
    }

    private PathState<TToken>? Equal(IOperation value, Known constant, bool holds, PathState<TToken> state)
    {
        if (constant != Known.Null) return Refine(value, holds == (constant == Known.True), state);
        return Of(value, state) switch
        {
            Known.Null => holds ? state : null,
            Known.NotNull or Known.Followed => holds ? null : state,
            _ => Learn(value, holds ? Known.Null : Known.NotNull, state),
        };
    }

    private PathState<TToken> Learn(IOperation value, Known known, PathState<TToken> state)
    {
        if (PathView<TToken>.KeyOf(value) is not { } key) return state;
        if (key is ISymbol symbol && _unsteady.Contains(symbol.Name)) return state;
        // What a field or a state says may be otherwise the next time it is asked.
        if (key is IFieldSymbol or IPropertySymbol && known is Known.True or Known.False) return state;
        state = state.With(key, known);
        return key is CaptureId id && _copies.TryGetValue(id, out var original) ? state.With(original, known) : state;
    }
}
