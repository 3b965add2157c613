namespace LifecycleAnalyzers.Flow;

using FactMap = SmallMap<Place, Constraint>;

/// <summary>What has happened to a value on the way here.</summary>
[Flags]
internal enum Marks
{
    None = 0,

    /// <summary>On every way: made or proven usable within this body.</summary>
    Fresh = 1,

    /// <summary>On every way: somebody listens for its failure.</summary>
    Attached = 2,

    /// <summary>On some way: opened.</summary>
    Opened = 4,

    /// <summary>On some way: closed or disposed.</summary>
    Closed = 8,

    /// <summary>On some way: others hold it now.</summary>
    Escaped = 16,

    /// <summary>On every way: an operation on it has just succeeded.</summary>
    Proven = 32,

    /// <summary>On every way: something has just been received on it. It lived then, but nobody has asked whether it still does.</summary>
    Answered = 128,

    /// <summary>On some way: used, after it was opened.</summary>
    Used = 64,

    OnEveryWay = Fresh | Attached | Proven | Answered,
}

/// <summary>
/// The abstract state between two operations: what variables hold, what is known of values, what happened to them.
/// Immutable, so that states can be kept, compared and joined freely.
/// </summary>
internal sealed class FlowState : IEquatable<FlowState>
{
    public static readonly FlowState Start = new(SmallMap<Place, Value>.Empty, FactMap.Empty, SmallMap<Place, Marks>.Empty);

    private HashSet<Place>? _held;

    private FlowState(SmallMap<Place, Value> env, FactMap facts, SmallMap<Place, Marks> marks)
    {
        Env = env;
        Facts = facts;
        Marks = marks;
    }

    /// <summary>What storages hold that were written in this body; a storage that is absent holds its entry value.</summary>
    public SmallMap<Place, Value> Env { get; }

    public FactMap Facts { get; }

    public SmallMap<Place, Marks> Marks { get; }

    /// <summary>How many entries a join has to look at.</summary>
    public int Size => Env.Count + Facts.Count + Marks.Count;

    public FlowState With(SmallMap<Place, Value>? env = null, FactMap? facts = null, SmallMap<Place, Marks>? marks = null) =>
        (env is null || ReferenceEquals(env, Env)) && (facts is null || ReferenceEquals(facts, Facts)) && (marks is null || ReferenceEquals(marks, Marks))
            ? this
            : new(env ?? Env, facts ?? Facts, marks ?? Marks) { _held = env is null || ReferenceEquals(env, Env) ? _held : null };

    public Value Read(Place storage) => Env.TryGet(storage, out var value) ? value : Value.Of(storage);

    public Marks MarksOf(Place place) => Marks.TryGet(place, out var marks) ? marks : default;

    public FlowState Mark(Place place, Marks marks) => With(marks: Marks.Set(place, MarksOf(place) | marks));

    public FlowState Mark(Value value, Marks marks)
    {
        var state = this;
        foreach (var place in value.Places) state = state.Mark(place, marks);
        return state;
    }

    public FlowState Write(Place storage, Value value)
    {
        // What is known of parts of the storage is known of its old value's parts; the new value has none yet.
        var env = Env.Select((place, old) => (place.Depth <= storage.Depth || !storage.IsPrefixOf(place), old));
        return With(env: env.Set(storage, value));
    }

    /// <summary>A value is born again at the same place, in a loop: what was known of the last one is over.</summary>
    public FlowState Bear(Place born)
    {
        var state = this;
        if (Marks.ContainsKey(born))
        {
            state = state.With(
                facts: Facts.Select((place, constraint) => (!born.IsPrefixOf(place), constraint)),
                env: Env.Select((place, value) => (!born.IsPrefixOf(place), value)));
        }

        return state.With(marks: state.Marks.Set(born, default));
    }

    public FlowState Know(FactMap? more, bool byThrow = false)
    {
        if (more is null || more.Count == 0) return this;
        var facts = Facts;
        foreach (var fact in more)
        {
            var newer = byThrow ? fact.Value.WithByThrow(true) : fact.Value;
            facts = facts.Set(fact.Key, facts.TryGet(fact.Key, out var old) ? Constraint.And(old, newer) : newer);
        }

        return With(facts: facts);
    }

