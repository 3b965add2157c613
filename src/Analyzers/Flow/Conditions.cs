using System.Collections.Immutable;

namespace LifecycleAnalyzers.Flow;

using FactMap = SmallMap<Place, Constraint>;

/// <summary>How values become conditions, and conditions are compared, negated and combined.</summary>
internal static class Conditions
{
    private static readonly FactMap Nothing = FactMap.Empty;

    public static readonly Atom.Condition Unknown = new(Nothing, Nothing);

    public static readonly Atom.Condition True = new(Nothing, null);

    public static readonly Atom.Condition False = new(null, Nothing);

    /// <summary>The value of a boolean expression as what is known when it is true and when it is false.</summary>
    public static Atom.Condition AsCondition(Value value) => Any(value, atom => atom switch
    {
        Atom.Condition condition => condition,
        Atom.Constant { Value: true } => True,
        Atom.Constant { Value: false or null } => False,
        Atom.Of of => new Atom.Condition(One(of, Constraint.Is(true)), One(of, Constraint.Is(false))),
        _ => Unknown,
    });

    public static Atom.Condition EqualTo(Value value, object? constant) => Any(value, atom => atom switch
    {
        Atom.Constant known => Chosen(known, Same(known.Value, constant)),
        Atom.Of { Implied: { } implied, Place.Type.IsValueType: true } of when constant is not null => new Atom.Condition(Both(implied, One(of, Constraint.Is(constant))), Both(implied, One(of, Constraint.IsNot(constant)))),
        Atom.Of { Implied: { } implied } of when constant is null => new Atom.Condition(One(of, Constraint.Is(null)), Both(implied, One(of, Constraint.IsNot(null)))),
        Atom.Unknown { Implied: { } implied } when constant is null => new Atom.Condition(Nothing, implied),
        Atom.Of of when Constants.Named(constant, of.Place.Type) is var named => new Atom.Condition(One(of, Constraint.Is(named)), One(of, Constraint.IsNot(named))),
        Atom.Condition condition when constant is true => condition,
        Atom.Condition condition when constant is false => Not(condition),
        Atom.Condition when constant is null => False,
        _ => Unknown,
    });

    public static Atom.Condition OneOf(Value value, ImmutableArray<object?> constants) => Any(value, atom => atom switch
    {
        Atom.Constant known => Chosen(known, constants.Any(c => Same(known.Value, c))),
        Atom.Of of when Constants.Named(constants, of.Place.Type) is var named => new Atom.Condition(One(of, new Constraint(true, named)), One(of, new Constraint(false, named))),
        _ => Unknown,
    });

    private static Atom.Condition Chosen(Atom.Constant known, bool isIt) =>
        isIt ? known.Implied is null ? True : new(known.Implied, null) : known.Implied is null ? False : new(null, known.Implied);

    public static Atom.Condition Not(Atom.Condition condition) => new(condition.WhenFalse, condition.WhenTrue);

    public static Atom.Condition And(Atom.Condition a, Atom.Condition b) => new(Both(a.WhenTrue, b.WhenTrue), Either(a.WhenFalse, b.WhenFalse));

    public static Atom.Condition Or(Atom.Condition a, Atom.Condition b) => new(Either(a.WhenTrue, b.WhenTrue), Both(a.WhenFalse, b.WhenFalse));

    /// <summary>Two descriptions of one condition: what either says when it is true holds, and when it is false.</summary>
    public static Atom.Condition Merge(Atom.Condition a, Atom.Condition b) => new(Both(a.WhenTrue, b.WhenTrue), Both(a.WhenFalse, b.WhenFalse));

    /// <summary>
    /// The same test on each alternative. An alternative for which the outcome is impossible drops out; what the others say
    /// is kept for each of them, since the variable is one of them and each is spoken of by its own name.
    /// </summary>
    private static Atom.Condition Any(Value value, Func<Atom, Atom.Condition> test)
    {
        if (value.Atoms.Length == 1) return test(value.Atoms[0]);
        FactMap? whenTrue = null, whenFalse = null;
        var isNoted = value.Atoms.Any(a => a is Atom.Constant { Implied: not null } or Atom.Of { Implied: not null, Place.Type.IsValueType: true });
        foreach (var atom in value.Atoms)
        {
            var condition = test(atom);
            var isNameless = isNoted || atom is Atom.Condition or Atom.Unknown { Implied: not null };
            whenTrue = Alternative(whenTrue, condition.WhenTrue, isNameless);
            whenFalse = Alternative(whenFalse, condition.WhenFalse, isNameless);
        }

        return new(whenTrue, whenFalse);
    }

    private static FactMap? Alternative(FactMap? sofar, FactMap? next, bool opaque)
    {
        if (sofar is null) return next;
        if (next is null) return sofar;
        return opaque ? Either(sofar, next) : Both(sofar, next);
    }

    /// <summary>What holds where both are so; null for what cannot be.</summary>
    public static FactMap? Both(FactMap? a, FactMap? b)
    {
        if (a is null || b is null) return null;
        foreach (var fact in b) a = a.Set(fact.Key, a.TryGet(fact.Key, out var old) ? Constraint.And(old, fact.Value) : fact.Value);
        return a;
    }

    /// <summary>What holds whichever of the two is so; null for what cannot be.</summary>
    public static FactMap? Either(FactMap? a, FactMap? b)
    {
        if (a is null) return b;
        if (b is null) return a;
        return a.Select((place, constraint) =>
            b.TryGet(place, out var other) && Constraint.Or(constraint, other) is { } both ? (true, both) : (false, constraint));
    }

    private static FactMap One(Atom.Of of, Constraint constraint) => Nothing.Set(of.Place, constraint.WithGaps(of.Gaps));

    private static bool Same(object? a, object? b) => Equals(a, b);
}
