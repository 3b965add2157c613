using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow;

using FactMap = SmallMap<Place, Constraint>;

/// <summary>One thing that an expression may be: a place's value, a constant, a condition, a delegate.</summary>
internal abstract class Atom
{
    internal sealed class Unknown(FactMap? implied) : Atom, IEquatable<Unknown>
    {
        public static readonly Unknown Instance = new(null);

        /// <summary>What is known if the variable turns out not to be null.</summary>
        public FactMap? Implied { get; } = implied;

        public bool Equals(Unknown? other) => other is not null && Equals(other.Implied, Implied);

        public override bool Equals(object? obj) => Equals(obj as Unknown);

        public override int GetHashCode() => Implied?.Count ?? 0;

        public override string ToString() => "?";
    }

    internal sealed class Of(Place place, Gaps gaps = Gaps.None, FactMap? implied = null) : Atom, IEquatable<Of>
    {
        public Place Place { get; } = place;

        /// <summary>What has happened since this value (a state, a flag) was read.</summary>
        public Gaps Gaps { get; } = gaps;

        /// <summary>What is known if the variable turns out to hold this value and not null.</summary>
        public FactMap? Implied { get; } = implied;

        public bool Equals(Of? other) => other is not null && other.Gaps == Gaps && other.Place.Equals(Place) && Equals(other.Implied, Implied);

        public override bool Equals(object? obj) => Equals(obj as Of);

        public override int GetHashCode() => Place.GetHashCode();

        public override string ToString() => Place.ToString();
    }

    internal sealed class Constant(object? value, FactMap? implied = null) : Atom, IEquatable<Constant>
    {
        public object? Value { get; } = value;

        /// <summary>What is known if the variable turns out to hold this constant and not another.</summary>
        public FactMap? Implied { get; } = implied;

        public bool Equals(Constant? other) => other is not null && Equals(other.Value, Value) && Equals(other.Implied, Implied);

        public override bool Equals(object? obj) => Equals(obj as Constant);

        public override int GetHashCode() => Value?.GetHashCode() ?? 0;

        public override string ToString() => Value?.ToString() ?? "null";
    }

    /// <summary>A boolean: what is known when it is true and when it is false; null where it cannot be.</summary>
    internal sealed class Condition(FactMap? whenTrue, FactMap? whenFalse) : Atom, IEquatable<Condition>
    {
        public FactMap? WhenTrue { get; } = whenTrue;

        public FactMap? WhenFalse { get; } = whenFalse;

        public bool Equals(Condition? other) => other is not null && Equals(other.WhenTrue, WhenTrue) && Equals(other.WhenFalse, WhenFalse);

        public override bool Equals(object? obj) => Equals(obj as Condition);

        public override int GetHashCode() => (WhenTrue?.Count ?? -1) * 31 + (WhenFalse?.Count ?? -1);

        public override string ToString() => "condition";
    }

    /// <summary>A delegate over a known method or lambda.</summary>
    internal sealed class Function(ISymbol method, IOperation operation, Place? target) : Atom, IEquatable<Function>
    {
        public ISymbol Method { get; } = method;

        public IOperation Operation { get; } = operation;

        /// <summary>The instance that a method group is bound to.</summary>
        public Place? Target { get; } = target;

        public bool Equals(Function? other) => other is not null && SymbolEqualityComparer.Default.Equals(other.Method, Method) && Equals(other.Target, Target);

        public override bool Equals(object? obj) => Equals(obj as Function);

        public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Method);

        public override string ToString() => Method.Name;
    }
}

/// <summary>The alternatives that an expression may be; more than a few are as good as unknown.</summary>
internal sealed class Value : IEquatable<Value>
{
    private const int MaxAtoms = 6;

    public static readonly Value Unknown = new([Atom.Unknown.Instance]);
    public static readonly Value Null = new([new Atom.Constant(null)]);

    private Value(ImmutableArray<Atom> atoms) => Atoms = atoms;

    public ImmutableArray<Atom> Atoms { get; }

    /// <summary>The places among the alternatives.</summary>
    public IEnumerable<Place> Places
    {
        get
        {
            foreach (var atom in Atoms)
            {
                if (atom is Atom.Of of) yield return of.Place;
            }
        }
    }

