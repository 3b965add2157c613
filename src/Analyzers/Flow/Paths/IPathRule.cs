using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow.Paths;

/// <summary>
/// What a rule follows along every path of a body: a small machine whose state (the token, an enum most often) moves with the
/// operations. The engine does the paths: exceptional ones by the types that are thrown and caught, <c>finally</c> and
/// <c>using</c>, and conditions on <c>bool</c> flags and nulls that an earlier part of the same path has decided.
/// </summary>
internal interface IPathRule<TToken>
    where TToken : notnull
{
    /// <summary>The operation makes or answers the followed value: what it is assigned to holds that value from then on.</summary>
    bool IsSource(IOperation operation);

    /// <summary>
    /// What the operation does; its operands have been visited. Lambdas and local functions are not entered: a rule sees their
    /// creation, or the call, and decides (<see cref="PathView{TToken}.Captures"/>).
    /// </summary>
    Step<TToken> Visit(IOperation operation, TToken token, PathView<TToken> view);

    /// <summary>What a condition adds where the engine cannot know: false where the path cannot be.</summary>
    bool Assume(IOperation condition, bool isTrue, ref TToken token, PathView<TToken> view);

    /// <summary>The body is left with this value; null where it has none.</summary>
    TToken Return(IOperation? value, TToken token, PathView<TToken> view);
}

/// <summary>What an operation does to the token, and what it may throw.</summary>
/// <param name="after">The token when the operation completes.</param>
internal readonly struct Step<TToken>(TToken after)
{
    public TToken After { get; } = after;

    /// <summary>What it may throw, each type a path of its own. Empty: it does not throw, as far as the rule cares.</summary>
    public ImmutableArray<INamedTypeSymbol> Throws { get; init; } = [];

    /// <summary>The token on those paths.</summary>
    public TToken OnThrow { get; init; } = after;

    /// <summary>It never completes.</summary>
    public bool Ends { get; init; }
}

/// <summary>A way out of the body.</summary>
/// <param name="token">The token there.</param>
/// <param name="thrown">The exception that leaves; null for a normal exit.</param>
/// <param name="by">The operation that threw it; null for one that was thrown again.</param>
internal sealed class PathExit<TToken>(TToken token, INamedTypeSymbol? thrown, IOperation? by)
{
    public TToken Token { get; } = token;

    public INamedTypeSymbol? Thrown { get; } = thrown;

    public IOperation? By { get; } = by;
}