    /// <summary>Something lay between: checks up to here may be out of date, but for those that <paramref name="keep"/> holds on to.</summary>
    public FlowState Pass(Gaps gap, Func<Place, bool>? keep = null)
    {
        var facts = Facts.Select((place, constraint) => (true, keep?.Invoke(place) == true ? constraint : constraint.WithGaps(gap)));
        var env = Env.Select((_, value) => (true, value.Select(atom => Age(atom, gap, keep))));
        if ((gap & Gaps.Await) == 0) return With(env: env, facts: facts);
        var marks = Marks.Select((place, mark) => (true, keep?.Invoke(place) == true ? mark : mark & ~(Flow.Marks.Proven | Flow.Marks.Answered)));
        return With(env: env, facts: facts, marks: marks);
    }

    /// <summary>An operation on the connection has just worked: what was asked of it before is as good as asked now.</summary>
    public FlowState Renew(Func<Place, bool> concerns)
    {
        var facts = Facts.Select((place, constraint) => (true, concerns(place) ? constraint.WithoutGaps(Gaps.All) : constraint));
        var env = Env.Select((_, value) => (true, value.Select(atom => Young(atom, concerns))));
        return With(env: env, facts: facts);
    }

    public static FlowState Join(FlowState left, FlowState right)
    {
        if (ReferenceEquals(left, right) || left.Equals(right)) return left;
        var env = JoinEnv(left, right);
        var facts = JoinFacts(left, right);
        var marks = JoinMarks(left, right);
        return new(env, facts, marks);
    }

    public bool Equals(FlowState? other) =>
        ReferenceEquals(this, other) || other is not null && Env.Equals(other.Env) && Facts.Equals(other.Facts) && Marks.Equals(other.Marks);

    public override bool Equals(object? obj) => Equals(obj as FlowState);

    public override int GetHashCode() => Env.Count * 31 + Facts.Count;

    public override string ToString() =>
        string.Join("; ", Env.Select(e => e.Key + "=" + e.Value)) + " / " + string.Join("; ", Facts.Select(f => f.Key + " " + f.Value)) + " / " + string.Join("; ", Marks.Select(m => m.Key + " " + m.Value));

    /// <summary>
    /// Whether a value can still be met on that way: its storage still holds it, or some variable does. What is known of it
    /// on the other way only is then lost; if it cannot be met, nothing contradicts.
    /// </summary>
    private static bool Applies(FlowState state, Place place)
    {
        if (place.Root == RootKind.Born)
        {
            if (place.RootPlace.Key == Place.AnyKey) return true;
            if (!state.Marks.ContainsKey(place.RootPlace)) return false;
        }
        else if (!IsOverwritten(state, place))
        {
            return true;
        }

        var held = state.Held;
        for (Place? part = place; part is not null; part = part.Parent)
        {
            if (held.Contains(part)) return true;
        }

        return false;
    }

    /// <summary>What the variables hold; asked for every fact of every join, so it is gathered once.</summary>
    private HashSet<Place> Held
    {
        get
        {
            if (_held is { } known) return known;
            var held = new HashSet<Place>();
            foreach (var entry in Env)
            {
                if (entry.Key.Root != RootKind.Capture) held.UnionWith(entry.Value.Places);
            }

            return _held = held;
        }
    }

    /// <summary>
    /// A fact of one way is lost on the other, unless the value cannot be met there, is null there, or was proven usable there
    /// by other means: then what holds on both ways is that it was asked or proven.
    /// </summary>
    private static bool Contradicts(FlowState state, Place fact)
    {
        for (var owner = fact.Parent; owner is not null; owner = owner.Parent)
        {
            if (state.Facts.TryGet(owner, out var known) && known.IsNull) return false;
            if (owner.Depth + 1 == fact.Depth && (state.MarksOf(owner) & (Flow.Marks.Proven | Flow.Marks.Fresh)) != 0 && owner.Root != RootKind.This | owner.Depth > 0) return false;
        }

        return Applies(state, fact);
    }

    private static bool IsOverwritten(FlowState state, Place place)
    {
        for (var prefix = place; prefix is not null; prefix = prefix.Parent)
        {
            if (state.Env.TryGet(prefix, out var value) && !value.Contains(prefix)) return true;
        }

        return false;
    }

