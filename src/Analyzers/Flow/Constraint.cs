using System.Collections.Immutable;

namespace LifecycleAnalyzers.Flow;

/// <summary>What lay between a check and now, which may have made it untrue.</summary>
[Flags]
internal enum Gaps
{
    None = 0,
    Await = 1,
    LockReleased = 2,
    Slept = 4,
    UserCode = 8,

    All = Await | LockReleased | Slept | UserCode,
}

/// <summary>What a condition said of a value: it is one of these constants, or none of these.</summary>
internal sealed class Constraint : IEquatable<Constraint>
{
    private const int MaxValues = 24;

    public Constraint(bool includes, ImmutableArray<object?> values, Gaps gaps = Gaps.None, bool byThrow = false)
    {
        Includes = includes;
        Values = values;
        Gaps = gaps;
        ByThrow = byThrow;
    }

    public bool Includes { get; }

    public ImmutableArray<object?> Values { get; }

    public Gaps Gaps { get; }

    /// <summary>The other outcome throws: the code goes on only if this holds, but somebody has to catch.</summary>
    public bool ByThrow { get; }

    public bool IsNull => Includes && Values.Length == 1 && Values[0] is null;

    public bool IsTrue => Includes ? Values.Length == 1 && Values[0] is true : Values.Contains(false);

    public bool IsFalse => Includes ? Values.Length == 1 && Values[0] is false : Values.Contains(true);

    public static Constraint Is(object? value) => new(true, [value]);

    public static Constraint IsNot(object? value) => new(false, [value]);

    public Constraint WithGaps(Gaps gaps) => (Gaps | gaps) == Gaps ? this : new(Includes, Values, Gaps | gaps, ByThrow);

    public Constraint WithoutGaps(Gaps gaps) => (Gaps & gaps) == 0 ? this : new(Includes, Values, Gaps & ~gaps, ByThrow);

    public Constraint WithByThrow(bool byThrow) => ByThrow == byThrow ? this : new(Includes, Values, Gaps, byThrow);

    /// <summary>Both hold; where they contradict, the newer one wins: the value has changed in between.</summary>
    public static Constraint And(Constraint old, Constraint newer)
    {
        // A fresh look replaces one that may be out of date.
        if (old.Gaps != Gaps.None && newer.Gaps == Gaps.None || old.Equals(newer)) return newer;
        ImmutableArray<object?> values;
        bool includes;
        if (old.Includes && newer.Includes) (includes, values) = (true, Intersect(old.Values, newer.Values));
        else if (old.Includes) (includes, values) = (true, Except(old.Values, newer.Values));
        else if (newer.Includes) (includes, values) = (true, Except(newer.Values, old.Values));
        else (includes, values) = (false, Union(old.Values, newer.Values));
        if (includes && values.IsEmpty || values.Length > MaxValues) return newer;
        // What the newer one adds is as firm as the newer one.
        var adds = includes != old.Includes || values.Length != old.Values.Length;
        return new(includes, values, newer.Gaps, adds ? newer.ByThrow : old.ByThrow && newer.ByThrow);
    }

    /// <summary>One of the two holds; null when that says nothing.</summary>
    public static Constraint? Or(Constraint left, Constraint right)
    {
        if (left.Equals(right)) return left;
        ImmutableArray<object?> values;
        bool includes;
        if (left.Includes && right.Includes) (includes, values) = (true, Union(left.Values, right.Values));
        else if (left.Includes) (includes, values) = (false, Except(right.Values, left.Values));
        else if (right.Includes) (includes, values) = (false, Except(left.Values, right.Values));
        else (includes, values) = (false, Intersect(left.Values, right.Values));
        if (!includes && values.IsEmpty || values.Length > MaxValues) return null;
        return new(includes, values, left.Gaps | right.Gaps, left.ByThrow && right.ByThrow);
    }

    public bool Equals(Constraint? other)
    {
        if (ReferenceEquals(this, other)) return true;
        return other is not null && other.Includes == Includes && other.Gaps == Gaps && other.ByThrow == ByThrow
            && (other.Values == Values || other.Values.Length == Values.Length && IsSubset(Values, other.Values));
    }

    private static bool IsSubset(ImmutableArray<object?> part, ImmutableArray<object?> whole)
    {
        for (var i = 0; i < part.Length; i++)
        {
            // Most often both have the same order.
            if (!Equals(part[i], whole[i]) && !whole.Contains(part[i])) return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Constraint);

    public override int GetHashCode() => Values.Length * 4 + (Includes ? 1 : 0);

    public override string ToString() =>
        (Includes ? "in {" : "not in {") + string.Join(", ", Values) + "}" + (Gaps == Gaps.None ? "" : " after " + Gaps) + (ByThrow ? " or throws" : "");

    private static ImmutableArray<object?> Union(ImmutableArray<object?> a, ImmutableArray<object?> b) => a.AddRange(Except(b, a));

    private static ImmutableArray<object?> Intersect(ImmutableArray<object?> a, ImmutableArray<object?> b) => a.RemoveAll(v => !b.Contains(v));

    private static ImmutableArray<object?> Except(ImmutableArray<object?> a, ImmutableArray<object?> b) => a.RemoveAll(v => b.Contains(v));
}