    public static Value Of(Place? place) => place is null ? Unknown : new([new Atom.Of(place)]);

    public static Value Of(Atom atom) => new([atom]);

    public static Value Constant(object? value) => value is null ? Null : new([new Atom.Constant(value)]);

    public bool Contains(Place place)
    {
        foreach (var atom in Atoms)
        {
            if (atom is Atom.Of of && of.Place.Equals(place)) return true;
        }

        return false;
    }

    public Value Select(Func<Atom, Atom> change)
    {
        var builder = ImmutableArray.CreateBuilder<Atom>(Atoms.Length);
        var changed = false;
        foreach (var atom in Atoms)
        {
            var next = change(atom);
            changed |= !ReferenceEquals(next, atom);
            if (!builder.Contains(next)) builder.Add(next);
        }

        return changed ? new(builder.ToImmutable()) : this;
    }

    /// <summary>This value, and what is known where it turns out to be the one.</summary>
    public Value Implying(FactMap facts) =>
        facts.Count == 0 ? this : Select(atom => atom switch
        {
            Atom.Of { Implied: null, Place.IsPlainValue: false } of => new Atom.Of(of.Place, of.Gaps, facts),
            Atom.Unknown unknown => new Atom.Unknown(Conditions.Both(unknown.Implied ?? FactMap.Empty, facts)),
            Atom.Constant { Value: string } => new Atom.Unknown(facts),
            _ => atom,
        });

    /// <summary>A choice that is noted down: <c>var next = open ? Step.Send : Step.Drop</c>; whoever finds this one knows how it was made.</summary>
    public Value Noting(FactMap facts) =>
        facts.Count == 0 ? this : Select(atom => atom switch
        {
            Atom.Constant { Value: not (null or string or bool) } known => new Atom.Constant(known.Value, Conditions.Both(known.Implied ?? FactMap.Empty, facts)),
            Atom.Of { Implied: null, Place.Type.IsValueType: true } of => new Atom.Of(of.Place, of.Gaps, facts),
            _ => atom,
        });

    /// <summary>One of several constants, as the steps of a procedure are.</summary>
    public bool IsChoice => Atoms.All(a => a is Atom.Constant { Value: not (null or string or bool) });

    public static Value Join(Value left, Value right)
    {
        if (left.Equals(right)) return left;
        var builder = left.Atoms.ToBuilder();
        foreach (var atom in right.Atoms)
        {
            if (!builder.Contains(atom)) Add(builder, atom);
        }

        return builder.Count > MaxAtoms ? Unknown : new(builder.ToImmutable());
    }

    /// <summary>One atom a place: what came another way about the same value only weakens what is implied.</summary>
    private static void Add(ImmutableArray<Atom>.Builder builder, Atom atom)
    {
        for (var i = 0; i < builder.Count && atom is Atom.Constant same; i++)
        {
            if (builder[i] is not Atom.Constant known || !Equals(known.Value, same.Value)) continue;
            builder[i] = new Atom.Constant(known.Value, known.Implied is null || same.Implied is null ? null : Conditions.Either(known.Implied, same.Implied));
            return;
        }

        for (var i = 0; i < builder.Count && atom is Atom.Of added; i++)
        {
            if (builder[i] is not Atom.Of known || !known.Place.Equals(added.Place)) continue;
            builder[i] = new Atom.Of(known.Place, known.Gaps | added.Gaps, known.Implied is null || added.Implied is null ? null : Conditions.Either(known.Implied, added.Implied));
            return;
        }

        builder.Add(atom);
    }

    public static Value Join(IEnumerable<Value> values)
    {
        Value? result = null;
        foreach (var value in values) result = result is null ? value : Join(result, value);
        return result ?? Unknown;
    }

    public bool Equals(Value? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || other.Atoms.Length != Atoms.Length) return false;
        foreach (var atom in Atoms)
        {
            if (!other.Atoms.Contains(atom)) return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Value);

    public override int GetHashCode() => Atoms.Length;

    public override string ToString() => string.Join(" | ", Atoms);
}