    private static FactMap JoinFacts(FlowState left, FlowState right)
    {
        if (ReferenceEquals(left.Facts, right.Facts)) return left.Facts;
        var position = -1;
        var result = left.Facts.Select((place, constraint) =>
        {
            if (!right.Facts.TryGetNear(++position, place, out var other)) return (!Contradicts(right, place), constraint);
            if (constraint.Equals(other)) return (true, constraint);
            // What one way knows of a value that cannot be met there any more does not speak against the other.
            if (!Applies(right, place)) return (true, constraint);
            if (!Applies(left, place)) return (true, other);
            return Constraint.Or(constraint, other) is { } both ? (true, both) : (false, constraint);
        });
        position = -1;
        foreach (var fact in right.Facts)
        {
            if (!left.Facts.TryGetNear(++position, fact.Key, out _) && !Contradicts(left, fact.Key)) result = result.Set(fact.Key, fact.Value);
        }

        return result;
    }

    private static SmallMap<Place, Value> JoinEnv(FlowState left, FlowState right)
    {
        if (ReferenceEquals(left.Env, right.Env)) return left.Env;
        var ways = new Ways(left, right);
        var position = -1;
        var env = left.Env.Select((place, value) => (true, JoinValue(ways, left, value, right, right.Env.TryGetNear(++position, place, out var other) ? other : Missing(right, place))));
        position = -1;
        foreach (var entry in right.Env)
        {
            if (!left.Env.TryGetNear(++position, entry.Key, out _)) env = env.Set(entry.Key, JoinValue(ways, left, Missing(left, entry.Key), right, entry.Value));
        }

        return env;
    }

    /// <summary>What a storage holds on a way that did not write it: its entry value; a capture or the part of a value not yet born, nothing.</summary>
    private static Value? Missing(FlowState state, Place place) =>
        place.Root == RootKind.Capture || place.Root == RootKind.Born && place.RootPlace.Key is null && !state.Marks.ContainsKey(place.RootPlace) ? null : Value.Of(place);

    private static Value JoinValue(Ways ways, FlowState left, Value? a, FlowState right, Value? b)
    {
        if (a is null) return b!;
        if (b is null || a.Equals(b)) return a;
        if (IsBoolean(a) && IsBoolean(b) && (IsCondition(a) || IsCondition(b)))
        {
            // `a && b` as a value: what the way taken has proven belongs to the condition.
            var first = Conditions.AsCondition(a);
            var second = Conditions.AsCondition(b);
            return Value.Of(new Atom.Condition(
                JoinWays(ways, left, first.WhenTrue, right, second.WhenTrue),
                JoinWays(ways, left, first.WhenFalse, right, second.WhenFalse)));
        }

        // `x = usable ? c : null`: where it turns out not to be null, the way with the value was the one taken.
        if (a.Equals(Value.Null)) return Value.Join(a, b.Implying(Beyond(right.Facts, left.Facts)));
        if (b.Equals(Value.Null)) return Value.Join(a.Implying(Beyond(left.Facts, right.Facts)), b);
        if (a.IsChoice || b.IsChoice) return Value.Join(a.Noting(Beyond(left.Facts, right.Facts)), b.Noting(Beyond(right.Facts, left.Facts)));
        return Value.Join(Telling(a, left, b, right), Telling(b, right, a, left));
    }

    /// <summary><c>x = kept.IsOpen ? kept : Open()</c>: where <c>x</c> is what was kept, the way was taken on which it is open.</summary>
    private static Value Telling(Value value, FlowState way, Value other, FlowState otherWay) => value.Select(atom =>
        atom is Atom.Of { Implied: null, Place: { IsPlainValue: false } place } of && !other.Contains(place) && way.Facts.Any(f => place.IsPrefixOf(f.Key))
            ? (Atom)new Atom.Of(place, of.Gaps, Beyond(way.Facts.Select((key, constraint) => (key.Depth > place.Depth && place.IsPrefixOf(key), constraint)), otherWay.Facts))
            : atom);

    private static FactMap? JoinWays(Ways ways, FlowState left, FactMap? a, FlowState right, FactMap? b)
    {
        if (a is null) return b is null ? null : Beyond(right.Know(b).Facts, left.Facts);
        if (b is null) return Beyond(left.Know(a).Facts, right.Facts);
        // Where both ways know the same, a condition need not carry it along.
        if ((ReferenceEquals(a, b) || a.Equals(b)) && ReferenceEquals(left.Facts, right.Facts)) return a;
        return Beyond(JoinFacts(left.Know(a), right.Know(b)), ways.Common);
    }

