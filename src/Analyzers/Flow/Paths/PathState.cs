using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow.Paths;

/// <summary>What a variable holds on one path, as far as it decides about conditions.</summary>
internal enum Known
{
    Unknown,
    True,
    False,
    Null,
    NotNull,

    /// <summary>The value that the rule follows.</summary>
    Followed,
}

/// <summary>One path's state at a point: the rule's token, what variables hold, and the exception that a handler has caught.</summary>
internal sealed class PathState<TToken>(TToken token, SmallMap<object, Known> variables, INamedTypeSymbol? caught) : IEquatable<PathState<TToken>>
    where TToken : notnull
{
    public TToken Token { get; } = token;

    /// <summary>By symbol (locals, parameters, fields of this object, statics) or by the identity of a flow capture.</summary>
    public SmallMap<object, Known> Variables { get; } = variables;

    public INamedTypeSymbol? Caught { get; } = caught;

    public PathState<TToken> With(TToken token) => EqualityComparer<TToken>.Default.Equals(token, Token) ? this : new(token, Variables, Caught);

    public PathState<TToken> With(object variable, Known value) =>
        new(Token, value == Known.Unknown ? Variables.Remove(variable) : Variables.Set(variable, value), Caught);

    public PathState<TToken> Forget(Func<object, bool> which)
    {
        var kept = Variables.Select((variable, value) => (!which(variable), value));
        return ReferenceEquals(kept, Variables) ? this : new(Token, kept, Caught);
    }

    public PathState<TToken> Catching(INamedTypeSymbol? caught) => new(Token, Variables, caught);

    public bool Equals(PathState<TToken>? other) =>
        ReferenceEquals(this, other)
        || other is not null && EqualityComparer<TToken>.Default.Equals(Token, other.Token)
        && SymbolEqualityComparer.Default.Equals(Caught, other.Caught) && Variables.Equals(other.Variables);

    public override bool Equals(object? obj) => Equals(obj as PathState<TToken>);

    public override int GetHashCode() => EqualityComparer<TToken>.Default.GetHashCode(Token) * 31 + Variables.Count;
}
