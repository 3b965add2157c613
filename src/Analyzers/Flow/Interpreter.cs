using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>
/// Runs a body on abstract values and records what it does. This part evaluates expressions; the other parts have
/// conditions, writes and calls.
/// </summary>
internal sealed partial class Interpreter : ITransfer
{
    /// <summary>Where the returned value is kept in the state, so that it is joined with the facts of its way.</summary>
    private static readonly Place ReturnSlot = Place.Capture("return");

    private readonly Analysis _analysis;
    private readonly Body _body;
    private readonly int _depth;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<CaptureId, IOperation> _captured = [];
    private readonly Dictionary<object, IMethodSymbol> _filters = [];
    private readonly Dictionary<object, SmallMap<Place, Constraint>> _passed = [];
    private readonly Dictionary<IOperation, SmallMap<Place, Constraint>> _yielded = [];
    private readonly Dictionary<object, Value> _contents = [];
    private readonly UnloweredLocks _locks = new();

    /// <summary>The states before and after the calls whose tasks have names.</summary>
    private readonly Dictionary<ILocalSymbol, (FlowState Before, FlowState After)> _begun = new(SymbolEqualityComparer.Default);
    private readonly List<Place> _declared = [];
    private readonly HashSet<Place> _operated = [];
    private readonly Dictionary<IOperation, List<Place>> _operatedBy = [];
    private readonly Dictionary<(IOperation Call, int Parameter), Value> _out = [];
    private Gaps _gaps;
    private bool _cutOff;
    private int _spent;

    // The state while one operation is evaluated; null where control does not come out of it.
    private FlowState? _state;