    /// <summary>
    /// What is known on one way and not on both: what is common to the ways stays in the state, and in every condition it would be
    /// carried, joined and aged again.
    /// </summary>
    private static FactMap Beyond(FactMap known, FactMap other)
    {
        if (other.Count == 0) return known;
        var position = -1;
        return known.Select((place, constraint) => (!(other.TryGetNear(++position, place, out var same) && same.Equals(constraint)), constraint));
    }

    /// <summary>The two ways of one join, and what is known on both: asked for every boolean, so it is found once.</summary>
    private sealed class Ways(FlowState left, FlowState right)
    {
        private FactMap? _common;

        public FactMap Common => _common ??= Find(left.Facts, right.Facts);

        private static FactMap Find(FactMap left, FactMap right)
        {
            if (ReferenceEquals(left, right)) return left;
            var position = -1;
            return left.Select((place, constraint) => (right.TryGetNear(++position, place, out var same) && same.Equals(constraint), constraint));
        }
    }

    /// <summary>It may be a boolean; what a call answers is unknown, and the way to it has proven something all the same.</summary>
    private static bool IsBoolean(Value value) =>
        value.Atoms.All(a => a is Atom.Condition or Atom.Constant { Value: bool or null } or Atom.Of or Atom.Unknown);

    private static bool IsCondition(Value value) => value.Atoms.Any(a => a is Atom.Condition or Atom.Constant { Value: bool });

    private static SmallMap<Place, Marks> JoinMarks(FlowState left, FlowState right)
    {
        if (ReferenceEquals(left.Marks, right.Marks)) return left.Marks;
        var position = -1;
        var marks = left.Marks.Select((place, mine) =>
        {
            position++;
            if (right.Marks.TryGetNear(position, place, out var other)) return (true, Join(mine, other));
            return (true, place.Root == RootKind.Born && place.IsRoot || !Applies(right, place) ? mine : Join(mine, default));
        });
        position = -1;
        foreach (var entry in right.Marks)
        {
            position++;
            if (left.Marks.TryGetNear(position, entry.Key, out _)) continue;
            var born = entry.Key.Root == RootKind.Born && entry.Key.IsRoot;
            marks = marks.Set(entry.Key, born || !Applies(left, entry.Key) ? entry.Value : Join(entry.Value, default));
        }

        return marks;
    }

    private static Marks Join(Marks a, Marks b) => (a & b & Flow.Marks.OnEveryWay) | ((a | b) & ~Flow.Marks.OnEveryWay);

    /// <summary>A value that was read before something lay between.</summary>
    public static Value Aged(Value value, Gaps gap) => value.Select(atom => Age(atom, gap, keep: null));

    private static Atom Age(Atom atom, Gaps gap, Func<Place, bool>? keep)
    {
        switch (atom)
        {
            case Atom.Of of when of.Place.IsPlainValue && (of.Gaps & gap) == 0 && keep?.Invoke(of.Place) != true:
                return new Atom.Of(of.Place, of.Gaps | gap, AgeAll(of.Implied));
            case Atom.Of { Implied: { } implied } of:
                return new Atom.Of(of.Place, of.Gaps, AgeAll(implied));
            case Atom.Unknown { Implied: { } implied }:
                return new Atom.Unknown(AgeAll(implied));
            case Atom.Constant { Implied: { } implied } constant:
                return new Atom.Constant(constant.Value, AgeAll(implied));
            case Atom.Condition condition:
                return new Atom.Condition(AgeAll(condition.WhenTrue), AgeAll(condition.WhenFalse));
            default:
                return atom;
        }

        FactMap? AgeAll(FactMap? facts) => facts?.Select((place, constraint) => (true, keep?.Invoke(place) == true ? constraint : constraint.WithGaps(gap)));
    }

    private static Atom Young(Atom atom, Func<Place, bool> concerns)
    {
        switch (atom)
        {
            case Atom.Of { Gaps: not Gaps.None } of when concerns(of.Place):
                return new Atom.Of(of.Place, Gaps.None, of.Implied);
            case Atom.Condition condition:
                return new Atom.Condition(All(condition.WhenTrue), All(condition.WhenFalse));
            default:
                return atom;
        }

        FactMap? All(FactMap? facts) => facts?.Select((place, constraint) => (true, concerns(place) ? constraint.WithoutGaps(Gaps.All) : constraint));
    }
}
