using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow;

/// <summary>What a body does, in terms of its own <c>this</c>, parameters and captured variables.</summary>
internal sealed class Summary(Body body, FlowState? exit, Value result, ImmutableArray<BodyEvent> events, ImmutableArray<SendFact> sends)
{
    private FlowState? _outward;

    public Body Body { get; } = body;

    /// <summary>The joined state at the normal exits; null when it never returns.</summary>
    public FlowState? Exit { get; } = exit;

    /// <summary>That state as far as a caller can see it.</summary>
    public FlowState? Outward => _outward ??= Exit is null ? null : Flow.Outward.Of(Exit, Result, Body);

    public Value Result { get; } = result;

    /// <summary>No call was left out for its depth: a deeper look would find the same.</summary>
    public bool IsComplete { get; init; }

    /// <summary>What the body lets happen while its caller waits for it: a check from before the call is that much older after it.</summary>
    public Gaps Gaps { get; init; }

    /// <summary>What is known of every element of the sequence that it answers.</summary>
    public SmallMap<Place, Constraint> Elements { get; init; } = SmallMap<Place, Constraint>.Empty;

    /// <summary>The values that the caller knows and on which the body sends, receives or asks something.</summary>
    public ImmutableArray<Place> Operated { get; init; } = [];

    /// <summary>In the order of the source.</summary>
    public ImmutableArray<BodyEvent> Events { get; } = events;

    /// <summary>Sends and uses that nothing inside makes safe for every caller.</summary>
    public ImmutableArray<SendFact> Sends { get; } = sends;
}

/// <summary>A send that a call leads to, as the caller sees it.</summary>
/// <param name="Connection">What is sent on.</param>
/// <param name="Operation">The operation in the summarised body: the send itself, or the call that leads there.</param>
/// <param name="Member">The member that sends in the end.</param>
/// <param name="Type">The type of the connection that it sends on.</param>
internal sealed record SendFact(Place Connection, IOperation Operation, ISymbol Member, ITypeSymbol? Type)
{
    /// <summary>The calls from here to the send, outermost first.</summary>
    public ImmutableArray<RouteStep> Route { get; init; } = [];

    /// <summary>What it throws when the connection is closing.</summary>
    public ImmutableArray<INamedTypeSymbol> Throws { get; init; } = [];

    /// <summary>It is no send but another use of a session.</summary>
    public bool OnlyUse { get; init; }

    /// <summary>A state check decides about it, or its failure is caught: no callback needs to fear it.</summary>
    public bool Guarded { get; init; }

    /// <summary>The session was validated, or its failure evicts it.</summary>
    public bool Validated { get; init; }

    /// <summary>The code that sends asks for itself, and refuses by its answer or by throwing.</summary>
    public bool Asked { get; init; }

    /// <summary>It is the sending method's own question, which throws.</summary>
    public bool Refuses { get; init; }

    /// <summary>What was asked before the send, where something has lain between since and nothing catches its failure.</summary>
    public StaleCheck? Stale { get; init; }

    /// <summary>For a send that a call leads to: the connection as the called method names it.</summary>
    public Place? InCallee { get; init; }

    /// <summary>Calls between here and the send.</summary>
    public int Distance => Route.Length;
}

/// <summary>A check that no longer holds for certain.</summary>
internal sealed class StaleCheck(ISymbol member, Gaps gaps)
{
    /// <summary>The state or flag that was asked.</summary>
    public ISymbol Member { get; } = member;

    /// <summary>What has happened since.</summary>
    public Gaps Gaps { get; } = gaps;
}

/// <summary>A step on the way from a callback to a send.</summary>
internal sealed class RouteStep(ISymbol method, Location location)
{
    public ISymbol Method { get; } = method;

    public Location Location { get; } = location;
}
