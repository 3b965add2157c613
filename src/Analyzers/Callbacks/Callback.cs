using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Callbacks;

/// <summary>Who runs a function that was handed out, and what becomes of what it throws.</summary>
[Flags]
internal enum CallbackKind
{
    None = 0,

    /// <summary>Somebody else decides when it runs.</summary>
    Callback = 1,

    /// <summary>Nobody catches what it throws: it ends the process.</summary>
    Unwatched = 2,

    /// <summary>It is the start of a thread: a flow of one's own, no callback.</summary>
    Thread = 4,
}

/// <summary>Code that somebody else decides to run, at a time when a connection may already be ending.</summary>
internal sealed class Callback(ISymbol function, SyntaxNode syntax, Location subscription)
{
    public ISymbol Function { get; } = function;

    /// <summary>The declaration or lambda that holds its code.</summary>
    public SyntaxNode Syntax { get; } = syntax;

    /// <summary>Where it is handed out; for an override, its own name.</summary>
    public Location Subscription { get; } = subscription;

    public CallbackKind Kind { get; set; } = CallbackKind.Callback;

    /// <summary>The field, property or variable whose event proves that it is open, for a handler of Connected or Opened.</summary>
    public ISymbol? ProvenOpen { get; init; }

    /// <summary>The event proves the state of some connection, and it cannot be told which.</summary>
    public bool ProvesSome { get; init; }

    /// <summary>For the subscriber of an observable: the questions that what comes to it has passed.</summary>
    public ImmutableArray<IMethodSymbol> Filters { get; set; } = [];

    /// <summary>The name of a method, without the interface that it implements explicitly.</summary>
    public string Name => Function is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } or { Name: "" } ? "the handler" : Function.Name.Substring(Function.Name.LastIndexOf('.') + 1);
}
