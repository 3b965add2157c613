using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

using FactMap = SmallMap<Place, Constraint>;

/// <summary>Carries what a summary says in the callee's terms over to a call, in the caller's.</summary>
/// <param name="call">Where what is applied is the called method itself: the call, whose arguments tell what the callee's keys are.</param>
internal sealed class SummaryApplication(FlowState before, Summary summary, Value receiver, ImmutableArray<Value> arguments, SyntaxNode site, IOperation? call = null)
{
    /// <summary>At a call that the engine has recorded.</summary>
    public static SummaryApplication At(BodyEvent call, Summary callee) => new(call.State, callee, call.Value, call.Arguments, call.Operation.Syntax, call.Operation);

    /// <summary>The state after the call, null if it never comes back, and what the call answers.</summary>
    public Value Apply(ref FlowState? state)
    {
        if (summary.Outward is not { } exit)
        {
            if (!IsLeftRunning) state = null;
            return Value.Unknown;
        }

        var after = state ?? before;
        foreach (var entry in exit.Marks)
        {
            if (entry.Key.Root != RootKind.Born || !entry.Key.IsRoot) continue;
            if (Element(entry.Key) is { } element)
            {
                if (!after.Marks.ContainsKey(element)) after = after.Bear(element);
            }
            else if (Map(entry.Key).Places.FirstOrDefault() is { } born)
            {
                after = after.Bear(born);
            }
        }

        foreach (var entry in exit.Env)
        {
            var value = Map(entry.Value);
            foreach (var storage in MapStorage(entry.Key)) after = after.Write(storage, value);
        }

        after = Scalars(after);
        foreach (var fact in exit.Facts)
        {
            foreach (var place in MapFact(fact.Key)) after = after.Know(FactMap.Empty.Set(place, AtEnd(fact.Value)));
        }

        foreach (var entry in exit.Marks)
        {
            if (entry.Value == Marks.None) continue;
            foreach (var place in Map(entry.Key).Places) after = after.Mark(place, entry.Value);
        }

        state = after;
        return Map(summary.Result);
    }

