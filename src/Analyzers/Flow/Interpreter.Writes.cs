using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Flow;

/// <summary>Assignments, in all their forms, and subscriptions.</summary>
internal sealed partial class Interpreter
{
    private Value EvalAssignment(ISimpleAssignmentOperation assignment)
    {
        // `hub.Closed = handler` on a callback property is a subscription in all but name.
        if (assignment.Target is IPropertyReferenceOperation { Property: { Type.TypeKind: TypeKind.Delegate } property } callback)
        {
            var owner = Eval(callback.Instance);
            var handler = Eval(assignment.Value);
            Subscribe(assignment, owner, property, handler);
            return handler;
        }

        if (assignment.Target is IFieldReferenceOperation { Field: { Type.TypeKind: TypeKind.Delegate } field, Instance: { } instance and not IInstanceReferenceOperation })
        {
            var owner = Eval(instance);
            var handler = Eval(assignment.Value);
            Subscribe(assignment, owner, field, handler);
            return handler;
        }

        var storages = Storages(assignment.Target);
        var before = _state;
        var value = Eval(assignment.Value);
        if (assignment is { Target: ILocalReferenceOperation { Local: var task }, Value: IInvocationOperation call } && Tasks.IsTask(call.Type) && before is not null && _state is { } after) _begun[task] = (before, after);
        Assign(assignment, assignment.Target, storages, value);
        return value;
    }

    /// <summary><c>link.OnError += handler</c>, where it is no event but a delegate that everybody may write.</summary>
    private Value EvalAdded(ICompoundAssignmentOperation compound)
    {
        var added = Eval(compound.Value);
        if (compound is { OperatorKind: BinaryOperatorKind.Add, Type.TypeKind: TypeKind.Delegate, Target: IMemberReferenceOperation { Instance: { } instance and not IInstanceReferenceOperation } told }) Subscribe(compound, Eval(instance), told.Member, added);
        Forget(compound.Target);
        return Value.Unknown;
    }

    /// <summary><c>usable &amp;= link.IsOpen</c></summary>
    private Value EvalBoth(ICompoundAssignmentOperation compound)
    {
        var storages = Storages(compound.Target);
        var before = EvalCondition(compound.Target);
        var added = EvalCondition(compound.Value);
        var both = Value.Of(compound.OperatorKind == BinaryOperatorKind.And ? Conditions.And(before, added) : Conditions.Or(before, added));
        Assign(compound, compound.Target, storages, both);
        return both;
    }

    private Value EvalDeconstruction(IDeconstructionAssignmentOperation deconstruction)
    {
        var target = deconstruction.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : deconstruction.Target;
        var source = deconstruction.Value is IConversionOperation conversion ? conversion.Operand : deconstruction.Value;
        if (target is ITupleOperation targets && source is ITupleOperation sources && targets.Elements.Length == sources.Elements.Length)
        {
            var values = sources.Elements.Select(Eval).ToList();
            for (var i = 0; i < values.Count; i++) Assign(deconstruction, targets.Elements[i], Storages(targets.Elements[i]), values[i]);
            return Value.Unknown;
        }

        var whole = Eval(source);
        if (target is ITupleOperation parts)
        {
            for (var i = 0; i < parts.Elements.Length; i++)
            {
                var part = parts.Elements[i];
                if (whole.Places.Any() && Parts.Of(deconstruction.Value.Type, i, parts.Elements.Length) is { } member) Assign(deconstruction, part, Storages(part), ReadMember(whole, member));
                else Forget(part);
            }
        }

        return Value.Unknown;
    }

    private void Assign(IOperation operation, IOperation target, List<Place>? storages, Value value)
    {
        if (_state is null) return;
        var symbol = TargetSymbol(target);
        Record(new BodyEvent(EventKind.Store, operation, _state) { Value = value, Symbol = symbol, Storage = storages?.FirstOrDefault() });
        if (storages is null)
        {
            // An element, a property of something unknown: others can reach it there.
            var element = Eval(target);
            Escape(value);
            Put(target, element, value);
            return;
        }

        if (storages.Count == 1)
        {
            Write(storages[0], value, symbol);
            if (_analysis.Connections.IsOpenedBySetting(symbol) && value.Atoms.Any(a => a is Atom.Constant { Value: true }) && storages[0].Parent is { } owner)
                _state = _state.Mark(owner, Marks.Opened);
            return;
        }

        foreach (var storage in storages) Write(storage, Value.Join(_state!.Read(storage), value), symbol);
    }

