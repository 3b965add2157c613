using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow;

/// <summary>
/// What of a body's last state its callers can see: the storages that outlive it, and what is known of the values that they, the
/// answer and the caller's own variables lead to. The rest would be carried from call to call, and grow with every one.
/// </summary>
internal static class Outward
{
    public static FlowState Of(FlowState exit, Value result, Body body)
    {
        var seen = new HashSet<Place>();
        See(result, seen);
        var env = exit.Env.Select((storage, value) => (Outlives(storage, body) || IsPartOf(result, storage), value));
        foreach (var entry in env) See(entry.Value, seen);
        var facts = exit.Facts.Select((place, constraint) => (IsSeen(place), constraint));
        var marks = exit.Marks.Select((place, mark) => (IsSeen(place), mark));
        return exit.With(env, facts, marks);

        bool IsSeen(Place place) => place.Root switch
        {
            RootKind.This or RootKind.Static or RootKind.Parameter => true,
            RootKind.Local => Captured(place, body),
            RootKind.Born => seen.Contains(place.RootPlace) || IsElement(place.RootPlace, body),
            _ => false,
        };
    }

    /// <summary>Storages that the caller can see after the call.</summary>
    public static bool Outlives(Place storage, Body body) => storage.Root switch
    {
        RootKind.This or RootKind.Static => !storage.IsRoot,
        RootKind.Parameter => !storage.IsRoot || storage.Symbol is IParameterSymbol { RefKind: RefKind.Ref or RefKind.Out } || Captured(storage, body),
        RootKind.Local => Captured(storage, body),
        RootKind.Born => storage.IsRoot && IsElement(storage, body),
        _ => false,
    };

    /// <summary>The answer is a tuple or a record, and this a part of it.</summary>
    private static bool IsPartOf(Value result, Place storage) => storage is { Root: RootKind.Born, Depth: 1 } && Parts.IsOne(storage.Symbol!) && result.Contains(storage.Parent!);

    /// <summary>What is kept under a key in something that the caller can see: whoever asks for the same key finds the same.</summary>
    private static bool IsElement(Place place, Body body) => place is { Key: not null, From: { } container } && Outlives(container, body);

    /// <summary>A variable of a body around this one: the caller sees the same one if it is within that body too.</summary>
    public static bool Captured(Place place, Body body) =>
        body.Outer is not null && place.Symbol is not null
        && !SymbolEqualityComparer.Default.Equals(place.Symbol.ContainingSymbol, body.Owner);

    private static void See(Value value, HashSet<Place> seen)
    {
        foreach (var atom in value.Atoms)
        {
            switch (atom)
            {
                case Atom.Of of:
                    See(of.Place, seen);
                    See(of.Implied, seen);
                    break;
                case Atom.Unknown unknown:
                    See(unknown.Implied, seen);
                    break;
                case Atom.Constant constant:
                    See(constant.Implied, seen);
                    break;
                case Atom.Condition condition:
                    See(condition.WhenTrue, seen);
                    See(condition.WhenFalse, seen);
                    break;
                case Atom.Function { Target: { } target }:
                    See(target, seen);
                    break;
            }
        }
    }

    private static void See(SmallMap<Place, Constraint>? facts, HashSet<Place> seen)
    {
        if (facts is null) return;
        foreach (var fact in facts) See(fact.Key, seen);
    }

    private static void See(Place place, HashSet<Place> seen)
    {
        for (var root = place.RootPlace; seen.Add(root) && root.From is { } from;) root = from.RootPlace;
    }
}