    /// <summary>An async method that never ends comes back at its first await all the same, to whoever does not wait for it.</summary>
    private bool IsLeftRunning => summary.Body.Method is { IsAsync: true } && call is not { Parent: IAwaitOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } };

    /// <summary>A helper that validates under its lock and returns has just checked: that it gave the lock back is no gap of its caller's.</summary>
    private static Constraint AtEnd(Constraint constraint) => constraint.WithoutGaps(Gaps.LockReleased);

    /// <summary>What a value of the callee is to the caller.</summary>
    public Value Map(Value value)
    {
        if (value.Atoms.Length == 1) return Map(value.Atoms[0]);
        return Value.Join(value.Atoms.Select(Map));
    }

    public Value Map(Place place)
    {
        if (place.Parent is { } parent)
        {
            Value? result = null;
            foreach (var owner in Map(parent).Places)
            {
                if (owner.Step(place.Symbol!) is not { } storage) continue;
                var value = before.Read(storage);
                result = result is null ? value : Value.Join(result, value);
            }

            return result ?? Value.Unknown;
        }

        switch (place.Root)
        {
            case RootKind.This:
                return receiver;
            case RootKind.Static:
                return Value.Of(Place.Static);
            case RootKind.Parameter when place.Symbol is IParameterSymbol parameter && Owns(parameter):
                return parameter.Ordinal < arguments.Length ? arguments[parameter.Ordinal] : Value.Unknown;
            case RootKind.Parameter or RootKind.Local:
                // A variable of a body around the callee: the caller sees the same one if it is within that body too.
                return Captured(place) ? before.Read(place) : Value.Unknown;
            case RootKind.Born when Element(place) is { } element:
                return before.Read(element);
            case RootKind.Born:
                return Value.Of(Place.BornAt(site, place.Born, From(place), place.Symbol, place.Site));
            default:
                return Value.Unknown;
        }
    }

    /// <summary>What the callee finds under a key, where the caller can name the same key.</summary>
    private Place? Element(Place place) =>
        place.Key is { } written && KeyOf(written) is { } key && From(place) is { } container ? Place.Element(container, key) : null;

    private string? KeyOf(string written)
    {
        if (written[0] is '"' or '\'' || char.IsDigit(written[0]) || written == Place.AnyKey) return written;
        if (call is not IInvocationOperation { Arguments: var given } || summary.Body.Owner is not IMethodSymbol callee) return null;
        return callee.Parameters.FirstOrDefault(p => p.Name == written) is { } parameter && given.FirstOrDefault(a => a.Parameter?.Ordinal == parameter.Ordinal) is { } argument
            ? Containers.Key(argument.Value.Syntax as ExpressionSyntax)
            : null;
    }

    private Place? From(Place born) => born.From is { } from ? Map(from).Places.FirstOrDefault() : null;

    private bool Owns(IParameterSymbol parameter) => SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol.OriginalDefinition, summary.Body.Owner.OriginalDefinition);

    private bool Captured(Place place) => Outward.Captured(place, summary.Body);

    private IEnumerable<Place> MapStorage(Place storage)
    {
        if (storage.Parent is not { } parent)
        {
            if (Captured(storage)) yield return storage;
            else if (Element(storage) is { } element) yield return element;
            yield break;
        }

        foreach (var owner in Map(parent).Places)
        {
            if (owner.Step(storage.Symbol!) is { } mapped) yield return mapped;
        }
    }

    private IEnumerable<Place> MapFact(Place place)
    {
        if (place.Parent is not { } parent)
        {
            foreach (var mapped in Map(place).Places) yield return mapped;
            yield break;
        }

        foreach (var owner in Map(parent).Places)
        {
            if (owner.Step(place.Symbol!) is not { } storage) continue;
            // The storage of a scalar stands for its value; that of a reference is looked up.
            foreach (var mapped in before.Read(storage).Places) yield return mapped;
        }
    }

    private Value Map(Atom atom)
    {
        switch (atom)
        {
            case Atom.Of of:
                var value = Map(of.Place);
                return of.Gaps == Gaps.None && of.Implied is null ? value
                    : value.Select(a => a is Atom.Of inner ? new Atom.Of(inner.Place, inner.Gaps | of.Gaps & ~Gaps.LockReleased, Map(of.Implied) ?? inner.Implied) : a);
            case Atom.Unknown { Implied: { } implied }:
                return Value.Of(new Atom.Unknown(Map(implied)));
            case Atom.Constant { Implied: { } implied } constant:
                return Value.Of(new Atom.Constant(constant.Value, Map(implied)));
            case Atom.Condition condition:
                return Value.Of(new Atom.Condition(Map(condition.WhenTrue), Map(condition.WhenFalse)));
            default:
                return Value.Of(atom);
        }
    }

    private FactMap? Map(FactMap? facts)
    {
        if (facts is null) return null;
        var mapped = FactMap.Empty;
        foreach (var fact in facts)
        {
            foreach (var place in MapFact(fact.Key)) mapped = mapped.Set(place, AtEnd(fact.Value));
        }

        return mapped;
    }

    /// <summary>Flags that the callee writes: what was known of them is over.</summary>
    private FlowState Scalars(FlowState after)
    {
        foreach (var happened in summary.Events)
        {
            if (happened is not { Kind: EventKind.Store, Storage: { IsRoot: false } storage } || happened.Symbol is not (IFieldSymbol { Type.IsValueType: true } or IPropertySymbol { Type.IsValueType: true })) continue;
            foreach (var mapped in MapStorage(storage))
                after = after.With(facts: after.Facts.Select((place, constraint) => (!mapped.IsPrefixOf(place), constraint)));
        }

        return after;
    }
}
