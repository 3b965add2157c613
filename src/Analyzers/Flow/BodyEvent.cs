using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow;

internal enum EventKind
{
    /// <summary>A call of a method or constructor.</summary>
    Call,

    /// <summary>A handler is added to an event, or a delegate is set on a callback property.</summary>
    Subscribe,

    /// <summary>A value is written to a field, property, element or variable.</summary>
    Store,

    /// <summary>A value is returned.</summary>
    Return,

    /// <summary>An exception is thrown.</summary>
    Throw,

    /// <summary>A lambda or method group becomes a delegate.</summary>
    Delegate,

    Await,
}

/// <summary>Something a body does that a rule may care about, with the state before it.</summary>
internal sealed class BodyEvent(EventKind kind, IOperation operation, FlowState state)
{
    public EventKind Kind { get; } = kind;

    public IOperation Operation { get; } = operation;

    /// <summary>What holds when it happens, its operands already evaluated.</summary>
    public FlowState State { get; } = state;

    /// <summary>The instance it happens to; for a store, the value that is written; for a return, the value that is returned.</summary>
    public Value Value { get; init; } = Value.Unknown;

    /// <summary>The arguments by parameter ordinal.</summary>
    public ImmutableArray<Value> Arguments { get; init; } = [];

    /// <summary>The method, event, or the symbol that is written.</summary>
    public ISymbol? Symbol { get; init; }

    /// <summary>Where a store goes.</summary>
    public Place? Storage { get; init; }

    /// <summary>What a call answers.</summary>
    public Value Result { get; init; } = Value.Unknown;

    /// <summary>The handler of a subscription.</summary>
    public Value Handler { get; init; } = Value.Unknown;

    /// <summary>What the called methods of this compilation do, if they were looked at.</summary>
    public ImmutableArray<Summary> Callees { get; init; } = [];

    public override string ToString() => Kind + " " + Value + "." + Symbol?.Name + " @ " + State;
}
