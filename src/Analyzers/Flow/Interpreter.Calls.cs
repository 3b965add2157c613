using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Flow;

/// <summary>Calls: the few whose meaning is known, those whose code is here, and all others.</summary>
internal sealed partial class Interpreter
{
    /// <summary>A recursive descent over trees leaves thousands of facts, of which each call would carry all: past this it counts as unknown.</summary>
    private const int MaxCarried = 400;

    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "Log", "Logger", "Logging", "Logged", "Trace", "Tracer", "Debug", "Diagnostic", "Diagnostics", "Info", "Warn", "Warning", "Verbose", "Clock", "Now", "Metric", "Metrics",
    };

    private Value EvalInvocation(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke) return InvokeDelegate(invocation);
        var receiver = method.MethodKind == MethodKind.LocalFunction ? Value.Of(Place.This) : method.IsStatic ? Value.Of(Place.Static) : Eval(invocation.Instance);
        if (Known(invocation, method, receiver) is { } known) return known;
        var arguments = Arguments(invocation.Arguments, method.Parameters.Length);
        if (_state is null) return Value.Unknown;
        // `session.Send(await Load())`: the receiver is read first, and the wait lies between.
        if (receiver.Atoms.Any(a => a is Atom.Of { Implied: not null }) && invocation.Arguments.Any(a => a.Descendants().Any(o => o is IAwaitOperation))) receiver = FlowState.Aged(receiver, Gaps.Await);
        if (method.IsExtensionMethod && arguments.Length > 0 && !_analysis.Summaries.IsOwn(method))
            return CallUnknown(invocation, method, arguments[0], arguments, invocation.Arguments);
        if (_analysis.Summaries.IsOwn(method)) 
        {
            var result = Call(invocation, method, receiver, arguments, method);
            AssignOut(invocation.Arguments, method, receiver);
            return result;
        }

        return CallUnknown(invocation, method, receiver, arguments, invocation.Arguments);
    }

    private ImmutableArray<Value> Arguments(ImmutableArray<IArgumentOperation> arguments, int count)
    {
        var values = new Value[count];
        for (var i = 0; i < count; i++) values[i] = Value.Unknown;
        foreach (var argument in arguments)
        {
            var value = argument.Parameter?.RefKind == RefKind.Out ? Value.Unknown : Eval(argument.Value);
            if (argument.Parameter is { Ordinal: var ordinal } && ordinal < count) values[ordinal] = value;
        }

        return ImmutableArray.Create(values);
    }

    /// <summary>Library methods whose meaning carries a value or a condition through.</summary>
    private Value? Known(IInvocationOperation invocation, IMethodSymbol method, Value receiver)
    {
        var type = method.ContainingType?.Name;
        var arguments = invocation.Arguments;
        switch (method.Name)
        {
            case "ConfigureAwait" or "AsTask" or "GetAwaiter" or "GetResult" or "Preserve" or "WaitAsync" or "AsValueTask" or "Unwrap"
                when type is not null && (type.Contains("Task") || type.Contains("Awaiter") || type.Contains("Awaitable")):
                foreach (var argument in arguments) Eval(argument.Value);
                return method.IsStatic && arguments.Length > 0 ? Eval(arguments[0].Value) : receiver;
            case "GetValueOrDefault" when type == "Nullable" && arguments.IsEmpty:
                // What `a?.B ?? false` becomes: the value where there is one.
                return receiver;
            case "FromResult" when type is "Task" or "ValueTask" && arguments.Length == 1:
                return Eval(arguments[0].Value);
            case "Read" when type == "Volatile" && arguments.Length == 1:
            case "Read" when type == "Interlocked" && arguments.Length == 1:
                return Eval(arguments[0].Value);
            case "Write" when type == "Volatile" && arguments.Length == 2:
                Store(invocation, arguments[0].Value, Eval(arguments[1].Value));
                return Value.Unknown;
            case "Exchange" when type == "Interlocked" && arguments.Length == 2:
                var old = Eval(arguments[0].Value);
                Store(invocation, arguments[0].Value, Eval(arguments[1].Value));
                return old;
            case "CompareExchange" when type == "Interlocked" && arguments.Length == 3:
                var before = Eval(arguments[0].Value);
                var next = Eval(arguments[1].Value);
                Eval(arguments[2].Value);
                if (Storages(arguments[0].Value) is [var place] && !IsScalar(place.Symbol)) Store(invocation, arguments[0].Value, Value.Join(before, next));
                return before;
            case "EnsureInitialized" when type == "LazyInitializer" && arguments.Length > 0:
                foreach (var argument in arguments.Skip(1)) Eval(argument.Value);
                return Eval(arguments[0].Value);
            case "Equals" when arguments.Length == 1 && !method.IsStatic && invocation.Instance?.Type is { TypeKind: TypeKind.Enum } or { SpecialType: SpecialType.System_Boolean or SpecialType.System_String }:
                return Eval(arguments[0].Value).Atoms is [Atom.Constant same] ? Value.Of(Conditions.EqualTo(receiver, same.Value)) : Value.Unknown;
            case "Equals" when method.IsStatic && type == "String" && arguments.Length >= 2:
                var (text, other) = (Eval(arguments[0].Value), Eval(arguments[1].Value));
                return other.Atoms is [Atom.Constant name] ? Value.Of(Conditions.EqualTo(text, name.Value)) : text.Atoms is [Atom.Constant named] ? Value.Of(Conditions.EqualTo(other, named.Value)) : Value.Unknown;
            case "Contains":
                return IsIn(invocation) is { } isIn ? Value.Of(isIn) : null;
            case "ToString" when arguments.IsEmpty && invocation.Instance?.Type is { TypeKind: TypeKind.Enum }:
                // Its text is its name: what is compared with that is compared with it.
                return receiver;
            case "SpinUntil" when type == "SpinWait" && arguments.Length > 0:
                return SpinUntil(invocation, Eval(arguments[0].Value));
            case "HasFlag" when arguments.Length == 1 && method.ContainingType?.SpecialType == SpecialType.System_Enum:
                var flag = Eval(arguments[0].Value);
                return flag.Atoms[0] is Atom.Constant constant ? Value.Of(Conditions.EqualTo(receiver, constant.Value)) : Value.Unknown;
            case "ReferenceEquals" when arguments.Length == 2 && type == "Object":
                var (left, right) = (Eval(arguments[0].Value), Eval(arguments[1].Value));
                if (right.Equals(Value.Null)) return Value.Of(Conditions.EqualTo(left, null));
                return left.Equals(Value.Null) ? Value.Of(Conditions.EqualTo(right, null)) : Value.Unknown;
            case "ThrowIf" when type == "ObjectDisposedException" && arguments.Length >= 1:
                ThrowIf(invocation, EvalCondition(arguments[0].Value));
                return Value.Unknown;
            case "ThrowIfNull" when type == "ArgumentNullException" && arguments.Length >= 1:
                Eval(arguments[0].Value);
                return Value.Unknown;
            case "GetEnumerator" or "GetAsyncEnumerator":
                foreach (var argument in arguments) Eval(argument.Value);
                var collection = method.IsExtensionMethod && arguments.Length > 0 ? Eval(arguments[0].Value) : receiver;
                return Take(invocation, collection, BornKind.Iterated);
            case "Exit" when type == "Monitor":
            case "Exit" when type == "Lock":
            case "Dispose" when type == "Scope" && method.ContainingType?.ContainingType?.Name == "Lock":
                Pass(Gaps.LockReleased);
                return Value.Unknown;
            case "Release" when type == "SemaphoreSlim":
            case "ReleaseMutex" or "ExitReadLock" or "ExitWriteLock" or "ExitUpgradeableReadLock" when type is "Mutex" or "ReaderWriterLockSlim":
                foreach (var argument in arguments) Eval(argument.Value);
                Pass(Gaps.LockReleased);
                return Value.Unknown;
            case "Sleep" or "Join" when type == "Thread":
            case "Wait" when type is "ManualResetEventSlim" or "CountdownEvent":
            // Asked with no time to wait, it only answers.
            case "WaitOne" when type == "WaitHandle" && arguments is not [{ Value.ConstantValue: { HasValue: true, Value: 0 } }, ..]:
                Pass(Gaps.Slept);
                return Value.Unknown;
            default:
                return null;
        }
    }

    private void Pass(Gaps gap)
    {
        _gaps |= gap;
        _state = _state?.Pass(gap);
    }

    private void Store(IOperation operation, IOperation target, Value value)
    {
        while (target is IAddressOfOperation address) target = address.Reference;
        Assign(operation, target, Storages(target), value);
    }

    /// <summary>A throw helper: beyond it the condition is false, and on the other way an exception has left.</summary>
    private void ThrowIf(IOperation operation, Atom.Condition condition)
    {
        if (_state is null) return;
        if (condition.WhenTrue is { } thrown) Record(new BodyEvent(EventKind.Throw, operation, _state.Know(thrown)));
        _state = condition.WhenFalse is null ? null : _state.Know(condition.WhenFalse, byThrow: true);
    }

    private Value InvokeDelegate(IInvocationOperation invocation)
    {
        var callee = Eval(invocation.Instance);
        var arguments = Arguments(invocation.Arguments, invocation.TargetMethod.Parameters.Length);
        if (_state is null) return Value.Unknown;
        if (callee.Atoms is [Atom.Function { Method: IMethodSymbol function } known] && _analysis.Summaries.IsOwn(function))
            return Call(invocation, function, known.Target is null ? Value.Of(Place.This) : Value.Of(known.Target), arguments, function);
        var (functions, target) = _analysis.Delegates.Of(callee);
        if (functions is [var only] && target is not null) return CallTarget(invocation, only, _state.Read(target), arguments);
        if (!functions.IsEmpty) return CallOneOf(invocation, functions, Value.Of(Place.This), arguments, invocation.TargetMethod);
        Record(new BodyEvent(EventKind.Call, invocation, _state) { Value = callee, Symbol = invocation.TargetMethod, Arguments = arguments });
        foreach (var argument in arguments) Escape(argument);
        if (!IsWithoutSideEffect(callee) && !Computes(invocation.TargetMethod)) Pass(Gaps.UserCode);
        // A question that the code was given, `isUsable(kept)`: what it means, its name says.
        if (invocation.Type?.SpecialType == SpecialType.System_Boolean && arguments.Length > 0 && Question(invocation.Instance, callee) is { } question) return ByName(question, arguments[0]);
        return _analysis.Connections.Matters(invocation.Type) ? BearAt(invocation.Syntax, BornKind.Returned, null, invocation.TargetMethod) : Value.Unknown;
    }

    /// <summary>The delegate's name where it is called; where that tells nothing, the name it was kept under.</summary>
    private static ISymbol? Question(IOperation? called, Value callee) =>
        called is ILocalReferenceOperation { Local: var local } && ClosingFlags.ByName(local.Name) is not null ? local : callee.Places.FirstOrDefault()?.Symbol;

    /// <summary><c>_send = link.Send; … _send(data)</c>: the call of that object's method.</summary>
    private Value CallTarget(IInvocationOperation invocation, IMethodSymbol method, Value receiver, ImmutableArray<Value> arguments) =>
        _analysis.Summaries.IsOwn(method) ? Call(invocation, method, receiver, arguments, method) : CallUnknown(invocation, method, receiver, arguments, []);

    /// <summary>A delegate that only writes a log or reads a clock does not close a connection.</summary>
    private static bool IsWithoutSideEffect(Value callee)
    {
        foreach (var place in callee.Places)
        {
            if (place.Symbol is { } member && ClosingFlags.Words(member.Name).Any(w => Harmless.Contains(w))) return true;
        }

        return false;
    }

    /// <summary>What is called for its answer and told nothing but plain values (a factory, a naming rule) tells nobody else of anything.</summary>
    private static bool Computes(IMethodSymbol invoked) =>
        invoked.Parameters.IsEmpty
            ? !invoked.ReturnsVoid && invoked.ReturnType.SpecialType != SpecialType.System_Boolean && !Facts.Tasks.IsTask(invoked.ReturnType)
            : IsPlain(invoked.ReturnType) && invoked.Parameters.All(p => IsPlain(p.Type));

    private static bool IsPlain(ITypeSymbol type) =>
        type is { TypeKind: TypeKind.Enum } or { SpecialType: SpecialType.System_String or SpecialType.System_Char or (>= SpecialType.System_SByte and <= SpecialType.System_Double) };

    private Value EvalCreation(IObjectCreationOperation creation)
    {
        var arguments = creation.Constructor is null ? [] : Arguments(creation.Arguments, creation.Constructor.Parameters.Length);
        if (_state is null) return Value.Unknown;
        if (!_analysis.Connections.Matters(creation.Type))
        {
            if (creation.Constructor is { } plain) Record(new BodyEvent(EventKind.Call, creation, _state) { Value = Value.Of(Place.Static), Symbol = plain, Arguments = arguments });
            foreach (var argument in arguments) Escape(argument);
            return creation.Constructor is { } primary && Parts.IsPrimary(primary) ? Together(creation, arguments) : Value.Unknown;
        }

        var born = Place.BornAt(creation.Syntax, BornKind.Created, null, creation.Constructor);
        _state = _state.Bear(born);
        var value = Value.Of(born);
        if (creation.Constructor is { } constructor)
        {
            // A wrapper around one of our values is, for its state, that value's part.
            if (_analysis.Connections.Wraps(creation.Type, arguments, creation.Arguments) is { } inner && inner.Step(constructor) is { } wrapper)
                value = Value.Of(wrapper);

            var own = _analysis.Summaries.IsOwn(constructor);
            var callees = own && arguments.Any(a => a.Atoms.Any(x => x is Atom.Of or Atom.Function)) ? Look(constructor) : [];
            Record(new BodyEvent(EventKind.Call, creation, _state) { Value = Value.Of(Place.Static), Symbol = constructor, Arguments = arguments, Result = value, Callees = callees });
            if (own && callees.Length == 1)
            {
                new SummaryApplication(_state, callees[0], Value.Of(born), arguments, creation.Syntax).Apply(ref _state);
                if (_state is not null) _state = AttachGiven(callees[0], Value.Of(born), arguments, _state);
            }

            if (_state is not null) Fill(born, constructor, arguments);

            foreach (var argument in arguments)
            {
                foreach (var place in argument.Places)
                {
                    if (!place.IsPrefixOf(value.Places.First())) Escape(Value.Of(place));
                }
            }

            if (_state is not null && _analysis.Connections.IsCreatedOpen(creation.Type, constructor)) _state = _state.Mark(value, Marks.Opened | Marks.Fresh);
            else if (_state is not null) _state = _state.Mark(Value.Of(born), Marks.Fresh);
        }

        return value;
    }

    /// <summary>A call of code of this compilation.</summary>
    private Value Call(IOperation operation, IMethodSymbol method, Value receiver, ImmutableArray<Value> arguments, ISymbol member)
    {
        var receiverIsBase = operation is IInvocationOperation { IsVirtual: false } or IPropertyReferenceOperation { Instance: IInstanceReferenceOperation { IsImplicit: false, Syntax: Microsoft.CodeAnalysis.CSharp.Syntax.BaseExpressionSyntax } };
        _cutOff |= _depth <= 0;
        var targets = _depth <= 0 ? [] : _analysis.Implementations.Of(method, receiverIsBase, _cancellation);
        return CallOneOf(operation, targets, receiver, arguments, member);
    }

    private Value CallOneOf(IOperation operation, ImmutableArray<IMethodSymbol> targets, Value receiver, ImmutableArray<Value> arguments, ISymbol member)
    {
        if (_state is null) return Value.Unknown;
        var summaries = ImmutableArray.CreateBuilder<Summary>();
        var complete = targets.Length > 0;
        foreach (var target in targets)
        {
            var found = Look(target);
            complete &= found.Length > 0 && found.All(s => s.Outward is not { Size: > MaxCarried });
            summaries.AddRange(found);
        }

        var callees = summaries.ToImmutable();
        var before = _state;
        var asMethod = member as IMethodSymbol;
        if (_out.Count > 0 && asMethod is not null)
        {
            foreach (var parameter in asMethod.Parameters) _out.Remove((operation, parameter.Ordinal));
        }

        void RecordCall(Value answer) => Record(new BodyEvent(EventKind.Call, operation, before) { Value = receiver, Symbol = member, Arguments = arguments, Callees = callees, Result = answer });
        if (!complete)
        {
            var unknown = Answer(operation, member, receiver);
            RecordCall(unknown);
            AfterCall(operation, asMethod, member, receiver, arguments);
            foreach (var argument in arguments) Escape(argument);
            return unknown;
        }

        FlowState? joined = null;
        Value? result = null;
        var operated = new List<Place>();
        foreach (var summary in callees)
        {
            // A check from before the call has grown older by what happened in it; the call's own news are fresh.
            var passing = summary.Gaps & (Gaps.Slept | Gaps.UserCode);
            _gaps |= passing;
            FlowState? after = passing == Gaps.None ? before : before.Pass(passing);
            _spent += summary.Events.Length + before.Size + 2 * (summary.Outward?.Size ?? 0);
            var application = new SummaryApplication(before, summary, receiver, arguments, operation.Syntax, operation);
            var answer = application.Apply(ref after);
            foreach (var place in summary.Operated) operated.AddRange(application.Map(place).Places);
            if (after is null) continue;
            Given(operation, summary, application);
            after = AttachGiven(summary, receiver, arguments, after);
            joined = joined is null ? after : FlowState.Join(joined, after);
            result = result is null ? answer : Value.Join(result, answer);
        }

        RecordCall(result ?? Value.Unknown);
        PassOn(operation, callees);
        _state = joined;
        if (_state is null) return Value.Unknown;
        AfterCall(operation, asMethod, member, receiver, arguments);
        if (operated.Count > 0 && asMethod is not null)
        {
            if (_operatedBy.TryGetValue(operation, out var known)) operated.AddRange(known);
            Operated(operation, asMethod, operated);
        }

        return With(member, receiver, result ?? Value.Unknown, operation);
    }

    /// <summary>What the callee leaves in its <c>out</c> parameters.</summary>
    private void Given(IOperation call, Summary callee, SummaryApplication application)
    {
        if (callee.Body.Owner is not IMethodSymbol { Parameters: var parameters }) return;
        foreach (var parameter in parameters)
        {
            if (parameter.RefKind != RefKind.Out || !callee.Outward!.Env.TryGet(Place.Parameter(parameter), out var left)) continue;
            var value = application.Map(left);
            _out[(call, parameter.Ordinal)] = _out.TryGetValue((call, parameter.Ordinal), out var other) ? Value.Join(other, value) : value;
        }
    }

    /// <summary>A handler that was given as an argument is attached, whatever the callee asks of it first.</summary>
    private FlowState AttachGiven(Summary summary, Value receiver, ImmutableArray<Value> arguments, FlowState state)
    {
        foreach (var happened in summary.Events)
        {
            if (happened.Kind != EventKind.Subscribe || !happened.Value.Contains(Place.This) || !_analysis.Connections.TellsFailure(happened.Symbol!)) continue;
            if (happened.Handler.Places.Any(p => p is { IsRoot: true, Symbol: IParameterSymbol { Ordinal: var ordinal } } && ordinal < arguments.Length && arguments[ordinal].Atoms[0] is Atom.Function))
                state = state.Mark(receiver, Marks.Attached);
        }

        return state;
    }

    /// <summary>A state member of our own with code: its answer is what its code says, and also a read of the state by its name.</summary>
    private Value With(ISymbol member, Value receiver, Value result, IOperation operation)
    {
        var type = member is IMethodSymbol method ? method.ReturnType : (member as IPropertySymbol)?.Type;
        if (type is null) return result;
        if (type.SpecialType == SpecialType.System_Boolean)
        {
            var byName = _analysis.Connections.IsStateLike(member) ? Conditions.AsCondition(ByName(member, receiver)) : Conditions.Unknown;
            return Value.Of(Conditions.Merge(Conditions.AsCondition(result), byName));
        }

        if (type.TypeKind == TypeKind.Enum && _analysis.Connections.IsStateLike(member)) return ByName(member, receiver);
        return result.Equals(Value.Unknown) ? Answer(operation, member, receiver) : result;
    }

    private Value ByName(ISymbol member, Value receiver)
    {
        Value? value = null;
        foreach (var place in receiver.Places)
        {
            if (place.Step(member) is { } step) value = value is null ? Value.Of(step) : Value.Join(value, Value.Of(step));
        }

        return value ?? Value.Unknown;
    }

    /// <summary>A call into a library.</summary>
    private Value CallUnknown(IOperation operation, IMethodSymbol method, Value receiver, ImmutableArray<Value> arguments, ImmutableArray<IArgumentOperation> syntax)
    {
        if (_state is null) return Value.Unknown;
        if (Sequence(operation, method, receiver, arguments) is { } sequence) return sequence;
        var result = Answer(operation, method, receiver);
        if (_state is null) return result;
        Record(new BodyEvent(EventKind.Call, operation, _state) { Value = receiver, Symbol = method, Arguments = arguments, Result = result });
        CallLambdas(operation, method, receiver, arguments);
        AfterCall(operation, method, method, receiver, arguments);
        var stays = Containers.Collects(method) && receiver.Places.FirstOrDefault() is { Depth: 1, Root: RootKind.This };
        foreach (var argument in arguments.Skip(method.IsExtensionMethod ? 1 : 0))
        {
            if (!stays) Escape(argument);
        }

        AssignOut(syntax, method, receiver);
        if (method is { Name: "Add", IsStatic: false } && arguments is [var added]) FillByHand(operation, receiver, added);
        if (!method.IsStatic && arguments is [{ Atoms: [Atom.Function { Method: IMethodSymbol asked }] }] && receiver.Places.FirstOrDefault() is { } container)
        {
            if (method.Name is "RemoveAll" or "RemoveWhere") Sweep(container, asked, operation.Syntax);
            else if (method.Name is "FindIndex" or "FindLastIndex") Find(container, asked, operation.Syntax);
        }

        return OfAll(method, receiver, arguments, operation.Syntax) is { } ofAll ? Value.Of(ofAll) : result;
    }

    /// <summary>A query over a collection: its elements are the collection's, those that pass.</summary>
    private Value? Sequence(IOperation operation, IMethodSymbol method, Value receiver, ImmutableArray<Value> arguments)
    {
        if (method is { Name: "FindAll", ContainingType.Name: "List" } && arguments.Length == 1) return Query(receiver, arguments[0]);
        if (method.ContainingType?.Name is not ("Enumerable" or "ImmutableArray" or "ImmutableArrayExtensions") || arguments.IsEmpty) return null;
        // The keys of what passes: none of them is a connection.
        if (method is { Name: "Select", TypeArguments: [.., var picked] } && !_analysis.Connections.Matters(picked)) return Query(arguments[0], null);
        if (method.Name is not ("Where" or "TakeWhile" or "ToList" or "ToArray" or "AsEnumerable" or "OrderBy" or "OrderByDescending" or "Take" or "Skip" or "Reverse" or "Distinct" or "Cast" or "OfType")) return null;
        return Query(arguments[0], method.Name is "Where" or "TakeWhile" && arguments.Length > 1 ? arguments[1] : null);

        Value Query(Value source, Value? filter)
        {
            if (filter?.Atoms is [Atom.Function { Method: IMethodSymbol asked }] || filter is not null && _analysis.Delegates.Of(filter) is ([var kept], null) && (asked = kept) is not null) _filters[operation.Syntax] = asked;
            return BearAt(operation.Syntax, BornKind.Returned, source.Places.FirstOrDefault(), method);
        }
    }

    /// <summary>A library that runs a delegate at once (<c>ForEach</c>, LINQ) runs its code here.</summary>
    private void CallLambdas(IOperation operation, IMethodSymbol method, Value receiver, ImmutableArray<Value> arguments)
    {
        if (!_analysis.Delegates.RunsAtOnce(method) || _state is null) return;
        foreach (var argument in arguments)
        {
            if (argument.Atoms is not [Atom.Function { Method: IMethodSymbol function } known]) continue;
            var element = arguments.Length > 0 && !ReferenceEquals(arguments[0], argument) ? arguments[0] : receiver;
            var item = element.Places.FirstOrDefault() is { } from ? Filtered(Value.Of(Place.BornAt(operation.Syntax, BornKind.Iterated, from)), from) : Value.Unknown;
            Call(known.Operation, function, known.Target is null ? Value.Of(Place.This) : Value.Of(known.Target), function.Parameters.Select(_ => item).ToImmutableArray(), function);
        }
    }

    /// <summary>What a call answers when its code is not known.</summary>
    private Value Answer(IOperation operation, ISymbol member, Value receiver)
    {
        var type = member is IMethodSymbol method ? method.ReturnType : (member as IPropertySymbol)?.Type;
        if (type is null || type.SpecialType == SpecialType.System_Void) return Value.Unknown;
        var roles = _analysis.Connections.RolesOf(member, null);
        if ((roles & (Role.State | Role.Alive | Role.Accessor)) != 0 || _analysis.Connections.IsStateLike(member)) return ByName(member, receiver);
        if (type.SpecialType == SpecialType.System_Boolean && _analysis.Connections.AnswersState(member)) return ByName(member, receiver);
        if (member is IMethodSymbol call && Containers.Kind(call) is { } taken && type.SpecialType != SpecialType.System_Boolean) return Take(operation, Container(operation, receiver), taken, KeyOf(operation));
        if (!_analysis.Connections.Matters(type)) return Value.Unknown;
        var answer = BearAt(operation.Syntax, BornKind.Returned, receiver.Places.FirstOrDefault(p => p.Root != RootKind.Static || p.Depth > 0), member);
        if (_state is not null && (roles & Role.Create) != 0) _state = _state.Mark(answer, Marks.Opened);
        if (_state is not null) _state = _state.Mark(answer, Marks.Fresh);
        return answer;
    }

    /// <summary>What any call means to the connection it is made on.</summary>
    private void AfterCall(IOperation operation, IMethodSymbol? method, ISymbol member, Value receiver, ImmutableArray<Value> arguments)
    {
        if (_state is null || method is null) return;
        var on = method.IsExtensionMethod && arguments.Length > 0 ? arguments[0] : receiver;
        var roles = _analysis.Connections.RolesOf(method, (operation as IInvocationOperation)?.Instance?.Type);
        if ((roles & Role.Open) != 0) _state = Changed(on).Mark(on, Marks.Opened | Marks.Proven);
        else if ((roles & Role.Ensures) != 0) _state = _state.Mark(on, Marks.Proven);
        else if ((roles & Role.Receive) != 0) _state = _state.Mark(on, Marks.Answered);
        else if ((roles & (Role.Send | Role.Use)) != 0) _state = _state.Mark(on, Marks.Used);
        // `client.AddClosedCallback(handler)` attaches one.
        if ((roles & Role.Registers) != 0 && (roles & (Role.Error | Role.Ended)) != 0) _state = _state.Mark(on, Marks.Attached);
        if ((roles & Role.Close) != 0)
        {
            _state = Changed(on).Mark(on, Marks.Closed);
        }

        if ((roles & (Role.Send | Role.Receive | Role.Use)) != 0 || IsTransfer(method)) Operated(operation, method, on.Places.ToList());
        else if (method.Name is "CopyTo" or "CopyToAsync" && arguments.Length > 0 && _analysis.Connections.IsCarrier(method.Parameters[0].Type)) Operated(operation, method, arguments[0].Places.ToList());
        if (method.GetAttributes().Any(a => a.AttributeClass?.Name == "DoesNotReturnAttribute")) _state = null;
    }

    /// <summary>A plain stream has no roles of its own; that it could be written or read says the same of what it belongs to.</summary>
    private bool IsTransfer(IMethodSymbol method) =>
        (method.Name.StartsWith("Write", StringComparison.Ordinal) || method.Name.StartsWith("Read", StringComparison.Ordinal)) && _analysis.Connections.IsCarrier(method.ContainingType);

    /// <summary>The call has worked on these; what is not awaited has when it returns.</summary>
    private void Operated(IOperation operation, IMethodSymbol method, List<Place> places)
    {
        foreach (var place in places)
        {
            if (!place.Equals(Place.This)) _operated.Add(place);
        }

        _operatedBy[operation] = places;
        if (method.ReturnType.Name is "Task" or "ValueTask" || _state is null) return;
        _state = _state.Renew(asked => places.Any(p => Concerns(p, asked)));
    }

    /// <summary>Opening and closing change the state: what was known of it is over.</summary>
    private FlowState Changed(Value connection)
    {
        var state = _state!;
        foreach (var place in connection.Places)
            state = state.With(facts: state.Facts.Select((fact, constraint) => (fact.Parent is null || !fact.Parent.Equals(place), constraint)));
        return state;
    }

    private void AssignOut(ImmutableArray<IArgumentOperation> arguments, IMethodSymbol method, Value receiver)
    {
        foreach (var argument in arguments)
        {
            if (argument.Parameter?.RefKind is not (RefKind.Out or RefKind.Ref) || _state is null) continue;
            var kind = argument.Parameter.RefKind == RefKind.Out ? Containers.Kind(method) ?? BornKind.Returned : BornKind.Reloaded;
            var storages = Storages(argument.Value);
            if (storages is null || argument.Parameter.RefKind == RefKind.Ref && IsScalar(storages.FirstOrDefault()?.Symbol)) continue;
            var value = _out.TryGetValue((argument.Parent!, argument.Parameter.Ordinal), out var left) && left.Atoms.Any(a => a is Atom.Of or Atom.Condition) ? left
                : kind == BornKind.Lookup && storages.Count > 0 ? Take(argument.Value, Container(argument.Parent ?? argument, receiver), kind, KeyOf(argument.Parent))
                : BearAt(argument.Value.Syntax, kind, receiver.Places.FirstOrDefault(), method);
            Assign(argument, argument.Value, storages, value);
        }

        var puts = Containers.Puts(method) && arguments.Length == 2;
        if (_state is null || !puts && !Containers.Removes(method) || KeyOf(arguments.FirstOrDefault()?.Parent) is not { } key || receiver.Places.FirstOrDefault() is not { } container) return;
        // What is there after a removal has been put there since.
        var content = puts ? Eval(arguments[1].Value) : BearAt(arguments[0].Syntax, BornKind.Returned, null, method);
        _state = _state.Write(Place.Element(container, key), content);
    }
}
