using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow;

internal enum RootKind
{
    This,
    Static,
    Parameter,
    Local,
    Capture,
    Born,
}

internal enum BornKind
{
    /// <summary>An object creation, or a factory of this compilation that ends in one.</summary>
    Created,

    /// <summary>What a call answered, and we do not know more.</summary>
    Returned,

    /// <summary>Taken from a dictionary, a cache, an array: it may be old.</summary>
    Lookup,

    /// <summary>Taken from a pool.</summary>
    Pooled,

    /// <summary>An element of a collection that is enumerated.</summary>
    Iterated,

    /// <summary>The value a variable has after a call that may have written it.</summary>
    Reloaded,
}

/// <summary>
/// Names a value, not a storage: <c>this._session</c> is what that field held when the method began. What the field
/// holds now is looked up in <see cref="FlowState.Env"/>; so an alias of the old value stays an alias of the old value
/// when the field is assigned.
/// </summary>
internal sealed class Place : IEquatable<Place>
{
    /// <summary>Longer paths are not followed: two places are the same only if they must be.</summary>
    public const int MaxDepth = 5;

    /// <summary>The key of an element that stands for all that are in a container.</summary>
    public const string AnyKey = "*";

    public static readonly Place This = new(RootKind.This, null, null, null, default, null);
    public static readonly Place Static = new(RootKind.Static, null, null, null, default, null);

    private readonly int _hash;

    private Place(RootKind root, ISymbol? symbol, Place? parent, object? site, BornKind born, Place? from)
    {
        Root = root;
        Symbol = symbol;
        Parent = parent;
        Site = site;
        Born = born;
        From = from;
        Depth = parent is null ? 0 : parent.Depth + 1;
        _hash = unchecked(((int)root * 31
            + (symbol is null ? 0 : SymbolEqualityComparer.Default.GetHashCode(symbol))) * 31
            + (parent?._hash ?? 0) + (site?.GetHashCode() ?? 0));
    }

    public RootKind Root { get; }

    /// <summary>The variable of a root, or the field, property or method of a step.</summary>
    public ISymbol? Symbol { get; }

    /// <summary>The place one step up; null for a root.</summary>
    public Place? Parent { get; }

    /// <summary>Where a born value was born (a syntax node), or the capture's ID.</summary>
    public object? Site { get; }

    public BornKind Born { get; }

    /// <summary>For a value that was taken out of something: out of what.</summary>
    public Place? From { get; }

    public int Depth { get; }

    public bool IsRoot => Parent is null;

    /// <summary>A flag, a state, a number read from somewhere: it grows old, where a reference does not.</summary>
    public bool IsPlainValue => Parent is not null && Type is { IsValueType: true };

    /// <summary>The declared type of what the place names; null for a root without a name.</summary>
    public ITypeSymbol? Type => Symbols.TypeOfValue(Symbol);

    public static Place Parameter(IParameterSymbol symbol) => new(RootKind.Parameter, symbol, null, null, default, null);

    public static Place Local(ISymbol symbol) => new(RootKind.Local, symbol, null, null, default, null);

    public static Place Capture(object id) => new(RootKind.Capture, null, null, id, default, null);

    /// <param name="site">Where it was born.</param>
    /// <param name="kind">How.</param>
    /// <param name="from">What it was taken out of.</param>
    /// <param name="by">The method that gave it.</param>
    /// <param name="inner">For a value born in a called method: its site there, so that two values of one call stay two.</param>
    public static Place BornAt(SyntaxNode site, BornKind kind, Place? from = null, ISymbol? by = null, object? inner = null) =>
        new(RootKind.Born, by, null, inner is null ? site : (site, inner), kind, from);

    /// <summary>The element of a container under a key: the same one each time the same key is asked for.</summary>
    public static Place Element(Place container, string key) => new(RootKind.Born, null, null, (container, key), BornKind.Lookup, container);

    /// <summary>For the element of a container: the key that it is asked for with, as it is written.</summary>
    public string? Key => IsRoot && Site is ValueTuple<Place, string> { Item2: var key } ? key : null;

    public Place? Step(ISymbol member) => Depth >= MaxDepth ? null : new(Root, member.OriginalDefinition, this, Site, Born, From);

    public Place RootPlace
    {
        get
        {
            var place = this;
            while (place.Parent is { } parent) place = parent;
            return place;
        }
    }

    /// <summary>This place or one that it is a part of, itself included.</summary>
    public bool IsPrefixOf(Place other)
    {
        for (var place = other; place is not null; place = place.Parent)
        {
            if (place.Depth < Depth) return false;
            if (place.Equals(this)) return true;
        }

        return false;
    }

    /// <summary>The same path on another root, or null when it grows too long.</summary>
    public Place? Rebase(Place newRoot)
    {
        if (Parent is null) return newRoot;
        return Parent.Rebase(newRoot)?.Step(Symbol!);
    }

    public bool Equals(Place? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || other._hash != _hash || other.Root != Root || other.Depth != Depth) return false;
        if (!SymbolEqualityComparer.Default.Equals(Symbol, other.Symbol)) return false;
        if (Parent is not null) return Parent.Equals(other.Parent);
        return Equals(Site, other.Site) && Born == other.Born;
    }

    public override bool Equals(object? obj) => Equals(obj as Place);

    public override int GetHashCode() => _hash;

    public override string ToString()
    {
        if (Parent is not null) return Parent + "." + Symbol!.Name;
        return Root switch
        {
            RootKind.This => "this",
            RootKind.Static => "static",
            RootKind.Born => Born + "@" + (Site as SyntaxNode)?.SpanStart,
            RootKind.Capture => "#" + Site!.GetHashCode(),
            _ => Symbol!.Name,
        };
    }
}