    private Interpreter(Analysis analysis, Body body, int depth, CancellationToken cancellation)
    {
        _analysis = analysis;
        _body = body;
        _depth = depth;
        _cancellation = cancellation;
        foreach (var block in body.Graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                if (operation is IFlowCaptureOperation capture) _captured[capture.Id] = capture.Value;
            }
        }
    }

    /// <summary>The summary of a body, or null when it is past the bounds.</summary>
    public static Summary? Run(Analysis analysis, Body body, int depth, CancellationToken cancellation)
    {
        var interpreter = new Interpreter(analysis, body, depth, cancellation);
        var engine = new FlowEngine(body.Graph, interpreter, interpreter.IsCaughtHere, cancellation);
        try
        {
            engine.Run(FlowState.Start);
        }
        catch (InsufficientExecutionStackException)
        {
            return null;
        }

        if (engine.GaveUp) return null;
        var result = engine.Exit is { } exit && exit.Env.TryGet(ReturnSlot, out var value) ? value : Value.Unknown;
        var events = engine.Events.OrderBy(e => e.Operation.Syntax.SpanStart).ToImmutableArray();
        var (sends, areAll) = analysis.Guards.SendsOf(body, events, depth);
        return new Summary(body, engine.Exit, result, events, sends) { IsComplete = !interpreter._cutOff && areAll, Gaps = interpreter._gaps, Operated = interpreter.OperatedForCaller(), Elements = interpreter.Elements(result) };
    }

    int ITransfer.Spent => _spent;

    public List<BodyEvent>? Log { get; set; }

    FlowState? ITransfer.Apply(IOperation operation, FlowState state)
    {
        _state = state;
        _locks.Notice(operation);
        if (_locks.IsBehindOne(operation)) Pass(Gaps.LockReleased);
        Eval(operation);
        return _state;
    }

    (FlowState? WhenTrue, FlowState? WhenFalse) ITransfer.Branch(IOperation condition, FlowState state, bool otherwiseThrowsTrue, bool otherwiseThrowsFalse)
    {
        _state = state;
        if (_locks.IsBehindOne(condition)) Pass(Gaps.LockReleased);
        _declared.Clear();
        var known = EvalCondition(condition);
        if (_state is not { } after) return (null, null);
        var whenTrue = known.WhenTrue is null ? null : after.Know(known.WhenTrue, otherwiseThrowsTrue);
        var whenFalse = known.WhenFalse is null ? null : after.Know(known.WhenFalse, otherwiseThrowsFalse);
        if (LookedFor(condition) is { } absent) whenFalse = whenFalse?.Write(absent, Value.Null);
        if (TakenBy(condition) is { } empty) whenFalse = whenFalse?.Write(empty, Value.Null);
        FindRivals(condition, ref whenTrue, ref whenFalse);
        if (whenFalse is not null) whenFalse = Swept(condition, whenFalse);
        // The variable of a pattern that did not match holds nothing.
        foreach (var variable in _declared)
        {
            var negated = condition is IIsPatternOperation { Pattern: INegatedPatternOperation } or IUnaryOperation { OperatorKind: UnaryOperatorKind.Not };
            if (negated) whenTrue = whenTrue?.With(env: whenTrue.Env.Remove(variable));
            else whenFalse = whenFalse?.With(env: whenFalse.Env.Remove(variable));
        }

        return (whenTrue, whenFalse);
    }

    FlowState ITransfer.Return(IOperation? value, FlowState state)
    {
        if (value is null) return state;
        _state = state;
        var result = Eval(value);
        var after = _state ?? state;
        Record(new BodyEvent(EventKind.Return, value, after) { Value = result });
        return after.With(env: after.Env.Set(ReturnSlot, result));
    }

    FlowState ITransfer.Leave(ControlFlowRegion scope, FlowState state)
    {
        var env = state.Env;
        foreach (var local in scope.Locals) env = env.Remove(Place.Local(local));
        foreach (var capture in scope.CaptureIds) env = env.Remove(CapturePlace(capture));
        return state.With(env: env);
    }

    void ITransfer.Throw(IOperation? exception, FlowState state)
    {
        if (exception is null) return;
        _state = state;
        Eval(exception);
        Record(new BodyEvent(EventKind.Throw, exception, state));
    }

    /// <summary>Thrown to a handler of this very body, as a way out of a block.</summary>
    private bool IsCaughtHere(IOperation thrown)
    {
        thrown = thrown.WithoutConversions();
        return thrown.Type is INamedTypeSymbol type && Facts.TryBlocks.Catch(thrown, _body.Syntax, [type], _analysis.Bodies);
    }

    private void Record(BodyEvent happened) => Log?.Add(happened);

    private Value Eval(IOperation? operation)
    {
        if (operation is null || _state is null) return Value.Unknown;
        // Thrown here it is caught where the body is given up; the compiler would not survive the overflow.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (operation.ConstantValue is { HasValue: true, Value: var constant }) return Value.Constant(Constants.Normalize(constant));
        switch (operation)
        {
            case IExpressionStatementOperation statement:
                return Eval(statement.Operation);
            case IInstanceReferenceOperation instance:
                return instance.ReferenceKind == InstanceReferenceKind.ContainingTypeInstance ? Value.Of(Place.This) : Value.Unknown;
            case ILocalReferenceOperation local:
                return _state.Read(Place.Local(local.Local));
            case IParameterReferenceOperation parameter:
                return _state.Read(ParameterPlace(parameter.Parameter));
            case IFieldReferenceOperation field:
                return EvalMember(field.Instance, Stored(field.Field), field);
            case IPropertyReferenceOperation property:
                return EvalProperty(property);
            case IFlowCaptureOperation capture:
                var captured = Eval(capture.Value);
                if (_state is not null) _state = _state.With(env: _state.Env.Set(CapturePlace(capture.Id), captured));
                return captured;
            case IFlowCaptureReferenceOperation reference:
                return _state.Env.TryGet(CapturePlace(reference.Id), out var value) ? value : Value.Unknown;
            case IConversionOperation conversion:
                return conversion.OperatorMethod is null ? Eval(conversion.Operand) : Discard(conversion);
            case IParenthesizedOperation parenthesized:
                return Eval(parenthesized.Operand);
            case IAwaitOperation awaited:
                return EvalAwait(awaited);
            case IDelegateCreationOperation creation:
                return Eval(creation.Target);
            case IFlowAnonymousFunctionOperation lambda:
                return EvalFunction(lambda.Symbol, lambda, null);
            case IMethodReferenceOperation method:
                var target = method.Instance is null ? null : Eval(method.Instance).Places.FirstOrDefault();
                return EvalFunction(method.Method, method, target);
            case IInvocationOperation invocation:
                return EvalInvocation(invocation);
            case IObjectCreationOperation creation:
                return EvalCreation(creation);
            case IArrayElementReferenceOperation element:
                return EvalElement(element);
            case ISimpleAssignmentOperation assignment:
                return EvalAssignment(assignment);
            case ICompoundAssignmentOperation { Type.SpecialType: SpecialType.System_Boolean, OperatorKind: BinaryOperatorKind.And or BinaryOperatorKind.Or } both:
                return EvalBoth(both);
            case ICompoundAssignmentOperation compound:
                return EvalAdded(compound);
            case IIncrementOrDecrementOperation increment:
                Forget(increment.Target);
                return Value.Unknown;
            case IDeconstructionAssignmentOperation deconstruction:
                return EvalDeconstruction(deconstruction);
            case IEventAssignmentOperation subscription:
                return EvalSubscription(subscription);
            case IDeclarationExpressionOperation declaration:
                return Eval(declaration.Expression);
            case ITranslatedQueryOperation query:
                return Eval(query.Operation);
            case IBinaryOperation or ITupleBinaryOperation or IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } or IIsPatternOperation or IIsNullOperation or IIsTypeOperation:
                return Value.Of(EvalCondition(operation));
            case IArrayCreationOperation { Initializer: { } initializer }:
                return EvalCollection(operation, initializer.ElementValues);
            case ICollectionExpressionOperation collection:
                return EvalCollection(operation, collection.Elements);
            case IDefaultValueOperation { Type.IsReferenceType: true }:
                return Value.Null;
            case IReturnOperation { Kind: OperationKind.YieldReturn, ReturnedValue: { } element } yielded:
                return Yield(yielded, Eval(element));
            case ITupleOperation tuple:
                return EvalTuple(tuple);
            default:
                return Discard(operation);
        }
    }

    /// <summary>An operation of which we know nothing: its parts happen, its value may be anything.</summary>
    private Value Discard(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
        {
            var value = Eval(child);
            if (operation is IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation or IInvalidOperation) Escape(value);
        }

        return Value.Unknown;
    }

    /// <summary>What the <c>field</c> of a property holds is held by the property.</summary>
    private static ISymbol Stored(IFieldSymbol field) => field.AssociatedSymbol as IPropertySymbol ?? (ISymbol)field;

    private Place ParameterPlace(IParameterSymbol parameter)
    {
        // A primary constructor's parameter, used by a member, lives in the object.
        if (parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } && !_body.IsConstructor
            && !SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, _body.Owner))
            return Place.This.Step(parameter)!;
        // What an `extension(Socket socket)` block extends is its members' own object.
        return parameter.ContainingSymbol is INamedTypeSymbol ? Place.This : Place.Parameter(parameter);
    }

    private static Place CapturePlace(CaptureId id) => Place.Capture(id);

    private Value EvalMember(IOperation? instance, ISymbol member, IOperation operation)
    {
        var owner = member.IsStatic ? Value.Of(Place.Static) : Eval(instance);
        return ReadMember(owner, member);
    }

    /// <summary>What a field or property of a value holds.</summary>
    private Value ReadMember(Value owner, ISymbol member)
    {
        if (_state is null) return Value.Unknown;
        Value? result = null;
        foreach (var atom in owner.Atoms)
        {
            if (atom is not Atom.Of { Place: var place } whole) continue;
            if (place.Step(member) is not { } storage) return Value.Unknown;
            // What is known where the owner is this one is known where its part is.
            var value = ReadPart(place, member) ?? _state.Read(storage);
            if (whole.Implied is { } implied) value = value.Implying(implied);
            result = result is null ? value : Value.Join(result, value);
        }

        return result ?? Value.Unknown;
    }

    private Value EvalProperty(IPropertyReferenceOperation reference)
    {
        var property = reference.Property;
        var owner = property.IsStatic ? Value.Of(Place.Static) : Eval(reference.Instance);
        var arguments = reference.Arguments.Select(a => Eval(a.Value)).ToImmutableArray();
        if (_state is null) return Value.Unknown;
        if (property.IsIndexer)
        {
            if (_analysis.Summaries.IsOwn(property)) return property.GetMethod is { } get ? Call(reference, get, owner, arguments, property) : Value.Unknown;
            var isTaken = _analysis.Connections.Matters(reference.Type) && ListElements.TakenFrom(reference) is not null;
            return Take(reference, owner, isTaken ? BornKind.Pooled : BornKind.Lookup, Containers.Key(reference.Arguments.FirstOrDefault()?.Value.Syntax as ExpressionSyntax));
        }

        if (property.Name == "Current" && owner.Places.FirstOrDefault() is { From: { Site: { } written }, Born: BornKind.Iterated } && _contents.TryGetValue(written, out var content)) return content;
        if (property.Name == "Current" && owner.Places.FirstOrDefault() is { From: { } collection, Born: BornKind.Iterated })
            return Current(reference, collection);
        if (PassesThrough(property)) return owner;
        // Until it is made there is no value of which anything could be wrong.
        if (property is { Name: "IsValueCreated", ContainingType: { } lazy } && lazy.GetMembers("Value").FirstOrDefault() is IPropertySymbol made)
            return Value.Of(Conditions.Not(Conditions.EqualTo(ReadMember(owner, made), null)));
        if (property.GetMethod is { } getter && _analysis.Summaries.HasCode(property)) return Call(reference, getter, owner, [], property);
        return ReadMember(owner, property);
    }

    /// <summary><c>Task.Result</c>, <c>Lazy.Value</c>, <c>Nullable.Value</c>: the same thing unwrapped.</summary>
    private static bool PassesThrough(IPropertySymbol property) =>
        property.Name is "Result" or "Value" && property.ContainingType is { } type
        && type.Name is "Task" or "ValueTask" or "Nullable";

    private Value EvalElement(IArrayElementReferenceOperation element)
    {
        var array = Eval(element.ArrayReference);
        foreach (var index in element.Indices) Eval(index);
        return Take(element, array, BornKind.Lookup, element.Indices.Length == 1 ? Containers.Key(element.Indices[0].Syntax as ExpressionSyntax) : null);
    }

    private Value BearAt(SyntaxNode site, BornKind kind, Place? from, ISymbol? by)
    {
        if (_state is null) return Value.Unknown;
        var born = Place.BornAt(site, kind, from, by);
        _state = _state.Bear(born);
        return Value.Of(born);
    }

    /// <summary>A collection that is written down remembers what is in it, for the loop that follows.</summary>
    private Value EvalCollection(IOperation operation, ImmutableArray<IOperation> elements)
    {
        // `[.. all.Where(c => c.IsOpen)]` is that sequence, written down.
        if (elements is [ISpreadOperation { Operand: var spread }]) return Eval(spread).Places.FirstOrDefault() is { } source ? BearAt(operation.Syntax, BornKind.Returned, source, null) : Value.Unknown;
        // `List<Link> alive = [];` is empty so far.
        if (elements.IsEmpty && operation.Syntax.Parent is EqualsValueClauseSyntax && _analysis.Connections.Matters(operation.Type)) return BearAt(operation.Syntax, BornKind.Created, null, null);
        var values = elements.Select(Eval).Where(v => v.Places.Any()).ToList();
        if (values.Count == 0 || _state is null) return Value.Unknown;
        var content = Value.Join(values);
        Escape(content);
        _contents[operation.Syntax] = content;
        return BearAt(operation.Syntax, BornKind.Returned, null, null);
    }

    private Value EvalFunction(ISymbol method, IOperation operation, Place? target)
    {
        var value = Value.Of(new Atom.Function(method, operation, target));
        if (_state is not null) Record(new BodyEvent(EventKind.Delegate, operation, _state) { Symbol = method, Value = value });
        return value;
    }

    private Value EvalAwait(IAwaitOperation awaited)
    {
        var before = _state!;
        var value = Eval(awaited.Operation);
        if (_state is not { } after) return value;
        Record(new BodyEvent(EventKind.Await, awaited, after) { Value = value });
        var busy = BusyWith(awaited.Operation);
        // `var ensuring = EnsureOpenAsync(); await ensuring;`: what it has found out came with its call.
        var (start, end) = _begun.Count > 0 && awaited.Operation.WithoutAdapter() is ILocalReferenceOperation { Local: var task } && _begun.TryGetValue(task, out var begun) ? begun : (before, after);
        _state = after.Pass(Gaps.Await, place => IsNews(start, end, place) && (end == after || !IsNews(end, after, place)) || busy is not null && busy.Any(b => Concerns(b, place)));
        if (busy is not null) _state = _state.Renew(place => busy.Any(b => Concerns(b, place)));
        KeepParts(value, after);
        return value;
    }

    /// <summary>What the awaited helper itself has found out or done is as fresh as its end.</summary>
    private static bool IsNews(FlowState before, FlowState after, Place place)
    {
        if (after.Facts.TryGet(place, out var now)) return !before.Facts.TryGet(place, out var old) || !old.WithGaps(now.Gaps).Equals(now);
        return after.MarksOf(place) != before.MarksOf(place);
    }

    /// <summary>What was asked of the connection, of its parts and of what it is a part of, or by a flag beside it.</summary>
    private bool Concerns(Place busy, Place asked)
    {
        if (busy.IsPrefixOf(asked) && busy.Depth + 1 >= asked.Depth) return true;
        if (asked.Parent is not { } owner) return false;
        return owner.Depth > 0 ? owner.IsPrefixOf(busy) || busy.IsPrefixOf(owner) || _analysis.Types.IsSameConnection(owner, busy, _body) : asked.IsPlainValue && owner.IsPrefixOf(busy);
    }

    /// <summary>Of the connections that this body works on, those that its caller has a name for.</summary>
    private ImmutableArray<Place> OperatedForCaller() =>
        _operated.Where(p => p.RootPlace.Root is RootKind.This or RootKind.Static or RootKind.Parameter).OrderBy(p => p.ToString(), StringComparer.Ordinal).ToImmutableArray();

    /// <summary>The connections whose own operation is awaited: when that completes, they were open.</summary>
    private List<Place>? BusyWith(IOperation operation, int depth = 2)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion:
                    operation = conversion.Operand;
                    continue;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync", Instance: { } instance }:
                    operation = instance;
                    continue;
                case ILocalReferenceOperation { Local: var task } when depth > 0 && TasksOf(task) is { Count: > 0 } started:
                    return started.SelectMany(s => BusyWith(s, depth - 1) ?? []).ToList() is { Count: > 0 } of ? of : null;
                case IInvocationOperation { TargetMethod: { Name: "WhenAll", ContainingType.Name: "Task" } } all when depth > 0:
                    return all.Arguments.SelectMany(a => a.Value is IArrayCreationOperation { Initializer: { } together } ? together.ElementValues : [a.Value]).SelectMany(a => BusyWith(a, depth - 1) ?? []).ToList() is { Count: > 0 } both ? both : null;
                case IInvocationOperation invocation when _operatedBy.TryGetValue(invocation, out var operated):
                    return operated;
                case IInvocationOperation invocation:
                    var receiver = invocation.Instance ?? (invocation.TargetMethod.IsExtensionMethod && invocation.Arguments.Length > 0 ? invocation.Arguments[0].Value : null);
                    if (receiver?.Type is null || receiver is IInstanceReferenceOperation || !CanBeBusy(receiver.Type))
                    {
                        // A helper of a library that is given the connection works on it: `stream.CopyToAsync(socketStream)`, `JsonSerializer.SerializeAsync(stream, …)`.
                        receiver = _analysis.Summaries.IsOwn(invocation.TargetMethod) ? null : invocation.Arguments.FirstOrDefault(a => a.Value.Type is { } given && CanBeBusy(given))?.Value;
                        if (receiver is null) return null;
                    }

                    var state = _state;
                    var log = Log;
                    Log = null;
                    var places = Eval(receiver).Places.ToList();
                    _state = state;
                    Log = log;
                    return places.Count == 0 ? null : places;
                default:
                    return null;
            }
        }
    }

    private bool CanBeBusy(ITypeSymbol type) => _analysis.Connections.LeadsToPeer(type);

    /// <summary>The calls whose tasks a variable holds.</summary>
    private List<IOperation> TasksOf(ILocalSymbol local)
    {
        var found = new List<IOperation>();
        foreach (var block in _body.Graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                var assignment = operation as ISimpleAssignmentOperation ?? (operation as IExpressionStatementOperation)?.Operation as ISimpleAssignmentOperation;
                if (assignment is { Target: ILocalReferenceOperation target, Value: IInvocationOperation call } && SymbolEqualityComparer.Default.Equals(target.Local, local)) found.Add(call);
            }
        }

        return found;
    }

    /// <summary>The summary of a called method, one level less deep.</summary>
    private ImmutableArray<Summary> Look(IMethodSymbol method)
    {
        var found = _analysis.Summaries.Of(method, _depth - 1, _cancellation);
        _cutOff |= _depth <= 0 || found.Any(s => !s.IsComplete);
        return found;
    }

    private void Escape(Value value)
    {
        if (_state is null) return;
        foreach (var place in value.Places)
        {
            if (place.Root == RootKind.Born || _analysis.Connections.Matters(place.Type)) _state = _state.Mark(place, Marks.Escaped);
        }
    }
}