    /// <summary>What is put under a key is what the key finds from now on.</summary>
    private void Put(IOperation target, Value element, Value value)
    {
        var (container, key) = target switch
        {
            IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } instance, Arguments: [var only] } => (instance, only.Value.Syntax),
            IArrayElementReferenceOperation { Indices: [var index] } array => (array.ArrayReference, index.Syntax),
            IFlowCaptureReferenceOperation reference when _captured.TryGetValue(reference.Id, out var captured) && captured is IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } inner, Arguments: [var argument] } => (inner, argument.Value.Syntax),
            _ => default((IOperation, SyntaxNode)),
        };
        if (container is null || _state is null || Containers.Key(key as ExpressionSyntax) is not { } name || Eval(container).Places.FirstOrDefault() is not { } place) return;
        _state = _state.Write(Place.Element(place, name), value);
    }

    /// <summary>A plain value in a field may change at any time: only that it was written is kept. A variable or a reference holds what it was given.</summary>
    private void Write(Place storage, Value value, ISymbol? symbol)
    {
        if (_state is null) return;
        if (_body.WrittenInside.Contains(storage.Symbol?.Name ?? "") && storage.Root is RootKind.Local or RootKind.Parameter && storage.IsRoot) return;
        if (!storage.IsRoot && IsScalar(storage.Symbol))
        {
            _state = _state.With(facts: _state.Facts.Select((place, constraint) => (!storage.IsPrefixOf(place), constraint)));
            return;
        }

        // A number or a text in a variable decides nothing that is followed here; whether there is a text may.
        if (storage.IsRoot && storage.Symbol is ILocalSymbol { Type: var type } && type.SpecialType is not (SpecialType.None or SpecialType.System_Boolean or SpecialType.System_Object)
            && type.TypeKind != TypeKind.Enum && !_state.Env.ContainsKey(storage) && !value.Atoms.Any(a => a is Atom.Of or Atom.Unknown { Implied: not null } or Atom.Constant { Value: null } or Atom.Constant { Implied: not null })) return;
        _state = _state.Write(storage, value);
        // In another object than our own, others can reach it.
        if (storage.Depth > 1 || !storage.IsRoot && storage.RootPlace.Root is RootKind.Parameter or RootKind.Born) Escape(value);
    }

    /// <summary>A flag, a number, a text. A struct or tuple with a connection in it holds that as a variable would.</summary>
    private bool IsScalar(ISymbol? symbol)
    {
        var type = symbol switch
        {
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            IParameterSymbol parameter => parameter.Type,
            _ => null,
        };
        return type is { SpecialType: SpecialType.System_String } || type is { IsValueType: true } && !(type.TypeKind == TypeKind.Struct && _analysis.Connections.Matters(type));
    }

    /// <summary>The storage has been written, but with what is unknown.</summary>
    private void Forget(IOperation target)
    {
        if (Storages(target) is not { } storages) return;
        foreach (var storage in storages)
        {
            if (_state is null) return;
            Write(storage, BearAt(target.Syntax, BornKind.Reloaded, null, null), storage.Symbol);
        }
    }

    /// <summary>Where an assignment to this expression goes; null when that is no place of ours. Evaluates what leads there.</summary>
    private List<Place>? Storages(IOperation target)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                return [Place.Local(local.Local)];
            case IParameterReferenceOperation parameter:
                return [ParameterPlace(parameter.Parameter)];
            case IDeclarationExpressionOperation declaration:
                return Storages(declaration.Expression);
            case IFlowCaptureReferenceOperation reference:
                return _captured.TryGetValue(reference.Id, out var captured) ? Storages(captured) : null;
            case IConversionOperation conversion:
                return Storages(conversion.Operand);
            case IFieldReferenceOperation field:
                return Members(field.Field.IsStatic ? Value.Of(Place.Static) : Eval(field.Instance), Stored(field.Field));
            case IPropertyReferenceOperation { Property.IsIndexer: false } property:
                return Members(property.Property.IsStatic ? Value.Of(Place.Static) : Eval(property.Instance), property.Property);
            case IDiscardOperation:
                return [];
            default:
                return null;
        }
    }

    private static List<Place>? Members(Value owner, ISymbol member)
    {
        var storages = new List<Place>();
        foreach (var place in owner.Places)
        {
            if (place.Step(member) is { } storage) storages.Add(storage);
        }

        return storages.Count == 0 ? null : storages;
    }

    private ISymbol? TargetSymbol(IOperation target) => target switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => Stored(field.Field),
        IPropertyReferenceOperation property => property.Property,
        IDeclarationExpressionOperation declaration => TargetSymbol(declaration.Expression),
        IConversionOperation conversion => TargetSymbol(conversion.Operand),
        IFlowCaptureReferenceOperation reference => _captured.TryGetValue(reference.Id, out var captured) ? TargetSymbol(captured) : null,
        _ => null,
    };

    private Value EvalSubscription(IEventAssignmentOperation subscription)
    {
        if (subscription.EventReference is not IEventReferenceOperation reference) return Discard(subscription);
        var owner = reference.Event.IsStatic ? Value.Of(Place.Static) : Eval(reference.Instance);
        var handler = Eval(subscription.HandlerValue);
        if (subscription.Adds) Subscribe(subscription, owner, reference.Event, handler);
        return Value.Unknown;
    }

    private void Subscribe(IOperation operation, Value owner, ISymbol member, Value handler)
    {
        if (_state is null) return;
        Record(new BodyEvent(EventKind.Subscribe, operation, _state) { Value = owner, Symbol = member, Handler = handler });
        if (handler.Equals(Value.Null)) return;
        if (_analysis.Connections.TellsFailure(member)) _state = _state.Mark(owner, Marks.Attached);
    }
}
